/**
 * Tenants of a running app, kept by the framework's own store as its installed callback keeps them, with settings.
 * Every tenth is known to Forge too.
 */
exports.addTenants = async (addon, count) => {
  const { settings } = addon;
  for (let index = 0; index < count; index++) {
    const clientKey = `tenant-${index}`;
    const installationId = `ari:cloud:ecosystem::installation/${clientKey}`;
    const isOnForge = index % 10 === 0;
    const clientInfo = {
      key: addon.key,
      clientKey,
      sharedSecret: `canary-secret-of-${clientKey}`,
      baseUrl: `https://${clientKey}.atlassian.net`,
      displayUrl: `https://${clientKey}.atlassian.net`,
      productType: 'jira',
      description: 'Ünïcode 🔏',
      eventType: 'installed',
      ...(isOnForge ? { installationId } : {}),
    };
    await settings.saveInstallation(clientInfo, clientKey);
    await settings.set('rules', { index, names: ['Ünïcode 🔏', null] }, clientKey);
    if (!isOnForge) continue;
    await settings.set('colour', 'red', clientKey);
    const token = { token: { access_token: 'canary-token' }, expiresAt: 1_760_000_000 };
    await settings.set('bearer:0123456789abcdef0123456789abcdef', token, clientKey);
    const ofForge = settings.forForgeInstallation(installationId);
    await ofForge.set('plan', { seats: index });
    await ofForge.set('appToken', { appToken: 'canary-token', apiBaseUrl: 'https://api' });
  }
  // As a first install and a reinstall.
  if (count > 0) {
    const clientInfo = await settings.get('clientInfo', 'tenant-0');
    await settings.saveInstallation({ ...clientInfo, sharedSecret: 'canary-rotated' }, 'tenant-0');
  }
};

import { decodeSymmetric, SymmetricAlgorithm } from '@atlassian/atlassian-jwt';
import { expect, test } from 'vitest';
import { callSigned, hashOf, isSignedBySite, startApp, startBoth, startSite } from './app.ts';

test('installing sends installed with a secret, then enabled, and lists the app without its secret', async () => {
  const site = await startSite();
  const app = await startApp();
  const installed = await site.install(app.descriptorUrl);

  expect(installed).toMatchObject({
    key: 'test-app',
    name: 'Test app',
    clientKey: site.clientKey,
    baseUrl: app.baseUrl,
    enabled: true,
    scopes: ['READ', 'WRITE'],
  });
  expect(site.apps).toEqual([installed]);
  expect(app.received.map(({ target }) => target)).toEqual(['/installed', '/enabled']);
  const [first, second] = app.received;
  expect(first?.body).toMatchObject({
    key: 'test-app',
    clientKey: site.clientKey,
    sharedSecret: site.sharedSecret('test-app'),
    baseUrl: site.url,
    displayUrl: site.url,
    displayUrlServicedeskHelpCenter: site.url,
    productType: 'jira',
    eventType: 'installed',
  });
  expect(second?.body.eventType).toBe('enabled');
  expect(second?.body).not.toHaveProperty('sharedSecret');
  expect(JSON.stringify(site.apps)).not.toContain(site.sharedSecret('test-app'));
});

test('installed carries an RS256 token for the app, whose key the site serves', async () => {
  const { site, app } = await startBoth();
  const [installed] = app.received;
  expect(installed?.header).toMatchObject({ alg: 'RS256' });
  expect(installed && (await isSignedBySite(site, installed))).toBe(true);
  const claims = installed?.claims ?? {};
  expect(claims).toMatchObject({
    iss: site.clientKey,
    sub: site.people[0]?.accountId,
    aud: [app.baseUrl],
    qsh: hashOf('POST&/installed&'),
  });
  expect(Number(claims.exp) - Number(claims.iat)).toBe(180);
  expect((await fetch(`${site.installKeysUrl}/00000000`)).status).toBe(404);
});

test('the publicKey of the payload is not the key that signs', async () => {
  const { site, app } = await startBoth();
  const [installed] = app.received;
  const pem = await (await fetch(`${site.installKeysUrl}/${installed?.header.kid}`)).text();
  expect(pem).toContain('BEGIN PUBLIC KEY');
  expect(pem.replaceAll(/\s/g, '')).not.toContain(installed?.body.publicKey);
});

test('enabled carries an HS256 token made with the new secret', async () => {
  const { site, app } = await startBoth();
  const enabled = app.received[1];
  const secret = site.sharedSecret('test-app');
  const claims = decodeSymmetric(enabled?.token ?? '', secret, SymmetricAlgorithm.HS256);
  expect(claims).toMatchObject({ iss: site.clientKey, qsh: hashOf('POST&/enabled&') });
});

test('the hash covers the path below the baseUrl, decoded, and the query', async () => {
  const site = await startSite();
  const lifecycle = { installed: 'in%20stalled?user_key=a+b&z=1' };
  const app = await startApp({ lifecycle }, '/connect/app');
  await site.install(app.descriptorUrl);
  expect(app.received[0]?.target).toBe('/connect/app/in%20stalled?user_key=a+b&z=1');
  expect(app.received[0]?.claims.qsh).toBe(hashOf('POST&/in stalled&user_key=a%20b&z=1'));
});

test('an app without lifecycle events is installed without a callback', async () => {
  const { site, app } = await startBoth({ lifecycle: undefined, apiMigrations: undefined });
  expect(app.received).toEqual([]);
  expect((await callSigned(site, '/rest/api/3/myself')).status).toBe(200);
});

test('installing again is an upgrade with a new secret', async () => {
  const { site, app } = await startBoth();
  const secret = site.sharedSecret('test-app');
  app.descriptor = { ...app.descriptor, name: 'Better app', scopes: ['READ'] };
  const upgraded = await site.install(app.descriptorUrl);
  expect(upgraded).toMatchObject({ name: 'Better app', scopes: ['READ'] });
  expect(site.apps).toHaveLength(1);
  expect(site.sharedSecret('test-app')).not.toBe(secret);
  expect(app.received.map(({ body }) => body.eventType)).toEqual([
    'installed',
    'enabled',
    'installed',
    'enabled',
  ]);
});

test('installIfChanged tells the app only what is new', async () => {
  const { site, app } = await startBoth();
  expect(await site.installIfChanged(app.descriptorUrl)).toMatchObject({ installed: false });
  app.descriptor = { ...app.descriptor, name: 'Better app' };
  expect(await site.installIfChanged(app.descriptorUrl)).toMatchObject({ installed: true });
  expect(app.received).toHaveLength(4);
});

for (const status of [201, 302, 401, 500]) {
  test(`an app that answers installed with ${status} is not installed`, async () => {
    const site = await startSite();
    const app = await startApp();
    app.answers['/installed'] = status;
    await expect(site.install(app.descriptorUrl)).rejects.toThrow(
      `The app host returned HTTP response code ${status} when we tried to contact it during installation. Please try again later or contact the app vendor.`,
    );
    expect(site.apps).toEqual([]);
    expect(app.received).toHaveLength(1);
    expect(site.requests.at(-1)?.verdict.reason).toContain(`the app answered ${status}`);
  });
}

test('a failing upgrade leaves the installation and its secret as they were', async () => {
  const { site, app } = await startBoth();
  const secret = site.sharedSecret('test-app');
  app.answers['/installed'] = 500;
  await expect(site.install(app.descriptorUrl)).rejects.toThrow('HTTP response code 500');
  expect(site.sharedSecret('test-app')).toBe(secret);
  expect((await callSigned(site, '/rest/api/3/myself')).status).toBe(200);
});

test('an app that fails on enabled is installed all the same', async () => {
  const site = await startSite();
  const app = await startApp();
  app.answers['/enabled'] = 500;
  await site.install(app.descriptorUrl);
  expect(site.apps).toHaveLength(1);
  expect(site.requests.at(-1)).toMatchObject({ direction: 'callback', status: 500 });
});

const refusedUrls: [url: string, message: string][] = [
  ['http://127.0.0.1:1/atlassian-connect.json', 'cannot be reached'],
  ['nonsense', 'is not a URL'],
  ['ftp://127.0.0.1/x', 'must be http or https'],
  ['http://example.com/atlassian-connect.json', 'allowedAppHosts'],
  ['http://127.0.0.1.example.com/atlassian-connect.json', 'allowedAppHosts'],
  ['http://user:word@127.0.0.1/x', 'may not hold a user name'],
];
for (const [url, message] of refusedUrls) {
  test(`the descriptor URL ${url} is refused`, async () => {
    const site = await startSite();
    await expect(site.install(url)).rejects.toThrow(message);
  });
}

test('a descriptor that is missing or no JSON is refused', async () => {
  const site = await startSite();
  const app = await startApp();
  app.answers['/nowhere.json'] = 404;
  await expect(site.install(`${app.baseUrl}/nowhere.json`)).rejects.toThrow('HTTP 404');
  app.answers['/nowhere.json'] = 200;
  await expect(site.install(`${app.baseUrl}/nowhere.json`)).rejects.toThrow('is not JSON');
});

const refusedDescriptors: [what: string, changes: Record<string, unknown>, message: string][] = [
  ['no key', { key: undefined }, 'key: is required'],
  ['a key with a space', { key: 'my app' }, 'key: may hold only'],
  ['a long key', { key: 'a'.repeat(65) }, 'key: must be <= 64'],
  ['a long name', { name: 'a'.repeat(81) }, 'name: must be <= 80'],
  ['a number as name', { name: 5 }, 'name: must be a string'],
  ['a fraction as apiVersion', { apiVersion: 1.5 }, 'apiVersion: must be an integer'],
  ['no authentication', { authentication: undefined }, 'authentication: is required'],
  ['authentication none', { authentication: { type: 'none' } }, 'authentication.type'],
  ['an unknown scope', { scopes: ['READ', 'EVERYTHING'] }, 'scopes[1]: "EVERYTHING"'],
  ['scopes that are no list', { scopes: 'READ' }, 'scopes: must be an array'],
  ['no baseUrl', { baseUrl: undefined }, 'baseUrl: is required'],
  ['a foreign baseUrl', { baseUrl: 'http://127.0.0.1:9/x' }, 'is not a prefix'],
  ['a baseUrl elsewhere', { baseUrl: 'https://example.com' }, 'baseUrl: must be on this machine'],
  ['an absolute lifecycle URL', { lifecycle: { installed: 'http://x/' } }, 'lifecycle.installed'],
  ['an unknown event', { lifecycle: { upgraded: '/x' } }, 'lifecycle.upgraded'],
  ['no signed-install', { apiMigrations: {} }, 'apiMigrations.signed-install'],
  ['modules that are a list', { modules: [] }, 'modules: must be an object'],
  [
    'modules without READ',
    { scopes: [], modules: { webPanels: [] } },
    'The app defines features that require the READ scope',
  ],
];
for (const [what, changes, message] of refusedDescriptors) {
  test(`a descriptor with ${what} is refused`, async () => {
    const site = await startSite();
    const app = await startApp(changes);
    await expect(site.install(app.descriptorUrl)).rejects.toThrow(message);
    expect(app.received).toEqual([]);
  });
}

test('every problem of a descriptor is named at once', async () => {
  const site = await startSite();
  const app = await startApp({ key: '', name: 5 });
  await expect(site.install(app.descriptorUrl)).rejects.toThrow(/key: .*; name: /);
});

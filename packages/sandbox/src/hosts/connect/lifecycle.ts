import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type AppRecord, describeApp, type InstalledApp } from '../../site/apps.ts';
import { transaction } from '../../site/database.ts';
import type { Site } from '../../site/site.ts';
import { type CallbackOutcome, sendCallback } from './callbacks.ts';
import { type Descriptor, fetchDescriptor } from './descriptor.ts';
import { issueFieldsOf } from './issue-fields.ts';

// A diagnosis needs the last few; a record does not grow for ever.
const keptRetiredSecrets = 5;

// One lifecycle change at a time for each site: two installs at once would race for one record.
const queues = new WeakMap<Site, Promise<unknown>>();

export function inTurn<T>(site: Site, work: () => Promise<T>): Promise<T> {
  const turn = (queues.get(site) ?? Promise.resolve()).then(work);
  queues.set(
    site,
    turn.catch(() => undefined),
  );
  return turn;
}

export interface InstallOutcome {
  app: InstalledApp;
  /** False where there was nothing new to tell the app. */
  installed: boolean;
}

/** Installs an app, or upgrades it where its key is installed already. Every install brings a new secret. */
export function installApp(site: Site, descriptorUrl: string): Promise<InstalledApp> {
  return inTurn(site, async () =>
    installDescriptor(site, await fetchAppDescriptor(site, descriptorUrl), descriptorUrl),
  );
}

/** Installs unless the app is installed from this URL, with this descriptor, on this site URL. */
export function installAppIfChanged(site: Site, descriptorUrl: string): Promise<InstallOutcome> {
  return inTurn(site, async () => {
    const descriptor = await fetchAppDescriptor(site, descriptorUrl);
    const known = site.apps.installed().find(({ key }) => key === descriptor.key);
    const unchanged =
      known?.descriptorUrl === descriptorUrl &&
      known.siteUrl === site.url &&
      isDeepStrictEqual(known.descriptor, descriptor);
    if (unchanged) return { app: describeApp(known, site.identity.clientKey), installed: false };
    return { app: await installDescriptor(site, descriptor, descriptorUrl), installed: true };
  });
}

function fetchAppDescriptor(site: Site, descriptorUrl: string): Promise<Descriptor> {
  return fetchDescriptor(descriptorUrl, site.allowedAppHosts, site.closing.signal);
}

export async function installDescriptor(
  site: Site,
  descriptor: Descriptor,
  descriptorUrl: string,
): Promise<InstalledApp> {
  const app = nextRecord(site, descriptor, descriptorUrl);
  requireAccepted(await sendCallback(site, app, 'installed'));
  keep(site, app);
  await sendCallback(site, app, 'enabled');
  return describeApp(app, site.identity.clientKey);
}

/** Sends a new secret by an installed event. The old one stays valid until the app has accepted. */
export function rotateAppSecret(site: Site, key: string): Promise<InstalledApp> {
  return inTurn(site, async () => {
    const app = withNewSecret({ ...site.apps.require(key), siteUrl: site.url });
    requireAccepted(await sendCallback(site, app, 'installed'));
    keep(site, app);
    return describeApp(app, site.identity.clientKey);
  });
}

export function enableApp(site: Site, key: string): Promise<InstalledApp> {
  return changeState(site, key, 'enabled');
}

export function disableApp(site: Site, key: string): Promise<InstalledApp> {
  return changeState(site, key, 'disabled');
}

/** As Jira does: disabled first, then uninstalled. A callback that fails stops nothing; it is only logged. */
export function uninstallApp(site: Site, key: string): Promise<void> {
  return inTurn(site, async () => {
    const app = site.apps.require(key);
    keep(site, { ...app, state: 'uninstalled' });
    if (app.state === 'enabled') await sendCallback(site, app, 'disabled');
    await sendCallback(site, app, 'uninstalled');
  });
}

function changeState(
  site: Site,
  key: string,
  state: 'enabled' | 'disabled',
): Promise<InstalledApp> {
  return inTurn(site, async () => {
    const app: AppRecord = { ...site.apps.require(key), state };
    keep(site, app);
    await sendCallback(site, app, state);
    return describeApp(app, site.identity.clientKey);
  });
}

function nextRecord(site: Site, descriptor: Descriptor, descriptorUrl: string): AppRecord {
  const previous = site.apps.record(descriptor.key);
  const common = {
    key: descriptor.key,
    state: 'enabled' as const,
    baseUrl: descriptor.baseUrl,
    descriptorUrl,
    descriptor,
    siteUrl: site.url,
    accountId: appAccountId(site, descriptor.key),
  };
  if (previous && previous.state !== 'uninstalled') {
    return withNewSecret({ ...previous, ...common });
  }
  return withNewSecret({
    ...common,
    sharedSecret: previous?.sharedSecret ?? '',
    retiredSecrets: previous?.retiredSecrets ?? [],
    oauthClientId: randomUUID(),
    installedAt: site.now(),
  });
}

function withNewSecret(app: AppRecord): AppRecord {
  const retired = app.sharedSecret === '' ? [] : [app.sharedSecret];
  return {
    ...app,
    sharedSecret: randomBytes(48).toString('base64url'),
    retiredSecrets: [...retired, ...app.retiredSecrets].slice(0, keptRetiredSecrets),
  };
}

/** The same app on the same site gets the same user again. */
export function appAccountId(site: Site, key: string): string {
  const digest = createHash('sha256').update(`${site.identity.clientKey}/${key}`).digest('hex');
  return `557058:${digest.slice(0, 8)}-${digest.slice(8, 12)}-${digest.slice(12, 16)}-${digest.slice(16, 20)}-${digest.slice(20, 32)}`;
}

function keep(site: Site, app: AppRecord): void {
  transaction(site.database, () => {
    site.apps.save(app);
    site.users.addAppUser(app.accountId, app.descriptor.name ?? app.key);
    const fields = app.state === 'uninstalled' ? [] : issueFieldsOf(app.descriptor);
    site.fields.sync('connect', app.key, fields);
    const scopes = app.descriptor.scopes;
    if (app.state === 'uninstalled') site.permissions.grant(app.accountId, []);
    else site.permissions.grantToApp(app.accountId, scopes.includes('ADMIN'));
  });
}

function requireAccepted(outcome: CallbackOutcome): void {
  if (outcome.accepted) return;
  throw new Error(
    outcome.status === 0
      ? `The app host did not answer when we tried to contact it during installation (${outcome.reason}). Please try again later or contact the app vendor.`
      : `The app host returned HTTP response code ${outcome.status} when we tried to contact it during installation. Please try again later or contact the app vendor.`,
  );
}

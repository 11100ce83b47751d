import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { transaction } from '../../site/database.ts';
import type {
  ForgeAppRecord,
  ForgeEnvironmentType,
  ForgeInstalledApp,
} from '../../site/forge-apps.ts';
import { adminAccountId } from '../../site/seed.ts';
import type { Site } from '../../site/site.ts';
import { sendCallback } from '../connect/callbacks.ts';
import { appAccountId, inTurn, rotateAppSecret } from '../connect/lifecycle.ts';
import {
  endConnectHalf,
  installConnectHalf,
  manifestOf,
  type RemoteApp,
  remoteManifest,
} from './connect-half.ts';
import { customFieldsOf } from './custom-fields.ts';
import { type EventOutcome, lifecycleEvent, sendEventTo, sendPreUninstall } from './events.ts';
import { appAri, installationAri } from './ids.ts';
import { apiBaseUrlOf } from './invocation-token.ts';
import { type Manifest, readManifest } from './manifest.ts';
import { adminScope, scopesOf } from './scopes.ts';

export interface ForgeInstallOptions {
  /** Values of `${NAME}` in the text of the manifest. */
  variables?: Readonly<Record<string, string>>;
  /** Replaces the baseUrl of every remote. */
  remoteUrl?: string;
  /** Default PRODUCTION. */
  environment?: ForgeEnvironmentType;
  /** Default 1.0.0, and of an upgrade the next: 2.0.0 where remotes, endpoints or scopes changed, else 1.1.0. */
  version?: string;
  /** What the FIT says of a licence. */
  license?: Record<string, unknown>;
  /** Of a custom UI resource by its key: a folder, or the HTML of its only page. */
  resources?: Readonly<Record<string, { folder: string } | { html: string }>>;
}

export type ManifestSource = string | RemoteApp | object;

/** Installs by a manifest, or upgrades what is installed of the same app. */
export function installForgeApp(
  site: Site,
  source: ManifestSource,
  options: ForgeInstallOptions = {},
): Promise<ForgeInstalledApp> {
  return inTurn(site, () => install(site, source, options));
}

async function install(
  site: Site,
  source: ManifestSource,
  options: ForgeInstallOptions,
): Promise<ForgeInstalledApp> {
  const { variables, remoteUrl } = options;
  const isShort = typeof source === 'object' && 'appId' in source && 'remoteUrl' in source;
  const manifest = readManifest(isShort ? remoteManifest(source as RemoteApp) : source, {
    ...(variables === undefined ? {} : { variables }),
    ...(remoteUrl === undefined ? {} : { remoteUrl }),
    allowedAppHosts: site.allowedAppHosts,
  });
  const id = manifest.app.id.slice(manifest.app.id.lastIndexOf('/') + 1).toLowerCase();
  const previous = site.forgeApps.record(id);
  const app = nextRecord(site, id, manifest, previous, options);
  // The Connect half is told the installationId, so the Forge half is there first.
  keep(site, app);
  try {
    await installConnectHalf(site, manifest);
  } catch (error) {
    if (previous) keep(site, previous);
    else keep(site, { ...app, state: 'uninstalled' });
    throw error;
  }
  site.forgeSchedule?.start(app);
  if (previous?.state !== 'installed') {
    await sendEventTo(site, app, lifecycleEvent(site, app, 'installed', adminAccountId));
  } else if (major(app.version) !== major(previous.version)) {
    await sendEventTo(site, app, lifecycleEvent(site, app, 'upgraded', adminAccountId));
  }
  return describeForgeApp(site, app);
}

/** preUninstall, and then it is gone: its tokens open nothing any more. The Connect half goes along. */
export function uninstallForgeApp(site: Site, idOrKey?: string): Promise<EventOutcome[]> {
  return inTurn(site, async () => {
    const app = site.forgeApps.require(idOrKey);
    const told = await sendPreUninstall(site, app);
    const { connectModules } = app.manifest;
    const connect = site.apps.installed().find(({ key }) => key === app.key);
    if (connectModules !== undefined && connect) {
      endConnectHalf(site, connect.key);
      await sendCallback(site, connect, 'uninstalled');
    }
    keep(site, { ...app, state: 'uninstalled' });
    return told;
  });
}

export interface MigrateOptions extends ForgeInstallOptions {
  /**
   * `both`: Connect-on-Forge. The installed event is sent again, and carries the installationId.
   * `forge`: the Connect half ends. Default `both`.
   */
  to?: 'both' | 'forge';
  /** Default: one that is made from the descriptor of the Connect app. */
  manifest?: ManifestSource;
  /** The app's id, where no manifest is given. */
  appId?: string;
}

/** Moves an installed Connect app to Forge. */
export function migrateApp(
  site: Site,
  connectKey: string,
  options: MigrateOptions = {},
): Promise<ForgeInstalledApp> {
  const { to = 'both', manifest, appId, ...others } = options;
  return inTurn(site, async () => {
    const connect = site.apps.require(connectKey);
    const id = appId ?? site.forgeApps.withConnectKey(connectKey)?.id;
    if (manifest === undefined && id === undefined) {
      throw new Error('Give the manifest of the app, or its appId.');
    }
    const source = manifest ?? manifestOf(site, connect, { appId: id ?? '', to });
    const installed = await install(site, source, others);
    if (installed.key !== connectKey) {
      throw new Error(`The manifest has no app.connect.key "${connectKey}".`);
    }
    if (to === 'forge') endConnectHalf(site, connectKey);
    return installed;
  }).then(async (installed) => {
    // A manifest without connectModules told the Connect half nothing yet.
    const { manifest: kept } = site.forgeApps.require(installed.appId);
    if (to === 'both' && kept.connectModules === undefined) await rotateAppSecret(site, connectKey);
    return installed;
  });
}

function nextRecord(
  site: Site,
  id: string,
  manifest: Manifest,
  previous: ForgeAppRecord | undefined,
  options: ForgeInstallOptions,
): ForgeAppRecord {
  const key = manifest.app.connect?.key ?? id;
  const installed = previous?.state === 'installed' ? previous : undefined;
  const type = options.environment ?? installed?.environment.type ?? 'PRODUCTION';
  const sameEnvironment = previous?.environment.type === type;
  const license = options.license ?? installed?.license;
  return {
    id,
    key,
    name: manifest.app.name ?? key,
    state: 'installed',
    manifest,
    installationId: installed && sameEnvironment ? installed.installationId : randomUUID(),
    environment: { type, id: sameEnvironment ? previous.environment.id : randomUUID() },
    version: options.version ?? nextVersion(installed, manifest),
    accountId: appAccountId(site, `forge/${id}`),
    installedAt: installed?.installedAt ?? site.now(),
    ...(license === undefined ? {} : { license }),
    resources: { ...installed?.resources, ...options.resources },
  };
}

/** Whoever changes what an admin has to agree to makes a major version. */
function nextVersion(installed: ForgeAppRecord | undefined, manifest: Manifest): string {
  if (!installed) return '1.0.0';
  const [first = 1, second = 0] = installed.version.split('.').map(Number);
  const agreed = ({ remotes, modules, permissions }: Manifest): unknown => [
    remotes,
    modules.endpoint,
    permissions,
  ];
  const same = isDeepStrictEqual(agreed(installed.manifest), agreed(manifest));
  return same ? `${first}.${second + 1}.0` : `${first + 1}.0.0`;
}

function major(version: string): string {
  return version.split('.')[0] ?? '';
}

function keep(site: Site, app: ForgeAppRecord): void {
  transaction(site.database, () => {
    site.forgeApps.save(app);
    site.users.addAppUser(app.accountId, app.name);
    site.fields.sync('forge', app.id, app.state === 'uninstalled' ? [] : customFieldsOf(app));
    if (app.state === 'uninstalled') site.permissions.grant(app.accountId, []);
    else {
      site.permissions.grantToApp(app.accountId, scopesOf(app.manifest).includes(adminScope));
    }
  });
}

export function describeForgeApp(site: Site, app: ForgeAppRecord): ForgeInstalledApp {
  return {
    appId: appAri(app.id),
    key: app.key,
    name: app.name,
    installationId: installationAri(app.installationId),
    cloudId: site.forgeKeys.cloudId,
    apiBaseUrl: apiBaseUrlOf(site),
    environment: app.environment,
    version: app.version,
    scopes: scopesOf(app.manifest),
    accountId: app.accountId,
    installedAt: new Date(app.installedAt).toISOString(),
  };
}

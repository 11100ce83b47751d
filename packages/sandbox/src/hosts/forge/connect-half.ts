import { type AppRecord, describeApp } from '../../site/apps.ts';
import type { Site } from '../../site/site.ts';
import { type Descriptor, validateDescriptor } from '../connect/descriptor.ts';
import { installDescriptor } from '../connect/lifecycle.ts';
import { baseUrlOf, type Manifest } from './manifest.ts';
import { scopesOf } from './scopes.ts';

/** What the scopes of the Connect half were called in a descriptor. */
const connectScopes: Record<string, string> = {
  'read:connect-jira': 'READ',
  'write:connect-jira': 'WRITE',
  'delete:connect-jira': 'DELETE',
  'project-admin:connect-jira': 'PROJECT_ADMIN',
  'admin:connect-jira': 'ADMIN',
  'act-as-user:connect-jira': 'ACT_AS_USER',
  'access-email-addresses:connect-jira': 'ACCESS_EMAIL_ADDRESSES',
};

/** The descriptor that connectModules stand for. Undefined where the manifest has no Connect half. */
function descriptorOf(site: Site, manifest: Manifest): Descriptor | undefined {
  const { connect, name } = manifest.app;
  const remote = manifest.remotes.find(({ key }) => key === connect?.remote);
  if (!connect || !remote || manifest.connectModules === undefined) return undefined;
  const { 'jira:lifecycle': lifecycles, ...others } = manifest.connectModules;
  const [lifecycle] = (Array.isArray(lifecycles) ? lifecycles : []) as Record<string, unknown>[];
  const { key: _, ...events } = lifecycle ?? {};
  const modules = Object.entries(others).map(([type, entries]) => [
    type.replace(/^jira:/, ''),
    entries,
  ]);
  const baseUrl = baseUrlOf(remote);
  return validateDescriptor(
    {
      key: connect.key,
      name: name ?? connect.key,
      baseUrl,
      authentication: { type: 'jwt' },
      apiMigrations: { 'signed-install': true },
      scopes: scopesOf(manifest).flatMap((scope) => connectScopes[scope] ?? []),
      lifecycle: events,
      modules: Object.fromEntries(modules),
    },
    new URL(`${baseUrl}/manifest.yml`),
    site.allowedAppHosts,
  );
}

/** Installs or upgrades the Connect half: its installed event then carries the installationId. */
export async function installConnectHalf(site: Site, manifest: Manifest): Promise<void> {
  const descriptor = descriptorOf(site, manifest);
  if (!descriptor) return;
  const known = site.apps.record(descriptor.key);
  await installDescriptor(
    site,
    descriptor,
    known?.descriptorUrl ?? `${descriptor.baseUrl}/manifest.yml`,
  );
}

/** The Connect half ends without a word to the app: its installation lives on as the Forge one. */
export function endConnectHalf(site: Site, key: string): void {
  const app = site.apps.record(key);
  if (!app || app.state === 'uninstalled') return;
  site.apps.save({ ...app, state: 'uninstalled' });
  site.permissions.grant(app.accountId, []);
  site.fields.sync('connect', app.key, []);
}

const forgeScopes: Record<string, readonly string[]> = {
  READ: ['read:jira-work', 'read:jira-user'],
  WRITE: ['read:jira-work', 'read:jira-user', 'write:jira-work'],
  DELETE: ['read:jira-work', 'read:jira-user', 'write:jira-work'],
  PROJECT_ADMIN: ['read:jira-work', 'read:jira-user', 'write:jira-work', 'manage:jira-project'],
  ADMIN: ['read:jira-work', 'read:jira-user', 'write:jira-work', 'manage:jira-configuration'],
};

export interface MovedManifest {
  appId: string;
  /** `both`: Connect-on-Forge. `forge`: nothing of Connect is left but its key. */
  to: 'both' | 'forge';
}

/** A manifest for an installed Connect app: what `countersign forge manifest` writes, as far as the sandbox needs it. */
export function manifestOf(site: Site, app: AppRecord, { appId, to }: MovedManifest): object {
  const { descriptor } = app;
  const lifecycle = Object.entries(descriptor.lifecycle).filter(
    ([event]) => event === 'installed' || event === 'uninstalled',
  );
  const modules = Object.entries(descriptor.modules).map(([type, entries]) => [
    `jira:${type}`,
    entries,
  ]);
  const held = new Set(descriptor.scopes.flatMap((scope) => forgeScopes[scope] ?? []));
  const connectHeld = Object.entries(connectScopes)
    .filter(([, scope]) => descriptor.scopes.includes(scope))
    .map(([name]) => name);
  const connectHalf = {
    connectModules: {
      'jira:lifecycle': [{ key: 'lifecycle', ...Object.fromEntries(lifecycle) }],
      ...Object.fromEntries(modules),
    },
  };
  const shorthand = remoteManifest({
    appId,
    remoteUrl: app.baseUrl,
    name: describeApp(app, site.identity.clientKey).name,
    connectKey: app.key,
    scopes: to === 'both' ? [...held, ...connectHeld] : [...held],
  });
  return to === 'both' ? { ...shorthand, ...connectHalf } : shorthand;
}

/** An app in short, where no manifest is at hand: one remote with the paths that Countersign answers. */
export interface RemoteApp {
  /** An ARI, or a bare UUID. */
  appId: string;
  /** The baseUrl of its only remote. */
  remoteUrl: string;
  name?: string;
  /** The key that it has, or had, as a Connect app. */
  connectKey?: string;
  /** Of the product; those that tokens need are added. Default: read:jira-work, read:jira-user and write:jira-work. */
  scopes?: readonly string[];
  /** Scopes that an offline token of a user has. */
  impersonationScopes?: readonly string[];
}

export function remoteManifest(app: RemoteApp): Record<string, unknown> {
  const { appId, remoteUrl, name, connectKey, impersonationScopes = [] } = app;
  const product = app.scopes ?? ['read:jira-work', 'read:jira-user', 'write:jira-work'];
  const scopes = new Set(['read:app-system-token', 'read:app-user-token', ...product]);
  const system = { appSystemToken: { enabled: true } };
  const id = appId.startsWith('ari:') ? appId : `ari:cloud:ecosystem::app/${appId}`;
  return {
    app: {
      id,
      name: name ?? connectKey ?? 'Remote app',
      runtime: { name: 'nodejs22.x' },
      ...(connectKey === undefined ? {} : { connect: { key: connectKey, remote: 'remote' } }),
    },
    remotes: [{ key: 'remote', baseUrl: remoteUrl }],
    modules: {
      'jira:issuePanel': [
        { key: 'issue-panel', title: name ?? 'Remote app', resolver: { endpoint: 'ui' } },
      ],
      'jira:globalPage': [
        { key: 'global-page', title: name ?? 'Remote app', resolver: { endpoint: 'ui' } },
      ],
      trigger: [
        {
          key: 'lifecycle',
          endpoint: 'events',
          events: ['avi:forge:installed:app', 'avi:forge:upgraded:app'],
        },
        { key: 'issues', endpoint: 'events', events: ['avi:jira:updated:issue'] },
      ],
      scheduledTrigger: [{ key: 'keep-tokens-fresh', endpoint: 'scheduled', interval: 'hour' }],
      preUninstall: [{ key: 'before-uninstall', endpoint: 'uninstalled' }],
      endpoint: [
        { key: 'ui', remote: 'remote', auth: { ...system, appUserToken: { enabled: true } } },
        { key: 'events', remote: 'remote', route: { path: '/forge/events' }, auth: system },
        { key: 'scheduled', remote: 'remote', route: { path: '/forge/scheduled' }, auth: system },
        {
          key: 'uninstalled',
          remote: 'remote',
          route: { path: '/forge/uninstalled' },
          auth: system,
        },
      ],
    },
    permissions: {
      scopes:
        impersonationScopes.length === 0
          ? [...scopes]
          : Object.fromEntries(
              [...new Set([...scopes, ...impersonationScopes])].map((scope) => [
                scope,
                impersonationScopes.includes(scope) ? { allowImpersonation: true } : {},
              ]),
            ),
    },
  };
}

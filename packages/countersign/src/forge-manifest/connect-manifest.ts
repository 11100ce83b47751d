import { commonDecisions, describeApp, describeBackend, describeRemote } from './backend.ts';
import { CONNECT_MODULES } from './connect-modules.ts';
import { type ConnectModule, keyOf, objectOf, readDescriptor } from './descriptor-modules.ts';
import { createKeys, type Keys, renamed } from './keys.ts';
import type {
  Decision,
  ManifestInput,
  ManifestModule,
  ModuleOutcome,
  Plain,
  WrittenManifest,
} from './manifest.ts';
import { isPermission, PERMISSIONS, permissionModule } from './permissions.ts';
import { connectScopes, SYSTEM_TOKEN_SCOPE } from './scopes.ts';

/**
 * The first step, Connect-on-Forge: the Connect app as it is, in a Forge manifest. JWTs, shared secret and modules go on.
 * Only for apps that are on the Marketplace already.
 *
 * @param input.tokens Also what brings Forge's system token, so that the backend learns each installationId and can call
 *   Jira both ways before the second step.
 * @throws ConfigError for a descriptor or an option that cannot be used.
 * @see https://developer.atlassian.com/platform/adopting-forge-from-connect/how-to-adopt/
 * @see https://developer.atlassian.com/platform/forge/manifest-reference/#connect
 */
export function connectManifest(
  input: ManifestInput & { readonly tokens?: boolean | undefined },
): WrittenManifest {
  const descriptor = readDescriptor(input);
  const remote = describeRemote(descriptor);
  const keys = createKeys();
  const decisions = [...commonDecisions(descriptor), ...remote.decisions, ...LASTING_DECISIONS];
  const outcomes: ModuleOutcome[] = [];
  const connectModules: Record<string, ManifestModule[]> = {};
  const modules: Record<string, ManifestModule[]> = {};
  for (const [type, entries] of descriptor.modules) {
    for (const [index, entry] of entries.entries()) {
      const wanted = keyOf(type, entry, index);
      const key = keys.take(wanted);
      const outcome = { connect: type, key: wanted };
      if (isPermission(type)) {
        const forge = PERMISSIONS[type];
        modules[forge] = [...(modules[forge] ?? []), permissionModule(type, entry, key)];
        outcomes.push({ ...outcome, result: 'carried', forge });
      } else if (CONNECT_MODULES.has(type)) {
        const name = `jira:${type}`;
        connectModules[name] = [...(connectModules[name] ?? []), { ...plain(entry), key }];
        outcomes.push({
          ...outcome,
          result: key === wanted ? 'carried' : 'check',
          forge: name,
          ...(key === wanted ? {} : { text: renamed(key) }),
        });
      } else {
        outcomes.push({
          ...outcome,
          result: 'none',
          text: 'Not among the Connect modules that a Forge manifest takes.',
        });
      }
    }
  }
  addUnlisted(descriptor.json, descriptor.lifecycle, keys, connectModules, decisions);
  const { scopes, unknown } = connectScopes(descriptor.scopes);
  if (unknown.length > 0) {
    decisions.push({
      topic: 'permissions',
      text: `These scopes of the descriptor are none of Connect for Jira, and were left out: ${unknown.join(', ')}.`,
    });
  }
  if (input.tokens === true) {
    const backend = describeBackend(keys, remote.key);
    Object.assign(modules, backend.modules);
    // Of Connect's scopes no token is made. https://developer.atlassian.com/platform/forge/remote/scheduled-triggers/
    scopes.push(SYSTEM_TOKEN_SCOPE, 'read:jira-work');
    decisions.push({
      topic: 'permissions',
      text: 'For the tokens of Forge read:app-system-token and read:jira-work were added. New scopes make the update a major one, which administrators have to approve.',
    });
  }
  return {
    manifest: {
      app: describeApp(descriptor, { key: descriptor.key, remote: remote.key }),
      connectModules,
      ...(Object.keys(modules).length === 0 ? {} : { modules }),
      remotes: [remote.entry],
      permissions: { scopes },
    },
    modules: outcomes,
    decisions,
  };
}

/** True of every app that takes this step. */
const LASTING_DECISIONS: readonly Decision[] = [
  {
    topic: 'app.connect',
    text: 'In production the key must be that of the Marketplace listing, and it stays for good, also when no Connect module is left. A new app cannot take this step: write its manifest with --native --new-app.',
  },
  {
    topic: 'connectModules',
    text: 'A bridge, no refuge: support for Connect ends on 2027-01-31 for these modules as well.',
  },
];

/** What stands beside `modules` in a descriptor, and among them in a manifest. */
function addUnlisted(
  json: ConnectModule,
  lifecycle: Readonly<Record<string, string>>,
  keys: Keys,
  connectModules: Record<string, ManifestModule[]>,
  decisions: Decision[],
): void {
  const { installed, uninstalled, enabled, disabled } = lifecycle;
  if (installed !== undefined || uninstalled !== undefined) {
    connectModules['jira:lifecycle'] = [
      {
        key: keys.take('lifecycle-events'),
        ...(installed === undefined ? {} : { installed }),
        ...(uninstalled === undefined ? {} : { uninstalled }),
      },
    ];
  }
  if (enabled !== undefined || disabled !== undefined) {
    decisions.push({
      topic: 'connectModules',
      text: 'enabled and disabled are no longer sent to an app that is registered on Forge, and were left out. installed no longer comes on minor updates.',
    });
  }
  const paths = objectOf(objectOf(json.translations)?.paths);
  if (paths !== undefined && Object.keys(paths).length > 0) {
    connectModules['jira:translations'] = [
      { key: keys.take('connect-translations'), paths: plain(paths) },
    ];
  }
  const migration = objectOf(json.cloudAppMigration)?.migrationWebhookPath;
  if (typeof migration === 'string') {
    connectModules['jira:cloudAppMigration'] = [
      { key: keys.take('app-migration'), migrationWebhookPath: migration },
    ];
  }
}

/** JSON is plain already; this says so to the compiler. */
function plain(entry: ConnectModule): Record<string, Plain> {
  return entry as Record<string, Plain>;
}

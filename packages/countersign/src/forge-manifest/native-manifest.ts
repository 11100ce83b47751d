import { commonDecisions, describeApp, describeRemote } from './backend.ts';
import { keyOf, objectOf, type ReadDescriptor, readDescriptor } from './descriptor-modules.ts';
import { createKeys, renamed } from './keys.ts';
import type { Decision, ManifestInput, ModuleOutcome, WrittenManifest } from './manifest.ts';
import { createNativeBuild, FRONT_END, type NativeBuild } from './native-build.ts';
import { convertModule } from './native-modules.ts';
import { nativeScopes, SYSTEM_TOKEN_SCOPE, USER_TOKEN_SCOPE } from './scopes.ts';

/**
 * The second step: the app as a Forge app whose backend is a remote (FIT and OAuth tokens in place of JWTs).
 *
 * @param input.newApp It has no installations of Connect: app.connect is left out, and nothing is marked as migrated.
 * @throws ConfigError for a descriptor or an option that cannot be used.
 * @see https://developer.atlassian.com/platform/forge/remote/essentials/
 * @see https://developer.atlassian.com/platform/forge/manifest-reference/endpoint/
 */
export function nativeManifest(
  input: ManifestInput & { readonly newApp?: boolean | undefined },
): WrittenManifest {
  const descriptor = readDescriptor(input);
  const isNew = input.newApp === true;
  const remote = describeRemote(descriptor);
  const keys = createKeys();
  const build = createNativeBuild(descriptor, { keys, remote: remote.key, isNew });
  // All of them first: the names of existing modules matter, those of the endpoints do not.
  const sources = descriptor.modules.flatMap(([type, entries]) =>
    entries.map((entry, index) => {
      const wanted = keyOf(type, entry, index);
      return { type, entry, wanted, key: keys.take(wanted) };
    }),
  );
  const outcomes = sources.map(({ wanted, ...source }): ModuleOutcome => {
    const converted = convertModule(source, build);
    const isRenamed = source.key !== wanted && /carried|check/.test(converted.result);
    return {
      connect: source.type,
      key: wanted,
      ...converted,
      ...(isRenamed
        ? { result: 'check', text: `${renamed(source.key)} ${converted.text ?? ''}`.trimEnd() }
        : {}),
    };
  });
  const modules = build.finish();
  const { scopes, decisions } = nativeScopes(descriptor.scopes, build.scopes, [
    SYSTEM_TOKEN_SCOPE,
    ...(build.usesFrontEnd ? [USER_TOKEN_SCOPE] : []),
  ]);
  return {
    manifest: {
      app: describeApp(
        descriptor,
        // The remote keeps the region of each site. https://developer.atlassian.com/platform/forge/remote/remote-realm-pinning/
        isNew ? undefined : { key: descriptor.key, remote: remote.key },
      ),
      modules,
      remotes: [remote.entry],
      ...(build.usesFrontEnd ? { resources: [{ ...FRONT_END }] } : {}),
      permissions: { scopes },
    },
    modules: outcomes,
    decisions: [
      ...commonDecisions(descriptor),
      ...(isNew ? [] : KEPT_DECISIONS),
      ...frontEndDecisions(descriptor, build),
      ...remote.decisions,
      ...decisions,
      ...otherDecisions(descriptor),
    ],
  };
}

const KEPT_DECISIONS: readonly Decision[] = [
  {
    topic: 'app.connect',
    text: 'The key ties the app to its installations of Connect, and stays for good. Keep the remote as long as sites of a region come over. An app that never was a Connect app has no app.connect: --new-app.',
  },
];

function frontEndDecisions(descriptor: ReadDescriptor, { usesFrontEnd }: NativeBuild): Decision[] {
  if (!usesFrontEnd) return [];
  return [
    {
      topic: 'resources',
      text: 'Pages that the backend made for iframes are static files now (Custom UI): put index.html into static/. It learns from view.getContext() of @forge/bridge which module it is in and on which issue, and calls the backend by invokeRemote({ path, method }). What reads the path can stay: the query parameters that Connect filled in, such as {issue.key}, come in caller.context or have to be sent along.',
    },
    {
      topic: 'resources',
      text: `All modules share one front end. Give those of ${descriptor.name ?? 'the app'} that differ a resource of their own.`,
    },
  ];
}

/** What stands beside `modules` in a descriptor. */
function otherDecisions({ json, lifecycle, modules }: ReadDescriptor): Decision[] {
  const decisions: Decision[] = [];
  if (modules.some(([type]) => type.startsWith('serviceDesk'))) {
    decisions.push({
      topic: 'permissions',
      text: 'Calls of /rest/servicedeskapi have scopes of their own, such as read:servicedesk-request: add what the app calls.',
    });
  }
  if (Object.keys(lifecycle).length > 0) {
    decisions.push({
      topic: 'modules',
      text: 'In place of the lifecycle callbacks come events: avi:forge:installed:app, avi:forge:upgraded:app (major versions only) and preUninstall. There is no event after an uninstall, and none for enabled and disabled.',
    });
  }
  if (objectOf(json.translations) !== undefined) {
    decisions.push({
      topic: 'translations',
      text: 'Translations are files of another form in Forge, and names written as i18n objects: carry them over by hand.',
    });
  }
  if (objectOf(json.cloudAppMigration) !== undefined) {
    decisions.push({
      topic: 'modules',
      text: 'Migrations from Data Center (cloudAppMigration) go through the app migration platform of Forge: write them by hand.',
    });
  }
  return decisions;
}

import { type ConnectModule, textOf, wordOf, wordsOf } from './descriptor-modules.ts';
import type { ManifestModule } from './manifest.ts';

/** Permissions have their place among Forge's own modules from the first step on. */
export const PERMISSIONS = {
  jiraGlobalPermissions: 'jira:globalPermission',
  jiraProjectPermissions: 'jira:projectPermission',
} as const;

const GRANTS: ReadonlySet<string> = new Set(['none', 'all', 'jira-administrators']);
const CATEGORIES: ReadonlySet<unknown> = new Set(
  'attachments comments issues other projects time_tracking voters_and_watchers'.split(' '),
);

export function isPermission(type: string): type is keyof typeof PERMISSIONS {
  return Object.hasOwn(PERMISSIONS, type);
}

/**
 * A permission of Connect that stays the same one (`migratedFromConnect`), with those whom it was granted to.
 *
 * @see https://developer.atlassian.com/platform/forge/manifest-reference/modules/jira-global-permission/
 * @see https://developer.atlassian.com/platform/forge/manifest-reference/modules/jira-project-permission/
 */
export function permissionModule(
  type: keyof typeof PERMISSIONS,
  entry: ConnectModule,
  key: string,
  isMigrated = true,
): ManifestModule {
  const name = textOf(entry.name) ?? key;
  const grants = wordsOf(entry.defaultGrants).filter((grant) => GRANTS.has(grant));
  const category = wordOf(entry.category);
  return {
    key,
    name: name.slice(0, 255),
    description: (textOf(entry.description) ?? name).slice(0, 1000),
    ...(type === 'jiraGlobalPermissions'
      ? {
          anonymousAllowed: entry.anonymousAllowed === true,
          defaultGrants: grants.length === 0 ? undefined : grants,
        }
      : { category: CATEGORIES.has(category) ? category : undefined }),
    ...(isMigrated ? { migratedFromConnect: true } : {}),
  };
}

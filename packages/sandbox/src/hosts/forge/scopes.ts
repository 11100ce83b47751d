import type { Manifest } from './manifest.ts';

/** Without these no token of that kind is delivered. */
export const systemTokenScope = 'read:app-system-token';
export const userTokenScope = 'read:app-user-token';

const connectScope = /^[a-z-]+:connect-jira$/;

/** The problems of permissions.scopes: a list of names, or a map of them. */
export function checkScopes(scopes: unknown): string[] {
  if (scopes === undefined) return ['permissions.scopes: is required; an empty list will do'];
  if (typeof scopes !== 'object' || scopes === null) {
    return ['permissions.scopes: must be a list or a map'];
  }
  const names: unknown[] = Array.isArray(scopes) ? scopes : Object.keys(scopes);
  const problems = names
    .filter((name) => typeof name !== 'string' || !/^[a-z-]+:[\w.:-]+$/.test(name))
    .map((name) => `permissions.scopes: "${String(name)}" is not a scope, as in read:jira-work`);
  if (Array.isArray(scopes)) return problems;
  for (const [name, settings] of Object.entries(scopes)) {
    const { allowImpersonation, ...others } = (settings ?? {}) as Record<string, unknown>;
    if (allowImpersonation !== undefined && typeof allowImpersonation !== 'boolean') {
      problems.push(`permissions.scopes.${name}.allowImpersonation: must be true or false`);
    }
    for (const other of Object.keys(others)) {
      problems.push(`permissions.scopes.${name}.${other}: is not known`);
    }
  }
  return problems;
}

/** Every scope of the manifest. */
export function scopesOf({ permissions: { scopes } }: Manifest): string[] {
  return Array.isArray(scopes) ? scopes : Object.keys(scopes);
}

/** Those that open something in the product: the others only let tokens be delivered, or are of the Connect half. */
export function productScopes(manifest: Manifest): string[] {
  return scopesOf(manifest).filter(
    (scope) => scope !== systemTokenScope && scope !== userTokenScope && !connectScope.test(scope),
  );
}

/** Those that an offline token of a user may have. */
export function impersonationScopes(manifest: Manifest): string[] {
  const { scopes } = manifest.permissions;
  if (Array.isArray(scopes)) return [];
  return productScopes(manifest).filter((scope) => scopes[scope]?.allowImpersonation === true);
}

/** Whoever has this scope administers Jira, on this site. */
export const adminScope = 'manage:jira-configuration';

/** The classic scope that a REST resource needs. `path` begins below /rest/api/<version>. */
export function neededScope(method: string, path: string): string {
  if (path === '/myself') return 'read:jira-user';
  const reads = method === 'GET' || method === 'HEAD' || path === '/search/jql';
  return reads ? 'read:jira-work' : 'write:jira-work';
}

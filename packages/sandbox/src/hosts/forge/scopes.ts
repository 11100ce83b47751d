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

/** A POST that changes nothing, such as a search. `path` may begin anywhere above the resource. */
export function onlyReads(path: string): boolean {
  return /\/(?:search\/(?:jql|approximate-count)|jql\/(?:match|parse)|permissions\/(?:check|project)|issue\/(?:bulkfetch|watching)|(?:comment|worklog|changelog)\/list|changelog\/bulkfetch)$/.test(
    path,
  );
}

/** What only those may change who administer a project. */
export function administersProject(path: string): boolean {
  return (
    /\/project\/[^/]+\/properties\/[^/]+$/.test(path) ||
    /\/(?:version|component)(?:\/[^/]+(?:\/removeAndSwap)?)?$/.test(path)
  );
}

/** What only those may do who administer Jira. */
export function administersJira(method: string, path: string): boolean {
  return method === 'POST' && /\/(?:field|screens\/addToDefault\/[^/]+)$/.test(path);
}

/** The scope that a REST resource needs. `path` begins below /rest/api/<version>, or with another /rest. */
export function neededScope(method: string, path: string): string {
  const reads = method === 'GET' || method === 'HEAD' || onlyReads(path);
  if (path.includes('/rest/servicedeskapi/')) {
    return reads ? 'read:servicedesk-request' : 'write:servicedesk-request';
  }
  if (/\/rest\/(?:agile|software)\//.test(path)) return agileScope(path, reads);
  if (path === '/permissions' || administersJira(method, path)) return adminScope;
  if (reads && /^\/(?:myself|mypreferences|users?)(?:\/|$)/.test(path)) return 'read:jira-user';
  if (!reads && administersProject(path)) return 'manage:jira-project';
  return reads ? 'read:jira-work' : 'write:jira-work';
}

/** Jira Software has granular scopes alone. The sandbox asks for one of those that Jira asks for. */
function agileScope(path: string, reads: boolean): string {
  const ofSprint = /\/(?:sprint|backlog)(?:\/|$)/.test(path);
  if (ofSprint) return `${reads ? 'read' : 'write'}:sprint:jira-software`;
  return `${reads ? 'read' : 'write'}:board-scope:jira-software`;
}

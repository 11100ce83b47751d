import type { Decision, Plain } from './manifest.ts';

/**
 * What each Connect scope brings along.
 *
 * @see https://developer.atlassian.com/cloud/jira/platform/scopes-for-connect-apps/
 */
const IMPLIED: Readonly<Record<string, readonly string[]>> = {
  WRITE: ['READ'],
  DELETE: ['READ', 'WRITE'],
  PROJECT_ADMIN: ['READ', 'WRITE', 'DELETE'],
  ADMIN: ['READ', 'WRITE', 'DELETE', 'PROJECT_ADMIN'],
};

/**
 * The classic scopes that reach what a Connect scope reached; write:jira-work covers deleting issues too.
 *
 * @see https://developer.atlassian.com/platform/adopting-forge-from-connect/connect-to-oauth2-scope-equivalences
 * @see https://developer.atlassian.com/platform/forge/manifest-reference/scopes-product-jira/
 */
const EQUIVALENT: Readonly<Record<string, readonly string[]>> = {
  NONE: [],
  READ: ['read:jira-work', 'read:jira-user'],
  WRITE: ['write:jira-work'],
  DELETE: [],
  PROJECT_ADMIN: ['manage:jira-project'],
  ADMIN: ['manage:jira-configuration'],
  ACT_AS_USER: [],
  ACCESS_EMAIL_ADDRESSES: ['read:email-address:jira'],
};

const CONNECT_SCOPES: ReadonlySet<string> = new Set(Object.keys(EQUIVALENT));

/** Without these Forge hands no tokens to the remote. @see https://developer.atlassian.com/platform/forge/manifest-reference/scopes-forge/ */
export const SYSTEM_TOKEN_SCOPE = 'read:app-system-token';
export const USER_TOKEN_SCOPE = 'read:app-user-token';

/** `READ` as `read:connect-jira`: the scopes of Connect in a manifest. */
export function connectScopes(scopes: readonly string[]): { scopes: string[]; unknown: string[] } {
  const known = scopes.filter((scope) => CONNECT_SCOPES.has(scope) && scope !== 'NONE');
  return {
    scopes: [
      ...new Set(known.map((scope) => `${scope.toLowerCase().replaceAll('_', '-')}:connect-jira`)),
    ],
    unknown: scopes.filter((scope) => !CONNECT_SCOPES.has(scope)),
  };
}

/**
 * The OAuth scopes of a Forge app that could do what the Connect app could, with those that its events demand.
 *
 * @param demanded Scopes that modules of the manifest need in any case.
 * @param tokens The scopes of the tokens that endpoints get.
 */
export function nativeScopes(
  scopes: readonly string[],
  demanded: ReadonlySet<string>,
  tokens: readonly string[],
): { scopes: Plain; decisions: Decision[] } {
  const all = new Set(scopes.flatMap((scope) => [scope, ...(IMPLIED[scope] ?? [])]));
  const product = new Set([...all].flatMap((scope) => EQUIVALENT[scope] ?? []));
  const added = [...demanded].filter((scope) => !product.has(scope)).sort();
  for (const scope of added) product.add(scope);
  const decisions: Decision[] = [];
  if (product.size === 0) {
    // https://developer.atlassian.com/platform/forge/remote/scheduled-triggers/
    product.add('read:jira-work');
    decisions.push({
      topic: 'permissions',
      text: 'The descriptor asks for no scope, but Forge makes no token without one for a product: read:jira-work was added.',
    });
  }
  const unknown = scopes.filter((scope) => !CONNECT_SCOPES.has(scope));
  if (unknown.length > 0) {
    decisions.push({
      topic: 'permissions',
      text: `These scopes of the descriptor are none of Connect for Jira, and were left out: ${unknown.join(', ')}.`,
    });
  }
  if (added.length > 0 && scopes.length > 0) {
    decisions.push({
      topic: 'permissions',
      text: `Added for the events that the app subscribes to: ${added.join(', ')}.`,
    });
  }
  const names = [...tokens, ...[...product].sort()];
  decisions.push({
    topic: 'permissions',
    text: 'The scopes reach what those of the descriptor reached. Take out what the app does not use: an administrator sees them all, and each later change needs their approval again.',
  });
  if (!all.has('ACT_AS_USER')) return { scopes: names, decisions };
  decisions.push({
    topic: 'permissions',
    text: 'ACT_AS_USER: impersonation is allowed on every product scope (allowImpersonation). Keep it where caller.as(accountId) is used without a request of that user, and turn the others to false.',
  });
  return {
    // Offline impersonation wants a map. https://developer.atlassian.com/platform/forge/manifest-reference/permissions/
    scopes: Object.fromEntries(
      names.map((name) => [name, product.has(name) ? { allowImpersonation: true } : {}]),
    ),
    decisions,
  };
}

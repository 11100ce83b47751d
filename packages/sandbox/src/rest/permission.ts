import type { Context } from 'hono';
import type { StoredIssue } from '../site/issues.ts';
import { requireAccount } from './account.ts';
import type { RestEnv } from './caller.ts';
import { failure } from './errors.ts';
import { findIssue } from './issues.ts';

/** The issue of the path and the account of the caller, who must hold the permission in its project. */
export function requireOnIssue(
  c: Context<RestEnv>,
  permission: string,
  refusal: { status?: 400 | 403 | 404; message: string },
): { issue: StoredIssue; accountId: string } {
  const issue = findIssue(c);
  const accountId = requireAccount(c);
  if (!c.var.site.permissions.holds(accountId, permission, issue.projectId)) {
    throw failure(
      refusal.status ?? 403,
      refusal.message,
      `The caller needs the permission ${permission}.`,
    );
  }
  return { issue, accountId };
}

/** Whether the caller holds `EDIT_ALL_…`, or `EDIT_OWN_…` for what is the caller's own. */
export function mayChange(
  c: Context<RestEnv>,
  { action, what, author }: { action: 'EDIT' | 'DELETE'; what: string; author: string },
  projectId: number,
): boolean {
  const { site, caller } = c.var;
  const holds = (scope: 'ALL' | 'OWN') =>
    site.permissions.holds(caller.accountId, `${action}_${scope}_${what}`, projectId);
  return holds('ALL') || (author === caller.accountId && holds('OWN'));
}

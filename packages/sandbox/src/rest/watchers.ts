import type { Context, Hono } from 'hono';
import { Records, type StoredRecord } from '../site/records.ts';
import type { Site } from '../site/site.ts';
import { requireAccount } from './account.ts';
import type { RestEnv } from './caller.ts';
import { failure } from './errors.ts';
import { findIssue } from './issues.ts';
import { readJson } from './request-body.ts';
import { userBody } from './users.ts';

interface Watcher {
  accountId: string;
}

export function addWatcherRoutes(rest: Hono<RestEnv>): void {
  rest.get('/issue/:issue/watchers', (c) => {
    const { site, caller, version } = c.var;
    const issue = findIssue(c);
    const watching = watchers(site).ofIssue(issue.id);
    return c.json({
      self: `${site.url}/rest/api/${version}/issue/${issue.key}/watchers`,
      isWatching: isWatching(watching, caller.accountId),
      watchCount: watching.length,
      watchers: watching.map(({ data }) => userBody(site, data.accountId, version)),
    });
  });

  rest.post('/issue/:issue/watchers', async (c) => {
    const { site } = c.var;
    const issue = findIssue(c);
    const accountId = mayWatch(c, issue.projectId, await readAccountId(c));
    if (!isWatching(watchers(site).ofIssue(issue.id), accountId)) {
      watchers(site).add({ accountId }, { issueId: issue.id });
    }
    return c.body(null, 204);
  });

  rest.delete('/issue/:issue/watchers', (c) => {
    const { site } = c.var;
    const issue = findIssue(c);
    const named = c.req.query('accountId');
    if (named === undefined) throw failure(400, "The 'accountId' query parameter is required.");
    const accountId = mayWatch(c, issue.projectId, named);
    for (const { id, data } of watchers(site).ofIssue(issue.id)) {
      if (data.accountId === accountId) watchers(site).remove(id);
    }
    return c.body(null, 204);
  });

  rest.post('/issue/watching', async (c) => {
    const { site } = c.var;
    const accountId = requireAccount(c);
    const { issueIds } = await readJson(c);
    if (!Array.isArray(issueIds)) throw failure(400, "'issueIds' must be an array of ids.");
    const answers = issueIds.map((id) => {
      const issue = site.issues.find(String(id));
      const seen =
        issue !== undefined &&
        site.permissions.holds(accountId, 'BROWSE_PROJECTS', issue.projectId) &&
        isWatching(watchers(site).ofIssue(issue.id), accountId);
      return [String(id), seen];
    });
    return c.json({ issuesIsWatching: Object.fromEntries(answers) });
  });
}

function watchers(site: Site): Records<Watcher> {
  return new Records<Watcher>(site.database, 'watcher');
}

function isWatching(
  watching: readonly StoredRecord<Watcher>[],
  accountId: string | undefined,
): boolean {
  return watching.some(({ data }) => data.accountId === accountId);
}

/** The body is a JSON string; without one, callers add themselves. */
async function readAccountId(c: Context<RestEnv>): Promise<string> {
  const text = await c.req.text();
  if (text === '') return requireAccount(c);
  let named: unknown;
  try {
    named = JSON.parse(text);
  } catch {}
  if (typeof named !== 'string') {
    throw failure(400, 'The request body must be an account ID, as a JSON string.');
  }
  return named;
}

/** Others are added and taken away with the permission alone. */
function mayWatch(c: Context<RestEnv>, projectId: number, accountId: string): string {
  const { site } = c.var;
  if (
    requireAccount(c) !== accountId &&
    !site.permissions.holds(c.var.caller.accountId, 'MANAGE_WATCHERS', projectId)
  ) {
    throw failure(403, 'You do not have permission to manage the watcher list.');
  }
  if (!site.users.find(accountId)) throw failure(404, `The user ${accountId} does not exist.`);
  return accountId;
}

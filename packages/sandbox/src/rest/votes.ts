import type { Hono } from 'hono';
import { Records } from '../site/records.ts';
import type { Site } from '../site/site.ts';
import { requireAccount } from './account.ts';
import type { RestEnv } from './caller.ts';
import { failure } from './errors.ts';
import { findIssue } from './issues.ts';
import { userBody } from './users.ts';

interface Vote {
  accountId: string;
}

export function addVoteRoutes(rest: Hono<RestEnv>): void {
  rest.get('/issue/:issue/votes', (c) => {
    const { site, caller, version } = c.var;
    const issue = findIssue(c);
    const all = votes(site).ofIssue(issue.id);
    return c.json({
      self: `${site.url}/rest/api/${version}/issue/${issue.key}/votes`,
      votes: all.length,
      hasVoted: all.some(({ data }) => data.accountId === caller.accountId),
      voters: all.map(({ data }) => userBody(site, data.accountId, version)),
    });
  });

  rest.post('/issue/:issue/votes', (c) => {
    const { site } = c.var;
    const issue = findIssue(c);
    const accountId = requireAccount(c);
    if (issue.values.reporter === accountId) {
      throw failure(404, 'You cannot vote for an issue you have reported.');
    }
    const own = votes(site).ofIssue(issue.id);
    if (!own.some(({ data }) => data.accountId === accountId)) {
      votes(site).add({ accountId }, { issueId: issue.id });
    }
    return c.body(null, 204);
  });

  rest.delete('/issue/:issue/votes', (c) => {
    const { site } = c.var;
    const issue = findIssue(c);
    const accountId = requireAccount(c);
    const own = votes(site)
      .ofIssue(issue.id)
      .find(({ data }) => data.accountId === accountId);
    if (!own) throw failure(404, 'You have not voted for this issue.');
    votes(site).remove(own.id);
    return c.body(null, 204);
  });
}

function votes(site: Site): Records<Vote> {
  return new Records<Vote>(site.database, 'vote');
}

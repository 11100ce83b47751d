import type { Context, Hono } from 'hono';
import { type Change, changesOf } from '../site/changes.ts';
import type { StoredIssue } from '../site/issues.ts';
import type { StoredRecord } from '../site/records.ts';
import type { RestEnv } from './caller.ts';
import { failure } from './errors.ts';
import { jiraTime } from './issue-body.ts';
import { findIssue } from './issues.ts';
import { readPage } from './paging.ts';
import { visibleProjects } from './projects.ts';
import { readJson } from './request-body.ts';
import { userBody } from './users.ts';

export function addChangelogRoutes(rest: Hono<RestEnv>): void {
  rest.get('/issue/:issue/changelog', (c) => {
    const issue = findIssue(c);
    const all = changesOf(c.var.site, issue.id);
    const { startAt, maxResults } = readPage(c, 100);
    const values = all.slice(startAt, startAt + maxResults).map((each) => changeBody(c, each));
    return c.json({
      self: `${c.var.site.url}/rest/api/${c.var.version}/issue/${issue.id}/changelog`,
      maxResults,
      startAt,
      total: all.length,
      isLast: startAt + values.length >= all.length,
      values,
    });
  });

  rest.post('/issue/:issue/changelog/list', async (c) => {
    const issue = findIssue(c);
    const { changelogIds } = await readJson(c);
    if (!Array.isArray(changelogIds)) throw failure(400, "'changelogIds' must be an array.");
    const histories = changesOf(c.var.site, issue.id)
      .filter(({ id }) => changelogIds.map(Number).includes(id))
      .map((each) => changeBody(c, each));
    const total = histories.length;
    return c.json({ startAt: 0, maxResults: total, total, histories });
  });

  rest.post('/changelog/bulkfetch', async (c) => {
    const { issueIdsOrKeys, fieldIds } = await readJson(c);
    if (!Array.isArray(issueIdsOrKeys) || issueIdsOrKeys.length === 0) {
      throw failure(400, "'issueIdsOrKeys' must be an array of ids or keys.");
    }
    const wanted = Array.isArray(fieldIds) ? new Set(fieldIds.map(String)) : undefined;
    const issueChangeLogs = visible(c, issueIdsOrKeys).map((issue) => ({
      issueId: String(issue.id),
      changeHistories: changesOf(c.var.site, issue.id)
        .map((each) => changeBody(c, each, wanted))
        .filter(({ items }) => items.length > 0),
    }));
    return c.json({ issueChangeLogs });
  });
}

function visible(c: Context<RestEnv>, names: readonly unknown[]): StoredIssue[] {
  const { site, caller } = c.var;
  const projects = new Set(visibleProjects(site, caller).map(({ id }) => id));
  return names
    .flatMap((name) => site.issues.find(String(name)) ?? [])
    .filter(({ projectId }) => projects.has(projectId));
}

function changeBody(
  c: Context<RestEnv>,
  { id, data: { author, at, items } }: StoredRecord<Change>,
  wanted?: ReadonlySet<string>,
) {
  return {
    id: String(id),
    author: userBody(c.var.site, author, c.var.version),
    created: jiraTime(at),
    items: items.filter(({ fieldId }) => wanted === undefined || wanted.has(fieldId)),
  };
}

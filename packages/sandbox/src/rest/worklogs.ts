import type { Context, Hono } from 'hono';
import { type AtlassianDocument, textOfDocument } from '../site/document.ts';
import type { StoredIssue } from '../site/issues.ts';
import { Records, type StoredRecord } from '../site/records.ts';
import type { Site } from '../site/site.ts';
import { requireAccount } from './account.ts';
import type { RestEnv } from './caller.ts';
import { failure, fieldErrors } from './errors.ts';
import { checkDocument } from './field-values.ts';
import { jiraTime } from './issue-body.ts';
import { findIssue } from './issues.ts';
import { readCount, readPage } from './paging.ts';
import { mayChange, requireOnIssue } from './permission.ts';
import { readJson } from './request-body.ts';
import { userBody } from './users.ts';
import { issueVariables, type Told, tell } from './webhook-changes.ts';

interface Worklog {
  author: string;
  updateAuthor: string;
  comment: AtlassianDocument | null;
  created: number;
  updated: number;
  started: number;
  seconds: number;
}

const hour = 3600;
/** As in the time tracking of `GET /configuration`. */
const unitSeconds: Record<string, number> = { w: 40 * hour, d: 8 * hour, h: hour, m: 60 };

export function addWorklogRoutes(rest: Hono<RestEnv>): void {
  rest.get('/issue/:issue/worklog', (c) => {
    const all = worklogs(c.var.site).ofIssue(findIssue(c).id);
    const { startAt, maxResults } = readPage(c, 5000);
    const page = all
      .slice(startAt, startAt + maxResults)
      .map((each) => worklogBody(c.var.site, each, c.var.version));
    return c.json({ startAt, maxResults, total: all.length, worklogs: page });
  });

  rest.post('/issue/:issue/worklog', async (c) => {
    const { site, version } = c.var;
    const body = await readJson(c);
    const { issue, accountId } = requireOnIssue(c, 'WORK_ON_ISSUES', {
      status: 400,
      message: 'You do not have permission to associate a worklog to this issue.',
    });
    const at = site.now();
    const added = worklogs(site).add(
      {
        author: accountId,
        updateAuthor: accountId,
        comment: readComment(c, body.comment) ?? null,
        created: at,
        updated: at,
        started: readStarted(body.started) ?? at,
        seconds: readSeconds(body) ?? missingTime(),
      },
      { issueId: issue.id },
    );
    tell(c, worklogTold(site, 'worklog_created', issue, added));
    return c.json(worklogBody(site, added, version), 201);
  });

  rest.get('/issue/:issue/worklog/:id', (c) =>
    c.json(worklogBody(c.var.site, findWorklog(c), c.var.version)),
  );

  rest.put('/issue/:issue/worklog/:id', async (c) => {
    const { site, version } = c.var;
    const body = await readJson(c);
    const { id, data } = changeable(c, 'EDIT');
    const comment = readComment(c, body.comment);
    const changed: Worklog = {
      ...data,
      updateAuthor: requireAccount(c),
      updated: site.now(),
      started: readStarted(body.started) ?? data.started,
      seconds: readSeconds(body) ?? data.seconds,
      comment: comment === undefined ? data.comment : comment,
    };
    worklogs(site).update(id, changed);
    const worklog = findWorklog(c);
    tell(c, worklogTold(site, 'worklog_updated', findIssue(c), worklog));
    return c.json(worklogBody(site, worklog, version));
  });

  rest.delete('/issue/:issue/worklog/:id', (c) => {
    const { site } = c.var;
    const worklog = changeable(c, 'DELETE');
    worklogs(site).remove(worklog.id);
    tell(c, worklogTold(site, 'worklog_deleted', findIssue(c), worklog));
    return c.body(null, 204);
  });

  rest.post('/worklog/list', async (c) => {
    const { ids } = await readJson(c);
    if (!Array.isArray(ids)) throw failure(400, "'ids' must be an array of worklog ids.");
    const found = visibleWorklogs(c).filter(({ id }) => ids.map(Number).includes(id));
    return c.json(found.map((each) => worklogBody(c.var.site, each, c.var.version)));
  });

  rest.get('/worklog/updated', (c) => {
    const { site, version } = c.var;
    const since = readCount(c.req.query('since'), 'since', 0);
    const values = visibleWorklogs(c)
      .filter(({ data }) => data.updated >= since)
      .map(({ id, data }) => ({ worklogId: id, updatedTime: data.updated, properties: [] }));
    return c.json({
      values,
      since,
      until: site.now(),
      self: `${site.url}/rest/api/${version}/worklog/updated?since=${since}`,
      lastPage: true,
    });
  });
}

/** The same event for each worklog of an issue. */
export function worklogsTold(site: Site, event: WorklogEvent, issue: StoredIssue): Told[] {
  return worklogs(site)
    .ofIssue(issue.id)
    .map((worklog) => worklogTold(site, event, issue, worklog));
}

type WorklogEvent = 'worklog_created' | 'worklog_updated' | 'worklog_deleted';

function worklogTold(
  site: Site,
  event: WorklogEvent,
  issue: StoredIssue,
  worklog: StoredRecord<Worklog>,
): Told {
  return {
    event,
    variables: { ...issueVariables(site, issue), 'worklog.id': worklog.id },
    payload: () => ({ worklog: worklogBody(site, worklog, 2) }),
  };
}

function worklogs(site: Site): Records<Worklog> {
  return new Records<Worklog>(site.database, 'worklog');
}

function visibleWorklogs(c: Context<RestEnv>): StoredRecord<Worklog>[] {
  const { site } = c.var;
  const accountId = requireAccount(c);
  return worklogs(site)
    .all()
    .filter(({ issueId }) => {
      const issue = site.issues.find(String(issueId));
      return issue && site.permissions.holds(accountId, 'BROWSE_PROJECTS', issue.projectId);
    });
}

function findWorklog(c: Context<RestEnv>): StoredRecord<Worklog> {
  const issue = findIssue(c);
  const id = c.req.param('id') ?? '';
  const found = worklogs(c.var.site).find(id);
  if (found?.issueId !== issue.id) throw failure(404, `Cannot find worklog with id: '${id}'.`);
  return found;
}

function changeable(c: Context<RestEnv>, action: 'EDIT' | 'DELETE'): StoredRecord<Worklog> {
  const found = findWorklog(c);
  const { projectId } = findIssue(c);
  if (!mayChange(c, { action, what: 'WORKLOGS', author: found.data.author }, projectId)) {
    throw failure(400, `You do not have permission to ${action.toLowerCase()} this worklog.`);
  }
  return found;
}

function worklogBody(
  site: Site,
  { id, issueId, data }: StoredRecord<Worklog>,
  version: 2 | 3,
): Record<string, unknown> {
  return {
    self: `${site.url}/rest/api/${version}/issue/${issueId}/worklog/${id}`,
    author: userBody(site, data.author, version),
    updateAuthor: userBody(site, data.updateAuthor, version),
    ...(data.comment === null
      ? {}
      : { comment: version === 2 ? textOfDocument(data.comment) : data.comment }),
    created: jiraTime(data.created),
    updated: jiraTime(data.updated),
    started: jiraTime(data.started),
    timeSpent: prettyTime(data.seconds),
    timeSpentSeconds: data.seconds,
    id: String(id),
    issueId: String(issueId),
  };
}

function readComment(c: Context<RestEnv>, value: unknown): AtlassianDocument | null | undefined {
  if (value === undefined) return undefined;
  const checked = checkDocument(value, c.var.version);
  if ('error' in checked) throw fieldErrors({ comment: checked.error });
  return checked.value as AtlassianDocument | null;
}

/** Jira takes this form and no other: milliseconds, and a zone without a colon. */
function readStarted(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const form = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d{4}$/;
  const time = typeof value === 'string' && form.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) {
    throw fieldErrors({ started: "The date must have the form '2021-01-17T12:34:00.000+0000'." });
  }
  return time;
}

function readSeconds(body: Record<string, unknown>): number | undefined {
  const { timeSpent, timeSpentSeconds } = body;
  if (timeSpent === undefined && timeSpentSeconds === undefined) return undefined;
  if (timeSpent !== undefined && timeSpentSeconds !== undefined) {
    throw failure(400, "Only one of 'timeSpent' and 'timeSpentSeconds' can be given.");
  }
  const seconds = timeSpent === undefined ? timeSpentSeconds : secondsOf(String(timeSpent));
  if (typeof seconds !== 'number' || !Number.isSafeInteger(seconds) || seconds < 60) {
    throw fieldErrors({ timeLogged: 'Invalid time duration entered' });
  }
  return seconds;
}

/** `3h 20m`; a number alone is minutes. */
function secondsOf(text: string): number {
  if (/^\d+$/.test(text)) return Number(text) * 60;
  if (!/^(\d+[wdhm]\s*)+$/.test(text)) return Number.NaN;
  return [...text.matchAll(/(\d+)([wdhm])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (unitSeconds[unit as string] ?? 0),
    0,
  );
}

function prettyTime(seconds: number): string {
  let rest = seconds;
  const parts: string[] = [];
  for (const [unit, size] of Object.entries(unitSeconds)) {
    const count = Math.floor(rest / size);
    if (count > 0) parts.push(`${count}${unit}`);
    rest -= count * size;
  }
  return parts.join(' ');
}

function missingTime(): never {
  throw fieldErrors({ timeLogged: 'You must indicate the time spent working on this issue.' });
}

import { createHash } from 'node:crypto';
import type { Context, Hono } from 'hono';
import type { StoredIssue } from '../site/issues.ts';
import { issueTypes } from '../site/projects.ts';
import type { Site } from '../site/site.ts';
import type { Caller, RestEnv } from './caller.ts';
import { type ErrorBody, failure, RestError } from './errors.ts';
import { issueBody } from './issue-body.ts';
import { type Clause, parseJql, type Query } from './jql.ts';
import { readCount } from './paging.ts';
import { visibleProjects } from './projects.ts';
import { readJson, readList } from './request-body.ts';

interface SearchRequest {
  jql: unknown;
  fields: string[];
  maxResults: unknown;
  nextPageToken: unknown;
}

const defaultPageSize = 50;
const maximumPageSize = 5000;

export function addSearchRoutes(rest: Hono<RestEnv>): void {
  rest.post('/search/approximate-count', async (c) => {
    const { jql } = await readJson(c);
    return c.json({ count: findIssues(c.var.site, c.var.caller, bounded(jql)).length });
  });

  rest.post('/jql/match', async (c) => {
    const { site, caller } = c.var;
    const { jqls, issueIds } = await readJson(c);
    if (!Array.isArray(jqls) || !Array.isArray(issueIds)) {
      throw failure(400, "'jqls' and 'issueIds' must be arrays.");
    }
    const matches = jqls.map((jql) => {
      try {
        const found = findIssues(site, caller, parseJql(String(jql))).map(({ id }) => id);
        return { matchedIssues: found.filter((id) => issueIds.includes(id)), errors: [] };
      } catch (error) {
        if (!(error instanceof RestError)) throw error;
        return { matchedIssues: [], errors: (error.body as ErrorBody).errorMessages };
      }
    });
    return c.json({ matches });
  });

  rest.get('/search/jql', (c) =>
    search(c, {
      jql: c.req.query('jql'),
      fields: readList(c.req.queries('fields')),
      maxResults: c.req.query('maxResults'),
      nextPageToken: c.req.query('nextPageToken'),
    }),
  );

  rest.post('/search/jql', async (c) => {
    const { jql, fields, maxResults, nextPageToken } = await readJson(c);
    if (fields !== undefined && !Array.isArray(fields)) {
      throw failure(400, "'fields' must be an array of field ids.");
    }
    const names = readList((fields ?? []).map(String));
    return search(c, { jql, fields: names, maxResults, nextPageToken });
  });
}

function search(c: Context<RestEnv>, request: SearchRequest): Response {
  const { site, caller, version } = c.var;
  const jql = String(request.jql ?? '');
  const query = bounded(request.jql);
  const found = findIssues(site, caller, query);
  const size = readCount(request.maxResults, 'maxResults', defaultPageSize);
  const start = readPageToken(request.nextPageToken, jql);
  const page = found.slice(start, start + Math.min(size, maximumPageSize));
  const end = start + page.length;
  const isLast = end >= found.length;
  const issues = page.map((issue) =>
    // Without `fields`, this resource gives ids and nothing else.
    request.fields.length === 0
      ? { id: String(issue.id) }
      : issueBody(site, issue, version, request.fields),
  );
  return c.json({
    issues,
    ...(isLast ? {} : { nextPageToken: writePageToken(end, jql) }),
    isLast,
  });
}

/** A search without a restriction is refused. */
function bounded(jql: unknown): Query {
  if (jql !== undefined && typeof jql !== 'string') throw failure(400, "'jql' must be a string.");
  const query = parseJql(jql ?? '');
  if (query.clauses.length === 0) {
    throw failure(
      400,
      'Unbounded JQL queries are not allowed here. Please add a search restriction to your query.',
    );
  }
  return query;
}

/** Whether the query would find this issue, which need not be there any more. What the query names has to be. */
export function isFound(site: Site, caller: Caller, query: Query, issue: StoredIssue): boolean {
  const visible = new Set(visibleProjects(site, caller).map(({ id }) => id));
  if (!visible.has(issue.projectId)) return false;
  const others = site.issues.all().filter(({ id }) => id !== issue.id);
  const seen = [...others, issue].filter(({ projectId }) => visible.has(projectId));
  return query.clauses.every((clause) => testOf(site, caller, clause, seen)(issue));
}

/** The issues that the caller may see and the query finds, in its order. */
export function findIssues(site: Site, caller: Caller, query: Query): StoredIssue[] {
  const visible = new Set(visibleProjects(site, caller).map(({ id }) => id));
  const seen = site.issues.all().filter((issue) => visible.has(issue.projectId));
  const tests = query.clauses.map((clause) => testOf(site, caller, clause, seen));
  const found = seen.filter((issue) => tests.every((test) => test(issue)));
  return found.sort((one, other) => compare(site, query.orderBy, one, other));
}

type IssueTest = (issue: StoredIssue) => boolean;

function testOf(site: Site, caller: Caller, clause: Clause, seen: StoredIssue[]): IssueTest {
  const { field, operator } = clause;
  if (field === 'summary') return summaryTest(clause);
  const wanted = new Set(clause.values.map((value) => resolve(site, caller, field, value, seen)));
  const negated = operator === '!=' || operator === 'not in';
  return (issue) => {
    const value = comparedValue(issue, field);
    // As in Jira, "is not" finds only issues that have a value at all.
    return value !== undefined && wanted.has(value) !== negated;
  };
}

function summaryTest(clause: Clause): IssueTest {
  const words = (clause.values[0] ?? '').toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return (issue) => {
    const text = String(issue.values.summary ?? '').toLowerCase();
    const own = new Set(text.match(/[\p{L}\p{N}]+/gu));
    return words.every((word) => own.has(word)) !== (clause.operator === '!~');
  };
}

function comparedValue(issue: StoredIssue, field: Clause['field']): string | number | undefined {
  if (field === 'project') return issue.projectId;
  if (field === 'key') return issue.id;
  if (field === 'issuetype') return issue.typeId;
  if (field === 'status') return issue.statusId;
  return issue.values[field] as string | undefined;
}

/** The id that a value of a clause stands for. */
function resolve(
  site: Site,
  caller: Caller,
  field: Clause['field'],
  value: string,
  seen: StoredIssue[],
): string | number {
  const missing = failure(400, `The value '${value}' does not exist for the field '${field}'.`);
  if (field === 'key') {
    const issue = seen.find(({ id, key }) => key === value.toUpperCase() || String(id) === value);
    if (!issue) throw failure(400, `An issue with key '${value}' does not exist for field 'key'.`);
    return issue.id;
  }
  if (field === 'project') {
    const project = visibleProjects(site, caller).find(
      ({ id, key, name }) => key === value.toUpperCase() || name === value || String(id) === value,
    );
    if (!project) throw missing;
    return project.id;
  }
  if (field === 'issuetype') {
    const type = issueTypes.find(
      ({ id, name }) => name.toLowerCase() === value.toLowerCase() || String(id) === value,
    );
    if (!type) throw missing;
    return type.id;
  }
  if (field === 'status') {
    const status = site.projects
      .statuses()
      .find(({ id, name }) => name.toLowerCase() === value.toLowerCase() || String(id) === value);
    if (!status) throw missing;
    return status.id;
  }
  const accountId = value.toLowerCase() === 'currentuser()' ? caller.accountId : value;
  const user = accountId === undefined ? undefined : site.users.find(accountId);
  if (!user) throw missing;
  return user.accountId;
}

function compare(
  site: Site,
  orderBy: Query['orderBy'],
  one: StoredIssue,
  other: StoredIssue,
): number {
  for (const { field, descending } of orderBy) {
    const [a, b] = [sortValue(site, one, field), sortValue(site, other, field)];
    if (a !== b) return a < b === descending ? 1 : -1;
  }
  // Newest first, which for equal times is the last key.
  return other.id - one.id;
}

function sortValue(site: Site, issue: StoredIssue, field: string): string | number {
  switch (field) {
    case 'key':
      return `${String(issue.projectId).padStart(9, '0')}-${String(issue.number).padStart(9, '0')}`;
    case 'created':
      return issue.created;
    case 'updated':
      return issue.updated;
    case 'status':
      return issue.statusId;
    case 'project':
      return site.projects.find(issue.projectId)?.key ?? '';
    default:
      return String(issue.values[field] ?? '').toLowerCase();
  }
}

// A page token belongs to its query: another query with it is an error, not the wrong page.
function writePageToken(offset: number, jql: string): string {
  return Buffer.from(`${offset}:${hashOf(jql)}`).toString('base64url');
}

function readPageToken(token: unknown, jql: string): number {
  if (token === undefined || token === null || token === '') return 0;
  const [offset, hash] = Buffer.from(String(token), 'base64url').toString('utf8').split(':');
  if (!/^\d+$/.test(offset ?? '') || hash !== hashOf(jql)) {
    throw failure(400, 'The nextPageToken is invalid or belongs to another query.');
  }
  return Number(offset);
}

function hashOf(jql: string): string {
  return createHash('sha256').update(jql).digest('hex').slice(0, 16);
}

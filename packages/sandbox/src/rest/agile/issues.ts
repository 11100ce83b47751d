import type { Context, Hono } from 'hono';
import type { StoredIssue } from '../../site/issues.ts';
import type { RestEnv } from '../caller.ts';
import { failure } from '../errors.ts';
import { issueBody } from '../issue-body.ts';
import { findIssue } from '../issues.ts';
import { parseJql } from '../jql.ts';
import { readCount } from '../paging.ts';
import { readList } from '../request-body.ts';
import { findIssues } from '../search.ts';
import { type Board, findBoard } from './boards.ts';
import { findSprint, plannedIssueIds } from './sprints.ts';

/** One issue, below /rest/agile/1.0. */
export function addAgileIssueRoutes(agile: Hono<RestEnv>): void {
  agile.get('/issue/:issue', (c) => {
    const wanted = readList(c.req.queries('fields'));
    return c.json(issueBody(c.var.site, findIssue(c), 2, wanted));
  });
}

/** Lists of issues: they live below /rest/software/1.0, with page tokens. */
export function addBoardIssueRoutes(software: Hono<RestEnv>): void {
  software.get('/board/:board/issue', (c) => c.json(page(c, onBoard(c, findBoard(c)))));

  software.get('/board/:board/issue/approximate-count', (c) =>
    c.json({ count: onBoard(c, findBoard(c)).length }),
  );

  software.get('/board/:board/backlog', (c) => {
    const planned = plannedIssueIds(c.var.site);
    const done = new Set(
      c.var.site.projects
        .statuses()
        .filter(({ category }) => category === 'done')
        .map(({ id }) => id),
    );
    const waiting = onBoard(c, findBoard(c)).filter(
      ({ id, statusId }) => !planned.has(id) && !done.has(statusId),
    );
    return c.json(page(c, waiting));
  });

  software.get('/sprint/:sprint/issue', (c) => {
    const { id, data } = findSprint(c);
    return c.json(page(c, inSprint(c, findBoard(c, String(data.boardId)), id)));
  });

  software.get('/board/:board/sprint/:sprint/issue', (c) =>
    c.json(page(c, inSprint(c, findBoard(c), findSprint(c).id))),
  );
}

function inSprint(c: Context<RestEnv>, board: Board, sprintId: number): StoredIssue[] {
  const planned = plannedIssueIds(c.var.site, sprintId);
  return onBoard(c, board).filter(({ id }) => planned.has(id));
}

function onBoard(c: Context<RestEnv>, { project }: Board): StoredIssue[] {
  const query = parseJql(c.req.query('jql') ?? '');
  return findIssues(c.var.site, c.var.caller, query).filter(
    ({ projectId }) => projectId === project.id,
  );
}

function page(c: Context<RestEnv>, all: readonly StoredIssue[]): Record<string, unknown> {
  const size = Math.min(readCount(c.req.query('maxResults'), 'maxResults', 50), 5000);
  const start = readToken(c.req.query('nextPageToken'));
  const wanted = readList(c.req.queries('fields'));
  const end = start + size;
  const isLast = end >= all.length;
  return {
    issues: all.slice(start, end).map((issue) => issueBody(c.var.site, issue, 2, wanted)),
    ...(isLast ? {} : { nextPageToken: Buffer.from(String(end)).toString('base64url') }),
    isLast,
  };
}

function readToken(token: string | undefined): number {
  if (token === undefined || token === '') return 0;
  const offset = Buffer.from(token, 'base64url').toString('utf8');
  if (!/^\d+$/.test(offset)) throw failure(400, 'The nextPageToken is invalid.');
  return Number(offset);
}

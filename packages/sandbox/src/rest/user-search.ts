import type { Context, Hono } from 'hono';
import type { User } from '../site/users.ts';
import { requireAccount } from './account.ts';
import { avatarUrl } from './avatars.ts';
import type { RestEnv } from './caller.ts';
import { failure } from './errors.ts';
import { readPage } from './paging.ts';
import { findProject } from './projects.ts';
import { userBody } from './users.ts';

const unknownUser =
  'Specified user does not exist or you do not have required permissions to see it.';

export function addUserSearchRoutes(rest: Hono<RestEnv>): void {
  rest.get('/user', (c) => {
    const { site, version } = c.var;
    requireBrowseUsers(c);
    const accountId = c.req.query('accountId');
    if (accountId === undefined || accountId === '') {
      throw failure(400, "The 'accountId' query parameter is required.");
    }
    const body = userBody(site, accountId, version);
    if (!body) throw failure(404, unknownUser);
    return c.json({
      ...body,
      groups: { size: 0, items: [] },
      applicationRoles: { size: 0, items: [] },
    });
  });

  rest.get('/user/bulk', (c) => {
    requireAccount(c);
    const wanted = new Set(c.req.queries('accountId'));
    if (wanted.size === 0) throw failure(400, "The 'accountId' query parameter is required.");
    const found = c.var.site.users.all().filter(({ accountId }) => wanted.has(accountId));
    const { startAt, maxResults } = readPage(c, 10);
    const values = bodies(c, found.slice(startAt, startAt + maxResults));
    const isLast = startAt + values.length >= found.length;
    const self = `${c.var.site.url}/rest/api/${c.var.version}/user/bulk`;
    return c.json({ self, maxResults, startAt, total: found.length, isLast, values });
  });

  for (const path of ['/users', '/users/search']) {
    rest.get(path, (c) => {
      requireBrowseUsers(c);
      return c.json(bodies(c, pageOf(c, c.var.site.users.all())));
    });
  }

  rest.get('/user/search', (c) => {
    const accountId = c.req.query('accountId');
    const query = c.req.query('query');
    if (accountId === undefined && query === undefined) {
      throw failure(400, "One of the query parameters 'query' and 'accountId' is required.");
    }
    const found = c.var.site.users
      .all()
      .filter((user) => accountId === undefined || user.accountId === accountId)
      .filter((user) => matches(user, query ?? ''));
    // Whoever may not browse users gets an empty list, and no error.
    return c.json(mayBrowseUsers(c) ? bodies(c, pageOf(c, found)) : []);
  });

  rest.get('/user/picker', (c) => {
    const query = c.req.query('query');
    if (query === undefined) throw failure(400, "The 'query' query parameter is required.");
    const found = mayBrowseUsers(c)
      ? c.var.site.users.all().filter((user) => matches(user, query))
      : [];
    const { maxResults } = readPage(c, 50);
    const users = found.slice(0, maxResults).map(({ accountId, accountType, displayName }) => ({
      accountId,
      accountType,
      html: displayName,
      displayName,
      avatarUrl: avatarUrl(c.var.site, 'user'),
    }));
    const header = `Showing ${users.length} of ${found.length} matching users`;
    return c.json({ users, total: found.length, header });
  });

  rest.get('/user/assignable/search', (c) => {
    const { site } = c.var;
    requireAccount(c);
    const issueKey = c.req.query('issueKey') ?? c.req.query('issueId');
    const projectKey = c.req.query('project');
    if (issueKey === undefined && projectKey === undefined) {
      throw failure(400, "One of the query parameters 'project' and 'issueKey' is required.");
    }
    const ofIssue = issueKey === undefined ? undefined : site.issues.find(issueKey)?.projectId;
    const { id } = findProject(c, String(ofIssue ?? projectKey ?? ''));
    const found = site.users
      .all()
      .filter(({ accountId }) => site.permissions.holds(accountId, 'ASSIGNABLE_USER', id))
      .filter((user) => matches(user, c.req.query('query') ?? ''));
    return c.json(bodies(c, pageOf(c, found)));
  });
}

function requireBrowseUsers(c: Context<RestEnv>): void {
  requireAccount(c);
  if (!mayBrowseUsers(c)) {
    throw failure(403, 'You do not have permission to browse users.');
  }
}

function mayBrowseUsers(c: Context<RestEnv>): boolean {
  return c.var.site.permissions.holds(requireAccount(c), 'USER_PICKER');
}

function pageOf(c: Context<RestEnv>, users: User[]): User[] {
  const { startAt, maxResults } = readPage(c, 50);
  return users.slice(startAt, startAt + maxResults);
}

function bodies(c: Context<RestEnv>, users: readonly User[]): unknown[] {
  return users.map(({ accountId }) => userBody(c.var.site, accountId, c.var.version));
}

/** The start of a word of the name, or of the address. */
function matches({ displayName, emailAddress }: User, query: string): boolean {
  const start = query.toLowerCase();
  return [...displayName.split(' '), displayName, emailAddress ?? ''].some((text) =>
    text.toLowerCase().startsWith(start),
  );
}

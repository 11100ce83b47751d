import type { Context, Hono } from 'hono';
import type { StoredIssue } from '../site/issues.ts';
import { maximumKeyLength, maximumValueLength, type PropertyOwner } from '../site/properties.ts';
import type { RestEnv } from './caller.ts';
import { failure, issueNotFound, RestError } from './errors.ts';
import { findIssue } from './issues.ts';
import { findProject } from './projects.ts';
import { propertyTold, tell } from './webhook-changes.ts';

/** Whose properties a path names, where the caller may see them. */
interface Owner {
  owner: PropertyOwner;
  ownerId: string | number;
  /** Refuses whoever may not change them. */
  requireWrite: () => void;
  /** Where webhooks tell of its properties. */
  issue?: StoredIssue;
}

/** Issue, project, user and comment properties: the same four resources, with other rights. */
export function addPropertyRoutes(rest: Hono<RestEnv>): void {
  addRoutes(rest, '/issue/:issue/properties', ofIssue);
  addRoutes(rest, '/project/:project/properties', ofProject);
  addRoutes(rest, '/comment/:comment/properties', ofComment);
  addRoutes(rest, '/user/properties', ofUser);
}

function addRoutes(rest: Hono<RestEnv>, path: string, find: (c: Context<RestEnv>) => Owner): void {
  rest.get(path, (c) => {
    const { owner, ownerId } = find(c);
    const keys = c.var.site.properties.list(owner, ownerId);
    return c.json({ keys: keys.map((key) => ({ self: selfOf(c, key), key })) });
  });
  rest.get(`${path}/:property`, (c) => {
    const { owner, ownerId } = find(c);
    const key = c.req.param('property') ?? '';
    const value = c.var.site.properties.get(owner, ownerId, key);
    if (value === undefined) throw propertyNotFound(key);
    return c.json({ key, value });
  });
  rest.put(`${path}/:property`, async (c) => {
    const { owner, ownerId, requireWrite, issue } = find(c);
    requireWrite();
    const key = c.req.param('property') ?? '';
    const read = readValue(key, await readText(c), maximumKeyLength);
    if ('error' in read) throw failure(400, read.error);
    const created = c.var.site.properties.set(owner, ownerId, key, read.value);
    if (issue) tell(c, propertyTold(c.var.site, 'issue_property_set', issue, key));
    return c.body(null, created ? 201 : 200);
  });
  rest.delete(`${path}/:property`, (c) => {
    const { owner, ownerId, requireWrite, issue } = find(c);
    requireWrite();
    const key = c.req.param('property') ?? '';
    if (!c.var.site.properties.delete(owner, ownerId, key)) throw propertyNotFound(key);
    if (issue) tell(c, propertyTold(c.var.site, 'issue_property_deleted', issue, key));
    return c.body(null, 204);
  });
}

function propertyNotFound(key: string): RestError {
  return failure(404, `The property ${key} does not exist.`);
}

function selfOf(c: Context<RestEnv>, key: string): string {
  const { pathname, search } = new URL(c.req.url);
  return `${c.var.site.url}${pathname}/${encodeURIComponent(key)}${search}`;
}

/** The body as it came, where it says that it is JSON. */
export async function readText(c: Context<RestEnv>): Promise<string> {
  if (!/^application\/json\b/i.test(c.req.header('content-type') ?? '')) {
    throw new RestError(415, 'The content type of the request must be application/json.');
  }
  return c.req.text();
}

/** The value that a PUT brings. Jira counts characters in one place of its documentation and bytes in another: bytes are fewer. */
export function readValue(
  key: string,
  text: string,
  longestKey: number,
): { value: unknown } | { error: string } {
  if (key.length > longestKey) {
    return { error: `The property key cannot be longer than ${longestKey} characters.` };
  }
  if (Buffer.byteLength(text) > maximumValueLength) {
    return { error: `The property value cannot be longer than ${maximumValueLength} characters.` };
  }
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { error: 'The property value must be valid, non-empty JSON.' };
  }
}

function ofIssue(c: Context<RestEnv>): Owner {
  const { site, caller } = c.var;
  const issue = findIssue(c);
  const { id, projectId } = issue;
  return {
    owner: 'issue',
    ownerId: id,
    issue,
    requireWrite: () => {
      if (site.permissions.holds(caller.accountId, 'EDIT_ISSUES', projectId)) return;
      throw failure(403, 'You do not have permission to edit issues in this project.');
    },
  };
}

function ofProject(c: Context<RestEnv>): Owner {
  const { permissions } = c.var.site;
  const { accountId } = c.var.caller;
  const { id } = findProject(c, c.req.param('project') ?? '');
  return {
    owner: 'project',
    ownerId: id,
    requireWrite: () => {
      if (permissions.holds(accountId, 'ADMINISTER_PROJECTS', id)) return;
      if (permissions.holds(accountId, 'ADMINISTER')) return;
      throw failure(403, 'You do not have permission to administer this project.');
    },
  };
}

function ofComment(c: Context<RestEnv>): Owner {
  const { site, caller } = c.var;
  const wanted = c.req.param('comment') ?? '';
  const found = /^\d{1,15}$/.test(wanted) ? site.issues.findComment(Number(wanted)) : undefined;
  if (!found) throw failure(404, `Can not find a comment for the id: ${wanted}.`);
  const issue = site.issues.find(String(found.issueId));
  if (!issue || !site.permissions.holds(caller.accountId, 'BROWSE_PROJECTS', issue.projectId)) {
    throw failure(404, issueNotFound);
  }
  const holds = (permission: string): boolean =>
    site.permissions.holds(caller.accountId, permission, issue.projectId);
  return {
    owner: 'comment',
    ownerId: found.comment.id,
    requireWrite: () => {
      const isOwn = found.comment.author === caller.accountId;
      if (holds('EDIT_ALL_COMMENTS') || (isOwn && holds('EDIT_OWN_COMMENTS'))) return;
      throw failure(403, 'You do not have permission to edit this comment.');
    },
  };
}

function ofUser(c: Context<RestEnv>): Owner {
  const { site, caller } = c.var;
  if (caller.accountId === undefined) {
    throw new RestError(401, 'Client must be authenticated to access this resource.');
  }
  const accountId = c.req.query('accountId') ?? '';
  if (accountId === '') throw failure(400, "The 'accountId' query parameter is required.");
  const isOwn = accountId === caller.accountId;
  if (!isOwn && !site.permissions.holds(caller.accountId, 'ADMINISTER')) {
    throw failure(
      403,
      'You do not have permission to access the properties of this user.',
      'Only Administer Jira opens the properties of other users: an app needs the scope ADMIN, or calls as that user.',
    );
  }
  if (!site.users.find(accountId)) {
    throw failure(404, `The user with the accountId '${accountId}' does not exist.`);
  }
  return { owner: 'user', ownerId: accountId, requireWrite: () => {} };
}

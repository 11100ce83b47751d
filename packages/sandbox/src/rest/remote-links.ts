import type { Context, Hono } from 'hono';
import { Records, type StoredRecord } from '../site/records.ts';
import type { Site } from '../site/site.ts';
import type { RestEnv } from './caller.ts';
import { failure, fieldErrors } from './errors.ts';
import { findIssue } from './issues.ts';
import { requireOnIssue } from './permission.ts';
import { readJson } from './request-body.ts';

interface RemoteLink {
  globalId?: string;
  application?: Record<string, unknown>;
  relationship?: string;
  object: Record<string, unknown>;
}

const notAllowed = { message: 'You do not have permission to link issues in this project.' };

export function addRemoteLinkRoutes(rest: Hono<RestEnv>): void {
  rest.get('/issue/:issue/remotelink', (c) => {
    const all = remoteLinks(c.var.site).ofIssue(findIssue(c).id);
    const globalId = c.req.query('globalId');
    if (globalId === undefined) return c.json(all.map((each) => body(c, each)));
    return c.json(body(c, byGlobalId(all, globalId) ?? unknown(globalId)));
  });

  rest.post('/issue/:issue/remotelink', async (c) => {
    const { site, version } = c.var;
    const link = readLink(await readJson(c));
    const { issue } = requireOnIssue(c, 'LINK_ISSUES', notAllowed);
    const known = byGlobalId(remoteLinks(site).ofIssue(issue.id), link.globalId);
    if (known) remoteLinks(site).update(known.id, link);
    const { id } = known ?? remoteLinks(site).add(link, { issueId: issue.id });
    const self = `${site.url}/rest/api/${version}/issue/${issue.key}/remotelink/${id}`;
    return c.json({ id, self }, known ? 200 : 201);
  });

  rest.delete('/issue/:issue/remotelink', (c) => {
    const { site } = c.var;
    const { issue } = requireOnIssue(c, 'LINK_ISSUES', notAllowed);
    const globalId = c.req.query('globalId');
    if (globalId === undefined) throw failure(400, "The 'globalId' query parameter is required.");
    const known = byGlobalId(remoteLinks(site).ofIssue(issue.id), globalId) ?? unknown(globalId);
    remoteLinks(site).remove(known.id);
    return c.body(null, 204);
  });

  rest.get('/issue/:issue/remotelink/:id', (c) => c.json(body(c, find(c))));

  rest.put('/issue/:issue/remotelink/:id', async (c) => {
    const link = readLink(await readJson(c));
    requireOnIssue(c, 'LINK_ISSUES', notAllowed);
    remoteLinks(c.var.site).update(find(c).id, link);
    return c.body(null, 204);
  });

  rest.delete('/issue/:issue/remotelink/:id', (c) => {
    requireOnIssue(c, 'LINK_ISSUES', notAllowed);
    remoteLinks(c.var.site).remove(find(c).id);
    return c.body(null, 204);
  });
}

function remoteLinks(site: Site): Records<RemoteLink> {
  return new Records<RemoteLink>(site.database, 'remote-link');
}

function find(c: Context<RestEnv>): StoredRecord<RemoteLink> {
  const issue = findIssue(c);
  const id = c.req.param('id') ?? '';
  const found = remoteLinks(c.var.site).find(id);
  return found?.issueId === issue.id ? found : unknown(id);
}

function unknown(id: string): never {
  throw failure(404, `No remote issue link with id '${id}' was found.`);
}

function byGlobalId(
  all: readonly StoredRecord<RemoteLink>[],
  globalId: string | undefined,
): StoredRecord<RemoteLink> | undefined {
  return all.find(({ data }) => globalId !== undefined && data.globalId === globalId);
}

function readLink(body: Record<string, unknown>): RemoteLink {
  const { globalId, application, relationship, object } = body;
  const target = (object ?? {}) as Record<string, unknown>;
  const errors: Record<string, string> = {};
  if (typeof target.title !== 'string' || target.title === '') {
    errors.title = "'title' is required.";
  }
  if (typeof target.url !== 'string' || !URL.canParse(target.url)) {
    errors.url = "'url' must be a valid URL.";
  }
  if (Object.keys(errors).length > 0) throw fieldErrors(errors);
  return {
    ...(typeof globalId === 'string' ? { globalId } : {}),
    ...(typeof application === 'object' && application !== null
      ? { application: application as Record<string, unknown> }
      : {}),
    ...(typeof relationship === 'string' ? { relationship } : {}),
    object: target,
  };
}

function body(c: Context<RestEnv>, { id, issueId, data }: StoredRecord<RemoteLink>) {
  const { site, version } = c.var;
  const key = site.issues.find(String(issueId))?.key;
  return { id, self: `${site.url}/rest/api/${version}/issue/${key}/remotelink/${id}`, ...data };
}

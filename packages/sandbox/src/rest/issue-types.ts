import type { Hono } from 'hono';
import { issueTypes } from '../site/projects.ts';
import type { Site } from '../site/site.ts';
import { requireAccount } from './account.ts';
import { avatarUrl } from './avatars.ts';
import type { RestEnv } from './caller.ts';
import { failure } from './errors.ts';

export function issueTypeBody(site: Site, typeId: number, version: 2 | 3): Record<string, unknown> {
  const type = issueTypes.find(({ id }) => id === typeId);
  return {
    self: `${site.url}/rest/api/${version}/issuetype/${typeId}`,
    id: String(typeId),
    description: '',
    iconUrl: avatarUrl(site, 'issuetype'),
    name: type?.name,
    untranslatedName: type?.name,
    subtask: false,
    hierarchyLevel: 0,
  };
}

export function addIssueTypeRoutes(rest: Hono<RestEnv>): void {
  rest.get('/issuetype', (c) => {
    requireAccount(c);
    return c.json(issueTypes.map(({ id }) => issueTypeBody(c.var.site, id, c.var.version)));
  });

  rest.get('/issuetype/:id', (c) => {
    requireAccount(c);
    const type = issueTypes.find(({ id }) => String(id) === c.req.param('id'));
    if (!type) throw failure(404, 'The issue type does not exist.');
    return c.json(issueTypeBody(c.var.site, type.id, c.var.version));
  });
}

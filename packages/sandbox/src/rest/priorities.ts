import type { Hono } from 'hono';
import { priorities } from '../site/fields.ts';
import type { Site } from '../site/site.ts';
import { requireAccount } from './account.ts';
import { avatarUrl } from './avatars.ts';
import type { RestEnv } from './caller.ts';
import { failure } from './errors.ts';
import { readPage } from './paging.ts';

const colours: Record<string, string> = {
  '1': '#d04437',
  '2': '#f15c75',
  '3': '#f79232',
  '4': '#707070',
  '5': '#999999',
};

export function priorityBody(site: Site, id: string, version: 2 | 3): Record<string, unknown> {
  const priority = priorities.find((each) => each.id === id);
  return {
    self: `${site.url}/rest/api/${version}/priority/${id}`,
    iconUrl: avatarUrl(site, 'priority'),
    name: priority?.name,
    id,
  };
}

function detailsBody(site: Site, id: string, version: 2 | 3): Record<string, unknown> {
  return {
    ...priorityBody(site, id, version),
    statusColor: colours[id],
    description: '',
    isDefault: id === '3',
  };
}

export function addPriorityRoutes(rest: Hono<RestEnv>): void {
  rest.get('/priority', (c) => {
    requireAccount(c);
    return c.json(priorities.map(({ id }) => detailsBody(c.var.site, id, c.var.version)));
  });

  rest.get('/priority/search', (c) => {
    const { site, version } = c.var;
    requireAccount(c);
    const { startAt, maxResults } = readPage(c, 50);
    const page = priorities.slice(startAt, startAt + maxResults);
    return c.json({
      self: `${site.url}/rest/api/${version}/priority/search`,
      maxResults,
      startAt,
      total: priorities.length,
      isLast: startAt + page.length >= priorities.length,
      values: page.map(({ id }) => detailsBody(site, id, version)),
    });
  });

  rest.get('/priority/:id', (c) => {
    requireAccount(c);
    const priority = priorities.find(({ id }) => id === c.req.param('id'));
    if (!priority) throw failure(404, 'The priority does not exist.');
    return c.json(detailsBody(c.var.site, priority.id, c.var.version));
  });
}

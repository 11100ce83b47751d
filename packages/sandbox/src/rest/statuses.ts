import type { Context, Hono } from 'hono';
import type { Status } from '../site/projects.ts';
import type { Site } from '../site/site.ts';
import { requireAccount } from './account.ts';
import { avatarUrl } from './avatars.ts';
import type { RestEnv } from './caller.ts';
import { failure } from './errors.ts';
import { readPage } from './paging.ts';

const categories = {
  new: { id: 2, key: 'new', name: 'To Do', colorName: 'blue-gray' },
  indeterminate: { id: 4, key: 'indeterminate', name: 'In Progress', colorName: 'yellow' },
  done: { id: 3, key: 'done', name: 'Done', colorName: 'green' },
};

/** What the newer resource /statuses calls them. */
const categoryNames = { new: 'TODO', indeterminate: 'IN_PROGRESS', done: 'DONE' };

export function statusBody(
  site: Site,
  statusId: number,
  version: 2 | 3,
): Record<string, unknown> | null {
  const status = site.projects.statuses().find(({ id }) => id === statusId);
  if (!status) return null;
  return {
    self: `${site.url}/rest/api/${version}/status/${status.id}`,
    description: '',
    iconUrl: avatarUrl(site, 'issuetype'),
    id: String(status.id),
    name: status.name,
    statusCategory: categoryBody(site, categories[status.category], version),
  };
}

function categoryBody(
  site: Site,
  category: (typeof categories)['new' | 'indeterminate' | 'done'],
  version: 2 | 3,
): Record<string, unknown> {
  const self = `${site.url}/rest/api/${version}/statuscategory/${category.id}`;
  return { self, ...category };
}

export function addStatusRoutes(rest: Hono<RestEnv>): void {
  rest.get('/status', (c) => {
    const { site, version } = c.var;
    requireAccount(c);
    return c.json(site.projects.statuses().map(({ id }) => statusBody(site, id, version)));
  });

  rest.get('/status/:status', (c) => {
    const { site, version } = c.var;
    requireAccount(c);
    const wanted = c.req.param('status');
    const status = site.projects
      .statuses()
      .find(({ id, name }) => String(id) === wanted || name.toLowerCase() === wanted.toLowerCase());
    if (!status) throw failure(404, `The status with ID or name '${wanted}' was not found.`);
    return c.json(statusBody(site, status.id, version));
  });

  rest.get('/statuscategory', (c) => {
    requireAccount(c);
    return c.json(
      Object.values(categories).map((each) => categoryBody(c.var.site, each, c.var.version)),
    );
  });

  rest.get('/statuscategory/:category', (c) => {
    requireAccount(c);
    const wanted = c.req.param('category');
    const found = Object.values(categories).find(
      ({ id, key }) => key === wanted || String(id) === wanted,
    );
    if (!found) throw failure(404, `The status category '${wanted}' was not found.`);
    return c.json(categoryBody(c.var.site, found, c.var.version));
  });

  rest.get('/statuses', (c) => {
    requireAccount(c);
    const ids = c.req.queries('id') ?? [];
    if (ids.length === 0) throw failure(400, "The 'id' query parameter is required.");
    const found = c.var.site.projects.statuses().filter(({ id }) => ids.includes(String(id)));
    return c.json(found.map(globalStatusBody));
  });

  rest.get('/statuses/search', (c) => {
    requireAccount(c);
    return c.json(statusPage(c));
  });
}

function globalStatusBody({ id, name, category }: Status): Record<string, unknown> {
  return {
    id: String(id),
    name,
    statusCategory: categoryNames[category],
    scope: { type: 'GLOBAL' },
    description: '',
  };
}

function statusPage(c: Context<RestEnv>): Record<string, unknown> {
  const { site, version } = c.var;
  const text = c.req.query('searchString')?.toLowerCase() ?? '';
  const category = c.req.query('statusCategory');
  const found = site.projects
    .statuses()
    .filter(({ name }) => name.toLowerCase().includes(text))
    .filter((status) => category === undefined || categoryNames[status.category] === category);
  const { startAt, maxResults } = readPage(c, 200);
  const values = found.slice(startAt, startAt + maxResults).map(globalStatusBody);
  return {
    self: `${site.url}/rest/api/${version}/statuses/search`,
    startAt,
    maxResults,
    total: found.length,
    isLast: startAt + values.length >= found.length,
    values,
  };
}

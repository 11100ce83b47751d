import type { Context, Hono } from 'hono';
import { Records, type StoredRecord } from '../site/records.ts';
import type { Site } from '../site/site.ts';
import { requireAccount } from './account.ts';
import type { RestEnv } from './caller.ts';
import { failure, fieldErrors } from './errors.ts';
import { parseJql } from './jql.ts';
import { readPage } from './paging.ts';
import { readJson } from './request-body.ts';
import { userBody } from './users.ts';
import { tell } from './webhook-changes.ts';

interface Filter {
  owner: string;
  name: string;
  description: string;
  jql: string;
  favouriteOf: string[];
}

/** A filter is its owner's alone: the site knows no shares. */
export function addFilterRoutes(rest: Hono<RestEnv>): void {
  rest.post('/filter', async (c) => {
    const { site } = c.var;
    const owner = requireAccount(c);
    const body = await readJson(c);
    const { name, ...rest } = readFilter(c, body);
    if (name === undefined) throw fieldErrors({ filterName: 'You must specify a name.' });
    const filter: Filter = { owner, name, description: '', jql: '', favouriteOf: [], ...rest };
    const added = filters(site).add(filter);
    tellOfFilter(c, 'filter_created', added);
    return c.json(filterBody(c, added));
  });

  rest.get('/filter/my', (c) => c.json(own(c).map((each) => filterBody(c, each))));

  rest.get('/filter/favourite', (c) =>
    c.json(
      own(c)
        .filter(({ data }) => data.favouriteOf.includes(data.owner))
        .map((each) => filterBody(c, each)),
    ),
  );

  rest.get('/filter/search', (c) => {
    const name = c.req.query('filterName')?.toLowerCase() ?? '';
    const all = own(c).filter(({ data }) => data.name.toLowerCase().includes(name));
    const { startAt, maxResults } = readPage(c, 50);
    const values = all.slice(startAt, startAt + maxResults).map(({ id, data }) => ({
      expand: 'description,owner,jql,viewUrl,searchUrl,favourite,favouritedCount,sharePermissions',
      self: `${c.var.site.url}/rest/api/${c.var.version}/filter/${id}`,
      id: String(id),
      name: data.name,
    }));
    return c.json({
      self: `${c.var.site.url}/rest/api/${c.var.version}/filter/search`,
      maxResults,
      startAt,
      total: all.length,
      isLast: startAt + values.length >= all.length,
      values,
    });
  });

  rest.get('/filter/:id', (c) => c.json(filterBody(c, find(c))));

  rest.put('/filter/:id', async (c) => {
    const body = await readJson(c);
    const { id, data } = find(c);
    if (body.name === undefined) throw fieldErrors({ filterName: 'You must specify a name.' });
    filters(c.var.site).update(id, { ...data, ...readFilter(c, body, id) });
    tellOfFilter(c, 'filter_updated', find(c));
    return c.json(filterBody(c, find(c)));
  });

  rest.delete('/filter/:id', (c) => {
    const filter = find(c);
    filters(c.var.site).remove(filter.id);
    tellOfFilter(c, 'filter_deleted', filter);
    return c.body(null, 204);
  });

  rest.put('/filter/:id/favourite', (c) => setFavourite(c, true));
  rest.delete('/filter/:id/favourite', (c) => setFavourite(c, false));
}

function tellOfFilter(c: Context<RestEnv>, event: string, filter: StoredRecord<Filter>): void {
  tell(c, { event, variables: {}, payload: () => ({ filter: filterBody(c, filter, 2) }) });
}

function filters(site: Site): Records<Filter> {
  return new Records<Filter>(site.database, 'filter');
}

function own(c: Context<RestEnv>): StoredRecord<Filter>[] {
  const accountId = requireAccount(c);
  return filters(c.var.site)
    .all()
    .filter(({ data }) => data.owner === accountId);
}

function find(c: Context<RestEnv>): StoredRecord<Filter> {
  const found = own(c).find(({ id }) => String(id) === c.req.param('id'));
  if (!found) {
    throw failure(400, 'The selected filter is not available to you, perhaps it has been deleted.');
  }
  return found;
}

function setFavourite(c: Context<RestEnv>, favourite: boolean): Response {
  const { id, data } = find(c);
  const favouriteOf = favourite ? [data.owner] : [];
  filters(c.var.site).update(id, { ...data, favouriteOf });
  return c.json(filterBody(c, find(c)));
}

function readFilter(
  c: Context<RestEnv>,
  body: Record<string, unknown>,
  ownId?: number,
): Partial<Filter> {
  const { name, description, jql } = body;
  if (name !== undefined && (typeof name !== 'string' || name.trim() === '')) {
    throw fieldErrors({ filterName: 'You must specify a name.' });
  }
  if (own(c).some(({ id, data }) => id !== ownId && data.name === name)) {
    throw fieldErrors({ filterName: 'Filter with same name already exists.' });
  }
  if (jql !== undefined) parseJql(String(jql));
  const given = { name, description, jql };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function filterBody(
  c: Context<RestEnv>,
  { id, data: { owner, favouriteOf, ...data } }: StoredRecord<Filter>,
  version: 2 | 3 = c.var.version,
): Record<string, unknown> {
  const { site } = c.var;
  const jql = encodeURIComponent(data.jql);
  return {
    self: `${site.url}/rest/api/${version}/filter/${id}`,
    id: String(id),
    ...data,
    owner: userBody(site, owner, version),
    viewUrl: `${site.url}/issues/?filter=${id}`,
    searchUrl: `${site.url}/rest/api/${version}/search/jql?jql=${jql}`,
    favourite: favouriteOf.includes(owner),
    favouritedCount: favouriteOf.length,
    sharePermissions: [],
    editPermissions: [],
    isWritable: true,
    sharedUsers: { size: 0, items: [], 'max-results': 1000, 'start-index': 0, 'end-index': 0 },
    subscriptions: { size: 0, items: [], 'max-results': 1000, 'start-index': 0, 'end-index': 0 },
  };
}

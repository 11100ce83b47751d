import type { Context, Hono } from 'hono';
import { requireAccount } from './account.ts';
import type { RestEnv } from './caller.ts';
import { failure } from './errors.ts';
import { readPage } from './paging.ts';

const resolutions = [
  { id: '10000', name: 'Done', description: 'Work has been completed on this issue.' },
  { id: '10001', name: "Won't Do", description: "This issue won't be actioned." },
];

export function addResolutionRoutes(rest: Hono<RestEnv>): void {
  rest.get('/resolution', (c) => {
    requireAccount(c);
    return c.json(resolutions.map((each) => body(c, each)));
  });

  rest.get('/resolution/search', (c) => {
    requireAccount(c);
    const { startAt, maxResults } = readPage(c, 50);
    const values = resolutions.slice(startAt, startAt + maxResults).map((each) => body(c, each));
    const isLast = startAt + values.length >= resolutions.length;
    return c.json({ maxResults, startAt, total: resolutions.length, isLast, values });
  });

  rest.get('/resolution/:id', (c) => {
    requireAccount(c);
    const found = resolutions.find(({ id }) => id === c.req.param('id'));
    if (!found) throw failure(404, 'The resolution does not exist.');
    return c.json(body(c, found));
  });
}

function body(c: Context<RestEnv>, resolution: (typeof resolutions)[number]) {
  return {
    self: `${c.var.site.url}/rest/api/${c.var.version}/resolution/${resolution.id}`,
    ...resolution,
  };
}

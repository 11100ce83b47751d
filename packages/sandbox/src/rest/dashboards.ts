import type { Hono } from 'hono';
import { requireAccount } from './account.ts';
import type { RestEnv } from './caller.ts';
import { failure } from './errors.ts';
import { readPage } from './paging.ts';

/** The site has no dashboard. */
export function addDashboardRoutes(rest: Hono<RestEnv>): void {
  rest.get('/dashboard', (c) => {
    requireAccount(c);
    return c.json({ ...readPage(c, 20), total: 0, dashboards: [] });
  });

  rest.get('/dashboard/search', (c) => {
    requireAccount(c);
    const self = `${c.var.site.url}/rest/api/${c.var.version}/dashboard/search`;
    return c.json({ self, ...readPage(c, 50), total: 0, isLast: true, values: [] });
  });

  rest.get('/dashboard/:id', (c) => {
    requireAccount(c);
    throw failure(404, `The dashboard with id '${c.req.param('id')}' does not exist.`);
  });
}

import type { Hono } from 'hono';
import { requireAccount } from './account.ts';
import type { RestEnv } from './caller.ts';
import { readPage } from './paging.ts';
import { visibleProjects } from './projects.ts';

export function addLabelRoutes(rest: Hono<RestEnv>): void {
  rest.get('/label', (c) => {
    const { site, caller } = c.var;
    requireAccount(c);
    const visible = new Set(visibleProjects(site, caller).map(({ id }) => id));
    const labels = new Set<string>();
    for (const { projectId, values } of site.issues.all()) {
      if (!visible.has(projectId)) continue;
      for (const label of (values.labels ?? []) as string[]) labels.add(label);
    }
    const all = [...labels].sort();
    const { startAt, maxResults } = readPage(c, 1000);
    const values = all.slice(startAt, startAt + maxResults);
    const isLast = startAt + values.length >= all.length;
    return c.json({ maxResults, startAt, total: all.length, isLast, values });
  });
}

import type { Context, Hono } from 'hono';
import type { FaultRule } from './site/fault-rule.ts';
import type { Latency } from './site/faults.ts';
import type { RateLimitSettings } from './site/rate-limits.ts';
import type { Site } from './site/site.ts';

/** What other processes switch faults and rate limits with, and read the counts. */
export function addFaultControl(site: Site, control: Hono): void {
  const { faults, rateLimits, traffic } = site;
  const state = () => ({ seed: faults.seed, latency: faults.latency, faults: faults.list });

  control.get('/faults', (c) => c.json(state()));
  control.post('/faults', async (c) => c.json(faults.add(await readBody<FaultRule>(c)), 201));
  control.delete('/faults', (c) => {
    faults.clear();
    return c.body(null, 204);
  });
  control.put('/faults/latency', async (c) => {
    faults.setLatency(await readBody<Latency>(c));
    return c.json(state());
  });
  control.put('/faults/seed', async (c) => {
    faults.setSeed((await readBody<{ seed: number }>(c)).seed);
    return c.json(state());
  });
  control.delete('/faults/:id', (c) => {
    const id = c.req.param('id');
    if (!faults.remove(Number(id))) throw new Error(`There is no fault ${id}.`);
    return c.body(null, 204);
  });

  control.get('/rate-limits', (c) => c.json(rateLimits.settings));
  control.put('/rate-limits', async (c) => {
    rateLimits.set(await readBody<RateLimitSettings>(c));
    return c.json(rateLimits.settings);
  });
  control.delete('/rate-limits', (c) => {
    rateLimits.off();
    return c.body(null, 204);
  });

  control.get('/traffic', (c) => c.json(traffic.counts));
  control.delete('/traffic', (c) => {
    traffic.reset();
    return c.body(null, 204);
  });
}

/** What is in it is checked by what takes it. */
async function readBody<T>(c: Context): Promise<T> {
  const body: unknown = JSON.parse(await c.req.text());
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Error('The body must be a JSON object.');
  }
  return body as T;
}

import { once } from 'node:events';
import { serve } from '@hono/node-server';
import type { App } from 'countersign';
import { authenticate, routes } from 'countersign/hono';
import { Hono } from 'hono';
import { accept } from './app.ts';
import { failure } from './failure.ts';
import { greet } from './greeting.ts';

/** @returns what closes the server. */
export async function listen(app: App, port: number, host: string): Promise<() => Promise<void>> {
  const server = new Hono();
  server.onError((error) => {
    const { status, body } = failure(error);
    return Response.json(body, { status });
  });
  server.use(routes(app)); // what Jira and Forge call by themselves, and /health
  server.get('/greeting', authenticate(app, { accept }), async (c) =>
    c.json(await greet(c.get('caller'))),
  );

  const listener = serve({ fetch: server.fetch, port, hostname: host });
  await once(listener, 'listening');
  return async () => {
    listener.close();
    await once(listener, 'close');
  };
}

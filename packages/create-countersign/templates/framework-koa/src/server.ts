import { once } from 'node:events';
import type { App } from 'countersign';
import { authenticate, routes } from 'countersign/koa';
import Koa from 'koa';
import { accept } from './app.ts';
import { failure } from './failure.ts';
import { greet } from './greeting.ts';

/** @returns what closes the server. */
export async function listen(app: App, port: number, host: string): Promise<() => Promise<void>> {
  const server = new Koa();
  server.use(async (context, next) => {
    try {
      await next();
    } catch (error) {
      Object.assign(context, failure(error));
    }
  });
  server.use(routes(app)); // what Jira and Forge call by themselves, and /health
  server.use((context, next) => {
    return context.path === '/greeting' && context.method === 'GET' ? next() : undefined;
  });
  server.use(authenticate(app, { accept }));
  server.use(async (context) => {
    context.body = await greet(context.state.caller);
  });

  const listener = server.listen(port, host);
  await once(listener, 'listening');
  return async () => {
    listener.close();
    await once(listener, 'close');
  };
}

import type { App } from 'countersign';
import { authenticate, routes } from 'countersign/fastify';
import fastify from 'fastify';
import { accept } from './app.ts';
import { failure } from './failure.ts';
import { greet } from './greeting.ts';

/** @returns what closes the server. */
export async function listen(app: App, port: number, host: string): Promise<() => Promise<void>> {
  const server = fastify();
  server.setErrorHandler((error, _request, reply) => {
    const { status, body } = failure(error);
    return reply.code(status).send(body);
  });
  await server.register(routes(app)); // what Jira and Forge call by themselves, and /health
  server.get('/greeting', { preHandler: authenticate(app, { accept }) }, ({ caller }) =>
    greet(caller),
  );

  await server.listen({ port, host });
  return async () => {
    await server.close();
  };
}

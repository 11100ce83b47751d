import { once } from 'node:events';
import type { App } from 'countersign';
import { authenticate, routes } from 'countersign/express';
import express, { type ErrorRequestHandler } from 'express';
import { accept } from './app.ts';
import { failure } from './failure.ts';
import { greet } from './greeting.ts';

const answerFailure: ErrorRequestHandler = (error, _request, response, _next) => {
  const { status, body } = failure(error);
  response.status(status).json(body);
};

/** @returns what closes the server. */
export async function listen(app: App, port: number, host: string): Promise<() => Promise<void>> {
  const server = express();
  server.use(routes(app)); // what Jira and Forge call by themselves, and /health
  server.get('/greeting', authenticate(app, { accept }), async ({ caller }, response) => {
    response.json(await greet(caller));
  });
  server.use(answerFailure);

  const listener = server.listen(port, host);
  await once(listener, 'listening');
  return async () => {
    listener.close();
    await once(listener, 'close');
  };
}

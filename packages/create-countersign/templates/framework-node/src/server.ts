import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { App } from 'countersign';
import { authenticate, handle } from 'countersign/node';
import { accept } from './app.ts';
import { failure } from './failure.ts';
import { greet } from './greeting.ts';

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function route(app: App, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (await handle(app, request, response)) return; // what Jira and Forge call, and /health
  const path = request.url?.split('?')[0];
  if (request.method === 'GET' && path === '/greeting') {
    const caller = await authenticate(app, request, response, { accept });
    if (caller !== undefined) answer(response, 200, await greet(caller));
    return;
  }
  answer(response, 404, { error: 'There is no such page.' });
}

/** @returns what closes the server. */
export async function listen(app: App, port: number, host: string): Promise<() => Promise<void>> {
  const server = createServer((request, response) => {
    route(app, request, response).catch((error) => {
      const { status, body } = failure(error);
      if (response.headersSent) response.destroy();
      else answer(response, status, body);
    });
  });

  server.listen(port, host);
  await once(server, 'listening');
  return async () => {
    server.close();
    await once(server, 'close');
  };
}

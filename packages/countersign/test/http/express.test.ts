import { createServer, type Server } from 'node:http';
import express5 from 'express';
// @ts-expect-error Express 4 comes under another name, without types of its own.
import express4 from 'express-4';
import { describe, expect, test } from 'vitest';
import { authenticate, routes } from '../../src/http/express.ts';
import { APP_URL, createPanelApp } from '../app/panel-app.ts';
import { close, listen } from '../connect/atlassian-host.ts';
import { siteToken } from '../connect/site-token.ts';
import { sampleRecord } from '../installations/sample-record.ts';

const frameworks: Record<string, typeof express5> = {
  'Express 5': express5,
  'Express 4': express4,
};

describe.each(Object.entries(frameworks))('%s', (_name, express) => {
  async function withServer(server: Server, check: (url: string) => Promise<void>): Promise<void> {
    const url = await listen(server);
    try {
      await check(url);
    } finally {
      await close(server);
    }
  }

  async function panelToken(at: number, path = '/panel'): Promise<string> {
    const url = `${APP_URL}${path}`;
    return siteToken({ clientKey: 'client-1', sharedSecret: 'secret-1', url, appUrl: APP_URL, at });
  }

  test.each([
    ['read as text', express.text({ type: '*/*' })],
    ['read as bytes', express.raw({ type: '*/*' })],
    // The parser of Express 4 puts an empty object there all the same.
    ['left alone', express.json({ type: 'application/x-other' })],
  ])('takes a callback whose body was %s before', async (_kind, parser) => {
    const panel = createPanelApp([]);
    await panel.store.put(sampleRecord());
    panel.clock.time += 1000;
    const server = express();
    server.use(parser, routes(panel.app));
    await withServer(createServer(server), async (url) => {
      const callback = await panel.callback('disabled');
      const response = await fetch(`${url}/disabled`, {
        method: 'POST',
        headers: callback.headers,
        body: await callback.text(),
      });
      expect(response.status).toBe(204);
    });
    expect(await panel.store.get('client-1')).toMatchObject({ enabled: false });
  });

  test('does not wait for a body that was read and thrown away before', async () => {
    const panel = createPanelApp([]);
    await panel.store.put(sampleRecord());
    panel.clock.time += 1000;
    const server = express();
    server.use((request, _response, next) => {
      request.resume().on('end', () => next());
    }, routes(panel.app));
    await withServer(createServer(server), async (url) => {
      const callback = await panel.callback('disabled');
      const response = await fetch(`${url}/disabled`, {
        method: 'POST',
        headers: callback.headers,
        body: await callback.text(),
      });
      expect(response.status).toBe(400);
    });
    expect(panel.log.codes()).toEqual(['INSTALLATION_PAYLOAD_INVALID']);
  });

  test('what a route throws, and what a logger throws, goes to the error handler', async () => {
    const panel = createPanelApp([]);
    await panel.store.put(sampleRecord());
    const shouting = createPanelApp([], {
      store: panel.store,
      logger: {
        ...panel.log,
        warn: () => {
          throw new Error('the log is full');
        },
      },
    });
    const server = express();
    server.get('/panel', authenticate(panel.app), () => {
      throw new Error('the route failed');
    });
    server.use(routes(shouting.app));
    server.get('/shout', authenticate(shouting.app));
    server.use(((error, _request, response, _next) => {
      response.status(599).send(error.message);
    }) satisfies express5.ErrorRequestHandler);
    await withServer(createServer(server), async (url) => {
      const authorization = `JWT ${await panelToken(panel.clock.time)}`;
      const answer = async (path: string, init?: RequestInit) => {
        const response = await fetch(url + path, init);
        return [response.status, await response.text()];
      };
      expect(await answer('/panel', { headers: { authorization } })).toEqual([
        599,
        'the route failed',
      ]);
      expect(await answer('/shout')).toEqual([599, 'the log is full']);
      expect(await answer('/installed', { method: 'POST' })).toEqual([599, 'the log is full']);
    });
  });

  test('a wrong option is refused where the route is declared', () => {
    const { app } = createPanelApp([]);
    expect(() => authenticate(app, { acept: 'context' } as never)).toThrow("'accept'");
    expect(() => authenticate(app, { accept: 'contxt' } as never)).toThrow("'context'");
  });
});

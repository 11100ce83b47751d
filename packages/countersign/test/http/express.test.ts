import { createServer, type Server } from 'node:http';
import express5 from 'express';
// @ts-expect-error Express 4 comes under another name, without types of its own.
import express4 from 'express-4';
import { describe, expect, test } from 'vitest';
import { authenticate, routes } from '../../src/http/express.ts';
import type { App } from '../../src/index.ts';
import { APP_URL, createPanelApp, panelDescriptor } from '../app/panel-app.ts';
import { close, listen, startAtlassianHost } from '../connect/atlassian-host.ts';
import { siteToken } from '../connect/site-token.ts';
import { sampleRecord } from '../installations/sample-record.ts';
import { describeServedApp, type ServeOptions } from './served-app.ts';

const frameworks: Record<string, typeof express5> = {
  'Express 5': express5,
  'Express 4': express4,
};

function serve(express: typeof express5, app: App, options: ServeOptions): Server {
  const router = express.Router();
  if (options.bodyParser === 'before') router.use(express.json());
  router.use(routes(app));
  if (options.bodyParser === 'after') router.use(express.json());
  const answer: express5.RequestHandler = ({ caller }, response) => {
    const { installation, accountId, tokenKind } = caller ?? {};
    response.json({ clientKey: installation?.clientKey, accountId, tokenKind });
  };
  router.get('/panel', authenticate(app), answer);
  router.all('/save', authenticate(app, { accept: 'context' }), answer);
  router.get('/open', answer);
  router.use((_request, response) => {
    response.status(404).send('elsewhere');
  });
  const server = express();
  server.use(options.mountedAt ?? '/', router);
  return createServer(server);
}

for (const [name, express] of Object.entries(frameworks)) {
  describeServedApp(name, (app, options) => serve(express, app, options), [
    {},
    { bodyParser: 'before' },
    { bodyParser: 'after', mountedAt: '/apps/panel' },
  ]);
}

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

  test('mounted below a path that stands in the descriptor, the whole URL counts', async () => {
    const keyHost = await startAtlassianHost();
    const descriptor = panelDescriptor({ lifecycle: { installed: '/jira/installed' } });
    const panel = createPanelApp([keyHost.url], { descriptor });
    const router = express.Router();
    router.use(routes(panel.app));
    router.get('/panel', authenticate(panel.app), ({ caller }, response) => {
      response.json(caller.installation.clientKey);
    });
    const server = express();
    server.use('/jira', router);
    await withServer(createServer(server), async (url) => {
      const callback = await panel.callback('installed', { path: '/jira/installed' });
      const installed = await fetch(`${url}/jira/installed`, {
        method: 'POST',
        headers: callback.headers,
        body: await callback.text(),
      });
      expect(installed.status).toBe(204);
      const authorization = `JWT ${await panelToken(panel.clock.time, '/jira/panel')}`;
      const response = await fetch(`${url}/jira/panel`, { headers: { authorization } });
      expect([response.status, await response.json()]).toEqual([200, 'client-1']);
    });
    await keyHost.close();
  });

  test('a wrong option is refused where the route is declared', () => {
    const { app } = createPanelApp([]);
    expect(() => authenticate(app, { acept: 'context' } as never)).toThrow("'accept'");
    expect(() => authenticate(app, { accept: 'contxt' } as never)).toThrow("'context'");
  });

  test('a caller that sends a request.caller of its own gains nothing', async () => {
    const panel = createPanelApp([]);
    await withServer(serve(express, panel.app, { bodyParser: 'before' }), async (url) => {
      const response = await fetch(`${url}/save?caller[installation][clientKey]=x`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', caller: 'x' },
        body: JSON.stringify({ caller: { installation: { clientKey: 'client-1' } } }),
      });
      expect(response.status).toBe(401);
    });
  });
});

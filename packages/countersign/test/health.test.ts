/** What probes are told, and what the log says: which request, which installation, and no secret. */
import { createServer } from 'node:http';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createApp,
  isConfigError,
  memoryStore,
  QueueError,
  type WebhookQueue,
} from '../src/index.ts';
import { redact } from '../src/redact.ts';
import { collectLog } from './app/collected-log.ts';
import { APP_URL, createPanelApp, panelDescriptor } from './app/panel-app.ts';
import {
  type AtlassianHost,
  close,
  listen,
  startAtlassianHost,
  unreachableUrl,
} from './connect/atlassian-host.ts';
import { createWebhookApp } from './webhooks/webhook-app.ts';

let host: AtlassianHost;
beforeAll(async () => {
  host = await startAtlassianHost();
});
afterAll(() => host.close());

const get = (app: { fetch(request: Request): Promise<Response> }, path: string) =>
  app.fetch(new Request(`${APP_URL}${path}`));

describe('/health', () => {
  test('says that the app lives, and that all it needs is there', async () => {
    const { app } = createPanelApp([host.url]);
    expect(app.handles('GET', '/health/live')).toBe(true);
    expect(app.handles('POST', '/health/live')).toBe(false);
    const live = await get(app, '/health/live');
    expect([live.status, await live.json()]).toEqual([200, { status: 'ok' }]);
    const ready = await get(app, '/health/ready');
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { status: 'ok', checks: { store: 'ok', keyHost: 'ok' } },
    ]);
    expect(ready.headers.get('cache-control')).toBe('no-store');
    expect((await get(app, '/health')).status).toBe(404);
  });

  test('says which part is away, in the answer its name and in the log why, once', async () => {
    const store = memoryStore();
    let isDown = true;
    const get_ = store.get;
    const { app, log } = createPanelApp([host.url], {
      cache: false,
      store: {
        ...store,
        get: async (key) => {
          if (isDown) throw new Error('connection refused');
          return get_(key);
        },
      },
    });
    const ready = await get(app, '/health/ready');
    expect([ready.status, await ready.json()]).toEqual([
      503,
      { status: 'unavailable', checks: { store: 'failed', keyHost: 'ok' } },
    ]);
    await get(app, '/health/ready');
    const said = log.lines.filter(({ message }) => message === 'The app is not ready.');
    expect(said).toHaveLength(1);
    expect(said[0]?.details.failures.store.code).toBe('STORE_UNAVAILABLE');
    expect((await get(app, '/health/live')).status).toBe(200);
    isDown = false;
    await expect.poll(async () => (await get(app, '/health/ready')).status).toBe(200);
    expect(log.lines.at(-1)?.message).toBe('The app is ready again.');
  });

  test('waits until a key host was seen once; after that its outage keeps nothing from being served', async () => {
    const { app } = createPanelApp([await unreachableUrl()]);
    expect(await (await get(app, '/health/ready')).json()).toMatchObject({
      checks: { keyHost: 'failed' },
    });
    const server = createServer((_, response) => response.writeHead(404).end());
    const seen = createPanelApp([await unreachableUrl(), await listen(server)]).app;
    expect((await get(seen, '/health/ready')).status).toBe(200);
    await close(server);
    await new Promise((resolve) => setTimeout(resolve, 510));
    expect((await get(seen, '/health/ready')).status).toBe(200);
  });

  test('asks the queue, and gives up on a check that hangs', async () => {
    const check = { run: async (): Promise<void> => undefined };
    const never = async (): Promise<never> => new Promise(() => undefined);
    const queue = {
      ...{ name: 'Test', setup() {}, start() {}, close: async () => undefined },
      ...{ open: async () => undefined, stop: async () => undefined },
      ...{ add: async () => true, counts: never },
      check: () => check.run(),
    } as unknown as WebhookQueue;
    const { app } = createPanelApp([host.url], { webhooks: { queue } });
    expect(await (await get(app, '/health/ready')).json()).toMatchObject({
      checks: { queue: 'ok' },
    });
    check.run = async () => {
      throw new QueueError('QUEUE_UNAVAILABLE', 'away');
    };
    await expect
      .poll(
        async () =>
          ((await (await get(app, '/health/ready')).json()) as { checks: { queue: string } }).checks
            .queue,
      )
      .toBe('failed');
    check.run = never;
    await new Promise((resolve) => setTimeout(resolve, 510));
    expect((await get(app, '/health/ready')).status).toBe(503);
  });

  test('says that the app drains', async () => {
    const { app } = createPanelApp([host.url]);
    await app.drain();
    const ready = await get(app, '/health/ready');
    expect([ready.status, await ready.json()]).toEqual([503, { status: 'draining' }]);
    expect((await get(app, '/health/live')).status).toBe(200);
  });

  test('stands elsewhere, or nowhere', async () => {
    const { app } = createPanelApp([host.url], { health: '/_status' });
    expect((await get(app, '/_status/live')).status).toBe(200);
    expect((await get(app, '/health/live')).status).toBe(404);
    const none = createPanelApp([host.url], { health: false }).app;
    expect(none.handles('GET', '/health/live')).toBe(false);
    expect((await get(none, '/health/live')).status).toBe(404);
    for (const health of ['health', '/he alth', '/a?b', true] as never[]) {
      expect(() => createPanelApp([host.url], { health })).toThrow(expect.toSatisfy(isConfigError));
    }
  });

  test('lies below the path of the app, and beside it: a probe knows no proxy', async () => {
    const appUrl = 'https://example.com/apps/panel';
    const app = createApp({
      ...{ descriptor: panelDescriptor(), appUrl, store: memoryStore() },
      ...{ logger: collectLog(), installKeyHosts: [host.url] },
    });
    for (const url of [`${appUrl}/health/live`, 'http://10.0.0.7:3000/health/live']) {
      expect((await app.fetch(new Request(url))).status).toBe(200);
    }
  });
});

describe('draining', () => {
  test('waits for a webhook that is handled, and aborts it when the time is over', async () => {
    const { app, send } = await createWebhookApp(host);
    const ended: string[] = [];
    let isBegun = Promise.withResolvers<void>();
    let wait = 30;
    app.webhook('*', async ({ signal }) => {
      isBegun.resolve();
      await new Promise((resolve) => setTimeout(resolve, wait, undefined));
      ended.push(signal.aborted ? 'aborted' : 'done');
    });
    const first = send();
    await isBegun.promise;
    await app.drain();
    expect(ended).toEqual(['done']);
    expect((await first).status).toBe(204);
    isBegun = Promise.withResolvers<void>();
    wait = 100;
    const second = send();
    await isBegun.promise;
    await app.drain({ graceMs: 5 });
    // Jira is told so, and sends it again to another process.
    expect((await second).status).toBe(503);
  });
});

describe('the log', () => {
  test('names the request and the installation on each line, through pino', async () => {
    const lines: Record<string, unknown>[] = [];
    const logger = pino({ level: 'debug' }, { write: (line) => void lines.push(JSON.parse(line)) });
    const { app, webhook } = await createWebhookApp(host, { logger });
    app.webhook('*', ({ log }) => log.info({ step: 1 }, 'Looking at it.'));
    const headers = { 'x-request-id': 'edge-42' };
    await app.fetch(await webhook({ identifier: 'abc-1', headers }));
    const ofWebhook = lines.filter(({ requestId }) => requestId === 'edge-42');
    expect(ofWebhook.map(({ msg, clientKey }) => [msg, clientKey])).toEqual([
      ['Looking at it.', 'client-1'],
      ['A webhook was handled.', 'client-1'],
      ['A webhook was taken in.', 'client-1'],
    ]);
    await app.fetch(await webhook({ sharedSecret: 'other', headers }));
    expect(lines.at(-1)).toMatchObject({ requestId: 'edge-42', method: 'POST', path: '/webhooks' });
  });

  test('takes no line break and nothing long for a request id', async () => {
    const { app, log } = createPanelApp([host.url]);
    for (const id of ['a'.repeat(200), 'a b', '"}{']) {
      await app.fetch(
        new Request(`${APP_URL}/installed`, { method: 'POST', headers: { 'x-request-id': id } }),
      );
      expect(log.lines.at(-1)?.details.requestId).toMatch(/^[0-9a-f]{16}$/);
    }
  });

  test('tells of a refused request of a route which it was, by its header', async () => {
    const { app, log } = createPanelApp([host.url]);
    const headers = new Headers({ 'x-request-id': 'edge-43' });
    const request = { method: 'GET', url: '/panel', headers };
    const error = await app.authenticate(request).catch((reason: unknown) => reason);
    app.refuse(error, request);
    expect(log.lines.at(-1)?.details).toMatchObject({ requestId: 'edge-43', path: '/panel' });
  });

  test('cuts out what is called like a secret or looks like a token, whoever wrote it there', () => {
    const token = 'eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhIn0.c2lnbmF0dXJl';
    class Settings {
      toJSON() {
        return { clientSecret: 'hidden', region: 'eu' };
      }
    }
    const given = {
      sharedSecret: 'hidden',
      nested: [{ Authorization: `JWT ${token}` }, { text: `got ${token}.` }],
      previousSecrets: ['hidden'],
      apiKey: 'hidden',
      url: `/panel?a=1&jwt=${token}&b=2`,
      other: '/x?jwt=plain&b=2',
      error: new Error(`bad ${token}`),
      settings: new Settings(),
      at: new Date(0),
      tokenKind: 'request',
      count: 3,
      hasToken: true,
      nothing: undefined,
    };
    const shown = redact(given);
    expect(JSON.stringify(shown)).not.toMatch(/hidden|eyJ|jwt=plain/);
    expect(shown).toMatchObject({
      url: '/panel?a=1&jwt=[token]&b=2',
      settings: { clientSecret: '[redacted]', region: 'eu' },
      at: '1970-01-01T00:00:00.000Z',
      tokenKind: 'request',
      count: 3,
      hasToken: true,
    });
    const endless: Record<string, unknown> = {};
    endless.again = endless;
    expect(() => JSON.stringify(redact(endless))).not.toThrow();
  });
});

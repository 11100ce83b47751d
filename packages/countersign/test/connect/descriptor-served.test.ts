import { expect, test } from 'vitest';
import { createApp, memoryStore } from '../../src/index.ts';
import { collectLog } from '../app/collected-log.ts';
import { APP_URL, panelDescriptor } from '../app/panel-app.ts';

const app = createApp({ descriptor: panelDescriptor(), appUrl: APP_URL, store: memoryStore() });

function get(headers: Record<string, string> = {}, method = 'GET', from = app): Promise<Response> {
  return from.fetch(new Request(`${APP_URL}/atlassian-connect.json`, { method, headers }));
}

test('a reader asks each time, and is answered in short where nothing changed', async () => {
  const first = await get();
  expect(first.status).toBe(200);
  expect(first.headers.get('cache-control')).toBe('no-cache');
  expect(first.headers.get('content-type')).toMatch(/^application\/json/);
  const etag = first.headers.get('etag') ?? '';
  expect(etag).toMatch(/^"[\w-]{20,40}"$/);
  for (const known of [etag, `W/${etag}`, `"other", W/${etag}`, '*']) {
    const again = await get({ 'if-none-match': known });
    expect(again.status, known).toBe(304);
    expect(again.headers.get('etag')).toBe(etag);
    expect(again.headers.get('cache-control')).toBe('no-cache');
    expect(await again.text()).toBe('');
  }
  for (const other of ['"other"', etag.slice(1, -1), `x${etag}`, '']) {
    expect((await get({ 'if-none-match': other })).status, other).toBe(200);
  }
});

test('HEAD has the headers of GET, and no body', async () => {
  const { headers: ofGet } = await get();
  const head = await get({}, 'HEAD');
  expect(head.status).toBe(200);
  expect(Object.fromEntries(head.headers)).toEqual(Object.fromEntries(ofGet));
  expect(await head.text()).toBe('');
  const etag = head.headers.get('etag') ?? '';
  expect((await get({ 'if-none-match': etag }, 'HEAD')).status).toBe(304);
});

test('another descriptor has another tag, and the same one on another node the same', async () => {
  const other = (change: Record<string, unknown>) =>
    createApp({ descriptor: panelDescriptor(change), appUrl: APP_URL, store: memoryStore() });
  const etagOf = async (from: typeof app) => (await get({}, 'GET', from)).headers.get('etag');
  expect(await etagOf(other({ name: 'Panel 2' }))).not.toBe(await etagOf(app));
  expect(await etagOf(other({}))).toBe(await etagOf(app));
});

test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('%s is not for it', async (method) => {
  const answer = await get({}, method);
  expect(answer.status).toBe(405);
  expect(answer.headers.get('allow')).toBe('GET, HEAD');
});

test('the log of the start names what may be wrong, and the app starts', () => {
  const logger = collectLog();
  const descriptor = { ...panelDescriptor({ modules: { webPanel: [] } }), vendr: {} };
  createApp({ descriptor, appUrl: APP_URL, store: memoryStore(), logger });
  expect(logger.lines).toEqual([
    {
      level: 'warn',
      details: { path: 'descriptor.modules.webPanel' },
      message:
        "The descriptor may be wrong at descriptor.modules.webPanel: is no module that is known here; did you mean 'webPanels'?",
    },
    {
      level: 'warn',
      details: { path: 'descriptor.vendr' },
      message:
        "The descriptor may be wrong at descriptor.vendr: is no field that is known here; did you mean 'vendor'?",
    },
  ]);
});

test('a good descriptor says nothing', () => {
  const logger = collectLog();
  createApp({ descriptor: panelDescriptor(), appUrl: APP_URL, store: memoryStore(), logger });
  expect(logger.lines).toEqual([]);
});

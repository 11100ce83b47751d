/** What Forge sends beside the calls of pages: events, scheduled triggers, the uninstall. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ForgeNotice, WebhookNotice } from '../../src/index.ts';
import { panelDescriptor } from '../app/panel-app.ts';
import {
  CLOUD_ID,
  createRemoteApp,
  type FitKnobs,
  type ForgeRequestOptions,
  fit,
  forgeRequest,
  INSTALLATION_ID,
  type KeySetHost,
  type RemoteApp,
  startKeySetHost,
} from './forge-platform.ts';

let host: KeySetHost;
beforeAll(async () => {
  host = await startKeySetHost();
});
afterAll(() => host.close());

async function send(
  { app, clock }: RemoteApp,
  path: string,
  body: unknown,
  knobs: FitKnobs = {},
  options: ForgeRequestOptions = {},
): Promise<Response> {
  const token = await fit({ at: clock.time, ...knobs });
  return app.fetch(forgeRequest(token, { path, body, ...options }));
}

/** Handlers run behind the answer. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

const ISSUE_EVENT = {
  eventType: 'avi:jira:updated:issue',
  issue: { id: '10021', key: 'XX-21' },
  atlassianId: 'alice',
};

describe('an event that app.webhook hears of', () => {
  test('is handled before it is answered, with the same notice as a webhook of Connect', async () => {
    const remote = createRemoteApp(host.url);
    const heard: WebhookNotice[] = [];
    remote.app.webhook('avi:jira:*:issue', (notice) => void heard.push(notice));
    const headers = { 'x-b3-traceid': '463ac35c9f6413ad48485a3953bb6124' };
    const response = await send(remote, '/forge/events', ISSUE_EVENT, {}, { headers });
    expect(response.status).toBe(204);
    expect(heard).toHaveLength(1);
    expect(heard[0]).toMatchObject({
      event: {
        name: 'avi:jira:updated:issue',
        payload: { issue: { key: 'XX-21' } },
        issue: { id: '10021', key: 'XX-21' },
        retry: 0,
        trace: '463ac35c9f6413ad48485a3953bb6124',
      },
      installation: { clientKey: `forge:${CLOUD_ID}` },
    });
  });

  test('is sent again by Forge where its handler fails', async () => {
    const remote = createRemoteApp(host.url);
    const retries: number[] = [];
    remote.app.webhook('avi:jira:updated:issue', ({ event }) => {
      retries.push(event.retry);
      if (event.retry === 0) throw new Error('not yet');
    });
    expect((await send(remote, '/forge/events', ISSUE_EVENT)).status).toBe(503);
    const again = { ...ISSUE_EVENT, retryContext: { retryCount: 1, retryReason: 'TIMEOUT_ERROR' } };
    expect((await send(remote, '/forge/events', again)).status).toBe(204);
    expect(retries).toEqual([0, 1]);
  });

  test('goes to app.forge.on too', async () => {
    const remote = createRemoteApp(host.url);
    const heard: string[] = [];
    remote.app.webhook('avi:jira:updated:issue', () => void heard.push('webhook'));
    remote.app.forge.on('avi:jira:updated:issue', () => void heard.push('forge'));
    await send(remote, '/forge/events', ISSUE_EVENT);
    await settled();
    expect(heard).toEqual(['webhook', 'forge']);
  });
});

describe('an event', () => {
  test.each([
    ['as it is', ISSUE_EVENT],
    ['with payload around it', { payload: ISSUE_EVENT }],
    ['with event around it', { event: ISSUE_EVENT, context: {} }],
  ])('%s reaches its handler and that of all', async (_name, body) => {
    const remote = createRemoteApp(host.url);
    const heard: [string, ForgeNotice][] = [];
    remote.app.forge.on('avi:jira:updated:issue', (notice) => void heard.push(['own', notice]));
    remote.app.forge.on('*', (notice) => void heard.push(['all', notice]));
    remote.app.forge.on('avi:jira:created:issue', (notice) => void heard.push(['other', notice]));
    const response = await send(remote, '/forge/events', body);
    expect([response.status, await response.text()]).toEqual([204, '']);
    // It is stored before it is answered.
    expect(await remote.store.list()).toHaveLength(1);
    await settled();
    expect(heard.map(([name]) => name).sort()).toEqual(['all', 'own']);
    const notice = heard[0]?.[1] as ForgeNotice;
    expect(notice).toMatchObject({
      event: 'avi:jira:updated:issue',
      payload: { issue: { key: 'XX-21' } },
      retry: undefined,
      installation: { clientKey: `forge:${CLOUD_ID}` },
      caller: { tokenKind: 'forge', accountId: undefined },
    });
    expect(await notice.jira.host().catch((error) => error.code)).toBeTypeOf('string');
  });

  test.each([
    ['installed', { id: INSTALLATION_ID, installerAccountId: 'alice', app: { version: '2' } }],
    ['upgraded', { id: INSTALLATION_ID, upgraderAccountId: 'alice', app: { version: '3' } }],
  ])('of the life of the app, %s, is known by its documented body', async (name, body) => {
    const remote = createRemoteApp(host.url);
    const heard: unknown[] = [];
    remote.app.forge.on('*', ({ event }) => void heard.push(event));
    await send(remote, '/forge/events', body);
    await settled();
    expect(heard).toEqual([`avi:forge:${name}:app`]);
  });

  test('says that and why it is sent once more', async () => {
    const remote = createRemoteApp(host.url);
    const heard: unknown[] = [];
    remote.app.forge.on('*', ({ retry }) => void heard.push(retry));
    const retryContext = { retryCount: 2, retryReason: 'TIMEOUT_ERROR', retryData: null };
    await send(remote, '/forge/events', { ...ISSUE_EVENT, retryContext });
    await settled();
    expect(heard).toEqual([{ count: 2, reason: 'TIMEOUT_ERROR' }]);
  });

  test('is about the site of its token, whatever the body says', async () => {
    const remote = createRemoteApp(host.url);
    const heard: ForgeNotice[] = [];
    remote.app.forge.on('*', (notice) => void heard.push(notice));
    const id = '11111111-2222-4333-8444-555555555555';
    await send(remote, '/forge/events', { ...ISSUE_EVENT, cloudId: id, context: { cloudId: id } });
    await settled();
    expect(heard[0]?.caller.forge?.cloudId).toBe(CLOUD_ID);
  });

  test('is answered, though a handler fails; the log has its name', async () => {
    const remote = createRemoteApp(host.url);
    remote.app.forge.on('*', () => {
      throw new Error('no disk');
    });
    expect((await send(remote, '/forge/events', ISSUE_EVENT)).status).toBe(204);
    await settled();
    expect(remote.log.lines.at(-1)).toMatchObject({
      level: 'error',
      details: { event: 'avi:jira:updated:issue', error: { message: 'no disk' } },
    });
  });

  test('is not heard by a handler that was taken away', async () => {
    const remote = createRemoteApp(host.url);
    const heard: unknown[] = [];
    remote.app.forge.on('*', (notice) => void heard.push(notice))();
    await send(remote, '/forge/events', ISSUE_EVENT);
    await settled();
    expect(heard).toEqual([]);
  });

  test.each([
    ['an expired token', 401, { at: 0 }, {}],
    ['no token', 401, {}, { scheme: 'Basic' }],
    ['a token that a page could read', 401, { principal: 'alice' }, {}],
    ['a token of a page without a user', 401, { context: { extension: {} } }, {}],
    ['a body that is no JSON', 400, {}, { body: '<xml/>' }],
    ['a body of 6 MB', 413, {}, { body: `"${'x'.repeat(6_000_000)}"` }],
    ['another method', 405, {}, { method: 'PUT' }],
  ])('with %s is answered with %i, and heard by nobody', async (_name, status, knobs, options) => {
    const remote = createRemoteApp(host.url);
    const heard: unknown[] = [];
    remote.app.forge.on('*', (notice) => void heard.push(notice));
    const response = await send(remote, '/forge/events', ISSUE_EVENT, knobs, options);
    expect(response.status).toBe(status);
    await settled();
    expect(heard).toEqual([]);
    expect(await remote.store.list()).toEqual([]);
  });

  test('of 1 MB is no trouble', async () => {
    const remote = createRemoteApp(host.url);
    const body = { ...ISSUE_EVENT, padding: 'x'.repeat(1_000_000) };
    expect((await send(remote, '/forge/events', body)).status).toBe(204);
  });

  test('is answered with 503 where the store is down, so that Forge sends it again', async () => {
    const remote = createRemoteApp(host.url);
    const { store } = remote;
    const broken = createRemoteApp(host.url, {
      store: {
        ...store,
        put: async () => {
          throw new Error('down');
        },
      },
    });
    expect((await send(broken, '/forge/events', ISSUE_EVENT)).status).toBe(503);
  });

  test.each(['jira:issue_updated', 'avi:', 'installed', ''])("'%s' is the name of none", (name) => {
    const { app } = createRemoteApp(host.url);
    expect(() => app.forge.on(name as never, () => undefined)).toThrow('no event of Forge');
  });
});

describe('a scheduled trigger', () => {
  test.each([
    ['the module of the token', {}, { app: { module: { type: 'core:endpoint', key: 'nightly' } } }],
    ['the body', { context: { cloudId: CLOUD_ID, moduleKey: 'nightly' } }, {}],
  ])('is told by %s', async (_name, body, knobs) => {
    const remote = createRemoteApp(host.url);
    const heard: string[] = [];
    remote.app.forge.scheduled('nightly', () => void heard.push('nightly'));
    remote.app.forge.scheduled('hourly', () => void heard.push('hourly'));
    remote.app.forge.on('*', () => void heard.push('event'));
    expect((await send(remote, '/forge/scheduled', body, knobs)).status).toBe(204);
    await settled();
    expect(heard).toEqual(['nightly']);
  });

  test('may come without a body, and keeps the token that comes with it', async () => {
    const remote = createRemoteApp(host.url);
    remote.app.forge.keepTokensFresh();
    const headers = { 'x-forge-oauth-system': 'system-token-1' };
    const options = { body: '', headers };
    expect((await send(remote, '/forge/scheduled', {}, {}, options)).status).toBe(204);
    const kept = await remote.store.settings?.get(`forge:${CLOUD_ID}`, 'forge:system-token');
    expect(kept).toContain('system-token-1');
  });
});

describe('the uninstall', () => {
  test('is stored and heard; what comes late changes nothing, what Forge sends afterwards does', async () => {
    const remote = createRemoteApp(host.url);
    const heard: unknown[] = [];
    remote.app.forge.on('preUninstall', ({ installation }) => void heard.push(installation.status));
    await send(remote, '/forge/events', ISSUE_EVENT);
    const early = remote.clock.time;
    remote.clock.time += 5000;
    expect((await send(remote, '/forge/uninstalled', {})).status).toBe(204);
    await settled();
    expect(heard).toEqual(['uninstalled']);
    await expect(remote.app.jira(CLOUD_ID).get('/rest/api/3/myself')).rejects.toMatchObject({
      code: 'INSTALLATION_UNINSTALLED',
    });
    expect((await send(remote, '/forge/events', ISSUE_EVENT, { at: early })).status).toBe(401);
    remote.clock.time += 60_000;
    expect((await send(remote, '/forge/events', ISSUE_EVENT)).status).toBe(204);
    const [record] = await remote.store.list();
    expect(record).toMatchObject({ status: 'installed' });
    expect(record?.forge?.uninstalledAt).toBeUndefined();
  });
});

describe('the routes of the app', () => {
  test('are those of Forge; without a descriptor no others', async () => {
    const { app } = createRemoteApp(host.url);
    for (const path of ['/forge/events', '/forge/scheduled', '/forge/uninstalled']) {
      expect([app.handles('POST', path), app.handles('GET', path)]).toEqual([true, false]);
    }
    expect(app.handles('GET', '/atlassian-connect.json')).toBe(false);
    expect(app.handles('POST', '/installed')).toBe(false);
    const response = await app.fetch(
      new Request('https://panel.example.com/atlassian-connect.json'),
    );
    expect(response.status).toBe(404);
    expect(app.descriptor).toBeUndefined();
  });

  test('are those of both, with a descriptor', () => {
    const { app } = createRemoteApp(host.url, { descriptor: panelDescriptor() });
    expect(app.handles('POST', '/forge/events')).toBe(true);
    expect(app.handles('POST', '/installed')).toBe(true);
    expect(app.handles('GET', '/atlassian-connect.json')).toBe(true);
  });
});

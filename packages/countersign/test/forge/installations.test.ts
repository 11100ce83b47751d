/** One site, known by Connect, by Forge or by both: its record, and what is kept for it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type AppOptions,
  createApp,
  type InstallationRecord,
  type InstallationStore,
  memoryStore,
} from '../../src/index.ts';
import { createPanelApp, SITE_URL } from '../app/panel-app.ts';
import { type AtlassianHost, startAtlassianHost } from '../connect/atlassian-host.ts';
import { type Answer, CLOUD_ID as GATEWAY_CLOUD_ID, startForgeGateway } from './forge-gateway.ts';
import {
  APP_ID,
  CLOUD_ID,
  createRemoteApp,
  ENVIRONMENT_ID,
  type FitKnobs,
  fit,
  forgeRequest,
  GATEWAY,
  INSTALLATION_ID,
  type KeySetHost,
  START,
  startKeySetHost,
} from './forge-platform.ts';

let keySets: KeySetHost;
let installKeys: AtlassianHost;
beforeAll(async () => {
  [keySets, installKeys] = await Promise.all([startKeySetHost(), startAtlassianHost()]);
});
afterAll(() => Promise.all([keySets.close(), installKeys.close()]));

const SECOND_ID = 'b2b7a0a4-52c9-4a5e-8a35-0d2f4f8a9999';
const ON_SITE: FitKnobs = { context: { cloudId: CLOUD_ID, siteUrl: `${SITE_URL}/` } };
const API = `${GATEWAY}/ex/jira/${CLOUD_ID}`;

/** Has the app both ways, with the store and clock of a test. */
function bothWays(change: Partial<AppOptions> = {}) {
  const panel = createPanelApp([installKeys.url], {
    forge: { appId: APP_ID, keySetUrl: keySets.url },
    ...change,
  });
  const { app, clock } = panel;
  return {
    ...panel,
    call: async (knobs: FitKnobs = {}) =>
      app.authenticate(forgeRequest(await fit({ at: clock.time, ...knobs })), { accept: 'forge' }),
  };
}

async function keysOf(store: InstallationStore): Promise<string[]> {
  return (await store.list()).map(({ clientKey }) => clientKey);
}

describe('a site that only Forge knows', () => {
  test('has a record of its own, whose secret nobody learns', async () => {
    const { app, store } = createRemoteApp(keySets.url);
    const caller = await app.authenticate(forgeRequest(await fit(ON_SITE)), { accept: 'forge' });
    expect(caller.installation).toMatchObject({
      clientKey: `forge:${CLOUD_ID}`,
      appKey: APP_ID,
      siteUrl: SITE_URL,
      status: 'installed',
      forge: {
        ...{ appId: APP_ID, installationId: INSTALLATION_ID, cloudId: CLOUD_ID, apiBaseUrl: API },
        ...{ environmentType: 'PRODUCTION', environmentId: ENVIRONMENT_ID, installedAt: START },
      },
    });
    const [record] = await store.list();
    expect(record?.sharedSecret).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(caller.installation)).not.toContain(record?.sharedSecret);
  });

  test('is named by its gateway until a token names its address', async () => {
    const { app, store } = createRemoteApp(keySets.url);
    const call = async (knobs: FitKnobs) =>
      app.authenticate(forgeRequest(await fit(knobs)), { accept: 'forge' });
    expect((await call({})).installation.siteUrl).toBe(API);
    expect((await call(ON_SITE)).installation.siteUrl).toBe(SITE_URL);
    expect((await call({})).installation.siteUrl).toBe(SITE_URL);
    expect(await store.findBySiteUrl(SITE_URL)).toHaveLength(1);
  });

  test('is made once, however many calls come at once and in however many processes', async () => {
    const store = memoryStore();
    const apps = [1, 2, 3].map(() => createRemoteApp(keySets.url, { store }).app);
    const callers = await Promise.all(
      Array.from({ length: 30 }, async (_, n) =>
        apps[n % 3]?.authenticate(forgeRequest(await fit(ON_SITE)), { accept: 'forge' }),
      ),
    );
    expect(new Set(callers.map((caller) => caller?.installation.clientKey)).size).toBe(1);
    const [record] = await store.list();
    expect(record?.revision).toBe(1);
  });

  test('is written to once, though it calls often', async () => {
    const { app, store } = createRemoteApp(keySets.url);
    for (let n = 0; n < 5; n++) {
      await app.authenticate(forgeRequest(await fit(ON_SITE)), { accept: 'forge' });
    }
    expect((await store.list()).map(({ revision }) => revision)).toEqual([1]);
  });

  test('has one record for each environment', async () => {
    const { app, store } = createRemoteApp(keySets.url);
    const id = 'c3c8b1b5-52c9-4a5e-8a35-0d2f4f8a3333';
    const development = { type: 'DEVELOPMENT', id };
    for (const knobs of [{}, { environment: development, installationId: SECOND_ID }]) {
      await app.authenticate(forgeRequest(await fit(knobs)), { accept: 'forge' });
    }
    expect(await keysOf(store)).toEqual([`forge:${CLOUD_ID}`, `forge:${CLOUD_ID}:${id}`]);
  });

  test('keeps record and settings when the app is installed again', async () => {
    const { app, store, clock } = createRemoteApp(keySets.url);
    const call = async (installationId: string, at = clock.time) =>
      app.authenticate(forgeRequest(await fit({ installationId, at })), { accept: 'forge' });
    await (await call(INSTALLATION_ID)).installation.settings.set('colour', 'teal');
    clock.time += 20_000;
    const caller = await call(SECOND_ID);
    expect(await caller.installation.settings.get('colour')).toBe('teal');
    expect(caller.installation.forge).toMatchObject({
      installationId: SECOND_ID,
      previousInstallationIds: [INSTALLATION_ID],
      installedAt: START + 20_000,
    });
    // What the old installation sent before does not turn it back.
    await expect(call(INSTALLATION_ID, START)).rejects.toMatchObject({
      code: 'INSTALLATION_UNINSTALLED',
    });
    expect((await store.list())[0]?.forge?.installationId).toBe(SECOND_ID);
  });

  test.each([
    ['its clientKey', `forge:${CLOUD_ID}`],
    ['its installationId', INSTALLATION_ID],
    ['its installationId in capitals', INSTALLATION_ID.toUpperCase()],
    ['its installationId as an ARI', `ari:cloud:ecosystem::installation/${INSTALLATION_ID}`],
    ['its cloudId', CLOUD_ID],
  ])('is found by %s', async (_name, id) => {
    const store = memoryStore();
    const one = createRemoteApp(keySets.url, { store }).app;
    await one.authenticate(forgeRequest(await fit()), { accept: 'forge' });
    // In another process, which never saw a call.
    const { app } = createRemoteApp(keySets.url, { store });
    await app.settings(id).set('colour', 'teal');
    expect(await one.settings(`forge:${CLOUD_ID}`).get('colour')).toBe('teal');
    await app.purge(id);
    expect(await store.list()).toEqual([]);
    expect(await store.settings?.list()).toEqual([]);
  });

  test('refuses settings under the names that tokens have', async () => {
    const { app } = createRemoteApp(keySets.url);
    await expect(app.settings('x').get('forge:system-token')).rejects.toMatchObject({
      code: 'CONFIG_SETTING_INVALID',
    });
  });
});

describe('a site that has the app both ways', () => {
  test('is tied together by the installationId of the installed payload, which comes first', async () => {
    const { send, store, call } = bothWays();
    await send('installed', {
      body: { installationId: `ari:cloud:ecosystem::installation/${INSTALLATION_ID}` },
    });
    const caller = await call();
    expect(caller.installation.clientKey).toBe('client-1');
    expect(caller.installation.forge?.installationId).toBe(INSTALLATION_ID);
    expect(await keysOf(store)).toEqual(['client-1']);
  });

  test('is tied together by the installationId of the installed payload, which comes later', async () => {
    const { send, store, call, app } = bothWays();
    await (await call()).installation.settings.set('colour', 'teal');
    await send('installed', { body: { installationId: INSTALLATION_ID } });
    expect(await keysOf(store)).toEqual(['client-1']);
    expect(await app.settings('client-1').get('colour')).toBe('teal');
    expect((await call()).installation.clientKey).toBe('client-1');
  });

  test.each(['installed first', 'called by Forge first'])(
    'is tied together by its address: %s',
    async (order) => {
      const { send, store, call, app } = bothWays();
      if (order === 'installed first') await send('installed');
      await (await call(ON_SITE)).installation.settings.set('colour', 'teal');
      if (order !== 'installed first') await send('installed');
      expect(await keysOf(store)).toEqual(['client-1']);
      for (const id of ['client-1', INSTALLATION_ID, CLOUD_ID, `forge:${CLOUD_ID}`]) {
        expect(await app.settings(id).get('colour')).toBe('teal');
      }
      expect((await call()).installation.clientKey).toBe('client-1');
    },
  );

  test('is tied together when the first token names its address, after others that did not', async () => {
    const { send, store, call, app } = bothWays();
    await send('installed');
    const before = await call();
    expect(before.installation.clientKey).toBe(`forge:${CLOUD_ID}`);
    await before.installation.settings.set('colour', 'teal');
    await before.installation.settings.set('size', 'small');
    await app.settings('client-1').set('size', 'large');
    await call(ON_SITE);
    expect(await keysOf(store)).toEqual(['client-1']);
    expect(await app.settings('client-1').get('colour')).toBe('teal');
    expect(await app.settings('client-1').get('size')).toBe('large');
    // A handler that still holds the old installation reads and writes the one that there is now.
    await before.installation.settings.set('late', true);
    expect(await app.settings('client-1').get('late')).toBe(true);
  });

  test('stays two where two records of Connect have its address', async () => {
    const { send, store, call } = bothWays();
    await send('installed');
    await send('installed', { clientKey: 'client-2', sharedSecret: 'secret-2' });
    expect((await call(ON_SITE)).installation.clientKey).toBe(`forge:${CLOUD_ID}`);
    expect(await keysOf(store)).toHaveLength(3);
  });

  test('keeps what Forge has of it through a new secret and an uninstall of Connect', async () => {
    const { send, store, call, clock } = bothWays();
    await send('installed');
    await call(ON_SITE);
    for (const event of ['installed', 'uninstalled'] as const) {
      clock.time += 2000;
      await send(event, { sharedSecret: 'secret-2' });
      expect((await store.get('client-1'))?.forge?.installationId).toBe(INSTALLATION_ID);
    }
    // Forge goes on.
    expect((await call()).installation).toMatchObject({
      clientKey: 'client-1',
      status: 'uninstalled',
    });
  });

  test('has its settings encrypted anew, each bound to the record that it is of', async () => {
    const encryptionKeys = `one:${Buffer.alloc(32, 7).toString('base64')}`;
    const { send, store, call, app } = bothWays({ encryptionKeys });
    await (await call()).installation.settings.set('colour', 'teal');
    await send('installed', { body: { installationId: INSTALLATION_ID } });
    expect(await app.settings('client-1').get('colour')).toBe('teal');
    const all = await store.settings?.list();
    expect(
      all?.filter(({ value }) => value.includes('teal') || value.includes('client-1')),
    ).toEqual([]);
  });

  test('loses no setting that another process writes with what it remembers', async () => {
    const kept = memoryStore();
    const { getNow: _none, ...slow } = kept;
    const { send, call, clock } = bothWays({ store: slow });
    const other = bothWays({ store: slow, now: () => clock.time });
    const { settings } = (await other.call()).installation;
    await send('installed');
    await call(ON_SITE);
    await settings.set('colour', 'teal');
    expect(await kept.settings?.get('client-1', 'colour')).toBe('"teal"');
  });

  test('takes over settings that were imported from atlassian-connect-express', async () => {
    const { send, store, call, app } = bothWays();
    await store.settings?.put(INSTALLATION_ID, 'colour', '"teal"');
    await send('installed');
    await call(ON_SITE);
    expect(await app.settings('client-1').get('colour')).toBe('teal');
    expect(await store.settings?.list({ clientKey: INSTALLATION_ID })).toEqual([]);
  });

  test('gives its record to production, whichever environment came first', async () => {
    const { send, store, call } = bothWays();
    const development = { type: 'DEVELOPMENT', id: 'c3c8b1b5-52c9-4a5e-8a35-0d2f4f8a3333' };
    await send('installed');
    const trial = { ...ON_SITE, environment: development, installationId: SECOND_ID };
    expect((await call(trial)).installation.clientKey).toBe('client-1');
    expect((await call(ON_SITE)).installation.clientKey).toBe('client-1');
    expect((await call(trial)).installation.clientKey).toBe(`forge:${CLOUD_ID}:${development.id}`);
    expect((await call(ON_SITE)).installation.clientKey).toBe('client-1');
    expect(await keysOf(store)).toHaveLength(2);
  });

  test('has its settings whole after a crash at each step of the move', async () => {
    let steps = 0;
    for (let crashAt = 1; ; crashAt++) {
      const { store: whole, call, clock } = bothWays();
      const settings = (await call()).installation.settings;
      for (const name of ['one', 'two', 'three']) await settings.set(name, name);
      // Stored by a process that knew nothing of Forge yet.
      const plain = createPanelApp([installKeys.url], { store: whole });
      await plain.send('installed');
      const crashing = crashStore(whole, crashAt);
      const dying = bothWays({ store: crashing.store, now: () => clock.time });
      const outcome = await dying.call(ON_SITE).then(
        () => 'done',
        () => 'crashed',
      );
      steps = Math.max(steps, crashAt);
      const after = bothWays({ store: whole, now: () => clock.time });
      const caller = await after.call(ON_SITE);
      expect(caller.installation.clientKey).toBe('client-1');
      expect(await keysOf(whole)).toEqual(['client-1']);
      for (const name of ['one', 'two', 'three']) {
        expect(await caller.installation.settings.get(name), `a crash at ${crashAt}`).toBe(name);
      }
      expect(await whole.settings?.list({ clientKey: `forge:${CLOUD_ID}` })).toEqual([]);
      if (outcome === 'done') break;
    }
    expect(steps).toBeGreaterThan(10);
  });
});

describe('a site that Jira knows by Connect, and no token tells so', () => {
  async function installedEvent(answer: Answer, stored = 'client-1') {
    const gateway = await startForgeGateway();
    gateway.answer = (_request, response) =>
      response
        .writeHead(answer.status ?? 200, { 'content-type': 'application/json' })
        .end(JSON.stringify(answer.body));
    const remote = bothWays({
      forge: { appId: APP_ID, keySetUrl: keySets.url, gatewayUrls: [gateway.origin] },
    });
    await remote.send('installed', { clientKey: stored });
    const heard: string[] = [];
    remote.app.forge?.on('avi:forge:installed:app', async ({ caller }) => {
      await caller.installation.settings.set('heard', true);
      heard.push(caller.installation.clientKey);
    });
    const token = await fit({
      cloudId: GATEWAY_CLOUD_ID,
      app: { apiBaseUrl: gateway.apiBaseUrl },
      at: remote.clock.time,
    });
    const response = await remote.app.fetch(
      forgeRequest(token, {
        path: '/forge/events',
        headers: { 'x-forge-oauth-system': 'system-token' },
        body: { eventType: 'avi:forge:installed:app' },
      }),
    );
    expect(response.status).toBe(204);
    await expect.poll(() => heard.length).toBe(1);
    await gateway.close();
    return { ...remote, calls: gateway.calls };
  }

  test.each([
    ['as text', { key: 'x', value: 'client-1' }],
    ['in an object', { key: 'x', value: { clientKey: 'client-1' } }],
  ])('is tied together by the reserved property, %s', async (_name, body) => {
    const { store, calls, app } = await installedEvent({ body });
    expect(calls.map(({ path }) => path)).toEqual([
      `/ex/jira/${GATEWAY_CLOUD_ID}/rest/atlassian-connect/1/addons/panel-app/properties/connect_client_key_019cdff3-8bfb-71fe-9628-875b700aebb8`,
    ]);
    expect(calls[0]?.authorization).toBe('Bearer system-token');
    expect(await keysOf(store)).toEqual(['client-1']);
    expect(await app.settings('client-1').get('heard')).toBe(true);
  });

  test.each([
    ['there is no such property', { status: 404, body: {} }],
    ['its clientKey is not stored here', { body: { value: 'client-9' } }],
    ['it holds something else', { body: { value: 7 } }],
  ])('stays as it is where %s', async (_name, answer) => {
    const { store } = await installedEvent(answer);
    expect(await keysOf(store)).toEqual(['client-1', `forge:${GATEWAY_CLOUD_ID}`]);
  });
});

/** Fails at the n-th write and at every call after it, as a process does that was killed. */
function crashStore(kept: InstallationStore, crashAt: number): { store: InstallationStore } {
  let writes = 0;
  const dies =
    <A extends unknown[], R>(isWrite: boolean, run: (...given: A) => Promise<R>) =>
    async (...given: A): Promise<R> => {
      if (isWrite) writes++;
      if (writes >= crashAt) throw new Error('killed');
      return run(...given);
    };
  const { settings } = kept;
  if (settings === undefined) throw new Error('The store keeps settings.');
  const { getNow: _now, ...rest } = kept;
  return {
    store: {
      ...rest,
      get: dies(false, kept.get),
      put: dies(true, kept.put),
      delete: dies(true, kept.delete),
      findBySiteUrl: dies(false, kept.findBySiteUrl),
      claimOnce: dies(true, kept.claimOnce),
      settings: {
        get: dies(false, settings.get),
        put: dies(true, settings.put),
        delete: dies(true, settings.delete),
        deleteAll: dies(true, settings.deleteAll),
        list: dies(false, settings.list),
      },
    },
  };
}

test('a record of Connect stays of the app that goes on as a Forge remote without a descriptor', async () => {
  const { send, store, call, clock } = bothWays();
  await send('installed');
  await (await call(ON_SITE)).installation.settings.set('colour', 'teal');
  const { app } = createRemoteApp(keySets.url, { store, clock });
  const caller = await app.authenticate(forgeRequest(await fit()), { accept: 'forge' });
  expect(caller.installation.clientKey).toBe('client-1');
  expect(await caller.installation.settings.get('colour')).toBe('teal');
});

test('an app with neither a descriptor nor Forge is refused at start', () => {
  expect(() => createApp({ appUrl: 'https://panel.example.com', store: memoryStore() })).toThrow(
    "needs the option 'descriptor'",
  );
});

test('a store that two apps share mixes nothing up', async () => {
  const { store, send, call } = bothWays();
  await send('installed');
  const [record] = (await store.list()) as [InstallationRecord];
  await store.put({ ...record, appKey: 'other-app', revision: record.revision + 1 });
  expect((await call(ON_SITE)).installation.clientKey).toBe(`forge:${CLOUD_ID}`);
});

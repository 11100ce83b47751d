/** The way of a token through a whole app: from the call of Forge that brings it to the call of Jira that it makes. */
import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { memoryStore } from '../../src/index.ts';
import { type ForgeGateway, forgeToken, HOUR, startForgeGateway } from './forge-gateway.ts';
import {
  APP_ID,
  CLOUD_ID,
  createRemoteApp,
  type FitKnobs,
  fit,
  forgeRequest,
  INSTALLATION_ID,
  type KeySetHost,
  type RemoteApp,
  START,
  startKeySetHost,
} from './forge-platform.ts';

let keys: KeySetHost;
let gateway: ForgeGateway;
beforeAll(async () => {
  [keys, gateway] = await Promise.all([startKeySetHost(), startForgeGateway()]);
});
afterAll(() => Promise.all([keys.close(), gateway.close()]));
beforeEach(() => {
  gateway.calls.length = 0;
  gateway.questions.length = 0;
});

const USER = '5b10ac8d82e05b22cc7d4ef5';
const PAGE = { principal: USER, context: { moduleKey: 'panel', extension: {} } };

function remoteApp(): RemoteApp {
  return createRemoteApp(keys.url, {
    forge: {
      appId: APP_ID,
      keySetUrl: keys.url,
      gatewayUrls: [gateway.origin],
      graphqlUrl: gateway.graphqlUrl,
    },
    encryptionKeys: [randomBytes(32).toString('base64')],
  });
}

const fitAt = (remote: RemoteApp, knobs: FitKnobs = {}) =>
  fit({
    at: remote.clock.time,
    ...knobs,
    app: { apiBaseUrl: `${gateway.origin}/ex/jira/${CLOUD_ID}`, ...knobs.app },
  });

/** An event of Forge that brings a system token, or none. */
async function deliver(remote: RemoteApp, system?: string, path = '/forge/events') {
  const headers: Record<string, string> =
    system === undefined ? {} : { 'x-forge-oauth-system': system };
  const request = forgeRequest(await fitAt(remote), {
    ...{ path, headers },
    body: { event: 'avi:forge:installed:app' },
  });
  expect((await remote.app.fetch(request)).status).toBe(204);
}

async function page(remote: RemoteApp, headers: Record<string, string>, knobs: FitKnobs = PAGE) {
  const request = forgeRequest(await fitAt(remote, knobs), { headers });
  return remote.app.authenticate(request, { accept: ['forge'] });
}

test('the token of an event calls Jira an hour later, by each id of the installation', async () => {
  const remote = remoteApp();
  const token = forgeToken('marked-system', START + 3 * HOUR);
  await deliver(remote, token);
  remote.clock.time += HOUR;
  for (const id of [
    INSTALLATION_ID,
    `ari:cloud:ecosystem::installation/${INSTALLATION_ID}`,
    CLOUD_ID,
  ]) {
    expect(await remote.app.jira(id).host()).toBe('forge');
    await remote.app.jira(id).get('/rest/api/3/myself');
  }
  expect(gateway.calls.map(({ path, authorization }) => ({ path, authorization }))).toEqual(
    Array.from({ length: 3 }, () => ({
      path: `/ex/jira/${CLOUD_ID}/rest/api/3/myself`,
      authorization: `Bearer ${token}`,
    })),
  );
});

test('events without a token erase none, and the hourly one renews it', async () => {
  const remote = remoteApp();
  await deliver(remote, forgeToken('first', START + 3 * HOUR));
  await deliver(remote);
  await remote.app.jira(CLOUD_ID).get('/a');
  remote.clock.time += 2 * HOUR;
  await deliver(remote, forgeToken('second', START + 5 * HOUR), '/forge/scheduled');
  remote.clock.time += 2 * HOUR;
  await remote.app.jira(CLOUD_ID).get('/b');
  expect(gateway.calls.map(({ authorization }) => authorization)).toEqual([
    `Bearer ${forgeToken('first', START + 3 * HOUR)}`,
    `Bearer ${forgeToken('second', START + 5 * HOUR)}`,
  ]);
  remote.clock.time += 2 * HOUR;
  await expect(remote.app.jira(CLOUD_ID).get('/c')).rejects.toMatchObject({
    code: 'JIRA_FORGE_TOKEN_EXPIRED',
  });
});

test('a page calls as the app and as its user, and as another user by impersonation', async () => {
  const remote = remoteApp();
  await deliver(remote, forgeToken('system', START + 3 * HOUR));
  const caller = await page(remote, { 'x-forge-oauth-user': forgeToken('user', START + HOUR) });
  await caller.jira.get('/app');
  await caller.as().get('/own');
  await caller.as('someone-else').get('/other');
  expect(gateway.calls.map(({ authorization }) => authorization)).toEqual([
    `Bearer ${forgeToken('system', START + 3 * HOUR)}`,
    `Bearer ${forgeToken('user', START + HOUR)}`,
    'Bearer user-token',
  ]);
  expect(gateway.questions).toHaveLength(1);
});

test('a page cannot bring a token that outlives its call', async () => {
  const remote = remoteApp();
  const stolen = { 'x-forge-oauth-system': forgeToken('stolen', START + 4 * HOUR) };
  const caller = await page(remote, stolen);
  await caller.jira.get('/own');
  expect(gateway.calls).toHaveLength(1);
  await page(remote, stolen, { context: { moduleKey: 'panel' } });
  await expect(remote.app.jira(CLOUD_ID).get('/a')).rejects.toMatchObject({
    code: 'JIRA_FORGE_TOKEN_MISSING',
  });
});

test('a call with a FIT that is refused leaves no token behind', async () => {
  const remote = remoteApp();
  await deliver(remote, forgeToken('system', START + 2 * HOUR));
  const request = forgeRequest(await fitAt(remote, { at: START - HOUR }), {
    path: '/forge/events',
    headers: { 'x-forge-oauth-system': forgeToken('stolen', START + 4 * HOUR) },
  });
  expect((await remote.app.fetch(request)).status).toBe(401);
  await remote.app.jira(CLOUD_ID).get('/a');
  expect(gateway.calls[0]?.authorization).toBe(`Bearer ${forgeToken('system', START + 2 * HOUR)}`);
});

test('after a purge nothing is left, and the next event begins anew', async () => {
  const remote = remoteApp();
  await deliver(remote, forgeToken('system', START + 3 * HOUR));
  await remote.app.jira(CLOUD_ID).get('/a');
  await remote.app.purge(CLOUD_ID);
  expect(await remote.store.settings?.list()).toEqual([]);
  await expect(remote.app.jira(CLOUD_ID).get('/a')).rejects.toMatchObject({
    code: 'INSTALLATION_UNKNOWN',
  });
  remote.clock.time += 60_000;
  await deliver(remote, forgeToken('again', START + 2 * HOUR));
  await remote.app.jira(CLOUD_ID).get('/b');
  expect(gateway.calls.at(-1)?.authorization).toBe(
    `Bearer ${forgeToken('again', START + 2 * HOUR)}`,
  );
});

test('keepTokensFresh says in the log where the hourly call brings no token', async () => {
  const remote = remoteApp();
  const end = remote.app.forge.keepTokensFresh();
  await deliver(remote);
  await expect.poll(() => inspect(remote.log, { depth: 9 })).toContain('brought no system token');
  end();
});

test('no token is in the log, nor in clear in the store', async () => {
  const store = memoryStore();
  const remote = createRemoteApp(keys.url, {
    store,
    forge: { appId: APP_ID, keySetUrl: keys.url, gatewayUrls: [gateway.origin] },
    encryptionKeys: [randomBytes(32).toString('base64')],
  });
  const token = forgeToken('marked', START + 3 * HOUR);
  await deliver(remote, token);
  await page(remote, { 'x-forge-oauth-user': token, 'x-forge-oauth-system': token });
  const kept = JSON.stringify([await store.list(), await store.settings?.list()]);
  for (const text of [kept, inspect(remote.log, { depth: 9 })]) {
    expect(text).not.toContain(token.split('.')[1]);
  }
});

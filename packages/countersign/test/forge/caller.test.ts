/** What a handler is told of who called through Forge. */
import { afterAll, beforeAll, expect, test } from 'vitest';
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

let host: KeySetHost;
beforeAll(async () => {
  host = await startKeySetHost();
});
afterAll(() => host.close());

async function callerOf(knobs: FitKnobs, headers: Record<string, string> = {}) {
  const { app } = createRemoteApp(host.url);
  return app.authenticate(forgeRequest(await fit(knobs), { headers }), { accept: ['forge'] });
}

const PAGE: FitKnobs = {
  principal: '5b10ac8d82e05b22cc7d4ef5',
  app: { module: { type: 'jira:issuePanel', key: 'panel' } },
  context: {
    cloudId: CLOUD_ID,
    siteUrl: 'https://example.atlassian.net',
    moduleKey: 'panel',
    localId: 'ari-local',
    extension: {
      type: 'jira:issuePanel',
      issue: { id: 10021, key: 'XX-21', type: 'Task' },
      project: { id: '10000', key: 'XX', type: 'software' },
    },
  },
};

test('the page that called, in the same shape as from Connect', async () => {
  const caller = await callerOf(PAGE, { 'x-b3-traceid': '80f198ee56343ba864fe8b2a57d3eff7' });
  expect(caller).toMatchObject({ accountId: PAGE.principal, tokenKind: 'forge' });
  expect(caller.context).toEqual({
    jira: { issue: { id: '10021', key: 'XX-21' }, project: { id: '10000', key: 'XX' } },
  });
  expect(caller.forge).toEqual({
    ...{ appId: APP_ID, installationId: INSTALLATION_ID, cloudId: CLOUD_ID },
    apiBaseUrl: `${GATEWAY}/ex/jira/${CLOUD_ID}`,
    appVersion: '2.1.0',
    environment: { type: 'PRODUCTION', id: ENVIRONMENT_ID },
    module: { type: 'jira:issuePanel', key: 'panel' },
    siteUrl: 'https://example.atlassian.net',
    license: undefined,
    context: PAGE.context,
    principal: PAGE.principal,
    traceId: '80f198ee56343ba864fe8b2a57d3eff7',
    issuedAt: START,
  });
});

test('a call from a function has neither a user nor a place', async () => {
  const caller = await callerOf({});
  expect([caller.accountId, caller.context, caller.forge?.context]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test('sub is not believed: the user is the principal', async () => {
  expect((await callerOf({ claims: { sub: 'somebody' } })).accountId).toBeUndefined();
});

test.each([
  [{ active: true, type: 'COMMERCIAL' }, true],
  [{ isActive: true }, true],
  [{ active: false, isActive: true }, false],
  [{}, false],
])('the licence %j is good: %s', async (license, active) => {
  expect((await callerOf({ app: { license } })).forge?.license?.active).toBe(active);
});

test.each(['', 'x', '80f198ee56343ba8-1', '../../etc'])(
  'what is no trace id is dropped: %j',
  async (traceId) => {
    expect((await callerOf({}, { 'x-b3-traceid': traceId })).forge?.traceId).toBeUndefined();
  },
);

test('an older token names its version by the deprecated claim', async () => {
  const caller = await callerOf({ app: { appVersion: undefined, version: '7' } });
  expect(caller.forge?.appVersion).toBe('7');
});

test('a caller of Connect cannot act as a user where the app may not', async () => {
  const { createPanelApp } = await import('../app/panel-app.ts');
  const { startAtlassianHost } = await import('../connect/atlassian-host.ts');
  const { siteToken } = await import('../connect/site-token.ts');
  const keys = await startAtlassianHost();
  const { app, send, clock } = createPanelApp([keys.url]);
  await send('installed');
  const url = 'https://panel.example.com/panel';
  const token = await siteToken({
    ...{ clientKey: 'client-1', sharedSecret: 'secret-1', url, at: clock.time },
    appUrl: 'https://panel.example.com',
    claims: { sub: 'alice' },
  });
  const caller = await app.authenticate(forgeRequest(token, { scheme: 'JWT', method: 'GET' }));
  expect(caller.forge).toBeUndefined();
  await expect(caller.as().get('/rest/api/3/myself')).rejects.toMatchObject({
    code: 'JIRA_IMPERSONATION_REFUSED',
    diagnosis: { cause: 'CS-IMPERSONATION-SCOPE' },
  });
  await keys.close();
});

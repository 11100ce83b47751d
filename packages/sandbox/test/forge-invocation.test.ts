import { createLocalJWKSet, createRemoteJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { startSite } from './app.ts';
import { appId, manifestText, startForge, startRemote } from './forge-app.ts';

const ari = `ari:cloud:ecosystem::app/${appId}`;

test('an installed app is told so, with a token for its system and an invocation token that the key set verifies', async () => {
  const site = await startSite();
  const remote = await startRemote();
  const app = await site.forge.install(manifestText, { variables: { BACKEND: remote.baseUrl } });
  expect(app).toMatchObject({
    appId: ari,
    name: 'Where is it',
    apiBaseUrl: `${site.url}/ex/jira/${site.forge.cloudId}`,
    environment: { type: 'PRODUCTION' },
    version: '1.0.0',
  });
  const [event] = remote.received;
  expect(event).toMatchObject({
    method: 'POST',
    target: '/forge/sync',
    body: {
      eventType: 'avi:forge:installed:app',
      // Events have bare UUIDs, tokens ARIs.
      id: app.installationId.replace(/^.*\//, ''),
      app: { id: appId, version: '1.0.0' },
      environment: { id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      context: `ari:cloud:jira::site/${site.forge.cloudId}`,
    },
  });
  expect(event?.headers['x-forge-oauth-system']).toMatch(/^eyJ/);
  expect(event?.headers['x-forge-oauth-user']).toBeUndefined();
  expect(event?.headers['x-b3-traceid']).toMatch(/^[0-9a-f]{32}$/);
  expect(event?.headers['x-b3-spanid']).toMatch(/^[0-9a-f]{16}$/);

  const keys = createRemoteJWKSet(new URL(site.forge.keySetUrl));
  const { payload, protectedHeader } = await jwtVerify(event?.fit ?? '', keys, {
    algorithms: ['RS256'],
    audience: ari,
    issuer: 'forge/invocation-token',
  });
  expect(protectedHeader.kid).toBeDefined();
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(25);
  expect(payload.nbf).toBe(payload.iat);
  expect(payload).toMatchObject({
    app: {
      id: ari,
      installationId: app.installationId,
      installation: { id: app.installationId, contexts: [{ cloudId: site.forge.cloudId }] },
      apiBaseUrl: app.apiBaseUrl,
      appVersion: '1.0.0',
      environment: { type: 'PRODUCTION', id: expect.stringContaining('::environment/') },
      module: { type: 'core:endpoint', key: 'sync' },
    },
  });
  expect(payload).not.toHaveProperty('principal');
  expect(payload).not.toHaveProperty('context');
  expect(site.forge.keySetFetches).toBe(1);
});

test('a page invokes the remote: method, path, headers, body, user, issue and both access tokens', async () => {
  const { site, remote } = await startForge();
  remote.answers['/api/places?x=1'] = { body: { saved: true } };
  const outcome = await site.forge.invoke({
    method: 'PUT',
    path: '/api/places?x=1',
    headers: { 'X-Own': 'mine', Authorization: 'Bearer mine' },
    body: { place: 'Lisbon' },
    issueKey: 'XX-21',
    accountId: site.people[1]?.accountId ?? '',
  });
  expect(outcome).toMatchObject({ accepted: true, status: 200, text: '{"saved":true}' });
  const [call] = remote.received;
  expect(call).toMatchObject({
    method: 'PUT',
    target: '/api/places?x=1',
    body: { place: 'Lisbon' },
    claims: {
      principal: site.people[1]?.accountId,
      app: { module: { type: 'jira:issuePanel', key: 'panel' } },
      context: {
        cloudId: site.forge.cloudId,
        siteUrl: site.url,
        moduleKey: 'panel',
        extension: {
          type: 'jira:issuePanel',
          issue: { id: '10003', key: 'XX-21', type: 'Task' },
          project: { id: '10000', key: 'XX' },
        },
      },
    },
  });
  expect(call?.headers['x-own']).toBe('mine');
  expect(call?.headers.authorization).not.toContain('mine');
  expect(call?.headers['x-forge-oauth-system']).toMatch(/^eyJ/);
  expect(call?.headers['x-forge-oauth-user']).toMatch(/^eyJ/);
  await expect(site.forge.invoke({ path: '@evil.example/x' })).resolves.toMatchObject({
    accepted: true,
  });
  expect(remote.received.at(-1)?.target).toBe('/@evil.example/x');
});

test.each([
  [
    'the endpoint asks for none',
    (text: string) => text.replaceAll('enabled: true', 'enabled: false'),
  ],
  ['the token scopes are missing', (text: string) => text.replace(/ {4}read:app-.*\n/g, '')],
  ['no scope of the product is there', (text: string) => text.replace(/ {4}\w+:jira-.*\n/g, '')],
])('access tokens stay away where %s', async (_, change) => {
  const { site, remote } = await startForge({ manifest: change(manifestText) });
  await site.forge.invoke({ path: '/x' });
  const names = Object.keys(remote.received[0]?.headers ?? {});
  expect(names.filter((name) => name.startsWith('x-forge'))).toEqual([]);
});

test('requestRemote brings the invocation token alone', async () => {
  const { site, remote } = await startForge();
  await site.forge.invoke({ path: '/x', withoutAccessTokens: true });
  expect(remote.received[0]?.headers['x-forge-oauth-user']).toBeUndefined();
  expect(remote.received[0]?.claims).toHaveProperty('principal');
});

test('a licence is in the token of a production app alone', async () => {
  const license = { active: true, type: 'commercial' };
  for (const [environment, expected] of [
    ['PRODUCTION', license],
    ['DEVELOPMENT', undefined],
  ] as const) {
    const { site, remote } = await startForge({ license, environment });
    await site.forge.invoke({ path: '/x' });
    const app = remote.received[0]?.claims.app as Record<string, unknown>;
    expect(app.license).toEqual(expected);
    expect(app.environment).toMatchObject({ type: environment });
  }
});

test('tokens can be wrong in every way that an app has to refuse', async () => {
  const { site } = await startForge();
  const keys = createLocalJWKSet(
    (await (await fetch(site.forge.keySetUrl)).json()) as JSONWebKeySet,
  );
  const verify = async (changes: Parameters<typeof site.forge.invocationToken>[1]) => {
    const token = await site.forge.invocationToken({}, changes);
    return jwtVerify(token, keys, {
      algorithms: ['RS256'],
      audience: ari,
      issuer: 'forge/invocation-token',
    });
  };
  await expect(verify({})).resolves.toBeDefined();
  await expect(verify({ appId: 'ari:cloud:ecosystem::app/another' })).rejects.toThrow('"aud"');
  await expect(verify({ expired: true })).rejects.toThrow('"exp"');
  await expect(verify({ notYetValid: true })).rejects.toThrow('"nbf"');
  await expect(verify({ algorithm: 'HS256' })).rejects.toThrow('Algorithm');
  await expect(verify({ algorithm: 'none' })).rejects.toThrow();
  await expect(verify({ unknownKey: true })).rejects.toThrow('no applicable key');
  await expect(verify({ otherSignature: true })).rejects.toThrow('signature verification');
  await expect(verify({ claims: { iss: 'someone' } })).rejects.toThrow('"iss"');
  const { payload } = await verify({
    icLabel: 'acme',
    apiBaseUrl: 'https://api.stg.atlassian.com/',
  });
  expect(payload).toMatchObject({
    icLabel: 'acme',
    app: { apiBaseUrl: 'https://api.stg.atlassian.com/' },
  });
});

test('a rotated key signs; the earlier one stays in the key set, or not', async () => {
  const { site } = await startForge();
  const kids = async (): Promise<string[]> => {
    const { keys } = (await (await fetch(site.forge.keySetUrl)).json()) as {
      keys: { kid: string; d?: string }[];
    };
    for (const key of keys) expect(key.d).toBeUndefined();
    return keys.map(({ kid }) => kid);
  };
  const [first] = await kids();
  const second = await site.forge.rotateKey();
  expect(await kids()).toEqual([first, second]);
  const third = await site.forge.rotateKey({ keepOld: false });
  expect(await kids()).toEqual([third]);
});

test('what a remote answers is told: a redirect, an error, silence', async () => {
  const { site, remote } = await startForge();
  remote.answers['/moved'] = { status: 302 };
  remote.answers['/broken'] = { status: 500 };
  expect(await site.forge.invoke({ path: '/moved' })).toMatchObject({
    accepted: false,
    status: 302,
    reason: expect.stringContaining('redirect'),
  });
  expect(await site.forge.invoke({ path: '/broken' })).toMatchObject({ accepted: false });
  await site.forge.install(manifestText, { variables: { BACKEND: 'http://127.0.0.1:1' } });
  expect(await site.forge.invoke({ path: '/' })).toMatchObject({ accepted: false, status: 0 });
});

test('the log says what was sent and answered, and holds no token', async () => {
  const { site, remote } = await startForge();
  remote.answers['/x'] = { status: 401, body: { why: 'no' } };
  await site.forge.invoke({ path: '/x', body: { a: 1 } });
  const record = site.requests.at(-1);
  expect(record).toMatchObject({ direction: 'callback', appKey: appId, status: 401, path: '/x' });
  expect(record?.verdict.reason).toContain('invokeRemote by panel');
  const answer = await fetch(`${site.url}/_sandbox/api/requests/${record?.id}`);
  const text = await answer.text();
  expect(JSON.parse(text)).toMatchObject({
    fix: expect.stringContaining(site.forge.keySetUrl),
    exchange: {
      sent: { body: '{"a":1}', claims: { iss: 'forge/invocation-token' } },
      answered: { status: 401, body: '{"why":"no"}' },
    },
  });
  expect(text).not.toMatch(/eyJ[\w-]+\.[\w-]+/);
});

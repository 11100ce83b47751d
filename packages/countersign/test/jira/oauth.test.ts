import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { encryptedStore, isCountersignError, memoryStore } from '../../src/index.ts';
import {
  accessibleSites,
  authorizeUrl,
  exchangeCode,
  fileTokenStore,
  type JiraClient,
  type OAuthClientOptions,
  type OAuthTokenStore,
  type OAuthTokens,
  oauthClient,
  serviceAccountClient,
  settingsTokenStore,
} from '../../src/jira/index.ts';
import {
  type AuthorizationServer,
  CLIENT,
  CLOUD_ID,
  startAuthorizationServer,
} from './authorization-server.ts';

const HOUR = 3600_000;
let server: AuthorizationServer;
let time: number;
const now = () => time;

beforeEach(async () => {
  time = Date.now();
  server = await startAuthorizationServer(now);
});
afterEach(() => server.close());

function keptTokens(tokens?: OAuthTokens): OAuthTokenStore & { kept: OAuthTokens | undefined } {
  const store = {
    kept: tokens,
    get: async () => store.kept,
    set: async (next: OAuthTokens) => {
      store.kept = next;
    },
  };
  return store;
}

function consented(): OAuthTokens {
  const { accessToken, refreshToken } = server.consent();
  return { accessToken, refreshToken, expiresAt: time + HOUR };
}

function clientWith(tokens: OAuthTokenStore, change: Partial<OAuthClientOptions> = {}): JiraClient {
  return oauthClient({
    ...CLIENT,
    cloudId: CLOUD_ID,
    tokens,
    tokenUrl: server.tokenUrl,
    gatewayUrl: server.origin,
    now,
    ...change,
  });
}

async function errorOf(call: Promise<unknown>) {
  const error = await call.then(
    (answer) => expect.fail(`it was answered: ${inspect(answer)}`),
    (caught: unknown) => caught,
  );
  if (!isCountersignError(error)) throw error;
  for (const text of [inspect(error, { depth: 9 }), JSON.stringify(error)]) {
    expect(text).not.toMatch(/marked-/);
  }
  return error;
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'countersign-oauth-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

describe('a user who consented', () => {
  test('is sent to the documented address, with a state of their own', () => {
    const options = {
      clientId: 'client-id',
      redirectUri: 'https://app.example.com/callback',
      scopes: ['read:jira-work', 'offline_access'],
    };
    const { url, state } = authorizeUrl(options);
    expect(url.split('?')[0]).toBe('https://auth.atlassian.com/authorize');
    expect(Object.fromEntries(new URL(url).searchParams)).toEqual({
      audience: 'api.atlassian.com',
      client_id: 'client-id',
      scope: 'read:jira-work offline_access',
      redirect_uri: 'https://app.example.com/callback',
      state,
      response_type: 'code',
      prompt: 'consent',
    });
    expect(state).toMatch(/^[\w-]{43}$/);
    expect(authorizeUrl(options).state).not.toBe(state);
  });

  const redirectUri = 'https://app.example.com/callback';
  const exchange = (callbackUrl: string, state = 'state-1') =>
    exchangeCode({ ...CLIENT, redirectUri, callbackUrl, state, tokenUrl: server.tokenUrl, now });

  test('gives tokens, which tell the sites that they are good for', async () => {
    server.codes.set('code-1', { redirectUri });
    const tokens = await exchange(`${redirectUri}?code=code-1&state=state-1`);
    expect(tokens).toEqual({
      accessToken: 'marked-access-1',
      refreshToken: 'marked-refresh-1',
      expiresAt: time + HOUR,
      scopes: ['read:jira-work', 'offline_access'],
    });
    expect(server.grants[0]?.contentType).toBe('application/json');
    expect(await accessibleSites(tokens, { gatewayUrl: server.origin })).toEqual([
      {
        cloudId: CLOUD_ID,
        name: 'example',
        siteUrl: 'https://example.atlassian.net',
        scopes: ['read:jira-work'],
      },
    ]);
    const again = await errorOf(exchange('/callback?code=code-1&state=state-1'));
    expect(again).toMatchObject({
      code: 'JIRA_OAUTH_REFUSED',
      hint: expect.stringContaining('once'),
    });
  });

  test.each(['', '?code=code-1', '?code=code-1&state=', '?code=code-1&state=state-2'])(
    'is another one where the state is: %j',
    async (query) => {
      server.codes.set('code-1', { redirectUri });
      const error = await errorOf(exchange(`/callback${query}`));
      expect(error).toMatchObject({ code: 'JIRA_OAUTH_REFUSED', message: /state/ });
      expect(server.grants).toEqual([]);
    },
  );

  test('may have refused', async () => {
    const error = await errorOf(
      exchange('/callback?error=access_denied&error_description=User%20did%20not&state=state-1'),
    );
    expect(error.message).toContain('User did not');
  });
});

describe('a call', () => {
  test('goes through the gateway with the access token, without asking for another', async () => {
    const jira = clientWith(keptTokens(consented()));
    expect(await jira.get('/rest/api/3/myself')).toEqual({ ok: true });
    expect(server.calls).toEqual([
      `GET /ex/jira/${CLOUD_ID}/rest/api/3/myself Bearer marked-access-1`,
    ]);
    expect(server.grants).toEqual([]);
    expect(await jira.host()).toBe('oauth');
  });

  test('after an hour refreshes once for all that wait, and keeps the next refresh token', async () => {
    const tokens = keptTokens(consented());
    const jira = clientWith(tokens);
    await jira.get('/rest/api/3/myself');
    time += HOUR - 60_000;
    await Promise.all(Array.from({ length: 10 }, () => jira.get('/rest/api/3/myself')));
    expect(server.grants).toHaveLength(1);
    expect(server.grants[0]?.parameters).toEqual({
      grant_type: 'refresh_token',
      client_id: CLIENT.clientId,
      client_secret: CLIENT.clientSecret,
      refresh_token: 'marked-refresh-1',
    });
    expect(tokens.kept).toMatchObject({
      accessToken: 'marked-access-2',
      refreshToken: 'marked-refresh-2',
      expiresAt: time + HOUR,
    });
  });

  test('goes on for months, each time with the newest refresh token', async () => {
    const jira = clientWith(keptTokens(consented()));
    for (let day = 0; day < 60; day += 1) {
      time += 24 * HOUR;
      await jira.get('/rest/api/3/myself');
    }
    expect(server.grants).toHaveLength(60);
    expect(new Set(server.grants.map(({ parameters }) => parameters.refresh_token)).size).toBe(60);
  });

  test('keeps the refresh token where no new one comes', async () => {
    server.rotates = false;
    const tokens = keptTokens(consented());
    time += HOUR;
    await clientWith(tokens).get('/rest/api/3/myself');
    expect(tokens.kept?.refreshToken).toBe('marked-refresh-1');
  });

  test('with a token that was withdrawn refreshes, and is made again', async () => {
    const jira = clientWith(keptTokens(consented()));
    server.accessTokens.clear();
    expect(await jira.post('/rest/api/3/issue', { body: {} })).toEqual({ ok: true });
    expect(server.grants).toHaveLength(1);
    expect(server.calls).toHaveLength(2);
  });

  test('that is refused with a new token is refused, and asks for no more tokens', async () => {
    const jira = clientWith(keptTokens(consented()));
    server.accessTokens.clear();
    const { set } = server.accessTokens;
    server.accessTokens.set = () => server.accessTokens;
    for (let calls = 0; calls < 3; calls += 1) {
      expect((await errorOf(jira.get('/rest/api/3/myself'))).code).toBe('JIRA_UNAUTHENTICATED');
    }
    server.accessTokens.set = set;
    expect(server.grants).toHaveLength(1);
  });

  test.each([
    ['nobody consented', undefined],
    ['no refresh token was given', { accessToken: 'marked-old', expiresAt: 1 }],
    [
      'the refresh token is no longer good',
      { accessToken: 'marked-old', expiresAt: 1, refreshToken: 'marked-gone' },
    ],
  ])('needs a consent where %s', async (_name, tokens) => {
    const error = await errorOf(clientWith(keptTokens(tokens)).get('/rest/api/3/myself'));
    expect(error.code).toBe('JIRA_OAUTH_CONSENT_NEEDED');
    expect(error.hint).toContain('offline_access');
    expect(server.calls).toEqual([]);
  });

  test.each([
    ['invalid_grant', 'Unknown or invalid refresh token.'],
    ['unauthorized_client', 'refresh_token is invalid'],
  ])('needs a consent where Atlassian answers %s: %s', async (error, description) => {
    time += HOUR;
    server.answer = () => ({
      status: 403,
      body: JSON.stringify({ error, error_description: description }),
    });
    const tokens = keptTokens({ ...consented(), expiresAt: time });
    const refused = await errorOf(clientWith(tokens).get('/rest/api/3/myself'));
    expect(refused).toMatchObject({
      code: 'JIRA_OAUTH_CONSENT_NEEDED',
      diagnosis: { cause: 'CS-OAUTH-REFRESH-REUSED' },
    });
  });

  test('with a wrong client secret says so', async () => {
    const tokens = keptTokens(consented());
    time += HOUR;
    const jira = clientWith(tokens, { clientSecret: 'marked-wrong' });
    const error = await errorOf(jira.get('/rest/api/3/myself'));
    expect(error).toMatchObject({
      code: 'JIRA_OAUTH_REFUSED',
      hint: expect.stringContaining('clientSecret'),
    });
    expect(tokens.kept?.refreshToken).toBe('marked-refresh-1');
  });

  test.each([
    [429, 'JIRA_RATE_LIMITED'],
    [503, 'JIRA_UNAVAILABLE'],
    [200, 'JIRA_ANSWER_INVALID'],
    [302, 'JIRA_OAUTH_REFUSED'],
  ])('a refresh that is answered with %i loses nothing: %s', async (status, code) => {
    const tokens = keptTokens(consented());
    time += HOUR;
    const jira = clientWith(tokens);
    server.answer = ({ parameters }) => ({
      status,
      body: JSON.stringify({ error_description: `bad ${parameters.refresh_token}` }),
      headers: { location: 'https://example.com/' },
    });
    expect((await errorOf(jira.get('/rest/api/3/myself'))).code).toBe(code);
    server.answer = undefined;
    expect(await jira.get('/rest/api/3/myself')).toEqual({ ok: true });
  });

  test('waits for a refresh token to be kept before its access token is used', async () => {
    const tokens = keptTokens(consented());
    time += HOUR;
    const { set } = tokens;
    tokens.set = () =>
      Promise.reject(Object.assign(new Error('marked-refresh-2'), { code: 'ENOSPC' }));
    const jira = clientWith(tokens);
    const error = await errorOf(jira.get('/rest/api/3/myself'));
    expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE', message: /kept \(ENOSPC\)/ });
    expect(server.calls).toEqual([]);
    tokens.set = set;
    await jira.get('/rest/api/3/myself');
    expect(tokens.kept?.refreshToken).toBe('marked-refresh-2');
    expect(server.grants).toHaveLength(1);
  });

  test('uses what another process refreshed a moment before', async () => {
    const tokens = keptTokens(consented());
    const [first, second] = [clientWith(tokens), clientWith(tokens)];
    await Promise.all([first.get('/a'), second.get('/a')]);
    time += HOUR;
    await first.get('/a');
    await second.get('/a');
    expect(server.grants).toHaveLength(1);
  });

  test('that lost the race for a refresh token finds the next one', async () => {
    const tokens = keptTokens(consented());
    time += HOUR;
    const old = tokens.kept as OAuthTokens;
    const next = { ...consented() };
    server.refreshTokens.delete(old.refreshToken ?? '');
    let reads = 0;
    const slow: OAuthTokenStore = { ...tokens, get: async () => (reads++ === 0 ? old : next) };
    await clientWith(slow).get('/a');
    expect(server.calls).toEqual([`GET /ex/jira/${CLOUD_ID}/a Bearer ${next.accessToken}`]);
  });
});

describe.each<[string, () => Promise<() => OAuthTokenStore>]>([
  [
    'a file',
    async () => {
      const path = join(await folder(), 'deep', 'tokens.json');
      return () => fileTokenStore(path);
    },
  ],
  [
    'a store of installations',
    async () => {
      const store = encryptedStore(memoryStore(), [Buffer.alloc(32, 7).toString('base64')]);
      return () => settingsTokenStore(store, 'user-1');
    },
  ],
])('tokens in %s', (_name, make) => {
  test('are none at first, then what was set last', async () => {
    const open = await make();
    expect(await open().get()).toBeUndefined();
    await open().set({ accessToken: 'a', expiresAt: 1 });
    await open().set({ accessToken: 'b', expiresAt: 2, refreshToken: 'r', scopes: ['x'] });
    expect(await open().get()).toEqual({
      accessToken: 'b',
      expiresAt: 2,
      refreshToken: 'r',
      scopes: ['x'],
    });
  });

  test('are refreshed by one of many processes, and used by all', async () => {
    const open = await make();
    await open().set({ ...consented(), expiresAt: time });
    const processes = Array.from({ length: 6 }, () => clientWith(open()));
    await Promise.all(processes.map((jira) => jira.get('/a')));
    expect(server.grants).toHaveLength(1);
    expect(new Set(server.calls)).toEqual(
      new Set([`GET /ex/jira/${CLOUD_ID}/a Bearer marked-access-2`]),
    );
  });

  test('can be claimed again by the next refresh token', async () => {
    const tokens = (await make())();
    expect(await tokens.claim?.('r1', Date.now() + 30_000)).toBe(true);
    expect(await tokens.claim?.('r1', Date.now() + 30_000)).toBe(false);
    expect(await tokens.claim?.('r2', Date.now() + 30_000)).toBe(true);
  });

  test('can be claimed again after the claim of a process that died', async () => {
    const tokens = (await make())();
    expect(await tokens.claim?.('r1', Date.now() + 20)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(await tokens.claim?.('r1', Date.now() + 30_000)).toBe(true);
  });
});

test('a token file is for its owner alone, and nothing else is left beside it', async () => {
  const path = join(await folder(), 'tokens.json');
  const tokens = fileTokenStore(path);
  await tokens.claim?.('marked-refresh', Date.now() + 1000);
  expect(await readFile(`${path}.claim`, 'utf8')).not.toContain('marked-refresh');
  await tokens.set({ accessToken: 'a', expiresAt: 1 });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(join(path, '..'))).toEqual(['tokens.json']);
});

test.each(['', '{', '[]', '{"accessToken":1}'])('a broken token file is said: %j', async (text) => {
  const path = join(await folder(), 'tokens.json');
  await writeFile(path, text);
  const error = await errorOf(clientWith(fileTokenStore(path)).get('/a'));
  expect(error.code).toBe('STORE_CORRUPT');
});

describe('a service account', () => {
  const account = (change = {}) =>
    serviceAccountClient({
      ...CLIENT,
      cloudId: CLOUD_ID,
      tokenUrl: server.tokenUrl,
      gatewayUrl: server.origin,
      now,
      ...change,
    });

  test('asks for one token an hour, for all calls at once', async () => {
    const jira = account();
    await Promise.all(Array.from({ length: 10 }, () => jira.get('/a')));
    time += HOUR - 60_001;
    await jira.get('/a');
    expect(server.grants.map(({ parameters }) => parameters)).toEqual([
      {
        grant_type: 'client_credentials',
        client_id: CLIENT.clientId,
        client_secret: CLIENT.clientSecret,
      },
    ]);
    time += 1;
    await jira.get('/a');
    expect(server.grants).toHaveLength(2);
    expect(server.calls.at(-1)).toBe(`GET /ex/jira/${CLOUD_ID}/a Bearer marked-access-2`);
  });

  test('asks again where its token was withdrawn', async () => {
    const jira = account();
    await jira.get('/a');
    server.accessTokens.clear();
    time += 61_000;
    expect(await jira.get('/a')).toEqual({ ok: true });
    expect(server.grants).toHaveLength(2);
  });

  test('with a wrong secret says so, and asks again with the next call', async () => {
    const jira = account({ clientSecret: 'marked-wrong' });
    for (let calls = 0; calls < 2; calls += 1) {
      expect((await errorOf(jira.get('/a'))).code).toBe('JIRA_OAUTH_REFUSED');
    }
    expect(server.grants).toHaveLength(2);
  });
});

test.each<[string, () => unknown]>([
  ['clientId', () => clientWith(keptTokens(), { clientId: undefined as never })],
  ['clientSecret', () => clientWith(keptTokens(), { clientSecret: ' ' })],
  ['cloudId', () => clientWith(keptTokens(), { cloudId: undefined as never })],
  ['cloudId', () => clientWith(keptTokens(), { cloudId: '../other' })],
  ['tokens', () => clientWith(undefined as never)],
  [
    'tokenUrl',
    () => clientWith(keptTokens(), { tokenUrl: 'http://auth.example.com/marked-' }).get('/a'),
  ],
  ['gatewayUrl', () => clientWith(keptTokens(), { gatewayUrl: 'https://a:marked-@example.com' })],
  ["'secret'", () => clientWith(keptTokens(), { secret: 'marked-' } as never)],
  [
    'scopes',
    () => authorizeUrl({ clientId: 'c', redirectUri: 'https://a.example', scopes: ['a b'] }),
  ],
  ['redirectUri', () => authorizeUrl({ clientId: 'c', redirectUri: 'app', scopes: [] })],
])('a wrong option is named: %s', async (name, make) => {
  const error = await errorOf((async () => make())());
  expect(error.code).toMatch(/^CONFIG_/);
  expect(error.message).toContain(name);
});

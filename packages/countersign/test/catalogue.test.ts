/**
 * Every code of the catalogue is provoked once, by what a user could do, with marked secrets; and no rendering of the
 * error shows one of them.
 */
import { createHmac } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createBaseUrls } from '../src/connect/base-urls.ts';
import { createInstallKeys } from '../src/connect/install-keys.ts';
import { handleLifecycle, type LifecycleOptions } from '../src/connect/lifecycle.ts';
import { readBody } from '../src/connect/read-body.ts';
import { siteFilter } from '../src/connect/sites.ts';
import { createInboundVerifier } from '../src/connect/verify-inbound.ts';
import { createForgeAccess, type ForgeAccess } from '../src/forge/credentials.ts';
import { refusePage } from '../src/forge/events.ts';
import {
  type AnyCountersignError,
  type AppOptions,
  createApp,
  type EncryptionKeys,
  type ErrorCode,
  errorCatalogue,
  type ForgeInvocation,
  isCountersignError,
  memoryStore,
} from '../src/index.ts';
import { cachedStore } from '../src/installations/cached-store.ts';
import { encryptedStore } from '../src/installations/encryption/encrypted-store.ts';
import type { InstallationRecord } from '../src/installations/installation.ts';
import { optionalPackage } from '../src/installations/optional-package.ts';
import type { InstallationStore } from '../src/installations/store.ts';
import { createJiraClient, type JiraClient } from '../src/jira/client.ts';
import { oauthClient } from '../src/jira/oauth-client.ts';
import { exchangeCode } from '../src/jira/oauth-consent.ts';
import { propertyMap } from '../src/jira/properties.ts';
import { createToken, verifyToken } from '../src/jwt/jwt.ts';
import { loggable } from '../src/logger.ts';
import { pgBossQueue } from '../src/webhooks/pg-boss/index.ts';
import { collectLog } from './app/collected-log.ts';
import {
  type AtlassianHost,
  close,
  KEY_ID,
  lifecycleToken,
  listen,
  startAtlassianHost,
  unreachableUrl,
} from './connect/atlassian-host.ts';
import { forgeRecord, forgeToken } from './forge/forge-gateway.ts';
import {
  APP_ID,
  ENVIRONMENT_ID,
  type FitKnobs,
  fit,
  forgeRequest,
  type KeySetHost,
  startKeySetHost,
} from './forge/forge-platform.ts';

const SECRET = 'MARKED-shared-secret-0123456789';
const APP_URL = 'https://app.example.com';
const PANEL = { method: 'GET', url: '/panel?issueKey=XX-21' };
const request = { sharedSecret: SECRET, ...PANEL };

let keyHost: AtlassianHost;
let keySetHost: KeySetHost;
beforeAll(async () => {
  keyHost = await startAtlassianHost();
  keySetHost = await startKeySetHost();
});
afterAll(() => Promise.all([keyHost.close(), keySetHost.close()]));

const descriptor = {
  key: 'panel-app',
  authentication: { type: 'jwt' },
  lifecycle: { installed: '/installed' },
  apiMigrations: { 'signed-install': true },
};

const record: InstallationRecord = {
  clientKey: 'client-1',
  appKey: 'panel-app',
  siteUrl: 'https://example.atlassian.net',
  sharedSecret: SECRET,
  status: 'installed',
  enabled: true,
  installedAt: 1,
  changedAt: 1,
  enabledChangedAt: 1,
  payload: {},
  revision: 1,
};

async function storeWith(change: Partial<InstallationRecord> = {}): Promise<InstallationStore> {
  const store = memoryStore();
  await store.put({ ...record, ...change });
  return store;
}

function app(store: InstallationStore = memoryStore()) {
  return createApp({ descriptor, appUrl: APP_URL, store });
}

/** A token whose header and claims are whatever they are said to be, rightly signed. */
function craft(claims: object, header: object = { alg: 'HS256', typ: 'JWT' }): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${part(header)}.${part(claims)}`;
  return `${input}.${createHmac('sha256', SECRET).update(input).digest('base64url')}`;
}

const seconds = Math.floor(Date.now() / 1000);
const sound = { iss: 'client-1', iat: seconds, exp: seconds + 60, qsh: 'context-qsh' };
/** Of a session token whose session ends with it, in so many seconds. */
const sessionClaims = (left: number) => ({
  ...{ iss: 'panel-app', aud: ['client-1'], iat: seconds - 900, qsh: 'countersign-session' },
  ...{ exp: seconds + left, sessionEndsAt: seconds + left },
});
const without = (claim: string) => craft({ ...sound, [claim]: undefined });

const inbound = (token: string, url = PANEL.url, scheme = 'JWT') => ({
  method: 'GET',
  url,
  headers: {
    get: (name: string) => (name === 'authorization' && token ? `${scheme} ${token}` : null),
  },
});
const siteToken = () => createToken({ issuer: 'client-1', ...request });

interface Install {
  token?: (claims: object) => Promise<string>;
  body?: object | string;
  store?: InstallationStore;
  hosts?: readonly string[];
  header?: Record<string, unknown>;
}

/** An installed callback with one thing about it changed. */
async function install(
  { body = {}, store = memoryStore(), hosts = [keyHost.url], header }: Install,
  times = 1,
) {
  const payload = {
    key: 'panel-app',
    clientKey: 'client-1',
    baseUrl: 'https://example.atlassian.net',
    sharedSecret: SECRET,
  };
  const guarded = cachedStore(store);
  const common = {
    appKey: 'panel-app',
    baseUrls: createBaseUrls(APP_URL),
    clockToleranceSeconds: 30,
    now: Date.now,
  };
  const options: LifecycleOptions = {
    ...common,
    previousSecretSeconds: 300,
    store: guarded,
    installKeys: createInstallKeys({ hosts, now: Date.now }),
    isAllowedSite: siteFilter(['*.atlassian.net']),
    inbound: createInboundVerifier({ ...common, store: guarded }),
  };
  const url = `${APP_URL}/installed`;
  const token = await lifecycleToken(
    { url, clientKey: 'client-1', appUrl: APP_URL, at: Date.now() },
    header === undefined ? {} : { header },
  );
  const callback = {
    method: 'POST',
    url,
    headers: { get: (name: string) => (name === 'authorization' ? `JWT ${token}` : null) },
  };
  const text = typeof body === 'string' ? body : JSON.stringify({ ...payload, ...body });
  for (let time = 0; time < times; time++)
    await handleLifecycle('installed', callback, text, options);
}

/** A call to a Jira that answers in one way. */
async function call(
  answer: RequestListener,
  run = 'get',
  options: object = {},
  path = '/rest/api/3/myself',
) {
  const server = createServer(answer);
  const siteUrl = await listen(server);
  try {
    const jira = createJiraClient({
      credentials: { siteUrl, appKey: 'panel-app', sharedSecret: SECRET },
      maxAnswerBytes: 1000,
      maxTries: 1,
    });
    if (run === 'edit')
      await jira.editIssue('XX-21', { fields: options as Record<string, unknown> });
    else await jira.get(path, options);
  } finally {
    await close(server);
  }
}
const status = (code: number, body = 'no', headers = {}) =>
  call((incoming, response) => {
    // Jira quotes what it was sent; the error must not.
    response.writeHead(code, headers).end(`${body} ${incoming.headers.authorization} ${SECRET}`);
  });
const fields: RequestListener = (_, response) =>
  response.end(JSON.stringify(['a', 'b'].map((id) => ({ id, name: 'Region', custom: true }))));

const points: RequestListener = (_, response) =>
  response.end(
    JSON.stringify([
      {
        ...{ id: 'customfield_1', name: 'Points', custom: true },
        schema: {
          type: 'number',
          custom: 'com.atlassian.jira.plugin.system.customfieldtypes:float',
        },
      },
    ]),
  );

const failing = (change: Partial<InstallationStore>): InstallationStore => ({
  ...memoryStore(),
  ...change,
});

const forgeInstallation = forgeRecord(
  { apiBaseUrl: 'https://api.atlassian.com/ex/jira/cloud-1' },
  { sharedSecret: SECRET },
);

/** A call through Forge, of an app that was sent no token but what the call itself brings. */
async function forgeCall(clientOf: (access: ForgeAccess) => JiraClient) {
  const access = createForgeAccess({
    store: memoryStore(),
    findRecord: async () => forgeInstallation,
    graphqlUrl: 'https://api.atlassian.com/graphql',
    gatewayOrigins: ['https://api.atlassian.com'],
    ...{ prefer: 'forge', now: Date.now },
  });
  await clientOf(access).get('/rest/api/3/myself');
}

const nowFit = { at: Date.now() };

function forgeApp(change: Partial<AppOptions>) {
  return createApp({
    ...{ appUrl: APP_URL, store: memoryStore(), logger: collectLog(), ...change },
    forge: { appId: APP_ID, keySetUrl: keySetHost.url, environments: ['PRODUCTION'] },
  });
}

/** A call of a page with one thing about its FIT changed, and with tokens beside it. */
async function fitCall(knobs: FitKnobs) {
  const headers = { 'x-forge-oauth-system': SECRET, 'x-forge-oauth-user': SECRET };
  const call = forgeRequest(await fit({ ...nowFit, ...knobs }), { headers });
  await forgeApp({}).authenticate(call, { accept: 'forge' });
}

const KEY = `new:${Buffer.alloc(32, 'MARKED').toString('base64')}`;
const OTHER_KEY = `new:${Buffer.alloc(32, 'MARKED-too').toString('base64')}`;

/** A store whose secret was written with some keys and is read with others. */
async function readWith(keys: EncryptionKeys, writtenWith: EncryptionKeys) {
  const store = memoryStore();
  await encryptedStore(store, writtenWith).put(record);
  await encryptedStore(store, keys).get('client-1');
}

const provocations: Record<ErrorCode, () => unknown> = {
  CONFIG_OPTION_UNKNOWN: () =>
    verifyToken(siteToken(), { ...request, sharedSecrets: SECRET } as never),
  CONFIG_OPTION_MISSING: () => createApp({ descriptor, appUrl: APP_URL } as never),
  CONFIG_OPTION_INVALID: () => createApp({ descriptor, appUrl: 'app', store: memoryStore() }),
  CONFIG_DESCRIPTOR_INVALID: () =>
    createApp({ descriptor: { ...descriptor, key: 'a b' }, appUrl: APP_URL, store: memoryStore() }),

  CONFIG_PACKAGE_MISSING: () =>
    optionalPackage('no-such-package', () => import('no-such-package' as string)),
  CONFIG_SETTING_INVALID: () =>
    app()
      .settings('client-1')
      .set('colour', 10n as never),
  TOKEN_OPTION_INVALID: () => createToken({ issuer: '', ...request }),
  TOKEN_LIFETIME_INVALID: () => createToken({ issuer: 'a', ...request, expiresInSeconds: 180_000 }),
  TOKEN_MISSING: () => app().authenticate(inbound('')),
  TOKEN_SCHEME_UNEXPECTED: () => app().authenticate(inbound(siteToken(), PANEL.url, 'Bearer')),
  TOKEN_AMBIGUOUS: () => app().authenticate(inbound(siteToken(), `/panel?jwt=${without('sub')}`)),
  TOKEN_MALFORMED: () => verifyToken(`${SECRET}.x`, request),
  TOKEN_UNSIGNED: () => verifyToken(craft(sound, { alg: 'none' }), request),
  TOKEN_ALGORITHM_UNEXPECTED: () => verifyToken(craft(sound, { alg: 'HS512' }), request),
  TOKEN_SIGNATURE_INVALID: () =>
    verifyToken(siteToken(), { ...request, sharedSecret: `${SECRET} ` }),
  TOKEN_CLAIM_INVALID: () => verifyToken(craft({ ...sound, exp: 'soon' }), request),
  TOKEN_ISS_MISSING: () => verifyToken(without('iss'), request),
  TOKEN_IAT_MISSING: () => verifyToken(without('iat'), request),
  TOKEN_EXP_MISSING: () => verifyToken(without('exp'), request),
  TOKEN_QSH_MISSING: () => verifyToken(without('qsh'), request),
  TOKEN_ISSUER_MISMATCH: () => install({ body: { clientKey: 'somebody else' } }),
  TOKEN_AUDIENCE_MISMATCH: () =>
    verifyToken(craft({ ...sound, aud: 'https://old-tunnel.example.com' }), {
      ...request,
      audience: APP_URL,
    }),
  TOKEN_EXPIRED: () => verifyToken(craft({ ...sound, exp: seconds - 60 }), request),
  TOKEN_NOT_YET_VALID: () => verifyToken(craft({ ...sound, nbf: seconds + 600 }), request),
  TOKEN_QSH_MISMATCH: () =>
    verifyToken(siteToken(), { ...request, url: `/panel?secret=${SECRET}` }),
  TOKEN_CONTEXT_REFUSED: () => verifyToken(craft(sound), request),
  TOKEN_REQUEST_REFUSED: () => verifyToken(siteToken(), { ...request, accept: 'context' }),
  TOKEN_SESSION_REFUSED: async () =>
    app(await storeWith()).authenticate(inbound(craft(sessionClaims(60)))),
  TOKEN_SESSION_ENDED: async () =>
    app(await storeWith()).authenticate(inbound(craft(sessionClaims(-60))), { accept: 'session' }),
  TOKEN_PERMISSION_MISSING: async () => {
    const own = app(await storeWith());
    const caller = await own.authenticate(inbound(siteToken()));
    await own.authorize(caller, { global: ['ADMINISTER'] });
  },
  TOKEN_KEY_ID_INVALID: () => install({ header: { kid: '../elsewhere' } }),
  TOKEN_KEY_UNKNOWN: () => install({ header: { kid: KEY_ID.replace('d', 'e') } }),
  TOKEN_REPLAYED: () => install({}, 2),
  TOKEN_FORGE_REFUSED: async () =>
    forgeApp({ descriptor }).authenticate(forgeRequest(await fit(nowFit))),
  TOKEN_FORGE_EXPECTED: () => forgeApp({}).authenticate(inbound(siteToken()), { accept: 'forge' }),
  TOKEN_FORGE_REALM_REFUSED: () => fitCall({ claims: { icLabel: 'acme' } }),
  TOKEN_FORGE_ENVIRONMENT_REFUSED: () =>
    fitCall({ environment: { type: 'STAGING', id: ENVIRONMENT_ID } }),
  TOKEN_FORGE_API_URL_REFUSED: () => fitCall({ app: { apiBaseUrl: 'https://example.com/x' } }),
  TOKEN_FORGE_MODULE_REFUSED: () =>
    refusePage({
      ...{ principal: SECRET, module: { type: 'jira:issuePanel', key: 'panel' } },
    } as ForgeInvocation),

  INSTALLATION_UNKNOWN: () => app().authenticate(inbound(siteToken())),
  INSTALLATION_UNINSTALLED: async () =>
    app(await storeWith({ status: 'uninstalled' })).authenticate(inbound(siteToken())),
  INSTALLATION_SITE_REFUSED: () => install({ body: { baseUrl: 'https://example.com' } }),
  INSTALLATION_PAYLOAD_INVALID: () => install({ body: `{"sharedSecret":"${SECRET}` }),
  INSTALLATION_PAYLOAD_TOO_LARGE: () =>
    readBody(new Request(APP_URL, { method: 'POST', body: SECRET }), 10),

  KEY_SOURCE_UNAVAILABLE: async () => install({ hosts: [await unreachableUrl()] }),
  KEY_SOURCE_INVALID: async () => {
    const broken = await startAtlassianHost((_, response) => response.end('<html>Login</html>'));
    try {
      await install({ hosts: [broken.url] });
    } finally {
      await broken.close();
    }
  },

  QUEUE_UNAVAILABLE: async () => {
    const { host } = new URL(await unreachableUrl());
    const queue = pgBossQueue(`postgres://countersign:${SECRET}@${host}/queue`);
    queue.setup({
      limits: { concurrency: 1, concurrencyPerInstallation: 1, dedupeSeconds: 60 },
      run: async () => ({ kind: 'done' }),
      warn: () => undefined,
    });
    await queue.check();
  },
  STORE_UNAVAILABLE: () =>
    install({
      store: failing({
        put: async (row) => {
          throw Object.assign(new Error('disk full'), { row, detail: row.sharedSecret });
        },
      }),
    }),
  STORE_CORRUPT: async () =>
    app(await storeWith({ siteUrl: '' })).authenticate(inbound(siteToken())),
  STORE_CONFLICT: () => install({ store: failing({ put: async () => false }) }),

  STORE_KEY_MISSING: () => readWith('none', KEY),
  STORE_KEY_WRONG: () => readWith(OTHER_KEY, KEY),
  STORE_KEY_UNAVAILABLE: () => readWith([() => Promise.reject(new Error(SECRET))], 'none'),
  STORE_NOT_ENCRYPTED: () => readWith(KEY, 'none'),
  JIRA_UNAUTHENTICATED: () => status(401),
  JIRA_FORBIDDEN: () => status(403),
  JIRA_NOT_FOUND: () => status(404),
  JIRA_BAD_REQUEST: () => status(400),
  JIRA_CONFLICT: () => status(409),
  JIRA_RATE_LIMITED: () => status(429),
  JIRA_UNAVAILABLE: () => status(503),
  JIRA_UNEXPECTED_STATUS: () => status(418),
  JIRA_REDIRECTED: () => status(302, '', { location: `https://example.com/?${SECRET}` }),
  JIRA_CREDENTIAL_IGNORED: () =>
    status(200, '{}', { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' }),
  JIRA_UNREACHABLE: () => call((incoming) => incoming.socket.destroy()),
  JIRA_TIMEOUT: () => call(() => undefined, 'get', { timeoutMs: 20 }),
  JIRA_ANSWER_INVALID: () => status(200),
  JIRA_ANSWER_TOO_LARGE: () => call((_, response) => response.end(`"${'x'.repeat(2000)}"`)),
  JIRA_URL_REFUSED: () => call(() => undefined, 'get', {}, `https://evil.example.com/${SECRET}`),
  JIRA_FIELD_UNKNOWN: () => call(fields, 'edit', { Regoin: SECRET }),
  JIRA_FIELD_AMBIGUOUS: () => call(fields, 'edit', { Region: SECRET }),
  JIRA_FIELD_VALUE_INVALID: () => call(points, 'edit', { Points: SECRET }),
  JIRA_OVERRIDE_REFUSED: () =>
    createJiraClient({
      credentials: { baseUrl: APP_URL, email: 'ann@example.com', apiToken: SECRET },
    }).editIssue('XX-21', { fields: {}, overrideScreenSecurity: true }),
  JIRA_PROPERTY_INVALID: () => {
    const credentials = { siteUrl: 'http://127.0.0.1:1', appKey: 'a', sharedSecret: SECRET };
    const jira = createJiraClient({ credentials });
    return propertyMap(jira, { issue: 'XX-21' }, { host: jira.host }).set('x', SECRET.repeat(2000));
  },
  JIRA_FORGE_TOKEN_MISSING: () => forgeCall((access) => access.jira(forgeInstallation)),
  JIRA_FORGE_TOKEN_EXPIRED: () =>
    forgeCall((access) =>
      access.jira(forgeInstallation, {
        ...{ system: forgeToken(SECRET, Date.now() - 1000), user: SECRET },
        ...{ principal: 'ann', fromPage: true },
      }),
    ),
  JIRA_IMPERSONATION_REFUSED: () =>
    forgeCall((access) => access.as(forgeInstallation, `${SECRET} `)),
  JIRA_OAUTH_REFUSED: () =>
    exchangeCode({
      ...{ clientId: 'client', clientSecret: SECRET, redirectUri: APP_URL, state: SECRET },
      callbackUrl: `${APP_URL}?state=other&code=${SECRET}`,
    }),
  JIRA_OAUTH_CONSENT_NEEDED: () =>
    oauthClient({
      ...{ clientId: 'client', clientSecret: SECRET, cloudId: 'cloud-1' },
      tokens: {
        get: async () => ({ accessToken: SECRET, expiresAt: 0 }),
        set: async () => undefined,
      },
    }).get('/rest/api/3/myself'),
};

async function provoke(code: ErrorCode): Promise<AnyCountersignError> {
  let thrown: unknown;
  try {
    thrown = await provocations[code]();
  } catch (error) {
    thrown = error;
  }
  if (!isCountersignError(thrown)) throw new Error(`${code} was not provoked: ${inspect(thrown)}`);
  return thrown;
}

test('each code of the catalogue has a provocation', () => {
  expect(Object.keys(provocations).sort()).toEqual(Object.keys(errorCatalogue).sort());
});

describe.each(Object.keys(errorCatalogue) as ErrorCode[])('%s', (code) => {
  test('is what happens, says what to do, and shows no secret', async () => {
    const error = await provoke(code);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/\S.{10,}/);
    expect(error.hint).toMatch(/\S.{10,}/);
    const renderings = [
      String(error),
      error.stack ?? '',
      inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true }),
      inspect(error.cause, { depth: Number.POSITIVE_INFINITY }),
      JSON.stringify(error),
      JSON.stringify(loggable(error)),
      inspect({ ...error }),
    ];
    for (const rendering of renderings) {
      expect(rendering).not.toContain('MARKED');
      expect(rendering).not.toMatch(/eyJ[\w-]+\.[\w-]+/);
    }
  });
});

/** What an attacker, or a wrong deployment, may send to a route that takes Forge invocation tokens. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ForgeOptions } from '../../src/index.ts';
import { panelDescriptor } from '../app/panel-app.ts';
import { siteToken } from '../connect/site-token.ts';
import {
  APP_ID,
  APP_URL,
  CLOUD_ID,
  createRemoteApp,
  ENVIRONMENT_ID,
  type FitKnobs,
  fit,
  forgeRequest,
  type KeySetHost,
  OTHER_APP_ID,
  publicKeyAsSecret,
  publishKeySet,
  START,
  startKeySetHost,
  strangerKey,
} from './forge-platform.ts';

let host: KeySetHost;
beforeAll(async () => {
  host = await startKeySetHost();
});
afterAll(() => host.close());

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return String((error as { code?: unknown }).code ?? error);
  }
  return 'let in';
}

async function unsigned(knobs: FitKnobs = {}): Promise<string> {
  const [, claims] = (await fit(knobs)).split('.');
  const header = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url');
  return `${header}.${claims}.`;
}

const seconds = START / 1000;
const attacks: [
  name: string,
  code: string,
  token: () => Promise<string>,
  options?: Partial<ForgeOptions>,
][] = [
  ['a right token', 'let in', () => fit()],
  ['of another Forge app', 'TOKEN_AUDIENCE_MISMATCH', () => fit({ appId: OTHER_APP_ID })],
  [
    'of another app that names this one in aud',
    'TOKEN_AUDIENCE_MISMATCH',
    () => fit({ app: { id: `ari:cloud:ecosystem::app/${OTHER_APP_ID}` } }),
  ],
  [
    'with the bare id as audience',
    'TOKEN_AUDIENCE_MISMATCH',
    () => fit({ claims: { aud: APP_ID } }),
  ],
  ['without an audience', 'TOKEN_AUDIENCE_MISMATCH', () => fit({ claims: { aud: undefined } })],
  ['expired a minute ago', 'TOKEN_EXPIRED', () => fit({ at: START - 85_000 })],
  ['expired within the tolerance', 'let in', () => fit({ at: START - 50_000 })],
  [
    'not valid yet',
    'TOKEN_NOT_YET_VALID',
    () => fit({ claims: { nbf: seconds + 60, exp: seconds + 85 } }),
  ],
  [
    'made in the future',
    'TOKEN_NOT_YET_VALID',
    () => fit({ claims: { iat: seconds + 60, exp: seconds + 85 } }),
  ],
  ['that never expires', 'TOKEN_EXP_MISSING', () => fit({ claims: { exp: undefined } })],
  ['without nbf', 'TOKEN_CLAIM_INVALID', () => fit({ claims: { nbf: undefined } })],
  ['without iat', 'TOKEN_IAT_MISSING', () => fit({ claims: { iat: undefined } })],
  ['with exp as text', 'TOKEN_CLAIM_INVALID', () => fit({ claims: { exp: '9999999999' } })],
  [
    'HS256 with the public key as the secret',
    'TOKEN_ALGORITHM_UNEXPECTED',
    () => fit({ header: { alg: 'HS256' }, key: publicKeyAsSecret }),
  ],
  ['PS256', 'TOKEN_ALGORITHM_UNEXPECTED', () => fit({ header: { alg: 'PS256' } })],
  ['unsigned, alg none', 'TOKEN_UNSIGNED', () => unsigned()],
  [
    'with its signature taken away',
    'TOKEN_SIGNATURE_INVALID',
    async () => `${(await fit()).split('.').slice(0, 2).join('.')}.`,
  ],
  [
    'with a claim changed after signing',
    'TOKEN_SIGNATURE_INVALID',
    async () => {
      const [header, , signature] = (await fit()).split('.');
      const [, claims] = (await fit({ principal: 'admin' })).split('.');
      return `${header}.${claims}.${signature}`;
    },
  ],
  ['signed by somebody else', 'TOKEN_SIGNATURE_INVALID', () => fit({ key: strangerKey })],
  [
    'of a key that nobody publishes',
    'TOKEN_KEY_UNKNOWN',
    () => fit({ header: { kid: 'forge/invocation-token/other' } }),
  ],
  ['without a key id', 'TOKEN_KEY_ID_INVALID', () => fit({ header: { kid: undefined } })],
  ['with a key id of many lines', 'TOKEN_KEY_ID_INVALID', () => fit({ header: { kid: 'a\nb' } })],
  [
    'with a key of its own in the header',
    'TOKEN_SIGNATURE_INVALID',
    () => fit({ header: { jku: 'https://evil.example/jwks.json' }, key: strangerKey }),
  ],
  [
    'of another issuer',
    'TOKEN_ISSUER_MISMATCH',
    () => fit({ claims: { iss: 'forge/context-token' } }),
  ],
  ['without an issuer', 'TOKEN_ISS_MISSING', () => fit({ claims: { iss: undefined } })],
  [
    'of an Isolated Cloud, none configured',
    'TOKEN_FORGE_REALM_REFUSED',
    () => fit({ claims: { icLabel: 'acme' } }),
  ],
  [
    'of an Isolated Cloud whose label leads elsewhere',
    'TOKEN_CLAIM_INVALID',
    () => fit({ claims: { icLabel: 'evil.example/#' } }),
    { isolatedCloudKeySetUrl: 'https://{icLabel}.keys.example/jwks.json' },
  ],
  [
    'of an Isolated Cloud whose label goes up',
    'TOKEN_CLAIM_INVALID',
    () => fit({ claims: { icLabel: '../other' } }),
    { isolatedCloudKeySetUrl: 'https://keys.example/{icLabel}/jwks.json' },
  ],
  [
    'of an Isolated Cloud whose label is too long',
    'TOKEN_CLAIM_INVALID',
    () => fit({ claims: { icLabel: 'a'.repeat(51) } }),
    { isolatedCloudKeySetUrl: 'https://keys.example/{icLabel}/jwks.json' },
  ],
  [
    'of an Isolated Cloud whose label ends with a line break',
    'TOKEN_CLAIM_INVALID',
    () => fit({ claims: { icLabel: 'acme\n' } }),
    { isolatedCloudKeySetUrl: 'https://keys.example/{icLabel}/jwks.json' },
  ],
  [
    'of staging, none configured',
    'TOKEN_FORGE_REALM_REFUSED',
    () => fit({ app: { apiBaseUrl: `https://api.stg.atlassian.com/ex/jira/${CLOUD_ID}` } }),
  ],
  [
    'of an environment that is not accepted',
    'TOKEN_FORGE_ENVIRONMENT_REFUSED',
    () => fit({ environment: { type: 'DEVELOPMENT', id: ENVIRONMENT_ID } }),
    { environments: ['PRODUCTION'] },
  ],
  [
    'of an environment that nobody has',
    'TOKEN_CLAIM_INVALID',
    () => fit({ environment: { type: 'QA', id: ENVIRONMENT_ID } }),
  ],
  [
    'that sends calls to another host',
    'TOKEN_FORGE_API_URL_REFUSED',
    () =>
      fit({ app: { apiBaseUrl: `https://api.atlassian.com.evil.example/ex/jira/${CLOUD_ID}` } }),
  ],
  [
    'that sends calls to the site itself',
    'TOKEN_FORGE_API_URL_REFUSED',
    () => fit({ app: { apiBaseUrl: 'https://example.atlassian.net' } }),
  ],
  [
    'that sends calls to another port',
    'TOKEN_FORGE_API_URL_REFUSED',
    () => fit({ app: { apiBaseUrl: `https://api.atlassian.com:8443/ex/jira/${CLOUD_ID}` } }),
  ],
  [
    'that hides a user in the URL',
    'TOKEN_FORGE_API_URL_REFUSED',
    () => fit({ app: { apiBaseUrl: `https://user:pass@api.atlassian.com/ex/jira/${CLOUD_ID}` } }),
  ],
  [
    'that sends calls to another product',
    'TOKEN_FORGE_API_URL_REFUSED',
    () => fit({ app: { apiBaseUrl: `https://api.atlassian.com/ex/confluence/${CLOUD_ID}` } }),
  ],
  [
    'whose site is another than its apiBaseUrl names',
    'TOKEN_FORGE_API_URL_REFUSED',
    () =>
      fit({
        app: {
          apiBaseUrl: 'https://api.atlassian.com/ex/jira/5d1f0c77-0000-4d6d-8f58-2b1f0e6f0a10',
        },
      }),
  ],
  [
    'whose context is of another site',
    'TOKEN_FORGE_API_URL_REFUSED',
    () => fit({ context: { cloudId: '5d1f0c77-0000-4d6d-8f58-2b1f0e6f0a10' } }),
  ],
  [
    'without an installation',
    'TOKEN_CLAIM_INVALID',
    () => fit({ app: { installationId: undefined } }),
  ],
  [
    'of 40,000 characters',
    'TOKEN_MALFORMED',
    () => fit({ context: { padding: 'x'.repeat(40_000) } }),
  ],
  ['that is an opaque access token', 'TOKEN_MALFORMED', async () => 'opaque-access-token'],
];

describe('a Forge route, given a token', () => {
  test.each(attacks)('%s: %s', async (_name, code, token, options = {}) => {
    const { app, store } = createRemoteApp(host.url, {
      forge: { appId: APP_ID, keySetUrl: host.url, ...options },
    });
    expect(await codeOf(app.authenticate(forgeRequest(await token()), { accept: 'forge' }))).toBe(
      code,
    );
    // Whoever is refused leaves nothing behind.
    expect(await store.list()).toHaveLength(code === 'let in' ? 1 : 0);
  });

  test('nothing of the token is in what the caller or the log is told', async () => {
    for (const [, code, token, options = {}] of attacks) {
      if (code === 'let in') continue;
      const { app, log } = createRemoteApp(host.url, {
        forge: { appId: APP_ID, keySetUrl: host.url, ...options },
      });
      const sent = await token();
      const request = forgeRequest(sent, {
        headers: { 'x-forge-oauth-system': 'MARKED-system', 'x-forge-oauth-user': 'MARKED-user' },
      });
      const error = await app.authenticate(request, { accept: 'forge' }).catch((one) => one);
      const answer = await app.refuse(error, request).text();
      expect(answer).toMatch(/^\{"error":"unauthorized"\}$/);
      const shown = JSON.stringify(log.lines) + answer + String(error.stack);
      expect(shown).not.toContain('MARKED');
      for (const part of sent.split('.').filter((one) => one.length > 30)) {
        expect(shown).not.toContain(part);
      }
    }
  });
});

describe('kinds of tokens on one route', () => {
  const connect = () =>
    siteToken({
      ...{ clientKey: 'client-1', sharedSecret: 'secret-1', appUrl: APP_URL, at: START },
      url: `${APP_URL}/panel`,
      method: 'POST',
    });
  const both = () => createRemoteApp(host.url, { descriptor: panelDescriptor() });

  test.each([
    [
      'a FIT on a route of Connect',
      'request',
      async () => forgeRequest(await fit()),
      'TOKEN_FORGE_REFUSED',
    ],
    [
      'a FIT as a token of Connect',
      'request',
      async () => forgeRequest(await fit(), { scheme: 'JWT' }),
      /^TOKEN_|^INSTALLATION_UNKNOWN/,
    ],
    [
      'a FIT in the URL of a page',
      ['request', 'context'],
      async () => forgeRequest('', { method: 'GET', path: `/panel?jwt=${await fit()}` }),
      /^TOKEN_|^INSTALLATION_UNKNOWN/,
    ],
    [
      'a token of Connect on a route of Forge',
      'forge',
      async () => forgeRequest(await connect(), { scheme: 'JWT' }),
      'TOKEN_FORGE_EXPECTED',
    ],
    [
      'a token of Connect as Bearer',
      'forge',
      async () => forgeRequest(await connect()),
      'TOKEN_ALGORITHM_UNEXPECTED',
    ],
    [
      'a FIT and a token of Connect at once',
      ['request', 'forge'],
      async () => forgeRequest(await fit(), { path: `/panel?jwt=${await connect()}` }),
      'TOKEN_AMBIGUOUS',
    ],
    ['no token', ['request', 'forge'], async () => forgeRequest(''), 'TOKEN_MISSING'],
    ['no token on a route of Forge', 'forge', async () => forgeRequest(''), 'TOKEN_MISSING'],
    [
      'a FIT on a route for both',
      ['request', 'context', 'forge'],
      async () => forgeRequest(await fit()),
      'let in',
    ],
  ] as const)('%s', async (_name, accept, request, code) => {
    const { app } = both();
    expect(await codeOf(app.authenticate(await request(), { accept }))).toMatch(code);
  });

  test('a token of Connect that names a record of Forge as its issuer is of nobody', async () => {
    const { app, store } = both();
    await app.authenticate(forgeRequest(await fit()), { accept: 'forge' });
    const [record] = await store.list();
    const token = await siteToken({
      ...{ clientKey: String(record?.clientKey), sharedSecret: String(record?.sharedSecret) },
      ...{ appUrl: APP_URL, at: START, url: `${APP_URL}/panel`, method: 'POST' },
    });
    expect(await codeOf(app.authenticate(forgeRequest(token, { scheme: 'JWT' })))).toBe(
      'INSTALLATION_UNKNOWN',
    );
  });

  test('a route that no host of the app can reach is a mistake of its author', async () => {
    const { app } = createRemoteApp(host.url);
    expect(await codeOf(app.authenticate(forgeRequest(await fit())))).toBe('CONFIG_OPTION_INVALID');
  });
});

describe('the token of a user, exchanged between two requests', () => {
  test('changes nothing of who called: the FIT alone says that', async () => {
    const { app, store } = createRemoteApp(host.url);
    const call = async (principal: string, user: string) =>
      app.authenticate(
        forgeRequest(await fit({ principal, context: { cloudId: CLOUD_ID } }), {
          headers: { 'x-forge-oauth-user': user },
        }),
        { accept: 'forge' },
      );
    const alice = await call('alice', 'token-of-bob');
    const bob = await call('bob', 'token-of-alice');
    expect([alice.accountId, bob.accountId]).toEqual(['alice', 'bob']);
    // What came with one call is used for that call alone: it is kept under nobody's name.
    const kept = await store.settings?.list({ clientKey: alice.installation.clientKey });
    expect(kept?.map(({ name }) => name)).toEqual([]);
  });
});

describe('a flood of tokens', () => {
  test('of unknown keys asks the key host once, in parallel and one after the other', async () => {
    const own = await startKeySetHost();
    const { app } = createRemoteApp(own.url);
    const flood = (name: string) =>
      Promise.all(
        Array.from({ length: 50 }, async (_, n) =>
          codeOf(
            app.authenticate(forgeRequest(await fit({ header: { kid: `${name}-${n}` } })), {
              accept: 'forge',
            }),
          ),
        ),
      );
    expect(new Set([...(await flood('a')), ...(await flood('b'))])).toEqual(
      new Set(['TOKEN_KEY_UNKNOWN']),
    );
    expect(await codeOf(app.authenticate(forgeRequest(await fit()), { accept: 'forge' }))).toBe(
      'let in',
    );
    expect(own.requests).toHaveLength(1);
    await own.close();
  });

  test('while the key host is down is answered with 503, lets nobody in, and asks it rarely', async () => {
    const own = await startKeySetHost();
    own.answer = (_request, response) => response.writeHead(500).end();
    const { app } = createRemoteApp(own.url);
    for (let n = 0; n < 20; n++) {
      const request = forgeRequest(await fit());
      const error = await app.authenticate(request, { accept: 'forge' }).catch((one) => one);
      expect(error.code).toBe('KEY_SOURCE_UNAVAILABLE');
      expect(app.refuse(error, request).status).toBe(503);
    }
    expect(own.requests).toHaveLength(1);
    await own.close();
  });

  test('with labels of Isolated Clouds that nobody has does not keep out one that is known', async () => {
    const own = await startKeySetHost();
    own.answer = (request, response) => {
      if (request.url === '/acme/jwks.json') return publishKeySet(request, response);
      response.writeHead(404).end();
    };
    const { app } = createRemoteApp(own.url, {
      forge: {
        appId: APP_ID,
        keySetUrl: own.url,
        isolatedCloudKeySetUrl: `${own.origin}/{icLabel}/jwks.json`,
      },
    });
    const call = async (icLabel: string) =>
      codeOf(
        app.authenticate(forgeRequest(await fit({ claims: { icLabel } })), { accept: 'forge' }),
      );
    expect(await call('acme')).toBe('let in');
    for (let n = 0; n < 120; n++) expect(await call(`nobody-${n}`)).toBe('KEY_SOURCE_UNAVAILABLE');
    expect(await call('acme')).toBe('let in');
    // The key set of the configuration, which nobody needed until now.
    own.answer = publishKeySet;
    expect(await codeOf(app.authenticate(forgeRequest(await fit()), { accept: 'forge' }))).toBe(
      'let in',
    );
    expect(own.requests.filter((path) => path === '/acme/jwks.json')).toHaveLength(1);
    // Nor does it make this app a source of requests.
    expect(own.requests.length).toBeLessThanOrEqual(21);
    await own.close();
  });
});

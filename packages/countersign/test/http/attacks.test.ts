/**
 * Attacks on an app, each against the real server of every framework: what was published of frameworks for Connect, and
 * what follows from it. All are refused; the log has the reason, and the reply has none.
 *
 * Forged tokens are signed with jose, so that nothing of this project judges itself.
 */
import { createHash, createSecretKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import { CompactSign } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createToken } from '../../src/jwt/jwt.ts';
import {
  APP_KEY,
  HOST,
  type HttpAnswer,
  type Served,
  serve,
} from '../../src/testing/adapter/served.ts';
import { type TestSite, testSite } from '../../src/testing/index.ts';
import { servers } from './servers.ts';

const adapters = Object.entries(servers);
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** What an attacker has: another site with the app, and one that uninstalled it. */
interface Scene extends Served {
  readonly agent: Agent;
  readonly goneSite: TestSite;
  readonly publicPem: string;
  close(): Promise<void>;
}

interface Attack {
  readonly name: string;
  readonly run: (scene: Scene) => Promise<HttpAnswer>;
  /** One of them in the log. */
  readonly code: string | readonly string[];
  readonly status?: number;
}

const scenes = new Map<string, Scene>();

beforeAll(async () => {
  for (const [name, adapter] of adapters) {
    const served = await serve(adapter);
    const { store, site } = served;
    const goneSite = testSite({
      ...{ appKey: APP_KEY, appUrl: HOST, now: () => served.clock.time },
      // Two installations may share a secret.
      sharedSecret: site.sharedSecret,
    });
    await store.put(goneSite.record({ status: 'uninstalled' }));
    const keys = await site.serveKeys();
    const { kid } = JSON.parse(
      Buffer.from(
        tokenOf(site.callback('installed')).split('.')[0] as string,
        'base64url',
      ).toString(),
    );
    const publicPem = await (await fetch(`${keys.url}/${kid}`)).text();
    await keys.close();
    const agent = new Agent({ keepAlive: true });
    scenes.set(name, { ...served, agent, goneSite, publicPem });
  }
});

afterAll(async () => {
  for (const { agent, close } of scenes.values()) {
    agent.destroy();
    await close();
  }
});

function tokenOf(callback: Request): string {
  return (callback.headers.get('authorization') ?? '').replace('JWT ', '');
}

function qshOf(canonical: string): string {
  return createHash('sha256').update(canonical).digest('hex');
}

/** A token with any header, signed by any key. */
async function forged(
  { clock }: Scene,
  claims: Record<string, unknown>,
  header: Record<string, unknown> & { alg: string },
  key: string | typeof stranger.privateKey,
): Promise<string> {
  const iat = Math.floor(clock.time / 1000);
  const payload = { iat, exp: iat + 900, qsh: qshOf('GET&/panel&'), ...claims };
  return new CompactSign(Buffer.from(JSON.stringify(payload)))
    .setProtectedHeader({ typ: 'JWT', ...header })
    .sign(typeof key === 'string' ? createSecretKey(Buffer.from(key)) : key);
}

/** A token with a signature of any text. */
function unsigned(
  { clock, site }: Scene,
  header: Record<string, unknown>,
  signature = '',
  qsh = qshOf('GET&/panel&'),
): string {
  const iat = Math.floor(clock.time / 1000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { iss: site.clientKey, iat, exp: iat + 900, qsh };
  return `${part({ typ: 'JWT', ...header })}.${part(claims)}.${signature}`;
}

const panel = (scene: Scene, token: string, path = '/panel') =>
  scene.sendToken('GET', path, token, { agent: scene.agent });

/** A callback with another token, or none. */
function callback(
  scene: Scene,
  event: 'installed' | 'uninstalled' | 'enabled' | 'disabled',
  token: string | undefined,
  change: Record<string, unknown> = {},
): Promise<HttpAnswer> {
  const { site } = scene;
  const body = {
    ...{ key: APP_KEY, clientKey: site.clientKey, sharedSecret: 'attacker-secret' },
    ...{ baseUrl: site.siteUrl, productType: 'jira', eventType: event, ...change },
  };
  return scene.send('POST', `/${event}`, {
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `JWT ${token}` }),
    },
    body: JSON.stringify(body),
    agent: scene.agent,
  });
}

const hs256Callback = (scene: Scene, event: string, claims: Record<string, unknown> = {}) =>
  scene.site.requestToken({ method: 'POST', url: `/${event}`, claims: { aud: [HOST], ...claims } });

/** installed as Atlassian signs it, with claims that it would not sign. */
const installed = (name: string, claims: Record<string, unknown>, code: string): Attack => ({
  name,
  code,
  run: (scene) =>
    callback(scene, 'installed', tokenOf(scene.site.callback('installed', { claims }))),
});

const installedBy = (name: string, header: Record<string, unknown>, code: string): Attack => ({
  name,
  code,
  run: (scene) =>
    callback(scene, 'installed', tokenOf(scene.site.callback('installed', { header }))),
});

/** Lifecycle: what takes an installation over. */
const onLifecycle: readonly Attack[] = [
  {
    name: 'an install without a token: open until signed-install (2021), and again in mattermost-plugin-jira (2026)',
    code: 'TOKEN_MISSING',
    run: (scene) => callback(scene, 'installed', undefined),
  },
  {
    name: 'an uninstall without a token',
    code: 'TOKEN_MISSING',
    run: (scene) => callback(scene, 'uninstalled', undefined),
  },
  ...(['enabled', 'disabled'] as const).map((event) => ({
    name: `${event} without a token, about a site by its clientKey: github-for-jira`,
    code: 'TOKEN_MISSING',
    run: (scene: Scene) => callback(scene, event, undefined),
  })),
  {
    name: 'an install with alg none',
    code: 'TOKEN_UNSIGNED',
    run: (scene) =>
      callback(scene, 'installed', unsigned(scene, { alg: 'none' }, '', qshOf('POST&/installed&'))),
  },
  ...(['installed', 'uninstalled'] as const).map((event) => ({
    name: `${event} signed with the sharedSecret by HS256`,
    code: 'TOKEN_ALGORITHM_UNEXPECTED',
    run: (scene: Scene) => callback(scene, event, hs256Callback(scene, event)),
  })),
  ...(['installed', 'uninstalled'] as const).map((event) => ({
    name: `a context token on ${event}: CVE-2021-26073, CVE-2021-26074, CVE-2021-26077`,
    code: 'TOKEN_ALGORITHM_UNEXPECTED',
    run: (scene: Scene) => callback(scene, event, scene.site.contextToken()),
  })),
  ...(['enabled', 'disabled'] as const).map((event) => ({
    name: `a context token on ${event}: atlassian-connect-example-app-node`,
    code: 'TOKEN_CONTEXT_REFUSED',
    run: (scene: Scene) => callback(scene, event, scene.site.contextToken()),
  })),
  {
    name: 'an install that Atlassian signed for another site: github-for-jira compares no iss',
    code: 'TOKEN_ISSUER_MISMATCH',
    run: (scene) => callback(scene, 'installed', tokenOf(scene.otherSite.callback('installed'))),
  },
  {
    name: 'an uninstall that Atlassian signed for another site',
    code: 'TOKEN_ISSUER_MISMATCH',
    run: (scene) =>
      callback(scene, 'uninstalled', tokenOf(scene.otherSite.callback('uninstalled'))),
  },
  {
    name: 'disabled of one site with the body of another: atlassian-connect-example-app-node',
    code: 'TOKEN_ISSUER_MISMATCH',
    run: (scene) => callback(scene, 'disabled', tokenOf(scene.otherSite.callback('disabled'))),
  },
  {
    name: 'an install of another app, sent on to this one',
    code: 'INSTALLATION_PAYLOAD_INVALID',
    status: 400,
    run: (scene) =>
      callback(scene, 'installed', tokenOf(scene.site.callback('installed')), { key: 'other-app' }),
  },
  {
    name: 'an install whose body names a site of the attacker',
    code: 'INSTALLATION_SITE_REFUSED',
    run: (scene) =>
      callback(scene, 'installed', tokenOf(scene.site.callback('installed')), {
        baseUrl: 'https://example.atlassian.net.evil.example',
      }),
  },
  installed(
    'an audience that only contains the URL: the example app compares by substring',
    { aud: [`${HOST}.evil.example`] },
    'TOKEN_AUDIENCE_MISMATCH',
  ),
  installed(
    'an audience that the URL only begins',
    { aud: [`${HOST}/other`] },
    'TOKEN_AUDIENCE_MISMATCH',
  ),
  installed(
    'an audience of another app',
    { aud: ['https://other.example.com'] },
    'TOKEN_AUDIENCE_MISMATCH',
  ),
  installed('no audience', { aud: undefined }, 'TOKEN_AUDIENCE_MISMATCH'),
  installed(
    'an install that never ends: atlassian-connect-express',
    { exp: undefined },
    'TOKEN_EXP_MISSING',
  ),
  installed('an install that has ended', { exp: 1_600_000_000 }, 'TOKEN_EXPIRED'),
  installed('an install that is bound to nothing', { qsh: undefined }, 'TOKEN_QSH_MISSING'),
  installed('an install with context-qsh', { qsh: 'context-qsh' }, 'TOKEN_CONTEXT_REFUSED'),
  installed(
    'an install with the hash of a session token',
    { qsh: 'countersign-session' },
    'TOKEN_QSH_MISMATCH',
  ),
  installed(
    'the token of an uninstall on installed',
    { qsh: qshOf('POST&/uninstalled&') },
    'TOKEN_QSH_MISMATCH',
  ),
  installedBy('a kid that climbs', { kid: '../evil' }, 'TOKEN_KEY_ID_INVALID'),
  installedBy(
    'a kid that is a URL: the key providers of atlassian-connect-auth',
    { kid: 'https://evil.example/key' },
    'TOKEN_KEY_ID_INVALID',
  ),
  installedBy('a kid with a query', { kid: 'a?b' }, 'TOKEN_KEY_ID_INVALID'),
  installedBy('a kid that is empty: connect-go', { kid: '' }, 'TOKEN_KEY_ID_INVALID'),
  installedBy('no kid', { kid: undefined }, 'TOKEN_KEY_ID_INVALID'),
  installedBy(
    'a kid that the key host answers with a page of error: atlassian-connect-express',
    { kid: '00000000-0000-0000-0000-000000000000' },
    'TOKEN_KEY_UNKNOWN',
  ),
  {
    name: 'a token that brings its own key',
    code: 'TOKEN_SIGNATURE_INVALID',
    run: (scene) =>
      callback(
        scene,
        'installed',
        tokenOf(
          scene.site.callback('installed', {
            privateKey: stranger.privateKey,
            header: {
              jwk: stranger.publicKey.export({ format: 'jwk' }),
              jku: 'https://evil.example/jwks',
              x5u: 'https://evil.example/x5u',
            },
          }),
        ),
      ),
  },
  {
    name: "the key host's public key as the secret of HS256: connect-go",
    code: 'TOKEN_ALGORITHM_UNEXPECTED',
    run: async (scene) => {
      const claims = { iss: scene.site.clientKey, aud: [HOST], qsh: qshOf('POST&/installed&') };
      const kid = scene.site.callback('installed').headers.get('authorization') ?? '';
      const { kid: id } = JSON.parse(
        Buffer.from(kid.slice(4).split('.')[0] as string, 'base64url').toString(),
      );
      return callback(
        scene,
        'installed',
        await forged(scene, claims, { alg: 'HS256', kid: id }, scene.publicPem),
      );
    },
  },
  {
    name: 'an HMAC with the public key that calls itself RS256',
    code: 'TOKEN_SIGNATURE_INVALID',
    run: (scene) => {
      const [header, claims] = tokenOf(scene.site.callback('installed')).split('.');
      const input = `${header}.${claims}`;
      const signature = createHash('sha256')
        .update(`${scene.publicPem}${input}`)
        .digest('base64url');
      return callback(scene, 'installed', `${input}.${signature}`);
    },
  },
  {
    name: 'a callback that was taken once, with another body',
    code: 'TOKEN_REPLAYED',
    run: async (scene) => {
      const { otherSite } = scene;
      scene.clock.time += 1000;
      const first = otherSite.callback('enabled');
      const body = { clientKey: otherSite.clientKey, more: 'x' };
      expect((await scene.deliver(first.clone())).status).toBe(204);
      return callback(scene, 'enabled', tokenOf(first), body);
    },
  },
];

const claimed = (
  name: string,
  claims: Record<string, unknown>,
  code: string | readonly string[],
): Attack => ({
  name,
  code,
  run: (scene) => panel(scene, scene.site.requestToken({ url: '/panel', claims })),
});

/** Pages: who somebody says to be. */
const onTokens: readonly Attack[] = [
  ...['none', 'None', 'NONE', 'nOnE', ''].map((alg) => ({
    name: `alg '${alg}'`,
    code: ['TOKEN_UNSIGNED', 'TOKEN_ALGORITHM_UNEXPECTED', 'TOKEN_MALFORMED'],
    run: (scene: Scene) => panel(scene, unsigned(scene, { alg })),
  })),
  {
    name: 'alg none with a signature',
    code: 'TOKEN_UNSIGNED',
    run: (scene) => panel(scene, unsigned(scene, { alg: 'none' }, 'c2lnbmF0dXJl')),
  },
  {
    name: 'no signature: breart/core never looked at it',
    code: ['TOKEN_MALFORMED', 'TOKEN_SIGNATURE_INVALID'],
    run: (scene) => panel(scene, unsigned(scene, { alg: 'HS256' })),
  },
  ...['HS384', 'HS512'].map((alg) => ({
    name: `${alg} with the right secret: the header must not choose`,
    code: 'TOKEN_ALGORITHM_UNEXPECTED',
    run: async (scene: Scene) => {
      const claims = { iss: scene.site.clientKey };
      const secret = scene.site.sharedSecret.repeat(2);
      return panel(scene, await forged(scene, claims, { alg }, secret));
    },
  })),
  {
    name: 'RS256 by a key of the attacker, on a page: GitHub-for-Jira takes the alg of the header',
    code: 'TOKEN_ALGORITHM_UNEXPECTED',
    run: async (scene) => {
      const claims = { iss: scene.site.clientKey };
      return panel(scene, await forged(scene, claims, { alg: 'RS256' }, stranger.privateKey));
    },
  },
  {
    name: 'the token of an install on a page',
    code: 'TOKEN_ALGORITHM_UNEXPECTED',
    run: (scene) =>
      panel(
        scene,
        tokenOf(scene.site.callback('installed', { claims: { qsh: qshOf('GET&/panel&') } })),
      ),
  },
  {
    name: 'claims that were changed after the signature',
    code: 'TOKEN_SIGNATURE_INVALID',
    run: (scene) => {
      const token = scene.site.requestToken({ url: '/panel', accountId: 'account-1' });
      const [header, claims = '', signature] = token.split('.');
      const changed = Buffer.from(claims, 'base64url').toString().replace('account-1', 'account-2');
      return panel(scene, `${header}.${Buffer.from(changed).toString('base64url')}.${signature}`);
    },
  },
  {
    name: 'another spelling of the same signature',
    code: ['TOKEN_SIGNATURE_INVALID', 'TOKEN_MALFORMED'],
    run: (scene) => {
      const token = scene.site.requestToken({ url: '/panel' });
      const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
      const last = letters.indexOf(token.at(-1) as string);
      return panel(scene, token.slice(0, -1) + letters[last + 1 - 2 * (last % 2)]);
    },
  },
  {
    name: 'a signature with padding',
    code: ['TOKEN_SIGNATURE_INVALID', 'TOKEN_MALFORMED'],
    run: (scene) => panel(scene, `${scene.site.requestToken({ url: '/panel' })}=`),
  },
  claimed('a token that never ends', { exp: undefined }, 'TOKEN_EXP_MISSING'),
  claimed('an end that is text', { exp: '9999999999' }, 'TOKEN_CLAIM_INVALID'),
  claimed('an end that is no number', { exp: null }, ['TOKEN_CLAIM_INVALID', 'TOKEN_EXP_MISSING']),
  claimed('no time of issue', { iat: undefined }, 'TOKEN_IAT_MISSING'),
  claimed('a replay after the end', { exp: 1_760_000_000, iat: 1_759_999_820 }, 'TOKEN_EXPIRED'),
  claimed('a token for later', { nbf: 9_999_999_999 }, 'TOKEN_NOT_YET_VALID'),
  claimed(
    'a token that is bound to nothing: toolsplus/atlassian-connect-play, atlassian-connect-express',
    { qsh: undefined },
    'TOKEN_QSH_MISSING',
  ),
  claimed('an empty hash', { qsh: '' }, [
    'TOKEN_QSH_MISMATCH',
    'TOKEN_QSH_MISSING',
    'TOKEN_CLAIM_INVALID',
  ]),
  claimed('a hash that is a list', { qsh: [qshOf('GET&/panel&')] }, 'TOKEN_CLAIM_INVALID'),
  claimed('a hash in capitals', { qsh: qshOf('GET&/panel&').toUpperCase() }, 'TOKEN_QSH_MISMATCH'),
  claimed(
    'context-qsh on a page: open to any endpoint before context-qsh (2021), and in the example app',
    { qsh: 'context-qsh' },
    'TOKEN_CONTEXT_REFUSED',
  ),
  claimed('CONTEXT-QSH', { qsh: 'CONTEXT-QSH' }, 'TOKEN_QSH_MISMATCH'),
  claimed('no issuer', { iss: undefined }, 'TOKEN_ISS_MISSING'),
  claimed('an issuer that is a list', { iss: ['a', 'b'] }, 'TOKEN_CLAIM_INVALID'),
  claimed('an issuer by the name of a prototype', { iss: '__proto__' }, 'INSTALLATION_UNKNOWN'),
  claimed('an issuer that nobody knows', { iss: 'nobody' }, 'INSTALLATION_UNKNOWN'),
  {
    name: 'a token of another installation, which signs with its own secret',
    code: 'TOKEN_SIGNATURE_INVALID',
    run: (scene) => {
      const claims = { iss: scene.site.clientKey };
      return panel(scene, scene.otherSite.requestToken({ url: '/panel', claims }));
    },
  },
  {
    name: 'a token of an installation that is uninstalled and shares its secret with another',
    code: 'INSTALLATION_UNINSTALLED',
    run: (scene) => panel(scene, scene.goneSite.requestToken({ url: '/panel' })),
  },
  {
    name: 'a token that the app made for Jira, sent back',
    code: 'INSTALLATION_UNKNOWN',
    run: (scene) => {
      const { sharedSecret } = scene.site;
      const url = `${HOST}/panel`;
      const now = () => scene.clock.time;
      return panel(scene, createToken({ issuer: APP_KEY, sharedSecret, method: 'GET', url, now }));
    },
  },
  {
    name: 'a request token on a route for context tokens',
    code: 'TOKEN_REQUEST_REFUSED',
    run: (scene) => panel(scene, scene.site.requestToken({ url: '/save' }), '/save'),
  },
  {
    name: 'a Forge token on a route of Connect',
    code: 'TOKEN_SCHEME_UNEXPECTED',
    run: async (scene) => {
      const claims = { iss: 'forge/invocation-token', aud: APP_KEY };
      const token = await forged(scene, claims, { alg: 'RS256', kid: 'k' }, stranger.privateKey);
      const headers = { authorization: `Bearer ${token}` };
      return scene.send('GET', '/panel', { headers, agent: scene.agent });
    },
  },
];

const session = (
  name: string,
  claims: (scene: Scene) => Record<string, unknown>,
  code: string | readonly string[],
): Attack => ({
  name,
  code,
  run: async (scene) => {
    const { site, clock } = scene;
    const iat = Math.floor(clock.time / 1000);
    const usual = { iss: APP_KEY, aud: [site.clientKey], sessionEndsAt: iat + 3600 };
    const all = { qsh: 'countersign-session', ...usual, ...claims(scene) };
    const token = await forged(scene, all, { alg: 'HS256' }, site.sharedSecret);
    return panel(scene, token, '/session');
  },
});

/** Session tokens, which the app makes itself. */
const onSessions: readonly Attack[] = [
  session(
    'a session of another app on the same site',
    () => ({ iss: 'other-app' }),
    'TOKEN_ISSUER_MISMATCH',
  ),
  session(
    'a session that names another installation',
    ({ otherSite }) => ({ aud: [otherSite.clientKey] }),
    'TOKEN_SIGNATURE_INVALID',
  ),
  session(
    'a session that names two installations',
    ({ site, otherSite }) => ({ aud: [site.clientKey, otherSite.clientKey] }),
    'TOKEN_AUDIENCE_MISMATCH',
  ),
  session('a session of nobody', () => ({ aud: undefined }), 'TOKEN_AUDIENCE_MISMATCH'),
  session(
    'a session of an installation that is uninstalled',
    ({ goneSite }) => ({ aud: [goneSite.clientKey] }),
    'INSTALLATION_UNINSTALLED',
  ),
  session(
    'a session that the site claims to have made',
    ({ site }) => ({ iss: site.clientKey }),
    'TOKEN_ISSUER_MISMATCH',
  ),
  session(
    'a session without its end: atlassian-connect-express renews for ever',
    () => ({ sessionEndsAt: undefined }),
    'TOKEN_CLAIM_INVALID',
  ),
  session(
    'a session after its end',
    ({ clock }) => ({ sessionEndsAt: Math.floor(clock.time / 1000) - 60 }),
    ['TOKEN_SESSION_ENDED', 'TOKEN_CLAIM_INVALID'],
  ),
  {
    name: 'a session token as the token of a page',
    code: 'TOKEN_SESSION_REFUSED',
    run: async (scene) => {
      const token = scene.site.contextToken();
      const { body } = await panel(scene, token, '/either');
      return panel(scene, JSON.parse(body).sessionToken);
    },
  },
  {
    name: 'a session token on a callback',
    code: ['TOKEN_SESSION_REFUSED', 'INSTALLATION_UNKNOWN'],
    run: async (scene) => {
      const { body } = await panel(scene, scene.site.contextToken(), '/either');
      return callback(scene, 'disabled', JSON.parse(body).sessionToken);
    },
  },
  {
    name: 'a context token on a route for sessions',
    code: ['TOKEN_CONTEXT_REFUSED', 'TOKEN_REQUEST_REFUSED'],
    run: (scene) => panel(scene, scene.site.contextToken(), '/session'),
  },
];

const query = (
  name: string,
  make: (good: string, other: string) => string,
  code: string | readonly string[] = 'TOKEN_AMBIGUOUS',
): Attack => ({
  name,
  code,
  run: (scene) => {
    const good = scene.site.requestToken({ url: '/panel', accountId: 'account-1' });
    const other = scene.site.requestToken({ url: '/panel', accountId: 'account-2' });
    return scene.send('GET', `/panel?${make(good, other)}`, { agent: scene.agent });
  },
});

const twoHeaders = (
  name: string,
  headers: (good: string, other: string) => readonly string[],
): Attack => ({
  name,
  code: ['TOKEN_MALFORMED', 'TOKEN_SIGNATURE_INVALID', 'TOKEN_SCHEME_UNEXPECTED'],
  run: (scene) => {
    const good = scene.site.requestToken({ url: '/panel', accountId: 'account-1' });
    const other = scene.site.requestToken({ url: '/panel', accountId: 'account-2' });
    const authorization = headers(good, other);
    return scene.send('GET', '/panel', { headers: { authorization }, agent: scene.agent });
  },
});

/** Places: which of two tokens is believed. */
const onPlaces: readonly Attack[] = [
  query('jwt twice', (good) => `jwt=${good}&jwt=${good}`),
  query('jwt twice, for two users', (good, other) => `jwt=${good}&jwt=${other}`),
  query('jwt twice, the second with an escape', (good, other) => `jwt=${good}&%6awt=${other}`),
  query('jwt twice, the first with an escape', (good, other) => `j%77t=${other}&jwt=${good}`),
  query('jwt twice, the second empty', (good) => `jwt=${good}&jwt=`),
  query('jwt twice, the second without a value', (good) => `jwt=${good}&jwt`),
  query('jwt as a list', (good) => `jwt[]=${good}`, 'TOKEN_MISSING'),
  query('JWT in capitals', (good) => `JWT=${good}`, 'TOKEN_MISSING'),
  query('jwt with an escape alone', (good) => `%6Awt=${good}`, [
    'TOKEN_MISSING',
    'TOKEN_AMBIGUOUS',
  ]),
  {
    name: 'header and query disagree',
    code: 'TOKEN_AMBIGUOUS',
    run: (scene) => {
      const good = scene.site.requestToken({ url: '/panel', accountId: 'account-1' });
      const other = scene.site.requestToken({ url: '/panel', accountId: 'account-2' });
      return panel(scene, good, `/panel?jwt=${other}`);
    },
  },
  twoHeaders('two headers', (good, other) => [`JWT ${good}`, `JWT ${other}`]),
  twoHeaders('two headers, the second of another scheme', (good) => [`JWT ${good}`, 'Basic eDp5']),
  twoHeaders('two headers, the first of another scheme', (good) => ['Basic eDp5', `JWT ${good}`]),
  twoHeaders('two tokens in one header', (good, other) => [`JWT ${good}, JWT ${other}`]),
  twoHeaders('a token behind a comma', (good) => [`JWT x,${good}`]),
  {
    name: 'a token in a cookie',
    code: 'TOKEN_MISSING',
    run: (scene) => {
      const cookie = `jwt=${scene.site.requestToken({ url: '/panel' })}`;
      return scene.send('GET', '/panel', { headers: { cookie }, agent: scene.agent });
    },
  },
  {
    name: 'a token in a header of its own',
    code: 'TOKEN_MISSING',
    run: (scene) => {
      const token = scene.site.requestToken({ url: '/panel' });
      const headers = {
        jwt: token,
        'x-jwt': token,
        'x-acpt': token,
        'x-authorization': `JWT ${token}`,
      };
      return scene.send('GET', '/panel', { headers, agent: scene.agent });
    },
  },
];

/** A token for one request on another. A server may also not know the path at all. */
const moved = (
  name: string,
  made: { url?: string; method?: string; canonical?: string },
  sent: { method?: string; path: string; headers?: Record<string, string> },
): Attack => ({
  name,
  code: 'TOKEN_QSH_MISMATCH',
  run: (scene) => {
    const { url = '/files/x', method = 'GET', canonical } = made;
    const claims = canonical === undefined ? {} : { qsh: qshOf(canonical) };
    const token = scene.site.requestToken({ method, url, claims });
    return scene.sendToken(sent.method ?? 'GET', sent.path, token, {
      agent: scene.agent,
      ...(sent.headers === undefined ? {} : { headers: sent.headers }),
    });
  },
});

/** Requests: what a token is bound to. */
const onRequests: readonly Attack[] = [
  moved('the token of another route', { url: '/files/x' }, { path: '/panel' }),
  moved('two slashes', { url: '/panel' }, { path: '//panel' }),
  moved('two slashes before another host', { url: '/panel' }, { path: '//evil.example/panel' }),
  moved('up from a route that one may call', { url: '/files/x' }, { path: '/files/../panel' }),
  moved(
    'up, signed as it is sent',
    { canonical: 'GET&/files/../panel&' },
    { path: '/files/../panel' },
  ),
  moved('up with escapes', { url: '/files/x' }, { path: '/files/%2e%2e/panel' }),
  moved(
    'up with escapes, signed as Jira hashes it',
    { canonical: 'GET&/files/../panel&' },
    { path: '/files/%2e%2e/panel' },
  ),
  moved(
    'an encoded slash, signed as Jira hashes it',
    { canonical: 'GET&/files/../panel&' },
    { path: '/files/..%2Fpanel' },
  ),
  moved(
    'an encoded slash that makes one segment of two',
    { canonical: 'GET&/files/a/b&' },
    { path: '/files/a%2Fb' },
  ),
  moved(
    'an encoded backslash',
    { canonical: 'GET&/files/..\\panel&' },
    { path: '/files/..%5Cpanel' },
  ),
  moved('escapes twice', { canonical: 'GET&/files/a/b&' }, { path: '/files/a%252Fb' }),
  moved('another case of the path', { url: '/panel' }, { path: '/PANEL' }),
  moved('a parameter of the path', { url: '/panel' }, { path: '/panel;x=1' }),
  moved('a null byte', { url: '/panel' }, { path: '/panel%00' }),
  moved('a question mark with an escape', { url: '/panel?x=1' }, { path: '/panel%3Fx=1' }),
  moved('a path before the one that was signed', { url: '/panel' }, { path: '/x/panel' }),
  moved('a path behind the one that was signed', { url: '/panel' }, { path: '/panel/x' }),
  moved('another query', { url: '/panel?issue=1' }, { path: '/panel?issue=2' }),
  moved('a query more', { url: '/panel' }, { path: '/panel?admin=true' }),
  moved(
    'a repeated parameter, the first signed',
    { url: '/panel?id=1' },
    { path: '/panel?id=1&id=2' },
  ),
  moved(
    'a repeated parameter, the last signed',
    { url: '/panel?id=2' },
    { path: '/panel?id=1&id=2' },
  ),
  moved(
    'two values for one with a comma',
    { url: '/panel?id=1%2C2' },
    { path: '/panel?id=1&id=2' },
  ),
  moved(
    'a parameter in the body of a GET that was signed',
    { url: '/panel?x=1' },
    { path: '/panel' },
  ),
  moved(
    'a separator in the path, which would begin the query',
    { canonical: 'GET&/panel&x=1&' },
    { path: '/panel?x=1&' },
  ),
  moved('another method', { method: 'POST', url: '/either' }, { path: '/either' }),
  moved(
    'another method by a header',
    { method: 'POST', url: '/either' },
    { path: '/either', headers: { 'x-http-method-override': 'POST' } },
  ),
  ...[
    'x-original-url',
    'x-rewrite-url',
    'x-forwarded-uri',
    'x-original-uri',
    'x-forwarded-path',
  ].map((header) =>
    moved(
      `another URL by ${header}`,
      { url: '/files/x' },
      { path: '/panel', headers: { [header]: '/files/x' } },
    ),
  ),
  moved(
    'a path by x-forwarded-prefix',
    { url: '/other/panel' },
    { path: '/panel', headers: { 'x-forwarded-prefix': '/other' } },
  ),
];

const host = (name: string, value: string, extra: Record<string, string> = {}): Attack => ({
  name,
  code: 'TOKEN_QSH_MISMATCH',
  run: (scene) =>
    scene.sendToken('GET', '/panel', scene.site.requestToken({ url: '/files/x' }), {
      headers: { host: value, ...extra },
      agent: scene.agent,
    }),
});

/** Hosts: nothing of the host counts, and nothing of it may move the path. */
const onHosts: readonly Attack[] = [
  host('a host with the path that was signed', 'panel.example.com/files/x?'),
  host('a host with the path that was signed and a fragment', 'panel.example.com/files/x#'),
  host('a host behind a user', 'panel.example.com@evil.example'),
  host('a host of the attacker', 'evil.example'),
  host('a forwarded host of the attacker', 'panel.example.com', {
    'x-forwarded-host': 'evil.example',
    forwarded: 'host=evil.example;proto=http',
  }),
  {
    name: 'a target with the host of the attacker',
    code: 'TOKEN_QSH_MISMATCH',
    run: (scene) =>
      scene.sendToken(
        'GET',
        'http://evil.example/panel',
        scene.site.requestToken({ url: '/files/x' }),
        {
          headers: { host: 'evil.example' },
          agent: scene.agent,
        },
      ),
  },
];

const attacks = {
  lifecycle: onLifecycle,
  tokens: onTokens,
  sessions: onSessions,
  places: onPlaces,
  requests: onRequests,
  hosts: onHosts,
};

/** Headers of an answer that say something of the app. */
const HEADERS = new Set(['content-type', 'cache-control', 'www-authenticate', 'content-length']);
const OF_SERVERS = new Set([
  'date',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'x-powered-by',
]);
/** A server that does not know the path, or that takes it for none. */
const NOT_FOUND = [400, 404];
const mayBeUnknown = new Set<readonly Attack[]>([onRequests, onHosts]);

describe.each(adapters.map(([name]) => name))('%s refuses', (adapter) => {
  for (const [group, rows] of Object.entries(attacks)) {
    describe(group, () => {
      test.each(rows)('$name', async ({ run, code, status = 401 }) => {
        const scene = scenes.get(adapter) as Scene;
        const { site, otherSite, codes } = scene;
        const before = codes.length;
        const records = [await scene.store.get(site.clientKey)];
        const answer = await run(scene);
        const logged = codes.slice(before);
        if (mayBeUnknown.has(rows) && NOT_FOUND.includes(answer.status)) {
          expect(answer.body).not.toContain('clientKey');
          expect(logged).toEqual([]);
        } else {
          const error = status === 400 ? 'bad_request' : 'unauthorized';
          expect(answer).toMatchObject({ status, body: `{"error":"${error}"}` });
          expect(logged).toHaveLength(1);
          expect([code].flat()).toContain(logged[0]);
          const told = Object.keys(answer.headers).filter((name) => !OF_SERVERS.has(name));
          expect(told.filter((name) => !HEADERS.has(name))).toEqual([]);
        }
        const text = JSON.stringify(answer);
        for (const { clientKey, sharedSecret } of [site, otherSite]) {
          expect(text).not.toContain(clientKey);
          expect(text).not.toContain(sharedSecret);
        }
        expect([await scene.store.get(site.clientKey)]).toEqual(records);
      });
    });
  }

  test('nobody else: both sites are served as before', async () => {
    const scene = scenes.get(adapter) as Scene;
    for (const site of [scene.site, scene.otherSite]) {
      const accountId = randomUUID();
      const answer = await panel(scene, site.requestToken({ url: '/panel', accountId }));
      expect(answer.status).toBe(200);
      expect(JSON.parse(answer.body)).toMatchObject({ clientKey: site.clientKey, accountId });
    }
  });
});

test('the table has what was published, and the tricks that follow from it', () => {
  const names = Object.values(attacks).flatMap((rows) => rows.map(({ name }) => name));
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThan(100);
});

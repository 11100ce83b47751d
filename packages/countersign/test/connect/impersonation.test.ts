import { createServer, type IncomingMessage } from 'node:http';
import { inspect } from 'node:util';
import { decodeSymmetric, SymmetricAlgorithm } from '@atlassian/atlassian-jwt';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { serverOfSite } from '../../src/connect/authorization-server.ts';
import {
  createImpersonation,
  type Impersonation,
  type ImpersonationOptions,
} from '../../src/connect/impersonation.ts';
import { isCountersignError, isJiraApiError } from '../../src/errors.ts';
import { diagnoseAnswer } from '../../src/jira/diagnose.ts';
import { explainToken } from '../../src/jwt/jwt.ts';
import { sampleRecord } from '../installations/sample-record.ts';
import { close, listen, unreachableUrl } from './atlassian-host.ts';

const SECRET = 'marked-secret-1';
const USER = '5b10ac8d82e05b22cc7d4ef5';
const record = sampleRecord({
  sharedSecret: SECRET,
  payload: { key: 'panel-app', oauthClientId: 'client-id-1' },
});

interface Asked {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingMessage['headers'];
  form: URLSearchParams;
}
interface Answer {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
}

let origin: string;
let asked: Asked[];
let answer: (form: URLSearchParams) => Answer | Promise<Answer>;
let time: number;
const now = () => time;

const server = createServer(async (request, response) => {
  const text = Buffer.concat(await request.toArray()).toString();
  const form = new URLSearchParams(text);
  asked.push({ method: request.method, url: request.url, headers: request.headers, form });
  const { status = 200, body, headers = {} } = await answer(form);
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
});
beforeAll(async () => {
  origin = await listen(server);
});
afterAll(() => close(server));
beforeEach(() => {
  asked = [];
  time = Date.parse('2026-11-24T09:30:00.500Z');
  answer = () => ({
    body: {
      access_token: `marked-token-${asked.length}`,
      expires_in: 900,
      token_type: 'Bearer',
    },
  });
});

function impersonation(change: Partial<ImpersonationOptions> = {}): Impersonation {
  return createImpersonation({ now, authorizationServerUrl: origin, ...change });
}

/** The claims of the first question, whose signature Atlassian's own library has checked. */
function claims(): Record<string, unknown> {
  const assertion = asked[0]?.form.get('assertion') ?? '';
  decodeSymmetric(assertion, SECRET, SymmetricAlgorithm.HS256);
  return JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString());
}

/** The error of a call; no rendering of it may show what is marked. */
async function errorOf(call: Promise<unknown>) {
  const error = await call.then(
    () => expect.fail('it was answered'),
    (caught: unknown) => caught,
  );
  if (!isCountersignError(error)) throw error;
  const diagnosis = JSON.stringify(isJiraApiError(error) ? error.diagnosis : undefined);
  const assertions = asked.flatMap(({ form }) => (form.get('assertion') ?? '').split('.').slice(1));
  for (const text of [inspect(error, { depth: 9 }), JSON.stringify(error), `${diagnosis}`]) {
    expect(text).not.toMatch(/marked-/);
    for (const part of assertions) expect(text).not.toContain(part);
  }
  return error;
}

async function refusalOf(call: Promise<unknown>) {
  const error = await errorOf(call);
  if (!isJiraApiError(error)) throw error;
  return error;
}

describe('what is asked', () => {
  test('is a form with an assertion for this user, this site and this server', async () => {
    await impersonation().credentials(record, USER);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({
      method: 'POST',
      url: '/oauth2/token',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
      },
    });
    expect([...(asked[0]?.form.keys() ?? [])]).toEqual(['grant_type', 'assertion']);
    expect(asked[0]?.form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
    expect(claims()).toEqual({
      iss: 'urn:atlassian:connect:clientid:client-id-1',
      sub: `urn:atlassian:connect:useraccountid:${USER}`,
      tnt: record.siteUrl,
      aud: origin,
      iat: Math.floor(time / 1000),
      exp: Math.floor(time / 1000) + 60,
    });
  });

  test('names scopes in capital letters, each once, with one space between them', async () => {
    await impersonation().credentials(record, USER, ['write', 'READ', 'Read']);
    expect(asked[0]?.form.get('scope')).toBe('READ WRITE');
  });

  test('goes to the server of Atlassian that belongs to the site', () => {
    expect(
      [
        'https://a.atlassian.net',
        'https://a.jira.com',
        'https://a.atlassian-us-gov-mod.net',
        'https://a.atlassian-us-gov-mod.com',
        'https://a.jira-dev.com',
        'https://a.atlassian-stg-fedm.net',
      ].map(serverOfSite),
    ).toEqual([
      'https://oauth-2-authorization-server.services.atlassian.com',
      'https://oauth-2-authorization-server.services.atlassian.com',
      'https://oauth-2-authorization-server.services.atlassian-us-gov-mod.com',
      'https://oauth-2-authorization-server.services.atlassian-us-gov-mod.com',
      'https://oauth-2-authorization-server.stg.services.atlassian.com',
      'https://oauth-2-authorization-server.stg.services.atlassian-us-gov-mod.com',
    ]);
  });

  test.each([
    'http://127.0.0.1:4400',
    'https://evil.example',
    'https://atlassian.net.evil.example',
    'https://evil-atlassian.net',
  ])('is not sent to a guessed server for %s', async (siteUrl) => {
    const sent: unknown[] = [];
    const { credentials } = createImpersonation({
      now,
      fetch: async (url) => {
        sent.push(url);
        return new Response();
      },
    });
    const error = await errorOf(credentials({ ...record, siteUrl }, USER));
    expect(error).toMatchObject({ code: 'CONFIG_OPTION_MISSING' });
    expect(sent).toEqual([]);
  });

  test('follows no redirect', async () => {
    answer = () => ({ status: 307, headers: { location: `${origin}/elsewhere` }, body: '' });
    expect(await refusalOf(impersonation().credentials(record, USER))).toMatchObject({
      code: 'JIRA_REDIRECTED',
    });
    expect(asked.map(({ url }) => url)).toEqual(['/oauth2/token']);
  });
});

describe('what a call is made with', () => {
  test('is the token, for the site itself', async () => {
    expect(await impersonation().credentials(record, USER)).toMatchObject({
      baseUrl: record.siteUrl,
      bearer: 'marked-token-1',
      kind: 'connect-user',
      clientKey: 'client-1',
    });
  });

  test('50 calls at once ask once', async () => {
    const { credentials } = impersonation();
    const all = await Promise.all(Array.from({ length: 50 }, () => credentials(record, USER)));
    expect(asked).toHaveLength(1);
    expect(new Set(all.map(({ bearer }) => bearer))).toEqual(new Set(['marked-token-1']));
  });

  test('is kept until a minute before it ends', async () => {
    const { credentials } = impersonation();
    await credentials(record, USER);
    time += 839_999;
    await credentials(record, USER);
    expect(asked).toHaveLength(1);
    time += 1;
    expect((await credentials(record, USER)).bearer).toBe('marked-token-2');
  });

  test('a short one is kept until the last tenth of its life', async () => {
    answer = () => ({ body: { access_token: `marked-token-${asked.length}`, expires_in: 60 } });
    const { credentials } = impersonation();
    await credentials(record, USER);
    time += 53_999;
    await credentials(record, USER);
    expect(asked).toHaveLength(1);
    time += 1;
    await credentials(record, USER);
    expect(asked).toHaveLength(2);
  });

  test.each([
    ['no lifetime', undefined, 840_000],
    ['a lifetime of years', 1e9, 3_540_000],
  ])('an answer with %s is not kept for ever', async (_, expiresIn, goodForMs) => {
    answer = () => ({
      body: { access_token: `marked-token-${asked.length}`, expires_in: expiresIn },
    });
    const { credentials } = impersonation();
    await credentials(record, USER);
    time += goodForMs - 1;
    await credentials(record, USER);
    expect(asked).toHaveLength(1);
    time += 1;
    await credentials(record, USER);
    expect(asked).toHaveLength(2);
  });

  test('is another one for each installation, client id, site, user and set of scopes', async () => {
    const { credentials } = impersonation();
    const calls = [
      () => credentials(record, USER),
      () => credentials({ ...record, clientKey: 'client-2' }, USER),
      () => credentials({ ...record, payload: { oauthClientId: 'client-id-2' } }, USER),
      () => credentials({ ...record, siteUrl: 'https://other.atlassian.net' }, USER),
      () => credentials(record, 'robin'),
      () => credentials(record, USER, ['READ']),
      () => credentials(record, USER, ['WRITE', 'READ']),
    ];
    const first: string[] = [];
    for (const call of calls) first.push((await call()).bearer);
    expect(new Set(first).size).toBe(calls.length);
    const again = await Promise.all(calls.map(async (call) => (await call()).bearer));
    expect(again).toEqual(first);
    expect((await credentials(record, USER, ['read', 'WRITE'])).bearer).toBe(first.at(-1));
    expect(asked).toHaveLength(calls.length);
  });

  test('no more tokens are kept than maxTokens, and the one that was unused the longest goes', async () => {
    const { credentials } = impersonation({ maxTokens: 2 });
    for (const user of ['ann', 'ben', 'ann', 'cem']) await credentials(record, user);
    expect(asked).toHaveLength(3);
    await credentials(record, 'ann');
    expect(asked).toHaveLength(3);
    await credentials(record, 'ben');
    expect(asked).toHaveLength(4);
  });

  test('forget takes the tokens of one installation, and those that are on their way to it', async () => {
    const { credentials, forget } = impersonation();
    const other = { ...record, clientKey: 'client-10' };
    await credentials(record, USER);
    await credentials(other, USER);
    const late = credentials(record, 'robin');
    forget('client-1');
    await late;
    await credentials(other, USER);
    expect(asked).toHaveLength(3);
    await credentials(record, USER);
    await credentials(record, 'robin');
    expect(asked).toHaveLength(5);
  });
});

describe('a failure', () => {
  test('is not remembered, and meets all who waited for it', async () => {
    const { credentials } = impersonation();
    answer = () => ({ status: 400, body: { error: 'invalid_grant' } });
    const failed = await Promise.allSettled([1, 2, 3].map(() => credentials(record, USER)));
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(asked).toHaveLength(1);
    answer = () => ({ body: { access_token: 'marked-token-good', expires_in: 900 } });
    expect((await credentials(record, USER)).bearer).toBe('marked-token-good');
  });

  test('with an old secret does not keep back who has the new one', async () => {
    const { credentials } = impersonation();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    answer = async (form) => {
      try {
        decodeSymmetric(form.get('assertion') ?? '', 'marked-new', SymmetricAlgorithm.HS256);
        return { body: { access_token: 'marked-token-new', expires_in: 900 } };
      } catch {
        await held;
        return { status: 400, body: { error: 'invalid_grant', error_description: 'signature' } };
      }
    };
    const old = credentials(record, USER);
    const current = await credentials({ ...record, sharedSecret: 'marked-new' }, USER);
    expect(current.bearer).toBe('marked-token-new');
    release();
    expect(await errorOf(old)).toMatchObject({ code: 'JIRA_IMPERSONATION_REFUSED' });
    await credentials({ ...record, sharedSecret: 'marked-new' }, USER);
    expect(asked).toHaveLength(2);
  });

  test.each([
    [
      'the scope is missing',
      { error: 'unauthorized_client', error_description: 'not authorized to use this grant type' },
      'CS-IMPERSONATION-SCOPE',
      'ACT_AS_USER',
    ],
    ['the aud is another', 'Invalid aud: https://auth.atlassian.io', undefined, 'is retired'],
    ['the signature is wrong', 'JWT signature does not match', undefined, 'stored secret'],
    ['the clock is wrong', 'The assertion has expired', undefined, 'clock of this machine'],
    ['the user is not active', 'User is inactive', undefined, 'an active person'],
    ['the user is unknown', 'Unknown sub claim', undefined, 'an active person'],
    ['the site is another', 'tnt does not match', undefined, 'siteUrl'],
    ['the client id is old', 'Client id not found', undefined, 'oauthClientId'],
    ['nothing is said', '', undefined, 'newest one'],
    ['the client is unknown', { error: 'invalid_client' }, undefined, 'oauthClientId'],
    [
      'a scope is not among those of the app',
      { error: 'invalid_scope' },
      'CS-SCOPE-MISSING',
      'leave scopes out',
    ],
  ])('says what to do where %s', async (_, said, cause = 'CS-IMPERSONATION-GRANT', hint) => {
    const body =
      typeof said === 'string' ? { error: 'invalid_grant', error_description: said } : said;
    answer = () => ({ status: 400, body });
    const error = await refusalOf(impersonation().credentials(record, USER));
    expect(error).toMatchObject({
      code: 'JIRA_IMPERSONATION_REFUSED',
      status: 400,
      path: '/oauth2/token',
      diagnosis: { cause, fix: error.hint },
    });
    expect(error.hint).toContain(hint);
    expect(error.diagnosis?.evidence).toContain(body.error);
  });

  test('shows nothing of what was sent, whatever the server quotes', async () => {
    answer = (form) => {
      const assertion = form.get('assertion') ?? '';
      const said = `${assertion} ${assertion.split('.').join(' / ')} ${SECRET}`;
      return { status: 400, body: { error: 'invalid_grant', error_description: said } };
    };
    const error = await refusalOf(impersonation().credentials(record, USER));
    expect(error.errorMessages[1]).toContain('[secret]');
    expect(error.diagnosis?.confidence).toBe('likely');
    expect(error.code).toBe('JIRA_IMPERSONATION_REFUSED');
  });

  test.each([
    [429, 'JIRA_RATE_LIMITED', 'CS-LIMIT'],
    [500, 'JIRA_UNAVAILABLE', 'CS-JIRA-DOWN'],
    [503, 'JIRA_UNAVAILABLE', 'CS-JIRA-DOWN'],
  ])('of status %i is %s, with the time to wait', async (status, code, cause) => {
    answer = () => ({ status, headers: { 'retry-after': '7' }, body: 'no JSON' });
    expect(await refusalOf(impersonation().credentials(record, USER))).toMatchObject({
      ...{ code, retryAfterSeconds: 7 },
      diagnosis: { cause },
    });
  });

  test.each([
    ['a 200 without a token', 200, { token_type: 'Bearer' }, 'JIRA_ANSWER_INVALID'],
    ['a login page', 200, '<html>Log in</html>', 'JIRA_ANSWER_INVALID'],
    ['an endless answer', 200, 'x'.repeat(100_000), 'JIRA_ANSWER_INVALID'],
    ['a 404', 404, 'not here', 'JIRA_UNEXPECTED_STATUS'],
  ])('of another server is told from a refusal: %s', async (_, status, body, code) => {
    answer = () => ({ status, body });
    const error = await refusalOf(impersonation().credentials(record, USER));
    expect(error.code).toBe(code);
    expect(error.hint).toContain(origin);
  });

  test('of the network is JIRA_UNREACHABLE', async () => {
    const authorizationServerUrl = await unreachableUrl();
    const error = await refusalOf(
      impersonation({ authorizationServerUrl }).credentials(record, USER),
    );
    expect(error).toMatchObject({
      code: 'JIRA_UNREACHABLE',
      diagnosis: { cause: 'CS-UNREACHABLE' },
    });
    expect(error.hint).toContain(authorizationServerUrl);
  });
});

describe('nobody is asked', () => {
  test('where the descriptor lacks ACT_AS_USER', async () => {
    const { credentials } = impersonation({ descriptor: { scopes: ['READ', 'WRITE'] } });
    expect(await refusalOf(credentials(record, USER))).toMatchObject({
      code: 'JIRA_IMPERSONATION_REFUSED',
      diagnosis: { cause: 'CS-IMPERSONATION-SCOPE', confidence: 'certain' },
    });
    expect(asked).toEqual([]);
    await impersonation({ descriptor: { scopes: ['act_as_user'] } }).credentials(record, USER);
    expect(asked).toHaveLength(1);
  });

  test('where the record has no oauthClientId', async () => {
    const error = await refusalOf(
      impersonation().credentials({ ...record, payload: { key: 'panel-app' } }, USER),
    );
    expect(error).toMatchObject({ code: 'JIRA_IMPERSONATION_REFUSED' });
    expect(error.hint).toContain('Install the app again');
    expect(asked).toEqual([]);
  });

  test.each([undefined, '', 'a b', 'x'.repeat(129), 'a\nb'])('for the accountId %j', async (id) => {
    expect(await refusalOf(impersonation().credentials(record, id))).toMatchObject({
      code: 'JIRA_IMPERSONATION_REFUSED',
    });
    expect(asked).toEqual([]);
  });

  test('for a scope that does not exist', async () => {
    const error = await errorOf(impersonation().credentials(record, USER, ['READ', 'WRITES']));
    expect(error.code).toBe('CONFIG_OPTION_INVALID');
    expect(error.message).toContain("Did you mean 'WRITE'?");
    const none = await errorOf(impersonation().credentials(record, USER, []));
    expect(none.hint).toContain('Leave scopes out');
    expect(asked).toEqual([]);
  });
});

test.each([
  [{ maxTokens: 0 }, 'CONFIG_OPTION_INVALID'],
  [{ authorizationServerUrl: 'http://auth.example.com' }, 'CONFIG_OPTION_INVALID'],
  [{ authorizationServerUrl: 'https://auth.example.com/oauth2/token' }, 'CONFIG_OPTION_INVALID'],
  [{ maxToken: 5 }, 'CONFIG_OPTION_UNKNOWN'],
])('the options %j are refused at start', (options, code) => {
  expect(() => impersonation(options as object)).toThrow(expect.objectContaining({ code }));
});

describe('after Jira has answered 401', () => {
  test('a new token is asked for once, for all callers that had the old one', async () => {
    const { credentials } = impersonation();
    const old = await Promise.all([1, 2, 3].map(() => credentials(record, USER)));
    const renewed = await Promise.all(old.map(({ renew }) => renew?.()));
    expect(renewed.map((each) => each?.bearer)).toEqual(Array(3).fill('marked-token-2'));
    expect((await credentials(record, USER)).bearer).toBe('marked-token-2');
    expect(asked).toHaveLength(2);
  });

  test('a renewal that is refused as well is not renewed again within the minute', async () => {
    const first = await impersonation().credentials(record, USER);
    const second = await first.renew?.();
    expect((await second?.renew?.())?.bearer).toBe('marked-token-2');
    expect(asked).toHaveLength(2);
    time += 60_000;
    expect((await second?.renew?.())?.bearer).toBe('marked-token-3');
  });

  const refused = (message: string, status = 401) =>
    diagnoseAnswer({
      method: 'GET',
      url: 'https://example.atlassian.net/rest/api/3/permissions',
      siteUrl: 'https://example.atlassian.net',
      authorization: 'Bearer marked-token-1',
      credential: 'connect-user',
      descriptor: { scopes: ['READ', 'ACT_AS_USER'] },
      status,
      errorMessages: message === '' ? [] : [message],
    });

  test('the diagnosis is the permission of the user, and never the scheme', () => {
    expect(refused('')).toMatchObject({ cause: 'CS-PERMISSION', confidence: 'likely' });
    expect(refused('')?.fix).toContain('The user who is acted as');
    expect(refused('', 403)?.fix).toContain('Give the user that the call is made as');
    expect(refused('Request not in an authorized API scope', 403)).toMatchObject({
      cause: 'CS-SCOPE-MISSING',
      fix: expect.stringContaining('scopes of as()'),
    });
  });

  test('or a token that Jira does not know any more, where it says so', () => {
    const diagnosis = refused('Failed to parse Connect Session Auth Token');
    expect(diagnosis?.cause).toBe('CS-OAUTH-EXPIRED');
    expect(diagnosis?.fix).toContain('ask for a new one');
  });
});

describe('explainToken, for a token of a user', () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const jwt = (claims: object, alg = 'RS256') =>
    `${part({ alg, kid: 'k' })}.${part(claims)}.${'A'.repeat(43)}`;
  const url = 'https://example.atlassian.net/rest/api/3/myself';
  const at = Math.floor(Date.now() / 1000);
  const iss = 'https://oauth-2-authorization-server.services.atlassian.com';

  test('finds nothing wrong with Bearer on the URL of the site', () => {
    const known = { appKey: 'panel-app', sharedSecret: SECRET, method: 'GET', url };
    for (const input of [
      { ...known, token: `Authorization: Bearer ${jwt({ iss, sub: USER, exp: at + 600 })}` },
      { ...known, token: 'Authorization: Bearer opaque', credential: 'connect-user' as const },
    ]) {
      const { verdict, checks } = explainToken(input);
      expect(verdict.cause).toBeUndefined();
      expect(checks.filter(({ result }) => result === 'failed')).toEqual([]);
    }
  });

  test.each([
    ['CS-OAUTH-EXPIRED', `Bearer ${jwt({ iss, iat: at - 1000, exp: at - 100 })}`, url],
    [
      'CS-KIND-ASSERTION',
      `Bearer ${jwt({ iss: 'urn:atlassian:connect:clientid:a' }, 'HS256')}`,
      url,
    ],
    ['CS-HOST-GATEWAY', 'Bearer opaque', 'https://api.atlassian.com/ex/jira/1/rest/api/3/myself'],
    ['CS-FORGE-SCHEME', 'JWT opaque', url],
    ['CS-SCHEME-BEARER', `Bearer ${jwt({ iss: 'panel-app', qsh: 'abc' }, 'HS256')}`, url],
  ])('still finds %s', (cause, authorization, target) => {
    const { verdict } = explainToken({
      ...{ token: `Authorization: ${authorization}`, credential: 'connect-user' },
      ...{ method: 'GET', url: target },
    });
    expect(verdict.cause).toBe(cause);
  });
});

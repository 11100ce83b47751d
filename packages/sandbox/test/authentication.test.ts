import { request } from 'node:http';
import { encodeSymmetric, SymmetricAlgorithm } from '@atlassian/atlassian-jwt';
import { expect, test } from 'vitest';
import type { Sandbox } from '../src/index.ts';
import { callSigned, lastVerdict, makeToken, type SignedCall, send, startBoth } from './app.ts';

const unauthenticated = 'Client must be authenticated to access this resource.';
const myself = '/rest/api/3/myself';

test('a correct token is an app, with every check passed', async () => {
  const { site } = await startBoth();
  const answer = await callSigned(site, myself);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('x-arequestid')).toMatch(/^[0-9a-f]{32}$/);
  expect(await answer.json()).toMatchObject({
    accountType: 'app',
    displayName: 'Test app',
    accountId: site.apps[0]?.accountId,
  });
  const verdict = lastVerdict(site);
  expect(verdict).toMatchObject({
    authenticated: true,
    as: 'app',
    reason: 'signed by the app test-app',
    canonicalRequest: `GET&${myself}&`,
  });
  expect(verdict.checks.map(({ name, passed }) => [name, passed])).toEqual([
    ['scheme JWT', true],
    ['three parts', true],
    ['algorithm HS256', true],
    ['issuer is an installed app', true],
    ['signature', true],
    ['not expired', true],
    ['query string hash', true],
    ['scope', true],
  ]);
  expect(site.requests.at(-1)).toMatchObject({ appKey: 'test-app', status: 200, path: myself });
});

const now = (): number => Math.floor(Date.now() / 1000);
type Refused = [what: string, call: (site: Sandbox) => SignedCall, reason: string];
const refusedTokens: Refused[] = [
  [
    'the clientKey as iss',
    (site) => ({ claims: { iss: site.clientKey } }),
    'iss is the clientKey; the app key was expected',
  ],
  ['an unknown iss', () => ({ claims: { iss: 'other' } }), "which is no installed app's key"],
  ['no iss', () => ({ claims: { iss: undefined } }), 'the claim iss is missing'],
  ['a wrong secret', () => ({ secret: 'wrong' }), 'the signature does not match'],
  ['no exp', () => ({ claims: { exp: undefined } }), 'the claim exp is missing'],
  ['no iat', () => ({ claims: { iat: undefined } }), 'the claim iat is missing'],
  ['exp as text', () => ({ claims: { exp: String(now() + 60) } }), 'a whole number of seconds'],
  ['a fraction as iat', () => ({ claims: { iat: now() + 0.5 } }), 'a whole number of seconds'],
  ['exp in milliseconds', () => ({ claims: { exp: Date.now() + 60_000 } }), 'milliseconds'],
  ['an exp of long ago', () => ({ claims: { exp: now() - 90 } }), 'the token expired'],
  ['a future nbf', () => ({ claims: { nbf: now() + 60 } }), 'is not valid for another'],
  ['no qsh', () => ({ claims: { qsh: undefined } }), 'the claim qsh is missing'],
  ['the context qsh', () => ({ claims: { qsh: 'context-qsh' } }), 'a context token opens no REST'],
  ['the hash of another path', () => ({ signedTarget: '/x' }), 'that of another request'],
  ['the hash of a POST', () => ({ signedMethod: 'POST' }), 'signed for POST, sent as GET'],
  [
    'the path below /rest/api',
    () => ({ signedTarget: '/3/myself' }),
    'the path was signed below /rest/api',
  ],
];
for (const [what, call, reason] of refusedTokens) {
  test(`a token with ${what} is refused, and the answer does not say why`, async () => {
    const { site } = await startBoth();
    const answer = await callSigned(site, myself, call(site));
    expect(answer.status).toBe(401);
    expect(await answer.text()).toBe(unauthenticated);
    expect(lastVerdict(site)).toMatchObject({ authenticated: false, as: 'anonymous' });
    expect(lastVerdict(site).reason).toContain(reason);
    expect(lastVerdict(site).checks.at(-1)?.passed).toBe(false);
  });
}

test('clocks may differ by 30 seconds', async () => {
  const { site } = await startBoth();
  const late = await callSigned(site, myself, { claims: { exp: now() - 25 } });
  expect(late.status).toBe(200);
  const early = await callSigned(site, myself, { claims: { nbf: now() + 25 } });
  expect(early.status).toBe(200);
});

test("the site's own clock decides", async () => {
  const siteTime = Date.parse('2026-01-01T00:00:00Z');
  const { site } = await startBoth({}, { now: () => siteTime });
  expect((await callSigned(site, myself)).status).toBe(200);
  expect((await callSigned(site, myself, { now: siteTime })).status).toBe(200);
  expect((await callSigned(site, myself, { now: siteTime - 300_000 })).status).toBe(401);
});

const malformed: [what: string, token: string, reason: string][] = [
  ['one word', 'nonsense', 'no dot at all'],
  ['two parts', 'a.b', '2 parts'],
  ['token=', 'token=a.b.c', 'is not base64url'],
  ['no JSON', 'YQ.YQ.YQ', 'the header part of the token is not JSON'],
  ['null as claims', 'e30.bnVsbA.YQ', 'the claims part of the token is not a JSON object'],
  ['no token', '', 'no dot at all'],
  ['two spaces', ' e30.e30.YQ', 'is not base64url'],
];
for (const [what, token, reason] of malformed) {
  test(`a malformed token is refused: ${what}`, async () => {
    const { site } = await startBoth();
    const answer = await send(site, myself, `JWT ${token}`);
    expect(answer.status).toBe(401);
    expect(lastVerdict(site).reason).toContain(reason);
  });
}

test('algorithms other than HS256 are refused', async () => {
  const { site } = await startBoth();
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const iat = now();
  const claims = { iss: 'test-app', iat, exp: iat + 180, qsh: 'x' };
  const unsigned = `${part({ typ: 'JWT', alg: 'none' })}.${part(claims)}.YQ`;
  const secret = site.sharedSecret('test-app');
  const hs512 = encodeSymmetric(claims, secret, SymmetricAlgorithm.HS512);
  for (const token of [unsigned, hs512]) {
    expect((await send(site, myself, `JWT ${token}`)).status).toBe(401);
    expect(lastVerdict(site).reason).toContain('HS256 was expected');
  }
});

test('Bearer is anonymous, and the verdict says so', async () => {
  const { site } = await startBoth();
  const token = makeToken(site, myself);
  expect((await send(site, myself, `Bearer ${token}`)).status).toBe(401);
  const target = '/rest/api/3/issue/XX-21';
  const body = { fields: { summary: 'New', customfield_10050: 3 } };
  const edit = await send(site, target, `Bearer ${token}`, { method: 'PUT', body });
  expect(edit.status).toBe(400);
  expect(await edit.json()).toEqual({
    errorMessages: [],
    errors: {
      summary: "Field 'summary' cannot be set. It is not on the appropriate screen, or unknown.",
      customfield_10050:
        "Field 'customfield_10050' cannot be set. It is not on the appropriate screen, or unknown.",
    },
  });
  expect(lastVerdict(site).reason).toContain('The request is anonymous');
  const read = await send(site, target, `Bearer ${token}`);
  expect(read.status).toBe(404);
  expect(await read.json()).toEqual({
    errorMessages: ['Issue does not exist or you do not have permission to see it.'],
    errors: {},
  });
});

test('the scheme is JWT in capital letters, and an unknown one is refused', async () => {
  const { site } = await startBoth();
  expect((await send(site, myself, `jwt ${makeToken(site, myself)}`)).status).toBe(401);
  expect(lastVerdict(site).reason).toContain('capital letters');
  expect((await send(site, '/rest/api/3/serverInfo', 'Digest x')).status).toBe(401);
  expect(lastVerdict(site).reason).toContain('is unknown; JWT was expected');
});

test('a token in the query is refused and not written down', async () => {
  const { site } = await startBoth();
  const token = makeToken(site, myself);
  const answer = await send(site, `${myself}?jwt=${token}&%6Awt=${token}`, `JWT ${token}`);
  expect(answer.status).toBe(401);
  expect(lastVerdict(site).reason).toContain('?jwt=');
  expect(site.requests.at(-1)?.path).toBe(`${myself}?jwt=[redacted]&%6Awt=[redacted]`);
});

test('two Authorization headers are refused', async () => {
  const { site } = await startBoth();
  const token = makeToken(site, myself);
  const status = await new Promise((resolve) => {
    const headers = ['authorization', `JWT ${token}`, 'authorization', 'Basic x'];
    request(site.url + myself, { headers: ['host', '127.0.0.1', ...headers] }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).end();
  });
  expect(status).toBe(401);
  expect(lastVerdict(site).reason).toContain('more than one Authorization header');
});

test('the API token of a person is that person, and any other Basic login is refused', async () => {
  const { site } = await startBoth();
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
  const admin = await send(site, myself, basic(`admin@example.com:${site.apiToken}`));
  expect(await admin.json()).toMatchObject({ accountType: 'atlassian', displayName: 'Alex Admin' });
  expect(lastVerdict(site)).toMatchObject({ authenticated: true, as: 'user' });
  for (const login of [
    'admin@example.com:password',
    `reader@example.com:${site.apiToken}`,
    `test-app:${site.sharedSecret('test-app')}`,
    '',
  ]) {
    const answer = await send(site, myself, basic(login));
    expect(answer.status).toBe(401);
    expect(await answer.text()).toContain('Basic authentication with passwords is deprecated.');
  }
});

test('the raw request target is what the hash covers', async () => {
  const { site } = await startBoth();
  const same = [
    "/rest/api/3/project/it's",
    '/rest/api/3/project/a%2Fb',
    '/rest/api/3/project/a&b',
    '/rest/api/3/project?recent=1&recent=10&recent=2',
    '/rest/api/3/search/jql?jql=project+%3D%20XX&fields=*all',
  ];
  for (const target of same) {
    await callSigned(site, target);
    expect(lastVerdict(site)).toMatchObject({ authenticated: true });
  }
});

const mistakes: [sent: string, signed: string, reason: string][] = [
  [`${myself}?expand=groups`, myself, 'signed without the query parameters'],
  ['/rest/api/3/project/a%20b', '/rest/api/3/project/a b', 'signed decoded, sent encoded'],
  [myself, `/wiki${myself}`, 'signed with /wiki before it'],
];
for (const [sent, signed, reason] of mistakes) {
  test(`a wrong hash is explained: ${reason}`, async () => {
    const { site } = await startBoth();
    expect((await callSigned(site, sent, { signedTarget: signed })).status).toBe(401);
    expect(lastVerdict(site).reason).toContain(reason);
  });
}

test('a GET with a body is refused', async () => {
  const { site } = await startBoth();
  const status = await new Promise((resolve) => {
    const headers = { authorization: `JWT ${makeToken(site, myself)}`, 'content-length': '2' };
    request(site.url + myself, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).end('{}');
  });
  expect(status).toBe(403);
  expect(lastVerdict(site).reason).toContain('a GET request with a body is refused');
});

test('the scope must allow the method, and a higher scope includes the lower ones', async () => {
  const { site } = await startBoth({ scopes: ['READ'] });
  const target = '/rest/api/3/issue/XX-21';
  expect((await callSigned(site, target)).status).toBe(200);
  const edit = { method: 'PUT', body: { fields: { summary: 'New' } } };
  const refused = await callSigned(site, target, edit);
  expect(refused.status).toBe(403);
  expect(await refused.text()).toBe('Request not in an authorized API scope');
  expect(lastVerdict(site)).toMatchObject({
    authenticated: true,
    reason: 'the app needs the scope WRITE; it has READ',
  });
  expect((await callSigned(site, target, { method: 'DELETE' })).status).toBe(403);

  const { site: other } = await startBoth({ scopes: ['admin'] });
  expect((await callSigned(other, target, edit)).status).toBe(204);
  expect((await callSigned(other, target, { method: 'DELETE' })).status).toBe(204);
});

test('an app without scopes may do nothing', async () => {
  const { site } = await startBoth({ scopes: undefined });
  expect((await callSigned(site, myself)).status).toBe(403);
});

test('no token and no secret is in the request log, whatever was sent', async () => {
  const { site } = await startBoth();
  const secret = site.sharedSecret('test-app');
  const token = makeToken(site, myself);
  await callSigned(site, myself, { claims: { iss: secret } });
  await callSigned(site, myself, { claims: { iss: token } });
  await callSigned(site, `/rest/api/3/project/${token}?x=${secret}&JWT=${token}`);
  await callSigned(site, `/rest/api/3/search/jql?jql=key=${token}`);
  await send(site, `${myself}?token=${token}`, `JWT ${token}`);
  await send(site, myself, `Basic ${Buffer.from(`a:${site.apiToken}`).toString('base64')}`);
  const log = JSON.stringify(site.requests);
  expect(log).not.toContain(secret);
  expect(log).not.toContain(site.apiToken);
  for (const part of token.split('.')) expect(log).not.toContain(part);
});

import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { explainToken } from '../../src/jwt/explain/explain.ts';
import type { ExplainInput, Explanation } from '../../src/jwt/explain/explanation.ts';
import { createToken } from '../../src/jwt/jwt.ts';

const RUNS = 50_000;
const LONGEST_MS = 50;

const sharedSecret = 'MARKED+secret/0123456789abcdefghijklmnop==';
const previousSecret = 'MARKED-previous-secret-0123456789';
const now = (): number => 1_800_000_000_000;
const appKey = 'my-app';
const clientKey = '5b1e2f3a-1111-2222-3333-444455556666';
const good = createToken({
  issuer: appKey,
  sharedSecret,
  method: 'GET',
  url: '/rest/api/3/myself?expand=groups',
  now,
});

const part = (value: unknown): string =>
  Buffer.from(JSON.stringify(value) ?? '').toString('base64url');
const sign = (input: string, secret: string): string =>
  `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;

const codePoint = fc.nat(0x10_ffff);
const text = fc.oneof(
  fc.string({ maxLength: 40 }),
  // As `unit: 'binary'`, for which fast-check first makes a table of all of Unicode.
  fc.array(codePoint, { maxLength: 40 }).map((each) => String.fromCodePoint(...each)),
  fc.constantFrom(
    sharedSecret,
    previousSecret,
    appKey,
    clientKey,
    good,
    `JWT ${good}`,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder that was never filled.
    '${x}',
    '{{token}}',
  ),
);
const claim = fc.oneof(
  { weight: 3, arbitrary: text },
  fc.jsonValue({ maxDepth: 2 }),
  fc.double(),
  fc.constant(undefined),
);
const claims = fc.record(
  {
    iss: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(appKey, clientKey, `jira:${appKey}`) },
      claim,
    ),
    iat: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(1_800_000_000, 1_800_000_000_000) },
      claim,
    ),
    exp: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(1_800_000_180, 180) }, claim),
    qsh: fc.oneof(
      { weight: 2, arbitrary: fc.constantFrom('context-qsh', 'GET&/&', 'e'.repeat(64)) },
      claim,
    ),
    aud: claim,
    sub: claim,
    context: claim,
    password: claim,
  },
  { requiredKeys: [] },
);
const header = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ typ: 'JWT', alg: 'HS256' }) },
  fc.record(
    { alg: fc.oneof(fc.constantFrom('none', 'RS256', 'HS512'), claim), kid: claim },
    { requiredKeys: [] },
  ),
);
const made = fc
  .tuple(
    header,
    claims,
    fc.constantFrom(sharedSecret, `${sharedSecret}\n`, previousSecret, 'x', 'y', 'z'),
  )
  .map(([head, body, secret]) => sign(`${part(head)}.${part(body)}`, secret));

/** A text with a piece of it taken out, doubled, replaced or put elsewhere. */
const mutated = (source: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(source, fc.nat(400), fc.nat(60), text, fc.nat(4))
    .map(([value, at, length, other, how]) => {
      const start = value.slice(0, at);
      const rest = value.slice(at + length);
      const piece = value.slice(at, at + length);
      return [
        start + rest,
        start + piece + piece + rest,
        start + other + rest,
        rest + start,
        value,
      ][how] as string;
    });

const wrapped = fc
  .tuple(
    fc.constantFrom(
      '',
      'JWT ',
      'Bearer ',
      'jwt ',
      'JWT token=',
      'Authorization: JWT ',
      'Basic ',
      'https://x.example/p?jwt=',
      '"',
      'curl -H "Authorization: JWT ',
    ),
    fc.oneof(
      { weight: 3, arbitrary: mutated(fc.constant(good)) },
      { weight: 3, arbitrary: made },
      mutated(made),
      text,
    ),
    fc.constantFrom('', '"', '\n', ' ', ', JWT x'),
  )
  .map((pieces) => pieces.join(''));

const url = fc.oneof(
  fc.constantFrom(
    '/rest/api/3/myself?expand=groups',
    '/rest/api/3/myself',
    'https://x.atlassian.net/rest/api/3/search/jql?jql=a+%3D%20b&fields=a&fields=b',
    '/wiki/rest/api/content?a[]=1&a[]=2&jwt=x',
    '/page',
  ),
  mutated(
    fc.constant('https://x.atlassian.net/rest/api/3/issue/A%20B-1?fields=*all&expand=names#x'),
  ),
  text,
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
);
const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 3, arbitrary }, fc.constant(undefined));

const input = fc.record({
  token: fc.oneof({ weight: 20, arbitrary: wrapped }, fc.anything() as fc.Arbitrary<string>),
  sharedSecret: fc.oneof(
    { weight: 8, arbitrary: fc.constant(sharedSecret) },
    fc.constant(undefined),
  ),
  previousSecrets: optional(fc.constant([previousSecret])),
  appKey: optional(fc.oneof({ weight: 5, arbitrary: fc.constant(appKey) }, text)),
  clientKey: optional(fc.constant(clientKey)),
  method: optional(fc.constantFrom('GET', 'put', '')),
  url: optional(url),
  baseUrl: optional(
    fc.constantFrom('https://x.atlassian.net', 'https://x.atlassian.net/wiki', '/', 'x'),
  ),
  direction: optional(fc.constantFrom('to-jira' as const, 'from-jira' as const)),
  now: fc.constant(now),
  body: optional(fc.constantFrom('a=1&b=2', '{"a":1}', '{')),
  serverDate: optional(fc.constantFrom('Tue, 15 Nov 2026 12:45:26 GMT', 'no date')),
});

function check(given: ExplainInput): Explanation {
  let fastest = Number.POSITIVE_INFINITY;
  let explanation: Explanation | undefined;
  // The processor's time: the machine may stop for a moment; the code may not.
  for (let attempt = 0; attempt < 3 && fastest >= LONGEST_MS; attempt++) {
    const before = process.threadCpuUsage();
    explanation = explainToken(given);
    const { user, system } = process.threadCpuUsage(before);
    fastest = Math.min(fastest, (user + system) / 1000);
  }
  if (explanation === undefined || fastest >= LONGEST_MS) throw new Error(`It took ${fastest} ms.`);
  const shown = JSON.stringify(explanation);
  const { token, ...known } =
    typeof given === 'object' && given !== null ? given : { token: given };
  for (const secret of [sharedSecret, previousSecret]) {
    // What nobody said is a secret cannot be known for one.
    const isKnown =
      known.sharedSecret === secret ||
      (Array.isArray(known.previousSecrets) && known.previousSecrets.includes(secret));
    if (isKnown && shown.includes(secret)) throw new Error('A secret is shown.');
  }
  const signature =
    typeof token === 'string' ? /eyJ[\w-]+\.[\w-]+\.([\w-]{20,})/.exec(token)?.[1] : undefined;
  if (signature !== undefined && shown.includes(signature))
    throw new Error('A signature is shown.');
  if (shown.includes(good.slice(-30))) throw new Error('A signature is shown.');
  const { verdict, checks } = explanation;
  if (
    verdict.ok &&
    (verdict.cause !== undefined || checks.some(({ result }) => result !== 'passed'))
  ) {
    throw new Error('It is well and not well.');
  }
  return explanation;
}

/** fast-check takes what a property returns for its verdict. */
const checkOnly = (given: ExplainInput): void => {
  check(given);
};

const appId = 'ari:cloud:ecosystem::app/11111111-2222-4333-8444-555555555555';
const opaque = 'MARKED-opaque-token-of-nobody-0123456789';
const invocation = fc
  .record(
    {
      iss: fc.oneof(fc.constantFrom('forge/invocation-token', 'forge/context-token'), claim),
      aud: fc.oneof(fc.constantFrom(appId, appId.slice(-36), [appId]), claim),
      iat: fc.oneof(fc.constant(1_800_000_000), claim),
      nbf: claim,
      exp: fc.oneof(fc.constant(1_800_000_025), claim),
      app: fc.oneof(
        fc.record(
          {
            installationId: claim,
            apiBaseUrl: fc.oneof(fc.constant('https://api.stg.atlassian.com/ex/jira/1'), claim),
            environment: fc.oneof(fc.record({ type: claim }), claim),
          },
          { requiredKeys: [] },
        ),
        claim,
      ),
      icLabel: claim,
      scope: claim,
      sub: claim,
      principal: claim,
    },
    { requiredKeys: [] },
  )
  .map((body) => sign(`${part({ alg: 'RS256', kid: 'forge/1' })}.${part(body)}`, 'x'));
const manifest = fc.oneof(
  fc.anything(),
  fc.record(
    {
      modules: fc.record({ endpoint: fc.oneof(fc.array(fc.anything()), fc.anything()) }),
      remotes: fc.oneof(fc.array(fc.anything()), fc.anything()),
      permissions: fc.record({ scopes: fc.oneof(fc.array(text), fc.anything()) }),
    },
    { requiredKeys: [] },
  ),
);
const forgeInput = fc.record({
  token: fc
    .tuple(
      fc.constantFrom('', 'Bearer ', 'Authorization: Bearer ', 'JWT ', 'Basic ', 'Bearer: '),
      fc.oneof(
        { weight: 4, arbitrary: invocation },
        { weight: 2, arbitrary: mutated(invocation) },
        fc.constantFrom(opaque, btoa(`me@example.com:${opaque}`), 'undefined', ''),
        made,
        text,
      ),
    )
    .map((pieces) => pieces.join('')),
  sharedSecret: optional(fc.constant(sharedSecret)),
  accept: optional(fc.constantFrom('forge', ['request', 'forge'], 'context')),
  credential: optional(
    fc.constantFrom('fit', 'forge-system', 'forge-user', 'oauth', 'api-token', 'connect', 'x'),
  ),
  appId: optional(fc.oneof(fc.constantFrom(appId, [appId, 'x'], appId.slice(-36)), text)),
  environments: optional(fc.constantFrom(['PRODUCTION'], [], 'x')),
  apiBaseUrl: optional(
    fc.oneof(fc.constant(`https://api.atlassian.com/ex/jira/${clientKey}`), text),
  ),
  manifest,
  url: optional(
    fc.oneof(url, fc.constantFrom('https://api.atlassian.com/ex/jira/x/rest/api/3/myself')),
  ),
  direction: optional(fc.constantFrom('to-jira', 'from-jira')),
  publicKey: optional(text),
  now: fc.constant(now),
});

test('5,000 inputs of Forge: the same', { timeout: 180_000 }, () => {
  const checkForge = (given: unknown): void => {
    const shown = JSON.stringify(check(given as ExplainInput));
    if (shown.includes(opaque)) throw new Error('An opaque token is shown.');
  };
  fc.assert(fc.property(forgeInput, checkForge), { numRuns: 5_000, seed: 402 });
});

test('50,000 random and mutated inputs: no throw, no hang, no secret', { timeout: 180_000 }, () => {
  fc.assert(fc.property(input as fc.Arbitrary<ExplainInput>, checkOnly), {
    numRuns: RUNS,
    seed: 401,
  });
});

test('inputs of any type: no throw', () => {
  const anything = fc.oneof(
    fc.anything(),
    fc.dictionary(
      fc.constantFrom('token', 'url', 'method', 'now', 'installations', 'accept', 'sharedSecret'),
      fc.anything(),
    ),
  );
  fc.assert(fc.property(anything as fc.Arbitrary<ExplainInput>, checkOnly), {
    numRuns: 3000,
    seed: 402,
  });
});

test('an input whose properties throw', () => {
  const hostile = new Proxy(
    {},
    {
      get: () => {
        throw new Error(sharedSecret);
      },
    },
  );
  expect(explainToken(hostile as ExplainInput).verdict).toMatchObject({
    ok: false,
    confidence: 'none',
  });
});

const query = (count: number, value: string): string =>
  Array.from({ length: count }, (_, index) => `p${index}=${value}`).join('&');

test.each([
  ['a long path', `/rest/${'a%20b/'.repeat(2600)}`],
  ['many parameters', `/rest/api/3/search/jql?${query(1500, 'a%20b')}`],
  ['60 long parameters', `/rest/api/3/search/jql?${query(60, 'a%20b'.repeat(50))}`],
  ['eight parameters', `/rest/api/3/search/jql?${query(8, 'a%20b')}`],
  ['one long value', `/rest/api/3/search/jql?jql=${'%20'.repeat(5400)}`],
  ['one repeated parameter', `/x?${'a=1&'.repeat(4000)}`],
  ['percent signs', `/${'%'.repeat(8000)}?${'%'.repeat(8000)}`],
  ['slashes', '/'.repeat(16_000)],
  ['braces', `/${'${'.repeat(8000)}`],
])('16 KB in under 50 ms: %s', (_name, long) => {
  const iat = 1_800_000_000;
  const body = { iss: appKey, iat, exp: iat + 180, qsh: 'e'.repeat(64) };
  const token = sign(`${part({ alg: 'HS256' })}.${part(body)}`, sharedSecret);
  const given = { token, sharedSecret, appKey, method: 'GET', direction: 'to-jira' as const, now };
  check({ ...given, url: long.slice(0, 16_384), body: 'x=1&'.repeat(4000) });
  check({ ...given, url: '/x', token: long.slice(0, 16_384) });
  check({ ...given, url: '/x', token: `JWT ${long.slice(0, 16_000)}` });
  check({
    ...given,
    url: '/x',
    appKey: long.slice(0, 4000),
    token: sign(`${part({ alg: 'HS256' })}.${part({ ...body, iss: long.slice(0, 9000) })}`, 'x'),
  });
});

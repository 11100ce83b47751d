import { createHash, createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { inspect } from 'node:util';
import {
  createQueryStringHash,
  decodeSymmetric,
  encodeSymmetric,
  fromMethodAndUrl,
  SymmetricAlgorithm,
} from '@atlassian/atlassian-jwt';
import fc from 'fast-check';
import { jwtVerify, SignJWT } from 'jose';
// @ts-expect-error: it brings no types.
import jsonwebtoken from 'jsonwebtoken';
import { describe, expect, test } from 'vitest';
import { isConfigError, isCountersignError, isTokenError } from '../../src/errors.ts';
import {
  type CreateTokenOptions,
  createToken,
  decodeToken,
  queryStringHash,
  signClaims,
  type VerifyClaimsOptions,
  type VerifyTokenOptions,
  verifyClaims,
  verifyToken,
} from '../../src/jwt/jwt.ts';

const SECRET = 'MARKED-SECRET-ünlike-any-other';
const NOW = 1_790_000_000;
const now = () => NOW * 1000;
const story = {
  method: 'PUT',
  url: 'https://example.atlassian.net/rest/api/3/issue/XX-21?overrideScreenSecurity=true',
};
const forMaking: CreateTokenOptions = { ...story, issuer: 'my-app', sharedSecret: SECRET, now };
const forChecking: VerifyTokenOptions = { ...story, sharedSecret: SECRET, now };

function base64url(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString(
    'base64url',
  );
}

/** Signs anything, also what createToken would never make. */
function signed(claims: unknown, header: unknown = { typ: 'JWT', alg: 'HS256' }): string {
  const input = `${base64url(header)}.${base64url(claims)}`;
  return `${input}.${createHmac('sha256', SECRET).update(input).digest('base64url')}`;
}

const good = {
  iss: 'client-key',
  iat: NOW,
  exp: NOW + 180,
  qsh: queryStringHash(story),
};

/** The code of the refusal. Whatever is thrown, no rendering of it may show the secret or a part of the token. */
function refusal(run: () => unknown, token?: string): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (!isCountersignError(error)) throw error;
    const shown = [error.message, error.hint, String(error), JSON.stringify(error)];
    shown.push(inspect(error, { depth: 9, showHidden: true }), error.stack ?? '');
    for (const text of shown) {
      expect(text).not.toContain('MARKED');
      for (const part of token?.split('.') ?? []) {
        if (part.length > 8) expect(text).not.toContain(part);
      }
    }
    return error.code;
  }
}

function verdict(token: string, options: Partial<VerifyTokenOptions> = {}): string | undefined {
  return refusal(() => verifyToken(token, { ...forChecking, ...options }), token);
}

describe('a token that this app makes', () => {
  test('is HS256 over iss, iat, exp and qsh, good for 180 seconds, and nothing more', () => {
    const { header, claims } = decodeToken(createToken(forMaking));
    expect(header).toEqual({ typ: 'JWT', alg: 'HS256' });
    expect(claims).toEqual({ ...good, iss: 'my-app' });
  });

  test('carries sub, aud and context when they are given', () => {
    const context = { user: { accountId: '5b10…"ä' }, list: [1, null] };
    const one = createToken({
      ...forMaking,
      subject: 'user',
      audience: 'https://a.example',
      context,
    });
    expect(decodeToken(one).claims).toEqual({
      ...good,
      iss: 'my-app',
      sub: 'user',
      aud: 'https://a.example',
      context,
    });
    const two = createToken({ ...forMaking, audience: ['a', 'b'] });
    expect(decodeToken(two).claims.aud).toEqual(['a', 'b']);
  });

  test('has whole seconds, whatever the clock and the lifetime', () => {
    const token = createToken({ ...forMaking, now: () => NOW * 1000 + 999, expiresInSeconds: 1.5 });
    expect(decodeToken(token).claims).toMatchObject({ iat: NOW, exp: NOW + 1 });
  });

  test('uses the real time when no clock is given', () => {
    const { now: _clock, ...realTime } = forMaking;
    const before = Math.floor(Date.now() / 1000);
    const { claims } = decodeToken(createToken(realTime));
    expect(claims.iat).toBeGreaterThanOrEqual(before);
    expect(claims.iat).toBeLessThanOrEqual(Date.now() / 1000);
    const { now: _other, ...checking } = forChecking;
    expect(verifyToken(createToken(realTime), checking).iss).toBe('my-app');
  });

  test.each(['put', 'Put', 'PUT'])('verifies for the method %s', (method) => {
    expect(verdict(createToken({ ...forMaking, method }))).toBeUndefined();
    expect(verdict(createToken(forMaking), { method })).toBeUndefined();
  });

  test.each([
    ['the full URL', story.url],
    ['the path alone', '/rest/api/3/issue/XX-21?overrideScreenSecurity=true'],
    ['another host', 'http://localhost:2990/rest/api/3/issue/XX-21?overrideScreenSecurity=true'],
    ['an escape that changes nothing', '/rest/api/3/issue/XX-21?override%53creenSecurity=%74rue'],
    ['the token itself in the query', `${story.url}&jwt=${createToken(forMaking)}`],
  ])('verifies for %s', (_name, url) => {
    expect(verdict(createToken(forMaking), { url })).toBeUndefined();
  });

  test('verifies below a base path', () => {
    const url = 'https://example.atlassian.net/wiki/rest/api/content?limit=1';
    const baseUrl = 'https://example.atlassian.net/wiki';
    const token = createToken({ ...forMaking, url, baseUrl });
    expect(verdict(token, { url, baseUrl })).toBeUndefined();
    expect(verdict(token, { url: '/rest/api/content?limit=1' })).toBeUndefined();
    expect(verdict(token, { url })).toBe('TOKEN_QSH_MISMATCH');
  });
});

describe('other libraries', () => {
  const { url, method } = story;

  test('@atlassian/atlassian-jwt reads ours, and we read its', () => {
    const ours = createToken({ ...forMaking, subject: 'ü' });
    const claims = decodeSymmetric(ours, SECRET, SymmetricAlgorithm.HS256);
    expect(claims).toEqual({ ...good, iss: 'my-app', sub: 'ü' });
    expect(claims.qsh).toBe(createQueryStringHash(fromMethodAndUrl(method, url)));

    const theirs = { ...good, sub: 'ü', context: {} };
    expect(verifyToken(encodeSymmetric(theirs, SECRET), forChecking)).toEqual(theirs);
  });

  test('jsonwebtoken reads ours, and we read its', () => {
    const ours = createToken({ ...forMaking, audience: ['a', 'b'] });
    expect(
      jsonwebtoken.verify(ours, SECRET, { algorithms: ['HS256'], clockTimestamp: NOW }),
    ).toEqual({ ...good, iss: 'my-app', aud: ['a', 'b'] });

    const theirs = jsonwebtoken.sign({ ...good, nbf: NOW, aud: 'x' }, SECRET);
    expect(verifyToken(theirs, forChecking)).toEqual({ ...good, nbf: NOW, aud: 'x' });
    expect(decodeToken(theirs).header).toEqual({ alg: 'HS256', typ: 'JWT' });
  });

  test('jose reads ours, and we read its', async () => {
    const key = new TextEncoder().encode(SECRET);
    const { payload } = await jwtVerify(createToken(forMaking), key, {
      algorithms: ['HS256'],
      currentDate: new Date(NOW * 1000),
    });
    expect(payload).toEqual({ ...good, iss: 'my-app' });

    const theirs = await new SignJWT(good).setProtectedHeader({ alg: 'HS256', kid: '1' }).sign(key);
    expect(verifyToken(theirs, forChecking)).toEqual(good);
  });
});

describe('the signature', () => {
  const unsigned = (header: unknown) => `${base64url(header)}.${base64url(good)}.`;

  test.each([
    ['none', 'TOKEN_UNSIGNED'],
    ['None', 'TOKEN_UNSIGNED'],
    ['nOnE', 'TOKEN_UNSIGNED'],
    ['', 'TOKEN_ALGORITHM_UNEXPECTED'],
    ['hs256', 'TOKEN_ALGORITHM_UNEXPECTED'],
    ['HS384', 'TOKEN_ALGORITHM_UNEXPECTED'],
    ['HS512', 'TOKEN_ALGORITHM_UNEXPECTED'],
    ['RS256', 'TOKEN_ALGORITHM_UNEXPECTED'],
    ['ES256', 'TOKEN_ALGORITHM_UNEXPECTED'],
    [['HS256'], 'TOKEN_ALGORITHM_UNEXPECTED'],
    [undefined, 'TOKEN_ALGORITHM_UNEXPECTED'],
  ])('the header says alg %j: %s, signed or not', (alg, code) => {
    expect(verdict(unsigned({ typ: 'JWT', alg }))).toBe(code);
    expect(verdict(signed(good, { typ: 'JWT', alg }))).toBe(code);
  });

  test('genuine HS384 and HS512 tokens over the right secret are refused', () => {
    for (const algorithm of ['HS384', 'HS512'] as const) {
      const token = jsonwebtoken.sign(good, SECRET, { algorithm });
      expect(verdict(token)).toBe('TOKEN_ALGORITHM_UNEXPECTED');
    }
  });

  test('a public key never serves as a secret, whatever the header says', () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    for (const alg of ['RS256', 'HS256']) {
      const input = `${base64url({ typ: 'JWT', alg })}.${base64url(good)}`;
      const byText = `${input}.${createHmac('sha256', pem).update(input).digest('base64url')}`;
      const byKey = `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`;
      const code = alg === 'RS256' ? 'TOKEN_ALGORITHM_UNEXPECTED' : 'TOKEN_SIGNATURE_INVALID';
      expect(verdict(byText)).toBe(code);
      expect(verdict(byKey)).toBe(code);
      if (alg === 'RS256') expect(verdict(byText, { sharedSecret: pem })).toBe(code);
    }
  });

  test('header extensions that must be understood are refused', () => {
    const header = { typ: 'JWT', alg: 'HS256', crit: ['b64'], b64: false };
    expect(verdict(signed(good, header))).toBe('TOKEN_MALFORMED');
  });

  test('another secret, a trimmed one, a longer one: TOKEN_SIGNATURE_INVALID', () => {
    const token = signed(good);
    expect(verdict(token)).toBeUndefined();
    for (const sharedSecret of ['other', ` ${SECRET}`, `${SECRET}\n`, SECRET.slice(1)]) {
      expect(verdict(token, { sharedSecret })).toBe('TOKEN_SIGNATURE_INVALID');
    }
  });

  test('claims that were changed after signing: TOKEN_SIGNATURE_INVALID', () => {
    const [header, , signature] = signed(good).split('.');
    const forged = `${header}.${base64url({ ...good, iss: 'other' })}.${signature}`;
    expect(verdict(forged)).toBe('TOKEN_SIGNATURE_INVALID');
  });

  test('a signature that was cut, lengthened, padded or replaced: TOKEN_SIGNATURE_INVALID', () => {
    const token = signed(good);
    const input = token.slice(0, token.lastIndexOf('.') + 1);
    const signature = token.slice(input.length);
    for (const other of [
      '',
      signature.slice(0, -1),
      `${signature}A`,
      `${signature}=`,
      `${signature}\n`,
      ` ${signature.slice(1)}`,
      `${signature.slice(0, -1)}ä`,
      'ä'.repeat(43),
      Buffer.from(signature, 'base64url').toString('base64'),
      createHmac('sha256', SECRET).update(input.slice(0, -1)).digest('hex'),
    ]) {
      expect(verdict(`${input}${other}`)).toBe('TOKEN_SIGNATURE_INVALID');
    }
  });

  test('is what createHmac of node makes, for any secret and any claims', () => {
    const secrets = fc.string({ unit: 'binary', minLength: 1, maxLength: 199 });
    const anySecret = fc.oneof(
      secrets,
      // Half surrogate pairs, and both sides of the block size.
      fc
        .array(fc.integer({ min: 1, max: 0xffff }), { minLength: 1, maxLength: 40 })
        .map((codes) => String.fromCharCode(...codes)),
      fc.integer({ min: 60, max: 68 }).map((length) => 'k'.repeat(length)),
      fc.integer({ min: 19, max: 24 }).map((length) => '宮'.repeat(length)),
    );
    const contexts = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue(), { maxKeys: 4 });
    const check = (sharedSecret: string, context: Record<string, unknown>) => {
      const token = createToken({ ...forMaking, sharedSecret, context });
      const end = token.lastIndexOf('.');
      const expected = createHmac('sha256', sharedSecret).update(token.slice(0, end)).digest();
      expect(token.slice(end + 1)).toBe(expected.toString('base64url'));
      const { context: found } = verifyToken(token, { ...forChecking, sharedSecret });
      expect(found).toEqual(JSON.parse(JSON.stringify(context)));
    };
    fc.assert(fc.property(anySecret, contexts, check), { seed: 20_261_124, numRuns: 3000 });
  });

  test('no token verifies once a single character of it was changed', () => {
    const token = createToken({ ...forMaking, context: { a: 'ä' } });
    const characters = 'ABCXYZabcxyz0189-_.=+/ ~\n\0ä€';
    const check = (at: number, character: string) => {
      fc.pre(token[at] !== character);
      expect(verdict(`${token.slice(0, at)}${character}${token.slice(at + 1)}`)).toMatch(
        /^TOKEN_(MALFORMED|UNSIGNED|ALGORITHM_UNEXPECTED|SIGNATURE_INVALID)$/,
      );
    };
    const place = fc.nat({ max: token.length - 1 });
    const character = fc.constantFrom(...characters);
    fc.assert(fc.property(place, character, check), { seed: 20_261_124, numRuns: 1000 });
  });
});

describe('the form', () => {
  const [header, payload, signature] = signed(good).split('.') as [string, string, string];
  const cases: [name: string, token: unknown][] = [
    ['nothing', undefined],
    ['null', null],
    ['a number', 7],
    ['a buffer', Buffer.from(signed(good))],
    ['an empty text', ''],
    ['1 part', header],
    ['2 parts', `${header}.${payload}`],
    ['4 parts', `${header}.${payload}.${signature}.`],
    ['5 parts', `${header}.${payload}.${signature}.${payload}.${signature}`],
    ['a header that is no base64url', `{}.${payload}.${signature}`],
    ['a header that is no JSON', `${base64url('{')}.${payload}.${signature}`],
    ['a header that is a list', `${base64url([])}.${payload}.${signature}`],
    ['a header that is null', `${base64url('null')}.${payload}.${signature}`],
    ['an empty header', `.${payload}.${signature}`],
    ['the scheme in front', `JWT ${signed(good)}`],
    ['quotes around it', `"${signed(good)}"`],
    ['16,385 characters', `${header}.${'A'.repeat(16_385 - header.length - 2)}.`],
  ];

  test.each(cases)('%s: TOKEN_MALFORMED', (_name, token) => {
    const text = typeof token === 'string' ? token : undefined;
    expect(refusal(() => verifyToken(token as string, forChecking), text)).toBe('TOKEN_MALFORMED');
    expect(refusal(() => decodeToken(token as string), text)).toBe('TOKEN_MALFORMED');
  });

  test('a token of 16,384 characters is read, and a longer one is not made', () => {
    const token = signed(good);
    const room = 16_384 - token.length - 40;
    const large = signed({ ...good, context: { text: 'x'.repeat(Math.floor(room * 0.75)) } });
    expect(large.length).toBeGreaterThan(16_300);
    expect(large.length).toBeLessThanOrEqual(16_384);
    expect(verdict(large)).toBeUndefined();

    const made = createToken({ ...forMaking, context: { text: 'x'.repeat(12_050) } });
    expect(made.length).toBeGreaterThan(16_300);
    expect(verdict(made)).toBeUndefined();
    for (const size of [12_500, 40_000, 200_000]) {
      const context = { text: 'ä'.repeat(size) };
      expect(refusal(() => createToken({ ...forMaking, context }))).toBe('TOKEN_OPTION_INVALID');
    }
  });

  test.each([
    ['a line feed', (it: string) => `${it.slice(0, 8)}\n${it.slice(8)}`],
    ['a space', (it: string) => `${it} `],
    ['padding', (it: string) => `${it}=`],
    ['base64 in place of base64url', (it: string) => `${it.slice(0, 8)}+/${it.slice(8)}`],
    ['a letter outside ASCII', (it: string) => `${it.slice(0, 8)}ä${it.slice(8)}`],
    ['no JSON', () => base64url('no JSON')],
    ['a list', () => base64url([good])],
    ['a text', () => base64url('"text"')],
    ['nothing', () => ''],
  ])('claims that hold %s are refused, rightly signed or not', (_name, spoil) => {
    const input = `${header}.${spoil(payload)}`;
    const token = `${input}.${createHmac('sha256', SECRET).update(input).digest('base64url')}`;
    expect(verdict(token)).toBe('TOKEN_MALFORMED');
    expect(refusal(() => decodeToken(token), token)).toBe('TOKEN_MALFORMED');
    expect(verdict(`${input}.${signature}`)).toBe('TOKEN_SIGNATURE_INVALID');
  });

  test('decodeToken takes a token apart that nobody signed', () => {
    const token = `${base64url({ alg: 'none' })}.${base64url({ iss: 'anybody', __proto__: 1 })}.`;
    expect(decodeToken(token)).toEqual({ header: { alg: 'none' }, claims: { iss: 'anybody' } });
  });
});

describe('the claims', () => {
  const without = (claim: keyof typeof good) => ({ ...good, [claim]: undefined });
  const cases: [code: string, claim: string, claims: Record<string, unknown>][] = [
    ['TOKEN_ISS_MISSING', 'iss', without('iss')],
    ['TOKEN_IAT_MISSING', 'iat', without('iat')],
    ['TOKEN_EXP_MISSING', 'exp', without('exp')],
    ['TOKEN_QSH_MISSING', 'qsh', without('qsh')],
    ['TOKEN_CLAIM_INVALID', 'iss', { ...good, iss: 7 }],
    ['TOKEN_CLAIM_INVALID', 'iss', { ...good, iss: '' }],
    ['TOKEN_CLAIM_INVALID', 'iss', { ...good, iss: ['client-key'] }],
    ['TOKEN_CLAIM_INVALID', 'iss', { ...good, iss: null }],
    ['TOKEN_CLAIM_INVALID', 'iat', { ...good, iat: `${NOW}` }],
    ['TOKEN_CLAIM_INVALID', 'exp', { ...good, exp: `${NOW + 180}` }],
    ['TOKEN_CLAIM_INVALID', 'exp', { ...good, exp: null }],
    ['TOKEN_CLAIM_INVALID', 'exp', { ...good, exp: true }],
    ['TOKEN_CLAIM_INVALID', 'qsh', { ...good, qsh: { toString: 'context-qsh' } }],
    ['TOKEN_CLAIM_INVALID', 'qsh', { ...good, qsh: ['context-qsh'] }],
    ['TOKEN_CLAIM_INVALID', 'qsh', { ...good, qsh: false }],
    ['TOKEN_CLAIM_INVALID', 'nbf', { ...good, nbf: `${NOW}` }],
    ['TOKEN_CLAIM_INVALID', 'sub', { ...good, sub: 7 }],
    ['TOKEN_QSH_MISMATCH', 'qsh', { ...good, qsh: good.qsh.toUpperCase() }],
    ['TOKEN_QSH_MISMATCH', 'qsh', { ...good, qsh: 'Context-qsh' }],
  ];

  test.each(cases)('%s for %s: %j', (code, claim, claims) => {
    expect(verdict(signed(claims))).toBe(code);
    const { sharedSecret: _secret, ...options } = forChecking;
    expect(refusal(() => verifyClaims(claims, options))).toBe(code);
    try {
      verifyClaims(claims, options);
    } catch (error) {
      expect(isTokenError(error) && error.claim).toBe(claim);
    }
  });

  test('an exp that JSON reads as infinite is no end', () => {
    const endless = JSON.stringify(good).replace(`${NOW + 180}`, '1e999');
    expect(verdict(signed(endless))).toBe('TOKEN_CLAIM_INVALID');
  });

  test.each([[undefined], [null], ['text'], [[good]]])('%j is no set of claims', (claims) => {
    const { sharedSecret: _secret, ...options } = forChecking;
    expect(refusal(() => verifyClaims(claims, options))).toBe('TOKEN_MALFORMED');
  });

  test('other claims come through as they are', () => {
    const claims = { ...good, sub: '', context: { jira: { issue: { key: 'XX-21' } } }, extra: [1] };
    const { sharedSecret: _secret, ...options } = forChecking;
    expect(verifyToken(signed(claims), forChecking)).toEqual(claims);
    expect(verifyClaims(claims, options)).toEqual(claims);
  });
});

describe('the time', () => {
  const at = (seconds: number, more: Partial<VerifyTokenOptions> = {}) => ({
    now: () => seconds * 1000,
    ...more,
  });

  test('30 seconds after the end are tolerated, not one more', () => {
    const token = signed(good);
    expect(verdict(token, at(good.exp + 29.999))).toBeUndefined();
    expect(verdict(token, at(good.exp + 30))).toBe('TOKEN_EXPIRED');
    expect(verdict(token, at(good.exp + 86_400))).toBe('TOKEN_EXPIRED');
  });

  test('30 seconds before nbf are tolerated, not one more', () => {
    const token = signed({ ...good, nbf: NOW + 100 });
    expect(verdict(token, at(NOW + 70))).toBeUndefined();
    expect(verdict(token, at(NOW + 69.999))).toBe('TOKEN_NOT_YET_VALID');
  });

  test('the tolerance can be set, also to none', () => {
    const token = signed(good);
    expect(verdict(token, at(good.exp, { clockToleranceSeconds: 0 }))).toBe('TOKEN_EXPIRED');
    expect(verdict(token, at(good.exp - 0.001, { clockToleranceSeconds: 0 }))).toBeUndefined();
    expect(verdict(token, at(good.exp + 299, { clockToleranceSeconds: 300 }))).toBeUndefined();
    for (const clockToleranceSeconds of [-1, 3601, Number.NaN, '30']) {
      const options = { clockToleranceSeconds: clockToleranceSeconds as number };
      expect(verdict(token, options)).toBe('TOKEN_OPTION_INVALID');
    }
  });

  test('the time of making is not judged: a fast clock of the site does no harm', () => {
    expect(verdict(signed({ ...good, iat: NOW + 7200, exp: NOW + 7380 }))).toBeUndefined();
  });
});

describe('issuer and audience', () => {
  test('iss is compared when an issuer is expected', () => {
    expect(verdict(signed(good), { issuer: 'client-key' })).toBeUndefined();
    for (const issuer of ['Client-key', 'client-key ', 'client', '']) {
      expect(verdict(signed(good), { issuer })).toBe('TOKEN_ISSUER_MISMATCH');
    }
  });

  const audience = 'https://app.example.com/jira';
  test.each([
    [audience],
    [`${audience}/`],
    [[audience]],
    [['https://other.example.com', `${audience}/`]],
  ])('aud %j names the app', (aud) => {
    expect(verdict(signed({ ...good, aud }), { audience })).toBeUndefined();
    expect(verdict(signed({ ...good, aud }), { audience: `${audience}/` })).toBeUndefined();
  });

  test.each([
    [undefined],
    [null],
    [''],
    [[]],
    ['https://app.example.com'],
    [`${audience}//`],
    [`${audience}/x`],
    [audience.slice(0, -1)],
    [audience.toUpperCase()],
    [`${audience} https://other.example.com`],
    [[[audience]]],
    [{ 0: audience, length: 1 }],
  ])('aud %j does not', (aud) => {
    expect(verdict(signed({ ...good, aud }), { audience })).toBe('TOKEN_AUDIENCE_MISMATCH');
  });

  test('aud is not looked at when none is expected', () => {
    expect(verdict(signed({ ...good, aud: 'https://other.example.com' }))).toBeUndefined();
  });
});

describe('what binds the token', () => {
  const context = signed({ ...good, qsh: 'context-qsh' });

  test.each([
    ['another method', { method: 'GET' }],
    ['another path', { url: '/rest/api/3/issue/XX-22?overrideScreenSecurity=true' }],
    ['a path in another case', { url: '/rest/api/3/issue/xx-21?overrideScreenSecurity=true' }],
    ['another value', { url: '/rest/api/3/issue/XX-21?overrideScreenSecurity=false' }],
    ['one parameter more', { url: `${story.url}&notifyUsers=false` }],
    ['one parameter less', { url: '/rest/api/3/issue/XX-21' }],
    ['the query in the path', { url: '/rest/api/3/issue/XX-21&overrideScreenSecurity=true' }],
  ])('%s: TOKEN_QSH_MISMATCH', (_name, other) => {
    expect(verdict(createToken(forMaking), other)).toBe('TOKEN_QSH_MISMATCH');
  });

  test('the message names method and path, and never the query', () => {
    const url = '/page/?jwt=MARKED&x=MARKED';
    expect(verdict(signed(good), { url })).toBe('TOKEN_QSH_MISMATCH');
    expect(() => verifyToken(signed(good), { ...forChecking, url })).toThrow(
      'The token was made for another request than PUT /page/ with this query.',
    );
  });

  test('a context token is good where it is accepted, for any URL', () => {
    for (const accept of ['context', ['context'], ['request', 'context']] as const) {
      expect(verdict(context, { accept })).toBeUndefined();
      expect(verdict(context, { accept, method: 'GET', url: '/elsewhere' })).toBeUndefined();
    }
  });

  test('a context token is refused where it is not, which is the default', () => {
    expect(verdict(context)).toBe('TOKEN_CONTEXT_REFUSED');
    expect(verdict(context, { accept: 'request' })).toBe('TOKEN_CONTEXT_REFUSED');
    expect(verdict(context, { accept: ['request'] })).toBe('TOKEN_CONTEXT_REFUSED');
  });

  test('a token for one URL is refused where context tokens alone are accepted', () => {
    expect(verdict(signed(good), { accept: 'context' })).toBe('TOKEN_REQUEST_REFUSED');
    expect(verdict(signed(good), { accept: ['context'] })).toBe('TOKEN_REQUEST_REFUSED');
    expect(verdict(signed(good), { accept: ['context', 'request'] })).toBeUndefined();
  });

  test('a context token still ends, and still needs its signature', () => {
    const accept = 'context';
    const late = () => (good.exp + 30) * 1000;
    expect(verdict(context, { accept, now: late })).toBe('TOKEN_EXPIRED');
    expect(verdict(context, { accept, sharedSecret: 'other' })).toBe('TOKEN_SIGNATURE_INVALID');
  });

  test.each([[''], ['any'], [[]], [['request', 'any']], [7], [{}]])(
    'accept %j: TOKEN_OPTION_INVALID',
    (accept) => {
      const options = { accept } as unknown as Partial<VerifyTokenOptions>;
      expect(verdict(signed(good), options)).toBe('TOKEN_OPTION_INVALID');
      expect(verdict(context, options)).toBe('TOKEN_OPTION_INVALID');
    },
  );
});

describe('how the site may have read the same URL', () => {
  const tokenFor = (canonical: string) =>
    signed({ ...good, qsh: createHash('sha256').update(canonical).digest('hex') });
  const verdictFor = (canonical: string, url: string) =>
    verdict(tokenFor(canonical), { method: 'GET', url });

  test('a token over the decoded path verifies for the encoded URL', () => {
    expect(verdictFor('GET&/pages/käse brot&a=%C3%A4', '/pages/k%C3%A4se%20brot?a=%c3%a4')).toBe(
      undefined,
    );
    expect(verdictFor('GET&/a/b&', '/a%2Fb')).toBeUndefined();
    expect(verdictFor('GET&/a%26b&', '/a%26b')).toBeUndefined();
  });

  test('a token over the path as it was sent verifies too', () => {
    expect(verdictFor('GET&/pages/k%C3%A4se&', '/pages/k%C3%A4se')).toBeUndefined();
  });

  test('a path that was decoded twice, or encoded once more, does not', () => {
    expect(verdictFor('GET&/a/b&', '/a%252Fb')).toBe('TOKEN_QSH_MISMATCH');
    expect(verdictFor('GET&/a%252Fb&', '/a%2Fb')).toBe('TOKEN_QSH_MISMATCH');
    expect(verdictFor('GET&/a%2Fb&', '/a/b')).toBe('TOKEN_QSH_MISMATCH');
  });

  test('a token over names in their raw order verifies, as npm atlassian-jwt makes it', () => {
    const url = '/list?filter[a]=1&filter1=2';
    const hash = createQueryStringHash(fromMethodAndUrl('GET', url));
    expect(hash).not.toBe(queryStringHash({ method: 'GET', url }));
    expect(verdict(signed({ ...good, qsh: hash }), { method: 'GET', url })).toBeUndefined();
  });

  test('either order of names goes with either reading of the path', () => {
    const url = '/k%C3%A4se?filter[a]=1&filter1=2';
    for (const path of ['/käse', '/k%C3%A4se']) {
      for (const query of ['filter%5Ba%5D=1&filter1=2', 'filter1=2&filter%5Ba%5D=1']) {
        expect(verdictFor(`GET&${path}&${query}`, url)).toBeUndefined();
      }
    }
  });

  test('names in any other order, and values unsorted, do not', () => {
    expect(verdictFor('GET&/list&b=1&a=2', '/list?b=1&a=2')).toBe('TOKEN_QSH_MISMATCH');
    expect(verdictFor('GET&/list&a=2,1', '/list?a=2&a=1')).toBe('TOKEN_QSH_MISMATCH');
  });
});

describe('wrong options', () => {
  const making: [name: string, options: Record<string, unknown>][] = [
    ['no secret', { sharedSecret: undefined }],
    ['an empty secret', { sharedSecret: '' }],
    ['a secret that is null', { sharedSecret: null }],
    ['a secret in a list', { sharedSecret: [SECRET] }],
    ['a secret in an object', { sharedSecret: { value: SECRET } }],
    ['a secret as bytes', { sharedSecret: Buffer.from(SECRET) }],
    ['no issuer', { issuer: undefined }],
    ['an empty issuer', { issuer: '' }],
    ['an installation in place of its key', { issuer: { sharedSecret: SECRET } }],
    ['a subject that is a number', { subject: 7 }],
    ['an installation in place of the subject', { subject: { sharedSecret: SECRET } }],
    ['an audience that is a number', { audience: 7 }],
    ['an audience of mixed types', { audience: ['a', { sharedSecret: SECRET }] }],
    ['a context that is text', { context: 'text' }],
    ['a context that is null', { context: null }],
    ['a clock that shows no number', { now: () => new Date() }],
    ['a clock that shows NaN', { now: () => Number.NaN }],
    ['a request in place of its url', { url: { headers: { authorization: `JWT ${SECRET}` } } }],
    ['no method', { method: undefined }],
  ];

  test.each(making)('createToken, %s: TOKEN_OPTION_INVALID', (_name, options) => {
    const all = { ...forMaking, ...options } as CreateTokenOptions;
    expect(refusal(() => createToken(all))).toBe('TOKEN_OPTION_INVALID');
  });

  test.each([
    [0],
    [-180],
    [0.5],
    [3601],
    [180_000],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    ['180'],
    [[180]],
  ])('a lifetime of %j: TOKEN_LIFETIME_INVALID', (lifetime) => {
    const all = { ...forMaking, expiresInSeconds: lifetime as number };
    expect(refusal(() => createToken(all))).toBe('TOKEN_LIFETIME_INVALID');
  });

  test('a lifetime in milliseconds is recognised', () => {
    const make = (expiresInSeconds: number) => () =>
      createToken({ ...forMaking, expiresInSeconds });
    expect(make(180_000)).toThrow('Is it in milliseconds?');
    expect(make(Number.NaN)).toThrow('expiresInSeconds is NaN;');
    expect(make(-1)).not.toThrow('milliseconds');
    for (const lifetime of [1, 3600]) expect(verdict(make(lifetime)())).toBeUndefined();
  });

  test.each([
    ['no secret', { sharedSecret: undefined }],
    ['an empty secret', { sharedSecret: '' }],
    ['a secret as bytes', { sharedSecret: Buffer.from(SECRET) }],
    ['no method', { method: undefined }],
    ['no url', { url: undefined }],
    ['a request in place of its url', { url: { url: `/?jwt=${SECRET}` } }],
    ['a clock that shows NaN', { now: () => Number.NaN }],
  ])('verifyToken, %s: TOKEN_OPTION_INVALID', (_name, options) => {
    const all = { ...forChecking, ...options } as unknown as VerifyTokenOptions;
    expect(refusal(() => verifyToken(signed(good), all))).toBe('TOKEN_OPTION_INVALID');
  });

  test.each([[undefined], [null], ['text'], [[]]])('%j in place of options', (options) => {
    expect(refusal(() => createToken(options as never))).toBe('TOKEN_OPTION_INVALID');
    expect(refusal(() => verifyToken(signed(good), options as never))).toBe('TOKEN_OPTION_INVALID');
    expect(refusal(() => verifyClaims(good, options as never))).toBe('TOKEN_OPTION_INVALID');
  });

  test('an unknown option is refused before anything else, naming the nearest', () => {
    const { sharedSecret: _secret, ...claimOptions } = forChecking;
    const calls: [run: () => unknown, message: string][] = [
      [
        () => createToken({ ...forMaking, expiresInSecs: 180 } as CreateTokenOptions),
        "createToken has no option 'expiresInSecs'. Did you mean 'expiresInSeconds'?",
      ],
      [
        () => createToken({ ...forMaking, secret: SECRET } as CreateTokenOptions),
        "createToken has no option 'secret'.",
      ],
      [
        () => verifyToken('', { ...forChecking, audiance: 'x' } as VerifyTokenOptions),
        "verifyToken has no option 'audiance'. Did you mean 'audience'?",
      ],
      [
        () => verifyClaims({}, { ...claimOptions, sharedSecret: SECRET } as VerifyClaimsOptions),
        "verifyClaims has no option 'sharedSecret'.",
      ],
    ];
    for (const [run, message] of calls) {
      expect(refusal(run)).toBe('CONFIG_OPTION_UNKNOWN');
      expect(run).toThrow(message);
      expect(run).toThrow(expect.toSatisfy(isConfigError));
    }
  });
});

describe('signClaims', () => {
  test('signs claims as they are, which Atlassian and jose can check', async () => {
    const claims = { iss: 'ünlike', sub: 'x', iat: NOW, exp: NOW + 60, nested: { list: [1, 'a'] } };
    const token = signClaims(claims, SECRET);
    expect(decodeSymmetric(token, SECRET, SymmetricAlgorithm.HS256)).toEqual(claims);
    const { payload, protectedHeader } = await jwtVerify(token, Buffer.from(SECRET), {
      currentDate: new Date(NOW * 1000),
    });
    expect(payload).toEqual(claims);
    expect(protectedHeader).toEqual({ typ: 'JWT', alg: 'HS256' });
  });

  test.each([
    ['no object', 'iss', SECRET],
    ['too much', { text: 'x'.repeat(20_000) }, SECRET],
    ['no secret', { iss: 'x' }, ''],
  ])('refuses %s', (_, claims, secret) => {
    expect(refusal(() => signClaims(claims as Record<string, unknown>, secret))).toBe(
      'TOKEN_OPTION_INVALID',
    );
  });
});

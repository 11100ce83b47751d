/** Cases that others published: recorded from Atlassian's products, or taken from the tests of other libraries. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isTokenError } from '../../src/errors.ts';
import {
  canonicalRequest,
  decodeToken,
  queryStringHash,
  verifyClaims,
  verifyToken,
} from '../../src/jwt/jwt.ts';

const folder = new URL('../../../../../shared/vectors/', import.meta.url);
const isMissing = !existsSync(folder);

function read(file: string) {
  return JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
}

test.skipIf(isMissing && !process.env.CI)(
  'the published cases are in ../shared/vectors (skipped where that folder is missing)',
  () => expect(isMissing).toBe(false),
);

// ---------------------------------------------------------------------------------------------------------------------

interface Vector {
  id: string;
  method: string;
  url: string;
  baseUrl?: string;
  canonical?: string;
  qsh?: string;
  /** A form, whose fields count as the query where checkBodyForParams says so. */
  body?: string;
  checkBodyForParams?: boolean;
}

const noEquals = 'leaves out the = of a name without a value';

/** Known to disagree with Atlassian's own code, or broken where they were published, with what Countersign makes. */
const disagreeing: Record<string, [because: string, ours: string]> = {
  'breart-laravel-php#10': [noEquals, 'GET&/&enabled='],
  'breart-laravel-php#11': [noEquals, 'GET&/&some%20spaces%20in%20this%20parameter='],
  'breart-laravel-php#12': [noEquals, 'GET&/&connect%2A='],
  'breart-laravel-php#13': [noEquals, 'GET&/&1%20%2B%201%20equals%203='],
  'breart-laravel-php#14': [noEquals, 'GET&/&in%20~3%20days='],
  'arturkhamaiun-laravel-php#13': [noEquals, 'GET&/&enabled='],
  'arturkhamaiun-laravel-php#14': [noEquals, 'GET&/&some%20spaces%20in%20this%20parameter='],
  'arturkhamaiun-laravel-php#15': [noEquals, 'GET&/&connect%2A='],
  'arturkhamaiun-laravel-php#16': [noEquals, 'GET&/&1%20%2B%201%20equals%203='],
  'arturkhamaiun-laravel-php#17': [noEquals, 'GET&/&in%20~3%20days='],
  'go-zzira#1': [
    'joins repeated values by an encoded comma',
    'GET&/path/to/service&first=param&repeated=parameter%201,parameter%202&zee_last=param',
  ],
  'breart-laravel-php#3': [
    'hash of an unknown text, disabled where it was published',
    'GET&/title%26description&',
  ],
  'arturkhamaiun-laravel-php#37': [
    '&param became ¶m on the page it was copied from',
    'GET&/test¶m=value&',
  ],
};

const apart = ['jwt-signed-urls.json', 'tokens.json', 'lifecycle-fixtures.json'];
const files = isMissing ? [] : readdirSync(folder).filter((it) => it.endsWith('.json'));
const vectors: Vector[] = files
  .filter((file) => !apart.includes(file))
  .flatMap((file) => read(file).vectors);

function targetOf({ method, url, baseUrl, body, checkBodyForParams }: Vector) {
  const sent = checkBodyForParams ? `${url}?${body}` : url;
  return baseUrl === undefined ? { method, url: sent } : { method, url: sent, baseUrl };
}

describe.skipIf(isMissing)('cases of other libraries', () => {
  test.each(vectors.filter(({ id }) => !(id in disagreeing)))('$id: $method $url', (vector) => {
    const { canonical, qsh } = vector;
    expect(canonical ?? qsh).toBeTruthy();
    const target = targetOf(vector);
    if (canonical !== undefined) expect(canonicalRequest(target)).toBe(canonical);
    if (qsh !== undefined) expect(queryStringHash(target)).toBe(qsh);
  });

  test.each(Object.entries(disagreeing))('%s disagrees: it %s', (id, [, ours]) => {
    const vector = vectors.find((it) => it.id === id);
    if (vector === undefined) throw new Error(`${id} is on the list, but in no file`);
    const target = targetOf(vector);
    expect(canonicalRequest(target)).toBe(ours);
    expect([canonicalRequest(target), queryStringHash(target)]).not.toContain(
      vector.canonical ?? vector.qsh,
    );
  });

  test('every file was read', () => {
    expect(vectors.length).toBeGreaterThanOrEqual(145);
    expect(new Set(vectors.map(({ id }) => id)).size).toBe(vectors.length);
  });
});

// ---------------------------------------------------------------------------------------------------------------------

interface SignedUrl {
  name: string;
  canonicalUrl: string;
  signedUrl: string;
}

describe.skipIf(isMissing)('URLs that an Atlassian product signed', () => {
  const { secret, tests } = isMissing
    ? { secret: '', tests: [] }
    : (read('jwt-signed-urls.json') as { secret: string; tests: SignedUrl[] });

  test('there are 78 of them', () => {
    expect(tests).toHaveLength(78);
  });

  test.each(tests)('$name', ({ canonicalUrl, signedUrl }) => {
    const token = new URL(signedUrl).searchParams.get('jwt') ?? '';
    const { claims } = decodeToken(token);
    const target = { method: 'GET', url: signedUrl };
    expect(canonicalRequest(target)).toBe(canonicalUrl);
    expect(queryStringHash(target)).toBe(claims.qsh);

    const now = () => 1000 * Number(claims.iat) + 60_000;
    const options = { ...target, sharedSecret: secret, now };
    expect(verifyToken(token, options)).toEqual(claims);
    expect(codeOf(() => verifyToken(token, { ...options, sharedSecret: `${secret}.` }))).toBe(
      'TOKEN_SIGNATURE_INVALID',
    );
    expect(codeOf(() => verifyToken(token, { ...options, url: '/elsewhere' }))).toBe(
      'TOKEN_QSH_MISMATCH',
    );
  });
});

// ---------------------------------------------------------------------------------------------------------------------

interface RecordedToken {
  source: string;
  secret: string | null;
  expect: string;
  token: string;
  claims: { iss: string; iat: number; exp: number; qsh: string };
}

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (isTokenError(error)) return error.code;
    throw error;
  }
}

/** The requests that recorded tokens were made for, as far as they are known. */
const requests: Record<string, string> = {
  sentry: '/extensions/jira/configure/?a=1&b=2&c=3&test=pass',
  'arturkhamaiun/atlassian-connect-laravel JwtTest.php (index id 147098496)': '/',
  'developer.atlassian.com example':
    '/hello-world?lic=none&tz=Australia%2FSydney&cp=%2Fjira&user_key=&loc=en-US&user_id=&xdm_e=http%3A%2F%2Fstorm%3A2990&xdm_c=channel-servlet-hello-world&xdm_p=1',
  'atlassian-jwt JS test':
    '/hello-world?lic=none&tz=Australia%2FSydney&cp=%2Fjira&user_key=&loc=en-US&user_id=&xdm_e=http%3A%2F%2Fstorm%3A2990&xdm_c=channel-servlet-hello-world&xdm_p=1',
};

describe.skipIf(isMissing)('recorded tokens', () => {
  const tokens: RecordedToken[] = isMissing ? [] : read('tokens.json').tokens;

  test('there are 12 of them', () => {
    expect(tokens).toHaveLength(12);
  });

  test.each(tokens)('$source: $expect', ({ source, secret, expect: outcome, token, claims }) => {
    expect(decodeToken(token).claims).toEqual(claims);

    const url = requests[source];
    const target = { method: 'GET', url: url ?? '/unknown', now: () => 1000 * claims.iat };
    const binding = url === undefined ? 'TOKEN_QSH_MISMATCH' : undefined;
    const verify = (more: { issuer?: string; now?: () => number } = {}) =>
      codeOf(() => verifyToken(token, { ...target, sharedSecret: secret ?? '', ...more }));
    switch (outcome) {
      case 'valid':
        expect(verify()).toBeUndefined();
        expect(verify({ now: Date.now })).toBeUndefined();
        return;
      case 'valid-signature (expired)':
        expect(verify()).toBe(binding);
        expect(verify({ now: Date.now })).toBe('TOKEN_EXPIRED');
        return;
      case 'unknown-issuer':
        expect(verify()).toBeUndefined();
        expect(verify({ issuer: 'testserver.jira:123' })).toBe('TOKEN_ISSUER_MISMATCH');
        return;
      case 'bad-signature':
        expect(verify()).toBe('TOKEN_SIGNATURE_INVALID');
        return;
      case 'alg-none':
        expect(verify()).toBe('TOKEN_UNSIGNED');
        return;
      case 'expired':
        expect(verify({ now: () => 1000 * (claims.exp + 29) })).toBeUndefined();
        expect(verify({ now: () => 1000 * (claims.exp + 31) })).toBe('TOKEN_EXPIRED');
        return;
      case 'decode-only':
        expect(codeOf(() => verifyClaims(claims, target))).toBe(binding);
        return;
      default:
        throw new Error(`an outcome that this test does not know: ${outcome}`);
    }
  });
});

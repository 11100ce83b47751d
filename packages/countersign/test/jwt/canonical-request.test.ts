import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { isConfigError, isTokenError } from '../../src/errors.ts';
import { canonicalRequest, queryStringHash, type RequestTarget } from '../../src/jwt/jwt.ts';

function ofGet(url: string | URL, baseUrl?: string | URL): string {
  return canonicalRequest(
    baseUrl === undefined ? { method: 'GET', url } : { method: 'GET', url, baseUrl },
  );
}

function thrownBy(target: unknown): unknown {
  try {
    canonicalRequest(target as RequestTarget);
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('method', () => {
  test.each(['put', 'Put', 'PUT'])('%s is hashed in upper case', (method) => {
    expect(canonicalRequest({ method, url: '/rest/api/3/issue/XX-21' })).toBe(
      'PUT&/rest/api/3/issue/XX-21&',
    );
  });
});

describe('path', () => {
  test.each([
    ['/rest/api/3/myself?expand=groups'],
    ['https://example.atlassian.net/rest/api/3/myself?expand=groups'],
    ['https://example.atlassian.net:8443/rest/api/3/myself?expand=groups'],
    ['HTTP://EXAMPLE.atlassian.net/rest/api/3/myself?expand=groups'],
    ['rest/api/3/myself?expand=groups'],
  ])('%s gives the same text as any other form of that URL', (url) => {
    expect(ofGet(url)).toBe('GET&/rest/api/3/myself&expand=groups');
  });

  test.each([
    ['', 'GET&/&'],
    ['/', 'GET&/&'],
    ['https://example.atlassian.net', 'GET&/&'],
    ['https://example.atlassian.net/', 'GET&/&'],
    ['?a=1', 'GET&/&a=1'],
    ['https://example.atlassian.net?a=1', 'GET&/&a=1'],
    ['https://example.atlassian.net?next=/a/b', 'GET&/&next=%2Fa%2Fb'],
    ['https://example.atlassian.net#/a/b', 'GET&/&'],
  ])('no path at all counts as /: %j', (url, expected) => {
    expect(ofGet(url)).toBe(expected);
  });

  test.each([
    ['/path/', 'GET&/path&'],
    ['/path/?a=1', 'GET&/path&a=1'],
    ['/path//', 'GET&/path/&'],
    ['//', 'GET&/&'],
  ])('one trailing slash is left out: %s', (url, expected) => {
    expect(ofGet(url)).toBe(expected);
  });

  test('leading slashes and dot segments stay as they were sent', () => {
    expect(ofGet('//a/../b/./c')).toBe('GET&//a/../b/./c&');
  });

  test('an & in the path is escaped, so that it cannot pass for the start of a query', () => {
    expect(ofGet('/project&a=b?x=y')).toBe('GET&/project%26a=b&x=y');
    expect(ofGet('/project&a=b?x=y')).not.toBe(ofGet('/project?a=b&x=y'));
  });

  test('other reserved characters of the path stay as they are', () => {
    expect(ofGet("https://example.com/a!$'()*+,;=:@~-._|")).toBe("GET&/a!$'()*+,;=:@~-._|&");
  });

  test('escapes in the path stay as they were sent, in their own letter case', () => {
    expect(ofGet('/a%2fb%20%C3%A4%zz')).toBe('GET&/a%2fb%20%C3%A4%zz&');
  });

  test('characters that no URL may hold are escaped as a client sends them', () => {
    expect(ofGet('/my file "<>^`{}')).toBe('GET&/my%20file%20%22%3C%3E%5E%60%7B%7D&');
    expect(ofGet('/my file "<>^`{}')).toBe(
      ofGet(new URL('https://example.com/my file "<>^`{}')).replace('^', '%5E'),
    );
  });

  test('a fragment never counts', () => {
    expect(ofGet('/page?a=1#part?b=2')).toBe('GET&/page&a=1');
    expect(ofGet('/page#part?b=2')).toBe('GET&/page&');
  });

  test('a URL object is taken like its text', () => {
    const url = new URL('https://example.atlassian.net/wiki/käse?q=a b#x');
    expect(ofGet(url)).toBe('GET&/wiki/k%C3%A4se&q=a%20b');
    expect(ofGet(url, new URL('https://example.atlassian.net/wiki'))).toBe(
      'GET&/k%C3%A4se&q=a%20b',
    );
  });
});

describe('baseUrl', () => {
  test.each(['/wiki', '/wiki/', 'https://example.atlassian.net/wiki', 'https://other.host/wiki/'])(
    'the path of %s is cut off',
    (baseUrl) => {
      expect(ofGet('/wiki/rest/api/search?cql=x', baseUrl)).toBe('GET&/rest/api/search&cql=x');
      expect(ofGet('https://example.atlassian.net/wiki/rest/api/search?cql=x', baseUrl)).toBe(
        'GET&/rest/api/search&cql=x',
      );
      expect(ofGet('/wiki', baseUrl)).toBe('GET&/&');
      expect(ofGet('/wiki/', baseUrl)).toBe('GET&/&');
      expect(ofGet('/wiki?a=1', baseUrl)).toBe('GET&/&a=1');
    },
  );

  test('it is cut once, from the start, and at a / only', () => {
    expect(ofGet('/wiki/wiki/a', '/wiki')).toBe('GET&/wiki/a&');
    expect(ofGet('/a/wiki/b', '/wiki')).toBe('GET&/a/wiki/b&');
    expect(ofGet('/jiraffe/x', '/jira')).toBe('GET&/jiraffe/x&');
    expect(ofGet('/jira%2Fx', '/jira')).toBe('GET&/jira%2Fx&');
  });

  test.each(['', '/', 'https://example.atlassian.net', 'https://example.atlassian.net/?wiki'])(
    'a base without a path cuts nothing: %j',
    (baseUrl) => {
      expect(ofGet('/wiki/a', baseUrl)).toBe('GET&/wiki/a&');
    },
  );
});

describe('query', () => {
  test.each([
    ['names are sorted by code point', '?b=1&a=2&B=3&A=4&a1=5&a10=6', 'A=4&B=3&a=2&a1=5&a10=6&b=1'],
    ['names sort by their encoded form', '?aB=2&a[0]=1&z=3&ä=4', '%C3%A4=4&a%5B0%5D=1&aB=2&z=3'],
    ['values of a repeated name are joined by a literal comma', '?f=x&g=1&f=y', 'f=x,y&g=1'],
    ['repeated values are sorted', '?ids=1&ids=10&ids=-1&ids=20&ids=2', 'ids=-1,1,10,2,20'],
    ['repeated values sort by their decoded form', '?i=%3A1&i=.1&i=%2B', 'i=%2B,.1,%3A1'],
    ['the same name spelt in two ways is one name', '?a%5B%5D=2&a[]=1', 'a%5B%5D=1,2'],
    ['a comma inside a value is encoded, escaped or not', '?a=1%2C2&b=1,2', 'a=1%2C2&b=1%2C2'],
    ['+ and %20 are both a space', '?a=x+y&b=x%20y', 'a=x%20y&b=x%20y'],
    ['%2B is a plus', '?a=1+%2B+1', 'a=1%20%2B%201'],
    ['escapes in lower case become upper case', '?a=%c3%a4%2f', 'a=%C3%A4%2F'],
    ['an escape that was not needed is undone', '?%61=%7E%2D', 'a=~-'],
    ["~ stays; * ' ( ) ! are encoded", "?a=~*'()!", 'a=~%2A%27%28%29%21'],
    ['reserved characters in a value are encoded', '?a=:/?@$;[]', 'a=%3A%2F%3F%40%24%3B%5B%5D'],
    ['the second = belongs to the value', '?a=b=c&d==&e=f', 'a=b%3Dc&d=%3D&e=f'],
    [
      'letters outside ASCII are UTF-8',
      '?d=宮崎+駿&e=😀',
      'd=%E5%AE%AE%E5%B4%8E%20%E9%A7%BF&e=%F0%9F%98%80',
    ],
    ['an empty value keeps its =', '?a=&b=1', 'a=&b=1'],
    ['a name without = gets one', '?a&b=foo&c', 'a=&b=foo&c='],
    ['an empty value comes first among repeats', '?a=1&a', 'a=,1'],
    ['a value may have no name', '?=x', '=x'],
    ['empty pairs are left out', '?&a=1&&b=2&', 'a=1&b=2'],
    ['no parameters leave nothing', '?', ''],
    ['jwt is left out, repeated and escaped too', '?a=1&jwt=x.y.z&jwt=2&%6Awt=3&j=2', 'a=1&j=2'],
    ['jwt alone leaves nothing', '?jwt=x.y.z', ''],
    [
      'only the exact name is left out',
      '?JWT=1&jwt2=2&xjwt=3&jwt%20=4',
      'JWT=1&jwt%20=4&jwt2=2&xjwt=3',
    ],
    [
      '__proto__ is a name like any other',
      '?__proto__=1&constructor=2',
      '__proto__=1&constructor=2',
    ],
    ['a malformed escape is taken literally', '?a=%zz&b=100%&c=%4', 'a=%25zz&b=100%25&c=%254'],
    ['a malformed escape leaves the others whole', '?a=ä%zz%41%C3%A4', 'a=%C3%A4%25zzA%C3%A4'],
    ['bytes that are no UTF-8 become U+FFFD', '?a=%E4&b=%E4ä', 'a=%EF%BF%BD&b=%EF%BF%BD%C3%A4'],
    ['a lone surrogate becomes U+FFFD', '?a=\ud800&\udfff=b', '%EF%BF%BD=b&a=%EF%BF%BD'],
  ])('%s', (_rule, query, expected) => {
    expect(ofGet(`/test${query}`)).toBe(`GET&/test&${expected}`);
    expect(ofGet(`https://example.com/test${query}`)).toBe(`GET&/test&${expected}`);
  });

  test('names beyond the first thousand count as well', () => {
    const pairs = Array.from({ length: 1500 }, (_, index) => `p${10_000 + index}=${index}`);
    expect(ofGet(`/test?${pairs.toReversed().join('&')}`)).toBe(`GET&/test&${pairs.join('&')}`);
  });
});

describe('hash', () => {
  test('is the SHA-256 of the text, in lower-case hex', () => {
    const target = { method: 'get', url: '/test?director=宮崎' };
    const expected = createHash('sha256').update(canonicalRequest(target), 'utf8').digest('hex');
    expect(queryStringHash(target)).toBe(expected);
    expect(queryStringHash({ method: 'get', url: '/path' })).toBe(
      '799be84a7fa35570087163c0cd9af3abff7ac05c2c12ba0bb1d7eebc984b3ac2',
    );
  });
});

describe('wrong arguments', () => {
  const endless: Record<string, unknown> = { jwt: 'MARKED' };
  endless.self = endless;

  test.each([
    ['no options', undefined],
    ['null', null],
    ['a text', 'GET /'],
    ['a list', ['GET', '/']],
    ['no method', { url: '/' }],
    ['an empty method', { method: '', url: '/' }],
    ['a method that is a number', { method: 1, url: '/' }],
    ['no url', { method: 'GET' }],
    ['a url that is a number', { method: 'GET', url: 7 }],
    ['a url that is null', { method: 'GET', url: null }],
    ['a url that is a bigint', { method: 'GET', url: 7n }],
    ['a url that is a symbol', { method: 'GET', url: Symbol('url') }],
    ['a url that is a list', { method: 'GET', url: [endless] }],
    ['a whole request in place of its url', { method: 'GET', url: endless }],
    ['a baseUrl that is an object', { method: 'GET', url: '/', baseUrl: endless }],
    ['a baseUrl that is null', { method: 'GET', url: '/', baseUrl: null }],
  ])('%s: TOKEN_OPTION_INVALID, and nothing of it is shown', (_name, target) => {
    const error = thrownBy(target);
    expect(isTokenError(error) && error.code).toBe('TOKEN_OPTION_INVALID');
    expect((error as Error).message).not.toContain('MARKED');
    expect(() => queryStringHash(target as RequestTarget)).toThrow((error as Error).message);
  });

  test.each([
    [undefined, 'missing'],
    [null, 'null'],
    [Number.NaN, 'NaN'],
    [7n, '7'],
    [endless, 'an object'],
    [[endless], 'a list'],
    [() => '/', 'a function'],
  ])('the message names the option and what it is: case %#', (url, shown) => {
    const error = thrownBy({ method: 'GET', url });
    expect((error as Error).message).toBe(`url must be a URL or a path, as text; it is ${shown}.`);
  });

  test.each([
    ['URL', 'url'],
    ['baseurl', 'baseUrl'],
    ['metod', 'method'],
  ])('an option named %s is refused, naming %s', (wrong, meant) => {
    const error = thrownBy({ method: 'GET', url: '/', [wrong]: '/' });
    expect(isConfigError(error) && error.code).toBe('CONFIG_OPTION_UNKNOWN');
    expect((error as Error).message).toBe(
      `canonicalRequest has no option '${wrong}'. Did you mean '${meant}'?`,
    );
  });

  test('an option that resembles none is refused without a guess', () => {
    const error = thrownBy({ method: 'GET', url: '/', verbosity: 1 });
    expect((error as Error).message).toBe("canonicalRequest has no option 'verbosity'.");
    expect(isConfigError(error) && error.hint).toBe('Known options: method, url, baseUrl.');
  });
});

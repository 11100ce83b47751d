import { describe, expect, test } from 'vitest';
import { DEFAULT_ALLOWED_SITES, normalizeSiteUrl, siteFilter } from '../../src/connect/sites.ts';
import { isConfigError } from '../../src/index.ts';

describe('by default', () => {
  const isAllowed = siteFilter(DEFAULT_ALLOWED_SITES);

  test.each([
    'https://example.atlassian.net',
    'https://example.atlassian.net/',
    'https://EXAMPLE.Atlassian.NET',
    'https://example.atlassian.net:443',
    'https://my-site-2.atlassian.net/wiki',
    'https://example.jira.com',
  ])('%s is a site', (siteUrl) => expect(isAllowed(siteUrl)).toBe(true));

  test.each([
    ['http', 'http://example.atlassian.net'],
    ['another scheme', 'ftp://example.atlassian.net'],
    ['no scheme', 'example.atlassian.net'],
    ['a scheme-less URL', '//example.atlassian.net'],
    ['another port', 'https://example.atlassian.net:8443'],
    ['the bare domain', 'https://atlassian.net'],
    ['an empty label', 'https://.atlassian.net'],
    ['two labels', 'https://a.b.atlassian.net'],
    ['user info that looks like a site', 'https://example.atlassian.net@evil.com'],
    ['user info before a site', 'https://evil.com@example.atlassian.net'],
    ['a password', 'https://user:pass@example.atlassian.net'],
    ['a path that looks like a site', 'https://evil.com/.atlassian.net'],
    ['a fragment that looks like a site', 'https://evil.com#.atlassian.net'],
    ['a query that looks like a site', 'https://evil.com?.atlassian.net'],
    ['a backslash', 'https://evil.com\\.atlassian.net'],
    ['a site as a subdomain', 'https://example.atlassian.net.evil.com'],
    ['a domain that ends the same', 'https://evilatlassian.net'],
    ['another character for the dot', 'https://exampleXatlassian.net'],
    ['a dot at the end', 'https://example.atlassian.net.'],
    ['a line break', 'https://evil.com\n.atlassian.net'],
    ['a query', 'https://example.atlassian.net?x=1'],
    ['this machine', 'http://127.0.0.1:4400'],
    ['nothing', ''],
    ['a script', 'javascript:alert(1)'],
  ])('%s is refused', (_name, siteUrl) => expect(isAllowed(siteUrl)).toBe(false));
});

test.each<[string, string, boolean]>([
  ['example.atlassian.net', 'https://example.atlassian.net', true],
  ['example.atlassian.net', 'https://other.atlassian.net', false],
  ['https://example.atlassian.net', 'https://example.atlassian.net', true],
  ['EXAMPLE.atlassian.net', 'https://example.atlassian.net', true],
  ['*.jira-dev.com', 'https://example.jira-dev.com', true],
  ['*.jira-dev.com', 'https://example.jira-devXcom', false],
  ['http://127.0.0.1:4400', 'http://127.0.0.1:4400', true],
  ['http://127.0.0.1:4400', 'http://127.0.0.1:4401', false],
  ['http://127.0.0.1:4400', 'https://127.0.0.1:4400', false],
  ['http://localhost:4400', 'http://localhost:4400/jira', true],
  ['http://[::1]:4400', 'http://[::1]:4400', true],
])('the pattern %s on %s: %s', (pattern, siteUrl, expected) => {
  expect(siteFilter([pattern])(siteUrl)).toBe(expected);
});

test('several patterns each count, and none allows nothing', () => {
  const isAllowed = siteFilter(['a.atlassian.net', 'b.atlassian.net']);
  expect(isAllowed('https://a.atlassian.net')).toBe(true);
  expect(isAllowed('https://b.atlassian.net')).toBe(true);
  expect(siteFilter([])('https://a.atlassian.net')).toBe(false);
});

test.each([
  '*',
  '*.*.atlassian.net',
  'example.*.net',
  'ex*ample.atlassian.net',
  '',
  'http://example.atlassian.net',
  'https://example.atlassian.net/wiki',
  'https://user@example.atlassian.net',
  'https://example.atlassian.net?x=1',
  'ftp://example.atlassian.net',
])('the pattern %j is a ConfigError that names it', (pattern) => {
  try {
    siteFilter([pattern]);
  } catch (error) {
    expect(isConfigError(error) && error.code).toBe('CONFIG_OPTION_INVALID');
    expect((error as Error).message).toContain(`'${pattern}'`);
    return;
  }
  expect.fail('the pattern was taken');
});

test.each<[string, string | undefined]>([
  ['https://example.atlassian.net', 'https://example.atlassian.net'],
  ['https://example.atlassian.net/', 'https://example.atlassian.net'],
  ['https://EXAMPLE.atlassian.net:443/', 'https://example.atlassian.net'],
  ['https://example.atlassian.net/wiki/', 'https://example.atlassian.net/wiki'],
  ['http://127.0.0.1:4400/', 'http://127.0.0.1:4400'],
  ['http://example.atlassian.net', undefined],
  ['https://user@example.atlassian.net', undefined],
  ['https://example.atlassian.net/#top', undefined],
  ['example', undefined],
])('the site URL %s is kept as %s', (siteUrl, expected) => {
  expect(normalizeSiteUrl(siteUrl)).toBe(expected);
});

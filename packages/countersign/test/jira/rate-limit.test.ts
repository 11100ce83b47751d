import { describe, expect, test } from 'vitest';
import { readQuota, readRateLimit, retryAfterMs, writtenIssue } from '../../src/jira/rate-limit.ts';

const NOW = Date.parse('2026-11-24T10:42:00Z');
const now = () => NOW;

describe('Retry-After', () => {
  test.each<[string, number | undefined]>([
    ['0', 0],
    ['17', 17_000],
    [' 17 ', 17_000],
    ['Tue, 24 Nov 2026 10:42:30 GMT', 30_000],
    ['Tue, 24 Nov 2026 09:00:00 GMT', 0],
    ['soon', undefined],
    ['-5', undefined],
    ['', undefined],
    ['1.5', undefined],
  ])('%j is %s ms', (header, ms) => {
    expect(retryAfterMs(new Headers({ 'retry-after': header }), now)).toBe(ms);
  });

  test('that is missing says nothing', () => {
    expect(retryAfterMs(new Headers(), now)).toBeUndefined();
  });
});

describe('a 429', () => {
  test.each([
    [
      'a burst waits as long as it says',
      { 'ratelimit-reason': 'jira-burst-based', 'retry-after': '1' },
      'site',
      1000,
    ],
    [
      'a burst without a time leaves it to the back-off',
      { 'ratelimit-reason': 'jira-burst-based' },
      'site',
      undefined,
    ],
    [
      'one issue holds back its writers alone',
      { 'ratelimit-reason': 'jira-per-issue-on-write', 'retry-after': '2' },
      'issue',
      2000,
    ],
    [
      'points of the hour wait for the time that is said',
      { 'ratelimit-reason': 'jira-quota-global-based', 'retry-after': '1080' },
      'site',
      1_080_000,
    ],
    [
      'points of the hour wait for the reset',
      { 'ratelimit-reason': 'jira-quota-tenant-based', 'x-ratelimit-reset': '2026-11-24T10:50Z' },
      'site',
      480_000,
    ],
    [
      'points of the hour wait for the next full hour',
      { 'ratelimit-reason': 'jira-quota-tenant-based' },
      'site',
      1_080_000,
    ],
    ['so do the older names', { 'ratelimit-reason': 'jira-cost-based' }, 'site', 1_080_000],
    [
      'a reset that has passed waits for nothing',
      { 'ratelimit-reason': 'jira-quota-based', 'x-ratelimit-reset': '2026-11-24T10:00Z' },
      'site',
      0,
    ],
    ['no reason at all', {}, 'site', undefined],
  ])('%s', (_name, headers, scope, waitMs) => {
    const { 'ratelimit-reason': reason } = headers as Record<string, string>;
    expect(readRateLimit(new Headers(headers as Record<string, string>), now)).toEqual({
      ...{ scope, reason, waitMs },
    });
  });
});

test('the quota is read where the site tells it', () => {
  expect(readQuota(new Headers())).toBeUndefined();
  const headers = {
    'x-ratelimit-limit': '65000',
    'x-ratelimit-remaining': '120',
    'x-ratelimit-reset': '2026-11-24T11:00Z',
    'x-ratelimit-nearlimit': 'true',
  };
  expect(readQuota(new Headers(headers))).toEqual({
    limit: 65_000,
    remaining: 120,
    resetAt: Date.parse('2026-11-24T11:00Z'),
    nearLimit: true,
  });
});

test('the issue that a call writes to is known by its path', () => {
  expect(writtenIssue('PUT', '/rest/api/3/issue/XX-21')).toBe('XX-21');
  expect(writtenIssue('POST', '/ex/jira/cloud/rest/api/2/issue/10021/comment')).toBe('10021');
  expect(writtenIssue('GET', '/rest/api/3/issue/XX-21')).toBeUndefined();
  expect(writtenIssue('POST', '/rest/api/3/issue')).toBeUndefined();
});

import { describe, expect, test } from 'vitest';
import {
  createRetryPolicy,
  isIdempotent,
  type Outcome,
  type RetryOptions,
} from '../../src/jira/retry.ts';

const NOW = Date.parse('2026-11-24T10:42:00Z');

function decide(
  outcome: Outcome,
  call: Partial<{ tries: number; idempotent: boolean; repeatable: boolean }> = {},
  options: RetryOptions & { random?: number } = {},
) {
  const { random = 1, ...rest } = options;
  return createRetryPolicy(
    rest,
    () => NOW,
    () => random,
  )(outcome, {
    ...{ tries: 1, idempotent: true, repeatable: true },
    ...call,
  });
}

const answer = (status: number, headers: Record<string, string> = {}): Outcome => ({
  status,
  headers: new Headers(headers),
});
const broken: Outcome = { error: new Error('ECONNRESET') };

describe('what may be carried out twice', () => {
  test.each([500, 502, 503, 504])('is tried again after a %i', (status) => {
    expect(decide(answer(status))).toEqual({ reason: 'unavailable', delayMs: 500 });
  });

  test('is tried again after a broken connection', () => {
    expect(decide(broken)).toEqual({ reason: 'network', delayMs: 500 });
  });

  test.each([200, 204, 301, 400, 404, 409, 413, 501])('is not after a %i', (status) => {
    expect(decide(answer(status))).toBeUndefined();
  });
});

describe('what may not', () => {
  test('is tried again after 429 alone, which says that nothing was done', () => {
    const once = { idempotent: false };
    expect(decide(answer(429, { 'retry-after': '3' }), once)).toEqual({
      reason: 'rate-limited',
      delayMs: 3000,
    });
    expect(decide(answer(503, { 'retry-after': '3' }), once)).toBeUndefined();
    expect(decide(answer(500), once)).toBeUndefined();
    expect(decide(broken, once)).toBeUndefined();
  });
});

test('a body that is gone is not sent again', () => {
  for (const outcome of [answer(429), answer(503), broken]) {
    expect(decide(outcome, { repeatable: false })).toBeUndefined();
  }
});

test('what the site asks to wait is waited, in seconds and as a date', () => {
  expect(decide(answer(503, { 'retry-after': '90' }))?.delayMs).toBe(90_000);
  expect(decide(answer(503, { 'retry-after': 'Tue, 24 Nov 2026 10:43:00 GMT' }))?.delayMs).toBe(
    60_000,
  );
});

test('else a random time up to a bound that doubles, and ends at the longest', () => {
  const bounds = [1, 2, 3, 4].map((tries) => decide(broken, { tries })?.delayMs);
  expect(bounds).toEqual([500, 1000, 2000, 4000]);
  const options = { baseDelayMs: 100, maxDelayMs: 250, maxTries: 9 };
  expect([1, 2, 3, 8].map((tries) => decide(broken, { tries }, options)?.delayMs)).toEqual([
    100, 200, 250, 250,
  ]);
  expect(decide(broken, { tries: 3 }, { random: 0.5 })?.delayMs).toBe(1000);
  expect(decide(broken, { tries: 3 }, { random: 0 })?.delayMs).toBe(0);
});

test('it ends after as many tries as were allowed', () => {
  expect(decide(broken, { tries: 4 })).toBeDefined();
  expect(decide(broken, { tries: 5 })).toBeUndefined();
  expect(decide(answer(429), { tries: 1 }, { maxTries: 1 })).toBeUndefined();
});

test('the methods that may be repeated are those of RFC 9110', () => {
  const methods = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'POST', 'PATCH'];
  expect(methods.filter(isIdempotent)).toEqual(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);
});

import { decodeProtectedHeader, type FlattenedJWSInput } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createKeySets } from '../../src/forge/key-set.ts';
import {
  FORGE_KEY_ID,
  fit,
  type KeySetHost,
  keySet,
  publishKeySet,
  startKeySetHost,
} from './forge-platform.ts';

const MINUTE = 60_000;
let host: KeySetHost;
const clock = { time: 0 };
beforeEach(async () => {
  host = await startKeySetHost();
  clock.time = 0;
});
afterEach(() => host.close());

const JWS: FlattenedJWSInput = { payload: '', signature: '' };
const header = { alg: 'RS256', kid: FORGE_KEY_ID };

async function codeOf(promise: unknown): Promise<unknown> {
  try {
    await promise;
    return 'a key';
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
}

const sets = () => createKeySets({ monotonicNow: () => clock.time });

test('is fetched once, however many tokens come at once', async () => {
  const getKey = sets()(host.url);
  await Promise.all(Array.from({ length: 20 }, () => getKey(header, JWS)));
  expect(host.requests).toEqual(['/.well-known/jwks.json']);
  expect(decodeProtectedHeader(await fit()).kid).toBe(FORGE_KEY_ID);
});

test('is fetched anew behind the requests after ten minutes', async () => {
  const getKey = sets()(host.url);
  await getKey(header, JWS);
  clock.time = 9 * MINUTE;
  await getKey(header, JWS);
  expect(host.requests).toHaveLength(1);
  clock.time = 11 * MINUTE;
  await getKey(header, JWS);
  await expect.poll(() => host.requests.length).toBe(2);
});

test('goes on for the known keys while its host is down', async () => {
  const getKey = sets()(host.url);
  await getKey(header, JWS);
  host.answer = (_request, response) => response.writeHead(503).end();
  for (clock.time = 11 * MINUTE; clock.time < 12 * MINUTE; clock.time += 500) {
    expect(await codeOf(getKey(header, JWS))).toBe('a key');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  // One try in two seconds, beside the requests.
  expect(host.requests.length).toBeLessThanOrEqual(32);
  expect(host.requests.length).toBeGreaterThan(2);
});

test('is asked again soon after its host failed', async () => {
  host.answer = (_request, response) => response.writeHead(500).end();
  const getKey = sets()(host.url);
  expect(await codeOf(getKey(header, JWS))).toBe('KEY_SOURCE_UNAVAILABLE');
  host.answer = publishKeySet;
  expect(await codeOf(getKey(header, JWS))).toBe('KEY_SOURCE_UNAVAILABLE');
  clock.time = 2001;
  expect(await codeOf(getKey(header, JWS))).toBe('a key');
});

describe('what a host answers that is no key set', () => {
  const redirected = { location: 'http://127.0.0.1:1/jwks.json' };
  test.each([
    ['404', 404, '', {}, 'KEY_SOURCE_UNAVAILABLE'],
    ['a redirect', 302, '', redirected, 'KEY_SOURCE_UNAVAILABLE'],
    ['no JSON', 200, '<html>', {}, 'KEY_SOURCE_INVALID'],
    ['another JSON', 200, '{"keys":"none"}', {}, 'KEY_SOURCE_INVALID'],
    ['an empty body', 200, '', {}, 'KEY_SOURCE_INVALID'],
    [
      '300 kB',
      200,
      JSON.stringify({ ...keySet, x: 'x'.repeat(300_000) }),
      {},
      'KEY_SOURCE_INVALID',
    ],
    ['a set without a key', 200, '{"keys":[]}', {}, 'TOKEN_KEY_UNKNOWN'],
    [
      'a key twice',
      200,
      JSON.stringify({ keys: [...keySet.keys, ...keySet.keys] }),
      {},
      'KEY_SOURCE_INVALID',
    ],
  ] as const)('%s', async (_name, status, body, headers, code) => {
    host.answer = (_request, response) => response.writeHead(status, headers).end(body);
    const getKey = sets()(host.url);
    expect(await codeOf(getKey(header, JWS))).toBe(code);
    expect(await codeOf(getKey(header, JWS))).toBe(code);
    expect(host.requests).toHaveLength(1);
  });
});

import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  expiryOf,
  isGood,
  type StoredToken,
  SYSTEM_TOKEN,
  type TokenShelf,
  tokenShelf,
  userTokenName,
} from '../../src/forge/tokens.ts';
import { encryptedStore, type InstallationStore, memoryStore } from '../../src/index.ts';
import { forgeRecord, forgeToken, HOUR, INSTALLATION_ID, MINUTE } from './forge-gateway.ts';

const NOW = 1_760_000_000_000;
const API = { apiBaseUrl: 'https://api.atlassian.com/ex/jira/cloud-1' };
const record = forgeRecord(API);

let store: InstallationStore;
let shelf: TokenShelf;
let time: number;
const now = () => time;

beforeEach(() => {
  time = NOW;
  store = memoryStore({ now });
  shelf = tokenShelf(store, now);
});

function token(name: string, expiresAt: number, change: Partial<StoredToken> = {}): StoredToken {
  return { token: name, expiresAt, ...API, installationId: INSTALLATION_ID, ...change };
}

describe('a token ends', () => {
  test('when its claim exp says so', () => {
    expect(expiryOf(forgeToken('a', NOW + 3 * HOUR), NOW)).toBe(NOW + 3 * HOUR);
  });

  test.each(['opaque', 'a.b.c', '', 'x.eyJleHAiOiJzb29uIn0.y', `${'.'.repeat(9)}`])(
    'after 55 minutes where it says nothing: %j',
    (text) => {
      expect(expiryOf(text, NOW)).toBe(NOW + 55 * MINUTE);
    },
  );

  test('after four hours and a quarter at the latest, whatever it says', () => {
    expect(expiryOf(forgeToken('a', NOW + 1000 * HOUR), NOW)).toBe(NOW + 255 * MINUTE);
  });

  test('is as good as ended a minute before', () => {
    expect(isGood(token('a', NOW + MINUTE + 1), NOW)).toBe(true);
    expect(isGood(token('a', NOW + MINUTE), NOW)).toBe(false);
  });
});

describe('a kept token', () => {
  test('gives way to one that ends later, and to no other', async () => {
    await shelf.keep(record, SYSTEM_TOKEN, token('second', NOW + 3 * HOUR));
    await shelf.keep(record, SYSTEM_TOKEN, token('first', NOW + 2 * HOUR));
    await tokenShelf(store, now).keep(record, SYSTEM_TOKEN, token('first', NOW + 2 * HOUR));
    expect(await tokenShelf(store, now).find(record, SYSTEM_TOKEN)).toMatchObject({
      token: 'second',
    });
    await shelf.keep(record, SYSTEM_TOKEN, token('third', NOW + 4 * HOUR));
    expect(await tokenShelf(store, now).find(record, SYSTEM_TOKEN)).toMatchObject({
      token: 'third',
    });
  });

  test.each([1, 2, 3])('is the latest of many that come at once, round %i', async () => {
    const processes = Array.from({ length: 20 }, () => tokenShelf(store, now));
    await Promise.all(
      processes.map((process, index) =>
        process.keep(
          record,
          SYSTEM_TOKEN,
          token(`token-${index}`, NOW + HOUR + ((index * 7) % 20) * MINUTE),
        ),
      ),
    );
    const kept = await tokenShelf(store, now).find(record, SYSTEM_TOKEN);
    expect(kept?.expiresAt).toBe(NOW + HOUR + 19 * MINUTE);
  });

  test('is the later of two that take the place of one at once, whoever writes last', async () => {
    await shelf.keep(record, SYSTEM_TOKEN, token('first', NOW + HOUR));
    await Promise.all([
      tokenShelf(store, now).keep(record, SYSTEM_TOKEN, token('latest', NOW + 3 * HOUR)),
      tokenShelf(store, now).keep(record, SYSTEM_TOKEN, token('late', NOW + 2 * HOUR)),
    ]);
    expect(await tokenShelf(store, now).find(record, SYSTEM_TOKEN)).toMatchObject({
      token: 'latest',
    });
  });

  test('of an earlier installation is none, and gives way to one that ends sooner', async () => {
    await shelf.keep(record, SYSTEM_TOKEN, token('old', NOW + 4 * HOUR));
    const installationId = '00000000-0000-4000-8000-000000000002';
    const again = forgeRecord(API, {}, { installationId });
    expect(await shelf.find(again, SYSTEM_TOKEN)).toBeUndefined();
    await shelf.keep(again, SYSTEM_TOKEN, token('new', NOW + HOUR, { installationId }));
    await shelf.keep(again, SYSTEM_TOKEN, token('old', NOW + 4 * HOUR));
    expect(await shelf.find(again, SYSTEM_TOKEN)).toMatchObject({ token: 'new' });
    expect(await tokenShelf(store, now).find(again, SYSTEM_TOKEN)).toMatchObject({ token: 'new' });
  });

  test('is asked of the store once a minute, not with each call', async () => {
    await shelf.keep(record, SYSTEM_TOKEN, token('a', NOW + 3 * HOUR));
    await store.settings?.delete(record.clientKey, SYSTEM_TOKEN);
    expect(await shelf.find(record, SYSTEM_TOKEN)).toMatchObject({ token: 'a' });
    time += MINUTE + 1;
    expect(await shelf.find(record, SYSTEM_TOKEN)).toBeUndefined();
  });

  test('is encrypted where the store is', async () => {
    const key = randomBytes(32).toString('base64');
    const sealed = tokenShelf(encryptedStore(store, [key]), now);
    await sealed.keep(record, SYSTEM_TOKEN, token('marked-token-1', NOW + HOUR));
    await sealed.keep(record, SYSTEM_TOKEN, token('marked-token-2', NOW + 2 * HOUR));
    const [kept] = (await store.settings?.list()) ?? [];
    expect(kept?.name).toBe(SYSTEM_TOKEN);
    expect(kept?.value).not.toContain('marked-token');
    expect(
      await tokenShelf(encryptedStore(store, [key]), now).find(record, SYSTEM_TOKEN),
    ).toMatchObject({ token: 'marked-token-2' });
  });

  test('that cannot be read gives way to the next', async () => {
    await store.settings?.put(record.clientKey, SYSTEM_TOKEN, '{"token":');
    expect(await shelf.find(record, SYSTEM_TOKEN)).toBeUndefined();
    await shelf.keep(record, SYSTEM_TOKEN, token('a', NOW + HOUR));
    expect(await tokenShelf(store, now).find(record, SYSTEM_TOKEN)).toMatchObject({ token: 'a' });
  });

  test('is kept again after the installation was purged', async () => {
    await shelf.keep(record, SYSTEM_TOKEN, token('a', NOW + 3 * HOUR));
    await store.settings?.deleteAll(record.clientKey);
    shelf.forget(record.clientKey);
    await shelf.keep(record, SYSTEM_TOKEN, token('b', NOW + 2 * HOUR));
    expect(await tokenShelf(store, now).find(record, SYSTEM_TOKEN)).toMatchObject({ token: 'b' });
  });
});

test('tokens of users that ended are swept with the next system token', async () => {
  await shelf.keep(record, userTokenName('gone'), token('u1', NOW + MINUTE));
  await shelf.keep(record, userTokenName('here'), token('u2', NOW + 3 * HOUR));
  await store.settings?.put(record.clientKey, 'theme', '"dark"');
  time += 5 * MINUTE;
  await shelf.keep(record, SYSTEM_TOKEN, token('a', time + 3 * HOUR));
  const names = (await store.settings?.list())?.map(({ name }) => name).sort();
  expect(names).toEqual([SYSTEM_TOKEN, userTokenName('here'), 'theme']);
});

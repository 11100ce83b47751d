import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  type InstallationRecord,
  type InstallationStore,
  memoryStore,
  sqliteStore,
} from '../../src/index.ts';
import { type StoreUnderTest, storeConformance } from '../../src/testing/index.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { describeStore } from './variants.ts';

const folder = temporaryFolder();
let files = 0;

describeStore('memoryStore()', { create: () => memoryStore() });
describeStore("sqliteStore(':memory:')", { create: () => sqliteStore(':memory:') });
let file = '';
describeStore('sqliteStore(file)', {
  create() {
    file = join(folder, `${files++}.db`);
    return sqliteStore(file);
  },
  connect: () => sqliteStore(file),
});

async function brokenPromises(suite: StoreUnderTest): Promise<string[]> {
  const broken: string[] = [];
  for (const { name, run } of storeConformance(suite)) {
    await run().catch((error) => {
      expect(error.name).toBe('AssertionError');
      broken.push(name);
    });
  }
  return broken;
}

/** Works as a store should, with nothing to hide: what the broken ones below are made of. */
function plainStore() {
  const records = new Map<string, InstallationRecord>();
  const claims = new Map<string, number>();
  const sorted = () => [...records.values()].sort((a, b) => (a.clientKey < b.clientKey ? -1 : 1));
  const store: InstallationStore = {
    get: async (clientKey) => structuredClone(records.get(clientKey)),
    put: async (record) => {
      if ((records.get(record.clientKey)?.revision ?? 0) + 1 !== record.revision) return false;
      records.set(record.clientKey, structuredClone(record));
      return true;
    },
    delete: async (clientKey) => void records.delete(clientKey),
    list: async ({ after = '', limit = 100 } = {}) =>
      sorted()
        .filter(({ clientKey }) => clientKey > after)
        .slice(0, limit),
    findBySiteUrl: async (siteUrl) => sorted().filter((record) => record.siteUrl === siteUrl),
    claimOnce: async (id, expiresAt) => {
      if ((claims.get(id) ?? 0) > Date.now()) return false;
      claims.set(id, expiresAt);
      return true;
    },
  };
  return { store, records, claims, sorted };
}

describe('a store that breaks a promise fails on it', () => {
  test('a store that keeps them all fails on none', async () => {
    expect(await brokenPromises({ create: () => plainStore().store })).toEqual([]);
  });

  test.each<
    [string, (plain: ReturnType<typeof plainStore>) => Partial<InstallationStore>, string[]]
  >([
    [
      'it ignores the revision',
      ({ records }) => ({
        put: async (record) => {
          records.set(record.clientKey, structuredClone(record));
          return true;
        },
      }),
      [
        'a second first record is refused',
        'a record is not replaced at any other revision',
        'of many writers at once exactly one wins each revision',
      ],
    ],
    [
      'it reads and writes the revision in two steps',
      ({ store }) => ({
        put: async (record) => {
          const stored = await store.get(record.clientKey);
          await new Promise(setImmediate);
          if ((stored?.revision ?? 0) + 1 !== record.revision) return false;
          await store.delete(record.clientKey);
          return store.put({ ...record, revision: 1 });
        },
      }),
      ['of many writers at once exactly one wins each revision'],
    ],
    [
      'it keeps the record that it is given, and hands it out',
      ({ records }) => ({
        get: async (clientKey) => records.get(clientKey),
        put: async (record) => {
          if ((records.get(record.clientKey)?.revision ?? 0) + 1 !== record.revision) return false;
          records.set(record.clientKey, record);
          return true;
        },
      }),
      ['changing a record that was put or read does not change the stored one'],
    ],
    [
      'it hands out the record that it keeps',
      ({ records }) => ({ get: async (clientKey) => records.get(clientKey) }),
      ['changing a record that was put or read does not change the stored one'],
    ],
    [
      'it finds keys in any case',
      ({ records }) => ({
        get: async (clientKey) =>
          structuredClone(
            [...records.values()].find(
              (record) => record.clientKey.toLowerCase() === clientKey.toLowerCase(),
            ),
          ),
      }),
      ['keys are compared whole and case by case'],
    ],
    [
      'it forgets what it does not know of a record',
      ({ store }) => ({
        put: (record) => store.put({ ...record, payload: { key: record.payload.key } }),
      }),
      [
        'a record comes back as it was put, unknown fields of the payload included',
        'changing a record that was put or read does not change the stored one',
        'a large payload in any script is kept whole',
      ],
    ],
    [
      'it lets everybody claim',
      () => ({ claimOnce: async () => true }),
      ['an id is claimed once, by exactly one of many', 'an expired claim may be made again'],
    ],
    [
      'it never forgets a claim',
      ({ claims }) => ({
        claimOnce: async (id, expiresAt) => {
          const isNew = !claims.has(id);
          claims.set(id, expiresAt);
          return isNew;
        },
      }),
      ['an expired claim may be made again'],
    ],
    [
      'its pages overlap',
      ({ sorted }) => ({
        list: async ({ after = '', limit = 100 } = {}) => {
          const from = sorted().findIndex(({ clientKey }) => clientKey === after);
          // Once more the last one of the page before, as long as there is something new.
          return from === sorted().length - 1
            ? []
            : sorted().slice(Math.max(0, from)).slice(0, limit);
        },
      }),
      [
        'records are listed page by page, each once, in a fixed order',
        'pages stay whole while records come, change and go',
      ],
    ],
    [
      'its pages have no limit',
      ({ sorted }) => ({
        list: async ({ after = '' } = {}) => sorted().filter(({ clientKey }) => clientKey > after),
      }),
      ['records are listed page by page, each once, in a fixed order'],
    ],
    [
      'it takes the start of a site URL for the whole',
      ({ sorted }) => ({
        findBySiteUrl: async (siteUrl) =>
          sorted().filter((record) => record.siteUrl.startsWith(siteUrl)),
      }),
      ['all installations of a site URL are found, and none of another'],
    ],
    [
      'it deletes nothing',
      () => ({ delete: async () => undefined }),
      ['a deleted record is gone, may be put anew, and need not exist'],
    ],
  ])('%s', async (_name, breakIt, expected) => {
    const create = () => {
      const plain = plainStore();
      return { ...plain.store, ...breakIt(plain) };
    };
    expect(await brokenPromises({ create })).toEqual(expected);
  });
});

test('each case gets a store of its own, and lets go of it also when it fails', async () => {
  let open = 0;
  const create = () => {
    open++;
    return { ...plainStore().store, get: async () => undefined, close: async () => void open-- };
  };
  expect(await brokenPromises({ create })).not.toEqual([]);
  expect(open).toBe(0);

  let disposed = 0;
  const cases = storeConformance({
    create: () => plainStore().store,
    dispose: () => void disposed++,
  });
  for (const { run } of cases) await run();
  expect(disposed).toBe(cases.length);
});

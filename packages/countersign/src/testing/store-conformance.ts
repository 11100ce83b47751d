import assert from 'node:assert/strict';
import type { InstallationRecord } from '../installations/installation.ts';
import type { InstallationStore } from '../installations/store.ts';

/** One promise that every store must keep. Run it under any test runner. */
export interface ConformanceCase {
  readonly name: string;
  /** Rejects with an AssertionError when the promise is not kept. */
  run(): Promise<void>;
}

/** Makes an empty store for one case. */
export interface StoreUnderTest {
  /** Called once for each case; the stores of two cases must not see each other's records. */
  create(): Promise<InstallationStore> | InstallationStore;
  /** Called after each case. Default: the store's own close. */
  dispose?(store: InstallationStore): Promise<void> | void;
}

/**
 * The suite that Countersign's own stores are run through.
 *
 * @example for (const { name, run } of storeConformance({ create: () => myStore() })) test(name, run);
 */
export function storeConformance({ create, dispose }: StoreUnderTest): readonly ConformanceCase[] {
  const check = (
    name: string,
    body: (store: InstallationStore) => Promise<void>,
  ): ConformanceCase => ({
    name,
    async run() {
      const store = await create();
      try {
        await body(store);
      } finally {
        if (dispose === undefined) await store.close?.();
        else await dispose(store);
      }
    },
  });

  return [
    check('an unknown clientKey is undefined', async (store) => {
      assert.equal(await store.get('nobody'), undefined);
    }),
    check(
      'a record comes back as it was put, unknown fields of the payload included',
      async (store) => {
        const record = sample({
          payload: { key: 'app', nested: { list: [1, 'zwei', null] }, ü: '✓' },
        });
        assert.equal(await store.put(record), true);
        assert.deepEqual(await store.get(record.clientKey), record);
      },
    ),
    check(
      'changing a record that was put or read does not change the stored one',
      async (store) => {
        const given = () => sample({ payload: { list: ['a'] } });
        const change = (record: InstallationRecord) => {
          try {
            (record.payload.list as string[]).push('b');
          } catch {
            // A store may also hand out records that nobody can change.
          }
        };
        const put = given();
        await store.put(put);
        change(put);
        const read = await store.get(put.clientKey);
        assert.deepEqual(read, given());
        change(read);
        assert.deepEqual(await store.get(put.clientKey), given());
      },
    ),
    check('getNow, where there is one, answers as get does', async (store) => {
      if (store.getNow === undefined) return;
      const record = sample();
      assert.equal(store.getNow('client-1'), undefined);
      await store.put(record);
      assert.deepEqual(store.getNow('client-1'), record);
      await store.put(sample({ sharedSecret: 'second', revision: 2 }));
      assert.equal(store.getNow('client-1')?.sharedSecret, 'second');
      await store.delete('client-1');
      assert.equal(store.getNow('client-1'), undefined);
    }),
    check('keys are compared whole and case by case', async (store) => {
      await store.put(sample({ clientKey: 'Key:1' }));
      for (const other of ['key:1', 'Key:', 'Key:12', 'Key_1', '%', ' Key:1']) {
        assert.equal(await store.get(other), undefined, `found by '${other}'`);
      }
    }),
    check('keys and texts of any kind are kept', async (store) => {
      for (const clientKey of [
        "it's",
        'a/b?c#d',
        '..',
        '::',
        'ключ',
        '__proto__',
        'x'.repeat(255),
      ]) {
        const record = sample({ clientKey, sharedSecret: `'"\\\n€${clientKey}` });
        assert.equal(await store.put(record), true, clientKey);
        assert.deepEqual(await store.get(clientKey), record);
      }
    }),
    check('a second first record is refused', async (store) => {
      await store.put(sample({ sharedSecret: 'first' }));
      assert.equal(await store.put(sample({ sharedSecret: 'second' })), false);
      assert.equal((await store.get('client-1'))?.sharedSecret, 'first');
    }),
    check('a record is replaced at the revision it was read at', async (store) => {
      await store.put(sample({ sharedSecret: 'first' }));
      assert.equal(await store.put(sample({ sharedSecret: 'second', revision: 2 })), true);
      assert.equal((await store.get('client-1'))?.sharedSecret, 'second');
    }),
    check('a record is not replaced at any other revision', async (store) => {
      await store.put(sample({ sharedSecret: 'first' }));
      assert.equal(await store.put(sample({ sharedSecret: 'late', revision: 3 })), false);
      assert.equal(await store.put(sample({ clientKey: 'other', revision: 2 })), false);
      assert.equal((await store.get('client-1'))?.sharedSecret, 'first');
      assert.equal(await store.get('other'), undefined);
    }),
    check('of many writers at once exactly one wins each revision', async (store) => {
      const writers = Array.from({ length: 20 }, (_, index) =>
        sample({ sharedSecret: `s${index}` }),
      );
      const wins = await Promise.all(writers.map((record) => store.put(record)));
      assert.equal(wins.filter(Boolean).length, 1);
      const winner = writers[wins.indexOf(true)];
      assert.deepEqual(await store.get('client-1'), winner);
    }),
    check('a deleted record is gone, may be put anew, and need not exist', async (store) => {
      await store.put(sample());
      await store.delete('client-1');
      await store.delete('client-1');
      assert.equal(await store.get('client-1'), undefined);
      assert.equal(await store.put(sample()), true);
    }),
    check('records are listed page by page, each once, in a fixed order', async (store) => {
      const keys = Array.from({ length: 7 }, (_, index) => `client-${index}`);
      for (const clientKey of [...keys].reverse()) await store.put(sample({ clientKey }));
      const listed: string[] = [];
      let after: string | undefined;
      for (;;) {
        const page = await store.list({ limit: 3, ...(after === undefined ? {} : { after }) });
        if (page.length === 0) break;
        assert.ok(page.length <= 3, 'a page is larger than its limit');
        listed.push(...page.map(({ clientKey }) => clientKey));
        after = listed.at(-1);
      }
      assert.deepEqual(listed, keys);
    }),
    check('an empty store lists nothing', async (store) => {
      assert.deepEqual(await store.list(), []);
    }),
    check('all installations of a site URL are found, and none of another', async (store) => {
      const siteUrl = 'https://one.atlassian.net';
      await store.put(sample({ clientKey: 'a', siteUrl }));
      await store.put(sample({ clientKey: 'b', siteUrl }));
      await store.put(sample({ clientKey: 'c', siteUrl: 'https://one.atlassian.net.example.com' }));
      const found = await store.findBySiteUrl(siteUrl);
      assert.deepEqual(found.map(({ clientKey }) => clientKey).sort(), ['a', 'b']);
      assert.deepEqual(await store.findBySiteUrl('https://nobody.atlassian.net'), []);
    }),
    check('a record whose site was renamed is found by its new URL alone', async (store) => {
      await store.put(sample({ siteUrl: 'https://old.atlassian.net' }));
      await store.put(sample({ siteUrl: 'https://new.atlassian.net', revision: 2 }));
      assert.deepEqual(await store.findBySiteUrl('https://old.atlassian.net'), []);
      assert.equal((await store.findBySiteUrl('https://new.atlassian.net')).length, 1);
    }),
    check('an id is claimed once, by exactly one of many', async (store) => {
      const expiresAt = Date.now() + 60_000;
      const claims = await Promise.all(
        Array.from({ length: 20 }, () => store.claimOnce('token-1', expiresAt)),
      );
      assert.equal(claims.filter(Boolean).length, 1);
      assert.equal(await store.claimOnce('token-1', expiresAt), false);
      assert.equal(await store.claimOnce('token-2', expiresAt), true);
    }),
    check('an expired claim may be made again', async (store) => {
      assert.equal(await store.claimOnce('token-1', Date.now() - 1000), true);
      assert.equal(await store.claimOnce('token-1', Date.now() + 60_000), true);
      assert.equal(await store.claimOnce('token-1', Date.now() + 60_000), false);
    }),
  ];
}

function sample(change: Partial<InstallationRecord> = {}): InstallationRecord {
  return {
    clientKey: 'client-1',
    appKey: 'app',
    siteUrl: 'https://example.atlassian.net',
    sharedSecret: 'secret',
    status: 'installed',
    enabled: true,
    installedAt: 1_700_000_000_000,
    changedAt: 1_700_000_000_000,
    enabledChangedAt: 1_700_000_000_000,
    payload: { key: 'app' },
    revision: 1,
    ...change,
  };
}

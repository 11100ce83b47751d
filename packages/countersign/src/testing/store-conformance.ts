import assert from 'node:assert/strict';
import type { InstallationRecord } from '../installations/installation.ts';
import type { InstallationStore, SettingsStore, StoredSetting } from '../installations/store.ts';

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
  /**
   * Another connection to what the store of this case keeps, as another process has one. With it, what is promised
   * across processes is tried too; the connection is closed by its own close.
   */
  connect?(): Promise<InstallationStore> | InstallationStore;
  /** True where two processes that write at once may both win: said in the documentation of such a store. */
  writesAreLoose?: boolean;
  /**
   * Ends the server of the store at once, as a crash does; the function that it resolves to starts it again. With it,
   * a server that goes away is tried too.
   */
  breakServer?(): Promise<() => Promise<void>>;
}

/** How long a watcher may take to hear of a change. */
const WATCH_MS = 1000;
/** How long a store may take to find its server again. */
const RECOVERY_MS = 20_000;

/**
 * The suite that Countersign's own stores are run through.
 *
 * @example for (const { name, run } of storeConformance({ create: () => myStore() })) test(name, run);
 */
export function storeConformance(suite: StoreUnderTest): readonly ConformanceCase[] {
  const { create, dispose } = suite;
  const check: Check = (name, body) => ({
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
    check('getNow, where there is one, never answers otherwise than get', async (store) => {
      if (store.getNow === undefined) return;
      assert.equal(store.getNow('client-1'), undefined);
      const states = [sample(), sample({ sharedSecret: 'second', revision: 2 })];
      for (const record of states) {
        await store.put(record);
        // It may have to be waited for once.
        const before = store.getNow('client-1');
        if (before !== undefined) assert.deepEqual(before, record);
        // And once more where it hears of its own write only now.
        await eventually(
          async () => {
            await store.get('client-1');
            const after = store.getNow?.('client-1');
            if (after !== undefined) assert.deepEqual(after, record);
            return after !== undefined;
          },
          WATCH_MS,
          'what was waited for has to be waited for again',
        );
      }
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
      const expiresAt = Date.now() + 60_000.5;
      const claims = await Promise.all(
        Array.from({ length: 20 }, () => store.claimOnce('token-1', expiresAt)),
      );
      assert.equal(claims.filter(Boolean).length, 1);
      assert.equal(await store.claimOnce('token-1', expiresAt), false);
      assert.equal(await store.claimOnce('token-2', expiresAt), true);
    }),
    check('a claim is known until its time is over', async (store) => {
      if (store.isClaimed === undefined) return;
      assert.equal(await store.isClaimed('token-1'), false);
      await store.claimOnce('token-1', Date.now() + 60_000);
      await store.claimOnce('token-2', Date.now() - 1000);
      assert.equal(await store.isClaimed('token-1'), true);
      assert.equal(await store.isClaimed('token-2'), false);
      assert.equal(await store.isClaimed('Token-1'), false);
    }),
    check('an expired claim may be made again', async (store) => {
      assert.equal(await store.claimOnce('token-1', Date.now() - 1000), true);
      assert.equal(await store.claimOnce('token-1', Date.now() + 60_000), true);
      assert.equal(await store.claimOnce('token-1', Date.now() + 60_000), false);
    }),
    check('a large payload in any script is kept whole', async (store) => {
      const text = 'Größe ✓ 尺寸 \u{1f512} \u0000 '.repeat(4500);
      const record = sample({ payload: { key: 'app', text } });
      assert.ok(Buffer.byteLength(JSON.stringify(record)) > 100_000);
      assert.equal(await store.put(record), true);
      assert.deepEqual(await store.get('client-1'), record);
      assert.deepEqual(await store.list(), [record]);
    }),
    check('previous secrets are kept', async (store) => {
      const previousSecrets = [
        { sharedSecret: 'older', endsAt: 1_700_000_000_000 },
        { sharedSecret: 'oldest', endsAt: 1_600_000_000_000 },
      ];
      const record = sample({ previousSecrets });
      await store.put(record);
      assert.deepEqual(await store.get('client-1'), record);
    }),
    check('keys that no site has are unknown, and no failure', async (store) => {
      await store.put(sample());
      for (const key of ['', '\0', 'client-1\0', '\ud800', 'client-1\udfff', 'x'.repeat(2048)]) {
        assert.equal(await store.get(key), undefined, JSON.stringify(key.slice(0, 20)));
      }
    }),
    check('pages stay whole while records come, change and go', async (store) => {
      const keys = Array.from(
        { length: 30 },
        (_, index) => `client-${String(index).padStart(2, '0')}`,
      );
      for (const clientKey of keys) await store.put(sample({ clientKey }));
      const listed: string[] = [];
      let after: string | undefined;
      for (let round = 0; ; round++) {
        const page = await store.list({ limit: 4, ...(after === undefined ? {} : { after }) });
        if (page.length === 0) break;
        listed.push(...page.map(({ clientKey }) => clientKey));
        after = listed.at(-1);
        // One that was listed goes, one that was listed is written again, and one comes before all others.
        await store.delete(listed[round] as string);
        const written = await store.get(listed.at(-2) as string);
        if (written !== undefined) await store.put({ ...written, revision: written.revision + 1 });
        await store.put(sample({ clientKey: `client-${String(round).padStart(2, '0')}-new` }));
      }
      const old = listed.filter((key) => !key.endsWith('-new'));
      assert.deepEqual(old, [...new Set(old)], 'a record was listed twice');
      // Those that were deleted before they were reached cannot be there; none was.
      assert.deepEqual([...old].sort(), keys);
    }),
    check('count, where there is one, counts the records', async (store) => {
      if (store.count === undefined) return;
      assert.equal(await store.count(), 0);
      for (const clientKey of ['a', 'b', 'c']) await store.put(sample({ clientKey }));
      await store.delete('b');
      assert.equal(await store.count(), 2);
    }),
    check('open, where there is one, may be called again and again', async (store) => {
      await Promise.all([store.open?.(), store.open?.()]);
      await store.put(sample());
      await store.open?.();
      assert.deepEqual(await store.get('client-1'), sample());
    }),
    ...settingsCases(check),
    ...(suite.connect === undefined ? [] : acrossProcesses(check, suite, suite.connect)),
    ...(suite.breakServer === undefined ? [] : [outage(check, suite.breakServer)]),
  ];
}

type Check = (name: string, body: (store: InstallationStore) => Promise<void>) => ConformanceCase;

function settingsCases(check: Check): readonly ConformanceCase[] {
  const checkSettings = (name: string, body: (settings: SettingsStore) => Promise<void>) =>
    check(name, async ({ settings }) => {
      if (settings !== undefined) await body(settings);
    });
  return [
    checkSettings('a setting comes back as it was put', async (settings) => {
      assert.equal(await settings.get('client-1', 'colour'), undefined);
      for (const value of [
        '"red"',
        '{"ü":[1,null,"✓"]}',
        '""',
        'null',
        `"${'x'.repeat(102_000)}"`,
      ]) {
        assert.equal(await settings.put('client-1', 'colour', value), true);
        assert.equal(await settings.get('client-1', 'colour'), value);
      }
    }),
    checkSettings(
      'names and keys of settings are compared whole and case by case',
      async (settings) => {
        await settings.put('Key:1', 'Name:1', '1');
        for (const [clientKey, name] of [
          ['key:1', 'Name:1'],
          ['Key:1', 'name:1'],
          ['Key:1', 'Name:'],
          ['Key', '1:Name:1'],
          ['Key:1:Name', '1'],
          ['Key:1', 'Name:1 '],
          ['Key:1 ', 'Name:1'],
          ['%', '%'],
        ] as const) {
          assert.equal(
            await settings.get(clientKey, name),
            undefined,
            `found by ${clientKey}, ${name}`,
          );
        }
      },
    ),
    checkSettings('settings of any name are kept', async (settings) => {
      for (const name of ["it's", 'a/b?c#d', '..', '::', 'ключ', '__proto__', 'x'.repeat(255)]) {
        await settings.put('client-1', name, JSON.stringify(name));
        assert.equal(await settings.get('client-1', name), JSON.stringify(name));
      }
      assert.equal((await settings.list()).length, 7);
    }),
    checkSettings(
      'a setting is replaced only where it still is what was read',
      async (settings) => {
        assert.equal(await settings.put('client-1', 'colour', '2', '1'), false);
        assert.equal(await settings.get('client-1', 'colour'), undefined);
        await settings.put('client-1', 'colour', '1');
        assert.equal(await settings.put('client-1', 'colour', '3', '2'), false);
        assert.equal(await settings.put('client-1', 'colour', '2', '1'), true);
        assert.equal(await settings.get('client-1', 'colour'), '2');
      },
    ),
    checkSettings('of many that replace the same setting one wins', async (settings) => {
      await settings.put('client-1', 'counter', '0');
      const wins = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          settings.put('client-1', 'counter', `${index + 1}`, '0'),
        ),
      );
      assert.equal(wins.filter(Boolean).length, 1);
      assert.equal(await settings.get('client-1', 'counter'), `${wins.indexOf(true) + 1}`);
    }),
    checkSettings('a deleted setting is gone, and need not exist', async (settings) => {
      await settings.put('client-1', 'colour', '1');
      await settings.delete('client-1', 'colour');
      await settings.delete('client-1', 'colour');
      assert.equal(await settings.get('client-1', 'colour'), undefined);
    }),
    checkSettings(
      'all settings of one installation go at once, and none of another',
      async (settings) => {
        await settings.put('client-1', 'a', '1');
        await settings.put('client-1', 'b', '2');
        await settings.put('client-10', 'a', '3');
        await settings.deleteAll('client-1');
        await settings.deleteAll('nobody');
        assert.deepEqual(await settings.list(), [
          { clientKey: 'client-10', name: 'a', value: '3' },
        ]);
      },
    ),
    checkSettings(
      'settings are listed page by page, of one installation or of all',
      async (settings) => {
        const all: StoredSetting[] = [];
        for (const clientKey of ['client-1', 'client-2', 'client-3']) {
          for (const name of ['a', 'b', 'c'])
            all.push({ clientKey, name, value: `"${clientKey}"` });
        }
        for (const { clientKey, name, value } of [...all].reverse()) {
          await settings.put(clientKey, name, value);
        }
        const listed = async (clientKey?: string) => {
          const found: StoredSetting[] = [];
          for (;;) {
            const after = found.at(-1);
            const page = await settings.list({
              limit: 2,
              ...(clientKey === undefined ? {} : { clientKey }),
              ...(after === undefined ? {} : { after }),
            });
            if (page.length === 0) return found;
            assert.ok(page.length <= 2, 'a page is larger than its limit');
            found.push(...page);
          }
        };
        assert.deepEqual(await listed(), all);
        assert.deepEqual(await listed('client-2'), all.slice(3, 6));
        assert.deepEqual(await listed('nobody'), []);
      },
    ),
    check('a record that is deleted keeps its settings', async (store) => {
      if (store.settings === undefined) return;
      await store.put(sample());
      await store.settings.put('client-1', 'colour', '1');
      await store.delete('client-1');
      assert.equal(await store.settings.get('client-1', 'colour'), '1');
    }),
  ];
}

/** What is promised to several processes that use one store. */
function acrossProcesses(
  check: Check,
  { writesAreLoose = false }: StoreUnderTest,
  connect: () => Promise<InstallationStore> | InstallationStore,
): readonly ConformanceCase[] {
  const withTwo = (
    name: string,
    body: (one: InstallationStore, two: InstallationStore) => Promise<void>,
  ) =>
    check(name, async (one) => {
      const two = await connect();
      try {
        await body(one, two);
      } finally {
        await two.close?.();
      }
    });
  const cases = [
    withTwo('what one process writes the other reads', async (one, two) => {
      await one.put(sample());
      assert.deepEqual(await two.get('client-1'), sample());
      await two.put(sample({ sharedSecret: 'second', revision: 2 }));
      assert.equal((await one.get('client-1'))?.sharedSecret, 'second');
      await one.settings?.put('client-1', 'colour', '1');
      assert.equal(await two.settings?.get('client-1', 'colour'), one.settings && '1');
      await two.delete('client-1');
      assert.equal(await one.get('client-1'), undefined);
    }),
    withTwo('a watcher hears of what another process changes', async (one, two) => {
      if (one.watch === undefined) return;
      const heard: (string | undefined)[] = [];
      const stop = one.watch((clientKey) => heard.push(clientKey));
      try {
        await eventually(() => heard.includes(undefined), RECOVERY_MS, 'it never listened');
        for (const change of [
          () => two.put(sample({ clientKey: 'ключ:1' })),
          () => two.put(sample({ clientKey: 'ключ:1', revision: 2 })),
          () => two.delete('ключ:1'),
        ]) {
          heard.length = 0;
          await change();
          await eventually(() => heard.includes('ключ:1'), WATCH_MS, 'a change was not heard of');
        }
      } finally {
        stop();
      }
    }),
  ];
  if (writesAreLoose) return cases;
  return [
    ...cases,
    withTwo('of writers in two processes exactly one wins each revision', async (one, two) => {
      for (let revision = 1; revision <= 10; revision++) {
        const writers = Array.from({ length: 8 }, (_, index) =>
          sample({ sharedSecret: `s${revision}-${index}`, revision }),
        );
        const wins = await Promise.all(
          writers.map((record, index) => (index % 2 === 0 ? one : two).put(record)),
        );
        assert.equal(wins.filter(Boolean).length, 1);
        assert.deepEqual(await two.get('client-1'), writers[wins.indexOf(true)]);
      }
    }),
    withTwo('an id is claimed once by two processes', async (one, two) => {
      for (let round = 0; round < 10; round++) {
        const wins = await Promise.all(
          Array.from({ length: 8 }, (_, index) =>
            (index % 2 === 0 ? one : two).claimOnce(`token-${round}`, Date.now() + 60_000),
          ),
        );
        assert.equal(wins.filter(Boolean).length, 1);
      }
    }),
  ];
}

/** A failure has to say so at once or soon; a store that works again has to be found again without a restart. */
function outage(check: Check, breakServer: () => Promise<() => Promise<void>>): ConformanceCase {
  return check('a server that goes away fails the call, and is found again', async (store) => {
    await store.put(sample());
    const startServer = await breakServer();
    try {
      for (const call of [
        () => store.get('client-1'),
        () => store.put(sample({ revision: 2 })),
        () => store.claimOnce('token-1', Date.now() + 60_000),
        () => store.list(),
      ]) {
        await assert.rejects(call(), 'a call was answered without a server');
      }
    } finally {
      await startServer();
    }
    const until = Date.now() + RECOVERY_MS;
    for (;;) {
      try {
        assert.deepEqual(await store.get('client-1'), sample());
        break;
      } catch (error) {
        if (Date.now() > until) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
    assert.equal(await store.put(sample({ revision: 2 })), true);
    assert.equal((await store.get('client-1'))?.revision, 2);
  });
}

async function eventually(
  isTrue: () => boolean | Promise<boolean>,
  withinMs: number,
  message: string,
): Promise<void> {
  const until = Date.now() + withinMs;
  while (!(await isTrue())) {
    assert.ok(Date.now() < until, message);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
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

import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  type InstallationStore,
  isConfigError,
  isStoreError,
  type StoreError,
} from '../../src/index.ts';
import { guardStore } from '../../src/installations/guarded-store.ts';
import { type SqlStoreOptions, sqlStore } from '../../src/installations/sql/index.ts';
import { type FreezingProxy, freezingProxy } from './freezing-proxy.ts';
import { sampleRecord } from './sample-record.ts';
import { freePort } from './servers/kept-server.ts';
import { describeWithMariadb, MARIADB_PASSWORD, startMariadb } from './servers/mariadb.ts';
import { POSTGRES_PASSWORD, startPostgres } from './servers/postgres.ts';

/** What a test needs to know of a server, whichever it is. */
interface SqlServer {
  readonly port: number;
  createDatabase(): Promise<string>;
  query(sql: string, url?: string): Promise<Record<string, unknown>[]>;
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

interface Kind {
  start(): Promise<SqlServer>;
  password: string;
  /** Makes a user without any right on a database, and grants something on all of its tables. */
  createUser(database: string): string;
  grantTables(database: string): string;
  grantCreate(database: string): string;
  /** The connections to a database, and the end of one. */
  sessions(database: string): string;
  endSession(id: unknown): string;
  /** Keeps the installations from everybody for 1.5 seconds; and says whether it is at it. */
  lock: string;
  isLocked: string;
}

const kinds: Record<string, Kind> = {
  PostgreSQL: {
    start: startPostgres,
    password: POSTGRES_PASSWORD,
    createUser: (database) => `CREATE USER user_of_${database} PASSWORD 'narrow'`,
    grantTables: (database) =>
      `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO user_of_${database}`,
    grantCreate: (database) => `GRANT CREATE ON SCHEMA public TO user_of_${database}`,
    sessions: (database) => `SELECT pid AS id FROM pg_stat_activity WHERE datname = '${database}'`,
    endSession: (id) => `SELECT pg_terminate_backend(${id})`,
    lock: 'BEGIN; LOCK TABLE countersign_installation; SELECT pg_sleep(1.5); COMMIT',
    isLocked: `SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'`,
  },
  MariaDB: {
    start: startMariadb,
    password: MARIADB_PASSWORD,
    createUser: (database) => `CREATE USER user_of_${database} IDENTIFIED BY 'narrow';
      GRANT SELECT, INSERT, UPDATE, DELETE ON ${database}.* TO user_of_${database}`,
    grantTables: () => 'SELECT 1',
    grantCreate: (database) => `GRANT CREATE ON ${database}.* TO user_of_${database}`,
    sessions: (database) =>
      `SELECT id FROM information_schema.processlist WHERE db = '${database}'`,
    endSession: (id) => `KILL ${id}`,
    lock: 'LOCK TABLES countersign_installation WRITE; SELECT SLEEP(1.5); UNLOCK TABLES',
    isLocked: `SELECT id FROM information_schema.processlist WHERE state = 'User sleep'`,
  },
};

function describeKind(name: string, body: () => void): void {
  if (name === 'MariaDB') describeWithMariadb(name, body);
  else describe(name, body);
}

for (const [name, kind] of Object.entries(kinds)) {
  describeKind(name, () => {
    let server: SqlServer;
    beforeAll(async () => {
      server = await kind.start();
    });
    afterAll(() => server.stop());

    function opened(url: string, options: SqlStoreOptions = {}): InstallationStore {
      const store = sqlStore(url, options);
      onTestFinished(() => store.close?.());
      return store;
    }

    async function proxied(url: string): Promise<{ proxy: FreezingProxy; url: string }> {
      const proxy = await freezingProxy(server.port);
      onTestFinished(() => proxy.close());
      return { proxy, url: url.replace(`:${server.port}/`, `:${proxy.port}/`) };
    }

    describe('the tables', () => {
      test('ten nodes open and migrate one new database at once', async () => {
        const url = await server.createDatabase();
        const stores = Array.from({ length: 10 }, () => opened(url, { poolSize: 2 }));
        await Promise.all(
          stores.map((store, index) => store.put(sampleRecord({ clientKey: `client-${index}` }))),
        );
        expect(await stores[0]?.count?.()).toBe(10);
        expect(await server.query('SELECT name FROM countersign_migration', url)).toHaveLength(1);
      });

      test('are made by the next call where the first one was not allowed to', async () => {
        const url = await server.createDatabase();
        const database = url.slice(url.lastIndexOf('/') + 1);
        await server.query(kind.createUser(database), url);
        const store = opened(withUser(url, `user_of_${database}`));
        await expect(store.put(sampleRecord())).rejects.toThrow(/denied/);
        await server.query(kind.grantCreate(database), url);
        if (name === 'MariaDB') {
          // It tells a session of such a grant when the session next chooses a database.
          expect(await opened(withUser(url, `user_of_${database}`)).put(sampleRecord())).toBe(true);
        }
        expect(await store.put(sampleRecord({ clientKey: 'client-2' }))).toBe(true);
      });

      test('of a newer version are refused, and left as they are', async () => {
        const url = await server.createDatabase();
        await opened(url).put(sampleRecord());
        await server.query(
          "INSERT INTO countersign_migration (name, applied_at) VALUES ('0999_later', 'then')",
          url,
        );
        for (const migrate of [true, false]) {
          const error = await failure(opened(url, { migrate }).open?.());
          expect(error).toMatchObject({
            code: 'STORE_UNAVAILABLE',
            message: expect.stringContaining("'0999_later'"),
            hint: expect.stringContaining('Update Countersign'),
          });
        }
        expect(await server.query('SELECT name FROM countersign_migration', url)).toHaveLength(2);
      });

      test('are looked for, and not made, with migrate: false', async () => {
        const url = await server.createDatabase();
        const database = url.slice(url.lastIndexOf('/') + 1);
        await server.query(kind.createUser(database), url);
        const narrow = opened(withUser(url, `user_of_${database}`), { migrate: false });
        const error = await failure(narrow.open?.());
        expect(error).toMatchObject({
          code: 'STORE_UNAVAILABLE',
          hint: expect.stringContaining('migrate: false'),
        });
        await opened(url).open?.();
        await server.query(kind.grantTables(database), url);
        await narrow.open?.();
        expect(await narrow.put(sampleRecord())).toBe(true);
        expect(await narrow.get('client-1')).toEqual(sampleRecord());
        expect(await narrow.claimOnce('token-1', Date.now() + 1000)).toBe(true);
        await narrow.settings?.put('client-1', 'colour', '"red"');
        await narrow.delete('client-1');
      });
    });

    describe('keys', () => {
      const keys = [
        'Key',
        'KEY',
        'key',
        'key ',
        ' key',
        'key\t',
        'k\u00e9y',
        'ke\u0301y',
        'stra\u00dfe',
        'strasse',
        'a\\b',
        "a'b",
        '\u{1f512}',
        '\uffee',
        '%',
        '_',
        '\u4e00'.repeat(255),
      ];

      test('that a collation would take for one another are many', async () => {
        const store = opened(await server.createDatabase());
        for (const clientKey of keys) {
          expect(await store.get(clientKey)).toBeUndefined();
          expect(await store.put(sampleRecord({ clientKey, siteUrl: clientKey }))).toBe(true);
          expect(await store.claimOnce(clientKey, Date.now() + 60_000)).toBe(true);
          await store.settings?.put(clientKey, clientKey, JSON.stringify(clientKey));
        }
        const byBytes = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        expect((await store.list()).map(({ clientKey }) => clientKey)).toEqual(byBytes);
        expect((await store.settings?.list())?.map(({ name }) => name)).toEqual(byBytes);
        for (const clientKey of keys) {
          expect((await store.get(clientKey))?.clientKey).toBe(clientKey);
          expect(await store.claimOnce(clientKey, Date.now() + 60_000)).toBe(false);
          expect(await store.findBySiteUrl(clientKey)).toHaveLength(1);
          expect(await store.settings?.get(clientKey, clientKey)).toBe(JSON.stringify(clientKey));
        }
      });

      test('that no row can have are refused when they are written, and unknown before', async () => {
        const store = opened(await server.createDatabase());
        await store.put(sampleRecord());
        for (const key of ['a\0', '\ud800', 'x'.repeat(769)]) {
          expect(await failure(store.put(sampleRecord({ clientKey: key })))).toSatisfy(
            isStoreError,
          );
          expect(await failure(store.claimOnce(key, Date.now() + 1000))).toSatisfy(isStoreError);
          expect(await failure(store.settings?.put('a', key, '1'))).toSatisfy(isConfigError);
          expect(await failure(store.settings?.put(key, 'a', '1'))).toSatisfy(isConfigError);
          expect(await store.settings?.get('a', key)).toBeUndefined();
          expect(await store.settings?.list({ clientKey: key })).toEqual([]);
          expect(await store.list({ after: key })).toHaveLength(key < 'client-1' ? 1 : 0);
          await store.settings?.delete(key, key);
          await store.settings?.deleteAll(key);
          await store.delete(key);
        }
        const siteUrl = `https://${'x'.repeat(1536)}`;
        expect(await failure(store.put(sampleRecord({ siteUrl })))).toSatisfy(isStoreError);
        expect(await store.findBySiteUrl(siteUrl)).toEqual([]);
        expect(await store.count?.()).toBe(1);
      });

      test('a setting that differs by a blank at its end is another one', async () => {
        const { settings } = opened(await server.createDatabase());
        await settings?.put('client-1', 'colour', 'red ');
        expect(await settings?.put('client-1', 'colour', 'blue', 'red')).toBe(false);
        expect(await settings?.put('client-1', 'colour', 'blue', 'RED ')).toBe(false);
        expect(await settings?.put('client-1', 'colour', 'red ', 'red ')).toBe(true);
        expect(await settings?.get('client-1', 'colour')).toBe('red ');
      });
    });

    test('expired claims are forgotten, in the background and with no more than one sweep a minute', async () => {
      const url = await server.createDatabase();
      let time = 1_000_000;
      const store = opened(url, { now: () => time });
      await store.claimOnce('first', time + 1);
      const insert = Array.from({ length: 2500 }, (_, index) => `('old-${index}', 5)`).join(', ');
      await server.query(`INSERT INTO countersign_claim (id, expires_at) VALUES ${insert}`, url);
      const left = async () =>
        Number(
          (await server.query('SELECT count(*) AS total FROM countersign_claim', url))[0]?.total,
        );
      time += 59_000;
      await store.claimOnce('second', time + 600_000);
      expect(await left()).toBe(2502);
      time += 2000;
      await store.claimOnce('third', time + 600_000.5);
      await expect.poll(left, { timeout: 5000 }).toBe(2);
      expect(await store.claimOnce('third', time + 600_000)).toBe(false);
    });

    describe('a server', () => {
      test('that was away when the store was first used is found by the next call', async () => {
        const url = await server.createDatabase();
        const store = guardStore(opened(url));
        await server.kill();
        try {
          expect(await failure(store.open?.())).toMatchObject({ code: 'STORE_UNAVAILABLE' });
          expect(await failure(store.get('a'))).toMatchObject({ code: 'STORE_UNAVAILABLE' });
        } finally {
          await server.start();
        }
        expect(await store.put(sampleRecord())).toBe(true);
      });

      test('that accepts and never answers fails every call within timeoutMs', async () => {
        const { proxy, url } = await proxied(await server.createDatabase());
        proxy.freeze();
        const store = opened(url, { timeoutMs: 300 });
        for (const call of [() => store.open?.(), () => store.get('a'), () => store.list()]) {
          const begin = performance.now();
          expect(await failure(call())).toMatchObject({
            code: 'STORE_UNAVAILABLE',
            message: 'The database did not answer within 300 milliseconds.',
          });
          expect(performance.now() - begin).toBeLessThan(4000);
        }
      });

      test('that falls silent costs one call, whatever the number of connections', async () => {
        const { proxy, url } = await proxied(await server.createDatabase());
        const store = opened(url, { timeoutMs: 500, poolSize: 4 });
        await store.put(sampleRecord());
        // All four are connected now.
        await Promise.all(Array.from({ length: 12 }, () => store.get('client-1')));
        proxy.freeze();
        const begin = performance.now();
        await expect(store.get('client-1')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
        expect(performance.now() - begin).toBeLessThan(4000);
        proxy.thaw();
        // The three others are as dead, and nobody asks them.
        for (let call = 0; call < 8; call++) {
          expect(await store.get('client-1')).toEqual(sampleRecord());
        }
      });

      test('whose connections are all in use makes a call wait, and fail in time', async () => {
        const url = await server.createDatabase();
        const store = opened(url, { timeoutMs: 400, poolSize: 1 });
        await store.put(sampleRecord());
        const lock = server.query(kind.lock, url);
        await expect.poll(() => server.query(kind.isLocked)).toHaveLength(1);
        const begin = performance.now();
        const errors = await Promise.all([
          failure(store.get('client-1')),
          failure(store.put(sampleRecord({ clientKey: 'client-2' }))),
        ]);
        expect(performance.now() - begin).toBeLessThan(4000);
        for (const error of errors) expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE' });
        await lock;
        expect(await store.get('client-1')).toEqual(sampleRecord());
        // What was never sent in time is not sent later.
        expect(await store.get('client-2')).toBeUndefined();
      });

      test('that ends idle connections does not end the process', async () => {
        const url = await server.createDatabase();
        const store = opened(url);
        await Promise.all(Array.from({ length: 5 }, () => store.get('client-1')));
        const database = url.slice(url.lastIndexOf('/') + 1);
        const rows = await server.query(kind.sessions(database));
        expect(rows.length).toBeGreaterThan(1);
        for (const { id } of rows) await server.query(kind.endSession(id));
        await new Promise((resolve) => setTimeout(resolve, 100));
        // An error event that nobody listens to would have ended it by now.
        expect(await store.get('client-1')).toBeUndefined();
      });
    });

    describe('no error shows the password', () => {
      const cases: Record<string, (url: URL) => Promise<void> | void> = {
        'where nobody listens': async (url) => {
          url.port = `${await freePort()}`;
        },
        'where it is wrong': (url) => {
          url.password = `${kind.password}-wrong`;
        },
        'where the host is unknown': (url) => {
          url.hostname = 'nobody.invalid';
        },
        'where the database is unknown': (url) => {
          url.pathname = '/nothing';
        },
        'where nobody answers': async (url) => {
          const proxy = await freezingProxy();
          onTestFinished(() => proxy.close());
          url.port = `${proxy.port}`;
        },
      };
      for (const [where, change] of Object.entries(cases)) {
        test(where, async () => {
          const url = new URL(await server.createDatabase());
          await change(url);
          const bare = opened(url.href, {
            timeoutMs: where === 'where nobody answers' ? 300 : 5000,
          });
          for (const store of [bare, guardStore(bare)]) {
            for (const call of [() => store.open?.(), () => store.get('client-1')]) {
              const error = await failure(call());
              const shown = inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true });
              expect(shown.length).toBeGreaterThan(20);
              expect(shown).not.toContain(kind.password);
              expect(JSON.stringify(error)).not.toContain(kind.password);
            }
          }
        });
      }
    });

    test('a closed store rejects, and may be closed again', async () => {
      const store = guardStore(opened(await server.createDatabase()));
      await store.put(sampleRecord());
      await store.close?.();
      await store.close?.();
      expect(await failure(store.get('client-1'))).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    });
  });
}

function withUser(url: string, user: string): string {
  const other = new URL(url);
  other.username = user;
  other.password = 'narrow';
  return other.href;
}

async function failure(call: Promise<unknown> | undefined): Promise<StoreError> {
  return Promise.resolve(call).then(
    () => {
      throw new Error('the call did not fail');
    },
    (error) => error,
  );
}

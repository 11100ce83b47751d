import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { PostgresDialect } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { InstallationStore } from '../../src/index.ts';
import { type SqlStoreOptions, sqlStore } from '../../src/installations/sql/index.ts';
import { postgresListener } from '../../src/installations/sql/postgres-listener.ts';
import { freezingProxy } from './freezing-proxy.ts';
import { sampleRecord } from './sample-record.ts';
import { type PostgresServer, startPostgres } from './servers/postgres.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

function opened(url: string, options: SqlStoreOptions = {}): InstallationStore {
  const store = sqlStore(url, options);
  onTestFinished(() => store.close?.());
  return store;
}

/** What a watcher heard, in order; `null` where it may have missed something. */
function heardBy(store: Pick<InstallationStore, 'watch'>) {
  const heard: (string | null)[] = [];
  const stop = store.watch?.((clientKey) => heard.push(clientKey ?? null)) ?? (() => undefined);
  onTestFinished(() => stop());
  return { heard, stop };
}

const sessions = async (url: string) =>
  (
    await server.query(
      `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`,
      url,
    )
  ).map(({ pid }) => pid);

test('a watcher hears of every change, and of nothing that was refused', async () => {
  const url = await server.createDatabase();
  const other = opened(url);
  await other.open?.();
  const { heard } = heardBy(opened(url));
  await expect.poll(() => heard).toEqual([null]);
  await other.put(sampleRecord({ clientKey: 'a' }));
  await other.put(sampleRecord({ clientKey: 'a' }));
  await other.put(sampleRecord({ clientKey: 'a', revision: 3 }));
  await other.delete('nobody');
  await other.settings?.put('c', 'colour', '1');
  await other.put(sampleRecord({ clientKey: 'b' }));
  await other.put(sampleRecord({ clientKey: 'a', revision: 2 }));
  await other.delete('b');
  await expect.poll(() => heard).toEqual([null, 'a', 'b', 'a', 'b']);
});

test('a session that the server ends is made anew, and both are said', async () => {
  const url = await server.createDatabase();
  const store = opened(url);
  await store.open?.();
  const { heard } = heardBy(store);
  await expect.poll(() => heard).toEqual([null]);
  const [pid] = await sessions(url);
  await server.query(`SELECT pg_terminate_backend(${pid})`, url);
  await expect.poll(() => heard, { timeout: 5000 }).toEqual([null, null, null]);
  await store.put(sampleRecord());
  await expect.poll(() => heard).toEqual([null, null, null, 'client-1']);
});

test('a server that goes away is found again', async () => {
  const url = await server.createDatabase();
  const store = opened(url);
  await store.open?.();
  const { heard } = heardBy(store);
  await expect.poll(() => heard).toEqual([null]);
  await server.kill();
  try {
    await expect.poll(() => heard).toEqual([null, null]);
  } finally {
    await server.start();
  }
  await expect.poll(() => heard, { timeout: 15_000 }).toEqual([null, null, null]);
  await store.put(sampleRecord());
  await expect.poll(() => heard.at(-1)).toBe('client-1');
});

test('a connection whose other end is gone is noticed by its heartbeat', async () => {
  const url = await server.createDatabase();
  const proxy = await freezingProxy(server.port);
  onTestFinished(() => proxy.close());
  const through = url.replace(`:${server.port}/`, `:${proxy.port}/`);
  const listener = postgresListener(through, 300, 100);
  onTestFinished(() => listener.close());
  const { heard } = heardBy(listener);
  await expect.poll(() => heard).toEqual([null]);
  // A heartbeat that is answered changes nothing.
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(heard).toEqual([null]);
  proxy.freeze();
  await expect.poll(() => heard, { timeout: 2000 }).toEqual([null, null]);
  proxy.thaw();
  await expect.poll(() => heard, { timeout: 5000 }).toEqual([null, null, null]);
  await opened(url).put(sampleRecord());
  await expect.poll(() => heard.at(-1)).toBe('client-1');
});

test('all watchers of a store share one session, which ends with the last of them', async () => {
  const url = await server.createDatabase();
  const store = opened(url);
  await store.open?.();
  const first = heardBy(store);
  await expect.poll(() => first.heard).toEqual([null]);
  const broken = store.watch?.(() => {
    throw new Error('a listener that fails');
  });
  const second = heardBy(store);
  await expect.poll(() => second.heard).toEqual([null]);
  expect(first.heard).toEqual([null]);
  await store.put(sampleRecord());
  await expect
    .poll(() => [first.heard, second.heard])
    .toEqual([
      [null, 'client-1'],
      [null, 'client-1'],
    ]);
  expect(await sessions(url)).toHaveLength(1);
  first.stop();
  broken?.();
  expect(await sessions(url)).toHaveLength(1);
  second.stop();
  await expect.poll(() => sessions(url)).toEqual([]);

  const third = heardBy(store);
  await expect.poll(() => third.heard).toEqual([null]);
  await store.close?.();
  expect(await sessions(url)).toEqual([]);
});

test('a dialect tells what it writes, and hears where it is given a URL', async () => {
  const url = await server.createDatabase();
  const pool = new pg.Pool({ connectionString: url });
  onTestFinished(() => pool.end());
  const dialect = new PostgresDialect({ pool });
  const deaf = sqlStore(dialect);
  expect(deaf.watch).toBeUndefined();
  const hearing = sqlStore(dialect, { notifications: url });
  onTestFinished(() => hearing.close?.());
  const { heard } = heardBy(hearing);
  await expect.poll(() => heard).toEqual([null]);
  await deaf.put(sampleRecord());
  await expect.poll(() => heard).toEqual([null, 'client-1']);
  await deaf.close?.();
  // The pool is the test's own.
  expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});

test('with notifications: false nothing is told and nobody listens', async () => {
  const url = await server.createDatabase();
  const store = opened(url, { notifications: false });
  expect(store.watch).toBeUndefined();
  const { heard } = heardBy(opened(url));
  await expect.poll(() => heard).toEqual([null]);
  await store.put(sampleRecord());
  await store.put(sampleRecord({ revision: 2 }));
  await store.delete('client-1');
  await opened(url).put(sampleRecord({ clientKey: 'last' }));
  await expect.poll(() => heard).toEqual([null, 'last']);
});

test('a process with an open store and a watcher ends by itself', async () => {
  const url = await server.createDatabase();
  const script = fileURLToPath(new URL('sql-process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--no-warnings', script, url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const begin = performance.now();
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(output).toBe('heard undefined\nheard client-1\n');
  expect(performance.now() - begin).toBeLessThan(10_000);
});

test('a database whose transactions are serializable loses no write and lets no claim in twice', async () => {
  const url = await server.createDatabase();
  const name = url.slice(url.lastIndexOf('/') + 1);
  await server.query(
    `ALTER DATABASE ${name} SET default_transaction_isolation = 'serializable'`,
    url,
  );
  const stores = [opened(url), opened(url)];
  for (let revision = 1; revision <= 10; revision++) {
    const results = await Promise.all(
      Array.from({ length: 10 }, async (_, index) => {
        const store = stores[index % 2] as InstallationStore;
        return [
          await store.put(sampleRecord({ revision, sharedSecret: `s-${index}` })),
          await store.claimOnce(`token-${revision}`, Date.now() + 60_000),
        ];
      }),
    );
    expect(results.filter(([wrote]) => wrote)).toHaveLength(1);
    expect(results.filter(([, claimed]) => claimed)).toHaveLength(1);
  }
});

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { isConfigError, isStoreError, StoreError, sqliteStore } from '../../src/index.ts';
import { guardStore } from '../../src/installations/guarded-store.ts';
import { sampleRecord } from './sample-record.ts';
import { temporaryFolder } from './temporary-folder.ts';

const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
const folder = temporaryFolder();
let files = 0;
const newFile = () => join(folder, `${files++}.db`);

function openingError(file: string): StoreError {
  try {
    sqliteStore(file);
  } catch (error) {
    if (isStoreError(error)) return error;
    throw error;
  }
  throw new Error('the file was opened');
}

describe('durability', () => {
  test('the file is in WAL mode', () => {
    const file = newFile();
    sqliteStore(file);
    const second = new DatabaseSync(file);
    expect(second.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    second.close();
  });

  test('each commit is on the disk before it is acknowledged (synchronous=FULL)', () => {
    // A setting of the connection, not of the file: so it is asked of the store's own one.
    const connections: InstanceType<typeof DatabaseSync>[] = [];
    const { exec } = DatabaseSync.prototype;
    DatabaseSync.prototype.exec = function (sql) {
      connections.push(this);
      return exec.call(this, sql);
    };
    try {
      sqliteStore(newFile());
    } finally {
      DatabaseSync.prototype.exec = exec;
    }
    expect(connections[0]?.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
  });

  test('what was put is found again after closing and reopening, claims too', async () => {
    const file = newFile();
    const expiresAt = Date.now() + 60_000;
    const first = sqliteStore(file);
    await first.put(sampleRecord());
    await first.put(sampleRecord({ clientKey: 'client-2' }));
    await first.claimOnce('token-1', expiresAt);
    await first.close?.();
    const second = sqliteStore(file);
    expect(await second.get('client-1')).toEqual(sampleRecord());
    expect((await second.list()).map(({ clientKey }) => clientKey)).toEqual([
      'client-1',
      'client-2',
    ]);
    expect(await second.claimOnce('token-1', expiresAt)).toBe(false);
    await second.close?.();
  });

  test('an acknowledged record survives kill -9', async () => {
    const file = newFile();
    for (const clientKey of ['a', 'b', 'c']) {
      const child = startProcess('put', file, clientKey);
      expect(await child.line()).toBe('ready');
      child.go();
      expect(await child.line()).toBe('acknowledged');
      child.process.kill('SIGKILL');
      await once(child.process, 'exit');
      const store = sqliteStore(file);
      expect(await store.get(clientKey)).toEqual(sampleRecord({ clientKey }));
      await store.close?.();
    }
  });
});

describe('the file', () => {
  test('is readable by its owner alone, and so are the files beside it', async () => {
    const file = newFile();
    const store = sqliteStore(file);
    await store.put(sampleRecord());
    for (const name of [file, `${file}-wal`, `${file}-shm`]) {
      expect(existsSync(name), name).toBe(true);
      expect(statSync(name).mode & 0o777, name).toBe(0o600);
    }
    await store.close?.();
  });

  test('in a folder that does not exist is a StoreError with a hint', () => {
    const file = join(folder, 'missing', 'app.db');
    const error = openingError(file);
    expect(error.code).toBe('STORE_UNAVAILABLE');
    expect(error.message).toContain(file);
    expect(error.hint).toContain('folder');
    expect((error.cause as NodeJS.ErrnoException).code).toBe('ENOENT');
  });

  test('that is a folder is a StoreError with a hint', () => {
    const file = newFile();
    mkdirSync(file);
    expect(openingError(file)).toMatchObject({
      code: 'STORE_UNAVAILABLE',
      hint: expect.stringContaining('folder'),
    });
  });

  // Root may write anywhere, so there the answer is another one, and just as good a test.
  test('that may not be written is a StoreError with a hint', () => {
    const file = newFile();
    writeFileSync(file, '');
    chmodSync(file, 0o400);
    if (process.getuid?.() === 0) expect(() => sqliteStore(file)).not.toThrow();
    else expect(openingError(file)).toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  test('that is no database is a StoreError with a hint, and is left as it is', () => {
    const file = newFile();
    const text = 'No database, but a letter to somebody who likes letters. '.repeat(40);
    writeFileSync(file, text);
    expect(openingError(file)).toMatchObject({
      code: 'STORE_UNAVAILABLE',
      hint: expect.stringContaining('SQLite database'),
    });
    expect(statSync(file).size).toBe(text.length);
  });

  test('of the first version keeps its records and its used tokens', async () => {
    const file = newFile();
    const database = new DatabaseSync(file);
    database.exec(
      `CREATE TABLE installation (client_key TEXT PRIMARY KEY, site_url TEXT NOT NULL,
         revision INTEGER NOT NULL, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
       CREATE INDEX installation_site_url ON installation (site_url);
       CREATE TABLE claim (id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
       CREATE INDEX claim_expires_at ON claim (expires_at);
       PRAGMA user_version = 1;`,
    );
    const record = sampleRecord();
    database
      .prepare('INSERT INTO installation VALUES (?, ?, 1, ?)')
      .run(record.clientKey, record.siteUrl, JSON.stringify(record));
    const expiresAt = Date.now() + 60_000;
    database.prepare('INSERT INTO claim VALUES (?, ?)').run('token-1', expiresAt);
    database.close();
    const store = sqliteStore(file);
    expect(await store.get('client-1')).toEqual(record);
    expect(await store.findBySiteUrl(record.siteUrl)).toEqual([record]);
    expect(await store.claimOnce('token-1', expiresAt)).toBe(false);
    expect(await store.put({ ...record, revision: 2 })).toBe(true);
    await store.close?.();
  });

  test('of a newer version of this package is refused, and left as it is', async () => {
    const file = newFile();
    await sqliteStore(file).close?.();
    const database = new DatabaseSync(file);
    database.exec('PRAGMA user_version = 1000');
    const error = openingError(file);
    expect(error.code).toBe('STORE_UNAVAILABLE');
    expect(error.message).toContain('schema version 1000');
    expect(error.hint).toContain('Update Countersign');
    expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: 1000 });
    database.close();
  });
});

test.each([
  ['broken JSON', '{"clientKey":"client-1","sharedSecret":"marked-secret'],
  ['JSON that is no record', '42'],
  ['a record of another key', JSON.stringify(sampleRecord({ clientKey: 'client-2' }))],
  ['a record without a secret', JSON.stringify(sampleRecord({ sharedSecret: '' }))],
])('%s in the file is STORE_CORRUPT, without what it says', async (_name, text) => {
  const file = newFile();
  const store = guardStore(sqliteStore(file));
  await store.put(sampleRecord());
  const database = new DatabaseSync(file);
  database.prepare('UPDATE countersign_installation SET record = ?').run(text);
  database.close();
  const error = await store.get('client-1').catch((caught) => caught);
  expect(error).toBeInstanceOf(StoreError);
  expect(error).toMatchObject({ code: 'STORE_CORRUPT', httpStatus: 503 });
  expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain('marked-secret');
  await store.close?.();
});

test('an unknown option names the nearest one', () => {
  const options = { busyTimeout: 1 } as object;
  expect(() => sqliteStore(':memory:', options)).toThrow(/'busyTimeout'.*'busyTimeoutMs'/);
  try {
    sqliteStore(':memory:', options);
  } catch (error) {
    expect(isConfigError(error)).toBe(true);
  }
});

test('a closed store rejects', async () => {
  const store = guardStore(sqliteStore(newFile()));
  await store.close?.();
  await expect(store.get('client-1')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
});

test('a file locked for longer than busyTimeoutMs rejects the write, and loses nothing', async () => {
  const file = newFile();
  const store = guardStore(sqliteStore(file, { busyTimeoutMs: 1 }));
  const other = new DatabaseSync(file);
  other.exec('BEGIN IMMEDIATE');
  await expect(store.put(sampleRecord())).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  await expect(store.claimOnce('token-1', Date.now() + 60_000)).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
  });
  other.exec('ROLLBACK');
  expect(await store.put(sampleRecord())).toBe(true);
  expect(await store.claimOnce('token-1', Date.now() + 60_000)).toBe(true);
  other.close();
  await store.close?.();
});

describe('several processes', () => {
  test('ten of them open and migrate the same new file at once', async () => {
    const file = newFile();
    const names = Array.from({ length: 10 }, (_, index) => `client-${index}`);
    const children = names.map((name) => startProcess('open', file, name));
    for (const child of children) expect(await child.line()).toBe('ready');
    for (const child of children) child.go();
    expect(await Promise.all(children.map((child) => child.exit))).toEqual(names.map(() => 0));
    const store = sqliteStore(file);
    expect((await store.list()).map(({ clientKey }) => clientKey)).toEqual(names);
    await store.close?.();
  });

  test('writing the same record at once, exactly one wins each revision', async () => {
    const file = newFile();
    const children = ['a', 'b', 'c', 'd'].map((name) => startProcess('write', file, name));
    for (const child of children) expect(await child.line()).toBe('ready');
    for (const child of children) child.go();
    const won = await Promise.all(children.map(async (child) => JSON.parse(await child.line())));
    expect(won.flat().sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
    await Promise.all(children.map((child) => child.exit));
  });
});

interface StoreProcess {
  process: ChildProcessByStdio<Writable, Readable, null>;
  line(): Promise<string>;
  go(): void;
  exit: Promise<number | null>;
}

function startProcess(task: string, file: string, name: string): StoreProcess {
  const script = fileURLToPath(new URL('store-process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--no-warnings', script, task, file, name], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    process: child,
    line: async () => (await lines.next()).value ?? '(ended)',
    go: () => child.stdin.write('\n'),
    exit: once(child, 'exit').then(([code]) => code),
  };
}

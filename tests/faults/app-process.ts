import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { CacheOptions } from 'countersign';
import { onTestFinished } from 'vitest';
import { root } from '../processes.ts';

/** What an app of these tests is told, through its environment. */
export interface AppSettings {
  readonly appKey: string;
  /** One for all processes, as behind a load balancer. */
  readonly appUrl: string;
  /** A URL of countersign/sql or countersign/key-value, or `folder:` and a path. */
  readonly store: string;
  readonly keyHost: string;
  /** Where a site stands on this machine. */
  readonly sitePort: number;
  readonly notifications?: boolean | undefined;
  readonly encryptionKeys?: string | undefined;
  readonly cache?: CacheOptions | undefined;
  readonly previousSecretSeconds?: number | undefined;
}

/** One node of an app: a process that is killed and started again on the same store. */
export interface AppProcess {
  /**
   * Where it listens since it was started last. Each time on another port: while it is down, somebody else on this
   * machine may get the one it had.
   */
  readonly url: string;
  /** All that it ever printed, on both outputs. */
  readonly output: string;
  /** At once, as `kill -9` does. */
  kill(): Promise<void>;
  /** Starts it, and waits until it listens. Whether its store can be reached does not matter for that. */
  start(): Promise<void>;
}

/** Starts an app that does not outlive the test. */
export async function startApp(settings: AppSettings): Promise<AppProcess> {
  let output = '';
  let url = '';
  let child: ChildProcess | undefined;

  const kill = async () => {
    const ending = child;
    child = undefined;
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
    const ended = once(ending, 'close');
    ending.kill('SIGKILL');
    await ended;
  };
  const start = async () => {
    const starting = spawn(process.execPath, ['tests/faults/app.ts'], {
      cwd: root,
      env: { ...process.env, APP_SETTINGS: JSON.stringify(settings) },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child = starting;
    let printed = '';
    await new Promise<void>((resolve, reject) => {
      for (const stream of [starting.stdout, starting.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          output += text;
          if (printed.length > 10_000) return;
          printed += text;
          const found = /listening on (\S+)\/\n/.exec(printed)?.[1];
          if (found === undefined) return;
          url = found;
          resolve();
        });
      }
      starting.once('close', () => reject(new Error(`The app did not start:\n${printed}`)));
    });
  };

  onTestFinished(kill);
  await start();
  return {
    get url() {
      return url;
    },
    get output() {
      return output;
    },
    kill,
    start,
  };
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { root } from '../../processes.ts';

/** What a node of the app is told, through its environment. */
export interface NodeSettings {
  readonly engine: 'postgres' | 'redis';
  /** Of the server that keeps installations, the queue and what the handlers did. */
  readonly url: string;
  readonly appUrl: string;
}

/** One process of an app that handles webhooks: it is killed, and started again on the same server. */
export interface WebhookNode {
  /** Where it listens since it was started last; undefined while it is down. */
  readonly url: string | undefined;
  /** All that it ever printed. */
  readonly output: string;
  /** At once, as `kill -9` does. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** Starts a node that does not outlive the test. */
export async function startNode(settings: NodeSettings): Promise<WebhookNode> {
  let output = '';
  let url: string | undefined;
  let child: ChildProcess | undefined;

  const kill = async () => {
    const ending = child;
    child = undefined;
    url = undefined;
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
    const ended = once(ending, 'close');
    ending.kill('SIGKILL');
    await ended;
  };
  const start = async () => {
    const starting = spawn(process.execPath, ['tests/faults/webhooks/node.ts'], {
      cwd: root,
      env: { ...process.env, NODE_SETTINGS: JSON.stringify(settings) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = starting;
    await new Promise<void>((resolve, reject) => {
      for (const stream of [starting.stdout, starting.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          output += text;
          const found = /listening on (\S+)\n/.exec(text)?.[1];
          if (found === undefined || child !== starting) return;
          url = found;
          resolve();
        });
      }
      starting.once('close', () => reject(new Error(`The node did not start:\n${output}`)));
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

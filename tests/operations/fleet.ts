import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { RunningProcess, root, temporaryFolder } from '../processes.ts';
import type { Handled } from './app.ts';
import { startForwarder } from './forwarder.ts';

/** What one process of the app is told, besides what all are. */
export type Environment = Readonly<Record<string, string>>;

/** One process of the app. */
export interface AppProcess {
  readonly port: number;
  readonly pid: number;
  /** The lines of its log. */
  log(): { level: string; message: string; error?: { code?: string } }[];
  ready(): Promise<{ status: number; body: unknown }>;
  /** As a host ends it. */
  end(): Promise<void>;
}

/** The processes of an app behind one URL. */
export interface Fleet {
  readonly url: string;
  readonly processes: readonly AppProcess[];
  /** All that it was told last, as a shell beside it has it. */
  readonly environment: Environment;
  /** Starts one more. */
  add(): Promise<AppProcess>;
  /** Starts every process anew with these variables, one after another, each new one before an old one is ended. */
  restart(changed: Environment): Promise<void>;
  /** What the handlers did, in all processes. */
  handled(): Handled[];
}

/** Starts an app that does not outlive the test. */
export async function startFleet(count: number, told: Environment): Promise<Fleet> {
  const balancer = await startForwarder();
  const url = `http://127.0.0.1:${balancer.port}`;
  const file = join(temporaryFolder(), 'handled');
  let environment: Environment = { APP_URL: url, HANDLED: file, ...told };
  let processes: AppProcess[] = [];
  const use = (now: AppProcess[]) => {
    processes = now;
    balancer.targets = now.map(({ port }) => port);
  };
  const add = async () => {
    const added = await startProcess(environment);
    use([...processes, added]);
    return added;
  };
  await Promise.all(Array.from({ length: count }, add));

  return {
    url,
    add,
    get environment() {
      return environment;
    },
    get processes() {
      return processes;
    },
    async restart(changed) {
      environment = { ...environment, ...changed };
      for (const old of processes) {
        await add();
        // Nothing new comes to it any more: what readiness and preStop are for.
        use(processes.filter((each) => each !== old));
        await old.end();
      }
    },
    handled() {
      const lines = readFileSync(file, { encoding: 'utf8', flag: 'a+' }).trim();
      return lines === '' ? [] : lines.split('\n').map((line) => JSON.parse(line));
    },
  };
}

async function startProcess(environment: Environment): Promise<AppProcess> {
  const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env;
  const running = new RunningProcess(process.execPath, ['tests/operations/app.ts'], {
    cwd: root,
    env: { PATH, NODE_COMPILE_CACHE, ...environment },
  });
  await running.prints(/"Listening\.".*\n/);
  const log = () =>
    running.output
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  const { port } = log().find(({ message }) => message === 'Listening.');
  return {
    port,
    pid: running.child.pid as number,
    log,
    async ready() {
      const answer = await fetch(`http://127.0.0.1:${port}/health/ready`);
      return { status: answer.status, body: await answer.json() };
    },
    async end() {
      expect(await running.end('SIGTERM'), running.output).toBe(0);
    },
  };
}

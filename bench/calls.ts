/**
 * Signed calls to a site on this machine, beside bare fetch: each client has a process of its own, the site too, and they
 * take turns. And the memory that 200,000 calls leave behind.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import jwt from 'atlassian-jwt';
import type { Order, Result } from './callers/measure.ts';
import { median, table } from './table.ts';
import { sharedSecret } from './workloads.ts';

const ROUNDS = 9;
const ROUND_MS = 700;
const WARM_UP_MS = 2000;
const CONCURRENCIES = [1, 16, 64];
const MEMORY_CALLS = 50_000;
const MEMORY_ROUNDS = 4;

/** What they are compared with comes first. */
const clients = [
  { name: 'bare fetch, a token made once', caller: 'bare', call: 'fetch' },
  { name: 'countersign jira.get', caller: 'countersign', call: 'get' },
  { name: 'countersign jira.fetch', caller: 'countersign', call: 'fetch' },
  {
    name: 'atlassian-connect-express httpClient',
    caller: 'atlassian-connect-express',
    call: 'get',
  },
] as const;

interface Started {
  readonly process: ChildProcess;
  readonly lines: AsyncIterator<string>;
  readonly reader: Interface;
}

function start(file: string, env: Record<string, string>, flags: readonly string[] = []): Started {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = spawn(process.execPath, [...flags, path], {
    env: { ...process.env, NODE_ENV: 'production', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const reader = createInterface({ input: child.stdout });
  return { process: child, reader, lines: reader[Symbol.asyncIterator]() };
}

async function nextLine({ lines }: Started, name: string): Promise<string> {
  const { value, done } = await lines.next();
  if (done) throw new Error(`${name} has ended`);
  return value;
}

async function order(caller: Started, what: Order): Promise<Result> {
  caller.process.stdin?.write(`${JSON.stringify(what)}\n`);
  return JSON.parse(await nextLine(caller, what.call)) as Result;
}

/** A client that signs nothing, or another request, is no subject for a measurement. */
async function check(siteUrl: string, name: string): Promise<void> {
  const last = (await (await fetch(`${siteUrl}/last`)).json()) as Record<string, string>;
  const { method = '', url = '', authorization = '' } = last;
  const token = authorization.replace(/^JWT /, '');
  const { qsh } = jwt.decodeSymmetric(token, sharedSecret, jwt.SymmetricAlgorithm.HS256);
  const expected = jwt.createQueryStringHash(jwt.fromMethodAndUrl(method, url));
  if (qsh !== expected) throw new Error(`${name} sends a token of another request`);
}

export async function callsReport(): Promise<string> {
  const site = start('servers/jira.ts', {});
  const [, port] = /^port (\d+)$/.exec(await nextLine(site, 'the site')) ?? [];
  const siteUrl = `http://127.0.0.1:${port}`;
  const started = new Map<string, Started>();
  const rates = new Map<string, number[]>();
  const heaps: number[] = [];
  try {
    for (const caller of new Set(clients.map((client) => client.caller))) {
      const child = start(`callers/${caller}.ts`, { SITE_URL: siteUrl });
      started.set(caller, child);
      if ((await nextLine(child, caller)) !== 'ready') throw new Error(`${caller} did not start`);
    }
    for (const { name, caller, call } of clients) {
      const child = started.get(caller) as Started;
      await order(child, { call, concurrency: 16, ms: WARM_UP_MS });
      await check(siteUrl, name);
    }
    for (let round = 0; round < ROUNDS; round++) {
      for (const concurrency of CONCURRENCIES) {
        for (const { name, caller, call } of clients) {
          const child = started.get(caller) as Started;
          const { perSecond } = await order(child, { call, concurrency, ms: ROUND_MS });
          const key = `${concurrency}/${name}`;
          rates.set(key, [...(rates.get(key) ?? []), perSecond]);
        }
      }
    }
    const child = start('callers/countersign.ts', { SITE_URL: siteUrl }, ['--expose-gc']);
    started.set('memory', child);
    await nextLine(child, 'memory');
    for (let round = 0; round < MEMORY_ROUNDS; round++) {
      const { heapUsed } = await order(child, {
        call: 'get',
        concurrency: 16,
        calls: MEMORY_CALLS,
      });
      heaps.push(heapUsed / 2 ** 20);
    }
  } finally {
    for (const { process: child, reader } of [...started.values(), site]) {
      child.stdin?.end();
      if (child.exitCode === null) await once(child, 'exit');
      reader.close();
    }
  }
  return `${speeds(rates)}\n\n${memory(heaps)}`;
}

function speeds(rates: ReadonlyMap<string, number[]>): string {
  const rows = clients.flatMap(({ name }) =>
    CONCURRENCIES.map((concurrency) => {
      const of = (client: string) => rates.get(`${concurrency}/${client}`) ?? [];
      // Neighbours in time are compared, so that a noisy minute hits both.
      const against = (client: string) =>
        median(of(name).map((rate, round) => rate / (of(client)[round] as number))).toFixed(2);
      return [
        name,
        String(concurrency),
        median(of(name)).toFixed(0),
        against(clients[0].name),
        against(clients[3].name),
      ];
    }),
  );
  const header = ['client', 'at once', 'calls/s', 'times bare fetch', 'times the peer'];
  return `${table(header, rows)}\n\nTo hold: countersign at least 0.90 of bare fetch, and 2 times the peer.`;
}

function memory(heaps: readonly number[]): string {
  const rows = heaps.map((heap, round) => [
    ((round + 1) * MEMORY_CALLS).toLocaleString('en'),
    heap.toFixed(1),
  ]);
  return table(['calls of jira.get', 'heap after a collection, MiB'], rows);
}

if (import.meta.main) console.log(await callsReport());

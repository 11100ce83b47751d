import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import pg from 'pg';
import { PgBoss } from 'pg-boss';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isConfigError, isQueueError } from '../../src/index.ts';
import { queueConformance } from '../../src/testing/index.ts';
import { sampleDelivery } from '../../src/testing/queue/process.ts';
import { pgBossQueue } from '../../src/webhooks/pg-boss/index.ts';
import type { RunDelivery, WebhookQueue } from '../../src/webhooks/queue.ts';
import {
  POSTGRES_PASSWORD,
  type PostgresServer,
  startPostgres,
} from '../installations/servers/postgres.ts';
import { QUICK, queueOn } from './pg-boss-queue.ts';

let server: PostgresServer;
let vanished: { url: string; id: string; at: number };
beforeAll(async () => {
  server = await startPostgres();
  // Its deliveries come again after a while, in which the other tests run.
  vanished = await killHolder(server.url);
});
afterAll(() => server.stop());

/** Lets a process take a delivery, and kills it. */
async function killHolder(url: string): Promise<typeof vanished> {
  const queue = queueOn(url, 'vanished', QUICK);
  const delivery = sampleDelivery({ orderKey: 'order-1' });
  await queue.add(delivery);
  await queue.close();
  const file = fileURLToPath(new URL('./pg-boss-holder.ts', import.meta.url));
  const holder = spawn(process.execPath, [file, url, 'vanished'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  return { url, id: delivery.id, at: Date.now() };
}

function setUp(
  queue: WebhookQueue,
  run: RunDelivery = async () => ({ kind: 'done' }),
): WebhookQueue {
  queue.setup({
    limits: { concurrency: 5, concurrencyPerInstallation: 5, dedupeSeconds: 3600 },
    run,
    warn: () => undefined,
  });
  return queue;
}

describe("pgBossQueue('postgres://…')", () => {
  const suite = queueConformance({
    // A test of its own kills a process.
    abandons: false,
    // Making the tables takes longer than most cases: each has a queue of its own in one schema.
    open: (name) => ({ connect: () => pgBossQueue(server.url, { name }) }),
  });
  for (const promise of suite) test(promise.name, promise.run);
});

test('a pool of the app can be given, and stays open', async () => {
  const pool = new pg.Pool({ connectionString: server.url, max: 3 });
  try {
    const { promise: handled, resolve } = Promise.withResolvers<string>();
    const queue = setUp(pgBossQueue(pool, { name: 'pool' }), async ({ id }) => {
      resolve(id);
      return { kind: 'done' };
    });
    queue.start();
    const delivery = sampleDelivery();
    expect(await queue.add(delivery)).toBe(true);
    expect(await handled).toBe(delivery.id);
    await queue.close();
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    expect(pool.listenerCount('error')).toBe(0);
  } finally {
    await pool.end();
  }
});

test('several processes can open a queue on an empty database at once', async () => {
  const url = await server.createDatabase();
  const queues = Array.from({ length: 4 }, () => setUp(pgBossQueue(url)));
  try {
    await Promise.all(queues.map((queue) => queue.open()));
    const delivery = sampleDelivery();
    const added = await Promise.all(queues.map((queue) => queue.add(delivery)));
    expect(added.filter(Boolean)).toHaveLength(1);
  } finally {
    await Promise.all(queues.map((queue) => queue.close()));
  }
});

test('a schema whose name needs quotes is refused with what to write, and taken with them', async () => {
  const unquoted = setUp(pgBossQueue(server.url, { schema: 'My-Queue' }));
  await expect(unquoted.open()).rejects.toSatisfy(
    (error) => isConfigError(error) && error.hint.includes(`'"My-Queue"'`),
  );
  await unquoted.close();
  const quoted = setUp(pgBossQueue(server.url, { schema: '"My-Queue"' }));
  expect(await quoted.add(sampleDelivery())).toBe(true);
  expect((await quoted.counts()).waiting).toBe(1);
  await quoted.close();
});

test('a process that may not create tables says so where there are none', async () => {
  const queue = setUp(pgBossQueue(server.url, { schema: 'nothing_here', migrate: false }));
  await expect(queue.open()).rejects.toSatisfy(
    (error) => isQueueError(error) && /not installed/.test(error.message),
  );
  await queue.close();
  const [{ count } = {}] = await server.query(
    "SELECT count(*)::int AS count FROM pg_namespace WHERE nspname = 'nothing_here'",
  );
  expect(count).toBe(0);
});

test('what is no URL of a Postgres, and options that nobody knows, are refused without a password', () => {
  const secret = 'marked-password';
  for (const [source, options] of [
    [undefined, {}],
    ['', {}],
    [`mysql://root:${secret}@127.0.0.1/db`, {}],
    [`postgres://root:${secret}#1@127.0.0.1:x/db`, {}],
    [{} as never, {}],
    [server.url, { shema: 'x' } as object],
    [server.url, { name: "it's" }],
    [server.url, { poolSize: 1 }],
  ] as const) {
    let thrown: unknown;
    try {
      pgBossQueue(source, options);
    } catch (error) {
      thrown = error;
    }
    expect(isConfigError(thrown)).toBe(true);
    expect(inspect(thrown, { depth: 9, showHidden: true })).not.toContain(secret);
  }
});

test('a server that is not there fails what is asked, soon and without a password', async () => {
  const url = server.url.replace(`:${server.port}/`, ':1/');
  const warnings: string[] = [];
  const queue = queueOn(url, 'nobody', QUICK, undefined, (details, message) =>
    warnings.push(inspect([details, message], { depth: 9 })),
  );
  queue.start();
  for (const call of [
    () => queue.open(),
    () => queue.check(),
    () => queue.add(sampleDelivery()),
    () => queue.counts(),
    () => queue.deadLetters(),
  ]) {
    const error: unknown = await call().catch((reason) => reason);
    expect(isQueueError(error) && error.code).toBe('QUEUE_UNAVAILABLE');
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(POSTGRES_PASSWORD);
  }
  await queue.close();
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).not.toContain(POSTGRES_PASSWORD);
});

test('pg-boss leaves out the groups that it is told to, as the fairness between installations needs', async () => {
  const boss = new PgBoss({ connectionString: server.url, schema: 'groups', schedule: false });
  boss.on('error', () => undefined);
  await boss.start();
  try {
    for (const policy of ['standard', 'key_strict_fifo']) {
      await boss.createQueue(policy, { policy });
      await boss.insert(
        policy,
        ['flood', 'flood', 'other'].map((id, index) => ({
          group: { id },
          singletonKey: `${index}`,
        })),
      );
      const jobs = await boss.fetch(policy, { batchSize: 3, ignoreGroups: ['flood'] });
      expect(jobs.map(({ groupId }) => groupId)).toEqual(['other']);
    }
  } finally {
    await boss.stop({ graceful: false });
  }
});

test('an id is forgotten some time after it was done, and a dead letter is not', async () => {
  const queue = pgBossQueue(server.url, { name: 'forgetful' });
  queue.setup({
    limits: { concurrency: 5, concurrencyPerInstallation: 5, dedupeSeconds: 1 },
    run: async ({ payload }) =>
      payload === 'dies' ? { kind: 'dead', reason: 'never' } : { kind: 'done' },
    warn: () => undefined,
  });
  const boss = new PgBoss({
    connectionString: server.url,
    schema: 'countersign_queue',
    supervise: false,
    maintenanceIntervalSeconds: 1,
  });
  boss.on('error', () => undefined);
  try {
    queue.start();
    const [done, dead, waiting] = [
      sampleDelivery(),
      sampleDelivery({ payload: 'dies', orderKey: 'order-1' }),
      sampleDelivery(),
    ];
    await queue.add(done);
    await queue.add(dead);
    await expect.poll(() => queue.counts()).toMatchObject({ waiting: 0, active: 0, dead: 1 });
    await queue.stop(0);
    await queue.add(waiting);
    expect(await queue.add(done)).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await boss.start();
    for (const name of ['forgetful', 'forgetful-ordered', 'forgetful-dead']) {
      await boss.supervise(name);
    }
    expect(await queue.add(done)).toBe(true);
    expect(await queue.add(waiting)).toBe(false);
    expect(await queue.deadLetters()).toHaveLength(1);
  } finally {
    await boss.stop({ graceful: false });
    await queue.close();
  }
});

test('a handler whose delivery was taken over by another process is told so, and not believed', async () => {
  const { promise: held, resolve: hold } = Promise.withResolvers<void>();
  const { promise: told, resolve: tell } = Promise.withResolvers<void>();
  const queue = queueOn(server.url, 'lost', QUICK, async (_, { signal }) => {
    hold();
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    tell();
    return { kind: 'done' };
  });
  try {
    queue.start();
    await queue.add(sampleDelivery());
    await held;
    // As pg-boss notes that another process has it.
    await server.query(
      "UPDATE countersign_queue.job SET retry_count = retry_count + 1 WHERE name = 'lost'",
    );
    await told;
    await queue.stop(0);
    expect((await queue.counts()).active).toBe(1);
  } finally {
    await queue.close();
  }
});

test('what a killed process held is handed over to another one', async () => {
  const { promise, resolve } = Promise.withResolvers<[string, number]>();
  const queue = queueOn(vanished.url, 'vanished', QUICK, async ({ id }, { attempt }) => {
    resolve([id, attempt]);
    return { kind: 'done' };
  });
  queue.start();
  expect(await promise).toEqual([vanished.id, 2]);
  await queue.close();
}, 25_000);

// The last one: it takes the server away.
test('a database that restarts loses nothing, and is found again without a word', async () => {
  const handled: string[] = [];
  const warnings: string[] = [];
  const { promise: end, resolve } = Promise.withResolvers<void>();
  const queue = queueOn(
    server.url,
    'restarted',
    QUICK,
    async ({ id, payload }) => {
      handled.push(id);
      if (payload === 'waits') await end;
      return { kind: 'done' };
    },
    (_, message) => warnings.push(message),
  );
  try {
    queue.start();
    const first = sampleDelivery({ payload: 'waits' });
    await queue.add(first);
    await expect.poll(() => handled).toEqual([first.id]);
    await server.kill();
    const error: unknown = await queue.add(sampleDelivery()).catch((reason) => reason);
    expect(isQueueError(error) && error.code).toBe('QUEUE_UNAVAILABLE');
    await expect(queue.check()).rejects.toThrow();
    // It ends while there is nobody to tell it to.
    resolve();
    await new Promise((slept) => setTimeout(slept, 300));
    await server.start();
    await expect
      .poll(
        () =>
          queue.check().then(
            () => true,
            () => false,
          ),
        { timeout: 10_000 },
      )
      .toBe(true);
    const second = sampleDelivery();
    expect(await queue.add(second)).toBe(true);
    await expect.poll(() => handled, { timeout: 10_000 }).toEqual([first.id, second.id]);
    await expect.poll(async () => (await queue.counts()).active, { timeout: 5000 }).toBe(0);
    expect(await queue.add(first)).toBe(false);
    expect(warnings).toHaveLength(1);
  } finally {
    await queue.close();
  }
}, 30_000);

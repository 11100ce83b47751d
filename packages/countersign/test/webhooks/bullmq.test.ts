import { inspect } from 'node:util';
import { Cluster, Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { queueConformance } from '../../src/testing/index.ts';
import { sampleDelivery } from '../../src/testing/queue/process.ts';
import { bullMqQueue } from '../../src/webhooks/bullmq/index.ts';
import { redisQueue } from '../../src/webhooks/bullmq/redis-queue.ts';
import { TIMINGS } from '../../src/webhooks/bullmq/timings.ts';
import type { RunDelivery, WebhookQueue } from '../../src/webhooks/queue.ts';
import { freePort } from '../installations/servers/kept-server.ts';
import { describeWithRedis, type RedisServer, startRedis } from '../installations/servers/redis.ts';
import { wireTo } from './wire.ts';

const PASSWORD = 'marked-password-81';
/** A process that died is noticed in a second. */
const QUICK = { ...TIMINGS, lockMs: 800, stalledMs: 200, sweepMs: 200, aliveMs: 1500 };

describeWithRedis('bullMqQueue', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
    // It is the one that the conformance suite is on.
    server.newDatabase();
  });
  afterAll(() => server.stop());

  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
  /** A queue that is set up, and closed after the test. */
  const ready = (queue: WebhookQueue, run: RunDelivery = async () => ({ kind: 'done' })) => {
    const warnings: string[] = [];
    queue.setup({
      limits: { concurrency: 5, concurrencyPerInstallation: 2, dedupeSeconds: 60 },
      run,
      warn: (details, message) => warnings.push(`${message} ${inspect(details)}`),
    });
    closing.push(() => queue.close());
    return { queue, warnings };
  };

  describe('is a queue', () => {
    const suite = queueConformance({
      async open(name) {
        // Only the first process of a case is made to vanish.
        const wire = await wireTo(server.port);
        let connected = 0;
        return {
          connect() {
            const port = connected++ === 0 ? wire.port : server.port;
            const source = { kind: 'url', url: `redis://127.0.0.1:${port}` } as const;
            return redisQueue(source, { prefix: 'countersign', name }, QUICK);
          },
          abandon: { withinMs: 5000, now: wire.cut },
          dispose: wire.cut,
        };
      },
    });
    test.each(suite.map(({ name, run }) => [name, run] as const))('%s', (_, run) => run());
  });

  const expectToWork = async (queue: WebhookQueue): Promise<void> => {
    const handled = Promise.withResolvers<string>();
    ready(queue, async ({ id }) => {
      handled.resolve(id);
      return { kind: 'done' };
    });
    await queue.open();
    queue.start();
    const delivery = sampleDelivery({ orderKey: 'order-1' });
    expect(await queue.add(delivery)).toBe(true);
    expect(await handled.promise).toBe(delivery.id);
    await queue.stop(5000);
    await queue.close();
  };

  test('takes a client of ioredis, and leaves it to its owner', async () => {
    const client = new Redis(server.newDatabase());
    closing.push(() => client.disconnect());
    await expectToWork(bullMqQueue(client));
    expect(await client.ping()).toBe('PONG');
    expect(await client.keys('{countersign}:webhooks.seen:*')).toHaveLength(1);
    // Of what is done only that is left, and of what BullMQ was given nothing.
    expect(await client.keys('*delivery*')).toEqual([]);
    expect(await client.keys('{countersign}:webhooks:*-1*')).toEqual([]);
  });

  test('works on a cluster', async () => {
    const one = await startRedis(
      ...['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'],
      ...['--cluster-port', `${await freePort()}`],
    );
    closing.push(() => one.stop());
    const admin = new Redis(one.url);
    closing.push(() => admin.disconnect());
    await admin.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    await expect
      .poll(() => admin.call('CLUSTER', 'INFO'), { timeout: 8000 })
      .toContain('cluster_state:ok');
    const client = new Cluster([{ host: '127.0.0.1', port: one.port }]);
    closing.push(() => client.disconnect());
    await expectToWork(bullMqQueue(client, { prefix: 'app-1', name: 'hooks' }));
  });

  test('says that the server may lose what was acknowledged', async () => {
    const { queue, warnings } = ready(bullMqQueue(server.newDatabase()));
    await queue.open();
    await queue.open();
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('appendfsync is everysec');
    const admin = new Redis(server.url);
    closing.push(() => admin.disconnect());
    const reopened = async () => {
      const again = ready(bullMqQueue(server.newDatabase()));
      await again.queue.open();
      return again.warnings.join();
    };
    await admin.config('SET', 'appendfsync', 'always');
    try {
      expect(await reopened()).toBe('');
      await admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
      expect(await reopened()).toContain('maxmemory-policy is allkeys-lru');
    } finally {
      await admin.config('SET', 'maxmemory-policy', 'noeviction');
      await admin.config('SET', 'appendfsync', 'everysec');
    }
  });

  test('says nothing of settings that it may not read', async () => {
    const admin = new Redis(server.url);
    closing.push(() => admin.disconnect());
    await admin.call('ACL', 'SETUSER', 'app', 'on', `>${PASSWORD}`, '~*', '&*', '+@all', '-config');
    const { queue, warnings } = ready(
      bullMqQueue(`redis://app:${PASSWORD}@127.0.0.1:${server.port}/4000`),
    );
    await queue.open();
    expect(warnings).toEqual([]);
  });

  test('refuses what it does not know, and repeats no password', async () => {
    const withPrefix = new Redis({ keyPrefix: 'mine:', lazyConnect: true });
    for (const make of [
      () => bullMqQueue(`redis//user:${PASSWORD}@host`),
      () => bullMqQueue(`https://user:${PASSWORD}@host`),
      () => bullMqQueue({ url: PASSWORD } as never),
      () => bullMqQueue(withPrefix),
      () => bullMqQueue(server.url, { prefix: '{a}' }),
      () => bullMqQueue(server.url, { name: 'a:b' }),
      () => bullMqQueue(server.url, { names: 'a' } as never),
    ]) {
      const error = await (async () => make())().catch((caught) => caught);
      expect(error).toMatchObject({ code: expect.stringMatching(/^CONFIG_OPTION_/) });
      expect(inspect(error)).not.toContain(PASSWORD);
    }
    await expect(bullMqQueue(server.url).check()).rejects.toMatchObject({
      code: 'CONFIG_OPTION_MISSING',
    });
  });

  test('a page of dead letters goes on behind one that was retried or dropped', async () => {
    const { queue } = ready(bullMqQueue(server.newDatabase()), async () => ({
      kind: 'dead',
      reason: 'no',
    }));
    queue.start();
    for (let index = 0; index < 6; index++) await queue.add(sampleDelivery());
    await expect.poll(async () => (await queue.counts()).dead).toBe(6);
    await queue.stop(0);
    const all = (await queue.deadLetters()).map(({ delivery }) => delivery.id);
    const after = async (id: string | undefined) =>
      (await queue.deadLetters({ after: id as string })).map(({ delivery }) => delivery.id);
    expect(await queue.retryDeadLetter(all[1] as string)).toBe(true);
    expect(await queue.dropDeadLetter(all[3] as string)).toBe(true);
    expect(await after(all[1])).toEqual([all[2], all[4], all[5]]);
    expect(await after(all[3])).toEqual([all[4], all[5]]);
    expect(await after(all[5])).toEqual([]);
  });
});

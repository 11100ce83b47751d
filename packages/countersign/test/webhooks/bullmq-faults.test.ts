import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { inspect } from 'node:util';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { sampleDelivery } from '../../src/testing/queue/process.ts';
import { openConnections } from '../../src/webhooks/bullmq/connections.ts';
import { handOverOf } from '../../src/webhooks/bullmq/hand-over.ts';
import { type Admitted, type Lanes, lanesOf } from '../../src/webhooks/bullmq/lanes.ts';
import { redisQueue } from '../../src/webhooks/bullmq/redis-queue.ts';
import { TIMINGS, type Timings } from '../../src/webhooks/bullmq/timings.ts';
import type { DeliveryOutcome, RunDelivery, WebhookQueue } from '../../src/webhooks/queue.ts';
import { freezingProxy } from '../installations/freezing-proxy.ts';
import { freePort } from '../installations/servers/kept-server.ts';
import { describeWithRedis, type RedisServer, startRedis } from '../installations/servers/redis.ts';

const PASSWORD = 'marked-password-82';
const QUICK: Timings = { ...TIMINGS, lockMs: 800, stalledMs: 200, sweepMs: 200, aliveMs: 1500 };
const LIMITS = { concurrency: 10, concurrencyPerInstallation: 2, dedupeSeconds: 60 };
const SOON = { timeout: 8000, interval: 20 };
const done: DeliveryOutcome = { kind: 'done' };

describeWithRedis('bullMqQueue, when something dies', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis('--appendfsync', 'always');
  });
  afterAll(() => server.stop());

  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  /** A queue as one process has it, which is closed after the test. */
  const open = (url: string, run: RunDelivery = async () => done, timings = QUICK) => {
    const warnings: string[] = [];
    const queue = redisQueue({ kind: 'url', url }, { prefix: 'test', name: 'queue' }, timings);
    queue.setup({
      limits: LIMITS,
      run,
      warn: (details, message) => warnings.push(`${message} ${inspect(details)}`),
    });
    closing.push(() => queue.close());
    return { queue, warnings };
  };
  /** One that notes what it handled. */
  const handling = (url: string, timings = QUICK) => {
    const handled: string[] = [];
    const opened = open(
      url,
      async ({ id }, { attempt }) => {
        handled.push(`${id} ${attempt}`);
        return done;
      },
      timings,
    );
    opened.queue.start();
    return { handled, ...opened };
  };
  const adminOf = (url: string): Redis => {
    const admin = new Redis(url);
    closing.push(() => admin.disconnect());
    return admin;
  };

  /** The single steps of a process, which may die behind each. */
  const steps = async (url: string) => {
    const connections = await openConnections({ kind: 'url', url }, 2000);
    const handOver = handOverOf(
      connections.commands,
      { prefix: '{test}', name: 'queue' },
      (error) => {
        throw error;
      },
    );
    const admitted: Admitted[] = [];
    const lanes: Lanes = lanesOf(connections.commands.run, {
      root: '{test}:queue.',
      limits: { ...LIMITS, concurrencyPerInstallation: 1 },
      handOverMs: 300,
      onAdmitted: (some) => admitted.push(...some),
    });
    closing.push(async () => {
      await handOver.close();
      connections.close();
    });
    const first = () => admitted[0] as Admitted;
    return { lanes, handOver, admitted, first };
  };

  test('nothing acknowledged is lost when Redis is killed and started again', async () => {
    const own = await startRedis('--appendfsync', 'always');
    closing.push(() => own.stop());
    const handled = new Set<string>();
    const run: RunDelivery = async ({ id, payload }, { attempt }) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (payload === 'fails' && attempt === 1)
        return { kind: 'retry', delayMs: 300, reason: 'no' };
      handled.add(id);
      return done;
    };
    const [one, two] = [open(own.url, run), open(own.url, run)];
    await one.queue.open();
    one.queue.start();
    two.queue.start();
    const acknowledged: string[] = [];
    let refused = 0;
    let isOver = false;
    const intake = async (queue: WebhookQueue) => {
      while (!isOver) {
        const delivery = sampleDelivery({
          clientKey: `client-${acknowledged.length % 7}`,
          orderKey: acknowledged.length % 2 === 0 ? `order-${acknowledged.length % 5}` : undefined,
          payload: acknowledged.length % 9 === 0 ? 'fails' : 'works',
        });
        try {
          await queue.add(delivery);
          acknowledged.push(delivery.id);
        } catch (error) {
          expect(error).toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
          refused++;
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }
    };
    const running = [intake(one.queue), intake(two.queue)];
    await expect.poll(() => acknowledged.length, SOON).toBeGreaterThan(100);
    await own.kill();
    await expect.poll(() => refused, SOON).toBeGreaterThan(3);
    await expect(one.queue.check()).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    const before = acknowledged.length;
    await own.start();
    await expect.poll(() => acknowledged.length, SOON).toBeGreaterThan(before + 100);
    isOver = true;
    await Promise.all(running);
    await expect.poll(() => acknowledged.filter((id) => !handled.has(id)).length, SOON).toBe(0);
    await expect
      .poll(() => one.queue.counts(), SOON)
      .toEqual({ waiting: 0, active: 0, retrying: 0, dead: 0 });
    for (const { warnings } of [one, two]) {
      expect(warnings).toEqual([expect.stringContaining('does not answer')]);
    }
  });

  test('a server that hangs rejects each call', async () => {
    const proxy = await freezingProxy(server.port);
    closing.push(proxy.close);
    const { queue } = open(`redis://127.0.0.1:${proxy.port}`, undefined, {
      ...QUICK,
      commandMs: 300,
    });
    await queue.open();
    proxy.freeze();
    await expect(queue.add(sampleDelivery())).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    proxy.thaw();
    await expect.poll(() => queue.check().then(() => 'up', String), SOON).toBe('up');
  });

  test('handing over may begin before there is a server', async () => {
    const own = await startRedis();
    closing.push(() => own.stop());
    const delivery = sampleDelivery();
    const { queue } = open(own.url);
    await queue.add(delivery);
    await queue.close();
    await own.kill();
    const { handled, warnings } = handling(own.url);
    await expect.poll(() => warnings.length, SOON).toBe(1);
    await own.start();
    await expect.poll(() => handled, SOON).toEqual([`${delivery.id} 1`]);
  });

  test('what a process holds that is killed is handed over to another', async () => {
    const url = server.newDatabase();
    const source = new URL('../../src/webhooks/bullmq/', import.meta.url).href;
    const program = `
      const { redisQueue } = await import('${source}redis-queue.ts');
      const place = { prefix: 'test', name: 'queue' };
      const queue = redisQueue({ kind: 'url', url: '${url}' }, place, ${JSON.stringify(QUICK)});
      queue.setup({
        limits: ${JSON.stringify(LIMITS)},
        warn() {},
        run: () => new Promise(() => console.log('held')),
      });
      queue.start();
    `;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    closing.push(() => child.kill('SIGKILL'));
    const delivery = sampleDelivery({ orderKey: 'order-1' });
    const { queue, handled } = handling(url);
    await queue.stop(0);
    await queue.add(delivery);
    const next = sampleDelivery({ orderKey: 'order-1' });
    await queue.add(next);
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    queue.start();
    await expect.poll(() => handled, SOON).toEqual([`${delivery.id} 2`, `${next.id} 1`]);
  });

  test('what a handler does not let go of when its process stops is given to another at once', async () => {
    const url = server.newDatabase();
    let begun = 0;
    const { queue } = open(
      url,
      () => {
        begun++;
        return new Promise(() => undefined);
      },
      TIMINGS,
    );
    queue.start();
    const delivery = sampleDelivery();
    await queue.add(delivery);
    await expect.poll(() => begun, SOON).toBe(1);
    await queue.stop(0);
    const { handled } = handling(url, TIMINGS);
    await expect.poll(() => handled, SOON).toEqual([`${delivery.id} 2`]);
  });

  test('a process that closes its queue ends', async () => {
    const source = new URL('../../src/webhooks/bullmq/', import.meta.url).href;
    const program = `
      const { bullMqQueue } = await import('${source}index.ts');
      const queue = bullMqQueue('${server.newDatabase()}');
      queue.setup({ limits: ${JSON.stringify(LIMITS)}, warn() {}, run: async () => ({ kind: 'done' }) });
      await queue.open();
      queue.start();
      await new Promise((resolve) => setTimeout(resolve, 200));
      await queue.close();
    `;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    closing.push(() => child.kill('SIGKILL'));
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  test('what was taken in and never reached BullMQ is handed over', async () => {
    const url = server.newDatabase();
    const { lanes, admitted } = await steps(url);
    const delivery = sampleDelivery();
    expect(await lanes.add(delivery)).toBe(true);
    expect(admitted).toHaveLength(1);
    const { handled } = handling(url);
    await expect.poll(() => handled, SOON).toEqual([`${delivery.id} 1`]);
  });

  test('what the end of another admitted is handed over, though that process died of it', async () => {
    const url = server.newDatabase();
    const { lanes, first } = await steps(url);
    const [one, two] = ['order-1', 'order-1'].map((orderKey) => sampleDelivery({ orderKey }));
    const free = sampleDelivery();
    for (const delivery of [one, two, free]) await lanes.add(delivery as never);
    const begun = await lanes.begin(first().id, first().turn, 60_000);
    await lanes.end(first().id, begun?.run as string, done);
    const { handled } = handling(url);
    await expect
      .poll(() => handled.toSorted(), SOON)
      .toEqual([`${two?.id} 1`, `${free.id} 1`].toSorted());
  });

  test('what was begun, and BullMQ has forgotten, is handed over again', async () => {
    const url = server.newDatabase();
    const { lanes, first } = await steps(url);
    const delivery = sampleDelivery();
    await lanes.add(delivery);
    await lanes.begin(first().id, first().turn, 100);
    const { handled } = handling(url);
    await expect.poll(() => handled, SOON).toEqual([`${delivery.id} 2`]);
  });

  test('what ended, and BullMQ has not heard of it, is not handed over again', async () => {
    const url = server.newDatabase();
    const { lanes, handOver, first } = await steps(url);
    const delivery = sampleDelivery();
    await lanes.add(delivery);
    const begun = await lanes.begin(first().id, first().turn, 60_000);
    await lanes.end(first().id, begun?.run as string, { kind: 'retry', delayMs: 500, reason: '' });
    const start = performance.now();
    // The same as what a dead process leaves in BullMQ: for a while there is one turn too many.
    handOver.push([first()]);
    await handOver.settled();
    const { handled, queue } = handling(url);
    await expect.poll(() => handled, SOON).toEqual([`${delivery.id} 2`]);
    expect(performance.now() - start).toBeGreaterThan(450);
    expect(await queue.counts()).toEqual({ waiting: 0, active: 0, retrying: 0, dead: 0 });
  });

  test('what is handed to BullMQ twice is handled once', async () => {
    const url = server.newDatabase();
    const { lanes, handOver, first } = await steps(url);
    const delivery = sampleDelivery();
    await lanes.add(delivery);
    handOver.push([first(), first()]);
    await handOver.settled();
    handOver.push([first()]);
    await handOver.settled();
    const { handled } = handling(url);
    await expect.poll(() => handled, SOON).toEqual([`${delivery.id} 1`]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(handled).toHaveLength(1);
  });

  test('whoever lost a delivery is told so, and decides nothing of it any more', async () => {
    const url = server.newDatabase();
    const admin = adminOf(url);
    const signals: AbortSignal[] = [];
    const ends: (() => void)[] = [];
    const { queue, warnings } = open(url, async (_, { signal }) => {
      signals.push(signal);
      const isFirst = signals.length === 1;
      await new Promise<void>((resolve) => ends.push(resolve));
      return isFirst ? { kind: 'dead', reason: 'late' } : done;
    });
    queue.start();
    await queue.add(sampleDelivery());
    await expect.poll(() => signals.length, SOON).toBe(1);
    const locks = await admin.keys('*:lock');
    expect(locks).toHaveLength(1);
    await admin.del(...locks);
    await expect.poll(() => signals.length, SOON).toBe(2);
    expect(signals[0]?.aborted).toBe(true);
    expect(signals[0]?.reason).toMatchObject({ name: 'AbortError' });
    ends[0]?.();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await queue.counts()).toEqual({ waiting: 0, active: 1, retrying: 0, dead: 0 });
    expect(signals[1]?.aborted).toBe(false);
    ends[1]?.();
    await expect
      .poll(() => queue.counts(), SOON)
      .toEqual({ waiting: 0, active: 0, retrying: 0, dead: 0 });
    expect(warnings).toEqual([expect.stringContaining('another process gets them')]);
  });

  test('a try longer than the lock is not disturbed', async () => {
    const url = server.newDatabase();
    let isAborted = false;
    let handled = 0;
    const { queue } = open(url, async (_, { signal }) => {
      handled++;
      await new Promise((resolve) => setTimeout(resolve, 1500));
      isAborted ||= signal.aborted;
      return done;
    });
    queue.start();
    await queue.add(sampleDelivery());
    await expect
      .poll(() => queue.counts(), SOON)
      .toEqual({ waiting: 0, active: 0, retrying: 0, dead: 0 });
    expect([handled, isAborted]).toEqual([1, false]);
  });

  test('without a server the first call says why', async () => {
    const { queue } = open(`redis://user:${PASSWORD}@127.0.0.1:${await freePort()}`);
    const error = await queue.open().catch((caught) => caught);
    expect(error).toMatchObject({ code: 'QUEUE_UNAVAILABLE', cause: { code: 'ECONNREFUSED' } });
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain(PASSWORD);
  });
});

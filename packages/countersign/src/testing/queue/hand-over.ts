import assert from 'node:assert/strict';
import type { WebhookDelivery } from '../../webhooks/delivery.ts';
import type { ConformanceCase } from '../store-conformance.ts';
import { type Check, done, eventually, pause, sampleDelivery } from './process.ts';

/** What the payload of a webhook may hold. */
const PAYLOADS: readonly unknown[] = [
  undefined,
  null,
  '',
  'text',
  0,
  [],
  { nested: { list: [1, 'zwei', null, { drei: [[]] }] }, ключ: '✓ 🚀 \u2028', __proto__x: false },
  { numbers: [Number.MAX_SAFE_INTEGER, -1.5e-300, 1.7976931348623157e308, 0.1] },
  // Postgres takes neither of them in a text.
  { nul: 'a\u0000b', half: '\ud800' },
  { quotes: `'"\\\n\t$1 ? :name %s {0}` },
];

/** That a delivery which was added is handed over as it was, until it is done. */
export function handOverCases(check: Check): readonly ConformanceCase[] {
  return [
    check(
      'what one process added before it ended is handed over by another',
      async ({ process }) => {
        const one = process();
        const delivery = sampleDelivery();
        assert.equal(await one.queue.add(delivery), true);
        await one.queue.close();
        const two = process();
        two.queue.start();
        await eventually(() => two.handled.length > 0, 'it was not handed over');
        assert.deepEqual(two.handled, [{ id: delivery.id, attempt: 1 }]);
      },
    ),
    check('nothing is handed over before start', async ({ process }) => {
      const { queue, handled } = process();
      await queue.open();
      await queue.add(sampleDelivery());
      await pause(300);
      assert.deepEqual(handled, []);
    }),
    check('a delivery is handed over once, to one of two processes', async ({ process }) => {
      const processes = [process(), process()];
      for (const { queue } of processes) queue.start();
      const added = Array.from({ length: 60 }, () => sampleDelivery());
      await Promise.all(added.map((delivery, index) => processes[index % 2]?.queue.add(delivery)));
      const ids = () => processes.flatMap(({ handled }) => handled.map(({ id }) => id));
      await eventually(() => ids().length >= added.length, 'not all were handed over');
      await pause(100);
      assert.deepEqual(ids().toSorted(), added.map(({ id }) => id).toSorted());
    }),
    check('a delivery comes back as it was added, whatever its payload', async ({ process }) => {
      const seen = new Map<string, WebhookDelivery>();
      const { queue } = process((delivery) => {
        seen.set(delivery.id, delivery);
        return done;
      });
      queue.start();
      const added = [
        ...PAYLOADS.map((payload) => sampleDelivery({ payload })),
        sampleDelivery({ payload: { big: 'ü'.repeat(500_000) } }),
        sampleDelivery({
          clientKey: `ключ:'"${'x'.repeat(240)}`,
          identifier: undefined,
          flow: undefined,
          trace: 'trace 1',
          orderKey: `order: ${'y'.repeat(400)} ✓`,
          url: '/webhooks?a=%00&b=ü',
          retry: 3,
        }),
      ];
      await Promise.all(added.map((delivery) => queue.add(delivery)));
      await eventually(() => seen.size === added.length, 'not all were handed over');
      for (const delivery of added) assert.deepEqual(seen.get(delivery.id), delivery);
    }),
    check('a try that failed is repeated after its delay, and counted', async ({ process }) => {
      const times: number[] = [];
      const { queue, handled } = process((_, { attempt }) => {
        times.push(Date.now());
        return attempt < 3 ? { kind: 'retry', delayMs: 300, reason: 'not yet' } : done;
      });
      queue.start();
      const delivery = sampleDelivery();
      await queue.add(delivery);
      await eventually(() => handled.length === 3, 'it was not tried three times');
      assert.deepEqual(
        handled,
        [1, 2, 3].map((attempt) => ({ id: delivery.id, attempt })),
      );
      const [first = 0, second = 0, third = 0] = times;
      // Clocks of two machines are no closer than this.
      assert.ok(second - first >= 280 && third - second >= 280, `tried at ${times}`);
    }),
    check('a repetition may be taken by another process', async ({ process }) => {
      const one = process(() => ({ kind: 'retry', delayMs: 50, reason: 'not here' }));
      const two = process();
      const delivery = sampleDelivery();
      await two.queue.add(delivery);
      one.queue.start();
      await eventually(() => one.handled.length > 0, 'it was not handed over');
      await one.queue.stop(5000);
      const tries = one.handled.length;
      two.queue.start();
      await eventually(() => two.handled.length > 0, 'the other process never got it');
      assert.deepEqual(two.handled, [{ id: delivery.id, attempt: tries + 1 }]);
    }),
    check('counts tell what waits, runs, is repeated and is dead', async ({ process }) => {
      const { promise: end, resolve } = Promise.withResolvers<void>();
      const { queue } = process(async ({ payload }) => {
        if (payload === 'retry') return { kind: 'retry', delayMs: 60_000, reason: 'later' };
        if (payload === 'dead') return { kind: 'dead', reason: 'never' };
        await end;
        return done;
      });
      assert.deepEqual(await queue.counts(), { waiting: 0, active: 0, retrying: 0, dead: 0 });
      for (const payload of ['retry', 'dead', 'run', 'run']) {
        await queue.add(sampleDelivery({ payload }));
      }
      await queue.add(sampleDelivery({ payload: 'retry', orderKey: 'order-1' }));
      assert.deepEqual(await queue.counts(), { waiting: 5, active: 0, retrying: 0, dead: 0 });
      queue.start();
      const reaches = (expected: object) =>
        eventually(
          async () => {
            try {
              assert.deepEqual(await queue.counts(), expected);
              return true;
            } catch {
              return false;
            }
          },
          `counts never said ${JSON.stringify(expected)}`,
        );
      try {
        await reaches({ waiting: 0, active: 2, retrying: 2, dead: 1 });
      } finally {
        resolve();
      }
      await reaches({ waiting: 0, active: 0, retrying: 2, dead: 1 });
    }),
    check('a check answers while the server does', async ({ process }) => {
      const { queue } = process();
      await queue.check();
      queue.start();
      await queue.check();
    }),
  ];
}

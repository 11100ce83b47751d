import assert from 'node:assert/strict';
import type { ConformanceCase } from '../store-conformance.ts';
import { type Check, done, eventually, type Handle, pause, sampleDelivery } from './process.ts';

const KEYS = 5;
const PER_KEY = 40;

/** That deliveries with one `orderKey` are handled one after another, in the order in which they were added. */
export function orderCases(check: Check): readonly ConformanceCase[] {
  return [
    check(
      'two processes keep the order of each key, also where a try fails',
      async ({ process }) => {
        const order = new Map<string, string[]>();
        const running = new Set<string>();
        let atOnce = 0;
        const handle: Handle = async ({ orderKey = '', payload }, { attempt }) => {
          assert.ok(!running.has(orderKey), 'two of one key were handled at once');
          running.add(orderKey);
          atOnce = Math.max(atOnce, running.size);
          try {
            await pause(Math.random() * 6);
            const { number, fails } = payload as { number: number; fails: boolean };
            order.get(orderKey)?.push(`${number}/${attempt}`);
            if (fails && attempt < 3) return { kind: 'retry', delayMs: 20, reason: 'not yet' };
            return number === PER_KEY - 2 ? { kind: 'dead', reason: 'never' } : done;
          } finally {
            running.delete(orderKey);
          }
        };
        const failures: unknown[] = [];
        const careful: Handle = async (delivery, claim) => {
          try {
            return await handle(delivery, claim);
          } catch (error) {
            failures.push(error);
            return done;
          }
        };
        const [one, two] = [process(careful), process(careful)];
        one.queue.start();
        two.queue.start();
        const keys = Array.from({ length: KEYS }, (_, index) => `order-${index}`);
        const expected: string[] = [];
        for (let number = 0; number < PER_KEY; number++) {
          for (const attempt of number === 7 ? [1, 2, 3] : [1])
            expected.push(`${number}/${attempt}`);
        }
        await Promise.all(
          keys.map(async (orderKey, index) => {
            order.set(orderKey, []);
            for (let number = 0; number < PER_KEY; number++) {
              const payload = { number, fails: number === 7 };
              const { queue } = (index + number) % 2 === 0 ? one : two;
              await queue.add(sampleDelivery({ orderKey, payload, clientKey: `client-${index}` }));
            }
          }),
        );
        const handled = () => one.handled.length + two.handled.length;
        await eventually(
          () => handled() >= KEYS * expected.length && running.size === 0,
          'not all were handed over',
        );
        assert.deepEqual(failures, []);
        for (const orderKey of keys) assert.deepEqual(order.get(orderKey), expected);
        assert.ok(atOnce > 1, 'one key waited for another');
        assert.ok(one.handled.length > 0 && two.handled.length > 0, 'one process got nothing');
      },
    ),
    check(
      'those of one key that are added at once are handled one at a time, in the order of the calls',
      async ({ process }) => {
        let running = 0;
        let most = 0;
        const { queue, handled } = process(async () => {
          running++;
          most = Math.max(most, running);
          await pause(2);
          running--;
          return done;
        });
        queue.start();
        const added = Array.from({ length: 20 }, () => sampleDelivery({ orderKey: 'order-1' }));
        await Promise.all(added.map((delivery) => queue.add(delivery)));
        await eventually(() => handled.length === 20 && running === 0, 'not all were handed over');
        assert.equal(most, 1);
        assert.deepEqual(
          handled.map(({ id }) => id),
          added.map(({ id }) => id),
        );
      },
    ),
    check('one key that waits for its repetition holds up no other', async ({ process }) => {
      const { queue, handled } = process(({ orderKey }) =>
        orderKey === 'stuck' ? { kind: 'retry', delayMs: 60_000, reason: 'no' } : done,
      );
      queue.start();
      const stuck = sampleDelivery({ orderKey: 'stuck' });
      await queue.add(stuck);
      await queue.add(sampleDelivery({ orderKey: 'stuck' }));
      await eventually(() => handled.length === 1, 'the first was not handed over');
      const free = [sampleDelivery({ orderKey: 'free' }), sampleDelivery()];
      for (const delivery of free) await queue.add(delivery);
      await eventually(() => handled.length === 3, 'another key was held up');
      await pause(300);
      assert.deepEqual(
        handled.map(({ id }) => id).toSorted(),
        [stuck, ...free].map(({ id }) => id).toSorted(),
      );
    }),
  ];
}

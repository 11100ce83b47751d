import assert from 'node:assert/strict';
import type { ConformanceCase } from '../store-conformance.ts';
import { type Check, eventually, pause, sampleDelivery } from './process.ts';

/** That a delivery which Jira sends again is known, at whatever process it comes in. */
export function deduplicationCases(check: Check): readonly ConformanceCase[] {
  return [
    check('the same id is added once, at this process and at another', async ({ process }) => {
      const [one, two] = [process(), process()];
      const delivery = sampleDelivery();
      assert.equal(await one.queue.add(delivery), true);
      // Jira's repetition differs in what tells of it.
      const again = { ...delivery, retry: 1, receivedAt: delivery.receivedAt + 1000 };
      assert.equal(await one.queue.add(again), false);
      assert.equal(await two.queue.add(again), false);
      two.queue.start();
      await eventually(() => two.handled.length > 0, 'it was not handed over');
      await pause(50);
      assert.equal(two.handled.length, 1);
    }),
    check('an id is still known after its delivery was done', async ({ process }) => {
      const [one, two] = [process(), process()];
      one.queue.start();
      for (const delivery of [sampleDelivery(), sampleDelivery({ orderKey: 'order-1' })]) {
        await one.queue.add(delivery);
        await eventually(async () => {
          const { waiting, active } = await one.queue.counts();
          return waiting + active === 0;
        }, 'it was not done');
        assert.equal(await one.queue.add(delivery), false);
        assert.equal(await two.queue.add(delivery), false);
      }
      await pause(50);
      assert.equal(one.handled.length, 2);
    }),
    check('of 50 that add one id at once exactly one does', async ({ process }) => {
      const [one, two] = [process(), process()];
      await Promise.all([one.queue.open(), two.queue.open()]);
      for (const orderKey of [undefined, 'order-1']) {
        const delivery = sampleDelivery({ orderKey });
        const added = await Promise.all(
          Array.from({ length: 50 }, (_, index) =>
            (index % 2 === 0 ? one : two).queue.add({ ...delivery }),
          ),
        );
        assert.equal(added.filter(Boolean).length, 1);
      }
      assert.equal((await one.queue.counts()).waiting, 2);
    }),
    check(
      'ids that differ are different deliveries, however alike they are',
      async ({ process }) => {
        const { queue } = process();
        const delivery = sampleDelivery();
        const added = await Promise.all(
          Array.from({ length: 5 }, () => queue.add({ ...delivery, id: crypto.randomUUID() })),
        );
        assert.deepEqual(added, [true, true, true, true, true]);
      },
    ),
  ];
}

import assert from 'node:assert/strict';
import type { ConformanceCase } from '../store-conformance.ts';
import { type Check, done, eventually, type Handle, pause, sampleDelivery } from './process.ts';

/** That a process which stops loses nothing of what it held. */
export function stopCases(check: Check): readonly ConformanceCase[] {
  return [
    check(
      'stop waits for what runs, and gives back what does not end in time',
      async ({ process }) => {
        const { promise: caseEnd, resolve: endCase } = Promise.withResolvers<void>();
        let ended = 0;
        const aborted: string[] = [];
        const one = process(async ({ id, payload }, { signal }) => {
          if (payload === 'hangs') {
            signal.addEventListener('abort', () => aborted.push(id));
            await caseEnd;
          } else {
            await pause(100);
            ended++;
          }
          return done;
        });
        one.queue.start();
        const [ends, hangs] = [
          sampleDelivery({ payload: 'ends' }),
          sampleDelivery({ payload: 'hangs', orderKey: 'order-1' }),
        ];
        await one.queue.add(ends);
        await one.queue.add(hangs);
        await eventually(() => one.handled.length === 2, 'they were not handed over');
        try {
          const two = process();
          const stopped = one.queue.stop(400);
          // It takes on nothing more.
          const later = sampleDelivery();
          assert.equal(await one.queue.add(later), true);
          assert.equal(aborted.length, 0);
          await stopped;
          assert.equal(ended, 1);
          assert.deepEqual(aborted, [hangs.id]);
          assert.equal(one.handled.length, 2);
          const last = sampleDelivery();
          assert.equal(await one.queue.add(last), true);
          two.queue.start();
          await eventually(() => two.handled.length >= 3, 'the others never came');
          await pause(100);
          assert.deepEqual(
            two.handled.map(({ id }) => id).toSorted(),
            [hangs, later, last].map(({ id }) => id).toSorted(),
          );
        } finally {
          endCase();
        }
      },
    ),
    check('what a stopped process says too late is not believed', async ({ process }) => {
      const { promise: late, resolve: endLate } = Promise.withResolvers<void>();
      const one = process(async () => {
        await late;
        return done;
      });
      one.queue.start();
      const delivery = sampleDelivery();
      await one.queue.add(delivery);
      await eventually(() => one.handled.length === 1, 'it was not handed over');
      await one.queue.stop(0);
      const two = process(async () => {
        endLate();
        // Long enough for the other process to say that it is done.
        await pause(100);
        return two.handled.length === 1 ? { kind: 'retry', delayMs: 0, reason: 'no' } : done;
      });
      two.queue.start();
      try {
        await eventually(() => two.handled.length === 2, 'another process said that it was done');
      } finally {
        endLate();
      }
    }),
    check('stop without grace gives back at once', async ({ process }) => {
      const endless: Handle = (_, { signal }) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve(done)));
      const one = process(endless);
      one.queue.start();
      const delivery = sampleDelivery();
      await one.queue.add(delivery);
      await eventually(() => one.handled.length === 1, 'it was not handed over');
      await one.queue.stop(0);
      await one.queue.stop(0);
      const two = process();
      two.queue.start();
      // What was done after it was aborted may count as done, or come again; it may not hang between the two.
      await eventually(async () => {
        const { waiting, active, retrying } = await two.queue.counts();
        return waiting + active + retrying === 0;
      }, 'it was neither done nor handed over again');
    }),
    check('what runs when a queue is closed is handed over to another', async ({ process }) => {
      const { promise: caseEnd, resolve: endCase } = Promise.withResolvers<void>();
      const one = process(async () => {
        await caseEnd;
        return done;
      });
      one.queue.start();
      const delivery = sampleDelivery();
      await one.queue.add(delivery);
      await eventually(() => one.handled.length === 1, 'it was not handed over');
      try {
        await one.queue.close();
        await one.queue.close();
        const two = process();
        two.queue.start();
        await eventually(() => two.handled.length === 1, 'it never came again');
        assert.equal(two.handled[0]?.id, delivery.id);
      } finally {
        endCase();
      }
    }),
    check('a queue that was never used can be closed, twice', async ({ process }) => {
      const { queue } = process();
      await queue.close();
      await queue.close();
    }),
  ];
}

/** That a process which dies without a word loses nothing of what it held. */
export function vanishCases(check: Check): readonly ConformanceCase[] {
  return [
    check(
      'what a process held that vanished is handed over again',
      async ({ process, fixture }) => {
        const { abandon } = fixture;
        assert.ok(abandon, 'give the fixture abandon, or say abandons: false');
        const { promise: caseEnd, resolve: endCase } = Promise.withResolvers<void>();
        const one = process(async () => {
          await caseEnd;
          return done;
        });
        one.queue.start();
        const delivery = sampleDelivery();
        await one.queue.add(delivery);
        await eventually(() => one.handled.length === 1, 'it was not handed over');
        try {
          await abandon.now(one.queue);
          const two = process();
          two.queue.start();
          await eventually(() => two.handled.length === 1, 'it never came again', abandon.withinMs);
          assert.deepEqual(two.handled, [{ id: delivery.id, attempt: 2 }]);
        } finally {
          endCase();
        }
      },
    ),
  ];
}

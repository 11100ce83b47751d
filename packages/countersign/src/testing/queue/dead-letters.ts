import assert from 'node:assert/strict';
import type { DeliveryOutcome } from '../../webhooks/queue.ts';
import type { ConformanceCase } from '../store-conformance.ts';
import { type Check, done, eventually, pause, sampleDelivery } from './process.ts';

const dead = (reason = 'it failed'): DeliveryOutcome => ({ kind: 'dead', reason });

/** That a delivery which is given up is kept, and can be handed over again or forgotten. */
export function deadLetterCases(check: Check): readonly ConformanceCase[] {
  return [
    check(
      'a delivery that is given up is kept as a dead letter, and rests',
      async ({ process }) => {
        const { queue, handled } = process((_, { attempt }) =>
          attempt === 1 ? { kind: 'retry', delayMs: 0, reason: 'first' } : dead('nul \u0000, ü'),
        );
        queue.start();
        const before = Date.now();
        const delivery = sampleDelivery({ payload: { text: '\ud800\u0000ü' } });
        await queue.add(delivery);
        await eventually(
          async () => (await queue.deadLetters()).length > 0,
          'it is no dead letter',
        );
        const [letter] = await queue.deadLetters();
        assert.ok(letter);
        assert.deepEqual(letter.delivery, delivery);
        // A queue may leave out what its server does not take.
        assert.match(letter.reason, /^nul .*, ü$/u);
        assert.equal(letter.attempts, 2);
        assert.ok(letter.diedAt >= before - 1000 && letter.diedAt <= Date.now() + 1000);
        assert.equal(await queue.add(delivery), false);
        await pause(300);
        assert.equal(handled.length, 2);
        assert.deepEqual(await process().queue.deadLetters(), [letter]);
      },
    ),
    check('a dead letter is handed over again, with all its tries', async ({ process }) => {
      let heals = false;
      const { queue, handled } = process((_, { attempt }) => {
        if (heals) return attempt === 1 ? { kind: 'retry', delayMs: 0, reason: 'no' } : done;
        return dead();
      });
      queue.start();
      const other = process();
      for (const orderKey of [undefined, 'order-1']) {
        heals = false;
        handled.length = 0;
        const delivery = sampleDelivery({ orderKey });
        const { id } = delivery;
        await queue.add(delivery);
        await eventually(async () => (await queue.counts()).dead === 1, 'it is no dead letter');
        heals = true;
        assert.equal(await other.queue.retryDeadLetter(id), true);
        await eventually(() => handled.length === 3, 'it was not handed over again');
        assert.deepEqual(handled, [
          { id, attempt: 1 },
          { id, attempt: 1 },
          { id, attempt: 2 },
        ]);
        assert.deepEqual(await other.queue.deadLetters(), []);
        assert.equal(await other.queue.retryDeadLetter(id), false);
        assert.equal(await queue.add(delivery), false);
      }
    }),
    check('a dead letter that dies again is a dead letter again', async ({ process }) => {
      const { queue, handled } = process(() => dead(`try ${handled.length}`));
      queue.start();
      const delivery = sampleDelivery();
      await queue.add(delivery);
      for (const reason of ['try 1', 'try 2', 'try 3']) {
        await eventually(
          async () => (await queue.deadLetters())[0]?.reason === reason,
          `it is no dead letter of '${reason}'`,
        );
        assert.equal((await queue.deadLetters()).length, 1);
        if (reason !== 'try 3') assert.equal(await queue.retryDeadLetter(delivery.id), true);
      }
      assert.equal(await queue.dropDeadLetter(delivery.id), true);
      assert.deepEqual(await queue.deadLetters(), []);
    }),
    check('a dead letter is forgotten where asked for', async ({ process }) => {
      const { queue, handled } = process(() => dead());
      queue.start();
      const [kept, dropped] = [sampleDelivery(), sampleDelivery()];
      await queue.add(kept);
      await queue.add(dropped);
      await eventually(async () => (await queue.counts()).dead === 2, 'they are no dead letters');
      assert.equal(await queue.dropDeadLetter(dropped.id), true);
      assert.equal(await queue.dropDeadLetter(dropped.id), false);
      assert.equal(await queue.retryDeadLetter(dropped.id), false);
      for (const unknown of [crypto.randomUUID(), 'no uuid', '', "'"]) {
        assert.equal(await queue.dropDeadLetter(unknown), false);
        assert.equal(await queue.retryDeadLetter(unknown), false);
      }
      const letters = await queue.deadLetters();
      assert.deepEqual(
        letters.map(({ delivery }) => delivery.id),
        [kept.id],
      );
      assert.equal(handled.length, 2);
    }),
    check(
      'dead letters are listed from the oldest, by page and installation',
      async ({ process }) => {
        const { queue, handled } = process(() => dead(), { concurrency: 1 });
        queue.start();
        for (let number = 1; number <= 5; number++) {
          await queue.add(sampleDelivery({ clientKey: `client-${number % 2}` }));
          await eventually(async () => (await queue.counts()).dead === number, 'it did not die');
        }
        const list = async (query?: Parameters<typeof queue.deadLetters>[0]) =>
          (await queue.deadLetters(query)).map(({ delivery }) => delivery.id);
        const all = handled.map(({ id }) => id);
        assert.deepEqual(await list(), all);
        assert.deepEqual(await list({ limit: 2 }), all.slice(0, 2));
        assert.deepEqual(await list({ limit: 2, after: all[1] ?? '' }), all.slice(2, 4));
        assert.deepEqual(await list({ after: all[3] ?? '' }), all.slice(4));
        assert.deepEqual(await list({ after: all[4] ?? '' }), []);
        const odd = [all[0], all[2], all[4]];
        assert.deepEqual(await list({ clientKey: 'client-1' }), odd);
        assert.deepEqual(await list({ clientKey: 'client-1', limit: 1 }), odd.slice(0, 1));
        assert.deepEqual(
          await list({ clientKey: 'client-1', limit: 1, after: all[0] ?? '' }),
          odd.slice(1, 2),
        );
        assert.deepEqual(await list({ clientKey: 'client' }), []);
      },
    ),
  ];
}

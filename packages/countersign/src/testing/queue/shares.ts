import assert from 'node:assert/strict';
import type { ConformanceCase } from '../store-conformance.ts';
import { type Check, done, eventually, type Handle, pause, sampleDelivery } from './process.ts';

const FLOOD = 2000;
/** How many of a flood may be begun before the others that wait beside it. */
const BEFORE_OTHERS = 150;

/** How many of a process's places an installation gets, and that a flood of one leaves the others theirs. */
export function shareCases(check: Check): readonly ConformanceCase[] {
  return [
    check(
      'no process handles more at once than it may, of one installation or all',
      async ({ process }) => {
        const limits = { concurrency: 5, concurrencyPerInstallation: 2 };
        // All wait until there are more than one process has places for: how busy the machine is decides nothing.
        const bothWork = Promise.withResolvers<void>();
        const watched = () => {
          const running = new Map<string, number>();
          const most = { all: 0, one: 0 };
          const handle: Handle = async ({ clientKey }) => {
            const count = (running.get(clientKey) ?? 0) + 1;
            running.set(clientKey, count);
            const all = [...running.values()].reduce((sum, value) => sum + value, 0);
            most.all = Math.max(most.all, all);
            most.one = Math.max(most.one, count);
            const together = processes.reduce((sum, each) => sum + each.most.all, 0);
            if (together > limits.concurrency) bothWork.resolve();
            await bothWork.promise;
            await pause(5);
            running.set(clientKey, (running.get(clientKey) ?? 0) - 1);
            return done;
          };
          return { most, ...process(handle, limits) };
        };
        const processes = [watched(), watched()];
        const queue = processes[0]?.queue;
        await Promise.all(
          Array.from({ length: 120 }, (_, index) =>
            queue?.add(
              sampleDelivery({
                // One after another, so that each of them could take all places.
                clientKey: `client-${Math.floor(index / 30)}`,
                orderKey: index % 3 === 0 ? `order-${index % 24}` : undefined,
              }),
            ),
          ),
        );
        for (const started of processes) started.queue.start();
        await eventually(
          () => processes.reduce((sum, { handled }) => sum + handled.length, 0) === 120,
          'not all were handed over',
        );
        for (const { most } of processes) {
          assert.ok(most.all <= 5 && most.one <= 2, `${most.all} at once, ${most.one} of one`);
        }
      },
    ),
    check('a flood of one installation does not hold up the others', async ({ process }) => {
      // One installation may take all places: what the others get is the fairness of the queue alone.
      const limits = { concurrency: 8, concurrencyPerInstallation: 8 };
      const begun: string[] = [];
      const { queue } = process(async ({ clientKey }) => {
        begun.push(clientKey);
        await pause(2);
        return done;
      }, limits);
      const floods = Array.from({ length: FLOOD }, (_, index) =>
        sampleDelivery({
          clientKey: 'flood',
          orderKey: index % 4 === 0 ? `flood-${index % 400}` : undefined,
        }),
      );
      await Promise.all(floods.map((delivery) => queue.add(delivery)));
      const others = Array.from({ length: 10 }, (_, index) => `other-${index}`);
      const addOthers = () =>
        Promise.all(
          others.map((clientKey, index) =>
            queue.add(
              sampleDelivery({
                clientKey,
                orderKey: index % 2 === 0 ? `${clientKey}-1` : undefined,
              }),
            ),
          ),
        );
      const expectBegun = async (times: number) => {
        const from = begun.length;
        await addOthers();
        queue.start();
        const isOther = (clientKey: string) => clientKey !== 'flood';
        await eventually(
          () => begun.filter(isOther).length === times * others.length,
          'the others were not handed over',
        );
        const last = begun.findLastIndex(isOther);
        const before = begun.slice(from, last).filter((clientKey) => !isOther(clientKey)).length;
        assert.ok(before <= BEFORE_OTHERS, `${before} of the flood were begun before the others`);
      };
      await expectBegun(1);
      // Once more in the midst of it.
      await expectBegun(2);
    }),
  ];
}

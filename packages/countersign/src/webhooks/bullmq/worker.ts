import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job } from 'bullmq';
import { optionalPackage } from '../../installations/optional-package.ts';
import type { QueueSetup } from '../queue.ts';
import type { Connections } from './connections.ts';
import type { Place } from './hand-over.ts';
import { createHolds, type Hold } from './holds.ts';
import type { Admitted, Ending, Lanes } from './lanes.ts';
import type { Outage } from './outage.ts';
import { startSweeper } from './sweeper.ts';
import type { Timings } from './timings.ts';

/** Hands deliveries over, until it is stopped. */
export interface DeliveryWorker {
  stop(graceMs: number): Promise<void>;
}

export interface WorkerSetup {
  readonly connections: Connections;
  readonly place: Place;
  readonly lanes: Lanes;
  readonly setup: QueueSetup;
  readonly timings: Timings;
  readonly outage: Outage;
}

/** What nobody took that could have it is offered again after this long. */
const PASS_ON_MS = 100;
/** Long enough for another process to take what this one passes on. */
const ASIDE_MS = 3;
const TRY_AGAIN_MS = 200;
/** How long the last words to the server may take. */
const FAREWELL_MS = 1000;

/** @throws ConfigError CONFIG_PACKAGE_MISSING. */
export async function startWorker(parts: WorkerSetup): Promise<DeliveryWorker> {
  const { connections, place, lanes, setup, timings, outage } = parts;
  const { Worker, WaitingError } = await optionalPackage(
    'bullmq',
    () => import('bullmq'),
    'bullmq ioredis',
  );
  const id = randomUUID();
  const holds = createHolds(timings.lockMs);
  const running = new Set<Promise<void>>();
  let isStopping = false;
  let isGrace = true;
  let workers = 1;

  const sweeper = startSweeper({
    // The first round also takes what was admitted by a process that ended at once.
    async sweep(isFirst) {
      const swept = await lanes.sweep({
        worker: isStopping ? undefined : id,
        aliveMs: timings.aliveMs,
        overdueMs: isFirst ? timings.handOverMs : 0,
      });
      workers = Math.max(1, swept.workers);
      return swept.dueMs;
    },
    intervalMs: timings.sweepMs,
    onFailure: outage.failed,
    onSuccess: outage.worked,
  });

  const handle = async ({ id: deliveryId, turn }: Admitted, hold: Hold): Promise<void> => {
    const { signal } = hold;
    const begun = await persistently(() => lanes.begin(deliveryId, turn, timings.leaseMs), signal);
    // It was handled, and BullMQ had not heard of it.
    if (begun === undefined) return;
    const { delivery, attempt } = begun;
    const outcome = await Promise.race<Ending>([
      setup.run(delivery, { attempt, signal }),
      hold.givenUp.then(() => ({ kind: 'returned' })),
    ]);
    // A handler that was broken off by the stop has not failed.
    const ending: Ending = isGrace || outcome.kind === 'done' ? outcome : { kind: 'returned' };
    await persistently(() => lanes.end(deliveryId, begun.run, ending), signal);
    if (ending.kind === 'retry') sweeper.dueIn(ending.delayMs);
  };

  const process = async (job: Job<Admitted>, token?: string): Promise<void> => {
    const { clientKey } = job.data;
    if (isStopping) {
      await job.moveToWait(token);
      throw new WaitingError();
    }
    if (holds.countOf(clientKey) >= setup.limits.concurrencyPerInstallation) {
      // Each process that waits for one is offered it in turn; those that could take it may all be busy.
      if (job.attemptsStarted > workers) {
        await lanes.passOn(job.data.id, job.data.turn, PASS_ON_MS);
        return sweeper.dueIn(PASS_ON_MS);
      }
      await job.moveToWait(token);
      await sleep(ASIDE_MS);
      throw new WaitingError();
    }
    const hold = holds.take(job.id as string, clientKey);
    const handling = handle(job.data, hold).finally(hold.release);
    running.add(handling);
    try {
      await handling;
    } catch {
      // BullMQ keeps the message, and tries again. What the driver says has the payload in it.
      throw new Error('The queue could not be told of this delivery.');
    } finally {
      running.delete(handling);
    }
  };

  const client = connections.forWorker();
  // Without a listener ioredis writes to the console.
  client.on('error', () => undefined);
  const worker = new Worker<Admitted>(place.name, process, {
    connection: client,
    prefix: place.prefix,
    concurrency: setup.limits.concurrency,
    lockDuration: timings.lockMs,
    stalledInterval: timings.stalledMs,
    // The app decides when a delivery is dead.
    maxStalledCount: Number.MAX_SAFE_INTEGER,
    runRetryDelay: 1000,
    skipVersionCheck: true,
  });
  worker.on('error', (error) => {
    // What is no longer held is told of below.
    if (!/\block\b|Missing key for job/i.test(error.message)) outage.tell(error);
  });
  worker.on('locksRenewed', ({ jobIds }) => holds.renewed(jobIds));
  worker.on('lockRenewalFailed', (jobIds) => {
    const deliveries = holds.lost(jobIds);
    if (deliveries === 0) return;
    setup.warn(
      { deliveries },
      'Deliveries took so long to say that they are alive that another process gets them.',
    );
  });

  const ended = (ms: number): Promise<void> => atMost(ms, Promise.allSettled([...running]));

  return {
    async stop(graceMs) {
      isStopping = true;
      await worker.pause(true);
      // The others take its share at once.
      lanes.leave(id).catch(nothing);
      await ended(graceMs);
      isGrace = false;
      holds.abortAll('The process stops: the delivery goes back to the queue.');
      await ended(timings.abortMs);
      holds.giveUpAll();
      await ended(FAREWELL_MS);
      await atMost(FAREWELL_MS, sweeper.stop());
      await atMost(FAREWELL_MS, lanes.leave(id));
      holds.close();
      await atMost(FAREWELL_MS, worker.close());
      // A server that is away is waited for no longer.
      await atMost(FAREWELL_MS, worker.getBackend().close(true));
      client.disconnect();
    },
  };
}

/** Tries until it works, or until it would be for nothing: a server that restarts is back in a second. */
async function persistently<T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted) throw error;
      await sleep(TRY_AGAIN_MS);
    }
  }
}

/** Waits for the end of it, however it ends, and not for ever. */
async function atMost(ms: number, promise: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([promise.then(nothing, nothing), late]);
  clearTimeout(timer);
}

function nothing(): void {}

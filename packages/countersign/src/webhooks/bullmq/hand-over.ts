import type { ConnectionOptions, Queue } from 'bullmq';
import type { RedisConnection } from '../../installations/key-value/redis-connection.ts';
import { optionalPackage } from '../../installations/optional-package.ts';
import type { Admitted } from './lanes.ts';

/** Where a queue of BullMQ is. */
export interface Place {
  readonly prefix: string;
  readonly name: string;
}

/** Gives BullMQ what was admitted, many at once. */
export interface HandOver {
  push(admitted: readonly Admitted[]): void;
  /** Resolves when BullMQ has all, or when that failed. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

const BATCH = 200;
/** A job of BullMQ holds no more than this: the delivery itself stays in our keys until it is done. */
const JOB = {
  removeOnComplete: true,
  removeOnFail: true,
  // Only a server that fails in the midst of it makes one fail.
  attempts: 1_000_000,
  backoff: { type: 'fixed', delay: 1000 },
  stackTraceLimit: 0,
};
/** Nobody listens to the events of BullMQ. */
const EVENTS_KEPT = 100;

export function handOverOf(
  connection: RedisConnection,
  place: Place,
  onFailure: (error: unknown) => void,
): HandOver {
  let queue: Queue | undefined;
  let waiting: Admitted[] = [];
  let running: Promise<void> | undefined;

  const send = async (batch: readonly Admitted[]): Promise<void> => {
    const { Queue } = await optionalPackage('bullmq', () => import('bullmq'), 'bullmq ioredis');
    await connection.run(async (client) => {
      // Made on a connection that is ready: one that fails to begin never recovers.
      queue ??= openQueue(Queue, client, place);
      await queue.addBulk(
        batch.map((data) => ({
          name: 'webhook',
          data,
          opts: { ...JOB, jobId: `${encodeURIComponent(data.id)}-${data.turn}` },
        })),
      );
    });
  };

  const close = async (): Promise<void> => {
    const closing = queue;
    queue = undefined;
    await closing?.close().catch(() => undefined);
  };

  const sendAll = async (): Promise<void> => {
    // What else is admitted in this turn of the event loop travels along.
    await new Promise(setImmediate);
    while (waiting.length > 0) {
      const batch = waiting.splice(0, BATCH);
      try {
        await send(batch);
      } catch (error) {
        // The next sweep, of this process or another, tells of them again.
        waiting = [];
        await close();
        onFailure(error);
      }
    }
  };

  const start = (): void => {
    running ??= sendAll().finally(() => {
      running = undefined;
      if (waiting.length > 0) start();
    });
  };

  return {
    push(admitted) {
      waiting.push(...admitted);
      start();
    },
    async settled() {
      while (running !== undefined) await running;
    },
    close,
  };
}

function openQueue(
  QueueClass: typeof Queue,
  connection: ConnectionOptions,
  { prefix, name }: Place,
): Queue {
  const queue = new QueueClass(name, {
    connection,
    prefix,
    streams: { events: { maxLen: EVENTS_KEPT } },
    // It would write to the console what is told by `warn`.
    skipVersionCheck: true,
  });
  // The call that fails says so itself.
  queue.on('error', () => undefined);
  return queue;
}

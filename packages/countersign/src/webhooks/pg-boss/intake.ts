import type { JobInsert } from 'pg-boss';
import type { WebhookDelivery } from '../delivery.ts';
import type { Connection } from './connection.ts';
import { timeoutError } from './failure.ts';
import { type DeliveryData, jobOf, type Lane, laneOf } from './job.ts';

/** Writes deliveries, several in one statement: what comes in while one is written goes together with the next. */
export interface Intake {
  /** Resolves when it is durable: to false where its id is known. */
  add(delivery: WebhookDelivery): Promise<boolean>;
}

/** How many deliveries one statement writes at most, and how many bytes of them. */
const BATCH_SIZE = 200;
const BATCH_BYTES = 4_000_000;
/** How many statements of a lane are under way at once. */
const BATCHES_AT_ONCE = 2;
/** How many deliveries wait to be written at most: above that Postgres is too slow, and Jira should send again later. */
const MAX_WAITING = 10_000;
/** How long a delivery waits to be written. */
const ADD_MS = 5000;

interface Waiting {
  readonly job: JobInsert<DeliveryData> & { readonly id: string };
  readonly bytes: number;
  settle(error: unknown, isNew?: boolean): void;
}

/**
 * @param connected Connects where it was not yet done.
 * @param dedupeSeconds For how long a delivery is known after it was done.
 * @param onAdded Something new waits in a lane.
 */
export function intake(
  connected: () => Promise<Connection>,
  dedupeSeconds: number,
  onAdded: (lane: Lane) => void,
): Intake {
  /** What is not yet written, by id: one statement may not hold an id twice. */
  const underWay = new Map<string, Promise<boolean>>();
  const lanes = {
    standard: laneOfIntake('standard', connected, onAdded),
    ordered: laneOfIntake('ordered', connected, onAdded),
  };

  return {
    add(delivery) {
      const job = jobOf(delivery, dedupeSeconds);
      const first = underWay.get(job.id);
      if (first !== undefined) return first.then(() => false);
      const added = lanes[laneOf(delivery)](job);
      underWay.set(job.id, added);
      const forget = () => void underWay.delete(job.id);
      added.then(forget, forget);
      return added;
    },
  };
}

function laneOfIntake(
  lane: Lane,
  connected: () => Promise<Connection>,
  onAdded: (lane: Lane) => void,
): (job: Waiting['job']) => Promise<boolean> {
  let waiting: Waiting[] = [];
  let batches = 0;
  let isScheduled = false;
  /**
   * Keys of what is written now. Jobs of one statement have the same time, and their order would be lost; so would that
   * of two statements at once.
   */
  const busyKeys = new Set<string>();

  const take = (): Waiting[] => {
    const batch: Waiting[] = [];
    const rest: Waiting[] = [];
    let bytes = 0;
    let isFull = false;
    for (const next of waiting) {
      const key = next.job.singletonKey;
      isFull ||= batch.length === BATCH_SIZE || (bytes > 0 && bytes + next.bytes > BATCH_BYTES);
      if (isFull || (key !== undefined && busyKeys.has(key))) {
        rest.push(next);
        continue;
      }
      if (key !== undefined) busyKeys.add(key);
      bytes += next.bytes;
      batch.push(next);
    }
    waiting = rest;
    return batch;
  };

  const write = async (batch: readonly Waiting[]) => {
    try {
      const { boss, database, queues } = await connected();
      const jobs = batch.map(({ job }) => job);
      const db = database.bounded;
      const ids = new Set(await boss.insert(queues[lane], jobs, { returnId: true, db }));
      for (const { job, settle } of batch) settle(undefined, ids.has(job.id));
      if (ids.size > 0) onAdded(lane);
    } catch (error) {
      for (const { settle } of batch) settle(error);
    } finally {
      for (const { job } of batch) {
        if (job.singletonKey !== undefined) busyKeys.delete(job.singletonKey);
      }
      batches--;
      pump();
    }
  };

  const pump = () => {
    while (batches < BATCHES_AT_ONCE && waiting.length > 0) {
      const batch = take();
      if (batch.length === 0) return;
      batches++;
      void write(batch);
    }
  };

  return (job) =>
    new Promise<boolean>((resolve, reject) => {
      if (waiting.length >= MAX_WAITING) {
        reject(new Error(`${MAX_WAITING} deliveries wait to be written already.`));
        return;
      }
      const timer = setTimeout(() => {
        waiting = waiting.filter((other) => other !== own);
        reject(timeoutError(ADD_MS));
      }, ADD_MS);
      const own: Waiting = {
        job,
        bytes: (job.data as DeliveryData).delivery.length,
        settle(error, isNew = false) {
          clearTimeout(timer);
          if (error === undefined) resolve(isNew);
          else reject(error);
        },
      };
      waiting.push(own);
      if (isScheduled) return;
      isScheduled = true;
      // What comes in by the same turn of the event loop goes into the same statement.
      setImmediate(() => {
        isScheduled = false;
        pump();
      });
    });
}

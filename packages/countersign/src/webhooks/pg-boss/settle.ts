import type { Db } from 'pg-boss';
import type { DeliveryOutcome } from '../queue.ts';
import { affected } from './affected.ts';
import type { Connection } from './connection.ts';
import type { Trouble } from './failure.ts';
import type { HeldJob } from './held.ts';
import { type DeadLetterData, type DeliveryData, type Lane, reasonOf } from './job.ts';

/** Tells pg-boss what became of deliveries, several in one statement, and goes on trying where Postgres is away. */
export interface Settler {
  put(settlement: Settlement): void;
  /** How many are not told yet. */
  readonly size: number;
  /** Says that these are still in hand. Resolves to those that are not this process's any more. */
  touch(jobs: readonly HeldJob[]): Promise<HeldJob[]>;
  /** Gives these back, to be handed over again at once: it does not count as a try. */
  giveBack(jobs: readonly HeldJob[]): Promise<void>;
  /** Waits until all is told, or the time is over. */
  flush(withinMs: number): Promise<void>;
}

/** What became of a job. */
interface Settlement {
  readonly job: HeldJob;
  readonly data: DeliveryData;
  readonly outcome: DeliveryOutcome;
  /** The id that its dead letter has: that of the delivery, which is another one than the job's where it was dead before. */
  readonly letterId: string;
}

const BATCH_SIZE = 200;
const RETRY_MS = 500;
const LANES: readonly Lane[] = ['standard', 'ordered'];

const attempt = ({ id, retryCount }: HeldJob) => ({ id, retryCount });

/** @param onSettled Something in this lane may be free now. */
export function settler(
  connected: () => Promise<Connection>,
  trouble: Trouble,
  onSettled: (lane: Lane) => void,
): Settler {
  let waiting: Settlement[] = [];
  let telling = 0;
  let isRunning = false;
  let idle = Promise.resolve();

  // Statements on the same rows, one after another: two at once could wait for each other.
  let last: Promise<unknown> = Promise.resolve();
  const oneAtATime = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };

  const tell = async (lane: Lane, settlements: readonly Settlement[]) => {
    const connection = await connected();
    const { boss, database, queues } = connection;
    const done = settlements.filter(({ outcome }) => outcome.kind === 'done');
    if (done.length > 0) {
      const jobs = done.map(({ job }) => attempt(job));
      await boss.complete(queues[lane], jobs, undefined, { db: database.bounded });
    }
    const retried = settlements.filter(({ outcome }) => outcome.kind === 'retry');
    if (retried.length > 0) {
      await database.transaction((db) => retry(connection, db, lane, retried));
    }
    for (const settlement of settlements) {
      if (settlement.outcome.kind !== 'dead') continue;
      await database.transaction((db) => bury(connection, db, settlement));
    }
  };

  const run = async () => {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, BATCH_SIZE);
      telling = batch.length;
      for (const lane of LANES) {
        const ofLane = batch.filter(({ job }) => job.lane === lane);
        if (ofLane.length === 0) continue;
        try {
          await oneAtATime(() => tell(lane, ofLane));
          trouble.rose();
          onSettled(lane);
        } catch (error) {
          trouble.fell('to note what was handled', error);
          // What of it was told already is left alone the second time.
          waiting.unshift(...ofLane);
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        }
      }
      telling = 0;
    }
  };

  return {
    get size() {
      return waiting.length + telling;
    },
    put(settlement) {
      waiting.push(settlement);
      if (isRunning) return;
      isRunning = true;
      idle = new Promise((resolve) => {
        // What ends by the same turn of the event loop is told together.
        setImmediate(async () => {
          await run();
          isRunning = false;
          resolve();
        });
      });
    },
    touch: (jobs) =>
      oneAtATime(async () => {
        const { boss, database, queues } = await connected();
        const lost: HeldJob[] = [];
        const options = { db: database.bounded };
        for (const lane of LANES) {
          const ofLane = jobs.filter((job) => job.lane === lane);
          if (ofLane.length === 0) continue;
          const touched = affected(await boss.touch(queues[lane], ofLane.map(attempt), options));
          if (touched === ofLane.length) continue;
          for (const job of ofLane) {
            const isHeld = affected(await boss.touch(queues[lane], attempt(job), options)) === 1;
            if (!isHeld) lost.push(job);
          }
        }
        return lost;
      }),
    giveBack: (jobs) =>
      oneAtATime(async () => {
        const { database, queues, schema } = await connected();
        for (const lane of LANES) {
          const attempts = jobs
            .filter((job) => job.lane === lane)
            .map(({ id, retryCount }) => `${id}:${retryCount}`);
          if (attempts.length === 0) continue;
          await database.bounded.executeSql(giveBackSql(schema), [queues[lane], attempts]);
        }
      }),
    async flush(withinMs) {
      const { promise: over, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(() => {
        // Nobody waits for it any more: what is not told comes again.
        waiting = [];
        resolve();
      }, withinMs);
      await Promise.race([idle, over]);
      clearTimeout(timer);
    },
  };
}

/** As pg-boss gives back what it fetched too much of. It has no public call for it; fail() would count it as a try. */
const giveBackSql = (schema: string): string =>
  `UPDATE ${schema}.job SET state = 'created', started_on = NULL, heartbeat_on = NULL
   WHERE name = $1 AND id = ANY(SELECT split_part(a, ':', 1)::uuid FROM unnest($2::text[]) a)
   AND state = 'active' AND id::text || ':' || retry_count::text = ANY($2::text[])`;

/** fail() would make it due at once: in one transaction with update() nobody can take it in between. */
async function retry(
  { boss, queues }: Connection,
  db: Db,
  lane: Lane,
  settlements: readonly Settlement[],
): Promise<void> {
  const name = queues[lane];
  await boss.fail(
    name,
    settlements.map(({ job }) => attempt(job)),
    undefined,
    { db },
  );
  for (const { job, outcome } of settlements) {
    if (outcome.kind !== 'retry' || outcome.delayMs <= 0) continue;
    const startAfter = `${Math.ceil(outcome.delayMs)} milliseconds`;
    await boss.update(name, undefined, { id: job.id, startAfter, db });
  }
}

/** The job is completed rather than failed: that neither holds up its key nor is forgotten otherwise than any other. */
async function bury(
  { boss, queues }: Connection,
  db: Db,
  { job, data, outcome, letterId }: Settlement,
): Promise<void> {
  if (outcome.kind !== 'dead') return;
  const completed = await boss.complete(queues[job.lane], attempt(job), undefined, { db });
  // It is another process's by now.
  if (affected(completed) !== 1) return;
  const letter: DeadLetterData = {
    ...data,
    reason: reasonOf(outcome.reason),
    attempts: job.retryCount + 1,
    diedAt: Date.now(),
  };
  await boss.insert(queues.dead, [{ id: letterId, group: { id: job.group }, data: letter }], {
    db,
  });
}

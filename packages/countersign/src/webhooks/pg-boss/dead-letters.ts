import type { DeadLetter, DeadLetterQuery } from '../queue.ts';
import { affected } from './affected.ts';
import type { Connection } from './connection.ts';
import {
  type DeadLetterData,
  deadLetterOf,
  deliveryOf,
  jobIdOf,
  jobOf,
  keyOf,
  type Lane,
  laneOf,
} from './job.ts';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 10_000;

/** Dead letters from the oldest. Where the one to go on after is gone it begins again: none is left out. */
export async function listDeadLetters(
  { boss, database, queues }: Connection,
  { clientKey, after, limit = DEFAULT_LIMIT }: DeadLetterQuery,
): Promise<DeadLetter[]> {
  const db = database.bounded;
  const afterId = after === undefined ? undefined : jobIdOf(after);
  const isThere =
    afterId !== undefined && (await boss.findJobs(queues.dead, { id: afterId, db })).length > 0;
  const jobs = await boss.findJobs<DeadLetterData>(queues.dead, {
    limit: Math.min(Math.max(1, Math.floor(limit)), MAX_LIMIT),
    ...(isThere ? { after: afterId } : {}),
    ...(clientKey === undefined ? {} : { data: { clientKey: keyOf(clientKey) } }),
    db,
  });
  return jobs.map(({ data }) => deadLetterOf(data));
}

/**
 * Puts a dead letter back into its queue. Its job gets another id: the first one is still remembered.
 *
 * @returns the lane that it waits in, or undefined if there is none of this id.
 */
export async function retryDeadLetter(
  { boss, database, queues }: Connection,
  id: string,
  dedupeSeconds: number,
): Promise<Lane | undefined> {
  return database.transaction(async (db) => {
    const letterId = jobIdOf(id);
    const [letter] = await boss.findJobs<DeadLetterData>(queues.dead, { id: letterId, db });
    if (letter === undefined) return undefined;
    // First, so that of two that ask for it one waits for the other here, and finds it gone.
    if (affected(await boss.deleteJob(queues.dead, letterId, { db })) !== 1) return undefined;
    const delivery = deliveryOf(letter.data);
    const lane = laneOf(delivery);
    await boss.insert(queues[lane], [jobOf(delivery, dedupeSeconds, crypto.randomUUID())], { db });
    return lane;
  });
}

export async function dropDeadLetter(
  { boss, database, queues }: Connection,
  id: string,
): Promise<boolean> {
  const dropped = await boss.deleteJob(queues.dead, jobIdOf(id), { db: database.bounded });
  return affected(dropped) === 1;
}

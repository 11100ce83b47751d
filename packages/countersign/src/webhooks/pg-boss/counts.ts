import type { QueueCounts } from '../queue.ts';
import type { Connection } from './connection.ts';

/** pg-boss's own counts are as old as its last round of maintenance. This reads an index of its table alone. */
export async function countJobs({ database, queues, schema }: Connection): Promise<QueueCounts> {
  const { rows } = await database.bounded.executeSql(
    `SELECT name = $2 AS dead, state::text AS state, count(*)::int AS count FROM ${schema}.job
     WHERE name = ANY($1::text[]) AND state < 'completed' GROUP BY 1, 2`,
    [[queues.standard, queues.ordered, queues.dead], queues.dead],
  );
  const count = (dead: boolean, ...states: string[]): number =>
    (rows as { dead: boolean; state: string; count: number }[])
      .filter((row) => row.dead === dead && states.includes(row.state))
      .reduce((sum, row) => sum + row.count, 0);
  return {
    waiting: count(false, 'created'),
    active: count(false, 'active'),
    retrying: count(false, 'retry'),
    dead: count(true, 'created'),
  };
}

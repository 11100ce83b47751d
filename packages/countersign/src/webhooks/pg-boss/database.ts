import type { Db } from 'pg-boss';
import { timeoutError } from './failure.ts';
import type { PostgresClient, PostgresPool } from './source.ts';

/** What SQL runs on: the package's pool, as pg-boss asks for it. */
export interface Database {
  /** For pg-boss's own work, which may take its time. */
  readonly patient: Db;
  /** For ours: rejects when Postgres does not answer in time, and throws the connection away. */
  readonly bounded: Db;
  /** Runs several statements together or not at all, each within the time of `bounded`. */
  transaction<T>(work: (db: Db) => Promise<T>): Promise<T>;
}

// biome-ignore lint/suspicious/noExplicitAny: what pg-boss asks of rows.
type Rows = { rows: any[] };

/** @param timeoutMs How long a statement of ours may take, the wait for a connection included. */
export function databaseOn(pool: PostgresPool, timeoutMs: number): Database {
  const withClient = async <T>(work: (client: PostgresClient) => Promise<T>): Promise<T> => {
    const client = await pool.connect();
    // One that dies while it is used fails its statement; without a listener it would end the process as well.
    const ignore = () => undefined;
    client.on('error', ignore);
    let isSpent = true;
    try {
      const result = await work(client);
      isSpent = false;
      return result;
    } finally {
      client.off('error', ignore);
      // After a failure it may be in the midst of a transaction, or waiting for an answer that never comes.
      client.release(isSpent);
    }
  };

  const inTime = async <T>(work: Promise<T>): Promise<T> => {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(timeoutError(timeoutMs)), timeoutMs);
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  };

  const on = (client: PostgresClient, run: (work: Promise<unknown>) => Promise<unknown>): Db => ({
    executeSql: (text, values) => run(client.query(text, values)) as Promise<Rows>,
  });

  return {
    patient: {
      executeSql: (text, values) =>
        withClient((client) => client.query(text, values)) as Promise<Rows>,
    },
    bounded: {
      executeSql: (text, values) =>
        withClient((client) => on(client, inTime).executeSql(text, values)),
    },
    transaction: (work) =>
      withClient(async (client) => {
        const db = on(client, inTime);
        await db.executeSql('BEGIN');
        const result = await work(db);
        await db.executeSql('COMMIT');
        return result;
      }),
  };
}

import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type { ClientConfig, PoolClient } from 'pg';
import { optionalPackage } from '../optional-package.ts';
import { timeoutError } from './deadline.ts';
import { isReadOnly } from './driver-errors.ts';
import type { Silence } from './silence.ts';

export const loadPg = (): Promise<typeof import('pg')> =>
  optionalPackage('pg', () => import('pg'), 'kysely pg');

/** What every connection of ours is made with. */
export function postgresConfig(connectionString: string, timeoutMs: number): ClientConfig {
  return {
    connectionString,
    connectionTimeoutMillis: timeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // A name in the URL is kept.
    application_name: 'countersign',
  };
}

/** How a pool is made from a URL. */
export interface PoolOptions {
  readonly poolSize: number;
  readonly timeoutMs: number;
  readonly silence: Silence;
}

/**
 * A pool whose connections are thrown away when a statement is not answered in time. pg would put them back, and the
 * next statement would wait behind the one that hangs.
 */
export async function postgresPool(
  url: string,
  { poolSize, timeoutMs, silence }: PoolOptions,
): Promise<PostgresPool> {
  const { default: pg } = await loadPg();
  const pool = new pg.Pool({
    ...postgresConfig(url, timeoutMs),
    max: poolSize,
    idleTimeoutMillis: 60_000,
    allowExitOnIdle: true,
  });
  // An idle connection that dies is already out of the pool; without a listener it would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    // The same for one that dies while it is used: the statement on it has failed by itself.
    client.on('error', () => undefined);
    silence.answered(client);
  });

  const bounded = (client: PoolClient): PostgresPoolClient => {
    let isSpent = false;
    const query = async (text: string, parameters: unknown[]) => {
      // The end of a transaction: it would only wait behind the statement that hangs.
      if (isSpent) throw timeoutError(timeoutMs);
      const { promise: late, reject } = Promise.withResolvers<never>();
      const timer = setTimeout(() => {
        isSpent = true;
        reject(timeoutError(timeoutMs));
      }, timeoutMs);
      try {
        const result = await Promise.race([client.query(text, parameters), late]);
        silence.answered(client);
        return result;
      } catch (error) {
        if (isReadOnly(error)) isSpent = true;
        throw error;
      } finally {
        clearTimeout(timer);
      }
    };
    return {
      // Kysely's type for it also has cursors, which it uses to stream alone.
      query: query as unknown as PostgresPoolClient['query'],
      release: () => client.release(isSpent),
    };
  };

  return {
    options: pool.options,
    async connect() {
      for (;;) {
        const client = await pool.connect();
        if (!silence.isSuspect(client)) return bounded(client);
        client.release(true);
      }
    },
    end: () => pool.end(),
  };
}

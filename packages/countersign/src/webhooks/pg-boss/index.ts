import { ConfigError, refuseUnknownOptions } from '../../errors.ts';
import type { WebhookQueue } from '../queue.ts';
import { queueOnPostgres } from './queue.ts';
import { checkSource, type PostgresPool } from './source.ts';

export type { PostgresClient, PostgresPool } from './source.ts';

/** Options of {@link pgBossQueue}. */
export interface PgBossQueueOptions {
  /**
   * The schema of pg-boss's tables. Default: `countersign_queue`. Letters, digits and `_`; any other name in double
   * quotes, as pg-boss takes it.
   */
  schema?: string;
  /** The name of the queue, where several apps share a schema. Default: `webhooks`. */
  name?: string;
  /** How many connections are opened at most; only with a URL. Default: 8. */
  poolSize?: number;
  /** False where this process may not create or change tables: they have to be there. Default: true. */
  migrate?: boolean;
}

const OPTIONS: ReadonlySet<string> = new Set(['schema', 'name', 'poolSize', 'migrate']);

/** What a process held that died goes to another one within about twice of this, in seconds. */
const HEARTBEAT_SECONDS = 15;
const SUPERVISE_SECONDS = 5;

/**
 * Keeps webhooks in PostgreSQL, by the package pg-boss, until their handlers are done. What a process held that died is
 * handed over again within 30 seconds.
 *
 * @param source `postgres://…`, or a Pool of the package pg, which the caller closes.
 * @throws ConfigError CONFIG_OPTION_MISSING, CONFIG_OPTION_INVALID, CONFIG_OPTION_UNKNOWN; when it is opened
 * CONFIG_PACKAGE_MISSING.
 * @example createApp({ …, webhooks: { queue: pgBossQueue(process.env.DATABASE_URL) } })
 * @see https://github.com/timgit/pg-boss
 */
export function pgBossQueue(
  source: string | PostgresPool | undefined,
  options: PgBossQueueOptions = {},
): WebhookQueue {
  refuseUnknownOptions('pgBossQueue', options, OPTIONS);
  checkSource(source);
  const { schema = 'countersign_queue', name = 'webhooks', poolSize = 8, migrate = true } = options;
  if (!/^[\w.-]{1,64}$/.test(name)) {
    throw new ConfigError('CONFIG_OPTION_INVALID', 'name is no name of a queue.', {
      hint: 'Up to 64 letters, digits and the characters _ . -',
    });
  }
  if (!Number.isInteger(poolSize) || poolSize < 2) {
    throw new ConfigError('CONFIG_OPTION_INVALID', 'poolSize is a whole number of at least 2.');
  }
  return queueOnPostgres({
    source: source as string | PostgresPool,
    schema,
    name,
    poolSize,
    migrate,
    heartbeatSeconds: HEARTBEAT_SECONDS,
    superviseSeconds: SUPERVISE_SECONDS,
  });
}

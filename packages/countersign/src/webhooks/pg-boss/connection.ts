import type { PgBoss, Queue } from 'pg-boss';
import { ConfigError, QueueError } from '../../errors.ts';
import { optionalPackage } from '../../installations/optional-package.ts';
import { type Database, databaseOn } from './database.ts';
import type { Trouble } from './failure.ts';
import type { Lane } from './job.ts';
import type { PostgresPool } from './source.ts';

/** How a queue is kept, and how soon what a dead process held is given to another. */
export interface ConnectionSettings {
  readonly source: string | PostgresPool;
  readonly schema: string;
  /** Of the queue; the names of pg-boss's three queues begin with it. */
  readonly name: string;
  readonly poolSize: number;
  readonly migrate: boolean;
  readonly dedupeSeconds: number;
  /** A process that says nothing of a delivery for this long has lost it, in seconds: at least 10. */
  readonly heartbeatSeconds: number;
  /** How often that is looked for, in seconds. */
  readonly superviseSeconds: number;
  /** Nothing is made or changed, and without the queue it fails. */
  readonly mustExist: boolean;
}

/** A started pg-boss, its three queues, and what their SQL runs on. */
export interface Connection {
  readonly boss: PgBoss;
  readonly database: Database;
  /** The names of pg-boss's queues. */
  readonly queues: { readonly [lane in Lane]: string } & { readonly dead: string };
  /** As SQL writes it. */
  readonly schema: string;
  close(): Promise<void>;
}

/** How long a statement of ours may take. */
const STATEMENT_MS = 5000;
const DAY = 86_400;
/** The most that pg-boss allows. */
const LONGEST_RETENTION = 365 * DAY;
/** How long close waits for connections to end. */
const CLOSE_MS = 2000;

/** Connects, brings the tables up to date, and makes the queues. Several processes may do so at once. */
export async function connect(settings: ConnectionSettings, trouble: Trouble): Promise<Connection> {
  const { source, schema, name, mustExist } = settings;
  const migrate = settings.migrate && !mustExist;
  const { PgBoss } = await optionalPackage('pg-boss', () => import('pg-boss'), 'pg-boss pg');
  const { pool, end } = await openPool(source, settings.poolSize);
  try {
    const database = databaseOn(pool, STATEMENT_MS);
    const boss = newBoss(() => {
      return new PgBoss({
        db: database.patient,
        schema,
        migrate,
        createSchema: migrate,
        // None of it is used: cron jobs, a list of processes, and spans for each fetch.
        schedule: false,
        registerInstance: false,
        supervise: !mustExist,
        openTelemetry: { enabled: false },
        flowIntervalSeconds: 3600,
        superviseIntervalSeconds: settings.superviseSeconds,
        monitorIntervalSeconds: settings.superviseSeconds,
        maintenanceIntervalSeconds: maintenanceSeconds(settings.dedupeSeconds),
      });
    });
    boss.on('error', (error) => trouble.fell('in its maintenance', error));
    boss.on('warning', ({ message }) => trouble.warned(message));
    try {
      if (mustExist && !(await boss.isInstalled())) throw noQueue(settings);
      await boss.start();
      const queues = { standard: name, ordered: `${name}-ordered`, dead: `${name}-dead` };
      const waiting = {
        // How often and how soon a delivery is tried again is the app's to say.
        retryLimit: 1_000_000_000,
        retryDelay: 0,
        // An end to handlers is the app's to set. The most that pg-boss allows.
        expireInSeconds: DAY,
        retentionSeconds: LONGEST_RETENTION,
        heartbeatSeconds: settings.heartbeatSeconds,
      };
      if (mustExist) {
        if ((await boss.getQueue(queues.standard)) === null) throw noQueue(settings);
      } else {
        await makeQueue(boss, { name: queues.standard, policy: 'standard', ...waiting });
        await makeQueue(boss, { name: queues.ordered, policy: 'key_strict_fifo', ...waiting });
        await makeQueue(boss, {
          name: queues.dead,
          policy: 'standard',
          retentionSeconds: LONGEST_RETENTION,
        });
      }
      return {
        boss,
        database,
        queues,
        schema,
        async close() {
          await atMost(CLOSE_MS, boss.stop({ graceful: false, timeout: 1000 }));
          await atMost(CLOSE_MS, end());
        },
      };
    } catch (error) {
      await boss.stop({ graceful: false }).catch(() => undefined);
      throw error;
    }
  } catch (error) {
    await atMost(CLOSE_MS, end());
    throw error;
  }
}

/** What is done is forgotten soon enough for the table not to grow much over what has to be remembered. */
function maintenanceSeconds(dedupeSeconds: number): number {
  return Math.min(3600, Math.max(60, Math.ceil(dedupeSeconds)));
}

function noQueue({ name, schema }: ConnectionSettings): QueueError {
  return new QueueError(
    'QUEUE_UNAVAILABLE',
    `There is no queue '${name}' in the schema '${schema}' of this database.`,
    { hint: 'The app makes it when it starts. Is this its database, its schema and its name?' },
  );
}

/** What pg-boss refuses of its options, as an error of ours. */
function newBoss(make: () => PgBoss): PgBoss {
  try {
    return make();
  } catch (error) {
    throw new ConfigError('CONFIG_OPTION_INVALID', 'pg-boss refused the options of pgBossQueue.', {
      hint: (error as Error).message,
      cause: error,
    });
  }
}

/** Makes a queue, or gives one that is there the settings of this process. */
async function makeQueue(boss: PgBoss, queue: Queue): Promise<void> {
  const { name, policy, ...options } = queue;
  const known = await boss.getQueue(name);
  if (known === null) return boss.createQueue(name, queue);
  const differs = Object.entries(options).some(
    ([option, value]) => known[option as keyof typeof options] !== value,
  );
  if (differs) await boss.updateQueue(name, options);
}

async function openPool(
  source: string | PostgresPool,
  poolSize: number,
): Promise<{ pool: PostgresPool; end(): Promise<void> }> {
  // An idle connection that dies is already out of the pool; without a listener it would end the process.
  const ignore = () => undefined;
  if (typeof source !== 'string') {
    source.on('error', ignore);
    return {
      pool: source,
      async end() {
        source.off('error', ignore);
      },
    };
  }
  const { default: pg } = await optionalPackage('pg', () => import('pg'), 'pg-boss pg');
  const pool = new pg.Pool({
    connectionString: source,
    max: poolSize,
    connectionTimeoutMillis: STATEMENT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    idleTimeoutMillis: 60_000,
    // A name in the URL is kept.
    application_name: 'countersign',
  });
  pool.on('error', ignore);
  return { pool, end: () => pool.end() };
}

async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  try {
    await Promise.race([work.catch(() => undefined), over]);
  } finally {
    clearTimeout(timer);
  }
}

import type { Dialect } from 'kysely';
import { StoreError } from '../../errors.ts';
import { optionalPackage } from '../optional-package.ts';
import { withinTime } from './deadline.ts';
import { isTransient } from './driver-errors.ts';
import type { SqlFamily } from './family.ts';
import { checkTables, migrate } from './migrations.ts';
import type { Statements } from './statements.ts';
import type { Database, KyselyModule, Tables } from './tables.ts';

/** How often a statement that was undone for the sake of another one is sent. */
const ATTEMPTS = 8;

/** What the store runs its statements on. It connects when it is first used. */
export interface LazyDatabase {
  /**
   * Runs an action on one connection, and again where the database undid it for the sake of another one.
   *
   * @throws StoreError STORE_UNAVAILABLE when the time is over or the store is closed; ConfigError
   * CONFIG_PACKAGE_MISSING; what the driver throws.
   */
  run<T>(action: (db: Database, statements: Statements) => Promise<T>): Promise<T>;
  open(): Promise<void>;
  close(): Promise<void>;
}

export interface LazyDatabaseOptions {
  readonly family: SqlFamily;
  readonly timeoutMs: number;
  /** False: only look whether the tables are there. */
  readonly migrate: boolean;
  /** Loads the driver and makes a pool; nothing is connected yet. */
  dialect(kysely: KyselyModule): Promise<Dialect> | Dialect;
  statements(kysely: KyselyModule): Statements;
  /** Called when a call was not answered in time. */
  onSilence?(): void;
  /** True where the pool was handed in: whoever made it ends it. */
  readonly isForeign: boolean;
}

interface Connected {
  readonly kysely: KyselyModule;
  readonly db: Database;
  readonly statements: Statements;
}

export function lazyDatabase(options: LazyDatabaseOptions): LazyDatabase {
  const { family, timeoutMs, onSilence } = options;
  let connected: Promise<Connected> | undefined;
  let prepared: Promise<Connected> | undefined;
  let isClosed = false;

  const connect = async (): Promise<Connected> => {
    const install = `kysely${family === 'postgres' ? ' pg' : family === 'mysql' ? ' mysql2' : ''}`;
    const kysely = await optionalPackage('kysely', () => import('kysely'), install);
    const dialect = await options.dialect(kysely);
    const db = new kysely.Kysely<Tables>({ dialect });
    return { kysely, db, statements: options.statements(kysely) };
  };
  const prepare = () =>
    withinTime(
      timeoutMs,
      async (deadline) => {
        connected ??= connect();
        const { kysely, db, statements } = await connected;
        await retried(deadline.at, () =>
          db.connection().execute(async (connection) => {
            deadline.check();
            const context = { kysely, db: connection, family, deadline };
            await (options.migrate ? migrate(context) : checkTables(context));
          }),
        );
        return { kysely, db, statements };
      },
      onSilence,
    );
  /** All who come at once share one attempt; a failed one is not remembered. */
  const ready = async (): Promise<Connected> => {
    if (isClosed) throw new StoreError('STORE_UNAVAILABLE', 'The store is closed.');
    prepared ??= prepare();
    const attempt = prepared;
    try {
      return await attempt;
    } catch (error) {
      if (prepared === attempt) prepared = undefined;
      // A package may be installed, and a pool that was never made may be made, the next time.
      await connected?.catch(() => {
        connected = undefined;
      });
      throw error;
    }
  };

  return {
    run: (action) =>
      withinTime(
        timeoutMs,
        async (deadline) => {
          const { db, statements } = await ready();
          return retried(deadline.at, () =>
            db.connection().execute((connection) => {
              // Nobody waits for it any more, and a write would come as a surprise.
              deadline.check();
              return action(connection, statements);
            }),
          );
        },
        onSilence,
      ),
    async open() {
      await ready();
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      const made = connected;
      if (made === undefined || options.isForeign) return;
      // A server that does not answer also does not say goodbye.
      await withinTime(timeoutMs, async () => (await made).db.destroy()).catch(() => undefined);
    },
  };
}

async function retried<T>(until: number, action: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await action();
    } catch (error) {
      const pauseMs = 5 * 2 ** attempt * (0.5 + Math.random());
      if (!isTransient(error) || attempt === ATTEMPTS || Date.now() + pauseMs > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

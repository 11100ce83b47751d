import type { Dialect } from 'kysely';
import { ConfigError, refuseUnknownOptions, StoreError } from '../../errors.ts';
import type { InstallationRecord } from '../installation.ts';
import { sqliteStore } from '../sqlite-store.ts';
import type { InstallationStore, SettingsStore } from '../store.ts';
import { type LazyDatabase, type LazyDatabaseOptions, lazyDatabase } from './database.ts';
import { FAMILIES, familyOf, type SqlFamily } from './family.ts';
import {
  isStorable,
  MAX_SITE_URL_BYTES,
  refuseUnstorableClaim,
  refuseUnstorableRecord,
  refuseUnstorableSetting,
  startOfPage,
} from './keys.ts';
import { mssqlStatements } from './mssql-statements.ts';
import { mysqlPool } from './mysql-pool.ts';
import { mysqlStatements } from './mysql-statements.ts';
import { postgresListener } from './postgres-listener.ts';
import { loadPg, postgresPool } from './postgres-pool.ts';
import { postgresStatements } from './postgres-statements.ts';
import { watchSilence } from './silence.ts';
import { parseSource, refuseUnlessPostgresUrl } from './source.ts';
import { sqliteStatements } from './sqlite-statements.ts';
import { type Statements, wroteOne } from './statements.ts';
import type { KyselyModule, Stored } from './tables.ts';

/** Options of {@link sqlStore}. */
export interface SqlStoreOptions {
  /** How many connections at most, where a URL is given. Default: 10. */
  poolSize?: number;
  /**
   * How long each call may take, in milliseconds: waiting for a connection, and the answer. Past it the call rejects
   * with STORE_UNAVAILABLE. Default: 5000.
   */
  timeoutMs?: number;
  /**
   * False for a database user who may not create tables: then the first call only looks whether they are there.
   * Default: true.
   */
  migrate?: boolean;
  /**
   * PostgreSQL only: whether changes are told to the other nodes by NOTIFY, and heard by LISTEN on a connection of its
   * own, so that their caches forget at once. Default: true.
   *
   * Give the URL to listen on where it is another one: beside a dialect, which has none, or where the store's own goes
   * through a transaction pooler such as PgBouncer. Beside a dialect without it the changes are told, and not heard.
   * False is for servers without NOTIFY: nothing is told then, also not to other nodes.
   */
  notifications?: boolean | string;
  /** The SQL that a dialect of another package speaks. Default: told by its adapter. */
  family?: SqlFamily;
  /** The clock, in milliseconds. Default: `Date.now`. */
  now?: () => number;
}

const OPTIONS: ReadonlySet<string> = new Set([
  'poolSize',
  'timeoutMs',
  'migrate',
  'notifications',
  'family',
  'now',
]);

/** Expired claims are forgotten once a minute, by each process, in steps of this many rows. */
const SWEEP_EVERY_MS = 60_000;
const SWEEP_ROWS = 1000;
const SWEEP_STEPS = 100;

/**
 * Keeps installations in a SQL database, in tables of its own (`countersign_…`) beside those of the app. Any number of
 * processes may share it.
 *
 * It connects when it is first used, and then makes the tables or brings them up to date; nodes that start at the same
 * moment wait for one of them. Of several writers of one record exactly one wins each revision, and what was
 * acknowledged is as durable as the server makes a commit.
 *
 * A URL needs the packages `kysely` and `pg` or `mysql2`. For SQLite it is that of `sqliteStore`, which needs no
 * package, and of the options knows `timeoutMs` and `now`. A dialect's SQL Server was compiled in tests, and never run.
 *
 * @param source `postgres://…`, `mysql://…`, `mariadb://…`, `sqlite:./file`, `file:./file`; or a dialect of Kysely,
 * whose pool or database remains yours: close it after the store. Give that pool an error listener and a time limit.
 * @throws ConfigError CONFIG_OPTION_UNKNOWN, CONFIG_OPTION_INVALID. The methods reject with StoreError
 * STORE_UNAVAILABLE, ConfigError CONFIG_PACKAGE_MISSING, or with what the driver throws.
 * @example sqlStore(process.env.DATABASE_URL)
 * @example sqlStore(new PostgresDialect({ pool: new Pool({ … }) }))
 */
export function sqlStore(
  source: string | Dialect,
  options: SqlStoreOptions = {},
): InstallationStore {
  refuseUnknownOptions('sqlStore', options, OPTIONS);
  refuseInvalidOptions(options);
  const { timeoutMs = 5000, now = Date.now } = options;
  if (typeof source !== 'string') return dialectStore(source, options);
  const parsed = parseSource(source);
  if (parsed.kind === 'file') return sqliteStore(parsed.file, { busyTimeoutMs: timeoutMs, now });
  const { family, url } = parsed;
  const silence = watchSilence();
  const pool = { poolSize: options.poolSize ?? 10, timeoutMs, silence };
  const listenUrl = listenUrlOf(family, options.notifications ?? family === 'postgres', url);
  return makeStore(options, family, listenUrl, {
    isForeign: false,
    onSilence: silence.fell,
    dialect: async (kysely) =>
      family === 'postgres'
        ? new kysely.PostgresDialect({ pool: await postgresPool(url, pool) })
        : new kysely.MysqlDialect({ pool: await mysqlPool(url, pool) }),
  });
}

function dialectStore(dialect: Dialect, options: SqlStoreOptions): InstallationStore {
  const family = options.family ?? familyOf(dialect);
  const listenUrl = listenUrlOf(family, options.notifications ?? false, undefined);
  return makeStore(options, family, listenUrl, { isForeign: true, dialect: () => dialect });
}

function refuseInvalidOptions({ poolSize = 1, timeoutMs = 1, family }: SqlStoreOptions): void {
  const isCount = (value: number) => Number.isInteger(value) && value >= 1 && value < 2 ** 31;
  const refuse = (message: string) => {
    throw new ConfigError('CONFIG_OPTION_INVALID', message);
  };
  if (!isCount(poolSize)) refuse('poolSize is a whole number of connections, from 1.');
  if (!isCount(timeoutMs)) refuse('timeoutMs is a whole number of milliseconds, from 1.');
  if (family !== undefined && !FAMILIES.includes(family)) {
    refuse(`family is one of ${FAMILIES.join(', ')}.`);
  }
}

/** Where to LISTEN; undefined where nobody does. */
function listenUrlOf(
  family: SqlFamily,
  notifications: boolean | string,
  ownUrl: string | undefined,
): string | undefined {
  if (notifications === false) return undefined;
  if (family !== 'postgres') {
    throw new ConfigError('CONFIG_OPTION_INVALID', 'Only PostgreSQL has notifications.', {
      hint: 'Leave the option out: other nodes notice a change when their cache is old enough.',
    });
  }
  if (typeof notifications === 'string') refuseUnlessPostgresUrl(notifications);
  const url = typeof notifications === 'string' ? notifications : ownUrl;
  if (url !== undefined) return url;
  throw new ConfigError('CONFIG_OPTION_INVALID', 'A dialect has no URL to listen on.', {
    hint: 'Give the URL of the same database as notifications: postgres://…',
  });
}

function statementsOf(family: SqlFamily, kysely: KyselyModule, tells: boolean): Statements {
  switch (family) {
    case 'postgres':
      return postgresStatements(kysely, tells);
    case 'mysql':
      return mysqlStatements(kysely);
    case 'sqlite':
      return sqliteStatements();
    case 'mssql':
      return mssqlStatements();
  }
}

function makeStore(
  options: SqlStoreOptions,
  family: SqlFamily,
  listenUrl: string | undefined,
  source: Pick<LazyDatabaseOptions, 'isForeign' | 'onSilence' | 'dialect'>,
): InstallationStore {
  const { timeoutMs = 5000, now = Date.now } = options;
  const database = lazyDatabase({
    family,
    timeoutMs,
    migrate: options.migrate ?? true,
    ...source,
    statements: (kysely) => statementsOf(family, kysely, options.notifications !== false),
  });
  const listener = listenUrl === undefined ? undefined : postgresListener(listenUrl, timeoutMs);
  const sweeper = claimSweeper(database, now);

  return {
    settings: sqlSettings(database),
    async get(clientKey) {
      if (!isStorable(clientKey)) return undefined;
      const row = await database.run((db, { toStored }) =>
        db
          .selectFrom('countersign_installation')
          .select('record')
          .where('client_key', '=', toStored(clientKey))
          .executeTakeFirst(),
      );
      return row === undefined ? undefined : readRecord(row);
    },
    async put(record) {
      refuseUnstorableRecord(record);
      return database.run((db, { toStored, insert, update }) => {
        const row = {
          client_key: toStored(record.clientKey),
          site_url: toStored(record.siteUrl),
          revision: record.revision,
          record: toStored(JSON.stringify(record)),
        };
        return record.revision === 1 ? insert(db, row) : update(db, row);
      });
    },
    async delete(clientKey) {
      if (!isStorable(clientKey)) return;
      await database.run((db, { toStored, remove }) => remove(db, toStored(clientKey)));
    },
    async list({ after, limit = 100 } = {}) {
      const rows = await database.run((db, { toStored, list }) =>
        list(db, after === undefined ? undefined : toStored(startOfPage(after)), limit),
      );
      return rows.map(readRecord);
    },
    async count() {
      const row = await database.run((db) =>
        db
          .selectFrom('countersign_installation')
          .select((count) => count.fn.countAll().as('total'))
          .executeTakeFirst(),
      );
      return Number(row?.total);
    },
    async findBySiteUrl(siteUrl) {
      if (!isStorable(siteUrl, MAX_SITE_URL_BYTES)) return [];
      const rows = await database.run((db, { toStored }) =>
        db
          .selectFrom('countersign_installation')
          .select('record')
          .where('site_url', '=', toStored(siteUrl))
          .orderBy('client_key')
          .execute(),
      );
      return rows.map(readRecord);
    },
    async claimOnce(id, expiresAt) {
      refuseUnstorableClaim(id);
      // A time may be given with a fraction, which the column has not.
      const end = Math.ceil(expiresAt);
      const claimed = await database.run((db, { toStored, claim }) =>
        claim(db, toStored(id), end, Math.floor(now())),
      );
      sweeper.sweep();
      return claimed;
    },
    async isClaimed(id) {
      refuseUnstorableClaim(id);
      const rows = await database.run((db, { toStored }) =>
        db
          .selectFrom('countersign_claim')
          .select('expires_at')
          .where('id', '=', toStored(id))
          .where('expires_at', '>', Math.floor(now()))
          .execute(),
      );
      return rows.length > 0;
    },
    ...(listener === undefined ? undefined : { watch: listener.watch }),
    async open() {
      await database.open();
      // A listener looks for its package in the background, where nobody would hear that it is missing.
      if (listener !== undefined) await loadPg();
    },
    async close() {
      await Promise.all([listener?.close(), sweeper.done()]);
      await database.close();
    },
  };
}

function sqlSettings(database: LazyDatabase): SettingsStore {
  const isKey = (clientKey: string, name: string) => isStorable(clientKey) && isStorable(name);
  return {
    async get(clientKey, name) {
      if (!isKey(clientKey, name)) return undefined;
      const row = await database.run((db, { toStored }) =>
        db
          .selectFrom('countersign_setting')
          .select('value')
          .where('client_key', '=', toStored(clientKey))
          .where('name', '=', toStored(name))
          .executeTakeFirst(),
      );
      return row === undefined ? undefined : textOf(row.value);
    },
    async put(clientKey, name, value, ifValue) {
      refuseUnstorableSetting(clientKey, name);
      return database.run(async (db, { toStored, upsertSetting, isValue }) => {
        const row = {
          client_key: toStored(clientKey),
          name: toStored(name),
          value: toStored(value),
        };
        if (ifValue === undefined) {
          await upsertSetting(db, row);
          return true;
        }
        const result = await db
          .updateTable('countersign_setting')
          .set({ value: row.value })
          .where('client_key', '=', row.client_key)
          .where('name', '=', row.name)
          .where(isValue(toStored(ifValue)))
          .executeTakeFirst();
        return wroteOne(result.numUpdatedRows);
      });
    },
    async delete(clientKey, name) {
      if (!isKey(clientKey, name)) return;
      await database.run((db, { toStored }) =>
        db
          .deleteFrom('countersign_setting')
          .where('client_key', '=', toStored(clientKey))
          .where('name', '=', toStored(name))
          .execute(),
      );
    },
    async deleteAll(clientKey) {
      if (!isStorable(clientKey)) return;
      await database.run((db, { toStored }) =>
        db
          .deleteFrom('countersign_setting')
          .where('client_key', '=', toStored(clientKey))
          .execute(),
      );
    },
    async list({ clientKey, after, limit = 100 } = {}) {
      if (clientKey !== undefined && !isStorable(clientKey)) return [];
      const rows = await database.run((db, { toStored, listSettings }) => {
        const start = (text: string) => toStored(startOfPage(text));
        return listSettings(db, {
          limit,
          ...(clientKey === undefined ? {} : { clientKey: toStored(clientKey) }),
          ...(after === undefined
            ? {}
            : { after: { clientKey: start(after.clientKey), name: start(after.name) } }),
        });
      });
      return rows.map((row) => ({
        clientKey: textOf(row.client_key),
        name: textOf(row.name),
        value: textOf(row.value),
      }));
    },
  };
}

/** Forgets expired claims now and then, beside the calls: none waits for it, and none fails by it. */
function claimSweeper(database: LazyDatabase, now: () => number) {
  let last = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | undefined;
  const sweep = async (time: number) => {
    for (let step = 0; step < SWEEP_STEPS; step++) {
      const swept = await database.run((db, statements) => statements.sweep(db, time, SWEEP_ROWS));
      if (swept < SWEEP_ROWS) return;
    }
  };
  return {
    sweep() {
      const time = Math.floor(now());
      if (running !== undefined || time - last < SWEEP_EVERY_MS) return;
      last = time;
      running = sweep(time)
        .catch(() => undefined)
        .finally(() => {
          running = undefined;
        });
    },
    done: async () => running,
  };
}

function textOf(stored: Stored): string {
  return typeof stored === 'string' ? stored : Buffer.from(stored).toString();
}

function readRecord(row: { record: Stored }): InstallationRecord {
  try {
    return JSON.parse(textOf(row.record));
  } catch {
    throw new StoreError('STORE_CORRUPT', 'A stored installation is not readable.');
  }
}

import { StoreError } from '../../errors.ts';
import type { Deadline } from './deadline.ts';
import type { SqlFamily } from './family.ts';
import { MAX_KEY_BYTES, MAX_SITE_URL_BYTES } from './keys.ts';
import type { Database, KyselyModule } from './tables.ts';

/**
 * Each entry brings the tables one step further. All of it may be run again after a crash in the middle: MySQL commits
 * every such statement by itself.
 *
 * SQLite's are those that sqliteStore makes, so that either opens the file of the other.
 */
const MIGRATIONS: readonly {
  readonly name: string;
  readonly statements: Readonly<Record<SqlFamily, readonly string[]>>;
}[] = [
  {
    name: '0001_installations_claims_settings',
    statements: {
      postgres: [
        // Collation C compares and orders by bytes, whatever the database is set to.
        `CREATE TABLE IF NOT EXISTS countersign_installation (
           client_key text COLLATE "C" PRIMARY KEY,
           site_url   text COLLATE "C" NOT NULL,
           revision   integer NOT NULL,
           record     text NOT NULL
         )`,
        `CREATE INDEX IF NOT EXISTS countersign_installation_site_url
           ON countersign_installation (site_url)`,
        `CREATE TABLE IF NOT EXISTS countersign_claim (
           id         text COLLATE "C" PRIMARY KEY,
           expires_at bigint NOT NULL
         )`,
        'CREATE INDEX IF NOT EXISTS countersign_claim_expires_at ON countersign_claim (expires_at)',
        `CREATE TABLE IF NOT EXISTS countersign_setting (
           client_key text COLLATE "C" NOT NULL,
           name       text COLLATE "C" NOT NULL,
           value      text NOT NULL,
           PRIMARY KEY (client_key, name)
         )`,
      ],
      mysql: [
        // Keys are bytes: a text column would find them in another case, without accents or with trailing blanks.
        `CREATE TABLE IF NOT EXISTS countersign_installation (
           client_key VARBINARY(${MAX_KEY_BYTES}) NOT NULL PRIMARY KEY,
           site_url   VARBINARY(${MAX_SITE_URL_BYTES}) NOT NULL,
           revision   INT NOT NULL,
           record     LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
           KEY countersign_installation_site_url (site_url)
         ) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`,
        `CREATE TABLE IF NOT EXISTS countersign_claim (
           id         VARBINARY(${MAX_KEY_BYTES}) NOT NULL PRIMARY KEY,
           expires_at BIGINT NOT NULL,
           KEY countersign_claim_expires_at (expires_at)
         ) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`,
        `CREATE TABLE IF NOT EXISTS countersign_setting (
           client_key VARBINARY(${MAX_KEY_BYTES}) NOT NULL,
           name       VARBINARY(${MAX_KEY_BYTES}) NOT NULL,
           value      LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
           PRIMARY KEY (client_key, name)
         ) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`,
      ],
      sqlite: [
        `CREATE TABLE IF NOT EXISTS countersign_installation (
           client_key TEXT PRIMARY KEY,
           site_url   TEXT NOT NULL,
           revision   INTEGER NOT NULL,
           record     TEXT NOT NULL
         ) STRICT, WITHOUT ROWID`,
        'CREATE INDEX IF NOT EXISTS installation_site_url ON countersign_installation (site_url)',
        `CREATE TABLE IF NOT EXISTS countersign_claim (
           id         TEXT PRIMARY KEY,
           expires_at INTEGER NOT NULL
         ) STRICT, WITHOUT ROWID`,
        'CREATE INDEX IF NOT EXISTS claim_expires_at ON countersign_claim (expires_at)',
        `CREATE TABLE IF NOT EXISTS countersign_setting (
           client_key TEXT NOT NULL,
           name       TEXT NOT NULL,
           value      TEXT NOT NULL,
           PRIMARY KEY (client_key, name)
         ) STRICT, WITHOUT ROWID`,
      ],
      mssql: [
        // It wants the names of constraints given, and the primary keys apart: clustered, they may have 900 bytes.
        `IF OBJECT_ID('countersign_installation') IS NULL CREATE TABLE countersign_installation (
           client_key varbinary(${MAX_KEY_BYTES}) NOT NULL
             CONSTRAINT countersign_installation_pk PRIMARY KEY NONCLUSTERED,
           site_url   varbinary(${MAX_SITE_URL_BYTES}) NOT NULL INDEX countersign_installation_site_url,
           revision   int NOT NULL,
           record     varbinary(max) NOT NULL
         )`,
        `IF OBJECT_ID('countersign_claim') IS NULL CREATE TABLE countersign_claim (
           id         varbinary(${MAX_KEY_BYTES}) NOT NULL
             CONSTRAINT countersign_claim_pk PRIMARY KEY NONCLUSTERED,
           expires_at bigint NOT NULL INDEX countersign_claim_expires_at
         )`,
        `IF OBJECT_ID('countersign_setting') IS NULL CREATE TABLE countersign_setting (
           client_key varbinary(${MAX_KEY_BYTES}) NOT NULL,
           name       varbinary(${MAX_KEY_BYTES}) NOT NULL,
           value      varbinary(max) NOT NULL,
           CONSTRAINT countersign_setting_pk PRIMARY KEY NONCLUSTERED (client_key, name)
         )`,
      ],
    },
  },
];

const LEDGER = 'countersign_migration';
const LEDGER_COLUMNS = '(name varchar(255) NOT NULL PRIMARY KEY, applied_at varchar(255) NOT NULL)';

/** A number of our own in PostgreSQL's space of advisory locks: "countsgn" in ASCII. */
const POSTGRES_LOCK = '7165074649430321006';

/** Where and how the tables are brought up to date. */
export interface MigrationContext {
  readonly kysely: KyselyModule;
  /** One connection, held for this. */
  readonly db: Database;
  readonly family: SqlFamily;
  readonly deadline: Deadline;
}

/**
 * Brings the tables up to date. Whoever comes while another node does so waits, and finds it done. Where nothing is to
 * be done it costs two short statements, and needs no right but to read.
 *
 * Kysely's own Migrator is not used: it reads the catalogue of the whole database at each start, its lock in
 * PostgreSQL belongs to a session (behind a transaction pooler it would be taken in one and given back in another),
 * and it has none in SQLite.
 *
 * @throws StoreError STORE_UNAVAILABLE when the tables are of a newer version.
 */
export async function migrate(context: MigrationContext): Promise<void> {
  const { db, deadline } = context;
  if (pendingOf(await applied(context, db)).length === 0) return;
  await underLock(context, async (locked) => {
    await raw(context, locked, createLedger(context.family));
    for (const { name, statements } of pendingOf(await applied(context, locked))) {
      for (const statement of statements[context.family]) {
        deadline.check();
        await raw(context, locked, statement);
      }
      const applied_at = new Date().toISOString();
      await locked.insertInto(LEDGER).values({ name, applied_at }).execute();
    }
  });
}

/**
 * For a database user who may not make tables: only looks whether they are there.
 *
 * @throws StoreError STORE_UNAVAILABLE when they are not, or are of another version.
 */
export async function checkTables(context: MigrationContext): Promise<void> {
  const names = await applied(context, context.db);
  if (names !== undefined && pendingOf(names).length === 0) return;
  throw new StoreError(
    'STORE_UNAVAILABLE',
    names === undefined
      ? 'The database does not have the tables of Countersign.'
      : 'The tables of Countersign are those of an older version.',
    { hint: 'Open the store once as a user who may create tables, without migrate: false.' },
  );
}

/** The steps that were done; undefined where the tables were never made. */
async function applied(
  context: MigrationContext,
  db: Database,
): Promise<readonly string[] | undefined> {
  const { rows } = await context.kysely.sql.raw(hasLedger(context.family)).execute(db);
  if (rows.length === 0) return undefined;
  return (await db.selectFrom(LEDGER).select('name').execute()).map(({ name }) => String(name));
}

function pendingOf(names: readonly string[] = []): typeof MIGRATIONS {
  const unknown = names.find((name) => MIGRATIONS.every((migration) => migration.name !== name));
  if (unknown !== undefined) {
    throw new StoreError(
      'STORE_UNAVAILABLE',
      `The tables were made by a newer version of Countersign: it did '${unknown}', which this one does not know.`,
      { hint: 'Update Countersign to the version that made them, or newer.' },
    );
  }
  return MIGRATIONS.filter(({ name }) => !names.includes(name));
}

/** Asks the catalogue, because an error would end a transaction, and each driver says it in its own way. */
function hasLedger(family: SqlFamily): string {
  switch (family) {
    case 'postgres':
      return `SELECT 1 AS found WHERE to_regclass('${LEDGER}') IS NOT NULL`;
    case 'mysql':
      return `SELECT 1 AS found FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = '${LEDGER}'`;
    case 'sqlite':
      return `SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = '${LEDGER}'`;
    case 'mssql':
      return `SELECT 1 AS found WHERE OBJECT_ID('${LEDGER}') IS NOT NULL`;
  }
}

function createLedger(family: SqlFamily): string {
  if (family !== 'mssql') return `CREATE TABLE IF NOT EXISTS ${LEDGER} ${LEDGER_COLUMNS}`;
  return `IF OBJECT_ID('${LEDGER}') IS NULL CREATE TABLE ${LEDGER} ${LEDGER_COLUMNS}`;
}

/** All locks end by themselves when the process or its connection does. */
async function underLock(
  context: MigrationContext,
  action: (locked: Database) => Promise<void>,
): Promise<void> {
  const { db, family, deadline } = context;
  const secondsLeft = Math.max(1, Math.ceil((deadline.at - Date.now()) / 1000));
  switch (family) {
    case 'postgres':
      return db.transaction().execute(async (transaction) => {
        await raw(context, transaction, `SELECT pg_advisory_xact_lock(${POSTGRES_LOCK})`);
        await action(transaction);
      });
    case 'mssql':
      return db.transaction().execute(async (transaction) => {
        await raw(
          context,
          transaction,
          `DECLARE @got int;
           EXEC @got = sp_getapplock @Resource = '${LEDGER}', @LockMode = 'Exclusive',
             @LockOwner = 'Transaction', @LockTimeout = ${secondsLeft * 1000};
           IF @got < 0 THROW 50000, 'Another node holds the lock of ${LEDGER}.', 1`,
        );
        await action(transaction);
      });
    case 'mysql': {
      const { rows } = await context.kysely.sql
        .raw<{ got: unknown }>(`SELECT GET_LOCK('${LEDGER}', ${secondsLeft}) AS got`)
        .execute(db);
      if (Number(rows[0]?.got) !== 1) {
        throw new StoreError('STORE_UNAVAILABLE', 'Another node is still making the tables.');
      }
      try {
        await action(db);
      } finally {
        // The connection goes back to the pool.
        await raw(context, db, `DO RELEASE_LOCK('${LEDGER}')`).catch(() => undefined);
      }
      return;
    }
    case 'sqlite':
      await raw(context, db, 'BEGIN IMMEDIATE');
      try {
        await action(db);
        await raw(context, db, 'COMMIT');
      } catch (error) {
        await raw(context, db, 'ROLLBACK').catch(() => undefined);
        throw error;
      }
  }
}

async function raw({ kysely }: MigrationContext, db: Database, text: string): Promise<void> {
  await kysely.sql.raw(text).execute(db);
}

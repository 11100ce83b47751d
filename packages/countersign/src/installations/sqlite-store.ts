import { closeSync, openSync } from 'node:fs';
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { refuseUnknownOptions, StoreError } from '../errors.ts';
import type { InstallationRecord } from './installation.ts';
import type { InstallationStore, ListOptions, SettingsStore } from './store.ts';

/** Options of {@link sqliteStore}. */
export interface SqliteStoreOptions {
  /** How long a write waits for another process that is writing, in milliseconds. Default: 2000. */
  busyTimeoutMs?: number;
  /** The clock, in milliseconds. Default: `Date.now`. */
  now?: () => number;
}

const OPTIONS: ReadonlySet<string> = new Set(['busyTimeoutMs', 'now']);

/** Each entry brings a database from the version of its index to the next one. */
const MIGRATIONS = [
  `CREATE TABLE installation (
     client_key TEXT PRIMARY KEY,
     site_url   TEXT NOT NULL,
     revision   INTEGER NOT NULL,
     record     TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX installation_site_url ON installation (site_url);
   CREATE TABLE claim (
     id         TEXT PRIMARY KEY,
     expires_at INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX claim_expires_at ON claim (expires_at);`,
  // The names that the tables have in every SQL database, so that they may stand beside those of the app. With rowids:
  // a table without them keeps whole rows in the inner pages of its tree, which grows tall with large ones. They are
  // there already where a SQLite dialect of countersign/sql made the file.
  `CREATE TABLE IF NOT EXISTS countersign_installation (
     client_key TEXT PRIMARY KEY,
     site_url   TEXT NOT NULL,
     revision   INTEGER NOT NULL,
     record     TEXT NOT NULL
   ) STRICT;
   INSERT INTO countersign_installation SELECT client_key, site_url, revision, record FROM installation;
   DROP TABLE installation;
   CREATE INDEX IF NOT EXISTS countersign_installation_site_url ON countersign_installation (site_url);
   CREATE TABLE IF NOT EXISTS countersign_claim (
     id         TEXT PRIMARY KEY,
     expires_at INTEGER NOT NULL
   ) STRICT;
   INSERT INTO countersign_claim SELECT id, expires_at FROM claim;
   DROP TABLE claim;
   CREATE INDEX IF NOT EXISTS countersign_claim_expires_at ON countersign_claim (expires_at);
   CREATE TABLE IF NOT EXISTS countersign_setting (
     client_key TEXT NOT NULL,
     name       TEXT NOT NULL,
     value      TEXT NOT NULL,
     PRIMARY KEY (client_key, name)
   ) STRICT;`,
];

/**
 * Keeps installations in one SQLite file, by the `node:sqlite` that comes with Node. What it has acknowledged
 * survives a killed process and a power cut (WAL, synchronous=FULL). Several processes of one machine may share the
 * file.
 *
 * The file is made if it is missing, readable by its owner alone.
 *
 * @param file A path, or `:memory:`.
 * @throws StoreError STORE_UNAVAILABLE when the file cannot be opened; ConfigError CONFIG_OPTION_UNKNOWN.
 */
export function sqliteStore(file: string, options: SqliteStoreOptions = {}): InstallationStore {
  refuseUnknownOptions('sqliteStore', options, OPTIONS);
  const now = options.now ?? Date.now;
  const database = openDatabase(file, options.busyTimeoutMs ?? 2000);
  const select = database.prepare(
    'SELECT record FROM countersign_installation WHERE client_key = ?',
  );
  const insert = database.prepare(
    `INSERT INTO countersign_installation (client_key, site_url, revision, record) VALUES (?, ?, 1, ?)
     ON CONFLICT (client_key) DO NOTHING`,
  );
  const update = database.prepare(
    'UPDATE countersign_installation SET site_url = ?, revision = ?, record = ? WHERE client_key = ? AND revision = ?',
  );
  const remove = database.prepare('DELETE FROM countersign_installation WHERE client_key = ?');
  const page = database.prepare(
    'SELECT record FROM countersign_installation WHERE client_key > ? ORDER BY client_key LIMIT ?',
  );
  const bySite = database.prepare(
    'SELECT record FROM countersign_installation WHERE site_url = ? ORDER BY client_key',
  );
  const claim = database.prepare(
    `INSERT INTO countersign_claim (id, expires_at) VALUES (?, ?)
     ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at WHERE countersign_claim.expires_at <= ?`,
  );
  const findClaim = database.prepare(
    'SELECT 1 FROM countersign_claim WHERE id = ? AND expires_at > ?',
  );
  const forgetClaims = database.prepare('DELETE FROM countersign_claim WHERE expires_at <= ?');
  const total = database.prepare('SELECT count(*) AS total FROM countersign_installation');

  const getNow = (clientKey: string) => {
    const row = select.get(clientKey);
    return row === undefined ? undefined : readRecord(row);
  };

  // The methods are async so that a failing statement rejects instead of throwing.
  return {
    isVolatile: file === ':memory:',
    settings: sqliteSettings(database),
    getNow,
    async get(clientKey) {
      return getNow(clientKey);
    },
    async put(record) {
      const { clientKey, siteUrl, revision } = record;
      const text = JSON.stringify(record);
      const result =
        revision === 1
          ? insert.run(clientKey, siteUrl, text)
          : update.run(siteUrl, revision, text, clientKey, revision - 1);
      return result.changes === 1;
    },
    async delete(clientKey) {
      remove.run(clientKey);
    },
    async list({ after = '', limit = 100 }: ListOptions = {}) {
      return page.all(after, limit).map(readRecord);
    },
    async count() {
      return Number(total.get()?.total);
    },
    async findBySiteUrl(siteUrl) {
      return bySite.all(siteUrl).map(readRecord);
    },
    async claimOnce(id, expiresAt) {
      const time = Math.floor(now());
      // A time may be given with a fraction, which the column has not.
      const claimed = claim.run(id, Math.ceil(expiresAt), time).changes === 1;
      forgetClaims.run(time);
      return claimed;
    },
    isClaimed: async (id) => findClaim.get(id, Math.floor(now())) !== undefined,
    async close() {
      database.close();
    },
  };
}

function sqliteSettings(database: DatabaseSync): SettingsStore {
  const select = database.prepare(
    'SELECT value FROM countersign_setting WHERE client_key = ? AND name = ?',
  );
  const upsert = database.prepare(
    `INSERT INTO countersign_setting (client_key, name, value) VALUES (?, ?, ?)
     ON CONFLICT (client_key, name) DO UPDATE SET value = excluded.value`,
  );
  const update = database.prepare(
    'UPDATE countersign_setting SET value = ? WHERE client_key = ? AND name = ? AND value = ?',
  );
  const remove = database.prepare(
    'DELETE FROM countersign_setting WHERE client_key = ? AND name = ?',
  );
  const removeAll = database.prepare('DELETE FROM countersign_setting WHERE client_key = ?');
  const page = database.prepare(
    `SELECT client_key, name, value FROM countersign_setting
     WHERE (client_key, name) > (?, ?) ORDER BY client_key, name LIMIT ?`,
  );
  const pageOfOne = database.prepare(
    `SELECT client_key, name, value FROM countersign_setting
     WHERE client_key = ? AND name > ? ORDER BY name LIMIT ?`,
  );
  return {
    async get(clientKey, name) {
      const row = select.get(clientKey, name);
      return row === undefined ? undefined : String(row.value);
    },
    async put(clientKey, name, value, ifValue) {
      if (ifValue === undefined) upsert.run(clientKey, name, value);
      else return update.run(value, clientKey, name, ifValue).changes === 1;
      return true;
    },
    async delete(clientKey, name) {
      remove.run(clientKey, name);
    },
    async deleteAll(clientKey) {
      removeAll.run(clientKey);
    },
    async list({ clientKey, after, limit = 100 } = {}) {
      const rows =
        clientKey === undefined
          ? page.all(after?.clientKey ?? '', after?.name ?? '', limit)
          : pageOfOne.all(clientKey, after?.name ?? '', limit);
      return rows.map((row) => ({
        clientKey: String(row.client_key),
        name: String(row.name),
        value: String(row.value),
      }));
    },
  };
}

function openDatabase(file: string, busyTimeoutMs: number): DatabaseSync {
  // Loaded here, so that an app on another store also runs where there is no node:sqlite.
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  let database: DatabaseSync | undefined;
  try {
    // SQLite gives its -wal and -shm files the mode of the database file.
    if (file !== ':memory:') closeSync(openSync(file, 'a', 0o600));
    database = new DatabaseSync(file);
    database.exec(`PRAGMA busy_timeout = ${Math.max(0, Math.floor(busyTimeoutMs))}`);
    switchToWal(database, busyTimeoutMs);
    database.exec('PRAGMA synchronous = FULL');
    migrate(database);
    return database;
  } catch (error) {
    database?.close();
    if (error instanceof StoreError) throw error;
    throw new StoreError('STORE_UNAVAILABLE', `The SQLite file '${file}' cannot be opened.`, {
      hint: 'Check that its folder exists and may be written, and that the file is a SQLite database.',
      cause: error,
    });
  }
}

const SQLITE_BUSY = 5;

/** Where several processes open a new file at once, SQLite does not wait here by itself: it says at once that it is busy. */
function switchToWal(database: DatabaseSync, busyTimeoutMs: number): void {
  const until = Date.now() + busyTimeoutMs;
  for (;;) {
    try {
      database.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      const { errcode = 0 } = error as { errcode?: number };
      if ((errcode & 0xff) !== SQLITE_BUSY || Date.now() >= until) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

function migrate(database: DatabaseSync): void {
  const readVersion = () =>
    Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
  if (readVersion() === MIGRATIONS.length) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    // Read again under the lock: another process may have migrated meanwhile.
    const version = readVersion() || madeByDialect(database);
    if (version > MIGRATIONS.length) {
      throw new StoreError(
        'STORE_UNAVAILABLE',
        `The SQLite file has schema version ${version}; this version of Countersign knows ${MIGRATIONS.length}.`,
        { hint: 'Update Countersign to the version that wrote the file, or newer.' },
      );
    }
    for (const migration of MIGRATIONS.slice(version)) database.exec(migration);
    database.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

/**
 * The version of the tables that `sqlStore` made through a dialect of Kysely: it has a list of its own, and leaves
 * user_version to the app.
 */
function madeByDialect(database: DatabaseSync): number {
  const find = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'countersign_setting'");
  return find.get() === undefined ? 0 : 2;
}

function readRecord(row: Record<string, SQLOutputValue>): InstallationRecord {
  try {
    return JSON.parse(String(row.record));
  } catch {
    throw new StoreError('STORE_CORRUPT', 'A stored installation is not readable.');
  }
}

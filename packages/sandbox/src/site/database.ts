import { DatabaseSync } from 'node:sqlite';

// One entry a schema version, applied in order; an entry is never edited once it has been released.
const migrations: string[] = [
  `
  CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

  CREATE TABLE account (
    account_id TEXT PRIMARY KEY,
    display_name TEXT NOT NULL,
    email TEXT,
    account_type TEXT NOT NULL,
    api_token TEXT
  ) STRICT;

  CREATE TABLE permission (
    account_id TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (account_id, name)
  ) STRICT;

  CREATE TABLE project (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL) STRICT;

  CREATE TABLE status (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    category TEXT NOT NULL,
    editable INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE field (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    custom INTEGER NOT NULL,
    on_screen INTEGER NOT NULL,
    position INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE issue (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    number INTEGER NOT NULL,
    project_id INTEGER NOT NULL REFERENCES project (id),
    status_id INTEGER NOT NULL REFERENCES status (id),
    type_id INTEGER NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE issue_value (
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    field_id TEXT NOT NULL REFERENCES field (id),
    value TEXT NOT NULL,
    PRIMARY KEY (issue_id, field_id)
  ) STRICT;

  CREATE TABLE comment (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    author TEXT NOT NULL,
    body TEXT NOT NULL,
    created INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE app (
    key TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    base_url TEXT NOT NULL,
    descriptor_url TEXT NOT NULL,
    descriptor TEXT NOT NULL,
    site_url TEXT NOT NULL,
    shared_secret TEXT NOT NULL,
    retired_secrets TEXT NOT NULL,
    oauth_client_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    installed_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE request (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    record TEXT NOT NULL
  ) STRICT;
  `,
  'ALTER TABLE request ADD COLUMN notes TEXT;',
  'CREATE TABLE forge_app (id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT;',
];

/** Opens the state of a site, creating or upgrading its tables. */
export function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  try {
    // A site that answered 204 must still know it after a crash: FULL makes a WAL commit durable.
    database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 2000;',
    );
    migrate(database, file);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

function migrate(database: DatabaseSync, file: string): void {
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as {
    user_version: number;
  };
  if (version > migrations.length) {
    throw new Error(
      `${file} was written by a newer sandbox (schema ${version}; this one knows ${migrations.length}).`,
    );
  }
  for (const [index, sql] of migrations.entries()) {
    if (index < version) continue;
    transaction(database, () => {
      database.exec(sql);
      database.exec(`PRAGMA user_version = ${index + 1}`);
    });
  }
}

/** Runs `work` so that all of its writes happen, or none. */
export function transaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

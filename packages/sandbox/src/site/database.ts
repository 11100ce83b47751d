import { DatabaseSync } from 'node:sqlite';

// One entry a schema version, applied in order; an entry is never edited once it has been released.
export const migrations: readonly string[] = [
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
  `
  CREATE TABLE property (
    owner TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (owner, owner_id, key)
  ) STRICT;

  CREATE TRIGGER property_of_issue AFTER DELETE ON issue BEGIN
    DELETE FROM property WHERE owner = 'issue' AND owner_id = CAST(old.id AS TEXT);
  END;

  CREATE TRIGGER property_of_comment AFTER DELETE ON comment BEGIN
    DELETE FROM property WHERE owner = 'comment' AND owner_id = CAST(old.id AS TEXT);
  END;

  CREATE TABLE project_permission (
    account_id TEXT NOT NULL,
    project_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (account_id, project_id, name)
  ) STRICT;
  `,
  `
  CREATE TABLE record (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    issue_id INTEGER REFERENCES issue (id) ON DELETE CASCADE,
    other_issue_id INTEGER REFERENCES issue (id) ON DELETE CASCADE,
    data TEXT NOT NULL
  ) STRICT;

  CREATE INDEX record_of_issue ON record (kind, issue_id);

  ALTER TABLE comment ADD COLUMN updated INTEGER;
  ALTER TABLE comment ADD COLUMN update_author TEXT;

  INSERT INTO sqlite_sequence (name, seq) VALUES ('record', 10000);

  INSERT OR IGNORE INTO permission (account_id, name)
  SELECT account_id, column1 FROM permission, (VALUES
    ('ADMINISTER_PROJECTS'), ('ASSIGN_ISSUES'), ('ASSIGNABLE_USER'), ('LINK_ISSUES'), ('TRANSITION_ISSUES'),
    ('WORK_ON_ISSUES'), ('EDIT_OWN_WORKLOGS'), ('EDIT_ALL_WORKLOGS'), ('DELETE_OWN_WORKLOGS'), ('DELETE_ALL_WORKLOGS'),
    ('EDIT_OWN_COMMENTS'), ('EDIT_ALL_COMMENTS'), ('DELETE_OWN_COMMENTS'), ('DELETE_ALL_COMMENTS'), ('MANAGE_WATCHERS'),
    ('MANAGE_SPRINTS_PERMISSION'), ('SERVICEDESK_AGENT'), ('USER_PICKER'))
  WHERE name = 'EDIT_ISSUES';
  `,
  'ALTER TABLE account ADD COLUMN active INTEGER NOT NULL DEFAULT 1;',
  `
  ALTER TABLE field ADD COLUMN list INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE field ADD COLUMN key TEXT;
  ALTER TABLE field ADD COLUMN type TEXT;
  ALTER TABLE field ADD COLUMN description TEXT;
  ALTER TABLE field ADD COLUMN projects TEXT;
  ALTER TABLE field ADD COLUMN app TEXT;
  ALTER TABLE field ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0;

  CREATE TABLE field_option (
    field_id TEXT NOT NULL REFERENCES field (id) ON DELETE CASCADE,
    id INTEGER NOT NULL,
    value TEXT NOT NULL,
    parent_id INTEGER,
    properties TEXT,
    config TEXT,
    PRIMARY KEY (field_id, id)
  ) STRICT;
  `,
  `
  CREATE TABLE attachment (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    author TEXT NOT NULL,
    file_name TEXT NOT NULL,
    mime_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    media_id TEXT NOT NULL UNIQUE,
    created INTEGER NOT NULL,
    content BLOB NOT NULL
  ) STRICT;

  INSERT INTO sqlite_sequence (name, seq) VALUES ('attachment', 10000);

  INSERT OR IGNORE INTO permission (account_id, name)
  SELECT account_id, column1 FROM permission,
    (VALUES ('CREATE_ATTACHMENTS'), ('DELETE_OWN_ATTACHMENTS'), ('DELETE_ALL_ATTACHMENTS'))
  WHERE name = 'EDIT_ISSUES';
  `,
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

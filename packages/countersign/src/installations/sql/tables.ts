import type { Kysely } from 'kysely';

/** The whole module, as it is loaded when the store is first used. */
export type KyselyModule = typeof import('kysely');

/**
 * A key or a text as a column holds it. MySQL, MariaDB and SQL Server compare text by rules of their own (case,
 * accents, trailing blanks), so there it is bytes.
 */
export type Stored = string | Uint8Array;

/** The tables, with the same names and columns in every database. */
export interface Tables {
  countersign_installation: InstallationRow;
  countersign_claim: { id: Stored; expires_at: number };
  countersign_setting: { client_key: Stored; name: Stored; value: Stored };
  countersign_migration: { name: string; applied_at: string };
}

/** A record is JSON text, and no JSON column: PostgreSQL's jsonb refuses \u0000 and reorders what it is given. */
export interface InstallationRow {
  client_key: Stored;
  site_url: Stored;
  revision: number;
  record: Stored;
}

export type Database = Kysely<Tables>;

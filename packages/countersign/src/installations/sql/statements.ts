import type {
  Expression,
  ExpressionBuilder,
  SelectQueryBuilder,
  SqlBool,
  UpdateQueryBuilder,
  UpdateResult,
} from 'kysely';
import type { Database, InstallationRow, Stored, Tables } from './tables.ts';

/**
 * What is written differently from family to family. Each function is one statement, or several of which each one may
 * be the last: whatever a crash cuts off, nothing is half done.
 */
export interface Statements {
  /** How a key or a text is handed to the driver. */
  toStored(text: string): Stored;
  /** Writes a record that nobody wrote before. */
  insert(db: Database, row: InstallationRow): Promise<boolean>;
  /** Replaces the record of the revision before. */
  update(db: Database, row: InstallationRow): Promise<boolean>;
  remove(db: Database, clientKey: Stored): Promise<void>;
  /** The rows are wanted in the order of bytes. */
  list(db: Database, after: Stored | undefined, limit: number): Promise<{ record: Stored }[]>;
  claim(db: Database, id: Stored, expiresAt: number, now: number): Promise<boolean>;
  /** Forgets some claims that have expired, at most `limit`, and says how many. */
  sweep(db: Database, now: number, limit: number): Promise<number>;
  upsertSetting(db: Database, row: SettingRow): Promise<void>;
  /** The condition that a setting still is this text. */
  isValue(value: Stored): ValueCondition;
  listSettings(db: Database, page: SettingsPage): Promise<SettingRow[]>;
}

export type ValueCondition = (
  is: ExpressionBuilder<Tables, 'countersign_setting'>,
) => Expression<SqlBool>;

export const isSameText =
  (value: Stored): ValueCondition =>
  (is) =>
    is('value', '=', value);

export interface SettingRow {
  client_key: Stored;
  name: Stored;
  value: Stored;
}

export interface SettingsPage {
  clientKey?: Stored;
  after?: { clientKey: Stored; name: Stored };
  limit: number;
}

/** Statements that all families share; only how many rows are wanted is said in two ways. */
export function updateRow(
  db: Database,
  row: InstallationRow,
): UpdateQueryBuilder<
  Tables,
  'countersign_installation',
  'countersign_installation',
  UpdateResult
> {
  return db
    .updateTable('countersign_installation')
    .set({ site_url: row.site_url, revision: row.revision, record: row.record })
    .where('client_key', '=', row.client_key)
    .where('revision', '=', row.revision - 1);
}

export function selectRecords(
  db: Database,
  after: Stored | undefined,
): SelectQueryBuilder<Tables, 'countersign_installation', { record: Stored }> {
  const all = db.selectFrom('countersign_installation').select('record').orderBy('client_key');
  return after === undefined ? all : all.where('client_key', '>', after);
}

export function selectSettings(
  db: Database,
  { clientKey, after }: SettingsPage,
): SelectQueryBuilder<Tables, 'countersign_setting', SettingRow> {
  let rows = db
    .selectFrom('countersign_setting')
    .select(['client_key', 'name', 'value'])
    .orderBy('client_key')
    .orderBy('name');
  if (clientKey !== undefined) rows = rows.where('client_key', '=', clientKey);
  if (after === undefined) return rows;
  if (clientKey !== undefined) return rows.where('name', '>', after.name);
  // Written so that every optimizer walks the primary key from there, and no other row.
  return rows
    .where('client_key', '>=', after.clientKey)
    .where((is) => is.or([is('client_key', '>', after.clientKey), is('name', '>', after.name)]));
}

/** How many rows a statement wrote, as drivers say it: as a number, a bigint, or not at all. */
export function wroteOne(count: bigint | number | undefined): boolean {
  return Number(count ?? 0) === 1;
}

import { isDuplicate } from './driver-errors.ts';
import {
  type Statements,
  selectRecords,
  selectSettings,
  updateRow,
  wroteOne,
} from './statements.ts';
import type { Database, KyselyModule, Stored } from './tables.ts';

/**
 * Statements of MySQL and MariaDB. A text goes there as bytes, which a driver writes as a hexadecimal literal: so it
 * means the same in every character set of the connection and every sql_mode, NO_BACKSLASH_ESCAPES included.
 */
export function mysqlStatements({ sql }: KyselyModule): Statements {
  return {
    toStored: (text) => Buffer.from(text),
    insert: (db, row) => insertsNew(db.insertInto('countersign_installation').values(row)),
    async update(db, row) {
      return wroteOne((await updateRow(db, row).executeTakeFirst()).numUpdatedRows);
    },
    async remove(db, clientKey) {
      await db.deleteFrom('countersign_installation').where('client_key', '=', clientKey).execute();
    },
    list: (db, after, limit) => selectRecords(db, after).limit(limit).execute(),
    claim: claimByInsert,
    async sweep(db, now, limit) {
      const result = await db
        .deleteFrom('countersign_claim')
        .where('expires_at', '<=', now)
        .limit(limit)
        .executeTakeFirst();
      return Number(result.numDeletedRows);
    },
    async upsertSetting(db, row) {
      await db
        .insertInto('countersign_setting')
        .values(row)
        .onDuplicateKeyUpdate({ value: row.value })
        .execute();
    },
    // The column's collation, utf8mb4_bin, ignores blanks at the end.
    isValue: (value) => () => sql`CAST(value AS BINARY) = ${value}`,
    listSettings: (db, page) => selectSettings(db, page).limit(page.limit).execute(),
  };
}

/** A plain INSERT: INSERT IGNORE would hide other errors than a duplicate key. */
export async function insertsNew(insert: { execute(): Promise<unknown> }): Promise<boolean> {
  try {
    await insert.execute();
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}

/**
 * Where there is no INSERT … ON CONFLICT … WHERE: insert, or take over what has expired, or insert again what a sweep
 * took away in between. Each of the three lets one caller alone win.
 */
export async function claimByInsert(
  db: Database,
  id: Stored,
  expires_at: number,
  now: number,
): Promise<boolean> {
  const insert = db.insertInto('countersign_claim').values({ id, expires_at });
  if (await insertsNew(insert)) return true;
  const result = await db
    .updateTable('countersign_claim')
    .set({ expires_at })
    .where('id', '=', id)
    .where('expires_at', '<=', now)
    .executeTakeFirst();
  return wroteOne(result.numUpdatedRows) || insertsNew(insert);
}

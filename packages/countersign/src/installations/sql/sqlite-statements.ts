import { claimByUpsert, upsertSettingByConflict } from './postgres-statements.ts';
import {
  isSameText,
  type Statements,
  selectRecords,
  selectSettings,
  updateRow,
  wroteOne,
} from './statements.ts';

/** Statements of SQLite. */
export function sqliteStatements(): Statements {
  return {
    toStored: (text) => text,
    async insert(db, row) {
      const result = await db
        .insertInto('countersign_installation')
        .values(row)
        .onConflict((conflict) => conflict.column('client_key').doNothing())
        .executeTakeFirst();
      return wroteOne(result.numInsertedOrUpdatedRows);
    },
    async update(db, row) {
      return wroteOne((await updateRow(db, row).executeTakeFirst()).numUpdatedRows);
    },
    async remove(db, clientKey) {
      await db.deleteFrom('countersign_installation').where('client_key', '=', clientKey).execute();
    },
    list: (db, after, limit) => selectRecords(db, after).limit(limit).execute(),
    claim: claimByUpsert,
    async sweep(db, now, limit) {
      const result = await db
        .deleteFrom('countersign_claim')
        .where('id', 'in', (claims) =>
          claims
            .selectFrom('countersign_claim')
            .select('id')
            .where('expires_at', '<=', now)
            .limit(limit),
        )
        .executeTakeFirst();
      return Number(result.numDeletedRows);
    },
    upsertSetting: upsertSettingByConflict,
    isValue: isSameText,
    listSettings: (db, page) => selectSettings(db, page).limit(page.limit).execute(),
  };
}

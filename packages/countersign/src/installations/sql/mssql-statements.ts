import { claimByInsert, insertsNew } from './mysql-statements.ts';
import {
  isSameText,
  type Statements,
  selectRecords,
  selectSettings,
  updateRow,
  wroteOne,
} from './statements.ts';

/** Statements of SQL Server. They are compiled in the tests, and were never run. */
export function mssqlStatements(): Statements {
  return {
    // Its character types ignore trailing blanks in every collation.
    toStored: (text) => Buffer.from(text),
    insert: (db, row) => insertsNew(db.insertInto('countersign_installation').values(row)),
    async update(db, row) {
      return wroteOne((await updateRow(db, row).executeTakeFirst()).numUpdatedRows);
    },
    async remove(db, clientKey) {
      await db.deleteFrom('countersign_installation').where('client_key', '=', clientKey).execute();
    },
    list: (db, after, limit) => selectRecords(db, after).top(limit).execute(),
    claim: claimByInsert,
    async sweep(db, now, limit) {
      const result = await db
        .deleteFrom('countersign_claim')
        .top(limit)
        .where('expires_at', '<=', now)
        .executeTakeFirst();
      return Number(result.numDeletedRows);
    },
    async upsertSetting(db, { client_key, name, value }) {
      const update = db
        .updateTable('countersign_setting')
        .set({ value })
        .where('client_key', '=', client_key)
        .where('name', '=', name);
      if (wroteOne((await update.executeTakeFirst()).numUpdatedRows)) return;
      const insert = db.insertInto('countersign_setting').values({ client_key, name, value });
      // Somebody else was quicker: the last writer wins.
      if (!(await insertsNew(insert))) await update.execute();
    },
    isValue: isSameText,
    listSettings: (db, page) => selectSettings(db, page).top(page.limit).execute(),
  };
}

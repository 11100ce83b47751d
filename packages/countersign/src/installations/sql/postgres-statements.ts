import { CHANNEL } from './postgres-listener.ts';
import {
  isSameText,
  type Statements,
  selectRecords,
  selectSettings,
  updateRow,
  wroteOne,
} from './statements.ts';
import type { Database, KyselyModule } from './tables.ts';

/**
 * Statements of PostgreSQL. A change tells its listeners in the same statement: whoever hears of it finds it written,
 * and no crash comes in between.
 *
 * @param tells False where the server has no NOTIFY.
 */
export function postgresStatements({ sql }: KyselyModule, tells: boolean): Statements {
  const told = tells ? sql`pg_notify(${sql.lit(CHANNEL)}, client_key)` : sql`client_key`;
  return {
    toStored: (text) => text,
    async insert(db, row) {
      const rows = await db
        .with('written', (written) =>
          written
            .insertInto('countersign_installation')
            .values(row)
            .onConflict((conflict) => conflict.column('client_key').doNothing())
            .returning('client_key'),
        )
        .selectFrom('written')
        .select(told.as('told'))
        .execute();
      return rows.length === 1;
    },
    async update(db, row) {
      const rows = await db
        .with('written', (written) => updateRow(written as Database, row).returning('client_key'))
        .selectFrom('written')
        .select(told.as('told'))
        .execute();
      return rows.length === 1;
    },
    async remove(db, clientKey) {
      await db
        .with('removed', (removed) =>
          removed
            .deleteFrom('countersign_installation')
            .where('client_key', '=', clientKey)
            .returning('client_key'),
        )
        .selectFrom('removed')
        .select(told.as('told'))
        .execute();
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
            .limit(limit)
            // Several nodes sweep at once.
            .forUpdate()
            .skipLocked(),
        )
        .executeTakeFirst();
      return Number(result.numDeletedRows);
    },
    upsertSetting: upsertSettingByConflict,
    isValue: isSameText,
    listSettings: (db, page) => selectSettings(db, page).limit(page.limit).execute(),
  };
}

/** PostgreSQL and SQLite hold the row between the conflict and the condition: of many callers one gets it. */
export async function claimByUpsert(
  ...[db, id, expires_at, now]: Parameters<Statements['claim']>
): Promise<boolean> {
  const result = await db
    .insertInto('countersign_claim')
    .values({ id, expires_at })
    .onConflict((conflict) =>
      conflict
        .column('id')
        .doUpdateSet({ expires_at })
        .where('countersign_claim.expires_at', '<=', now),
    )
    .executeTakeFirst();
  return wroteOne(result.numInsertedOrUpdatedRows);
}

export async function upsertSettingByConflict(
  ...[db, row]: Parameters<Statements['upsertSetting']>
): Promise<void> {
  await db
    .insertInto('countersign_setting')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['client_key', 'name']).doUpdateSet({ value: row.value }),
    )
    .execute();
}

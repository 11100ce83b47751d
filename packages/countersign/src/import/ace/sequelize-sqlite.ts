import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { StoreError } from '../../errors.ts';
import { type Row, sequelizeRows } from './sequelize-rows.ts';
import type { AceSource, AceSourceOptions } from './source.ts';
import { asking, refuseTable } from './source-failure.ts';

/**
 * The SQLite file of an app on atlassian-connect-express.
 *
 * @param url `sqlite:FILE`, `file:FILE` or the path alone.
 */
export async function sequelizeSqlite(
  url: string,
  { table }: AceSourceOptions,
): Promise<AceSource> {
  const file = fileOf(url);
  const database = await asking(url, () => open(file));
  const all = (sql: string, ...values: (string | number)[]) =>
    asking(url, () => database.prepare(sql).all(...values) as Row[]);
  const hasTable = async (name: string) =>
    (
      await all(
        "SELECT 1 FROM sqlite_schema WHERE type IN ('table', 'view') AND name = ? COLLATE NOCASE",
        name,
      )
    ).length > 0;
  try {
    if (!(await hasTable(table))) {
      const candidates = await all(
        `SELECT s.name AS name FROM sqlite_schema AS s JOIN pragma_table_info(s.name) AS c
         WHERE s.type = 'table' AND c.name IN ('clientKey', 'key', 'val') GROUP BY s.name HAVING count(*) = 3`,
      );
      refuseTable(
        table,
        candidates.map(({ name }) => String(name)),
      );
    }
  } catch (error) {
    database.close();
    throw error;
  }
  return sequelizeRows(
    {
      query: (sql, values) => all(sql, ...values),
      hasTable,
      quote: (name) => `"${name.replaceAll('"', '""')}"`,
      text: (column) => `CAST(${column} AS TEXT)`,
      exact: (column) => `${column} COLLATE BINARY`,
      close: async () => database.close(),
    },
    table,
  );
}

function fileOf(url: string): string {
  if (url.startsWith('file://')) return fileURLToPath(url);
  // Sequelize also takes sqlite://FILE.
  return url.replace(/^(?:file:|sqlite:(?:\/\/)?)/, '');
}

function open(file: string): DatabaseSync {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
    throw new StoreError('STORE_UNAVAILABLE', `There is no file '${file}'.`, {
      hint: 'Give the file that atlassian-connect-express writes: the option storage of its store, seen from this folder.',
    });
  }
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  const database = new DatabaseSync(file, { readOnly: true });
  database.exec('PRAGMA busy_timeout = 10000');
  return database;
}

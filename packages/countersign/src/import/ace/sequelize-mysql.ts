import { optionalPackage } from '../../installations/optional-package.ts';
import { type Row, sequelizeRows } from './sequelize-rows.ts';
import type { AceSource, AceSourceOptions } from './source.ts';
import { asking, refuseTable } from './source-failure.ts';

/** The MySQL or MariaDB database of an app on atlassian-connect-express. */
export async function sequelizeMysql(url: string, { table }: AceSourceOptions): Promise<AceSource> {
  const { createConnection } = await optionalPackage('mysql2', () => import('mysql2/promise'));
  const connection = await asking(url, () =>
    createConnection({
      uri: url.replace(/^mariadb:/, 'mysql:'),
      charset: 'utf8mb4',
      connectTimeout: 10_000,
    }),
  );
  // A connection that is lost between two pages fails the next one.
  connection.on('error', () => undefined);
  const all = (sql: string, values: readonly (string | number)[] = []) =>
    asking(url, async () => {
      const [rows] = await connection.query({ sql, values: [...values], timeout: 60_000 });
      return rows as Row[];
    });
  const hasTable = async (name: string) =>
    (
      await all(
        'SELECT 1 AS found FROM information_schema.tables WHERE table_schema = database() AND table_name = ?',
        [name],
      )
    ).length > 0;
  const close = () => connection.end().catch(() => undefined);
  try {
    if (!(await hasTable(table))) {
      const candidates = await all(
        `SELECT table_name AS name FROM information_schema.columns
         WHERE table_schema = database() AND column_name IN ('clientKey', 'key', 'val')
         GROUP BY table_name HAVING count(*) = 3 ORDER BY 1`,
      );
      refuseTable(
        table,
        candidates.map(({ name }) => String(name)),
      );
    }
  } catch (error) {
    await close();
    throw error;
  }
  return sequelizeRows(
    {
      query: all,
      hasTable,
      quote: (name) => `\`${name.replaceAll('`', '``')}\``,
      // A JSON column would come parsed from MySQL, and as a text from MariaDB.
      text: (column) => `CAST(${column} AS CHAR)`,
      exact: (column) => `CAST(${column} AS BINARY)`,
      close,
    },
    table,
  );
}

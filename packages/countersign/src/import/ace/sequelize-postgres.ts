import { optionalPackage } from '../../installations/optional-package.ts';
import { type Row, sequelizeRows } from './sequelize-rows.ts';
import type { AceSource, AceSourceOptions } from './source.ts';
import { asking, refuseTable } from './source-failure.ts';

/** The PostgreSQL database of an app on atlassian-connect-express. */
export async function sequelizePostgres(
  url: string,
  { table }: AceSourceOptions,
): Promise<AceSource> {
  const { default: pg } = await optionalPackage('pg', () => import('pg'));
  const client = await asking(
    url,
    () =>
      new pg.Client({
        connectionString: url,
        application_name: 'countersign import',
        connectionTimeoutMillis: 10_000,
        query_timeout: 60_000,
        keepAlive: true,
      }),
  );
  // A connection that is lost between two pages fails the next one.
  client.on('error', () => undefined);
  const all = (sql: string, values: readonly (string | number)[] = []) =>
    asking(url, async () => {
      let count = 0;
      const numbered = sql.replace(/\?/g, () => `$${++count}`);
      return (await client.query<Row>(numbered, [...values])).rows;
    });
  const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;
  const hasTable = async (name: string) =>
    (await all('SELECT to_regclass(?)::text AS name', [quote(name)]))[0]?.name !== null;
  const close = () => client.end().catch(() => undefined);
  try {
    await asking(url, () => client.connect());
    if (!(await hasTable(table))) {
      const candidates = await all(
        `SELECT table_name AS name FROM information_schema.columns
         WHERE table_schema = ANY (current_schemas(false)) AND column_name IN ('clientKey', 'key', 'val')
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
      quote,
      text: (column) => `${column}::text`,
      exact: (column) => column,
      close,
    },
    table,
  );
}

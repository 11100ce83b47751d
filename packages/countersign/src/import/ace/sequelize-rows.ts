import { readColumn } from './read-value.ts';
import { type AceSetting, type AceSource, CLIENT_INFO, PAGE_SIZE } from './source.ts';

/** A row, with its columns as texts. */
export type Row = Readonly<Record<string, unknown>>;

/** How one kind of database is asked. */
export interface SqlSource {
  /** `?` stands for a value. */
  query(sql: string, values: readonly (string | number)[]): Promise<readonly Row[]>;
  hasTable(table: string): Promise<boolean>;
  /** A name in the quotes of the database. */
  quote(name: string): string;
  /** An expression for a text of a column, whatever its type is. */
  text(column: string): string;
  /** An expression that compares the texts of a column whole, and case by case. */
  exact(column: string): string;
  close(): Promise<void>;
}

/**
 * The tables that atlassian-connect-express makes by Sequelize: AddonSettings (id, clientKey, key, val), and since it
 * knows Forge InstallationClientKeys (id, installationId, clientKey) and ForgeSettings (id, installationId, key, val).
 *
 * Pages go by id: every table has it, it finds its place without an index of ours, and rows that are added meanwhile
 * come last.
 */
export function sequelizeRows(sql: SqlSource, table: string): AceSource {
  const { quote, text, exact } = sql;

  async function* rows(
    from: string,
    columns: readonly string[],
    where = '',
    values: string[] = [],
  ) {
    if (!(await sql.hasTable(from))) return;
    const names = columns.map((name) => `${text(quote(name))} AS ${quote(name)}`).join(', ');
    for (let after = -1; ; ) {
      const page = await sql.query(
        `SELECT ${quote('id')} AS ${quote('rowId')}, ${names} FROM ${quote(from)}
         WHERE ${quote('id')} > ? ${where} ORDER BY ${quote('id')} LIMIT ${PAGE_SIZE}`,
        [after, ...values],
      );
      if (page.length > 0) yield page;
      if (page.length < PAGE_SIZE) return;
      after = Number(page.at(-1)?.rowId);
    }
  }

  /** The newest id of each pair that has several rows. */
  async function newestOfDoubled(): Promise<Map<string, number>> {
    const pair = [exact(quote('clientKey')), exact(quote('key'))].join(', ');
    const doubled = await sql.query(
      `SELECT max(${text(quote('clientKey'))}) AS ${quote('clientKey')}, max(${text(quote('key'))}) AS ${quote('key')},
              max(${quote('id')}) AS ${quote('newest')}
       FROM ${quote(table)} GROUP BY ${pair} HAVING count(*) > 1`,
      [],
    );
    return new Map(doubled.map((row) => [pairOf(row), Number(row.newest)]));
  }

  async function* addonSettings(where: string): AsyncGenerator<readonly AceSetting[]> {
    const newest = await newestOfDoubled();
    for await (const page of rows(table, ['clientKey', 'key', 'val'], where, [CLIENT_INFO])) {
      yield page.map((row) => ({
        ...settingOf(row, row.clientKey),
        isSuperseded: Number(row.rowId) < (newest.get(pairOf(row)) ?? 0),
      }));
    }
  }

  const count = async (from: string) => {
    if (!(await sql.hasTable(from))) return 0;
    const [row] = await sql.query(`SELECT count(*) AS ${quote('total')} FROM ${quote(from)}`, []);
    return Number(row?.total);
  };

  return {
    installations: () => addonSettings(`AND ${exact(quote('key'))} = ?`),
    settings: () => addonSettings(`AND (${quote('key')} IS NULL OR ${exact(quote('key'))} <> ?)`),
    async *associations() {
      for await (const page of rows('InstallationClientKeys', ['installationId', 'clientKey'])) {
        yield page.map(({ installationId, clientKey }) => ({
          installationId: String(installationId),
          clientKey: String(clientKey),
        }));
      }
    },
    async *forgeSettings() {
      for await (const page of rows('ForgeSettings', ['installationId', 'key', 'val'])) {
        yield page.map((row) => settingOf(row, row.installationId));
      }
    },
    count: async () => (await count(table)) + (await count('ForgeSettings')),
    close: () => sql.close(),
  };
}

function settingOf({ key, val }: Row, clientKey: unknown): AceSetting {
  return { clientKey: textOrNull(clientKey), key: textOrNull(key), value: readColumn(val) };
}

function textOrNull(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}

function pairOf({ clientKey, key }: Row): string {
  return JSON.stringify([clientKey, key]);
}

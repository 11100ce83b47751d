import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { type Dialect, SqliteDialect } from 'kysely';

const sqlite = process.getBuiltinModule('node:sqlite');

/** A dialect of Kysely over `node:sqlite`, in the shape of better-sqlite3 that Kysely's own one wants. */
export function nodeSqliteDialect(file: string): { dialect: Dialect; database: DatabaseSync } {
  const database = new sqlite.DatabaseSync(file);
  // Short, because waiting here would also stop the other connections of this process.
  database.exec('PRAGMA busy_timeout = 20');
  const dialect = new SqliteDialect({
    database: {
      close: () => database.close(),
      prepare(sql) {
        const statement = database.prepare(sql);
        const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[];
        return {
          reader: statement.columns().length > 0,
          all: (parameters) => statement.all(...values(parameters)),
          run: (parameters) => statement.run(...values(parameters)),
          iterate: (parameters) =>
            statement.iterate(...values(parameters)) as IterableIterator<unknown>,
        };
      },
    },
  });
  return { dialect, database };
}

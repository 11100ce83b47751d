import { ConfigError } from '../../errors.ts';
import type { AceSource, AceSourceOptions } from './source.ts';

const READERS: readonly {
  readonly matches: RegExp;
  open(url: string, options: AceSourceOptions): Promise<AceSource>;
}[] = [
  {
    matches: /^postgres(?:ql)?:\/\//,
    open: async (url, options) =>
      (await import('./sequelize-postgres.ts')).sequelizePostgres(url, options),
  },
  {
    matches: /^(?:mysql|mariadb):\/\//,
    open: async (url, options) =>
      (await import('./sequelize-mysql.ts')).sequelizeMysql(url, options),
  },
  { matches: /^rediss?:\/\//, open: async (url) => (await import('./redis.ts')).aceRedis(url) },
  {
    matches: /^mongodb(?:\+srv)?:\/\//,
    open: async (url, options) => (await import('./mongodb.ts')).aceMongodb(url, options),
  },
  {
    matches: /^(?:sqlite|file):|^[^:]+\.(?:db|sqlite3?)$/i,
    open: async (url, options) =>
      (await import('./sequelize-sqlite.ts')).sequelizeSqlite(url, options),
  },
];

/**
 * Opens a store of atlassian-connect-express to read it; nothing is ever written to it. The driver of its database
 * is a package that the app has installed already: pg, mysql2, ioredis or mongodb; SQLite needs none.
 *
 * @param url `postgres://`, `mysql://`, `mariadb://`, `redis://`, `rediss://`, `mongodb://`, `mongodb+srv://`,
 *   `sqlite:FILE`, `file:FILE`, or a path that ends in .db or .sqlite.
 * @throws ConfigError CONFIG_OPTION_INVALID, CONFIG_PACKAGE_MISSING; StoreError STORE_UNAVAILABLE.
 */
export async function openAceSource(
  url: string,
  { table = 'AddonSettings' }: Partial<AceSourceOptions> = {},
): Promise<AceSource> {
  const reader = READERS.find(({ matches }) => matches.test(url));
  if (reader !== undefined) return reader.open(url, { table });
  // The URL is not repeated: it may hold a password.
  throw new ConfigError(
    'CONFIG_OPTION_INVALID',
    'This is no URL of a store that atlassian-connect-express can have.',
    {
      hint: 'Known: postgres://, mysql://, mariadb://, redis://, rediss://, mongodb://, mongodb+srv://, sqlite:FILE, file:FILE, and a path that ends in .db or .sqlite.',
    },
  );
}

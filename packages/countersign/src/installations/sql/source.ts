import { fileURLToPath } from 'node:url';
import { ConfigError } from '../../errors.ts';
import type { SqlFamily } from './family.ts';
import { refuseForeignTls } from './mysql-pool.ts';

/** What a URL names. */
export type Source =
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'server'; readonly family: SqlFamily; readonly url: string };

const SERVERS: Readonly<Record<string, SqlFamily>> = {
  postgres: 'postgres',
  postgresql: 'postgres',
  mysql: 'mysql',
  mariadb: 'mysql',
};
const KNOWN = 'postgres://, mysql://, mariadb://, sqlite: and file:';

/**
 * Takes a URL apart. No error repeats it: it may hold a password.
 *
 * @throws ConfigError CONFIG_OPTION_INVALID
 */
export function parseSource(text: string): Source {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*):(.*)$/is.exec(text) ?? [];
  switch (scheme.toLowerCase()) {
    case 'sqlite':
      return file(rest.replace(/^\/\//, ''));
    case 'file':
      return file(rest.startsWith('//') ? pathOf(text) : rest);
    default: {
      const family = SERVERS[scheme.toLowerCase()];
      if (family === undefined) {
        throw new ConfigError('CONFIG_OPTION_INVALID', 'This is no URL of a known SQL database.', {
          hint: `It begins with ${KNOWN}.`,
        });
      }
      return server(family, text);
    }
  }
}

/** @throws ConfigError CONFIG_OPTION_INVALID */
export function refuseUnlessPostgresUrl(text: string): void {
  const source = parseSource(text);
  if (source.kind === 'server' && source.family === 'postgres') return;
  throw new ConfigError('CONFIG_OPTION_INVALID', 'notifications is not the URL of a PostgreSQL.', {
    hint: 'Give the URL of the same database, postgres://…, without a transaction pooler in between.',
  });
}

function server(family: SqlFamily, text: string): Source {
  // pg also takes a host that URL does not: postgres://user@/database?host=/var/run/postgresql
  const url = URL.parse(text) ?? URL.parse(text.replace('@/', '@host/'));
  if (url === null) {
    throw new ConfigError('CONFIG_OPTION_INVALID', 'The URL of the database cannot be read.', {
      hint: 'Characters such as @ : / # ? % in a user name or a password are written in percent-encoding: encodeURIComponent(password).',
    });
  }
  if (family === 'mysql') refuseForeignTls(url);
  return { kind: 'server', family, url: text };
}

function file(path: string): Source {
  if (path !== '') return { kind: 'file', file: path };
  throw new ConfigError('CONFIG_OPTION_INVALID', 'The URL names no SQLite file.', {
    hint: 'Give a path: sqlite:./installations.db.',
  });
}

function pathOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    throw new ConfigError('CONFIG_OPTION_INVALID', 'The URL of the SQLite file cannot be read.', {
      hint: 'Write file:./installations.db, or file:///folder/installations.db.',
    });
  }
}

import { ConfigError } from '../../errors.ts';

/** What is needed of a connection of a pool of the package `pg`. */
export interface PostgresClient {
  query(text: string, values?: unknown[]): Promise<unknown>;
  /** With true the connection is thrown away. */
  release(destroy?: boolean): void;
  on(event: 'error', listener: (error: Error) => void): unknown;
  off(event: 'error', listener: (error: Error) => void): unknown;
}

/** What is needed of a pool of the package `pg`: `new pg.Pool(…)` is one. */
export interface PostgresPool {
  connect(): Promise<PostgresClient>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  off(event: 'error', listener: (error: Error) => void): unknown;
}

/**
 * Refuses what is neither the URL of a PostgreSQL nor a pool. The error does not repeat the URL: it may hold a password.
 *
 * @throws ConfigError CONFIG_OPTION_MISSING, CONFIG_OPTION_INVALID.
 */
export function checkSource(source: unknown): void {
  if (source === undefined || source === null || source === '') {
    throw new ConfigError('CONFIG_OPTION_MISSING', 'pgBossQueue needs the URL of a PostgreSQL.', {
      hint: 'Give postgres://…, or a Pool of the package pg. If it comes from the environment, the variable is not set.',
    });
  }
  if (typeof source !== 'string') {
    if (typeof (source as Partial<PostgresPool>).connect === 'function') return;
    throw new ConfigError(
      'CONFIG_OPTION_INVALID',
      'pgBossQueue takes a URL, or a Pool of the package pg.',
    );
  }
  // pg also takes a host that URL does not: postgres://user@/database?host=/var/run/postgresql
  const url = URL.parse(source) ?? URL.parse(source.replace('@/', '@host/'));
  if (url !== null && /^postgres(ql)?:$/.test(url.protocol)) return;
  throw new ConfigError('CONFIG_OPTION_INVALID', 'pgBossQueue was given no URL of a PostgreSQL.', {
    hint: 'It begins with postgres://. Characters such as @ : / # ? % in a user name or a password are written in percent-encoding: encodeURIComponent(password).',
  });
}

import type { MysqlPool, MysqlPoolConnection } from 'kysely';
import type { PoolConnection } from 'mysql2';
import { ConfigError } from '../../errors.ts';
import { optionalPackage } from '../optional-package.ts';
import { timeoutError } from './deadline.ts';
import { isReadOnly } from './driver-errors.ts';
import type { PoolOptions } from './postgres-pool.ts';

const loadMysql = () => optionalPackage('mysql2', () => import('mysql2'), 'kysely mysql2');

/**
 * mysql2 ignores the names that other clients have for this, and would connect without TLS.
 *
 * @throws ConfigError CONFIG_OPTION_INVALID
 */
export function refuseForeignTls(url: URL): void {
  for (const name of url.searchParams.keys()) {
    if (!/^(ssl-?mode|use-?ssl|require-?ssl|tls|sslaccept|ssl-ca)$/i.test(name)) continue;
    throw new ConfigError(
      'CONFIG_OPTION_INVALID',
      `mysql2 does not know the parameter '${name}' of the URL.`,
      { hint: 'For TLS, add ?ssl={"rejectUnauthorized":true} to the URL.' },
    );
  }
}

/** A pool whose connections are thrown away when a statement is not answered in time. mysql2 would put them back. */
export async function mysqlPool(
  url: string,
  { poolSize, timeoutMs, silence }: PoolOptions,
): Promise<MysqlPool> {
  const { default: mysql } = await loadMysql();
  const pool = mysql.createPool({
    uri: url,
    connectionLimit: poolSize,
    // Idle connections are kept: the server ends those that it no longer wants.
    maxIdle: poolSize,
    connectTimeout: timeoutMs,
    enableKeepAlive: true,
    keepAliveInitialDelay: 10_000,
    charset: 'UTF8MB4_UNICODE_CI',
    connectAttributes: { program_name: 'countersign' },
  });
  pool.on('connection', (connection) => {
    // mysql2 listens to the first error of a connection alone; a second one would end the process.
    connection.on('error', () => undefined);
    silence.answered(connection);
  });

  const bounded = (connection: PoolConnection): MysqlPoolConnection => {
    const query = (sql: string, parameters: unknown[], done?: QueryDone) => {
      let isOver = false;
      const timer = setTimeout(() => {
        isOver = true;
        connection.destroy();
        done?.(timeoutError(timeoutMs), []);
      }, timeoutMs);
      connection.query(sql, parameters, (error, result) => {
        clearTimeout(timer);
        if (isOver) return;
        // An error of the server is an answer too; one of the connection ends it anyway.
        silence.answered(connection);
        if (isReadOnly(error)) connection.destroy();
        done?.(error, result as never);
      });
      return { stream: () => neverStreamed() };
    };
    return {
      config: connection.config,
      threadId: connection.threadId,
      connect: (done) => connection.connect(done as never),
      destroy: () => connection.destroy(),
      release: () => connection.release(),
      query,
    };
  };

  return {
    getConnection(callback) {
      const next = () =>
        pool.getConnection((error, connection) => {
          if (error) return callback(error, undefined as never);
          if (!silence.isSuspect(connection)) return callback(null, bounded(connection));
          connection.destroy();
          next();
        });
      next();
    },
    end: (callback) => pool.end(callback),
  };
}

type QueryDone = Parameters<MysqlPoolConnection['query']>[2];

function neverStreamed(): never {
  throw new Error('Statements of the store are not streamed.');
}

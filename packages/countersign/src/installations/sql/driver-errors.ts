/** What drivers say of an error: pg gives an SQLSTATE, mysql2 and tedious a number, SQLite drivers a code of theirs. */
interface DriverError {
  code?: unknown;
  /** mysql2 */
  errno?: unknown;
  /** tedious */
  number?: unknown;
  /** node:sqlite */
  errcode?: unknown;
}

const MYSQL_DUPLICATE = 1062;
const MSSQL_DUPLICATES = [2601, 2627];

/** True where an INSERT met a row of the same key. */
export function isDuplicate(error: unknown): boolean {
  const { errno, number } = (error ?? {}) as DriverError;
  return errno === MYSQL_DUPLICATE || MSSQL_DUPLICATES.includes(number as number);
}

/** PostgreSQL: read_only_sql_transaction. */
const POSTGRES_READ_ONLY = '25006';
/** MySQL and MariaDB: an option (read_only), a transaction or a mode forbids it. */
const MYSQL_READ_ONLY = [1290, 1792, 1836];

/**
 * True where the server takes no writes: after a failover, connections that were kept still lead to the server that
 * was the primary one before.
 */
export function isReadOnly(error: unknown): boolean {
  const { code, errno } = (error ?? {}) as DriverError;
  return code === POSTGRES_READ_ONLY || MYSQL_READ_ONLY.includes(errno as number);
}

/** PostgreSQL: serialization failure, deadlock. */
const POSTGRES_TRANSIENT = ['40001', '40P01'];
/** MySQL and MariaDB: deadlock, lock wait timeout. SQL Server's deadlock has the second one's number. */
const MYSQL_TRANSIENT = [1213, 1205];
const SQLITE_BUSY = 5;

/** True where the statement was undone for the sake of another one, and is good when it is sent again. */
export function isTransient(error: unknown): boolean {
  const { code, errno, number, errcode } = (error ?? {}) as DriverError;
  return (
    POSTGRES_TRANSIENT.includes(code as string) ||
    MYSQL_TRANSIENT.includes((errno ?? number) as number) ||
    (typeof errcode === 'number' && (errcode & 0xff) === SQLITE_BUSY) ||
    (typeof code === 'string' && code.startsWith('SQLITE_BUSY'))
  );
}

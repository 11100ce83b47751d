import type { Dialect } from 'kysely';
import { ConfigError } from '../../errors.ts';

/** Databases that speak the same SQL, as far as it is used here. `mysql` is MariaDB too. */
export type SqlFamily = 'postgres' | 'mysql' | 'sqlite' | 'mssql';

export const FAMILIES: readonly SqlFamily[] = ['postgres', 'mysql', 'sqlite', 'mssql'];

/**
 * The family of a dialect, told by its adapter: those of other packages extend one of Kysely's four.
 *
 * @throws ConfigError CONFIG_OPTION_INVALID
 */
export function familyOf(dialect: Dialect): SqlFamily {
  // By name, not by instanceof: the dialect may come from another copy of Kysely than ours.
  for (let type = Object.getPrototypeOf(dialect.createAdapter()); type !== null; ) {
    const name = String(type.constructor?.name).toLowerCase();
    const family = FAMILIES.find((known) => name === `${known}adapter`);
    if (family !== undefined) return family;
    type = Object.getPrototypeOf(type);
  }
  throw new ConfigError('CONFIG_OPTION_INVALID', 'The family of this dialect is not known.', {
    hint: `Give the option family: ${FAMILIES.join(', ')}.`,
  });
}

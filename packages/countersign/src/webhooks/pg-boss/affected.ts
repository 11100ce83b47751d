import type { CommandResponse } from 'pg-boss';

/** How many jobs a call changed: documented of pg-boss, and left out of its types. */
export function affected(response: CommandResponse): number {
  return (response as { affected: number }).affected;
}

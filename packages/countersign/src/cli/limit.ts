import type { Arguments } from './arguments.ts';
import type { CommandOption } from './command.ts';
import { badUsage } from './failures.ts';

/** How many a list prints. */
export const LIMIT_OPTION: CommandOption = {
  value: 'N',
  text: 'Print so many at most. Default: all.',
};

/** @throws CommandFailure when --limit is no number of things. */
export function readLimit(given: Arguments): number {
  const text = given.text('limit');
  if (text === undefined) return Number.POSITIVE_INFINITY;
  const limit = Number(text);
  if (Number.isInteger(limit) && limit > 0) return limit;
  throw badUsage('--limit must be a whole number from 1.');
}

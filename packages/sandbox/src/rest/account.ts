import type { Context } from 'hono';
import type { RestEnv } from './caller.ts';
import { RestError } from './errors.ts';

/** The account of a caller who has one. Many resources answer nobody else. */
export function requireAccount(c: Context<RestEnv>): string {
  const { accountId } = c.var.caller;
  if (accountId === undefined) {
    throw new RestError(401, 'Client must be authenticated to access this resource.');
  }
  return accountId;
}

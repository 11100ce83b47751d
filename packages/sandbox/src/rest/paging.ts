import type { Context } from 'hono';
import type { RestEnv } from './caller.ts';
import { failure } from './errors.ts';

const maximumPageSize = 100;

/** The parameters startAt and maxResults. A page that is too large is cut, as Jira does. */
export function readPage(
  c: Context<RestEnv>,
  defaultSize: number,
): { startAt: number; maxResults: number } {
  const startAt = readCount(c.req.query('startAt'), 'startAt', 0);
  const maxResults = readCount(c.req.query('maxResults'), 'maxResults', defaultSize);
  return { startAt, maxResults: Math.min(maxResults, maximumPageSize) };
}

export function readCount(value: unknown, name: string, fallback: number): number {
  if (value === undefined || value === null) return fallback;
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0) {
    throw failure(400, `The value of '${name}' must be a whole number, 0 or more.`);
  }
  return number;
}

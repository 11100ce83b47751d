import { randomBytes } from 'node:crypto';

/** What a proxy gives; anything else might be an attempt to write lines of its own into the log. */
const REQUEST_ID = /^[\w.:/=+-]{1,128}$/;

/** The `x-request-id` of a request, or one of its own. */
export function requestIdOf(headers: { get(name: string): string | null }): string {
  const given = headers.get('x-request-id');
  return given !== null && REQUEST_ID.test(given) ? given : randomBytes(8).toString('hex');
}

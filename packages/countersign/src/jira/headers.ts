import { VERSION } from '../version.ts';
import type { Authorization, JiraCredentials } from './credentials.ts';

/** What belongs to the connection, or would lead the call to another host. */
const NOT_THE_CALLERS: ReadonlySet<string> = new Set([
  'connection',
  'host',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

/**
 * A header of the caller's, in any case, takes the place of a default. The credentials go last: nothing may take their
 * place.
 */
export function sentHeaders(
  headers: RequestInit['headers'] | undefined,
  credentials: JiraCredentials,
  { header }: Authorization,
): Record<string, string> {
  const sent: Record<string, string> = {
    accept: 'application/json',
    'user-agent': `countersign/${VERSION}${'appKey' in credentials ? ` (${credentials.appKey})` : ''}`,
  };
  if (headers !== undefined) {
    for (const [name, value] of entriesOf(headers)) {
      const lower = name.toLowerCase();
      if (value !== undefined && !NOT_THE_CALLERS.has(lower)) sent[lower] = String(value);
    }
  }
  if (header === undefined) delete sent.authorization;
  else sent.authorization = header;
  return sent;
}

function entriesOf(headers: NonNullable<RequestInit['headers']>): Iterable<[string, unknown]> {
  if (headers instanceof Headers) return headers;
  return Array.isArray(headers) ? (headers as [string, string][]) : Object.entries(headers);
}

import { isCountersignError } from './errors.ts';

const WORDS: Readonly<Record<number, string>> = {
  400: 'bad_request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'payload_too_large',
  500: 'internal_error',
  502: 'bad_gateway',
  503: 'unavailable',
};

/** An answer of the app that says no more than its status: why is for the log, not for the caller. */
export function plainReply(status: number, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify({ error: WORDS[status] ?? 'error' }), {
    status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      ...headers,
    },
  });
}

/** The status that an error ends a request with. An unknown installation looks like a bad signature. */
export function replyToError(
  error: unknown,
  appKey: string,
  scheme: 'JWT' | 'Bearer' = 'JWT',
): Response {
  const status = isCountersignError(error) ? error.httpStatus : 500;
  if (status === 401) return plainReply(401, { 'www-authenticate': `${scheme} realm="${appKey}"` });
  // The rest of the body is not read, so the next request on this connection would wait behind it for ever.
  return plainReply(status, status === 413 ? { connection: 'close' } : {});
}

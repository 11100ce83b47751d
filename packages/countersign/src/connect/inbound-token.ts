import { TokenError } from '../errors.ts';

/** The parts of a request that authentication reads. A Web `Request` is one. */
export interface InboundRequest {
  readonly method: string;
  /** The URL that the caller called, or its path and query. Behind a proxy: before the proxy changed it. */
  readonly url: string;
  readonly headers: { get(name: string): string | null };
}

/**
 * Finds the token of a request: in `Authorization: JWT <token>`, or in the `jwt` query parameter, as Jira sends it to
 * pages.
 *
 * @throws TokenError TOKEN_MISSING, TOKEN_SCHEME_UNEXPECTED, TOKEN_AMBIGUOUS.
 */
export function inboundToken(request: InboundRequest): string {
  const header = request.headers.get('authorization');
  const parameter = jwtParameter(request.url);
  if (header === null || header === '') {
    if (parameter !== undefined) return parameter;
    throw new TokenError('TOKEN_MISSING', 'The request carries no token.');
  }
  const space = header.indexOf(' ');
  const scheme = space === -1 ? header : header.slice(0, space);
  if (scheme.toUpperCase() !== 'JWT') {
    // A page may be opened by a browser that adds credentials of its own, so the parameter still counts.
    if (parameter !== undefined) return parameter;
    throw new TokenError(
      'TOKEN_SCHEME_UNEXPECTED',
      `The Authorization header is of another scheme than JWT${/^[A-Za-z]{1,20}$/.test(scheme) ? ` (${scheme})` : ''}.`,
    );
  }
  const token = header.slice(space + 1).trim();
  if (parameter !== undefined && parameter !== token) {
    throw new TokenError('TOKEN_AMBIGUOUS', 'The request carries two different tokens.');
  }
  return token;
}

/** The first `jwt` parameter. A token holds nothing that a URL would have to escape. */
function jwtParameter(url: string): string | undefined {
  const question = url.indexOf('?');
  if (question === -1) return undefined;
  let start = question + 1;
  while (!url.startsWith('jwt=', start)) {
    start = url.indexOf('&', start) + 1;
    if (start === 0) return undefined;
  }
  const end = url.slice(start).search(/[&#]/);
  return end === -1 ? url.slice(start + 4) : url.slice(start + 4, start + end);
}

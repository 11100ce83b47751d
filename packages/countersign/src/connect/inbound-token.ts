import { TokenError } from '../errors.ts';

/** The parts of a request that authentication reads. A Web `Request` is one. */
export interface InboundRequest {
  readonly method: string;
  /** The URL that the caller called, or its path and query. Behind a proxy: before the proxy changed it. */
  readonly url: string;
  readonly headers: { get(name: string): string | null };
  /**
   * The fields of an `application/x-www-form-urlencoded` body, where somebody has read it. A field that is there more
   * than once is given with commas between its values. Default: none; the body of a Web `Request` is then read where
   * its token can be nowhere else.
   */
  readonly form?: InboundForm | undefined;
}

/** The fields of a form. */
export interface InboundForm {
  get(name: string): string | null;
}

/**
 * Finds the token of a request: in `Authorization: JWT <token>`, in the `jwt` query parameter, as Jira sends it to
 * pages, or in the field `jwt` of a form. The same token may stand in two of these places, and in each of them once.
 *
 * @throws TokenError TOKEN_MISSING, TOKEN_SCHEME_UNEXPECTED, TOKEN_AMBIGUOUS.
 */
export function inboundToken(request: InboundRequest): string {
  const header = request.headers.get('authorization');
  const parameter = onlyOne(jwtParameter(request.url), jwtField(request.form));
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
  onlyOne(parameter, token);
  return token;
}

function onlyOne(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined || one === other) return one ?? other;
  throw new TokenError('TOKEN_AMBIGUOUS', 'The request carries two different tokens.');
}

/**
 * The `jwt` parameter. A token holds nothing that a URL would have to escape, so no escaped name is one; but whoever
 * reads the query after us may take it for one, and so it may not stand beside a token.
 */
function jwtParameter(url: string): string | undefined {
  const question = url.indexOf('?');
  if (question === -1) return undefined;
  const fragment = url.indexOf('#');
  const end = fragment === -1 ? url.length : fragment;
  let token: string | undefined;
  let count = 0;
  for (let start = question + 1; start <= end; ) {
    const ampersand = url.indexOf('&', start);
    const next = ampersand === -1 || ampersand > end ? end : ampersand;
    if (url.startsWith('jwt=', start)) {
      token = url.slice(start + 4, next);
      count++;
    } else if (isJwtOtherwise(url, start, next)) {
      count++;
    }
    start = next + 1;
  }
  if (token === undefined || count === 1) return token;
  throw new TokenError('TOKEN_AMBIGUOUS', 'The query has the parameter jwt more than once.');
}

/** The name jwt without a value, or with escapes. */
function isJwtOtherwise(url: string, start: number, end: number): boolean {
  const first = url.charCodeAt(start);
  // Most names begin with neither j nor %.
  if (first !== 0x6a && first !== 0x25) return false;
  const name = url.slice(start, end).split('=', 1)[0] as string;
  return name === 'jwt' || (name.length <= 9 && /^(?:j|%6a)(?:w|%77)(?:t|%74)$/i.test(name));
}

/** Of a form, which a framework may have made of any body: what is no text is no token. */
function jwtField(form: InboundForm | undefined): string | undefined {
  const value: unknown = form?.get('jwt');
  if (typeof value !== 'string') return undefined;
  if (!value.includes(',')) return value;
  throw new TokenError('TOKEN_AMBIGUOUS', 'The form has the field jwt more than once.');
}

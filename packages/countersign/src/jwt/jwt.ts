/**
 * Tokens between an app and a Jira Cloud site, in one file to read: the canonical request, its hash (qsh), and the
 * HS256 token that carries it.
 *
 * Sources: {@link https://developer.atlassian.com/cloud/jira/software/understanding-jwt/ | Understanding JWT},
 * {@link https://developer.atlassian.com/cloud/bitbucket/query-string-hash/ | Query string hash}, RFC 7515, RFC 7519.
 * Where Atlassian's own sources disagree, docs/qsh.md says which one is followed and why.
 */
import { hash, timingSafeEqual } from 'node:crypto';
import { createRequire } from 'node:module';
import { refuseUnknownOptions, TokenError, type TokenErrorCode } from '../errors.ts';

import type { ExplainInput, Explanation } from './explain/explanation.ts';

export type {
  Check,
  Confidence,
  ExplainInput,
  Explanation,
  Verdict,
} from './explain/explanation.ts';

/** The qsh of a context token: a fixed text instead of a hash, so the token is bound to no URL. */
const CONTEXT_QSH = 'context-qsh';

const DEFAULT_LIFETIME_SECONDS = 180;
const MAX_LIFETIME_SECONDS = 3600;
const DEFAULT_CLOCK_TOLERANCE_SECONDS = 30;
/** Node refuses headers above 16 KiB, so no honest token is longer. */
const MAX_TOKEN_LENGTH = 16_384;

// ---------------------------------------------------------------------------------------------------------------------
// The canonical request
// ---------------------------------------------------------------------------------------------------------------------

/** The request that a token is made for, or that came with it. */
export interface RequestTarget {
  /** The HTTP method, in any case. */
  method: string;
  /**
   * The URL as it is sent: a full URL, or its path and query. Both give the same hash. Host, port and fragment do not
   * count. Characters that no URL may hold (such as spaces) are taken as a client would encode them; other letters
   * outside ASCII in the path must be percent-encoded as they are sent (a `URL` object does that).
   */
  url: string | URL;
  /**
   * The URL of the product (for calls to Jira: the site's `baseUrl`) or of the app (for calls from Jira: the app's
   * `baseUrl`). Only its path counts: `https://site.atlassian.net/wiki` cuts `/wiki` off the path of `url`.
   * Default: nothing is cut.
   */
  baseUrl?: string | URL;
}

/**
 * The text that is hashed into the claim `qsh`: `METHOD&path&query`.
 *
 * @example canonicalRequest({ method: 'get', url: '/rest/api/3/search/jql?jql=a%20b&fields=x&fields=y' })
 *   // 'GET&/rest/api/3/search/jql&fields=x,y&jql=a%20b'
 * @throws TokenError TOKEN_OPTION_INVALID when an argument has the wrong type.
 * @see https://developer.atlassian.com/cloud/bitbucket/query-string-hash/
 */
export function canonicalRequest(target: RequestTarget): string {
  checkOptionsObject('canonicalRequest', target);
  refuseUnknownOptions('canonicalRequest', target, TARGET_OPTIONS);
  return canonicalize(target);
}

/**
 * The query string hash: SHA-256 of the canonical request, in lower-case hex.
 *
 * @throws TokenError TOKEN_OPTION_INVALID when an argument has the wrong type.
 */
export function queryStringHash(target: RequestTarget): string {
  return hash('sha256', canonicalRequest(target), 'hex');
}

const TARGET_OPTIONS: ReadonlySet<string> = new Set(['method', 'url', 'baseUrl']);

/** How the other side may have read the same URL; see docs/qsh.md. */
interface Reading {
  path: 'raw' | 'decoded';
  nameOrder: 'encoded' | 'raw';
}
const OUR_READING: Reading = { path: 'raw', nameOrder: 'encoded' };

function canonicalize(target: RequestTarget, reading: Reading = OUR_READING): string {
  const method = methodOf(target.method);
  const url = textOf('url', target.url);
  const [path, query] = splitUrl(url);
  const base = target.baseUrl === undefined ? '' : splitUrl(textOf('baseUrl', target.baseUrl))[0];
  return `${method}&${canonicalPath(path, base, reading)}&${canonicalQuery(query, reading)}`;
}

function methodOf(method: string): string {
  if (typeof method !== 'string' || method === '') {
    throw optionError('method', method, 'the HTTP method as text, such as GET');
  }
  return method.toUpperCase();
}

function textOf(option: string, url: string | URL): string {
  if (typeof url === 'string') return url;
  if (url instanceof URL) return url.href;
  throw optionError(option, url, 'a URL or a path, as text');
}

/** Splits off scheme, host and fragment without normalising anything: the hash covers the URL as it was sent. */
function splitUrl(url: string): [path: string, query: string] {
  const fragment = url.indexOf('#');
  const end = fragment === -1 ? url.length : fragment;
  const question = url.indexOf('?');
  const pathEnd = question === -1 || question > end ? end : question;
  let pathStart = 0;
  if (!url.startsWith('/') && /^[a-z][a-z0-9+.-]*:\/\//i.test(url)) {
    const slash = url.indexOf('/', url.indexOf('://') + 3);
    pathStart = slash === -1 || slash > pathEnd ? pathEnd : slash;
  }
  return [url.slice(pathStart, pathEnd), url.slice(pathEnd + 1, end)];
}

function canonicalPath(rawPath: string, rawBase: string, reading: Reading): string {
  const base = rawBase.endsWith('/') ? rawBase.slice(0, -1) : rawBase;
  let path = rawPath;
  // Whole segments only: /jira is no base of /jiraffe.
  if (
    base !== '' &&
    path.startsWith(base) &&
    (path.length === base.length || path[base.length] === '/')
  ) {
    path = path.slice(base.length);
  }
  if (reading.path === 'decoded') path = percentDecode(path);
  else if (/[\0- "<>^`{}\x7f]/.test(path)) {
    path = path.replace(/[\0- "<>^`{}\x7f]/g, encodeURIComponent);
  }
  if (!path.startsWith('/')) path = `/${path}`;
  if (path.length > 1 && path.endsWith('/')) path = path.slice(0, -1);
  // The separator of the canonical request itself must not appear in a path.
  return path.includes('&') ? path.replaceAll('&', '%26') : path;
}

interface Parameter {
  /** Percent-encoded by RFC 3986, like the value. */
  name: string;
  value: string;
  /** What names sort by. */
  nameKey: string;
  /** The value as it stands in the URL. */
  source: string;
}

function canonicalQuery(query: string, reading: Reading): string {
  if (query === '') return '';
  // Most queries hold nothing to decode or encode; then no parameter is looked at again.
  const plain = /^[\w.~&=-]*$/.test(query);
  const parameters: Parameter[] = [];
  for (let start = 0; start < query.length; ) {
    const ampersand = query.indexOf('&', start);
    const end = ampersand === -1 ? query.length : ampersand;
    const equals = query.indexOf('=', start);
    const nameEnd = equals === -1 || equals > end ? end : equals;
    // The token itself is no part of what it signs.
    if (end > start && !query.startsWith('jwt=', start)) {
      const name = query.slice(start, nameEnd);
      const source = query.slice(nameEnd + 1, end);
      parameters.push(
        plain && !source.includes('=')
          ? { name, value: source, nameKey: name, source }
          : parameter(name, source, reading),
      );
    }
    start = end + 1;
  }
  if (parameters.length > 1) parameters.sort(byNameThenValue);
  let text = '';
  let previousName: string | undefined;
  for (const { name, value } of parameters) {
    // Spelt in another way: without a value, or with escapes.
    if (name === 'jwt') continue;
    if (name === previousName) text += `,${value}`;
    else text += text === '' ? `${name}=${value}` : `&${name}=${value}`;
    previousName = name;
  }
  return text;
}

function parameter(nameSource: string, source: string, reading: Reading): Parameter {
  const name = reencode(nameSource);
  const nameKey = reading.nameOrder === 'encoded' ? name : queryDecode(nameSource);
  return { name, value: reencode(source), nameKey, source };
}

/** Names sort by their encoded form, repeated values by their raw form: Jira itself does it so (docs/qsh.md). */
function byNameThenValue(a: Parameter, b: Parameter): number {
  if (a.nameKey < b.nameKey) return -1;
  if (a.nameKey > b.nameKey) return 1;
  const aValue = queryDecode(a.source);
  const bValue = queryDecode(b.source);
  return aValue < bValue ? -1 : aValue > bValue ? 1 : 0;
}

/** From any spelling in a URL to the one of RFC 3986. */
function reencode(source: string): string {
  return /^[\w.~-]*$/.test(source) ? source : encodeRfc3986(queryDecode(source));
}

function queryDecode(source: string): string {
  return percentDecode(source.includes('+') ? source.replaceAll('+', ' ') : source);
}

/** Decodes what can be decoded; a `%` that starts no escape stays, bytes that are no UTF-8 become U+FFFD. */
function percentDecode(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) =>
      Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8'),
    );
  }
}

/** RFC 3986: everything but `A-Z a-z 0-9 - . _ ~` is escaped, in upper-case hex. */
function encodeRfc3986(text: string): string {
  const encoded = encodeURIComponent(text.toWellFormed());
  return /[!'()*]/.test(encoded)
    ? encoded.replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)
    : encoded;
}

// ---------------------------------------------------------------------------------------------------------------------
// The signature
// ---------------------------------------------------------------------------------------------------------------------

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
/** A SHA-256 in base64url. */
const SIGNATURE_LENGTH = 43;

// Scratch space: nothing here is asynchronous, and a call that allocates no buffer is done in half the time.
const scratch = Buffer.alloc(BLOCK_BYTES + 3 * MAX_TOKEN_LENGTH);
const outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES);
/** The first block of each, four bytes at a time. */
const innerWords = new Uint32Array(scratch.buffer, scratch.byteOffset, BLOCK_BYTES / 4);
const outerWords = new Uint32Array(outer.buffer, outer.byteOffset, BLOCK_BYTES / 4);
const expectedBytes = Buffer.alloc(SIGNATURE_LENGTH);
const actualBytes = Buffer.alloc(SIGNATURE_LENGTH);

/**
 * HMAC-SHA-256 of a text in UTF-8, base64url-encoded, by its definition (RFC 2104) over two one-shot hashes: half the
 * time of `createHmac`, which sets up a stream for each call. A test compares both.
 */
function hmacSha256(secret: string, text: string): string {
  let keyBytes = scratch.write(secret);
  if (keyBytes > BLOCK_BYTES) keyBytes = scratch.write(hash('sha256', secret, 'hex'), 'hex');
  scratch.fill(0, keyBytes, BLOCK_BYTES);
  for (let index = 0; index < innerWords.length; index++) {
    const word = innerWords[index] as number;
    innerWords[index] = word ^ 0x36363636;
    outerWords[index] = word ^ 0x5c5c5c5c;
  }
  const end = BLOCK_BYTES + scratch.write(text, BLOCK_BYTES);
  outer.write(hash('sha256', scratch.subarray(0, end), 'binary'), BLOCK_BYTES, 'latin1');
  return hash('sha256', outer, 'base64url');
}

function isSignature(expected: string, actual: string): boolean {
  if (actual.length !== SIGNATURE_LENGTH) return false;
  expectedBytes.write(expected, 'latin1');
  // A character of more than one byte makes the write stop short, and can match nothing.
  return (
    actualBytes.write(actual) === SIGNATURE_LENGTH && timingSafeEqual(expectedBytes, actualBytes)
  );
}

function base64urlEncode(text: string): string {
  return scratch.toString('base64url', 0, scratch.write(text));
}

/**
 * Undefined for what is no base64url. Node's decoder skips foreign characters, which shows in the length; it takes
 * the two of plain base64, and folds letters outside ASCII into it.
 */
function base64urlDecode(text: string): string | undefined {
  const bytes = scratch.write(text, 'base64url');
  const isWhole = text.length % 4 !== 1 && bytes === Math.floor((text.length * 3) / 4);
  const isPlain = text.includes('+') || text.includes('/');
  if (!isWhole || isPlain || Buffer.byteLength(text) !== text.length) return undefined;
  return scratch.toString('utf8', 0, bytes);
}

// ---------------------------------------------------------------------------------------------------------------------
// Making a token
// ---------------------------------------------------------------------------------------------------------------------

/** What {@link createToken} needs. */
export interface CreateTokenOptions extends RequestTarget {
  /** The claim `iss`. For a call to Jira: the app key, which is the `key` of the descriptor; not the clientKey. */
  issuer: string;
  /** The sharedSecret of the installation, as the text that the installed callback brought. */
  sharedSecret: string;
  /** The claim `sub`. Jira ignores it for impersonation. Default: none. */
  subject?: string;
  /** The claim `aud`. Default: none; Jira does not demand it. */
  audience?: string | readonly string[];
  /** How long the token is good for, in seconds: 1 to 3600. Default: 180. */
  expiresInSeconds?: number;
  /** The claim `context`. Default: none. */
  context?: Record<string, unknown>;
  /** The clock, in milliseconds. Default: `Date.now`. */
  now?: () => number;
}

const CREATE_OPTIONS: ReadonlySet<string> = new Set([
  ...TARGET_OPTIONS,
  'issuer',
  'sharedSecret',
  'subject',
  'audience',
  'expiresInSeconds',
  'context',
  'now',
]);

/** `{"typ":"JWT","alg":"HS256"}`, which is also what Jira sends. */
const HS256_HEADER = 'eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9';

/**
 * Makes the token for one request: HS256, with the claims iss, iat, exp and qsh.
 *
 * Send it as `Authorization: JWT <token>` with exactly the method and URL given here.
 *
 * @throws TokenError TOKEN_OPTION_INVALID, TOKEN_LIFETIME_INVALID; ConfigError CONFIG_OPTION_UNKNOWN.
 * @see https://developer.atlassian.com/cloud/jira/software/understanding-jwt/
 */
export function createToken(options: CreateTokenOptions): string {
  checkOptionsObject('createToken', options);
  refuseUnknownOptions('createToken', options, CREATE_OPTIONS);
  const { issuer, subject, audience, context } = options;
  const secret = secretOf(options.sharedSecret);
  if (typeof issuer !== 'string' || issuer === '') {
    throw optionError('issuer', issuer, 'the app key (the `key` of the descriptor)');
  }
  if (subject !== undefined && typeof subject !== 'string') {
    throw optionError('subject', subject, 'text');
  }
  const audiences = typeof audience === 'string' ? [audience] : audience;
  if (audiences !== undefined && !(Array.isArray(audiences) && audiences.every(isText))) {
    throw optionError('audience', audience, 'text, or a list of texts');
  }
  if (context !== undefined && (typeof context !== 'object' || context === null)) {
    throw optionError('context', context, 'an object');
  }
  const lifetime = options.expiresInSeconds ?? DEFAULT_LIFETIME_SECONDS;
  if (typeof lifetime !== 'number' || !(lifetime >= 1 && lifetime <= MAX_LIFETIME_SECONDS)) {
    const looksLikeMilliseconds = typeof lifetime === 'number' && lifetime > MAX_LIFETIME_SECONDS;
    throw new TokenError(
      'TOKEN_LIFETIME_INVALID',
      `expiresInSeconds is ${describe(lifetime)}; it must be a number between 1 and ${MAX_LIFETIME_SECONDS}.${looksLikeMilliseconds ? ' Is it in milliseconds? It must be in seconds.' : ''}`,
    );
  }
  const iat = Math.floor(clockOf(options.now) / 1000);
  const qsh = hash('sha256', canonicalize(options), 'hex');
  // Written out by hand: half the time of JSON.stringify on an object.
  let claims = `{"iss":${JSON.stringify(issuer)},"iat":${iat},"exp":${Math.floor(iat + lifetime)},"qsh":"${qsh}"`;
  if (subject !== undefined) claims += `,"sub":${JSON.stringify(subject)}`;
  if (audience !== undefined) claims += `,"aud":${JSON.stringify(audience)}`;
  if (context !== undefined) claims += `,"context":${JSON.stringify(context)}`;
  const signingInput = `${HS256_HEADER}.${base64urlEncode(`${claims}}`)}`;
  if (signingInput.length > MAX_TOKEN_LENGTH - SIGNATURE_LENGTH - 1) {
    throw new TokenError(
      'TOKEN_OPTION_INVALID',
      `The token would be longer than ${MAX_TOKEN_LENGTH} characters. Put less into context.`,
    );
  }
  return `${signingInput}.${hmacSha256(secret, signingInput)}`;
}

/**
 * Signs claims as they are, with HS256: for what is no token of a request, such as the assertion that a token of a user
 * is asked for with. No claim is added or checked; a call to Jira takes {@link createToken}.
 *
 * @throws TokenError TOKEN_OPTION_INVALID.
 */
export function signClaims(
  claims: Readonly<Record<string, unknown>>,
  sharedSecret: string,
): string {
  if (!isObject(claims)) throw optionError('claims', claims, 'an object');
  const secret = secretOf(sharedSecret);
  const signingInput = `${HS256_HEADER}.${base64urlEncode(JSON.stringify(claims))}`;
  if (signingInput.length > MAX_TOKEN_LENGTH - SIGNATURE_LENGTH - 1) {
    throw new TokenError(
      'TOKEN_OPTION_INVALID',
      `The token would be longer than ${MAX_TOKEN_LENGTH} characters. Put less into the claims.`,
    );
  }
  return `${signingInput}.${hmacSha256(secret, signingInput)}`;
}

// ---------------------------------------------------------------------------------------------------------------------
// Checking a token
// ---------------------------------------------------------------------------------------------------------------------

/** The claims of a token, with whatever else it carries. */
export interface Claims {
  /** Who made it: on a token of the site the clientKey, on a token of the app the app key. */
  iss: string;
  /** When it was made, in seconds since 1970. */
  iat: number;
  /** When it ends, in seconds since 1970. */
  exp: number;
  /** The query string hash, or `context-qsh`. */
  qsh: string;
  /** On a token of the site: the accountId of the user it was made for. */
  sub?: string;
  aud?: string | string[];
  /** Before this time, in seconds since 1970, it is not good yet. */
  nbf?: number;
  context?: Record<string, unknown>;
  [claim: string]: unknown;
}

/**
 * What a route accepts. `request`: bound to this method and URL by its qsh. `context`: made by the site for the
 * iframe, bound to no URL (`qsh` is `context-qsh`).
 */
export type TokenKind = 'request' | 'context';

/** The checks on claims, for {@link verifyToken} and {@link verifyClaims}. */
export interface VerifyClaimsOptions extends RequestTarget {
  /** The kinds of token that this route accepts. Default: `['request']`. */
  accept?: TokenKind | readonly TokenKind[];
  /** The issuer that `iss` must name. Default: any. */
  issuer?: string;
  /** The URL that `aud` must name, compared whole, one trailing slash aside. Default: not checked. */
  audience?: string;
  /** How far the clocks of both machines may differ, in seconds: 0 to 3600. Default: 30, as Jira's own. */
  clockToleranceSeconds?: number;
  /** The clock, in milliseconds. Default: `Date.now`. */
  now?: () => number;
}

/** What {@link verifyToken} needs. */
export interface VerifyTokenOptions extends VerifyClaimsOptions {
  /** The sharedSecret of the installation that the token's issuer names. */
  sharedSecret: string;
}

const CLAIM_OPTIONS: ReadonlySet<string> = new Set([
  ...TARGET_OPTIONS,
  'accept',
  'issuer',
  'audience',
  'clockToleranceSeconds',
  'now',
]);
const VERIFY_OPTIONS: ReadonlySet<string> = new Set([...CLAIM_OPTIONS, 'sharedSecret']);

/**
 * Checks an HS256 token against the request it came with, and returns its claims.
 *
 * The signature is checked before any claim is believed, and the header never chooses the algorithm. `iss`, `iat`,
 * `exp` and `qsh` are demanded. Because Jira hashes the decoded path of its own calls, the path is tried as it came
 * and decoded once; nothing else is tried.
 *
 * @throws TokenError with a code that names the check that failed; ConfigError CONFIG_OPTION_UNKNOWN.
 */
export function verifyToken(token: string, options: VerifyTokenOptions): Claims {
  checkOptionsObject('verifyToken', options);
  refuseUnknownOptions('verifyToken', options, VERIFY_OPTIONS);
  const secret = secretOf(options.sharedSecret);
  const [header, payload] = splitToken(token);
  if (header !== HS256_HEADER) checkAlgorithm(decodePart(header, 'header'));
  checkSignature(token, secret);
  return checkClaims(decodePart(payload, 'claims'), options);
}

/** What only the doorkeeper of an app asks for. */
interface BindingOptions {
  /** The qsh that the token must have, of a kind that is none of {@link TokenKind}. */
  fixedQsh?: string;
  /** The path is not tried decoded: its escapes would make other segments of it. */
  asSent?: boolean;
}

/**
 * {@link verifyToken} for a token that had to be taken apart already, to find the secret that its issuer names.
 *
 * @param decoded What {@link decodeToken} made of this very token.
 * @internal
 */
export function verifyDecodedToken(
  token: string,
  { header, claims }: DecodedToken,
  options: VerifyTokenOptions & BindingOptions,
): Claims {
  checkAlgorithm(header);
  checkSignature(token, secretOf(options.sharedSecret));
  return checkClaims(claims, options);
}

/**
 * The second half of {@link verifyToken}: checks claims whose signature was verified by other means, as the
 * RS256-signed callbacks of Jira are.
 *
 * @throws TokenError with a code that names the check that failed; ConfigError CONFIG_OPTION_UNKNOWN.
 */
export function verifyClaims(claims: unknown, options: VerifyClaimsOptions): Claims {
  checkOptionsObject('verifyClaims', options);
  refuseUnknownOptions('verifyClaims', options, CLAIM_OPTIONS);
  if (!isObject(claims))
    throw new TokenError('TOKEN_MALFORMED', 'The claims are not a JSON object.');
  return checkClaims(claims, options);
}

/** A token taken apart, **unverified**. */
export interface DecodedToken {
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
}

/**
 * Takes a token apart **without verifying anything**. Anybody can write such a token: use what it says to find a key
 * or to show it to a person, never to decide.
 *
 * @throws TokenError TOKEN_MALFORMED.
 */
export function decodeToken(token: string): DecodedToken {
  const [header, payload] = splitToken(token);
  return { header: decodePart(header, 'header'), claims: decodePart(payload, 'claims') };
}

function splitToken(token: string): [header: string, payload: string] {
  if (typeof token !== 'string' || token === '') {
    throw new TokenError('TOKEN_MALFORMED', 'The token is not a text.');
  }
  if (token.length > MAX_TOKEN_LENGTH) {
    throw new TokenError(
      'TOKEN_MALFORMED',
      `The token is longer than ${MAX_TOKEN_LENGTH} characters.`,
    );
  }
  const first = token.indexOf('.');
  const second = token.indexOf('.', first + 1);
  if (first === -1 || second === -1 || token.includes('.', second + 1)) {
    throw new TokenError(
      'TOKEN_MALFORMED',
      `The token has ${token.split('.').length} parts; a signed token has 3.`,
    );
  }
  return [token.slice(0, first), token.slice(first + 1, second)];
}

function decodePart(part: string, name: 'header' | 'claims'): Record<string, unknown> {
  let decoded: unknown;
  try {
    decoded = JSON.parse(base64urlDecode(part) ?? '');
  } catch {
    decoded = undefined;
  }
  if (!isObject(decoded)) {
    throw new TokenError(
      'TOKEN_MALFORMED',
      `The ${name} of the token is not base64url-encoded JSON.`,
    );
  }
  return decoded;
}

function checkSignature(token: string, secret: string): void {
  const end = token.lastIndexOf('.');
  if (isSignature(hmacSha256(secret, token.slice(0, end)), token.slice(end + 1))) return;
  throw new TokenError(
    'TOKEN_SIGNATURE_INVALID',
    'The signature does not match the shared secret.',
  );
}

function checkAlgorithm(header: Record<string, unknown>): void {
  if (typeof header.alg === 'string' && header.alg.toLowerCase() === 'none') {
    throw new TokenError('TOKEN_UNSIGNED', 'The token is not signed: its `alg` is none.');
  }
  if (header.alg !== 'HS256') {
    throw new TokenError(
      'TOKEN_ALGORITHM_UNEXPECTED',
      `The token's \`alg\` is ${describe(header.alg)}; HS256 is expected here.`,
    );
  }
  if (header.crit !== undefined) {
    // RFC 7515, 4.1.11: a critical extension that is not understood makes the token invalid.
    throw new TokenError('TOKEN_MALFORMED', 'The token demands header extensions (`crit`).');
  }
}

function checkClaims(
  claims: Record<string, unknown>,
  options: VerifyClaimsOptions & BindingOptions,
): Claims {
  const { iss, qsh } = claims;
  if (iss === undefined) throw missing('TOKEN_ISS_MISSING', 'iss');
  if (claims.iat === undefined) throw missing('TOKEN_IAT_MISSING', 'iat');
  if (claims.exp === undefined) throw missing('TOKEN_EXP_MISSING', 'exp');
  if (qsh === undefined) throw missing('TOKEN_QSH_MISSING', 'qsh');
  if (!isText(iss)) throw claimInvalid('iss', 'text');
  if (!isText(qsh)) throw claimInvalid('qsh', 'text');
  if (!isSeconds(claims.iat)) throw claimInvalid('iat', 'a number of seconds');
  if (!isSeconds(claims.exp)) throw claimInvalid('exp', 'a number of seconds');
  if (claims.nbf !== undefined && !isSeconds(claims.nbf))
    throw claimInvalid('nbf', 'a number of seconds');
  if (claims.sub !== undefined && typeof claims.sub !== 'string') throw claimInvalid('sub', 'text');

  checkTimes(claims.exp, claims.nbf as number | undefined, options);
  if (options.issuer !== undefined && iss !== options.issuer) {
    throw new TokenError(
      'TOKEN_ISSUER_MISMATCH',
      'The claim iss names another issuer than expected.',
      {
        claim: 'iss',
      },
    );
  }
  if (options.audience !== undefined) checkAudience(claims.aud, options.audience);
  checkBinding(qsh, options);
  return claims as Claims;
}

function checkTimes(exp: number, nbf: number | undefined, options: VerifyClaimsOptions): void {
  const tolerance = options.clockToleranceSeconds ?? DEFAULT_CLOCK_TOLERANCE_SECONDS;
  if (typeof tolerance !== 'number' || !(tolerance >= 0 && tolerance <= 3600)) {
    throw optionError('clockToleranceSeconds', tolerance, 'a number of seconds between 0 and 3600');
  }
  const nowSeconds = clockOf(options.now) / 1000;
  if (nowSeconds >= exp + tolerance) {
    throw new TokenError(
      'TOKEN_EXPIRED',
      `The token expired ${Math.round(nowSeconds - exp)} seconds ago (${tolerance} seconds are tolerated).`,
      { claim: 'exp' },
    );
  }
  if (nbf !== undefined && nowSeconds < nbf - tolerance) {
    throw new TokenError(
      'TOKEN_NOT_YET_VALID',
      `The token is good in ${Math.round(nbf - nowSeconds)} seconds (${tolerance} seconds are tolerated).`,
      { claim: 'nbf' },
    );
  }
}

function checkAudience(aud: unknown, expected: string): void {
  const withoutSlash = (url: unknown) =>
    typeof url === 'string' && url.endsWith('/') ? url.slice(0, -1) : url;
  const audiences: unknown[] = Array.isArray(aud) ? aud : [aud];
  if (!audiences.some((audience) => withoutSlash(audience) === withoutSlash(expected))) {
    throw new TokenError(
      'TOKEN_AUDIENCE_MISMATCH',
      `The claim aud is ${describe(aud)}; ${describe(expected)} was expected.`,
      { claim: 'aud' },
    );
  }
}

const REQUESTS: readonly TokenKind[] = ['request'];

function tokenKinds(accept: unknown): readonly TokenKind[] {
  const kinds = typeof accept === 'string' ? [accept] : accept;
  if (Array.isArray(kinds) && kinds.length > 0 && kinds.every(isTokenKind)) return kinds;
  throw optionError('accept', accept, "'request', 'context', or a list of them");
}

/** What binds the token: to one request by its hash, or to none (`context-qsh`), where that is accepted. */
function checkBinding(qsh: string, options: VerifyClaimsOptions & BindingOptions): void {
  if (options.fixedQsh !== undefined && options.fixedQsh === qsh) return;
  const kinds = options.accept === undefined ? REQUESTS : tokenKinds(options.accept);
  if (qsh === CONTEXT_QSH) {
    if (kinds.includes('context')) return;
    throw new TokenError('TOKEN_CONTEXT_REFUSED', 'A context token is not accepted here.', {
      claim: 'qsh',
    });
  }
  if (!kinds.includes('request')) {
    throw new TokenError('TOKEN_REQUEST_REFUSED', 'Only context tokens are accepted here.', {
      claim: 'qsh',
    });
  }
  for (const reading of READINGS) {
    if (options.asSent && reading.path === 'decoded') continue;
    if (hash('sha256', canonicalize(options, reading), 'hex') === qsh) return;
  }
  throw new TokenError(
    'TOKEN_QSH_MISMATCH',
    `The token was made for another request than ${methodOf(options.method)} ${splitUrl(textOf('url', options.url))[0] || '/'} with this query.`,
    { claim: 'qsh' },
  );
}

/** Jira hashes the decoded path of its own calls, and some of Atlassian's code sorts names by their raw form. */
const READINGS: readonly Reading[] = [
  OUR_READING,
  { path: 'decoded', nameOrder: 'encoded' },
  { path: 'raw', nameOrder: 'raw' },
  { path: 'decoded', nameOrder: 'raw' },
];

// ---------------------------------------------------------------------------------------------------------------------
// Explaining a refusal
// ---------------------------------------------------------------------------------------------------------------------

let explaining: { explainToken(input: ExplainInput): Explanation } | undefined;

/**
 * Says why a token is refused: every check that can be made with what is at hand, and the single most likely cause
 * with its evidence and its fix. It tries the known mistakes, and when nothing fits it says so. It never throws, and
 * what it returns holds no secret, no signature and no whole token.
 *
 * @example explainToken({ token, appKey: 'my-app', sharedSecret, method: 'GET', url: '/rest/api/3/myself' }).verdict.fix
 */
export function explainToken(input: ExplainInput): Explanation {
  // Loaded when it is first asked for: signing and checking need no word of it.
  explaining ??= createRequire(import.meta.url)(
    import.meta.url.endsWith('.ts') ? './explain/explain.ts' : './explain/explain.js',
  ) as NonNullable<typeof explaining>;
  return explaining.explainToken(input);
}

// ---------------------------------------------------------------------------------------------------------------------
// Small checks
// ---------------------------------------------------------------------------------------------------------------------

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isSeconds(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTokenKind(kind: unknown): kind is TokenKind {
  return kind === 'request' || kind === 'context';
}

function missing(code: TokenErrorCode, claim: string): TokenError {
  return new TokenError(code, `The claim ${claim} is missing.`, { claim });
}

function claimInvalid(claim: string, expected: string): TokenError {
  return new TokenError('TOKEN_CLAIM_INVALID', `The claim ${claim} must be ${expected}.`, {
    claim,
  });
}

function optionError(option: string, value: unknown, expected: string): TokenError {
  return new TokenError(
    'TOKEN_OPTION_INVALID',
    `${option} must be ${expected}; it is ${describe(value)}.`,
  );
}

/** A secret is named by what it is, never by its value. */
function secretOf(sharedSecret: unknown): string {
  if (typeof sharedSecret === 'string' && sharedSecret !== '') return sharedSecret;
  const what =
    sharedSecret === ''
      ? 'empty'
      : sharedSecret === null
        ? 'null'
        : `of type ${typeof sharedSecret}`;
  throw new TokenError(
    'TOKEN_OPTION_INVALID',
    `sharedSecret must be text that is not empty; it is ${what}.`,
    {
      hint: 'Read it from the installation that the installed callback was stored as. If there is none, install the app again.',
    },
  );
}

function clockOf(now: (() => number) | undefined): number {
  const time = now === undefined ? Date.now() : now();
  if (typeof time !== 'number' || !Number.isFinite(time)) {
    throw optionError('now', time, 'a function that returns milliseconds, such as Date.now');
  }
  return time;
}

function checkOptionsObject(owner: string, options: unknown): void {
  if (!isObject(options)) {
    throw new TokenError('TOKEN_OPTION_INVALID', `${owner} needs an object of options.`);
  }
}

/** Short and safe to show: of an object only that it is one, for it may hold a token, or itself. */
function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'function') return 'a function';
  if (isObject(value)) return 'an object';
  if (Array.isArray(value) && !value.every(isText)) return 'a list';
  const text =
    typeof value === 'string' || Array.isArray(value) ? JSON.stringify(value) : String(value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

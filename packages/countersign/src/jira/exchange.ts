import { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip } from 'node:zlib';
import type { Dispatcher } from 'undici';
import type { JiraBody } from './calls.ts';
import type { AnswerHeaders } from './rate-limit.ts';

/** One request, ready to be sent. */
export interface Exchange {
  readonly method: string;
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Record<string, string>;
  readonly body: JiraBody | undefined;
  readonly signal: AbortSignal;
}

/** An answer whose body has not been read yet. */
interface Answer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  /** Decompressed. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** An answer as it came over the wire. */
export interface ReceivedAnswer extends Answer {
  readonly body: Readable;
  /** What was asked. */
  readonly url: URL;
  readonly rawHeaders: Readonly<Record<string, string | string[] | undefined>>;
}

const ACCEPTED_ENCODINGS = 'gzip, br';
/** Statuses that have no body. */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

let loading: Promise<Dispatcher> | undefined;

/**
 * The connections of all clients that were given none. It is loaded with the first call: undici takes longer to load
 * than all the rest of the library.
 */
async function sharedDispatcher(): Promise<Dispatcher> {
  loading ??= (async () => {
    const { Agent, EnvHttpProxyAgent } = await import('undici');
    // As node's own fetch does: https://nodejs.org/api/cli.html#node_use_env_proxy1
    return process.env.NODE_USE_ENV_PROXY === '1' ? new EnvHttpProxyAgent() : new Agent();
  })();
  return loading;
}

/** Sends one request. Redirects are not followed. */
export async function exchange(
  { method, url, headers, body, signal }: Exchange,
  dispatcher: Dispatcher | undefined,
): Promise<ReceivedAnswer> {
  const sent = await sendableBody(body, headers);
  headers['accept-encoding'] ??= ACCEPTED_ENCODINGS;
  const answer = await (dispatcher ?? (await sharedDispatcher())).request({
    origin: url.origin,
    path: url.pathname + url.search,
    method,
    headers,
    signal,
    body: sent,
  });
  const rawHeaders = answer.headers;
  return {
    status: answer.statusCode,
    url,
    rawHeaders,
    headers: {
      get(name) {
        const value = rawHeaders[name];
        return value === undefined ? null : Array.isArray(value) ? value.join(', ') : value;
      },
    },
    body: decompressed(answer.body, rawHeaders['content-encoding']),
  };
}

/** The answer as `fetch` gives it. */
export function toResponse({ status, url, rawHeaders, body }: ReceivedAnswer): Response {
  const withUrl = (response: Response) =>
    Object.defineProperty(response, 'url', { value: url.href, configurable: true });
  const headers = new Headers();
  const wasCompressed = rawHeaders['content-encoding'] !== undefined;
  for (const [name, value] of Object.entries(rawHeaders)) {
    // They are of the body as it was on the wire.
    if (wasCompressed && (name === 'content-encoding' || name === 'content-length')) continue;
    for (const one of Array.isArray(value) ? value : [value ?? '']) headers.append(name, one);
  }
  if (BODILESS.has(status)) {
    body.resume();
    return withUrl(new Response(null, { status, headers }));
  }
  // Readable.toWeb ends the process when its stream is cancelled: "Controller is already closed".
  return withUrl(new Response(ReadableStream.from<Uint8Array>(body), { status, headers }));
}

function decompressed(body: Readable, encoding: string | string[] | undefined): Readable {
  if (encoding === undefined) return body;
  const decompress =
    encoding === 'gzip' ? createGunzip() : encoding === 'br' ? createBrotliDecompress() : undefined;
  if (decompress === undefined) return body;
  body.on('error', (error) => decompress.destroy(error));
  decompress.on('close', () => body.destroy());
  return body.pipe(decompress);
}

type Sendable = string | Uint8Array | Readable | null;

/** What of the bodies of `fetch` has a type of its own is turned into bytes, with the headers that belong to it. */
async function sendableBody(
  given: JiraBody | undefined,
  headers: Record<string, string>,
): Promise<Sendable> {
  const body = typeof given === 'function' ? given() : given;
  if (body === undefined || body === null) return null;
  if (typeof body === 'string' || body instanceof Uint8Array || body instanceof Readable) {
    return body;
  }
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (ArrayBuffer.isView(body)) {
    return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  }
  if (body instanceof URLSearchParams) {
    headers['content-type'] ??= 'application/x-www-form-urlencoded;charset=UTF-8';
    return body.toString();
  }
  if (body instanceof Blob) {
    if (body.type !== '') headers['content-type'] ??= body.type;
    headers['content-length'] = String(body.size);
    return Readable.from(body.stream());
  }
  if (body instanceof FormData) {
    const form = new Response(body);
    headers['content-type'] = form.headers.get('content-type') ?? 'multipart/form-data';
    return Readable.from(form.body ?? []);
  }
  return Readable.from(body as AsyncIterable<Uint8Array>);
}

/** The request itself cannot be sent, such as one with a line break in a header: there is nothing to try again. */
export function isMisuse(error: unknown): boolean {
  const { code, name } = error as { code?: unknown; name?: unknown };
  return code === 'UND_ERR_INVALID_ARG' || name === 'TypeError';
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { Caller } from '../caller.ts';
import type { InboundForm, InboundRequest } from '../connect/inbound-token.ts';
import { SESSION_HEADER } from '../connect/session-token.ts';

/** A request as `node:http` has it, perhaps with what a framework put on it. */
export type Incoming = IncomingMessage & {
  /** The URL as the caller sent it; `url` may lack the path that a router is mounted at. */
  originalUrl?: string;
  /** What a body parser made of the body. */
  body?: unknown;
};

/** What a framework knows better than `node:http`. */
export interface Known {
  /** As the caller sent it. */
  readonly url: string | undefined;
  /** What a body parser made of the body. */
  readonly body: unknown;
}

/** What authentication reads of a request. */
export function inboundRequest(
  incoming: Incoming,
  known: Known = knownOf(incoming),
): InboundRequest {
  const inbound = {
    method: incoming.method ?? 'GET',
    url: known.url ?? incoming.url ?? '/',
    headers: incomingHeaders(incoming),
  };
  const form = known.body === undefined ? undefined : parsedForm(incoming, known.body);
  return form === undefined ? inbound : { ...inbound, form };
}

/** Its headers, by their names in lower case. */
export function incomingHeaders(incoming: IncomingMessage): InboundRequest['headers'] {
  return {
    get(name) {
      const value = incoming.headers[name];
      if (value === undefined) return null;
      return name === 'authorization' ? authorizationOf(incoming) : String(value);
    },
  };
}

/**
 * The same request for `app.fetch`. Its host means nothing: only method, path, headers and body are read. A proxy's
 * form of the target (`POST http://host/path`) may name a host that is none, and must not end the process.
 */
export function webRequest(incoming: Incoming, known: Known = knownOf(incoming)): Request {
  const method = incoming.method ?? 'GET';
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value === undefined || name.startsWith(':')) continue;
    headers.set(name, name === 'authorization' ? authorizationOf(incoming) : String(value));
  }
  const body = method === 'GET' || method === 'HEAD' ? null : bodyOf(incoming, known.body);
  const url = known.url ?? incoming.url ?? '/';
  const target = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '');
  return new Request(`http://app.invalid${target}`, { method, headers, body, duplex: 'half' });
}

/** What Express, and what works like it, puts on the request itself. */
function knownOf({ originalUrl, body }: Incoming): Known {
  return { url: originalUrl, body };
}

/** Node keeps the first of several, and says nothing of the others; somebody else may believe another one. */
function authorizationOf({ rawHeaders }: IncomingMessage): string {
  let joined: string | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (name.length !== 13 || name.toLowerCase() !== 'authorization') continue;
    const value = rawHeaders[index + 1] as string;
    joined = joined === undefined ? value : `${joined}, ${value}`;
  }
  return joined ?? '';
}

/** The form of a page that was opened by POST, where a parser read it. */
function parsedForm(incoming: Incoming, body: unknown): InboundForm | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const type = incoming.headers['content-type'] ?? '';
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)) return undefined;
  return {
    get: (name) => {
      if (!Object.hasOwn(body, name)) return null;
      const value: unknown = (body as Record<string, unknown>)[name];
      return value === undefined || value === null ? null : String(value);
    },
  };
}

/** A body parser may have been here first; the token covers no body, so its spelling does not matter. */
function bodyOf(incoming: Incoming, body: unknown): NonNullable<RequestInit['body']> | null {
  if (!incoming.readableEnded || body === undefined) {
    return Readable.toWeb(incoming) as NonNullable<RequestInit['body']>;
  }
  return typeof body === 'string' || body instanceof Uint8Array
    ? (body as string | Uint8Array<ArrayBuffer>)
    : JSON.stringify(body);
}

/** An answer of the app, for a framework to send. */
export interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** Reads an answer of `app.fetch` or `app.refuse`. */
export async function answerOf(response: Response): Promise<Answer> {
  const { status, headers } = response;
  return { status, headers: new Map(headers), body: Buffer.from(await response.arrayBuffer()) };
}

/** Writes a Web response; the status goes first. */
export async function sendResponse(response: Response, outgoing: ServerResponse): Promise<void> {
  const { status, headers, body } = await answerOf(response);
  outgoing.statusCode = status;
  for (const [name, value] of headers) outgoing.setHeader(name, value);
  outgoing.end(body);
}

/** Gives the page its next session token along with the answer, where the old one is about to end. */
export function sendSession(caller: Caller, outgoing: ServerResponse): void {
  const token = caller.renewedSessionToken;
  if (token !== undefined) outgoing.setHeader(SESSION_HEADER, token);
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { InboundRequest } from '../connect/inbound-token.ts';

/** A request as `node:http` has it, perhaps with what a framework put on it. */
export type Incoming = IncomingMessage & {
  /** The URL as the caller sent it; `url` may lack the path that a router is mounted at. */
  originalUrl?: string;
};

/** What authentication reads of a request. */
export function inboundRequest(incoming: Incoming): InboundRequest {
  return {
    method: incoming.method ?? 'GET',
    url: incoming.originalUrl ?? incoming.url ?? '/',
    headers: {
      get: (name) => {
        const value = incoming.headers[name];
        return value === undefined ? null : String(value);
      },
    },
  };
}

/**
 * The same request for `app.fetch`. Its host means nothing: only method, path, headers and body are read. A proxy's
 * form of the target (`POST http://host/path`) may name a host that is none, and must not end the process.
 */
export function webRequest(incoming: Incoming): Request {
  const { method, url } = inboundRequest(incoming);
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined && !name.startsWith(':')) headers.set(name, String(value));
  }
  const body = method === 'GET' || method === 'HEAD' ? null : bodyOf(incoming);
  const target = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '');
  return new Request(`http://app.invalid${target}`, { method, headers, body, duplex: 'half' });
}

/** A body parser may have been here first; the token covers no body, so its spelling does not matter. */
function bodyOf(incoming: Incoming): NonNullable<RequestInit['body']> | null {
  const { body } = incoming as { body?: unknown };
  if (!incoming.readableEnded || body === undefined) {
    return Readable.toWeb(incoming) as NonNullable<RequestInit['body']>;
  }
  return typeof body === 'string' || body instanceof Uint8Array
    ? (body as string | Uint8Array<ArrayBuffer>)
    : JSON.stringify(body);
}

/** Writes a Web response; the status goes first. */
export async function sendResponse(response: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.statusCode = response.status;
  for (const [name, value] of response.headers) outgoing.setHeader(name, value);
  // The rest of the body is not read, so the next request on this connection would wait behind it for ever.
  if (response.status === 413) outgoing.setHeader('connection', 'close');
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}

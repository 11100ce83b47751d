import {
  type Agent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as requestHttp,
} from 'node:http';
import { request as requestHttps } from 'node:https';

export interface AppRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: URL;
  headers: Record<string, string>;
  body?: string;
  signal: AbortSignal;
  /** Default 10 seconds. */
  timeoutMs?: number;
  /** Of the answer's body. Default 1,000,000. */
  maximumBytes?: number;
  /** Default: a connection for this request alone. Of http alone. */
  agent?: Agent;
}

export interface AppResponse {
  status: number;
  text: string;
  headers: IncomingHttpHeaders;
}

const appTimeoutMs = 10_000;
const appMaximumBytes = 1_000_000;

/** No answer came in time. */
export class AppTimeout extends Error {}

/**
 * One request to an app. A redirect is an answer like any other, never followed. It goes through
 * node:http because the request target must reach the app exactly as it was signed.
 */
export function sendToApp(request: AppRequest): Promise<AppResponse> {
  const { timeoutMs = appTimeoutMs, maximumBytes = appMaximumBytes } = request;
  const timeout = AbortSignal.timeout(timeoutMs);
  const failed = (error: Error): Error =>
    timeout.aborted && !request.signal.aborted
      ? new AppTimeout(`no answer within ${timeoutMs / 1000} seconds`)
      : explain(error, request.signal);
  const signal = AbortSignal.any([request.signal, timeout]);
  const send = request.url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise<AppResponse>((resolve, reject) => {
    const outgoing = send(request.url, {
      method: request.method,
      headers: request.headers,
      agent: request.url.protocol === 'https:' ? false : (request.agent ?? false),
      signal,
    });
    outgoing.once('error', (error) => reject(failed(error)));
    outgoing.once('response', (response) => {
      readText(response, maximumBytes).then(
        (text) => resolve({ status: response.statusCode ?? 0, text, headers: response.headers }),
        (error: Error) => reject(failed(error)),
      );
    });
    outgoing.end(request.body);
  });
}

async function readText(response: IncomingMessage, maximumBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maximumBytes) throw new Error(`the answer is larger than ${maximumBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function explain(error: Error, closing: AbortSignal): Error {
  if (closing.aborted) return new Error('the site was closed');
  // Node gives an AggregateError with an empty message where several addresses were tried.
  const code = (error as NodeJS.ErrnoException).code;
  return error.message === '' ? new Error(code ?? 'no connection') : error;
}

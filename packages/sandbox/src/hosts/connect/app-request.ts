import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

export interface AppRequest {
  method: 'GET' | 'POST';
  url: URL;
  headers: Record<string, string>;
  body?: string;
  signal: AbortSignal;
}

export interface AppResponse {
  status: number;
  text: string;
}

const appTimeoutMs = 10_000;
const maximumBytes = 1_000_000;

/**
 * One request to an app. A redirect is an answer like any other, never followed. It goes through
 * node:http because the request target must reach the app exactly as it was signed.
 */
export function sendToApp(request: AppRequest): Promise<AppResponse> {
  const timeout = AbortSignal.timeout(appTimeoutMs);
  const signal = AbortSignal.any([request.signal, timeout]);
  const send = request.url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise<AppResponse>((resolve, reject) => {
    const outgoing = send(request.url, {
      method: request.method,
      headers: request.headers,
      agent: false,
      signal,
    });
    outgoing.once('error', (error) => reject(explain(error, timeout, request.signal)));
    outgoing.once('response', (response) => {
      readText(response).then(
        (text) => resolve({ status: response.statusCode ?? 0, text }),
        (error: Error) => reject(explain(error, timeout, request.signal)),
      );
    });
    outgoing.end(request.body);
  });
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maximumBytes) throw new Error(`the answer is larger than ${maximumBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function explain(error: Error, timeout: AbortSignal, closing: AbortSignal): Error {
  if (closing.aborted) return new Error('the site was closed');
  if (timeout.aborted) return new Error(`no answer within ${appTimeoutMs / 1000} seconds`);
  // Node gives an AggregateError with an empty message where several addresses were tried.
  const code = (error as NodeJS.ErrnoException).code;
  return error.message === '' ? new Error(code ?? 'no connection') : error;
}

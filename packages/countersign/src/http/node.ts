/**
 * Countersign for a plain `node:http` server.
 *
 * @example
 * createServer(async (request, response) => {
 *   if (await handle(app, request, response)) return;
 *   const caller = await authenticate(app, request, response);
 *   if (caller !== undefined) response.end(`Hello ${caller.accountId}`);
 * });
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { App, AuthenticateOptions } from '../app.ts';
import type { Caller } from '../caller.ts';
import { inboundRequest, sendResponse, webRequest } from './incoming.ts';

/**
 * Serves the descriptor and the lifecycle callbacks.
 *
 * @returns true when the request was answered; false leaves it to you.
 */
export async function handle(
  app: App,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const { method, url } = inboundRequest(request);
  if (!app.handles(method, url)) return false;
  await sendResponse(await app.fetch(webRequest(request)), response);
  return true;
}

/**
 * Proves who a request comes from.
 *
 * @returns undefined when it was refused: then it is answered already, and the reason is logged.
 */
export async function authenticate(
  app: App,
  request: IncomingMessage,
  response: ServerResponse,
  options?: AuthenticateOptions,
): Promise<Caller | undefined> {
  const inbound = inboundRequest(request);
  try {
    return await app.authenticate(inbound, options);
  } catch (error) {
    await sendResponse(app.refuse(error, inbound), response);
    return undefined;
  }
}

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
import type { AuthorizeQuestion } from '../authorize.ts';
import type { Caller } from '../caller.ts';
import { inboundRequest, sendResponse, sendSession, webRequest } from './incoming.ts';

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
  const { method, url, headers } = inboundRequest(request);
  if (!app.handles(method, url, headers)) return false;
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
    const caller =
      app.authenticateNow(inbound, options) ?? (await app.authenticate(inbound, options));
    sendSession(caller, response);
    return caller;
  } catch (error) {
    await sendResponse(app.refuse(error, inbound), response);
    return undefined;
  }
}

/**
 * Lets a caller go on whose user has every permission that is named, by Jira's own check. The issue and the project are
 * those of the caller's context, unless the question names others.
 *
 * @returns false when it was refused: then it is answered already, and the reason is logged.
 */
export async function authorize(
  app: App,
  caller: Caller,
  request: IncomingMessage,
  response: ServerResponse,
  question: AuthorizeQuestion,
): Promise<boolean> {
  try {
    await app.authorize(caller, question);
    return true;
  } catch (error) {
    await sendResponse(app.refuse(error, inboundRequest(request)), response);
    return false;
  }
}

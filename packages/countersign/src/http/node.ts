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

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { App, AuthenticateOptions } from '../app.ts';
import type { AuthorizeQuestion } from '../authorize.ts';
import type { Caller } from '../caller.ts';
import { ConfigError, refuseUnknownOptions } from '../errors.ts';
import { inboundRequest, sendResponse, sendSession, webRequest } from './incoming.ts';

/**
 * Serves what {@link App.fetch} is for: the descriptor, pages, lifecycle callbacks, webhooks, health.
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

/** Options of {@link drainOnSignals}. */
export interface DrainOnSignalsOptions {
  /** For how long to wait for what runs, in milliseconds. Default: 25000; Kubernetes kills after 30 seconds. */
  graceMs?: number;
  /**
   * For how long the server goes on to take requests after `/health/ready` says 503, in milliseconds, so that a load
   * balancer has seen it. Default: 0; some seconds where nothing else waits for that, such as a `preStop`.
   */
  readyDelayMs?: number;
  /** Default: `['SIGTERM', 'SIGINT']`. */
  signals?: readonly NodeJS.Signals[];
}

const DRAIN_OPTIONS: ReadonlySet<string> = new Set(['graceMs', 'readyDelayMs', 'signals']);

/**
 * Ends the process as an operator wants it: at a signal the app says that it is not ready, the server takes no new
 * connections, requests and webhooks that run may end, what is left goes back to the queue, and store and queue are
 * closed. A second signal ends it at once.
 *
 * @param server Any server of `node:http`: that of Express, Koa, Fastify (`fastify.server`) or Hono's serve() too.
 * @returns a function that takes it back.
 * @throws ConfigError CONFIG_OPTION_UNKNOWN, CONFIG_OPTION_INVALID.
 */
export function drainOnSignals(
  app: Pick<App, 'drain' | 'close'>,
  server: Pick<Server, 'close' | 'closeIdleConnections' | 'prependListener'>,
  options: DrainOnSignalsOptions = {},
): () => void {
  refuseUnknownOptions('drainOnSignals', options, DRAIN_OPTIONS);
  const { graceMs = 25_000, readyDelayMs = 0, signals = ['SIGTERM', 'SIGINT'] } = options;
  for (const [name, ms] of Object.entries({ graceMs, readyDelayMs })) {
    if (typeof ms === 'number' && ms >= 0 && ms <= 3_600_000) continue;
    throw new ConfigError(
      'CONFIG_OPTION_INVALID',
      `drainOnSignals: ${name} must be a number between 0 and 3600000.`,
    );
  }
  let isDraining = false;
  const onSignal = async () => {
    if (isDraining) process.exit(1);
    isDraining = true;
    let exitCode = 0;
    try {
      const drained = app.drain({ graceMs });
      // A request that never ends does not keep the process: both wait for the same time.
      const graceEnds = sleep(readyDelayMs + graceMs, undefined, { ref: false });
      await sleep(readyDelayMs);
      // Connections that are kept alive for a next request would hold it open.
      server.prependListener('request', (_, response) => response.setHeader('connection', 'close'));
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      await drained;
      await Promise.race([closed, graceEnds]);
      await app.close();
    } catch (error) {
      console.error(error);
      exitCode = 1;
    }
    process.exit(exitCode);
  };
  for (const signal of signals) process.on(signal, onSignal);
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
}

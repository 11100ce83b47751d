import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { describeFault, siteUnder } from '../site/fault-notes.ts';
import type { StatusFault } from '../site/fault-rule.ts';
import type { Fault } from '../site/faults.ts';
import { minuteOf } from '../site/rate-limits.ts';
import type { RequestRecord } from '../site/request-log.ts';
import type { Site } from '../site/site.ts';
import { tooMany } from './rate-limits.ts';

/** What comes with a request of the REST side. */
interface FaultEnv {
  incoming: IncomingMessage;
  outgoing: ServerResponse;
  /** The fault that this call meets after it was handled, or while it is. */
  fault?: Fault;
}

export type Answer = (request: Request, env: FaultEnv) => Response | Promise<Response>;

const fix = 'This fault was switched on: it is on the settings page, /_sandbox/settings.';
const pieces = 5;

/**
 * Stands before all that a call of an app goes to: lets it wait, meets it with the faults that are on, and counts it.
 * Calls that are not handled are written into the request log here, with the path that `shown` makes of the target; those
 * that are, by whoever handles them.
 */
export function withFaults(
  site: Site,
  answer: Answer,
  shown: (target: string) => string = (target) => target,
): Answer {
  return async (request, env) => {
    const { incoming, outgoing } = env;
    const startedAt = site.now();
    const startedOn = performance.now();
    const target = incoming.url ?? '/';
    const method = incoming.method ?? 'GET';
    const appKey = claimedAppKey(site, incoming.headers.authorization);
    const leave = site.traffic.enter(appKey);
    outgoing.once('close', leave);
    try {
      await pause(site, site.faults.nextLatency());
      const fault = site.faults.pick(method, target.split('?', 1)[0] as string);
      if (!fault) return await answer(request, env);
      site.traffic.countFault(fault.kind);
      if (isHandled(fault)) return await handled(site, fault, request, env, answer);
      const status = fault.kind === 'status' ? fault.status : 0;
      const reason = describeFault(fault);
      logRequest(site, {
        at: new Date(startedAt).toISOString(),
        ...{ direction: 'inbound', method, path: shown(target), status },
        ...(appKey === undefined ? {} : { appKey }),
        durationMs: Math.round(performance.now() - startedOn),
        verdict: {
          ...{ authenticated: false, as: 'anonymous', reason },
          checks: [{ name: `fault ${fault.kind}`, passed: false, detail: reason }],
        },
        fault: { kind: fault.kind },
      });
      return fault.kind === 'status' ? errorAnswer(site, fault) : cut(incoming);
    } finally {
      leave();
    }
  };
}

function isHandled(fault: Fault): boolean {
  return fault.kind === 'status' ? fault.handled === true : fault.kind !== 'drop-before';
}

async function handled(
  site: Site,
  fault: Fault,
  request: Request,
  env: FaultEnv,
  answer: Answer,
): Promise<Response> {
  const response = await answer(request, { ...env, fault });
  switch (fault.kind) {
    case 'status':
      return errorAnswer(site, fault);
    case 'slow':
      if (fault.trickle && response.body) return trickle(response, fault.delayMs);
      await pause(site, fault.delayMs);
      return response;
    case 'truncate':
      return truncate(response, env);
    case 'clock': {
      const headers = new Headers(response.headers);
      headers.set('date', new Date(siteUnder(fault, site).now()).toUTCString());
      return new Response(response.body, { status: response.status, headers });
    }
    default:
      return cut(env.incoming);
  }
}

function logRequest(site: Site, entry: Omit<RequestRecord, 'id'>): void {
  if (site.closing.signal.aborted) return;
  site.events.emit('request', site.requestLog.add(entry, { fix }));
}

function errorAnswer(site: Site, fault: StatusFault): Response {
  const { status, retryAfter, retryAfterDate } = fault;
  const headers = new Headers({ 'cache-control': 'no-cache, no-store, no-transform' });
  if (retryAfter !== undefined) {
    const at = new Date(Math.ceil(site.now() / 1000 + retryAfter) * 1000);
    headers.set('retry-after', retryAfterDate ? at.toUTCString() : String(retryAfter));
  }
  if (status === 429) {
    headers.set('content-type', 'application/json');
    headers.set('ratelimit-reason', fault.reason ?? 'jira-burst-based');
    headers.set('x-ratelimit-remaining', '0');
    if (retryAfter !== undefined) {
      headers.set('x-ratelimit-reset', minuteOf(site.now() + retryAfter * 1000));
    }
    return new Response(JSON.stringify(tooMany.body), { status, headers });
  }
  headers.set('content-type', 'text/plain; charset=UTF-8');
  return new Response(`${status} ${statusTexts[status]}`, { status, headers });
}

const statusTexts = {
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

function cut(incoming: IncomingMessage): Response {
  incoming.socket.destroy();
  return alreadySent();
}

/** Where another server was made by Hono before this was loaded, it is seen for what it is once its body was asked for. */
function alreadySent(): Response {
  void RESPONSE_ALREADY_SENT.body;
  return RESPONSE_ALREADY_SENT;
}

async function truncate(response: Response, { incoming, outgoing }: FaultEnv): Promise<Response> {
  const body = Buffer.from(await response.arrayBuffer());
  if (body.length === 0) return cut(incoming);
  const headers = { ...Object.fromEntries(response.headers), 'content-length': body.length };
  outgoing.writeHead(response.status, headers);
  outgoing.write(body.subarray(0, Math.floor(body.length / 2)), () => incoming.socket.destroy());
  return alreadySent();
}

/** The headers at once, and the body in pieces. */
function trickle(response: Response, delayMs: number): Response {
  const pieceAfterMs = delayMs / pieces;
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      const whole = new Uint8Array(await response.arrayBuffer());
      const size = Math.max(1, Math.ceil(whole.length / pieces));
      try {
        for (let at = 0; at < whole.length; at += size) {
          await wait(pieceAfterMs, undefined, { ref: false });
          controller.enqueue(whole.subarray(at, at + size));
        }
        controller.close();
      } catch {
        // The caller has gone.
      }
    },
  });
  return new Response(body, { status: response.status, headers: response.headers });
}

/** Ends at once where the site closes. */
async function pause(site: Site, ms: number): Promise<void> {
  if (ms <= 0) return;
  await wait(ms, undefined, { signal: site.closing.signal }).catch(() => undefined);
}

/** The app that a token names, of those that the site knows. It is proved by nothing. */
function claimedAppKey(site: Site, authorization: string | undefined): string | undefined {
  const payload = authorization?.split('.', 2)[1];
  if (payload === undefined) return undefined;
  try {
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    const app = site.apps.record(String(claims.iss));
    return app?.key ?? site.forgeApps.record(String(claims.client_id))?.key;
  } catch {
    return undefined;
  }
}

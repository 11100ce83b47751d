import type { Context } from 'hono';
import { matchedRoutes } from 'hono/route';
import type { LimitedCall } from '../site/rate-limits.ts';
import type { Caller, RestEnv } from './caller.ts';
import { failure, type RestError } from './errors.ts';

/** Reads of these cost 2 points an object, others 1. */
const identityResources = /\/(?:myself|users?|groups?|mypermissions|permissions|role)\b/;

export const tooMany: RestError = failure(429, 'Rate limit exceeded.');

/** What the limits count of a call. */
export function limitedCall(c: Context<RestEnv>, caller: Caller): LimitedCall {
  const { method } = c.req;
  const route = matchedRoutes(c)
    .filter((each) => each.method !== 'ALL')
    .at(-1);
  const key = /\/rest\/api\/\d\/issue\/([^/]+)/.exec(c.req.path)?.[1];
  const reads = method === 'GET' || method === 'HEAD';
  const issue = reads || key === undefined ? undefined : c.var.site.issues.find(key);
  const appKey = caller.as === 'app' ? caller.appKey : throughApp(caller);
  return {
    method,
    resource: route?.path ?? c.req.path,
    ...(issue === undefined ? {} : { issueId: issue.id }),
    ...(appKey === undefined ? {} : { appKey }),
  };
}

function throughApp(caller: Caller): string | undefined {
  return caller.as === 'user' ? caller.throughApp?.appKey : undefined;
}

/** Answers in place of the resource where a limit is passed, and says in the log which. */
export function refuseByLimit(
  c: Context<RestEnv>,
  call: LimitedCall,
): Record<string, string> | undefined {
  const { site, verdict, notes } = c.var;
  const refusal = site.rateLimits.take(call);
  if (!refusal) return undefined;
  const { reason, retryAfter, detail } = refusal;
  site.traffic.countRefusal();
  verdict.reason += `; refused by a rate limit (${reason}): ${detail}`;
  verdict.checks.push({ name: 'rate limit', passed: false, detail: `${reason}: ${detail}` });
  notes.fix = `Wait ${retryAfter} s, as Retry-After says, and send less at once. The limits of this site are on its settings page.`;
  return site.rateLimits.headers(call, refusal);
}

/** Takes the points of an answer, and gives the headers that tell what is left. */
export async function settle(
  c: Context<RestEnv>,
  call: LimitedCall,
): Promise<Record<string, string>> {
  const { rateLimits } = c.var.site;
  if (call.appKey !== undefined && rateLimits.settings.points) {
    rateLimits.charge(call, await pointsOf(c));
  }
  return rateLimits.headers(call);
}

/** One, and for a read the objects that it brought. */
async function pointsOf(c: Context<RestEnv>): Promise<number> {
  if (c.req.method !== 'GET' || !c.res.ok) return 1;
  const type = c.res.headers.get('content-type') ?? '';
  if (!type.startsWith('application/json')) return 2;
  const objects = objectsIn(await c.res.clone().json());
  return 1 + objects * (identityResources.test(c.req.path) ? 2 : 1);
}

function objectsIn(body: unknown): number {
  if (Array.isArray(body)) return body.length;
  if (typeof body !== 'object' || body === null) return 1;
  const { issues, values, comments } = body as Record<string, unknown>;
  const list = issues ?? values ?? comments;
  return Array.isArray(list) ? list.length : 1;
}

import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type Context, Hono, type Next } from 'hono';
import { grants, type RequiredScope } from '../hosts/connect/descriptor.ts';
import { administersJira, administersProject, onlyReads } from '../hosts/forge/scopes.ts';
import { noteFault, siteUnder } from '../site/fault-notes.ts';
import type { RefusalNotes, RequestRecord } from '../site/request-log.ts';
import type { Site } from '../site/site.ts';
import { addAddonRoutes, addForgePropertyRoutes } from './addons.ts';
import { agileResources, softwareResources } from './agile/routes.ts';
import { addAppFieldRoutes } from './app-field.ts';
import { addAttachmentRoutes } from './attachments.ts';
import { appOfRefused, authenticate, explainRefusal } from './authenticate.ts';
import type { Caller, RestEnv } from './caller.ts';
import { addCommentRoutes } from './comments.ts';
import { type ErrorBody, failure, RestError } from './errors.ts';
import { addFieldOptionRoutes } from './field-options.ts';
import { addFieldRoutes } from './fields.ts';
import { authenticateAtGateway, checkForgeScope, scopeMismatch } from './gateway.ts';
import { addIssueDeletionRoutes } from './issue-deletion.ts';
import { addIssueRoutes } from './issues.ts';
import { addMyPermissionsRoutes } from './my-permissions.ts';
import { addPermissionsCheckRoutes } from './permissions-check.ts';
import { addPlatformRoutes } from './platform.ts';
import { addProjectRoutes } from './projects.ts';
import { addPropertyRoutes } from './properties.ts';
import { limitedCall, refuseByLimit, settle, tooMany } from './rate-limits.ts';
import { addSearchRoutes } from './search.ts';
import { addServerInfoRoutes } from './server-info.ts';
import { serviceDeskResources } from './servicedesk/routes.ts';
import { addUserRoutes } from './users.ts';

/** By which door a call comes: the site's own URL, or the gateway in front of it that takes Bearer tokens. */
export type Door = 'site' | 'gateway';

/** Everything below /rest. Each call is authenticated, answered and written into the request log. */
export function restRoutes(site: Site, door: Door = 'site'): Hono<RestEnv> {
  const app = new Hono<RestEnv>();
  app.use((c, next) => record(site, c, next, door));
  addAddonRoutes(app, door);
  if (door === 'gateway') addForgePropertyRoutes(app);
  for (const version of [3, 2] as const) {
    app.route(`/api/${version}`, resources(version));
  }
  app.route('/', productResources());
  app.all('*', (c) => answer(c, notModelled(c)));
  app.onError((error, c) => {
    if (error instanceof RestError) {
      c.var.verdict.reason += `. The answer says: ${firstMessage(error)}`;
      if (error.fix !== undefined) c.var.notes.fix = error.fix;
      return answer(c, error);
    }
    if (site.closing.signal.aborted) return c.body(null, 503);
    // A fault of the sandbox itself: shown here, as there is no other place to learn of it.
    console.error(error);
    return answer(c, failure(500, 'Internal server error'));
  });
  return app;
}

/** The resources of one version of the REST API. */
export function resources(version: 2 | 3): Hono<RestEnv> {
  const rest = new Hono<RestEnv>();
  rest.use(async (c, next) => {
    c.set('version', version);
    await next();
  });
  addUserRoutes(rest);
  addServerInfoRoutes(rest);
  addFieldRoutes(rest);
  addFieldOptionRoutes(rest);
  addAppFieldRoutes(rest);
  addProjectRoutes(rest);
  addIssueRoutes(rest);
  addIssueDeletionRoutes(rest);
  addAttachmentRoutes(rest);
  addCommentRoutes(rest);
  addSearchRoutes(rest);
  addMyPermissionsRoutes(rest);
  addPermissionsCheckRoutes(rest);
  addPropertyRoutes(rest);
  addPlatformRoutes(rest);
  return rest;
}

/** Jira Software and Jira Service Management. */
export function productResources(): Hono<RestEnv> {
  const products = new Hono<RestEnv>();
  products.use(async (c, next) => {
    c.set('version', 2);
    await next();
  });
  products.route('/agile/1.0', agileResources());
  products.route('/software/1.0', softwareResources());
  products.route('/servicedeskapi', serviceDeskResources());
  return products;
}

async function record(site: Site, c: Context<RestEnv>, next: Next, door: Door): Promise<void> {
  const { incoming, fault } = c.env;
  const target = incoming.url ?? '/';
  const method = incoming.method ?? 'GET';
  const startedAt = site.now();
  const startedOn = performance.now();
  const request = { method, target, authorizations: incoming.headersDistinct.authorization ?? [] };
  const {
    verdict,
    caller,
    refusal,
    status = 401,
    fix,
  } = door === 'gateway'
    ? await authenticateAtGateway(siteUnder(fault, site), request)
    : authenticate(siteUnder(fault, site), request);
  const notes: RefusalNotes = fix === undefined ? {} : { fix };
  c.set('site', site);
  c.set('verdict', verdict);
  c.set('notes', notes);
  const requestId = randomUUID().replaceAll('-', '');
  if (hasForbiddenBody(method, incoming)) {
    verdict.reason = `a ${method} request with a body is refused; ${verdict.reason}`;
    notes.fix = 'Send no body with a GET. In axios, a GET has params and no data.';
    c.res = await answer(c, new RestError(403, 'A GET request may not have a body.'));
  } else if (!caller) {
    c.res = await answer(c, new RestError(status, refusal ?? ''));
  } else if (door === 'gateway' && !checkForgeScope(c, caller)) {
    c.res = await answer(c, new RestError(401, scopeMismatch));
  } else if (door === 'site' && !checkScope(c, scopesOf(caller))) {
    c.res = await answer(c, new RestError(403, 'Request not in an authorized API scope'));
  } else {
    c.set('caller', caller);
    await withinLimits(c, next);
  }
  c.res.headers.set('x-arequestid', requestId);
  c.res.headers.set('cache-control', 'no-cache, no-store, no-transform');
  // A site that closes answers what is under way, and has nowhere to write it any more.
  if (site.closing.signal.aborted) return;
  const durationMs = Math.round(performance.now() - startedOn);
  let appKey = appKeyOf(caller);
  if (c.res.status >= 400 && !verdict.authenticated && door === 'site') {
    const claimed = appOfRefused(site, request);
    appKey = claimed?.key;
    notes.explanation = explainRefusal(siteUnder(fault, site), request, claimed);
  }
  const entry: Omit<RequestRecord, 'id'> = {
    at: new Date(startedAt).toISOString(),
    direction: 'inbound',
    method,
    path: target,
    ...(appKey === undefined ? {} : { appKey }),
    status: c.res.status,
    durationMs,
    verdict,
    ...(fault ? noteFault(fault, verdict, c.res.status) : {}),
  };
  site.events.emit('request', site.requestLog.add(entry, notes));
}

/** Answers, unless a rate limit forbids it. */
async function withinLimits(c: Context<RestEnv>, next: Next): Promise<void> {
  const call = limitedCall(c, c.var.caller);
  const refusal = refuseByLimit(c, call);
  if (refusal) c.res = await answer(c, tooMany);
  else await next();
  const headers = refusal ?? (await settle(c, call));
  for (const [name, value] of Object.entries(headers)) c.res.headers.set(name, value);
}

function appKeyOf(caller: Caller | undefined): string | undefined {
  if (caller?.as === 'app') return caller.appKey;
  return caller?.as === 'user' ? caller.throughApp?.appKey : undefined;
}

/** Jira's edge refuses a GET with a body (CHANGE-2328). */
function hasForbiddenBody(method: string, incoming: IncomingMessage): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  const { 'content-length': length, 'transfer-encoding': encoding } = incoming.headers;
  return encoding !== undefined || (length !== undefined && length !== '0');
}

/** What an app is bound to, also where it acts as a user; undefined where no app calls. */
function scopesOf(caller: Caller): readonly string[] | undefined {
  if (caller.as === 'app') return caller.scopes;
  return caller.as === 'user' ? caller.throughApp?.scopes : undefined;
}

function checkScope(c: Context<RestEnv>, scopes: readonly string[] | undefined): boolean {
  if (scopes === undefined) return true;
  const wanted = requiredScope(c.req.method, c.req.path);
  const passed = grants(scopes, wanted);
  const held = scopes.length > 0 ? scopes.join(', ') : 'no scope';
  const { verdict } = c.var;
  verdict.checks.push({ name: 'scope', passed, detail: `needs ${wanted}; the app has ${held}` });
  if (!passed) {
    verdict.reason = `the app needs the scope ${wanted}; it has ${held}`;
    c.var.notes.fix = `Add ${wanted} to the scopes of the descriptor, and install the app again.`;
  }
  return passed;
}

/** A search and a check change nothing, although they may be a POST. */
function requiredScope(method: string, path: string): RequiredScope {
  if (method === 'GET' || method === 'HEAD') return 'READ';
  if (onlyReads(path)) return 'READ';
  if (administersProject(path)) return 'PROJECT_ADMIN';
  if (administersJira(method, path)) return 'ADMIN';
  return method === 'DELETE' ? 'DELETE' : 'WRITE';
}

function notModelled(c: Context<RestEnv>): RestError {
  const { method, path } = c.req;
  return failure(404, `The sandbox does not model ${method} ${path}. See docs/sandbox.md.`);
}

function firstMessage({ body }: RestError): string {
  if (typeof body === 'string') return body;
  if (!('errorMessages' in body)) return String(body.message ?? body.errorMessage ?? '');
  const { errorMessages, errors } = body as ErrorBody;
  return errorMessages[0] ?? Object.values(errors)[0] ?? '';
}

async function answer(c: Context<RestEnv>, { status, body }: RestError): Promise<Response> {
  return typeof body === 'string' ? c.text(body, status) : c.json(body, status);
}

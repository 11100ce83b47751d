/**
 * Countersign for Hono 4, on Node or any runtime with `node:crypto`.
 *
 * @example
 * server.use(routes(app));
 * server.get('/panel', authenticate(app), (c) => c.json(c.get('caller').accountId));
 */
import type { Context, MiddlewareHandler, Next } from 'hono';
import { type App, type AuthenticateOptions, checkAuthenticateOptions } from '../app.ts';
import { type AuthorizeQuestion, checkAuthorizeQuestion } from '../authorize.ts';
import type { Caller } from '../caller.ts';
import type { InboundRequest } from '../connect/inbound-token.ts';
import { SESSION_HEADER } from '../connect/session-token.ts';
import { authorizeCaller } from './authorize-caller.ts';
import { type Incoming, incomingHeaders } from './incoming.ts';

/** What {@link authenticate} adds to the context: `c.get('caller')`. */
export interface CallerEnv {
  Variables: {
    /** Who the request was proved to come from. */
    caller: Caller;
  };
}

/** Serves the descriptor and the lifecycle callbacks, and passes everything else on. */
export function routes(app: App): MiddlewareHandler {
  // No async function: most requests are none of the app's, and each would wait for one promise more.
  return (c, next) => {
    const { raw } = c.req;
    return app.handles(raw.method, raw.url, headersOf(c)) ? serve(app, c) : next();
  };
}

/**
 * Lets a request through when it is proved to come from a site, with `c.get('caller')`. Any other is answered, and the
 * reason is logged.
 *
 * @throws ConfigError when an option is wrong.
 */
export function authenticate(
  app: App,
  options: AuthenticateOptions = {},
): MiddlewareHandler<CallerEnv> {
  checkAuthenticateOptions(options);
  const prove = async (c: Context<CallerEnv>, next: Next, inbound: InboundRequest) => {
    let caller: Caller;
    try {
      caller = await app.authenticate(inbound, options);
    } catch (error) {
      return app.refuse(error, inbound);
    }
    return letIn(c, next, caller);
  };
  return (c, next) => {
    const { raw } = c.req;
    if (raw.bodyUsed) return readRequest(c).then((inbound) => prove(c, next, inbound));
    const { method, url } = raw;
    const known = app.authenticateNow({ method, url, headers: headersOf(c) }, options);
    return known === undefined ? prove(c, next, raw) : letIn(c, next, known);
  };
}

/**
 * Lets a caller go on whose user has every permission that is named, by Jira's own check; it stands behind
 * {@link authenticate}. The issue and the project are those of the caller's context, unless the question names others.
 * For what depends on the request, call `app.authorize` in the route.
 *
 * @throws ConfigError when the question is wrong.
 */
export function authorize(app: App, question: AuthorizeQuestion): MiddlewareHandler<CallerEnv> {
  checkAuthorizeQuestion(question);
  return async (c, next) => {
    try {
      await authorizeCaller(app, c.get('caller'), question);
    } catch (error) {
      return app.refuse(error, c.req.raw);
    }
    return next();
  };
}

/** On Node the headers as they came: those of `c.req.raw` are made of all of them, once the first is asked for. */
function headersOf(c: Context): InboundRequest['headers'] {
  const { incoming } = (c.env ?? {}) as { incoming?: Incoming };
  if (Array.isArray(incoming?.rawHeaders)) return incomingHeaders(incoming as Incoming);
  return { get: (name) => c.req.raw.headers.get(name) };
}

function letIn(c: Context<CallerEnv>, next: Next, caller: Caller): Promise<void> {
  c.set('caller', caller);
  const token = caller.renewedSessionToken;
  if (token === undefined) return next();
  // Set before, it would not reach an answer that the route makes by `new Response`.
  return next().then(() => c.header(SESSION_HEADER, token));
}

/** Answers by the app, which needs the body, also where somebody has read that by `c.req`. */
async function serve(app: App, c: Context): Promise<Response> {
  const { raw } = c.req;
  if (!raw.bodyUsed) return app.fetch(raw);
  // Read past `c.req`, it is gone.
  const body = await c.req.text().catch(() => '');
  return app.fetch(
    new Request(raw.url, { method: raw.method, headers: new Headers(raw.headers), body }),
  );
}

/** The form of a request whose body somebody has read by `c.req`. In one that is unread, the app looks itself. */
async function readRequest(c: Context): Promise<InboundRequest> {
  const { raw } = c.req;
  const type = raw.headers.get('content-type') ?? '';
  if (!/^\s*application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type)) return raw;
  const fields = await c.req.formData().catch(() => new FormData());
  return {
    ...{ method: raw.method, url: raw.url, headers: raw.headers },
    form: { get: (name) => (fields.has(name) ? fields.getAll(name).join(',') : null) },
  };
}

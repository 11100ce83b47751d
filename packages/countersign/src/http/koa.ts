/**
 * Countersign for Koa 2 and 3.
 *
 * @example
 * server.use(routes(app));
 * router.get('/panel', authenticate(app), (context) => {
 *   context.body = context.state.caller.accountId;
 * });
 */
import type { DefaultContext, Middleware, ParameterizedContext } from 'koa';
import { type App, type AuthenticateOptions, checkAuthenticateOptions } from '../app.ts';
import { type AuthorizeQuestion, checkAuthorizeQuestion } from '../authorize.ts';
import type { Caller } from '../caller.ts';
import { SESSION_HEADER } from '../connect/session-token.ts';
import { authorizeCaller } from './authorize-caller.ts';
import { answerOf, inboundRequest, type Known, webRequest } from './incoming.ts';

/** What {@link authenticate} puts on `context.state`. */
export interface CallerState {
  /** Who the request was proved to come from. */
  caller: Caller;
}

/** Serves the descriptor and the lifecycle callbacks, and passes everything else on. */
export function routes(app: App): Middleware<object, object> {
  return async (context, next) => {
    const known = knownOf(context);
    const { method, url, headers } = inboundRequest(context.req, known);
    if (!app.handles(method, url, headers)) return next();
    await send(await app.fetch(webRequest(context.req, known)), context);
  };
}

/**
 * Lets a request through when it is proved to come from a site, with `context.state.caller`. Any other is answered, and
 * the reason is logged.
 *
 * @throws ConfigError when an option is wrong.
 */
export function authenticate(
  app: App,
  options: AuthenticateOptions = {},
): Middleware<CallerState, object> {
  checkAuthenticateOptions(options);
  return async (context, next) => {
    const inbound = inboundRequest(context.req, knownOf(context));
    let caller: Caller;
    try {
      caller = app.authenticateNow(inbound, options) ?? (await app.authenticate(inbound, options));
    } catch (error) {
      return send(app.refuse(error, inbound), context);
    }
    context.state.caller = caller;
    const token = caller.renewedSessionToken;
    if (token !== undefined) context.set(SESSION_HEADER, token);
    return next();
  };
}

/**
 * Lets a caller go on whose user has every permission that is named, by Jira's own check; it stands behind
 * {@link authenticate}. The issue and the project are those of the caller's context, unless the question names others.
 * For what depends on the request, call `app.authorize` in the route.
 *
 * @throws ConfigError when the question is wrong.
 */
export function authorize(app: App, question: AuthorizeQuestion): Middleware<CallerState, object> {
  checkAuthorizeQuestion(question);
  return async (context, next) => {
    try {
      await authorizeCaller(app, context.state.caller, question);
    } catch (error) {
      return send(app.refuse(error, inboundRequest(context.req, knownOf(context))), context);
    }
    return next();
  };
}

type Context = Pick<
  ParameterizedContext<object, DefaultContext>,
  'req' | 'originalUrl' | 'request' | 'set' | 'status' | 'body'
>;

/** The URL before it was mounted or rewritten, and the parsed body. */
function knownOf({ originalUrl, request }: Pick<Context, 'originalUrl' | 'request'>): Known {
  return { url: originalUrl, body: (request as { body?: unknown }).body };
}

/** By way of the framework, so that middleware before this one sees the answer. */
async function send(
  response: Response,
  context: Pick<Context, 'set' | 'status' | 'body'>,
): Promise<void> {
  const { status, headers, body } = await answerOf(response);
  context.status = status;
  for (const [name, value] of headers) context.set(name, value);
  context.body = body.length === 0 ? null : body;
  // A body of null makes it 204.
  context.status = status;
}

/**
 * Countersign for Express 4 and 5.
 *
 * @example
 * server.use(routes(app));
 * server.get('/panel', authenticate(app), (request, response) => response.json(request.caller.accountId));
 */
import type { ServerResponse } from 'node:http';
import { type App, type AuthenticateOptions, checkAuthenticateOptions } from '../app.ts';
import { type AuthorizeQuestion, checkAuthorizeQuestion } from '../authorize.ts';
import type { Caller } from '../caller.ts';
import { authorizeCaller } from './authorize-caller.ts';
import {
  type Incoming,
  inboundRequest,
  sendResponse,
  sendSession,
  webRequest,
} from './incoming.ts';

declare global {
  namespace Express {
    interface Request {
      /** Who the request was proved to come from. Set by {@link authenticate}; absent on other routes. */
      caller: Caller;
    }
  }
}

/** A middleware of Express, by shape, so that either major version's types fit. */
export type Middleware = (
  request: Incoming,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/** Serves the descriptor and the lifecycle callbacks, and passes everything else on. */
export function routes(app: App): Middleware {
  return (request, response, next) => {
    const { method, url, headers } = inboundRequest(request);
    if (!app.handles(method, url, headers)) return next();
    app
      .fetch(webRequest(request))
      .then((answer) => sendResponse(answer, response))
      .catch(next);
  };
}

/**
 * Lets a request through when it is proved to come from a site, with `request.caller`. Any other is answered, and
 * the reason is logged.
 *
 * @throws ConfigError when an option is wrong.
 */
export function authenticate(app: App, options: AuthenticateOptions = {}): Middleware {
  checkAuthenticateOptions(options);
  return (request, response, next) => {
    const inbound = inboundRequest(request);
    const letIn = (caller: Caller) => {
      (request as Incoming & { caller?: Caller }).caller = caller;
      sendSession(caller, response);
      next();
    };
    const known = app.authenticateNow(inbound, options);
    if (known !== undefined) return letIn(known);
    app
      .authenticate(inbound, options)
      .then(letIn, (error) => sendResponse(app.refuse(error, inbound), response))
      .catch(next);
  };
}

/**
 * Lets a caller go on whose user has every permission that is named, by Jira's own check; it stands behind
 * {@link authenticate}. The issue and the project are those of the caller's context, unless the question names others.
 * For what depends on the request, call `app.authorize` in the route.
 *
 * @throws ConfigError when the question is wrong.
 */
export function authorize(app: App, question: AuthorizeQuestion): Middleware {
  checkAuthorizeQuestion(question);
  return (request, response, next) => {
    const { caller } = request as Incoming & { caller?: Caller };
    authorizeCaller(app, caller, question)
      .then(
        () => next(),
        (error) => sendResponse(app.refuse(error, inboundRequest(request)), response),
      )
      .catch(next);
  };
}

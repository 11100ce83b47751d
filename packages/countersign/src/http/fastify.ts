/**
 * Countersign for Fastify 5.
 *
 * @example
 * await server.register(routes(app));
 * server.get('/panel', { preHandler: authenticate(app) }, (request) => ({ user: request.caller.accountId }));
 */
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import { type App, type AuthenticateOptions, checkAuthenticateOptions } from '../app.ts';
import { type AuthorizeQuestion, checkAuthorizeQuestion } from '../authorize.ts';
import type { Caller } from '../caller.ts';
import { SESSION_HEADER } from '../connect/session-token.ts';
import { authorizeCaller } from './authorize-caller.ts';
import { answerOf, inboundRequest, type Known, webRequest } from './incoming.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who the request was proved to come from. Set by {@link authenticate}; absent on other routes. */
    caller: Caller;
  }
}

/** A hook of Fastify: for `preHandler`, or for `onRequest` where no token comes in a form. */
export type Hook = (
  request: FastifyRequest,
  reply: FastifyReply,
  done: (error?: Error) => void,
) => void;

/**
 * A plugin that serves the descriptor and the lifecycle callbacks, and passes everything else on. It reaches the scope
 * that it is registered in: best register it once, on the server itself. In a scope below that it takes the route `/*`,
 * unless that is taken already; what is not the app's is handed to the handler for what is not found.
 */
export function routes(app: App): FastifyPluginCallback {
  const plugin: FastifyPluginCallback = (server, _options, done) => {
    if (!server.hasRequestDecorator('caller')) server.decorateRequest('caller');
    server.addHook('onRequest', (request, reply, next) => {
      const { method, url, headers } = inboundRequest(request.raw);
      if (!app.handles(method, url, headers)) return next();
      // Before any parser: the body is read here, as much of it as the app allows.
      app
        .fetch(webRequest(request.raw))
        .then((response) => send(response, reply))
        .catch(next);
    });
    // Outside of the root, hooks see no request that has no route in their scope.
    if (server.pluginName.split(' -> ')[0] !== 'fastify') {
      for (const method of ['GET', 'POST']) {
        if (server.hasRoute({ method, url: `${server.prefix}/*` })) continue;
        server.route({
          method,
          url: '/*',
          onRequest: (_request, reply) => reply.callNotFound(),
          handler: (_request, reply) => reply.callNotFound(),
        });
      }
    }
    done();
  };
  // What fastify-plugin would do: the hook is for the scope around the plugin, not for its inside alone.
  return Object.assign(plugin, {
    [Symbol.for('skip-override')]: true,
    [Symbol.for('fastify.display-name')]: 'countersign',
  });
}

/**
 * Lets a request through when it is proved to come from a site, with `request.caller`. Any other is answered, and
 * the reason is logged.
 *
 * @throws ConfigError when an option is wrong.
 */
export function authenticate(app: App, options: AuthenticateOptions = {}): Hook {
  checkAuthenticateOptions(options);
  return (request, reply, done) => {
    const inbound = inboundRequest(request.raw, knownOf(request));
    const letIn = (caller: Caller) => {
      request.caller = caller;
      const token = caller.renewedSessionToken;
      if (token !== undefined) reply.header(SESSION_HEADER, token);
      done();
    };
    const known = app.authenticateNow(inbound, options);
    if (known !== undefined) return letIn(known);
    app
      .authenticate(inbound, options)
      .then(letIn, (error) => send(app.refuse(error, inbound), reply))
      .catch(done);
  };
}

/**
 * Lets a caller go on whose user has every permission that is named, by Jira's own check; it stands behind
 * {@link authenticate}. The issue and the project are those of the caller's context, unless the question names others.
 * For what depends on the request, call `app.authorize` in the route.
 *
 * @throws ConfigError when the question is wrong.
 */
export function authorize(app: App, question: AuthorizeQuestion): Hook {
  checkAuthorizeQuestion(question);
  return (request, reply, done) => {
    authorizeCaller(app, request.caller, question)
      .then(
        () => done(),
        (error) => send(app.refuse(error, inboundRequest(request.raw, knownOf(request))), reply),
      )
      .catch(done);
  };
}

/** The URL before `rewriteUrl`, and the parsed body. */
function knownOf({ originalUrl, body }: FastifyRequest): Known {
  return { url: originalUrl, body };
}

/** By way of the framework, so that its hooks and logs see the answer. */
async function send(response: Response, reply: FastifyReply): Promise<void> {
  const { status, headers, body } = await answerOf(response);
  reply.code(status);
  for (const [name, value] of headers) reply.header(name, value);
  reply.send(body.length === 0 ? undefined : body);
}

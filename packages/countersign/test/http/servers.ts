/** A real server of every framework, with the routes that adapterConformance asks for. */
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import express5 from 'express';
// @ts-expect-error Express 4 comes under another name, without types of its own.
import express4 from 'express-4';
import fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import * as onExpress from '../../src/http/express.ts';
import * as onFastify from '../../src/http/fastify.ts';
import * as onHono from '../../src/http/hono.ts';
import * as onKoa from '../../src/http/koa.ts';
import * as onNode from '../../src/http/node.ts';
import type { App, Caller, CallerTokenKind } from '../../src/index.ts';
import type { AdapterUnderTest, RouteAnswer, ServerSetup } from '../../src/testing/index.ts';

const ACCEPTED = {
  '/panel': 'request',
  '/limited': 'request',
  '/files': 'request',
  '/save': 'context',
  '/session': 'session',
  '/either': ['request', 'context'],
} satisfies Record<string, CallerTokenKind | readonly CallerTokenKind[]>;

const LIMIT = { issue: ['EDIT_ISSUES'] };

function answer(caller: Caller | undefined, path: string, body?: unknown): RouteAnswer {
  if (caller === undefined) return {};
  return {
    clientKey: caller.installation.clientKey,
    accountId: caller.accountId,
    tokenKind: caller.tokenKind,
    issueKey: caller.context?.jira?.issue?.key,
    ...(path === '/either' || path === '/session' ? { sessionToken: caller.sessionToken() } : {}),
    ...(body === undefined ? {} : { body }),
  };
}

/** As the parsers of frameworks do. */
function parse(type: string | undefined | null, text: string): unknown {
  if (text === '') return {};
  if (type?.startsWith('application/x-www-form-urlencoded')) {
    const fields = new URLSearchParams(text);
    return Object.fromEntries(
      [...fields.keys()].map((name) => {
        const values = fields.getAll(name);
        return [name, values.length === 1 ? values[0] : values];
      }),
    );
  }
  try {
    return type?.startsWith('application/json') ? JSON.parse(text) : {};
  } catch {
    return {};
  }
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  return Buffer.concat(await incoming.toArray()).toString();
}

/** The route of a path below the mount; undefined where there is none. */
function routeOf(method: string, path: string): keyof typeof ACCEPTED | '/open' | undefined {
  const isGet = method === 'GET' || method === 'HEAD';
  if (/^\/files\/[^/]+$/.test(path)) return isGet ? '/files' : undefined;
  if (path === '/open' || path === '/panel' || path === '/limited') return isGet ? path : undefined;
  if (path === '/either') return isGet || method === 'POST' ? path : undefined;
  return path === '/save' || path === '/session' ? path : undefined;
}

/** The path below the mount, of a URL or a path with a query. */
function pathBelow(mountedAt: string, url: string): string | undefined {
  const path = url.replace(/^[a-z]+:\/\/[^/?]*/, '').replace(/\?.*$/, '');
  return path.startsWith(`${mountedAt}/`) ? path.slice(mountedAt.length) : undefined;
}

async function listening(server: Server): Promise<{ origin: string; close(): Promise<void> }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function expressServer(express: typeof express5): AdapterUnderTest {
  return {
    start(app, { mountedAt, bodyParser }) {
      const router = express.Router();
      const parsers = [express.json(), express.urlencoded({ extended: false })];
      if (bodyParser === 'before') router.use(...parsers);
      router.use(onExpress.routes(app));
      if (bodyParser === 'after') router.use(...parsers);
      const respond: express5.RequestHandler = (request, response) => {
        const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
        const { caller, path } = request;
        response.json(answer(caller, path, hasBody ? (request.body ?? {}) : undefined));
      };
      const proved = (path: keyof typeof ACCEPTED) =>
        onExpress.authenticate(app, { accept: ACCEPTED[path] });
      router.get('/panel', proved('/panel'), respond);
      router.get('/limited', proved('/limited'), onExpress.authorize(app, LIMIT), respond);
      router.get('/files/:name', proved('/files'), respond);
      router.all('/save', proved('/save'), respond);
      router.all('/session', proved('/session'), respond);
      router.get('/either', proved('/either'), respond);
      router.post('/either', proved('/either'), respond);
      router.get('/open', respond);
      const server = express();
      server.use(mountedAt === '' ? '/' : mountedAt, router);
      server.use((_request, response) => {
        response.status(404).send('elsewhere');
      });
      // The usual handler writes what a stranger sends to the console.
      server.use(((error, _request, response, _next) => {
        response.status(error.status ?? 500).end();
      }) satisfies express5.ErrorRequestHandler);
      return listening(createServer(server));
    },
  };
}

const fastifyServer: AdapterUnderTest = {
  async start(app, { mountedAt }) {
    const server = fastify({ forceCloseConnections: true });
    server.setNotFoundHandler((_request, reply) => reply.code(404).send('elsewhere'));
    await server.register(
      async (scope) => {
        scope.addContentTypeParser(
          'application/x-www-form-urlencoded',
          { parseAs: 'string' },
          async (request: { headers: IncomingMessage['headers'] }, text: string | Buffer) =>
            parse(request.headers['content-type'], String(text)),
        );
        await scope.register(onFastify.routes(app));
        const proved = (path: keyof typeof ACCEPTED) => ({
          preHandler: onFastify.authenticate(app, { accept: ACCEPTED[path] }),
        });
        const respond = (path: string) => (request: fastify.FastifyRequest) => {
          const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
          return answer(request.caller, path, hasBody ? (request.body ?? {}) : undefined);
        };
        scope.get('/panel', proved('/panel'), respond('/panel'));
        scope.get(
          '/limited',
          { preHandler: [proved('/limited').preHandler, onFastify.authorize(app, LIMIT)] },
          respond('/limited'),
        );
        scope.get('/files/:name', proved('/files'), respond('/files'));
        scope.all('/save', proved('/save'), respond('/save'));
        scope.all('/session', proved('/session'), respond('/session'));
        scope.get('/either', proved('/either'), respond('/either'));
        scope.post('/either', proved('/either'), respond('/either'));
        scope.get('/open', respond('/open'));
      },
      { prefix: mountedAt },
    );
    const origin = await server.listen({ port: 0, host: '127.0.0.1' });
    return { origin, close: () => server.close() };
  },
};

const koaServer: AdapterUnderTest = {
  start(app, { mountedAt, bodyParser }) {
    const server = new Koa();
    server.silent = true;
    const parser: Koa.Middleware = async (context, next) => {
      const text = await textOf(context.req);
      (context.request as { body?: unknown }).body = parse(context.get('content-type'), text);
      return next();
    };
    // As koa-mount does it.
    server.use(async (context, next) => {
      const { path } = context;
      const below = pathBelow(mountedAt, path);
      if (below === undefined) {
        context.status = 404;
        context.body = 'elsewhere';
        return;
      }
      context.path = below;
      await next();
      context.path = path;
    });
    if (bodyParser === 'before') server.use(parser);
    server.use(onKoa.routes(app));
    const proofs = new Map(
      Object.entries(ACCEPTED).map(([path, accept]) => [
        path,
        onKoa.authenticate(app, { accept }) as Koa.Middleware,
      ]),
    );
    server.use(async (context, next) => {
      const route = routeOf(context.method, context.path);
      if (route === undefined) {
        context.status = 404;
        context.body = 'elsewhere';
        return;
      }
      const respond = async () => {
        const hasBody = context.method !== 'GET' && context.method !== 'HEAD';
        const { body } = context.request as { body?: unknown };
        context.body = answer(context.state.caller, route, hasBody ? body : undefined);
      };
      const limit = onKoa.authorize(app, LIMIT) as Koa.Middleware;
      const proof = proofs.get(route) ?? ((_context, onwards) => onwards());
      const proved: Koa.Middleware = (inner, onwards) =>
        route === '/limited'
          ? proof(inner, async () => void (await limit(inner, onwards)))
          : proof(inner, onwards);
      if (bodyParser === 'after') {
        await parser(context, async () => void (await proved(context, respond)));
      } else {
        await proved(context, respond);
      }
      void next;
    });
    return listening(createServer(server.callback()));
  },
};

function honoApp(app: App, { mountedAt, bodyParser }: ServerSetup): Hono {
  const parsed = async (
    request: { json(): Promise<unknown>; parseBody(): Promise<unknown> },
    type: string,
  ) => {
    if (type.startsWith('application/x-www-form-urlencoded')) return request.parseBody();
    return type.startsWith('application/json') ? request.json().catch(() => ({})) : {};
  };
  const routes = new Hono();
  if (bodyParser === 'before') {
    routes.use(async (c, next) => {
      if (c.req.method !== 'GET' && c.req.method !== 'HEAD') {
        await parsed(c.req, c.req.header('content-type') ?? '');
      }
      return next();
    });
  }
  routes.use(onHono.routes(app));
  const route = (method: 'get' | 'post' | 'all', path: string, accepted: keyof typeof ACCEPTED) =>
    routes[method](path, onHono.authenticate(app, { accept: ACCEPTED[accepted] }), async (c) => {
      const hasBody = c.req.method !== 'GET' && c.req.method !== 'HEAD';
      const body = hasBody ? await parsed(c.req, c.req.header('content-type') ?? '') : undefined;
      return Response.json(answer(c.get('caller'), accepted, body));
    });
  route('get', '/panel', '/panel');
  route('get', '/files/:name', '/files');
  route('all', '/save', '/save');
  route('all', '/session', '/session');
  route('get', '/either', '/either');
  route('post', '/either', '/either');
  routes.get('/limited', onHono.authenticate(app), onHono.authorize(app, LIMIT), (c) =>
    c.json(answer(c.get('caller'), '/limited')),
  );
  routes.get('/open', (c) => c.json(answer(undefined, '/open')));
  const server = new Hono();
  server.route(mountedAt === '' ? '/' : mountedAt, routes);
  server.notFound((c) => c.text('elsewhere', 404));
  server.onError((_error, c) => c.text('failed', 500));
  return server;
}

const honoOnNode: AdapterUnderTest = {
  start: (app, setup) =>
    listening(createAdaptorServer({ fetch: honoApp(app, setup).fetch }) as Server),
};

/** What a runtime other than Node does: a Web request for each request that comes. */
function overFetch(handler: (request: Request) => Response | Promise<Response>): RequestListener {
  return async (incoming, outgoing) => {
    let request: Request;
    try {
      // As runtimes do, or the path could be moved by it.
      if (/[/?#@\\]/.test(incoming.headers.host ?? '')) throw new TypeError('no host');
      const target = incoming.url?.replace(/^[a-z]+:\/\/[^/?]*/, '') ?? '/';
      const headers = new Headers();
      for (let index = 0; index < incoming.rawHeaders.length; index += 2) {
        headers.append(
          incoming.rawHeaders[index] as string,
          incoming.rawHeaders[index + 1] as string,
        );
      }
      const { method = 'GET' } = incoming;
      const hasBody = method !== 'GET' && method !== 'HEAD';
      request = new Request(new URL(`http://${incoming.headers.host || 'localhost'}${target}`), {
        ...{ method, headers, duplex: 'half' },
        body: hasBody ? (ReadableStreamOf(incoming) as NonNullable<RequestInit['body']>) : null,
      });
    } catch {
      outgoing.writeHead(400).end();
      return;
    }
    const response = await handler(request);
    outgoing.statusCode = response.status;
    for (const [name, value] of response.headers) outgoing.setHeader(name, value);
    outgoing.end(Buffer.from(await response.arrayBuffer()));
  };
}

function ReadableStreamOf(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  const chunks = incoming[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
}

const honoByFetch: AdapterUnderTest = {
  start: (app, setup) => {
    const hono = honoApp(app, setup);
    return listening(createServer(overFetch((request) => hono.fetch(request))));
  },
};

/** A server without a framework: what Next.js, Bun.serve and Deno.serve are given. */
const fetchHandler: AdapterUnderTest = {
  start: (app, { mountedAt, bodyParser }) => {
    const handler = async (sent: Request): Promise<Response> => {
      let request = sent;
      if (bodyParser === 'before' && sent.body !== null) {
        const { method, url, headers } = sent;
        request = new Request(url, { method, headers, body: await sent.text().catch(() => '') });
      }
      if (app.handles(request.method, request.url, request.headers)) return app.fetch(request);
      const route = routeOf(request.method, pathBelow(mountedAt, request.url) ?? '');
      if (route === undefined) return new Response('elsewhere', { status: 404 });
      if (route === '/open') return Response.json({});
      let caller: Caller;
      try {
        caller = await app.authenticate(request, { accept: ACCEPTED[route] });
        if (route === '/limited') await app.authorize(caller, LIMIT);
      } catch (error) {
        return app.refuse(error, request);
      }
      const body =
        request.body === null
          ? undefined
          : parse(request.headers.get('content-type'), await request.text());
      const { renewedSessionToken: renewed } = caller;
      return Response.json(answer(caller, route, body), {
        headers: renewed === undefined ? {} : { 'x-countersign-session': renewed },
      });
    };
    return listening(createServer(overFetch(handler)));
  },
};

const nodeServer: AdapterUnderTest = {
  start: (app, { mountedAt, bodyParser }) => {
    const server = createServer(async (request: IncomingMessage & { body?: unknown }, response) => {
      const { method = 'GET', url = '/' } = request;
      const hasBody = method !== 'GET' && method !== 'HEAD';
      const read = async () => {
        const text = await textOf(request).catch(() => '');
        request.body = parse(request.headers['content-type'], text);
      };
      if (bodyParser === 'before' && hasBody) await read();
      if (await onNode.handle(app, request, response)) return;
      const route = routeOf(method, pathBelow(mountedAt, url) ?? '');
      if (route === undefined) return response.writeHead(404).end('elsewhere');
      if (route === '/open') return response.end('{}');
      if (bodyParser === 'after' && hasBody) await read();
      const accept = ACCEPTED[route];
      const caller = await onNode.authenticate(app, request, response, { accept });
      if (caller === undefined) return;
      const mayGoOn =
        route !== '/limited' || (await onNode.authorize(app, caller, request, response, LIMIT));
      if (mayGoOn) {
        response.end(JSON.stringify(answer(caller, route, hasBody ? request.body : undefined)));
      }
    });
    return listening(server);
  },
};

export const servers: Readonly<Record<string, AdapterUnderTest>> = {
  'Express 5': expressServer(express5),
  'Express 4': expressServer(express4),
  Fastify: fastifyServer,
  'Hono on Node': honoOnNode,
  'Hono by fetch': honoByFetch,
  Koa: koaServer,
  'node:http': nodeServer,
  'a fetch handler': fetchHandler,
};

import assert from 'node:assert/strict';
import { Agent, createServer, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { type App, createApp } from '../../app.ts';
import { isCountersignError } from '../../errors.ts';
import { memoryStore } from '../../installations/memory-store.ts';
import type { InstallationStore } from '../../installations/store.ts';
import type { WebhookEvent } from '../../webhooks/handlers.ts';
import type { ConformanceCase } from '../store-conformance.ts';
import { type TestSite, testSite } from '../test-site.ts';

/** How the server of a case is put together. */
export interface ServerSetup {
  /** The path that all routes are mounted at, such as `/apps/panel`; empty at the root. */
  readonly mountedAt: string;
  /**
   * Where the framework's parsers of JSON and of forms stand: before `routes(app)` and `authenticate(app)`, or between
   * `routes(app)` and the routes.
   */
  readonly bodyParser: 'before' | 'after';
}

/** A server of one case. */
export interface ServerUnderTest {
  /** Such as `http://127.0.0.1:40123`. */
  readonly origin: string;
  /** Ends it with all its connections. */
  close(): Promise<void>;
}

/** An adapter, on a real server. */
export interface AdapterUnderTest {
  /**
   * Starts a server on a free port of 127.0.0.1, with what the app serves, and below `mountedAt` with these routes:
   *
   * - `GET /panel`, also for HEAD, and `GET /files/<one segment>`: accept request tokens;
   * - any method of `/save`: accepts context tokens; any method of `/session`: session tokens;
   * - `GET` and `POST /either`: accept request and context tokens;
   * - `GET /limited`: accepts request tokens, and goes on by `authorize(app, { issue: ['EDIT_ISSUES'] })`;
   * - `GET /open`: is not authenticated.
   *
   * Each answers with JSON: {@link RouteAnswer}. Everything else is a 404 with the text `elsewhere`.
   */
  start(app: App, setup: ServerSetup): Promise<ServerUnderTest>;
}

/** What the routes of the server answer; `{}` where there is no caller. */
export interface RouteAnswer {
  readonly clientKey?: string;
  readonly accountId?: string | undefined;
  readonly tokenKind?: string;
  /** The key of `caller.context.jira.issue`. */
  readonly issueKey?: string | undefined;
  /** The next session token of the page: `caller.sessionToken()`. Of `/either` and `/session` alone. */
  readonly sessionToken?: string;
  /** What was sent to a route other than GET and HEAD, as the framework parsed it. */
  readonly body?: unknown;
}

/** The host that Jira calls; nothing connects to it. */
export const HOST = 'https://panel.example.com';
/** The key of the app. */
export const APP_KEY = 'panel-app';

/** An answer as it came over HTTP. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A request of {@link Served.send}. */
interface Sent {
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | undefined;
  readonly agent?: Agent;
  /** In several pieces, without a length. */
  readonly chunked?: boolean;
}

/** The server of one case, with a site that has the app installed. */
export interface Served {
  readonly app: App;
  readonly store: InstallationStore;
  readonly site: TestSite;
  /** Another site with the same app. */
  readonly otherSite: TestSite;
  readonly clock: { time: number };
  readonly origin: string;
  readonly mountedAt: string;
  /** Codes of what was refused, in order. */
  readonly codes: string[];
  /** What the app's handler of webhooks heard, in order. */
  readonly webhooks: readonly WebhookEvent[];
  /** `path` is below the app's URL, unless it is a target for the server itself. */
  send(method: string, path: string, sent?: Sent): Promise<HttpAnswer>;
  /** {@link send} with a token in the header. */
  sendToken(method: string, path: string, token: string, sent?: Sent): Promise<HttpAnswer>;
  /** Sends a callback of a site. */
  deliver(callback: Request, sent?: Sent): Promise<HttpAnswer>;
  /** Writes bytes, and reads what comes until the server ends the connection. */
  write(bytes: string): Promise<string>;
  /** It is served, and goes on to be. */
  expectAlive(): Promise<void>;
}

/** What a case may want other than usual. */
export interface CaseSetup {
  readonly mountedAt?: string;
  readonly bodyParser?: 'before' | 'after';
  /** The path of the app's URL, where a proxy takes it away before the server sees it. Default: `mountedAt`. */
  readonly appPath?: string;
  /** The path before those of the descriptor's lifecycle. Default: none. */
  readonly lifecycleAt?: string;
  /** Takes part in the store that the app uses. */
  readonly store?: (store: InstallationStore) => InstallationStore;
  /** With it, the site answers questions of permissions. */
  readonly permissions?: () => { status: number; permitted: boolean };
}

export type Check = (
  name: string,
  body: (served: Served) => Promise<void>,
  setup?: CaseSetup,
) => ConformanceCase;

/** Cases of one adapter: each has a server, an app and two sites of its own. */
export function checkOf(adapter: AdapterUnderTest): Check {
  return (name, body, setup = {}) => ({
    name,
    async run() {
      const served = await serve(adapter, setup);
      try {
        await body(served);
      } finally {
        await served.close();
      }
    },
  });
}

/** A server of an adapter with everything around it. */
export async function serve(
  adapter: AdapterUnderTest,
  setup: CaseSetup = {},
): Promise<Served & { close(): Promise<void> }> {
  const { mountedAt = '', bodyParser = 'after', appPath = mountedAt, lifecycleAt = '' } = setup;
  const { store: change, permissions } = setup;
  const clock = { time: Date.parse('2026-11-02T09:00:00Z') };
  const now = () => clock.time;
  const appUrl = HOST + appPath;
  const jira = permissions === undefined ? undefined : await startJira(permissions);
  const site = testSite({
    ...{ appKey: APP_KEY, appUrl, now },
    ...(jira === undefined ? {} : { siteUrl: jira.url }),
  });
  const otherSite = testSite({
    ...{ appKey: APP_KEY, appUrl, now },
    siteUrl: 'https://other.atlassian.net',
  });
  const keyHost = await site.serveKeys();
  const kept = memoryStore({ now });
  const store = change === undefined ? kept : change(kept);
  const codes: string[] = [];
  const keep = (details: object) => {
    const { error } = details as { error?: unknown };
    const code: unknown = (error as { code?: unknown } | undefined)?.code;
    codes.push(isCountersignError(error) || typeof code === 'string' ? String(code) : 'other');
  };
  const app = createApp({
    descriptor: {
      key: APP_KEY,
      name: 'Panel',
      baseUrl: '{{appUrl}}',
      authentication: { type: 'jwt' },
      lifecycle: {
        installed: `${lifecycleAt}/installed`,
        uninstalled: `${lifecycleAt}/uninstalled`,
        enabled: `${lifecycleAt}/enabled`,
        disabled: `${lifecycleAt}/disabled`,
      },
      apiMigrations: { 'signed-install': true },
      scopes: ['READ'],
      modules: { webhooks: [{ event: 'jira:issue_updated', url: '/webhooks' }] },
    },
    ...{ appUrl, store, now },
    installKeyHosts: [keyHost.url],
    ...(jira === undefined ? {} : { allowedSites: [jira.url], jira: { maxTries: 1 } }),
    logger: { info() {}, warn: keep, error: keep },
  });
  const webhooks: WebhookEvent[] = [];
  app.webhook('jira:issue_updated', ({ event }) => void webhooks.push(event));
  await kept.put(site.record());
  await kept.put(otherSite.record());
  clock.time += 1000;
  const server = await adapter.start(app, { mountedAt, bodyParser });
  const { origin } = server;
  const ownAgent = new Agent({ keepAlive: true });

  const send: Served['send'] = (method, path, { headers = {}, body, agent, chunked } = {}) =>
    new Promise((resolve, reject) => {
      const target = path.startsWith('/') ? mountedAt + path : path;
      const { hostname, port } = new URL(origin);
      const options = { method, hostname, port, path: target, agent: agent ?? ownAgent };
      const outgoing = httpRequest(
        { ...options, headers: headers as Record<string, string | string[]> },
        async (response) => {
          try {
            const answer = Buffer.concat(await response.toArray()).toString();
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: answer });
          } catch (error) {
            reject(error);
          }
        },
      );
      outgoing.on('error', reject);
      if (chunked && body !== undefined) {
        outgoing.setHeader('transfer-encoding', 'chunked');
        outgoing.write(body.slice(0, body.length / 2));
        outgoing.end(body.slice(body.length / 2));
      } else {
        outgoing.end(body);
      }
    });

  const served: Served = {
    ...{ app, store: kept, site, otherSite, clock, origin, mountedAt, codes, webhooks, send },
    sendToken: (method, path, token, sent = {}) =>
      send(method, path, {
        ...sent,
        headers: { authorization: `JWT ${token}`, ...sent.headers },
      }),
    deliver: async (callback, sent) =>
      send('POST', callback.url.slice(appUrl.length), {
        headers: Object.fromEntries(callback.headers),
        body: await callback.text(),
        ...sent,
      }),
    write: (bytes) =>
      new Promise((resolve, reject) => {
        const socket = connect(Number(new URL(origin).port), '127.0.0.1');
        let text = '';
        socket.on('data', (data) => {
          text += data;
        });
        socket.on('error', reject);
        socket.on('close', () => resolve(text));
        socket.write(bytes);
      }),
    async expectAlive() {
      const answer = await send('GET', '/open');
      assert.deepEqual([answer.status, answer.body], [200, '{}']);
    },
  };
  return {
    ...served,
    async close() {
      ownAgent.destroy();
      await server.close();
      await keyHost.close();
      await jira?.close();
    },
  };
}

/** As much of a site as tells who may edit an issue. */
async function startJira(
  permissions: NonNullable<CaseSetup['permissions']>,
): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    request.resume();
    const { status, permitted } = permissions();
    const issues = permitted ? [10_021] : [];
    response.writeHead(status, { 'content-type': 'application/json' }).end(
      JSON.stringify({
        globalPermissions: [],
        projectPermissions: [{ permission: 'EDIT_ISSUES', issues, projects: [] }],
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What a route said of a caller that was let in. */
export function letIn({ status, body }: HttpAnswer): RouteAnswer {
  assert.equal(status, 200, `it was refused: ${body}`);
  return JSON.parse(body) as RouteAnswer;
}

/** A refusal says its status, and nothing of its reason. */
export function expectRefused(answer: HttpAnswer): void {
  const { status, body, headers } = answer;
  assert.deepEqual({ status, body }, { status: 401, body: '{"error":"unauthorized"}' });
  assert.equal(headers['www-authenticate'], `JWT realm="${APP_KEY}"`);
  assert.equal(headers['cache-control'], 'no-store');
  assert.match(headers['content-type'] ?? '', /^application\/json/);
}

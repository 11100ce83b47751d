import { randomUUID } from 'node:crypto';
import { type AppForge, bearerToken, createForgeHost, type ForgeHost } from './app-forge.ts';
import { type AppJira, createAppJira } from './app-jira.ts';
import { type Authorize, type AuthorizeQuestion, createAuthorize } from './authorize.ts';
import { type Caller, type CallerApp, type CallerTokenKind, VerifiedCaller } from './caller.ts';
import { type BaseUrls, createBaseUrls } from './connect/base-urls.ts';
import { descriptorAnswers } from './connect/descriptor/serve.ts';
import { type Descriptor, type DescriptorSource, prepareDescriptor } from './connect/descriptor.ts';
import { diagnoseInbound, diagnoseInvocation } from './connect/diagnose-inbound.ts';
import { inboundForm } from './connect/inbound-form.ts';
import { type InboundRequest, inboundToken } from './connect/inbound-token.ts';
import { createInstallKeys } from './connect/install-keys.ts';
import {
  handleLifecycle,
  LIFECYCLE_EVENTS,
  type LifecycleEvent,
  type LifecycleOutcome,
} from './connect/lifecycle.ts';
import { readBody } from './connect/read-body.ts';
import { createSessionTokens } from './connect/session-token.ts';
import { siteFilter } from './connect/sites.ts';
import type { InboundKind } from './connect/verified-tokens.ts';
import { createInboundVerifier } from './connect/verify-inbound.ts';
import {
  ConfigError,
  InstallationError,
  isCountersignError,
  isTokenError,
  refuseUnknownOptions,
  TokenError,
} from './errors.ts';
import { isForgeInstalled } from './forge/installations.ts';
import type { ForgeOptions } from './forge/options.ts';
import { createHealth } from './health/health.ts';
import { keyHostCheck } from './health/key-host.ts';
import { type CachedStore, cachedStore, uncachedStore } from './installations/cached-store.ts';
import { encryptedStore } from './installations/encryption/encrypted-store.ts';
import {
  type AppInstallation,
  type InstallationRecord,
  withSettings,
} from './installations/installation.ts';
import { purge } from './installations/purge.ts';
import { type InstallationSettings, installationSettings } from './installations/settings.ts';
import type { JiraClient } from './jira/client.ts';
import { createTransport } from './jira/transport.ts';
import { addLogContext, currentRequestId, loggable, withLogContext } from './logger.ts';
import { type AppOptions, type AppSettings, readAppOptions } from './options.ts';
import { createPages, type PageHandler, type PageOptions } from './pages/pages.ts';
import { plainReply, replyToError } from './reply.ts';
import { requestIdOf } from './request-id.ts';
import { type WebhookRoute, webhookRoutes } from './webhooks/routes.ts';
import { type AddWebhook, createWebhooks } from './webhooks/webhooks.ts';

/** What a handler of `app.on` is given. */
export interface LifecycleNotice extends LifecycleOutcome {
  /** As it is now stored, with what the app keeps for it. */
  readonly installation: AppInstallation;
  /** Calls the site as the app. After uninstalled, every call rejects. */
  readonly jira: JiraClient;
}

/** Runs after the event is durably stored and answered; what it throws is logged. */
export type LifecycleHandler = (notice: LifecycleNotice) => void | Promise<void>;

/** Options of {@link App.authenticate}. */
export interface AuthenticateOptions {
  /**
   * The kinds of token that this route accepts. Default: `['request']`, bound to its method and URL. With `'forge'`
   * beside the kinds of Connect, one route serves both hosts; a kind of a host that the app is not on is never let in.
   * `'context'` and `'session'` are for what a page calls once it is loaded: they are bound to no URL.
   */
  accept?: CallerTokenKind | readonly CallerTokenKind[];
}

/** Options of {@link App.drain}. */
export interface DrainOptions {
  /** For how long to wait for what runs, in milliseconds. Default: 25000. */
  graceMs?: number;
}

/** An app: its install handshake, its doorkeeper and its way to Jira. */
export interface App {
  /** As it is served; undefined for an app that is a Forge remote alone. */
  readonly descriptor: Descriptor | undefined;
  /** The app as a Forge remote; undefined without the option `forge`. */
  readonly forge: AppForge | undefined;
  /**
   * True for the requests that {@link App.fetch} is for: the descriptor, pages, lifecycle callbacks, webhooks, events of
   * Forge, health.
   *
   * @param headers Needed where `proxies` believes `x-forwarded-prefix`.
   */
  handles(method: string, url: string, headers?: InboundRequest['headers']): boolean;
  /**
   * Serves the descriptor, the pages of {@link App.page}, the lifecycle callbacks, and what Forge sends below `/forge/`;
   * anything else is answered with 404. Never rejects.
   */
  fetch(request: Request): Promise<Response>;
  /**
   * Proves who a request comes from.
   *
   * @throws TokenError, InstallationError, KeySourceError, StoreError; answer them with {@link App.refuse}.
   */
  authenticate(request: InboundRequest, options?: AuthenticateOptions): Promise<Caller>;
  /**
   * {@link App.authenticate} for a token that was proved before, without waiting: a page sends one token with many
   * requests. Undefined says nothing about the request; authenticate it then.
   */
  authenticateNow(request: InboundRequest, options?: AuthenticateOptions): Caller | undefined;
  /**
   * Lets a caller go on whose user has every permission that the question names, by Jira's own check. The projects and
   * issues are those of the caller's context, if the question names none. What Jira answered is remembered for
   * `permissionCacheSeconds`; whatever fails lets nobody on.
   *
   * @throws TokenError TOKEN_PERMISSION_MISSING, which is a 403; JiraApiError; answer them with {@link App.refuse}.
   */
  authorize(caller: Caller, question: AuthorizeQuestion): Promise<void>;
  /**
   * Registers a page that Jira shows in an iframe. {@link App.fetch} serves it for GET, to whoever Jira opened it for:
   * with a Content-Security-Policy that lets only the caller's site show it, and with a session token in
   * `<meta name="countersign-session">`, which `countersign/browser` calls the app with.
   *
   * @param path Below the appUrl, without a query, such as `/panel`.
   * @throws ConfigError CONFIG_OPTION_UNKNOWN, CONFIG_OPTION_INVALID.
   */
  page(path: string, handler: PageHandler, options?: PageOptions): void;
  /**
   * Handles webhooks. {@link App.fetch} takes in those of the descriptor's `modules.webhooks` as soon as there is a
   * handler: proved, of a bounded size, each once. Register all handlers before {@link App.open}.
   *
   * @param event An event such as `jira:issue_updated`, a pattern such as `comment_*`, or an event of Forge's triggers
   *   such as `avi:jira:updated:issue`.
   * @returns a function that takes the handler away again.
   * @throws ConfigError CONFIG_OPTION_UNKNOWN, CONFIG_OPTION_INVALID.
   */
  readonly webhook: AddWebhook;
  /** Logs why a request is refused, and makes the answer, which does not say it. */
  refuse(
    error: unknown,
    request?: Pick<InboundRequest, 'method' | 'url'> & Partial<Pick<InboundRequest, 'headers'>>,
  ): Response;
  /** @returns a function that takes the handler away again. */
  on(event: LifecycleEvent, handler: LifecycleHandler): () => void;
  /**
   * A client for one installation, also outside of any request. It always signs with the newest secret.
   * Its calls reject with InstallationError when the app is not (or no longer) installed there.
   *
   * It takes a clientKey of Connect; or an installationId (as UUID or ARI) or a cloudId, with the option `forge`.
   * `app.jira.on(event, handler)` hears of the calls to all sites.
   */
  readonly jira: AppJira;
  /** What the app keeps for one installation, also outside of any request. It takes the same ids. */
  settings(id: string): InstallationSettings;
  /**
   * Forgets an installation wholly: its record with its secrets, and its settings. Where the app is still installed,
   * calls of the site are refused until an administrator installs it again; where it is still on Forge, the next call of
   * Forge begins a new record. It takes the same ids.
   *
   * @throws StoreError.
   */
  purge(id: string): Promise<void>;
  /**
   * Connects to the store and to the queue of webhooks, brings their tables up to date and fetches the keys, so that a
   * start with a wrong URL or key ends at once; then begins to work off the queue. Left out, all of that is done when it
   * is first needed: the queue with the first webhook that is taken in.
   *
   * @throws StoreError, QueueError, ConfigError.
   */
  open(): Promise<void>;
  /**
   * Before the process ends: `/health/ready` answers 503, nothing new is taken from the queue, and what runs may end
   * within `graceMs` (default: 25000); the rest goes back to the queue. Requests are served on; close the server meanwhile.
   */
  drain(options?: DrainOptions): Promise<void>;
  /** Lets go of files and connections of the store and the queue. */
  close(): Promise<void>;
}

/** An app with a descriptor. */
export type ConnectApp = App & { readonly descriptor: Descriptor };
/** An app that is a Forge remote. */
export type ForgeApp = App & { readonly forge: AppForge };

const DESCRIPTOR_PATH = '/atlassian-connect.json';
const AUTHENTICATE_OPTIONS: ReadonlySet<string> = new Set(['accept']);
const NO_HEADERS: InboundRequest['headers'] = { get: () => null };
const REQUEST_KIND: readonly InboundKind[] = ['request'];
const TOKEN_KINDS: ReadonlySet<string> = new Set(['request', 'context', 'session', 'forge']);

/**
 * Adapters call this where a route is declared, so that a typing error is seen at start and not at the first request.
 *
 * @throws ConfigError CONFIG_OPTION_UNKNOWN, CONFIG_OPTION_INVALID.
 */
export function checkAuthenticateOptions(options: AuthenticateOptions): void {
  refuseUnknownOptions('authenticate', options, AUTHENTICATE_OPTIONS);
  const { accept } = options;
  if (accept === undefined) return;
  const kinds: readonly string[] = typeof accept === 'string' ? [accept] : accept;
  if (Array.isArray(kinds) && kinds.length > 0 && kinds.every((kind) => TOKEN_KINDS.has(kind)))
    return;
  throw new ConfigError(
    'CONFIG_OPTION_INVALID',
    "accept must be 'request', 'context', 'session', 'forge', or a list of them.",
  );
}

/**
 * Puts an app together.
 *
 * @throws ConfigError when an option or the descriptor is wrong.
 */
export function createApp(
  options: AppOptions & { descriptor: DescriptorSource; forge: ForgeOptions },
): ConnectApp & ForgeApp;
export function createApp(options: AppOptions & { descriptor: DescriptorSource }): ConnectApp;
export function createApp(options: AppOptions & { forge: ForgeOptions }): ForgeApp;
export function createApp(options: AppOptions): App;
export function createApp(options: AppOptions): App {
  const settings = readAppOptions(options);
  const { appUrl, clockToleranceSeconds, logger, maxBodyBytes, now } = settings;
  const descriptor =
    settings.descriptor === undefined
      ? undefined
      : prepareDescriptor(settings.descriptor, appUrl, ({ path, message }) =>
          logger.warn({ path }, `The descriptor may be wrong at ${path}: ${message}`),
        );
  const appKey = descriptor?.key ?? settings.forge?.appIds[0] ?? '';
  const store = appStore(settings);
  const isAllowedSite = siteFilter(settings.allowedSites);
  const transport = createTransport(settings.jira, now);
  const baseUrls = createBaseUrls(appUrl, settings.alternativeUrls, settings.proxies);
  const { asCalled } = baseUrls;
  const answerDescriptor =
    descriptor === undefined ? undefined : descriptorsOf(descriptor, settings, baseUrls);
  const inbound = createInboundVerifier({ appKey, baseUrls, store, clockToleranceSeconds, now });
  const sessions = createSessionTokens(appKey, settings.session, now);
  const authorize: Authorize = createAuthorize(settings.permissionCacheSeconds, now);
  const lifecycleOptions = {
    appKey,
    baseUrls,
    store,
    previousSecretSeconds: settings.previousSecretSeconds,
    installKeys: createInstallKeys({ hosts: settings.installKeyHosts, now }),
    isAllowedSite,
    inbound,
    clockToleranceSeconds,
    now,
  };
  const routes = descriptor === undefined ? new Map() : lifecycleRoutes(descriptor);
  const handlers = new Map<LifecycleEvent, Set<LifecycleHandler>>();
  const pathOf = ({
    method,
    url,
    headers = NO_HEADERS,
  }: Pick<InboundRequest, 'method' | 'url'> & Partial<InboundRequest>): string =>
    baseUrls.pathOf(asCalled({ method, url, headers }).url);

  const receive = async (event: LifecycleEvent, request: Request): Promise<Response> => {
    const body = await readBody(request, maxBodyBytes);
    const outcome = await handleLifecycle(event, asCalled(request), body, lifecycleOptions);
    if (outcome === undefined) {
      logger.info({ event }, 'The event changes nothing that is stored.');
    } else {
      const { clientKey, siteUrl } = outcome.installation;
      logger.info({ event, clientKey, siteUrl }, 'The installation was stored.');
      if (event === 'installed') await tieToForge(outcome);
      if (event === 'uninstalled') jira.forget(clientKey);
      notify(outcome);
    }
    return new Response(null, { status: 204 });
  };

  /** The install is stored, and its token is used up: what fails here is made good by the next call of Forge. */
  const tieToForge = async ({ installation }: LifecycleOutcome): Promise<void> => {
    try {
      await forgeHost?.installations.connectInstalled(installation);
    } catch (error) {
      const { clientKey } = installation;
      logger.error(
        { clientKey, error: loggable(error) },
        'The installation could not be tied to what Forge has of the site.',
      );
    }
  };

  const notify = (outcome: LifecycleOutcome): void => {
    const notice = {
      ...outcome,
      installation: withSettings(outcome.installation, app.settings),
      jira: app.jira(outcome.installation.clientKey),
    };
    for (const handler of handlers.get(outcome.event) ?? []) {
      // Behind the answer: Jira waits for that, and gives up after seconds.
      setImmediate(async () => {
        try {
          await handler(notice);
        } catch (error) {
          logger.error(
            {
              event: outcome.event,
              clientKey: outcome.installation.clientKey,
              error: loggable(error),
            },
            'A lifecycle handler failed.',
          );
        }
      });
    }
  };

  const clientKeyOf = async (id: string): Promise<string> =>
    forgeHost === undefined ? id : forgeHost.installations.clientKeyOf(id);

  /** The record of an id where the app can be called by one host or the other. */
  const findRecord = async (
    id: string,
    isUsable: (record: InstallationRecord) => boolean,
    fresh = false,
  ) => {
    const clientKey = await clientKeyOf(id);
    const record = await (fresh ? store.getFresh(clientKey) : store.get(clientKey));
    if (record !== undefined && isUsable(record)) return record;
    throw new InstallationError(
      record === undefined ? 'INSTALLATION_UNKNOWN' : 'INSTALLATION_UNINSTALLED',
      record === undefined
        ? `No installation is stored for ${forgeHost === undefined ? 'the clientKey ' : ''}'${id}'.`
        : `The app was uninstalled from ${record.siteUrl}.`,
      { clientKey: record?.clientKey ?? id },
    );
  };

  const isCallable = (record: InstallationRecord): boolean =>
    record.status === 'installed' || (forgeHost !== undefined && isForgeInstalled(record));

  const forApp = {
    jira: (clientKey: string) => app.jira(clientKey),
    settings: (clientKey: string) => app.settings(clientKey),
    sessions,
  };
  const forgeHost: ForgeHost | undefined =
    settings.forge === undefined
      ? undefined
      : createForgeHost({
          ...{
            forge: settings.forge,
            store,
            appKey,
            clockToleranceSeconds,
            now,
            logger,
            transport,
          },
          hasDescriptor: descriptor !== undefined,
          findRecord: (clientKey) => findRecord(clientKey, isForgeInstalled),
          callerApp: forApp,
          takeEvent: (received) =>
            webhooks.takeEvent({
              ...received,
              // Forge names its events by nothing that stays the same when it sends one again.
              id: randomUUID(),
              ...{ appKey, identifier: undefined, flow: undefined, receivedAt: now() },
              requestId: currentRequestId() ?? received.trace ?? '',
            }),
        });
  const callerApp: CallerApp = { ...forApp, access: forgeHost?.access };
  const jira = createAppJira({
    ...{ options: settings.jira, transport, descriptor, isAllowedSite, now },
    forgeAppId: settings.forge?.appIds[0],
    findRecord: (id, fresh) => findRecord(id, isCallable, fresh),
    access: forgeHost?.access,
  });

  const pages = createPages({
    allowedSites: settings.allowedSites,
    authenticate: (request, pageOptions) => app.authenticate(request, pageOptions),
    authorize,
    refuse: (error, request) => app.refuse(error, request),
    isTaken: (path) => path === DESCRIPTOR_PATH || routes.has(path) || !!forgeHost?.isRoute(path),
  });

  const webhooks = createWebhooks({
    ...{ appKey, store, logger, now },
    settings: settings.webhooks,
    routes: webhookRoutes(descriptor, baseUrls.pathOf),
    telemetry: settings.telemetry,
    findRecord: (clientKey, fresh) => findRecord(clientKey, isCallable, fresh),
    jira: (clientKey) => app.jira(clientKey),
    settingsOf: (clientKey) => app.settings(clientKey),
  });
  let isDraining = false;
  const { healthPath } = settings;
  const { queue } = settings.webhooks;
  const health = createHealth({
    logger,
    isDraining: () => isDraining,
    checks: [
      { name: 'store', run: async () => void (await store.getFresh('countersign-health')) },
      ...(queue === undefined ? [] : [{ name: 'queue', run: () => queue.check() }]),
      keyHostCheck(
        descriptor === undefined ? [settings.forge?.keySetUrl ?? ''] : settings.installKeyHosts,
      ),
    ],
  });
  const healthOf = (path: string): 'live' | 'ready' | undefined => {
    if (healthPath === undefined || !path.startsWith(healthPath)) return undefined;
    const rest = path.slice(healthPath.length);
    return rest === '/live' ? 'live' : rest === '/ready' ? 'ready' : undefined;
  };

  const takeWebhook = (route: WebhookRoute, request: Request): Promise<Response> =>
    webhooks.take(async () => {
      const called = asCalled(request);
      const token = inboundToken(called);
      const { claims } =
        inbound.recall(token, called, REQUEST_KIND) ??
        (await inbound.verify(token, called, REQUEST_KIND));
      const clientKey = claims.iss;
      addLogContext({ clientKey });
      return {
        ...{ appKey, clientKey, route },
        url: called.url,
        headers: request.headers,
        // Only now: the body of somebody else is not read.
        body: await readBody(request, settings.webhooks.maxBodyBytes),
        receivedAt: now(),
        requestId: currentRequestId() ?? requestIdOf(request.headers),
      };
    });

  const serve = async (path: string, request: Request): Promise<Response> => {
    const { method } = request;
    const isGet = method === 'GET' || method === 'HEAD';
    const probe = healthOf(path);
    if (probe !== undefined)
      return isGet ? health[probe]() : plainReply(405, { allow: 'GET, HEAD' });
    const webhook = method === 'POST' ? webhooks.route(path) : undefined;
    if (webhook !== undefined) return takeWebhook(webhook, request);
    if (pages.has(path)) {
      return isGet ? pages.answer(path, request) : plainReply(405, { allow: 'GET, HEAD' });
    }
    if (path === DESCRIPTOR_PATH && answerDescriptor !== undefined) {
      return isGet ? answerDescriptor(request) : plainReply(405, { allow: 'GET, HEAD' });
    }
    const event = routes.get(path);
    const isForge = forgeHost?.isRoute(path) === true;
    if (event === undefined && !isForge && webhooks.route(path) === undefined)
      return plainReply(404);
    if (method !== 'POST') return plainReply(405, { allow: 'POST' });
    if (isForge) return forgeHost.receive(path, request);
    return event === undefined ? plainReply(404) : receive(event, request);
  };

  const app: App = {
    descriptor,
    forge: forgeHost?.api,
    page: pages.add,
    handles(method, url, headers = NO_HEADERS) {
      const path = pathOf({ method, url, headers });
      const isGet = method === 'GET' || method === 'HEAD';
      if (healthOf(path) !== undefined) return isGet;
      if (method === 'POST' && webhooks.route(path) !== undefined) return true;
      if (pages.has(path)) return isGet;
      if (path === DESCRIPTOR_PATH) return descriptor !== undefined && isGet;
      return method === 'POST' && (routes.has(path) || forgeHost?.isRoute(path) === true);
    },
    fetch: (request) =>
      withLogContext({ requestId: requestIdOf(request.headers) }, async () => {
        try {
          return await serve(pathOf(request), request);
        } catch (error) {
          const path = pathOf(request);
          const event = routes.get(path);
          const lifecycle = event === 'installed' || event === 'uninstalled';
          if (event !== undefined || webhooks.route(path) !== undefined) {
            diagnoseInbound(error, { request: asCalled(request), appKey, appUrl, now, lifecycle });
          } else if (settings.forge !== undefined) {
            diagnoseInvocation(error, { request, ...settings.forge, now });
          }
          return app.refuse(error, request);
        }
      }),
    async authenticate(sent, authenticateOptions = {}) {
      checkAuthenticateOptions(authenticateOptions);
      const kinds = acceptedKinds(authenticateOptions, descriptor !== undefined, forgeHost);
      const called = asCalled(sent);
      if (kinds.forge !== undefined) {
        try {
          const token = forgeToken(called, kinds.connect.length > 0);
          if (token !== undefined) return await kinds.forge.authenticate(token, called);
        } catch (error) {
          if (settings.forge !== undefined) {
            diagnoseInvocation(error, { request: called, ...settings.forge, now });
          }
          throw error;
        }
      }
      const accept = kinds.connect;
      let token: string | undefined;
      try {
        if (kinds.forge === undefined && forgeHost !== undefined) refuseForgeToken(called);
        token = await anyToken(called, sent);
        const verified =
          inbound.recall(token, called, accept) ?? (await inbound.verify(token, called, accept));
        return new VerifiedCaller(verified, called.url, callerApp);
      } catch (error) {
        diagnoseInbound(error, { request: called, token, appKey, appUrl, now, accept });
        throw error;
      }
    },
    authenticateNow(sent, { accept = 'request' } = {}) {
      const request = asCalled(sent);
      const token = findToken(request);
      if (token === undefined || descriptor === undefined) return undefined;
      // One that a FIT stands beside is for authenticate to refuse.
      if (accept.includes('forge') && bearerToken(request) !== undefined) return undefined;
      const verified = inbound.recall(token, request, connectKinds(accept));
      return verified === undefined
        ? undefined
        : new VerifiedCaller(verified, request.url, callerApp);
    },
    authorize,
    webhook: webhooks.add,
    refuse(error, request) {
      const clientKey = (error as { clientKey?: unknown } | undefined)?.clientKey;
      const details = {
        ...(request === undefined ? {} : { method: request.method, path: pathOf(request) }),
        ...(request?.headers === undefined || currentRequestId() !== undefined
          ? {}
          : { requestId: requestIdOf(request.headers) }),
        ...(typeof clientKey === 'string' ? { clientKey } : {}),
        error: loggable(error),
      };
      if (isCountersignError(error) && error.httpStatus < 500) {
        logger.warn(details, `A request was refused: ${error.message}`);
      } else {
        logger.error(details, 'A request failed.');
      }
      return replyToError(error, appKey, descriptor === undefined ? 'Bearer' : 'JWT');
    },
    on(event, handler) {
      if (!LIFECYCLE_EVENTS.includes(event)) {
        refuseUnknownOptions('app.on', { [event]: handler }, new Set(LIFECYCLE_EVENTS));
      }
      const known = handlers.get(event) ?? new Set();
      handlers.set(event, known.add(handler));
      return () => {
        known.delete(handler);
      };
    },
    jira,
    settings(id) {
      if (forgeHost === undefined) return installationSettings(store, id);
      // Looked up for each call: what only Forge knew may have moved to a record of Connect meanwhile.
      const own = async () => installationSettings(store, await clientKeyOf(id));
      return {
        get: async <T>(name: string) => (await own()).get<T>(name),
        set: async (name, value) => (await own()).set(name, value),
        delete: async (name) => (await own()).delete(name),
      };
    },
    async purge(id) {
      const clientKey = await clientKeyOf(id);
      forgeHost?.access.forget(clientKey);
      jira.forget(clientKey);
      await purge(store, clientKey);
    },
    async open() {
      await store.open?.();
      await webhooks.open();
    },
    async drain({ graceMs = 25_000 } = {}) {
      isDraining = true;
      logger.info({ graceMs }, 'The app drains: it takes nothing new from its queue.');
      await webhooks.drain(graceMs);
      logger.info({}, 'The app is drained.');
    },
    async close() {
      await webhooks.close();
      await store.close?.();
    },
  };
  return app;
}

/** @throws TokenError TOKEN_FORGE_REFUSED. */
function refuseForgeToken(request: InboundRequest): void {
  // A page may be opened by a browser that adds credentials of its own.
  if (bearerToken(request) === undefined || findToken(request) !== undefined) return;
  throw new TokenError(
    'TOKEN_FORGE_REFUSED',
    'The request carries a Bearer token, as Forge sends; this route accepts tokens of Connect alone.',
  );
}

interface AcceptedKinds {
  readonly connect: readonly InboundKind[];
  /** Undefined where the route, or the app, takes no FIT. */
  readonly forge: ForgeHost | undefined;
}

/**
 * The kinds that a route accepts and that the app can have: a kind of a host that it is not on would let in nobody.
 *
 * @throws ConfigError CONFIG_OPTION_INVALID where none is left.
 */
function acceptedKinds(
  { accept = 'request' }: AuthenticateOptions,
  hasDescriptor: boolean,
  forgeHost: ForgeHost | undefined,
): AcceptedKinds {
  const connect = hasDescriptor ? connectKinds(accept) : [];
  const forge = accept.includes('forge') ? forgeHost : undefined;
  if (connect.length > 0 || forge !== undefined) return { connect, forge };
  throw new ConfigError(
    'CONFIG_OPTION_INVALID',
    hasDescriptor
      ? "The route accepts 'forge' alone, and createApp was given no option forge."
      : 'The route accepts tokens of Connect alone, and createApp was given no descriptor.',
    { hint: "Say accept: ['forge'] for a Forge remote, or give createApp what is missing." },
  );
}

function connectKinds(
  accept: CallerTokenKind | readonly CallerTokenKind[],
): readonly InboundKind[] {
  // What most routes say needs no list of its own for each request.
  if (accept === 'request') return REQUEST_KIND;
  const kinds = typeof accept === 'string' ? [accept] : accept;
  return kinds.filter((kind) => kind !== 'forge');
}

/**
 * The FIT of a request; undefined leaves it to Connect.
 *
 * @throws TokenError TOKEN_AMBIGUOUS, TOKEN_MISSING, TOKEN_FORGE_EXPECTED.
 */
function forgeToken(request: InboundRequest, takesConnect: boolean): string | undefined {
  const token = bearerToken(request);
  const connect = findToken(request);
  if (token !== undefined) {
    if (connect === undefined) return token;
    throw new TokenError(
      'TOKEN_AMBIGUOUS',
      'The request carries a token of Forge in its header and one of Connect in its URL.',
      { hint: 'Send one token: as `Authorization: Bearer <token>` or as the `jwt` parameter.' },
    );
  }
  if (takesConnect) return undefined;
  const isMissing = connect === undefined && !request.headers.get('authorization');
  throw isMissing
    ? new TokenError('TOKEN_MISSING', 'The request carries no token.', {
        hint: 'Forge sends its invocation token as `Authorization: Bearer <token>`.',
      })
    : new TokenError(
        'TOKEN_FORGE_EXPECTED',
        'The request carries a token of another kind than a Forge invocation token.',
      );
}

/** The store as the app uses it: guarded, decrypted, and remembered where it would have to be waited for. */
function appStore({ store, encryptionKeys, cache, logger }: AppSettings): CachedStore {
  if (encryptionKeys === undefined && store.isVolatile !== true) {
    logger.warn(
      {},
      'Shared secrets are stored in clear: give createApp the option encryptionKeys. See docs/storage.md.',
    );
  }
  const open = encryptedStore(store, encryptionKeys);
  const cacheOptions = cache ?? (open.getNow === undefined ? {} : false);
  return cacheOptions === false ? uncachedStore(open) : cachedStore(open, cacheOptions);
}

/** The token of Connect that a request carries; in the body of a Web request only where it is nowhere else. */
async function anyToken(called: InboundRequest, sent: InboundRequest): Promise<string> {
  try {
    return inboundToken(called);
  } catch (error) {
    const isNowhere = isTokenError(error) && error.code === 'TOKEN_MISSING';
    const form = isNowhere && called.form === undefined ? await inboundForm(sent) : undefined;
    if (form?.get('jwt') == null) throw error;
    const { method, url, headers } = called;
    return inboundToken({ method, url, headers, form });
  }
}

function findToken(request: InboundRequest): string | undefined {
  try {
    return inboundToken(request);
  } catch {
    return undefined;
  }
}

/** Answers with the descriptor of the URL that was called: installed from there, the app is called there. */
function descriptorsOf(
  descriptor: Descriptor,
  settings: AppSettings,
  baseUrls: BaseUrls,
): (request: Request) => Response {
  const { main, all } = baseUrls;
  const answerMain = descriptorAnswers(descriptor);
  const answers = new Map([[main, answerMain]]);
  for (const url of all.slice(1)) {
    try {
      answers.set(url, descriptorAnswers(prepareDescriptor(settings.descriptor, url)));
    } catch {
      // Its baseUrl is written out, and names another one.
    }
  }
  return (request) => (answers.get(baseUrls.of(request)) ?? answerMain)(request);
}

/** Lifecycle values are paths below the app's URL, and may carry a query of their own. */
function lifecycleRoutes({ lifecycle }: Descriptor): Map<string, LifecycleEvent> {
  const routes = new Map<string, LifecycleEvent>();
  for (const event of LIFECYCLE_EVENTS) {
    const path = lifecycle[event]?.replace(/[?#].*$/s, '');
    if (path !== undefined) routes.set(path, event);
  }
  return routes;
}

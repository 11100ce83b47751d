import { type Caller, VerifiedCaller } from './caller.ts';
import { type Descriptor, prepareDescriptor } from './connect/descriptor.ts';
import { diagnoseInbound } from './connect/diagnose-inbound.ts';
import { type InboundRequest, inboundToken } from './connect/inbound-token.ts';
import { createInstallKeys } from './connect/install-keys.ts';
import {
  handleLifecycle,
  LIFECYCLE_EVENTS,
  type LifecycleEvent,
  type LifecycleOutcome,
} from './connect/lifecycle.ts';
import { readBody } from './connect/read-body.ts';
import { siteFilter } from './connect/sites.ts';
import { createInboundVerifier } from './connect/verify-inbound.ts';
import {
  ConfigError,
  InstallationError,
  isCountersignError,
  refuseUnknownOptions,
} from './errors.ts';
import { type CachedStore, cachedStore, uncachedStore } from './installations/cached-store.ts';
import { encryptedStore } from './installations/encryption/encrypted-store.ts';
import { type AppInstallation, withSettings } from './installations/installation.ts';
import { purge } from './installations/purge.ts';
import { type InstallationSettings, installationSettings } from './installations/settings.ts';
import { createJiraClient, type JiraClient } from './jira/client.ts';
import type { TokenKind } from './jwt/jwt.ts';
import { loggable } from './logger.ts';
import { type AppOptions, type AppSettings, readAppOptions } from './options.ts';
import { plainReply, replyToError } from './reply.ts';

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
  /** The kinds of token that this route accepts. Default: `['request']`, bound to its method and URL. */
  accept?: TokenKind | readonly TokenKind[];
}

/** An app: its install handshake, its doorkeeper and its way to Jira. */
export interface App {
  /** As it is served. */
  readonly descriptor: Descriptor;
  /** True for the requests that {@link App.fetch} is for: the descriptor and the lifecycle callbacks. */
  handles(method: string, url: string): boolean;
  /** Serves the descriptor and the lifecycle callbacks; anything else is answered with 404. Never rejects. */
  fetch(request: Request): Promise<Response>;
  /**
   * Proves who a request comes from.
   *
   * @throws TokenError, InstallationError, StoreError; answer them with {@link App.refuse}.
   */
  authenticate(request: InboundRequest, options?: AuthenticateOptions): Promise<Caller>;
  /**
   * {@link App.authenticate} for a token that was proved before, without waiting: a page sends one token with many
   * requests. Undefined says nothing about the request; authenticate it then.
   */
  authenticateNow(request: InboundRequest, options?: AuthenticateOptions): Caller | undefined;
  /** Logs why a request is refused, and makes the answer, which does not say it. */
  refuse(error: unknown, request?: Pick<InboundRequest, 'method' | 'url'>): Response;
  /** @returns a function that takes the handler away again. */
  on(event: LifecycleEvent, handler: LifecycleHandler): () => void;
  /**
   * A client for one installation, also outside of any request. It always signs with the newest secret.
   * Its calls reject with InstallationError when the app is not (or no longer) installed there.
   */
  jira(clientKey: string): JiraClient;
  /** What the app keeps for one installation, also outside of any request. */
  settings(clientKey: string): InstallationSettings;
  /**
   * Forgets an installation wholly: its record with its secrets, and its settings. Where the app is still installed,
   * calls of the site are refused until an administrator installs it again.
   *
   * @throws StoreError.
   */
  purge(clientKey: string): Promise<void>;
  /**
   * Connects to the store, brings its tables up to date and fetches the keys, so that a start with a wrong URL or key
   * ends at once. Left out, all of that is done when it is first needed.
   *
   * @throws StoreError, ConfigError.
   */
  open(): Promise<void>;
  /** Lets go of the store's files and connections. */
  close(): Promise<void>;
}

const DESCRIPTOR_PATH = '/atlassian-connect.json';
/** Clients are small; this bounds what the lists of fields that they keep may take. */
const MAX_CLIENTS = 1000;
const AUTHENTICATE_OPTIONS: ReadonlySet<string> = new Set(['accept']);
const TOKEN_KINDS: ReadonlySet<string> = new Set(['request', 'context']);

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
    "accept must be 'request', 'context', or a list of them.",
  );
}

/**
 * Puts an app together.
 *
 * @throws ConfigError when an option or the descriptor is wrong.
 */
export function createApp(options: AppOptions): App {
  const settings = readAppOptions(options);
  const { appUrl, clockToleranceSeconds, logger, maxBodyBytes, now } = settings;
  const descriptor = prepareDescriptor(settings.descriptor, appUrl);
  const appKey = descriptor.key;
  const store = appStore(settings);
  const inbound = createInboundVerifier({ appKey, appUrl, store, clockToleranceSeconds, now });
  const lifecycleOptions = {
    appKey,
    appUrl,
    store,
    previousSecretSeconds: settings.previousSecretSeconds,
    installKeys: createInstallKeys({ hosts: settings.installKeyHosts, now }),
    isAllowedSite: siteFilter(settings.allowedSites),
    inbound,
    clockToleranceSeconds,
    now,
  };
  const routes = lifecycleRoutes(descriptor);
  const handlers = new Map<LifecycleEvent, Set<LifecycleHandler>>();
  const clients = new Map<string, JiraClient>();
  const basePath = new URL(appUrl).pathname.replace(/\/$/, '');

  const pathOf = (url: string): string => {
    const path = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '');
    // A proxy may or may not have taken the app's own path away.
    return path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : path;
  };

  const receive = async (event: LifecycleEvent, request: Request): Promise<Response> => {
    const body = await readBody(request, maxBodyBytes);
    const outcome = await handleLifecycle(event, request, body, lifecycleOptions);
    if (outcome === undefined) {
      logger.info({ event }, 'The event changes nothing that is stored.');
    } else {
      const { clientKey, siteUrl } = outcome.installation;
      logger.info({ event, clientKey, siteUrl }, 'The installation was stored.');
      notify(outcome);
    }
    return new Response(null, { status: 204 });
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

  const app: App = {
    descriptor,
    handles(method, url) {
      const path = pathOf(url);
      return path === DESCRIPTOR_PATH
        ? method === 'GET' || method === 'HEAD'
        : method === 'POST' && routes.has(path);
    },
    async fetch(request) {
      try {
        const path = pathOf(request.url);
        if (path === DESCRIPTOR_PATH) {
          if (request.method !== 'GET' && request.method !== 'HEAD') {
            return plainReply(405, { allow: 'GET, HEAD' });
          }
          return Response.json(descriptor, { headers: { 'cache-control': 'no-cache' } });
        }
        const event = routes.get(path);
        if (event === undefined) return plainReply(404);
        if (request.method !== 'POST') return plainReply(405, { allow: 'POST' });
        return await receive(event, request);
      } catch (error) {
        const event = routes.get(pathOf(request.url));
        const lifecycle = event === 'installed' || event === 'uninstalled';
        diagnoseInbound(error, { request, appKey, appUrl, now, lifecycle });
        return app.refuse(error, request);
      }
    },
    async authenticate(request, authenticateOptions = {}) {
      checkAuthenticateOptions(authenticateOptions);
      const { accept } = authenticateOptions;
      try {
        const token = inboundToken(request);
        const verified =
          inbound.recall(token, request, accept) ?? (await inbound.verify(token, request, accept));
        return new VerifiedCaller(verified, app);
      } catch (error) {
        diagnoseInbound(error, { request, appKey, appUrl, now, accept });
        throw error;
      }
    },
    authenticateNow(request, { accept } = {}) {
      const token = findToken(request);
      const verified = token === undefined ? undefined : inbound.recall(token, request, accept);
      return verified === undefined ? undefined : new VerifiedCaller(verified, app);
    },
    refuse(error, request) {
      const details = {
        ...(request === undefined ? {} : { method: request.method, path: pathOf(request.url) }),
        error: loggable(error),
      };
      if (isCountersignError(error) && error.httpStatus < 500) {
        logger.warn(details, `A request was refused: ${error.message}`);
      } else {
        logger.error(details, 'A request failed.');
      }
      return replyToError(error, appKey);
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
    jira(clientKey) {
      const known = clients.get(clientKey);
      if (known !== undefined) return known;
      const client = createJiraClient({
        now,
        descriptor,
        credentials: async () => {
          const record = await store.get(clientKey);
          if (record?.status === 'installed') return record;
          throw new InstallationError(
            record === undefined ? 'INSTALLATION_UNKNOWN' : 'INSTALLATION_UNINSTALLED',
            record === undefined
              ? `No installation is stored for the clientKey '${clientKey}'.`
              : `The app was uninstalled from ${record.siteUrl}.`,
            { clientKey },
          );
        },
      });
      clients.set(clientKey, client);
      const oldest = clients.keys().next().value;
      if (clients.size > MAX_CLIENTS && oldest !== undefined) clients.delete(oldest);
      return client;
    },
    settings: (clientKey) => installationSettings(store, clientKey),
    purge: (clientKey) => purge(store, clientKey),
    open: async () => store.open?.(),
    close: async () => store.close?.(),
  };
  return app;
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

function findToken(request: InboundRequest): string | undefined {
  try {
    return inboundToken(request);
  } catch {
    return undefined;
  }
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

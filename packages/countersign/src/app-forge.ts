import { type Caller, type CallerApp, ForgeCaller } from './caller.ts';
import type { InboundRequest } from './connect/inbound-token.ts';
import { readBody } from './connect/read-body.ts';
import { TokenError } from './errors.ts';
import { createForgeAccess, type ForgeAccess } from './forge/credentials.ts';
import {
  checkEventName,
  checkModuleKey,
  FORGE_ROUTES,
  type ForgeDelivery,
  type ForgeEventName,
  type ForgeRetry,
  isOfPage,
  MAX_FORGE_BODY_BYTES,
  readDelivery,
  refusePage,
} from './forge/events.ts';
import {
  createForgeInstallations,
  type ForgeInstallations,
  isForgeOnly,
} from './forge/installations.ts';
import { createInvocationVerifier } from './forge/invocation-token.ts';
import { type KeepTokensFreshOptions, keepTokensFresh } from './forge/keep-fresh.ts';
import type { ForgeSettings } from './forge/options.ts';
import { readConnectClientKey } from './forge/reserved-property.ts';
import type { CachedStore } from './installations/cached-store.ts';
import type { AppInstallation, InstallationRecord } from './installations/installation.ts';
import type { JiraClient } from './jira/client.ts';
import type { JiraTransport } from './jira/transport.ts';
import { type Logger, loggable } from './logger.ts';

/** What a handler of `app.forge` is given. */
export interface ForgeNotice {
  /** Such as `avi:jira:updated:issue`; undefined for a scheduled trigger, and where the body names none. */
  readonly event: string | undefined;
  /** The body as it came. Only Forge can send it, but it is not signed: who it is about, `caller` says. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** As it is now stored, with what the app keeps for it. */
  readonly installation: AppInstallation;
  readonly caller: Caller;
  /** Calls the site as the app. */
  readonly jira: JiraClient;
  /** Set where Forge sends it once more. An event may come twice: make the handler so that it may. */
  readonly retry: ForgeRetry | undefined;
}

/**
 * Runs after the call is answered, for Forge waits no longer than 5 seconds; what must not be lost is stored by then.
 * What it throws is logged.
 */
export type ForgeHandler = (notice: ForgeNotice) => void | Promise<void>;

/**
 * The app as a Forge remote: what Forge sends beside the calls of pages. Those are routes of the app's own, with
 * `accept: ['forge']`.
 */
export interface AppForge {
  /**
   * Hears of the events of triggers whose endpoint has the path `/forge/events`, and of `preUninstall` at
   * `/forge/uninstalled`; `'*'` hears of all.
   *
   * @returns a function that takes the handler away again.
   * @throws ConfigError CONFIG_OPTION_INVALID.
   */
  on(event: ForgeEventName | '*', handler: ForgeHandler): () => void;
  /**
   * Runs for scheduled triggers whose endpoint has the path `/forge/scheduled`.
   *
   * @param moduleKey The key of the scheduledTrigger or of its endpoint, whichever Forge names; `'*'` for all.
   * @returns a function that takes the handler away again.
   * @throws ConfigError CONFIG_OPTION_INVALID.
   */
  scheduled(moduleKey: string, handler: ForgeHandler): () => void;
  /**
   * Sees to it that a system token is at hand outside of requests, and says in the log where Forge sends none.
   *
   * @returns a function that ends it.
   * @throws ConfigError CONFIG_OPTION_UNKNOWN, CONFIG_OPTION_INVALID.
   */
  keepTokensFresh(options?: KeepTokensFreshOptions): () => void;
}

/** What {@link createForgeHost} needs of the app. */
export interface ForgeHostOptions {
  readonly forge: ForgeSettings;
  readonly store: CachedStore;
  readonly appKey: string;
  readonly hasDescriptor: boolean;
  readonly clockToleranceSeconds: number;
  readonly now: () => number;
  readonly logger: Logger;
  readonly transport: JiraTransport;
  /** Of the record where the app is on Forge. @throws InstallationError */
  readonly findRecord: (clientKey: string) => Promise<InstallationRecord>;
  readonly callerApp: Omit<CallerApp, 'access'>;
  /** Gives an event to the handlers of `app.webhook`. @returns undefined where none hears of it. */
  readonly takeEvent: (received: ReceivedForgeEvent) => Promise<Response | undefined>;
}

/** An event of a trigger, as far as webhooks know such. */
interface ReceivedForgeEvent {
  readonly event: string;
  readonly clientKey: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** How often Forge had sent it before. */
  readonly retry: number;
  readonly trace: string | undefined;
  readonly url: string;
}

/** The Forge side of an app. */
export interface ForgeHost {
  readonly api: AppForge;
  readonly access: ForgeAccess;
  readonly installations: ForgeInstallations;
  /** Who a call with a FIT came from. @throws TokenError, KeySourceError, InstallationError, StoreError. */
  authenticate(token: string, request: InboundRequest): Promise<Caller>;
  /** True for the paths that Forge sends events to. */
  isRoute(path: string): boolean;
  /** Answers a POST to one of them. */
  receive(path: string, request: Request): Promise<Response>;
}

/** Atlassian's trace ids are 64 or 128 bits. */
const TRACE_ID = /^[0-9a-f]{16}(?:[0-9a-f]{16})?$/i;

export function createForgeHost(options: ForgeHostOptions): ForgeHost {
  const { forge, store, appKey, clockToleranceSeconds, now, logger } = options;
  const verify = createInvocationVerifier({ forge, clockToleranceSeconds, now });
  const installations = createForgeInstallations({
    ...{ store, appKey, now },
    appIds: forge.appIds,
    hasDescriptor: options.hasDescriptor,
  });
  const { graphqlUrl, prefer, gatewayOrigins } = forge;
  const access = createForgeAccess({
    ...{ store, graphqlUrl, prefer, gatewayOrigins, now },
    transport: options.transport,
    forgeAppId: forge.appIds[0],
    findRecord: options.findRecord,
  });
  const callerApp = { ...options.callerApp, access };
  const handlers = new Map<string, Set<ForgeHandler>>();

  const add = (key: string, handler: ForgeHandler): (() => void) => {
    const known = handlers.get(key) ?? new Set();
    handlers.set(key, known.add(handler));
    return () => {
      known.delete(handler);
    };
  };

  /** Nothing beside the FIT is read before it is proved. */
  const verifyCall = async (token: string, request: InboundRequest) => {
    const verified = await verify(token);
    const header = (name: string) => request.headers.get(name) ?? undefined;
    const traceId = header('x-b3-traceid');
    return {
      claims: verified.claims,
      invocation:
        traceId !== undefined && TRACE_ID.test(traceId)
          ? { ...verified.invocation, traceId }
          : verified.invocation,
      received: {
        system: header('x-forge-oauth-system'),
        user: header('x-forge-oauth-user'),
        principal: verified.invocation.principal,
        fromPage: isOfPage(verified.invocation),
      },
    };
  };

  const authenticate: ForgeHost['authenticate'] = async (token, request) => {
    const call = await verifyCall(token, request);
    const record = await installations.seen(call.invocation);
    await access.remember(record, call.received);
    return new ForgeCaller({ ...call, record }, callerApp);
  };

  const notify = (keys: readonly string[], delivery: ForgeDelivery, caller: Caller): void => {
    const { event, payload, retry } = delivery;
    const { installation } = caller;
    const notice: ForgeNotice = {
      ...{ event, payload, retry, installation, caller },
      get jira() {
        return caller.jira;
      },
    };
    const called = new Set(keys.flatMap((key) => [...(handlers.get(key) ?? [])]));
    for (const handler of called) {
      setImmediate(async () => {
        try {
          await handler(notice);
        } catch (error) {
          const { clientKey } = installation;
          logger.error(
            {
              ...{ event, clientKey },
              moduleKey: caller.forge?.module.key,
              traceId: caller.forge?.traceId,
              error: loggable(error),
            },
            'A handler of app.forge failed.',
          );
        }
      });
    }
  };

  /** Where neither an installed payload nor the address of the site told that Connect knows it, Jira does. */
  const tieToConnect = async (record: InstallationRecord, caller: Caller): Promise<void> => {
    const { clientKey, forge: place } = record;
    try {
      const known = await readConnectClientKey(caller.jira, appKey);
      if (known === undefined || place === undefined) return;
      const tied = await installations.associate(known, place);
      if (tied !== undefined) {
        logger.info(
          { clientKey: known, was: clientKey },
          'The site was tied to its record of Connect.',
        );
      }
    } catch (error) {
      logger.warn(
        { clientKey, error: loggable(error) },
        'Jira did not say whether it knows the site by Connect.',
      );
    }
  };

  const receive: ForgeHost['receive'] = async (path, request) => {
    const token = bearerToken(request);
    if (token === undefined) {
      throw new TokenError('TOKEN_MISSING', 'The request carries no token.', {
        hint: 'Forge sends its invocation token as `Authorization: Bearer <token>`.',
      });
    }
    const call = await verifyCall(token, request);
    refusePage(call.invocation);
    // Only now: the body of somebody else is not read.
    const body = await readBody(request, MAX_FORGE_BODY_BYTES);
    const delivery = readDelivery(body, call.invocation);
    const kind = FORGE_ROUTES.get(path);
    const record =
      kind === 'uninstalled'
        ? await installations.uninstalling(call.invocation)
        : await installations.seen(call.invocation);
    await access.remember(record, call.received);
    const caller = new ForgeCaller({ ...call, record }, callerApp);
    const { clientKey, siteUrl } = record;
    const event = kind === 'uninstalled' ? 'preUninstall' : delivery.event;
    logger.info(
      { event: event ?? kind, clientKey, siteUrl, traceId: call.invocation.traceId },
      'A call of Forge was taken in.',
    );
    const keys =
      kind === 'scheduled'
        ? ['*', ...delivery.moduleKeys].map((key) => `scheduled ${key}`)
        : ['*', ...(event === undefined ? [] : [event])].map((name) => `event ${name}`);
    // Before the answer, and before others hear of it: what fails here is sent again by Forge.
    const taken =
      kind === 'event' && event !== undefined
        ? await options.takeEvent({
            ...{ event, clientKey, url: path },
            payload: delivery.payload,
            retry: delivery.retry?.count ?? 0,
            trace: call.invocation.traceId,
          })
        : undefined;
    if (taken !== undefined && !taken.ok) return taken;
    const isNew = event === 'avi:forge:installed:app' || event === 'avi:forge:upgraded:app';
    if (isNew && options.hasDescriptor && isForgeOnly(record)) {
      // Behind the answer: Jira may refuse the first calls after an install for minutes.
      setImmediate(async () => {
        await tieToConnect(record, caller);
        notify(keys, { ...delivery, event }, caller);
      });
    } else {
      notify(keys, { ...delivery, event }, caller);
    }
    return taken ?? new Response(null, { status: 204 });
  };

  const api: AppForge = {
    on(event, handler) {
      checkEventName(event);
      return add(`event ${event}`, handler);
    },
    scheduled(moduleKey, handler) {
      checkModuleKey(moduleKey);
      return add(`scheduled ${moduleKey}`, handler);
    },
    keepTokensFresh: (freshOptions) => {
      const withRecord =
        (handler: (record: InstallationRecord) => Promise<void>): ForgeHandler =>
        async ({ installation }) =>
          handler(await options.findRecord(installation.clientKey));
      return keepTokensFresh(
        {
          ...{ access, now },
          on: (event, handler) => add(`event ${event}`, withRecord(handler)),
          scheduled: (moduleKey, handler) => add(`scheduled ${moduleKey}`, withRecord(handler)),
          warn: (details, message) => logger.warn(details, message),
        },
        freshOptions,
      );
    },
  };
  return {
    ...{ api, access, installations, authenticate, receive },
    isRoute: (path) => FORGE_ROUTES.has(path),
  };
}

/** What stands behind `Authorization: Bearer`; undefined where the header is of another scheme. */
export function bearerToken(request: Pick<InboundRequest, 'headers'>): string | undefined {
  const header = request.headers.get('authorization') ?? '';
  return /^bearer +(\S+) *$/i.exec(header)?.[1];
}

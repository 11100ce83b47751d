import { ConfigError, InstallationError, TokenError } from '../errors.ts';
import type { ForgeInvocation } from './invocation.ts';

/**
 * The events that Forge sends to a trigger's endpoint.
 *
 * @see https://developer.atlassian.com/platform/forge/events-reference/
 */
export type ForgeEventName =
  | 'avi:forge:installed:app'
  | 'avi:forge:upgraded:app'
  | 'avi:jira:created:issue'
  | 'avi:jira:updated:issue'
  | 'avi:jira:deleted:issue'
  | 'avi:jira:commented:issue'
  /** The module of the manifest: the app is about to be uninstalled. There is no event after that. */
  | 'preUninstall'
  | `avi:${string}`;

/**
 * Why Forge sends an event once more: it tries four times, a minute apart.
 *
 * @see https://developer.atlassian.com/platform/forge/remote/sending-product-events/
 */
export interface ForgeRetry {
  /** From 1. */
  readonly count: number;
  /** `INVALID_REMOTE_INVOCATION_ERROR`, `TIMEOUT_ERROR` or `INVALID_FORGE_INVOCATION_TOKEN`; unknown ones come along. */
  readonly reason: string | undefined;
}

/** What Forge sent to a route of events. */
export interface ForgeDelivery {
  /** `undefined` where the body names none; only `'*'` hears of it. */
  readonly event: string | undefined;
  /** As it came. It is not signed: only Forge can send it, but who it is about, the token says. */
  readonly payload: Readonly<Record<string, unknown>>;
  readonly retry: ForgeRetry | undefined;
  /** Keys of modules that the token or the body names. */
  readonly moduleKeys: readonly string[];
}

/** Where the manifest sends what is no page's call. `countersign forge manifest` writes these. */
export const FORGE_ROUTES: ReadonlyMap<string, 'event' | 'scheduled' | 'uninstalled'> = new Map([
  ['/forge/events', 'event'],
  ['/forge/scheduled', 'scheduled'],
  ['/forge/uninstalled', 'uninstalled'],
]);

/** Documented: payloads are at most 5 MB. @see https://developer.atlassian.com/platform/forge/limits-invocation/ */
export const MAX_FORGE_BODY_BYTES = 5_242_880;

/**
 * By `requestRemote` a page sends the FIT of its call from the browser, so that whoever looks at it could send it to a
 * route of events too, with a body of his own.
 *
 * @throws TokenError TOKEN_FORGE_MODULE_REFUSED.
 */
export function refusePage(invocation: ForgeInvocation): void {
  if (!isOfPage(invocation)) return;
  throw new TokenError(
    'TOKEN_FORGE_MODULE_REFUSED',
    `The token was made for a page (module ${invocation.module.key.slice(0, 100)}), not for an event.`,
    { claim: 'context' },
  );
}

/** True where a browser may hold the FIT, and send it with headers of its own. */
export function isOfPage({ principal, context }: ForgeInvocation): boolean {
  return (
    principal !== undefined ||
    context?.localId !== undefined ||
    context?.extension !== undefined ||
    context?.moduleKey !== undefined
  );
}

/**
 * The shape that a remote gets is documented in part: the event itself, or with `payload` or `event` around it. Nothing
 * of it decides who is called.
 *
 * @throws InstallationError INSTALLATION_PAYLOAD_INVALID.
 * @see https://developer.atlassian.com/platform/forge/remote/sending-product-events/
 */
export function readDelivery(body: string, invocation: ForgeInvocation): ForgeDelivery {
  const whole = parseObject(body);
  const inner = [whole.payload, whole.event].find(isObject);
  const payload = inner ?? whole;
  const layers = inner === undefined ? [whole] : [inner, whole];
  return {
    event: eventOf(layers),
    payload,
    retry: retryOf(layers),
    moduleKeys: [
      ...new Set(
        [
          invocation.module.key,
          ...layers.flatMap((layer) => [
            layer.moduleKey,
            isObject(layer.context) ? layer.context.moduleKey : undefined,
          ]),
        ].filter((key) => typeof key === 'string'),
      ),
    ],
  };
}

type Body = Readonly<Record<string, unknown>>;

function parseObject(body: string): Body {
  // A scheduled trigger has nothing to say.
  if (body.trim() === '') return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    // Said below.
  }
  if (isObject(parsed)) return parsed;
  throw new InstallationError(
    'INSTALLATION_PAYLOAD_INVALID',
    'The body of the event is no JSON object.',
  );
}

function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function eventOf(layers: readonly Body[]): string | undefined {
  for (const { eventType, event } of layers) {
    if (typeof eventType === 'string') return eventType;
    if (typeof event === 'string') return event;
  }
  // The documented bodies of these two name no type of their own.
  const [body] = layers;
  if (body?.installerAccountId !== undefined && body.upgraderAccountId === undefined) {
    return 'avi:forge:installed:app';
  }
  return body?.upgraderAccountId === undefined ? undefined : 'avi:forge:upgraded:app';
}

function retryOf(layers: readonly Body[]): ForgeRetry | undefined {
  for (const { retryContext } of layers) {
    if (!isObject(retryContext)) continue;
    const { retryCount, retryReason } = retryContext;
    return {
      count: typeof retryCount === 'number' ? retryCount : 0,
      reason: typeof retryReason === 'string' ? retryReason : undefined,
    };
  }
  return undefined;
}

/** @throws ConfigError CONFIG_OPTION_INVALID. */
export function checkEventName(event: string): void {
  if (event === '*' || event === 'preUninstall' || /^avi:[\w:.-]{1,200}$/.test(event)) return;
  throw new ConfigError(
    'CONFIG_OPTION_INVALID',
    `app.forge.on: '${String(event).slice(0, 100)}' is no event of Forge.`,
    { hint: "Events are named as in the manifest's trigger, such as 'avi:jira:updated:issue'." },
  );
}

/** @throws ConfigError CONFIG_OPTION_INVALID. */
export function checkModuleKey(moduleKey: string): void {
  if (moduleKey === '*' || /^[\w-]{1,100}$/.test(moduleKey)) return;
  throw new ConfigError(
    'CONFIG_OPTION_INVALID',
    `app.forge.scheduled: '${String(moduleKey).slice(0, 100)}' is no key of a module.`,
    { hint: "Give the key of the manifest's scheduledTrigger, or of its endpoint." },
  );
}

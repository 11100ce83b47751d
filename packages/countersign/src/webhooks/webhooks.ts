import { isCountersignError } from '../errors.ts';
import { type Logger, loggable } from '../logger.ts';
import type { WebhookDelivery } from './delivery.ts';
import {
  createHandlers,
  type WebhookHandler,
  type WebhookOptions,
  type WebhookPattern,
} from './handlers.ts';
import type { InlineParts } from './inline.ts';
import { createInline } from './inline.ts';
import { orderKeyOf, type ReceivedWebhook, readWebhook } from './intake.ts';
import type { WebhookRoute, WebhookRoutes } from './routes.ts';
import { createRunner, type RunnerParts } from './runner.ts';
import type { IntakeResult } from './telemetry.ts';

/** Registers a handler of webhooks: see {@link App.webhook}. */
export type AddWebhook = <const Name extends WebhookPattern>(
  event: Name,
  handler: WebhookHandler<Name>,
  options?: WebhookOptions,
) => () => void;

/** What {@link createWebhooks} needs of the app. */
export interface WebhooksParts extends Omit<RunnerParts, 'handlers'> {
  readonly routes: WebhookRoutes;
  readonly store: InlineParts['store'];
}

type Unordered = Omit<WebhookDelivery, 'orderKey'>;

/** The webhooks of an app. */
export interface AppWebhooks {
  readonly add: AddWebhook;
  /** The webhook whose path this is; undefined where nobody hears of any. */
  route(path: string): WebhookRoute | undefined;
  /**
   * Handles a webhook, or puts it into the queue.
   *
   * @param receive Proves who sent it, and reads it.
   * @throws what `receive` throws, QueueError, StoreError.
   */
  take(receive: () => Promise<ReceivedWebhook>): Promise<Response>;
  /** The same for what came by Forge. @returns undefined where no handler hears of it. */
  takeEvent(delivery: Unordered): Promise<Response | undefined>;
  open(): Promise<void>;
  drain(graceMs: number): Promise<void>;
  close(): Promise<void>;
}

export function createWebhooks(parts: WebhooksParts): AppWebhooks {
  const { settings, routes, telemetry, logger, now, store } = parts;
  const { queue, limits } = settings;
  const handlers = createHandlers();
  const run = createRunner({ ...parts, handlers });
  const inline = createInline({ run, store, dedupeSeconds: limits.dedupeSeconds, now });
  queue?.setup({ limits, run, warn: (details, message) => logger.warn(details, message) });
  const unwatch = queue === undefined ? undefined : telemetry?.watchQueue?.(() => queue.counts());
  let isStarted = false;
  let isStopped = false;

  /** Handlers are known by then: whoever takes nothing in opens the app. */
  const start = () => {
    if (isStarted || isStopped || !settings.work || handlers.isEmpty) return;
    isStarted = true;
    queue?.start();
  };

  const hand = async (unordered: Unordered): Promise<IntakeResult> => {
    const hearing = handlers.of(unordered.event);
    if (hearing.length === 0) return 'ignored';
    const delivery = { ...unordered, orderKey: orderKeyOf(unordered, hearing) };
    if (queue === undefined) {
      const result = await inline.handle(delivery);
      return result === 'done' ? 'accepted' : result;
    }
    start();
    return (await queue.add(delivery)) ? 'accepted' : 'duplicate';
  };

  const answer = (result: IntakeResult): Response => {
    if (result === 'failed') return failed();
    const status = queue === undefined || result === 'ignored' ? 204 : settings.acceptedStatus;
    return new Response(null, { status });
  };

  const watched = async (read: () => Promise<Unordered>): Promise<Response> => {
    const startedAt = performance.now();
    let event: string | undefined;
    let result: IntakeResult = 'failed';
    try {
      const delivery = await read();
      event = delivery.event;
      result = await hand(delivery);
      if (result === 'ignored') logger.warn({ event }, 'No handler hears of this webhook.');
      logger.debug?.({ event, result, deliveryId: delivery.id }, 'A webhook was taken in.');
      return answer(result);
    } catch (error) {
      if (isCountersignError(error) && error.httpStatus < 500) result = 'refused';
      throw error;
    } finally {
      telemetry?.taken?.(event, result, performance.now() - startedAt);
    }
  };

  return {
    add(event, handler, options) {
      const remove = handlers.add(event, handler as WebhookHandler, options);
      warnOfUnknown(event, routes.events, logger);
      return remove;
    },
    route: (path) => (handlers.isEmpty ? undefined : routes.find(path)),
    take: (receive) => watched(async () => readWebhook(await receive())),
    takeEvent: async (delivery) =>
      handlers.of(delivery.event).length === 0 ? undefined : watched(async () => delivery),
    async open() {
      await queue?.open();
      start();
    },
    async drain(graceMs) {
      isStopped = true;
      await Promise.all([queue?.stop(graceMs), inline.drain(graceMs)]);
    },
    async close() {
      isStopped = true;
      unwatch?.();
      await queue?.close().catch((error: unknown) => {
        logger.warn({ error: loggable(error) }, 'The queue did not close as it should.');
      });
    },
  };
}

/** Jira sends again what was answered so. */
function failed(): Response {
  return new Response(JSON.stringify({ error: 'unavailable' }), {
    status: 503,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
  });
}

/** Events of Forge come by its manifest, which the app does not read. */
function warnOfUnknown(pattern: string, events: readonly string[], logger: Logger): void {
  if (pattern.includes('*') || pattern.startsWith('avi:') || events.includes(pattern)) return;
  logger.warn(
    { event: pattern },
    `The descriptor asks for no webhook '${pattern}': it is never sent.`,
  );
}

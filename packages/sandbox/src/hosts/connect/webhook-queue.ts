import { randomUUID } from 'node:crypto';
import type { Caller } from '../../rest/caller.ts';
import { RestError } from '../../rest/errors.ts';
import { parseJql } from '../../rest/jql.ts';
import { isFound } from '../../rest/search.ts';
import type { AppRecord } from '../../site/apps.ts';
import type { Site } from '../../site/site.ts';
import type { SiteChange, WebhookFlow } from '../../site/site-change.ts';
import type { WebhookDelivery, WebhookTry } from '../../site/webhook-deliveries.ts';
import { fillIn } from './app-url.ts';
import { type WebhookModule, webhooksOf } from './webhook-modules.ts';
import { sendWebhook, type WebhookRequest } from './webhook-request.ts';

/** How many of one app are under way at once. */
const mostAtOnce: Record<WebhookFlow, number> = { Primary: 20, Secondary: 10 };
/**
 * The pause before each of the five retries, in minutes: half an hour in all. Jira does not publish its own; what is
 * known is that there are at most five, over about that time.
 */
const pauses = [0.5, 1.5, 4, 8, 16];
/** A pause is up to so much shorter, so that not all come back at once. */
const jitter = 0.25;

/** What of one app and one flow waits for its turn, by id. */
interface Lane {
  running: number;
  waiting: number[];
}

/** Sends the webhooks of a site. */
interface WebhookQueue {
  /** Sends one that is not under way, at once. Resolves with what the next try made of it. */
  sendNow(id: number): Promise<WebhookDelivery>;
}

const queues = new WeakMap<Site, WebhookQueue>();

/** From now on, apps are told of changes. */
export function startWebhooks(site: Site): void {
  const lanes = new Map<string, Lane>();
  const timers = new Map<number, NodeJS.Timeout>();
  /** What stands in a lane. */
  const queued = new Set<number>();
  const listeners = new Map<number, ((delivery: WebhookDelivery | undefined) => void)[]>();
  const { webhooks, closing } = site;

  /** Undefined where the delivery is forgotten. */
  const tellListeners = (id: number, delivery: WebhookDelivery | undefined): void => {
    for (const tell of listeners.get(id) ?? []) tell(delivery);
    listeners.delete(id);
  };

  const laneOf = ({ appKey, flow }: WebhookDelivery): Lane => {
    const name = `${flow} ${appKey}`;
    const lane = lanes.get(name) ?? { running: 0, waiting: [] };
    lanes.set(name, lane);
    return lane;
  };

  const enqueue = (delivery: WebhookDelivery): void => {
    if (queued.has(delivery.id)) return;
    queued.add(delivery.id);
    const lane = laneOf(delivery);
    lane.waiting.push(delivery.id);
    pump(lane, mostAtOnce[delivery.flow]);
  };

  const pump = (lane: Lane, most: number): void => {
    while (lane.running < most && !closing.signal.aborted) {
      const id = lane.waiting.shift();
      if (id === undefined) return;
      queued.delete(id);
      const delivery = webhooks.find(id);
      if (!delivery) {
        // A reset forgets what waits.
        tellListeners(id, undefined);
        continue;
      }
      lane.running += 1;
      void attempt(delivery).finally(() => {
        lane.running -= 1;
        pump(lane, most);
      });
    }
  };

  const attempt = async (delivery: WebhookDelivery): Promise<void> => {
    const { id } = delivery;
    webhooks.update(id, { state: 'sending' });
    const outcome = await tryOnce(site, delivery);
    if (closing.signal.aborted) return;
    const ended = settle(delivery, outcome);
    tellListeners(id, ended);
    if (ended) site.events.emit('webhook', ended);
  };

  const settle = (
    { id, tries: before }: WebhookDelivery,
    outcome: WebhookTry | string,
  ): WebhookDelivery | undefined => {
    if (typeof outcome === 'string') {
      return webhooks.update(id, { state: 'given-up', reason: outcome });
    }
    const tries = [...before, outcome];
    if (outcome.accepted) return webhooks.update(id, { state: 'delivered', tries });
    const pause = pauses[tries.length - 1];
    if (!outcome.again || pause === undefined) {
      const reason = outcome.again ? `${pauses.length} retries have failed` : outcome.reason;
      return webhooks.update(id, { state: 'given-up', tries, reason });
    }
    const wait = pause * site.webhookMinuteMs * (1 - jitter * Math.random());
    const timer = setTimeout(() => {
      timers.delete(id);
      const due = webhooks.find(id);
      if (due) enqueue(due);
    }, wait);
    timer.unref();
    timers.set(id, timer);
    const nextTryAt = new Date(site.now() + wait).toISOString();
    return webhooks.update(id, { state: 'waiting', tries, nextTryAt });
  };

  queues.set(site, {
    sendNow: (id) =>
      new Promise((resolve, reject) => {
        const known = webhooks.find(id);
        if (!known) {
          reject(new Error(`There is no webhook ${id}: the newest 1,000 are kept.`));
          return;
        }
        listeners.set(id, [
          ...(listeners.get(id) ?? []),
          (delivery) =>
            delivery ? resolve(delivery) : reject(new Error('The site was reset, or closed.')),
        ]);
        // What is under way is not sent twice.
        if (known.state === 'sending') return;
        clearTimeout(timers.get(id));
        timers.delete(id);
        const waiting = webhooks.update(id, { state: 'waiting' });
        if (waiting) enqueue(waiting);
      }),
  });

  site.events.on('change', (change) => {
    for (const delivery of deliveriesOf(site, change)) enqueue(webhooks.add(delivery));
  });
  closing.signal.addEventListener('abort', () => {
    for (const timer of timers.values()) clearTimeout(timer);
    webhooks.clear();
    for (const id of [...listeners.keys()]) tellListeners(id, undefined);
  });
}

/**
 * Sends a webhook again, whatever became of it: with its identifier, or with `asNew` as another webhook of the same
 * content. Resolves after the next try. Rejects where there is none of this id.
 */
export async function resendWebhook(
  site: Site,
  id: number,
  { asNew = false }: { asNew?: boolean } = {},
): Promise<WebhookDelivery> {
  const queue = queues.get(site);
  if (!queue) throw new Error('The site does not listen yet.');
  const known = asNew ? site.webhooks.find(id) : undefined;
  if (!known) return queue.sendNow(id);
  const { state: _s, tries: _t, reason: _r, nextTryAt: _n, id: _i, ...content } = known;
  const copy = { ...content, identifier: randomUUID(), at: new Date(site.now()).toISOString() };
  return queue.sendNow(site.webhooks.add(copy).id);
}

/** The try, or why there is none. */
async function tryOnce(site: Site, delivery: WebhookDelivery): Promise<WebhookTry | string> {
  const app = site.apps.record(delivery.appKey);
  if (app?.state !== 'enabled') return `the app is ${app?.state ?? 'not installed'}`;
  try {
    return await sendWebhook(site, app, requestOf(delivery));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What the next try of a delivery sends. */
export function requestOf(delivery: WebhookDelivery): WebhookRequest {
  // Sent again by hand, it has more tries than Jira makes.
  return { ...delivery, retry: Math.min(delivery.tries.length, pauses.length) };
}

/** One for each module of an app that is enabled and asks for it. */
function deliveriesOf(
  site: Site,
  change: SiteChange,
): Omit<WebhookDelivery, 'id' | 'state' | 'tries'>[] {
  const at = site.now();
  const { event, flow, accountId, trace, issue, variables } = change;
  let payload: Record<string, unknown> | undefined;
  return site.apps
    .installed()
    .filter(({ state }) => state === 'enabled')
    .flatMap((app) =>
      webhooksOf(app.descriptor.modules)
        .filter((webhook) => isWanted(site, app, webhook, change))
        .map((webhook) => {
          payload ??= change.payload();
          const body = JSON.stringify(
            { timestamp: at, webhookEvent: event, ...payload },
            withoutAddresses,
          );
          return {
            event,
            appKey: app.key,
            identifier: randomUUID(),
            flow,
            ...(trace === undefined ? {} : { trace }),
            ...(issue === undefined ? {} : { issueKey: issue.key }),
            ...(accountId === undefined ? {} : { accountId }),
            path: fillIn(webhook.url, variables),
            ...(webhook.excludeBody === true ? {} : { body }),
            at: new Date(at).toISOString(),
          };
        }),
    );
}

/** Webhooks have no address of a person in them, whatever the REST API shows. */
function withoutAddresses(name: string, value: unknown): unknown {
  return name === 'emailAddress' ? undefined : value;
}

function isWanted(
  site: Site,
  app: AppRecord,
  { event, filter, propertyKeys }: WebhookModule,
  { event: happened, issue, propertyKey }: SiteChange,
): boolean {
  if (event !== happened) return false;
  if (propertyKeys && propertyKey !== undefined && !propertyKeys.includes(propertyKey))
    return false;
  // Of other events Jira does not say that it looks at the filter.
  if (filter === undefined || issue === undefined) return true;
  const caller: Caller = {
    as: 'app',
    accountId: app.accountId,
    appKey: app.key,
    scopes: app.descriptor.scopes,
  };
  try {
    return isFound(site, caller, parseJql(filter), issue);
  } catch (error) {
    // It names something that is not on the site.
    if (error instanceof RestError) return false;
    throw error;
  }
}

import { randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import type { AppRecord } from '../../site/apps.ts';
import type { Site } from '../../site/site.ts';
import { readTrace, type WebhookFlow } from '../../site/site-change.ts';
import type { WebhookDelivery, WebhookTry } from '../../site/webhook-deliveries.ts';
import { fillIn } from './app-url.ts';
import { webhooksOf } from './webhook-modules.ts';
import { resendWebhook, startWebhooks } from './webhook-queue.ts';
import { sendWebhook } from './webhook-request.ts';

/** A webhook that nothing has caused. */
export interface WebhookToSend {
  /** As in `jira:issue_updated`. */
  event: string;
  /** What the body holds besides `timestamp` and `webhookEvent`. Default: nothing. */
  payload?: Readonly<Record<string, unknown>>;
  /** Below the app's baseUrl. Default: the url of the first module for this event, with empty variables. */
  path?: string;
  /** Default: a new one. With one that was sent before it is a repetition, as Jira makes them. */
  identifier?: string;
  /** `X-Atlassian-Webhook-Retry`, 1 to 5. Default 0: the header is absent. */
  retry?: number;
  /** Default `Primary`. */
  flow?: WebhookFlow;
  trace?: string;
  /** Who did it: the `sub` of the token. Default: nobody. */
  accountId?: string;
  /** False leaves it out of the request log, which makes thousands a second faster. Default true. */
  log?: boolean;
}

/** What came of {@link WebhookHost.send}. */
export interface SentWebhook extends WebhookTry {
  identifier: string;
}

/** The webhooks of a site. */
export interface WebhookHost {
  /** What was sent, or waits. Oldest first; of those that have ended, the newest 1,000 are kept. */
  readonly deliveries: WebhookDelivery[];
  /**
   * Sends one again now, whatever became of it. With `asNew` it is another webhook of the same content, with an identifier
   * of its own. Resolves after the next try. Rejects with an Error where there is none of this id.
   */
  resend(id: number, options?: { asNew?: boolean }): Promise<WebhookDelivery>;
  /**
   * Sends any webhook, signed as those of the site, at once and once: it is in no queue, and not sent again. Resolves
   * whatever the app answers. Rejects with an Error where the app is not installed, or does not ask for the event and no path is given.
   */
  send(appKey: string, webhook: WebhookToSend): Promise<SentWebhook>;
  /** Resolves when nothing waits, also for no retry, and nothing is being sent. */
  idle(): Promise<void>;
}

const knownFields = [
  ...['event', 'payload', 'path', 'identifier', 'retry', 'flow', 'trace', 'accountId', 'log'],
];

export function createWebhookHost(site: Site): WebhookHost {
  startWebhooks(site);
  return {
    get deliveries() {
      return site.webhooks.list();
    },
    resend: (id, options) => resendWebhook(site, id, options),
    send: async (appKey, webhook) => sendOne(site, appKey, webhook),
    idle: () => site.webhooks.idle(),
  };
}

/** @see WebhookHost.send */
export async function sendOne(
  site: Site,
  appKey: string,
  webhook: WebhookToSend,
): Promise<SentWebhook> {
  const unknown = Object.keys(webhook).find((name) => !knownFields.includes(name));
  if (unknown !== undefined) {
    throw new TypeError(`Unknown option "${unknown}". Known: ${knownFields.join(', ')}.`);
  }
  const { event, payload = {}, retry = 0, flow = 'Primary', log = true } = webhook;
  if (typeof event !== 'string' || event === '') throw new TypeError('A webhook needs an event.');
  if (!Number.isInteger(retry) || retry < 0 || retry > 5) {
    throw new TypeError('The retry of a webhook must be a whole number from 0 to 5.');
  }
  if (flow !== 'Primary' && flow !== 'Secondary') {
    throw new TypeError('The flow of a webhook must be Primary or Secondary.');
  }
  const app = site.apps.require(appKey);
  const identifier = webhook.identifier ?? randomUUID();
  const sent = await sendWebhook(
    site,
    app,
    {
      ...{ event, identifier, retry, flow },
      ...readTrace(webhook.trace),
      ...(webhook.accountId === undefined ? {} : { accountId: webhook.accountId }),
      path: webhook.path ?? pathOf(app, event),
      body: JSON.stringify({ timestamp: site.now(), webhookEvent: event, ...payload }),
    },
    { agent: agentOf(site), log },
  );
  return { ...sent, identifier };
}

function pathOf(app: AppRecord, event: string): string {
  const webhooks = webhooksOf(app.descriptor.modules);
  const found = webhooks.find((webhook) => webhook.event === event);
  if (found) return fillIn(found.url, {});
  const known = [...new Set(webhooks.map((webhook) => webhook.event))].join(', ') || 'none';
  throw new Error(
    `The app ${app.key} asks for no "${event}": say a path. It asks for these: ${known}.`,
  );
}

const agents = new WeakMap<Site, Agent>();

/** Connections that stay open: a test sends thousands a second. */
function agentOf(site: Site): Agent {
  const known = agents.get(site);
  if (known) return known;
  const agent = new Agent({ keepAlive: true });
  agents.set(site, agent);
  site.closing.signal.addEventListener('abort', () => agent.destroy());
  return agent;
}

import { createHash, randomUUID } from 'node:crypto';
import { InstallationError } from '../errors.ts';
import type { WebhookDelivery } from './delivery.ts';
import { fields, issueOf } from './events.ts';
import type { RegisteredHandler } from './handlers.ts';
import type { WebhookRoute } from './routes.ts';

/** A webhook whose sender was proved. */
export interface ReceivedWebhook {
  readonly appKey: string;
  readonly clientKey: string;
  readonly route: WebhookRoute;
  /** The path and query that the site called. */
  readonly url: string;
  readonly headers: { get(name: string): string | null };
  readonly body: string;
  readonly receivedAt: number;
  readonly requestId: string;
}

/** Jira's own are shorter; nobody else's are read. */
const MAX_HEADER = 1024;

/**
 * Makes a delivery of a webhook.
 *
 * @throws InstallationError INSTALLATION_PAYLOAD_INVALID.
 * @see https://developer.atlassian.com/cloud/jira/platform/webhooks/
 */
export function readWebhook(received: ReceivedWebhook): Omit<WebhookDelivery, 'orderKey'> {
  const { appKey, clientKey, headers, receivedAt, requestId } = received;
  const payload = readPayload(received.body, clientKey);
  const identifier = header(headers, 'x-atlassian-webhook-identifier');
  const url = withoutToken(received.url);
  return {
    id: identifier === undefined ? randomUUID() : deliveryId(appKey, clientKey, identifier, url),
    ...{ appKey, clientKey, identifier, payload, url, receivedAt, requestId },
    event: eventOf(payload, received.route, clientKey),
    retry: retryOf(header(headers, 'x-atlassian-webhook-retry')),
    flow: header(headers, 'x-atlassian-webhook-flow'),
    trace: header(headers, 'x-atlassian-webhook-trace'),
  };
}

/** Where one of the handlers asks for order, and the body says what it is about. */
export function orderKeyOf(
  { clientKey, payload }: Pick<WebhookDelivery, 'clientKey' | 'payload'>,
  handlers: readonly RegisteredHandler[],
): string | undefined {
  if (!handlers.some(({ order }) => order === 'issue')) return undefined;
  const issue = issueOf(payload);
  return issue === undefined ? undefined : `${clientKey}:${issue.id}`;
}

/**
 * The same for every time that Jira sends a webhook. The identifier is unique on a site; whether two webhooks of one
 * descriptor share it for one event is not documented, so their URLs tell them apart.
 */
function deliveryId(appKey: string, clientKey: string, identifier: string, url: string): string {
  const hash = createHash('sha256').update(JSON.stringify([appKey, clientKey, identifier, url]));
  const hex = hash.digest('hex');
  // A UUID of version 8, whose contents are one's own: https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-8
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function readPayload(body: string, clientKey: string): unknown {
  if (body.trim() === '') return undefined;
  let payload: unknown;
  try {
    payload = JSON.parse(body);
  } catch {
    // Said below.
  }
  if (typeof payload === 'object' && payload !== null && !Array.isArray(payload)) return payload;
  throw new InstallationError(
    'INSTALLATION_PAYLOAD_INVALID',
    'The body of the webhook is no JSON object.',
    { clientKey },
  );
}

/** What the body says; without one, what the route is for. */
function eventOf(payload: unknown, { events }: WebhookRoute, clientKey: string): string {
  const { webhookEvent } = fields(payload);
  if (typeof webhookEvent === 'string' && webhookEvent !== '') return webhookEvent.slice(0, 200);
  const [event, another] = new Set(events);
  if (event !== undefined && another === undefined) return event;
  throw new InstallationError(
    'INSTALLATION_PAYLOAD_INVALID',
    'The webhook does not say which event it is of, and its URL is that of several.',
    {
      clientKey,
      hint: 'Give each webhook with excludeBody a url of its own in the descriptor.',
    },
  );
}

function retryOf(text: string | undefined): number {
  return text !== undefined && /^\d{1,4}$/.test(text) ? Number(text) : 0;
}

function header(headers: ReceivedWebhook['headers'], name: string): string | undefined {
  const value = headers.get(name)?.trim() ?? '';
  return value === '' ? undefined : value.slice(0, MAX_HEADER);
}

/** Jira sends the token in the header; what the URL brings of one is kept nowhere. */
function withoutToken(url: string): string {
  const path = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').replace(/#.*$/s, '');
  return path.replace(/([?&])jwt=[^&]*(&|$)/g, (_, before: string, after: string) =>
    after === '' ? '' : before,
  );
}

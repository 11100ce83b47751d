import { createHash } from 'node:crypto';
import type { Job, JobInsert } from 'pg-boss';
import type { WebhookDelivery } from '../delivery.ts';
import type { DeadLetter } from '../queue.ts';

/** The two queues of pg-boss that deliveries wait in: those with an `orderKey`, and the others. */
export type Lane = 'standard' | 'ordered';

/** How a delivery is kept. */
export interface DeliveryData {
  readonly clientKey: string;
  /**
   * The delivery as JSON, in one text: jsonb takes neither `\u0000` nor half a surrogate, which a payload may hold, and
   * is slower to write.
   */
  readonly delivery: string;
}

/** How a dead letter is kept. */
export interface DeadLetterData extends DeliveryData {
  readonly reason: string;
  readonly attempts: number;
  readonly diedAt: number;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The id of a delivery's job: the delivery's own, where it is a UUID as it should be. */
export function jobIdOf(id: string): string {
  const lower = id.toLowerCase();
  if (UUID.test(lower)) return lower;
  const hash = createHash('sha256').update(id).digest('hex');
  return hash.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Longest key that is kept as it is: an entry of an index in Postgres has to stay below 2704 bytes. */
const MAX_KEY_BYTES = 512;

/** A key as pg-boss takes it: not empty, no longer than an index allows, and text that Postgres can keep. */
export function keyOf(text: string): string {
  const isKept =
    text !== '' &&
    !text.includes('\0') &&
    text.isWellFormed() &&
    Buffer.byteLength(text) <= MAX_KEY_BYTES;
  return isKept ? text : `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** The installation of a job, as it is counted. */
export function groupOf({ groupId, data }: Job<DeliveryData>): string {
  return groupId ?? keyOf(data.clientKey);
}

export function laneOf({ orderKey }: WebhookDelivery): Lane {
  return orderKey === undefined ? 'standard' : 'ordered';
}

/**
 * The job that a delivery waits as.
 *
 * @param dedupeSeconds For how long it is kept after it was done.
 */
export function jobOf(
  delivery: WebhookDelivery,
  dedupeSeconds: number,
  id: string = jobIdOf(delivery.id),
): JobInsert<DeliveryData> & { readonly id: string } {
  const group = keyOf(delivery.clientKey);
  return {
    id,
    group: { id: group },
    ...(delivery.orderKey === undefined ? {} : { singletonKey: keyOf(delivery.orderKey) }),
    // 0 would keep it for ever.
    deleteAfterSeconds: Math.max(1, Math.ceil(dedupeSeconds)),
    data: { clientKey: group, delivery: JSON.stringify(delivery) },
  };
}

/** The delivery of a job, with every field that it has, also those that JSON leaves out. */
export function deliveryOf({ delivery }: DeliveryData): WebhookDelivery {
  const kept = JSON.parse(delivery) as WebhookDelivery;
  return {
    id: kept.id,
    appKey: kept.appKey,
    clientKey: kept.clientKey,
    event: kept.event,
    identifier: kept.identifier,
    payload: kept.payload,
    url: kept.url,
    receivedAt: kept.receivedAt,
    retry: kept.retry,
    flow: kept.flow,
    trace: kept.trace,
    orderKey: kept.orderKey,
    requestId: kept.requestId,
  };
}

const MAX_REASON = 10_000;

/** A reason as Postgres takes it. */
export function reasonOf(text: string): string {
  return text.slice(0, MAX_REASON).replaceAll('\0', '\ufffd').toWellFormed();
}

export function deadLetterOf(data: DeadLetterData): DeadLetter {
  return {
    delivery: deliveryOf(data),
    reason: data.reason,
    attempts: data.attempts,
    diedAt: data.diedAt,
  };
}

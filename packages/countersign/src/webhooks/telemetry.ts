import type { QueueCounts } from './queue.ts';

/** How taking in a webhook ended. */
export type IntakeResult =
  /** Handled at once, or durably in the queue. */
  | 'accepted'
  /** Known already: Jira had sent it before. */
  | 'duplicate'
  /** The descriptor asks for it, and no handler hears of it. */
  | 'ignored'
  /** Answered with a 4xx: Jira does not send it again. */
  | 'refused'
  /** Answered with a 5xx: Jira sends it again. */
  | 'failed';

/** How one try of a delivery ended. */
export type HandlingResult = 'done' | 'retry' | 'dead' | 'dropped';

/** Watches webhooks: `openTelemetry()` of `countersign/opentelemetry` is one. */
export interface WebhookTelemetry {
  /** A webhook was answered. */
  taken?(event: string | undefined, result: IntakeResult, durationMs: number): void;
  /** A try ended. `waitedMs` is the time from when it was taken in. */
  handled?(event: string, result: HandlingResult, durationMs: number, waitedMs: number): void;
  /** Gives a way to ask for the counts of the queue. @returns a function that ends it. */
  watchQueue?(counts: () => Promise<QueueCounts>): () => void;
}

import type { WebhookDelivery } from './delivery.ts';

/** What became of a delivery that was handed to the app. */
export type DeliveryOutcome =
  | { readonly kind: 'done' }
  /** Once more, not before this time is over. */
  | { readonly kind: 'retry'; readonly delayMs: number; readonly reason: string }
  /** Never again by itself: it is kept as a dead letter. */
  | { readonly kind: 'dead'; readonly reason: string };

/** What a queue says of the delivery that it hands over. */
export interface DeliveryClaim {
  /** From 1. A try whose process died counts too. */
  readonly attempt: number;
  /** Aborted when the queue no longer holds the delivery for this process, or when it stops without waiting longer. */
  readonly signal: AbortSignal;
}

/** Runs the handlers of a delivery. It never rejects. */
export type RunDelivery = (
  delivery: WebhookDelivery,
  claim: DeliveryClaim,
) => Promise<DeliveryOutcome>;

/** How much a queue hands over at once. */
export interface QueueLimits {
  /** Deliveries that this process handles at once. */
  readonly concurrency: number;
  /** Of these, how many may be of one installation. */
  readonly concurrencyPerInstallation: number;
  /** For how long a delivery is remembered after it was done, in seconds. */
  readonly dedupeSeconds: number;
}

/** What an app gives its queue before anything else is asked of it. */
export interface QueueSetup {
  readonly limits: QueueLimits;
  readonly run: RunDelivery;
  /** What goes wrong in the background: a connection that was lost, a round that failed. */
  warn(details: object, message: string): void;
  /**
   * True for who only looks after a queue, such as the command line: `open` makes and changes nothing on the server, and
   * rejects where no app has made the queue. Default: false.
   */
  readonly mustExist?: boolean;
}

/** How much is in a queue, over all processes. */
export interface QueueCounts {
  /** Not yet begun, for the first time. */
  readonly waiting: number;
  /** Begun and not ended. */
  readonly active: number;
  /** Waiting for another try. */
  readonly retrying: number;
  readonly dead: number;
}

/** A delivery that is not tried again by itself. */
export interface DeadLetter {
  readonly delivery: WebhookDelivery;
  /** What the last try failed with. */
  readonly reason: string;
  readonly attempts: number;
  /** When it was given up, in milliseconds since 1970. */
  readonly diedAt: number;
}

/** One page of {@link WebhookQueue.deadLetters}. */
export interface DeadLetterQuery {
  /** Only those of one installation. Default: all. */
  clientKey?: string;
  /** Only those after the one with this id, in the order of the queue. Default: from the oldest. */
  after?: string;
  /** How many at most. Default: 100. */
  limit?: number;
}

/**
 * Where webhooks wait for their handlers. Make one by `pgBossQueue` of `countersign/pg-boss` or `bullMqQueue` of
 * `countersign/bullmq`, or write your own and run `queueConformance` of `countersign/testing` on it.
 *
 * What it promises: a delivery whose {@link WebhookQueue.add} resolved is handed over until an outcome of `done` or
 * `dead` came back, whatever dies in between (at least once); one id is handed over to one process at a time; those
 * with the same `orderKey` one after another, in the order in which they were added, a failed one before its
 * successors until it is done or dead; and an installation that floods it holds up no other one.
 */
export interface WebhookQueue {
  /** Such as `Postgres`, for the log and the page of health. */
  readonly name: string;
  /** Called once by the app, before all else. It does no I/O. */
  setup(setup: QueueSetup): void;
  /** Connects, and brings tables up to date. Every other method does so by itself. @throws QueueError. */
  open(): Promise<void>;
  /**
   * Durable when it resolves.
   *
   * @returns false where a delivery of this id was added before, and is not yet forgotten.
   * @throws QueueError.
   */
  add(delivery: WebhookDelivery): Promise<boolean>;
  /** Begins to hand over deliveries. It connects in the background, and again by itself. */
  start(): void;
  /**
   * Takes on nothing more, and waits for what it handed over; what is not done after `graceMs` is aborted and goes back to
   * the queue. {@link WebhookQueue.add} works on.
   */
  stop(graceMs: number): Promise<void>;
  /** Stops at once, and lets go of connections that it opened itself. */
  close(): Promise<void>;
  /** One round trip to the server: rejects where nothing could be added now. @throws QueueError. */
  check(): Promise<void>;
  /** @throws QueueError. */
  counts(): Promise<QueueCounts>;
  /** Oldest first. @throws QueueError. */
  deadLetters(query?: DeadLetterQuery): Promise<DeadLetter[]>;
  /** Hands a dead letter over once more, with all its tries. @returns false if there is none of this id. */
  retryDeadLetter(id: string): Promise<boolean>;
  /** Forgets a dead letter. @returns false if there is none of this id. */
  dropDeadLetter(id: string): Promise<boolean>;
}

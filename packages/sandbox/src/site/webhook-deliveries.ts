import type { WebhookFlow } from './site-change.ts';

/** One time that a webhook was sent. */
export interface WebhookTry {
  /** ISO 8601. */
  at: string;
  /** What `X-Atlassian-Webhook-Retry` said; 0 where it was absent. */
  retry: number;
  /** 0 where there was no answer. */
  status: number;
  durationMs: number;
  /** Whether it counts as delivered: 200, 202 or 204. */
  accepted: boolean;
  /** Whether Cloud Fortified counts it as delivered: 200 or 204. */
  good: boolean;
  /** Whether Jira sends it again. */
  again: boolean;
  reason: string;
  /** The text of the answer, cut where it is long. */
  reply: string;
  /** Of the entry in the request log. */
  requestId?: number;
}

/** `waiting`: for its turn or for its next try. `given-up`: it is not sent again by itself. */
export type WebhookState = 'waiting' | 'sending' | 'delivered' | 'given-up';

/** A webhook of one module of one app, with all of its tries. A copy: it does not change any more. */
export interface WebhookDelivery {
  /** Counts from 1. */
  id: number;
  event: string;
  appKey: string;
  /** `X-Atlassian-Webhook-Identifier`. */
  identifier: string;
  flow: WebhookFlow;
  trace?: string;
  /** The issue that it is about, where it is about one. */
  issueKey?: string;
  /** Who did what it tells of. */
  accountId?: string;
  /** Below the app's baseUrl, with its variables filled in. */
  path: string;
  /** Undefined of a webhook with excludeBody. */
  body?: string;
  state: WebhookState;
  /** Of a delivery that was given up. */
  reason?: string;
  /** When it happened. ISO 8601. */
  at: string;
  tries: WebhookTry[];
  /** ISO 8601. Undefined where it waits for its turn, or for nothing. */
  nextTryAt?: string;
}

type Update = Pick<WebhookDelivery, 'state'> &
  Partial<Pick<WebhookDelivery, 'reason' | 'tries' | 'nextTryAt'>>;

/** Of those that have ended, older ones are forgotten. */
const kept = 1000;

/** What became of the webhooks of the site. In memory: it ends with the process. */
export class WebhookDeliveries {
  readonly #all = new Map<number, WebhookDelivery>();
  readonly #open = new Set<number>();
  /** Those that have ended, in this order. */
  #ended: number[] = [];
  #lastId = 0;
  #whenIdle: (() => void)[] = [];

  /** Oldest first. */
  list(): WebhookDelivery[] {
    return [...this.#all.values()];
  }

  find(id: number): WebhookDelivery | undefined {
    return this.#all.get(id);
  }

  add(delivery: Omit<WebhookDelivery, 'id' | 'state' | 'tries'>): WebhookDelivery {
    this.#lastId += 1;
    const added: WebhookDelivery = { id: this.#lastId, ...delivery, state: 'waiting', tries: [] };
    this.#all.set(added.id, added);
    this.#open.add(added.id);
    this.#forgetOld();
    return added;
  }

  /** Sets the state anew: what is not given is not there any more, but for the tries. */
  update(id: number, update: Update): WebhookDelivery | undefined {
    const known = this.#all.get(id);
    if (!known) return undefined;
    const { reason: _reason, nextTryAt: _nextTryAt, ...rest } = known;
    const updated = { ...rest, ...update };
    this.#all.set(id, updated);
    if (isOpen(updated)) this.#open.add(id);
    else if (this.#open.delete(id)) this.#ended.push(id);
    this.#forgetOld();
    this.#tellIdle();
    return updated;
  }

  /** Resolves when nothing waits and nothing is being sent. */
  idle(): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  clear(): void {
    this.#all.clear();
    this.#open.clear();
    this.#ended = [];
    this.#tellIdle();
  }

  #tellIdle(): void {
    if (this.#open.size > 0) return;
    const waiting = this.#whenIdle;
    this.#whenIdle = [];
    for (const resolve of waiting) resolve();
  }

  // What still waits is never forgotten, however old.
  #forgetOld(): void {
    while (this.#all.size > kept) {
      const oldest = this.#ended.shift();
      if (oldest === undefined) return;
      // It may have been sent again, and then ends once more.
      if (!this.#open.has(oldest)) this.#all.delete(oldest);
    }
  }
}

function isOpen({ state }: WebhookDelivery): boolean {
  return state === 'waiting' || state === 'sending';
}

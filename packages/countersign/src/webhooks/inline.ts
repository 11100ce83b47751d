import type { InstallationStore } from '../installations/store.ts';
import type { WebhookDelivery } from './delivery.ts';
import type { DeliveryOutcome, RunDelivery } from './queue.ts';

/** How a webhook ended that was handled while Jira waited. */
type InlineResult = 'done' | 'duplicate' | 'failed';

/** What {@link createInline} needs. */
export interface InlineParts {
  readonly run: RunDelivery;
  readonly store: Pick<InstallationStore, 'claimOnce' | 'isClaimed'>;
  readonly dedupeSeconds: number;
  readonly now: () => number;
}

/** Webhooks without a queue: handled while Jira waits. */
export interface Inline {
  handle(delivery: WebhookDelivery): Promise<InlineResult>;
  /** Resolves when nothing runs, or when the time is over; what runs then is aborted. */
  drain(graceMs: number): Promise<void>;
}

export function createInline({ run, store, dedupeSeconds, now }: InlineParts): Inline {
  const stopping = new AbortController();
  // Jira may send a webhook again while its first delivery is still at work.
  const running = new Map<string, Promise<InlineResult>>();
  const lastOfKey = new Map<string, Promise<unknown>>();

  const inOrder = async <T>(key: string | undefined, work: () => Promise<T>): Promise<T> => {
    if (key === undefined) return work();
    const turn = (lastOfKey.get(key) ?? Promise.resolve()).then(work, work);
    lastOfKey.set(key, turn);
    try {
      return await turn;
    } finally {
      if (lastOfKey.get(key) === turn) lastOfKey.delete(key);
    }
  };

  const handleOnce = async (delivery: WebhookDelivery): Promise<InlineResult> => {
    const claim = `webhook:${delivery.id}`;
    if ((await store.isClaimed?.(claim)) === true) return 'duplicate';
    const outcome: DeliveryOutcome = await inOrder(delivery.orderKey, () =>
      // Jira is the one who tries again.
      run(delivery, { attempt: delivery.retry + 1, signal: stopping.signal }),
    );
    if (outcome.kind !== 'done') return 'failed';
    // Remembered after it was done: a process that dies before leaves it to Jira's next time.
    await store.claimOnce(claim, now() + dedupeSeconds * 1000);
    return 'done';
  };

  return {
    async handle(delivery) {
      const known = running.get(delivery.id);
      if (known !== undefined) return (await known) === 'failed' ? 'failed' : 'duplicate';
      const handling = handleOnce(delivery);
      running.set(delivery.id, handling);
      try {
        return await handling;
      } finally {
        running.delete(delivery.id);
      }
    },
    async drain(graceMs) {
      const timer = setTimeout(() => stopping.abort(new Error('The process stops.')), graceMs);
      await Promise.allSettled(running.values());
      clearTimeout(timer);
    },
  };
}

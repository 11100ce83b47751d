import assert from 'node:assert/strict';
import type { WebhookDelivery } from '../../webhooks/delivery.ts';
import type {
  DeliveryClaim,
  DeliveryOutcome,
  QueueLimits,
  WebhookQueue,
} from '../../webhooks/queue.ts';
import type { ConformanceCase } from '../store-conformance.ts';

/** Where the queue of one case is kept. */
export interface QueueFixture {
  /**
   * A queue object on this storage, not yet set up, as each process has one of its own: called again within a case, it
   * gives what a second process has. The case closes it.
   */
  connect(): WebhookQueue;
  /**
   * Lets a queue object of `connect` vanish as a killed process does: it gives nothing back and says nothing to the server.
   * What such a process held is expected to be handed over again, within `withinMs`.
   */
  readonly abandon?: {
    readonly withinMs: number;
    now(queue: WebhookQueue): Promise<void> | void;
  };
  /** Called after the case, when its queue objects are closed. */
  dispose?(): Promise<void> | void;
}

/** Makes an empty queue for one case. */
export interface QueueUnderTest {
  /** False where {@link QueueFixture.abandon} cannot be given: a process that vanishes is then tried by you. Default: true. */
  abandons?: boolean;
  /**
   * Called once for each case.
   *
   * @param name Of lower-case letters, digits and `_`, and another one for each case: the queues of two cases must not
   * see each other's deliveries.
   */
  open(name: string): Promise<QueueFixture> | QueueFixture;
}

/** How long a delivery may take to be handed over, and what a process changed to be seen by another one. */
const SOON_MS = 10_000;

/** A handler of one case. */
export type Handle = (
  delivery: WebhookDelivery,
  claim: DeliveryClaim,
) => Promise<DeliveryOutcome> | DeliveryOutcome;

/** A queue object and what it handed over: what a process of an app is to its queue. */
interface QueueProcess {
  readonly queue: WebhookQueue;
  /** Each handing over, in the order in which they began. */
  readonly handled: { readonly id: string; readonly attempt: number }[];
}

/** One case's processes on one queue. */
interface Trial {
  readonly fixture: QueueFixture;
  /** Another process. It takes deliveries only after `queue.start()`. Default handler: done at once. */
  process(handle?: Handle, limits?: Partial<QueueLimits>): QueueProcess;
}

export type Check = (name: string, body: (trial: Trial) => Promise<void>) => ConformanceCase;

export const done: DeliveryOutcome = { kind: 'done' };

/** Makes the cases of a suite. */
export function checkOf(suite: QueueUnderTest): Check {
  const run = Date.now().toString(36);
  let cases = 0;
  return (name, body) => {
    const storage = `case_${run}_${cases++}`;
    let runs = 0;
    return {
      name,
      async run() {
        const fixture = await suite.open(`${storage}_${runs++}`);
        const queues: WebhookQueue[] = [];
        try {
          await body({
            fixture,
            process(handle = () => done, limits = {}) {
              const started = startProcess(fixture.connect(), handle, limits);
              queues.push(started.queue);
              return started;
            },
          });
        } finally {
          await Promise.all(queues.map((queue) => queue.close()));
          await fixture.dispose?.();
        }
      },
    };
  };
}

function startProcess(
  queue: WebhookQueue,
  handle: Handle,
  limits: Partial<QueueLimits>,
): QueueProcess {
  const handled: { id: string; attempt: number }[] = [];
  queue.setup({
    limits: { concurrency: 10, concurrencyPerInstallation: 10, dedupeSeconds: 3600, ...limits },
    async run(delivery, claim) {
      handled.push({ id: delivery.id, attempt: claim.attempt });
      return handle(delivery, claim);
    },
    warn: () => undefined,
  });
  return { queue, handled };
}

/** Waits until it is true. @throws AssertionError with the message when it takes longer. */
export async function eventually(
  isTrue: () => boolean | Promise<boolean>,
  message: string,
  withinMs: number = SOON_MS,
): Promise<void> {
  const until = Date.now() + withinMs;
  while (!(await isTrue())) {
    assert.ok(Date.now() < until, message);
    await pause(10);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

let made = 0;

/** A delivery like those that the app takes in, with an id of its own. */
export function sampleDelivery(change: Partial<WebhookDelivery> = {}): WebhookDelivery {
  const number = made++;
  return {
    id: crypto.randomUUID(),
    appKey: 'app',
    clientKey: 'client-1',
    event: 'jira:issue_updated',
    identifier: `identifier-${number}`,
    payload: { issue: { id: '10000', key: 'A-1' }, number },
    url: '/webhooks?user=1',
    receivedAt: 1_700_000_000_000 + number,
    retry: 0,
    flow: 'Primary',
    trace: undefined,
    orderKey: undefined,
    requestId: `request-${number}`,
    ...change,
  };
}

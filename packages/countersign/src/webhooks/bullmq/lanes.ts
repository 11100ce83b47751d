import type { RedisConnection } from '../../installations/key-value/redis-connection.ts';
import type { WebhookDelivery } from '../delivery.ts';
import type {
  DeadLetter,
  DeadLetterQuery,
  DeliveryOutcome,
  QueueCounts,
  QueueLimits,
} from '../queue.ts';
import * as scripts from './scripts.ts';
import { deliveryOf } from './stored-delivery.ts';

/** A delivery that may be handled now: BullMQ is to have it. */
export interface Admitted {
  readonly id: string;
  /** Each time that it is admitted it has another one. */
  readonly turn: string;
  readonly clientKey: string;
}

/** A delivery that this process has begun. */
interface Begun {
  /** Each time that it is begun it has another one. */
  readonly run: string;
  readonly attempt: number;
  readonly delivery: WebhookDelivery;
}

/** What becomes of a delivery; `returned` is one that this process gives back, for another one to take. */
export type Ending = DeliveryOutcome | { readonly kind: 'returned' };

/**
 * Which delivery comes when: those of one `orderKey` one after another, and of one installation so many at once. Each
 * method is one step of the server. What a step admits is told to `onAdmitted`; who dies before BullMQ has it leaves it
 * to the next `sweep`.
 */
export interface Lanes {
  add(delivery: WebhookDelivery): Promise<boolean>;
  /** @returns undefined where it is not to be handled any more. */
  begin(id: string, turn: string, leaseMs: number): Promise<Begun | undefined>;
  end(id: string, run: string, ending: Ending): Promise<void>;
  /**
   * Gives back one that was not begun, for this process has enough of its installation. It is admitted again after the
   * delay.
   */
  passOn(id: string, turn: string, delayMs: number): Promise<void>;
  /** Admits what is due, tells again of what was admitted and never begun, and says that a process is alive. */
  sweep(options: SweepOptions): Promise<Swept>;
  /** The process takes on nothing more. */
  leave(worker: string): Promise<void>;
  counts(): Promise<QueueCounts>;
  deadLetters(query: DeadLetterQuery): Promise<DeadLetter[]>;
  retryDeadLetter(id: string): Promise<boolean>;
  dropDeadLetter(id: string): Promise<boolean>;
}

interface SweepOptions {
  /** The process that is alive; undefined for one that takes in only. */
  worker: string | undefined;
  /** For how long it counts as alive. */
  aliveMs: number;
  /** Also those that somebody should look after only by then. */
  overdueMs: number;
}

interface Swept {
  /** In how many milliseconds the next one is due. */
  readonly dueMs: number | undefined;
  /** How many processes are alive. */
  readonly workers: number;
}

export interface LanesSetup {
  /** What all keys begin with; its part in braces puts them into one slot of a cluster. */
  readonly root: string;
  readonly limits: QueueLimits;
  /** For how long what was admitted may wait before a sweep tells of it again. */
  readonly handOverMs: number;
  onAdmitted(admitted: readonly Admitted[]): void;
}

/** How many repetitions a sweep admits at most: one step of the server holds up all others. */
const SWEEP_LIMIT = 200;

export function lanesOf(
  run: RedisConnection['run'],
  { root, limits, handOverMs, onAdmitted }: LanesSetup,
): Lanes {
  const call = (script: scripts.Script, ...args: (string | number)[]) =>
    run((client) =>
      scripts.callScript(client, script, root, [
        limits.concurrencyPerInstallation,
        handOverMs,
        ...args,
      ]),
    );
  const tell = (flat: readonly string[]): void => {
    const admitted: Admitted[] = [];
    for (let index = 0; index < flat.length; index += 3) {
      const [id, turn, clientKey] = flat.slice(index, index + 3) as [string, string, string];
      admitted.push({ id, turn, clientKey });
    }
    if (admitted.length > 0) onAdmitted(admitted);
  };
  const change = async (script: scripts.Script, ...args: (string | number)[]) => {
    const [isChanged, admitted] = (await call(script, ...args)) as [number, string[]];
    tell(admitted);
    return isChanged === 1;
  };

  return {
    add(delivery) {
      const { id, clientKey, orderKey = '' } = delivery;
      return change(scripts.ADD, id, clientKey, orderKey, JSON.stringify(delivery));
    },
    async begin(id, turn, leaseMs) {
      const answer = (await call(scripts.BEGIN, id, turn, leaseMs)) as
        | [string, number, string]
        | [];
      if (answer.length === 0) return undefined;
      return { run: answer[0], attempt: answer[1], delivery: deliveryOf(answer[2]) };
    },
    async end(id, runOfIt, ending) {
      const delayMs = ending.kind === 'retry' ? Math.max(0, Math.ceil(ending.delayMs)) : 0;
      const reason = 'reason' in ending ? ending.reason : '';
      const { dedupeSeconds } = limits;
      tell(
        (await call(
          scripts.END,
          ...[id, runOfIt, ending.kind, delayMs, reason, Math.max(1, Math.ceil(dedupeSeconds))],
        )) as string[],
      );
    },
    async passOn(id, turn, delayMs) {
      await call(scripts.PASS_ON, id, turn, delayMs);
    },
    async sweep({ worker = '', aliveMs, overdueMs }) {
      const answer = await call(scripts.SWEEP, worker, aliveMs, overdueMs, SWEEP_LIMIT);
      const [admitted, dueMs, workers] = answer as [string[], number, number];
      tell(admitted);
      return { dueMs: dueMs < 0 ? undefined : dueMs, workers };
    },
    async leave(worker) {
      await call(scripts.LEAVE, worker);
    },
    async counts() {
      const counts = ((await call(scripts.COUNTS)) as (string | null)[]).map(Number);
      const [waiting = 0, active = 0, retrying = 0, dead = 0] = counts;
      return { waiting, active, retrying, dead };
    },
    async deadLetters({ clientKey = '', after = '', limit = 100 }) {
      // For Redis a range that ends before its start is all that there is.
      if (limit < 1) return [];
      const page = await call(scripts.DEAD_LETTERS, clientKey, after, limit);
      return (page as [string, string, string, string][]).map(
        ([body, reason, attempts, diedAt]) => ({
          delivery: deliveryOf(body),
          reason,
          attempts: Number(attempts),
          diedAt: Number(diedAt),
        }),
      );
    },
    retryDeadLetter: (id) => change(scripts.RETRY_DEAD, id),
    dropDeadLetter: (id) => change(scripts.DROP_DEAD, id),
  };
}

/** What this process holds: it may work on it until another one may. */
export interface Hold {
  readonly clientKey: string;
  /** Aborted when it is not held any more, or when the process stops. */
  readonly signal: AbortSignal;
  /** Resolves when nobody waits for its end any more. */
  readonly givenUp: Promise<void>;
  release(): void;
}

export interface Holds {
  take(jobId: string, clientKey: string): Hold;
  /** How many of one installation are held. */
  countOf(clientKey: string): number;
  renewed(jobIds: readonly string[]): void;
  /** @returns how many of them were still held. */
  lost(jobIds: readonly string[]): number;
  abortAll(reason: string): void;
  giveUpAll(): void;
  /** Ends the watch over locks. */
  close(): void;
}

interface Entry {
  readonly controller: AbortController;
  readonly giveUp: () => void;
  /** By `performance.now`. */
  lockedUntil: number;
}

const LOST = 'The queue no longer holds this delivery for this process: another one may have it.';

/**
 * @param lockMs For how long a lock lasts. One that could not be renewed, because the server is away, is over then: the
 * server will give the delivery to the first who asks.
 */
export function createHolds(lockMs: number): Holds {
  const entries = new Map<string, Entry>();
  const counts = new Map<string, number>();

  const abort = (jobId: string, reason: string): void => {
    const error = new Error(reason);
    error.name = 'AbortError';
    entries.get(jobId)?.controller.abort(error);
  };
  const timer = setInterval(
    () => {
      const now = performance.now();
      for (const [jobId, { lockedUntil }] of entries) {
        if (lockedUntil < now) abort(jobId, LOST);
      }
    },
    Math.max(50, lockMs / 10),
  );

  return {
    take(jobId, clientKey) {
      const controller = new AbortController();
      const { promise: givenUp, resolve: giveUp } = Promise.withResolvers<void>();
      const entry = { controller, giveUp, lockedUntil: performance.now() + lockMs };
      entries.set(jobId, entry);
      counts.set(clientKey, (counts.get(clientKey) ?? 0) + 1);
      return {
        clientKey,
        signal: controller.signal,
        givenUp,
        release() {
          // After a lock was lost, this process may hold it once more.
          if (entries.get(jobId) === entry) entries.delete(jobId);
          const count = (counts.get(clientKey) ?? 0) - 1;
          if (count > 0) counts.set(clientKey, count);
          else counts.delete(clientKey);
        },
      };
    },
    countOf: (clientKey) => counts.get(clientKey) ?? 0,
    renewed(jobIds) {
      for (const jobId of jobIds) {
        const entry = entries.get(jobId);
        if (entry !== undefined) entry.lockedUntil = performance.now() + lockMs;
      }
    },
    lost(jobIds) {
      const held = jobIds.filter((id) => entries.get(id)?.controller.signal.aborted === false);
      for (const jobId of held) abort(jobId, LOST);
      return held.length;
    },
    abortAll(reason) {
      for (const jobId of entries.keys()) abort(jobId, reason);
    },
    giveUpAll() {
      for (const { giveUp } of entries.values()) giveUp();
    },
    close: () => clearInterval(timer),
  };
}

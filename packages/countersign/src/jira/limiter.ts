/** What a caller that asks for a turn says of itself. */
interface Turn {
  /** Aborted where it waits no longer. */
  readonly signal: AbortSignal;
  /** How long it can wait, in milliseconds. */
  remainingMs(): number;
  /** The issue that it writes to. */
  readonly issue: string | undefined;
}

/** A site asks for more time than a caller has. */
export class PausedTooLong extends Error {
  readonly waitMs: number;
  constructor(waitMs: number) {
    super('paused');
    this.waitMs = waitMs;
  }
}

/** Bounds how many calls of one installation are under way, and pauses them all while the site asks for it. */
export interface Limiter {
  /**
   * Takes a turn. Undefined: at once, so that nobody waits for a promise.
   *
   * @throws PausedTooLong, or what the signal was aborted with.
   */
  take(turn: Turn): Promise<void> | undefined;
  /** Gives the turn back. */
  giveBack(): void;
  /** Nobody gets a turn for so long, or nobody who writes to this issue. */
  pause(ms: number, issue?: string): void;
}

interface Waiting {
  readonly turn: Turn;
  readonly go: () => void;
  readonly fail: (error: unknown) => void;
}

/** No site asks for more: points are counted by the hour. */
const MAX_PAUSE_MS = 3_600_000;
const EVERYBODY = '';

/** @param onIdle Nobody is under way or waits, and no pause is to be remembered. */
function createLimiter(concurrency: number, onIdle: () => void): Limiter {
  const queue: Waiting[] = [];
  /** When pauses end, by issue, on the clock of performance.now(). */
  const pauses = new Map<string, number>();
  let underWay = 0;
  let timer: NodeJS.Timeout | undefined;

  const pausedMs = ({ issue }: Turn): number => {
    if (pauses.size === 0) return 0;
    const endsAt = Math.max(
      pauses.get(EVERYBODY) ?? 0,
      issue === undefined ? 0 : (pauses.get(issue) ?? 0),
    );
    return Math.max(0, endsAt - performance.now());
  };

  const settle = (): void => {
    clearTimeout(timer);
    timer = undefined;
    for (const [issue, endsAt] of pauses) if (endsAt <= performance.now()) pauses.delete(issue);
    for (let index = 0; index < queue.length && underWay < concurrency; ) {
      const waiting = queue[index] as Waiting;
      if (pausedMs(waiting.turn) > 0) {
        index += 1;
        continue;
      }
      queue.splice(index, 1);
      underWay += 1;
      waiting.go();
    }
    if (pauses.size > 0) {
      const next = Math.min(...pauses.values()) - performance.now();
      timer = setTimeout(settle, Math.max(1, next));
      // A pause is no reason for a process to stay; whoever waits for its end has a deadline of its own.
      timer.unref();
    } else if (underWay === 0 && queue.length === 0) {
      onIdle();
    }
  };

  return {
    take(turn) {
      const pause = pausedMs(turn);
      if (pause === 0 && underWay < concurrency && queue.length === 0) {
        underWay += 1;
        return undefined;
      }
      if (pause >= turn.remainingMs()) return Promise.reject(new PausedTooLong(pause));
      if (turn.signal.aborted) return Promise.reject(turn.signal.reason);
      return new Promise((resolve, reject) => {
        const leave = (): void => {
          queue.splice(queue.indexOf(waiting), 1);
          reject(turn.signal.reason);
          settle();
        };
        const waiting: Waiting = {
          turn,
          go() {
            turn.signal.removeEventListener('abort', leave);
            resolve();
          },
          fail(error) {
            turn.signal.removeEventListener('abort', leave);
            reject(error);
          },
        };
        turn.signal.addEventListener('abort', leave, { once: true });
        queue.push(waiting);
        settle();
      });
    },
    giveBack() {
      underWay -= 1;
      if (queue.length > 0 || underWay === 0) settle();
    },
    pause(ms, issue = EVERYBODY) {
      const endsAt = performance.now() + Math.min(ms, MAX_PAUSE_MS);
      if (endsAt <= (pauses.get(issue) ?? 0)) return;
      pauses.set(issue, endsAt);
      // Whoever cannot wait so long learns it now, and not when its time is over.
      for (const waiting of [...queue]) {
        const pause = pausedMs(waiting.turn);
        if (pause < waiting.turn.remainingMs()) continue;
        queue.splice(queue.indexOf(waiting), 1);
        waiting.fail(new PausedTooLong(pause));
      }
      settle();
    },
  };
}

/** The limiters of all installations that are called just now. */
export interface Limiters {
  /** @param key The clientKey, or what else names the installation. */
  of(key: string): Limiter;
  readonly size: number;
}

export function createLimiters(concurrency: number): Limiters {
  const limiters = new Map<string, Limiter>();
  return {
    of(key) {
      const known = limiters.get(key);
      if (known !== undefined) return known;
      const limiter = createLimiter(concurrency, () => limiters.delete(key));
      limiters.set(key, limiter);
      return limiter;
    },
    get size() {
      return limiters.size;
    },
  };
}

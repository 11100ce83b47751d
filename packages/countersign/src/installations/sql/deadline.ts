import { StoreError } from '../../errors.ts';

/** Tells an action whether its time is over: it must not start anything any more. */
export interface Deadline {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** @throws StoreError STORE_UNAVAILABLE when the time is over. */
  check(): void;
}

/**
 * Runs an action, and stops waiting for it when its time is over. What it has sent by then may still be done.
 *
 * @throws StoreError STORE_UNAVAILABLE when the time is over.
 */
export async function withinTime<T>(
  timeoutMs: number,
  action: (deadline: Deadline) => Promise<T>,
  whenOver: () => void = () => undefined,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const deadline: Deadline = {
    at: Date.now() + timeoutMs,
    check() {
      if (isOver) throw timeoutError(timeoutMs);
    },
  };
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      isOver = true;
      whenOver();
      reject(timeoutError(timeoutMs));
    }, timeoutMs);
  });
  try {
    return await Promise.race([action(deadline), over]);
  } finally {
    clearTimeout(timer);
  }
}

export function timeoutError(timeoutMs: number): StoreError {
  return new StoreError(
    'STORE_UNAVAILABLE',
    `The database did not answer within ${timeoutMs} milliseconds.`,
    { hint: 'Check the database and the network in between, or give timeoutMs more time.' },
  );
}

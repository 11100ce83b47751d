import { within } from './within.ts';

/** Runs one task after the other for each key, and those of different keys at once. */
export function keyQueue(
  timeoutMs: number,
): <T>(key: string, task: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return async (key, task) => {
    const before = last.get(key) ?? Promise.resolve();
    let done: () => void = () => undefined;
    const mine = new Promise<void>((resolve) => {
      done = resolve;
    });
    // The one behind waits for all in front, also when this one gives up.
    const turn = before.then(() => mine);
    last.set(key, turn);
    void turn.then(() => {
      if (last.get(key) === turn) last.delete(key);
    });
    try {
      await within(timeoutMs, before);
      return await task();
    } finally {
      done();
    }
  };
}

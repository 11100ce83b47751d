/** Holds back who wants to begin, so that faults strike in the middle of the work however fast it goes. */
export interface Turnstile {
  /** Waits until one more may begin. */
  enter(): Promise<void>;
  leave(): void;
  /** Waits until so many have left. */
  reaches(left: number): Promise<void>;
  /** Lets in so many from the start on. */
  allow(entered: number): void;
}

export function createTurnstile(): Turnstile {
  let allowed = 0;
  let entered = 0;
  let left = 0;
  const waiting = new Set<{ isDue(): boolean; go(): void }>();
  const look = () => {
    for (const waiter of waiting) {
      if (!waiter.isDue()) continue;
      waiting.delete(waiter);
      waiter.go();
    }
  };
  const until = (isDue: () => boolean, then: () => void = () => undefined) =>
    new Promise<void>((resolve) => {
      const go = () => {
        then();
        resolve();
      };
      waiting.add({ isDue, go });
      look();
    });
  return {
    enter: () =>
      until(
        () => entered < allowed,
        () => {
          entered++;
        },
      ),
    leave() {
      left++;
      look();
    },
    reaches: (count) => until(() => left >= count),
    allow(count) {
      allowed = count;
      look();
    },
  };
}

/** Looks again and again for what is due, and for what a process left behind that died. */
export interface Sweeper {
  /** Something is due in so many milliseconds. */
  dueIn(ms: number): void;
  stop(): Promise<void>;
}

/** What was due a moment ago by the clock of the server may not be so by ours. */
const SLACK_MS = 5;

export interface SweeperSetup {
  /** @returns in how many milliseconds the next one is due. */
  sweep(isFirst: boolean): Promise<number | undefined>;
  readonly intervalMs: number;
  onFailure(error: unknown): void;
  onSuccess(): void;
}

export function startSweeper({ sweep, intervalMs, onFailure, onSuccess }: SweeperSetup): Sweeper {
  let isStopped = false;
  let isFirst = true;
  let timer: NodeJS.Timeout | undefined;
  let nextAt = 0;
  let running: Promise<void> | undefined;

  const schedule = (ms: number): void => {
    if (isStopped) return;
    clearTimeout(timer);
    nextAt = performance.now() + ms;
    timer = setTimeout(() => {
      running = round();
    }, ms);
  };
  const round = async (): Promise<void> => {
    nextAt = Number.POSITIVE_INFINITY;
    let dueMs: number | undefined;
    try {
      dueMs = await sweep(isFirst);
      isFirst = false;
      onSuccess();
    } catch (error) {
      onFailure(error);
    }
    const next = Math.min(intervalMs, (dueMs ?? intervalMs) + SLACK_MS);
    // Something may have become due meanwhile.
    if (next < nextAt - performance.now()) schedule(next);
  };
  running = round();

  return {
    dueIn(ms) {
      if (performance.now() + ms < nextAt) schedule(ms + SLACK_MS);
    },
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

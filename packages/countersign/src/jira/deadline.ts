import type { Readable } from 'node:stream';

/** Until when a call may take, and whether its caller still wants it. */
export interface Deadline {
  /** Aborted by the caller, or when the time is over. */
  readonly signal: AbortSignal;
  readonly endedBy: 'caller' | 'time' | undefined;
  /** Until the call is given up, in milliseconds. */
  remainingMs(): number;
  /** Rejects with what ended the call. */
  wait(ms: number): Promise<void>;
  /** No time limit from here on; the caller's signal ends the reading of this body, too. */
  passOnTo(body: Readable): void;
  /** The call is over. The caller's signal may live for long: it is let go, but for a body that goes on. */
  end(): void;
}

export function startDeadline(timeoutMs: number, callerSignal: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  const { signal } = controller;
  const endsAt = performance.now() + timeoutMs;
  let endedBy: Deadline['endedBy'];
  let isPassedOn = false;
  const timer = setTimeout(() => {
    endedBy ??= 'time';
    controller.abort();
  }, timeoutMs);
  const onCallerAbort = () => {
    endedBy ??= 'caller';
    controller.abort(callerSignal?.reason);
  };
  if (callerSignal?.aborted === true) onCallerAbort();
  // AbortSignal.any costs more than all the rest of a call's bookkeeping.
  callerSignal?.addEventListener('abort', onCallerAbort, { once: true });
  return {
    signal,
    get endedBy() {
      return endedBy;
    },
    remainingMs: () => endsAt - performance.now(),
    wait: (ms) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const onAbort = () => {
          clearTimeout(waiting);
          reject(signal.reason);
        };
        const waiting = setTimeout(() => {
          signal.removeEventListener('abort', onAbort);
          resolve();
        }, ms);
        signal.addEventListener('abort', onAbort, { once: true });
      }),
    passOnTo(body) {
      clearTimeout(timer);
      isPassedOn = true;
      body.once('close', () => callerSignal?.removeEventListener('abort', onCallerAbort));
    },
    end() {
      clearTimeout(timer);
      if (!isPassedOn) callerSignal?.removeEventListener('abort', onCallerAbort);
    },
  };
}

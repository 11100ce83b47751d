import { bare } from '../../installations/key-value/failure.ts';

/** Says that the server is away, once for each time that it goes. */
export interface Outage {
  failed(error: unknown): void;
  worked(): void;
  /** Something else went wrong. The same is said again after a minute. */
  tell(error: unknown): void;
}

const SAID_AGAIN_MS = 60_000;

export function watchOutage(warn: (details: object, message: string) => void): Outage {
  let isAway = false;
  let last: string | undefined;
  let lastAt = 0;
  return {
    failed(error) {
      if (isAway) return;
      isAway = true;
      warn(
        { error: bare(error) },
        'The queue on Redis does not answer. What it holds is handled when it is back.',
      );
    },
    worked() {
      isAway = false;
    },
    tell(error) {
      const plain = bare(error);
      // What fails because the server is away was said.
      if (isAway || isOfConnection(plain)) return;
      if (last === plain.message && performance.now() - lastAt < SAID_AGAIN_MS) return;
      last = plain.message;
      lastAt = performance.now();
      warn({ error: plain }, 'The worker of the queue on Redis met an error, and goes on.');
    },
  };
}

/** The sweeper notices it, and says so once. */
function isOfConnection(error: Error & { code?: unknown }): boolean {
  return (
    ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN'].includes(
      String(error.code),
    ) ||
    error.name === 'MaxRetriesPerRequestError' ||
    /Connection is closed|isn't writeable|did not answer|^LOADING|^READONLY/i.test(error.message)
  );
}

import { type AnswerHeaders, readRateLimit, retryAfterMs } from './rate-limit.ts';

/** How a client tries again. */
export interface RetryOptions {
  /** How often one call is sent, at most. Default: 5. 1 means that nothing is tried again. */
  maxTries?: number;
  /** The back-off before the second try is up to so long, in milliseconds, and doubles with each try. Default: 500. */
  baseDelayMs?: number;
  /** No back-off is longer, in milliseconds; what a site asks for may be. Default: 15000. */
  maxDelayMs?: number;
}

/** Why a call is sent once more. */
export type RetryReason =
  | 'rate-limited'
  | 'unavailable'
  | 'network'
  | 'credentials'
  | 'fresh-install';

/** What came of a try: an answer, or none. */
export type Outcome =
  | { readonly status: number; readonly headers: AnswerHeaders }
  | { readonly error: unknown };

/** What is to be waited before the next try. */
interface Retry {
  readonly reason: RetryReason;
  readonly delayMs: number;
}

/** A call, as far as it matters for trying it again. */
interface RetriedCall {
  /** Counted from 1, this one included. */
  readonly tries: number;
  /** It may be carried out twice. */
  readonly idempotent: boolean;
  /** Its body can be sent once more. */
  readonly repeatable: boolean;
}

/** Decides whether a call is tried again; undefined where it is not. */
export type RetryPolicy = (outcome: Outcome, call: RetriedCall) => Retry | undefined;

const IDEMPOTENT_METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'OPTIONS',
  'PUT',
  'DELETE',
]);

/** @see https://www.rfc-editor.org/rfc/rfc9110#name-idempotent-methods */
export function isIdempotent(method: string): boolean {
  return IDEMPOTENT_METHODS.has(method);
}

/**
 * 429 says that nothing was done, so that any call may be sent again. After a 5xx or a broken connection Jira may have
 * done it, so that only a call is that may be done twice. What a site asks to wait is waited; else a random time up to
 * a bound that doubles (full jitter), so that calls which failed together do not come back together.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function createRetryPolicy(
  options: RetryOptions,
  now: () => number,
  random: () => number = Math.random,
): RetryPolicy {
  const { maxTries = 5, baseDelayMs = 500, maxDelayMs = 15_000 } = options;
  const backOffMs = (tries: number): number =>
    random() * Math.min(maxDelayMs, baseDelayMs * 2 ** (tries - 1));

  return (outcome, { tries, idempotent, repeatable }) => {
    if (tries >= maxTries || !repeatable) return undefined;
    if ('error' in outcome) {
      return idempotent ? { reason: 'network', delayMs: backOffMs(tries) } : undefined;
    }
    const { status, headers } = outcome;
    if (status === 429) {
      const { waitMs } = readRateLimit(headers, now);
      return { reason: 'rate-limited', delayMs: waitMs ?? backOffMs(tries) };
    }
    if (status >= 500 && status !== 501 && idempotent) {
      return { reason: 'unavailable', delayMs: retryAfterMs(headers, now) ?? backOffMs(tries) };
    }
    return undefined;
  };
}

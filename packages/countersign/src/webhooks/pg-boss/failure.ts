import { inspect } from 'node:util';
import { isCountersignError, QueueError } from '../../errors.ts';
import type { QueueSetup } from '../queue.ts';

/** What a driver says of an error: an SQLSTATE, or a code of Node's. */
function codeOf(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}

/** Makes the error that a caller sees. What was underneath is kept where it does not hold the password of the URL. */
export function queueFailure(error: unknown, source: unknown): Error {
  if (isCountersignError(error)) return error;
  return new QueueError(
    'QUEUE_UNAVAILABLE',
    `The queue of webhooks on Postgres failed: ${reasonOf(error, source)}`,
    isClean(error, source) ? { cause: error } : {},
  );
}

/** What an error says, without a password. */
function reasonOf(error: unknown, source: unknown): string {
  const { message } = (error ?? {}) as { message?: unknown };
  // Node's error for a name of several addresses has a code and no message.
  const isTold = typeof message === 'string' && message !== '' && isClean(error, source);
  return isTold ? message : (codeOf(error) ?? 'it says not why.');
}

/** True where neither the URL nor its password is found in an error. */
function isClean(error: unknown, source: unknown): boolean {
  if (typeof source !== 'string') return true;
  const text = inspect(error, { depth: 6, showHidden: true });
  const { password = '' } = URL.parse(source) ?? {};
  const secrets = [source, password, decoded(password)].filter((secret) => secret !== '');
  return secrets.every((secret) => !text.includes(secret));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Postgres did not answer in time: what was asked of it may still be done. */
export function timeoutError(timeoutMs: number): Error {
  return new Error(`it did not answer within ${timeoutMs} milliseconds.`);
}

/** Says once that something in the background goes wrong, not in each round. */
export interface Trouble {
  /** Something failed. */
  fell(what: string, error: unknown): void;
  /** It goes well again. */
  rose(): void;
  /** What pg-boss warns of, such as vacuum that does not keep up: each kind once in an hour. */
  warned(message: string): void;
}

const SAY_AGAIN_MS = 60_000;
const WARN_AGAIN_MS = 3_600_000;

export function watchTrouble(warn: QueueSetup['warn'], source: unknown): Trouble {
  let isDown = false;
  const lastSaid = new Map<string, number>();
  /** True where it was not said in this time. */
  const isNews = (what: string, withinMs: number): boolean => {
    const now = Date.now();
    if (now - (lastSaid.get(what) ?? Number.NEGATIVE_INFINITY) < withinMs) return false;
    lastSaid.set(what, now);
    return true;
  };
  return {
    fell(what, error) {
      if (isDown) return;
      isDown = true;
      // One thing may go on failing while others go well.
      if (!isNews(`${what} ${codeOf(error)}`, SAY_AGAIN_MS)) return;
      warn(
        { code: codeOf(error), reason: reasonOf(error, source) },
        `The queue of webhooks on Postgres failed ${what}. It goes on trying.`,
      );
    },
    rose() {
      isDown = false;
    },
    warned(message) {
      // Those of one kind differ in their figures.
      if (!isNews(message.replace(/\d+/g, ''), WARN_AGAIN_MS)) return;
      warn({}, `pg-boss, which keeps the queue of webhooks: ${message}`);
    },
  };
}

import type { Dispatcher } from 'undici';
import { ConfigError, isCountersignError, JiraApiError } from '../errors.ts';
import { abandoned, type Call, discard, unanswered } from './answer.ts';
import { type CallEvent, type CallEvents, createCallEvents } from './call-events.ts';
import type { JiraBody } from './calls.ts';
import {
  type Authorization,
  authorize,
  baseUrlOf,
  hostOf,
  type JiraCredentials,
} from './credentials.ts';
import { type Deadline, startDeadline } from './deadline.ts';
import { exchange, isMisuse, type ReceivedAnswer } from './exchange.ts';
import { sentHeaders } from './headers.ts';
import { createLimiters, type Limiter, PausedTooLong } from './limiter.ts';
import { readQuota, readRateLimit, retryAfterMs, writtenIssue } from './rate-limit.ts';
import {
  createRetryPolicy,
  isIdempotent,
  type Outcome,
  type RetryOptions,
  type RetryReason,
} from './retry.ts';
import type { CallSpan, JiraTelemetry } from './telemetry.ts';
import { createTryAgain, type TryAgain } from './try-again.ts';
import { callUrl, type Query } from './url.ts';

/** How calls are sent: what all clients of one app share. */
export interface TransportOptions extends RetryOptions {
  /** How many calls of one installation may be under way at once. Default: 10. */
  concurrency?: number;
  /** How long a call may take with all its tries, in milliseconds. Default: 30000. */
  timeoutMs?: number;
  /**
   * The connections that calls go over: an `Agent` or a `ProxyAgent` of undici. Default: one agent for all clients, or
   * the proxies of the environment where NODE_USE_ENV_PROXY is 1.
   */
  dispatcher?: Dispatcher;
  /** Watches each call: see `countersign/opentelemetry`. Default: nobody does. */
  telemetry?: JiraTelemetry;
}

/** The names of {@link TransportOptions}. */
export const TRANSPORT_OPTIONS: readonly string[] = [
  ...['concurrency', 'timeoutMs', 'maxTries', 'baseDelayMs', 'maxDelayMs'],
  ...['dispatcher', 'telemetry'],
];

const RANGES: readonly (readonly [keyof TransportOptions, min: number, max: number])[] = [
  ['concurrency', 1, 10_000],
  ['timeoutMs', 1, 2 ** 31 - 1],
  ['maxTries', 1, 100],
  ['baseDelayMs', 0, 3_600_000],
  ['maxDelayMs', 0, 3_600_000],
];

/** @throws ConfigError CONFIG_OPTION_INVALID. */
export function checkTransportOptions(prefix: string, options: TransportOptions): void {
  for (const [name, min, max] of RANGES) {
    const value: unknown = options[name];
    if (value === undefined || (typeof value === 'number' && value >= min && value <= max))
      continue;
    throw new ConfigError(
      'CONFIG_OPTION_INVALID',
      `${prefix}${name} must be a number between ${min} and ${max}.`,
    );
  }
}

/** Finds the credentials of a call; given those that a site refused, past any cache. */
export type FindCredentials = (refused?: JiraCredentials) => Promise<JiraCredentials>;

/** A call as a client makes it. */
interface OutgoingCall {
  readonly findCredentials: FindCredentials;
  readonly method: string;
  readonly path: string;
  readonly query: Query | undefined;
  readonly headers: RequestInit['headers'] | undefined;
  readonly body: JiraBody | undefined;
  readonly idempotent: boolean | undefined;
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number | undefined;
  readonly freshInstallDelaysMs: readonly number[] | undefined;
  readonly events: CallEvents;
}

/** The last try of a call, answered. */
export interface Answered {
  readonly call: Call;
  readonly url: URL;
  readonly credentials: JiraCredentials;
  readonly authorization: Authorization;
  readonly answer: ReceivedAnswer;
  readonly deadline: Deadline;
  /** A try before got no clear answer: Jira may have done then what was asked. */
  readonly wasUnclear: boolean;
  /** Jira took no notice of the credentials, and answered as if to an anonymous caller. */
  readonly isIgnored: boolean;
  /** What to do about a refusal, where more is known than its status. */
  readonly hint: string | undefined;
}

/** Makes something of an answer; what it throws besides our own errors counts as a broken connection. */
type ReadAnswer<T> = (answered: Answered) => Promise<T>;

/** Sends calls: signed anew for each try, and no more of them than a site wants. */
export interface JiraTransport {
  readonly events: CallEvents;
  /** The connections it was given; undefined where it uses those of all clients. */
  readonly dispatcher: Dispatcher | undefined;
  send<T>(call: OutgoingCall, read: ReadAnswer<T>): Promise<T>;
}

/** What is known of a call while it is tried. */
interface Progress {
  readonly call: OutgoingCall;
  readonly deadline: Deadline;
  readonly timeoutMs: number;
  readonly again: TryAgain;
  readonly span: CallSpan | undefined;
  readonly idempotent: boolean;
  readonly repeatable: boolean;
  credentials: JiraCredentials;
  tries: number;
  wasUnclear: boolean;
}

/** What came of one try. */
type Try<T> =
  | { readonly value: T }
  | {
      readonly reason: RetryReason;
      readonly delayMs: number;
      readonly status: number | undefined;
      /** Default: what is found after the wait. */
      readonly credentials?: JiraCredentials;
    };

const DEFAULT_CONCURRENCY = 10;
const DEFAULT_TIMEOUT_MS = 30_000;

export function createTransport(options: TransportOptions, now: () => number): JiraTransport {
  const { dispatcher, telemetry, concurrency = DEFAULT_CONCURRENCY } = options;
  const limiters = createLimiters(concurrency);
  const decide = createRetryPolicy(options, now);

  /** A turn, and the credentials as they are by then: a secret may have been replaced while the call waited. */
  const takeTurn = async (progress: Progress): Promise<Limiter> => {
    const { call, deadline, credentials } = progress;
    const limiter = limiters.of(credentials.clientKey ?? baseUrlOf(credentials));
    const turn = limiter.take({
      signal: deadline.signal,
      remainingMs: deadline.remainingMs,
      issue: writtenIssue(call.method, call.path),
    });
    if (turn === undefined) return limiter;
    await turn;
    try {
      progress.credentials = await call.findCredentials();
    } catch (error) {
      limiter.giveBack();
      throw error;
    }
    return limiter;
  };

  const eventOf = ({ call, credentials, tries }: Progress, { path }: Call): CallEvent => ({
    clientKey: credentials.clientKey,
    host: hostOf(credentials),
    method: call.method,
    path,
    tries,
  });

  /** Lets everybody wait for whom the site asked to. */
  const heed = (answer: ReceivedAnswer, progress: Progress, name: Call, limiter: Limiter): void => {
    const { status, headers } = answer;
    const isBusy = status === 503 && headers.get('retry-after') !== null;
    if (status !== 429 && !isBusy) return;
    const limit = isBusy
      ? { scope: 'site' as const, reason: undefined, waitMs: retryAfterMs(headers, now) }
      : readRateLimit(headers, now);
    const { events, method, path } = progress.call;
    events.emit('rate-limited', () => ({ ...eventOf(progress, name), status, ...limit }));
    if (limit.waitMs === undefined) return;
    const issue = limit.scope === 'issue' ? writtenIssue(method, path) : undefined;
    if (limit.scope === 'site' || issue !== undefined) limiter.pause(limit.waitMs, issue);
  };

  /** Whether to try again by what came; undefined also where there is no time left for it. */
  const retryOf = (outcome: Outcome, progress: Progress) => {
    const retry = decide(outcome, progress);
    return retry === undefined || retry.delayMs >= progress.deadline.remainingMs()
      ? undefined
      : retry;
  };

  const tryOnce = async <T>(progress: Progress, read: ReadAnswer<T>): Promise<Try<T>> => {
    const limiter = await takeTurn(progress);
    try {
      const { call, deadline, credentials, again, span, tries } = progress;
      const { method, events } = call;
      const url = callUrl(baseUrlOf(credentials), call.path, call.query);
      const name: Call = { method, path: url.pathname };
      // Signed just before it is sent: a token is good for minutes, and the call may have waited for its turn.
      const authorization = authorize(credentials, { method, url, now });
      const headers = sentHeaders(call.headers, credentials, authorization);
      events.emit('request', () => eventOf(progress, name));
      const startedAt = performance.now();
      try {
        const answer = await exchange(
          { method, url, headers, body: call.body, signal: deadline.signal },
          dispatcher,
        );
        const { status } = answer;
        span?.response(status, tries);
        events.emit('response', () => ({
          ...eventOf(progress, name),
          status,
          durationMs: performance.now() - startedAt,
          quota: readQuota(answer.headers),
        }));
        heed(answer, progress, name, limiter);
        const isIgnored = isCredentialIgnored(answer);
        const refusal = isIgnored ? 401 : status;
        const isRefused = refusal === 401 || refusal === 403;
        const retry = isRefused
          ? progress.repeatable && (await again.next(credentials, refusal))
          : retryOf(answer, progress);
        if (retry) {
          discard(answer.body);
          if (status >= 500) progress.wasUnclear = true;
          return { status, ...retry };
        }
        const value = await read({
          ...{ call: name, url, credentials, authorization, answer, deadline, isIgnored },
          wasUnclear: progress.wasUnclear,
          hint: again.hint(credentials, refusal),
        });
        return { value };
      } catch (error) {
        if (isCountersignError(error) || deadline.endedBy !== undefined) throw error;
        const retry = isMisuse(error) ? undefined : retryOf({ error }, progress);
        if (retry === undefined) throw unanswered(error, name);
        progress.wasUnclear = true;
        return { status: undefined, ...retry };
      }
    } finally {
      limiter.giveBack();
    }
  };

  const tryUntilDone = async <T>(progress: Progress, read: ReadAnswer<T>): Promise<T> => {
    const { call, deadline, span } = progress;
    for (;;) {
      const result = await tryOnce(progress, read);
      if ('value' in result) return result.value;
      const { reason, delayMs, status } = result;
      span?.retry(reason, delayMs);
      call.events.emit('retry', () => {
        const { pathname } = callUrl(baseUrlOf(progress.credentials), call.path, undefined);
        const name = { method: call.method, path: pathname };
        return { ...eventOf(progress, name), reason, delayMs, status };
      });
      if (delayMs > 0) await deadline.wait(delayMs);
      progress.credentials = result.credentials ?? (await call.findCredentials());
      progress.tries += 1;
    }
  };

  return {
    events: createCallEvents(),
    dispatcher,
    async send(call, read) {
      const { findCredentials, signal, freshInstallDelaysMs } = call;
      const timeoutMs = call.timeoutMs ?? options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
      const deadline = startDeadline(timeoutMs, signal);
      const run = async (credentials: JiraCredentials, span?: CallSpan) => {
        try {
          const progress: Progress = {
            ...{ call, deadline, timeoutMs, span, credentials, tries: 1, wasUnclear: false },
            again: createTryAgain({ findCredentials, deadline, freshInstallDelaysMs, now }),
            idempotent: call.idempotent ?? isIdempotent(call.method),
            repeatable: canRepeat(call.body),
          };
          return await tryUntilDone(progress, read);
        } catch (error) {
          throw ended(error, { call, credentials, deadline, timeoutMs });
        }
      };
      try {
        const credentials = await findCredentials();
        if (telemetry === undefined) return await run(credentials);
        const { origin, pathname } = callUrl(baseUrlOf(credentials), call.path, undefined);
        return await telemetry.call(
          {
            method: call.method,
            url: origin + pathname,
            clientKey: credentials.clientKey,
            host: hostOf(credentials),
          },
          async (span) => {
            try {
              return await run(credentials, span);
            } catch (error) {
              report(error, span);
              throw error;
            }
          },
        );
      } finally {
        deadline.end();
      }
    },
  };
}

/** An answer to a refused credential may be a 200, as if to an anonymous caller. */
function isCredentialIgnored({ headers }: ReceivedAnswer): boolean {
  return headers.get('x-seraph-loginreason')?.includes('AUTHENTICATED_FAILED') === true;
}

/** A stream is gone once it was sent. */
function canRepeat(body: JiraBody | undefined): boolean {
  if (typeof body !== 'object' || body === null) return true;
  return !(body instanceof ReadableStream || Symbol.asyncIterator in body);
}

/** What the caller is told where the call was given up on this side. */
function ended(
  error: unknown,
  {
    call,
    credentials,
    deadline,
    timeoutMs,
  }: { call: OutgoingCall; credentials: JiraCredentials; deadline: Deadline; timeoutMs: number },
): unknown {
  if (isCountersignError(error)) return error;
  if (deadline.endedBy === 'caller') return call.signal?.reason;
  const isPaused = error instanceof PausedTooLong;
  if (!isPaused && deadline.endedBy === undefined) return error;
  const { pathname } = callUrl(baseUrlOf(credentials), call.path, undefined);
  const name = { method: call.method, path: pathname };
  return abandoned(name, isPaused ? { pausedMs: error.waitMs } : { timeoutMs });
}

function report(error: unknown, span: CallSpan): void {
  if (error instanceof JiraApiError && error.status !== undefined) {
    span.refused(error.status, error.diagnosis?.cause);
  } else {
    span.failed(isCountersignError(error) ? error.code : 'ABORTED');
  }
}

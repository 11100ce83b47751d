/** What of an answer's headers is read. */
export interface AnswerHeaders {
  get(name: string): string | null;
}

/**
 * Whom a limit holds back: one issue's writers, or everybody who calls the site.
 *
 * @see https://developer.atlassian.com/cloud/jira/platform/rate-limiting/
 */
export type RateLimitScope = 'site' | 'issue';

/** How a site asked to slow down. */
export interface RateLimit {
  readonly scope: RateLimitScope;
  /** `RateLimit-Reason`, such as `jira-burst-based`; undefined where the site gives none. */
  readonly reason: string | undefined;
  /** How long the site asks to wait, in milliseconds; undefined where it does not say. */
  readonly waitMs: number | undefined;
}

/** A quota as an answer tells it. */
export interface RateLimitQuota {
  readonly limit: number | undefined;
  readonly remaining: number | undefined;
  /** In milliseconds since 1970. */
  readonly resetAt: number | undefined;
  /** True where less than a fifth is left. */
  readonly nearLimit: boolean;
}

const HOUR_MS = 3_600_000;

/** How long an answer asks to wait: a number of seconds or a date (RFC 9110, 10.2.3). Undefined where it does not say. */
export function retryAfterMs(headers: AnswerHeaders, now: () => number): number | undefined {
  const header = headers.get('retry-after')?.trim();
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  // Date.parse takes much else for a date.
  const date = /^[a-z]{3,9},? /i.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now());
}

/**
 * Reads why and how long a 429 asks to wait. Points are counted by the hour, so that without Retry-After only the next
 * full hour helps; after a burst a moment does.
 */
export function readRateLimit(headers: AnswerHeaders, now: () => number): RateLimit {
  const reason = headers.get('ratelimit-reason') ?? undefined;
  const scope = reason === 'jira-per-issue-on-write' ? 'issue' : 'site';
  const asked = retryAfterMs(headers, now);
  if (asked !== undefined) return { scope, reason, waitMs: asked };
  if (!isHourly(reason)) return { scope, reason, waitMs: undefined };
  const resetAt = readDate(headers.get('x-ratelimit-reset')) ?? nextHour(now());
  return { scope, reason, waitMs: Math.max(0, resetAt - now()) };
}

/** Undefined where the answer tells no quota. */
export function readQuota(headers: AnswerHeaders): RateLimitQuota | undefined {
  const limit = readNumber(headers.get('x-ratelimit-limit'));
  const remaining = readNumber(headers.get('x-ratelimit-remaining'));
  const resetAt = readDate(headers.get('x-ratelimit-reset'));
  const nearLimit = headers.get('x-ratelimit-nearlimit') === 'true';
  if (limit === undefined && remaining === undefined && !nearLimit) return undefined;
  return { limit, remaining, resetAt, nearLimit };
}

/** Which issue a call writes to; undefined for any other call. */
export function writtenIssue(method: string, path: string): string | undefined {
  if (method === 'GET' || method === 'HEAD') return undefined;
  return /\/rest\/api\/(?:2|3|latest)\/issue\/([^/]+)/.exec(path)?.[1];
}

function isHourly(reason: string | undefined): boolean {
  return reason !== undefined && /quota|cost/.test(reason);
}

function nextHour(time: number): number {
  return Math.floor(time / HOUR_MS) * HOUR_MS + HOUR_MS;
}

/** Jira's own form is `2026-03-02T10:00Z`. */
function readDate(text: string | null): number | undefined {
  const time = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

function readNumber(text: string | null): number | undefined {
  return text !== null && /^\d{1,12}$/.test(text) ? Number(text) : undefined;
}

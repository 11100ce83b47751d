/**
 * Jira's three limits, as far as they are published.
 *
 * @see https://developer.atlassian.com/cloud/jira/platform/rate-limiting/
 */
export interface RateLimitSettings {
  /** Calls a second for each resource and method; true: GET and POST 100, PUT and DELETE 50. */
  burst?: boolean | Partial<BurstLimits>;
  /** Writes of one issue; true: 20 in 2 s and 100 in 30 s. */
  issueWrites?: boolean | Partial<IssueWriteLimits>;
  /** Points that an app has for each hour, UTC; true: 65,000 over all sites. */
  points?: boolean | Partial<PointLimits>;
  /** Also send RateLimit and RateLimit-Policy; `beta` with the prefix Beta-. Default false. */
  structuredHeaders?: boolean | 'beta';
  /** False leaves Retry-After out of a 429, as Jira may. Default true. */
  retryAfter?: boolean;
}

export interface BurstLimits {
  GET: number;
  POST: number;
  PUT: number;
  DELETE: number;
}

export interface IssueWriteLimits {
  in2Seconds: number;
  in30Seconds: number;
}

export interface PointLimits {
  perHour: number;
  /** Whose points they are: the app's over all sites, or those that it has on this one. Default `global`. */
  pool: 'global' | 'tenant';
}

/** What is on. A limit that is off is undefined. */
export interface RateLimitState {
  burst: BurstLimits | undefined;
  issueWrites: IssueWriteLimits | undefined;
  points: PointLimits | undefined;
  structuredHeaders: boolean | 'beta';
  retryAfter: boolean;
}

/** A call that asks whether it may pass. */
export interface LimitedCall {
  method: string;
  /** The resource, such as `/rest/api/3/issue/:issue`. */
  resource: string;
  /** The issue that the call writes. */
  issueId?: number;
  /** The app whose points it takes. Undefined: of a person or nobody, who have no quota. */
  appKey?: string;
}

export interface LimitRefusal {
  reason: string;
  /** Whole seconds, at least 1. */
  retryAfter: number;
  limit: number;
  /** When the window ends, in milliseconds. */
  resetAt: number;
  detail: string;
}

const defaults = {
  burst: { GET: 100, POST: 100, PUT: 50, DELETE: 50 },
  issueWrites: { in2Seconds: 20, in30Seconds: 100 },
  points: { perHour: 65_000, pool: 'global' },
} satisfies Pick<RateLimitState, 'burst' | 'issueWrites' | 'points'>;

const off: RateLimitState = {
  burst: undefined,
  issueWrites: undefined,
  points: undefined,
  structuredHeaders: false,
  retryAfter: true,
};

const hourMs = 3_600_000;
const windows = [
  { ms: 2_000, name: 'in2Seconds', text: '2 seconds' },
  { ms: 30_000, name: 'in30Seconds', text: '30 seconds' },
] as const;

interface Bucket {
  tokens: number;
  at: number;
}

/** Off until a test or a person sets them. Nothing of this is kept in a database. */
export class RateLimits {
  #state: RateLimitState = off;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();
  readonly #writes = new Map<number, number[]>();
  readonly #points = new Map<string, { hour: number; used: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  get settings(): RateLimitState {
    return structuredClone(this.#state);
  }

  /**
   * Takes the place of what was set, with all counts at nothing.
   *
   * @throws TypeError that says what is wrong.
   */
  set(settings: RateLimitSettings): void {
    this.#state = readSettings(settings);
    this.#buckets.clear();
    this.#writes.clear();
    this.#points.clear();
  }

  off(): void {
    this.set({});
  }

  /** @internal Takes what the call costs; or says why it may not pass, and takes nothing. */
  take(call: LimitedCall): LimitRefusal | undefined {
    const refusal = this.#overQuota(call) ?? this.#overIssueWrites(call) ?? this.#overBurst(call);
    if (refusal) return refusal;
    const bucket = this.#bucketOf(call);
    if (bucket) bucket.tokens -= 1;
    if (this.#state.issueWrites && call.issueId !== undefined) {
      this.#writesOf(call.issueId).push(this.#now());
    }
    return undefined;
  }

  /** @internal The points of an answer are known once it is there. */
  charge({ appKey }: LimitedCall, points: number): void {
    const spent = this.#spentBy(appKey);
    if (spent) spent.used += points;
  }

  /** @internal The headers that tell of the limits. */
  headers(call: LimitedCall, refusal?: LimitRefusal): Record<string, string> {
    const headers: Record<string, string> = {};
    const now = this.#now();
    const { points, burst, structuredHeaders, retryAfter } = this.#state;
    const spent = this.#spentBy(call.appKey);
    const bucket = this.#bucketOf(call);
    const policies: string[] = [];
    const limits: string[] = [];
    if (bucket && burst) {
      const perSecond = burstOf(burst, call.method);
      const left = Math.floor(bucket.tokens);
      headers['x-ratelimit-limit'] = String(perSecond);
      headers['x-ratelimit-remaining'] = String(left);
      policies.push(`"jira-burst-based";q=${perSecond};w=1`);
      limits.push(`"jira-burst-based";r=${left};t=1`);
    }
    if (spent && points) {
      const left = Math.max(0, points.perHour - spent.used);
      const near = left < points.perHour / 5;
      headers['x-ratelimit-limit'] = String(points.perHour);
      headers['x-ratelimit-remaining'] = String(left);
      if (near) headers['x-ratelimit-nearlimit'] = 'true';
      const name = points.pool === 'tenant' ? 'tenant-app-quota' : 'global-app-quota';
      policies.unshift(`"${name}";q=${points.perHour};w=3600`);
      const t = Math.ceil((nextHour(now) - now) / 1000);
      limits.unshift(`"${name}";${near ? `r=${left};` : ''}t=${t}`);
    }
    if (structuredHeaders !== false && policies.length > 0) {
      const prefix = structuredHeaders === 'beta' ? 'beta-' : '';
      headers[`${prefix}ratelimit-policy`] = policies.join(',');
      headers[`${prefix}ratelimit`] = limits.join(',');
    }
    if (refusal) {
      headers['x-ratelimit-limit'] = String(refusal.limit);
      headers['x-ratelimit-remaining'] = '0';
      headers['x-ratelimit-reset'] = minuteOf(refusal.resetAt);
      headers['ratelimit-reason'] = refusal.reason;
      if (retryAfter) headers['retry-after'] = String(refusal.retryAfter);
    }
    return headers;
  }

  #overQuota(call: LimitedCall): LimitRefusal | undefined {
    const { points } = this.#state;
    const spent = this.#spentBy(call.appKey);
    if (!points || !spent || spent.used < points.perHour) return undefined;
    const now = this.#now();
    const resetAt = nextHour(now);
    return {
      reason: `jira-quota-${points.pool}-based`,
      retryAfter: Math.max(1, Math.ceil((resetAt - now) / 1000)),
      limit: points.perHour,
      resetAt,
      detail: `${spent.used} of ${points.perHour} points of this hour are used`,
    };
  }

  #overIssueWrites({ issueId }: LimitedCall): LimitRefusal | undefined {
    const { issueWrites } = this.#state;
    if (!issueWrites || issueId === undefined) return undefined;
    const now = this.#now();
    const writes = this.#writesOf(issueId);
    for (const { ms, name, text } of windows) {
      const limit = issueWrites[name];
      const inside = writes.filter((at) => at > now - ms);
      if (inside.length < limit) continue;
      const resetAt = (inside[inside.length - limit] ?? now) + ms;
      return {
        reason: 'jira-per-issue-on-write',
        retryAfter: Math.max(1, Math.ceil((resetAt - now) / 1000)),
        limit,
        resetAt,
        detail: `the issue was written ${inside.length} times in ${text}; ${limit} are allowed`,
      };
    }
    return undefined;
  }

  #overBurst(call: LimitedCall): LimitRefusal | undefined {
    const bucket = this.#bucketOf(call);
    const { burst } = this.#state;
    if (!bucket || !burst || bucket.tokens >= 1) return undefined;
    const limit = burstOf(burst, call.method);
    const waitMs = ((1 - bucket.tokens) / limit) * 1000;
    return {
      reason: 'jira-burst-based',
      retryAfter: Math.max(1, Math.ceil(waitMs / 1000)),
      limit,
      resetAt: this.#now() + 1000,
      detail: `more than ${limit} a second of ${call.method} ${call.resource}`,
    };
  }

  /** As many as pass in one second, and no reserve for more. */
  #bucketOf({ method, resource }: LimitedCall): Bucket | undefined {
    const { burst } = this.#state;
    if (!burst) return undefined;
    const limit = burstOf(burst, method);
    const now = this.#now();
    const key = `${method} ${resource}`;
    const bucket = this.#buckets.get(key) ?? { tokens: limit, at: now };
    bucket.tokens = Math.min(limit, bucket.tokens + ((now - bucket.at) / 1000) * limit);
    bucket.at = now;
    this.#buckets.set(key, bucket);
    return bucket;
  }

  /** When the issue was written, as far as it still counts. */
  #writesOf(issueId: number): number[] {
    const longest = this.#now() - 30_000;
    const writes = (this.#writes.get(issueId) ?? []).filter((at) => at > longest);
    this.#writes.set(issueId, writes);
    return writes;
  }

  #spentBy(appKey: string | undefined): { hour: number; used: number } | undefined {
    if (!this.#state.points || appKey === undefined) return undefined;
    const hour = Math.floor(this.#now() / hourMs);
    const known = this.#points.get(appKey);
    const spent = known?.hour === hour ? known : { hour, used: 0 };
    this.#points.set(appKey, spent);
    return spent;
  }
}

function nextHour(now: number): number {
  return (Math.floor(now / hourMs) + 1) * hourMs;
}

/** `yyyy-MM-ddTHH:mmZ`, as Jira writes it: of a wait of seconds it may be past already. */
export function minuteOf(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16)}Z`;
}

function burstOf(burst: BurstLimits, method: string): number {
  if (method === 'PUT' || method === 'PATCH') return burst.PUT;
  if (method === 'POST' || method === 'DELETE') return burst[method];
  return burst.GET;
}

function readSettings(settings: RateLimitSettings): RateLimitState {
  const known = [...Object.keys(defaults), 'structuredHeaders', 'retryAfter'];
  for (const name of Object.keys(settings)) {
    if (!known.includes(name)) {
      throw new TypeError(`Unknown rate limit setting "${name}". Known: ${known.join(', ')}.`);
    }
  }
  const { structuredHeaders = false, retryAfter = true } = settings;
  if (structuredHeaders !== 'beta' && typeof structuredHeaders !== 'boolean') {
    throw new TypeError("structuredHeaders must be true, false or 'beta'.");
  }
  if (typeof retryAfter !== 'boolean') throw new TypeError('retryAfter must be true or false.');
  return {
    burst: readLimit('burst', settings.burst, defaults.burst),
    issueWrites: readLimit('issueWrites', settings.issueWrites, defaults.issueWrites),
    points: readLimit<PointLimits>('points', settings.points, defaults.points as PointLimits),
    structuredHeaders,
    retryAfter,
  };
}

function readLimit<T extends object>(
  name: string,
  given: boolean | Partial<T> | undefined,
  usual: T,
): T | undefined {
  if (given === undefined || given === false) return undefined;
  if (given === true) return { ...usual };
  if (typeof given !== 'object' || given === null) {
    throw new TypeError(`${name} must be true, false or an object.`);
  }
  for (const [part, value] of Object.entries(given)) {
    if (!Object.hasOwn(usual, part)) {
      throw new TypeError(`${name} knows no "${part}". Known: ${Object.keys(usual).join(', ')}.`);
    }
    const isGood =
      part === 'pool'
        ? value === 'global' || value === 'tenant'
        : Number.isInteger(value) && (value as number) > 0;
    if (!isGood) throw new TypeError(`${name}.${part} is not one that there is.`);
  }
  return { ...usual, ...given };
}

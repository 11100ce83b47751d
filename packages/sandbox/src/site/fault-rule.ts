export type FaultKind = FaultRule['kind'];

/** What goes wrong, and for which calls. */
export type FaultRule = FaultScope & FaultEffect;

/** Which calls a fault meets. Default: all of them. */
export interface FaultScope {
  /** Of 100 calls that fit, how many it meets. Default 100. */
  percent?: number;
  /** It is over after so many. Default: it stays on. */
  times?: number;
  /** Such as `PUT`. */
  method?: string;
  /** The path without its query; `*` stands for any text, as in `/rest/api/3/issue/*`. */
  path?: string;
}

export type FaultEffect =
  /** The connection is cut, and the call not handled. */
  | { kind: 'drop-before' }
  /** The call is handled, and then the connection cut: its answer is lost. */
  | { kind: 'drop-after' }
  /** The call is handled, and its answer waits; `trickle` sends the body in pieces over that time. */
  | { kind: 'slow'; delayMs: number; trickle?: boolean }
  /** An error in place of the answer. */
  | StatusFault
  /** Content-Length says more than is sent, and the connection is cut. Where there is no body: as drop-after. */
  | { kind: 'truncate' }
  /** For this call the site's clock is off: ahead, or behind with a number below 0. */
  | { kind: 'clock'; seconds: number };

export interface StatusFault {
  kind: 'status';
  status: 429 | 500 | 502 | 503 | 504;
  /** The call is handled first. Not with 429. Default false. */
  handled?: boolean;
  /** Sends Retry-After, in seconds. Default: no such header. */
  retryAfter?: number;
  /** Sends Retry-After as a date. Default false. */
  retryAfterDate?: boolean;
  /** Of a 429: RateLimit-Reason. Default `jira-burst-based`. */
  reason?: string;
}

const statuses = [429, 500, 502, 503, 504] as const;
const scopeNames = ['kind', 'percent', 'times', 'method', 'path'];
const effectNames: Record<FaultEffect['kind'], readonly string[]> = {
  'drop-before': [],
  'drop-after': [],
  slow: ['delayMs', 'trickle'],
  status: ['status', 'handled', 'retryAfter', 'retryAfterDate', 'reason'],
  truncate: [],
  clock: ['seconds'],
};
const longestMs = 600_000;

/**
 * Checks what a test, another process or a form asks for.
 *
 * @throws TypeError
 */
export function readFaultRule(value: unknown): FaultRule {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError('A fault is an object with a kind.');
  }
  const rule = value as Record<string, unknown>;
  const { kind } = rule;
  if (typeof kind !== 'string' || !Object.hasOwn(effectNames, kind)) {
    throw new TypeError(`kind must be one of ${Object.keys(effectNames).join(', ')}.`);
  }
  const names = [...scopeNames, ...effectNames[kind as FaultEffect['kind']]];
  for (const name of Object.keys(rule)) {
    if (!names.includes(name) && rule[name] !== undefined) {
      throw new TypeError(`A fault ${kind} knows no "${name}". Known: ${names.join(', ')}.`);
    }
  }
  return { ...readScope(rule), ...readEffect(rule, kind as FaultEffect['kind']) };
}

function readScope(rule: Record<string, unknown>): FaultScope {
  const scope: FaultScope = {};
  const percent = readNumber(rule, 'percent', 0, 100);
  if (percent !== undefined) scope.percent = percent;
  const times = readNumber(rule, 'times', 1, Number.MAX_SAFE_INTEGER);
  if (times !== undefined) {
    if (!Number.isInteger(times)) throw new TypeError('times must be a whole number.');
    scope.times = times;
  }
  for (const name of ['method', 'path'] as const) {
    const text = rule[name];
    if (text === undefined) continue;
    if (typeof text !== 'string' || text === '') throw new TypeError(`${name} must be a text.`);
    scope[name] = text;
  }
  return scope;
}

function readEffect(rule: Record<string, unknown>, kind: FaultEffect['kind']): FaultEffect {
  switch (kind) {
    case 'slow': {
      const delayMs = needNumber(rule, 'delayMs', 0, longestMs);
      return { kind, delayMs, ...readFlag(rule, 'trickle') };
    }
    case 'clock':
      return { kind, seconds: needNumber(rule, 'seconds', -1e9, 1e9) };
    case 'status':
      return readStatus(rule);
    default:
      return { kind };
  }
}

function readStatus(rule: Record<string, unknown>): StatusFault {
  const status = statuses.find((known) => known === rule.status);
  if (status === undefined) throw new TypeError(`status must be one of ${statuses.join(', ')}.`);
  const retryAfter = readNumber(rule, 'retryAfter', 0, 86_400);
  const { reason } = rule;
  if (reason !== undefined && (typeof reason !== 'string' || !/^[\w-]{1,100}$/.test(reason))) {
    throw new TypeError('reason must be a word such as jira-burst-based.');
  }
  if (rule.handled === true && status === 429) {
    throw new TypeError('A call that gets a 429 is never handled: leave handled out.');
  }
  if (rule.retryAfterDate === true && retryAfter === undefined) {
    throw new TypeError('retryAfterDate needs retryAfter, in seconds.');
  }
  return {
    kind: 'status',
    status,
    ...readFlag(rule, 'handled'),
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...readFlag(rule, 'retryAfterDate'),
    ...(reason === undefined ? {} : { reason }),
  };
}

function readFlag<N extends string>(rule: Record<string, unknown>, name: N): { [K in N]?: true } {
  const value = rule[name];
  if (value === undefined || value === false) return {};
  if (value !== true) throw new TypeError(`${name} must be true or false.`);
  return { [name]: true } as { [K in N]?: true };
}

function needNumber(rule: Record<string, unknown>, name: string, low: number, high: number) {
  const value = readNumber(rule, name, low, high);
  if (value === undefined) throw new TypeError(`A fault ${String(rule.kind)} needs ${name}.`);
  return value;
}

function readNumber(
  rule: Record<string, unknown>,
  name: string,
  low: number,
  high: number,
): number | undefined {
  const value = rule[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !(value >= low && value <= high)) {
    throw new TypeError(`${name} must be a number from ${low} to ${high}.`);
  }
  return value;
}

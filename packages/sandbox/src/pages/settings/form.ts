import type { FaultRule } from '../../site/fault-rule.ts';
import { readFaultRule } from '../../site/fault-rule.ts';
import type { RateLimitSettings } from '../../site/rate-limits.ts';

export type FormValues = Record<string, unknown>;

interface FaultChoice {
  /** As the form sends it. */
  value: string;
  name: string;
  effect(number: number | undefined): Record<string, unknown>;
}

const statusChoice = (status: number, name: string, handled = false): FaultChoice => ({
  value: handled ? `${status}-handled` : String(status),
  name: `${name}${handled ? ', call handled' : ''} (number: Retry-After in s, or none)`,
  effect: (retryAfter) => ({
    kind: 'status',
    status,
    ...(handled ? { handled } : {}),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  }),
});

/** What the page offers. The number is of seconds or milliseconds, as its name says. */
export const faultChoices: readonly FaultChoice[] = [
  {
    value: 'drop-before',
    name: 'Cut the connection, call not handled',
    effect: () => ({ kind: 'drop-before' }),
  },
  {
    value: 'drop-after',
    name: 'Cut the connection, call handled',
    effect: () => ({ kind: 'drop-after' }),
  },
  { value: 'truncate', name: 'Break the answer off', effect: () => ({ kind: 'truncate' }) },
  {
    value: 'slow',
    name: 'Answer late (number: ms)',
    effect: (delayMs) => ({ kind: 'slow', delayMs }),
  },
  {
    value: 'trickle',
    name: 'Answer in pieces (number: ms)',
    effect: (delayMs) => ({ kind: 'slow', delayMs, trickle: true }),
  },
  statusChoice(429, 'Answer 429'),
  statusChoice(500, 'Answer 500'),
  statusChoice(500, 'Answer 500', true),
  statusChoice(502, 'Answer 502'),
  statusChoice(503, 'Answer 503'),
  statusChoice(503, 'Answer 503', true),
  statusChoice(504, 'Answer 504', true),
  {
    value: 'clock',
    name: "Put the site's clock off (number: s, below 0 for behind)",
    effect: (seconds) => ({ kind: 'clock', seconds }),
  },
];

/** @throws TypeError that can be shown. */
export function readFaultForm(values: FormValues): FaultRule {
  const choice = faultChoices.find(({ value }) => value === values.what);
  if (!choice) throw new TypeError('Choose what is to happen.');
  const percent = numberIn(values, 'percent');
  const times = numberIn(values, 'times');
  const method = textIn(values, 'method');
  const path = textIn(values, 'path');
  return readFaultRule({
    ...choice.effect(numberIn(values, 'number')),
    ...(percent === undefined ? {} : { percent }),
    ...(times === undefined ? {} : { times }),
    ...(method === '' ? {} : { method: method.toUpperCase() }),
    ...(path === '' ? {} : { path }),
  });
}

/** Of the form of limits: a limit is on where its box is ticked. */
export function readLimitsForm(values: FormValues): RateLimitSettings {
  const part = <T extends object>(name: string, numbers: T): true | T | false => {
    if (values[name] === undefined) return false;
    const given = Object.entries(numbers).filter(([, value]) => value !== undefined);
    return given.length === 0 ? true : (Object.fromEntries(given) as T);
  };
  const reads = numberIn(values, 'reads');
  const writes = numberIn(values, 'writes');
  return {
    burst: part('burst', { GET: reads, POST: reads, PUT: writes, DELETE: writes }),
    issueWrites: part('issueWrites', {
      in2Seconds: numberIn(values, 'in2Seconds'),
      in30Seconds: numberIn(values, 'in30Seconds'),
    }),
    points: part('points', { perHour: numberIn(values, 'perHour') }),
    structuredHeaders: values.structuredHeaders !== undefined,
    retryAfter: values.retryAfter !== undefined,
  } as RateLimitSettings;
}

/** Undefined where the field is empty. */
export function numberIn(values: FormValues, name: string): number | undefined {
  const text = textIn(values, name);
  if (text === '') return undefined;
  const value = Number(text);
  if (!Number.isFinite(value)) throw new TypeError(`"${text}" is not a number.`);
  return value;
}

function textIn(values: FormValues, name: string): string {
  const value = values[name];
  return typeof value === 'string' ? value.trim() : '';
}

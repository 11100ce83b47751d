import { type FaultRule, readFaultRule } from './site/fault-rule.ts';

/** What `--fault` takes, for its help and its mistakes. */
export const faultForms =
  'drop-before, drop-after, truncate, slow=<ms>, clock=<s>, 429, 500, 502, 503, 504 or 503-handled, each with :<percent>%';

/**
 * Reads `drop-before:3%`, `slow=2000`, `503:5%` or `503-handled`.
 *
 * @throws TypeError
 */
export function readFaultFlag(text: string): FaultRule {
  const [, what = '', number, percent] =
    /^([\w-]+)(?:=(-?[\d.]+))?(?::([\d.]+)%)?$/.exec(text) ?? [];
  const [, status, handled] = /^(\d{3})(-handled)?$/.exec(what) ?? [];
  return readFaultRule({
    ...(status === undefined
      ? { kind: what }
      : { kind: 'status', status: Number(status), ...(handled ? { handled: true } : {}) }),
    ...(number === undefined ? {} : { [numberNames[what] ?? 'number']: Number(number) }),
    ...(percent === undefined ? {} : { percent: Number(percent) }),
  });
}

const numberNames: Record<string, string> = { slow: 'delayMs', clock: 'seconds' };

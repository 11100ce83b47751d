import type { Fault } from './faults.ts';
import type { RequestRecord, Verdict } from './request-log.ts';
import type { Site } from './site.ts';

/** The site as this call sees it: with a clock that may be off. */
export function siteUnder(fault: Fault | undefined, site: Site): Site {
  if (fault?.kind !== 'clock') return site;
  const now = (): number => site.now() + fault.seconds * 1000;
  return Object.create(site, { now: { value: now } }) as Site;
}

/**
 * What the record of a handled call says of its fault: whoever writes the record adds this to it. The verdict is told
 * too.
 */
export function noteFault(
  fault: Fault,
  verdict: Verdict,
  answered: number,
): Partial<RequestRecord> {
  const reason = describeFault(fault, answered);
  verdict.reason += `. ${reason}`;
  verdict.checks.push({ name: `fault ${fault.kind}`, passed: false, detail: reason });
  const status =
    fault.kind === 'drop-after' ? 0 : fault.kind === 'status' ? fault.status : undefined;
  return {
    ...(status === undefined ? {} : { status }),
    fault: { kind: fault.kind, answered },
  };
}

/** `answered` is the status of a call that was handled. */
export function describeFault(fault: Fault, answered?: number): string {
  const done = answered === undefined ? 'Not handled' : `Handled, with ${answered}`;
  switch (fault.kind) {
    case 'drop-before':
    case 'drop-after':
      return `${done}, and the connection was cut (fault ${fault.kind})`;
    case 'status':
      return `${done}; the caller got ${fault.status} (fault status)`;
    case 'slow':
      return `${done}; the answer took ${fault.delayMs} ms longer${fault.trickle ? ', in pieces' : ''} (fault slow)`;
    case 'truncate':
      return `${done}; the answer broke off (fault truncate)`;
    case 'clock':
      return `The site's clock was ${Math.abs(fault.seconds)} s ${fault.seconds < 0 ? 'behind' : 'ahead'} (fault clock)`;
  }
}

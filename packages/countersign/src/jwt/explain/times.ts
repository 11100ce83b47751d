import type { CauseId } from './causes.ts';
import type { Examination, Finding } from './examination.ts';
import type { Direction, Material } from './material.ts';
import type { Show } from './shown.ts';

/** What Jira tolerates, and verifyToken by default. */
export const TOLERANCE_SECONDS = 30;
/** Nobody has a reason for more than a day. */
const LONGEST_SECONDS = 86_400;
/** The year 5138 in seconds, and 1973 in milliseconds: whoever writes more means milliseconds. */
const MILLISECONDS_FROM = 1e11;
/** The year 1973: whoever writes less means a duration. */
const TIME_FROM = 1e8;

/** Checks exp, iat and nbf against the clock of whoever checks the token, as far as it is known. */
export function examineTimes(
  claims: Record<string, unknown>,
  direction: Direction | undefined,
  material: Material,
  examination: Examination,
  show: Show,
): void {
  const { iat, exp, nbf } = claims;
  const finding = malformed(claims, direction, show) ?? outOfTime(iat, exp, nbf, material);
  if (finding !== undefined) {
    examination.failed('times', finding);
    return;
  }
  const now = checkerSeconds(material);
  const skew = clockSkew(material);
  const note =
    Math.abs(skew) > TOLERANCE_SECONDS ? ` The clocks differ by ${Math.round(skew)} seconds.` : '';
  examination.passed('times', `It ends in ${Math.round(Number(exp) - now)} seconds.${note}`);
  const lifetime = Number(exp) - Number(iat);
  if (lifetime > LONGEST_SECONDS || Number(exp) - now > LONGEST_SECONDS) {
    examination.failed('lifetime', {
      cause: 'CS-EXP-TOO-FAR',
      evidence: `It lives for ${inWords(Math.max(lifetime, Number(exp) - now))}.`,
      confidence: 'likely',
      weak: true,
    });
  } else examination.passed('lifetime', `${Math.round(lifetime)} seconds from iat to exp.`);
}

export function malformed(
  claims: Record<string, unknown>,
  direction: Direction | undefined,
  show: Show,
): Finding | undefined {
  if (claims.exp === undefined) return sure('CS-EXP-MISSING', 'The token has no exp.');
  if (claims.iat === undefined) return sure('CS-IAT-MISSING', 'The token has no iat.');
  for (const name of ['exp', 'iat', 'nbf'] as const) {
    const value = claims[name];
    if (value === undefined) continue;
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      return sure(
        'CS-TIME-TEXT',
        `${name} is ${typeof value === 'string' ? `the text "${show(value, 40)}"` : show(value, 40)}.`,
      );
    }
    if (value > MILLISECONDS_FROM) {
      return sure(
        'CS-TIME-MILLISECONDS',
        `${name} is ${value}: as seconds that is the year ${yearOf(value)}.`,
      );
    }
    if (direction === 'to-jira' && !Number.isInteger(value)) {
      return sure('CS-TIME-TEXT', `${name} is ${value}: a fraction; whole seconds were expected.`);
    }
  }
  return undefined;
}

function outOfTime(
  iat: unknown,
  exp: unknown,
  nbf: unknown,
  material: Material,
): Finding | undefined {
  const [made, ends] = [Number(iat), Number(exp)];
  const now = checkerSeconds(material);
  if (ends < TIME_FROM && ends < made) {
    return sure(
      'CS-EXP-RELATIVE',
      `exp is ${ends}: as a time that is ${ends < 86_400 ? 'the first day of' : 'around'} 1970.`,
    );
  }
  const expired = now > ends + TOLERANCE_SECONDS;
  const early = typeof nbf === 'number' && now < nbf - TOLERANCE_SECONDS;
  if (!expired && !early) return undefined;
  const skew = clockSkew(material);
  const hereNow = material.nowMs / 1000;
  if (Math.abs(skew) > TOLERANCE_SECONDS) {
    const fineHere =
      hereNow <= ends + TOLERANCE_SECONDS &&
      !(typeof nbf === 'number' && hereNow < nbf - TOLERANCE_SECONDS);
    if (fineHere) {
      return sure(
        'CS-CLOCK',
        `By the clock here it is good; the other side’s Date is ${inWords(Math.abs(skew))} ${skew > 0 ? 'behind' : 'ahead'}.`,
      );
    }
  }
  const off = Math.round(now - made);
  const hours = Math.round(off / 3600);
  if (hours !== 0 && Math.abs(hours) <= 14 && Math.abs(off - hours * 3600) <= 15) {
    return {
      cause: 'CS-TIME-ZONE',
      evidence: `iat is ${Math.abs(hours)} hour${Math.abs(hours) === 1 ? '' : 's'} ${hours > 0 ? 'ago' : 'ahead'}, to the second.`,
      confidence: 'likely',
    };
  }
  if (early) return sure('CS-NOT-YET-VALID', `nbf is ${inWords(Number(nbf) - now)} ahead.`);
  return sure(
    'CS-EXPIRED',
    ends <= made
      ? `exp is not after iat: it ended ${inWords(now - ends)} ago.`
      : `It ended ${inWords(now - ends)} ago; it was made ${inWords(Math.abs(now - made))} ${now >= made ? 'ago' : 'ahead'}.`,
  );
}

/** The clock that decides: the other side's, where its Date header is known. */
export function checkerSeconds({ serverMs, nowMs }: Material): number {
  return Math.floor((serverMs ?? nowMs) / 1000);
}

/** How far the clock here is ahead of the other side's, in seconds. */
function clockSkew({ serverMs, nowMs }: Material): number {
  return serverMs === undefined ? 0 : (nowMs - serverMs) / 1000;
}

function sure(cause: CauseId, evidence: string): Finding {
  return { cause, evidence, confidence: 'certain' };
}

function yearOf(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? 'beyond all calendars' : String(date.getUTCFullYear());
}

export function inWords(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 120) return `${whole} seconds`;
  if (whole < 7200) return `${Math.round(whole / 60)} minutes`;
  if (whole < 172_800) return `${Math.round(whole / 3600)} hours`;
  return `${Math.round(whole / 86_400)} days`;
}

/**
 * Why a token is refused. Nothing here decides whether a request is let in: `verifyToken` does that. This is for
 * people: it looks at everything at hand, tries the known mistakes and names the one to mend first.
 */

import { examineAudience } from './audience.ts';
import { examineBasic, examineBearer } from './bearer.ts';
import type { CauseId } from './causes.ts';
import { createExamination, type Examination, verdictOf } from './examination.ts';
import type { ExplainInput, Explanation } from './explanation.ts';
import { familyOf } from './family.ts';
import { examineFit } from './fit.ts';
import { examineHash, type HashOutcome } from './hash.ts';
import { examineHeader } from './header.ts';
import { examineHost } from './host.ts';
import { examineIssuer } from './issuer.ts';
import { directionOf, examineKind } from './kind.ts';
import { MAX_INPUT_LENGTH, type Material, readMaterial } from './material.ts';
import { type Pasted, readPasted } from './pasted.ts';
import { createShow, type Show, showObject } from './shown.ts';
import { examineSignature } from './signature.ts';
import { examineTimes } from './times.ts';
import { readToken, type TokenParts } from './token-form.ts';

/**
 * Names the most likely cause of a refusal, with its evidence and what to do.
 *
 * It never throws, reads no network and no clock but `now`, and what it returns holds no secret, no signature and no
 * whole token. What is not at hand makes a check `impossible`, and the check says what is missing.
 *
 * @example explainToken({ token: 'Bearer eyJ…', appKey: 'my-app', sharedSecret, method: 'GET', url: '/rest/api/3/myself' }).verdict.title
 *   // 'The scheme is Bearer; a Connect token travels as JWT'
 */
export function explainToken(input: ExplainInput): Explanation {
  try {
    return explain(input);
  } catch {
    // An input whose own properties throw. What is thrown may hold anything, so it is not shown.
    const examination = createExamination();
    examination.impossible('input', 'The input cannot be read.', ['token']);
    return explanationOf(examination, undefined, undefined, createShow([]));
  }
}

const LONGEST_PASTE = 4 * MAX_INPUT_LENGTH;

function explain(input: ExplainInput): Explanation {
  const material = readMaterial(input);
  const examination = createExamination();
  const { token: source } = material;
  const tooLong = typeof source === 'string' && source.length > LONGEST_PASTE;
  const text = typeof source !== 'string' || tooLong ? '' : source;
  const show = createShow(hiddenOf(material, text));
  for (const problem of material.unusable) examination.impossible('input', `${problem}.`);
  if (tooLong || (typeof source !== 'string' && source !== undefined && source !== null)) {
    examination.failed('form', {
      cause: tooLong ? 'CS-TOKEN-MALFORMED' : 'CS-TOKEN-NOT-TEXT',
      evidence: tooLong
        ? `It is longer than ${LONGEST_PASTE} characters.`
        : `The token is ${show(source, 20)}.`,
      confidence: 'certain',
    });
    return explanationOf(examination, undefined, undefined, show);
  }
  const pasted = readPasted(text, show);
  if (pasted.url !== undefined && material.url === undefined) {
    material.url = pasted.url;
    material.method ??= 'GET';
  }
  const inner = createExamination();
  const isBasic = pasted.scheme?.toLowerCase() === 'basic';
  const parts = isBasic ? undefined : readToken(pasted.token, material, inner, show);
  const family = familyOf(pasted, parts, material);
  if (family !== 'connect') {
    const examine = { fit: examineFit, bearer: examineBearer, basic: examineBasic }[family];
    examine({ pasted, parts, form: inner, material, examination, show });
    return explanationOf(examination, parts, undefined, show);
  }
  examineForm(pasted, parts, inner, material, examination, show);
  const hash = parts === undefined ? undefined : examineToken(parts, material, examination, show);
  return explanationOf(examination, parts, hash, show);
}

/** The form of the header is reported first, but what is in it says what it should have been. */
function examineForm(
  pasted: Pasted,
  parts: TokenParts | undefined,
  inner: Examination,
  material: Material,
  examination: Examination,
  show: Show,
): void {
  const direction = directionOf(material, parts);
  examineHeader(pasted, parts, direction, material, inner, examination, show);
  for (const check of inner.checks) {
    if (check.result !== 'passed') continue;
    examination.passed(check.id, check.detail);
  }
  for (const finding of inner.findings) {
    const check = inner.checks.find((each) => each.cause === finding.cause);
    examination.failed(check?.id ?? 'form', finding);
  }
}

function examineToken(
  parts: TokenParts,
  material: Material,
  examination: Examination,
  show: Show,
): HashOutcome | undefined {
  const direction = directionOf(material, parts);
  const { claims } = parts;
  const steps = [
    () => examineKind(parts, direction, material, examination, show),
    () => examineHost(direction, material, examination, show),
    () => examineIssuer(claims.iss, direction, material, examination, show),
    () => examineSignature(parts, direction, material, examination, show),
    () => examineTimes(claims, direction, material, examination, show),
    () => examineAudience(parts, direction, material, examination, show),
  ];
  for (const step of steps) {
    step();
    if (material.quick && examination.findings.some(({ weak }) => !weak)) return undefined;
  }
  const outcome = examineHash(claims.qsh, direction, material, examination, show);
  preferForwarded(parts, outcome, examination);
  return outcome;
}

/** iss is the clientKey because Jira made the token, not because somebody mixed the keys up. */
function preferForwarded(
  { claims }: TokenParts,
  outcome: HashOutcome | undefined,
  examination: Examination,
): void {
  const { findings } = examination;
  const at = findings.findIndex(({ cause }) => cause === 'CS-ISS-CLIENT-KEY');
  const isMadeByJira = typeof claims.context === 'object' || claims.sub !== undefined;
  const fitsNothing = findings.some(({ cause }) => cause === 'CS-QSH-OTHER-REQUEST');
  const signed = examination.checks.some(
    ({ id, result }) => id === 'signature' && result === 'failed',
  );
  if (at === -1 || !isMadeByJira || !fitsNothing || outcome === undefined || signed) return;
  findings[at] = {
    cause: 'CS-TOKEN-FORWARDED',
    evidence:
      'iss is the clientKey, it has a context or sub as Jira’s own tokens have, and its hash is of another request.',
    confidence: 'likely',
  };
}

/** Everything that must not show. */
function hiddenOf(material: Material, source: string): string[] {
  const hidden = [...material.previousSecrets];
  if (material.sharedSecret !== undefined)
    hidden.push(material.sharedSecret, material.sharedSecret.trim());
  for (const { sharedSecret } of material.installations) {
    if (sharedSecret !== undefined) hidden.push(sharedSecret);
  }
  // The third part of whatever looks like a token.
  const signature = /eyJ[^.\s]*\.[^.\s]*\.([\w+/=%-]{10,})/.exec(source)?.[1];
  if (signature !== undefined) hidden.push(signature);
  return hidden;
}

function explanationOf(
  examination: Examination,
  parts: TokenParts | undefined,
  hash: HashOutcome | undefined,
  show: Show,
): Explanation {
  const found = examination.findings.map(({ cause }) => cause);
  const ruledOut: CauseId[] =
    found.length === 0
      ? [...examination.ruledOut]
      : [...new Set(examination.ruledOut)].filter((cause) => !found.includes(cause));
  return {
    verdict: verdictOf(examination),
    checks: examination.checks,
    ruledOut,
    ...(parts === undefined
      ? {}
      : {
          token: { header: showObject(parts.header, show), claims: showObject(parts.claims, show) },
        }),
    ...(hash === undefined ? {} : { canonicalRequest: hash }),
  };
}

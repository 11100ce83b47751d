import { type CauseId, causeOf, docsOf } from './causes.ts';
import type { Check, CheckId, Confidence, Verdict } from './explanation.ts';

/** A cause that was found. */
export interface Finding {
  cause: CauseId;
  evidence: string;
  confidence: Confidence;
  /** Better than the one of the catalogue, where the case allows it. */
  fix?: string;
  /** It would not be refused for this alone, so anything else goes before it. */
  weak?: boolean;
}

/** Collects what is looked at, in its order. */
export interface Examination {
  readonly checks: Check[];
  readonly findings: Finding[];
  readonly ruledOut: readonly CauseId[];
  passed(id: CheckId, detail: string): void;
  failed(id: CheckId, finding: Finding): void;
  impossible(id: CheckId, detail: string, missing?: string[]): void;
  /** From here on the checks are those of another kind of credential. Default: Connect's. */
  speakOf(vocabulary: Vocabulary): void;
}

/** How the checks of one kind of credential are called, and what each can find: ruled out when it passes. */
export interface Vocabulary {
  readonly titles: Readonly<Partial<Record<CheckId, string>>>;
  readonly findable: Readonly<Partial<Record<CheckId, readonly CauseId[]>>>;
}

const TITLES: Vocabulary['titles'] = {
  input: 'What was given can be used',
  header: 'The Authorization header is `JWT <token>`',
  form: 'Three base64url parts, header and claims are JSON',
  kind: 'A Connect token, bound to a request',
  host: 'It goes to the site of the installation',
  issuer: 'iss names who made it',
  algorithm: 'The algorithm is the one that is expected',
  signature: 'The signature matches the shared secret',
  times: 'iat, exp and nbf fit the time now',
  audience: 'aud names the receiver',
  hash: 'qsh is the hash of this request',
  lifetime: 'It does not live too long',
};

const FINDABLE: Vocabulary['findable'] = {
  input: [],
  header: [
    'CS-SCHEME-BEARER',
    'CS-SCHEME-TOKEN-PARAM',
    'CS-SCHEME-CASE',
    'CS-SCHEME-MISSING',
    'CS-SCHEME-DOUBLED',
    'CS-SCHEME-FORM',
    'CS-SCHEME-UNKNOWN',
    'CS-SCHEME-BASIC',
    'CS-HEADER-TWICE',
  ],
  form: [
    'CS-TOKEN-MISSING',
    'CS-TOKEN-NOT-TEXT',
    'CS-PLACEHOLDER',
    'CS-TOKEN-QUOTED',
    'CS-TOKEN-WHITESPACE',
    'CS-TOKEN-ENCODED',
    'CS-TOKEN-BASE64',
    'CS-TOKEN-TRUNCATED',
    'CS-TOKEN-DOUBLED',
    'CS-TOKEN-MALFORMED',
  ],
  kind: [
    'CS-KIND-FIT',
    'CS-KIND-OAUTH',
    'CS-KIND-API-TOKEN',
    'CS-KIND-RAW-KEY',
    'CS-KIND-ASSERTION',
    'CS-KIND-OTHER-JWT',
    'CS-CONTEXT-TOKEN',
    'CS-SESSION-TOKEN',
  ],
  host: ['CS-HOST-GATEWAY', 'CS-HOST-OTHER-SITE'],
  issuer: [
    'CS-ISS-MISSING',
    'CS-ISS-CLIENT-KEY',
    'CS-ISS-APP-KEY',
    'CS-ISS-PREFIX',
    'CS-ISS-SPELLING',
    'CS-ISS-SAMPLE',
    'CS-ISS-URL',
    'CS-ISS-ENVIRONMENT',
    'CS-ISS-UNKNOWN',
  ],
  algorithm: ['CS-ALG-NONE', 'CS-ALG-UNEXPECTED'],
  signature: [
    'CS-ALG-MISLABELLED',
    'CS-SIGNATURE-ENCODING',
    'CS-SECRET-WHITESPACE',
    'CS-SECRET-QUOTED',
    'CS-SECRET-BASE64',
    'CS-SECRET-HEX',
    'CS-SECRET-CHANGED',
    'CS-SECRET-CLIENT-KEY',
    'CS-SECRET-PUBLIC-KEY',
    'CS-SECRET-APP-KEY',
    'CS-SECRET-PREVIOUS',
    'CS-SECRET-OTHER-INSTALLATION',
    'CS-SECRET-SAMPLE',
    'CS-SECRET-OTHER',
  ],
  times: [
    'CS-EXP-MISSING',
    'CS-IAT-MISSING',
    'CS-TIME-MILLISECONDS',
    'CS-TIME-TEXT',
    'CS-EXP-RELATIVE',
    'CS-TIME-ZONE',
    'CS-CLOCK',
    'CS-EXPIRED',
    'CS-NOT-YET-VALID',
  ],
  audience: ['CS-AUD-MISSING', 'CS-AUD-MISMATCH'],
  hash: [
    'CS-QSH-MISSING',
    'CS-QSH-NOT-HASHED',
    'CS-QSH-DIGEST',
    'CS-QSH-FORM',
    'CS-QSH-METHOD',
    'CS-QSH-FULL-URL',
    'CS-QSH-CONTEXT-PATH',
    'CS-QSH-CONTEXT-PATH-CUT',
    'CS-QSH-BASE-DOUBLED',
    'CS-QSH-VERSION',
    'CS-QSH-PATH-DECODED',
    'CS-QSH-PATH-ENCODED',
    'CS-QSH-QUERY-IN-PATH',
    'CS-QSH-SLASH',
    'CS-QSH-PATH-CASE',
    'CS-QSH-QUERY-NOT-SIGNED',
    'CS-QSH-QUERY-NOT-SENT',
    'CS-QSH-QUERY-ORDER',
    'CS-QSH-QUERY-VALUE',
    'CS-QSH-QUERY-DECODED',
    'CS-QSH-QUERY-DOUBLE-ENCODED',
    'CS-QSH-PLUS',
    'CS-QSH-ESCAPES',
    'CS-QSH-REPEATED',
    'CS-QSH-BRACKETS',
    'CS-QSH-JWT-INCLUDED',
    'CS-QSH-BODY',
    'CS-QSH-FRAGMENT',
    'CS-QSH-OTHER-REQUEST',
  ],
  lifetime: ['CS-EXP-TOO-FAR'],
};

export function createExamination(): Examination {
  const checks: Check[] = [];
  const findings: Finding[] = [];
  const ruledOut: CauseId[] = [];
  let vocabulary: Vocabulary = { titles: TITLES, findable: FINDABLE };
  const titleOf = (id: CheckId): string => vocabulary.titles[id] ?? TITLES[id] ?? id;
  const ruleOut = (id: CheckId): void => {
    for (const cause of vocabulary.findable[id] ?? []) ruledOut.push(cause);
  };
  return {
    checks,
    findings,
    ruledOut,
    passed(id, detail) {
      checks.push({ id, title: titleOf(id), result: 'passed', detail });
      ruleOut(id);
    },
    failed(id, finding) {
      checks.push({
        id,
        title: titleOf(id),
        result: 'failed',
        detail: finding.evidence,
        cause: finding.cause,
      });
      findings.push(finding);
      // Of these two checks all that is known was tried, where there was something to try it on.
      if (id === 'signature' || (id === 'hash' && finding.cause !== 'CS-QSH-MISSING')) ruleOut(id);
    },
    impossible(id, detail, missing) {
      checks.push({
        id,
        title: titleOf(id),
        result: 'impossible',
        detail,
        ...(missing === undefined ? {} : { missing }),
      });
    },
    speakOf(other) {
      vocabulary = other;
    },
  };
}

/** The first cause goes first: what comes later often follows from it. */
export function verdictOf({ checks, findings }: Examination): Verdict {
  const found = findings.find(({ weak }) => !weak) ?? findings[0];
  if (found !== undefined) return verdictOn(found);
  const open = checks.filter(({ result }) => result === 'impossible');
  if (open.length === 0) {
    return {
      cause: undefined,
      ok: true,
      title: 'This token is good for this request',
      evidence: 'Every check passed.',
      fix: 'Nothing is wrong with the token. If it is refused all the same, look at the installation: is the app installed and enabled there, and is this its newest secret?',
      docs: 'docs/401.md#nothing-fits',
      confidence: 'none',
    };
  }
  const missing = [...new Set(open.flatMap((check) => check.missing ?? []))];
  return {
    cause: undefined,
    ok: false,
    title: 'Nothing wrong was found with what was given',
    evidence: `Not checked: ${open.map(({ id }) => id).join(', ')}.`,
    fix:
      missing.length === 0
        ? 'Look at the checks that were not possible.'
        : `Give also: ${missing.join(', ')}.`,
    docs: 'docs/401.md#nothing-fits',
    confidence: 'none',
  };
}

function verdictOn({ cause, evidence, fix, confidence }: Finding): Verdict {
  const row = causeOf(cause);
  return {
    cause,
    ok: false,
    title: row.title,
    evidence,
    fix: fix ?? row.fix,
    docs: docsOf(cause),
    confidence,
  };
}

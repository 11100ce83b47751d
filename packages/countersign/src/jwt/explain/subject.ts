import type { Examination, Finding } from './examination.ts';
import type { Material } from './material.ts';
import type { Pasted } from './pasted.ts';
import type { Show } from './shown.ts';
import type { TokenParts } from './token-form.ts';

/** What is looked at, where it is no Connect token. */
export interface Subject {
  readonly pasted: Pasted;
  /** Undefined where it could not be taken apart. */
  readonly parts: TokenParts | undefined;
  /** What the form of the token shows. */
  readonly form: Examination;
  readonly material: Material;
  readonly examination: Examination;
  readonly show: Show;
}

export function certain(
  cause: Finding['cause'],
  evidence: string,
  more: Partial<Finding> = {},
): Finding {
  return { cause, evidence, confidence: 'certain', ...more };
}

export function likely(
  cause: Finding['cause'],
  evidence: string,
  more: Partial<Finding> = {},
): Finding {
  return { cause, evidence, confidence: 'likely', ...more };
}

/** The scheme must be Bearer, whatever else Connect would have had. */
export function examineBearerScheme({ pasted, examination, show }: Subject): void {
  const { scheme, isHeader, findings, token } = pasted;
  if (!isHeader || token === '') return;
  const twice = findings.find(({ cause }) => cause === 'CS-HEADER-TWICE');
  if (twice !== undefined) examination.failed('header', twice);
  const [odd] = findings.filter(({ cause }) => cause !== 'CS-HEADER-TWICE');
  if (odd !== undefined) {
    examination.failed('header', certain('CS-FORGE-SCHEME', odd.evidence));
  } else if (scheme?.toLowerCase() !== 'bearer') {
    examination.failed(
      'header',
      certain('CS-FORGE-SCHEME', `The scheme is ${show(scheme ?? 'missing', 30)}.`),
    );
  } else if (twice === undefined) examination.passed('header', 'Authorization: Bearer.');
}

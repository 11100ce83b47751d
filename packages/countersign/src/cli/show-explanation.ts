import type { Diagnosis } from '../errors.ts';
import type { Check, Explanation, Verdict } from '../jwt/explain/explanation.ts';
import type { Page } from './page.ts';

type ShownVerdict = Pick<Verdict, 'title' | 'evidence' | 'fix' | 'docs' | 'confidence'> & {
  readonly cause: Diagnosis['cause'];
  readonly ok?: boolean;
};

/** Which option gives what a check lacks. */
const OPTIONS: Readonly<Record<string, string>> = {
  sharedSecret: '--secret-file or --store',
  appKey: '--app-key',
  clientKey: '--client-key',
  method: '--method',
  url: '--url',
  baseUrl: '--base-url',
  appId: '--app-id',
  publicKey: 'the key of an RS256 token, which countersign token explain does not take',
};

const RESULTS = {
  passed: { word: 'passed', style: 'green' },
  failed: { word: 'FAILED', style: 'red' },
  impossible: { word: 'not checked', style: 'dim' },
} as const;

/** The checks, one a line; a failed one with what was found, unless the verdict says it anyway. */
export function showChecks(page: Page, { checks, verdict }: Explanation): void {
  for (const check of checks) {
    const { word, style } = RESULTS[check.result];
    page.field(word, `${check.title}${missingOf(check)}`, { style });
    if (check.result === 'failed' && check.cause !== verdict.cause) page.field('', check.detail);
  }
}

function missingOf({ result, missing = [], detail }: Check): string {
  if (result !== 'impossible') return '';
  return missing.length === 0 ? `: ${detail}` : ` (needs ${optionsFor(missing)})`;
}

export function optionsFor(missing: readonly string[]): string {
  return missing.map((name) => OPTIONS[name] ?? name).join(', ');
}

export function showVerdict(page: Page, verdict: ShownVerdict): void {
  const { cause, title, evidence, fix, docs, confidence } = verdict;
  if (cause === undefined) page.heading(title, verdict.ok ? 'green' : 'yellow');
  else page.heading(`${cause}: ${title}`, 'red');
  page.field('Evidence', confidence === 'likely' ? `${evidence} (likely, not certain)` : evidence);
  page.field('What to do', fix);
  page.field('More', docs);
}

/** Both canonical requests, part by part, so that the difference meets the eye. */
export function showCanonicalRequests(
  page: Page,
  { expected, hashed }: NonNullable<Explanation['canonicalRequest']>,
): void {
  if (hashed === undefined) {
    page.heading('Canonical request of what was sent');
    for (const part of partsOf(expected)) page.text(part, { indent: 4 });
    return;
  }
  page.heading('Canonical requests: - what was sent, + what the token was made for');
  for (const { mark, part } of difference(partsOf(expected), partsOf(hashed))) {
    const style = mark === '-' ? 'red' : mark === '+' ? 'green' : undefined;
    if (style === undefined) page.text(part, { indent: 4 });
    else page.text(`${mark} ${part}`, { indent: 2, style });
  }
}

/** Method, path and each parameter. */
function partsOf(canonicalRequest: string): string[] {
  const [method = '', path = '', ...parameters] = canonicalRequest.split('&');
  return [method, path, ...parameters.filter((part) => part !== '')];
}

interface Line {
  mark: ' ' | '-' | '+';
  part: string;
}

/** Longer lists are not compared line by line; requests do not have so many parameters. */
const MAX_COMPARED = 200;

function difference(sent: readonly string[], hashed: readonly string[]): Line[] {
  const lines: Line[] = [];
  const all = (mark: Line['mark'], parts: readonly string[]): void => {
    for (const part of parts) lines.push({ mark, part });
  };
  if (sent.length > MAX_COMPARED || hashed.length > MAX_COMPARED) {
    all('-', sent);
    all('+', hashed);
    return lines;
  }
  // How long the longest common part of what is left is, from each pair of places on.
  const common = Array.from({ length: sent.length + 1 }, () =>
    new Array<number>(hashed.length + 1).fill(0),
  );
  const at = (row: number, column: number): number => common[row]?.[column] ?? 0;
  for (let row = sent.length - 1; row >= 0; row--) {
    for (let column = hashed.length - 1; column >= 0; column--) {
      (common[row] as number[])[column] =
        sent[row] === hashed[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  let row = 0;
  let column = 0;
  while (row < sent.length && column < hashed.length) {
    if (sent[row] === hashed[column]) {
      lines.push({ mark: ' ', part: sent[row] as string });
      row++;
      column++;
    } else if (at(row + 1, column) >= at(row, column + 1)) {
      lines.push({ mark: '-', part: sent[row++] as string });
    } else lines.push({ mark: '+', part: hashed[column++] as string });
  }
  all('-', sent.slice(row));
  all('+', hashed.slice(column));
  return lines;
}

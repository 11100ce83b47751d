import type { Examination, Finding } from './examination.ts';
import type { Direction, Material } from './material.ts';
import { jwtOf, type Pasted } from './pasted.ts';
import type { Show } from './shown.ts';
import type { TokenParts } from './token-form.ts';

/** Checks how the credential travels. What it turned out to be decides what is wrong with its scheme. */
export function examineHeader(
  pasted: Pasted,
  parts: TokenParts | undefined,
  direction: Direction | undefined,
  material: Material,
  form: Examination,
  examination: Examination,
  show: Show,
): void {
  const url = pasted.url ?? material.url;
  const inUrl = url === undefined ? undefined : jwtOf(url);
  if (inUrl !== undefined && direction === 'to-jira') {
    examination.failed('header', {
      cause: 'CS-TOKEN-IN-QUERY',
      evidence: 'The URL of the call has the parameter jwt.',
      confidence: 'certain',
    });
    if (pasted.url !== undefined) return;
  }
  if (inUrl !== undefined && direction !== 'to-jira' && pasted.isHeader && inUrl !== pasted.token) {
    examination.failed('header', {
      cause: 'CS-TOKEN-TWICE',
      evidence: 'The header and the parameter jwt hold two different tokens.',
      confidence: 'certain',
    });
  }
  const unfilled = form.findings.some(
    ({ cause }) =>
      cause === 'CS-PLACEHOLDER' ||
      cause === 'CS-TOKEN-NOT-TEXT' ||
      cause === 'CS-TOKEN-MISSING' ||
      cause.startsWith('CS-KIND-'),
  );
  // What was never a token has no wrong scheme: the token is what to mend first.
  if (unfilled) return;
  for (const finding of pasted.findings) examination.failed('header', finding);
  const finding = wrongScheme(pasted, parts, direction, material, show);
  if (finding !== undefined) examination.failed('header', finding);
  else if (pasted.findings.length === 0) {
    if (pasted.isHeader) examination.passed('header', 'Authorization: JWT.');
    else if (pasted.url !== undefined) examination.passed('header', 'In the parameter jwt.');
  }
}

function wrongScheme(
  { scheme, token, findings }: Pasted,
  parts: TokenParts | undefined,
  direction: Direction | undefined,
  material: Material,
  show: Show,
): Finding | undefined {
  if (scheme === undefined || findings.some(({ cause }) => cause === 'CS-SCHEME-DOUBLED'))
    return undefined;
  if (scheme === 'JWT') return undefined;
  const sure = (cause: Finding['cause'], evidence: string): Finding => ({
    cause,
    evidence,
    confidence: 'certain',
  });
  const word = scheme.toLowerCase();
  if (word === 'jwt') {
    return direction === 'from-jira'
      ? undefined
      : sure('CS-SCHEME-CASE', `The scheme is written ${show(scheme)}.`);
  }
  if (word === 'basic') return basic(token, material);
  if (word === 'bearer') {
    const isConnect =
      parts === undefined || parts.claims.qsh !== undefined || parts.header.alg === 'HS256';
    return isConnect ? sure('CS-SCHEME-BEARER', `The scheme is ${show(scheme)}.`) : undefined;
  }
  return sure('CS-SCHEME-UNKNOWN', `The scheme is "${show(scheme, 30)}".`);
}

/** What a Basic login holds, without showing it. */
function basic(credential: string, material: Material): Finding {
  const text = Buffer.from(credential, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  const [name, password] =
    colon === -1 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
  const { appKey, clientKey, sharedSecret } = material;
  const found = (evidence: string, more: Partial<Finding> = {}): Finding => ({
    cause: 'CS-SCHEME-BASIC',
    evidence,
    confidence: 'certain',
    ...more,
  });
  if (/^AT[A-Z]{3}/.test(password)) {
    return found('It is a Basic login of a person with an API token.', {
      cause: 'CS-KIND-API-TOKEN',
    });
  }
  if (credential.startsWith('eyJ') || password.startsWith('eyJ') || name.startsWith('eyJ')) {
    return found('The scheme is Basic, and a JWT stands after it.');
  }
  if (sharedSecret !== undefined && password === sharedSecret) {
    return found('The scheme is Basic, and the password is the shared secret.');
  }
  if (name !== '' && (name === appKey || name === clientKey)) {
    return found('The scheme is Basic, and the user is the app or the installation.');
  }
  return found(
    name.includes('@')
      ? 'The scheme is Basic, and the user is an e-mail address.'
      : 'The scheme is Basic.',
  );
}

import type { CauseId } from './causes.ts';
import type { Examination, Finding } from './examination.ts';
import { MAX_INPUT_LENGTH, type Material } from './material.ts';
import type { Show } from './shown.ts';

/** A token that could be taken apart. */
export interface TokenParts {
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
  /** What is signed: header and claims as they were sent. */
  signingInput: string;
  signature: string;
}

/** Placeholders of templates, shells, documentation and environments that were not filled. */
const PLACEHOLDER =
  /\$\{[^}]{0,100}\}|\{\{[^}]{0,100}\}\}|\$\([A-Za-z_][\w.]{0,60}\)|<%=?|#\{[^}]{0,100}\}|<\/?[a-z][\w .-]{0,60}>|%[A-Z][A-Z_]{2,60}%|%\([a-z_]{1,60}\)s|^\$[A-Za-z_]\w*$|(?:^|[^\w])\$[A-Z][A-Z_]{2,}|__[A-Z][A-Z_]{1,60}__|process\.env|\byour[-_ ]?(?:jwt|token|secret|app|addon|key|shared)|\b(?:insert|replace)[-_ ]?(?:me|token|here)|^\{[\w.-]+\}$|^xxx+$/i;

export function placeholderIn(text: string): string | undefined {
  return PLACEHOLDER.exec(text)?.[0];
}

const NOT_TEXT =
  /^(?:undefined|null|none|nil|nan|true|false|\[object \w+\]|<(?:coroutine|function|promise).*|promise \{.*|function\b.*|\(?\w*\)?\s*=>.*|system\.\w+.*)$/is;

/** Takes the token apart; undefined when that cannot be done. Everything odd about its form is reported. */
export function readToken(
  source: string,
  material: Material,
  examination: Examination,
  show: Show,
): TokenParts | undefined {
  const fail = (cause: CauseId, evidence: string, more: Partial<Finding> = {}): undefined => {
    examination.failed('form', { cause, evidence, confidence: 'certain', ...more });
  };
  if (source === '') return fail('CS-TOKEN-MISSING', 'No token was given, or an empty one.');
  if (NOT_TEXT.test(source)) {
    const promise = /promise|coroutine/i.test(source);
    return fail('CS-TOKEN-NOT-TEXT', `The token is "${show(source, 40)}".`, {
      ...(promise ? { fix: 'Await the function that makes the token.' } : {}),
    });
  }
  if (source.length > MAX_INPUT_LENGTH) {
    return fail(
      'CS-TOKEN-MALFORMED',
      `It is longer than ${MAX_INPUT_LENGTH} characters, more than a header may hold.`,
    );
  }
  const looksLikeToken = source.startsWith('eyJ') || /eyJ[\w-]{8,}\./.test(source);
  const placeholder = looksLikeToken ? undefined : placeholderIn(source);
  if (placeholder !== undefined) {
    return fail('CS-PLACEHOLDER', `The token is a placeholder: "${show(placeholder, 40)}".`);
  }
  const kind = kindOfText(source, material);
  if (kind !== undefined) {
    examination.failed('kind', kind);
    return undefined;
  }
  const { token, repaired } = repair(source, fail);
  const parts = token.split('.');
  if (parts.length === 5 && isEncrypted(parts[0] ?? '')) {
    examination.failed('kind', {
      cause: 'CS-KIND-OTHER-JWT',
      evidence: 'It is an encrypted token (JWE, five parts).',
      confidence: 'certain',
    });
    return undefined;
  }
  if (/\.{3}|…/.test(token)) {
    return fail('CS-TOKEN-TRUNCATED', 'It holds an ellipsis: a log or a console shortened it.');
  }
  const [headerPart = '', claimsPart = '', signature = ''] = parts;
  if (parts.length > 3) {
    const doubled =
      token.length % 2 === 0 && token.slice(0, token.length / 2) === token.slice(token.length / 2);
    if (doubled || parts.length >= 5 || parts.slice(2).some((part) => part.includes('eyJ'))) {
      fail(
        'CS-TOKEN-DOUBLED',
        `It has ${parts.length} parts: a second token begins where the first one ends.`,
      );
    } else {
      return fail(
        'CS-TOKEN-MALFORMED',
        `It has ${parts.length} parts with dots between them; 3 were expected.`,
      );
    }
  }
  const header = readPart(headerPart);
  if (parts.length < 3 || header === undefined) {
    const cut = headerPart.startsWith('eyJ') || parts.length === 2;
    if (header?.alg === 'none' && parts.length === 2) {
      examination.failed('algorithm', {
        cause: 'CS-ALG-NONE',
        evidence: 'The header says alg none, and there is no signature.',
        confidence: 'certain',
      });
      return undefined;
    }
    if (parts.length === 3 && ['e', 'ey', 'eyJ'].some((start) => readPart(start + headerPart))) {
      return fail('CS-TOKEN-TRUNCATED', 'Its beginning is missing: a token begins with eyJ.');
    }
    if (parts.length === 3 && header === undefined) {
      return fail('CS-TOKEN-MALFORMED', 'Its first part is not base64url-encoded JSON.');
    }
    return cut
      ? fail('CS-TOKEN-TRUNCATED', `It has ${parts.length} of 3 parts.`)
      : fail(
          'CS-TOKEN-MALFORMED',
          `It has ${parts.length === 1 ? 'no dot at all' : `${parts.length} parts`}; 3 parts with dots between them were expected.`,
        );
  }
  const claims = readPart(claimsPart);
  if (claims === undefined) {
    return fail('CS-TOKEN-MALFORMED', 'Its claims are not base64url-encoded JSON.');
  }
  const read = { header, claims, signingInput: `${headerPart}.${claimsPart}`, signature };
  if (parts.length > 3) return { ...read, signature: signature.replace(/eyJ.*$/s, '') };
  const length = signatureLength(header.alg);
  const unsigned = typeof header.alg === 'string' && header.alg.toLowerCase() === 'none';
  if (signature.length < (length ?? 1) && !unsigned) {
    fail(
      'CS-TOKEN-TRUNCATED',
      signature === ''
        ? 'The signature, its third part, is empty.'
        : `The signature has ${signature.length} of ${length} characters.`,
    );
    return read;
  }
  if (!/^[\w-]*$/.test(signature)) {
    fail('CS-TOKEN-MALFORMED', 'Its signature holds characters that are not base64url.');
    return read;
  }
  if (!repaired) examination.passed('form', 'Header, claims and signature.');
  return read;
}

function signatureLength(alg: unknown): number | undefined {
  if (alg === 'HS256') return 43;
  if (alg === 'HS384') return 64;
  return alg === 'HS512' ? 86 : undefined;
}

/** Undoes what happens to tokens on their way, and reports it, so that the rest can be looked at. */
function repair(
  source: string,
  fail: (cause: CauseId, evidence: string) => undefined,
): { token: string; repaired: boolean } {
  let token = source;
  let repaired = false;
  const found = (cause: CauseId, evidence: string, better: string): void => {
    fail(cause, evidence);
    token = better;
    repaired = true;
  };
  const wrapped = /^(b?["'`<[({]|\\"|%22|&quot;)(.*?)(["'`>\])}]|\\"|%22|&quot;)?[,;]?$/s.exec(
    token,
  );
  if (wrapped !== null && /eyJ/.test(wrapped[2] ?? '')) {
    found('CS-TOKEN-QUOTED', `It begins with ${wrapped[1]}.`, (wrapped[2] ?? '').trim());
  } else if (/^eyJ.*["'`>\])},;]$/s.test(token)) {
    found('CS-TOKEN-QUOTED', `It ends with ${token.slice(-1)}.`, token.slice(0, -1));
  }
  if (/\s|\\[nr]/.test(token)) {
    const at = token.search(/\s|\\[nr]/);
    found(
      'CS-TOKEN-WHITESPACE',
      `After ${at} characters there is a space or a line break.`,
      token.replace(/\s|\\[nr]/g, ''),
    );
  }
  if (/%[0-9a-f]{2}/i.test(token)) {
    found('CS-TOKEN-ENCODED', 'It holds percent-escapes.', decodePercent(token));
  } else if (!token.includes('.') && /^[\w+/=-]{20,}$/.test(token)) {
    const inner = Buffer.from(token, 'base64').toString('latin1');
    if (/^"?eyJ[\w-]+\.[\w-]+\.[\w-]*"?$/.test(inner)) {
      found('CS-TOKEN-ENCODED', 'It is the base64 of a token.', inner.replaceAll('"', ''));
    }
  }
  if (/[+/=]/.test(token) && /^[\w+/=.-]+$/.test(token)) {
    const mark = /[+/=]/.exec(token)?.[0];
    found(
      'CS-TOKEN-BASE64',
      `It holds "${mark}", which base64url does not use.`,
      token.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''),
    );
  }
  return { token, repaired };
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function isEncrypted(headerPart: string): boolean {
  return readPart(headerPart)?.enc !== undefined;
}

function readPart(part: string): Record<string, unknown> | undefined {
  if (!/^[\w-]+$/.test(part)) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Credentials that are no JWT at all. */
function kindOfText(token: string, material: Material): Finding | undefined {
  const sure = (cause: CauseId, evidence: string): Finding => ({
    cause,
    evidence,
    confidence: 'certain',
  });
  if (/^sha(?:1|256)=[0-9a-f]+$/i.test(token)) {
    return sure('CS-KIND-HUB-SIGNATURE', 'It is sha256=<hex>, the form of X-Hub-Signature.');
  }
  if (/^AT(?:ATT|CTT|STT|OAT|CAT|SAT|BB)[\w=-]{8,}/.test(token)) {
    return sure('CS-KIND-API-TOKEN', `It begins with ${token.slice(0, 5)}, as API tokens do.`);
  }
  const names: [string, readonly (string | undefined)[]][] = [
    ['the shared secret', [material.sharedSecret]],
    ['an earlier shared secret', material.previousSecrets],
    ['the app key', [material.appKey]],
    ['the clientKey', [material.clientKey]],
    ['the publicKey', [material.publicKey]],
  ];
  for (const [name, values] of names) {
    if (values.includes(token)) return sure('CS-KIND-RAW-KEY', `What was sent is ${name} itself.`);
  }
  return undefined;
}

import type { Finding } from './examination.ts';
import type { CredentialKind } from './explanation.ts';
import type { Show } from './shown.ts';

/** What was pasted, taken apart. */
export interface Pasted {
  /** The text that should be the token; '' when there is none. */
  token: string;
  /** The word before it, as it was written; undefined where only a token was given. */
  scheme: string | undefined;
  /** The URL, where one with `?jwt=` was given. */
  url: string | undefined;
  /** Why the header is not as it should be, first things first. */
  findings: Finding[];
  /** True when a header was given, so that its form could be looked at. */
  isHeader: boolean;
  /** What the name of the header says that it is: x-forge-oauth-system, x-forge-oauth-user. */
  credential?: CredentialKind;
}

const SCHEMES = /^(?:jwt|bearer|basic|token|digest|oauth|negotiate|session|apikey|api-key|ntlm)$/i;

/** Takes apart what people paste: a token, a header value, a header line, a curl option, or a URL. */
export function readPasted(pasted: string, show: Show): Pasted {
  const findings: Finding[] = [];
  const text = pasted.trim();
  const url = urlOf(text);
  if (url !== undefined) {
    return { token: jwtOf(url) ?? '', scheme: undefined, url, findings, isHeader: false };
  }
  const forge =
    /^(?:(?:-H|--header)[\s=]*)?["']?x-forge-oauth-(system|user)["']?\s*[:=]\s*(.*)$/is.exec(text);
  if (forge !== null) {
    const token = unquote((forge[2] ?? '').trim(), text).replace(/^bearer\s+/i, '');
    const credential = forge[1]?.toLowerCase() === 'user' ? 'forge-user' : 'forge-system';
    return { token, scheme: undefined, url, findings, isHeader: false, credential };
  }
  let value = headerLine(text) ?? curlHeader(text);
  let isHeader = value !== undefined;
  value ??= text;
  for (let again = headerLine(value); again !== undefined; again = headerLine(value)) {
    value = again;
    findings.push(sure('CS-SCHEME-DOUBLED', 'The name of the header is also in its value.'));
    if (findings.length > 3) break;
  }
  const several = /,\s*(?:jwt|bearer|basic)\s+\S/i.exec(value);
  if (several !== null && /^(?:jwt|bearer|basic)\s/i.test(value)) {
    findings.push(
      sure('CS-HEADER-TWICE', 'The value holds two credentials with a comma between them.'),
    );
    value = pickCredential(value);
  }
  const scheme = schemeOf(value);
  if (scheme === undefined) {
    const glued = /^(jwt)([:=]\s*|(?=eyJ))(.*)$/is.exec(value);
    if (glued !== null && (glued[3] ?? '').length > 0) {
      findings.push(sure('CS-SCHEME-FORM', formEvidence(glued[2] ?? '')));
      return { token: (glued[3] ?? '').trim(), scheme: 'JWT', url, findings, isHeader: true };
    }
    if (isHeader && value !== '') {
      findings.push(sure('CS-SCHEME-MISSING', 'The header begins with the token itself.'));
    }
    return { token: value, scheme: undefined, url, findings, isHeader };
  }
  isHeader = true;
  let token = value.slice(scheme.length);
  const gap = /^\s*/.exec(token)?.[0] ?? '';
  token = token.slice(gap.length);
  if (token !== '' && gap !== ' ' && gap !== '') {
    findings.push(
      sure('CS-SCHEME-FORM', `Between the scheme and the token are ${gap.length} blanks.`),
    );
  }
  const inner = schemeOf(token);
  if (inner !== undefined && token.length > inner.length) {
    findings.push(
      sure('CS-SCHEME-DOUBLED', `The value begins with "${show(`${scheme} ${inner}`)}".`),
    );
    token = token.slice(inner.length).trim();
    return { token: unwrapParameter(token, findings), scheme: 'JWT', url, findings, isHeader };
  }
  const colon = /^[:=]\s*/.exec(token);
  if (colon !== null) {
    findings.push(sure('CS-SCHEME-FORM', formEvidence(colon[0])));
    token = token.slice(colon[0].length);
  }
  return { token: unwrapParameter(token, findings), scheme, url, findings, isHeader };
}

function sure(cause: Finding['cause'], evidence: string): Finding {
  return { cause, evidence, confidence: 'certain' };
}

function formEvidence(mark: string): string {
  const sign = mark.trim();
  return sign === ''
    ? 'The token follows the word JWT without a space.'
    : `After the word JWT stands "${sign}" where one space belongs.`;
}

/** `JWT token="…"`, as requests_jwt writes it. */
function unwrapParameter(token: string, findings: Finding[]): string {
  const parameter = /^(token|jwt|access_token)\s*=\s*(.*)$/is.exec(token);
  if (parameter === null) return token;
  findings.push(
    sure('CS-SCHEME-TOKEN-PARAM', `After the scheme stands "${parameter[1]}=" and not the token.`),
  );
  return (parameter[2] ?? '').replace(/^(["'])(.*)\1$/s, '$2');
}

/** A word before a space that is a scheme, or that stands before something that may be a token. */
function schemeOf(value: string): string | undefined {
  const word = /^([A-Za-z][A-Za-z0-9_-]{0,30})(?=\s|$|:\s|=\s)/.exec(value)?.[1];
  if (word === undefined) return undefined;
  if (SCHEMES.test(word)) return word;
  return /^\S+\s+\S{20,}/.test(value) && !word.startsWith('eyJ') ? word : undefined;
}

function headerLine(text: string): string | undefined {
  const line =
    /^(?:(?:-H|--header)[\s=]*)?["']?\s*(?:proxy-)?authorization["']?\s*(?::|=>|=)\s*(.*)$/is.exec(
      text,
    );
  return line === null ? undefined : unquote((line[1] ?? '').trim(), text);
}

function curlHeader(text: string): string | undefined {
  if (!/^\s*(?:\$\s*)?(?:curl|http|https|wget)\s/i.test(text)) return undefined;
  const header = /authorization:\s*([^'"\r\n]*)/i.exec(text);
  return header === null ? undefined : (header[1] ?? '').trim();
}

/** Takes off the quotes that belong to the line (JSON, a shell), not to the value. */
function unquote(value: string, line: string): string {
  let bare = value.replace(/[,;]\s*$/, '');
  const quote = /^(["'])(.*)\1$/s.exec(bare);
  if (quote !== null) bare = quote[2] ?? '';
  else if (/^(?:-H|--header)|^["']/.test(line)) bare = bare.replace(/["']$/, '');
  return bare.trim();
}

function pickCredential(value: string): string {
  const each = value.split(/,\s*(?=(?:jwt|bearer|basic)\s)/i);
  return each.find((one) => /^jwt\s/i.test(one)) ?? each[0] ?? value;
}

function urlOf(text: string): string | undefined {
  return /^(?:(?:GET|POST|PUT|DELETE)\s+)?(?:https?:\/\/|\/)\S*[?&]jwt=/i.test(text)
    ? text.replace(/^(?:GET|POST|PUT|DELETE)\s+/i, '').replace(/\s.*$/s, '')
    : undefined;
}

/** The `jwt` parameter of a URL, decoded. */
export function jwtOf(url: string): string | undefined {
  const raw = /[?&]jwt=([^&#]*)/.exec(url)?.[1];
  if (raw === undefined) return undefined;
  try {
    return decodeURIComponent(raw);
  } catch {
    return raw;
  }
}

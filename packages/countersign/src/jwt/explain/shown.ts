/** Makes a value of the input fit to be shown: short, on one line, and without anything secret. */
export type Show = (value: unknown, maxLength?: number) => string;

/** A piece of it may have been hidden before; what follows that piece is still a token. */
const TOKEN_LIKE = /eyJ(?:[\w+/=%-]{8,}|[\w+/=%-]*\[hidden\])(?:[\w+/=%.-]|\[hidden\])*/g;
/** A token whose start was changed is still nobody's business. Looked for from where a run of its letters begins. */
const SIGNED_LIKE = /(?<![\w-])[\w-]{24,}\.[\w-]{24,}(?:\.[\w-]*)*/g;
const API_TOKEN_LIKE = /\bAT[A-Z]{3}[\w-]{8,}={0,2}[\w-]*/g;
/** Names of claims and parameters whose value is nobody's business. */
const SECRET_NAME = /secret|passw|api_?token|access_?token|refresh_?token|assertion|private_?key/i;

/** @param hidden secrets and signatures that must not show, wherever they stand. */
export function createShow(hidden: readonly string[]): Show {
  // Long ones first: a short one may be a part of a longer one. Very short ones would only blacken words.
  const secrets = hidden.filter((text) => text.length >= 4).sort((a, b) => b.length - a.length);
  return (value, maxLength = 120) => {
    const text = typeof value === 'string' ? value : describe(value);
    let safe = text.length > 40_000 ? text.slice(0, 40_000) : text;
    for (const secret of secrets) {
      if (safe.includes(secret)) safe = safe.replaceAll(secret, '[hidden]');
    }
    if (safe.includes('eyJ')) safe = safe.replace(TOKEN_LIKE, '[token]');
    if (safe.length > 48 && safe.includes('.')) safe = safe.replace(SIGNED_LIKE, '[token]');
    if (safe.includes('AT')) safe = safe.replace(API_TOKEN_LIKE, '[API token]');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out here.
    if (/[\0-\x1f\x7f-\x9f\u2028\u2029]/.test(safe)) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
      safe = safe.replace(/[\0-\x1f\x7f-\x9f\u2028\u2029]/g, '\u{fffd}');
    }
    return safe.length > maxLength ? `${safe.slice(0, maxLength)}…` : safe;
  };
}

function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null || typeof value === 'number' || typeof value === 'boolean') {
    return String(value);
  }
  return Array.isArray(value) ? 'a list' : `of type ${typeof value}`;
}

/** A copy of decoded JSON in which every text is fit to be shown. */
export function showObject(object: Record<string, unknown>, show: Show): Record<string, unknown> {
  return showValue(object, show, 0) as Record<string, unknown>;
}

const MAX_DEPTH = 8;
const MAX_ENTRIES = 200;

function showValue(value: unknown, show: Show, depth: number): unknown {
  if (typeof value === 'string') {
    const shown = show(value, 400);
    return shown.length < 28 ? shown : shown.replace(/[\w-]{28,}/g, maskSignature);
  }
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '…';
  if (Array.isArray(value)) {
    return value.slice(0, MAX_ENTRIES).map((item) => showValue(item, show, depth + 1));
  }
  const shown: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  let count = 0;
  for (const name of Object.keys(value)) {
    if (++count > MAX_ENTRIES) break;
    const item = (value as Record<string, unknown>)[name];
    shown[show(name)] = SECRET_NAME.test(name) ? '[hidden]' : showValue(item, show, depth + 1);
  }
  return Object.setPrototypeOf(shown, Object.prototype) as Record<string, unknown>;
}

/** A long run of capitals, small letters and digits may be a piece of a signature; a hash is small hex. */
function maskSignature(run: string): string {
  return /[a-z]/.test(run) && /[A-Z]/.test(run) && /\d/.test(run) ? '[hidden]' : run;
}

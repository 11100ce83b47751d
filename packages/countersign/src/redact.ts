/** Names of fields that hold what may be in no log. */
const SECRET_NAME =
  /^(?:authorization|proxy-authorization|cookie|set-cookie|jwt|password|passwd|api[-_]?key|.*secrets?|(?:.*[a-z])?tokens?|x-forge-oauth-.*)$/i;
/** Three base64url parts, the first of which begins as JSON does. */
const TOKEN = /\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*/g;
const PARAMETER = /([?&](?:jwt|access_token|token)=)[^&#\s"']+/gi;
const MAX_DEPTH = 8;

/** A text without the tokens in it. */
export function redactText(text: string): string {
  // Most lines hold neither: they are not searched twice.
  if (!text.includes('eyJ') && !text.includes('=')) return text;
  return text.replace(TOKEN, '[token]').replace(PARAMETER, '$1[token]');
}

/** What may be written of a log line's details: fields that are called like secrets are emptied, tokens are cut out. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) return '[deep]';
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  if (value instanceof Error) {
    const { name, message } = value;
    return { name, message: redactText(message) };
  }
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === 'function') return redact(toJSON.call(value), depth + 1);
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      SECRET_NAME.test(name) && inner !== undefined && typeof inner !== 'boolean'
        ? '[redacted]'
        : redact(inner, depth + 1),
    ]),
  );
}

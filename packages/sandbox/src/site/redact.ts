// Header and claims of a JSON token begin with `{"`, which is `eyJ` (or, spaced, `eyA`, `ewo`) in base64url.
const tokenLike = /(?:eyJ|eyA|ewo)[\w-]{6,}(?:(?:\.|%(?:25)*2e)[\w-]+)+/gi;
const userToken = /sandbox-user-token-[\w-]+/g;
const maximumLength = 2000;

/** A copy of `value` in which no string holds a token, the value of a `jwt` parameter or a known secret. */
export function redact<T>(value: T, secrets: readonly string[]): T {
  if (typeof value === 'string') return redactText(value, secrets) as T;
  if (Array.isArray(value)) return value.map((item) => redact(item, secrets)) as T;
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, redact(item, secrets)]),
    ) as T;
  }
  return value;
}

function redactText(text: string, secrets: readonly string[]): string {
  let clean = text
    .replace(/([?&])([^=&\s"?]+)=([^&\s"]*)/g, (whole, mark: string, name: string) =>
      isJwtName(name) ? `${mark}${name}=[redacted]` : whole,
    )
    .replace(tokenLike, '[token]')
    .replace(userToken, '[token]');
  for (const secret of secrets) clean = clean.replaceAll(secret, '[secret]');
  return clean.length > maximumLength ? `${clean.slice(0, maximumLength)}…` : clean;
}

function isJwtName(name: string): boolean {
  try {
    return decodeURIComponent(name).toLowerCase() === 'jwt';
  } catch {
    return false;
  }
}

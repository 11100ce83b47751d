/** A time claim, for a person. */
export interface ShownTime {
  /** As it stands in the token. */
  value: unknown;
  utc?: string;
  words: string;
}

const UNITS: readonly (readonly [name: string, seconds: number])[] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

/** `3 minutes`, `1 day and 2 hours`. */
export function duration(seconds: number): string {
  let rest = Math.round(Math.abs(seconds));
  const parts: string[] = [];
  for (const [name, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${name}${count === 1 ? '' : 's'}`);
    if (parts.length === 2) break;
  }
  return parts.join(' and ') || 'no time';
}

function utc(milliseconds: number): string {
  return new Date(milliseconds)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC');
}

/** A time of a record: 0 stands for one that nobody knows, such as that of an imported installation. */
export function storedTime(milliseconds: number): string {
  return milliseconds === 0 ? 'unknown' : utc(milliseconds);
}

/** @param now in milliseconds. */
export function showTime(value: unknown, now: number): ShownTime {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    return { value, words: 'no number; it must be seconds since 1970' };
  }
  if (value > 100_000_000_000) {
    return { value, words: 'far too large: is it in milliseconds? It must be in seconds' };
  }
  if (value < 100_000_000) return { value, words: 'far too small for seconds since 1970' };
  const difference = value - now / 1000;
  return {
    value,
    utc: utc(value * 1000),
    words:
      Math.abs(difference) < 1
        ? 'now'
        : difference > 0
          ? `in ${duration(difference)}`
          : `${duration(difference)} ago`,
  };
}

/**
 * The day of a date: `YYYY-MM-DD`, a Date (its day in UTC), or a day of Temporal such as a PlainDate; undefined for
 * anything else.
 */
export function dateText(value: unknown): string | undefined {
  if (typeof value === 'string') return isDay(value) ? value : undefined;
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? undefined : value.toISOString().slice(0, 10);
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { year, month, day } = value as { year?: unknown; month?: unknown; day?: unknown };
  if (typeof year !== 'number' || typeof month !== 'number' || typeof day !== 'number') {
    return undefined;
  }
  const text = [
    String(year).padStart(4, '0'),
    String(month).padStart(2, '0'),
    String(day).padStart(2, '0'),
  ].join('-');
  return isDay(text) ? text : undefined;
}

const DATE_TIME =
  /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)$/i;

/**
 * A time as Jira writes it, `2026-11-24T09:30:00.000+0100`: of ISO 8601 text with an offset, of a Date, or of Temporal's
 * Instant and ZonedDateTime; undefined for anything else. Text without an offset says no time.
 */
export function dateTimeText(value: unknown): string | undefined {
  if (typeof value === 'string') {
    const match = DATE_TIME.exec(value);
    if (match === null) return undefined;
    const [, day = '', minutes = '', seconds = '00', fraction = '', offset = ''] = match;
    const isTime = !Number.isNaN(Date.parse(`${day}T${minutes}:${seconds}Z`));
    if (!isDay(day) || !isTime) return undefined;
    const zone = /^z$/i.test(offset) ? '+0000' : offset.replace(':', '');
    return `${day}T${minutes}:${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}${zone}`;
  }
  const time =
    value instanceof Date
      ? value.getTime()
      : (value as { epochMilliseconds?: unknown } | null)?.epochMilliseconds;
  if (typeof time !== 'number' || !(Math.abs(time) <= 8.64e15)) return undefined;
  return new Date(time).toISOString().replace('Z', '+0000');
}

/** Also that the month has that day. */
function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

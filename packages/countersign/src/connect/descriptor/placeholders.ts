import { ConfigError } from '../../errors.ts';

/** Descriptors are not deep; what is, is an object that holds itself. */
const MAX_DEPTH = 100;

/** Fills `{{name}}`, wherever it stands, from the values by their names; what has no value stays as it is. */
export function fillPlaceholders(
  value: unknown,
  values: ReadonlyMap<string, string>,
  depth = 0,
): unknown {
  if (typeof value === 'string') {
    return value.replaceAll(
      /\{\{\s*([\w.-]{1,100})\s*\}\}/g,
      (placeholder, name: string) => values.get(name) ?? placeholder,
    );
  }
  if (depth > MAX_DEPTH) {
    throw new ConfigError('CONFIG_DESCRIPTOR_INVALID', 'The descriptor is nested too deeply.', {
      hint: 'A descriptor is plain JSON: no object in it may hold itself.',
    });
  }
  if (Array.isArray(value)) return value.map((item) => fillPlaceholders(item, values, depth + 1));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [
        name,
        fillPlaceholders(item, values, depth + 1),
      ]),
    );
  }
  return value;
}

/** `localBaseUrl` is what atlassian-connect-express calls it. */
export function appUrlPlaceholders(appUrl: string): ReadonlyMap<string, string> {
  return new Map([
    ['appUrl', appUrl],
    ['localBaseUrl', appUrl],
  ]);
}

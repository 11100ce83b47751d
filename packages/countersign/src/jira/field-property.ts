import { isJiraApiError, JiraApiError } from '../errors.ts';
import type { CallOptions, JiraCalls } from './calls.ts';
import { titleOf } from './field-value.ts';
import type { FieldDescriptor, JiraField } from './fields.ts';

/**
 * Where a Connect app's field of type `read_only` finds what it shows: it has no value of its own.
 *
 * @see https://developer.atlassian.com/cloud/jira/software/modules/issue-field-property/
 */
export interface FieldProperty {
  /** The key of the issue property. */
  readonly key: string;
  /** The way to the value in the property's JSON, with dots between the names. */
  readonly path: string;
  readonly type: 'number' | 'string' | 'date';
}

/** What Jira takes of a property, in characters of JSON. */
const MAX_PROPERTY_LENGTH = 32_768;

/** The property of a field that this app declares as read_only; undefined for every other field. */
export function fieldPropertyOf(
  descriptor: FieldDescriptor | undefined,
  { key, schema }: JiraField,
): FieldProperty | undefined {
  const modules = descriptor?.modules?.jiraIssueFields;
  if (!Array.isArray(modules) || descriptor?.key === undefined) return undefined;
  for (const module of modules) {
    if (!isObject(module) || String(module.type).toLowerCase() !== 'read_only') continue;
    const own = `${descriptor.key}__${String(module.key)}`;
    if (key !== own && schema?.custom?.split(':')[1] !== own) continue;
    const property = isObject(module.property) ? module.property : {};
    const type = String(property.type).toLowerCase();
    if (typeof property.key !== 'string' || typeof property.path !== 'string') return undefined;
    if (type !== 'number' && type !== 'string' && type !== 'date') return undefined;
    return { key: property.key, path: property.path, type };
  }
  return undefined;
}

/**
 * Sets the value at the path and keeps the rest of the property. Jira has no compare-and-set for properties: of two
 * writers at once the last one wins, with all that it had read.
 *
 * @throws JiraApiError, also JIRA_FIELD_VALUE_INVALID.
 */
export async function writeFieldProperty(
  calls: JiraCalls,
  write: {
    readonly issuePath: string;
    readonly field: JiraField;
    readonly property: FieldProperty;
    readonly value: unknown;
    readonly callOptions: CallOptions;
  },
): Promise<void> {
  const { issuePath, field, property, callOptions } = write;
  const value = checkPropertyValue(field, property, write.value);
  const path = `${issuePath}/properties/${encodeURIComponent(property.key)}`;
  let current: unknown;
  try {
    current = (await calls.get<{ value: unknown }>(path, callOptions)).value;
  } catch (error) {
    if (!isJiraApiError(error) || error.code !== 'JIRA_NOT_FOUND') throw error;
  }
  const body = setAt(current, property.path.split('.'), value);
  if (JSON.stringify(body).length > MAX_PROPERTY_LENGTH) {
    throw new JiraApiError(
      'JIRA_FIELD_VALUE_INVALID',
      `The issue property '${property.key}' would be longer than ${MAX_PROPERTY_LENGTH} characters of JSON.`,
      { hint: 'Jira takes no longer one. Nothing was written.' },
    );
  }
  await calls.put(path, { body, ...callOptions });
}

function checkPropertyValue(field: JiraField, { key, path, type }: FieldProperty, value: unknown) {
  if (value === null) return undefined;
  if (type === 'number' && typeof value === 'number' && Number.isFinite(value)) return value;
  if (type === 'string') {
    const isList = Array.isArray(value) && value.every((item) => typeof item === 'string');
    if (typeof value === 'string' || isList) return value;
  }
  if (type === 'date') {
    const date = propertyDate(value);
    if (date !== undefined) return date;
  }
  throw new JiraApiError(
    'JIRA_FIELD_VALUE_INVALID',
    `The field ${titleOf(field)} shows ${EXPECTED[type]} at ${path} of the issue property '${key}'.`,
    { hint: 'Jira would show nothing. Nothing was written.' },
  );
}

const EXPECTED = {
  number: 'a number',
  string: 'text, or a list of texts,',
  date: 'a day such as 2026-11-24, or a time such as 2026-11-24T09:30Z,',
} as const;

/** `[YYYY]-[MM]-[DD]`, or that with `T[hh]:[mm]` and `Z` or an offset: seconds are not among the forms that are known. */
function propertyDate(value: unknown): string | undefined {
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? undefined : `${value.toISOString().slice(0, 16)}Z`;
  }
  if (typeof value !== 'string') return undefined;
  const form = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(?:Z|[+-]\d\d:\d\d))?$/.exec(value);
  return form !== null && !Number.isNaN(Date.parse(value)) ? value : undefined;
}

/** What stands in the way is replaced: whoever may edit the issue can put anything there. */
function setAt(current: unknown, [name = '', ...rest]: readonly string[], value: unknown): unknown {
  const kept = isObject(current) ? current : {};
  if (rest.length > 0) {
    const inner = Object.hasOwn(kept, name) ? kept[name] : undefined;
    return { ...kept, [name]: setAt(inner, rest, value) };
  }
  // JSON leaves undefined out, and so the field shows nothing.
  return { ...kept, [name]: value };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

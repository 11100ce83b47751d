import type { AppField, FieldKind, FieldProperty } from '../../site/fields.ts';
import type { Descriptor } from './descriptor.ts';

const kinds: Record<string, { kind: FieldKind; list: boolean }> = {
  string: { kind: 'text', list: false },
  text: { kind: 'longtext', list: false },
  rich_text: { kind: 'document', list: false },
  number: { kind: 'number', list: false },
  single_select: { kind: 'select', list: false },
  multi_select: { kind: 'select', list: true },
  read_only: { kind: 'property', list: false },
};

/** The problems of modules.jiraIssueFields, each with its path. */
export function issueFieldProblems(modules: unknown): string[] {
  const fields = (modules as Record<string, unknown> | undefined)?.jiraIssueFields;
  if (fields === undefined) return [];
  if (!Array.isArray(fields)) return ['modules.jiraIssueFields: must be an array'];
  return fields.flatMap((field, index) => {
    const { key, name, description, type, property } = asObject(field);
    const path = `modules.jiraIssueFields[${index}]`;
    const problems: string[] = [];
    if (typeof key !== 'string' || !/^[a-zA-Z0-9-]+$/.test(key)) {
      problems.push(`${path}.key: is required, letters, digits and "-"`);
    }
    if (!isText(name)) problems.push(`${path}.name.value: is required, a string`);
    if (!isText(description)) problems.push(`${path}.description.value: is required, a string`);
    const isKnown = typeof type === 'string' && Object.hasOwn(kinds, type.toLowerCase());
    if (!isKnown) problems.push(`${path}.type: must be one of ${Object.keys(kinds).join(', ')}`);
    if (String(type).toLowerCase() === 'read_only' && readProperty(property) === undefined) {
      problems.push(
        `${path}.property: a read_only field needs its key, path and type (number, string or date)`,
      );
    }
    return problems;
  });
}

/** The fields that an installed app brings. */
export function issueFieldsOf({ key: appKey, modules }: Descriptor): AppField[] {
  const fields = Array.isArray(modules.jiraIssueFields) ? modules.jiraIssueFields : [];
  return fields.flatMap((field) => {
    const { key: moduleKey, name, description, type, property } = asObject(field);
    const shape = kinds[String(type).toLowerCase()];
    const shown = readProperty(property);
    if (!shape || (shape.kind === 'property' && !shown)) return [];
    const key = `${appKey}__${String(moduleKey)}`;
    return [
      {
        ...shape,
        name: textOf(name),
        description: textOf(description),
        key,
        type: `com.atlassian.plugins.atlassian-connect-plugin:${key}`,
        app: {
          ...{ host: 'connect' as const, appId: appKey, appKey, moduleKey: String(moduleKey) },
          ...(shape.kind === 'property' && shown ? { property: shown } : {}),
        },
      },
    ];
  });
}

function readProperty(property: unknown): FieldProperty | undefined {
  const { key, path, type } = asObject(property);
  const kind = String(type).toLowerCase();
  if (typeof key !== 'string' || key === '' || typeof path !== 'string' || path === '') {
    return undefined;
  }
  return kind === 'number' || kind === 'string' || kind === 'date'
    ? { key, path, type: kind }
    : undefined;
}

function isText(value: unknown): boolean {
  return textOf(value) !== '';
}

function textOf(value: unknown): string {
  const text = asObject(value).value;
  return typeof text === 'string' ? text : '';
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

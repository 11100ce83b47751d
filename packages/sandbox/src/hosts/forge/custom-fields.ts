import type { AppField, FieldKind } from '../../site/fields.ts';
import type { ForgeAppRecord } from '../../site/forge-apps.ts';
import type { Manifest } from './manifest.ts';

const kinds: Record<string, FieldKind> = {
  string: 'longtext',
  number: 'number',
  user: 'user',
  group: 'group',
  date: 'date',
  datetime: 'datetime',
  object: 'object',
};

/** The problems of modules.jira:customField, each with its path. */
export function customFieldProblems(modules: Manifest['modules'] | undefined): string[] {
  const fields = modules?.['jira:customField'];
  if (!Array.isArray(fields)) return [];
  return fields.flatMap((field, index) => {
    const { name, description, type, collection, readOnly } = field ?? {};
    const path = `modules.jira:customField[${index}]`;
    const problems: string[] = [];
    if (!isText(name)) problems.push(`${path}.name: is required`);
    if (!isText(description)) problems.push(`${path}.description: is required`);
    if (!Object.hasOwn(kinds, String(type))) {
      problems.push(`${path}.type: must be one of ${Object.keys(kinds).join(', ')}`);
    }
    if (collection !== undefined && collection !== 'none' && collection !== 'list') {
      problems.push(`${path}.collection: must be none or list`);
    }
    if (readOnly !== undefined && typeof readOnly !== 'boolean') {
      problems.push(`${path}.readOnly: must be true or false`);
    }
    return problems;
  });
}

/**
 * The fields that an installed app brings.
 *
 * https://developer.atlassian.com/platform/forge/manifest-reference/modules/jira-custom-field/
 */
export function customFieldsOf(app: ForgeAppRecord): AppField[] {
  const fields = app.manifest.modules['jira:customField'] ?? [];
  return fields.flatMap(({ key: moduleKey, name, description, type, collection, readOnly }) => {
    const kind = kinds[String(type)];
    if (!kind) return [];
    const { id: environmentId, type: environment } = app.environment;
    return [
      {
        ...{ kind, list: collection === 'list' },
        ...{ name: textOf(name), description: textOf(description) },
        key: `${app.id}__${environment}__${String(moduleKey)}`,
        type: `ari:cloud:ecosystem::extension/${app.id}/${environmentId}/static/${String(moduleKey)}`,
        app: {
          ...{ host: 'forge' as const, appId: app.id, appKey: app.key },
          ...{ moduleKey: String(moduleKey), readOnly: readOnly === true },
        },
      },
    ];
  });
}

function isText(value: unknown): boolean {
  return textOf(value) !== '';
}

/** Text, or the key of a translation: this site has none. */
function textOf(value: unknown): string {
  if (typeof value === 'object' && value !== null) {
    return String((value as Record<string, unknown>).i18n ?? '');
  }
  return typeof value === 'string' ? value : '';
}

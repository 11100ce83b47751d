import type { Field, FieldKind, FieldProperty } from '../site/fields.ts';

const schemaTypes: Record<FieldKind, string> = {
  text: 'string',
  longtext: 'string',
  document: 'string',
  number: 'number',
  date: 'date',
  datetime: 'datetime',
  url: 'string',
  user: 'user',
  group: 'group',
  labels: 'string',
  priority: 'priority',
  select: 'option',
  cascade: 'option-with-child',
  object: 'any',
  property: 'string',
  derived: 'any',
};

const derivedTypes: Record<string, string> = {
  issuetype: 'issuetype',
  project: 'project',
  status: 'status',
  creator: 'user',
  created: 'datetime',
  updated: 'datetime',
  attachment: 'attachment',
};

const propertyTypes: Record<FieldProperty['type'], string> = {
  number: 'number',
  string: 'string',
  date: 'datetime',
};

const jiraTypes = 'com.atlassian.jira.plugin.system.customfieldtypes:';

/** The types of custom fields that an administrator can choose, and what their values are. */
export const customFieldTypes: Record<string, { kind: FieldKind; list: boolean }> = {
  [`${jiraTypes}textfield`]: { kind: 'text', list: false },
  [`${jiraTypes}textarea`]: { kind: 'document', list: false },
  [`${jiraTypes}float`]: { kind: 'number', list: false },
  [`${jiraTypes}datepicker`]: { kind: 'date', list: false },
  [`${jiraTypes}datetime`]: { kind: 'datetime', list: false },
  [`${jiraTypes}select`]: { kind: 'select', list: false },
  [`${jiraTypes}radiobuttons`]: { kind: 'select', list: false },
  [`${jiraTypes}multiselect`]: { kind: 'select', list: true },
  [`${jiraTypes}multicheckboxes`]: { kind: 'select', list: true },
  [`${jiraTypes}cascadingselect`]: { kind: 'cascade', list: false },
  [`${jiraTypes}userpicker`]: { kind: 'user', list: false },
  [`${jiraTypes}multiuserpicker`]: { kind: 'user', list: true },
  [`${jiraTypes}labels`]: { kind: 'labels', list: false },
  [`${jiraTypes}url`]: { kind: 'url', list: false },
  [`${jiraTypes}readonlyfield`]: { kind: 'derived', list: false },
};

/** The type of a custom field. Those of the seed follow from what their values are. */
function customType({ type, kind, list }: Field): string | undefined {
  if (type !== undefined) return type;
  return Object.keys(customFieldTypes).find(
    (name) => customFieldTypes[name]?.kind === kind && customFieldTypes[name].list === list,
  );
}

export function fieldSchema(field: Field): Record<string, unknown> {
  const { id, kind, custom, app } = field;
  const single =
    app?.property !== undefined
      ? propertyTypes[app.property.type]
      : app?.host === 'connect' && kind === 'select'
        ? 'option2'
        : (derivedTypes[id] ?? schemaTypes[kind]);
  const isList = field.list || kind === 'labels';
  const type = isList ? { type: 'array', items: single } : { type: single };
  if (!custom) return { ...type, system: id };
  return { ...type, custom: customType(field), customId: Number(id.replace('customfield_', '')) };
}

import type { Hono } from 'hono';
import type { Field, FieldKind } from '../site/fields.ts';
import type { RestEnv } from './caller.ts';

const schemaTypes: Record<FieldKind, string> = {
  text: 'string',
  document: 'string',
  number: 'number',
  user: 'user',
  labels: 'array',
  priority: 'priority',
  derived: 'any',
};

const derivedTypes: Record<string, string> = {
  issuetype: 'issuetype',
  project: 'project',
  status: 'status',
  creator: 'user',
  created: 'datetime',
  updated: 'datetime',
};

const customTypes: Partial<Record<FieldKind, string>> = {
  text: 'com.atlassian.jira.plugin.system.customfieldtypes:textfield',
  number: 'com.atlassian.jira.plugin.system.customfieldtypes:float',
};

export function fieldSchema(field: Field): Record<string, unknown> {
  const type = derivedTypes[field.id] ?? schemaTypes[field.kind];
  if (!field.custom) {
    const items = field.kind === 'labels' ? { items: 'string' } : {};
    return { type, ...items, system: field.id };
  }
  const customId = Number(field.id.replace('customfield_', ''));
  return { type, custom: customTypes[field.kind], customId };
}

function fieldBody(field: Field): Record<string, unknown> {
  return {
    id: field.id,
    key: field.id,
    name: field.name,
    custom: field.custom,
    orderable: field.kind !== 'derived',
    navigable: true,
    searchable: true,
    clauseNames: field.custom ? [`cf[${field.id.slice(12)}]`, field.name] : [field.id],
    schema: fieldSchema(field),
  };
}

export function addFieldRoutes(rest: Hono<RestEnv>): void {
  rest.get('/field', (c) => {
    const { site, caller } = c.var;
    // Custom fields belong to projects, and an anonymous caller sees none of them.
    const seesCustom = site.permissions.holds(caller.accountId, 'BROWSE_PROJECTS');
    const visible = site.fields.all().filter((field) => seesCustom || !field.custom);
    return c.json(visible.map(fieldBody));
  });
}

import { type AtlassianDocument, textOfDocument } from '../site/document.ts';
import type { FieldOption } from '../site/field-options.ts';
import { type Field, type FieldProperty, priorities } from '../site/fields.ts';
import type { StoredIssue } from '../site/issues.ts';
import type { Site } from '../site/site.ts';
import { priorityBody } from './priorities.ts';
import { userBody } from './users.ts';

/** What the issue has in a field that is no matter of Jira's own. */
export function valueBody(site: Site, issue: StoredIssue, field: Field, version: 2 | 3): unknown {
  if (field.app?.property !== undefined) return propertyValue(site, issue, field.app.property);
  const value = issue.values[field.id] ?? null;
  if (value === null) return field.kind === 'labels' ? [] : null;
  if (!field.list) return oneBody(site, field, value, version);
  const bodies = (Array.isArray(value) ? value : []).map((item) =>
    oneBody(site, field, item, version),
  );
  return bodies.filter((body) => body !== null);
}

function oneBody(site: Site, field: Field, value: unknown, version: 2 | 3): unknown {
  switch (field.kind) {
    case 'user':
      return userBody(site, String(value), version);
    case 'document':
      return version === 2 ? textOfDocument(value as AtlassianDocument) : value;
    case 'priority':
      return priorityBody(site, String(value), version);
    case 'select': {
      const option = site.fieldOptions.find(field.id, Number(value));
      return option ? optionBody(site, field, option, version) : null;
    }
    case 'cascade': {
      const { parent, child } = value as { parent: number; child?: number };
      const option = site.fieldOptions.find(field.id, parent);
      if (!option) return null;
      const below = child === undefined ? undefined : site.fieldOptions.find(field.id, child);
      return {
        ...optionBody(site, field, option, version),
        ...(below ? { child: optionBody(site, field, below, version) } : {}),
      };
    }
    default:
      return value;
  }
}

/** Options of an app's field have numbers, and no resource of their own. */
function optionBody(site: Site, { app }: Field, { id, value }: FieldOption, version: 2 | 3) {
  if (app) return { id, value };
  const self = `${site.url}/rest/api/${version}/customFieldOption/${id}`;
  return { self, value, id: String(id) };
}

/** A read_only field shows what stands at the path, where it is of the type, and nothing else. */
function propertyValue(site: Site, issue: StoredIssue, { key, path, type }: FieldProperty) {
  let value: unknown = site.properties.get('issue', issue.id, key);
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null;
    value = (value as Record<string, unknown>)[name];
  }
  if (type === 'number') return typeof value === 'number' ? value : null;
  if (type === 'date') return isDate(value) ? value : null;
  const isList = Array.isArray(value) && value.every((item) => typeof item === 'string');
  return typeof value === 'string' || isList ? value : null;
}

function isDate(value: unknown): boolean {
  const form = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?:Z|[+-]\d\d:\d\d))?$/;
  return typeof value === 'string' && form.test(value) && !Number.isNaN(Date.parse(value));
}

/** What editmeta says of a field that takes some values alone. */
export function allowedValues(
  site: Site,
  field: Field,
  version: 2 | 3,
): { allowedValues?: unknown[] } {
  if (field.kind === 'priority') {
    return { allowedValues: priorities.map(({ id }) => priorityBody(site, id, version)) };
  }
  if (field.kind !== 'select' && field.kind !== 'cascade') return {};
  const all = site.fieldOptions.of(field.id);
  return {
    allowedValues: all
      .filter(({ parentId }) => parentId === undefined)
      .map((option) => {
        const children = all.filter(({ parentId }) => parentId === option.id);
        return {
          ...optionBody(site, field, option, version),
          ...(children.length === 0
            ? {}
            : { children: children.map((child) => optionBody(site, field, child, version)) }),
        };
      }),
  };
}

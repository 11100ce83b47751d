import { grants } from '../hosts/connect/descriptor.ts';
import { adminScope } from '../hosts/forge/scopes.ts';
import type { Field } from '../site/fields.ts';
import type { StoredIssue } from '../site/issues.ts';
import { maximumKeyLength, maximumValueLength } from '../site/properties.ts';
import type { Site } from '../site/site.ts';
import type { Caller } from './caller.ts';
import { cannotBeSet, failure, fieldErrors } from './errors.ts';
import { checkValue } from './field-values.ts';

export interface Overrides {
  screenSecurity: boolean;
  editableFlag: boolean;
}

/** Reads the two override flags, and refuses them to whoever may not use them. */
export function readOverrides(site: Site, caller: Caller, query: URLSearchParams): Overrides {
  const screenSecurity = query.get('overrideScreenSecurity') === 'true';
  const editableFlag = query.get('overrideEditableFlag') === 'true';
  if ((screenSecurity || editableFlag) && caller.as !== 'anonymous') {
    if (caller.as !== 'app') {
      throw failure(403, 'Only app users may use overrideScreenSecurity and overrideEditableFlag.');
    }
    const administers = site.permissions.holds(caller.accountId, 'ADMINISTER');
    if (!mayAdminister(caller.scopes) || !administers) {
      throw failure(
        403,
        'overrideScreenSecurity and overrideEditableFlag need the ADMIN scope and the Administer Jira global permission.',
        'Add ADMIN to the scopes of the descriptor, or manage:jira-configuration to those of the manifest, and install the app again.',
      );
    }
  }
  return { screenSecurity, editableFlag };
}

function mayAdminister(scopes: readonly string[]): boolean {
  return grants(scopes, 'ADMIN') || scopes.includes(adminScope);
}

/** The fields that this caller may set on this issue now. */
export function settableFields(
  site: Site,
  caller: Caller,
  issue: StoredIssue,
  overrides: Overrides,
): Field[] {
  if (!site.permissions.holds(caller.accountId, 'EDIT_ISSUES', issue.projectId)) return [];
  if (!overrides.editableFlag && !isEditable(site, issue)) return [];
  return site.fields
    .all()
    .filter((field) => isOfProject(field, issue.projectId))
    .filter((field) => isSettable(field, overrides.screenSecurity));
}

export function isEditable(site: Site, issue: StoredIssue): boolean {
  return site.projects.statuses().some(({ id, editable }) => id === issue.statusId && editable);
}

/** No override reaches a field that Jira, or an app alone, sets. */
export function isSettable(field: Field, screenSecurityOverridden: boolean): boolean {
  const { kind, app, onScreen } = field;
  const isComputed = kind === 'derived' || kind === 'property' || app?.readOnly === true;
  return !isComputed && (onScreen || screenSecurityOverridden);
}

export function isOfProject({ projects }: Field, projectId: number): boolean {
  return projects === undefined || projects.includes(projectId);
}

/** What `fields` and `update` of a request body ask for, as one value for each field. */
export function readChanges(
  body: Record<string, unknown>,
  current: Record<string, unknown>,
): Map<string, unknown> {
  const fields = requireObject(body.fields, 'fields');
  const update = requireObject(body.update, 'update');
  const changes = new Map(Object.entries(fields));
  const errors: Record<string, string> = {};
  for (const [fieldId, operations] of Object.entries(update)) {
    if (changes.has(fieldId)) {
      errors[fieldId] = `Field '${fieldId}' stands in both 'fields' and 'update'.`;
      continue;
    }
    const result = applyOperations(operations, current[fieldId]);
    if ('error' in result) errors[fieldId] = result.error;
    else changes.set(fieldId, result.value);
  }
  if (Object.keys(errors).length > 0) throw fieldErrors(errors);
  if (changes.size === 0 && body.properties === undefined) {
    throw failure(400, 'The request body names no field to set.');
  }
  return changes;
}

function applyOperations(
  operations: unknown,
  current: unknown,
): { value: unknown } | { error: string } {
  if (!Array.isArray(operations) || operations.length === 0) {
    return { error: 'An update must be an array of operations, as in [{"set": ...}]' };
  }
  let value = current;
  for (const operation of operations) {
    const entries = Object.entries(operation ?? {});
    const [name, operand] = entries[0] ?? [];
    if (entries.length !== 1) return { error: 'Each operation must be an object with one name' };
    if (name === 'set') value = operand;
    else if (name === 'add') value = [...asList(value), operand];
    else if (name === 'remove') value = asList(value).filter((item) => !isSame(item, operand));
    else return { error: `The operation '${name}' is not supported` };
  }
  return { value };
}

/** Labels are text; options, users and the like are told apart by what is said of them. */
function isSame(item: unknown, operand: unknown): boolean {
  if (typeof item !== 'object' || typeof operand !== 'object') return item === operand;
  const known = (item ?? {}) as Record<string, unknown>;
  const said = Object.entries(operand ?? {});
  return said.length > 0 && said.every(([name, value]) => String(known[name]) === String(value));
}

/** The stored values in the form in which a caller gives them, as operations on lists need it. */
export function valuesAsGiven(site: Site, issue: StoredIssue): Record<string, unknown> {
  const values: Record<string, unknown> = { ...issue.values };
  for (const { id, list, kind } of site.fields.all()) {
    const value = values[id];
    if (!list || !Array.isArray(value)) continue;
    if (kind === 'user') values[id] = value.map((accountId) => ({ accountId }));
    if (kind === 'select') values[id] = value.map((option) => site.fieldOptions.find(id, option));
  }
  return values;
}

// On a field that holds one value the list fails the check of its value.
function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The values to store. Throws field errors for every field that cannot be set as asked. */
export function checkChanges(
  site: Site,
  changes: Map<string, unknown>,
  settable: readonly Field[],
  version: 2 | 3,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  const errors: Record<string, string> = {};
  let fix: string | undefined;
  for (const [fieldId, wanted] of changes) {
    const field = settable.find(({ id }) => id === fieldId);
    if (!field) {
      errors[fieldId] = cannotBeSet(fieldId);
      fix ??= fixUnsettable(site, fieldId);
      continue;
    }
    const checked = checkValue(site, field, wanted, version);
    if ('error' in checked) errors[fieldId] = checked.error;
    else values[fieldId] = checked.value;
  }
  if (Object.keys(errors).length > 0) throw fieldErrors(errors, fix);
  return values;
}

/** Jira says the same of all of these; whoever has to mend it wants to know which it is. */
function fixUnsettable(site: Site, fieldId: string): string {
  const field = site.fields.find(fieldId);
  if (!field) return `This site has no field ${fieldId}; GET /rest/api/3/field lists those it has.`;
  if (field.kind === 'property') {
    return `${field.name} shows the issue property "${field.app?.property?.key}": write that.`;
  }
  if (field.app?.readOnly) {
    return `Only the app ${field.app.appKey} writes ${field.name}: PUT /rest/api/3/app/field/${fieldId}/value.`;
  }
  if (field.kind === 'derived') return `${field.name} is read-only: leave it out.`;
  if (field.projects !== undefined) return `${field.name} is a field of other projects.`;
  return `${field.name} is on no screen: send overrideScreenSecurity=true, as an app with the scope ADMIN.`;
}

/** The issue properties of a request body, by their keys. */
export function readProperties(body: Record<string, unknown>): Map<string, unknown> {
  const { properties = [] } = body;
  if (!Array.isArray(properties)) throw failure(400, "'properties' must be a list.");
  const read = new Map<string, unknown>();
  for (const property of properties as ({ key?: unknown; value?: unknown } | null)[]) {
    const { key, value } = property ?? {};
    if (typeof key !== 'string' || key === '' || key.length > maximumKeyLength) {
      throw failure(400, `The key of a property has 1 to ${maximumKeyLength} characters.`);
    }
    if (value === undefined || JSON.stringify(value).length > maximumValueLength) {
      throw failure(400, `The value of a property has at most ${maximumValueLength} characters.`);
    }
    read.set(key, value);
  }
  return read;
}

function requireObject(value: unknown, name: string): Record<string, unknown> {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw failure(400, `'${name}' must be an object.`);
  }
  return value as Record<string, unknown>;
}

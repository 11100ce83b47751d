import { grants } from '../hosts/connect/descriptor.ts';
import { adminScope } from '../hosts/forge/scopes.ts';
import type { Field } from '../site/fields.ts';
import type { StoredIssue } from '../site/issues.ts';
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
  if (!site.permissions.holds(caller.accountId, 'EDIT_ISSUES')) return [];
  if (!overrides.editableFlag && !isEditable(site, issue)) return [];
  return site.fields.all().filter((field) => isSettable(field, overrides.screenSecurity));
}

export function isEditable(site: Site, issue: StoredIssue): boolean {
  return site.projects.statuses().some(({ id, editable }) => id === issue.statusId && editable);
}

export function isSettable(field: Field, screenSecurityOverridden: boolean): boolean {
  return field.kind !== 'derived' && (field.onScreen || screenSecurityOverridden);
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
  if (changes.size === 0) throw failure(400, 'The request body names no field to set.');
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
    else if (name === 'add') value = [...asLabels(value), operand];
    else if (name === 'remove') value = asLabels(value).filter((label) => label !== operand);
    else return { error: `The operation '${name}' is not supported` };
  }
  return { value };
}

// Only labels are a list on this site: on another field the list fails the check of its value.
function asLabels(value: unknown): unknown[] {
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
  if (field.kind === 'derived') return `${field.name} is read-only: leave it out.`;
  return `${field.name} is on no screen: send overrideScreenSecurity=true, as an app with the scope ADMIN.`;
}

function requireObject(value: unknown, name: string): Record<string, unknown> {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw failure(400, `'${name}' must be an object.`);
  }
  return value as Record<string, unknown>;
}

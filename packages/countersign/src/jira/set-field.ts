import { isJiraApiError, JiraApiError, refuseUnknownOptions } from '../errors.ts';
import type { CallOptions, JiraCalls } from './calls.ts';
import type { JiraHost } from './credentials.ts';
import { type EditIssue, issuePath } from './edit-issue.ts';
import type { OverrideCheck } from './field-overrides.ts';
import { fieldPropertyOf, writeFieldProperty } from './field-property.ts';
import { shapeValue } from './field-value.ts';
import type { FieldDescriptor, FieldNames, JiraField } from './fields.ts';
import { CANNOT_BE_SET } from './known-answers.ts';

/** Options of `jira.setField`. */
export interface SetFieldOptions {
  /** Whether overrideScreenSecurity may be used where the field is on no screen. Default: true. */
  allowOverride?: boolean;
  /** As in `jira.editIssue`; the ways `issue-property` and `app-field` send no mail. */
  notifyUsers?: boolean;
  signal?: AbortSignal;
  /** Of each call, in milliseconds. Default: the client's. */
  timeoutMs?: number;
}

/** Which way a field was written. */
export type SetFieldResult =
  /**
   * `edit`: a plain edit, which people can make as well. `override`: an edit with overrideScreenSecurity. `app-field`: the
   * own field of a Forge app, which nobody else can write.
   */
  | { readonly way: 'edit' | 'override' | 'app-field'; readonly fieldId: string }
  /** The issue property that a read_only field of this Connect app shows. */
  | { readonly way: 'issue-property'; readonly fieldId: string; readonly propertyKey: string };

/**
 * Sets one field of an issue, in the way that works for this field:
 *
 * 1. A field that this app's descriptor declares as `read_only` shows an issue property, so that is written.
 * 2. A custom field of this Forge app goes to `PUT /rest/api/3/app/field/{fieldId}/value`.
 * 3. Any other field is edited; where Jira refuses that because it is on no screen, with overrideScreenSecurity.
 *
 * @param field by id, by name, or by the key of an app's field.
 * @throws JiraApiError as `jira.editIssue` does. Where no way works, its hint says what each would need.
 */
export type SetField = (
  issueIdOrKey: string,
  field: string,
  value: unknown,
  options?: SetFieldOptions,
) => Promise<SetFieldResult>;

/** What {@link createSetField} needs. */
export interface SetFieldNeeds {
  readonly calls: JiraCalls;
  readonly names: FieldNames;
  readonly overrides: OverrideCheck;
  readonly editIssue: EditIssue;
  readonly host: () => Promise<JiraHost>;
  readonly descriptor?: FieldDescriptor | undefined;
  /** The bare id. */
  readonly forgeAppId?: string | undefined;
}

const OPTIONS: ReadonlySet<string> = new Set([
  ...['allowOverride', 'notifyUsers', 'signal', 'timeoutMs'],
]);

export function createSetField(needs: SetFieldNeeds): SetField {
  const { calls, names, descriptor } = needs;
  return async (issueIdOrKey, fieldName, value, options = {}) => {
    refuseUnknownOptions('jira.setField', options, OPTIONS);
    const path = issuePath(issueIdOrKey);
    const { signal } = options;
    const [named] = await names.resolve({ [fieldName]: value }, signal);
    const field = (named as { field: JiraField }).field;
    if (value === undefined) shapeValue(field, value);
    const property = fieldPropertyOf(descriptor, field);
    if (property !== undefined) {
      await writeFieldProperty(calls, {
        ...{ issuePath: path, field, property, value },
        callOptions: callOptionsOf(options),
      });
      return { way: 'issue-property', fieldId: field.id, propertyKey: property.key };
    }
    const owner = await forgeOwner(field, needs);
    if (owner === 'this') return writeAppField(calls, path, field, value, options);
    return editOrOverride({ issueIdOrKey, path, field, value, options, owner }, needs);
  };
}

/** Whether a Forge app calls for a field of its own. `maybe`: of some Forge app, which this one may be under another id. */
async function forgeOwner(
  { schema, key }: JiraField,
  { forgeAppId, host }: SetFieldNeeds,
): Promise<'this' | 'maybe' | undefined> {
  const type = /^ari:cloud:ecosystem::extension\/([^/]+)\//.exec(schema?.custom ?? '')?.[1];
  const id = type ?? /^([\da-f-]{36})__[A-Z]+__/i.exec(key ?? '')?.[1];
  if (id === undefined || (await host()) !== 'forge') return undefined;
  return id.toLowerCase() === forgeAppId ? 'this' : 'maybe';
}

interface Write {
  readonly issueIdOrKey: string;
  readonly path: string;
  readonly field: JiraField;
  readonly value: unknown;
  readonly options: SetFieldOptions;
  readonly owner: 'maybe' | undefined;
}

async function editOrOverride(write: Write, needs: SetFieldNeeds): Promise<SetFieldResult> {
  const { issueIdOrKey, path, field, value, options, owner } = write;
  const { allowOverride = true, ...editOptions } = options;
  const { calls, overrides, editIssue } = needs;
  const fields = { [field.id]: value };
  try {
    // A refused edit changes nothing, so the commonest way is simply tried.
    await editIssue(issueIdOrKey, { ...editOptions, fields });
    return { way: 'edit', fieldId: field.id };
  } catch (error) {
    if (!isJiraApiError(error) || !CANNOT_BE_SET.test(error.errors[field.id] ?? '')) throw error;
    if (owner === 'maybe') {
      return await writeAppField(calls, path, field, value, options).catch((refusal: unknown) => {
        throw isJiraApiError(refusal) && refusal.code === 'JIRA_FORBIDDEN' ? error : refusal;
      });
    }
    const { cause, fix } = error.diagnosis ?? {};
    // Without a certain cause it may still be the screen: the answer of Jira is the same.
    const isScreen = cause === undefined || cause === 'CS-FIELD-NOT-ON-SCREEN';
    if (!isScreen) throw error;
    if (!allowOverride) {
      throw explain(error, `It is on no screen, and allowOverride is false. ${fix ?? ''}`.trim());
    }
    try {
      await overrides.demand({ signal: options.signal });
    } catch (refusal) {
      if (!isJiraApiError(refusal) || refusal.code !== 'JIRA_OVERRIDE_REFUSED') throw refusal;
      throw explain(
        error,
        `It is on no screen. Three ways work: put it on the edit screen; ${lowerFirst(refusal.hint)} (then overrideScreenSecurity sets it); or use a field of your own that only your app writes, see docs/a-field-only-your-app-can-write.md.`,
      );
    }
    await editIssue(issueIdOrKey, { ...editOptions, fields, overrideScreenSecurity: true });
    return { way: 'override', fieldId: field.id };
  }
}

/** @see https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-custom-field-values--apps-/ */
async function writeAppField(
  calls: JiraCalls,
  path: string,
  field: JiraField,
  value: unknown,
  options: SetFieldOptions,
): Promise<SetFieldResult> {
  const callOptions = callOptionsOf(options);
  const shaped = shapeValue(field, value);
  const issueId = await numericId(calls, path, callOptions);
  await calls.put(`/rest/api/3/app/field/${encodeURIComponent(field.id)}/value`, {
    body: { updates: [{ issueIds: [issueId], value: shaped }] },
    ...callOptions,
  });
  return { way: 'app-field', fieldId: field.id };
}

/** This resource takes issues by their numbers alone. */
async function numericId(
  calls: JiraCalls,
  path: string,
  callOptions: CallOptions,
): Promise<number> {
  const given = /\/(\d+)$/.exec(path)?.[1];
  if (given !== undefined) return Number(given);
  // No field has this name: nothing but the issue's ids comes.
  const { id } = await calls.get<{ id: string }>(path, {
    query: { fields: 'none' },
    ...callOptions,
  });
  return Number(id);
}

function callOptionsOf({ signal, timeoutMs }: SetFieldOptions): CallOptions {
  return {
    ...(signal === undefined ? {} : { signal }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
}

function explain(error: JiraApiError, hint: string): JiraApiError {
  const { code, message, method, path, status, errorMessages, errors, diagnosis } = error;
  return new JiraApiError(code, message, {
    ...(method === undefined ? {} : { method }),
    ...(path === undefined ? {} : { path }),
    ...(status === undefined ? {} : { status }),
    ...{ errorMessages, errors, hint },
    diagnosis: diagnosis === undefined ? undefined : { ...diagnosis, fix: hint },
  });
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1).replace(/\.$/, '');
}

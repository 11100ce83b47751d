import { type Diagnosis, isJiraApiError, JiraApiError, refuseUnknownOptions } from '../errors.ts';
import type { CallOptions, JiraCalls } from './calls.ts';
import { diagnoseAs } from './diagnose.ts';
import { diagnoseRefusedFields } from './diagnose-field.ts';
import type { OverrideCheck } from './field-overrides.ts';
import { fieldPropertyOf } from './field-property.ts';
import { shapeListItem, shapeValue } from './field-value.ts';
import type { FieldDescriptor, FieldNames, NamedField } from './fields.ts';
import { CANNOT_BE_SET } from './known-answers.ts';

/** Options of `jira.editIssue`. */
export interface EditIssueOptions {
  /**
   * New values by field id (`customfield_10042`), by name (`Site location`), or by the key of an app's field
   * (`my-app__location`). Each is checked against the field's schema; null clears a field.
   */
  fields?: Readonly<Record<string, unknown>>;
  /** Operations by field, named as above: `{ labels: [{ add: 'office' }] }`. */
  update?: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
  /** Issue properties that are set by the same edit. */
  properties?: readonly { readonly key: string; readonly value: unknown }[];
  /**
   * Also set fields that are on no screen. Needs the scope ADMIN and Administer Jira for the app user, which is looked
   * up first. Atlassian has announced its end.
   *
   * @see https://community.developer.atlassian.com/t/deprecation-of-override-screen-security/97153
   */
  overrideScreenSecurity?: boolean;
  /** Also edit issues whose workflow status forbids it. Needs the same. */
  overrideEditableFlag?: boolean;
  /** False spares watchers the e-mail, for which the app user has to administer Jira or the project. Default: true. */
  notifyUsers?: boolean;
  /** Resolves with the issue as it is after the edit. Default: false. */
  returnIssue?: boolean;
  signal?: AbortSignal;
  /** Of each call, in milliseconds. Default: the client's. */
  timeoutMs?: number;
}

/**
 * Sets fields of an issue, all of them or none.
 *
 * @returns undefined, or the issue where `returnIssue` is true.
 * @throws JiraApiError, also JIRA_FIELD_UNKNOWN, JIRA_FIELD_AMBIGUOUS, JIRA_FIELD_VALUE_INVALID and
 *   JIRA_OVERRIDE_REFUSED before the edit is sent. The diagnosis of a refusal tells a field that is on no screen from
 *   one that nobody may set, for which it asks Jira once more.
 * @see https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-issueidorkey-put
 */
export interface EditIssue {
  <T = unknown>(
    issueIdOrKey: string,
    options: EditIssueOptions & { returnIssue: true },
  ): Promise<T>;
  (issueIdOrKey: string, options: EditIssueOptions): Promise<void>;
}

/** What {@link createEditIssue} needs. */
export interface EditIssueNeeds {
  readonly calls: JiraCalls;
  readonly names: FieldNames;
  readonly overrides: OverrideCheck;
  readonly descriptor?: FieldDescriptor | undefined;
}

const OPTIONS: ReadonlySet<string> = new Set([
  ...['fields', 'update', 'properties', 'overrideScreenSecurity', 'overrideEditableFlag'],
  ...['notifyUsers', 'returnIssue', 'signal', 'timeoutMs'],
]);

/** A field of editmeta, as far as it is read. */
interface EditableField {
  readonly allowedValues?: readonly unknown[];
}

export function createEditIssue(needs: EditIssueNeeds): EditIssue {
  const { calls, names, overrides } = needs;
  return async (issueIdOrKey: string, options: EditIssueOptions): Promise<never> => {
    refuseUnknownOptions('jira.editIssue', options, OPTIONS);
    const path = issuePath(issueIdOrKey);
    const { fields = {}, update, properties, signal, timeoutMs, ...query } = options;
    const given = await names.resolve(fields, signal);
    const operations = update === undefined ? [] : await names.resolve(update, signal);
    const body = {
      fields: Object.fromEntries(
        given.map(({ field, value }) => [field.id, shapeValue(field, value)]),
      ),
      ...(update === undefined
        ? {}
        : { update: Object.fromEntries(operations.map((each) => [each.field.id, shaped(each)])) }),
      ...(properties === undefined ? {} : { properties }),
    };
    if (options.overrideScreenSecurity || options.overrideEditableFlag) {
      await overrides.demand({ signal });
    }
    const callOptions: CallOptions = {
      ...(signal === undefined ? {} : { signal }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    };
    try {
      return (await calls.put(path, { query, body, ...callOptions })) as never;
    } catch (error) {
      throw await refine(error, path, [...given, ...operations], options, callOptions, needs);
    }
  };
}

/** @throws JiraApiError JIRA_URL_REFUSED. */
export function issuePath(issueIdOrKey: string): string {
  if (!/^\w[\w-]*$/.test(issueIdOrKey)) {
    throw new JiraApiError(
      'JIRA_URL_REFUSED',
      'An issue is named by its id or its key, such as XX-21.',
    );
  }
  return `/rest/api/3/issue/${issueIdOrKey}`;
}

/** The operations of one field, with their values in the form in which Jira takes them. */
function shaped({ field, value }: NamedField): unknown {
  if (!Array.isArray(value)) {
    throw new JiraApiError(
      'JIRA_FIELD_VALUE_INVALID',
      `The update of ${field.id} is a list of operations.`,
      { hint: "For example { labels: [{ add: 'office' }] }." },
    );
  }
  return value.map((operation: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(
      Object.entries(operation).map(([name, operand]) => {
        if (name === 'set') return [name, shapeValue(field, operand)];
        const isItem = name === 'add' || name === 'remove';
        return [name, isItem ? shapeListItem(field, operand) : operand];
      }),
    ),
  );
}

/** One more question to Jira, of a refusal alone. Whatever becomes of it, the first error is the one that is told. */
async function refine(
  error: unknown,
  path: string,
  given: readonly NamedField[],
  options: EditIssueOptions,
  callOptions: CallOptions,
  { calls, names, descriptor }: EditIssueNeeds,
): Promise<unknown> {
  if (!isJiraApiError(error) || error.status !== 400) return error;
  const ids = Object.keys(error.errors);
  if (ids.length === 0) return error;
  let editable: Readonly<Record<string, EditableField>>;
  try {
    const meta = await calls.get<{ fields: Readonly<Record<string, EditableField>> }>(
      `${path}/editmeta`,
      {
        query: {
          overrideScreenSecurity: options.overrideScreenSecurity,
          overrideEditableFlag: options.overrideEditableFlag,
        },
        ...callOptions,
      },
    );
    editable = meta.fields;
    if (typeof editable !== 'object' || editable === null) return error;
  } catch {
    return error;
  }
  const refused = ids.filter((id) => CANNOT_BE_SET.test(error.errors[id] ?? ''));
  if (refused.length === 0) return withAllowed(error, given, editable);
  const found = diagnoseRefusedFields({
    refused,
    fields: await names.known(),
    settable: new Set(Object.keys(editable)),
    overridesScreen: options.overrideScreenSecurity === true,
    appKey: descriptor?.key,
    isOwnReadOnly: (field) => fieldPropertyOf(descriptor, field) !== undefined,
  });
  if (found === undefined) return error;
  const diagnosis = diagnoseAs(found.cause, found.evidence, found.confidence);
  return withDiagnosis(
    error,
    found.fix === undefined ? diagnosis : { ...diagnosis, fix: found.fix },
  );
}

/** What the field takes here, where the value that Jira refused is not of it. */
function withAllowed(
  error: JiraApiError,
  given: readonly NamedField[],
  editable: Readonly<Record<string, EditableField>>,
): JiraApiError {
  for (const { field, value } of given) {
    const allowedValues = editable[field.id]?.allowedValues;
    if (error.errors[field.id] === undefined || allowedValues === undefined) continue;
    try {
      shapeValue({ ...field, allowedValues }, value);
    } catch (problem) {
      if (!isJiraApiError(problem)) continue;
      const diagnosis = diagnoseAs('CS-BAD-VALUE', problem.message);
      return withDiagnosis(error, { ...diagnosis, fix: problem.hint });
    }
  }
  return error;
}

function withDiagnosis(error: JiraApiError, diagnosis: Diagnosis): JiraApiError {
  const { code, message, method, path, status, errorMessages, errors, retryAfterSeconds } = error;
  return new JiraApiError(code, message, {
    ...(method === undefined ? {} : { method }),
    ...(path === undefined ? {} : { path }),
    ...(status === undefined ? {} : { status }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...{ errorMessages, errors, diagnosis, hint: diagnosis.fix },
  });
}

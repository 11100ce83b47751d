import { isJiraApiError, JiraApiError, nearest } from '../errors.ts';
import type { JiraCalls } from './calls.ts';
import type { JiraHost } from './credentials.ts';
import { diagnoseAs } from './diagnose.ts';
import { createEditIssue, type EditIssue } from './edit-issue.ts';
import { createOverrideCheck } from './field-overrides.ts';
import { createSetField, type SetField } from './set-field.ts';

/** What a field's values are. */
export interface FieldSchema {
  /** As in `string`, `number`, `user`, `array`. */
  readonly type: string;
  /** Of an array: the type of its items. */
  readonly items?: string;
  /** Of a field of Jira itself: its name. */
  readonly system?: string;
  /**
   * Of a custom field: its type, as in `com.atlassian.jira.plugin.system.customfieldtypes:textfield`,
   * `com.atlassian.plugins.atlassian-connect-plugin:<appKey>__<moduleKey>`, or
   * `ari:cloud:ecosystem::extension/<appId>/<environmentId>/static/<moduleKey>`.
   */
  readonly custom?: string;
  readonly customId?: number;
}

/**
 * A field as `GET /rest/api/3/field` lists it.
 *
 * @see https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-fields/
 */
export interface JiraField {
  readonly id: string;
  readonly name: string;
  readonly custom: boolean;
  /** The id again, or `<appKey>__<moduleKey>` of a Connect app's field. */
  readonly key?: string;
  readonly schema?: FieldSchema;
}

/** One of the fields that a caller named, with the value that was given for it. */
export interface NamedField {
  readonly field: JiraField;
  readonly value: unknown;
}

/** Long enough to spare most calls, short enough that a renamed field is found the same hour. */
const MAX_AGE_MS = 5 * 60 * 1000;

/** Finds fields by what a caller calls them, for one installation. */
export interface FieldNames {
  /**
   * The fields that are named, in their order. Ids of custom fields alone are taken as they are where Jira does not list
   * them, or gives no list: it lists those alone that the app user may see.
   *
   * @throws JiraApiError JIRA_FIELD_UNKNOWN, JIRA_FIELD_AMBIGUOUS; the reason of the signal.
   */
  resolve(fields: Readonly<Record<string, unknown>>, signal?: AbortSignal): Promise<NamedField[]>;
  /** The list at hand, if there is one. It asks nobody. */
  known(): Promise<readonly JiraField[] | undefined>;
}

/** The list is fetched when it is first needed, once at a time, and kept for five minutes. */
export function createFieldNames(
  load: () => Promise<readonly JiraField[]>,
  now: () => number,
): FieldNames {
  let cached: { fields: Promise<readonly JiraField[]>; loadedAt: number } | undefined;

  const list = (olderThan: number): Promise<readonly JiraField[]> => {
    if (cached === undefined || cached.loadedAt <= olderThan) {
      const fields = load();
      const entry = { fields, loadedAt: now() };
      cached = entry;
      fields.catch(() => {
        if (cached === entry) cached = undefined;
      });
    }
    return cached.fields;
  };

  return {
    async resolve(fields, signal) {
      const asked = now();
      const names = Object.keys(fields);
      if (names.length === 0) return [];
      const onlyIds = names.every((name) => /^customfield_\d+$/.test(name));
      let known: readonly JiraField[];
      try {
        known = await untilAborted(list(asked - MAX_AGE_MS), signal);
        if (!onlyIds && names.some((name) => fieldsOf(name, known).length === 0)) {
          // The field may be younger than the list.
          known = await untilAborted(list(asked - 1), signal);
        }
      } catch (error) {
        if (!onlyIds || !isDispensable(error)) throw error;
        known = [];
      }
      const found = new Map<string, NamedField>();
      for (const name of names) {
        const field = onlyIds
          ? (known.find(({ id }) => id === name) ?? { id: name, name, custom: true })
          : onlyField(name, known);
        if (found.has(field.id)) {
          throw new JiraApiError('JIRA_FIELD_AMBIGUOUS', `The field ${field.id} is given twice.`, {
            hint: 'Give each field once: by its name or by its id.',
          });
        }
        found.set(field.id, { field, value: fields[name] });
      }
      return [...found.values()];
    },
    known: async () => cached?.fields.catch(() => undefined),
  };
}

/** Whether an edit may well succeed without the list that failed so: one that Jira refuses, or that cannot be read. */
function isDispensable(error: unknown): boolean {
  if (!isJiraApiError(error)) return false;
  const { code, status = 0 } = error;
  return /^JIRA_ANSWER_/.test(code) || (status >= 400 && status < 500 && status !== 429);
}

/** All callers wait for one list, so the signal of one of them ends its own waiting alone. */
async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  signal.throwIfAborted();
  let stop = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    const listener = () => reject(signal.reason);
    signal.addEventListener('abort', listener, { once: true });
    stop = () => signal.removeEventListener('abort', listener);
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    stop();
  }
}

/** An id always means itself, even if another field has it as its name; then come keys, and the types of Forge apps. */
function fieldsOf(name: string, fields: readonly JiraField[]): readonly JiraField[] {
  const [byId] = fields.filter(({ id }) => id === name);
  if (byId !== undefined) return [byId];
  const byKey = fields.filter(({ key, schema }) => key === name || isForgeType(schema, name));
  return byKey.length > 0 ? byKey : fields.filter((field) => field.name === name);
}

function isForgeType(schema: FieldSchema | undefined, name: string): boolean {
  return name.startsWith('ari:') && schema?.custom === name;
}

function onlyField(name: string, fields: readonly JiraField[]): JiraField {
  const found = fieldsOf(name, fields);
  const [field] = found;
  if (field === undefined) {
    const near = nearest(
      name,
      fields.flatMap((each) => [each.name, each.id, each.key ?? each.id]),
    );
    throw new JiraApiError(
      'JIRA_FIELD_UNKNOWN',
      `Jira lists no field '${name}'.${near === undefined ? '' : ` Did you mean '${near}'?`}`,
      {
        path: '/rest/api/3/field',
        diagnosis: diagnoseAs('CS-FIELD-UNKNOWN', `Jira lists no field '${name.slice(0, 80)}'.`),
      },
    );
  }
  if (found.length > 1) {
    throw new JiraApiError(
      'JIRA_FIELD_AMBIGUOUS',
      `${found.length} fields are named '${name}': ${found.map(({ id }) => id).join(', ')}.`,
      { path: '/rest/api/3/field' },
    );
  }
  return field;
}

/** What of an app's descriptor the edits of fields read. */
export interface FieldDescriptor {
  readonly key?: string;
  readonly scopes?: readonly string[];
  readonly modules?: Readonly<Record<string, unknown>>;
}

/** What {@link createFields} needs. */
export interface FieldsOptions {
  readonly now: () => number;
  readonly descriptor?: FieldDescriptor | undefined;
  /** The id of the Forge app, bare or as an ARI: its own custom fields are written in a way of their own. */
  readonly forgeAppId?: string | undefined;
  /** Which way the next call goes. */
  readonly host: () => Promise<JiraHost>;
}

/** Edits of issues, over the plain calls of a client. */
export interface Fields {
  readonly editIssue: EditIssue;
  readonly setField: SetField;
}

export function createFields(calls: JiraCalls, options: FieldsOptions): Fields {
  const { now, descriptor, forgeAppId, host } = options;
  const names = createFieldNames(async () => {
    const listed = await calls.get<readonly JiraField[] | undefined>('/rest/api/3/field');
    if (Array.isArray(listed)) return listed;
    throw new JiraApiError('JIRA_ANSWER_INVALID', 'Jira gave no list of fields.', {
      method: 'GET',
      path: '/rest/api/3/field',
    });
  }, now);
  const overrides = createOverrideCheck(calls, { now, descriptor, host });
  const editIssue = createEditIssue({ calls, names, overrides, descriptor });
  const setField = createSetField({
    ...{ calls, names, overrides, editIssue, host },
    ...{ descriptor, forgeAppId: forgeAppId?.slice(forgeAppId.lastIndexOf('/') + 1).toLowerCase() },
  });
  return { editIssue, setField };
}

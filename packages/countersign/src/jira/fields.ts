import { JiraApiError, nearest } from '../errors.ts';
import { diagnoseAs } from './diagnose.ts';

/** A field as `GET /rest/api/3/field` lists it, as far as names and ids go. */
export interface JiraField {
  readonly id: string;
  readonly name: string;
  readonly custom: boolean;
}

/** Long enough to spare most calls, short enough that a renamed field is found the same hour. */
const MAX_AGE_MS = 5 * 60 * 1000;

/** Turns names of fields into ids, for one installation. */
export interface FieldNames {
  /**
   * The same fields, keyed by id.
   *
   * @throws JiraApiError JIRA_FIELD_UNKNOWN, JIRA_FIELD_AMBIGUOUS.
   */
  toIds(fields: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>>;
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
    async toIds(fields) {
      const asked = now();
      const names = Object.keys(fields);
      if (names.every((name) => /^customfield_\d+$/.test(name))) return { ...fields };
      let known = await list(asked - MAX_AGE_MS);
      if (names.some((name) => idsOf(name, known).length === 0)) {
        // The field may be younger than the list.
        known = await list(asked - 1);
      }
      const byId: Record<string, unknown> = {};
      for (const name of names) {
        const id = onlyId(name, known);
        if (id in byId) {
          throw new JiraApiError('JIRA_FIELD_AMBIGUOUS', `The field ${id} is given twice.`, {
            hint: 'Give each field once: by its name or by its id.',
          });
        }
        byId[id] = fields[name];
      }
      return byId;
    },
  };
}

/** An id always means itself, even if another field has it as its name. */
function idsOf(nameOrId: string, fields: readonly JiraField[]): string[] {
  if (fields.some(({ id }) => id === nameOrId)) return [nameOrId];
  return fields.filter(({ name }) => name === nameOrId).map(({ id }) => id);
}

function onlyId(nameOrId: string, fields: readonly JiraField[]): string {
  const ids = idsOf(nameOrId, fields);
  const [id] = ids;
  if (id === undefined) {
    const near = nearest(
      nameOrId,
      fields.flatMap((field) => [field.name, field.id]),
    );
    throw new JiraApiError(
      'JIRA_FIELD_UNKNOWN',
      `Jira lists no field '${nameOrId}'.${near === undefined ? '' : ` Did you mean '${near}'?`}`,
      {
        path: '/rest/api/3/field',
        diagnosis: diagnoseAs(
          'CS-FIELD-UNKNOWN',
          `Jira lists no field '${nameOrId.slice(0, 80)}'.`,
        ),
      },
    );
  }
  if (ids.length > 1) {
    throw new JiraApiError(
      'JIRA_FIELD_AMBIGUOUS',
      `${ids.length} fields are named '${nameOrId}': ${ids.join(', ')}.`,
      { path: '/rest/api/3/field' },
    );
  }
  return id;
}

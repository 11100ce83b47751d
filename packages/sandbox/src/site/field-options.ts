import type { DatabaseSync } from 'node:sqlite';

/** An option of a select field. Of an app's field, its id is its own within the field. */
export interface FieldOption {
  id: number;
  value: string;
  /** Of a cascading field: the option that it stands below. */
  parentId?: number;
  /** What the app keeps with it. */
  properties?: Record<string, unknown>;
  config?: Record<string, unknown>;
}

export class FieldOptions {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Also those that stand below others. */
  of(fieldId: string): FieldOption[] {
    return this.#database
      .prepare(
        'SELECT id, value, parent_id, properties, config FROM field_option WHERE field_id = ? ORDER BY id',
      )
      .all(fieldId)
      .map(toOption);
  }

  find(fieldId: string, id: number): FieldOption | undefined {
    return this.of(fieldId).find((option) => option.id === id);
  }

  /** With an id that no option of the field has had. */
  add(fieldId: string, option: Omit<FieldOption, 'id'>): FieldOption {
    const name = `last-number-option-${fieldId}`;
    const row = this.#database.prepare('SELECT value FROM setting WHERE name = ?').get(name);
    const used = this.of(fieldId).map(({ id }) => id);
    const id = Math.max(0, Number(row?.value ?? 0), ...used) + 1;
    this.#database
      .prepare(
        `INSERT INTO setting (name, value) VALUES (?, ?)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
      )
      .run(name, String(id));
    return this.save(fieldId, { ...option, id });
  }

  save(fieldId: string, option: FieldOption): FieldOption {
    const { id, value, parentId, properties, config } = option;
    this.#database
      .prepare(
        `INSERT INTO field_option (field_id, id, value, parent_id, properties, config) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (field_id, id) DO UPDATE SET value = excluded.value, parent_id = excluded.parent_id,
           properties = excluded.properties, config = excluded.config`,
      )
      .run(fieldId, id, value, parentId ?? null, jsonOrNull(properties), jsonOrNull(config));
    return option;
  }

  remove(fieldId: string, id: number): void {
    this.#database
      .prepare('DELETE FROM field_option WHERE field_id = ? AND id = ?')
      .run(fieldId, id);
  }
}

function jsonOrNull(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

function toOption(row: Record<string, unknown>): FieldOption {
  const { parent_id: parentId, properties, config } = row;
  return {
    id: Number(row.id),
    value: String(row.value),
    ...(parentId === null ? {} : { parentId: Number(parentId) }),
    ...(properties === null ? {} : { properties: JSON.parse(String(properties)) }),
    ...(config === null ? {} : { config: JSON.parse(String(config)) }),
  };
}

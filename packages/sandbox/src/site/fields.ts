import type { DatabaseSync } from 'node:sqlite';

/**
 * How a field's value is checked when it is set. `derived` is set by Jira alone, and `property` shows an issue property.
 */
export type FieldKind =
  | 'text'
  | 'longtext'
  | 'document'
  | 'number'
  | 'date'
  | 'datetime'
  | 'url'
  | 'user'
  | 'group'
  | 'labels'
  | 'priority'
  | 'select'
  | 'cascade'
  | 'object'
  | 'property'
  | 'derived';

/** What a read_only field of a Connect app shows. */
export interface FieldProperty {
  key: string;
  path: string;
  type: 'number' | 'string' | 'date';
}

/** The app that brought a field. */
export interface FieldOwner {
  host: 'connect' | 'forge';
  /** The key of a Connect app, the bare id of a Forge app. */
  appId: string;
  /** As callers of the REST API are named. */
  appKey: string;
  moduleKey: string;
  /** Of Forge: written by the app alone. */
  readOnly?: boolean;
  property?: FieldProperty;
}

export interface Field {
  id: string;
  name: string;
  kind: FieldKind;
  custom: boolean;
  /** On the create and edit screens. Setting another needs overrideScreenSecurity. */
  onScreen: boolean;
  /** It holds several values, each of this kind. Labels are always several. */
  list: boolean;
  /** The id again, or what a field of an app is called by. */
  key: string;
  /** The type of a custom field, as the schema has it. */
  type?: string;
  description?: string;
  /** The ids of the only projects that have it. */
  projects?: number[];
  app?: FieldOwner;
}

/** A field as an app declares it. */
export interface AppField {
  name: string;
  kind: FieldKind;
  list: boolean;
  key: string;
  type: string;
  description: string;
  app: FieldOwner;
}

/** A field as an administrator makes it: on no screen. */
export interface NewField {
  name: string;
  kind: FieldKind;
  list: boolean;
  type: string;
  description: string;
}

export const priorities: readonly { id: string; name: string }[] = [
  { id: '1', name: 'Highest' },
  { id: '2', name: 'High' },
  { id: '3', name: 'Medium' },
  { id: '4', name: 'Low' },
  { id: '5', name: 'Lowest' },
];

const columns =
  'id, name, kind, custom, on_screen, list, key, type, description, projects, app, hidden, position';
/** Below it are the fields of the seed. */
const firstFreeNumber = 10100;

export class Fields {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  all(): Field[] {
    return this.#rows('WHERE hidden = 0').map(toField);
  }

  find(id: string): Field | undefined {
    return this.#rows('WHERE hidden = 0 AND id = ?', id).map(toField)[0];
  }

  findByIdOrKey(idOrKey: string): Field | undefined {
    return (
      this.find(idOrKey) ?? this.#rows('WHERE hidden = 0 AND key = ?', idOrKey).map(toField)[0]
    );
  }

  create({ name, kind, list, type, description }: NewField): Field {
    const id = this.#newId();
    this.#insert(id, { name, kind, list, type, description, key: null, app: null });
    return this.find(id) as Field;
  }

  putOnScreen(id: string): void {
    this.#database.prepare('UPDATE field SET on_screen = 1 WHERE id = ?').run(id);
  }

  /**
   * Makes the fields of an app those that it declares. The others of the app are hidden and keep their values, for the
   * day that it declares them again.
   */
  sync(host: FieldOwner['host'], appId: string, declared: readonly AppField[]): void {
    const known = this.#rows('WHERE app IS NOT NULL')
      .map((row) => ({ id: String(row.id), app: JSON.parse(String(row.app)) as FieldOwner }))
      .filter(({ app }) => app.host === host && app.appId === appId);
    const hide = this.#database.prepare('UPDATE field SET hidden = 1 WHERE id = ?');
    for (const { id } of known) hide.run(id);
    const update = this.#database.prepare(
      `UPDATE field SET name = ?, kind = ?, list = ?, key = ?, type = ?, description = ?, app = ?, hidden = 0
       WHERE id = ?`,
    );
    for (const field of declared) {
      const { name, kind, list, key, type, description } = field;
      const app = JSON.stringify(field.app);
      const same = known.find(({ app: { moduleKey } }) => moduleKey === field.app.moduleKey);
      if (same) update.run(name, kind, list ? 1 : 0, key, type, description, app, same.id);
      else this.#insert(this.#newId(), { name, kind, list, type, description, key, app });
    }
  }

  #insert(
    id: string,
    field: NewField & { key: string | null; app: string | null },
    position = this.#nextPosition(),
  ): void {
    this.#database
      .prepare(
        `INSERT INTO field (id, name, kind, custom, on_screen, position, list, key, type, description, app)
         VALUES (?, ?, ?, 1, 0, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        id,
        field.name,
        field.kind,
        position,
        field.list ? 1 : 0,
        field.key,
        field.type,
        field.description,
        field.app,
      );
  }

  #newId(): string {
    const numbers = this.#rows("WHERE id LIKE 'customfield_%'").map(({ id }) =>
      Number(String(id).slice('customfield_'.length)),
    );
    return `customfield_${Math.max(firstFreeNumber - 1, ...numbers) + 1}`;
  }

  #nextPosition(): number {
    const row = this.#database.prepare('SELECT MAX(position) AS last FROM field').get();
    return Number(row?.last ?? 0) + 1;
  }

  #rows(where: string, ...values: string[]): Record<string, unknown>[] {
    return this.#database
      .prepare(`SELECT ${columns} FROM field ${where} ORDER BY position`)
      .all(...values);
  }
}

function toField(row: Record<string, unknown>): Field {
  const { type, description, projects, app } = row;
  return {
    id: String(row.id),
    name: String(row.name),
    kind: row.kind as FieldKind,
    custom: row.custom === 1,
    onScreen: row.on_screen === 1,
    list: row.list === 1,
    key: String(row.key ?? row.id),
    ...(type === null ? {} : { type: String(type) }),
    ...(description === null ? {} : { description: String(description) }),
    ...(projects === null ? {} : { projects: JSON.parse(String(projects)) as number[] }),
    ...(app === null ? {} : { app: JSON.parse(String(app)) as FieldOwner }),
  };
}

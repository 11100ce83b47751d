import type { DatabaseSync } from 'node:sqlite';

/** How a field's value is checked when it is set. `derived` is set by Jira alone. */
export type FieldKind = 'text' | 'document' | 'number' | 'user' | 'labels' | 'priority' | 'derived';

export interface Field {
  id: string;
  name: string;
  kind: FieldKind;
  custom: boolean;
  /** On the create and edit screens. Setting another needs overrideScreenSecurity. */
  onScreen: boolean;
}

export const priorities: readonly { id: string; name: string }[] = [
  { id: '1', name: 'Highest' },
  { id: '2', name: 'High' },
  { id: '3', name: 'Medium' },
  { id: '4', name: 'Low' },
  { id: '5', name: 'Lowest' },
];

export class Fields {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  all(): Field[] {
    return this.#database
      .prepare('SELECT id, name, kind, custom, on_screen FROM field ORDER BY position')
      .all()
      .map((row) => ({
        id: String(row.id),
        name: String(row.name),
        kind: row.kind as FieldKind,
        custom: row.custom === 1,
        onScreen: row.on_screen === 1,
      }));
  }

  find(id: string): Field | undefined {
    return this.all().find((field) => field.id === id);
  }
}

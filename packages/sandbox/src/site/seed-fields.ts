import type { DatabaseSync } from 'node:sqlite';
import { FieldOptions } from './field-options.ts';
import type { FieldKind } from './fields.ts';

type SeededField = [id: string, name: string, kind: FieldKind, onScreen: boolean];

// Two fields have the same name on purpose: looking a field up by its name can be ambiguous.
const fields: SeededField[] = [
  ['summary', 'Summary', 'text', true],
  ['description', 'Description', 'document', true],
  ['issuetype', 'Issue Type', 'derived', false],
  ['project', 'Project', 'derived', false],
  ['status', 'Status', 'derived', false],
  ['priority', 'Priority', 'priority', true],
  ['labels', 'Labels', 'labels', true],
  ['assignee', 'Assignee', 'user', true],
  ['reporter', 'Reporter', 'user', false],
  ['creator', 'Creator', 'derived', false],
  ['created', 'Created', 'derived', false],
  ['updated', 'Updated', 'derived', false],
  ['customfield_10042', 'Site location', 'text', false],
  ['customfield_10050', 'Story points', 'number', true],
  ['customfield_10061', 'Region', 'text', true],
  ['customfield_10062', 'Region', 'text', true],
  ['customfield_10063', 'Severity', 'select', true],
  ['customfield_10064', 'Platforms', 'select', true],
  ['customfield_10065', 'Place', 'cascade', true],
  ['customfield_10066', 'Target date', 'date', true],
  ['customfield_10067', 'Opening time', 'datetime', true],
  ['customfield_10068', 'Site manager', 'user', true],
  ['customfield_10069', 'Notes', 'document', true],
  ['customfield_10070', 'Plan', 'url', true],
  ['customfield_10071', 'Equipment', 'labels', true],
  ['customfield_10072', 'Contacts', 'user', true],
  // Of the project YY alone.
  ['customfield_10073', 'Warehouse', 'select', true],
  ['duedate', 'Due date', 'date', true],
  ['environment', 'Environment', 'document', true],
  ['attachment', 'Attachment', 'derived', false],
];

const lists = ['attachment', 'customfield_10064', 'customfield_10072'];
const projects: Record<string, number[]> = { customfield_10073: [10001] };

/** Values, with those below them. */
const options: Record<string, (string | [value: string, children: string[]])[]> = {
  customfield_10063: ['Low', 'Medium', 'High'],
  customfield_10064: ['Web', 'iOS', 'Android'],
  customfield_10065: [
    ['Europe', ['Portugal', 'Norway']],
    ['Asia', ['Japan', 'India']],
  ],
  customfield_10073: ['North', 'South'],
};
const firstOptionId = 10200;

/** Adds those that are not there: a site of an older sandbox has fewer. */
export function addFields(database: DatabaseSync): void {
  const insert = database.prepare(
    `INSERT INTO field (id, name, kind, custom, on_screen, position, list, projects) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO NOTHING`,
  );
  const store = new FieldOptions(database);
  let optionId = firstOptionId;
  for (const [position, [id, name, kind, onScreen]] of fields.entries()) {
    const custom = id.startsWith('customfield_') ? 1 : 0;
    const only = projects[id] === undefined ? null : JSON.stringify(projects[id]);
    const list = lists.includes(id) ? 1 : 0;
    const { changes } = insert.run(id, name, kind, custom, onScreen ? 1 : 0, position, list, only);
    for (const option of options[id] ?? []) {
      const [value, children] = typeof option === 'string' ? [option, []] : option;
      const parentId = optionId++;
      if (changes > 0) store.save(id, { id: parentId, value });
      for (const child of children) {
        const childId = optionId++;
        if (changes > 0) store.save(id, { id: childId, value: child, parentId });
      }
    }
  }
}

import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { transaction } from './database.ts';
import { documentFromText } from './document.ts';
import type { FieldKind } from './fields.ts';
import { Issues } from './issues.ts';
import { Permissions, permissionTypes } from './permissions.ts';

export const adminAccountId = '5b10ac8d82e05b22cc7d4ef5';
const readerAccountId = '5b10a2844c20165700ede21g';

const statuses: [id: number, name: string, category: string, editable: boolean][] = [
  [10000, 'To Do', 'new', true],
  [10001, 'In Progress', 'indeterminate', true],
  [10002, 'Done', 'done', false],
];

// Two fields have the same name on purpose: looking a field up by its name can be ambiguous.
const fields: [id: string, name: string, kind: FieldKind, onScreen: boolean][] = [
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
];

const issues: [number: number, summary: string, statusId: number, description: string][] = [
  [1, 'Open the new office', 10001, 'Everything that has to happen before people move in.'],
  [20, 'Order the desks', 10000, 'Twelve desks, two of them adjustable.'],
  [21, 'Find the site location', 10000, 'The app should write it into "Site location".'],
  [22, 'Sign the lease', 10002, 'Signed. Done issues cannot be edited on this site.'],
];

const stateTables = [
  'comment',
  'issue_value',
  'issue',
  'app',
  'forge_app',
  'request',
  'field',
  'status',
  'project',
  'permission',
];

/** Fills an empty state. */
export function seed(database: DatabaseSync, now: number): void {
  const seeded = database.prepare('SELECT 1 FROM project').get() !== undefined;
  if (seeded) return;
  transaction(database, () => {
    addPeople(database);
    addConfiguration(database);
    addIssues(database, now);
  });
}

/** Back to the seed. The site stays the same site: its clientKey, its keys and its people's API tokens remain. */
export function resetToSeed(database: DatabaseSync, now: number): void {
  transaction(database, () => {
    for (const table of stateTables) database.exec(`DELETE FROM ${table}`);
    database.exec("DELETE FROM account WHERE account_type = 'app'");
    database.exec("DELETE FROM setting WHERE name LIKE 'last-number-%'");
    database.exec("DELETE FROM sqlite_sequence WHERE name IN ('issue', 'comment')");
  });
  seed(database, now);
}

function addPeople(database: DatabaseSync): void {
  const insert = database.prepare(
    `INSERT INTO account (account_id, display_name, email, account_type, api_token)
     VALUES (?, ?, ?, 'atlassian', ?) ON CONFLICT (account_id) DO NOTHING`,
  );
  insert.run(adminAccountId, 'Alex Admin', 'admin@example.com', newApiToken());
  insert.run(readerAccountId, 'Robin Reader', 'reader@example.com', newApiToken());
  const permissions = new Permissions(database);
  permissions.grant(
    adminAccountId,
    permissionTypes.map((permission) => permission.key),
  );
  permissions.grant(readerAccountId, ['BROWSE_PROJECTS', 'ADD_COMMENTS']);
}

function newApiToken(): string {
  return `sandbox-${randomBytes(24).toString('base64url')}`;
}

function addConfiguration(database: DatabaseSync): void {
  const insertProject = database.prepare('INSERT INTO project (id, key, name) VALUES (?, ?, ?)');
  insertProject.run(10000, 'XX', 'Example');
  insertProject.run(10001, 'YY', 'Another example');
  const insertStatus = database.prepare(
    'INSERT INTO status (id, name, category, editable) VALUES (?, ?, ?, ?)',
  );
  for (const [id, name, category, editable] of statuses) {
    insertStatus.run(id, name, category, editable ? 1 : 0);
  }
  const insertField = database.prepare(
    'INSERT INTO field (id, name, kind, custom, on_screen, position) VALUES (?, ?, ?, ?, ?, ?)',
  );
  for (const [position, [id, name, kind, onScreen]] of fields.entries()) {
    const custom = id.startsWith('customfield_');
    insertField.run(id, name, kind, custom ? 1 : 0, onScreen ? 1 : 0, position);
  }
  // Ids begin where they cannot be taken for the number of an issue key.
  database.exec(
    "INSERT INTO sqlite_sequence (name, seq) VALUES ('issue', 10000), ('comment', 10000)",
  );
}

function addIssues(database: DatabaseSync, at: number): void {
  const store = new Issues(database);
  for (const [number, summary, statusId, description] of issues) {
    const values = {
      summary,
      description: documentFromText(description),
      priority: '3',
      labels: [],
      reporter: adminAccountId,
      creator: adminAccountId,
    };
    const project = { id: 10000, key: 'XX' };
    store.insert({ project, number, statusId, typeId: 10001, values, at });
  }
}

import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { transaction } from './database.ts';
import { documentFromText } from './document.ts';
import { Issues } from './issues.ts';
import { Permissions, permissionTypes } from './permissions.ts';
import { addFields } from './seed-fields.ts';

export const adminAccountId = '5b10ac8d82e05b22cc7d4ef5';
const readerAccountId = '5b10a2844c20165700ede21g';
const memberAccountId = '5b109f2e9729b51b54dc274d';

const statuses: [id: number, name: string, category: string, editable: boolean][] = [
  [10000, 'To Do', 'new', true],
  [10001, 'In Progress', 'indeterminate', true],
  [10002, 'Done', 'done', false],
];

const issues: [number: number, summary: string, statusId: number, description: string][] = [
  [1, 'Open the new office', 10001, 'Everything that has to happen before people move in.'],
  [20, 'Order the desks', 10000, 'Twelve desks, two of them adjustable.'],
  [21, 'Find the site location', 10000, 'The app should write it into "Site location".'],
  [22, 'Sign the lease', 10002, 'Signed. Done issues cannot be edited on this site.'],
];

const stateTables = [
  'attachment',
  'record',
  'comment',
  'issue_value',
  'issue',
  'app',
  'forge_app',
  'request',
  'field_option',
  'field',
  'status',
  'project',
  'permission',
  'project_permission',
  'property',
];

/** Fills an empty state. */
export function seed(database: DatabaseSync, now: number): void {
  const seeded = database.prepare('SELECT 1 FROM project').get() !== undefined;
  if (seeded) {
    transaction(database, () => addFields(database));
    return;
  }
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
    database.exec('UPDATE account SET active = 1');
    database.exec("DELETE FROM setting WHERE name LIKE 'last-number-%'");
    database.exec("DELETE FROM sqlite_sequence WHERE name IN ('issue', 'comment')");
    database.exec("UPDATE sqlite_sequence SET seq = 10000 WHERE name IN ('record', 'attachment')");
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
  insert.run(memberAccountId, 'Max Member', 'member@example.com', newApiToken());
  const permissions = new Permissions(database);
  permissions.grant(
    adminAccountId,
    permissionTypes.map((permission) => permission.key),
  );
  permissions.grant(readerAccountId, [
    'BROWSE_PROJECTS',
    'ADD_COMMENTS',
    'EDIT_OWN_COMMENTS',
    'DELETE_OWN_COMMENTS',
    'USER_PICKER',
  ]);
  // A member of one project: what is allowed in XX is refused in YY.
  permissions.grantInProject(memberAccountId, 10000, [
    'BROWSE_PROJECTS',
    'EDIT_ISSUES',
    'ADD_COMMENTS',
    'EDIT_OWN_COMMENTS',
  ]);
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
  addFields(database);
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

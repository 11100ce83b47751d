import type { DatabaseSync } from 'node:sqlite';

export interface PermissionType {
  key: string;
  name: string;
  type: 'GLOBAL' | 'PROJECT';
  description: string;
}

export const permissionTypes: readonly PermissionType[] = [
  {
    key: 'ADMINISTER',
    name: 'Administer Jira',
    type: 'GLOBAL',
    description: 'Perform most administration functions.',
  },
  {
    key: 'BROWSE_PROJECTS',
    name: 'Browse Projects',
    type: 'PROJECT',
    description: 'Browse projects and the issues within them.',
  },
  {
    key: 'CREATE_ISSUES',
    name: 'Create Issues',
    type: 'PROJECT',
    description: 'Create issues.',
  },
  { key: 'EDIT_ISSUES', name: 'Edit Issues', type: 'PROJECT', description: 'Edit issues.' },
  { key: 'DELETE_ISSUES', name: 'Delete Issues', type: 'PROJECT', description: 'Delete issues.' },
  { key: 'ADD_COMMENTS', name: 'Add Comments', type: 'PROJECT', description: 'Comment on issues.' },
];

// What the project role atlassian-addons-project-access gives every app user, in every project.
const appRole = [
  'BROWSE_PROJECTS',
  'CREATE_ISSUES',
  'EDIT_ISSUES',
  'DELETE_ISSUES',
  'ADD_COMMENTS',
];

export class Permissions {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** An anonymous caller (no account) holds no permission on this site. */
  holds(accountId: string | undefined, permission: string): boolean {
    if (accountId === undefined) return false;
    const statement = this.#database.prepare(
      'SELECT 1 FROM permission WHERE account_id = ? AND name = ?',
    );
    return statement.get(accountId, permission) !== undefined;
  }

  grant(accountId: string, names: readonly string[]): void {
    this.#database.prepare('DELETE FROM permission WHERE account_id = ?').run(accountId);
    const insert = this.#database.prepare(
      'INSERT INTO permission (account_id, name) VALUES (?, ?)',
    );
    for (const name of names) insert.run(accountId, name);
  }

  grantToApp(accountId: string, administers: boolean): void {
    this.grant(accountId, administers ? [...appRole, 'ADMINISTER'] : appRole);
  }
}

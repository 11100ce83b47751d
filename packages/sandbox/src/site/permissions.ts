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
  {
    key: 'ASSIGN_ISSUES',
    name: 'Assign Issues',
    type: 'PROJECT',
    description: 'Assign issues to other people.',
  },
  {
    key: 'ASSIGNABLE_USER',
    name: 'Assignable User',
    type: 'PROJECT',
    description: 'Be assigned to issues.',
  },
  {
    key: 'LINK_ISSUES',
    name: 'Link Issues',
    type: 'PROJECT',
    description: 'Link issues to one another and to other systems.',
  },
  {
    key: 'TRANSITION_ISSUES',
    name: 'Transition Issues',
    type: 'PROJECT',
    description: 'Move issues to another status.',
  },
  {
    key: 'WORK_ON_ISSUES',
    name: 'Work On Issues',
    type: 'PROJECT',
    description: 'Log work on issues.',
  },
  {
    key: 'EDIT_OWN_WORKLOGS',
    name: 'Edit Own Worklogs',
    type: 'PROJECT',
    description: 'Edit own worklogs.',
  },
  {
    key: 'EDIT_ALL_WORKLOGS',
    name: 'Edit All Worklogs',
    type: 'PROJECT',
    description: 'Edit all worklogs.',
  },
  {
    key: 'DELETE_OWN_WORKLOGS',
    name: 'Delete Own Worklogs',
    type: 'PROJECT',
    description: 'Delete own worklogs.',
  },
  {
    key: 'DELETE_ALL_WORKLOGS',
    name: 'Delete All Worklogs',
    type: 'PROJECT',
    description: 'Delete all worklogs.',
  },
  {
    key: 'DELETE_OWN_COMMENTS',
    name: 'Delete Own Comments',
    type: 'PROJECT',
    description: 'Delete own comments.',
  },
  {
    key: 'DELETE_ALL_COMMENTS',
    name: 'Delete All Comments',
    type: 'PROJECT',
    description: 'Delete all comments.',
  },
  {
    key: 'CREATE_ATTACHMENTS',
    name: 'Create Attachments',
    type: 'PROJECT',
    description: 'Attach files to issues.',
  },
  {
    key: 'DELETE_OWN_ATTACHMENTS',
    name: 'Delete Own Attachments',
    type: 'PROJECT',
    description: 'Delete own attachments.',
  },
  {
    key: 'DELETE_ALL_ATTACHMENTS',
    name: 'Delete All Attachments',
    type: 'PROJECT',
    description: 'Delete all attachments.',
  },
  {
    key: 'MANAGE_WATCHERS',
    name: 'Manage Watchers',
    type: 'PROJECT',
    description: 'Change the watchers of issues.',
  },
  {
    key: 'MANAGE_SPRINTS_PERMISSION',
    name: 'Manage Sprints',
    type: 'PROJECT',
    description: 'Create, change and delete sprints.',
  },
  {
    key: 'SERVICEDESK_AGENT',
    name: 'Service Project Agent',
    type: 'PROJECT',
    description: 'Work on the requests of a service project.',
  },
  {
    key: 'USER_PICKER',
    name: 'Browse Users',
    type: 'GLOBAL',
    description: 'Find and read users.',
  },
  {
    key: 'EDIT_OWN_COMMENTS',
    name: 'Edit Own Comments',
    type: 'PROJECT',
    description: 'Edit own comments made on issues.',
  },
  {
    key: 'EDIT_ALL_COMMENTS',
    name: 'Edit All Comments',
    type: 'PROJECT',
    description: 'Edit all comments made on issues.',
  },
  {
    key: 'ADMINISTER_PROJECTS',
    name: 'Administer Projects',
    type: 'PROJECT',
    description: 'Administer a project in Jira.',
  },
];

// What the project role atlassian-addons-project-access gives every app user, in every project.
const appRole = permissionTypes.map(({ key }) => key).filter((key) => key !== 'ADMINISTER');

export class Permissions {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /**
   * Whether the account holds the permission: everywhere, or in the project that is named. Without a project, only what
   * is held everywhere counts. An anonymous caller (no account) holds no permission on this site.
   */
  holds(accountId: string | undefined, permission: string, projectId?: number): boolean {
    if (accountId === undefined) return false;
    const everywhere = this.#database
      .prepare('SELECT 1 FROM permission WHERE account_id = ? AND name = ?')
      .get(accountId, permission);
    if (everywhere !== undefined) return true;
    if (projectId === undefined) return false;
    return this.projectsOf(accountId, permission).includes(projectId);
  }

  /** The projects that the permission was granted in one by one. */
  projectsOf(accountId: string, permission: string): number[] {
    return this.#database
      .prepare('SELECT project_id FROM project_permission WHERE account_id = ? AND name = ?')
      .all(accountId, permission)
      .map((row) => Number(row.project_id));
  }

  /** In every project, and global ones. It takes the place of what was granted before. */
  grant(accountId: string, names: readonly string[]): void {
    this.#database.prepare('DELETE FROM permission WHERE account_id = ?').run(accountId);
    const insert = this.#database.prepare(
      'INSERT INTO permission (account_id, name) VALUES (?, ?)',
    );
    for (const name of names) insert.run(accountId, name);
  }

  /** In one project. It takes the place of what was granted there before. */
  grantInProject(accountId: string, projectId: number, names: readonly string[]): void {
    this.#database
      .prepare('DELETE FROM project_permission WHERE account_id = ? AND project_id = ?')
      .run(accountId, projectId);
    const insert = this.#database.prepare(
      'INSERT INTO project_permission (account_id, project_id, name) VALUES (?, ?, ?)',
    );
    for (const name of names) insert.run(accountId, projectId, name);
  }

  grantToApp(accountId: string, administers: boolean): void {
    this.grant(accountId, administers ? [...appRole, 'ADMINISTER'] : appRole);
  }
}

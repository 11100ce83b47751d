import type { DatabaseSync } from 'node:sqlite';

export interface Project {
  id: number;
  key: string;
  name: string;
}

export interface Status {
  id: number;
  name: string;
  category: 'new' | 'indeterminate' | 'done';
  /** False stands for the workflow property jira.issue.editable=false. */
  editable: boolean;
}

export interface IssueType {
  id: number;
  name: string;
}

export const issueTypes: readonly IssueType[] = [
  { id: 10001, name: 'Task' },
  { id: 10002, name: 'Bug' },
];

/** YY is the site's service project; the others are software projects. */
export function projectType({ key }: Project): 'software' | 'service_desk' {
  return key === 'YY' ? 'service_desk' : 'software';
}

export class Projects {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  all(): Project[] {
    return this.#database
      .prepare('SELECT id, key, name FROM project ORDER BY key')
      .all() as unknown as Project[];
  }

  find(keyOrId: string | number): Project | undefined {
    const wanted = String(keyOrId).toUpperCase();
    return this.all().find((project) => project.key === wanted || String(project.id) === wanted);
  }

  statuses(): Status[] {
    return this.#database
      .prepare('SELECT id, name, category, editable FROM status ORDER BY id')
      .all()
      .map((row) => ({ ...row, editable: row.editable === 1 }) as unknown as Status);
  }
}

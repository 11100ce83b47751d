import type { DatabaseSync } from 'node:sqlite';
import { transaction } from './database.ts';
import type { AtlassianDocument } from './document.ts';

/** An issue as stored: values by field id, users by accountId, documents as ADF. */
export interface StoredIssue {
  id: number;
  key: string;
  number: number;
  projectId: number;
  statusId: number;
  typeId: number;
  created: number;
  updated: number;
  values: Record<string, unknown>;
}

export interface Comment {
  id: number;
  author: string;
  body: AtlassianDocument;
  created: number;
  updated: number;
  updateAuthor: string;
}

export interface NewIssue {
  project: { id: number; key: string };
  statusId: number;
  typeId: number;
  values: Record<string, unknown>;
  at: number;
  /** The seed's issues have fixed numbers; others get the next free one of their project. */
  number?: number;
}

const columns =
  'id, key, number, project_id AS projectId, status_id AS statusId, type_id AS typeId, created, updated';

export class Issues {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  all(): StoredIssue[] {
    const rows = this.#database
      .prepare(`SELECT ${columns} FROM issue ORDER BY project_id, number`)
      .all();
    return rows.map((row) => this.#withValues(row));
  }

  find(keyOrId: string): StoredIssue | undefined {
    const row = this.#database
      .prepare(`SELECT ${columns} FROM issue WHERE key = ? OR CAST(id AS TEXT) = ?`)
      .get(keyOrId.toUpperCase(), keyOrId);
    return row && this.#withValues(row);
  }

  create(issue: NewIssue): StoredIssue {
    return transaction(this.#database, () => this.insert(issue));
  }

  /** Like create, inside a transaction of the caller. */
  insert(issue: NewIssue): StoredIssue {
    const number = issue.number ?? this.#nextNumber(issue.project.id);
    const key = `${issue.project.key}-${number}`;
    const { lastInsertRowid: id } = this.#database
      .prepare(
        `INSERT INTO issue (key, number, project_id, status_id, type_id, created, updated)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(key, number, issue.project.id, issue.statusId, issue.typeId, issue.at, issue.at);
    this.#write(Number(id), issue.values);
    this.#rememberNumber(issue.project.id, number);
    return this.find(key) as StoredIssue;
  }

  /** All of the values, or none. */
  update(id: number, values: Record<string, unknown>, at: number): void {
    transaction(this.#database, () => {
      this.#write(id, values);
      this.#database.prepare('UPDATE issue SET updated = ? WHERE id = ?').run(at, id);
    });
  }

  setStatus(id: number, statusId: number, at: number): void {
    this.#database
      .prepare('UPDATE issue SET status_id = ?, updated = ? WHERE id = ?')
      .run(statusId, at, id);
  }

  delete(id: number): void {
    this.#database.prepare('DELETE FROM issue WHERE id = ?').run(id);
  }

  comments(issueId: number): Comment[] {
    return this.#database
      .prepare(
        `SELECT id, author, body, created, coalesce(updated, created) AS updated,
           coalesce(update_author, author) AS updateAuthor
         FROM comment WHERE issue_id = ? ORDER BY id`,
      )
      .all(issueId)
      .map((row) => ({ ...row, body: JSON.parse(String(row.body)) }) as unknown as Comment);
  }

  addComment(issueId: number, author: string, body: AtlassianDocument, at: number): Comment {
    const { lastInsertRowid } = this.#database
      .prepare('INSERT INTO comment (issue_id, author, body, created) VALUES (?, ?, ?, ?)')
      .run(issueId, author, JSON.stringify(body), at);
    this.#database.prepare('UPDATE issue SET updated = ? WHERE id = ?').run(at, issueId);
    return {
      id: Number(lastInsertRowid),
      author,
      body,
      created: at,
      updated: at,
      updateAuthor: author,
    };
  }

  /** The comment with its issue, whichever it is. */
  findComment(id: number): { comment: Comment; issueId: number } | undefined {
    const row = this.#database
      .prepare('SELECT issue_id AS issueId FROM comment WHERE id = ?')
      .get(id);
    if (!row) return undefined;
    const issueId = Number(row.issueId);
    const comment = this.comments(issueId).find((each) => each.id === id);
    return comment && { comment, issueId };
  }

  updateComment(id: number, author: string, body: AtlassianDocument, at: number): void {
    this.#database
      .prepare('UPDATE comment SET body = ?, update_author = ?, updated = ? WHERE id = ?')
      .run(JSON.stringify(body), author, at, id);
  }

  deleteComment(id: number): void {
    this.#database.prepare('DELETE FROM comment WHERE id = ?').run(id);
  }

  #write(id: number, values: Record<string, unknown>): void {
    const remove = this.#database.prepare(
      'DELETE FROM issue_value WHERE issue_id = ? AND field_id = ?',
    );
    const insert = this.#database.prepare(
      'INSERT INTO issue_value (issue_id, field_id, value) VALUES (?, ?, ?)',
    );
    for (const [fieldId, value] of Object.entries(values)) {
      remove.run(id, fieldId);
      if (value !== null) insert.run(id, fieldId, JSON.stringify(value));
    }
  }

  // The number of a deleted issue is not given out again, so the last one is kept apart from the issues.
  #nextNumber(projectId: number): number {
    const row = this.#database
      .prepare('SELECT value FROM setting WHERE name = ?')
      .get(`last-number-${projectId}`);
    return row ? Number(row.value) + 1 : 1;
  }

  #rememberNumber(projectId: number, number: number): void {
    this.#database
      .prepare(
        `INSERT INTO setting (name, value) VALUES (?, ?)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
      )
      .run(`last-number-${projectId}`, String(number));
  }

  #withValues(row: Record<string, unknown>): StoredIssue {
    const values: Record<string, unknown> = {};
    const rows = this.#database
      .prepare('SELECT field_id, value FROM issue_value WHERE issue_id = ?')
      .all(Number(row.id));
    for (const { field_id, value } of rows) values[String(field_id)] = JSON.parse(String(value));
    return { ...row, values } as unknown as StoredIssue;
  }
}

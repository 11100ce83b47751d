import type { DatabaseSync } from 'node:sqlite';

/** What a record belongs to; it is deleted with any of these issues. */
export interface RecordOwner {
  issueId?: number;
  otherIssueId?: number;
}

export interface StoredRecord<T> {
  id: number;
  issueId: number | undefined;
  otherIssueId: number | undefined;
  data: T;
}

/**
 * Things of one kind that an app can create on the site: worklogs, links, versions and the like. Each has an id of
 * Jira's kind; what else it holds is its own affair.
 */
export class Records<T extends object> {
  readonly #database: DatabaseSync;
  readonly #kind: string;

  constructor(database: DatabaseSync, kind: string) {
    this.#database = database;
    this.#kind = kind;
  }

  add(data: T, { issueId, otherIssueId }: RecordOwner = {}): StoredRecord<T> {
    const { lastInsertRowid } = this.#database
      .prepare('INSERT INTO record (kind, issue_id, other_issue_id, data) VALUES (?, ?, ?, ?)')
      .run(this.#kind, issueId ?? null, otherIssueId ?? null, JSON.stringify(data));
    return { id: Number(lastInsertRowid), issueId, otherIssueId, data };
  }

  all(): StoredRecord<T>[] {
    return this.#select('kind = ?', this.#kind);
  }

  /** Those of one issue; a link belongs to both of its issues. */
  ofIssue(issueId: number): StoredRecord<T>[] {
    return this.#select(
      'kind = ? AND (issue_id = ? OR other_issue_id = ?)',
      this.#kind,
      issueId,
      issueId,
    );
  }

  find(id: string | number): StoredRecord<T> | undefined {
    return this.#select('kind = ? AND CAST(id AS TEXT) = ?', this.#kind, String(id))[0];
  }

  update(id: number, data: T): void {
    this.#database.prepare('UPDATE record SET data = ? WHERE id = ?').run(JSON.stringify(data), id);
  }

  remove(id: number): void {
    this.#database.prepare('DELETE FROM record WHERE id = ?').run(id);
  }

  #select(where: string, ...values: (string | number)[]): StoredRecord<T>[] {
    return this.#database
      .prepare(`SELECT id, issue_id, other_issue_id, data FROM record WHERE ${where} ORDER BY id`)
      .all(...values)
      .map((row) => ({
        id: Number(row.id),
        issueId: row.issue_id === null ? undefined : Number(row.issue_id),
        otherIssueId: row.other_issue_id === null ? undefined : Number(row.other_issue_id),
        data: JSON.parse(String(row.data)) as T,
      }));
  }
}

import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';

/** A file of an issue, without its bytes. */
export interface Attachment {
  id: number;
  issueId: number;
  author: string;
  fileName: string;
  mimeType: string;
  /** In bytes. */
  size: number;
  /** What the media host knows it by. */
  mediaId: string;
  created: number;
}

export type NewAttachment = Pick<
  Attachment,
  'issueId' | 'author' | 'fileName' | 'mimeType' | 'created'
> & { content: Uint8Array };

const columns =
  'id, issue_id AS issueId, author, file_name AS fileName, mime_type AS mimeType, size, media_id AS mediaId, created';

export class Attachments {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  add(attachment: NewAttachment): Attachment {
    const { issueId, author, fileName, mimeType, created, content } = attachment;
    const mediaId = randomUUID();
    const { lastInsertRowid } = this.#database
      .prepare(
        `INSERT INTO attachment (issue_id, author, file_name, mime_type, size, media_id, created, content)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(issueId, author, fileName, mimeType, content.length, mediaId, created, content);
    this.#database.prepare('UPDATE issue SET updated = ? WHERE id = ?').run(created, issueId);
    const id = Number(lastInsertRowid);
    return { id, issueId, author, fileName, mimeType, size: content.length, mediaId, created };
  }

  ofIssue(issueId: number): Attachment[] {
    return this.#database
      .prepare(`SELECT ${columns} FROM attachment WHERE issue_id = ? ORDER BY id`)
      .all(issueId) as unknown as Attachment[];
  }

  find(id: number): Attachment | undefined {
    return this.#findBy('id', id);
  }

  findByMediaId(mediaId: string): Attachment | undefined {
    return this.#findBy('media_id', mediaId);
  }

  content(id: number): Uint8Array {
    const row = this.#database.prepare('SELECT content FROM attachment WHERE id = ?').get(id);
    return (row?.content as Uint8Array | undefined) ?? new Uint8Array();
  }

  delete(id: number): void {
    this.#database.prepare('DELETE FROM attachment WHERE id = ?').run(id);
  }

  #findBy(column: 'id' | 'media_id', value: number | string): Attachment | undefined {
    return this.#database
      .prepare(`SELECT ${columns} FROM attachment WHERE ${column} = ?`)
      .get(value) as unknown as Attachment | undefined;
  }
}

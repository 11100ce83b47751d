import type { DatabaseSync } from 'node:sqlite';

/** What has properties. An app is named by its key, a user by the accountId, everything else by its number. */
export type PropertyOwner = 'app' | 'issue' | 'project' | 'user' | 'comment';

/**
 * What Jira accepts of a property.
 *
 * @see https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-properties/
 */
export const maximumKeyLength = 255;
export const maximumValueLength = 32_768;

/** The JSON values that apps keep with Jira's things. */
export class Properties {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** The keys, in their order. */
  list(owner: PropertyOwner, ownerId: string | number): string[] {
    return this.#database
      .prepare('SELECT key FROM property WHERE owner = ? AND owner_id = ? ORDER BY key')
      .all(owner, String(ownerId))
      .map(({ key }) => String(key));
  }

  /** Undefined where there is none; a value can be null. */
  get(owner: PropertyOwner, ownerId: string | number, key: string): unknown {
    const row = this.#database
      .prepare('SELECT value FROM property WHERE owner = ? AND owner_id = ? AND key = ?')
      .get(owner, String(ownerId), key);
    return row && JSON.parse(String(row.value));
  }

  /** @returns whether there was none before. */
  set(owner: PropertyOwner, ownerId: string | number, key: string, value: unknown): boolean {
    const created = this.get(owner, ownerId, key) === undefined;
    this.#database
      .prepare(
        `INSERT INTO property (owner, owner_id, key, value) VALUES (?, ?, ?, ?)
         ON CONFLICT (owner, owner_id, key) DO UPDATE SET value = excluded.value`,
      )
      .run(owner, String(ownerId), key, JSON.stringify(value));
    return created;
  }

  /** @returns whether there was one. */
  delete(owner: PropertyOwner, ownerId: string | number, key: string): boolean {
    const { changes } = this.#database
      .prepare('DELETE FROM property WHERE owner = ? AND owner_id = ? AND key = ?')
      .run(owner, String(ownerId), key);
    return Number(changes) > 0;
  }
}

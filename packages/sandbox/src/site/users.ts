import type { DatabaseSync } from 'node:sqlite';

export interface User {
  accountId: string;
  displayName: string;
  accountType: 'atlassian' | 'app';
  emailAddress?: string;
}

/** A person, with the API token that Basic authentication takes. */
export interface Person extends User {
  emailAddress: string;
  apiToken: string;
}

export class Users {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  find(accountId: string): User | undefined {
    const row = this.#database
      .prepare(
        'SELECT account_id, display_name, email, account_type FROM account WHERE account_id = ?',
      )
      .get(accountId);
    if (!row) return undefined;
    return {
      accountId: String(row.account_id),
      displayName: String(row.display_name),
      accountType: row.account_type as User['accountType'],
      ...(row.email === null ? {} : { emailAddress: String(row.email) }),
    };
  }

  people(): Person[] {
    return this.#database
      .prepare(
        "SELECT account_id, display_name, email, api_token FROM account WHERE account_type = 'atlassian' ORDER BY rowid",
      )
      .all()
      .map((row) => ({
        accountId: String(row.account_id),
        displayName: String(row.display_name),
        accountType: 'atlassian',
        emailAddress: String(row.email),
        apiToken: String(row.api_token),
      }));
  }

  addAppUser(accountId: string, displayName: string): void {
    this.#database
      .prepare(
        `INSERT INTO account (account_id, display_name, account_type) VALUES (?, ?, 'app')
         ON CONFLICT (account_id) DO UPDATE SET display_name = excluded.display_name`,
      )
      .run(accountId, displayName);
  }
}

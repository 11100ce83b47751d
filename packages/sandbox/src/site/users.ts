import type { DatabaseSync } from 'node:sqlite';

export interface User {
  accountId: string;
  displayName: string;
  accountType: 'atlassian' | 'app';
  emailAddress?: string;
  /** False of a person who was deactivated, and can log in no more. */
  active: boolean;
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
        'SELECT account_id, display_name, email, account_type, active FROM account WHERE account_id = ?',
      )
      .get(accountId);
    if (!row) return undefined;
    return {
      accountId: String(row.account_id),
      displayName: String(row.display_name),
      accountType: row.account_type as User['accountType'],
      active: row.active === 1,
      ...(row.email === null ? {} : { emailAddress: String(row.email) }),
    };
  }

  /** People and app users, the oldest first. */
  all(): User[] {
    return this.#database
      .prepare('SELECT account_id FROM account ORDER BY rowid')
      .all()
      .flatMap((row) => this.find(String(row.account_id)) ?? []);
  }

  people(): Person[] {
    return this.#database
      .prepare(
        "SELECT account_id, display_name, email, api_token, active FROM account WHERE account_type = 'atlassian' ORDER BY rowid",
      )
      .all()
      .map((row) => ({
        accountId: String(row.account_id),
        displayName: String(row.display_name),
        accountType: 'atlassian',
        emailAddress: String(row.email),
        apiToken: String(row.api_token),
        active: row.active === 1,
      }));
  }

  /** Throws where there is no such person. */
  setActive(accountId: string, active: boolean): void {
    const { changes } = this.#database
      .prepare("UPDATE account SET active = ? WHERE account_id = ? AND account_type = 'atlassian'")
      .run(active ? 1 : 0, accountId);
    if (changes === 0) throw new Error(`There is no person "${accountId}" on this site.`);
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

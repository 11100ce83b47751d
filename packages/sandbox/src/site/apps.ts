import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Descriptor } from '../hosts/connect/descriptor.ts';

/** What others may know of an installed app. The secret is not in it. */
export interface InstalledApp {
  key: string;
  name: string;
  /** The site's clientKey: the `iss` of every token that the site makes. */
  clientKey: string;
  /** The app's own base URL, from its descriptor. */
  baseUrl: string;
  descriptorUrl: string;
  enabled: boolean;
  scopes: string[];
  /** The app user, which acts when the app calls the REST API. */
  accountId: string;
  installedAt: string;
}

/** The stored record. An uninstalled app stays, so that a refusal can say what became of it. */
export interface AppRecord {
  key: string;
  state: 'enabled' | 'disabled' | 'uninstalled';
  baseUrl: string;
  descriptorUrl: string;
  descriptor: Descriptor;
  /** The site's URL as the app was last told it. */
  siteUrl: string;
  sharedSecret: string;
  /** Secrets of the past: they open nothing, and let a refusal say that an old one was used. */
  retiredSecrets: string[];
  oauthClientId: string;
  accountId: string;
  installedAt: number;
}

export class Apps {
  readonly #database: DatabaseSync;
  /** Asked for each webhook. */
  readonly #byKey: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#byKey = database.prepare('SELECT * FROM app WHERE key = ?');
  }

  /** Also those that were uninstalled. */
  records(): AppRecord[] {
    return this.#database
      .prepare('SELECT * FROM app ORDER BY installed_at, key')
      .all()
      .map(toRecord);
  }

  record(key: string): AppRecord | undefined {
    const row = this.#byKey.get(key);
    return row && toRecord(row);
  }

  installed(): AppRecord[] {
    return this.records().filter((app) => app.state !== 'uninstalled');
  }

  /** Throws where the app is not installed. */
  require(key: string): AppRecord {
    const app = this.record(key);
    if (!app || app.state === 'uninstalled') {
      const known = this.installed().map((each) => each.key);
      const others = known.length > 0 ? `Installed: ${known.join(', ')}.` : 'No app is installed.';
      throw new Error(`The app "${key}" is not installed on this site. ${others}`);
    }
    return app;
  }

  save(app: AppRecord): void {
    this.#database
      .prepare(
        `INSERT OR REPLACE INTO app (key, state, base_url, descriptor_url, descriptor, site_url,
           shared_secret, retired_secrets, oauth_client_id, account_id, installed_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        app.key,
        app.state,
        app.baseUrl,
        app.descriptorUrl,
        JSON.stringify(app.descriptor),
        app.siteUrl,
        app.sharedSecret,
        JSON.stringify(app.retiredSecrets),
        app.oauthClientId,
        app.accountId,
        app.installedAt,
      );
  }
}

function toRecord(row: Record<string, unknown>): AppRecord {
  return {
    key: String(row.key),
    state: row.state as AppRecord['state'],
    baseUrl: String(row.base_url),
    descriptorUrl: String(row.descriptor_url),
    descriptor: JSON.parse(String(row.descriptor)) as Descriptor,
    siteUrl: String(row.site_url),
    sharedSecret: String(row.shared_secret),
    retiredSecrets: JSON.parse(String(row.retired_secrets)) as string[],
    oauthClientId: String(row.oauth_client_id),
    accountId: String(row.account_id),
    installedAt: Number(row.installed_at),
  };
}

export function describeApp(app: AppRecord, clientKey: string): InstalledApp {
  return {
    key: app.key,
    name: app.descriptor.name ?? app.key,
    clientKey,
    baseUrl: app.baseUrl,
    descriptorUrl: app.descriptorUrl,
    enabled: app.state === 'enabled',
    scopes: app.descriptor.scopes,
    accountId: app.accountId,
    installedAt: new Date(app.installedAt).toISOString(),
  };
}

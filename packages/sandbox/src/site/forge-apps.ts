import type { DatabaseSync } from 'node:sqlite';
import type { Manifest } from '../hosts/forge/manifest.ts';

export type ForgeEnvironmentType = 'DEVELOPMENT' | 'STAGING' | 'PRODUCTION';

/** The stored record of a Forge app. Ids are bare UUIDs. An uninstalled app stays, so that a refusal can say so. */
export interface ForgeAppRecord {
  id: string;
  /** How the request log names it: the key of its Connect half, or its id. */
  key: string;
  name: string;
  state: 'installed' | 'uninstalled';
  manifest: Manifest;
  /** Changes with a new installation, not with an upgrade. */
  installationId: string;
  environment: { type: ForgeEnvironmentType; id: string };
  /** As in 2.0.0. */
  version: string;
  /** The app user. */
  accountId: string;
  installedAt: number;
  /** What the FIT says of a licence, in production only. */
  license?: Record<string, unknown>;
  /** Of a resource of the manifest by its key: a folder, or the HTML of its only page. */
  resources: Record<string, { folder: string } | { html: string }>;
}

/** What others may know of a Forge app that is installed. */
export interface ForgeInstalledApp {
  /** The ARI. */
  appId: string;
  key: string;
  name: string;
  /** The ARI. */
  installationId: string;
  cloudId: string;
  /** What the app prefixes to every REST path. */
  apiBaseUrl: string;
  environment: { type: ForgeEnvironmentType; id: string };
  version: string;
  scopes: string[];
  accountId: string;
  installedAt: string;
}

export class ForgeApps {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Also those that were uninstalled. */
  records(): ForgeAppRecord[] {
    return this.#database
      .prepare('SELECT record FROM forge_app ORDER BY rowid')
      .all()
      .map((row) => JSON.parse(String(row.record)) as ForgeAppRecord);
  }

  /** By its id, bare or as an ARI. */
  record(id: string): ForgeAppRecord | undefined {
    const row = this.#database
      .prepare('SELECT record FROM forge_app WHERE id = ?')
      .get(id.slice(id.lastIndexOf('/') + 1).toLowerCase());
    return row && (JSON.parse(String(row.record)) as ForgeAppRecord);
  }

  installed(): ForgeAppRecord[] {
    return this.records().filter(({ state }) => state === 'installed');
  }

  /** The installed Forge app whose manifest has this app.connect.key. */
  withConnectKey(key: string): ForgeAppRecord | undefined {
    return this.installed().find(({ manifest }) => manifest.app.connect?.key === key);
  }

  /** The app of this id or key; without one, the only app that is installed. Throws where there is none. */
  require(idOrKey?: string): ForgeAppRecord {
    const installed = this.installed();
    const known = installed.map(({ id, key }) => (id === key ? id : `${key} (${id})`)).join(', ');
    const others = known === '' ? 'No Forge app is installed.' : `Installed: ${known}.`;
    if (idOrKey === undefined) {
      const [only, ...more] = installed;
      if (only && more.length === 0) return only;
      throw new Error(`Name the Forge app. ${others}`);
    }
    const found =
      installed.find(({ key }) => key === idOrKey) ??
      installed.find(({ id }) => id === this.record(idOrKey)?.id);
    if (!found) {
      throw new Error(`The Forge app "${idOrKey}" is not installed on this site. ${others}`);
    }
    return found;
  }

  save(app: ForgeAppRecord): void {
    this.#database
      .prepare(
        `INSERT INTO forge_app (id, record) VALUES (?, ?)
         ON CONFLICT (id) DO UPDATE SET record = excluded.record`,
      )
      .run(app.id, JSON.stringify(app));
  }
}

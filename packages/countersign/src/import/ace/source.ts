/** A value that atlassian-connect-express keeps for a tenant, with the value as the framework hands it to the app. */
export interface AceSetting {
  /** The tenant; on Forge's side the installationId. Null where a row has none. */
  readonly clientKey: string | null;
  /** `clientInfo` is the installed payload, with the secret. */
  readonly key: string | null;
  readonly value: unknown;
  /** A newer row has the same clientKey and key: versions before 6.2.1 added a row where they should have changed one. */
  readonly isSuperseded?: boolean;
}

/** Which installation of Forge belongs to which one of Connect. */
export interface AceAssociation {
  readonly installationId: string;
  readonly clientKey: string;
}

/**
 * A store of atlassian-connect-express, read page by page. Each method can be called more than once, and reads only
 * what it yields, oldest first where the database knows.
 */
export interface AceSource {
  /** The rows of the key `clientInfo`. */
  installations(): AsyncIterable<readonly AceSetting[]>;
  /** All other rows. */
  settings(): AsyncIterable<readonly AceSetting[]>;
  associations(): AsyncIterable<readonly AceAssociation[]>;
  /** What is kept for an installation of Forge, under its installationId. */
  forgeSettings(): AsyncIterable<readonly AceSetting[]>;
  /** How many rows {@link installations}, {@link settings} and {@link forgeSettings} have, about. */
  count(): Promise<number>;
  close(): Promise<void>;
}

/** What every reader can be told. */
export interface AceSourceOptions {
  /** The table or collection; atlassian-connect-express calls it AddonSettings unless it was told otherwise. */
  readonly table: string;
}

export const CLIENT_INFO = 'clientInfo';

/** How many rows a reader holds at once. */
export const PAGE_SIZE = 200;

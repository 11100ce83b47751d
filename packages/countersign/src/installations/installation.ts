import { StoreError } from '../errors.ts';

/** One app installed on one site, as the app may show it: everything but the secret. */
export interface Installation {
  /** The site's opaque name for this installation; `iss` of every token that the site makes. */
  readonly clientKey: string;
  /** The `key` of the app's descriptor; `iss` of every token that the app makes. */
  readonly appKey: string;
  /** The site's `baseUrl`, without a trailing slash. All its REST endpoints begin with it. */
  readonly siteUrl: string;
  /** `uninstalled` keeps its history, but nothing is signed for it and no token of it is accepted. */
  readonly status: 'installed' | 'uninstalled';
  /** False while an administrator has switched the app off. */
  readonly enabled: boolean;
  /** When the app was first installed, in milliseconds since 1970. */
  readonly installedAt: number;
  /** When the newest installed or uninstalled event was made, in milliseconds since 1970. */
  readonly changedAt: number;
  /** When the newest enabled or disabled event was made, in milliseconds since 1970. */
  readonly enabledChangedAt: number;
  /** The last installed payload as it came, with fields that are unknown here, and without the secret. */
  readonly payload: Readonly<Record<string, unknown>>;
}

/** An {@link Installation} with its secret, as it is stored. Never log it. */
export interface InstallationRecord extends Installation {
  /** The HS256 key of this installation. */
  readonly sharedSecret: string;
  /** Counts the writes of this record, from 1. A store replaces a record only at the revision it was read at. */
  readonly revision: number;
}

/** The record without its secret, for handlers, logs and pages. */
export function withoutSecret(record: InstallationRecord): Installation {
  const { sharedSecret: _secret, revision: _revision, ...installation } = record;
  return installation;
}

/**
 * All apps of one site share its clientKey, so a store that two apps share would mix them up.
 *
 * @throws StoreError STORE_CORRUPT when the record is not of this app.
 */
export function refuseForeignRecord(record: InstallationRecord, appKey: string): void {
  if (record.appKey === appKey) return;
  throw new StoreError(
    'STORE_CORRUPT',
    `The store holds '${record.clientKey}' for the app '${record.appKey}', not '${appKey}'.`,
    { hint: 'Give each app a store of its own: all apps of one site share its clientKey.' },
  );
}

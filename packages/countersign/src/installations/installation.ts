import { StoreError } from '../errors.ts';
import type { InstallationSettings } from './settings.ts';

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
  /** Of the app as a Forge app on this site; undefined where only Connect knows it. */
  readonly forge?: ForgeInstallation;
}

/** One Forge app on one site. Ids are bare UUIDs in lower case. */
export interface ForgeInstallation {
  readonly appId: string;
  /** Changes when the app is installed again; the cloudId does not. */
  readonly installationId: string;
  readonly cloudId: string;
  /** All calls as the Forge app begin with it. */
  readonly apiBaseUrl: string;
  readonly environmentType: 'DEVELOPMENT' | 'STAGING' | 'PRODUCTION';
  readonly environmentId: string;
  /** When this installation was first heard of, in milliseconds since 1970. */
  readonly installedAt: number;
  /** When Forge said that the app is about to be uninstalled; undefined while it is installed. */
  readonly uninstalledAt?: number;
  /** Ids that the app had on this site before it was installed again, newest first. */
  readonly previousInstallationIds?: readonly string[];
}

/** What the clientKey begins with where only Forge knows a site. No site can have such a clientKey. */
export const FORGE_CLIENT_KEY_PREFIX = 'forge:';

/** An installation as handlers get it: with what the app keeps for it. */
export interface AppInstallation extends Installation {
  /** Not enumerable, so that an installation that is logged or sent as JSON is its facts alone. */
  readonly settings: InstallationSettings;
}

/** A secret that was replaced a moment ago. */
export interface PreviousSecret {
  readonly sharedSecret: string;
  /** Until when a token that is signed with it is still accepted, in milliseconds since 1970. */
  readonly endsAt: number;
}

/** An {@link Installation} with its secret, as it is stored. Never log it. */
export interface InstallationRecord extends Installation {
  /** The HS256 key of this installation. */
  readonly sharedSecret: string;
  /** Secrets that were replaced a moment ago, newest first. Nothing is signed with them. */
  readonly previousSecrets?: readonly PreviousSecret[];
  /** Counts the writes of this record, from 1. A store replaces a record only at the revision it was read at. */
  readonly revision: number;
}

/** The record without its secret, for handlers, logs and pages. */
export function withoutSecret(record: InstallationRecord): Installation {
  const {
    sharedSecret: _secret,
    previousSecrets: _,
    revision: _revision,
    ...installation
  } = record;
  return installation;
}

/** An installation with its settings. */
export function withSettings(
  installation: Installation,
  settings: (clientKey: string) => InstallationSettings,
): AppInstallation {
  return Object.defineProperty({ ...installation } as AppInstallation, 'settings', {
    get: () => settings(installation.clientKey),
  });
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

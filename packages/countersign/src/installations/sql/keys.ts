import { ConfigError, StoreError } from '../../errors.ts';
import type { InstallationRecord } from '../installation.ts';

/**
 * The same in all databases: 255 characters of any script, and the id of a claim. Together two of them, and one URL,
 * fit into an index of each: of PostgreSQL 2704 bytes, of MySQL and MariaDB 3072, of SQL Server 1700.
 */
export const MAX_KEY_BYTES = 768;
export const MAX_SITE_URL_BYTES = 1536;

/**
 * False for what no row can have: some databases refuse it in a parameter, and others would cut or change it and find
 * another row.
 */
export function isStorable(text: string, maxBytes: number = MAX_KEY_BYTES): boolean {
  return !text.includes('\0') && text.isWellFormed() && Buffer.byteLength(text) <= maxBytes;
}

/** The greatest text that can be sent and comes, in the order of bytes, before no other key than `after` does. */
export function startOfPage(after: string): string {
  const end = after.indexOf('\0');
  return (end === -1 ? after : after.slice(0, end)).toWellFormed();
}

/** @throws StoreError STORE_UNAVAILABLE */
export function refuseUnstorableRecord({ clientKey, siteUrl }: InstallationRecord): void {
  if (!isStorable(clientKey)) {
    throw new StoreError('STORE_UNAVAILABLE', 'The clientKey cannot be stored.', {
      hint: `It is text without NUL, of at most ${MAX_KEY_BYTES} bytes in UTF-8.`,
    });
  }
  if (!isStorable(siteUrl, MAX_SITE_URL_BYTES)) {
    throw new StoreError('STORE_UNAVAILABLE', `The site URL of '${clientKey}' cannot be stored.`, {
      hint: `It is text without NUL, of at most ${MAX_SITE_URL_BYTES} bytes in UTF-8.`,
    });
  }
}

/** @throws StoreError STORE_UNAVAILABLE: an id that cannot be remembered must not let a token in. */
export function refuseUnstorableClaim(id: string): void {
  if (isStorable(id)) return;
  throw new StoreError('STORE_UNAVAILABLE', 'The id of a lifecycle token cannot be stored.', {
    hint: `It is text without NUL, of at most ${MAX_KEY_BYTES} bytes in UTF-8.`,
  });
}

/** @throws ConfigError CONFIG_SETTING_INVALID */
export function refuseUnstorableSetting(clientKey: string, name: string): void {
  if (isStorable(clientKey) && isStorable(name)) return;
  throw new ConfigError('CONFIG_SETTING_INVALID', 'The key of a setting cannot be stored.', {
    hint: `clientKey and name are texts without NUL, of at most ${MAX_KEY_BYTES} bytes in UTF-8 each.`,
  });
}

import { normalizeSiteUrl } from '../connect/sites.ts';
import type { InstallationRecord } from '../installations/installation.ts';
import type { InstallationStore } from '../installations/store.ts';
import type { Arguments } from './arguments.ts';
import { badUsage, CommandFailure } from './failures.ts';
import type { OpenStore } from './open-store.ts';

const LISTED = 20;

/**
 * The installation that --client-key or --site names, or the only one that there is.
 *
 * @throws CommandFailure when there is none, or more than one.
 */
export async function pickInstallation(
  { store, name }: OpenStore,
  given: Arguments,
): Promise<InstallationRecord> {
  const clientKey = given.text('client-key');
  const site = given.text('site');
  if (clientKey !== undefined) {
    const record = await store.get(clientKey);
    if (record !== undefined) return record;
    throw new CommandFailure(
      1,
      `No installation with this clientKey is stored in '${name}'.`,
      (await list(store)) || 'The store is empty: no installed callback was ever kept there.',
    );
  }
  const records =
    site === undefined
      ? await store.list({ limit: LISTED + 1 })
      : await store.findBySiteUrl(siteUrlOf(site));
  const [record] = records;
  if (record !== undefined && records.length === 1) return record;
  if (record === undefined) {
    throw new CommandFailure(
      1,
      site === undefined
        ? `No installation is stored in '${name}'.`
        : `No installation for this site is stored in '${name}'.`,
      site === undefined
        ? 'The installed callback was never kept there: install the app, or look at another store.'
        : (await list(store)) || 'The store is empty: no installed callback was ever kept there.',
    );
  }
  const newest = [...records].sort((a, b) => b.changedAt - a.changedAt)[0];
  throw badUsage(
    `${records.length > LISTED ? `More than ${LISTED}` : records.length} installations are stored; name one with --client-key${site === undefined ? ' or --site' : ''}.`,
    site === undefined
      ? await list(store)
      : `The newest has the clientKey ${newest?.clientKey}; a site that was imported has more than one.`,
  );
}

export function siteUrlOf(site: string): string {
  const url = normalizeSiteUrl(site.includes('://') ? site : `https://${site}`);
  if (url !== undefined) return url;
  throw badUsage('--site is no URL of a site.', 'Write it as in https://example.atlassian.net.');
}

async function list(store: InstallationStore): Promise<string> {
  const records = await store.list({ limit: 4 });
  const names = records.slice(0, 3).map(({ clientKey, siteUrl }) => `${siteUrl} (${clientKey})`);
  if (names.length === 0) return '';
  return `Stored: ${names.join(', ')}${records.length > 3 ? ', and more: countersign installations list' : ''}.`;
}

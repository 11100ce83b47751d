import { normalizeSiteUrl } from '../connect/sites.ts';
import { guardStore } from '../installations/guarded-store.ts';
import type { InstallationRecord } from '../installations/installation.ts';
import { sqliteStore } from '../installations/sqlite-store.ts';
import type { InstallationStore } from '../installations/store.ts';
import type { Arguments } from './arguments.ts';
import { badUsage, CommandFailure, cannotDo } from './failures.ts';
import { isFile } from './files.ts';
import type { Terminal } from './terminal.ts';

/** An open store, and what it was called. */
export interface OpenStore {
  readonly store: InstallationStore;
  readonly name: string;
}

/** The store that was named by --store or COUNTERSIGN_STORE; undefined where none was. */
export function storeName(given: Arguments, { env }: Terminal): string | undefined {
  return given.text('store') ?? (env.COUNTERSIGN_STORE || undefined);
}

/**
 * Opens a store for as long as something is done with it. It makes no file, and it writes no tables into a database
 * of something else.
 *
 * @throws CommandFailure when there is no such store.
 */
export async function withStore<T>(
  name: string,
  use: (store: OpenStore) => Promise<T>,
): Promise<T> {
  const file = fileOf(name);
  if (!isFile(file)) {
    throw cannotDo(
      `There is no store at '${file}'.`,
      'Give the file that the app writes: the path of its sqliteStore, seen from this folder.',
    );
  }
  refuseForeignDatabase(file);
  const store = sqliteStore(file);
  try {
    return await use({ store: guardStore(store), name: file });
  } finally {
    await store.close?.();
  }
}

/** @throws CommandFailure when no store was named. */
export function demandStoreName(given: Arguments, terminal: Terminal): string {
  const name = storeName(given, terminal);
  if (name !== undefined) return name;
  throw badUsage(
    'Name the store: --store sqlite:FILE.',
    'Or set the environment variable COUNTERSIGN_STORE.',
  );
}

function fileOf(name: string): string {
  const file = name.startsWith('sqlite:') ? name.slice('sqlite:'.length) : name;
  if (name.startsWith('sqlite:') || /\.(?:db|sqlite3?)$/i.test(name)) return file;
  throw badUsage(
    'The store is none that is known here.',
    'Write sqlite:FILE, or a FILE that ends in .db or .sqlite.',
  );
}

function refuseForeignDatabase(file: string): void {
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  let found: unknown;
  try {
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      found = database
        .prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'installation'")
        .get();
    } finally {
      database.close();
    }
  } catch {
    throw cannotDo(
      `The store '${file}' cannot be opened.`,
      'Check that it is a SQLite database, and that this user may read and write it and its folder.',
    );
  }
  if (found === undefined) {
    throw cannotDo(
      `The database '${file}' holds no installations.`,
      'It is not the file of a sqliteStore, or the app never started with it.',
    );
  }
}

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
        ? 'The installed callback was never kept there: install the app, or look at another file.'
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

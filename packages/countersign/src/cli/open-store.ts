import { statSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { StoreError } from '../errors.ts';
import { guardStore } from '../installations/guarded-store.ts';
import { memoryStore } from '../installations/memory-store.ts';
import { sqliteStore } from '../installations/sqlite-store.ts';
import type { InstallationStore } from '../installations/store.ts';
import type { Arguments } from './arguments.ts';
import { badUsage, cannotDo, reasonOf } from './failures.ts';
import { isFile } from './files.ts';
import { loadDefault } from './load-default.ts';
import { readStoreAddress, shownStore, withoutPassword } from './store-address.ts';
import type { Terminal } from './terminal.ts';

/** An open store, and what it is called. */
export interface OpenStore {
  /** As it is stored: what is encrypted stays so. */
  readonly store: InstallationStore;
  /** To be shown: without a password. */
  readonly name: string;
}

export interface OpenOptions {
  /** Make the file or the tables where they are missing. Default: false, which is a failure then. */
  readonly create?: boolean;
  /** With `create`: makes nothing, and takes what is missing for an empty store. Default: false. */
  readonly dryRun?: boolean;
}

/** The store that was named by --store or COUNTERSIGN_STORE; undefined where none was. It may hold a password. */
export function storeName(given: Arguments, { env }: Terminal): string | undefined {
  return given.text('store') ?? (env.COUNTERSIGN_STORE || undefined);
}

/** @throws CommandFailure when no store was named. */
export function demandStoreName(given: Arguments, terminal: Terminal): string {
  const name = storeName(given, terminal);
  if (name !== undefined) return name;
  throw badUsage(
    'Name the store: --store sqlite:FILE, or a URL such as postgres://….',
    'Or set the environment variable COUNTERSIGN_STORE.',
  );
}

/**
 * Opens a store for as long as something is done with it. Unless it is told to create, it makes no file, and it writes
 * no tables into a database of something else.
 *
 * @throws CommandFailure when there is no such store; StoreError, whose message names the store and no password.
 */
export async function withStore<T>(
  name: string,
  use: (store: OpenStore) => Promise<T>,
  options: OpenOptions = {},
): Promise<T> {
  const shown = shownStore(name);
  const store = await openStore(name, options);
  try {
    return await use({ store, name: shown });
  } catch (error) {
    throw unavailable(error, name);
  } finally {
    await store.close?.().catch(() => undefined);
  }
}

async function openStore(name: string, options: OpenOptions): Promise<InstallationStore> {
  const store = guardStore(await connect(name, options));
  try {
    await store.open?.();
    return store;
  } catch (error) {
    await store.close?.().catch(() => undefined);
    if (!lacksTables(error)) throw unavailable(error, name, true);
    if (options.dryRun === true) return guardStore(memoryStore());
    throw cannotDo(
      `The database '${shownStore(name)}' holds no installations: the tables of Countersign are missing.`,
      'Is it that of the app? The app makes them when it starts with it, and countersign installations import does.',
    );
  }
}

/** Of a SQL store that may not make tables. */
function lacksTables(error: unknown): boolean {
  return error instanceof StoreError && error.message.includes('does not have the tables');
}

/** What a driver said while it connected is worth knowing; later its message may hold what was being written. */
function unavailable(error: unknown, name: string, isOpening = false): unknown {
  if (!(error instanceof StoreError) || !(error.cause instanceof Error)) return error;
  if (error.code !== 'STORE_UNAVAILABLE') return error;
  const { cause, hint, message } = error;
  const [line = ''] = isOpening ? withoutPassword(cause.message, name).split('\n') : [];
  const reason = line === '' ? reasonOf(cause) : line.slice(0, 200).replace(/\.$/, '');
  const [, action = 'failed'] = /^The store (failed to .*)\.$/.exec(message) ?? [];
  const what = `The store '${shownStore(name)}' ${action}: ${reason}.`;
  return new StoreError('STORE_UNAVAILABLE', what, { hint });
}

async function connect(name: string, options: OpenOptions): Promise<InstallationStore> {
  const address = readStoreAddress(name);
  if (address.kind === 'sqlite') return openSqlite(address.file, options);
  if (address.kind === 'module') return loadStore(address.file);
  if (address.kind === 'sql') {
    const { sqlStore } = await import('../installations/sql/index.ts');
    return sqlStore(address.url, { migrate: options.create === true && options.dryRun !== true });
  }
  const { keyValueStore } = await import('../installations/key-value/index.ts');
  return keyValueStore(address.url);
}

function openSqlite(file: string, { create = false, dryRun = false }: OpenOptions) {
  if (!isFile(file) && create) return dryRun ? memoryStore() : turning(sqliteStore(file));
  if (!isFile(file)) {
    throw cannotDo(
      `There is no store at '${file}'.`,
      'Give the file that the app writes: the path of its sqliteStore, seen from this folder.',
    );
  }
  // An empty file is an empty SQLite database.
  if (create && statSync(file).size === 0) {
    return dryRun ? memoryStore() : turning(sqliteStore(file));
  }
  refuseForeignDatabase(file);
  return turning(sqliteStore(file));
}

/** SQLite never waits, and whoever goes through all pages without waiting does not hear of Ctrl-C. */
function turning(store: InstallationStore): InstallationStore {
  const { settings } = store;
  return {
    ...store,
    list: async (options) => {
      await setImmediate();
      return store.list(options);
    },
    ...(settings === undefined
      ? {}
      : {
          settings: {
            ...settings,
            list: async (options) => {
              await setImmediate();
              return settings.list(options);
            },
          },
        }),
  };
}

function refuseForeignDatabase(file: string): void {
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  let found: unknown;
  try {
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      found = database
        .prepare(
          "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name IN ('countersign_installation', 'installation')",
        )
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

/** A store of the user's own, or one over any driver. */
async function loadStore(file: string): Promise<InstallationStore> {
  const store = (await loadDefault(file)) as Partial<InstallationStore> | null | undefined;
  if (typeof store?.get === 'function' && typeof store.list === 'function') {
    return store as InstallationStore;
  }
  throw cannotDo(
    `The module '${file}' exports no store.`,
    'Its default export must be an InstallationStore, not wrapped in encryptedStore, or a function that returns one.',
  );
}

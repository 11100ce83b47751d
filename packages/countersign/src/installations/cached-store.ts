import { LRUCache } from 'lru-cache';
import { deepFreeze } from '../deep-freeze.ts';
import { refuseUnknownOptions } from '../errors.ts';
import { guardStore } from './guarded-store.ts';
import type { InstallationRecord } from './installation.ts';
import type { InstallationStore } from './store.ts';

/** Options of {@link cachedStore}. */
export interface CacheOptions {
  /**
   * How old what is known of an installation may be, in milliseconds: for so long a node that hears nothing of an
   * uninstall or a rotated secret goes on with what it knew. Default: 30000.
   */
  maxAgeMs?: number;
  /** The same for a clientKey that is not stored. Default: 1000. */
  unknownMaxAgeMs?: number;
  /** About how much memory it may take, in bytes. Default: 33554432 (32 MiB), good for some 10,000 installations. */
  maxBytes?: number;
  /** A clock that is never set back, in milliseconds. Default: `performance.now`. */
  monotonicNow?: () => number;
}

const OPTIONS: ReadonlySet<string> = new Set([
  'maxAgeMs',
  'unknownMaxAgeMs',
  'maxBytes',
  'monotonicNow',
]);

/** Anybody can ask for keys that nobody has: they must not drive out those of sites. */
const MAX_UNKNOWN = 1000;
/** What the map, the record's own fields and the heap's headers take beside the texts. */
const RECORD_OVERHEAD_BYTES = 1500;

/** Bad tokens come in any number: for each key, the store is asked again once in this time. */
const ASK_AGAIN_MS = 1000;
/** What was found missing so short a time ago was found for this very request. */
const JUST_NOW_MS = 100;

/** A store with what it knows of the installations in front. */
export interface CachedStore extends InstallationStore {
  /** As {@link InstallationStore.get}, past everything that is remembered. */
  getFresh(clientKey: string): Promise<InstallationRecord | undefined>;
  /**
   * What has taken the place of a record that {@link InstallationStore.get} answered with; the same one where nothing
   * did. The store is asked once a second for each key, however often it is called.
   */
  getNewer(
    clientKey: string,
    known: InstallationRecord | undefined,
  ): Promise<InstallationRecord | undefined>;
}

/** A store that is asked each time. */
export function uncachedStore(store: InstallationStore): CachedStore {
  return {
    ...store,
    getFresh: (clientKey) => store.get(clientKey),
    async getNewer(clientKey, known) {
      const record = await store.get(clientKey);
      return isSameRecord(record, known) ? known : record;
    },
  };
}

interface Known {
  /** Undefined where no such record is stored. */
  readonly record: InstallationRecord | undefined;
  /** When its load began: it was true then. */
  readonly since: number;
}

/**
 * Keeps what was read of a store in memory, for a short time. One key is loaded once, however many wait for it. A
 * write through this store is seen at once; where the store can watch, one of another node within moments; and
 * everything within `maxAgeMs`.
 *
 * `createApp` does this for every store without `getNow`; this is for scripts that use a store without an app.
 *
 * @throws ConfigError CONFIG_OPTION_UNKNOWN.
 */
export function cachedStore(kept: InstallationStore, options: CacheOptions = {}): CachedStore {
  refuseUnknownOptions('cache', options, OPTIONS);
  const { maxAgeMs = 30_000, unknownMaxAgeMs = 1000, maxBytes = 32 * 2 ** 20 } = options;
  const store = guardStore(kept);
  const now = options.monotonicNow ?? (() => performance.now());
  const records = new LRUCache<string, Known>({ maxSize: maxBytes });
  const unknown = new LRUCache<string, Known>({ max: MAX_UNKNOWN });
  const askedAgain = new LRUCache<string, number>({ max: MAX_UNKNOWN });
  const loads = new Map<string, { readonly load: Promise<Known> }>();
  let stopWatching: (() => void) | undefined;

  const find = (clientKey: string): Known | undefined => {
    const known = records.get(clientKey) ?? unknown.get(clientKey);
    if (known === undefined) return undefined;
    const limit = known.record === undefined ? Math.min(maxAgeMs, unknownMaxAgeMs) : maxAgeMs;
    return now() - known.since < limit ? known : undefined;
  };

  const forget = (clientKey: string | undefined): void => {
    if (clientKey === undefined) {
      records.clear();
      unknown.clear();
      // What is being loaded may be older than what was missed: it is handed out, but not kept.
      loads.clear();
      return;
    }
    records.delete(clientKey);
    unknown.delete(clientKey);
    loads.delete(clientKey);
  };

  /** A load that runs already will do, unless it may have read what was there before this call. */
  const load = (clientKey: string, mayJoin: boolean): Promise<Known> => {
    stopWatching ??= store.watch?.(forget);
    const running = loads.get(clientKey);
    if (running !== undefined && mayJoin) return running.load;
    const since = now();
    const loading = store
      .get(clientKey)
      .then(
        (found): Known => ({ record: found === undefined ? undefined : deepFreeze(found), since }),
      );
    const mine = { load: loading };
    loads.set(clientKey, mine);
    const settle = (known?: Known): void => {
      // Forgotten meanwhile: what was read may be older than the change.
      if (loads.get(clientKey) !== mine) return;
      loads.delete(clientKey);
      if (known !== undefined) keep(clientKey, known);
    };
    loading.then(settle, () => settle());
    return loading;
  };

  const keep = (clientKey: string, known: Known): void => {
    if (known.record === undefined) {
      records.delete(clientKey);
      unknown.set(clientKey, known);
    } else {
      unknown.delete(clientKey);
      records.set(clientKey, known, { size: bytesOf(known.record) });
    }
  };

  const getFresh = async (clientKey: string) => (await load(clientKey, false)).record;

  const getNewer: CachedStore['getNewer'] = async (clientKey, known) => {
    const current = find(clientKey);
    if (current !== undefined && current.record !== known) return current.record;
    const time = now();
    if (time - (askedAgain.get(clientKey) ?? Number.NEGATIVE_INFINITY) < ASK_AGAIN_MS) return known;
    const isUnknown = current !== undefined && current.record === undefined;
    if (isUnknown && time - current.since < JUST_NOW_MS) return known;
    askedAgain.set(clientKey, time);
    const record = await getFresh(clientKey);
    return isSameRecord(record, known) ? known : record;
  };

  /** Before: so that no load that began earlier is kept. After: so that none that ran beside it is. */
  const changing = async <T>(clientKey: string, change: () => Promise<T>): Promise<T> => {
    forget(clientKey);
    try {
      return await change();
    } finally {
      forget(clientKey);
    }
  };

  return {
    ...store,
    getFresh,
    getNewer,
    get: async (clientKey) => (find(clientKey) ?? (await load(clientKey, true))).record,
    getNow: (clientKey) => find(clientKey)?.record,
    put: (record) => changing(record.clientKey, () => store.put(record)),
    delete: (clientKey) => changing(clientKey, () => store.delete(clientKey)),
    async close() {
      stopWatching?.();
      forget(undefined);
      await store.close?.();
    },
  };
}

/** A record that was deleted and made anew begins with the same revision, but has another secret. */
function isSameRecord(
  one: InstallationRecord | undefined,
  other: InstallationRecord | undefined,
): boolean {
  return one?.revision === other?.revision && one?.sharedSecret === other?.sharedSecret;
}

/** Texts of JavaScript take one or two bytes a character. */
function bytesOf(record: InstallationRecord): number {
  return RECORD_OVERHEAD_BYTES + 2 * JSON.stringify(record).length;
}

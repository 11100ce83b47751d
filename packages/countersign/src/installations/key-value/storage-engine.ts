import type { Storage } from 'unstorage';
import { isStoreError, StoreError } from '../../errors.ts';
import type { Change, Engine } from './engine.ts';
import { type Entry, entryText, parseEntry } from './entry.ts';
import { keyQueue } from './key-queue.ts';
import { within } from './within.ts';

/** unstorage hands out all keys at once, however many requests that takes. */
const ENUMERATION_FACTOR = 10;

/**
 * Any storage of unstorage. It has no conditional write: what is there is read, compared and written, one after the
 * other for each key of this process. Another process may write in between.
 */
export function storageEngine(storage: Storage, timeoutMs: number): Engine {
  const queued = keyQueue(timeoutMs);

  const read = async (key: string) => {
    const value: unknown = await within(timeoutMs, storage.getItem(key));
    if (value === null || value === undefined) return undefined;
    if (typeof value === 'string') return value;
    // The drivers for folders hand out what reading a file failed with.
    if (value instanceof Error) throw value;
    throw new StoreError('STORE_CORRUPT', `What is stored under the key '${key}' is no text.`);
  };

  const entryBefore = async (key: string, { entry, when }: Change) => {
    try {
      const text = await read(key);
      return text === undefined ? undefined : parseEntry(text, key);
    } catch (error) {
      // What is not readable may still be deleted.
      const isDeleted = entry === undefined && when.kind === 'always';
      if (isDeleted && isStoreError(error) && error.code === 'STORE_CORRUPT') return undefined;
      throw error;
    }
  };

  return {
    // A folder's file is empty for a moment while it is overwritten.
    read: (key) => queued(key, () => read(key)),
    write: (key, change) =>
      queued(key, async () => {
        const { entry, when, lifetimeMs } = change;
        const isBlind = entry !== undefined && when.kind === 'always';
        const before = isBlind ? undefined : await entryBefore(key, change);
        if (!holds(change, before)) return { isWritten: false, before: before?.head };
        // Drivers that know no lifetime overlook it. Cloudflare KV takes none below a minute.
        const options =
          lifetimeMs === undefined ? {} : { ttl: Math.max(60, Math.ceil(lifetimeMs / 1000)) };
        await within(
          timeoutMs,
          entry === undefined
            ? storage.removeItem(key)
            : storage.setItem(key, entryText(entry), options),
        );
        return { isWritten: true, before: before?.head };
      }),
    async names(base) {
      const keys = await within(ENUMERATION_FACTOR * timeoutMs, storage.getKeys(base));
      const start = `${base}:`;
      return [...new Set(keys)]
        .filter((key) => key.startsWith(start))
        .map((key) => key.slice(start.length));
    },
  };
}

function holds({ when }: Change, before: Entry | undefined): boolean {
  switch (when.kind) {
    case 'always':
      return true;
    case 'number':
      return (before?.head.number ?? 0) === when.is;
    case 'reached':
      return (before?.head.number ?? 0) <= when.is;
    case 'body':
      return (before?.body ?? '') === when.is;
  }
}

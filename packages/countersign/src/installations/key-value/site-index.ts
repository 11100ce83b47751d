import { StoreError } from '../../errors.ts';
import type { InstallationRecord } from '../installation.ts';
import type { Engine } from './engine.ts';
import { corrupt, entryValue, newEntry, parseEntry } from './entry.ts';
import { keyPart } from './key-part.ts';

/** An entry that points at nothing may belong to a record that is being written. */
const STALE_AFTER_MS = 600_000;
const MAX_ATTEMPTS = 50;

interface SiteEntry {
  readonly siteUrl: string;
  readonly clientKeys: readonly string[];
  /** Of the last write, in milliseconds since 1970. */
  readonly writtenAt: number;
}

/**
 * Which clientKeys a site URL may have: one key a site. It is written before the record and again after, and what is
 * read from it is compared with the records: so it may hold too much, and is never wrong.
 */
export interface SiteIndex {
  find(siteUrl: string): Promise<InstallationRecord[]>;
  /** @param isAgain Written also where it is there: whoever is about to take it away then finds another text. */
  add(siteUrl: string, clientKey: string, isAgain: boolean): Promise<void>;
  /** Takes away what points at no record of this site. */
  prune(site: string): Promise<void>;
}

export function siteIndex(
  engine: () => Promise<Engine>,
  prefix: string,
  now: () => number,
  get: (clientKey: string) => Promise<InstallationRecord | undefined>,
): SiteIndex {
  const keyOf = (site: string) => `${prefix}:site:${site}`;

  const read = async (key: string) => {
    const text = await (await engine()).read(key);
    if (text === undefined) return undefined;
    return { body: parseEntry(text, key).body, entry: siteEntry(entryValue(text, key), key) };
  };

  const write = async (key: string, body: string, entry: SiteEntry | undefined) => {
    const { isWritten } = await (await engine()).write(key, {
      entry: entry && newEntry(entry),
      when: { kind: 'body', is: body },
    });
    return isWritten;
  };

  const check = async (site: string, isOld: (entry: SiteEntry) => boolean) => {
    const key = keyOf(site);
    const stored = await read(key);
    if (stored === undefined) return [];
    const { body, entry } = stored;
    const records: InstallationRecord[] = [];
    for (const clientKey of entry.clientKeys) {
      const record = await get(clientKey);
      if (record !== undefined && keyPart(record.siteUrl) === site) records.push(record);
    }
    if (records.length < entry.clientKeys.length && isOld(entry)) {
      const clientKeys = records.map(({ clientKey }) => clientKey);
      // Another text means that somebody is writing: then it is for the next one.
      await write(key, body, records.length === 0 ? undefined : changed(entry, clientKeys));
    }
    return records;
  };

  /** The time makes it another text; two of one millisecond must differ too. */
  const changed = (entry: SiteEntry, clientKeys: readonly string[]): SiteEntry => ({
    ...entry,
    clientKeys,
    writtenAt: Math.max(now(), entry.writtenAt + 1),
  });

  return {
    async find(siteUrl) {
      const isOld = ({ writtenAt }: SiteEntry) => writtenAt <= now() - STALE_AFTER_MS;
      const records = await check(keyPart(siteUrl), isOld);
      return records.filter((record) => record.siteUrl === siteUrl);
    },
    async add(siteUrl, clientKey, isAgain) {
      const key = keyOf(keyPart(siteUrl));
      for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
        const stored = await read(key);
        const clientKeys = stored?.entry.clientKeys ?? [];
        const isThere = clientKeys.includes(clientKey);
        if (isThere && !isAgain) return;
        const entry = changed(
          stored?.entry ?? { siteUrl, clientKeys: [], writtenAt: 0 },
          isThere ? clientKeys : [...clientKeys, clientKey],
        );
        if (await write(key, stored?.body ?? '', entry)) return;
      }
      throw new StoreError(
        'STORE_CONFLICT',
        `The index of the site '${siteUrl}' was changed by others ${MAX_ATTEMPTS} times in a row.`,
      );
    },
    async prune(site) {
      await check(site, () => true);
    },
  };
}

function siteEntry(value: unknown, key: string): SiteEntry {
  const entry = value as Partial<SiteEntry> | null;
  if (Array.isArray(entry?.clientKeys) && typeof entry.siteUrl === 'string') {
    return { writtenAt: 0, ...entry } as SiteEntry;
  }
  throw corrupt(key);
}

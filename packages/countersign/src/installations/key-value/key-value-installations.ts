import type { InstallationRecord } from '../installation.ts';
import type { InstallationStore } from '../store.ts';
import type { Engine } from './engine.ts';
import { corrupt, entryValue, newEntry, parseEntry } from './entry.ts';
import { bareFailure } from './failure.ts';
import { keyPart } from './key-part.ts';
import { keyValueSettings } from './key-value-settings.ts';
import { isKept, namesInPages } from './names.ts';
import { siteIndex } from './site-index.ts';
import { sweepClaims } from './sweep-claims.ts';

/** The store above any engine. */
export function keyValueInstallations(
  engine: () => Promise<Engine>,
  prefix: string,
  now: () => number,
): InstallationStore {
  const base = `${prefix}:installation`;
  const keyOf = (clientKey: string) => `${base}:${keyPart(clientKey)}`;
  const settings = keyValueSettings(engine, prefix);
  const pages = namesInPages(engine);
  const sweep = sweepClaims(engine, `${prefix}:claim`, now);

  const load = async (key: string): Promise<InstallationRecord | undefined> => {
    const text = await (await engine()).read(key);
    if (text === undefined) return undefined;
    const record = entryValue(text, key) as InstallationRecord | null;
    if (typeof record?.clientKey !== 'string' || key !== keyOf(record.clientKey)) {
      throw corrupt(key);
    }
    return record;
  };
  const claimKey = (id: string) => `${prefix}:claim:${keyPart(id)}`;
  const get = (clientKey: string) => load(keyOf(clientKey));
  const sites = siteIndex(engine, prefix, now, get);

  return {
    settings: {
      get: (clientKey, name) => bareFailure(() => settings.get(clientKey, name)),
      put: (clientKey, name, value, ifValue) =>
        bareFailure(() => settings.put(clientKey, name, value, ifValue)),
      delete: (clientKey, name) => bareFailure(() => settings.delete(clientKey, name)),
      deleteAll: (clientKey) => bareFailure(() => settings.deleteAll(clientKey)),
      list: (options) => bareFailure(() => settings.list(options)),
    },
    get: (clientKey) => bareFailure(() => get(clientKey)),
    put: (record) =>
      bareFailure(async () => {
        const { clientKey, siteUrl, revision } = record;
        const site = keyPart(siteUrl);
        await sites.add(siteUrl, clientKey, false);
        const { isWritten, before } = await (await engine()).write(keyOf(clientKey), {
          entry: newEntry(record, { number: revision, site }),
          when: { kind: 'number', is: revision - 1 },
          announce: clientKey,
        });
        if (isWritten && before?.site !== site) {
          // Somebody who found no record may have taken the entry away in between. The record is written: what fails
          // from here on must not say that it is not.
          await sites.add(siteUrl, clientKey, true).catch(() => undefined);
          if (before !== undefined) await sites.prune(before.site).catch(() => undefined);
        }
        return isWritten;
      }),
    delete: (clientKey) =>
      bareFailure(async () => {
        const { before } = await (await engine()).write(keyOf(clientKey), {
          entry: undefined,
          when: { kind: 'always' },
          announce: clientKey,
        });
        if (before !== undefined) await sites.prune(before.site);
      }),
    list: ({ after, limit = 100 } = {}) =>
      bareFailure(() =>
        pages(base, after === undefined ? undefined : keyPart(after), limit, (name) =>
          load(`${base}:${name}`),
        ),
      ),
    count: () =>
      bareFailure(async () => (await (await engine()).names(base)).filter(isKept).length),
    findBySiteUrl: (siteUrl) => bareFailure(() => sites.find(siteUrl)),
    claimOnce: (id, expiresAt) =>
      bareFailure(async () => {
        const time = now();
        const { isWritten } = await (await engine()).write(claimKey(id), {
          entry: newEntry({ id }, { number: Math.ceil(expiresAt) }),
          when: { kind: 'reached', is: Math.floor(time) },
          lifetimeMs: expiresAt - time,
        });
        sweep();
        return isWritten;
      }),
    isClaimed: (id) =>
      bareFailure(async () => {
        const key = claimKey(id);
        const text = await (await engine()).read(key);
        return text !== undefined && parseEntry(text, key).head.number > Math.floor(now());
      }),
  };
}

import { deepFreeze } from '../deep-freeze.ts';
import type { InstallationRecord } from './installation.ts';
import type { InstallationStore, ListOptions } from './store.ts';

/** Options of {@link memoryStore}. */
export interface MemoryStoreOptions {
  /** The clock, in milliseconds. Default: `Date.now`. */
  now?: () => number;
}

/**
 * Keeps installations in this process alone: for tests. When the process ends every secret is lost, and each site
 * would have to install the app again.
 */
export function memoryStore(options: MemoryStoreOptions = {}): InstallationStore {
  const now = options.now ?? Date.now;
  const records = new Map<string, InstallationRecord>();
  const claims = new Map<string, number>();

  return {
    async get(clientKey) {
      return records.get(clientKey);
    },
    getNow: (clientKey) => records.get(clientKey),
    async put(record) {
      if ((records.get(record.clientKey)?.revision ?? 0) !== record.revision - 1) return false;
      // It is handed out as it is kept.
      records.set(record.clientKey, deepFreeze(structuredClone(record)));
      return true;
    },
    async delete(clientKey) {
      records.delete(clientKey);
    },
    async list({ after, limit = 100 }: ListOptions = {}) {
      return [...records.values()]
        .filter((record) => after === undefined || record.clientKey > after)
        .sort((a, b) => (a.clientKey < b.clientKey ? -1 : 1))
        .slice(0, limit);
    },
    async findBySiteUrl(siteUrl) {
      return [...records.values()].filter((record) => record.siteUrl === siteUrl);
    },
    async claimOnce(id, expiresAt) {
      const time = now();
      for (const [claim, end] of claims) if (end <= time) claims.delete(claim);
      if (claims.has(id)) return false;
      claims.set(id, expiresAt);
      return true;
    },
  };
}

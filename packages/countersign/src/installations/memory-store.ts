import { deepFreeze } from '../deep-freeze.ts';
import type { InstallationRecord } from './installation.ts';
import type { InstallationStore, ListOptions, SettingsStore, StoredSetting } from './store.ts';

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
    isVolatile: true,
    settings: memorySettings(),
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
        .sort((a, b) => order(a.clientKey, b.clientKey))
        .slice(0, limit);
    },
    async count() {
      return records.size;
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
    isClaimed: async (id) => (claims.get(id) ?? 0) > now(),
  };
}

function memorySettings(): SettingsStore {
  const settings = new Map<string, Map<string, string>>();
  return {
    async get(clientKey, name) {
      return settings.get(clientKey)?.get(name);
    },
    async put(clientKey, name, value, ifValue) {
      const own = settings.get(clientKey) ?? new Map<string, string>();
      if (ifValue !== undefined && own.get(name) !== ifValue) return false;
      settings.set(clientKey, own.set(name, value));
      return true;
    },
    async delete(clientKey, name) {
      settings.get(clientKey)?.delete(name);
    },
    async deleteAll(clientKey) {
      settings.delete(clientKey);
    },
    async list({ clientKey, after, limit = 100 } = {}) {
      const all: StoredSetting[] = [];
      for (const [owner, own] of settings) {
        if (clientKey !== undefined && clientKey !== owner) continue;
        for (const [name, value] of own) all.push({ clientKey: owner, name, value });
      }
      return all
        .sort((a, b) => orderSettings(a, b))
        .filter((setting) => after === undefined || orderSettings(setting, after) > 0)
        .slice(0, limit);
    },
  };
}

function orderSettings(
  a: Pick<StoredSetting, 'clientKey' | 'name'>,
  b: Pick<StoredSetting, 'clientKey' | 'name'>,
): number {
  return order(a.clientKey, b.clientKey) || order(a.name, b.name);
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

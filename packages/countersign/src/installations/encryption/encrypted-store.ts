import { LRUCache } from 'lru-cache';
import { deepFreeze } from '../../deep-freeze.ts';
import { guardStore } from '../guarded-store.ts';
import type { InstallationRecord } from '../installation.ts';
import type { InstallationStore, SettingsStore } from '../store.ts';
import { type EncryptionKeys, type KeyRing, type KeyRingSource, keyRing } from './key-ring.ts';
import { seal, unseal } from './seal.ts';
import { sealRecord, settingIdentity, unsealRecord } from './sealed-record.ts';

/**
 * Encrypts the secrets and the settings that a store keeps, by AES-256-GCM; keys, URLs and payloads stay readable, so
 * that records can be found. Each text is bound to its record: copied onto another, it does not open.
 *
 * `createApp` does this by its option `encryptionKeys`; this is for scripts that use a store without an app.
 *
 * @throws ConfigError CONFIG_OPTION_INVALID. The methods of the store reject with StoreError STORE_KEY_MISSING,
 *   STORE_KEY_WRONG, STORE_KEY_UNAVAILABLE or STORE_NOT_ENCRYPTED.
 */
export function encryptedStore(
  kept: InstallationStore,
  encryptionKeys: EncryptionKeys | undefined,
): InstallationStore {
  const source = keyRing(encryptionKeys);
  const store = guardStore(kept);
  const { settings } = store;
  const unsealed = rememberUnsealed();
  const open = async (record: InstallationRecord) =>
    deepFreeze(unsealed(record, source.ready ?? (await source.load())));
  return {
    ...store,
    ...(settings === undefined ? undefined : { settings: encryptedSettings(settings, source) }),
    async get(clientKey) {
      const record = await store.get(clientKey);
      return record === undefined ? undefined : open(record);
    },
    ...(store.getNow === undefined
      ? undefined
      : {
          getNow(clientKey) {
            const record = source.ready && store.getNow?.(clientKey);
            return record && source.ready ? unsealed(record, source.ready) : undefined;
          },
        }),
    async put(record) {
      return store.put(sealRecord(record, source.ready ?? (await source.load())));
    },
    async list(options) {
      return Promise.all((await store.list(options)).map(open));
    },
    async findBySiteUrl(siteUrl) {
      return Promise.all((await store.findBySiteUrl(siteUrl)).map(open));
    },
    async open() {
      await Promise.all([source.load(), store.open?.()]);
    },
  };
}

type Secrets = Pick<InstallationRecord, 'sharedSecret' | 'previousSecrets'>;

const MAX_REMEMBERED = 1000;

/**
 * Decrypting takes ten times as long as reading a file: what was decrypted is remembered for as long as the very same
 * text is stored for the same clientKey and site.
 */
function rememberUnsealed(): (record: InstallationRecord, ring: KeyRing) => InstallationRecord {
  const known = new LRUCache<string, { sealed: string; siteUrl: string; secrets: Secrets }>({
    max: MAX_REMEMBERED,
  });
  return (record, ring) => {
    const { clientKey, siteUrl, sharedSecret, previousSecrets } = record;
    const sealed =
      previousSecrets === undefined
        ? sharedSecret
        : JSON.stringify([sharedSecret, previousSecrets]);
    const before = known.get(clientKey);
    if (before?.sealed === sealed && before.siteUrl === siteUrl)
      return { ...record, ...before.secrets };
    const unsealed = unsealRecord(record, ring);
    const secrets: Secrets = {
      sharedSecret: unsealed.sharedSecret,
      ...(unsealed.previousSecrets && { previousSecrets: unsealed.previousSecrets }),
    };
    known.set(clientKey, { sealed, siteUrl, secrets });
    return unsealed;
  };
}

function encryptedSettings(settings: SettingsStore, source: KeyRingSource): SettingsStore {
  return {
    ...settings,
    async get(clientKey, name) {
      const sealed = await settings.get(clientKey, name);
      if (sealed === undefined) return undefined;
      return unseal(sealed, settingIdentity({ clientKey, name }), await source.load());
    },
    async put(clientKey, name, value, ifValue) {
      const identity = settingIdentity({ clientKey, name });
      const ring = await source.load();
      const sealed = seal(value, identity, ring);
      if (ifValue === undefined) return settings.put(clientKey, name, sealed);
      const stored = await settings.get(clientKey, name);
      if (stored === undefined || unseal(stored, identity, ring) !== ifValue) return false;
      return settings.put(clientKey, name, sealed, stored);
    },
    async list(options) {
      const ring = await source.load();
      const stored = await settings.list(options);
      return stored.map((setting) => ({
        ...setting,
        value: unseal(setting.value, settingIdentity(setting), ring),
      }));
    },
  };
}

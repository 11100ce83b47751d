import { StoreError } from '../../errors.ts';
import type { InstallationRecord } from '../installation.ts';
import { allRecords, allSettings } from '../list-all.ts';
import type { InstallationStore, SettingsStore, StoredSetting } from '../store.ts';
import { type EncryptionKeys, type KeyRing, keyRing } from './key-ring.ts';
import { isSealedByFirst, seal, unseal } from './seal.ts';
import {
  isRecordSealedByFirst,
  sealRecord,
  settingIdentity,
  unsealRecord,
} from './sealed-record.ts';

/** How far a re-encryption is. */
export interface ReencryptProgress {
  /** Records and settings that were looked at. */
  readonly seen: number;
  /** How many of them were written anew. */
  readonly written: number;
}

export interface ReencryptOptions {
  onProgress?: (progress: ReencryptProgress) => void;
  /** Ends it between two records. What was written stays; run it again to go on. */
  signal?: AbortSignal;
}

/** Beyond this, somebody is writing the same record in a loop. */
const MAX_ATTEMPTS = 10;

/**
 * Writes every secret and every setting anew that is not encrypted with the first key, while the app runs: each write
 * is made only where the text still is what was read. What the first key has encrypted is left alone, so that it goes
 * on where it was interrupted.
 *
 * @param store As it is stored: not behind {@link encryptedStore}.
 * @throws StoreError STORE_KEY_MISSING, STORE_KEY_WRONG, STORE_NOT_ENCRYPTED, STORE_CONFLICT; ConfigError
 *   CONFIG_OPTION_INVALID; what the signal was aborted with.
 */
export async function reencrypt(
  store: InstallationStore,
  encryptionKeys: EncryptionKeys,
  { onProgress, signal }: ReencryptOptions = {},
): Promise<ReencryptProgress> {
  const ring = await keyRing(encryptionKeys).load();
  let seen = 0;
  let written = 0;
  const count = (wasWritten: boolean) => {
    seen++;
    if (wasWritten) written++;
    onProgress?.({ seen, written });
    signal?.throwIfAborted();
  };
  for await (const record of allRecords(store)) count(await renewRecord(record, store, ring));
  if (store.settings !== undefined) {
    for await (const setting of allSettings(store.settings)) {
      count(await renewSetting(setting, store.settings, ring));
    }
  }
  return { seen, written };
}

async function renewRecord(
  listed: InstallationRecord,
  store: InstallationStore,
  ring: KeyRing,
): Promise<boolean> {
  let record: InstallationRecord | undefined = listed;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    // Deleted meanwhile, or written by somebody who has the new key.
    if (record === undefined || isRecordSealedByFirst(record, ring)) return false;
    const renewed = sealRecord(unsealRecord(record, ring), ring);
    if (await store.put({ ...renewed, revision: record.revision + 1 })) return true;
    record = await store.get(record.clientKey);
  }
  throw conflict(listed.clientKey);
}

async function renewSetting(
  listed: StoredSetting,
  settings: SettingsStore,
  ring: KeyRing,
): Promise<boolean> {
  const { clientKey, name } = listed;
  const identity = settingIdentity(listed);
  let value: string | undefined = listed.value;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    if (value === undefined || isSealedByFirst(value, ring)) return false;
    const renewed = seal(unseal(value, identity, ring), identity, ring);
    if (await settings.put(clientKey, name, renewed, value)) return true;
    value = await settings.get(clientKey, name);
  }
  throw conflict(clientKey);
}

function conflict(clientKey: string): StoreError {
  return new StoreError(
    'STORE_CONFLICT',
    `'${clientKey}' was changed by others ${MAX_ATTEMPTS} times in a row.`,
  );
}

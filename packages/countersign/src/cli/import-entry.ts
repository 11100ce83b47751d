import { isDeepStrictEqual } from 'node:util';
import { StoreError } from '../errors.ts';
import type { KeyRing } from '../installations/encryption/key-ring.ts';
import { seal, unseal } from '../installations/encryption/seal.ts';
import {
  sealRecord,
  settingIdentity,
  unsealRecord,
} from '../installations/encryption/sealed-record.ts';
import type { InstallationRecord } from '../installations/installation.ts';
import type { InstallationStore, StoredSetting } from '../installations/store.ts';
import type { ExportEntry } from './export-format.ts';

/** What became of an entry; a reason is why it was skipped. */
export type ImportOutcome = 'imported' | 'replaced' | 'unchanged' | { readonly reason: string };

export interface ImportTarget {
  readonly store: InstallationStore;
  /** Decrypts what comes in, and encrypts it anew; undefined where texts are written as they are. */
  readonly ring: KeyRing | undefined;
  readonly dryRun: boolean;
}

const MAX_ATTEMPTS = 10;

/**
 * Decrypts an entry, and throws what is decrypted away.
 *
 * @throws StoreError STORE_KEY_MISSING, STORE_KEY_WRONG, STORE_NOT_ENCRYPTED.
 */
export function checkOpens(entry: ExportEntry, ring: KeyRing): void {
  if ('installation' in entry) unsealRecord(entry.installation, ring);
  else unseal(entry.setting.value, settingIdentity(entry.setting), ring);
}

/** @throws StoreError. */
export function importEntry(entry: ExportEntry, target: ImportTarget): Promise<ImportOutcome> {
  return 'installation' in entry
    ? importRecord(entry.installation, target)
    : importSetting(entry.setting, target);
}

async function importRecord(
  given: InstallationRecord,
  { store, ring, dryRun }: ImportTarget,
): Promise<ImportOutcome> {
  const open = (record: InstallationRecord) =>
    ring === undefined ? record : unsealRecord(record, ring);
  const clear = open(given);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const stored = await store.get(given.clientKey);
    if (stored !== undefined) {
      if (isSame(stored, given) || isSame(open(stored), clear)) return 'unchanged';
      if (given.changedAt === stored.changedAt) {
        return { reason: 'the store has another one, which is as new' };
      }
      if (given.changedAt < stored.changedAt) return { reason: 'the store has a newer one' };
    }
    const outcome = stored === undefined ? 'imported' : 'replaced';
    if (dryRun) return outcome;
    const sealed = ring === undefined ? given : sealRecord(clear, ring);
    if (await store.put({ ...sealed, revision: (stored?.revision ?? 0) + 1 })) return outcome;
  }
  throw new StoreError(
    'STORE_CONFLICT',
    `'${given.clientKey.slice(0, 100)}' was changed by others ${MAX_ATTEMPTS} times in a row.`,
  );
}

/** Revisions count the writes of one store. */
function isSame(one: InstallationRecord, other: InstallationRecord): boolean {
  return isDeepStrictEqual({ ...one, revision: 0 }, { ...other, revision: 0 });
}

async function importSetting(
  setting: StoredSetting,
  { store: { settings }, ring, dryRun }: ImportTarget,
): Promise<ImportOutcome> {
  if (settings === undefined) return { reason: 'the store keeps no settings' };
  const { clientKey, name, value } = setting;
  const identity = settingIdentity(setting);
  const open = (text: string) => (ring === undefined ? text : unseal(text, identity, ring));
  const clear = open(value);
  const stored = await settings.get(clientKey, name);
  if (stored !== undefined) {
    const isKept = stored === value || open(stored) === clear;
    return isKept ? 'unchanged' : { reason: 'the store has another value' };
  }
  if (!dryRun) {
    const text = ring === undefined ? value : seal(clear, identity, ring);
    await settings.put(clientKey, name, text);
  }
  return 'imported';
}

import type { InstallationRecord, PreviousSecret } from '../installation.ts';
import type { StoredSetting } from '../store.ts';
import type { KeyRing } from './key-ring.ts';
import { type Identity, isSealedByFirst, seal, unseal } from './seal.ts';

export function sealRecord(record: InstallationRecord, ring: KeyRing): InstallationRecord {
  return mapSecrets(record, (text, identity) => seal(text, identity, ring));
}

export function unsealRecord(record: InstallationRecord, ring: KeyRing): InstallationRecord {
  return mapSecrets(record, (text, identity) => unseal(text, identity, ring));
}

export function isRecordSealedByFirst(record: InstallationRecord, ring: KeyRing): boolean {
  const previous = record.previousSecrets ?? [];
  return [record, ...previous].every(({ sharedSecret }) => isSealedByFirst(sharedSecret, ring));
}

/** The identity of a setting's value. */
export function settingIdentity({
  clientKey,
  name,
}: Pick<StoredSetting, 'clientKey' | 'name'>): Identity {
  return ['setting', clientKey, name];
}

function mapSecrets(
  record: InstallationRecord,
  change: (text: string, identity: Identity) => string,
): InstallationRecord {
  const { clientKey, siteUrl, sharedSecret, previousSecrets } = record;
  // Bound to the site, too: a record that was made to name another one does not open.
  const changed = {
    ...record,
    sharedSecret: change(sharedSecret, ['sharedSecret', clientKey, siteUrl]),
  };
  if (previousSecrets === undefined) return changed;
  return {
    ...changed,
    previousSecrets: previousSecrets.map(
      (previous): PreviousSecret => ({
        ...previous,
        sharedSecret: change(previous.sharedSecret, ['previousSecret', clientKey, siteUrl]),
      }),
    ),
  };
}

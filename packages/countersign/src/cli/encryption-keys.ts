import { type EncryptionKeys, keyRing } from '../installations/encryption/key-ring.ts';
import { unsealRecord } from '../installations/encryption/sealed-record.ts';
import type { InstallationRecord } from '../installations/installation.ts';
import type { Arguments } from './arguments.ts';
import type { CommandOption } from './command.ts';
import { variableNamedBy } from './environment.ts';
import { badUsage, cannotDo } from './failures.ts';
import { readTextFile } from './files.ts';
import type { Terminal } from './terminal.ts';

const DEFAULT_VARIABLE = 'COUNTERSIGN_ENCRYPTION_KEYS';

/** The options that say where the encryption keys are. */
export const KEYS_OPTIONS: Readonly<Record<string, CommandOption>> = {
  'keys-env': {
    value: 'NAME',
    text: `Read the encryption keys from this environment variable: as encryptionKeys of the app, with commas between them. Default: ${DEFAULT_VARIABLE}.`,
  },
  'keys-file': {
    value: 'FILE',
    text: 'Read them from this file, with commas or line breaks between them.',
  },
};

/**
 * The encryption keys from a file or the environment; undefined where none are named. For a store that is written to:
 * `encryptedStore(store, readEncryptionKeys(given, terminal))`.
 *
 * @throws CommandFailure when they are named, but are not there. What is no key is found by keyRing.
 */
export function readEncryptionKeys(
  given: Arguments,
  terminal: Terminal,
): EncryptionKeys | undefined {
  const file = given.text('keys-file');
  const name = given.text('keys-env');
  if (file !== undefined && name !== undefined) {
    throw badUsage('Choose --keys-file or --keys-env.');
  }
  if (file !== undefined) {
    const keys = readTextFile(file, 'The file of the encryption keys').trim();
    if (keys === '') throw cannotDo('The file of the encryption keys is empty.');
    return keys.replace(/,?\s*\n\s*/g, ',');
  }
  if (name === undefined) return terminal.env[DEFAULT_VARIABLE] || undefined;
  return variableNamedBy('keys-env', name, 'a key', terminal);
}

/** @throws CommandFailure where none are named. */
export function demandEncryptionKeys(given: Arguments, terminal: Terminal): EncryptionKeys {
  const keys = readEncryptionKeys(given, terminal);
  if (keys !== undefined) return keys;
  throw badUsage(
    `No encryption key was given: set ${DEFAULT_VARIABLE}, or use --keys-file or --keys-env.`,
    'The first of them encrypts. Make one with: countersign key create',
  );
}

/**
 * A stored record with its secrets in clear.
 *
 * @throws StoreError STORE_KEY_MISSING, STORE_KEY_WRONG, STORE_NOT_ENCRYPTED; ConfigError for what is no key.
 */
export async function decrypted(
  record: InstallationRecord,
  given: Arguments,
  terminal: Terminal,
): Promise<InstallationRecord> {
  return unsealRecord(record, await keyRing(readEncryptionKeys(given, terminal)).load());
}

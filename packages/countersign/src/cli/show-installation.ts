import { keyIdOf } from '../installations/encryption/seal.ts';
import {
  type Installation,
  type InstallationRecord,
  withoutSecret,
} from '../installations/installation.ts';

/** In a word or two. */
export function stateOf({ status, enabled }: Installation): string {
  if (status === 'uninstalled') return 'uninstalled';
  return enabled ? 'installed' : 'installed, but disabled by an administrator';
}

const SECRET_NAME = /secret|passw|token|private_?key/i;

/**
 * An installation for JSON: without its secret, also where the payload should hold one. `encryptedWith` is the id of
 * the key, or null where the secret is stored in clear.
 *
 * @param record As it is stored.
 */
export function shownInstallation(record: InstallationRecord): Record<string, unknown> {
  const { payload, ...rest } = withoutSecret(record);
  return {
    ...rest,
    encryptedWith: keyIdOf(record.sharedSecret) ?? null,
    payload: Object.fromEntries(
      Object.entries(payload).map(([name, value]) => [
        name,
        SECRET_NAME.test(name) ? '[hidden]' : value,
      ]),
    ),
  };
}

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { StoreError } from '../../errors.ts';
import type { KeyRing, RingKey } from './key-ring.ts';

/**
 * What a text is and whose: `['sharedSecret', clientKey, siteUrl]`, `['setting', clientKey, name]`. It is bound to the
 * text, so that what is copied onto another record, or whose record names another site, does not open there.
 */
export type Identity = readonly [kind: SealedKind, clientKey: string, detail: string];

type SealedKind = 'sharedSecret' | 'previousSecret' | 'setting';

/** `cs2:<key id>:<base64url of nonce, ciphertext and tag>`; what was written as `cs1` is bound to no site. */
const SEALED = /^cs([12]):([\w.-]{1,40}):([A-Za-z0-9_-]{38,})$/;
const VERSION = 2;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts a text with the first key of the ring by AES-256-GCM. The nonce is random: one key is good for 2^32 texts.
 *
 * @see https://nvlpubs.nist.gov/nistpubs/Legacy/SP/nistspecialpublication800-38d.pdf
 */
export function seal(text: string, identity: Identity, { first }: KeyRing): string {
  if (first === undefined) {
    // In clear it could not be told from an encrypted one.
    if (SEALED.test(text)) throw new StoreError('STORE_CORRUPT', `${what(identity)} is reserved.`);
    return text;
  }
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', first.bytes, nonce);
  cipher.setAAD(associatedData(identity, VERSION));
  const bytes = [nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
  return `cs${VERSION}:${first.id}:${Buffer.concat(bytes).toString('base64url')}`;
}

/**
 * The text that was sealed.
 *
 * @throws StoreError STORE_KEY_MISSING, STORE_KEY_WRONG, STORE_NOT_ENCRYPTED.
 */
export function unseal(sealed: string, identity: Identity, ring: KeyRing): string {
  const id = keyIdOf(sealed);
  if (id === undefined) {
    if (ring.readsClear) return sealed;
    throw new StoreError(
      'STORE_NOT_ENCRYPTED',
      `${what(identity)} is stored in clear, and encryptionKeys does not name 'none'.`,
    );
  }
  const key = ring.find(id);
  if (key === undefined) {
    throw new StoreError(
      'STORE_KEY_MISSING',
      `${what(identity)} is encrypted with the key '${id}', which encryptionKeys does not name.`,
    );
  }
  const text = decrypt(sealed, identity, key);
  if (text !== undefined) return text;
  throw new StoreError('STORE_KEY_WRONG', `${what(identity)} does not open with the key '${id}'.`);
}

/** True where sealing again would change more than the nonce. */
export function isSealedByFirst(sealed: string, { first }: KeyRing): boolean {
  return first === undefined
    ? keyIdOf(sealed) === undefined
    : sealed.startsWith(`cs${VERSION}:${first.id}:`) && keyIdOf(sealed) === first.id;
}

/** The id of the key that a text is encrypted with; undefined for a text in clear. */
export function keyIdOf(sealed: string): string | undefined {
  return SEALED.exec(sealed)?.[2];
}

function decrypt(sealed: string, identity: Identity, { bytes }: RingKey): string | undefined {
  const data = Buffer.from(sealed.slice(sealed.lastIndexOf(':') + 1), 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', bytes, data.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(associatedData(identity, Number(sealed.charAt(2))));
  decipher.setAuthTag(data.subarray(-TAG_BYTES));
  const text = decipher.update(data.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8');
  try {
    return text + decipher.final('utf8');
  } catch {
    return undefined;
  }
}

function associatedData([kind, clientKey, detail]: Identity, version: number): Buffer {
  const bound = version === 1 && kind !== 'setting' ? [clientKey] : [clientKey, detail];
  return Buffer.from(JSON.stringify(['countersign', version, kind, ...bound]));
}

function what([kind, clientKey, detail]: Identity): string {
  const key = clientKey.slice(0, 100);
  if (kind === 'setting') return `The setting '${detail}' of '${key}'`;
  return `The ${kind === 'sharedSecret' ? 'secret' : 'previous secret'} of '${key}'`;
}

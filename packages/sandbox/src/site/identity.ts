import { generateKeyPair, randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';

/** What makes this site the site that it is. It outlives a reset. */
export interface Identity {
  clientKey: string;
  /** The id of the RS256 key pair that signs installed and uninstalled callbacks. */
  keyId: string;
  privateKey: string;
  /** The PEM that `<installKeysUrl>/<keyId>` answers. */
  publicKey: string;
}

export async function loadIdentity(database: DatabaseSync): Promise<Identity> {
  const row = database.prepare("SELECT value FROM setting WHERE name = 'identity'").get();
  if (row) return JSON.parse(String(row.value)) as Identity;
  const identity = await createIdentity();
  database
    .prepare("INSERT INTO setting (name, value) VALUES ('identity', ?)")
    .run(JSON.stringify(identity));
  return identity;
}

async function createIdentity(): Promise<Identity> {
  keyPair ??= promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const { privateKey, publicKey } = await keyPair;
  return { clientKey: randomUUID(), keyId: randomUUID(), privateKey, publicKey };
}

/**
 * One for all new sites of this process, as Atlassian has one for all: to make one takes longer than all else that a
 * site needs. Each site answers for it under an id of its own, so none knows the tokens of another one.
 */
let keyPair: Promise<{ privateKey: string; publicKey: string }> | undefined;

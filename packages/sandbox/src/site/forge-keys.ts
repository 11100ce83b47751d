import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import {
  type CryptoKey,
  exportJWK,
  exportPKCS8,
  generateKeyPair,
  importPKCS8,
  type JWK,
} from 'jose';

/** An RS256 key pair, as it is kept. */
interface KeyPair {
  kid: string;
  /** PEM, PKCS 8. */
  privateKey: string;
  publicKey: JWK;
}

interface StoredKeys {
  /** What the key set shows, the one that signs last. */
  invocation: KeyPair[];
  /** Signs what the gateway takes. An app has no use for its public half. */
  gateway: KeyPair;
}

/** A key that signs. */
export interface SigningKey {
  kid: string;
  privateKey: CryptoKey;
  publicKey: JWK;
}

/** The keys of the Forge side, and the site's cloudId. They outlive a reset. Keys are made when one is first needed. */
export class ForgeKeys {
  /** A bare UUID. It stays the same for as long as the site does. */
  readonly cloudId: string;
  /** How often the key set was asked for. */
  keySetFetches = 0;
  readonly #database: DatabaseSync;
  #keys: Promise<StoredKeys> | undefined;
  readonly #imported = new Map<string, Promise<CryptoKey>>();

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.cloudId = this.#read('forge-cloud-id') ?? randomUUID();
    this.#write('forge-cloud-id', this.cloudId);
  }

  /** The public keys, as a JSON Web Key Set. */
  async keySet(): Promise<{ keys: JWK[] }> {
    const { invocation } = await this.#load();
    return {
      keys: invocation.map(({ kid, publicKey }) => ({
        ...publicKey,
        kid,
        alg: 'RS256',
        use: 'sig',
      })),
    };
  }

  async invocationKey(): Promise<SigningKey> {
    const { invocation } = await this.#load();
    return this.#signing(invocation.at(-1) as KeyPair);
  }

  async gatewayKey(): Promise<SigningKey> {
    return this.#signing((await this.#load()).gateway);
  }

  /** A new key signs from now on. `keepOld`: whether the key set goes on showing the earlier ones. */
  async rotate(keepOld: boolean): Promise<string> {
    const { invocation, gateway } = await this.#load();
    const next = await createKeyPair();
    this.#keys = Promise.resolve({
      invocation: [...(keepOld ? invocation : []), next],
      gateway,
    });
    this.#write('forge-keys', JSON.stringify(await this.#keys));
    return next.kid;
  }

  #load(): Promise<StoredKeys> {
    this.#keys ??= (async () => {
      const stored = this.#read('forge-keys');
      if (stored !== undefined) return JSON.parse(stored) as StoredKeys;
      firstPairs ??= Promise.all([createKeyPair(), createKeyPair()]);
      const [invocation, gateway] = await firstPairs;
      const keys = {
        invocation: [{ ...invocation, kid: createKeyId() }],
        gateway: { ...gateway, kid: createKeyId() },
      };
      this.#write('forge-keys', JSON.stringify(keys));
      return keys;
    })();
    return this.#keys;
  }

  async #signing({ kid, privateKey, publicKey }: KeyPair): Promise<SigningKey> {
    const imported = this.#imported.get(kid) ?? importPKCS8(privateKey, 'RS256');
    this.#imported.set(kid, imported);
    return { kid, privateKey: await imported, publicKey };
  }

  #read(name: string): string | undefined {
    const row = this.#database.prepare('SELECT value FROM setting WHERE name = ?').get(name);
    return row && String(row.value);
  }

  #write(name: string, value: string): void {
    this.#database
      .prepare(
        `INSERT INTO setting (name, value) VALUES (?, ?)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
      )
      .run(name, value);
  }
}

/** For all new sites of this process, as Forge has one set for all; each site names them by ids of its own. */
let firstPairs: Promise<readonly [KeyPair, KeyPair]> | undefined;

function createKeyId(): string {
  return `forge/invocation-token/${randomUUID()}`;
}

async function createKeyPair(): Promise<KeyPair> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  return {
    kid: createKeyId(),
    privateKey: await exportPKCS8(privateKey),
    publicKey: await exportJWK(publicKey),
  };
}

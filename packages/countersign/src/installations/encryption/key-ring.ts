import { createHash } from 'node:crypto';
import { ConfigError, StoreError } from '../../errors.ts';

/**
 * A key of AES-256, as text: 32 bytes in base64, such as `openssl rand -base64 32` prints. A name may stand before it,
 * as in `2026-11:…`; without one it is named after its own hash. The word `none` stands for no encryption. A function
 * fetches such a text from elsewhere, such as a key management service: once, when it is first needed.
 */
export type EncryptionKey = string | (() => string | Promise<string>);

/**
 * The first key encrypts; all of them decrypt. A text may hold several, with commas between them, so that an
 * environment variable can hold a whole ring.
 */
export type EncryptionKeys = string | readonly EncryptionKey[];

/** One key of a ring. */
export interface RingKey {
  readonly id: string;
  readonly bytes: Buffer;
}

/** The keys of an app, in the order they were given. */
export interface KeyRing {
  /** What new texts are encrypted with; undefined where they stay in clear. */
  readonly first: RingKey | undefined;
  readonly ids: readonly string[];
  /** True where texts in clear are read too. */
  readonly readsClear: boolean;
  find(id: string): RingKey | undefined;
}

/** A ring whose keys may have to be fetched first. */
export interface KeyRingSource {
  /** The ring, if nothing has to be waited for. */
  readonly ready: KeyRing | undefined;
  /** @throws StoreError STORE_KEY_UNAVAILABLE; ConfigError CONFIG_OPTION_INVALID. */
  load(): Promise<KeyRing>;
}

const KEY_BYTES = 32;
const NONE = 'none';

/**
 * Reads keys; those that are texts are checked at once.
 *
 * @param keys Undefined stands for `none`.
 * @throws ConfigError CONFIG_OPTION_INVALID.
 */
export function keyRing(keys: EncryptionKeys | undefined): KeyRingSource {
  const entries = entriesOf(keys);
  if (entries.every((entry) => typeof entry === 'string')) {
    const ready = createRing(entries);
    return { ready, load: async () => ready };
  }
  createRing(entries.filter((entry) => typeof entry === 'string'));
  let ready: KeyRing | undefined;
  let loading: Promise<KeyRing> | undefined;
  return {
    get ready() {
      return ready;
    },
    load() {
      // What failed is tried again by the next caller.
      loading ??= fetchRing(entries).then(
        (ring) => {
          ready = ring;
          return ring;
        },
        (error) => {
          loading = undefined;
          throw error;
        },
      );
      return loading;
    },
  };
}

function entriesOf(keys: EncryptionKeys | undefined): readonly EncryptionKey[] {
  if (keys === undefined) return [NONE];
  const entries: readonly EncryptionKey[] =
    typeof keys === 'string' ? keys.split(',').map((text) => text.trim()) : keys;
  if (!Array.isArray(entries) || entries.length === 0) {
    throw invalid('encryptionKeys must be a text, or a list of texts and functions.');
  }
  entries.forEach((entry: unknown, index) => {
    if (typeof entry === 'function' || (typeof entry === 'string' && entry !== '')) return;
    throw invalid(
      `encryptionKeys[${index}] is ${entry === '' ? 'empty' : `no text but ${typeof entry}`}.`,
      'Is the environment variable set that it is read from?',
    );
  });
  return entries;
}

async function fetchRing(entries: readonly EncryptionKey[]): Promise<KeyRing> {
  const texts = await Promise.all(
    entries.map(async (entry, index) => {
      if (typeof entry === 'string') return entry;
      try {
        return await entry();
      } catch (error) {
        throw new StoreError(
          'STORE_KEY_UNAVAILABLE',
          `The function encryptionKeys[${index}] failed.`,
          // Of a key service's error no more than this: it may hold the key.
          { cause: new Error(error instanceof Error ? error.name : 'It threw no Error.') },
        );
      }
    }),
  );
  return createRing(texts);
}

function createRing(texts: readonly string[]): KeyRing {
  const keys = texts.map((text, index) => (text === NONE ? undefined : readKey(text, index)));
  const byId = new Map<string, RingKey>();
  for (const key of keys) {
    if (key === undefined) continue;
    if (byId.has(key.id)) throw invalid(`encryptionKeys names the key '${key.id}' twice.`);
    byId.set(key.id, key);
  }
  return {
    first: keys[0],
    ids: [...byId.keys()],
    readsClear: keys.includes(undefined),
    find: (id) => byId.get(id),
  };
}

/** No message repeats what was given: it may be a key with a typing error. */
function readKey(text: unknown, index: number): RingKey {
  const match = /^(?:([\w.-]{1,40}):)?([A-Za-z0-9+/_-]{43}=?)$/.exec(String(text));
  const bytes = Buffer.from(match?.[2] ?? '', 'base64');
  if (bytes.length !== KEY_BYTES) {
    throw invalid(
      `encryptionKeys[${index}] is no key: 32 bytes in base64 are expected, with or without a name and a colon before.`,
      'Make one with: openssl rand -base64 32',
    );
  }
  return { id: match?.[1] ?? idOf(bytes), bytes };
}

/** Tells one key from another, and nothing about it. */
function idOf(bytes: Buffer): string {
  return createHash('sha256')
    .update('countersign encryption key id')
    .update(bytes)
    .digest('hex')
    .slice(0, 8);
}

function invalid(message: string, hint?: string): ConfigError {
  return new ConfigError(
    'CONFIG_OPTION_INVALID',
    message,
    hint === undefined ? undefined : { hint },
  );
}

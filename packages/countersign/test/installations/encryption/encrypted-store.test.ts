import { createCipheriv, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import {
  type EncryptionKeys,
  encryptedStore,
  type InstallationStore,
  memoryStore,
  reencrypt,
  sqliteStore,
} from '../../../src/index.ts';
import { sampleRecord } from '../sample-record.ts';

const key = () => randomBytes(32).toString('base64');
const OLD = `2025:${key()}`;
const NEW = `2026:${key()}`;

async function kept(keys: EncryptionKeys | undefined, secret = 'secret-1') {
  const store = memoryStore();
  const encrypted = encryptedStore(store, keys);
  await encrypted.put(sampleRecord({ sharedSecret: secret }));
  await encrypted.settings?.put('client-1', 'colour', '"red"');
  return store;
}

async function refusal(store: InstallationStore, keys: EncryptionKeys | undefined) {
  const encrypted = encryptedStore(store, keys);
  return encrypted.get('client-1').then(
    (record) => expect.fail(`it was opened: ${inspect(record)}`),
    (error) => error,
  );
}

describe('a key ring', () => {
  test('encrypts with its first key and opens with all', async () => {
    const store = await kept(OLD);
    const ring = encryptedStore(store, [NEW, OLD]);
    expect((await ring.get('client-1'))?.sharedSecret).toBe('secret-1');
    expect((await store.get('client-1'))?.sharedSecret).toMatch(/^cs2:2025:/);
    await ring.put(sampleRecord({ sharedSecret: 'second', revision: 2 }));
    expect((await store.get('client-1'))?.sharedSecret).toMatch(/^cs2:2026:/);
    expect((await encryptedStore(store, NEW).get('client-1'))?.sharedSecret).toBe('second');
  });

  test('opens what was encrypted before secrets were bound to their site, and renews it', async () => {
    const store = memoryStore();
    const bytes = Buffer.from(NEW.slice('2026:'.length), 'base64');
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', bytes, nonce);
    cipher.setAAD(Buffer.from(JSON.stringify(['countersign', 1, 'sharedSecret', 'client-1'])));
    const parts = [nonce, cipher.update('secret-1'), cipher.final(), cipher.getAuthTag()];
    const sharedSecret = `cs1:2026:${Buffer.concat(parts).toString('base64url')}`;
    await store.put(sampleRecord({ sharedSecret }));
    expect((await encryptedStore(store, NEW).get('client-1'))?.sharedSecret).toBe('secret-1');
    await reencrypt(store, NEW);
    const renewed = await store.get('client-1');
    expect(renewed?.sharedSecret).toMatch(/^cs2:2026:/);
    expect((await encryptedStore(store, NEW).get('client-1'))?.sharedSecret).toBe('secret-1');
  });

  test('opens no secret of a record that was made to name another site', async () => {
    const store = await kept(NEW);
    const record = await store.get('client-1');
    await store.put({
      ...sampleRecord(record),
      siteUrl: 'https://evil.atlassian.net',
      revision: 2,
    });
    expect(await refusal(store, NEW)).toMatchObject({ code: 'STORE_KEY_WRONG' });
  });

  test('is read from one text with commas, as an environment variable holds it', async () => {
    const store = await kept(OLD);
    const record = await encryptedStore(store, ` ${NEW} , ${OLD}`).get('client-1');
    expect(record?.sharedSecret).toBe('secret-1');
  });

  test('names a key without a name after its hash, the same each time', async () => {
    const bare = key();
    const [one, two] = [await kept(bare), await kept([bare])];
    const ids = [one, two].map((store) => store.getNow?.('client-1')?.sharedSecret.split(':')[1]);
    expect(ids[0]).toMatch(/^[0-9a-f]{8}$/);
    expect(ids[1]).toBe(ids[0]);
    expect(bare).not.toContain(ids[0]);
  });

  test('fetches a key by a function, once, and only when it is needed', async () => {
    let calls = 0;
    const fetchKey = async () => {
      calls++;
      return NEW;
    };
    const store = memoryStore();
    const encrypted = encryptedStore(store, [fetchKey, OLD]);
    expect(calls).toBe(0);
    expect(encrypted.getNow?.('client-1')).toBeUndefined();
    await Promise.all([encrypted.put(sampleRecord()), encrypted.get('client-1')]);
    expect((await encrypted.get('client-1'))?.sharedSecret).toBe('secret-1');
    expect(encrypted.getNow?.('client-1')?.sharedSecret).toBe('secret-1');
    expect(calls).toBe(1);
  });

  test('asks a key service again that failed', async () => {
    let isDown = true;
    const encrypted = encryptedStore(await kept(NEW), [
      () => (isDown ? Promise.reject(new Error(`no ${NEW}`)) : NEW),
    ]);
    const error = await encrypted.get('client-1').catch((caught) => caught);
    expect(error).toMatchObject({ code: 'STORE_KEY_UNAVAILABLE', httpStatus: 503 });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(NEW.slice(5));
    isDown = false;
    expect((await encrypted.get('client-1'))?.sharedSecret).toBe('secret-1');
  });

  test.each<[string, unknown]>([
    ['a text that is too short', key().slice(0, 40)],
    ['a text that is too long', randomBytes(48).toString('base64')],
    ['hex', randomBytes(32).toString('hex')],
    ['an unset variable in a list', [undefined]],
    ['an empty text', ''],
    ['an empty list', []],
    ['a number', 42],
    ['the same name twice', [`a:${key()}`, `a:${key()}`]],
    ['a name with blanks', `my key:${key()}`],
  ])('refuses %s at start, and repeats no key', (_name, keys) => {
    const given = [keys].flat().filter((text) => typeof text === 'string' && text.length > 20);
    try {
      encryptedStore(memoryStore(), keys as EncryptionKeys);
    } catch (error) {
      expect(error).toMatchObject({ code: 'CONFIG_OPTION_INVALID' });
      for (const text of given) {
        expect(inspect(error)).not.toContain(String(text).split(':').at(-1));
      }
      return;
    }
    expect.fail('it was taken');
  });
});

describe('what is stored', () => {
  test('does not open without its key, and the error names the id', async () => {
    expect(await refusal(await kept(OLD), NEW)).toMatchObject({
      code: 'STORE_KEY_MISSING',
      message: expect.stringContaining("'2025'"),
    });
    expect(await refusal(await kept(OLD), undefined)).toMatchObject({ code: 'STORE_KEY_MISSING' });
    expect(await refusal(await kept(OLD), 'none')).toMatchObject({ code: 'STORE_KEY_MISSING' });
  });

  test('does not open with another key of the same name', async () => {
    expect(await refusal(await kept(OLD), `2025:${key()}`)).toMatchObject({
      code: 'STORE_KEY_WRONG',
      message: expect.stringContaining("'2025'"),
    });
  });

  test('does not open on another record, as a previous secret, or as a setting', async () => {
    const store = await kept(NEW);
    const sealed = store.getNow?.('client-1')?.sharedSecret as string;
    await store.put(sampleRecord({ clientKey: 'client-2', sharedSecret: sealed }));
    const encrypted = encryptedStore(store, NEW);
    await expect(encrypted.get('client-2')).rejects.toMatchObject({ code: 'STORE_KEY_WRONG' });
    await expect(encrypted.list()).rejects.toMatchObject({ code: 'STORE_KEY_WRONG' });
    await store.put(
      sampleRecord({
        revision: 2,
        sharedSecret: sealed,
        previousSecrets: [{ sharedSecret: sealed, endsAt: 1 }],
      }),
    );
    await expect(encrypted.get('client-1')).rejects.toMatchObject({ code: 'STORE_KEY_WRONG' });
    const setting = (await store.settings?.get('client-1', 'colour')) as string;
    await store.settings?.put('client-1', 'size', setting);
    await store.settings?.put('client-2', 'colour', setting);
    for (const [clientKey, name] of [
      ['client-1', 'size'],
      ['client-2', 'colour'],
    ] as const) {
      await expect(encrypted.settings?.get(clientKey, name)).rejects.toMatchObject({
        code: 'STORE_KEY_WRONG',
      });
    }
    expect(await encrypted.settings?.get('client-1', 'colour')).toBe('"red"');
  });

  test('does not open when any character of it was changed', async () => {
    const sealed = (await kept(NEW)).getNow?.('client-1')?.sharedSecret as string;
    for (let at = 'cs2:2026:'.length; at < sealed.length - 1; at++) {
      const letter = sealed[at] === 'A' ? 'B' : 'A';
      const store = memoryStore();
      await store.put(
        sampleRecord({ sharedSecret: sealed.slice(0, at) + letter + sealed.slice(at + 1) }),
      );
      expect(await refusal(store, NEW), `changed at ${at}`).toMatchObject({
        code: 'STORE_KEY_WRONG',
      });
    }
  });

  test('in clear is refused where a key is given, unless the ring says none', async () => {
    const store = await kept(undefined);
    expect(await refusal(store, NEW)).toMatchObject({ code: 'STORE_NOT_ENCRYPTED' });
    const ring = encryptedStore(store, [NEW, 'none']);
    expect((await ring.get('client-1'))?.sharedSecret).toBe('secret-1');
    expect(await ring.settings?.get('client-1', 'colour')).toBe('"red"');
  });

  test('is never the same twice', async () => {
    const texts = await Promise.all(Array.from({ length: 20 }, () => kept(NEW)));
    const sealed = texts.map((store) => store.getNow?.('client-1')?.sharedSecret);
    expect(new Set(sealed).size).toBe(20);
  });

  test('looks encrypted only where it is: a secret in that very form is refused in clear', async () => {
    const sealed = (await kept(NEW)).getNow?.('client-1')?.sharedSecret as string;
    await expect(
      encryptedStore(memoryStore(), undefined).put(sampleRecord({ sharedSecret: sealed })),
    ).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
  });
});

describe('a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('holds no secret and no setting in clear, in any of its parts', async () => {
    const store = sqliteStore(join(folder, 'app.db'));
    const encrypted = encryptedStore(store, NEW);
    await encrypted.put(sampleRecord({ sharedSecret: 'MARKED-1' }));
    await encrypted.put(
      sampleRecord({
        sharedSecret: 'MARKED-2',
        previousSecrets: [{ sharedSecret: 'MARKED-1', endsAt: Date.now() + 1000 }],
        revision: 2,
      }),
    );
    await encrypted.settings?.put('client-1', 'token', '"MARKED-3"');
    for (const file of readdirSync(folder)) {
      expect(readFileSync(join(folder, file), 'latin1'), file).not.toContain('MARKED');
    }
    expect((await encrypted.get('client-1'))?.previousSecrets?.[0]?.sharedSecret).toBe('MARKED-1');
    await store.close?.();
  });
});

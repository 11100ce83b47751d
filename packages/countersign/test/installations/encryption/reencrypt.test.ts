import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  encryptedStore,
  type InstallationStore,
  memoryStore,
  reencrypt,
} from '../../../src/index.ts';
import { sampleRecord } from '../sample-record.ts';

const key = () => randomBytes(32).toString('base64');
const OLD = `old:${key()}`;
const NEW = `new:${key()}`;

async function filled(keys: string | undefined, count = 450): Promise<InstallationStore> {
  const store = memoryStore();
  const encrypted = encryptedStore(store, keys);
  for (let index = 0; index < count; index++) {
    const clientKey = `client-${index}`;
    await encrypted.put(
      sampleRecord({
        clientKey,
        sharedSecret: `secret-${index}`,
        ...(index % 3 === 0 && {
          previousSecrets: [{ sharedSecret: `previous-${index}`, endsAt: 1 }],
        }),
      }),
    );
    await encrypted.settings?.put(clientKey, 'index', `${index}`);
  }
  return store;
}

async function expectAllOpenWith(store: InstallationStore, keys: string | string[]): Promise<void> {
  const encrypted = encryptedStore(store, keys);
  const records = await encrypted.list({ limit: 10_000 });
  expect(records).toHaveLength(450);
  for (const { clientKey, sharedSecret } of records) {
    expect(sharedSecret).toBe(clientKey.replace('client', 'secret'));
    expect(await encrypted.settings?.get(clientKey, 'index')).toBe(clientKey.slice(7));
  }
}

test('every record and setting is encrypted with the new key, and the old one is no longer needed', async () => {
  const store = await filled(OLD);
  const seen: number[] = [];
  const result = await reencrypt(store, [NEW, OLD], { onProgress: (now) => seen.push(now.seen) });
  expect(result).toEqual({ seen: 900, written: 900 });
  expect(seen).toEqual(Array.from({ length: 900 }, (_, index) => index + 1));
  await expectAllOpenWith(store, NEW);
});

test('what is in clear is encrypted, and back again', async () => {
  const store = await filled(undefined);
  await reencrypt(store, [NEW, 'none']);
  await expectAllOpenWith(store, NEW);
  await reencrypt(store, ['none', NEW]);
  await expectAllOpenWith(store, 'none');
});

test('interrupted, it leaves all readable, and goes on where it was', async () => {
  const store = await filled(OLD);
  const stop = new AbortController();
  const interrupted = reencrypt(store, [NEW, OLD], {
    signal: stop.signal,
    onProgress: ({ written }) => written === 300 && stop.abort(new Error('stopped')),
  });
  await expect(interrupted).rejects.toThrow('stopped');
  await expectAllOpenWith(store, [NEW, OLD]);
  await expectAllOpenWith(store, [OLD, NEW]);
  expect(await reencrypt(store, [NEW, OLD])).toEqual({ seen: 900, written: 600 });
  await expectAllOpenWith(store, NEW);
});

test('it loses nothing that the app writes meanwhile, and forgets what it deletes', async () => {
  const store = await filled(OLD);
  const app = encryptedStore(store, [OLD, NEW]);
  const { put } = store;
  let turn = 0;
  store.put = async (record) => {
    if (turn++ === 100) {
      await app.put(
        sampleRecord({ clientKey: record.clientKey, sharedSecret: 'rotated', revision: 2 }),
      );
      await app.settings?.put(record.clientKey, 'index', '"changed"');
      await app.delete('client-99');
      changed = record.clientKey;
    }
    return put(record);
  };
  let changed = '';
  await reencrypt(store, [NEW, OLD]);
  const encrypted = encryptedStore(store, NEW);
  expect((await encrypted.get(changed))?.sharedSecret).toBe('rotated');
  expect(await encrypted.settings?.get(changed, 'index')).toBe('"changed"');
  expect(await encrypted.get('client-99')).toBeUndefined();
  expect(await encrypted.list({ limit: 10_000 })).toHaveLength(449);
});

test('a setting that is written between the read and the write is not put back', async () => {
  const store = memoryStore();
  const app = encryptedStore(store, [OLD, NEW]);
  await app.settings?.put('client-1', 'colour', '"red"');
  const { settings } = store;
  if (settings === undefined) throw new Error('it keeps settings');
  let wasWritten = false;
  const racing: InstallationStore = {
    ...store,
    settings: {
      ...settings,
      async put(clientKey, name, value, ifValue) {
        if (!wasWritten) {
          wasWritten = true;
          await app.settings?.put(clientKey, name, '"blue"');
        }
        return settings.put(clientKey, name, value, ifValue);
      },
    },
  };
  await reencrypt(racing, [NEW, OLD]);
  expect(await encryptedStore(store, NEW).settings?.get('client-1', 'colour')).toBe('"blue"');
});

test('a key that is missing ends it, names the id, and changes nothing more', async () => {
  const store = await filled(OLD);
  await expect(reencrypt(store, NEW)).rejects.toMatchObject({
    code: 'STORE_KEY_MISSING',
    message: expect.stringContaining("'old'"),
  });
  await expectAllOpenWith(store, OLD);
});

test('a record that others write in a loop is named', async () => {
  const store = await filled(OLD, 1);
  store.put = async () => false;
  await expect(reencrypt(store, [NEW, OLD])).rejects.toMatchObject({ code: 'STORE_CONFLICT' });
});

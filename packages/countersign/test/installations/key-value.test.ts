import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect, promisify } from 'node:util';
import { createStorage, type Driver } from 'unstorage';
import fsLiteDriver from 'unstorage/drivers/fs-lite';
import memoryDriver from 'unstorage/drivers/memory';
import { describe, expect, test } from 'vitest';
import { isConfigError } from '../../src/index.ts';
import { guardStore } from '../../src/installations/guarded-store.ts';
import { keyValueStore } from '../../src/installations/key-value/index.ts';
import { keyPart } from '../../src/installations/key-value/key-part.ts';
import { storeConformance } from '../../src/testing/index.ts';
import { keyValueStorages } from './key-value-storages.ts';
import { sampleRecord } from './sample-record.ts';
import { temporaryFolder } from './temporary-folder.ts';

const folder = temporaryFolder();

for (const [name, suite] of Object.entries(keyValueStorages(folder))) {
  describe(`keyValueStore on ${name}`, () => {
    for (const promise of storeConformance(suite)) test(promise.name, promise.run);
  });
}

const OLD = 'https://old.atlassian.net';
const NEW = 'https://new.atlassian.net';

describe('a process that dies in the middle leaves nothing wrong', () => {
  const steps = [
    sampleRecord({ siteUrl: OLD }),
    sampleRecord({ siteUrl: NEW, revision: 2 }),
    sampleRecord({ siteUrl: NEW, revision: 3, enabled: false }),
  ];

  /** Puts, renames, puts and deletes, on a driver that stops working at a call. */
  async function dieAt(call: number) {
    const driver = memoryDriver();
    let calls = 0;
    const dying = Object.fromEntries(
      Object.entries(driver).map(([name, method]) => [
        name,
        typeof method !== 'function'
          ? method
          : (...args: never[]) => {
              calls++;
              if (calls >= call) throw new Error('the process is gone');
              return (method as (...args: never[]) => unknown)(...args);
            },
      ]),
    ) as unknown as Driver;
    const store = keyValueStore(createStorage({ driver: dying }));
    let acknowledged = 0;
    let isDeleted = false;
    try {
      for (const record of steps) {
        expect(await store.put(record)).toBe(true);
        acknowledged = record.revision;
      }
      await store.delete('client-1');
      isDeleted = true;
    } catch {
      // It died.
    }
    return { storage: createStorage({ driver }), acknowledged, isDeleted, calls };
  }

  test('at every step', async () => {
    let call = 1;
    for (; ; call++) {
      const { storage, acknowledged, isDeleted, calls } = await dieAt(call);
      let time = Date.now();
      const store = keyValueStore(storage, { now: () => time });
      const record = await store.get('client-1');
      if (acknowledged > 0 && !isDeleted && record !== undefined) {
        expect(record.revision, `call ${call}`).toBeGreaterThanOrEqual(acknowledged);
      }
      // Found by the URL that it has, by no other one, however old what was left is; and the tidying changes nothing.
      for (let round = 0; round < 3; round++) {
        for (const siteUrl of [OLD, NEW]) {
          expect(await store.findBySiteUrl(siteUrl), `call ${call}, ${siteUrl}`).toEqual(
            record?.siteUrl === siteUrl ? [record] : [],
          );
        }
        time += 3_600_000;
      }
      const left = (await storage.getKeys()).filter((key) => key.includes(':site:'));
      expect(left.length, `call ${call}`).toBe(record === undefined ? 0 : 1);
      const again = sampleRecord({ siteUrl: OLD, revision: (record?.revision ?? 0) + 1 });
      expect(await store.put(again)).toBe(true);
      expect(await store.findBySiteUrl(OLD)).toEqual([again]);
      expect(await store.findBySiteUrl(NEW)).toEqual([]);
      if (calls < call) break;
    }
    // All of it ran at last, and it is more than a call for each of the four changes.
    expect(call).toBeGreaterThan(12);
  });
});

test.each([
  ['now', 0],
  ['with a clock far ahead', 3_600_000],
])(
  'who looks (%s) while a record is being written takes it from no index',
  async (_name, ahead) => {
    const storage = createStorage();
    const store = keyValueStore(storage);
    const other = keyValueStore(storage, { now: () => Date.now() + ahead });
    const { setItem } = storage;
    let looks = 0;
    storage.setItem = async (key: string, ...args: unknown[]) => {
      if (key.startsWith('countersign:installation:')) {
        looks++;
        expect(await other.findBySiteUrl(OLD)).toEqual([]);
      }
      return (setItem as (...args: unknown[]) => Promise<void>)(key, ...args);
    };
    const record = sampleRecord({ siteUrl: OLD });
    await store.put(record);
    expect(await store.findBySiteUrl(OLD)).toEqual([record]);
    expect(looks).toBe(1);
  },
);

test('a renamed or deleted installation leaves no trace of its site', async () => {
  const storage = createStorage();
  const store = keyValueStore(storage);
  await store.put(sampleRecord({ siteUrl: OLD }));
  await store.put(sampleRecord({ siteUrl: NEW, revision: 2 }));
  expect((await storage.getKeys()).join()).not.toContain('old');
  await store.delete('client-1');
  expect(await storage.getKeys()).toEqual([]);
});

test('claims that have ended are taken away in time', async () => {
  let time = Date.now();
  const storage = createStorage();
  const store = keyValueStore(storage, { now: () => time });
  for (let index = 0; index < 5; index++) await store.claimOnce(`token-${index}`, time + 60_000);
  await store.claimOnce('late', time + 7_200_000);
  time += 3_600_000;
  await store.claimOnce('new', time + 60_000);
  await expect
    .poll(async () => (await storage.getKeys()).sort())
    .toEqual(['countersign:claim:late', 'countersign:claim:new']);
});

describe('keys', () => {
  test('an ordinary one stays readable', () => {
    const uuid = '32c64b7a-8ebd-3e3b-b5bb-0b9fb9a5bde5';
    expect(keyPart(uuid)).toBe(uuid);
    expect(keyPart('https://example.atlassian.net')).toBe('https_3a_2f_2fexample.atlassian.net');
  });

  test('no two are the same, also where case does not count', () => {
    const texts = [
      ...['', ' ', '_', '__', '_20', '_h', '.', '..', '...', 'a.', '.a', 'a.b', 'a_2eb', 'a..b'],
      ...['A', 'a', 'Ä', 'ä', 'A\u0308', 'con', 'CON', 'con.txt', '_63on', 'nul', 'console', '\0'],
      ...['\ud800', '\udfff', '\ufffd', '_ud800', '$', 'a$', 'a:b', 'a/b', 'a\\b', 'a?b', 'a%3ab'],
      ...['x'.repeat(200), 'x'.repeat(201), 'x'.repeat(202), 'X'.repeat(201), 'ключ'.repeat(30)],
      keyPart('x'.repeat(201)),
    ];
    const parts = texts.map(keyPart);
    expect(new Set(parts).size).toBe(texts.length);
    for (const part of parts) {
      expect(part).toMatch(/^[a-z0-9_-](?:[a-z0-9._-]{0,198}[a-z0-9_-])?$/);
      expect(part).not.toMatch(/^(?:con|nul)(?:\.|$)/);
    }
  });

  test('are file names of their own in a folder', async () => {
    const base = mkdtempSync(join(folder, 'names-'));
    const store = keyValueStore(fsLiteDriver({ base }));
    for (const clientKey of ['..', '../../x', 'con', 'a/b', 'Ж'.repeat(255)]) {
      await store.put(sampleRecord({ clientKey }));
      await store.settings?.put(clientKey, clientKey, '1');
    }
    expect(readdirSync(join(base, 'countersign', 'installation'))).toHaveLength(5);
    expect(readdirSync(join(base, 'countersign', 'setting'))).toHaveLength(5);
    await store.close?.();
  });
});

test('prefixes keep apps apart', async () => {
  const storage = createStorage();
  const one = keyValueStore(storage, { prefix: 'one' });
  const two = keyValueStore(storage, { prefix: 'one:two' });
  await one.put(sampleRecord());
  await two.put(sampleRecord({ sharedSecret: 'of two' }));
  await two.settings?.put('client-1', 'colour', '1');
  expect(await one.list()).toEqual([sampleRecord()]);
  expect(await one.count?.()).toBe(1);
  expect(await one.settings?.list()).toEqual([]);
});

test('a listing that goes on after ten seconds or from anywhere is the same', async () => {
  const storage = createStorage();
  const store = keyValueStore(storage);
  for (let index = 0; index < 9; index++) await store.put(sampleRecord({ clientKey: `c${index}` }));
  const keysOf = async (options: { after?: string; limit?: number }) =>
    (await store.list(options)).map(({ clientKey }) => clientKey);
  expect(await keysOf({ limit: 2 })).toEqual(['c0', 'c1']);
  // Another one in between.
  expect(await keysOf({ after: 'c5', limit: 2 })).toEqual(['c6', 'c7']);
  expect(await keysOf({ after: 'c1', limit: 2 })).toEqual(['c2', 'c3']);
  await store.delete('c4');
  await store.delete('c5');
  // What was enumerated has gaps, and the page is full nevertheless.
  expect(await keysOf({ after: 'c3', limit: 2 })).toEqual(['c6', 'c7']);
  expect(await keysOf({ after: 'c7' })).toEqual(['c8']);
  expect(await keysOf({ after: 'c8' })).toEqual([]);
});

test.each([
  ['no text of this package', 'marked-secret'],
  ['broken JSON', 'countersign 1 1 abc -\n{"sharedSecret":"marked-secret'],
  ['JSON that is no record', 'countersign 1 1 abc -\n42'],
  [
    'a record of another key',
    `countersign 1 1 abc -\n${JSON.stringify({ clientKey: 'client-2' })}`,
  ],
  ['an object', '{"sharedSecret":"marked-secret"}'],
])(
  '%s in the storage is STORE_CORRUPT, without what it says, and can be deleted',
  async (_name, text) => {
    const storage = createStorage();
    const store = guardStore(keyValueStore(storage));
    await storage.setItem('countersign:installation:client-1', text);
    const error = await store.get('client-1').catch((caught) => caught);
    expect(error).toMatchObject({ code: 'STORE_CORRUPT', httpStatus: 503 });
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain('marked-secret');
    await store.delete('client-1');
    expect(await store.get('client-1')).toBeUndefined();
  },
);

test('what is read while it is written is the text before or after, never half of it', async () => {
  const store = keyValueStore(fsLiteDriver({ base: mkdtempSync(join(folder, 'half-')) }));
  await store.put(sampleRecord());
  const payload = { key: 'panel-app', text: 'x'.repeat(100_000) };
  for (let revision = 2; revision < 40; revision++) {
    const [isWritten, ...read] = await Promise.all([
      store.put(sampleRecord({ revision, payload })),
      ...Array.from({ length: 10 }, async (_, index) => {
        await new Promise((resolve) => setTimeout(resolve, index / 4));
        return store.get('client-1');
      }),
    ]);
    expect(isWritten).toBe(true);
    for (const record of read) expect([revision - 1, revision]).toContain(record?.revision);
  }
});

test('a file that cannot be read is a StoreError, not an unknown installation', async () => {
  const base = mkdtempSync(join(folder, 'unreadable-'));
  mkdirSync(join(base, 'countersign'), { recursive: true });
  // A file where a folder should be: ENOTDIR, for root too.
  writeFileSync(join(base, 'countersign', 'installation'), '');
  const store = keyValueStore(fsLiteDriver({ base }));
  await expect(store.get('client-1')).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    cause: { code: 'ENOTDIR' },
  });
  await expect(store.put(sampleRecord())).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
});

test('a storage that hangs rejects each call in time, and works again', async () => {
  const driver = memoryDriver();
  let isHanging = false;
  const hanging: Driver = {
    ...driver,
    name: 'hanging',
    getItem: (key) => (isHanging ? new Promise(() => undefined) : driver.getItem(key)),
  };
  const store = keyValueStore(hanging, { timeoutMs: 100 });
  await store.put(sampleRecord());
  isHanging = true;
  const start = performance.now();
  const calls = await Promise.allSettled([
    store.get('client-1'),
    store.put(sampleRecord({ revision: 2 })),
    store.put(sampleRecord({ revision: 2 })),
    store.claimOnce('token-1', Date.now() + 60_000),
    store.list(),
    store.settings?.put('client-1', 'colour', '1', '2'),
  ]);
  expect(calls.map(({ status }) => status)).toEqual(Array(6).fill('rejected'));
  expect(performance.now() - start).toBeLessThan(4000);
  isHanging = false;
  expect(await store.put(sampleRecord({ revision: 2 }))).toBe(true);
});

test('a driver is let go of by close, and a storage is not', async () => {
  let disposed = 0;
  const driver = () => ({ ...memoryDriver(), name: 'counting', dispose: () => void disposed++ });
  const unused = keyValueStore(driver());
  await unused.close?.();
  expect(disposed).toBe(1);
  const ofDriver = keyValueStore(driver());
  await ofDriver.put(sampleRecord());
  await ofDriver.close?.();
  await expect(ofDriver.get('client-1')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  expect(disposed).toBe(2);
  const ofStorage = keyValueStore(createStorage({ driver: driver() }));
  await ofStorage.put(sampleRecord());
  await ofStorage.close?.();
  expect(disposed).toBe(2);
});

describe('what it is given', () => {
  test.each([
    'redis',
    'redis//:marked-password@host',
    'postgres://user:marked-password@host/db',
    'https://user:marked-password@host',
    'redis://user:marked-password@host:99999',
    'redis://user:marked-password/with/slash@host:1',
    '',
  ])('a text that is no Redis URL is refused and not repeated', (source) => {
    const error = errorOf(() => keyValueStore(source));
    expect(error).toMatchObject({ code: 'CONFIG_OPTION_INVALID' });
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain('marked-password');
    expect((error as { hint: string }).hint).toContain('rediss://');
  });

  test.each([
    ['nothing', undefined],
    ['a number', 1],
    ['a map', new Map()],
    ['a function that makes drivers', memoryDriver],
    ['a driver that cannot write', { ...memoryDriver(), setItem: undefined }],
    ['a driver that only reads', fsLiteDriver({ base: '/nowhere', readOnly: true })],
    ['a driver that forgets', { ...memoryDriver(), options: { ttl: 60 } }],
    [
      'a storage that forgets',
      createStorage({ driver: { ...memoryDriver(), options: { ttl: 1 } } }),
    ],
  ])('%s is refused', (_name, source) => {
    expect(errorOf(() => keyValueStore(source as never))).toMatchObject({
      code: 'CONFIG_OPTION_INVALID',
    });
  });

  test.each([
    { prefix: '' },
    { prefix: 'App' },
    { prefix: 'a/b' },
    { prefix: ':' },
    { timeoutMs: 0 },
  ])('the option %o is refused', (options) => {
    expect(errorOf(() => keyValueStore(createStorage(), options))).toMatchObject({
      code: 'CONFIG_OPTION_INVALID',
    });
  });

  test('an unknown option names the nearest one', () => {
    const options = { timeout: 1 } as object;
    expect(errorOf(() => keyValueStore(createStorage(), options))).toMatchObject({
      code: 'CONFIG_OPTION_UNKNOWN',
      message: expect.stringContaining("'timeoutMs'"),
    });
  });

  test('is volatile where the driver is', () => {
    expect(keyValueStore(memoryDriver()).isVolatile).toBe(true);
    expect(keyValueStore(createStorage()).isVolatile).toBe(true);
    expect(keyValueStore(fsLiteDriver({ base: folder })).isVolatile).toBe(false);
    expect(keyValueStore('redis://127.0.0.1').isVolatile).toBe(false);
  });

  test('tells of changes on Redis alone', () => {
    expect(keyValueStore(memoryDriver()).watch).toBeUndefined();
    expect(keyValueStore('redis://127.0.0.1').watch).toBeDefined();
    expect(keyValueStore('redis://127.0.0.1', { notifications: false }).watch).toBeUndefined();
  });
});

test.each([
  ['ioredis', "'redis://127.0.0.1'", []],
  ['unstorage', "'redis://127.0.0.1'", ['ioredis']],
  ['unstorage', '{ hasItem() {}, getItem() {}, setItem() {}, removeItem() {}, getKeys() {} }', []],
])('the package %s that is missing for %s is named', async (name, source, installed) => {
  const place = mkdtempSync(join(folder, 'missing-'));
  const root = fileURLToPath(new URL('../../../../', import.meta.url));
  cpSync(fileURLToPath(new URL('../../src', import.meta.url)), join(place, 'src'), {
    recursive: true,
  });
  writeFileSync(join(place, 'package.json'), '{ "type": "module" }');
  mkdirSync(join(place, 'node_modules'));
  for (const other of installed) {
    symlinkSync(join(root, 'node_modules', other), join(place, 'node_modules', other));
  }
  writeFileSync(
    join(place, 'main.ts'),
    `import { keyValueStore } from './src/installations/key-value/index.ts';
     const error = await keyValueStore(${source}).get('client-1').catch((error) => error);
     console.log(JSON.stringify({ ...error, message: error.message }));`,
  );
  const { stdout } = await promisify(execFile)(process.execPath, [join(place, 'main.ts')]);
  expect(JSON.parse(stdout)).toMatchObject({
    code: 'CONFIG_PACKAGE_MISSING',
    message: expect.stringContaining(`'${name}'`),
    hint: expect.stringContaining('npm install unstorage'),
  });
});

function errorOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    expect(isConfigError(error)).toBe(true);
    return error;
  }
  return expect.fail('it was not refused');
}

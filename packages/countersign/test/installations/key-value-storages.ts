import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { createStorage, type Driver, prefixStorage, type Storage } from 'unstorage';
import fsDriver from 'unstorage/drivers/fs';
import fsLiteDriver from 'unstorage/drivers/fs-lite';
import lruCacheDriver from 'unstorage/drivers/lru-cache';
import memoryDriver from 'unstorage/drivers/memory';
import overlayDriver from 'unstorage/drivers/overlay';
import { keyValueStore } from '../../src/installations/key-value/index.ts';
import type { StoreUnderTest } from '../../src/testing/index.ts';

/** Storages of unstorage that need no server, each for {@link storeConformance}. */
export function keyValueStorages(folder: string): Record<string, StoreUnderTest> {
  const newFolder = () => mkdtempSync(join(folder, 'storage-'));
  const makers: Record<string, () => Storage> = {
    'the memory driver': () => createStorage({ driver: memoryDriver() }),
    'the fs driver': () => createStorage({ driver: fsDriver({ base: newFolder() }) }),
    'the fs-lite driver': () => createStorage({ driver: fsLiteDriver({ base: newFolder() }) }),
    'the lru-cache driver': () => createStorage({ driver: lruCacheDriver({ max: 10_000 }) }),
    'the overlay driver': () =>
      createStorage({ driver: overlayDriver({ layers: [memoryDriver(), memoryDriver()] }) }),
    'a mount below the root': () =>
      createStorage().mount('countersign', fsLiteDriver({ base: newFolder() })),
    'a mount for the settings alone': () =>
      createStorage().mount('countersign:setting', memoryDriver()),
    'a storage with a prefix': () => prefixStorage(createStorage(), 'tenant:one'),
    'a driver that knows no case': () => createStorage({ driver: caselessDriver() }),
  };
  return Object.fromEntries(
    Object.entries(makers).map(([name, make]) => {
      let storage: Storage;
      const connect = () => keyValueStore(storage);
      const create = () => {
        storage = make();
        return connect();
      };
      return [name, { create, connect, writesAreLoose: true }];
    }),
  );
}

/** As the file systems of macOS and Windows do. */
function caselessDriver(): Driver {
  const memory = memoryDriver();
  const lower = (key: string) => key.toLowerCase();
  return {
    name: 'caseless',
    hasItem: (key, options) => memory.hasItem(lower(key), options),
    getItem: (key) => memory.getItem(lower(key)),
    setItem: (key, value, options) => memory.setItem?.(lower(key), value, options),
    removeItem: (key, options) => memory.removeItem?.(lower(key), options),
    getKeys: (base, options) => memory.getKeys(base, options),
  };
}

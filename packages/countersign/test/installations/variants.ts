import { randomBytes } from 'node:crypto';
import { describe, test } from 'vitest';
import { cachedStore, encryptedStore, type InstallationStore } from '../../src/index.ts';
import { guardStore } from '../../src/installations/guarded-store.ts';
import { type StoreUnderTest, storeConformance } from '../../src/testing/index.ts';

const KEYS = [`key-1:${randomBytes(32).toString('base64')}`];

/** A store as it is, as createApp uses it without a key, and behind encryption and a cache. */
const variants: Record<string, (store: InstallationStore) => InstallationStore> = {
  '': (store) => store,
  ' behind the guard of createApp': guardStore,
  ', encrypted': (store) => encryptedStore(store, KEYS),
  ', encrypted and cached': (store) => cachedStore(encryptedStore(store, KEYS)),
};

/** Runs the conformance suite on a store in each of its variants. */
export function describeStore(name: string, suite: StoreUnderTest): void {
  for (const [variant, wrap] of Object.entries(variants)) {
    const { connect, ...rest } = suite;
    const create = async () => wrap(await suite.create());
    // A cache may answer with what it knew before another process wrote; that has a test of its own.
    const alone = connect === undefined || variant.includes('cached');
    const wrapped: StoreUnderTest = {
      ...rest,
      create,
      ...(alone ? undefined : { connect: async () => wrap(await connect()) }),
    };
    describe(`${name}${variant}`, () => {
      for (const promise of storeConformance(wrapped)) test(promise.name, promise.run);
    });
  }
}

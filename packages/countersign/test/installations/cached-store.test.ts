import { describe, expect, test } from 'vitest';
import {
  type CacheOptions,
  cachedStore,
  type InstallationRecord,
  type InstallationStore,
  memoryStore,
} from '../../src/index.ts';
import { sampleRecord } from './sample-record.ts';

/** A store that has to be waited for, that counts its reads, and that can tell of changes. */
function slowStore() {
  const { getNow: _, ...memory } = memoryStore();
  const clock = { time: 1000 };
  const listeners = new Set<(clientKey: string | undefined) => void>();
  let gate: Promise<void> | undefined;
  const reads: string[] = [];
  const store: InstallationStore = {
    ...memory,
    async get(clientKey) {
      reads.push(clientKey);
      // What is read is what was there when it was asked for.
      const record = await memory.get(clientKey);
      await gate;
      return record;
    },
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return {
    store,
    clock,
    reads,
    listeners,
    /** What another process does. */
    elsewhere: memory,
    tell: (clientKey: string | undefined) => {
      for (const listener of listeners) listener(clientKey);
    },
    /** Reads wait until it is called. */
    hold() {
      let release = (): void => undefined;
      gate = new Promise((resolve) => {
        release = () => {
          gate = undefined;
          resolve();
        };
      });
      return release;
    },
    cached: (options: CacheOptions = {}) =>
      cachedStore(store, { monotonicNow: () => clock.time, ...options }),
  };
}

const second = (change: Partial<InstallationRecord> = {}) =>
  sampleRecord({ sharedSecret: 'second', revision: 2, ...change });

describe('reading', () => {
  test('a key is loaded once, however many wait for it, and then remembered', async () => {
    const { cached, elsewhere, reads } = slowStore();
    await elsewhere.put(sampleRecord());
    const store = cached();
    const found = await Promise.all(Array.from({ length: 50 }, () => store.get('client-1')));
    expect(found.every((record) => record?.sharedSecret === 'secret-1')).toBe(true);
    await store.get('client-1');
    expect(store.getNow?.('client-1')?.sharedSecret).toBe('secret-1');
    expect(reads).toEqual(['client-1']);
  });

  test('it is loaded again after maxAgeMs, counted from when the load began', async () => {
    const { cached, elsewhere, clock, reads, hold } = slowStore();
    await elsewhere.put(sampleRecord());
    const store = cached({ maxAgeMs: 500 });
    const release = hold();
    const loading = store.get('client-1');
    clock.time += 400;
    release();
    await loading;
    clock.time += 99;
    expect(store.getNow?.('client-1')).toBeDefined();
    clock.time += 1;
    expect(store.getNow?.('client-1')).toBeUndefined();
    await store.get('client-1');
    expect(reads).toHaveLength(2);
  });

  test('a key that is not stored is remembered for a moment only', async () => {
    const { cached, elsewhere, clock, reads } = slowStore();
    const store = cached();
    expect(await store.get('client-1')).toBeUndefined();
    await elsewhere.put(sampleRecord());
    clock.time += 999;
    expect(await store.get('client-1')).toBeUndefined();
    clock.time += 1;
    expect((await store.get('client-1'))?.sharedSecret).toBe('secret-1');
    expect(reads).toHaveLength(2);
  });

  test('any number of unknown keys drives out no known one', async () => {
    const { cached, elsewhere, reads } = slowStore();
    await elsewhere.put(sampleRecord());
    const store = cached({ maxBytes: 20_000 });
    await store.get('client-1');
    for (let index = 0; index < 3000; index++) await store.get(`nobody-${index}`);
    await store.get('client-1');
    expect(reads.filter((key) => key === 'client-1')).toHaveLength(1);
  });

  test('no more is kept than maxBytes allows, least used first', async () => {
    const { cached, elsewhere, reads } = slowStore();
    for (let index = 0; index < 20; index++) {
      await elsewhere.put(
        sampleRecord({ clientKey: `client-${index}`, payload: { text: 'x'.repeat(5000) } }),
      );
    }
    const store = cached({ maxBytes: 100_000 });
    for (let index = 0; index < 20; index++) await store.get(`client-${index}`);
    expect(store.getNow?.('client-19')).toBeDefined();
    expect(store.getNow?.('client-0')).toBeUndefined();
    reads.length = 0;
    for (let index = 0; index < 20; index++) store.getNow?.(`client-${index}`);
    const known = Array.from({ length: 20 }, (_, index) => store.getNow?.(`client-${index}`));
    expect(known.filter(Boolean).length).toBeGreaterThan(5);
    expect(known.filter(Boolean).length).toBeLessThan(10);
    expect(reads).toEqual([]);
  });

  test('a failure is not remembered', async () => {
    const { store, elsewhere } = slowStore();
    let isDown = true;
    const cached = cachedStore({
      ...store,
      get: (clientKey) => (isDown ? Promise.reject(new Error('down')) : store.get(clientKey)),
    });
    await expect(cached.get('client-1')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    isDown = false;
    await elsewhere.put(sampleRecord());
    expect(await cached.get('client-1')).toEqual(sampleRecord());
  });

  test('what is handed out cannot be changed for others', async () => {
    const { cached, elsewhere } = slowStore();
    await elsewhere.put(sampleRecord());
    const record = (await cached().get('client-1')) as { payload: Record<string, unknown> };
    expect(() => {
      record.payload.key = 'other';
    }).toThrow(TypeError);
  });

  test('getFresh gets past what is remembered, and past a load that is running', async () => {
    const { cached, elsewhere, hold } = slowStore();
    await elsewhere.put(sampleRecord());
    const store = cached();
    await store.get('client-1');
    await elsewhere.put(second());
    expect((await store.get('client-1'))?.sharedSecret).toBe('secret-1');
    expect((await store.getFresh('client-1'))?.sharedSecret).toBe('second');
    expect(store.getNow?.('client-1')?.sharedSecret).toBe('second');
    const release = hold();
    const running = store.getFresh('client-1');
    await new Promise(setImmediate);
    await elsewhere.put(second({ sharedSecret: 'third', revision: 3 }));
    const fresh = store.getFresh('client-1');
    release();
    expect((await running)?.sharedSecret).toBe('second');
    expect((await fresh)?.sharedSecret).toBe('third');
    expect(store.getNow?.('client-1')?.sharedSecret).toBe('third');
  });

  test('getNewer finds what took the place of a record, and asks once a second', async () => {
    const { cached, elsewhere, clock, reads } = slowStore();
    await elsewhere.put(sampleRecord());
    const store = cached();
    const first = await store.get('client-1');
    await elsewhere.put(second());
    expect((await store.getNewer('client-1', first))?.sharedSecret).toBe('second');
    const newest = await store.get('client-1');
    // What it knows already is another record than this one: the store need not be asked.
    expect(await store.getNewer('client-1', first)).toBe(newest);
    expect(reads).toHaveLength(2);
    for (let turn = 0; turn < 10; turn++) {
      expect(await store.getNewer('client-1', newest)).toBe(newest);
      clock.time += 99;
    }
    expect(reads).toHaveLength(2);
    clock.time += 10;
    expect(await store.getNewer('client-1', newest)).toBe(newest);
    expect(reads).toHaveLength(3);
  });

  test('getNewer does not ask twice for one request of a key that nobody has', async () => {
    const { cached, clock, elsewhere, reads } = slowStore();
    const store = cached();
    const unknown = await store.get('client-1');
    expect(await store.getNewer('client-1', unknown)).toBeUndefined();
    expect(reads).toHaveLength(1);
    await elsewhere.put(sampleRecord());
    clock.time += 100;
    expect(await store.getNewer('client-1', unknown)).toEqual(sampleRecord());
  });
});

describe('changing', () => {
  test('what is written through it is seen at once', async () => {
    const { cached } = slowStore();
    const store = cached();
    expect(await store.get('client-1')).toBeUndefined();
    await store.put(sampleRecord());
    expect((await store.get('client-1'))?.sharedSecret).toBe('secret-1');
    await store.put(second());
    expect((await store.get('client-1'))?.sharedSecret).toBe('second');
    await store.delete('client-1');
    expect(await store.get('client-1')).toBeUndefined();
  });

  test('so is what a write was refused for', async () => {
    const { cached, elsewhere } = slowStore();
    await elsewhere.put(sampleRecord());
    const store = cached();
    await store.get('client-1');
    await elsewhere.put(second());
    expect(await store.put(second({ sharedSecret: 'mine' }))).toBe(false);
    expect((await store.get('client-1'))?.sharedSecret).toBe('second');
  });

  test('and what a write may have done that failed', async () => {
    const { store, elsewhere } = slowStore();
    const cached = cachedStore({
      ...store,
      async put(record) {
        await elsewhere.put(record);
        throw new Error('the answer was lost');
      },
    });
    await cached.get('client-1');
    await expect(cached.put(sampleRecord())).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await cached.get('client-1')).toEqual(sampleRecord());
  });

  test('what another node changes is seen when the store tells of it', async () => {
    const { cached, elsewhere, tell } = slowStore();
    await elsewhere.put(sampleRecord());
    const store = cached();
    await store.get('client-1');
    await elsewhere.put(second());
    expect((await store.get('client-1'))?.sharedSecret).toBe('secret-1');
    tell('client-1');
    expect(store.getNow?.('client-1')).toBeUndefined();
    expect((await store.get('client-1'))?.sharedSecret).toBe('second');
  });

  test('all is forgotten when the store may have missed something', async () => {
    const { cached, elsewhere, tell } = slowStore();
    await elsewhere.put(sampleRecord());
    const store = cached();
    await store.get('client-1');
    await store.get('nobody');
    tell(undefined);
    await elsewhere.put(sampleRecord({ clientKey: 'nobody' }));
    expect(store.getNow?.('client-1')).toBeUndefined();
    expect(await store.get('nobody')).toBeDefined();
  });

  test.each(['told of', 'missed', 'made by this node'])(
    'a load that began before a change that is %s is not kept',
    async (how) => {
      const { cached, elsewhere, tell, hold } = slowStore();
      await elsewhere.put(sampleRecord());
      const store = cached();
      const release = hold();
      const loading = store.get('client-1');
      // It has read the old record, and its answer is on its way.
      await new Promise(setImmediate);
      if (how === 'made by this node') await store.put(second());
      else {
        await elsewhere.put(second());
        tell(how === 'told of' ? 'client-1' : undefined);
      }
      release();
      expect((await loading)?.sharedSecret).toBe('secret-1');
      expect(store.getNow?.('client-1')).toBeUndefined();
      expect((await store.get('client-1'))?.sharedSecret).toBe('second');
    },
  );

  test('it listens from its first read until it is closed', async () => {
    const { cached, listeners } = slowStore();
    const store = cached();
    expect(listeners.size).toBe(0);
    await store.get('client-1');
    await store.get('client-2');
    expect(listeners.size).toBe(1);
    await store.close?.();
    expect(listeners.size).toBe(0);
  });
});

import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  type InstallationRecord,
  type InstallationStore,
  isStoreError,
  memoryStore,
  StoreError,
} from '../../src/index.ts';
import { guardStore } from '../../src/installations/guarded-store.ts';
import { loggable } from '../../src/logger.ts';
import { sampleRecord } from './sample-record.ts';

const MARKED = 'marked-9f27c1-secret';

type Call = (store: InstallationStore) => Promise<unknown>;
const calls: Record<string, Call> = {
  get: (store) => store.get('client-1'),
  put: (store) => store.put(sampleRecord({ sharedSecret: MARKED })),
  delete: (store) => store.delete('client-1'),
  list: (store) => store.list(),
  findBySiteUrl: (store) => store.findBySiteUrl('https://example.atlassian.net'),
  claimOnce: (store) => store.claimOnce('token-1', Date.now() + 60_000),
  close: async (store) => store.close?.(),
};

/** A store whose every method does the same. */
function storeOf(method: () => unknown): InstallationStore {
  return Object.fromEntries(Object.keys(calls).map((name) => [name, method])) as never;
}

async function errorOf(call: Call, store: InstallationStore): Promise<StoreError> {
  const error = await call(guardStore(store)).then(
    (value) => expect.fail(`it answered ${inspect(value)}`),
    (caught: unknown) => caught,
  );
  expect(isStoreError(error), inspect(error)).toBe(true);
  return error as StoreError;
}

/** A driver's error as the worst of them make it, with the row in every corner. */
function driverError(message = 'duplicate key value violates unique constraint'): Error {
  const row = { record: JSON.stringify(sampleRecord({ sharedSecret: MARKED })) };
  return Object.assign(new Error(message, { cause: new Error(`row: ${row.record}`) }), {
    name: 'DatabaseError',
    code: '23505',
    parameters: [row.record],
    detail: `Key (record)=(${row.record})`,
    query: { values: [MARKED] },
    toJSON: () => row,
    [inspect.custom]: () => row.record,
  });
}

function everyRendering(error: StoreError): string {
  return [
    String(error),
    error.stack,
    inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true }),
    JSON.stringify(error),
    JSON.stringify(loggable(error)),
    inspect(error.cause, { depth: Number.POSITIVE_INFINITY, showHidden: true }),
    JSON.stringify(error.cause),
  ].join('\n');
}

describe.each(Object.entries(calls))('%s', (_name, call) => {
  test('that rejects becomes a StoreError that ends the request with 503', async () => {
    const error = await errorOf(
      call,
      storeOf(() => Promise.reject(new Error('connection lost'))),
    );
    expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE', httpStatus: 503 });
    expect(error.cause).toMatchObject({ message: 'connection lost' });
  });

  test('that throws at once becomes a rejection like any other', async () => {
    const error = await errorOf(
      call,
      storeOf(() => {
        throw new TypeError('no pool');
      }),
    );
    expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE', cause: { name: 'TypeError' } });
  });

  test.each([undefined, null, 'text', { row: MARKED }])(
    'that rejects with no Error (%s) becomes one',
    async (thrown) => {
      const error = await errorOf(
        call,
        storeOf(() => Promise.reject(thrown)),
      );
      expect(error.code).toBe('STORE_UNAVAILABLE');
      expect(everyRendering(error)).not.toContain(MARKED);
    },
  );

  test('keeps the plain facts of a driver error, and none of its rows', async () => {
    const error = await errorOf(
      call,
      storeOf(() => Promise.reject(driverError())),
    );
    expect(error.cause).toMatchObject({
      name: 'DatabaseError',
      message: 'duplicate key value violates unique constraint',
      code: '23505',
    });
    expect(everyRendering(error)).not.toContain(MARKED);
  });

  test('passes a StoreError of the store on', async () => {
    const thrown = new StoreError('STORE_CORRUPT', 'The key to decrypt it is gone.');
    expect(
      await errorOf(
        call,
        storeOf(() => Promise.reject(thrown)),
      ),
    ).toBe(thrown);
  });
});

test('a driver that writes the values of a failed statement into its message leaks nothing', async () => {
  const message = `insert into installation values ('client-1', '{"sharedSecret":"${MARKED}"}') - disk full`;
  const put = calls.put as Call;
  const error = await errorOf(
    put,
    storeOf(() => Promise.reject(driverError(message))),
  );
  expect(everyRendering(error)).not.toContain(MARKED);
  expect(everyRendering(error)).toContain('disk full');
});

describe('an answer that no store may give is a StoreError', () => {
  const garbage = [null, 42, 'yes', { changes: 0 }, [null], [{}]];

  test.each(['get', 'list', 'findBySiteUrl'])('%s', async (name) => {
    for (const answer of [...garbage, ...(name === 'get' ? [] : [undefined])]) {
      await errorOf(
        calls[name] as Call,
        storeOf(async () => answer),
      );
    }
  });

  // Anything that JavaScript takes for true would let a replayed token in.
  test.each(['put', 'claimOnce'])('%s with anything but true or false', async (name) => {
    for (const answer of [...garbage, undefined, 0, 1]) {
      const error = await errorOf(
        calls[name] as Call,
        storeOf(async () => answer),
      );
      expect(error.message).toContain(name);
      expect(error.hint).toContain('storeConformance');
    }
  });

  test.each<[string, Partial<InstallationRecord>]>([
    ['of another clientKey', { clientKey: 'client-2' }],
    ['of the same clientKey in another case', { clientKey: 'CLIENT-1' }],
    ['without a secret', { sharedSecret: '' }],
    ['with a secret that is no text', { sharedSecret: 12_345 as never }],
    ['without a site', { siteUrl: undefined as never }],
    ['without an app', { appKey: null as never }],
  ])('a record %s', async (_name, change) => {
    const get = calls.get as Call;
    const error = await errorOf(
      get,
      storeOf(async () => sampleRecord(change)),
    );
    expect(error.code).toBe('STORE_CORRUPT');
    expect(error.message).toContain("'client-1'");
  });
});

test('what a good store answers passes unchanged', async () => {
  const store = memoryStore();
  const guarded = guardStore(store);
  expect(await guarded.get('client-1')).toBeUndefined();
  expect(await guarded.put(sampleRecord())).toBe(true);
  expect(await guarded.put(sampleRecord())).toBe(false);
  expect(await guarded.get('client-1')).toEqual(sampleRecord());
  expect(await guarded.list({ limit: 1 })).toEqual([sampleRecord()]);
  expect(await guarded.findBySiteUrl(sampleRecord().siteUrl)).toEqual([sampleRecord()]);
  expect(await guarded.claimOnce('token-1', Date.now() + 60_000)).toBe(true);
  expect(await guarded.claimOnce('token-1', Date.now() + 60_000)).toBe(false);
  await guarded.delete('client-1');
  expect(await store.get('client-1')).toBeUndefined();
  await expect(guarded.close?.()).resolves.toBeUndefined();
});

import { isCountersignError, StoreError } from '../errors.ts';
import type { InstallationRecord } from './installation.ts';
import type { InstallationStore, SettingsStore } from './store.ts';

/**
 * Puts every failure of a store into a StoreError, so that it ends the request with 503, and refuses an answer that
 * no store may give: a record that could not have been written by this package, or a driver's result object where
 * true or false decides whether a token was used before.
 */
export function guardStore(store: InstallationStore): InstallationStore {
  const { settings } = store;
  return {
    ...(store.isVolatile === undefined ? undefined : { isVolatile: store.isVolatile }),
    get: (clientKey) =>
      guard('read an installation', async () => {
        const record = await store.get(clientKey);
        return record === undefined ? undefined : checkRecord(record, clientKey);
      }),
    ...(store.getNow === undefined
      ? undefined
      : {
          getNow(clientKey) {
            try {
              const record = store.getNow?.(clientKey);
              return record === undefined ? undefined : checkRecord(record, clientKey);
            } catch {
              // Whoever finds nothing here asks get, which says why.
              return undefined;
            }
          },
        }),
    put: (record) =>
      guard(
        'write an installation',
        async () => checkAnswer('put', await store.put(record)),
        secretsOf(record),
      ),
    delete: (clientKey) => guard('delete an installation', () => store.delete(clientKey)),
    list: (options) =>
      guard('list installations', async () => (await store.list(options)).map(checkWhole)),
    ...(store.count === undefined
      ? undefined
      : { count: () => guard('count installations', async () => Number(await store.count?.())) }),
    findBySiteUrl: (siteUrl) =>
      guard('find installations by site', async () =>
        (await store.findBySiteUrl(siteUrl)).map(checkWhole),
      ),
    claimOnce: (id, expiresAt) =>
      guard('remember a lifecycle token', async () =>
        checkAnswer('claimOnce', await store.claimOnce(id, expiresAt)),
      ),
    ...(store.isClaimed === undefined
      ? undefined
      : {
          isClaimed: (id) =>
            guard('look up what is remembered', async () =>
              checkAnswer('isClaimed', await store.isClaimed?.(id)),
            ),
        }),
    ...(settings === undefined ? undefined : { settings: guardSettings(settings) }),
    ...(store.watch === undefined
      ? undefined
      : { watch: (listener) => store.watch?.(listener) ?? (() => undefined) }),
    open: () => guard('open', async () => store.open?.()),
    close: () => guard('close', async () => store.close?.()),
  };
}

function guardSettings(settings: SettingsStore): SettingsStore {
  return {
    get: (clientKey, name) =>
      guard('read a setting', async () => {
        const value: unknown = await settings.get(clientKey, name);
        if (value === undefined || typeof value === 'string') return value;
        throw new StoreError(
          'STORE_CORRUPT',
          `The setting '${name}' of '${clientKey}' is no text.`,
        );
      }),
    put: (clientKey, name, value, ifValue) =>
      guard(
        'write a setting',
        async () => checkAnswer('put', await settings.put(clientKey, name, value, ifValue)),
        [value],
      ),
    delete: (clientKey, name) => guard('delete a setting', () => settings.delete(clientKey, name)),
    deleteAll: (clientKey) => guard('delete settings', () => settings.deleteAll(clientKey)),
    list: (options) => guard('list settings', () => settings.list(options)),
  };
}

async function guard<T>(
  action: string,
  run: () => Promise<T>,
  secrets: readonly string[] = [],
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw storeError(action, error, secrets);
  }
}

function secretsOf({ sharedSecret, previousSecrets = [] }: InstallationRecord): string[] {
  return [sharedSecret, ...previousSecrets.map((previous) => previous.sharedSecret)];
}

function storeError(action: string, error: unknown, secrets: readonly string[]): Error {
  // A package that is not installed is a ConfigError.
  if (isCountersignError(error)) return error;
  return new StoreError('STORE_UNAVAILABLE', `The store failed to ${action}.`, {
    cause: bareError(error, secrets),
  });
}

/**
 * Database drivers hang rows and parameters on their errors, and those hold secrets: only the plain facts stay. Some
 * write the values of a failed statement into the message too.
 */
function bareError(error: unknown, secrets: readonly string[]): Error {
  if (!(error instanceof Error)) return new Error('The store threw something that is no Error.');
  const clean = (text: string) =>
    secrets.reduce(
      (cleaned, secret) => (secret === '' ? cleaned : cleaned.replaceAll(secret, '[secret]')),
      text,
    );
  const bare = new Error(clean(error.message));
  bare.name = error.name;
  if (error.stack !== undefined) bare.stack = clean(error.stack);
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? Object.assign(bare, { code }) : bare;
}

/** A result object would always count as true, and let every replayed token in. */
function checkAnswer(method: 'put' | 'claimOnce' | 'isClaimed', answer: unknown): boolean {
  if (typeof answer === 'boolean') return answer;
  throw new StoreError(
    'STORE_UNAVAILABLE',
    `The store's ${method} answered with something else than true or false.`,
    { hint: 'Run storeConformance of countersign/testing on this store.' },
  );
}

function checkRecord(record: InstallationRecord, clientKey: string): InstallationRecord {
  // A store in JavaScript may answer null.
  if (record?.clientKey === clientKey) return checkWhole(record);
  throw new StoreError('STORE_CORRUPT', `The stored installation '${clientKey}' is not its own.`);
}

function checkWhole(record: InstallationRecord): InstallationRecord {
  const { clientKey, appKey, siteUrl, sharedSecret } = record;
  if (isText(clientKey) && isText(appKey) && isText(siteUrl) && isText(sharedSecret)) return record;
  throw new StoreError('STORE_CORRUPT', `The stored installation '${clientKey}' is not whole.`);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

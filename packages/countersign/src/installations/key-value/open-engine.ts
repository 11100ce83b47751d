import { randomBytes } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import type { Driver, Storage } from 'unstorage';
import { optionalPackage } from '../optional-package.ts';
import type { Engine } from './engine.ts';
import { PROBE } from './names.ts';
import { connectionOptions, type RedisConnection, redisConnection } from './redis-connection.ts';
import { redisEngine } from './redis-engine.ts';
import { redisClientOf, type Source } from './source.ts';
import { storageEngine } from './storage-engine.ts';

const INSTALL = 'unstorage ioredis';
const KINDS = ['installation', 'site', 'claim', 'setting'];

export interface OpenEngine {
  readonly engine: Engine;
  /** Whose connection a watcher copies; undefined where writes are not published. */
  readonly redis: Redis | Cluster | undefined;
  /** Lets go of what was opened here. */
  close(): Promise<void>;
}

export interface EngineOptions {
  readonly prefix: string;
  readonly timeoutMs: number;
  readonly channel: string | undefined;
}

/**
 * @returns a function that tries to connect, again with each call.
 * @throws ConfigError CONFIG_PACKAGE_MISSING from that function, and what the storage fails with.
 */
export function engineOpener(source: Source, options: EngineOptions): () => Promise<OpenEngine> {
  if (source.kind === 'url') return () => openUrl(source.url, options);
  const { timeoutMs, prefix } = options;
  const isStorage = source.kind === 'storage';
  const { driver, base } = isStorage
    ? source.storage.getMount(prefix)
    : { driver: source.driver, base: '' };
  // Made once: each one listens to the client.
  let connection: RedisConnection | undefined;
  return async () => {
    const storage = isStorage ? source.storage : await storageOf(driver);
    const client = redisClientOf(driver);
    if (client !== undefined) connection ??= redisConnection(client, timeoutMs, false);
    return openStorage(storage, connection, placeOf(driver, base), options);
  };
}

async function storageOf(driver: Driver): Promise<Storage> {
  const { createStorage } = await optionalPackage('unstorage', () => import('unstorage'));
  return createStorage({ driver });
}

async function openUrl(url: string, { timeoutMs, channel }: EngineOptions): Promise<OpenEngine> {
  await optionalPackage('ioredis', () => import('ioredis'), INSTALL);
  const { default: redisDriver } = await optionalPackage(
    'unstorage',
    () => import('unstorage/drivers/redis'),
    INSTALL,
  );
  const driver = redisDriver({ ...connectionOptions(timeoutMs), url });
  const client = redisClientOf(driver) as Redis | Cluster;
  const connection = redisConnection(client, timeoutMs, true);
  const close = async () => client.disconnect();
  try {
    await connection.run(async () => undefined);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    engine: redisEngine(connection, { keyOf: (key) => key, channel }),
    redis: client,
    close,
  };
}

async function openStorage(
  storage: Storage,
  connection: RedisConnection | undefined,
  keyOf: (key: string) => string,
  { prefix, timeoutMs, channel }: EngineOptions,
): Promise<OpenEngine> {
  // It belongs to the caller, or to the driver.
  const close = async () => undefined;
  if (connection !== undefined && (await isSamePlace(storage, connection, keyOf, prefix))) {
    return {
      engine: redisEngine(connection, { keyOf, channel }),
      redis: connection.client,
      close,
    };
  }
  return { engine: storageEngine(storage, timeoutMs), redis: undefined, close };
}

/** How unstorage and its redis driver make the key of the server. */
function placeOf(driver: Driver, mount: string): (key: string) => string {
  const { base = '' } = (driver.options ?? {}) as { base?: string };
  const start = base.replace(/:$/, '').replace(/[/\\]/g, ':').replace(/^:|:$/g, '');
  return (key) => {
    const relative = key.startsWith(mount) ? key.slice(mount.length) : key;
    return start === '' ? relative : `${start}:${relative}`;
  };
}

/**
 * Scripts go past unstorage, straight to the server. Mounts, prefixStorage or options of the client may put the keys
 * somewhere else: so it is tried, for each kind of key.
 */
async function isSamePlace(
  storage: Storage,
  { run }: RedisConnection,
  keyOf: (key: string) => string,
  prefix: string,
): Promise<boolean> {
  const tries = KINDS.map(async (kind) => {
    const text = `probe ${randomBytes(12).toString('base64url')}`;
    const key = `${prefix}:${kind}:${PROBE}${text.slice(6)}`;
    // A try that is not taken away ends by itself.
    await run(() => storage.setItem(key, text, { ttl: 60 }));
    const found = await run((client) => client.get(keyOf(key)));
    await run(() => storage.removeItem(key));
    return found === text;
  });
  return (await Promise.all(tries)).every(Boolean);
}

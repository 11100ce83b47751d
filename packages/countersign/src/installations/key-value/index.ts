import type { Driver, Storage } from 'unstorage';
import { ConfigError, refuseUnknownOptions, StoreError } from '../../errors.ts';
import type { InstallationStore } from '../store.ts';
import { bareFailure } from './failure.ts';
import { keyValueInstallations } from './key-value-installations.ts';
import { engineOpener, type OpenEngine } from './open-engine.ts';
import { redisSubscription } from './redis-subscription.ts';
import { isRedisDriver, isVolatileDriver, readSource, type Source } from './source.ts';

/** Options of {@link keyValueStore}. */
export interface KeyValueStoreOptions {
  /**
   * What every key begins with: lower-case letters, digits, `-`, `_` and `.`, in parts between colons. Apps that share
   * a storage need one each. Default: `countersign`.
   */
  prefix?: string;
  /** How long the storage may take to answer, in milliseconds; for an enumeration of keys ten times that. Default: 5000. */
  timeoutMs?: number;
  /**
   * On Redis: tell the other processes of each change, by publish and subscribe on the channel `<prefix>:changes`.
   * Default: true.
   */
  notifications?: boolean;
  /** The clock, in milliseconds. Default: `Date.now`. */
  now?: () => number;
}

const OPTIONS: ReadonlySet<string> = new Set(['prefix', 'timeoutMs', 'notifications', 'now']);

/**
 * Keeps installations in Redis, Valkey, or any storage of unstorage (https://unstorage.unjs.io/drivers). The packages
 * `unstorage` and, for Redis, `ioredis` are installed beside this one.
 *
 * **Redis and Valkey**, also as a cluster: given as a URL, as unstorage's redis driver, or as a storage with it. Each
 * write is one script with its condition, so of any number of processes exactly one wins, and each change is told to
 * all others. Redis 4 or newer. Secrets are lost with its memory: `appendonly yes`, `maxmemory-policy noeviction`.
 *
 * **Everything else** has no conditional write. Within one process writes of one key come one after the other; two
 * processes that write the same installation within the same moment may both be told that they won, the later one
 * stays, and a lifecycle token may be used twice. So let one process write, or take `countersign/sql`. How durable a
 * write is, is up to the driver: the folder drivers (`fs`, `fs-lite`) overwrite a file in place: a power cut in
 * the middle leaves a broken one, and another process that reads meanwhile gets STORE_CORRUPT.
 *
 * `get`, `put` and `claimOnce` take a fixed number of steps, however many installations there are. `list`, `count`,
 * `settings.list` and `settings.deleteAll` enumerate keys (on Redis by SCAN over the whole database, in a folder over
 * all files); a list enumerates again after ten seconds, and holds the names in memory meanwhile.
 *
 * It connects when it is first used, or by `open`. A call that was rejected because no answer came may still have
 * been carried out.
 *
 * @param source `redis://user:password@host:6379/0`, `rediss://…` for TLS; a driver, which is then this store's own and
 * is disposed by `close`; or a storage, which stays the caller's to dispose.
 * @throws ConfigError CONFIG_OPTION_INVALID, CONFIG_OPTION_UNKNOWN; when first used, ConfigError CONFIG_PACKAGE_MISSING.
 */
export function keyValueStore(
  source: string | Driver | Storage,
  options: KeyValueStoreOptions = {},
): InstallationStore {
  refuseUnknownOptions('keyValueStore', options, OPTIONS);
  const { timeoutMs = 5000, notifications = true, now = Date.now } = options;
  const prefix = readPrefix(options.prefix ?? 'countersign');
  if (!(timeoutMs > 0 && timeoutMs < 2 ** 27)) {
    throw new ConfigError(
      'CONFIG_OPTION_INVALID',
      'timeoutMs must be a number above 0, and below 134217728.',
    );
  }
  const given = readSource(source, prefix);
  const driver = driverOf(given, prefix);
  const canWatch = notifications && (driver === undefined || isRedisDriver(driver));
  const channel = canWatch ? `${prefix}:changes` : undefined;

  const watches = new Set<() => void>();
  let isClosed = false;
  let opening: Promise<OpenEngine> | undefined;

  const attemptToOpen = engineOpener(given, { prefix, timeoutMs, channel });
  const open = (): Promise<OpenEngine> => {
    if (isClosed)
      return Promise.reject(new StoreError('STORE_UNAVAILABLE', 'The store is closed.'));
    if (opening === undefined) {
      const attempt = attemptToOpen();
      opening = attempt;
      // The next call tries again.
      attempt.catch(() => {
        if (opening === attempt) opening = undefined;
      });
    }
    return opening;
  };

  const watch = (listener: (clientKey: string | undefined) => void): (() => void) => {
    const connect = async () => {
      const { redis } = await open();
      if (redis !== undefined) return redis;
      // Scripts cannot be used here after all, so nothing is published: with each attempt it is said that something
      // may have been missed.
      listener(undefined);
      throw new Error('Changes are not published here.');
    };
    const end = redisSubscription(connect, channel as string, timeoutMs, listener);
    watches.add(end);
    return () => {
      watches.delete(end);
      end();
    };
  };

  return {
    ...keyValueInstallations(async () => (await open()).engine, prefix, now),
    isVolatile: driver !== undefined && isVolatileDriver(driver),
    ...(canWatch ? { watch } : undefined),
    async open() {
      await bareFailure(open);
    },
    async close() {
      isClosed = true;
      for (const stop of watches) stop();
      const opened = await opening?.catch(() => undefined);
      await bareFailure(async () => {
        await opened?.close();
        if (given.kind === 'driver') await given.driver.dispose?.();
      });
    },
  };
}

function readPrefix(prefix: string): string {
  if (/^[a-z0-9_-]+([.:]?[a-z0-9_-]+)*$/.test(prefix) && prefix.length <= 64) return prefix;
  throw new ConfigError('CONFIG_OPTION_INVALID', `The prefix '${prefix}' cannot be used.`, {
    hint: "Use lower-case letters, digits, '-', '_' and '.', in parts between colons, at most 64 characters.",
  });
}

/** The driver that has the keys. */
function driverOf(source: Source, prefix: string): Driver | undefined {
  if (source.kind === 'url') return undefined;
  return source.kind === 'driver' ? source.driver : source.storage.getMount(prefix).driver;
}

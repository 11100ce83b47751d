import type { Cluster, Redis } from 'ioredis';
import type { Driver, Storage } from 'unstorage';
import { ConfigError } from '../../errors.ts';

/** What keyValueStore was given. */
export type Source =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'driver'; readonly driver: Driver }
  | { readonly kind: 'storage'; readonly storage: Storage };

const KNOWN =
  'redis:// and rediss:// URLs, drivers of unstorage, and storages of its createStorage';

/** @throws ConfigError CONFIG_OPTION_INVALID, which never repeats a URL: it may hold a password. */
export function readSource(source: unknown, prefix: string): Source {
  if (typeof source === 'string') return { kind: 'url', url: readUrl(source) };
  if (isStorage(source)) {
    checkDriver(source.getMount(prefix).driver);
    return { kind: 'storage', storage: source };
  }
  if (isDriver(source)) {
    checkDriver(source);
    return { kind: 'driver', driver: source };
  }
  throw new ConfigError('CONFIG_OPTION_INVALID', 'keyValueStore does not know what it was given.', {
    hint: `It knows ${KNOWN}.${typeof source === 'function' ? ' A driver is what the function returns: call it.' : ''}`,
  });
}

function readUrl(text: string): string {
  // The error of the URL parser repeats its input.
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'redis:' && url?.protocol !== 'rediss:') {
    throw new ConfigError(
      'CONFIG_OPTION_INVALID',
      'keyValueStore was given a text that is no redis:// or rediss:// URL.',
      {
        hint: `It knows ${KNOWN}. Characters such as / and # in a password are written as %2F, %23.`,
      },
    );
  }
  return text;
}

function isStorage(source: unknown): source is Storage {
  return hasMethods(source, ['getItem', 'setItem', 'getKeys', 'getMount', 'mount']);
}

function isDriver(source: unknown): source is Driver {
  return hasMethods(source, ['hasItem', 'getItem', 'getKeys']);
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    names.every((name) => typeof (value as Record<string, unknown>)[name] === 'function')
  );
}

/** unstorage drops in silence what a driver cannot write, and its redis driver lists no key below a keyPrefix. */
function checkDriver(driver: Driver): void {
  const fault = faultOf(driver);
  if (fault === undefined) return;
  throw new ConfigError(
    'CONFIG_OPTION_INVALID',
    `The driver '${driver.name ?? 'without a name'}' cannot keep installations: ${fault}.`,
    { hint: 'Give one that writes, keeps what is written, and lists it.' },
  );
}

function faultOf(driver: Driver): string | undefined {
  const { ttl, readOnly, keyPrefix, clusterOptions } = (driver.options ?? {}) as {
    ttl?: unknown;
    readOnly?: unknown;
    keyPrefix?: unknown;
    clusterOptions?: { keyPrefix?: unknown };
  };
  if (driver.setItem === undefined || driver.removeItem === undefined) return 'it does not write';
  // Of ioredis it is another option, which only concerns replicas.
  if (readOnly === true && !isRedisDriver(driver)) return 'it is readOnly';
  if (ttl) return 'it forgets after a time (ttl)';
  if (isRedisDriver(driver) && (keyPrefix || clusterOptions?.keyPrefix)) {
    return 'below a keyPrefix it lists nothing; its option base does the same and lists';
  }
  return undefined;
}

/** True where all is gone when the process ends. */
export function isVolatileDriver({ name }: Driver): boolean {
  return name === 'memory' || name === 'lru-cache';
}

/** The client of unstorage's redis driver. It is made here if it was not yet; it connects by itself. */
export function redisClientOf(driver: Driver): Redis | Cluster | undefined {
  if (!isRedisDriver(driver)) return undefined;
  const client: unknown = driver.getInstance?.();
  return hasMethods(client, ['evalsha', 'scan', 'duplicate', 'connect'])
    ? (client as Redis | Cluster)
    : undefined;
}

export function isRedisDriver(driver: Driver): boolean {
  return driver.name === 'redis' && typeof driver.getInstance === 'function';
}

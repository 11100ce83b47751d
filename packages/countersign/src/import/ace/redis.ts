import { optionalPackage } from '../../installations/optional-package.ts';
import { readValue } from './read-value.ts';
import {
  type AceAssociation,
  type AceSetting,
  type AceSource,
  CLIENT_INFO,
  PAGE_SIZE,
} from './source.ts';
import { asking } from './source-failure.ts';

const CONNECT_TIMEOUT_MS = 10_000;

const ASSOCIATION = /^installation:(.*);$/s;
const FORGE = 'forge:';
/** Where no association tells the end of an installationId: an ARI has colons of its own. */
const FORGE_SETTING =
  /^forge:(ari:cloud:ecosystem::installation\/[^:]+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):(.+)$/is;

/**
 * The Redis of an app on atlassian-connect-express: `<clientKey>:<key>`, `installation:<installationId>;` and
 * `forge:<installationId>:<key>`.
 *
 * Colons stand in clientKeys and in keys too, so a name is cut behind the longest clientKey that has a clientInfo.
 * Whatever else is in the Redis belongs to somebody else, and is left alone: so are settings of a tenant without
 * clientInfo. The names of the tenants are held in memory, the values are not.
 */
export async function aceRedis(url: string): Promise<AceSource> {
  const { Redis } = await optionalPackage('ioredis', () => import('ioredis'));
  const client = await asking(
    url,
    () =>
      new Redis(url, {
        lazyConnect: true,
        connectTimeout: CONNECT_TIMEOUT_MS,
        commandTimeout: 60_000,
        maxRetriesPerRequest: 0,
        retryStrategy: () => null,
      }),
  );
  // What failed is known here alone: the call is told no more than that the connection is closed.
  let failure: unknown;
  client.on('error', (error) => {
    failure = error;
  });
  const ask = <T>(run: () => Promise<T>) =>
    asking(url, () =>
      run().catch((error: unknown) => {
        throw failure ?? error;
      }),
    );

  async function* names(pattern: string): AsyncGenerator<readonly string[]> {
    let cursor = '0';
    do {
      const from = cursor;
      const [next, page] = await ask(() =>
        client.scan(from, 'MATCH', pattern, 'COUNT', 5 * PAGE_SIZE),
      );
      cursor = next;
      for (let at = 0; at < page.length; at += PAGE_SIZE) yield page.slice(at, at + PAGE_SIZE);
    } while (cursor !== '0');
  }

  /** The values of names; undefined for what is no text. */
  async function values(page: readonly string[]): Promise<(string | undefined)[]> {
    const pipeline = client.pipeline();
    for (const name of page) pipeline.get(name);
    const results = await ask(() => pipeline.exec());
    const broken = results?.find(([error]) => error && !error.message.startsWith('WRONGTYPE'));
    if (broken) await ask(() => Promise.reject(broken[0]));
    return page.map((_, index) => {
      const value = results?.[index]?.[1];
      return typeof value === 'string' ? value : undefined;
    });
  }

  let known: Promise<Set<string>> | undefined;
  /** A scan may tell a name twice, so they are gathered first. */
  const clientKeys = () => {
    known ??= gather(`*:${CLIENT_INFO}`, (name) => name.slice(0, -CLIENT_INFO.length - 1));
    return known;
  };
  let knownOfForge: Promise<Set<string>> | undefined;
  const installationIds = () => {
    knownOfForge ??= gather('installation:*;', (name) => ASSOCIATION.exec(name)?.[1]);
    return knownOfForge;
  };
  async function gather(pattern: string, read: (name: string) => string | undefined) {
    const found = new Set<string>();
    for await (const page of names(pattern)) {
      for (const name of page) {
        const id = read(name);
        if (id) found.add(id);
      }
    }
    return found;
  }

  async function* pages(found: Set<string>): AsyncGenerator<readonly string[]> {
    const all = [...found];
    for (let at = 0; at < all.length; at += PAGE_SIZE) yield all.slice(at, at + PAGE_SIZE);
  }

  async function* read(
    pattern: string,
    split: (name: string) => readonly [string, string] | undefined,
  ): AsyncGenerator<readonly AceSetting[]> {
    for await (const page of names(pattern)) {
      const own = page.flatMap((name) => {
        const parts = split(name);
        return parts === undefined ? [] : [{ name, clientKey: parts[0], key: parts[1] }];
      });
      if (own.length === 0) continue;
      const texts = await values(own.map(({ name }) => name));
      const settings = own.flatMap(({ clientKey, key }, index) => {
        const text = texts[index];
        return text === undefined ? [] : [{ clientKey, key, value: readValue(text) }];
      });
      // All of them may be of another type, such as lists.
      if (settings.length > 0) yield settings;
    }
  }

  // connectTimeout ends with the TCP connection; a server may be silent behind it.
  const timer = setTimeout(() => {
    failure ??= new Error('no answer within 10 seconds');
    client.disconnect();
  }, CONNECT_TIMEOUT_MS);
  try {
    await ask(() => client.connect());
  } catch (error) {
    client.disconnect();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  return {
    async *installations() {
      for await (const page of pages(await clientKeys())) {
        const texts = await values(page.map((clientKey) => `${clientKey}:${CLIENT_INFO}`));
        yield page.map((clientKey, index) => ({
          clientKey,
          key: CLIENT_INFO,
          value: readValue(texts[index]),
        }));
      }
    },
    async *settings() {
      const tenants = await clientKeys();
      yield* read('*:*', (name) => {
        const parts = cut(name, tenants);
        return parts?.[1] === CLIENT_INFO ? undefined : parts;
      });
    },
    async *associations() {
      for await (const page of pages(await installationIds())) {
        const texts = await values(page.map((id) => `installation:${id};`));
        const associations = page.flatMap((installationId, index): AceAssociation[] => {
          const clientKey = texts[index];
          return clientKey === undefined ? [] : [{ installationId, clientKey }];
        });
        if (associations.length > 0) yield associations;
      }
    },
    async *forgeSettings() {
      const ids = await installationIds();
      yield* read(`${FORGE}*`, (name) => {
        const found = FORGE_SETTING.exec(name);
        return (
          cut(name.slice(FORGE.length), ids) ??
          (found ? [found[1] ?? '', found[2] ?? ''] : undefined)
        );
      });
    },
    count: () => ask(() => client.dbsize()),
    close: async () => client.disconnect(),
  };
}

/** Cuts `<owner>:<key>` behind the longest owner that is known. */
function cut(name: string, owners: ReadonlySet<string>): readonly [string, string] | undefined {
  for (let at = name.lastIndexOf(':'); at > 0; at = name.lastIndexOf(':', at - 1)) {
    if (owners.has(name.slice(0, at))) return [name.slice(0, at), name.slice(at + 1)];
  }
  return undefined;
}

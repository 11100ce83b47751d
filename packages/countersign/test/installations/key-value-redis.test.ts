import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect as connectSocket, createServer, type Server } from 'node:net';
import { inspect, promisify } from 'node:util';
import { Redis } from 'ioredis';
import { createStorage, prefixStorage, type Storage } from 'unstorage';
import redisDriver from 'unstorage/drivers/redis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { InstallationStore } from '../../src/index.ts';
import { keyValueStore } from '../../src/installations/key-value/index.ts';
import { type StoreUnderTest, storeConformance } from '../../src/testing/index.ts';
import { freezingProxy } from './freezing-proxy.ts';
import { sampleRecord } from './sample-record.ts';
import { describeWithRedis, type RedisServer, startRedis } from './servers/redis.ts';

const PASSWORD = 'marked-password-51';

describeWithRedis('keyValueStore on Redis', () => {
  let server: RedisServer;
  let cluster: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
    // One node that has all slots refuses a script with keys of two slots as a large cluster does.
    cluster = await startRedis(
      ...['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'],
      ...['--cluster-port', `${await freePort()}`],
    );
    const admin = new Redis(cluster.url);
    await admin.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    while (!String(await admin.call('CLUSTER', 'INFO')).includes('cluster_state:ok')) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    admin.disconnect();
  });
  afterAll(() => Promise.all([server.stop(), cluster.stop()]));

  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
  /** A store that is closed after the test. */
  const open = (...args: Parameters<typeof keyValueStore>): InstallationStore => {
    const store = keyValueStore(...args);
    closing.push(() => store.close?.());
    return store;
  };
  const adminOf = (url: string): Redis => {
    const admin = new Redis(url);
    closing.push(() => admin.disconnect());
    return admin;
  };

  describe.each<[string, () => StoreUnderTest]>([
    [
      'by a URL',
      () => {
        let url = '';
        const connect = () => keyValueStore(url, { timeoutMs: 2000 });
        return {
          create() {
            url = server.newDatabase();
            return connect();
          },
          connect,
          async breakServer() {
            await server.kill();
            return () => server.start();
          },
        };
      },
    ],
    [
      'by the driver',
      () => {
        let url = '';
        const connect = () =>
          keyValueStore(redisDriver({ url, base: 'app/one:' }), { timeoutMs: 1000 });
        return {
          create() {
            url = server.newDatabase();
            return connect();
          },
          connect,
          async breakServer() {
            await server.kill();
            return () => server.start();
          },
        };
      },
    ],
    [
      'by a storage with a mount',
      () => {
        const storages = new Map<InstallationStore, Storage>();
        let url = '';
        const connect = () => {
          const storage = createStorage().mount('countersign', redisDriver({ url }));
          const store = keyValueStore(storage);
          storages.set(store, storage);
          const close = store.close;
          return Object.assign(store, {
            async close() {
              await close?.();
              await storage.dispose();
            },
          });
        };
        return {
          create() {
            url = server.newDatabase();
            return connect();
          },
          connect,
        };
      },
    ],
    [
      'by a storage with a prefix, where no script can be used',
      () => {
        let url = '';
        const connect = () => {
          const storage = createStorage({ driver: redisDriver({ url }) });
          const store = keyValueStore(prefixStorage(storage, 'tenant'), { notifications: false });
          const close = store.close;
          return Object.assign(store, {
            async close() {
              await close?.();
              await storage.dispose();
            },
          });
        };
        return {
          create() {
            url = server.newDatabase();
            return connect();
          },
          connect,
          writesAreLoose: true,
        };
      },
    ],
    [
      'as a cluster',
      () => {
        let base = 0;
        const connect = () =>
          keyValueStore(
            redisDriver({
              base: `case${base}`,
              cluster: [{ host: '127.0.0.1', port: cluster.port }],
            }),
          );
        return {
          create() {
            base++;
            return connect();
          },
          connect,
        };
      },
    ],
  ])('%s', (_name, suite) => {
    for (const { name, run } of storeConformance(suite())) test(name, run);
  });

  test('the storage of unstorage finds what was written by scripts, under the same keys', async () => {
    const url = server.newDatabase();
    const storage = createStorage({ driver: redisDriver({ url, base: 'app' }) });
    closing.push(() => storage.dispose());
    const store = open(storage);
    await store.put(sampleRecord());
    expect(await storage.getKeys()).toContain('countersign:installation:client-1');
    const byUrl = open(url, { prefix: 'app:countersign' });
    expect(await byUrl.list()).toEqual([sampleRecord()]);
    // No try of where keys end up is left.
    expect(await adminOf(url).keys('*~*')).toEqual([]);
  });

  test('records never expire, and claims do', async () => {
    const url = server.newDatabase();
    const store = open(url);
    await store.put(sampleRecord());
    await store.claimOnce('token-1', Date.now() + 60_000);
    const admin = adminOf(url);
    for (const key of await admin.keys('*')) {
      const ttl = await admin.pttl(key);
      if (!key.includes(':claim:')) expect(ttl, key).toBe(-1);
      else {
        expect(ttl).toBeGreaterThan(60_000);
        expect(ttl).toBeLessThan(180_000);
      }
    }
  });

  test('scripts that the server has forgotten are sent again', async () => {
    const url = server.newDatabase();
    const store = open(url);
    await store.put(sampleRecord());
    await adminOf(url).script('FLUSH');
    expect(await store.put(sampleRecord({ revision: 2 }))).toBe(true);
  });

  test('a write whose answer is lost is one write, and says that it was made', async () => {
    const proxy = await startProxy(server.port);
    closing.push(proxy.close);
    const database = new URL(server.newDatabase()).pathname;
    const store = open(redisDriver({ url: `redis://127.0.0.1:${proxy.port}${database}` }));
    await store.put(sampleRecord());
    await store.settings?.put('client-1', 'counter', '0');
    // ioredis connects again, and sends the command once more.
    proxy.loseNextAnswer();
    expect(await store.claimOnce('token-1', Date.now() + 60_000)).toBe(true);
    expect(await store.claimOnce('token-1', Date.now() + 60_000)).toBe(false);
    proxy.loseNextAnswer();
    expect(await store.settings?.put('client-1', 'counter', '1', '0')).toBe(true);
    expect(proxy.lost()).toBe(2);
  });

  test('the index of sites holds while processes put, rename and delete at once', async () => {
    const url = server.newDatabase();
    const stores = [open(url), open(url), open(url)];
    const sites = ['a', 'b', 'c'].map((name) => `https://${name}.atlassian.net`);
    await Promise.all(
      stores.map(async (store, index) => {
        for (let round = 0; round < 60; round++) {
          const clientKey = `client-${round % 3}`;
          const stored = await store.get(clientKey);
          if ((round + index) % 7 === 0) await store.delete(clientKey);
          else {
            const siteUrl = sites[(round * 5 + index) % 3] as string;
            await store.put(
              sampleRecord({ clientKey, siteUrl, revision: (stored?.revision ?? 0) + 1 }),
            );
          }
        }
      }),
    );
    const [store] = stores as [InstallationStore];
    const records = await store.list();
    for (const siteUrl of sites) {
      const found = await store.findBySiteUrl(siteUrl);
      expect(found.map(({ clientKey }) => clientKey).sort()).toEqual(
        records.filter((record) => record.siteUrl === siteUrl).map(({ clientKey }) => clientKey),
      );
    }
  });

  describe('a watcher', () => {
    const watch = (store: InstallationStore) => {
      const heard: (string | undefined)[] = [];
      const end = store.watch?.((clientKey) => heard.push(clientKey)) ?? expect.fail();
      closing.push(end);
      return { heard, end };
    };

    test('whose connection is killed listens again, and says that it may have missed something', async () => {
      const url = server.newDatabase();
      const store = open(url);
      const { heard } = watch(store);
      await expect.poll(() => heard).toEqual([undefined]);
      expect(await adminOf(url).client('KILL', 'TYPE', 'pubsub')).toBeGreaterThan(0);
      await expect.poll(() => heard, { timeout: 5000 }).toEqual([undefined, undefined]);
      await store.put(sampleRecord());
      await expect.poll(() => heard).toEqual([undefined, undefined, 'client-1']);
    });

    test('outlives a restart of the server', async () => {
      // Killed while it waits for the disk, Redis would forget what it had acknowledged within the last second or two.
      const own = await startRedis('--appendfsync', 'always');
      closing.push(() => own.stop());
      const store = open(own.url, { timeoutMs: 1000 });
      const { heard } = watch(store);
      await expect.poll(() => heard).toEqual([undefined]);
      await store.put(sampleRecord());
      await expect.poll(() => heard).toEqual([undefined, 'client-1']);
      await own.kill();
      await expect(store.get('client-1')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      await own.start();
      await expect.poll(() => heard.at(-1), { timeout: 5000 }).toBeUndefined();
      // Its connection for calls comes back by itself, too; a call that failed meanwhile may have been carried out.
      await expect
        .poll(() => store.get('client-1').catch(String), { timeout: 5000 })
        .toEqual(sampleRecord());
      expect(await store.put(sampleRecord({ revision: 2 }))).toBe(true);
      await expect.poll(() => heard.at(-1)).toBe('client-1');
    });

    test('may begin before there is a server', async () => {
      const own = await startRedis();
      closing.push(() => own.stop());
      await own.kill();
      const { heard } = watch(open(own.url, { timeoutMs: 500 }));
      await new Promise((resolve) => setTimeout(resolve, 700));
      expect(heard).toEqual([]);
      await own.start();
      await expect.poll(() => heard, { timeout: 5000 }).toEqual([undefined]);
    });

    test('on a connection that was cut in silence notices', async () => {
      const proxy = await freezingProxy(server.port);
      closing.push(proxy.close);
      const { heard } = watch(open(`redis://127.0.0.1:${proxy.port}`, { timeoutMs: 500 }));
      await expect.poll(() => heard).toEqual([undefined]);
      proxy.freeze();
      proxy.thaw();
      await expect.poll(() => heard, { timeout: 10_000 }).toEqual([undefined, undefined]);
    });

    test('that ended hears nothing more, and leaves no connection', async () => {
      const url = server.newDatabase();
      const store = open(url);
      const { heard, end } = watch(store);
      const admin = adminOf(url);
      await expect.poll(() => heard).toEqual([undefined]);
      const count = async () => (await admin.pubsub('NUMSUB', 'countersign:changes'))[1];
      const before = Number(await count());
      end();
      await expect.poll(count).toBe(before - 1);
      await store.put(sampleRecord());
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(heard).toEqual([undefined]);
    });

    test('where nothing can be published is told again and again to trust nothing', async () => {
      const storage = createStorage({ driver: redisDriver({ url: server.newDatabase() }) });
      closing.push(() => storage.dispose());
      const { heard } = watch(open(prefixStorage(storage, 'tenant')));
      await expect.poll(() => heard.length, { timeout: 5000 }).toBeGreaterThan(2);
      expect(new Set(heard)).toEqual(new Set([undefined]));
    });
  });

  test('a server that accepts and never answers rejects each call in time', async () => {
    const proxy = await freezingProxy(server.port);
    closing.push(proxy.close);
    proxy.freeze();
    const store = open(`redis://127.0.0.1:${proxy.port}`, { timeoutMs: 300 });
    const start = performance.now();
    await expect(store.get('client-1')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect(store.open?.()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(performance.now() - start).toBeLessThan(4000);
    proxy.thaw();
    await expect.poll(() => store.get('hung').catch(String), { timeout: 5000 }).toBeUndefined();
    expect(await store.put(sampleRecord({ clientKey: 'hung' }))).toBe(true);
    // Now one that worked.
    proxy.freeze();
    await expect(store.get('hung')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    proxy.thaw();
    await expect
      .poll(() => store.get('hung').catch(String), { timeout: 5000 })
      .toEqual(sampleRecord({ clientKey: 'hung' }));
    await store.delete('hung');
  });

  test('without a server the call says why, at once', async () => {
    const store = open(`redis://user:${PASSWORD}@127.0.0.1:${await freePort()}`);
    const start = performance.now();
    const error = await store.get('client-1').catch((caught) => caught);
    expect(performance.now() - start).toBeLessThan(4000);
    expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE', cause: { code: 'ECONNREFUSED' } });
    expect(rendered(error)).not.toContain(PASSWORD);
  });

  test('no password and no secret stands in what is refused', async () => {
    const own = await startRedis('--rename-command', 'EVAL', '', '--rename-command', 'EVALSHA', '');
    closing.push(() => own.stop());
    const admin = adminOf(own.url);
    const secret = 'marked-secret-51';
    const withoutScripts = await open(own.url)
      .put(sampleRecord({ sharedSecret: secret }))
      .catch((caught) => caught);
    expect(withoutScripts).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(rendered(withoutScripts)).toContain('unknown command');
    await admin.config('SET', 'requirepass', 'another');
    for (const source of [
      `redis://:${PASSWORD}@127.0.0.1:${own.port}`,
      `redis://nobody:${PASSWORD}@127.0.0.1:${own.port}`,
      own.url,
    ]) {
      const store = open(source, { timeoutMs: 1000 });
      const error = await store
        .put(sampleRecord({ sharedSecret: secret }))
        .catch((caught) => caught);
      expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE' });
      expect(rendered(error)).toMatch(/WRONGPASS|NOAUTH/);
      expect(rendered(error)).not.toContain(PASSWORD);
      expect(rendered(error)).not.toContain(secret);
    }
    expect(rendered(withoutScripts)).not.toContain(secret);
  });

  test('an account that may not publish is told so, and nothing is written', async () => {
    const own = await startRedis();
    closing.push(() => own.stop());
    await adminOf(own.url).call(
      'ACL',
      'SETUSER',
      'app',
      'on',
      '>pw',
      '~*',
      '+@all',
      'resetchannels',
    );
    const url = `redis://app:pw@127.0.0.1:${own.port}`;
    const store = open(url);
    await expect(store.put(sampleRecord())).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      cause: { message: expect.stringContaining('channel') },
    });
    expect(await store.get('client-1')).toBeUndefined();
    expect(await open(url, { notifications: false }).put(sampleRecord())).toBe(true);
  });

  test('a prefix of ioredis, below which unstorage lists nothing, is refused', () => {
    const url = server.newDatabase();
    for (const options of [
      { url, keyPrefix: 'mine:' },
      { cluster: [{ port: cluster.port }], clusterOptions: { keyPrefix: 'mine:' } },
    ]) {
      expect(() => keyValueStore(redisDriver(options))).toThrow(/keyPrefix/);
    }
  });

  test('a process that closes its store ends, also while it watches', async () => {
    const module = new URL('../../src/installations/key-value/index.ts', import.meta.url).href;
    const program = `
      import { keyValueStore } from '${module}';
      const store = keyValueStore('${server.newDatabase()}');
      await new Promise((resolve) => store.watch(resolve));
      console.log(await store.get('client-1'));
      await store.close();
    `;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', program],
      { timeout: 10_000 },
    );
    expect(stdout).toBe('undefined\n');
  });
});

function rendered(error: unknown): string {
  return inspect(error, { depth: null, showHidden: true }) + JSON.stringify(error);
}

async function freePort(): Promise<number> {
  const server = await listening(createServer());
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function listening(server: Server): Promise<Server> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** Stands in front of a port, and can cut a connection where an answer should have passed. */
async function startProxy(port: number) {
  let losing = false;
  let lost = 0;
  const server = await listening(
    createServer((client) => {
      const upstream = connectSocket(port, '127.0.0.1');
      for (const socket of [client, upstream]) socket.on('error', () => undefined);
      client.pipe(upstream);
      client.on('close', () => upstream.destroy());
      upstream.on('close', () => client.destroy());
      upstream.on('data', (answer) => {
        if (!losing) return client.write(answer);
        losing = false;
        lost++;
        return client.destroy();
      });
    }),
  );
  return {
    port: (server.address() as { port: number }).port,
    loseNextAnswer() {
      losing = true;
    },
    lost: () => lost,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

/**
 * What the number of installations costs: authenticate through a warm cache, and a lookup that no cache answers, with
 * 100, 1,000 and 1,000,000 installations in SQLite and in PostgreSQL, all encrypted.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import pg from 'pg';
import {
  cachedStore,
  createApp,
  encryptedStore,
  type InstallationRecord,
  type InstallationStore,
  memoryStore,
  sqliteStore,
} from '../packages/countersign/dist/index.js';
import { sqlStore } from '../packages/countersign/dist/installations/sql/index.js';
import { createToken } from '../packages/countersign/dist/jwt/jwt.js';
import { startPostgres } from '../packages/countersign/test/installations/servers/postgres.ts';
import descriptor from './servers/atlassian-connect.json' with { type: 'json' };
import { median, table } from './table.ts';
import { appKey, sharedSecret } from './workloads.ts';

const SIZES = [100, 1000, 1_000_000];
const WARM = 100;
/** More tokens than an app remembers, so that each is verified. */
const TOKENS = 20_000;
const WARM_ROUNDS = 15;
const COLD_LOOKUPS = 3000;
const HEAP_SAMPLE = 20_000;

const encryptionKeys = `bench:${randomBytes(32).toString('base64')}`;
const logger = { info() {}, warn() {}, error() {} };

/** A database of one kind, filled by its own fast way, for the store as its users make it. */
interface Filled {
  open(): InstallationStore;
  drop(): Promise<void>;
}

interface Engine {
  readonly name: string;
  fill(records: AsyncIterable<InstallationRecord[]>): Promise<Filled>;
  stop(): Promise<void>;
}

function record(clientKey: string, index: number): InstallationRecord {
  const siteUrl = `https://site-${index}.atlassian.net`;
  const time = 1_760_000_000_000 + index;
  const payload = {
    ...{ key: appKey, clientKey, baseUrl: siteUrl, productType: 'jira', eventType: 'installed' },
    ...{ pluginsVersion: '1001.0.0-SNAPSHOT', serverVersion: '1001.0.0-SNAPSHOT' },
    description: `Atlassian JIRA at ${siteUrl}`,
    oauthClientId: Buffer.from(clientKey).toString('base64'),
    publicKey: 'MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC'.repeat(5),
  };
  return {
    ...{ clientKey, appKey, siteUrl, sharedSecret, status: 'installed', enabled: true },
    ...{ installedAt: time, changedAt: time, enabledChangedAt: time, payload, revision: 1 },
  };
}

/** Encrypted as the app would, without a store that waits for the disk each time. */
async function* encryptedRecords(keys: readonly string[]): AsyncGenerator<InstallationRecord[]> {
  let batch: InstallationRecord[] = [];
  const encrypted = encryptedStore(
    {
      ...memoryStore(),
      async put(sealed) {
        batch.push(sealed);
        return true;
      },
    },
    encryptionKeys,
  );
  for (const [index, clientKey] of keys.entries()) {
    await encrypted.put(record(clientKey, index));
    if (batch.length < 2000 && index < keys.length - 1) continue;
    yield batch;
    batch = [];
  }
}

function sqliteEngine(): Engine {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  let files = 0;
  return {
    name: 'SQLite',
    async fill(batches) {
      const file = join(folder, `${files++}.db`);
      await sqliteStore(file).close?.();
      const database = new DatabaseSync(file);
      const insert = database.prepare(
        'INSERT INTO countersign_installation (client_key, site_url, revision, record) VALUES (?, ?, ?, ?)',
      );
      for await (const batch of batches) {
        database.exec('BEGIN');
        for (const each of batch) {
          insert.run(each.clientKey, each.siteUrl, each.revision, JSON.stringify(each));
        }
        database.exec('COMMIT');
      }
      database.close();
      return {
        open: () => sqliteStore(file),
        drop: async () => rmSync(file, { force: true }),
      };
    },
    stop: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function postgresEngine(): Promise<Engine> {
  const server = await startPostgres();
  return {
    name: 'PostgreSQL',
    async fill(batches) {
      const url = await server.createDatabase();
      const empty = sqlStore(url);
      await empty.open?.();
      await empty.close?.();
      const client = new pg.Client(url);
      await client.connect();
      for await (const batch of batches) {
        await client.query(
          `INSERT INTO countersign_installation (client_key, site_url, revision, record)
           SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::text[])`,
          [
            batch.map(({ clientKey }) => clientKey),
            batch.map(({ siteUrl }) => siteUrl),
            batch.map(({ revision }) => revision),
            batch.map((each) => JSON.stringify(each)),
          ],
        );
      }
      await client.query('ANALYZE');
      await client.end();
      return {
        open: () => sqlStore(url),
        drop: () =>
          server
            .query(`DROP DATABASE ${new URL(url).pathname.slice(1)} WITH (FORCE)`)
            .then(() => undefined),
      };
    },
    stop: () => server.stop(),
  };
}

/** Random ones, so that neither the database nor the processor has them at hand. */
function sample(keys: readonly string[], count: number): string[] {
  const step = Math.max(1, Math.floor(keys.length / count));
  return Array.from(
    { length: Math.min(count, keys.length) },
    (_, index) => keys[(index * step + Math.floor(Math.random() * step)) % keys.length] as string,
  );
}

/** Microseconds for each new token of 100 sites that are in use. */
async function warmAuthenticate(store: InstallationStore, keys: readonly string[]) {
  // As for a store that has to be waited for; SQLite is asked directly unless it is told otherwise.
  const app = createApp({
    descriptor,
    appUrl: descriptor.baseUrl,
    store,
    encryptionKeys,
    logger,
    cache: { maxAgeMs: 3_600_000 },
  });
  const warm = sample(keys, WARM);
  const url = '/panel?issueKey=XX-21';
  const requests = Array.from({ length: TOKENS }, (_, index) => {
    const issuer = warm[index % warm.length] as string;
    const token = createToken({
      ...{ issuer, sharedSecret, method: 'GET', url, expiresInSeconds: 3600 },
      subject: `user-${index}`,
    });
    return { method: 'GET', url, headers: new Headers({ authorization: `JWT ${token}` }) };
  });
  const rounds: number[] = [];
  for (let round = 0; round < WARM_ROUNDS; round++) {
    const start = performance.now();
    for (const request of requests) await app.authenticate(request);
    rounds.push(((performance.now() - start) / requests.length) * 1000);
  }
  return median(rounds.slice(1));
}

/** Microseconds for a lookup that goes to the database and decrypts. */
async function coldLookup(store: InstallationStore, keys: readonly string[]): Promise<number> {
  const encrypted = encryptedStore(store, encryptionKeys);
  for (const clientKey of sample(keys, 300)) await encrypted.get(clientKey);
  const lookups: number[] = [];
  while (lookups.length < COLD_LOOKUPS) {
    for (const clientKey of sample(keys, COLD_LOOKUPS)) {
      const start = performance.now();
      const found = await encrypted.get(clientKey);
      lookups.push((performance.now() - start) * 1000);
      if (found?.sharedSecret !== sharedSecret) throw new Error(`${clientKey} was not found`);
    }
  }
  return median(lookups);
}

/** The heap that a full cache takes, and how many installations are in it. */
async function cacheHeap(store: InstallationStore, keys: readonly string[]) {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const cached = cachedStore(encryptedStore(store, encryptionKeys), { maxAgeMs: 3_600_000 });
  const some = sample(keys, HEAP_SAMPLE);
  collect();
  const before = process.memoryUsage().heapUsed;
  for (const clientKey of some) await cached.get(clientKey);
  collect();
  const bytes = process.memoryUsage().heapUsed - before;
  const kept = some.filter((clientKey) => cached.getNow?.(clientKey) !== undefined).length;
  return { bytes, kept };
}

export async function installationsReport(): Promise<string> {
  const rows: string[][] = [];
  let heap = '';
  for (const engine of [sqliteEngine(), await postgresEngine()]) {
    try {
      const warm: number[] = [];
      const cold: number[] = [];
      for (const size of SIZES) {
        const keys = Array.from({ length: size }, () => randomUUID());
        const filled = await engine.fill(encryptedRecords(keys));
        const store = filled.open();
        warm.push(await warmAuthenticate(store, keys));
        cold.push(await coldLookup(store, keys));
        if (size === SIZES.at(-1)) {
          const { bytes, kept } = await cacheHeap(store, keys);
          heap += `A full cache of the default size on ${engine.name}: ${kept.toLocaleString('en')} installations in ${(bytes / 2 ** 20).toFixed(1)} MiB of heap.\n`;
        }
        await store.close?.();
        await filled.drop();
        rows.push([
          engine.name,
          size.toLocaleString('en'),
          warm.at(-1)?.toFixed(1) ?? '',
          ((warm.at(-1) as number) / (warm[0] as number)).toFixed(2),
          cold.at(-1)?.toFixed(1) ?? '',
          // From 1,000 on: what is smaller fits into a page or two.
          cold.length < 2 ? '' : ((cold.at(-1) as number) / (cold[1] as number)).toFixed(2),
        ]);
      }
    } finally {
      await engine.stop();
    }
  }
  const header = ['store', 'installations', 'authenticate us', 'x 100', 'lookup us', 'x 1,000'];
  return `${table(header, rows)}\n\n${heap}`;
}

import { afterAll, beforeAll, expect, test } from 'vitest';
import { sqlStore } from '../../src/installations/sql/index.ts';
import { sampleRecord } from './sample-record.ts';
import { type PostgresServer, startPostgres } from './servers/postgres.ts';
import { describeStore } from './variants.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

let url: string;
describeStore("sqlStore('postgres://…')", {
  async create() {
    url = await server.createSchema();
    return sqlStore(url);
  },
  connect: () => sqlStore(url),
  async breakServer() {
    await server.kill();
    return () => server.start();
  },
});

test('a connection to a server that is no longer the primary one is not kept', async () => {
  const at = await server.createDatabase();
  const name = at.slice(at.lastIndexOf('/') + 1);
  const store = sqlStore(at, { poolSize: 1 });
  await store.open?.();
  await store.close?.();
  // A session keeps to what it was told when it began, as one to a former primary does.
  await server.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
  const later = sqlStore(at, { poolSize: 1 });
  await expect(later.put(sampleRecord())).rejects.toMatchObject({ code: '25006' });
  await server.query(`ALTER DATABASE ${name} SET default_transaction_read_only = off`);
  expect(await later.put(sampleRecord())).toBe(true);
  await later.close?.();
});

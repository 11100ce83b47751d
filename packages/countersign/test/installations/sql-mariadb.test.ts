import { MysqlDialect } from 'kysely';
import mysql from 'mysql2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sqlStore } from '../../src/installations/sql/index.ts';
import { sampleRecord } from './sample-record.ts';
import { describeWithMariadb, type MariadbServer, startMariadb } from './servers/mariadb.ts';
import { describeStore } from './variants.ts';

describeWithMariadb('MariaDB', () => {
  let server: MariadbServer;
  beforeAll(async () => {
    server = await startMariadb();
  });
  afterAll(() => server.stop());

  let url: string;
  describeStore("sqlStore('mysql://…')", {
    async create() {
      url = await server.createDatabase();
      return sqlStore(url);
    },
    connect: () => sqlStore(url),
    async breakServer() {
      await server.kill();
      return () => server.start();
    },
  });

  test('texts are kept whole where the server takes no backslash for an escape', async () => {
    const url = await server.createDatabase();
    await server.query("SET GLOBAL sql_mode = 'NO_BACKSLASH_ESCAPES'");
    const store = sqlStore(url);
    try {
      const text = "\\' OR 1 = 1 -- \\\\'";
      const record = sampleRecord({ clientKey: text, siteUrl: text, sharedSecret: text });
      expect(await store.put(record)).toBe(true);
      expect(await store.get(text)).toEqual(record);
      expect(await store.findBySiteUrl(text)).toEqual([record]);
      await store.settings?.put(text, text, text);
      expect(await store.settings?.put(text, text, `${text}2`, text)).toBe(true);
      expect(await store.settings?.get(text, text)).toBe(`${text}2`);
      await store.delete("' OR 1 = 1 -- ");
      expect(await store.count?.()).toBe(1);
    } finally {
      await server.query('SET GLOBAL sql_mode = DEFAULT');
      await store.close?.();
    }
  });

  test('a pool that was handed in stays open when the store is closed', async () => {
    const pool = mysql.createPool({ uri: await server.createDatabase() });
    const store = sqlStore(new MysqlDialect({ pool }));
    expect(await store.put(sampleRecord())).toBe(true);
    expect(await store.put(sampleRecord())).toBe(false);
    await store.close?.();
    const [rows] = await pool
      .promise()
      .query('SELECT count(*) AS total FROM countersign_installation');
    expect(rows).toEqual([{ total: 1 }]);
    await pool.promise().end();
  });
});

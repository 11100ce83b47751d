import { sqlStore } from 'countersign/sql';
import { afterAll, beforeAll, test } from 'vitest';
import {
  describeWithMariadb,
  type MariadbServer,
  startMariadb,
} from '../../packages/countersign/test/installations/servers/mariadb.ts';
import { dumpTables, expectSecretsToBeSealed } from './secret-search.ts';
import { surviveFaults } from './survive.ts';

describeWithMariadb('MariaDB', () => {
  let database: MariadbServer;
  beforeAll(async () => {
    database = await startMariadb();
  });
  afterAll(() => database.stop());

  test('no acknowledged install is lost or doubled while two processes and their MariaDB are killed', async () => {
    const url = await database.createDatabase();
    await surviveFaults({
      store: url,
      openStore: () => sqlStore(url),
      rows: async () =>
        (await database.query('SELECT client_key FROM countersign_installation', url)).map(
          ({ client_key }) => String(client_key),
        ),
      processes: 2,
      database,
    });
  }, 90_000);

  test('no secret stands in clear in MariaDB, its log of writes, an export or a log', async () => {
    await expectSecretsToBeSealed(async () => {
      const url = await database.createDatabase();
      return {
        store: url,
        dump: () => dumpTables((sql) => database.query(sql, url)),
        folder: database.folder,
        database,
      };
    });
  }, 60_000);
});

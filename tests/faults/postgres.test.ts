import { sqlStore } from 'countersign/sql';
import { afterAll, beforeAll, test } from 'vitest';
import {
  type PostgresServer,
  startPostgres,
} from '../../packages/countersign/test/installations/servers/postgres.ts';
import { dumpTables, expectSecretsToBeSealed } from './secret-search.ts';
import { surviveFaults } from './survive.ts';
import { expectBoundToHold, expectChangesToBeHeard, type SharedServer } from './two-nodes.ts';

let database: PostgresServer;
beforeAll(async () => {
  database = await startPostgres();
});
afterAll(() => database.stop());

test('no acknowledged install is lost or doubled while two processes and their Postgres are killed', async () => {
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

const shared = (): SharedServer => ({
  name: 'Postgres',
  port: database.port,
  newStore: () => database.createDatabase(),
  listens: /\bLISTEN\b/i,
});

test('two nodes on one Postgres hear of each other within a second', async () => {
  await expectChangesToBeHeard(shared());
}, 60_000);

test('two nodes on one Postgres keep to the age bound where no notification comes', async () => {
  await expectBoundToHold(shared());
}, 60_000);

test('no secret stands in clear in Postgres, its log of writes, an export or a log', async () => {
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

import { keyValueStore } from 'countersign/key-value';
import { afterAll, beforeAll, test } from 'vitest';
import {
  describeWithRedis,
  type RedisServer,
  startRedis,
} from '../../packages/countersign/test/installations/servers/redis.ts';
import { expectSecretsToBeSealed } from './secret-search.ts';
import { surviveFaults } from './survive.ts';
import { expectBoundToHold, expectChangesToBeHeard, type SharedServer } from './two-nodes.ts';

describeWithRedis('Redis', () => {
  let database: RedisServer;
  beforeAll(async () => {
    database = await startRedis('--appendfsync', 'always');
  });
  afterAll(() => database.stop());

  test('no acknowledged install is lost or doubled while two processes and their Redis are killed', async () => {
    const url = database.newDatabase();
    await surviveFaults({
      store: url,
      openStore: () => keyValueStore(url),
      processes: 2,
      database,
    });
  }, 90_000);

  const shared = (): SharedServer => ({
    name: 'Redis',
    port: database.port,
    newStore: async () => database.newDatabase(),
    listens: /\bsubscribe\b/i,
  });

  test('two nodes on one Redis hear of each other within a second', async () => {
    await expectChangesToBeHeard(shared());
  }, 60_000);

  test('two nodes on one Redis keep to the age bound where no notification comes', async () => {
    await expectBoundToHold(shared());
  }, 60_000);

  test('no secret stands in clear in the files of Redis, an export or a log', async () => {
    await expectSecretsToBeSealed(async () => ({
      store: database.newDatabase(),
      folder: database.folder,
      database,
    }));
  }, 60_000);
});

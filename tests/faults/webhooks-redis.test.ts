import { keyValueStore } from 'countersign/key-value';
import { afterAll, beforeAll, test } from 'vitest';
import {
  describeWithRedis,
  type RedisServer,
  startRedis,
} from '../../packages/countersign/test/installations/servers/redis.ts';
import { loseNothing, type QueueServer, starveNobody, WEBHOOKS } from './webhooks/survive.ts';

describeWithRedis('Redis', () => {
  let database: RedisServer;
  beforeAll(async () => {
    database = await startRedis('--appendfsync', 'always');
  });
  afterAll(() => database.stop());

  function server(): QueueServer {
    const url = database.newDatabase();
    return {
      ...{ engine: 'redis', url, openStore: () => keyValueStore(url) },
      kill: () => database.kill(),
      start: () => database.start(),
    };
  }

  test(
    'no acknowledged webhook is lost or doubled while three processes and their Redis are killed',
    async () => {
      await loseNothing(server());
    },
    WEBHOOKS > 5000 ? 600_000 : 120_000,
  );

  test('a flood of one site holds up no other one, on Redis', async () => {
    await starveNobody(server());
  }, 120_000);
});

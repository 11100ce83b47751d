import { sqlStore } from 'countersign/sql';
import { afterAll, beforeAll, test } from 'vitest';
import {
  type PostgresServer,
  startPostgres,
} from '../../packages/countersign/test/installations/servers/postgres.ts';
import { loseNothing, type QueueServer, starveNobody, WEBHOOKS } from './webhooks/survive.ts';

let database: PostgresServer;
beforeAll(async () => {
  database = await startPostgres();
});
afterAll(() => database.stop());

async function server(): Promise<QueueServer> {
  const url = await database.createDatabase();
  return {
    ...{ engine: 'postgres', url, openStore: () => sqlStore(url) },
    kill: () => database.kill(),
    start: () => database.start(),
  };
}

test(
  'no acknowledged webhook is lost or doubled while three processes and their Postgres are killed',
  async () => {
    await loseNothing(await server());
  },
  WEBHOOKS > 5000 ? 600_000 : 120_000,
);

test('a flood of one site holds up no other one, on Postgres', async () => {
  await starveNobody(await server());
}, 120_000);

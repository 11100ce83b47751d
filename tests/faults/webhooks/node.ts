/** A node of an app that handles webhooks, as a process of its own; node-process.ts starts it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createApp, type WebhookHandler } from 'countersign';
import { bullMqQueue } from 'countersign/bullmq';
import { keyValueStore } from 'countersign/key-value';
import { handle } from 'countersign/node';
import { pgBossQueue } from 'countersign/pg-boss';
import { sqlStore } from 'countersign/sql';
import { openEffects } from './effects.ts';
import type { NodeSettings } from './node-process.ts';
import { descriptor, type SentBody, siteUrlOf } from './site.ts';

const { engine, url, appUrl }: NodeSettings = JSON.parse(process.env.NODE_SETTINGS ?? '{}');
const effects = openEffects(engine, url);

const app = createApp({
  ...{ descriptor, appUrl },
  store: engine === 'postgres' ? sqlStore(url) : keyValueStore(url),
  allowedSites: [siteUrlOf('*')],
  health: '/health',
  webhooks: {
    queue: engine === 'postgres' ? pgBossQueue(url) : bullMqQueue(url),
    baseDelayMs: 50,
    maxDelayMs: 2000,
    // A database that restarts fails each try for a while: no delivery may die of that here.
    maxTries: 50,
  },
  logger: {
    info() {},
    warn: (details, message) => console.log(message, JSON.stringify(details)),
    error() {},
  },
});

const act: WebhookHandler = async ({ event, installation }) => {
  const begunAt = Date.now();
  const { issue, sequence, takesMs, fails } = event.payload as unknown as SentBody;
  // The first of those who try it meets something that is not there yet.
  if (fails && event.attempt === 1) throw new Error('not yet');
  await sleep(takesMs);
  await effects.add({
    key: event.idempotencyKey,
    clientKey: installation.clientKey,
    issue: issue.id,
    ...{ sequence, begunAt },
    event: event.name,
    identifier: event.identifier ?? '',
  });
};
app.webhook('jira:issue_updated', act, { order: 'issue' });
app.webhook('comment_created', act);

const server = createServer(async (request, response) => {
  if (await handle(app, request, response)) return;
  response.writeHead(404).end();
});
server.listen(0, '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
// The server may be away while a node starts: it begins when it is back.
for (;;) {
  try {
    await app.open();
    break;
  } catch {
    await sleep(200);
  }
}

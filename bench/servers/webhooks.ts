/** An app that takes in webhooks over Postgres; its handler does nothing. `stats` on standard input prints its memory. */
import { createInterface } from 'node:readline';
import { handle } from '../../packages/countersign/dist/http/node.js';
import { createApp, memoryStore } from '../../packages/countersign/dist/index.js';
import { pgBossQueue } from '../../packages/countersign/dist/webhooks/pg-boss/index.js';
import { clientKey, sharedSecret } from '../workloads.ts';
import { listen } from './listen.ts';

const at = Date.now();
const store = memoryStore();
await store.put({
  ...{ clientKey, appKey: 'webhook-app', siteUrl: 'https://example.atlassian.net', sharedSecret },
  ...{ status: 'installed', enabled: true, revision: 1, payload: {} },
  ...{ installedAt: at, changedAt: at, enabledChangedAt: at },
});
const app = createApp({
  descriptor: {
    key: 'webhook-app',
    authentication: { type: 'jwt' },
    lifecycle: { installed: '/installed' },
    apiMigrations: { 'signed-install': true },
    scopes: ['READ'],
    modules: { webhooks: [{ event: 'jira:issue_updated', url: '/webhooks' }] },
  },
  ...{ appUrl: 'https://app.example.com', store },
  webhooks: {
    queue: pgBossQueue(process.env.DATABASE_URL ?? ''),
    work: process.env.WORK === 'yes',
    ...{ concurrency: 50, concurrencyPerInstallation: 50 },
  },
  logger: { info() {}, warn() {}, error: console.error },
});
let handled = 0;
app.webhook('jira:issue_updated', () => {
  handled++;
});
await app.open();
listen(async (request, response) => {
  if (!(await handle(app, request, response))) response.writeHead(404).end();
});
for await (const line of createInterface({ input: process.stdin })) {
  if (line !== 'stats') continue;
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  console.log(JSON.stringify({ heapUsed, rss, handled }));
}

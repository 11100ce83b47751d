/** The app that is operated here, as docs/deploy.md sets one. Its first version has a mistake. */
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createApp, type WebhookNotice } from 'countersign';
import { drainOnSignals, handle } from 'countersign/node';
import { pgBossQueue } from 'countersign/pg-boss';
import { sqlStore } from 'countersign/sql';
import { jsonLogger } from '../../examples/change-log/src/json-logger.ts';

/** What it did, a line each: no database has to be there to write it. */
export interface Handled {
  readonly identifier: string;
  readonly clientKey: string;
  readonly attempt: number;
  /** In milliseconds since 1970, as the others. */
  readonly receivedAt: number;
  readonly begunAt: number;
  readonly endedAt: number;
  readonly pid: number;
}

const { APP_URL = '', DATABASE_URL = '', COUNTERSIGN_ENCRYPTION_KEYS, SITES = '' } = process.env;
const { VERSION, HANDLED = '', COMMENT_TAKES_MS } = process.env;
const sites = SITES.split(',');

const app = createApp({
  descriptor: {
    key: 'operated',
    baseUrl: '{{appUrl}}',
    authentication: { type: 'jwt' },
    lifecycle: { installed: '/installed' },
    apiMigrations: { 'signed-install': true },
    scopes: ['READ'],
    modules: {
      webhooks: [
        { event: 'jira:issue_updated', url: '/webhooks/issue-updated' },
        { event: 'comment_created', url: '/webhooks/comment-created' },
      ],
    },
  },
  appUrl: APP_URL,
  store: sqlStore(DATABASE_URL),
  encryptionKeys: COUNTERSIGN_ENCRYPTION_KEYS,
  allowedSites: sites,
  installKeyHosts: sites.map((site) => `${site}/install-keys`),
  // Tried as often as by default, and sooner.
  webhooks: { queue: pgBossQueue(DATABASE_URL), baseDelayMs: 10, maxDelayMs: 200 },
  logger: jsonLogger,
});

app.on('installed', ({ installation }) => installation.settings.set('colour', 'red'));

app.webhook(
  'jira:issue_updated',
  async (notice) => {
    const begunAt = Date.now();
    const { user } = notice.event.payload;
    // Who is anonymous is no user.
    const by = VERSION === '1' ? (user as { displayName: string }).displayName : user?.displayName;
    notice.log.debug?.({ by }, 'Somebody changed an issue.');
    // Signed with the secret that is stored: it opens, and it is the one of now.
    await notice.jira.get('/rest/api/3/myself', { signal: notice.signal });
    note(notice, begunAt);
  },
  { order: 'issue' },
);

app.webhook('comment_created', async (notice) => {
  const begunAt = Date.now();
  await sleep(Number(COMMENT_TAKES_MS));
  note(notice, begunAt);
});

function note({ event, installation }: WebhookNotice, begunAt: number): void {
  const { identifier = '', attempt, receivedAt } = event;
  const { clientKey } = installation;
  const times = { receivedAt, begunAt, endedAt: Date.now() };
  const handled: Handled = { identifier, clientKey, attempt, ...times, pid: process.pid };
  appendFileSync(HANDLED, `${JSON.stringify(handled)}\n`);
}

await app.open();
const server = createServer(async (request, response) => {
  if (await handle(app, request, response)) return;
  response.writeHead(404).end();
});
drainOnSignals(app, server);
server.listen(0, '127.0.0.1', () => {
  jsonLogger.info({ port: (server.address() as AddressInfo).port }, 'Listening.');
});

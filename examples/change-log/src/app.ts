import { type ConnectApp, createApp, sqliteStore } from 'countersign';
import { pgBossQueue } from 'countersign/pg-boss';
import { sqlStore } from 'countersign/sql';
import descriptor from '../atlassian-connect.json' with { type: 'json' };
import { recordChange } from './changes.ts';
import { changesPage } from './changes-page.ts';
import type { Settings } from './environment.ts';
import { jsonLogger } from './json-logger.ts';

export function createChangeLog(settings: Settings): ConnectApp {
  const { appUrl, databaseUrl, file, encryptionKeys, sandboxUrl } = settings;
  const app = createApp({
    descriptor,
    appUrl,
    encryptionKeys,
    logger: jsonLogger,
    // With PostgreSQL any number of processes share the installations and the queue. Without it there is one process,
    // and Jira waits for the handler.
    ...(databaseUrl === undefined
      ? { store: sqliteStore(file) }
      : { store: sqlStore(databaseUrl), webhooks: { queue: pgBossQueue(databaseUrl) } }),
    ...(sandboxUrl && {
      allowedSites: [sandboxUrl],
      installKeyHosts: [`${sandboxUrl}/install-keys`],
    }),
  });
  app.webhook('jira:issue_updated', recordChange, { order: 'issue', timeoutMs: 30_000 });
  app.page('/changes', changesPage);
  return app;
}

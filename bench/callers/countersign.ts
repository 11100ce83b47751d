/** `app.jira(clientKey)`, with installations in memory. As many calls at once as the bench asks for, and not 10. */
import { createApp, memoryStore } from '../../packages/countersign/dist/index.js';
import descriptor from '../servers/atlassian-connect.json' with { type: 'json' };
import { appKey, clientKey, sharedSecret } from '../workloads.ts';
import { path, serve, siteUrl } from './measure.ts';

const store = memoryStore();
await store.put({
  clientKey,
  appKey,
  sharedSecret,
  siteUrl,
  status: 'installed',
  enabled: true,
  installedAt: Date.now(),
  changedAt: Date.now(),
  enabledChangedAt: Date.now(),
  payload: {},
  revision: 1,
});
const app = createApp({
  descriptor,
  appUrl: descriptor.baseUrl,
  store,
  allowedSites: [siteUrl],
  logger: { info() {}, warn() {}, error() {} },
  jira: { concurrency: 64 },
});
const jira = app.jira(clientKey);
const query = { fields: 'summary' };

await serve({
  get: () => jira.get(path, { query }),
  fetch: async () => (await jira.fetch(path, { query })).json(),
});

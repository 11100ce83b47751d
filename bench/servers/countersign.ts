/** The same Express 5 route behind `authenticate(app)` of countersign/express, with installations in memory. */
import express from 'express-5';
import { authenticate } from '../../packages/countersign/dist/http/express.js';
import { createApp, memoryStore } from '../../packages/countersign/dist/index.js';
import { appKey, clientKey, sharedSecret } from '../workloads.ts';
import descriptor from './atlassian-connect.json' with { type: 'json' };
import { listen } from './listen.ts';

const store = memoryStore();
await store.put({
  clientKey,
  appKey,
  sharedSecret,
  siteUrl: 'https://example.atlassian.net',
  status: 'installed',
  enabled: true,
  installedAt: Date.now(),
  changedAt: Date.now(),
  enabledChangedAt: Date.now(),
  payload: {},
  revision: 1,
});
const logger = { debug() {}, info() {}, warn() {}, error() {} };
const app = createApp({ descriptor, appUrl: descriptor.baseUrl, store, logger });

const server = express();
server.get('/panel', authenticate(app), (_request, response) => {
  response.json({ ok: true });
});
listen(server);

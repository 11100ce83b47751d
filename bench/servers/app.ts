/** The app behind the routes of Countersign, with one installation in memory. */
import { type ConnectApp, createApp, memoryStore } from '../../packages/countersign/dist/index.js';
import { appKey, clientKey, sharedSecret } from '../workloads.ts';
import descriptor from './atlassian-connect.json' with { type: 'json' };

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
export const app: ConnectApp = createApp({
  descriptor,
  appUrl: descriptor.baseUrl,
  store,
  logger,
});

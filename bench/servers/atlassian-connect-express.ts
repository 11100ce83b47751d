/** The same Express 4 route behind `addon.authenticate()`, with installations in memory. */
import connect from 'atlassian-connect-express';
import express from 'express';
import { clientKey, sharedSecret } from '../workloads.ts';
import { listen } from './listen.ts';

const installation = { clientKey, sharedSecret, baseUrl: 'https://example.atlassian.net' };
connect.store.register('in-memory', () => ({
  get: async (_key: string, of: string) => (of === clientKey ? installation : null),
}));

process.chdir(import.meta.dirname);
const server = express();
server.use(express.json());
server.use(express.urlencoded({ extended: false }));
const config = { production: { store: { adapter: 'in-memory' }, hosts: [] } };
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const addon = connect(server, { config }, silent, undefined, () => listen(server));
server.get('/panel', addon.authenticate(), (_request, response) => {
  response.json({ ok: true });
});

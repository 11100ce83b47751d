/**
 * The same route behind `addon.authenticateForge()`. The URL of the key set is fixed in its code, so calls to that host,
 * and to no other, are sent to the bench's: in this process only, and over plain http, which spares it the handshake.
 */
import http from 'node:http';
import https from 'node:https';
import connect from 'atlassian-connect-express';
import express from 'express';
import { listen } from './listen.ts';

const { APP_ID = '', KEY_SET_URL = '' } = process.env;
const KEY_HOST = 'forge.cdn.prod.atlassian-dev.net';
const get = https.get;
https.get = ((url: unknown, ...rest: unknown[]) => {
  if (typeof url === 'string' && new URL(url).host === KEY_HOST) {
    return (http.get as (...given: unknown[]) => unknown)(KEY_SET_URL, ...rest);
  }
  return (get as (...given: unknown[]) => unknown)(url, ...rest);
}) as typeof https.get;

const settings = new Map<string, unknown>();
connect.store.register('in-memory', () => {
  const store = {
    get: async (name: string, of: string) => settings.get(`${of} ${name}`) ?? null,
    set: async (name: string, value: unknown, of: string) => {
      settings.set(`${of} ${name}`, value);
      return value;
    },
    forForgeInstallation: (of: string) => ({
      get: (name: string) => store.get(name, of),
      set: (name: string, value: unknown) => store.set(name, value, of),
    }),
  };
  return store;
});

// It says on standard error what it refuses.
console.error = () => undefined;
process.chdir(import.meta.dirname);
const server = express();
const config = { production: { store: { adapter: 'in-memory' }, hosts: [], appId: APP_ID } };
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const addon = connect(server, { config }, silent, undefined, () => listen(server));
// Its own middleware for Connect makes this object; its Forge middleware expects it.
server.use((request, _response, next) => {
  (request as { context?: object }).context ??= {};
  next();
});
// The type of the package does not name it.
const forge = addon as unknown as { authenticateForge(): express.RequestHandler };
server.get('/panel', forge.authenticateForge(), (_request, response) => {
  response.json({ ok: true });
});

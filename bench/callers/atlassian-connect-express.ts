/** `addon.httpClient({ clientKey })`, with installations in memory. */
import connect from 'atlassian-connect-express';
import express from 'express';
import { clientKey, sharedSecret } from '../workloads.ts';
import { path, serve, siteUrl } from './measure.ts';

const installation = { clientKey, sharedSecret, baseUrl: siteUrl };
connect.store.register('in-memory', () => ({
  get: async (_key: string, of: string) => (of === clientKey ? installation : null),
}));

process.chdir(`${import.meta.dirname}/../servers`);
const config = { production: { store: { adapter: 'in-memory' }, hosts: [] } };
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const addon = connect(express(), { config }, silent, undefined, async () => {
  await serve({ get });
});
const url = `${path}?fields=summary`;

function get(): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const done = (error: unknown, _response: unknown, body: unknown): void => {
      if (error) reject(error);
      else resolve(body);
    };
    addon.httpClient({ clientKey }).get({ url, json: true }, done);
  });
}

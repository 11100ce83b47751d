import { expect, test } from 'vitest';
import { importAce } from '../../src/import/ace/import-ace.ts';
import { openAceSource } from '../../src/import/ace/open-source.ts';
import { memoryStore } from '../../src/index.ts';
import { clientInfo } from './ace-tables.ts';
import { startMongodbReplies } from './mongodb-replies.ts';

// More than one page; the framework writes one document for each pair of clientKey and key.
const tenants = Array.from({ length: 450 }, (_, index) => `tenant-${index}`);
const installationId = 'ari:cloud:ecosystem::installation/1';

const collections = {
  Tenants: tenants.flatMap((clientKey) => [
    { key: 'clientInfo', clientKey, val: clientInfo(clientKey, { since: new Date(0) }) },
    { key: 'rules', clientKey, val: [{ when: 'ünïcode 🔏' }, null, 5] },
  ]),
  InstallationClientKeys: [{ installationId, clientKey: 'tenant-7' }],
  ForgeSettings: [
    { installationId, key: 'plan', val: 'large' },
    { installationId, key: 'appToken', val: { appToken: 'x', apiBaseUrl: 'https://api' } },
  ],
};

test('MongoDB is read by its real driver, in pages (no real MongoDB was there: the server is ours)', async () => {
  const server = await startMongodbReplies(collections);
  try {
    const source = await openAceSource(server.url, { table: 'Tenants' });
    for await (const page of source.installations()) expect(page.length).toBeLessThanOrEqual(200);
    expect(await source.count()).toBe(2 * tenants.length + 2);
    const store = memoryStore();
    const report = await importAce(source, store);
    await source.close();
    expect(report).toMatchObject({
      installations: { imported: tenants.length },
      settings: { imported: tenants.length + 1 },
      cachedTokens: 1,
      skipped: [],
    });
    expect(await store.get('tenant-7')).toMatchObject({
      sharedSecret: 'secret-of-tenant-7',
      payload: { installationId, since: '1970-01-01T00:00:00.000Z' },
    });
    expect(await store.settings?.get('tenant-449', 'rules')).toBe('[{"when":"ünïcode 🔏"},null,5]');
    expect(await store.settings?.get(installationId, 'plan')).toBe('"large"');
    expect(new Set(server.commands)).toEqual(new Set(['find', 'getMore', 'count']));
  } finally {
    server.stop();
  }
});

test('a MongoDB that is not there is told', async () => {
  const server = await startMongodbReplies({});
  server.stop();
  const url = server.url.replace('//', '//ace:marked-password@');
  const failure = await openAceSource(url).catch((error) => error);
  expect(failure.code).toBe('STORE_UNAVAILABLE');
  expect(failure.message).toContain('ECONNREFUSED');
  expect(failure.message).not.toContain('marked-password');
}, 20_000);

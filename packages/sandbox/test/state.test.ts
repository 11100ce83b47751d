import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { startSandbox } from '../src/index.ts';
import { callSigned, startApp, startBoth, startSite } from './app.ts';

function newDatabase(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'site.db');
}

test('a file keeps the site over a restart: identity, apps, issues and requests', async () => {
  const database = newDatabase();
  const before = await startSite({ database });
  const app = await startApp();
  await before.install(app.descriptorUrl);
  await callSigned(before, '/rest/api/3/issue/XX-21', {
    method: 'PUT',
    body: { fields: { summary: 'Kept' } },
  });
  const { clientKey, apiToken, apps, requests } = before;
  const secret = before.sharedSecret('test-app');
  await before.close();

  const after = await startSite({ database });
  expect(after).toMatchObject({ clientKey, apiToken, apps, requests });
  expect(after.sharedSecret('test-app')).toBe(secret);
  expect(after.issue('XX-21')?.fields.summary).toBe('Kept');
  expect((await callSigned(after, '/rest/api/3/myself')).status).toBe(200);
  // The port is another one now, so the app must hear of the new URL.
  expect(await after.installIfChanged(app.descriptorUrl)).toMatchObject({ installed: true });
  expect(app.received.at(-1)?.body.baseUrl).toBe(after.url);
});

test('a database of a newer sandbox is refused', async () => {
  const database = newDatabase();
  const file = new DatabaseSync(database);
  file.exec('PRAGMA user_version = 99');
  file.close();
  await expect(startSandbox({ database })).rejects.toThrow('was written by a newer sandbox');
});

test('reset brings the seed back, and the site stays the same site', async () => {
  const { site, app } = await startBoth({ scopes: ['DELETE'] });
  const { clientKey, apiToken } = site;
  await callSigned(site, '/rest/api/3/issue/XX-21', { method: 'DELETE' });
  site.reset();
  expect(site.issue('XX-21')?.id).toBe('10003');
  expect(site).toMatchObject({ apps: [], requests: [], clientKey, apiToken });
  await site.install(app.descriptorUrl);
  expect((await callSigned(site, '/rest/api/3/myself')).status).toBe(200);
});

test('two sites do not know of each other', async () => {
  const [one, other] = await Promise.all([startSite(), startSite()]);
  expect(one.clientKey).not.toBe(other.clientKey);
  expect(one.url).not.toBe(other.url);
});

test('listeners get requests until they leave', async () => {
  const site = await startSite();
  const seen: string[] = [];
  const stop = site.on('request', ({ path }) => seen.push(path));
  await fetch(`${site.url}/rest/api/3/serverInfo`);
  stop();
  await fetch(`${site.url}/rest/api/3/myself`);
  expect(seen).toEqual(['/rest/api/3/serverInfo']);
});

test('a port that is taken, and an option that is unknown, are errors', async () => {
  const site = await startSite();
  const port = Number(new URL(site.url).port);
  await expect(startSandbox({ port })).rejects.toThrow('EADDRINUSE');
  await expect(startSandbox({ prot: 1 } as object)).rejects.toThrow('Unknown option "prot"');
});

test('closing twice is closing once', async () => {
  const site = await startSandbox();
  await Promise.all([site.close(), site.close()]);
  await expect(fetch(site.url)).rejects.toThrow();
});

test('the log keeps the newest 1,000 requests', async () => {
  const site = await startSite();
  for (let count = 0; count < 1005; count += 1) await fetch(`${site.url}/rest/api/3/${count}`);
  expect(site.requests).toHaveLength(1000);
  expect(site.requests.at(-1)?.path).toBe('/rest/api/3/1004');
});

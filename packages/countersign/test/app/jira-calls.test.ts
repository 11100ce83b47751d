/** How an app calls its sites: over one transport, with the newest secret, and to that site alone. */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type AppOptions,
  encryptedStore,
  type InstallationRecord,
  type InstallationStore,
  memoryStore,
} from '../../src/index.ts';
import { close, listen } from '../connect/atlassian-host.ts';
import { sampleRecord } from '../installations/sample-record.ts';
import { type RecordingSite, startRecordingSite } from '../jira/recording-site.ts';
import { createPanelApp, type PanelApp, panelDescriptor } from './panel-app.ts';

const KEY = `key-1:${randomBytes(32).toString('base64')}`;

let site: RecordingSite;
/** Another host, which no token may reach. */
const stolen: (string | undefined)[] = [];
const otherHost = createServer((request, response) => {
  stolen.push(request.headers.authorization);
  response.end('{}');
});
let otherUrl: string;

beforeAll(async () => {
  site = await startRecordingSite();
  otherUrl = await listen(otherHost);
});
afterAll(() => Promise.all([site.close(), close(otherHost)]));
beforeEach(() => {
  site.requests.length = 0;
  site.sharedSecret = 'secret-1';
  site.answer = (_request, response) => response.end('{}');
  stolen.length = 0;
});

async function panelAt(
  change: Partial<AppOptions> = {},
  record: Partial<InstallationRecord> = {},
): Promise<PanelApp & { store: InstallationStore }> {
  const panel = createPanelApp([], { allowedSites: [site.origin], ...change });
  await panel.store.put(
    sampleRecord({
      ...{ clientKey: 'client-1', appKey: 'panel-app', siteUrl: site.origin, revision: 1 },
      ...{ sharedSecret: 'secret-1', ...record },
    }),
  );
  return panel;
}

/** Changes what is stored, past the app. */
async function change(store: InstallationStore, to: Partial<InstallationRecord>): Promise<void> {
  const record = (await store.get('client-1')) as InstallationRecord;
  await store.put({ ...record, ...to, revision: record.revision + 1 });
}

describe('a token goes to its own site and nowhere else', () => {
  afterEach(() => expect(stolen.filter((sent) => sent !== undefined)).toEqual([]));

  test('not where a record was made to name another site', async () => {
    const { app, store } = await panelAt(
      { descriptor: panelDescriptor({ scopes: ['READ', 'ACT_AS_USER'] }) },
      { payload: { oauthClientId: 'oauth-1' } },
    );
    await change(store, { siteUrl: otherUrl });
    for (const jira of [app.jira('client-1'), app.jira('client-1').as('5b10')]) {
      await expect(jira.get('/rest/api/3/myself')).rejects.toMatchObject({
        code: 'INSTALLATION_SITE_REFUSED',
      });
    }
    expect(stolen).toEqual([]);
  });

  test('not even where the app may be installed there, once the secrets are encrypted', async () => {
    const store = memoryStore();
    const { app } = createPanelApp([], {
      ...{ store, encryptionKeys: KEY, cache: false, allowedSites: [site.origin, otherUrl] },
    });
    const sealed = sampleRecord({ siteUrl: site.origin });
    await encryptedStore(store, KEY).put(sealed);
    await app.jira('client-1').get('/x');
    await change(store, { siteUrl: otherUrl });
    await expect(app.jira('client-1').get('/x')).rejects.toMatchObject({
      code: 'STORE_KEY_WRONG',
    });
    expect(stolen).toEqual([]);
  });

  test('not by an absolute URL', async () => {
    const { app } = await panelAt();
    for (const url of [`${otherUrl}/x`, `${otherUrl}/rest/api/3/myself?a=b`]) {
      await expect(app.jira('client-1').get(url)).rejects.toMatchObject({
        code: 'JIRA_URL_REFUSED',
      });
      await expect(app.jira('client-1').fetch(url)).rejects.toMatchObject({
        code: 'JIRA_URL_REFUSED',
      });
    }
    expect(stolen).toEqual([]);
  });

  test.each([301, 302, 303, 307, 308])('not by a redirect with %i', async (status) => {
    const { app } = await panelAt();
    site.answer = (_request, response) =>
      response.writeHead(status, { location: `${otherUrl}/x` }).end();
    await expect(app.jira('client-1').get('/x')).rejects.toMatchObject({
      code: 'JIRA_REDIRECTED',
    });
    expect((await app.jira('client-1').fetch('/x')).status).toBe(status);
    expect(stolen).toEqual([]);
  });
});

test('a secret that another node has stored is found past the cache, once Jira refuses the old', async () => {
  const { app, store } = await panelAt({ cache: { maxAgeMs: 60_000 } });
  const jira = app.jira('client-1');
  await jira.get('/x');
  await change(store, { sharedSecret: 'secret-2' });
  site.sharedSecret = 'secret-2';
  await jira.post('/x', { body: { once: true } });
  expect(site.requests.map(({ claims }) => 'refused' in claims)).toEqual([false, true, false]);
});

test('the calls of one installation share their limit, however its client was got', async () => {
  const { app } = await panelAt({ jira: { concurrency: 3 } });
  let underWay = 0;
  let most = 0;
  site.answer = (_request, response) => {
    underWay += 1;
    most = Math.max(most, underWay);
    setTimeout(() => {
      underWay -= 1;
      response.end('{}');
    }, 5);
  };
  const clients = [app.jira('client-1'), app.jira('client-1')];
  await Promise.all(
    Array.from({ length: 20 }, (_, index) => clients[index % 2]?.get(`/x?i=${index}`)),
  );
  expect(most).toBe(3);
});

test('app.jira.on hears of the calls to all sites, and jira.on of its own', async () => {
  const { app } = await panelAt();
  const ofApp: unknown[] = [];
  const ofOther: unknown[] = [];
  const stop = app.jira.on('response', ({ clientKey, path }) => ofApp.push([clientKey, path]));
  app.jira('somebody-else').on('response', (event) => ofOther.push(event));
  await app.jira('client-1').get('/one');
  await app
    .jira('client-1')
    .anonymous()
    .get('/two')
    .catch(() => {});
  expect(ofApp).toEqual([
    ['client-1', '/one'],
    ['client-1', '/two'],
  ]);
  expect(ofOther).toEqual([]);
  stop();
  await app.jira('client-1').get('/three');
  expect(ofApp).toHaveLength(2);
});

test.each([
  ['a number out of range', { concurrency: 0 }, 'CONFIG_OPTION_INVALID'],
  ['a text for a number', { timeoutMs: '5' }, 'CONFIG_OPTION_INVALID'],
  ['an unknown name', { concurency: 3 }, 'CONFIG_OPTION_UNKNOWN'],
  ['a server that is no URL', { authorizationServerUrl: 'x' }, 'CONFIG_OPTION_INVALID'],
])('the option jira with %s is refused at start', (_name, jira, code) => {
  expect(() => createPanelApp([], { jira: jira as never })).toThrow(
    expect.objectContaining({ code }),
  );
});

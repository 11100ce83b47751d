import { writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { verifyToken } from '../../src/jwt/jwt.ts';
import { close, listen, unreachableUrl } from '../connect/atlassian-host.ts';
import { temporaryFolder } from '../installations/temporary-folder.ts';
import { countersign, countersignJson } from './run-cli.ts';
import { runInProcess, runInProcessJson } from './run-in-process.ts';
import { SECRET, storeOf } from './sample-store.ts';

const folder = temporaryFolder();

interface Site {
  url: string;
  /** What was asked for: method, path, and whether a credential was sent. */
  requests: string[];
  bodies: string[];
}

/** A site that checks tokens by our own library, and takes other answers by path. */
async function startSite(answers: Record<string, RequestListener> = {}): Promise<Site> {
  const site: Site = { url: '', requests: [], bodies: [] };
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    const path = url.replace(/\?.*/, '');
    const credential = headers.authorization === undefined ? '' : ' signed';
    site.requests.push(`${method} ${path.replace(/[0-9a-f-]{36}/, 'KID')}${credential}`);
    site.bodies.push(Buffer.concat(await request.toArray()).toString());
    const answer = answers[path];
    if (answer !== undefined) return answer(request, response);
    if (path === '/rest/api/3/serverInfo') return response.end('{}');
    if (!path.startsWith('/rest/')) return response.writeHead(404).end();
    try {
      const token = headers.authorization?.replace('JWT ', '') ?? '';
      verifyToken(token, { sharedSecret: SECRET, method, url });
      response.end('{"displayName":"Panel App","accountType":"app"}');
    } catch {
      response.writeHead(401).end('Client must be authenticated to access this resource.');
    }
  });
  site.url = await listen(server);
  onTestFinished(() => close(server));
  return site;
}

function descriptorFile(change: Record<string, unknown> = {}): string {
  const file = join(folder, `${Math.random()}.json`);
  const descriptor = {
    key: 'panel-app',
    baseUrl: '{{appUrl}}',
    authentication: { type: 'jwt' },
    lifecycle: { installed: '/installed' },
    apiMigrations: { 'signed-install': true },
    scopes: ['READ', 'WRITE'],
    ...change,
  };
  writeFileSync(file, JSON.stringify(descriptor));
  return file;
}

const results = (steps: { id: string; result: string }[]) =>
  steps.map(({ id, result }) => `${id} ${result}`);

test('all is well: each step asks the least that it needs, and the user’s own request goes last', async () => {
  const site = await startSite();
  const store = await storeOf({ siteUrl: site.url });
  const { code, stdout } = await countersign([
    'doctor',
    '--store',
    store,
    '--descriptor',
    descriptorFile(),
    '--method',
    'PUT',
    '--path',
    '/rest/api/3/issue/XX-21?notifyUsers=false',
    '--body',
    '{"fields":{}}',
  ]);
  expect(stdout).toContain('All is well');
  expect(code).toBe(0);
  expect(stdout.match(/^ {2}passed/gm)).toHaveLength(6);
  expect(site.requests).toEqual([
    'GET /rest/api/3/serverInfo',
    'GET /install-keys/KID',
    'GET /rest/api/3/myself signed',
    'PUT /rest/api/3/issue/XX-21 signed',
  ]);
  expect(site.bodies[3]).toBe('{"fields":{}}');
  expect(stdout).not.toContain(SECRET);
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test('the shape of its JSON', async () => {
  const site = await startSite();
  const { code, json } = await runInProcessJson([
    'doctor',
    '--store',
    await storeOf({ siteUrl: site.url }),
  ]);
  expect(code).toBe(0);
  expect(json).toEqual({
    ok: true,
    installation: { clientKey: 'client-1', appKey: 'panel-app', siteUrl: site.url },
    steps: ['installation', 'descriptor', 'clock', 'key-host', 'myself'].map((id) => ({
      id,
      title: expect.any(String),
      result: id === 'descriptor' ? 'skipped' : 'passed',
      detail: expect.any(String),
    })),
  });
});

test('a store without an installation: what depends on it is skipped', async () => {
  const site = await startSite();
  const { code, json } = await runInProcessJson([
    'doctor',
    '--store',
    await storeOf(),
    '--key-host',
    `${site.url}/keys`,
    '--path',
    '/rest/api/3/myself',
  ]);
  expect(code).toBe(1);
  expect(results(json.steps)).toEqual([
    'installation failed',
    'descriptor skipped',
    'clock skipped',
    'key-host passed',
    'myself skipped',
    'request skipped',
  ]);
  expect(json.verdict.cause).toBe('CS-INSTALLATION-UNKNOWN');
});

test('several installations: one has to be named, and which there are is said', async () => {
  const site = await startSite();
  const store = await storeOf({ siteUrl: site.url }, { clientKey: 'client-2' });
  const unnamed = await runInProcess(['doctor', '--store', store]);
  expect(unnamed.code).toBe(2);
  expect(unnamed.stderr.replace(/\s+/g, ' ')).toContain(`${site.url} (client-1)`);
  for (const name of [
    ['--client-key', 'client-1'],
    ['--site', `${site.url}/`],
  ]) {
    expect((await runInProcess(['doctor', '--store', store, ...name])).code).toBe(0);
  }
  const { json } = await runInProcessJson([
    'doctor',
    '--store',
    store,
    '--client-key',
    'client-3',
    '--key-host',
    `${site.url}/k`,
  ]);
  expect(json.steps[0].detail).toContain('client-2');
});

test('an uninstalled app is not tried', async () => {
  const site = await startSite();
  const store = await storeOf({ siteUrl: site.url, status: 'uninstalled' });
  const { code, json } = await runInProcessJson([
    'doctor',
    '--store',
    store,
    '--key-host',
    `${site.url}/k`,
  ]);
  expect(code).toBe(1);
  expect(json.verdict.cause).toBe('CS-INSTALLATION-UNINSTALLED');
  expect(site.requests).toEqual(['GET /k/KID']);
});

test.each([
  ['another key', { key: 'other-app' }, 'CS-INSTALL-OTHER-APP', /other-app/],
  ['no signed-install', { apiMigrations: {} }, 'CS-INSTALL-UNSIGNED', /signed-install/],
  ['no scopes', { scopes: [] }, 'CS-SCOPE-MISSING', /no scope/],
  ['no lifecycle', { lifecycle: {} }, undefined, /lifecycle.installed/],
  ['a baseUrl that is no URL', { baseUrl: 'app' }, undefined, /baseUrl is no URL/],
])('a descriptor with %s', async (_name, change, cause, evidence) => {
  const site = await startSite();
  const { code, json } = await runInProcessJson([
    'doctor',
    '--store',
    await storeOf({ siteUrl: site.url }),
    '--descriptor',
    descriptorFile(change),
  ]);
  expect(code).toBe(1);
  expect(json.steps[1]).toMatchObject({ id: 'descriptor', result: 'failed' });
  expect(json.verdict.cause).toBe(cause);
  expect(json.verdict.evidence).toMatch(evidence);
  // The steps after it do not depend on it.
  expect(json.steps.at(-1)).toMatchObject({ id: 'myself', result: 'passed' });
});

test('a descriptor from a URL: its baseUrl has to lead there', async () => {
  const served = (baseUrl: string | undefined) =>
    startSite({
      '/atlassian-connect.json': (_request, response) =>
        response.end(
          JSON.stringify({
            key: 'panel-app',
            baseUrl,
            authentication: { type: 'jwt' },
            scopes: ['READ'],
            lifecycle: { installed: '/i' },
            apiMigrations: { 'signed-install': true },
          }),
        ),
    });
  for (const [baseUrl, cause] of [
    ['https://old-tunnel.example.com', 'CS-AUD-MISMATCH'],
    [undefined, undefined],
  ] as const) {
    const site = await served(baseUrl);
    const { code, json } = await runInProcessJson([
      'doctor',
      '--store',
      await storeOf({ siteUrl: site.url }),
      '--descriptor',
      `${site.url}/atlassian-connect.json`,
    ]);
    expect(code).toBe(1);
    expect(json.steps[1].result).toBe('failed');
    expect(json.verdict.cause).toBe(cause);
  }
});

test('a descriptor that cannot be read fails its own step, and the others go on', async () => {
  const site = await startSite();
  const store = await storeOf({ siteUrl: site.url });
  const text = join(folder, 'text.json');
  writeFileSync(text, 'no JSON');
  for (const source of [
    await unreachableUrl(),
    join(folder, 'none.json'),
    `${site.url}/none`,
    text,
  ]) {
    const { code, json } = await runInProcessJson([
      'doctor',
      '--store',
      store,
      '--descriptor',
      source,
    ]);
    expect(code).toBe(3);
    expect(results(json.steps)).toContain('descriptor failed');
    expect(json.steps.at(-1).result).toBe('passed');
  }
});

test('--app-key stands in for a descriptor', async () => {
  const site = await startSite();
  const args = ['doctor', '--store', await storeOf({ siteUrl: site.url }), '--app-key'];
  expect((await runInProcessJson([...args, 'panel-app'])).json.steps[1].result).toBe('passed');
  expect((await runInProcessJson([...args, 'other'])).json.verdict.cause).toBe(
    'CS-INSTALL-OTHER-APP',
  );
});

test('clocks that differ', async () => {
  const site = await startSite({
    '/rest/api/3/serverInfo': (_request, response) => {
      response.setHeader('date', new Date(Date.now() + 300_000).toUTCString());
      response.end('{}');
    },
  });
  const { code, json } = await runInProcessJson([
    'doctor',
    '--store',
    await storeOf({ siteUrl: site.url }),
  ]);
  expect(code).toBe(1);
  expect(json.verdict.cause).toBe('CS-CLOCK');
  expect(json.verdict.evidence).toMatch(/(4 minutes and 5\d seconds|5 minutes).* behind/);
});

test('a key host that answers wrongly, or not at all', async () => {
  const site = await startSite({ '/wrong': (_request, response) => response.end('<html>login') });
  const store = await storeOf({ siteUrl: site.url });
  const closed = await unreachableUrl();
  const one = await countersignJson(['doctor', '--store', store, '--key-host', closed]);
  expect(one.code).toBe(3);
  expect(one.json.verdict).toMatchObject({ cause: 'CS-INSTALL-KEY-HOST' });
  expect(one.json.verdict.evidence).toContain('ECONNREFUSED');
  const both = await countersignJson([
    'doctor',
    '--store',
    store,
    '--key-host',
    closed,
    '--key-host',
    `${site.url}/keys`,
  ]);
  expect(both.code).toBe(0);
});

test('a site that does not answer ends with 3, and is not asked again', async () => {
  const closed = await unreachableUrl();
  const { code, json } = await countersignJson([
    'doctor',
    '--store',
    await storeOf({ siteUrl: closed }),
    '--path',
    '/x',
  ]);
  expect(code).toBe(3);
  expect(json.verdict.cause).toBe('CS-UNREACHABLE');
  expect(results(json.steps)).toEqual([
    'installation passed',
    'descriptor skipped',
    'clock failed',
    'key-host failed',
    'myself skipped',
    'request skipped',
  ]);
});

test('a secret that was replaced since: the simplest request is refused, and yours is not sent', async () => {
  const site = await startSite();
  const store = await storeOf({ siteUrl: site.url, sharedSecret: `${SECRET}-old` });
  const { code, json, stdout } = await runInProcessJson([
    'doctor',
    '--store',
    store,
    '--method',
    'PUT',
    '--path',
    '/rest/api/3/issue/XX-21',
    '--body',
    '{}',
  ]);
  expect(code).toBe(1);
  expect(results(json.steps).slice(4)).toEqual(['myself failed', 'request skipped']);
  expect(json.verdict.cause).toBe('CS-INSTALLATION-STALE');
  expect(site.requests.join()).not.toContain('PUT');
  expect(stdout).not.toContain(SECRET);
});

test('a refusal of the user’s own request is explained, and quotes no token', async () => {
  const site = await startSite({
    '/rest/api/3/issue/XX-21': (request, response) =>
      response
        .writeHead(403, { 'content-type': 'text/plain' })
        .end(`Request not in an authorized API scope ${request.headers.authorization} ${SECRET}`),
  });
  const body = join(folder, 'body.json');
  writeFileSync(body, '{"fields":{}}');
  const { code, stdout } = await runInProcess([
    'doctor',
    '--store',
    await storeOf({ siteUrl: site.url }),
    '--descriptor',
    descriptorFile({ scopes: ['READ'] }),
    '--method',
    'PUT',
    '--path',
    '/rest/api/3/issue/XX-21',
    '--body',
    `@${body}`,
  ]);
  expect(code).toBe(1);
  expect(stdout).toContain('CS-SCOPE-MISSING');
  expect(stdout).not.toContain(SECRET);
  expect(stdout).not.toMatch(/eyJ/);
});

test('a path that leads elsewhere is refused before anything is sent', async () => {
  const site = await startSite();
  const { code, json } = await runInProcessJson([
    'doctor',
    '--store',
    await storeOf({ siteUrl: site.url }),
    '--path',
    'https://other.example.com/x',
  ]);
  expect(code).toBe(1);
  expect(json.steps.at(-1).detail).toContain('cannot go to https://other.example.com');
});

import { request } from 'node:http';
import { decodeSymmetric, SymmetricAlgorithm } from '@atlassian/atlassian-jwt';
import { expect, test } from 'vitest';
import type { Sandbox } from '../src/index.ts';
import { callSigned, startApp, startBoth, startSite } from './app.ts';

async function control(
  site: Sandbox,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; json: unknown }> {
  const answer = await fetch(`${site.url}/_sandbox/api${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, json: text === '' ? undefined : JSON.parse(text) };
}

test('another process learns about the site, and installs, steers and uninstalls an app', async () => {
  const site = await startSite();
  const app = await startApp();
  expect((await control(site, 'GET', '/site')).json).toEqual({
    url: site.url,
    clientKey: site.clientKey,
    installKeysUrl: site.installKeysUrl,
    authorizationServerUrl: site.authorizationServerUrl,
    forge: {
      keySetUrl: site.forge.keySetUrl,
      gatewayUrl: site.forge.gatewayUrl,
      graphqlUrl: site.forge.graphqlUrl,
      cloudId: site.forge.cloudId,
    },
    adminAccountId: site.people[0]?.accountId,
    apps: [],
  });
  const { descriptorUrl } = app;
  expect(await control(site, 'POST', '/apps', { descriptorUrl })).toMatchObject({
    status: 201,
    json: { key: 'test-app', enabled: true },
  });
  const secret = site.sharedSecret('test-app');
  expect((await control(site, 'POST', '/apps/test-app/rotate')).status).toBe(200);
  expect(site.sharedSecret('test-app')).not.toBe(secret);
  expect((await control(site, 'POST', '/apps/test-app/disable')).json).toMatchObject({
    enabled: false,
  });
  expect((await control(site, 'POST', '/apps/test-app/enable')).json).toMatchObject({
    enabled: true,
  });
  const { json } = await control(site, 'GET', '/apps');
  expect(json).toEqual(site.apps);
  expect(JSON.stringify(json)).not.toContain(site.sharedSecret('test-app'));
  expect((await control(site, 'DELETE', '/apps/test-app')).status).toBe(204);
  expect(site.apps).toEqual([]);
});

test('another process reads issues and requests, and resets the site', async () => {
  const { site } = await startBoth();
  expect((await control(site, 'GET', '/issues/XX-21')).json).toMatchObject({ key: 'XX-21' });
  expect((await control(site, 'GET', '/issues/XX-99')).status).toBe(404);
  const { json } = await control(site, 'GET', '/requests');
  expect(json).toEqual(site.requests);
  const after = site.requests.at(-1)?.id;
  await callSigned(site, '/rest/api/3/myself');
  expect((await control(site, 'GET', `/requests?after=${after}`)).json).toMatchObject([
    { path: '/rest/api/3/myself' },
  ]);
  expect((await control(site, 'GET', '/requests?after=x')).status).toBe(400);
  expect((await control(site, 'POST', '/reset')).status).toBe(204);
  expect([site.apps, site.requests]).toEqual([[], []]);
});

test('another process gets page URLs and context tokens', async () => {
  const modules = { generalPages: [{ key: 'page', url: '/page', name: { value: 'Page' } }] };
  const { site, app } = await startBoth({ modules });
  const path = '/apps/test-app/page-url';
  for (const body of [{ moduleUrl: '/page', issueKey: 'XX-21' }, { moduleKey: 'page' }]) {
    const { json } = await control(site, 'POST', path, body);
    expect((json as { url: string }).url).toMatch(`${app.baseUrl}/page?xdm_e=`);
  }
  for (const body of [{}, { moduleKey: 'other' }, { moduleUrl: 5 }, []]) {
    expect((await control(site, 'POST', path, body)).status).toBe(400);
  }
  const { json } = await control(site, 'POST', '/apps/test-app/context-token', {});
  const { token } = json as { token: string };
  const secret = site.sharedSecret('test-app');
  expect(decodeSymmetric(token, secret, SymmetricAlgorithm.HS256).qsh).toBe('context-qsh');
});

test('mistakes are a 400 that says what is wrong, and unknown routes a 404', async () => {
  const site = await startSite();
  expect(await control(site, 'POST', '/apps', {})).toMatchObject({ status: 400 });
  expect(await control(site, 'POST', '/apps', { descriptorUrl: 'x' })).toEqual({
    status: 400,
    json: { error: 'The descriptor URL is not a URL: x' },
  });
  expect(await control(site, 'DELETE', '/apps/other')).toMatchObject({ status: 400 });
  expect(await control(site, 'GET', '/other')).toMatchObject({ status: 404 });
});

function statusFor(site: Sandbox, method: string, headers: Record<string, string>) {
  return new Promise((resolve, reject) => {
    const path = method === 'GET' ? '/_sandbox/api/site' : '/_sandbox/api/reset';
    request(site.url + path, { method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

test('a foreign Host or Origin is refused', async () => {
  const site = await startSite();
  const { host, port } = new URL(site.url);
  const cases: [method: string, headers: Record<string, string>, status: number][] = [
    ['GET', { host }, 200],
    ['GET', { host: `localhost:${port}` }, 200],
    ['GET', { host: `evil.example:${port}` }, 403],
    ['GET', { host: `127.0.0.1.evil.example:${port}` }, 403],
    ['POST', { host }, 204],
    ['POST', { host, origin: site.url }, 204],
    ['POST', { host, origin: 'http://evil.example' }, 403],
    ['POST', { host, origin: `http://127.0.0.1:${Number(port) - 1}` }, 403],
    ['POST', { host, origin: 'null' }, 403],
    ['POST', { host: 'evil.example', origin: 'http://evil.example' }, 403],
  ];
  for (const [method, headers, status] of cases) {
    expect([headers, await statusFor(site, method, headers)]).toEqual([headers, status]);
  }
});

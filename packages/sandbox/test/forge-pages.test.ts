import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startBoth, startSite } from './app.ts';
import { appId, manifestText, startForge, startRemote } from './forge-app.ts';

const invocation = '/_sandbox/forge';

async function post(url: string, body: Record<string, string>): Promise<Response> {
  return fetch(url, { method: 'POST', body: new URLSearchParams(body), redirect: 'manual' });
}

async function control(url: string, body?: unknown): Promise<{ status: number; json: unknown }> {
  const answer = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, json: await answer.json() };
}

test('a manifest is installed by the form; what was typed is shown again where it failed', async () => {
  const site = await startSite();
  const remote = await startRemote();
  expect(await (await fetch(site.url + invocation)).text()).toContain('No Forge app is installed');
  const failed = await post(`${site.url}${invocation}/apps`, {
    manifest: 'app: {"<b>": 1}',
    remoteUrl: remote.baseUrl,
  });
  expect(failed.status).toBe(400);
  const page = await failed.text();
  expect(page).toContain('app.id: is required');
  expect(page).toContain('app: {&quot;&lt;b&gt;&quot;: 1}');
  const done = await post(`${site.url}${invocation}/apps`, {
    manifest: manifestText,
    remoteUrl: remote.baseUrl,
  });
  expect(done.status).toBe(303);
  expect(await (await fetch(site.url)).text()).toContain(appId);
  expect((await post(`${site.url}${invocation}/${appId}/uninstall`, {})).status).toBe(303);
  expect(site.forge.apps).toEqual([]);
});

test('an invocation by hand shows the answer, each claim, and no token', async () => {
  const { site, remote } = await startForge();
  remote.answers['/api'] = { body: { place: '<b>Lisbon' } };
  const answer = await post(site.url + invocation, {
    app: appId,
    issueKey: 'XX-21',
    accountId: site.people[1]?.accountId ?? '',
    method: 'POST',
    path: '/api',
    body: '{"a":1}',
  });
  const page = await answer.text();
  expect(answer.status).toBe(200);
  expect(page).toContain('&lt;b&gt;Lisbon');
  for (const claim of ['app.installationId', 'context.extension.issue.key', 'principal', 'jti']) {
    expect(page).toContain(`<code>${claim}</code>`);
  }
  expect(page).not.toMatch(/eyJ[\w-]+\.[\w-]+/);
  expect(remote.received[0]).toMatchObject({
    body: { a: 1 },
    claims: { principal: site.people[1]?.accountId },
  });
  const wrong = await post(site.url + invocation, { app: appId, method: 'POST', body: '{' });
  expect(wrong.status).toBe(400);
  expect(await wrong.text()).toContain('The body is not JSON.');
});

test('a button moves a Connect app to Forge, and another one leaves Connect', async () => {
  const { site } = await startBoth();
  const migrate = `${site.url}/_sandbox/apps/test-app/migrate`;
  expect(await (await fetch(site.url)).text()).toContain('Move it to Forge');
  expect((await post(migrate, { to: 'both', appId })).status).toBe(303);
  expect([site.apps.length, site.forge.apps.length]).toEqual([1, 1]);
  expect(await (await fetch(site.url)).text()).toContain('Leave Connect');
  expect((await post(migrate, { to: 'forge', appId })).status).toBe(303);
  expect([site.apps.length, site.forge.apps.length]).toEqual([0, 1]);
});

test('a custom UI comes from its folder with the bridge before it, in an origin of its own, and from nowhere else', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'custom-ui-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const main = join(folder, 'main');
  mkdirSync(main);
  writeFileSync(join(main, 'index.html'), '<html><head><title>x</title></head></html>');
  writeFileSync(join(main, 'app.js'), 'run()');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  const { site } = await startForge({ resources: { main: { folder: main } } });
  const base = `${site.url}${invocation}/${appId}/ui/main/`;
  const page = await fetch(base);
  expect(await page.text()).toContain('<head><script src="/_sandbox/forge-bridge.js"></script>');
  const policy = page.headers.get('content-security-policy');
  expect(policy).toContain('sandbox allow-scripts');
  expect(policy).not.toContain('allow-same-origin');
  expect(await (await fetch(`${base}app.js`)).text()).toBe('run()');
  for (const path of ['..%2Fsecret.txt', '%2e%2e/secret.txt', 'nothing.js']) {
    expect((await fetch(base + path)).status).toBe(404);
  }
  const issue = await (await fetch(`${site.url}/browse/XX-21`)).text();
  expect(issue).toContain(`data-forge-app="${appId}" data-module="panel" data-issue="XX-21"`);
});

test('the bridge gives context, remote and Jira to a page, and tells it no more than Forge would', async () => {
  const { site, remote } = await startForge();
  remote.answers['/list'] = { body: [1, 2] };
  remote.answers['/no'] = { status: 500, body: { why: 'secret' } };
  const ask = (what: string, input?: unknown) =>
    control(`${site.url}${invocation}/bridge`, {
      app: appId,
      module: 'panel',
      issueKey: 'XX-21',
      what,
      input,
    });
  expect(await ask('getContext')).toMatchObject({
    json: { value: { moduleKey: 'panel', extension: { issue: { key: 'XX-21' } } } },
  });
  expect(await ask('invokeRemote', { path: '/x', method: 'POST', body: { a: 1 } })).toMatchObject({
    json: { value: { ok: true, headers: { 'content-type': 'application/json' } } },
  });
  expect(await ask('invokeRemote', { path: '/list' })).toMatchObject({
    json: { value: { body: [1, 2] } },
  });
  const failed = await ask('invokeRemote', { path: '/no' });
  expect(failed.status).toBe(400);
  expect(JSON.stringify(failed.json)).not.toContain('secret');
  expect(await ask('requestJira', { path: '/rest/api/3/myself' })).toMatchObject({
    json: { value: { status: 200, body: expect.stringContaining('Alex Admin') } },
  });
  // The dots of a path lead out of the API.
  const outside = await ask('requestJira', { path: '/rest/../../../../_sandbox/api/site' });
  expect(outside.status).toBe(400);
  expect((await ask('openModal')).status).toBe(400);
  const foreign = await fetch(`${site.url}${invocation}/bridge`, {
    method: 'POST',
    headers: { origin: 'null' },
    body: '{}',
  });
  expect(foreign.status).toBe(403);
});

test('another process installs, invokes, sends, runs and migrates', async () => {
  const { site, app } = await startBoth();
  const remote = await startRemote();
  const api = `${site.url}/_sandbox/api`;
  expect((await control(`${api}/site`)).json).toMatchObject({
    forge: { keySetUrl: site.forge.keySetUrl, cloudId: site.forge.cloudId },
  });
  const installed = await control(`${api}/forge/apps`, {
    manifest: manifestText,
    remoteUrl: remote.baseUrl,
  });
  expect(installed).toMatchObject({ status: 201, json: { version: '1.0.0' } });
  expect((await control(`${api}/forge/apps`)).json).toHaveLength(1);
  expect((await control(`${api}/forge/invoke`, { path: '/x' })).json).toMatchObject({
    accepted: true,
  });
  const event = { eventType: 'avi:jira:updated:issue' };
  expect((await control(`${api}/forge/events`, event)).json).toHaveLength(1);
  expect((await control(`${api}/forge/scheduled/tok`, {})).json).toMatchObject({
    triggerKey: 'tok',
  });
  const kid = (await control(`${api}/forge/rotate-key`, {})).json;
  expect(kid).toMatchObject({ kid: expect.any(String) });
  const manifest = {
    appId: appId.replace(/.$/, '0'),
    remoteUrl: app.baseUrl,
    connectKey: 'test-app',
  };
  expect((await control(`${api}/apps/test-app/migrate`, { manifest })).json).toMatchObject({
    key: 'test-app',
  });
  const gone = await fetch(`${api}/forge/apps/${appId}`, { method: 'DELETE' });
  expect(gone.status).toBe(204);
  expect((await control(`${api}/forge/apps`, {})).status).toBe(400);
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startBoth, startSite } from './app.ts';
import { appId, manifestText, startForge, startRemote } from './forge-app.ts';

const ari = `ari:cloud:ecosystem::app/${appId}`;

function minimal(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    app: { id: ari, runtime: { name: 'nodejs22.x' } },
    remotes: [{ key: 'backend', baseUrl: 'http://127.0.0.1:1' }],
    modules: { endpoint: [{ key: 'ui', remote: 'backend' }] },
    permissions: { scopes: [] },
    ...changes,
  };
}

test.each([
  ['no map', 'x', 'must be a map'],
  ['no YAML', 'a: [', 'is no YAML'],
  ['no app', minimal({ app: undefined }), 'app: is required'],
  ['a bare id', minimal({ app: { id: appId, runtime: { name: 'nodejs22.x' } } }), 'app.id'],
  ['no runtime', minimal({ app: { id: ari } }), 'app.runtime.name'],
  ['an endpoint at the top', minimal({ endpoint: [] }), 'endpoint: belongs below modules'],
  ['an unknown top level', minimal({ extra: 1 }), 'extra: is not known'],
  [
    'a long key',
    minimal({ remotes: [{ key: 'x'.repeat(24), baseUrl: 'http://127.0.0.1:1' }], modules: {} }),
    'remotes[0].key',
  ],
  [
    'a remote elsewhere',
    minimal({ remotes: [{ key: 'backend', baseUrl: 'https://backend.example.com' }] }),
    'remotes[0].baseUrl must be on this machine',
  ],
  [
    'an endpoint without its remote',
    minimal({ modules: { endpoint: [{ key: 'ui', remote: 'other' }] } }),
    '"other" is no key of remotes',
  ],
  [
    'a page without its endpoint',
    minimal({ modules: { 'jira:globalPage': [{ key: 'p', resolver: { endpoint: 'ui' } }] } }),
    '"ui" is no key of modules.endpoint',
  ],
  [
    'a trigger without events',
    minimal({
      modules: {
        endpoint: [{ key: 'ui', remote: 'backend' }],
        trigger: [{ key: 't', endpoint: 'ui' }],
      },
    }),
    'modules.trigger[0].events',
  ],
  [
    'an unknown interval',
    minimal({
      modules: {
        endpoint: [{ key: 'ui', remote: 'backend' }],
        scheduledTrigger: [{ key: 't', endpoint: 'ui', interval: 'minute' }],
      },
    }),
    'must be one of fiveMinute',
  ],
  [
    'a key twice',
    minimal({
      modules: {
        endpoint: [
          { key: 'ui', remote: 'backend' },
          { key: 'ui', remote: 'backend' },
        ],
      },
    }),
    'is taken by another module',
  ],
  ['no scopes', minimal({ permissions: {} }), 'permissions.scopes: is required'],
  ['a Connect scope', minimal({ permissions: { scopes: ['READ'] } }), '"READ" is not a scope'],
  [
    'a typing error in a scope',
    minimal({ permissions: { scopes: { 'read:jira-work': { allowImpersonate: true } } } }),
    'allowImpersonate: is not known',
  ],
  [
    'oauth2 for Connect',
    minimal({
      app: {
        id: ari,
        runtime: { name: 'nodejs22.x' },
        connect: { key: 'k', authentication: 'oauth2' },
      },
    }),
    'must be jwt',
  ],
  ['connectModules alone', minimal({ connectModules: {} }), 'needs app.connect.key'],
])('a manifest with %s is refused, and the problem is named', async (_, manifest, problem) => {
  const site = await startSite();
  await expect(site.forge.install(manifest)).rejects.toThrow(problem);
  expect(site.forge.apps).toEqual([]);
});

test('every problem is named at once', async () => {
  const site = await startSite();
  const failed = await site.forge
    .install(minimal({ app: {}, extra: 1 }))
    .catch((error: Error) => error.message);
  expect(failed).toContain('app.id');
  expect(failed).toContain('app.runtime.name');
  expect(failed).toContain('extra');
});

test('an installation and the keys outlive a restart, and a reset forgets the installation', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'forge-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const database = join(folder, 'site.db');
  const first = await startForge({ site: { database } });
  const [before] = first.site.forge.apps;
  const keys = await (await fetch(first.site.forge.keySetUrl)).text();
  await first.site.close();
  const site = await startSite({ database });
  expect(site.forge.apps).toEqual([{ ...before, apiBaseUrl: site.forge.apiBaseUrl }]);
  expect(site.forge.cloudId).toBe(before?.cloudId);
  expect(await (await fetch(site.forge.keySetUrl)).text()).toBe(keys);
  site.reset();
  expect(site.forge.apps).toEqual([]);
});

test('remoteUrl replaces the host of a manifest for production', async () => {
  const site = await startSite();
  const remote = await startRemote();
  const text = manifestText.replace(/\$\{BACKEND\}/, 'https://backend.example.com');
  await site.forge.install(text, { remoteUrl: remote.baseUrl });
  expect(remote.received).toHaveLength(1);
});

test('a Connect app moves to Forge in two steps: its installed event comes again with the installationId', async () => {
  const { site, app } = await startBoth({ scopes: ['READ', 'WRITE', 'ADMIN'] });
  const secret = site.sharedSecret('test-app');
  app.received.length = 0;
  const moved = await site.forge.migrate('test-app', { appId });
  expect(moved).toMatchObject({
    key: 'test-app',
    scopes: expect.arrayContaining(['read:connect-jira', 'manage:jira-configuration']),
  });
  const installed = app.received.find(({ target }) => target === '/installed');
  expect(installed?.body).toMatchObject({
    clientKey: site.clientKey,
    installationId: moved.installationId,
    eventType: 'installed',
  });
  expect(site.sharedSecret('test-app')).not.toBe(secret);
  // Neither enabled nor disabled comes any more.
  expect(app.received.map(({ target }) => target)).toEqual(['/installed', '/forge/events']);
  expect(site.apps).toHaveLength(1);

  app.received.length = 0;
  const alone = await site.forge.migrate('test-app', { to: 'forge' });
  expect(alone.installationId).toBe(moved.installationId);
  expect(alone.scopes.filter((scope) => scope.includes('connect'))).toEqual([]);
  expect(site.apps).toEqual([]);
  expect(app.received.map(({ target }) => target)).toEqual(['/forge/events']);
  await expect(site.forge.migrate('test-app', { appId })).rejects.toThrow('is not installed');
});

test('a move by a manifest without connectModules sends installed again too', async () => {
  const { site, app } = await startBoth();
  app.received.length = 0;
  const manifest = { appId, remoteUrl: app.baseUrl, connectKey: 'test-app' };
  const moved = await site.forge.migrate('test-app', { manifest });
  expect(app.received.find(({ target }) => target === '/installed')?.body).toMatchObject({
    installationId: moved.installationId,
  });
});

test('a Connect-on-Forge app brings its Connect half along, and takes it away', async () => {
  const { site, app } = await startBoth();
  await site.uninstall('test-app');
  app.received.length = 0;
  const manifest = {
    ...minimal(),
    app: {
      id: ari,
      runtime: { name: 'nodejs22.x' },
      connect: { key: 'test-app', remote: 'backend' },
    },
    remotes: [{ key: 'backend', baseUrl: app.baseUrl }],
    connectModules: {
      'jira:lifecycle': [{ key: 'l', installed: '/installed', uninstalled: '/uninstalled' }],
    },
    permissions: { scopes: ['read:connect-jira'] },
  };
  await site.forge.install(manifest);
  expect(site.apps).toMatchObject([{ key: 'test-app', scopes: ['READ'] }]);
  await site.forge.uninstall();
  expect(site.apps).toEqual([]);
  expect(app.received.map(({ target }) => target)).toEqual(['/installed', '/uninstalled']);
  app.answers['/installed'] = 500;
  await expect(site.forge.install(manifest)).rejects.toThrow('HTTP response code 500');
  expect(site.forge.apps).toEqual([]);
});

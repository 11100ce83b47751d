import { expect, test } from 'vitest';
import { callSigned, send } from './app.ts';
import { manifestText, startForge } from './forge-app.ts';

async function until(test: () => boolean): Promise<void> {
  for (const end = Date.now() + 5000; !test(); ) {
    if (Date.now() > end) throw new Error('It did not come to pass within 5 seconds.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('an event that fails comes four times, and says why', async () => {
  const { site, remote } = await startForge({ site: { forgeMinuteMs: 5 } });
  remote.answers['/forge/plain'] = { status: 500 };
  const [outcome] = await site.forge.sendEvent(
    'avi:jira:updated:issue',
    { issue: { key: 'XX-21' } },
    { untilDone: true },
  );
  expect(outcome).toMatchObject({ triggerKey: 'edits' });
  expect(outcome?.attempts).toHaveLength(4);
  const received = remote.received.filter(({ target }) => target === '/forge/plain');
  const bodies = received.map(({ body }) => body as Record<string, unknown>);
  expect(bodies[0]).not.toHaveProperty('retryContext');
  expect(bodies.slice(1).map((body) => body.retryContext)).toEqual(
    [1, 2, 3].map((retryCount) => ({
      retryCount,
      retryReason: 'INVALID_REMOTE_INVOCATION_ERROR',
      retryData: null,
    })),
  );
  // Each with a token of its own.
  expect(new Set(received.map(({ claims }) => claims.jti)).size).toBe(4);
  expect(site.requests.at(-1)?.verdict.reason).toContain('retry 3');
});

test('an event that is accepted at the second attempt comes no third time', async () => {
  const { site, remote } = await startForge({ site: { forgeMinuteMs: 40 } });
  remote.answers['/forge/plain'] = { status: 401 };
  await site.forge.sendEvent('avi:jira:updated:issue');
  remote.answers['/forge/plain'] = { status: 204 };
  const events = () => remote.received.filter(({ target }) => target === '/forge/plain');
  await until(() => events().length === 2);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(events()).toHaveLength(2);
  expect(events()[1]?.body).toMatchObject({
    retryContext: { retryReason: 'INVALID_FORGE_INVOCATION_TOKEN' },
  });
});

test('a remote that does not acknowledge within 5 seconds has timed out', async () => {
  const { site, remote } = await startForge({ site: { forgeMinuteMs: 60_000 } });
  remote.answers['/forge/plain'] = { delayMs: 20_000 };
  const [outcome] = await site.forge.sendEvent('avi:jira:updated:issue');
  expect(outcome?.attempts[0]).toMatchObject({
    status: 0,
    retryReason: 'TIMEOUT_ERROR',
    reason: expect.stringContaining('within 5 seconds'),
  });
});

test('the body may stand below payload', async () => {
  const { site, remote } = await startForge();
  await site.forge.sendEvent('avi:jira:updated:issue', { a: 1 }, { body: 'payload' });
  expect(remote.received[0]?.body).toMatchObject({ payload: { a: 1 } });
});

test('an edit on the site is an event, without a user in the token', async () => {
  const { site, remote } = await startForge();
  const [admin] = site.people;
  const basic = `Basic ${Buffer.from(`${admin?.emailAddress}:${admin?.apiToken}`).toString('base64')}`;
  const body = { fields: { summary: 'Another' } };
  await send(site, '/rest/api/3/issue/XX-21', basic, { method: 'PUT', body });
  await until(() => remote.received.length === 1);
  expect(remote.received[0]).toMatchObject({
    target: '/forge/plain',
    body: {
      eventType: 'avi:jira:updated:issue',
      atlassianId: admin?.accountId,
      issue: { key: 'XX-21', fields: { summary: 'Another' } },
      changelog: { items: [{ field: 'summary' }] },
    },
  });
  expect(remote.received[0]?.claims).not.toHaveProperty('principal');
  // The endpoint asks for no token.
  expect(remote.received[0]?.headers['x-forge-oauth-system']).toBeUndefined();
});

test('a scheduled trigger runs by its clock, and at once where it is told to', async () => {
  const { site, remote } = await startForge({ site: { forgeMinuteMs: 10 } });
  const outcome = await site.forge.runScheduled('tok');
  expect(outcome.attempts[0]).toMatchObject({ accepted: true });
  expect(remote.received[0]).toMatchObject({
    method: 'POST',
    target: '/forge/sync',
    body: { context: { cloudId: site.forge.cloudId, moduleKey: 'tok' } },
  });
  expect(remote.received[0]?.headers['x-forge-oauth-system']).toMatch(/^eyJ/);
  // After five minutes, and then every hour: 50 and 650 ms here.
  await until(() => remote.received.length >= 3);
  await site.forge.uninstall();
  const count = remote.received.length;
  await new Promise((resolve) => setTimeout(resolve, 800));
  expect(remote.received).toHaveLength(count);
  await expect(site.forge.runScheduled('tok')).rejects.toThrow('Name the Forge app');
});

test('an upgrade that changes what an admin agreed to is an event; a smaller one is none', async () => {
  const { site, remote } = await startForge();
  const options = { variables: { BACKEND: remote.baseUrl } };
  const { installationId } = site.forge.apps[0] ?? {};
  const minor = manifestText.replace('Where is it?', 'Where?');
  expect(await site.forge.install(minor, options)).toMatchObject({ version: '1.1.0' });
  expect(remote.received).toEqual([]);
  const major = minor.replace('write:jira-work: {}', 'manage:jira-project: {}');
  expect(await site.forge.install(major, options)).toMatchObject({
    version: '2.0.0',
    installationId,
  });
  expect(remote.received[0]?.body).toMatchObject({ eventType: 'avi:forge:upgraded:app' });
});

test('before it goes, an app is told; what it answers stops nothing', async () => {
  const { site, remote } = await startForge();
  remote.answers['/forge/uninstalled'] = { status: 500 };
  await site.forge.uninstall();
  expect(remote.received[0]).toMatchObject({
    target: '/forge/uninstalled',
    body: { context: { moduleKey: 'bye' } },
  });
  expect(site.forge.apps).toEqual([]);
});

test('a Connect call of another app makes no difference to a Forge app', async () => {
  const { site } = await startForge();
  await expect(callSigned(site, '/rest/api/3/myself', { secret: 'x' })).resolves.toMatchObject({
    status: 401,
  });
});

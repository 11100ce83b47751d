import { decodeSymmetric, SymmetricAlgorithm } from '@atlassian/atlassian-jwt';
import { expect, test } from 'vitest';
import { callSigned, hashOf, isSignedBySite, lastVerdict, startBoth } from './app.ts';

test('rotating sends installed with a new secret, and the old one opens nothing any more', async () => {
  const { site, app } = await startBoth();
  const oldSecret = site.sharedSecret('test-app');
  await site.rotateSecret('test-app');
  const secret = site.sharedSecret('test-app');
  expect(secret).not.toBe(oldSecret);
  expect(app.received.map(({ body }) => body.eventType)).toEqual([
    'installed',
    'enabled',
    'installed',
  ]);
  expect(app.received.at(-1)?.body.sharedSecret).toBe(secret);

  const withOld = await callSigned(site, '/rest/api/3/myself', { secret: oldSecret });
  expect(withOld.status).toBe(401);
  expect(lastVerdict(site).reason).toContain('signed with an earlier sharedSecret');
  expect((await callSigned(site, '/rest/api/3/myself')).status).toBe(200);
});

test('a rotation that the app does not accept changes nothing', async () => {
  const { site, app } = await startBoth();
  const secret = site.sharedSecret('test-app');
  app.answers['/installed'] = 401;
  await expect(site.rotateSecret('test-app')).rejects.toThrow('HTTP response code 401');
  expect(site.sharedSecret('test-app')).toBe(secret);
});

test('a disabled app is refused until it is enabled', async () => {
  const { site, app } = await startBoth();
  const secret = site.sharedSecret('test-app');
  expect(await site.disable('test-app')).toMatchObject({ enabled: false });
  expect((await callSigned(site, '/rest/api/3/myself')).status).toBe(401);
  expect(lastVerdict(site).reason).toBe('the app test-app is disabled');
  const disabled = app.received.at(-1);
  expect(disabled?.body.eventType).toBe('disabled');
  expect(decodeSymmetric(disabled?.token ?? '', secret, SymmetricAlgorithm.HS256)).toMatchObject({
    iss: site.clientKey,
    qsh: hashOf('POST&/disabled&'),
  });
  await site.enable('test-app');
  expect(app.received.at(-1)?.body.eventType).toBe('enabled');
  expect((await callSigned(site, '/rest/api/3/myself')).status).toBe(200);
});

test('uninstalling sends disabled, then uninstalled with RS256, and forgets the app', async () => {
  const { site, app } = await startBoth();
  const secret = site.sharedSecret('test-app');
  await site.uninstall('test-app');
  expect(site.apps).toEqual([]);
  const [disabled, uninstalled] = app.received.slice(2);
  expect(disabled?.body.eventType).toBe('disabled');
  expect(uninstalled?.body.eventType).toBe('uninstalled');
  expect(uninstalled?.body).not.toHaveProperty('sharedSecret');
  expect(uninstalled?.header.alg).toBe('RS256');
  expect(uninstalled?.claims).toMatchObject({
    iss: site.clientKey,
    aud: [app.baseUrl],
    qsh: hashOf('POST&/uninstalled&'),
  });
  expect(uninstalled && (await isSignedBySite(site, uninstalled))).toBe(true);

  expect((await callSigned(site, '/rest/api/3/myself', { secret })).status).toBe(401);
  expect(lastVerdict(site).reason).toBe('the app test-app was uninstalled');
  expect(() => site.sharedSecret('test-app')).toThrow('is not installed');
});

test('an app that fails on uninstalled is uninstalled all the same', async () => {
  const { site, app } = await startBoth();
  app.answers['/uninstalled'] = 500;
  await site.uninstall('test-app');
  expect(site.apps).toEqual([]);
});

test('an app that comes back gets a new secret and its old user', async () => {
  const { site, app } = await startBoth();
  const [before] = site.apps;
  const secret = site.sharedSecret('test-app');
  await site.uninstall('test-app');
  const after = await site.install(app.descriptorUrl);
  expect(after.accountId).toBe(before?.accountId);
  expect(site.sharedSecret('test-app')).not.toBe(secret);
});

test('lifecycle changes of an unknown app are refused with the known ones', async () => {
  const { site } = await startBoth();
  for (const change of [site.enable, site.disable, site.rotateSecret, site.uninstall]) {
    await expect(change('other')).rejects.toThrow(
      'The app "other" is not installed on this site. Installed: test-app.',
    );
  }
});

test('installs at the same time take turns', async () => {
  const { site, app } = await startBoth();
  await Promise.all([site.install(app.descriptorUrl), site.rotateSecret('test-app')]);
  expect(site.sharedSecret('test-app')).toBe(
    app.received.filter(({ body }) => body.eventType === 'installed').at(-1)?.body.sharedSecret,
  );
});

test('callbacks are events and records, in the order in which they were sent', async () => {
  const { site } = await startBoth();
  const seen: string[] = [];
  const stop = site.on('callback', (record) => seen.push(record.path));
  await site.disable('test-app');
  stop();
  await site.enable('test-app');
  expect(seen).toEqual(['/disabled']);
  expect(site.requests.map(({ path }) => path)).toEqual([
    '/installed',
    '/enabled',
    '/disabled',
    '/enabled',
  ]);
  expect(site.requests[0]).toMatchObject({
    direction: 'callback',
    method: 'POST',
    appKey: 'test-app',
    status: 204,
    verdict: { reason: 'installed: the app accepted it (204)' },
  });
});

import { createHash, createPublicKey } from 'node:crypto';
import {
  createQueryStringHash,
  decodeAsymmetric,
  decodeSymmetric,
  fromMethodAndUrl,
  SymmetricAlgorithm,
} from '@atlassian/atlassian-jwt';
import { expect, test } from 'vitest';
import { createApp, memoryStore } from '../../src/index.ts';
import { testSite } from '../../src/testing/index.ts';
import { collectLog } from '../app/collected-log.ts';
import { panelDescriptor } from '../app/panel-app.ts';

const appUrl = 'https://app.example.com/jira';
const now = () => Date.parse('2026-11-02T09:00:00Z');
const site = testSite({ appKey: 'panel-app', appUrl, now });

test("a site for tests makes the tokens that Atlassian's own library reads", () => {
  const token = site.requestToken({
    method: 'POST',
    url: '/panel?b=1&a=x+y',
    accountId: 'account-1',
  });
  const request = fromMethodAndUrl('POST', `${appUrl}/panel?b=1&a=x+y`);
  expect(decodeSymmetric(token, site.sharedSecret, SymmetricAlgorithm.HS256)).toEqual({
    iss: site.clientKey,
    sub: 'account-1',
    iat: now() / 1000,
    exp: now() / 1000 + 900,
    qsh: createQueryStringHash(request, false, appUrl),
  });
  const whole = site.requestToken({ url: `${appUrl}/panel` });
  expect(whole).toBe(site.requestToken({ url: '/panel' }));
  expect(
    decodeSymmetric(site.contextToken(), site.sharedSecret, SymmetricAlgorithm.HS256),
  ).toMatchObject({ qsh: 'context-qsh' });
});

test('its install is signed by the key that it publishes', async () => {
  const keys = await site.serveKeys();
  const token = (site.callback('installed').headers.get('authorization') ?? '').slice(4);
  const { kid } = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
  const pem = await (await fetch(`${keys.url}/${kid}`)).text();
  expect(createPublicKey(pem).asymmetricKeyType).toBe('rsa');
  expect(decodeAsymmetric(token, pem, 'RS256' as never)).toMatchObject({
    iss: site.clientKey,
    aud: [appUrl],
    qsh: createHash('sha256').update('POST&/installed&').digest('hex'),
  });
  expect((await fetch(`${keys.url}/other`)).status).toBe(404);
  await keys.close();
});

test('an app takes its install, and knows its pages', async () => {
  const keys = await site.serveKeys();
  const store = memoryStore({ now });
  const app = createApp({
    ...{ descriptor: panelDescriptor(), appUrl, store, now, installKeyHosts: [keys.url] },
    logger: collectLog(),
  });
  expect((await app.fetch(site.callback('installed'))).status).toBe(204);
  expect(await store.get(site.clientKey)).toMatchObject({ sharedSecret: site.sharedSecret });
  const url = `${appUrl}/panel?jwt=${site.requestToken({ url: '/panel', accountId: 'account-1' })}`;
  expect(await app.authenticate(new Request(url))).toMatchObject({ accountId: 'account-1' });
  await keys.close();
});

test('a wrong option of it is refused', () => {
  expect(() => testSite({ appKey: 'a', appUrl, clientkey: 'x' } as never)).toThrow("'clientKey'");
  expect(() => testSite({ appKey: 'a' } as never)).toThrow("'appUrl'");
});

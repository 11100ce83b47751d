/** Several URLs of one app, proxies that change paths, and what of a proxy's word is believed. */
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type AppOptions,
  type ErrorCode,
  type InboundRequest,
  isCountersignError,
} from '../../src/index.ts';
import {
  type AtlassianHost,
  lifecycleToken,
  startAtlassianHost,
} from '../connect/atlassian-host.ts';
import { siteToken } from '../connect/site-token.ts';
import { sampleRecord } from '../installations/sample-record.ts';
import { createPanelApp, type PanelApp, START } from './panel-app.ts';

const MAIN = 'https://panel.example.com';
const OLD = 'https://old.example.net/apps/panel';

let host: AtlassianHost;
beforeAll(async () => {
  host = await startAtlassianHost();
});
afterAll(() => host.close());

async function panelWith(change: Partial<AppOptions> = {}): Promise<PanelApp> {
  const panel = createPanelApp([host.url], { appUrl: MAIN, ...change });
  await panel.store.put(sampleRecord());
  return panel;
}

/** What Jira signs for a URL below a base URL. */
const tokenFor = (url: string, appUrl: string, method = 'GET') =>
  siteToken({
    ...{ clientKey: 'client-1', sharedSecret: 'secret-1', url, appUrl, method, at: START },
  });

const arrives = (jwt: string, url: string, headers: Record<string, string> = {}): InboundRequest =>
  new Request(url, { headers: { authorization: `JWT ${jwt}`, ...headers } });

async function verdict(panel: PanelApp, inbound: InboundRequest): Promise<ErrorCode | 'let in'> {
  try {
    await panel.app.authenticate(inbound);
    return 'let in';
  } catch (error) {
    if (isCountersignError(error)) return error.code;
    throw new Error(`unexpected: ${inspect(error)}`);
  }
}

describe('alternativeUrls', () => {
  test.each([
    ['the main one', MAIN, 'http://10.0.0.7:3000/view?x=1'],
    ['the other, kept by the proxy', OLD, 'http://10.0.0.7:3000/apps/panel/view?x=1'],
    ['the other, taken away by the proxy', OLD, 'http://10.0.0.7:3000/view?x=1'],
  ])('a page is proved below %s', async (_name, base, url) => {
    const panel = await panelWith({ alternativeUrls: [OLD] });
    expect(await verdict(panel, arrives(await tokenFor(`${base}/view?x=1`, base), url))).toBe(
      'let in',
    );
  });

  test('a page below the main one may have the path of the other', async () => {
    const panel = await panelWith({ alternativeUrls: [OLD] });
    const url = `${MAIN}/apps/panel/view`;
    expect(await verdict(panel, arrives(await tokenFor(url, MAIN), url))).toBe('let in');
  });

  test('left out, a token of another base URL is refused', async () => {
    const jwt = await tokenFor(`${OLD}/view`, OLD);
    expect(await verdict(await panelWith(), arrives(jwt, `${OLD}/view`))).toBe(
      'TOKEN_QSH_MISMATCH',
    );
  });

  test('cut off whole segments alone, and one of them once', async () => {
    const panel = await panelWith({ alternativeUrls: [OLD] });
    const jwt = await tokenFor(`${OLD}/view`, OLD);
    for (const path of [
      '/apps/panelview',
      '/apps/panel/apps/panel/view',
      '/apps/view',
      '/Apps/panel/view',
    ]) {
      expect(await verdict(panel, arrives(jwt, `${MAIN}${path}`))).toBe('TOKEN_QSH_MISMATCH');
    }
  });

  test.each([MAIN, OLD, `${OLD}/`])('an install whose aud is %s is accepted', async (aud) => {
    const panel = createPanelApp([host.url], { appUrl: MAIN, alternativeUrls: [OLD] });
    const appUrl = aud.replace(/\/$/, '');
    const url = `${appUrl}/installed`;
    const signed = { url, clientKey: 'client-1', appUrl, at: START };
    const token = await lifecycleToken(signed, { claims: { aud } });
    const callback = await panel.callback('installed', { token });
    expect((await panel.app.fetch(new Request(url, callback))).status).toBe(204);
  });

  test.each([
    'https://old.example.net',
    `${OLD}/more`,
    'https://panel.example.com.evil.test',
    '',
    undefined,
  ])('an install whose aud is %s is refused', async (aud) => {
    const panel = createPanelApp([host.url], { appUrl: MAIN, alternativeUrls: [OLD] });
    expect((await panel.send('installed', { claims: { aud } })).status).toBe(401);
    expect(panel.log.codes()).toEqual(['TOKEN_AUDIENCE_MISMATCH']);
  });

  test('the descriptor names the URL that was called, if it is one of them', async () => {
    const panel = await panelWith({ alternativeUrls: [OLD] });
    const baseUrlAt = async (url: string, headers = {}) => {
      const answer = await panel.app.fetch(new Request(url, { headers }));
      return ((await answer.json()) as { baseUrl: string }).baseUrl;
    };
    expect(await baseUrlAt(`${MAIN}/atlassian-connect.json`)).toBe(MAIN);
    expect(await baseUrlAt(`${OLD}/atlassian-connect.json`)).toBe(OLD);
    const internal = 'http://app.invalid/atlassian-connect.json';
    expect(await baseUrlAt(internal, { host: 'old.example.net' })).toBe(OLD);
    expect(await baseUrlAt(internal, { host: 'evil.example.net' })).toBe(MAIN);
    const forwarded = { host: '10.0.0.7', 'x-forwarded-host': 'old.example.net' };
    expect(await baseUrlAt(internal, forwarded)).toBe(MAIN);
  });

  test.each([
    [{ alternativeUrls: 'https://a.example.com' }, 'alternativeUrls'],
    [{ alternativeUrls: ['http://a.example.com'] }, 'alternativeUrls'],
    [{ proxies: { trust: true } }, 'trust'],
    [{ proxies: { trustedHeaders: ['x-original-url'] } }, 'trustedHeaders'],
    [{ proxies: { trustedHeaders: true } }, 'trustedHeaders'],
    [{ proxies: { addedPath: 'internal' } }, 'addedPath'],
    [{ proxies: { addedPath: '/internal/../x' } }, 'addedPath'],
    [{ proxies: 1 }, 'proxies'],
  ])('the option %o is refused at start', (options, named) => {
    expect(() => createPanelApp([], options as object)).toThrow(named);
  });
});

describe('a proxy that adds a path', () => {
  test('is named by addedPath, and what it adds is taken away again, once', async () => {
    const panel = await panelWith({ proxies: { addedPath: '/internal/app' } });
    const jwt = await tokenFor(`${MAIN}/view?x=1`, MAIN);
    expect(await verdict(panel, arrives(jwt, 'http://app/internal/app/view?x=1'))).toBe('let in');
    expect(await verdict(panel, arrives(jwt, 'http://app/view?x=1'))).toBe('let in');
    for (const path of [
      '/internal/app/internal/app/view?x=1',
      '/internal/appview?x=1',
      '/internal/app?x=1',
    ]) {
      expect(await verdict(panel, arrives(jwt, `http://app${path}`))).toBe('TOKEN_QSH_MISMATCH');
    }
    expect(await verdict(await panelWith(), arrives(jwt, 'http://app/internal/app/view?x=1'))).toBe(
      'TOKEN_QSH_MISMATCH',
    );
  });

  test('is believed in nothing else', async () => {
    const panel = await panelWith({ proxies: { addedPath: '/internal/app' } });
    const jwt = await tokenFor(`${MAIN}/service/view`, MAIN);
    const headers = { 'x-forwarded-prefix': '/service' };
    expect(await verdict(panel, arrives(jwt, 'http://app/internal/app/view', headers))).toBe(
      'TOKEN_QSH_MISMATCH',
    );
  });

  test('and the descriptor and the callbacks are found below it', async () => {
    const panel = await panelWith({ proxies: { addedPath: '/internal/app' } });
    expect(panel.app.handles('GET', '/internal/app/atlassian-connect.json')).toBe(true);
    expect(panel.app.handles('POST', '/internal/app/installed')).toBe(true);
    expect(panel.app.handles('POST', '/internal/installed')).toBe(false);
    const callback = await panel.callback('installed', { path: '/installed' });
    const inside = new Request(callback.url.replace(MAIN, 'http://app/internal/app'), callback);
    expect((await panel.app.fetch(inside)).status).toBe(204);
  });
});

describe('headers of a proxy', () => {
  const prefix = { 'x-forwarded-prefix': '/service' };

  test('x-forwarded-prefix puts back what was taken away, where it is trusted', async () => {
    const trusting = await panelWith({ proxies: { trustedHeaders: ['x-forwarded-prefix'] } });
    const jwt = await tokenFor(`${MAIN}/service/view`, MAIN);
    const inbound = arrives(jwt, 'http://app/view', prefix);
    expect(await verdict(trusting, inbound)).toBe('let in');
    expect(trusting.app.authenticateNow(inbound)).toBeDefined();
    expect(trusting.app.authenticateNow(arrives(jwt, 'http://app/view'))).toBeUndefined();
    expect(await verdict(await panelWith(), inbound)).toBe('TOKEN_QSH_MISMATCH');
  });

  test.each([
    '',
    '/',
    'service',
    '//evil',
    '/a/../service',
    '/service, /service',
    '/ser%2fvice',
    '/service/',
    'https://evil.example.com',
  ])('a prefix that is no plain path is not believed: %j', async (value) => {
    const panel = await panelWith({ proxies: { trustedHeaders: ['x-forwarded-prefix'] } });
    const headers = { 'x-forwarded-prefix': value };
    const jwt = await tokenFor(`${MAIN}/view`, MAIN);
    expect(await verdict(panel, arrives(jwt, 'http://app/view', headers))).toBe('let in');
  });

  test('x-forwarded-host chooses the URL of the descriptor, where it is trusted', async () => {
    const panel = await panelWith({
      alternativeUrls: [OLD],
      proxies: { trustedHeaders: ['x-forwarded-host'] },
    });
    const at = async (forwarded: string) => {
      const headers = { 'x-forwarded-host': forwarded };
      const answer = await panel.app.fetch(
        new Request('http://app/atlassian-connect.json', { headers }),
      );
      return ((await answer.json()) as { baseUrl: string }).baseUrl;
    };
    expect(await at('old.example.net')).toBe(OLD);
    expect(await at('evil.example.net')).toBe(MAIN);
  });

  test.each([
    { host: 'evil.example.com' },
    { 'x-forwarded-host': 'evil.example.com' },
    { 'x-forwarded-proto': 'http' },
    { 'x-forwarded-prefix': '/admin' },
    { 'x-original-url': '/view' },
    { 'x-rewrite-url': '/view' },
    { forwarded: 'host=evil.example.com;proto=http' },
    { 'x-http-method-override': 'GET' },
  ])('no header opens another route than the one that was signed: %o', async (headers) => {
    const panel = await panelWith();
    const jwt = await tokenFor(`${MAIN}/view`, MAIN);
    expect(await verdict(panel, arrives(jwt, `${MAIN}/admin`, headers))).toBe('TOKEN_QSH_MISMATCH');
    expect(await verdict(panel, arrives(jwt, `${MAIN}/view`, headers))).toBe('let in');
  });
});

describe('tricks with the path', () => {
  test.each([
    '//view',
    '/view//',
    '/./view',
    '/x/../view',
    '/View',
    '/view/.',
    '/view;a=b',
    '/%2Fview',
    '/view%2F',
    '/x%2F..%2Fview',
    '/%2e/view',
    '/%2e%2e/view',
    '/view%00',
    '/%2576iew',
    '\\view',
    '/view%5c',
    '/a%2Fb',
    '/a%5Cb',
    '/vi%20ew',
    '/view%23',
    '/view%3Fx=1',
  ])('%s is refused with a token for another path', async (path) => {
    const panel = await panelWith();
    const headers = { get: (name: string) => (name === 'authorization' ? `JWT ${jwt}` : null) };
    let jwt = '';
    for (const signed of ['/view', '/a/b', '/a%5Cb'.replace('%5C', '\\'), '/x/../view', '/']) {
      if (signed === path) continue;
      jwt = await tokenFor(MAIN + signed, MAIN);
      const inbound = { method: 'GET', url: path, headers };
      expect([signed, await verdict(panel, inbound)]).toEqual([signed, 'TOKEN_QSH_MISMATCH']);
    }
  });

  test('letters that are only escaped are the same path, as Jira hashes it', async () => {
    const panel = await panelWith();
    const jwt = await tokenFor(`${MAIN}/view`, MAIN);
    expect(await verdict(panel, arrives(jwt, `${MAIN}/%76iew`))).toBe('let in');
  });

  test.each([
    '//installed',
    '/x/../installed',
    '/%69nstalled',
    '/INSTALLED',
    '/installed/',
    '/installed%00',
    '/installed;x',
  ])('a callback at %s is none', async (path) => {
    const panel = await panelWith();
    expect(panel.app.handles('POST', path)).toBe(false);
  });
});

import { beforeEach, describe, expect, test } from 'vitest';
import {
  html,
  JiraApiError,
  type PageHandler,
  type PageOptions,
  unsafeHtml,
} from '../../src/index.ts';
import {
  APP_URL,
  createPanelApp,
  type PanelApp,
  panelDescriptor,
  START,
} from '../app/panel-app.ts';
import { siteToken } from '../connect/site-token.ts';
import { sampleRecord } from '../installations/sample-record.ts';

let panel: PanelApp;
beforeEach(async () => {
  panel = createPanelApp([]);
  await panel.store.put(sampleRecord());
});

const QUERY = 'issueKey=XX-21&loc=en_GB&lic=active';

/** As Jira opens it in a frame. */
async function open(
  path: string,
  { app, query = QUERY, accept = 'text/html', ...init }: Opening = {},
) {
  const url = `${APP_URL}${path}?${query}`;
  const token = await siteToken({
    ...{ clientKey: 'client-1', sharedSecret: 'secret-1', url, appUrl: APP_URL, at: START },
    claims: { sub: 'ada' },
  });
  const request = new Request(`${url}&jwt=${token}`, { headers: { accept }, ...init });
  return (app ?? panel.app).fetch(request);
}
type Opening = RequestInit & { app?: PanelApp['app']; query?: string; accept?: string };

async function show(content: ReturnType<PageHandler>, options?: PageOptions) {
  panel.app.page('/panel', () => content, options);
  const response = await open('/panel');
  return { response, text: await response.text() };
}

function policyOf(response: Response): Record<string, string> {
  const policy = response.headers.get('content-security-policy') ?? '';
  return Object.fromEntries(
    policy.split('; ').map((directive) => {
      const [name = '', ...sources] = directive.split(' ');
      return [name, sources.join(' ')];
    }),
  );
}

test('a page is shown to whoever Jira opened it for, with a session token in it', async () => {
  panel.app.page(
    '/panel',
    ({ accountId, installation }, { query }) =>
      html`<title>Panel</title><p>${accountId} ${installation.siteUrl} ${query.get('issueKey')}</p>`,
  );
  expect(panel.app.handles('GET', '/panel?x')).toBe(true);
  const response = await open('/panel');
  expect(response.status).toBe(200);
  const text = await response.text();
  expect(text).toMatch(/^<!doctype html>\n<html lang="en-GB">\n/);
  expect(text).toContain('<p>ada https://example.atlassian.net XX-21</p>');

  const session = /<meta name="countersign-session" content="([\w.-]+)">/.exec(text)?.[1];
  const call = new Request(`${APP_URL}/save`, {
    method: 'POST',
    headers: { authorization: `JWT ${session}` },
  });
  const caller = await panel.app.authenticate(call, { accept: 'session' });
  expect(caller).toMatchObject({ accountId: 'ada', locale: 'en-GB', license: 'active' });
});

test('only the site of the installation may show it in a frame', async () => {
  await panel.store.delete('client-1');
  const payload = {
    displayUrl: 'https://issues.example.com/',
    displayUrlServicedeskHelpCenter: 'https://help.example.com',
  };
  await panel.store.put(sampleRecord({ payload }));
  const { response } = await show('x', { frameAncestors: ['https://*.intranet.example.com'] });
  expect(policyOf(response)['frame-ancestors']).toBe(
    'https://example.atlassian.net https://issues.example.com https://help.example.com https://*.intranet.example.com',
  );
});

test.each([
  'https://a.example;script-src *',
  'javascript:alert(1)',
  'http://other.example.com',
  '*',
  'https://*',
  'data:text/html,x',
  17,
])('a displayUrl of %j is left out of the policy', async (displayUrl) => {
  await panel.store.delete('client-1');
  await panel.store.put(sampleRecord({ payload: { displayUrl } }));
  const { response } = await show('x');
  expect(policyOf(response)['frame-ancestors']).toBe('https://example.atlassian.net');
});

test('it runs its own scripts and those of Jira, and is neither kept nor named to others', async () => {
  const { response, text } = await show(
    html`<script>mine()</script>${unsafeHtml('<script>typed()</script>')}`,
  );
  const nonce = /'nonce-([^']+)'/.exec(response.headers.get('content-security-policy') ?? '')?.[1];
  expect(policyOf(response)).toEqual({
    'default-src': "'self'",
    'img-src': "'self' data:",
    'style-src': "'self' 'unsafe-inline'",
    'base-uri': "'none'",
    'form-action': "'self'",
    'object-src': "'none'",
    'script-src': `'self' 'nonce-${nonce}' https://connect-cdn.atl-paas.net`,
    'frame-ancestors': 'https://example.atlassian.net',
  });
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  expect(text).toContain(`<script nonce="${nonce}">mine()</script><script>typed()</script>`);
  expect(text).toContain(`<script nonce="${nonce}" src="https://connect-cdn.atl-paas.net/all.js">`);
  const again = await (await open('/panel')).text();
  expect(again).not.toContain(nonce);
});

test('directives are replaced one by one, and an empty one is left out', async () => {
  const { response } = await show('x', {
    contentSecurityPolicy: {
      'img-src': ["'self'", 'https:'],
      'style-src': ["'self'"],
      'script-src': ["'strict-dynamic'"],
      'connect-src': ["'self'", 'https://api.example.com'],
      'object-src': [],
    },
    allJsUrl: false,
  });
  const policy = policyOf(response);
  expect(policy).toMatchObject({
    'img-src': "'self' https:",
    'connect-src': "'self' https://api.example.com",
  });
  expect(policy['script-src']).toMatch(/^'strict-dynamic' 'nonce-[^ ]+'$/);
  expect(policy['style-src']).toMatch(/^'self' 'nonce-[^ ]+'$/);
  expect(policy).not.toHaveProperty('object-src');
});

test('a whole document keeps what it says, and gets its session and language', async () => {
  const document =
    '<!-- built --><!DOCTYPE html><html class="app" data-x="1"><head lang="x"><title>T</title><script type="importmap">{}</script></head><body>B</body></html>';
  const { text } = await show(document);
  expect(text).toMatch(
    /^<!-- built --><!DOCTYPE html><html class="app" data-x="1" lang="en-GB"><head lang="x">\n<meta/,
  );
  expect(text.match(/<head/g)).toHaveLength(1);
  expect(text.match(/importmap/g)).toHaveLength(1);
  expect(text).toContain('name="countersign-session"');
  expect(text).toContain('<title>T</title>');
});

test('a document that names its language or loads the script of Jira itself keeps both', async () => {
  const { text } = await show(
    '<!doctype html><html lang=fr><script src="https://connect-cdn.atl-paas.net/all.js" data-options="resize:false"></script>',
  );
  expect(text).toContain('<html lang=fr>');
  expect(text.match(/all\.js/g)).toHaveLength(1);
});

test('the theme and the language of the page stand on its root, and nothing that is neither', async () => {
  panel.app.page('/panel', () => 'x');
  const dark = await open('/panel', { query: 'theme=dark&loc=de' });
  expect(await dark.text()).toContain('<html lang="de" data-color-mode="dark">');
  const odd = await open('/panel', { query: 'theme=%22%3E&loc=%22%3E%3Cscript%3E' });
  expect(await odd.text()).toContain('<html lang="en">');
});

test('a Response is sent as it is, with what it lacks and without cookies', async () => {
  const { response, text } = await show(
    new Response('{"a":1}', {
      status: 201,
      headers: {
        'content-type': 'application/json',
        'set-cookie': 'a=b',
        'referrer-policy': 'origin',
      },
    }),
  );
  expect(response.status).toBe(201);
  expect(text).toBe('{"a":1}');
  expect(response.headers.get('set-cookie')).toBeNull();
  expect(response.headers.get('referrer-policy')).toBe('origin');
  expect(response.headers.get('content-security-policy')).toContain(
    'frame-ancestors https://example',
  );
});

describe('nobody else is shown it', () => {
  beforeEach(() => panel.app.page('/panel', () => 'secret page'));

  test('without a token a person reads a page that says nothing, and a script gets JSON', async () => {
    const url = `${APP_URL}/panel`;
    const page = await panel.app.fetch(new Request(url, { headers: { accept: 'text/html,*/*' } }));
    expect(page.status).toBe(401);
    expect(page.headers.get('www-authenticate')).toBe('JWT realm="panel-app"');
    const text = await page.text();
    expect(text).toContain('This page has expired');
    expect(text).not.toMatch(/secret|token|TOKEN/);
    expect(policyOf(page)).toMatchObject({
      'default-src': "'none'",
      'frame-ancestors': 'https://*.atlassian.net https://*.jira.com',
    });
    const json = await panel.app.fetch(new Request(url));
    expect(await json.json()).toEqual({ error: 'unauthorized' });
    expect(panel.log.codes()).toEqual(['TOKEN_MISSING', 'TOKEN_MISSING']);
  });

  test('a context token and a session token open no page', async () => {
    const base = { clientKey: 'client-1', sharedSecret: 'secret-1', appUrl: APP_URL, at: START };
    const context = await siteToken({ ...base, url: APP_URL, claims: { qsh: 'context-qsh' } });
    const call = new Request(`${APP_URL}/x`, { headers: { authorization: `JWT ${context}` } });
    const session = (await panel.app.authenticate(call, { accept: 'context' })).sessionToken();
    for (const token of [context, session]) {
      const response = await panel.app.fetch(new Request(`${APP_URL}/panel?jwt=${token}`));
      expect(response.status).toBe(401);
    }
    expect(panel.log.codes()).toEqual(['TOKEN_CONTEXT_REFUSED', 'TOKEN_SESSION_REFUSED']);
  });

  test('nor a token of another page', async () => {
    panel.app.page('/other', () => 'x');
    const url = `${APP_URL}/other`;
    const base = { clientKey: 'client-1', sharedSecret: 'secret-1', appUrl: APP_URL, at: START };
    const token = await siteToken({ ...base, url });
    expect((await panel.app.fetch(new Request(`${url}?jwt=${token}`))).status).toBe(200);
    expect((await panel.app.fetch(new Request(`${APP_URL}/panel?jwt=${token}`))).status).toBe(401);
  });
});

test('a handler that fails is logged, and the page says no more than that', async () => {
  panel.app.page('/mine', () => {
    throw new Error('the password is hunter2');
  });
  panel.app.page('/jira', async () => {
    throw new JiraApiError('JIRA_FORBIDDEN', 'Jira said no.');
  });
  const mine = await open('/mine');
  expect(mine.status).toBe(500);
  expect(await mine.text()).not.toContain('hunter2');
  expect(policyOf(mine)['frame-ancestors']).toBe('https://example.atlassian.net');
  expect((await open('/jira')).status).toBe(502);
  expect(panel.log.codes()).toEqual(['JIRA_FORBIDDEN']);
  expect(panel.log.lines).toHaveLength(2);
});

test('a handler that gives no HTML is a mistake of the app', async () => {
  const { response } = await show(undefined as never);
  expect(response.status).toBe(500);
  expect(panel.log.codes()).toEqual(['CONFIG_OPTION_INVALID']);
});

test('HEAD has no body, and other methods are told which there are', async () => {
  panel.app.page('/panel', () => 'x');
  const head = await open('/panel', { method: 'HEAD' });
  expect(await head.text()).toBe('');
  expect(head.status).toBe(401); // Jira signed a GET
  const post = await panel.app.fetch(new Request(`${APP_URL}/panel`, { method: 'POST' }));
  expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  expect(panel.app.handles('POST', '/panel')).toBe(false);
});

test('pages lie below the path of the appUrl, and find the browser module from there', async () => {
  const { app, store } = createPanelApp([], { appUrl: `${APP_URL}/apps/one` });
  await store.put(sampleRecord());
  app.page('/admin/config', () => 'x');
  app.page('/', () => 'y');
  const base = { clientKey: 'client-1', sharedSecret: 'secret-1', appUrl: `${APP_URL}/apps/one` };
  for (const [path, module] of [
    ['/admin/config', '../countersign/browser.js'],
    ['/', './countersign/browser.js'],
  ]) {
    const url = `${APP_URL}/apps/one${path}`;
    const token = await siteToken({ ...base, url, at: START });
    const text = await (await app.fetch(new Request(`${url}?jwt=${token}`))).text();
    expect(text).toContain(`{"imports":{"countersign/browser":"${module}"}}`);
    expect((await app.fetch(new Request(new URL(module as string, url)))).status).toBe(200);
  }
});

test('the browser module is small, is known again, and is there without any page', async () => {
  const url = `${APP_URL}/countersign/browser.js`;
  expect(panel.app.handles('GET', '/countersign/browser.js')).toBe(true);
  const response = await panel.app.fetch(new Request(url));
  expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  const body = await response.arrayBuffer();
  expect(body.byteLength).toBeLessThan(2000);
  const etag = response.headers.get('etag') as string;
  const known = await panel.app.fetch(new Request(url, { headers: { 'if-none-match': etag } }));
  expect(known.status).toBe(304);
});

describe('a page that cannot be is refused at start', () => {
  const handler = () => 'x';
  test.each(['panel', '', '/a?b', '/a#b', '/a%20b', '/../a', '/a/', '//a', '/a/{issue.key}', 7])(
    'at the path %j',
    (path) => {
      expect(() => panel.app.page(path as string, handler)).toThrow(/must be a path below/);
    },
  );
  test.each(['/atlassian-connect.json', '/installed', '/countersign/browser.js', '/panel'])(
    'at %s, which is taken',
    (path) => {
      panel.app.page('/panel', handler);
      expect(() => panel.app.page(path, handler)).toThrow(/taken already/);
    },
  );
  test.each<[string, PageOptions | Record<string, unknown>]>([
    ['an unknown option', { frameAncestor: [] }],
    ['a context token', { accept: ['context'] }],
    ['no token', { accept: [] }],
    ['an unknown permission list', { authorize: { projects: ['XX'] } }],
    ['any page of the web around it', { frameAncestors: ['*'] }],
    ['any page of https around it', { frameAncestors: ['https:'] }],
    ['any host around it', { frameAncestors: ['https://*'] }],
    ['a whole domain of the web around it', { frameAncestors: ['https://*.com'] }],
    ['a policy in an ancestor', { frameAncestors: ['https://a.example; script-src *'] }],
    [
      'frame-ancestors among the directives',
      { contentSecurityPolicy: { 'frame-ancestors': ['*'] } },
    ],
    ['two directives in one', { contentSecurityPolicy: { 'img-src': ['*; script-src *'] } }],
    ['directives that are no lists', { contentSecurityPolicy: { 'img-src': '*' } }],
    ['a script that is not https', { allJsUrl: 'http://example.com/all.js' }],
    ['a handler that is none', undefined as never],
  ])('with %s', (_, options) => {
    const add = () =>
      panel.app.page('/panel', (options === undefined ? 'x' : handler) as never, options ?? {});
    expect(add).toThrow(expect.objectContaining({ name: 'ConfigError' }));
  });
});

test('a page for Forge alone needs no descriptor, and none of Connect opens it', async () => {
  const forge = { appId: 'ari:cloud:ecosystem::app/8db33809-1f32-48bb-8c52-5877dab48107' };
  const both = createPanelApp([], { forge, descriptor: panelDescriptor() });
  await both.store.put(sampleRecord());
  both.app.page('/panel', () => 'x', { accept: 'forge' });
  const response = await open('/panel', { app: both.app, accept: '*/*' });
  expect(response.status).toBe(401);
  expect(both.log.codes()).toEqual(['TOKEN_FORGE_EXPECTED']);
});

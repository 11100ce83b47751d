import { decodeSymmetric, SymmetricAlgorithm } from '@atlassian/atlassian-jwt';
import { expect, test } from 'vitest';
import { callSigned, hashOf, lastVerdict, send, startBoth, startSite } from './app.ts';

const panel = {
  modules: {
    webPanels: [
      {
        key: 'panel',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Connect has both ways of writing a variable.
        url: '/panel?issue={issue.key}&id=${issue.id}&project={project.key}&none={user.id}',
        location: 'atl.jira.view.issue.right.context',
        name: { value: 'Where is it?' },
      },
      { key: 'elsewhere', url: '/elsewhere', location: 'atl.jira.proj.config.sidebar' },
    ],
    generalPages: [{ key: 'page', url: '/page', name: { value: 'Page' } }],
  },
};

async function read(site: { url: string }, path: string): Promise<string> {
  const answer = await fetch(site.url + path);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  return answer.text();
}

test('an empty site explains itself', async () => {
  const site = await startSite();
  const page = await read(site, '/');
  expect(page).toContain('No app is installed.');
  expect(page).toContain('Nothing yet.');
  expect(page).toContain(`allowedSites: ['${site.url}']`);
  expect(page).toContain('/browse/XX-21');
});

test('the home page and the log show apps, requests and verdicts', async () => {
  const { site } = await startBoth();
  await callSigned(site, '/rest/api/3/myself', { claims: { iss: site.clientKey } });
  for (const path of ['/', '/_sandbox/requests']) {
    const page = await read(site, path);
    expect(page).toContain('iss is the clientKey; the app key was expected');
    expect(page).toContain('GET /rest/api/3/myself');
    expect(page).not.toContain(site.sharedSecret('test-app'));
  }
});

test('the issue page shows fields, comments and the panels of apps in a signed frame', async () => {
  const { site, app } = await startBoth(panel);
  await callSigned(site, '/rest/api/2/issue/XX-21/comment', {
    method: 'POST',
    body: { body: 'Hello there' },
  });
  const page = await read(site, '/browse/XX-21');
  expect(page).toContain('Find the site location');
  expect(page).toContain('customfield_10042');
  expect(page).toContain('Hello there');
  expect(page).toContain('Where is it?');
  expect(page).not.toContain('/elsewhere');
  expect(page).toMatch(/<iframe [^>]*sandbox="allow-scripts allow-forms allow-same-origin/);
  const source = /src="([^"]*)" sandbox/.exec(page)?.[1]?.replaceAll('&amp;', '&') ?? '';
  expect(source).toContain(`${app.baseUrl}/panel?issue=XX-21&id=10003&project=XX&none=&`);
  const policy = (await fetch(`${site.url}/browse/XX-21`)).headers.get('content-security-policy');
  expect(policy).toContain(`frame-src ${app.baseUrl}`);
  await site.disable('test-app');
  expect(await read(site, '/browse/XX-21')).not.toContain('<iframe');
});

test('text of issues and apps is escaped', async () => {
  const { site } = await startBoth({ name: '<script>alert(1)</script>', ...panel });
  const evil = `"><img src=x onerror='alert(1)'>&`;
  await callSigned(site, '/rest/api/2/issue/XX-21', {
    method: 'PUT',
    body: { fields: { summary: evil, description: evil, customfield_10061: evil } },
  });
  await send(site, `/rest/api/3/project/${encodeURIComponent(evil)}?<script>`, `JWT ${evil}`);
  for (const path of ['/', '/browse/XX-21', '/_sandbox/requests']) {
    const page = await read(site, path);
    expect(page).not.toContain('<img');
    expect(page).not.toContain('<script>alert');
    expect(page).not.toContain('?<script>');
  }
  expect(await read(site, '/browse/XX-21')).toContain('&quot;&gt;&lt;img');
});

test('unknown pages and issues are a page with 404', async () => {
  const site = await startSite();
  for (const path of ['/nowhere', '/browse/XX-99', '/browse/<b>']) {
    const answer = await fetch(site.url + path);
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain("To the site's home page");
  }
});

test('the forms install an app and steer it; a failure is shown with what was typed', async () => {
  const { site, app } = await startBoth();
  const post = (path: string, body = new URLSearchParams()): Promise<Response> =>
    fetch(site.url + path, { method: 'POST', body, redirect: 'manual' });
  for (const action of ['upgrade', 'rotate', 'disable', 'enable', 'uninstall']) {
    const answer = await post(`/_sandbox/apps/test-app/${action}`);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/_sandbox/apps']);
  }
  expect(site.apps).toEqual([]);
  const descriptorUrl = app.descriptorUrl;
  expect((await post('/_sandbox/apps', new URLSearchParams({ descriptorUrl }))).status).toBe(303);
  expect(site.apps).toHaveLength(1);
  const failed = await post('/_sandbox/apps', new URLSearchParams({ descriptorUrl: 'http://<b>' }));
  expect(failed.status).toBe(400);
  expect(await failed.text()).toContain('value="http://&lt;b&gt;"');
  expect((await post('/_sandbox/apps/test-app/explode')).status).toBe(404);
  expect((await post('/_sandbox/reset')).status).toBe(303);
  expect(site.apps).toEqual([]);
});

test('a form of another origin is refused, and the site has one name', async () => {
  const site = await startSite();
  const foreign = await fetch(`${site.url}/_sandbox/reset`, {
    method: 'POST',
    headers: { origin: 'http://localhost:1' },
  });
  expect(foreign.status).toBe(403);
  const { port } = new URL(site.url);
  const answer = await fetch(`http://localhost:${port}/browse/XX-1?x=1`, { redirect: 'manual' });
  expect(answer.headers.get('location')).toBe(`${site.url}/browse/XX-1?x=1`);
});

test('a page URL is signed for the app, with the parameters that Jira adds', async () => {
  const { site, app } = await startBoth(panel);
  const [admin, reader] = site.people;
  const url = new URL(site.pageUrl('test-app', '/page?b=2&a=1', { issueKey: 'XX-21' }));
  expect(`${url.origin}${url.pathname}`).toBe(`${app.baseUrl}/page`);
  const parameters = Object.fromEntries(url.searchParams);
  const { jwt = '', xdm_e, xdm_c, ...rest } = parameters;
  expect(xdm_e).toBe(site.url);
  expect(xdm_c).not.toBe('');
  expect(Object.keys(rest).sort()).toEqual(['a', 'b', 'cp', 'cv', 'lic', 'loc', 'tz']);
  const secret = site.sharedSecret('test-app');
  const claims = decodeSymmetric(jwt, secret, SymmetricAlgorithm.HS256);
  const encoded = Object.entries({ ...rest, xdm_c, xdm_e })
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `${name}=${encodeURIComponent(value ?? '')}`)
    .join('&');
  expect(claims).toMatchObject({
    iss: site.clientKey,
    sub: admin?.accountId,
    qsh: hashOf(`GET&/page&${encoded}`),
    context: { jira: { issue: { key: 'XX-21', id: '10003' }, project: { key: 'XX' } } },
  });
  expect(claims.exp - claims.iat).toBe(180);
  const other = new URL(
    site.pageUrl('test-app', 'page', { accountId: reader?.accountId ?? '' }),
  ).searchParams.get('jwt');
  expect(decodeSymmetric(other ?? '', secret, SymmetricAlgorithm.HS256)).toMatchObject({
    sub: reader?.accountId,
    context: {},
  });
});

test('a page URL stays inside of the app, and names a known user and issue', async () => {
  const { site } = await startBoth(panel);
  for (const moduleUrl of ['http://127.0.0.1:9/x', 'https://example.com/']) {
    expect(() => site.pageUrl('test-app', moduleUrl)).toThrow("outside of the app's baseUrl");
  }
  expect(() => site.pageUrl('test-app', '/x', { issueKey: 'XX-99' })).toThrow('no issue "XX-99"');
  expect(() => site.pageUrl('test-app', '/x', { accountId: 'me' })).toThrow('no user "me"');
  expect(() => site.pageUrl('other', '/x')).toThrow('is not installed');
  await site.disable('test-app');
  expect(() => site.contextToken('test-app')).toThrow('is disabled');
});

test('a context token has the fixed hash and opens no REST resource', async () => {
  const { site } = await startBoth();
  const token = site.contextToken('test-app', { issueKey: 'XX-21' });
  const secret = site.sharedSecret('test-app');
  const claims = decodeSymmetric(token, secret, SymmetricAlgorithm.HS256);
  expect(claims).toMatchObject({
    iss: site.clientKey,
    sub: site.people[0]?.accountId,
    qsh: 'context-qsh',
    context: { jira: { issue: { key: 'XX-21' }, project: { key: 'XX' } } },
  });
  expect(claims.exp - claims.iat).toBe(900);
  expect((await send(site, '/rest/api/3/myself', `JWT ${token}`)).status).toBe(401);
  expect(lastVerdict(site).reason).toContain('iss is the clientKey');
});

test('all.js is a script for the pages of apps', async () => {
  const site = await startSite();
  const answer = await fetch(`${site.url}/atlassian-connect/all.js`);
  expect(answer.headers.get('content-type')).toContain('text/javascript');
  expect(await answer.text()).toContain('window.AP');
});

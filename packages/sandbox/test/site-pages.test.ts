import { decodeSymmetric, SymmetricAlgorithm } from '@atlassian/atlassian-jwt';
import { expect, test } from 'vitest';
import type { Sandbox } from '../src/index.ts';
import { startBoth, startSite } from './app.ts';

const page = (key: string, more: object = {}) => ({
  key,
  name: { value: `The ${key}` },
  url: `/${key}?project={project.key}&from={ac.from}`,
  ...more,
});

const modules = {
  webPanels: [page('panel', { location: 'atl.jira.view.issue.left.context' })],
  jiraIssueGlances: [
    { key: 'glance', name: { value: 'Glance' }, target: { type: 'web_panel', url: '/glance' } },
  ],
  generalPages: [
    page('general'),
    page('members', { conditions: [{ condition: 'user_is_logged_in' }] }),
    page('guests', { conditions: [{ condition: 'user_is_logged_in', invert: true }] }),
    page('either', { conditions: [{ or: [{ condition: 'user_is_admin' }, { condition: 'x' }] }] }),
  ],
  adminPages: [page('admin')],
  configurePage: page('configure'),
  jiraProjectPages: [page('project')],
  dialogs: [page('dialog')],
};

/** A browser of somebody: it keeps the cookie of who acts. */
function browserOf(site: Sandbox) {
  let cookie = '';
  const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const answer = await fetch(site.url + path, {
      redirect: 'manual',
      ...init,
      headers: { cookie, ...(init.headers as Record<string, string>) },
    });
    for (const set of answer.headers.getSetCookie()) cookie = set.split(';')[0] ?? '';
    return answer;
  };
  const post = (path: string, body: Record<string, string>): Promise<Response> =>
    ask(path, { method: 'POST', body: new URLSearchParams(body) });
  return {
    ask,
    post,
    read: async (path: string): Promise<string> => (await ask(path)).text(),
    actAs: (who: string): Promise<Response> => post('/_sandbox/users/act', { who }),
    fromFrame: async (what: string, input?: unknown, more: object = {}) => {
      const answer = await ask('/_sandbox/frame', {
        method: 'POST',
        body: JSON.stringify({ app: 'test-app', what, input, ...more }),
      });
      return {
        status: answer.status,
        ...((await answer.json()) as { value?: never; error?: string }),
      };
    },
  };
}

function idsOf(site: Sandbox): { reader: string; member: string } {
  const [, reader, member] = site.people.map(({ accountId }) => accountId);
  return { reader: reader ?? '', member: member ?? '' };
}

/** The claims of the token that the frame of a page is loaded with. */
function claimsOf(site: Sandbox, html: string): Record<string, unknown> {
  const source = /<iframe [^>]*src="([^"]*)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const jwt = new URL(source).searchParams.get('jwt') ?? '';
  const secret = site.sharedSecret('test-app');
  return decodeSymmetric(jwt, secret, SymmetricAlgorithm.HS256) as unknown as Record<
    string,
    unknown
  >;
}

test('projects and issues are those that the acting user may see; a query finds some of them', async () => {
  const site = await startSite();
  const browser = browserOf(site);
  expect(await browser.read('/projects')).toContain('Another example');
  const found = await browser.read('/issues?jql=status+%3D+Done');
  expect([found.includes('/browse/XX-22'), found.includes('/browse/XX-21')]).toEqual([true, false]);
  expect(await browser.read('/issues?jql=key+%3Cb%3E')).toContain('but got &#39;&lt;b&gt;&#39;');
  expect(await browser.read('/issues?jql=a+%3D+1')).toContain('does not exist or you do not have');
  expect((await browser.ask('/browse/XX')).headers.get('location')).toContain('project+%3D+XX');
  await browser.actAs(idsOf(site).member);
  expect(await browser.read('/projects')).not.toContain('Another example');
  await browser.actAs('anonymous');
  expect(await browser.read('/projects')).toContain('Anonymous may see no project');
  expect(await browser.read('/issues')).toContain('Anonymous may see no project');
  expect((await browser.ask('/browse/XX-21')).status).toBe(404);
});

test('whoever acts is kept in a cookie of the site, and has to be somebody', async () => {
  const site = await startSite();
  const { reader } = idsOf(site);
  const browser = browserOf(site);
  const chosen = await browser.ask('/_sandbox/users/act', {
    method: 'POST',
    body: new URLSearchParams({ who: reader }),
    headers: { referer: `${site.url}/projects` },
  });
  expect(chosen.headers.get('location')).toBe('/projects');
  expect(chosen.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Strict/);
  expect(await browser.read('/')).toContain('</span>Robin Reader</summary>');
  const wrong = await browser.actAs('nobody');
  expect([wrong.status, await wrong.text()]).toEqual([
    400,
    expect.stringContaining('There is no active person &quot;nobody&quot;'),
  ]);
  // Who was deactivated is nobody.
  await browser.post(`/_sandbox/users/${reader}/deactivate`, {});
  expect(await browser.read('/')).toContain('</span>Anonymous</summary>');
  expect(await browser.read('/_sandbox/users')).toContain('deactivated');
  await browser.post(`/_sandbox/users/${reader}/activate`, {});
  expect(await browser.read('/')).toContain('</span>Robin Reader</summary>');
  // An address of another site is not where one goes back to.
  const foreign = await browser.ask('/_sandbox/users/act', {
    method: 'POST',
    body: new URLSearchParams({ who: reader }),
    headers: { referer: `${site.url}.example.com/x` },
  });
  expect(foreign.headers.get('location')).toBe('/');
});

test('a comment and a status are set as the acting user, by the REST API, or refused', async () => {
  const site = await startSite();
  const browser = browserOf(site);
  const done = await browser.post('/browse/XX-21/transitions', { transition: '21' });
  expect([done.status, done.headers.get('location')]).toEqual([303, '/browse/XX-21']);
  expect(site.issue('XX-21')?.fields.status).toMatchObject({ name: 'In Progress' });
  await browser.actAs(idsOf(site).reader);
  await browser.post('/browse/XX-21/comment', { comment: 'I see <it>.' });
  const issue = await browser.read('/browse/XX-21');
  expect(issue).toContain('<strong>Robin Reader</strong>');
  expect(issue).toContain('I see &lt;it&gt;.');
  expect(issue).toContain('Robin Reader may not change it.');
  expect(site.requests.at(-1)?.verdict.reason).toBe('the API token of Robin Reader');
  const refused = await browser.post('/browse/XX-21/transitions', { transition: '31' });
  expect([refused.status, await refused.text()]).toEqual([
    400,
    expect.stringContaining('You do not have permission to transition this issue.'),
  ]);
  site.faults.add({ kind: 'drop-before' });
  const cut = await browser.post('/browse/XX-21/comment', { comment: 'Again' });
  const text = await cut.text();
  expect(text).toContain('The connection was cut');
  expect(text).toContain('>Again</textarea>');
});

test('the apps page upgrades, and an app has a page with its descriptor and without its secret', async () => {
  const { site, app } = await startBoth({ modules });
  const browser = browserOf(site);
  app.descriptor.name = 'Test app, new';
  const secret = site.sharedSecret('test-app');
  expect((await browser.post('/_sandbox/apps/test-app/upgrade', {})).status).toBe(303);
  expect(site.sharedSecret('test-app')).not.toBe(secret);
  const text = await browser.read('/_sandbox/apps/test-app');
  expect(text).toContain('Test app, new');
  expect(text).toContain('&quot;lifecycle&quot;');
  expect(text).toContain('/plugins/servlet/ac/test-app/admin');
  for (const known of [secret, site.sharedSecret('test-app')]) expect(text).not.toContain(known);
  // From the app's own page one goes back there.
  const answer = await browser.ask('/_sandbox/apps/test-app/disable', {
    method: 'POST',
    headers: { referer: `${site.url}/_sandbox/apps/test-app` },
  });
  expect(answer.headers.get('location')).toBe('/_sandbox/apps/test-app');
  expect(await browser.read('/_sandbox/apps/test-app')).toContain('disabled');
  expect((await browser.ask('/plugins/servlet/ac/test-app/general')).status).toBe(404);
  expect((await browser.ask('/_sandbox/apps/other')).status).toBe(404);
});

test('pages of apps are at the URLs of Jira, for those that may see them, in a frame of the acting user', async () => {
  const { site } = await startBoth({ modules });
  const browser = browserOf(site);
  const servlet = '/plugins/servlet/ac/test-app';
  const status = async (path: string): Promise<number> =>
    (await browser.ask(servlet + path)).status;
  const general = await browser.read(`${servlet}/general?ac.from=mail&x=1`);
  expect(general).toContain('from=mail&amp;xdm_e=');
  expect(claimsOf(site, general)).toMatchObject({ sub: site.people[0]?.accountId, context: {} });
  const project = await browser.read(`${servlet}/project?project.key=YY`);
  expect(claimsOf(site, project)).toMatchObject({
    context: { jira: { project: { key: 'YY', id: '10001' } } },
  });
  expect(await browser.read(`${servlet}/admin`)).toContain('<iframe');
  expect(await browser.read(`${servlet}/configure`)).toContain('<iframe');
  expect(await status('/nothing')).toBe(404);
  expect([await status('/members'), await status('/guests')]).toEqual([200, 404]);

  const { reader, member } = idsOf(site);
  await browser.actAs(reader);
  expect(await browser.read(`${servlet}/admin`)).toContain('is for people with Administer Jira');
  expect(await browser.read(`${servlet}/admin`)).not.toContain('<iframe');
  expect(await status('/either')).toBe(200);
  await browser.actAs(member);
  expect(await status('/project?project.key=YY')).toBe(404);
  expect(await status('/general?issue.key=XX-99')).toBe(404);
  await browser.actAs('anonymous');
  expect(claimsOf(site, await browser.read(`${servlet}/general`))).not.toHaveProperty('sub');
  expect([await status('/members'), await status('/guests')]).toEqual([404, 200]);
});

test('the issue page has panels, glances and contents, each with the key of its app', async () => {
  const { site } = await startBoth({ modules });
  const issue = await browserOf(site).read('/browse/XX-21');
  for (const module of ['panel', 'glance']) expect(issue).toContain(`data-module="${module}"`);
  expect(issue).not.toContain('data-module="general"');
});

test('AP.request() acts as the user, within the scopes of the app, and below /rest alone', async () => {
  const { site } = await startBoth({ modules, scopes: ['READ'] });
  const browser = browserOf(site);
  await browser.actAs(idsOf(site).reader);
  const me = await browser.fromFrame('request', { url: '/rest/api/3/myself' });
  expect(me.value).toMatchObject({ status: 200, body: expect.stringContaining('Robin Reader') });
  expect(site.requests.at(-1)).toMatchObject({
    appKey: 'test-app',
    verdict: { reason: 'AP.request() of a page of the app test-app, as Robin Reader' },
  });
  const written = await browser.fromFrame('request', {
    url: '/rest/api/3/issue/XX-21/comment',
    type: 'POST',
    contentType: 'application/json',
    data: '{}',
  });
  expect(written.value).toMatchObject({ status: 403 });
  expect(site.requests.at(-1)?.verdict.reason).toBe('the app needs the scope WRITE; it has READ');
  // A page cannot say who it is.
  const forged = await browser.fromFrame('request', {
    url: '/rest/api/3/myself',
    headers: { Authorization: 'JWT x', Cookie: 'a=b', accept: 'application/json' },
  });
  expect(forged.value).toMatchObject({ status: 200 });
  for (const url of [
    '/_sandbox/api/apps',
    '/rest/../_sandbox/api/apps',
    '/rest/%2e%2e/_sandbox/api/apps',
    'https://example.com/rest/api/3/myself',
    '//example.com/rest/x',
    '',
    7,
  ]) {
    expect(await browser.fromFrame('request', { url })).toMatchObject({
      status: 400,
      error: 'AP.request() needs a path of this site below /rest/.',
    });
  }
  expect((await browser.fromFrame('request', { url: '/rest/x', data: {} })).error).toContain(
    'string',
  );
  await browser.actAs('anonymous');
  const anonymous = await browser.fromFrame('request', { url: '/rest/api/3/myself' });
  expect(anonymous.value).toMatchObject({ status: 401 });
});

test('an anonymous page of an app without scopes is refused as well', async () => {
  const { site } = await startBoth({ scopes: ['NONE'] });
  const browser = browserOf(site);
  await browser.actAs('anonymous');
  const answer = await browser.fromFrame('request', { url: '/rest/api/3/serverInfo' });
  expect(answer.value).toMatchObject({ status: 403 });
});

test('frames get tokens, context, user and dialogs of the acting user, and nothing that the site does not know', async () => {
  const { site } = await startBoth({ modules });
  const browser = browserOf(site);
  const secret = site.sharedSecret('test-app');
  const token = await browser.fromFrame('token', undefined, { issueKey: 'XX-21' });
  expect(decodeSymmetric(token.value ?? '', secret, SymmetricAlgorithm.HS256)).toMatchObject({
    qsh: 'context-qsh',
    sub: site.people[0]?.accountId,
  });
  expect(await browser.fromFrame('context', undefined, { projectKey: 'YY' })).toMatchObject({
    value: { jira: { project: { key: 'YY' } } },
  });
  expect(await browser.fromFrame('user')).toMatchObject({
    value: { currentUser: { atlassianAccountId: site.people[0]?.accountId } },
  });
  expect(await browser.fromFrame('page', { key: 'dialog' })).toMatchObject({
    value: { name: 'The dialog', url: expect.stringContaining('/dialog?') },
  });
  expect((await browser.fromFrame('page', { key: 'no' })).error).toContain('has no module "no"');
  expect((await browser.fromFrame('confetti')).error).toContain('does not know confetti');
  // In another tab, somebody else was chosen since the page was made.
  const other = await browser.fromFrame('token', undefined, { user: idsOf(site).reader });
  expect(other).toMatchObject({ status: 400, error: expect.stringContaining('Reload it.') });
  const foreign = await browser.ask('/_sandbox/frame', {
    method: 'POST',
    headers: { origin: 'http://127.0.0.1:1' },
    body: JSON.stringify({ app: 'test-app', what: 'token' }),
  });
  expect(foreign.status).toBe(403);
  await site.disable('test-app');
  expect((await browser.fromFrame('request', { url: '/rest/x' })).error).toContain('is disabled');
});

test('the theme is kept, for a page without a script as well', async () => {
  const site = await startSite();
  const browser = browserOf(site);
  expect(await browser.read('/')).not.toContain('data-theme=');
  const answer = await browser.ask('/_sandbox/theme', { method: 'POST' });
  expect(answer.headers.get('location')).toBe('/');
  expect(await browser.read('/projects')).toContain('<html lang="en" data-theme="light">');
  const json = await browser.ask('/_sandbox/theme', {
    method: 'POST',
    headers: { accept: 'application/json' },
  });
  expect(await json.json()).toEqual({ theme: 'dark' });
});

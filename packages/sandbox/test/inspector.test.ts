import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Sandbox } from '../src/index.ts';
import { readPasted } from '../src/pages/inspector/pasted.ts';
import { makeToken, startApp, startBoth, startSite } from './app.ts';

const path = '/_sandbox/inspector';

type Fields = Record<string, string>;

function post(site: Sandbox, fields: Fields, to = path): Promise<Response> {
  return fetch(site.url + to, { method: 'POST', body: new URLSearchParams(fields) });
}

async function check(site: Sandbox, fields: Fields): Promise<{ verdict: string; details: string }> {
  const answer = await post(site, fields, `${path}/checks`);
  expect(answer.status).toBe(200);
  return answer.json() as Promise<{ verdict: string; details: string }>;
}

test('the page is there before anything is pasted, and takes no secret from its URL', async () => {
  const site = await startSite();
  const query = '?method=PUT&url=/rest/x&token=MARK-1&pasted=MARK-2&sharedSecret=MARK-3';
  const answer = await fetch(`${site.url}${path}${query}`);
  expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'");
  expect(answer.headers.get('cache-control')).toBe('no-store');
  const page = await answer.text();
  expect(page).toContain('Nothing is pasted yet');
  expect(page).toContain('No app is installed on this site.');
  expect(page).toContain('value="/rest/x"');
  expect(page).not.toContain('MARK-');
});

test('the secret of an installed app is used, and never shown', async () => {
  const { site } = await startBoth();
  await site.rotateSecret('test-app');
  const pasted = makeToken(site, '/rest/api/3/myself');
  const fields = { pasted, app: 'test-app', method: 'GET', url: '/rest/api/3/myself' };
  const { verdict, details } = await check(site, fields);
  expect(verdict).toContain('This token is good for this request');
  expect(details).toContain('GET&amp;/rest/api/3/myself&amp;');
  const page = await (await post(site, fields)).text();
  expect(page).toContain('This token is good for this request');
  for (const text of [verdict, details, page]) {
    expect(text).not.toContain(site.sharedSecret('test-app'));
    for (const part of pasted.split('.')) expect(text).not.toContain(part);
  }
});

test('what was signed with an earlier secret, and what the site signs, is known by the app alone', async () => {
  const { site, app } = await startBoth({
    modules: { generalPages: [{ key: 'page', url: '/page', name: { value: 'Page' } }] },
  });
  const old = site.sharedSecret('test-app');
  await site.rotateSecret('test-app');
  const request = { app: 'test-app', method: 'GET', url: '/rest/api/3/myself' };
  const stale = makeToken(site, '/rest/api/3/myself', { secret: old });
  expect((await check(site, { ...request, pasted: stale })).verdict).toContain(
    'CS-SECRET-PREVIOUS',
  );
  // The URL of a page, with the token in it.
  const pasted = site.pageUrl('test-app', '/page');
  const { verdict, details } = await check(site, {
    app: 'test-app',
    pasted,
    url: pasted,
    method: 'GET',
  });
  expect(verdict).toContain('This token is good for this request');
  expect(verdict + details).not.toContain(new URL(pasted).searchParams.get('jwt'));
  // A callback, whose key is that of the site.
  const [installed] = app.received;
  const callback = { method: 'POST', url: `${app.baseUrl}/installed`, app: 'test-app' };
  expect((await check(site, { ...callback, pasted: `JWT ${installed?.token}` })).verdict).toContain(
    'This token is good for this request',
  );
});

test('an app that the token names is offered', async () => {
  const { site } = await startBoth();
  const pasted = makeToken(site, '/rest/api/3/myself');
  expect((await check(site, { pasted })).verdict).toContain(
    '<code>test-app</code>, which is installed',
  );
  expect((await check(site, { pasted, sharedSecret: 'x' })).verdict).not.toContain(
    'is installed here',
  );
  await site.uninstall('test-app');
  expect((await check(site, { pasted })).verdict).not.toContain('is installed here');
});

test('what cannot be used is said', async () => {
  const site = await startSite();
  expect((await check(site, { pasted: 'x', app: '<b>' })).verdict).toContain(
    'The app &lt;b&gt; is not installed on this site.',
  );
  expect((await check(site, { pasted: '  ' })).verdict).toContain('Nothing is pasted yet');
  const long = 'x'.repeat(300_000);
  expect((await check(site, { pasted: long })).verdict).toContain('too long');
  expect(await (await post(site, { pasted: long })).text()).toContain('too long');
  const json = await fetch(`${site.url}${path}/checks`, {
    method: 'POST',
    body: '{"pasted":"x"}',
    headers: { 'content-type': 'application/json' },
  });
  expect(((await json.json()) as { verdict: string }).verdict).toContain('Nothing is pasted yet');
});

test('the form is for this machine, and its text is escaped', async () => {
  const { site } = await startBoth();
  const foreign = await fetch(`${site.url}${path}/checks`, {
    method: 'POST',
    headers: { origin: 'http://localhost:1' },
    body: new URLSearchParams({ pasted: 'x' }),
  });
  expect(foreign.status).toBe(403);
  const evil = `"><img src=x onerror='alert(1)'>`;
  const pasted = makeToken(site, '/x', { claims: { iss: evil, [evil]: evil } });
  const fields = { pasted: `curl -X '${evil}' 'http://${evil}' -H 'authorization: JWT ${pasted}'` };
  const { verdict, details } = await check(site, { ...fields, app: 'test-app' });
  const page = await (
    await post(site, { ...fields, appKey: evil, url: evil, method: evil })
  ).text();
  for (const text of [verdict, details, page]) expect(text).not.toContain('<img');
});

test('no text takes long or breaks it', async () => {
  const { site } = await startBoth();
  for (const piece of [
    'a',
    'eyJ',
    'eyJ.',
    'a.',
    "curl '",
    'curl -d x ',
    '\\\n',
    '"\\',
    '-H=',
    '^"',
    '%',
  ]) {
    const long = piece.repeat(250_000 / piece.length);
    for (const pasted of [
      long,
      `curl ${long}`,
      `curl https://x/${long}`,
      `GET /${long} HTTP/1.1`,
    ]) {
      expect((await check(site, { pasted })).verdict).not.toBe('');
    }
  }
  const anything = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 200 }),
    fc
      .array(
        fc.constantFrom('curl ', "'", '"', '$', '\\', '-H ', '-X', ' ', 'a: b', 'jwt=', '\n', '^'),
      )
      .map((all) => `curl ${all.join('')}`),
  );
  fc.assert(
    fc.property(anything, (text) => {
      expect(readPasted(text).form).toMatch(/token|curl|http/);
    }),
    { seed: 7, numRuns: 2000 },
  );
});

test('nothing of it comes into the request log', async () => {
  const { site } = await startBoth();
  const before = site.requests.length;
  await check(site, { pasted: makeToken(site, '/rest/api/3/myself'), app: 'test-app' });
  expect(site.requests).toHaveLength(before);
});

test('a token of an app that answers no longer is checked all the same', async () => {
  const site = await startSite();
  const app = await startApp();
  await site.install(app.descriptorUrl);
  app.answers['/disabled'] = 500;
  await site.disable('test-app');
  const pasted = makeToken(site, '/rest/api/3/myself');
  const fields = { pasted, app: 'test-app', method: 'GET', url: '/rest/api/3/myself' };
  expect((await check(site, fields)).verdict).toContain('This token is good');
});

const jwt = 'JWT eyJhbGciOiJIUzI1NiJ9.e30.abc';
const url = 'https://example.atlassian.net/rest/api/3/issue/XX-1?fields=summary&expand=names';
const read: [what: string, text: string, expected: object][] = [
  ['a token', 'eyJ.x.y', { token: 'eyJ.x.y', form: 'token' }],
  ['a header line', `Authorization: ${jwt}`, { token: `Authorization: ${jwt}`, form: 'token' }],
  [
    'a plain command',
    `curl -H 'Authorization: ${jwt}' '${url}'`,
    { token: jwt, method: 'GET', url },
  ],
  [
    'double quotes, long options and several lines',
    `$ curl --request PUT \\\n  --url "${url}" \\\n  --header "authorization:${jwt}" \\\n  --data '{"a":"b"}'`,
    { token: jwt, method: 'PUT', url, body: '{"a":"b"}' },
  ],
  [
    'options with an equals sign, and short ones run together',
    `curl -sSXDELETE --header='Authorization: ${jwt}' -o out.json ${url.split('&')[0]}`,
    { token: jwt, method: 'DELETE', url: url.split('&')[0] },
  ],
  [
    'data, which makes it a POST',
    `curl ${url.split('&')[0]} -d a=1 --data-raw b=2`,
    { token: '', method: 'POST', body: 'a=1&b=2' },
  ],
  [
    'data in the query',
    `curl -G localhost:4400/rest/api/3/search/jql --data-urlencode 'jql=a = "b c"' -d x=1`,
    {
      method: 'GET',
      url: 'http://localhost:4400/rest/api/3/search/jql?jql=a%20%3D%20%22b%20c%22&x=1',
    },
  ],
  [
    'a command that a browser copied',
    `curl '${url}' \\\n  -X $'PATCH' -H $'authorization: ${jwt}' --compressed -b 'a=b; c=d'`,
    { token: jwt, method: 'PATCH', url },
  ],
  [
    'a command for Windows',
    `curl ^"${url.replace('&', '^&')}^" ^\r\n  -H ^"Authorization: ${jwt}^"`,
    { token: jwt, method: 'GET', url },
  ],
  [
    'a command for PowerShell',
    `curl.exe "${url}" \`\n -H "Authorization: ${jwt}"`,
    { token: jwt, url },
  ],
  ['a user', `curl -u me@example.com:secret ${url}`, { token: expect.stringMatching(/^Basic /) }],
  ['two headers', `curl ${url} -H 'Authorization: a' -H 'Authorization: b'`, { token: 'a, b' }],
  ['a head request', 'curl -I https://example.com/', { method: 'HEAD' }],
  ['an upload', 'curl -T file https://example.com/', { method: 'PUT' }],
  [
    'a token in the query',
    'curl https://a.example/x?jwt=abc',
    { token: 'https://a.example/x?jwt=abc' },
  ],
  ['an open quote', `curl '${url}`, { url }],
  ['a command without a URL', "curl -H 'x: y'", { token: '', method: 'GET' }],
  [
    'an HTTP request',
    `POST /rest/api/3/issue?x=1 HTTP/1.1\r\nHost: example.atlassian.net\r\nAuthorization: ${jwt}\r\n\r\n{}`,
    {
      token: jwt,
      method: 'POST',
      url: 'https://example.atlassian.net/rest/api/3/issue?x=1',
      body: '{}',
      form: 'http',
    },
  ],
];
for (const [what, text, expected] of read) {
  test(`reads ${what}`, () => expect(readPasted(text)).toMatchObject(expected));
}

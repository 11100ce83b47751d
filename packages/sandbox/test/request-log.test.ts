import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import type { Sandbox } from '../src/index.ts';
import { findDifference } from '../src/pages/difference.ts';
import { migrations } from '../src/site/database.ts';
import { callSigned, makeToken, send, startApp, startBoth, startSite } from './app.ts';

const log = '/_sandbox/requests';

interface Logged {
  appKey?: string;
  fix?: string;
  explanation?: {
    verdict: { cause?: string; ok: boolean };
    canonicalRequest?: { expected: string; hashed?: string };
    token?: { claims: Record<string, unknown> };
  };
}

/** What is known of the last request, as JSON and as a page. */
async function last(site: Sandbox): Promise<{ logged: Logged; page: string }> {
  const id = site.requests.at(-1)?.id;
  const json = await fetch(`${site.url}/_sandbox/api/requests/${id}`);
  const page = await fetch(`${site.url}${log}/${id}`);
  expect([json.status, page.status]).toEqual([200, 200]);
  return { logged: (await json.json()) as Logged, page: await page.text() };
}

async function list(site: Sandbox, query = ''): Promise<string[]> {
  const page = await (await fetch(site.url + log + query)).text();
  return [...page.matchAll(/<td class="path wide"><a [^>]*>([^<]*)/g)].map(
    ([, text]) => text ?? '',
  );
}

test('a refused request keeps why, and an accepted one costs nothing', async () => {
  const { site } = await startBoth();
  await callSigned(site, '/rest/api/3/myself');
  expect((await last(site)).logged).not.toHaveProperty('explanation');
  const target = '/rest/api/3/issue/XX-21?fields=summary';
  await callSigned(site, target, { signedTarget: '/rest/api/3/issue/XX-21' });
  const { logged, page } = await last(site);
  expect(logged.appKey).toBe('test-app');
  expect(logged.explanation).toMatchObject({
    verdict: { cause: 'CS-QSH-QUERY-NOT-SIGNED', ok: false },
    canonicalRequest: {
      expected: 'GET&/rest/api/3/issue/XX-21&fields=summary',
      hashed: 'GET&/rest/api/3/issue/XX-21&',
    },
    token: { claims: { iss: 'test-app' } },
  });
  expect(page).toContain('<mark>fields=summary</mark>');
});

test('what is kept of a refused request holds no token, signature or secret', async () => {
  const { site } = await startBoth();
  const secret = site.sharedSecret('test-app');
  const basic = Buffer.from('admin@example.com:MARKED-PASSWORD').toString('base64');
  const token = makeToken(site, '/rest/api/3/myself', {
    claims: { note: secret, apiToken: 'MARKED' },
  });
  const wrong = makeToken(site, '/rest/api/3/myself', { secret: `${secret}\n` });
  const headers = [
    `JWT ${token}`,
    `Bearer ${token}`,
    `JWT ${wrong}`,
    `JWT ${token}x`,
    `Basic ${basic}`,
    `JWT JWT ${token}`,
    secret,
    `JWT ${secret}`,
  ];
  for (const header of headers) {
    await send(site, '/rest/api/3/project/none', header);
    await send(site, `/rest/api/3/project/none?jwt=${token}`, header);
    await send(site, `/rest/api/3/project/none?jwt=${token}`);
  }
  const hidden = [
    ...`${token}.${wrong}`.split('.').filter((part) => part.length > 40),
    secret,
    site.apiToken,
    basic,
    'MARKED',
  ];
  for (const { id } of site.requests) {
    for (const path of [`${log}/${id}`, `/_sandbox/api/requests/${id}`, log]) {
      const text = await (await fetch(site.url + path)).text();
      for (const part of hidden) expect(text).not.toContain(part);
    }
  }
});

test('the app of a refused request is the one that its token names or is signed for', async () => {
  const { site } = await startBoth();
  const other = await startApp({ key: 'other-app' });
  await site.install(other.descriptorUrl);
  const cases: [claims: Record<string, unknown>, appKey: string | undefined, cause: string][] = [
    [{ iss: 'other-app' }, 'other-app', 'CS-SECRET-OTHER-INSTALLATION'],
    [{ iss: site.clientKey }, 'test-app', 'CS-ISS-CLIENT-KEY'],
    [{ exp: 1, iat: 0 }, 'test-app', 'CS-EXPIRED'],
  ];
  for (const [claims, appKey, cause] of cases) {
    await callSigned(site, '/rest/api/3/myself', { claims });
    const { logged } = await last(site);
    expect([logged.appKey, logged.explanation?.verdict.cause]).toEqual([appKey, cause]);
  }
  await send(site, '/rest/api/3/myself', 'Bearer xyz');
  expect((await last(site)).logged).not.toHaveProperty('appKey');
});

test('where the token is good, the page says what else to mend', async () => {
  const { site } = await startBoth({ scopes: ['READ', 'WRITE'] });
  const target = '/rest/api/3/issue/XX-21';
  const edit = (fields: object, query = ''): Promise<Response> =>
    callSigned(site, target + query, { method: 'PUT', body: { fields } });
  const cases: [call: () => Promise<unknown>, fix: string][] = [
    [() => callSigned(site, target, { method: 'DELETE' }), 'Add DELETE to the scopes'],
    [() => edit({ customfield_10042: 'x' }), 'Site location is on no screen'],
    [() => edit({ customfield_1: 'x' }), 'This site has no field customfield_1'],
    [() => edit({ status: 'x' }), 'Status is read-only'],
    [() => edit({ summary: 'x' }, '?overrideEditableFlag=true'), 'Add ADMIN to the scopes'],
    [() => site.disable('test-app').then(() => callSigned(site, target)), 'Enable the app'],
  ];
  for (const [call, fix] of cases) {
    await call();
    const { logged, page } = await last(site);
    expect(logged.fix).toContain(fix);
    expect(page).toContain(fix);
  }
  expect((await last(site)).page).toContain('The token itself is good for this request.');
});

test('a callback that the app refuses says what the app could have checked', async () => {
  const { site, app } = await startBoth();
  const cases: [status: number, fix: string][] = [
    [401, 'trust the site'],
    [404, 'Let the app answer POST at the path of lifecycle.installed'],
    [302, 'a redirect is not followed'],
    [500, 'own log'],
  ];
  for (const [status, fix] of cases) {
    app.answers['/installed'] = status;
    await expect(site.install(app.descriptorUrl)).rejects.toThrow();
    const { logged } = await last(site);
    expect(logged.fix).toContain(fix);
    expect(logged.explanation).toMatchObject({
      verdict: { ok: true },
      token: { claims: { aud: [app.baseUrl] } },
      canonicalRequest: { expected: 'POST&/installed&' },
    });
  }
});

test('the log is filtered by status and app', async () => {
  const { site } = await startBoth();
  await callSigned(site, '/rest/api/3/myself');
  await callSigned(site, '/rest/api/3/field', { claims: { iss: site.clientKey } });
  await send(site, '/rest/api/3/issue/XX-1');
  expect(await list(site)).toHaveLength(5);
  expect(await list(site, '?status=2xx&app=test-app')).toEqual([
    'GET /rest/api/3/myself',
    'POST /enabled',
    'POST /installed',
  ]);
  expect(await list(site, '?status=4xx&app=test-app')).toEqual(['GET /rest/api/3/field']);
  expect(await list(site, '?app=(none)')).toEqual(['GET /rest/api/3/issue/XX-1']);
  expect(await list(site, '?status=9xx')).toHaveLength(5);
  const nobody = await (await fetch(`${site.url}${log}?app=<b>`)).text();
  expect(nobody).toContain('No request fits this filter.');
  expect(nobody).toContain('<option value="&lt;b&gt;" selected>');
});

test('a request that is not there is a page with 404', async () => {
  const site = await startSite();
  for (const path of [`${log}/1`, `${log}/x`, `${log}/99999999999999999999`]) {
    expect((await fetch(site.url + path)).status).toBe(404);
  }
  expect((await fetch(`${site.url}/_sandbox/api/requests/1`)).status).toBe(404);
  expect((await fetch(`${site.url}/_sandbox/api/requests/x`)).status).toBe(404);
});

/** Reads events until there are so many rows. */
async function rows(answer: Response, count: number): Promise<string[]> {
  const found: string[] = [];
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (found.length < count) {
    const { value, done } = (await reader?.read()) ?? { done: true };
    if (done) break;
    text += value;
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      const id = /^id: (\d+)$/m.exec(event)?.[1];
      if (id !== undefined) found.push(id);
    }
  }
  await reader?.cancel();
  return found;
}

test('events bring what came since, what comes, and nothing that the filter keeps out', async () => {
  const { site } = await startBoth();
  const open = (query: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${site.url}${log}/events${query}`, { headers });
  const answer = await open('?after=1');
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  const waiting = rows(answer, 3);
  await callSigned(site, '/rest/api/3/myself');
  await site.disable('test-app');
  expect(await waiting).toEqual(['2', '3', '4']);
  expect(await rows(await open('?after=1', { 'last-event-id': '3' }), 1)).toEqual(['4']);
  const refused = rows(await open('?after=4&status=4xx'), 1);
  await send(site, '/rest/api/3/serverInfo');
  await send(site, '/rest/api/3/myself', 'JWT x');
  expect(await refused).toEqual(['6']);
});

test('a site that closes ends the streams of its log', async () => {
  const site = await startSite();
  const answer = await fetch(`${site.url}${log}/events`);
  const ended = rows(answer, 1).catch(() => []);
  await site.close();
  expect(await ended).toEqual([]);
});

test('a database of an earlier version is upgraded', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'site.db');
  const first = await startSite({ database: file });
  await send(first, '/rest/api/3/serverInfo');
  await first.close();
  const old = join(folder, 'old.db');
  const database = new DatabaseSync(old);
  database.exec(`${migrations[0]}; PRAGMA user_version = 1; ATTACH '${file}' AS first;
    INSERT INTO request (id, record) SELECT id, record FROM first.request`);
  database.close();
  const site = await startSite({ database: old });
  await send(site, '/rest/api/3/myself', 'JWT x');
  expect(site.requests).toHaveLength(2);
  expect((await last(site)).logged.explanation?.verdict.cause).toMatch(/^CS-/);
  expect((await fetch(`${site.url}${log}/1`)).status).toBe(200);
});

test('a difference is marked in whole words', () => {
  const marked = (one: string, other: string): string[] =>
    findDifference(one, other).map((pieces) =>
      pieces.map(({ text, differs }) => (differs ? `[${text}]` : text)).join(''),
    );
  expect(marked('GET&/a&x=1', 'PUT&/a&x=1')).toEqual(['[GET]&/a&x=1', '[PUT]&/a&x=1']);
  expect(marked('GET&/a&', 'GET&/wiki/a&')).toEqual(['GET&/a&', 'GET&/[wiki/]a&']);
  expect(marked('GET&/a&x=a%20b&y=1', 'GET&/b&x=a%2Bb&y=1')).toEqual([
    'GET&/[a]&x=a[%20]b&y=1',
    'GET&/[b]&x=a[%2B]b&y=1',
  ]);
  expect(marked('same', 'same')).toEqual(['same', 'same']);
  expect(marked('', 'a')).toEqual(['', '[a]']);
  const long = Array.from({ length: 900 }, (_, index) => index).join('&');
  const [ours = '', theirs = ''] = marked(`a&${long}&b`, `c&1${long}&d`);
  expect([ours[0], ours.at(-1), theirs[0], theirs.at(-1)]).toEqual(['[', ']', '[', ']']);
});

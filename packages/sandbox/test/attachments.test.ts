import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createJiraClient, type JiraClient } from '../../countersign/src/jira/client.ts';
import { type Sandbox, startSandbox } from '../src/index.ts';
import { callSigned, lastVerdict, makeToken, send, startApp } from './app.ts';

let time = Date.now();
let site: Sandbox;
let jira: JiraClient;
const issue = '/rest/api/3/issue/XX-21';
const upload = `${issue}/attachments`;

beforeAll(async () => {
  site = await startSandbox({ now: () => time });
});
afterAll(() => site.close());
beforeEach(async () => {
  site.reset();
  const app = await startApp({ scopes: ['READ', 'WRITE', 'DELETE'] });
  await site.install(app.descriptorUrl);
  jira = createJiraClient({
    credentials: {
      ...{ siteUrl: site.url, appKey: 'test-app' },
      sharedSecret: site.sharedSecret('test-app'),
    },
    now: () => time,
  });
});

interface Upload {
  name?: string;
  header?: string | undefined;
  token?: string;
  target?: string;
}

/** Uploads as any client would: with the platform's own form. */
function post(content: Blob | string, sent: Upload = {}): Promise<Response> {
  const { name = 'file', target = upload } = sent;
  const header = 'header' in sent ? sent.header : 'no-check';
  const form = new FormData();
  if (typeof content === 'string') form.append(name, content);
  else form.append(name, content, 'a.txt');
  const token = sent.token ?? `JWT ${makeToken(site, target, { method: 'POST', now: time })}`;
  return fetch(site.url + target, {
    method: 'POST',
    headers: {
      authorization: token,
      ...(header === undefined ? {} : { 'x-atlassian-token': header }),
    },
    body: form,
  });
}

const signed = (target: string, method = 'GET') => callSigned(site, target, { method, now: time });

const basic = (index: number) => {
  const person = site.people[index] ?? expect.fail();
  return `Basic ${Buffer.from(`${person.emailAddress}:${person.apiToken}`).toString('base64')}`;
};

describe('an upload', () => {
  test('is answered with a list, and stands in the issue', async () => {
    const answer = await post(new Blob(['hello'], { type: 'text/plain' }));
    expect(answer.status).toBe(200);
    const [attachment] = (await answer.json()) as Record<string, unknown>[];
    expect(attachment).toMatchObject({
      ...{ id: '10001', filename: 'a.txt', size: 5, mimeType: 'text/plain' },
      self: `${site.url}/rest/api/3/attachment/10001`,
      content: `${site.url}/rest/api/3/attachment/content/10001`,
      author: { accountType: 'app' },
      created: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+\+0000$/),
    });
    const read = await (await signed(`${issue}?fields=attachment`)).json();
    expect(read).toMatchObject({ fields: { attachment: [attachment] } });
    const one = await (await signed('/rest/api/3/attachment/10001')).json();
    expect(one).toMatchObject({ ...attachment, id: 10001 });
    const meta = await (await signed('/rest/api/3/attachment/meta')).json();
    expect(meta).toEqual({ enabled: true, uploadLimit: 10_485_760 });
  });

  test.each([undefined, 'check'])('with X-Atlassian-Token %s is refused by 403', async (header) => {
    const answer = await post(new Blob(['x']), { header });
    expect([answer.status, await answer.text()]).toEqual([403, 'XSRF check failed']);
  });

  test('is refused where it is no form of files named "file"', async () => {
    expect((await post('text')).status).toBe(400);
    expect((await post(new Blob(['x']), { name: 'files' })).status).toBe(400);
    const headers = {
      authorization: `JWT ${makeToken(site, upload, { method: 'POST', now: time })}`,
      'x-atlassian-token': 'no-check',
    };
    const json = { ...headers, 'content-type': 'application/json' };
    const form = { ...headers, 'content-type': 'multipart/form-data; boundary=x' };
    const send = (sent: Record<string, string>) =>
      fetch(site.url + upload, { method: 'POST', headers: sent, body: '{}' });
    expect((await send(json)).status).toBe(415);
    expect((await send(form)).status).toBe(400);
  });

  test('that is too large is refused by 413', async () => {
    expect((await post(new Blob([new Uint8Array(10_485_760)]))).status).toBe(200);
    expect((await post(new Blob([new Uint8Array(10_485_761)]))).status).toBe(413);
    expect((await post(new Blob([new Uint8Array(12_000_000)]))).status).toBe(413);
  });

  test('needs an issue, and the permission there', async () => {
    const missing = '/rest/api/3/issue/XX-99/attachments';
    expect((await post(new Blob(['x']), { target: missing })).status).toBe(404);
    expect((await post(new Blob(['x']), { token: basic(0) })).status).toBe(200);
    expect((await post(new Blob(['x']), { token: basic(1) })).status).toBe(403);
    expect(site.issue('XX-21')?.fields.attachment).toHaveLength(1);
  });
});

describe('the file of an attachment', () => {
  const content = '/rest/api/3/attachment/content/10001';
  beforeEach(async () => {
    await post(new Blob(['0123456789'], { type: 'text/plain' }));
  });

  async function location(): Promise<string> {
    const token = `JWT ${makeToken(site, content, { now: time })}`;
    const answer = await fetch(site.url + content, {
      headers: { authorization: token },
      redirect: 'manual',
    });
    expect(answer.status).toBe(303);
    return answer.headers.get('location') ?? '';
  }

  test('is at another host, by a signed URL', async () => {
    const url = await location();
    expect(new URL(url).origin).toBe(site.mediaUrl);
    expect(site.mediaUrl).not.toBe(site.url);
    const file = await fetch(url);
    expect([file.status, await file.text()]).toEqual([200, '0123456789']);
    expect(file.headers.get('content-type')).toBe('text/plain');
    expect(site.requests.at(-1)).toMatchObject({
      ...{ direction: 'inbound', method: 'GET', status: 200 },
      path: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/file\/[\w-]+\/binary$/),
    });
    expect((await fetch(url, { method: 'HEAD' })).headers.get('content-length')).toBe('10');
  });

  test('is refused there with an Authorization header, which the log tells', async () => {
    const answer = await fetch(await location(), { headers: { authorization: 'JWT a.b.c' } });
    expect(answer.status).toBe(400);
    expect(site.requests.at(-1)).toMatchObject({ status: 400 });
    expect(lastVerdict(site).reason).toMatch(/Authorization header was sent to the media host/);
  });

  test('is refused there by a URL that was changed, or is older than ten minutes', async () => {
    const url = await location();
    expect((await fetch(url.replace(/token=\d/, 'token=9'))).status).toBe(403);
    expect((await fetch(url.replace(/\?.*/, ''))).status).toBe(403);
    expect((await fetch(url, { method: 'POST' })).status).toBe(405);
    time += 600_001;
    expect((await fetch(url)).status).toBe(403);
  });

  test.each([
    ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-2', 206, '89', 'bytes 8-9/10'],
    ['bytes=5-99', 206, '56789', 'bytes 5-9/10'],
    ['bytes=10-', 416, '', 'bytes */10'],
    ['lines=1-2', 200, '0123456789', null],
  ])('by Range %s is answered with %i', async (range, status, text, contentRange) => {
    const direct = `${content}?redirect=false`;
    const token = `JWT ${makeToken(site, direct, { now: time })}`;
    for (const answer of [
      await fetch(await location(), { headers: { range } }),
      await fetch(site.url + direct, { headers: { range, authorization: token } }),
    ]) {
      expect([answer.status, await answer.text()]).toEqual([status, text]);
      expect(answer.headers.get('content-range')).toBe(contentRange);
    }
  });

  test('is gone with its attachment, which the one who may deletes', async () => {
    const url = await location();
    const target = '/rest/api/3/attachment/10001';
    expect((await send(site, target, basic(1), { method: 'DELETE' })).status).toBe(403);
    expect((await signed(target, 'DELETE')).status).toBe(204);
    expect((await signed(target, 'DELETE')).status).toBe(404);
    expect((await signed(content)).status).toBe(404);
    expect((await fetch(url)).status).toBe(404);
  });

  test('is nobody else’s: an anonymous caller is told that there is none', async () => {
    expect((await send(site, content)).status).toBe(404);
    expect((await send(site, '/rest/api/3/attachment/10001')).status).toBe(404);
  });

  test('is gone with the issue', async () => {
    expect((await signed(issue, 'DELETE')).status).toBe(204);
    expect((await signed(content)).status).toBe(404);
  });
});

test('a client attaches, lists and downloads, and its token stays with the site', async () => {
  const name = 'größe "final".txt';
  const [text, stream] = await jira.attach('XX-21', [
    { data: Buffer.from('from a buffer'), name, type: 'text/plain' },
    { data: new Blob(['from a stream']).stream(), name: 'stream.bin' },
  ]);
  expect(text).toMatchObject({ filename: name, size: 13, mimeType: 'text/plain' });
  const part = await jira.download(text?.id ?? '', { headers: { range: 'bytes=5-5' } });
  expect([part.status, await part.text()]).toEqual([206, 'a']);
  const whole = await jira.download(String(stream?.content));
  expect(await whole.text()).toBe('from a stream');
  expect(site.requests.map(({ status }) => status).slice(-4)).toEqual([303, 206, 303, 200]);
  await expect(jira.download(404)).rejects.toMatchObject({
    code: 'JIRA_NOT_FOUND',
    path: '/rest/api/3/attachment/content/404',
  });
  await expect(jira.attach('XX-99', { data: 'x', name: 'x' })).rejects.toMatchObject({
    code: 'JIRA_NOT_FOUND',
  });
});

test('a client goes through all pages of each kind', async () => {
  const key = site.issue('XX-21')?.key;
  expect(key).toBe('XX-21');
  for (let number = 0; number < 23; number += 1) {
    await jira.post('/rest/api/3/issue', {
      body: {
        fields: {
          project: { key: 'YY' },
          issuetype: { name: 'Task' },
          summary: `Number ${number}`,
        },
      },
    });
    await jira.post(`${issue}/comment`, {
      body: {
        body: {
          ...{ type: 'doc', version: 1 },
          content: [{ type: 'paragraph', content: [{ type: 'text', text: `${number}` }] }],
        },
      },
    });
  }
  const all = async (path: string, options: Parameters<JiraClient['paginate']>[1]) => {
    const ids: string[] = [];
    for await (const { id } of jira.paginate<{ id: string }>(path, options)) ids.push(id);
    return ids;
  };

  const query = { jql: 'project = YY ORDER BY key', fields: 'summary' };
  const found = await all('/rest/api/3/search/jql', { query, pageSize: 10 });
  expect(new Set(found).size).toBe(23);
  const body = { jql: query.jql, fields: ['summary'] };
  expect(await all('/rest/api/3/search/jql', { body, pageSize: 4 })).toEqual(found);
  const comments = await all(`${issue}/comment`, { pageSize: 5 });
  expect(new Set(comments).size).toBe(23);
  expect(await all(`${issue}/comment`, { pageSize: 5, limit: 7 })).toEqual(comments.slice(0, 7));
  expect(await all('/rest/api/3/project/search', { pageSize: 1 })).toEqual(['10000', '10001']);
  expect((await all('/rest/api/3/field', {})).length).toBeGreaterThan(10);
});

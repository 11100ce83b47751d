import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isJiraApiError, type JiraApiError } from '../../src/index.ts';
import { type DownloadOptions, download } from '../../src/jira/download.ts';
import { createJiraClient, type JiraClient } from '../../src/jira/index.ts';
import { close, listen, unreachableUrl } from '../connect/atlassian-host.ts';
import { type RecordingSite, startRecordingSite } from './recording-site.ts';

let site: RecordingSite;
let jira: JiraClient;
/** The other host: it gets what a token must not reach. */
let media: string;
const arrived: { target: string; headers: IncomingHttpHeaders }[] = [];
let mediaAnswer: RequestListener;
const mediaServer = createServer((request, response) => {
  arrived.push({ target: request.url ?? '', headers: request.headers });
  mediaAnswer(request, response);
});
const signature = '1763984000.c2lnbmF0dXJlLW9mLXRoZS1maWxl';

beforeAll(async () => {
  site = await startRecordingSite();
  media = await listen(mediaServer);
  jira = createJiraClient({
    credentials: { siteUrl: site.origin, appKey: 'panel-app', sharedSecret: 'secret-1' },
  });
});
afterAll(async () => {
  await close(mediaServer);
  await site.close();
});
beforeEach(() => {
  site.requests.length = 0;
  arrived.length = 0;
  mediaAnswer = (_request, response) => response.end('the file');
  site.answer = redirectTo(() => `${media}/file/1/binary?token=${signature}`);
});

function redirectTo(location: () => string | undefined, status = 303): RequestListener {
  return (_request, response) => {
    const to = location();
    response.writeHead(status, to === undefined ? {} : { location: to }).end();
  };
}

async function failureOf(
  attachment: string | number,
  options: DownloadOptions = {},
): Promise<JiraApiError> {
  const error = await download(jira, attachment, options).then(
    (answer) => expect.fail(`it was answered with ${answer.status}`),
    (caught: unknown) => caught,
  );
  return isJiraApiError(error) ? error : expect.fail(`${error}`);
}

describe('a download', () => {
  test.each([10042, '10042'])('by the id %j is asked of the site', async (id) => {
    const answer = await download(jira, id);
    expect(await answer.text()).toBe('the file');
    expect(site.requests.map(({ target }) => target)).toEqual([
      '/rest/api/3/attachment/content/10042',
    ]);
    expect(site.requests[0]?.claims).not.toHaveProperty('refused');
    expect(arrived.map(({ target }) => target)).toEqual([`/file/1/binary?token=${signature}`]);
  });

  test.each([
    ['a path', '/rest/api/3/attachment/content/7?x=1'],
    ['the URL of an attachment', 'content'],
  ])('by %s is, too', async (_, path) => {
    const target = path === 'content' ? '/rest/api/3/attachment/content/7' : path;
    await download(jira, path === 'content' ? `${site.origin}${target}` : path);
    expect(site.requests[0]?.target).toBe(target);
  });

  test('takes nothing of the site to the other host: no token, no cookie, no header of its own', async () => {
    await download(jira, 1, {
      headers: {
        Range: 'bytes=0-3',
        'If-None-Match': '"1"',
        Accept: 'image/png',
        Cookie: 'session=1',
        'X-Own': '1',
        Authorization: 'Bearer other',
        'Proxy-Authorization': 'Basic abc',
      },
    });
    expect(site.requests[0]?.headers).toMatchObject({ range: 'bytes=0-3', 'x-own': '1' });
    const { headers } = arrived[0] ?? expect.fail();
    expect(headers).toMatchObject({
      range: 'bytes=0-3',
      'if-none-match': '"1"',
      accept: 'image/png',
      'accept-encoding': 'identity',
    });
    for (const name of ['authorization', 'cookie', 'x-own', 'proxy-authorization', 'referer']) {
      expect(headers, name).not.toHaveProperty(name);
    }
    expect(JSON.stringify(headers)).not.toContain(site.requests[0]?.token);
  });

  test('gives the answer of a part, and of what has not changed', async () => {
    mediaAnswer = (_request, response) =>
      response.writeHead(206, { 'content-range': 'bytes 0-2/8' }).end('the');
    const part = await download(jira, 1, { headers: { range: 'bytes=0-2' } });
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
      206,
      'bytes 0-2/8',
      'the',
    ]);
    mediaAnswer = (_request, response) => response.writeHead(304).end();
    expect((await download(jira, 1, { headers: { 'if-none-match': '"1"' } })).status).toBe(304);
  });

  test('needs no other host where the site gives the file itself', async () => {
    site.answer = (_request, response) => response.end('inline');
    expect(await (await download(jira, 1)).text()).toBe('inline');
    expect(arrived).toEqual([]);
  });

  test('is signed anew where the other host leads back to the site', async () => {
    mediaAnswer = redirectTo(() => `${site.origin}/rest/api/3/attachment/content/2`);
    const first = site.answer;
    site.answer = (request, response) =>
      request.url?.endsWith('/2') ? response.end('of the site') : first(request, response);
    expect(await (await download(jira, 1)).text()).toBe('of the site');
    expect(site.requests.map(({ claims }) => claims.refused)).toEqual([undefined, undefined]);
    expect(arrived[0]?.headers).not.toHaveProperty('authorization');
  });

  test('follows a path of the site', async () => {
    site.answer = (request, response) =>
      request.url === '/other'
        ? response.end('moved')
        : response.writeHead(302, { location: '/other' }).end();
    expect(await (await download(jira, 1)).text()).toBe('moved');
  });

  test('asks the client for nothing of another host, where the answers tell their URL', async () => {
    const asked: string[] = [];
    const at = (origin: string): JiraClient => ({
      ...jira,
      fetch: async (path, init) => {
        asked.push(path);
        const response = await jira.fetch(path, init);
        return Object.defineProperty(response, 'url', { value: new URL(path, origin).href });
      },
    });
    expect(await (await download(at(site.origin), 1)).text()).toBe('the file');
    expect(asked).toEqual(['/rest/api/3/attachment/content/1']);
    const fromHttps = download(at('https://example.atlassian.net'), 1);
    await expect(fromHttps).rejects.toMatchObject({ code: 'JIRA_REDIRECTED' });
    expect(arrived).toHaveLength(1);
  });

  test('is a stream: its start is there before its end', async () => {
    let finish: () => void = () => {};
    mediaAnswer = (_request, response) => {
      response.write('start');
      finish = () => response.end('end');
    };
    const answer = await download(jira, 1);
    const reader = (answer.body ?? expect.fail()).getReader();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('start');
    finish();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('end');
    expect((await reader.read()).done).toBe(true);
  });

  test('is decompressed', async () => {
    mediaAnswer = (_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('the file'));
    expect(await (await download(jira, 1)).text()).toBe('the file');
  });

  test('has no time limit for its body, which its signal still ends', async () => {
    mediaAnswer = (_request, response) => {
      response.write('start');
    };
    const controller = new AbortController();
    const answer = await download(jira, 1, { timeoutMs: 150, signal: controller.signal });
    const reader = (answer.body ?? expect.fail()).getReader();
    await reader.read();
    const rest = reader.read();
    const early = await Promise.race([
      rest.then(
        () => 'ended',
        () => 'ended',
      ),
      new Promise((resolve) => setTimeout(() => resolve('still open'), 200)),
    ]);
    expect(early).toBe('still open');
    controller.abort();
    await expect(rest).rejects.toThrow();
  });
});

describe('a download fails', () => {
  test.each([
    [403, 'JIRA_FORBIDDEN'],
    [404, 'JIRA_NOT_FOUND'],
    [416, 'JIRA_UNEXPECTED_STATUS'],
    [503, 'JIRA_UNAVAILABLE'],
  ])('with the host and not its query, where that host answers %i', async (status, code) => {
    mediaAnswer = (_request, response) =>
      response.writeHead(status).end(`no: token=${signature} in ?token=${signature}`);
    const error = await failureOf(1);
    expect(error).toMatchObject({ code, status, path: `${media}/file/1/binary` });
    expect(error.message).toContain(media);
    expect(error.hint).toContain(new URL(media).host);
    expect(JSON.stringify(error)).not.toContain(signature);
  });

  test.each([404, 401])('as any call, where the site answers %i', async (status) => {
    site.answer = (_request, response) =>
      response.writeHead(status).end('{"errorMessages":["no attachment"]}');
    const error = await failureOf(9);
    expect(error).toMatchObject({ status, path: '/rest/api/3/attachment/content/9' });
    expect(error.message).toContain('no attachment');
    expect(error.diagnosis?.evidence).toContain(String(status));
    expect(arrived).toEqual([]);
  });

  test.each([
    ['a host without https', () => 'http://media.example.com/file'],
    ['another scheme', () => 'file:///etc/passwd'],
    ['no URL', () => 'http://'],
    ['a login', () => `${site.origin}/login.jsp?os_destination=x`],
    ['a login of Atlassian', () => 'https://id.atlassian.com/login?continue=x'],
    ['a place that it does not name', () => undefined],
  ])('where the site leads to %s', async (_, location) => {
    site.answer = redirectTo(location, 302);
    const error = await failureOf(1);
    expect(error).toMatchObject({ code: 'JIRA_REDIRECTED', status: 302 });
    expect(site.requests).toHaveLength(1);
    expect(arrived).toEqual([]);
  });

  test('after five redirects', async () => {
    mediaAnswer = redirectTo(() => `${media}/round`);
    const error = await failureOf(1);
    expect(error).toMatchObject({ code: 'JIRA_REDIRECTED' });
    expect(error.message).toContain('5 redirects');
    expect(arrived).toHaveLength(5);
  });

  test('where nobody answers at the other host', async () => {
    const nobody = await unreachableUrl();
    site.answer = redirectTo(() => `${nobody}/file?token=${signature}`);
    const error = await failureOf(1);
    expect(error).toMatchObject({ code: 'JIRA_UNREACHABLE', path: `${nobody}/file` });
    expect(JSON.stringify(error)).not.toContain(signature);
  });

  test('where the other host takes too long', async () => {
    mediaAnswer = () => {};
    const error = await failureOf(1, { timeoutMs: 100 });
    expect(error).toMatchObject({ code: 'JIRA_TIMEOUT' });
    expect(error.message).toContain('within 100 ms');
  });

  test('with the reason of its signal', async () => {
    const controller = new AbortController();
    const reason = new Error('the user left');
    mediaAnswer = () => controller.abort(reason);
    await expect(download(jira, 1, { signal: controller.signal })).rejects.toBe(reason);
  });

  test('with a URL of another site, which is not asked', async () => {
    expect(await failureOf(`${media}/file/1`)).toMatchObject({ code: 'JIRA_URL_REFUSED' });
    expect(arrived).toEqual([]);
  });

  test('with an unknown option', async () => {
    await expect(download(jira, 1, { range: 'x' } as never)).rejects.toMatchObject({
      code: 'CONFIG_OPTION_UNKNOWN',
    });
  });
});

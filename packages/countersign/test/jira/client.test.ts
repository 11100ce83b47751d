import { createServer, type RequestListener } from 'node:http';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  isConfigError,
  isJiraApiError,
  type JiraApiError,
  type JiraClient,
} from '../../src/index.ts';
import { createJiraClient, type JiraClientOptions } from '../../src/jira/index.ts';
import { VERSION } from '../../src/version.ts';
import { close, listen, unreachableUrl } from '../connect/atlassian-host.ts';
import { type RecordedRequest, type RecordingSite, startRecordingSite } from './recording-site.ts';

let site: RecordingSite;
let jira: JiraClient;
const defaultAnswer: RequestListener = (_request, response) => response.end('{}');

beforeAll(async () => {
  site = await startRecordingSite();
});
afterAll(() => site.close());
beforeEach(() => {
  site.requests.length = 0;
  site.sharedSecret = 'secret-1';
  site.answer = defaultAnswer;
  jira = clientOf(site.origin);
});

function clientOf(siteUrl: string, change: Partial<JiraClientOptions> = {}): JiraClient {
  const credentials = { siteUrl, appKey: 'panel-app', sharedSecret: 'secret-1' };
  return createJiraClient({ credentials, baseDelayMs: 0, ...change });
}

const answerWith =
  (status: number, body = '', headers: Record<string, string> = {}): RequestListener =>
  (_request, response) =>
    response.writeHead(status, headers).end(body);

function lastRequest(): RecordedRequest {
  return site.requests.at(-1) ?? expect.fail('nothing arrived');
}

async function errorOf(call: Promise<unknown>): Promise<JiraApiError> {
  const error = await call.then(
    (answer) => expect.fail(`it was answered: ${inspect(answer)}`),
    (caught: unknown) => caught,
  );
  if (isJiraApiError(error)) return error;
  throw error;
}

describe('a token', () => {
  test('is made by the app, for three minutes, in the scheme JWT', async () => {
    const now = () => 1_700_000_000_500;
    await clientOf(site.origin, { now }).get('/rest/api/3/myself');
    const { claims, headers } = lastRequest();
    expect(headers.authorization).toMatch(/^JWT [\w-]+\.[\w-]+\.[\w-]+$/);
    expect(claims).toEqual({
      iss: 'panel-app',
      iat: 1_700_000_000,
      exp: 1_700_000_180,
      qsh: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test('is fresh for each call', async () => {
    let time = 1_700_000_000_000;
    const client = clientOf(site.origin, { now: () => time });
    await client.get('/rest/api/3/myself');
    time += 1000;
    await client.get('/rest/api/3/myself');
    const [first, second] = site.requests;
    expect(first?.token).not.toBe(second?.token);
    expect(second?.claims.iat).toBe(1_700_000_001);
  });

  test('is signed with the newest secret, which is asked for before each call', async () => {
    let sharedSecret = 'secret-1';
    const client = createJiraClient({
      credentials: async () => ({ siteUrl: site.origin, appKey: 'panel-app', sharedSecret }),
    });
    await client.get('/rest/api/3/myself');
    sharedSecret = site.sharedSecret = 'secret-2';
    await expect(client.get('/rest/api/3/myself')).resolves.toEqual({});
    expect(site.requests).toHaveLength(2);
  });

  test.each(['authorization', 'Authorization', 'AUTHORIZATION'])(
    'never gives way to the header %s of a caller',
    async (name) => {
      await jira.get('/rest/api/3/myself', {
        headers: { [name]: 'Bearer stolen', 'x-other': '1' },
      });
      await jira.fetch('/rest/api/3/myself', {
        headers: { [name]: 'Bearer stolen', 'x-other': '1' },
      });
      for (const { headers, claims } of site.requests) {
        expect(headers.authorization).toMatch(/^JWT eyJ/);
        expect(claims).not.toHaveProperty('refused');
        expect(headers['x-other']).toBe('1');
      }
    },
  );

  test('is not made without credentials: their error is the answer', async () => {
    const failure = new Error('the store is down');
    const client = createJiraClient({ credentials: () => Promise.reject(failure) });
    await expect(client.get('/rest/api/3/myself')).rejects.toBe(failure);
    await expect(client.fetch('/rest/api/3/myself')).rejects.toBe(failure);
  });

  test('is not made with an empty secret', async () => {
    const client = createJiraClient({
      credentials: { siteUrl: site.origin, appKey: 'panel-app', sharedSecret: '' },
    });
    await expect(client.get('/rest/api/3/myself')).rejects.toMatchObject({
      code: 'TOKEN_OPTION_INVALID',
    });
    expect(site.requests).toEqual([]);
  });
});

describe('the hash is of exactly what arrives', () => {
  test.each<[string, Parameters<JiraClient['get']>[1], string]>([
    ['/rest/api/3/myself', {}, '/rest/api/3/myself'],
    ['rest/api/3/myself', {}, '/rest/api/3/myself'],
    ['/rest/api/3/myself/', {}, '/rest/api/3/myself/'],
    ['/rest/api/3/x?a=b%20c&d', {}, '/rest/api/3/x?a=b%20c&d'],
    ['/rest/api/3/x?a=1', { query: { b: 2, c: true } }, '/rest/api/3/x?a=1&b=2&c=true'],
    ['/rest/api/3/x?a=1,2&a=3', {}, '/rest/api/3/x?a=1,2&a=3'],
    ['/x', { query: { jql: 'a = "b" AND c ~ d+e' } }, '/x?jql=a+%3D+%22b%22+AND+c+%7E+d%2Be'],
    ['/x', { query: { name: 'Grüße 🎉 ключ' } }, undefined as never],
    ['/x', { query: { list: 'a,b,c', lists: ['x,y', 'z'] } }, undefined as never],
    ['/x', { query: { id: [3, 1, 2, 1], B: 'b', a: 'a' } }, '/x?id=3&id=1&id=2&id=1&B=b&a=a'],
    ['/x', { query: { none: undefined, empty: '', nothing: [] } }, '/x?empty='],
    ['/x', { query: { "~*'()!": "~*'()!", '%2F': '100%' } }, undefined as never],
    ['/x?expand=a#top', { query: { y: 1 } }, '/x?expand=a&y=1'],
    ["/x/it's", {}, "/x/it's"],
    ['/x/a|b', {}, '/x/a%7Cb'],
    ['/x/a%2Fb%2fc', {}, '/x/a%2Fb%2fc'],
    ['/x/a b', {}, '/x/a%20b'],
    ['/x/ü', {}, '/x/%C3%BC'],
    ['/x/a&b;c=d', {}, '/x/a&b;c=d'],
    ['/x//y', {}, '/x//y'],
    ['/x/(a)!*~$@:,', {}, '/x/(a)!*~$@:,'],
    ['/x/"<>`{}^\\y', {}, undefined as never],
  ])('%s %o', async (path, options, target) => {
    await jira.get(path, options);
    if (target !== undefined) expect(lastRequest().target).toBe(target);
    const call = { ...options, method: 'DELETE' } as const;
    await jira.fetch(path, call);
    for (const { claims } of site.requests) expect(claims).not.toHaveProperty('refused');
    expect(site.requests).toHaveLength(2);
  });

  test('values arrive as they were given', async () => {
    // Where names sort differently raw and encoded, Atlassian's package follows another rule (docs/qsh.md).
    const query = { a: 'x+y & z=1,2', list: ['p q', 'r'], z: '✓' };
    await jira.get('/x', { query });
    const arrived = new URL(lastRequest().target, site.origin).searchParams;
    expect([arrived.get('a'), arrived.get('z'), arrived.getAll('list')]).toEqual([
      'x+y & z=1,2',
      '✓',
      ['p q', 'r'],
    ]);
  });

  test('a full URL of the same site is as good as a path', async () => {
    await jira.get(`${site.origin}/rest/api/3/myself?expand=groups`);
    expect(lastRequest().target).toBe('/rest/api/3/myself?expand=groups');
  });

  test.each(['', '/'])('a site with a context path, written with %j at its end', async (end) => {
    const wiki = await startRecordingSite('/wiki');
    const client = clientOf(`${wiki.origin}/wiki${end}`);
    await client.get('/rest/api/content?title=a b');
    await client.get(`${wiki.origin}/wiki/rest/api/content`);
    expect(wiki.requests.map(({ target }) => target)).toEqual([
      '/wiki/rest/api/content?title=a%20b',
      '/wiki/rest/api/content',
    ]);
    for (const { claims } of wiki.requests) expect(claims).not.toHaveProperty('refused');
    const outside = [
      '/../rest/api/3/myself',
      '/%2e%2e/x',
      `${wiki.origin}/rest`,
      `${wiki.origin}/wikis`,
    ];
    for (const path of outside) {
      expect((await errorOf(client.get(path))).code).toBe('JIRA_URL_REFUSED');
    }
    expect(wiki.requests).toHaveLength(2);
    await wiki.close();
  });

  test('a site written with a slash at its end', async () => {
    await clientOf(`${site.origin}/`).get('/rest/api/3/myself');
    expect(lastRequest().target).toBe('/rest/api/3/myself');
  });
});

describe('what is sent', () => {
  test('names this package and the app, and asks for JSON', async () => {
    await jira.get('/x');
    expect(lastRequest().headers).toMatchObject({
      'user-agent': `countersign/${VERSION} (panel-app)`,
      accept: 'application/json',
    });
    await jira.get('/x', { headers: { Accept: 'text/csv', 'User-Agent': 'mine' } });
    expect(lastRequest().headers).toMatchObject({ accept: 'text/csv', 'user-agent': 'mine' });
  });

  test.each(['post', 'put'] as const)('%s sends its body as JSON', async (method) => {
    const body = { fields: { summary: 'Grüße', list: [1, null] } };
    await jira[method]('/rest/api/3/issue', { body, query: { x: 1 } });
    expect(lastRequest()).toMatchObject({
      method: method.toUpperCase(),
      target: '/rest/api/3/issue?x=1',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  });

  test.each([null, false, 0, '', 'text', []])('a body of %j is one', async (body) => {
    await jira.put('/rest/api/3/issue/XX-21/properties/x', { body });
    expect(lastRequest().body).toBe(JSON.stringify(body));
  });

  test('no body is none', async () => {
    await jira.post('/x');
    await jira.put('/x', { body: undefined });
    await jira.get('/x');
    await jira.delete('/x');
    for (const { body, headers } of site.requests) {
      expect(body).toBe('');
      expect(headers).not.toHaveProperty('content-type');
    }
    expect(site.requests.map(({ method }) => method)).toEqual(['POST', 'PUT', 'GET', 'DELETE']);
  });

  test('another content type is possible', async () => {
    const headers = { 'Content-Type': 'application/json-patch+json' };
    await jira.put('/x', { body: [], headers });
    expect(lastRequest().headers['content-type']).toBe('application/json-patch+json');
  });
});

describe('an answer', () => {
  test('of JSON is parsed', async () => {
    site.answer = answerWith(201, '{"key":"XX-21","nested":[1]}');
    expect(await jira.post('/x', { body: {} })).toEqual({ key: 'XX-21', nested: [1] });
  });

  test.each([
    ['204', answerWith(204)],
    ['200 without a body', answerWith(200)],
  ])('of %s is undefined', async (_name, answer) => {
    site.answer = answer;
    expect(await jira.put('/x', { body: {} })).toBeUndefined();
  });

  test.each(['text', '<html>', '{"a":', 'undefined'])('of %j is no JSON', async (body) => {
    site.answer = answerWith(200, body, { 'content-type': 'text/x-odd' });
    const error = await errorOf(jira.get('/x'));
    expect(error).toMatchObject({ code: 'JIRA_ANSWER_INVALID', status: 200, path: '/x' });
    expect(error.message).toContain('text/x-odd');
  });

  test('larger than maxAnswerBytes is refused, of exactly that size is read', async () => {
    site.answer = answerWith(200, JSON.stringify('x'.repeat(98)));
    expect(await clientOf(site.origin, { maxAnswerBytes: 100 }).get('/x')).toHaveLength(98);
    const error = await errorOf(clientOf(site.origin, { maxAnswerBytes: 99 }).get('/x'));
    expect(error).toMatchObject({ code: 'JIRA_ANSWER_TOO_LARGE', status: 200 });
  });

  test('that never ends is cut off', async () => {
    let hungUp: () => void;
    const hangingUp = new Promise<void>((resolve) => {
      hungUp = resolve;
    });
    site.answer = (_request, response) => {
      response.on('close', () => hungUp());
      const pour = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', pour);
      pour();
    };
    const client = clientOf(site.origin, { maxAnswerBytes: 1000 });
    expect((await errorOf(client.get('/x'))).code).toBe('JIRA_ANSWER_TOO_LARGE');
    await hangingUp;
  });

  test('as it came is what jira.fetch gives, whatever its status', async () => {
    site.answer = answerWith(404, 'plain', { 'x-mine': 'yes' });
    const response = await jira.fetch('/x', { method: 'patch', body: 'raw', query: { a: 1 } });
    expect([response.status, response.headers.get('x-mine'), await response.text()]).toEqual([
      404,
      'yes',
      'plain',
    ]);
    expect(lastRequest()).toMatchObject({ method: 'PATCH', target: '/x?a=1', body: 'raw' });
  });
});

describe('a refusal', () => {
  test.each<[number, string]>([
    [400, 'JIRA_BAD_REQUEST'],
    [401, 'JIRA_UNAUTHENTICATED'],
    [403, 'JIRA_FORBIDDEN'],
    [404, 'JIRA_NOT_FOUND'],
    [405, 'JIRA_UNEXPECTED_STATUS'],
    [409, 'JIRA_CONFLICT'],
    [413, 'JIRA_UNEXPECTED_STATUS'],
    [429, 'JIRA_RATE_LIMITED'],
    [500, 'JIRA_UNAVAILABLE'],
    [503, 'JIRA_UNAVAILABLE'],
  ])('with %i is %s', async (status, code) => {
    site.answer = answerWith(status, '{"errorMessages":["No."],"errors":{}}');
    const error = await errorOf(jira.put('/rest/api/3/issue/XX-21?secret=1', { body: {} }));
    expect(error).toMatchObject({
      code,
      status,
      method: 'PUT',
      path: '/rest/api/3/issue/XX-21',
      errorMessages: ['No.'],
      httpStatus: 502,
      retryAfterSeconds: undefined,
    });
    expect(error.message).toBe(`PUT /rest/api/3/issue/XX-21 was answered with ${status}: No.`);
  });

  test.each<[string, string, string[], Record<string, string>]>([
    [
      'JSON of both kinds',
      '{"errorMessages":["One.","Two."],"errors":{"customfield_1":"Not on the screen."},"status":400}',
      ['One.', 'Two.'],
      { customfield_1: 'Not on the screen.' },
    ],
    [
      'JSON of fields alone',
      '{"errorMessages":[],"errors":{"summary":"Required."}}',
      [],
      { summary: 'Required.' },
    ],
    [
      'JSON of the gateway',
      '{"code":401,"message":"scope does not match"}',
      ['scope does not match'],
      {},
    ],
    [
      'JSON of Jira Service Management',
      '{"errorMessage":"No such request.","i18nErrorMessage":{"i18nKey":"sd.x"}}',
      ['No such request.'],
      {},
    ],
    [
      'plain text',
      'Client must be authenticated to access this resource.',
      ['Client must be authenticated to access this resource.'],
      {},
    ],
    [
      'HTML',
      '<html>\n<head><title>Oops</title></head><body>It <b>broke</b>.</body></html>',
      ['Oops It broke .'],
      {},
    ],
    ['nothing', '', [], {}],
    ['JSON that says nothing', '{}', [], {}],
    ['JSON of null', 'null', [], {}],
    ['JSON of a list', '["x"]', [], {}],
    [
      'JSON of odd types',
      '{"errorMessages":[7,null],"errors":{"a":{"b":1},"c":null}}',
      ['7', 'null'],
      { a: '[object Object]', c: 'null' },
    ],
  ])('keeps what Jira said in %s', async (_name, body, errorMessages, errors) => {
    site.answer = answerWith(400, body);
    const error = await errorOf(jira.get('/x'));
    expect(error).toMatchObject({ code: 'JIRA_BAD_REQUEST', errorMessages, errors });
    for (const said of [...errorMessages, ...Object.values(errors)]) {
      expect(error.message).toContain(said);
    }
  });

  test('that is endless is cut short', async () => {
    site.answer = answerWith(500, 'long '.repeat(100_000));
    const error = await errorOf(jira.get('/x'));
    expect(error.errorMessages[0]?.length).toBe(500);
  });

  const now = () => Date.parse('2026-11-02T09:00:00Z');
  test.each<[string, number | undefined]>([
    ['17', 17],
    ['0', 0],
    ['Mon, 02 Nov 2026 09:01:30 GMT', 90],
    ['Mon, 02 Nov 2026 08:00:00 GMT', 0],
    ['soon', undefined],
  ])('with Retry-After: %s says how many seconds: %s', async (header, seconds) => {
    site.answer = answerWith(429, '', { 'retry-after': header });
    const error = await errorOf(clientOf(site.origin, { now, maxTries: 1 }).get('/x'));
    expect(error.retryAfterSeconds).toBe(seconds);
  });

  test('that quotes the token or the secret shows neither', async () => {
    const quoting: ((said: string) => string)[] = [
      (said) => `You sent ${said}!`,
      (said) => `<p>${said}</p>`,
      (said) => JSON.stringify({ errorMessages: [said, `x${said}x`], errors: { field: said } }),
      (said) => JSON.stringify({ errors: { [said]: 'unknown' } }),
      (said) => JSON.stringify({ message: said }),
      (said) => `${'x'.repeat(480)} ${said}`,
    ];
    const client = clientOf(site.origin, {
      credentials: { siteUrl: site.origin, appKey: 'panel-app', sharedSecret: 'marked-secret' },
    });
    site.sharedSecret = 'marked-secret';
    for (const quote of quoting) {
      for (const status of [400, 401, 500]) {
        site.answer = ({ headers }, response) => {
          response.writeHead(status).end(quote(`${headers.authorization} marked-secret`));
        };
        const error = await errorOf(client.get('/x'));
        const shown = [
          inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true }),
          JSON.stringify(error),
          error.stack,
        ].join();
        const [header, claims, signature] = lastRequest().token.split('.');
        for (const part of [header, claims, signature, 'marked-secret', 'eyJ']) {
          expect(shown).not.toContain(part);
        }
      }
    }
  });
});

describe('x-seraph-loginreason', () => {
  const headers = { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' };

  test('with status 200: Jira ignored the token, and the answer is not to be trusted', async () => {
    site.answer = answerWith(200, '{"issues":[]}', headers);
    for (const call of [() => jira.get('/x'), () => jira.post('/x'), () => jira.fetch('/x')]) {
      expect(await errorOf(call())).toMatchObject({ code: 'JIRA_CREDENTIAL_IGNORED', status: 200 });
    }
  });

  test('with status 401 or 404: the token was not accepted', async () => {
    for (const status of [401, 404]) {
      site.answer = answerWith(status, '', headers);
      expect(await errorOf(jira.get('/x'))).toMatchObject({ code: 'JIRA_UNAUTHENTICATED', status });
    }
  });

  test('OK is no failure', async () => {
    site.answer = answerWith(200, '{}', { 'x-seraph-loginreason': 'OK' });
    expect(await jira.get('/x')).toEqual({});
  });
});

describe('credentials go to their own site alone', () => {
  test.each([
    'https://evil.example.com/rest',
    'http://evil.example.com/rest',
    '//evil.example.com/rest',
    '\\\\evil.example.com/rest',
    '/\\evil.example.com/rest',
    'HTTPS://evil.example.com',
    'https:evil.example.com',
    'file:///etc/passwd',
    'data:text/plain,x',
    'javascript:alert(1)',
    'mailto:x',
  ])('%s is refused before anything is sent', async (path) => {
    for (const call of [() => jira.get(path), () => jira.post(path), () => jira.fetch(path)]) {
      expect(await errorOf(call())).toMatchObject({ code: 'JIRA_URL_REFUSED' });
    }
    expect(site.requests).toEqual([]);
  });

  test('so are other ports, schemes and user info of the same host', async () => {
    const { port } = new URL(site.origin);
    for (const path of [
      `http://127.0.0.1:${Number(port) === 1 ? 2 : 1}/x`,
      'http://127.0.0.1/x',
      `https://127.0.0.1:${port}/x`,
      `http://user@127.0.0.1:${port}/x`,
      `http://user:pass@127.0.0.1:${port}/x`,
      `http://127.0.0.1:${port}@evil.example.com/x`,
      `http://127.0.0.1:${port}.evil.example.com/x`,
      `http://localhost:${port}/x`,
    ]) {
      const error = await errorOf(jira.get(path));
      expect(error.code, path).toBe('JIRA_URL_REFUSED');
      expect(error.message).not.toContain('pass');
    }
    expect(site.requests).toEqual([]);
  });

  test.each([undefined, null, 7, '', {}, ['/x']])('%j is no path', async (path) => {
    expect((await errorOf(jira.get(path as never))).code).toBe('JIRA_URL_REFUSED');
  });

  test.each([
    '@evil.example.com',
    '/@evil.example.com',
    ' https://evil.example.com',
    '\thttps://evil.example.com',
    ':80/x',
    '.evil.example.com',
  ])('what only looks like another host stays on the site: %j', async (path) => {
    await jira.get(path);
    expect(site.requests).toHaveLength(1);
    expect(lastRequest().claims).not.toHaveProperty('refused');
  });

  test.each([301, 302, 303, 307, 308])('a redirect (%i) is not followed', async (status) => {
    const visits: string[] = [];
    const elsewhere = createServer((request, response) => {
      visits.push(request.url ?? '');
      response.end('{}');
    });
    const location = `${await listen(elsewhere)}/rest/api/3/myself`;
    site.answer = answerWith(status, '', { location });
    const error = await errorOf(jira.get('/rest/api/3/myself'));
    expect(error).toMatchObject({ code: 'JIRA_REDIRECTED', status });
    const response = await jira.fetch('/rest/api/3/myself');
    expect([response.status, response.headers.get('location')]).toEqual([status, location]);
    expect((await jira.fetch('/x', { redirect: 'follow' } as never)).status).toBe(status);
    expect(visits).toEqual([]);
    await close(elsewhere);
  });
});

describe('time', () => {
  const never: RequestListener = () => undefined;
  afterEach(() => {
    site.answer = defaultAnswer;
  });

  test('runs out', async () => {
    site.answer = never;
    const error = await errorOf(jira.get('/x?y=1', { timeoutMs: 50 }));
    expect(error).toMatchObject({ code: 'JIRA_TIMEOUT', method: 'GET', path: '/x' });
    expect(error.message).toContain('50 ms');
    expect((await errorOf(clientOf(site.origin, { timeoutMs: 50 }).get('/x'))).code).toBe(
      'JIRA_TIMEOUT',
    );
    expect((await errorOf(jira.fetch('/x', { timeoutMs: 50 }))).code).toBe('JIRA_TIMEOUT');
  });

  test('runs out in the middle of an answer too', async () => {
    site.answer = (_request, response) => response.write('{"half":');
    expect((await errorOf(jira.get('/x', { timeoutMs: 200 }))).code).toBe('JIRA_TIMEOUT');
  });

  test('does not run out while a body of jira.fetch is read', async () => {
    let finish = () => undefined as unknown;
    site.answer = (_request, response) => {
      response.write('first ');
      finish = () => response.end('second');
    };
    const response = await jira.fetch('/x', { timeoutMs: 200 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    finish();
    expect(await response.text()).toBe('first second');
  });

  test('is ended by a signal, with its own reason', async () => {
    site.answer = never;
    const reason = new Error('the user went away');
    const controller = new AbortController();
    const call = jira.get('/x', { signal: controller.signal });
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
    await expect(jira.fetch('/x', { signal: controller.signal })).rejects.toBe(reason);
    await expect(jira.get('/x', { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });

  test('is ended by a signal in the middle of an answer too', async () => {
    const controller = new AbortController();
    const reason = new Error('the user went away');
    site.answer = (_request, response) => {
      response.write('{"half":');
      controller.abort(reason);
    };
    await expect(jira.get('/x', { signal: controller.signal })).rejects.toBe(reason);
  });
});

test('a site that cannot be reached is JIRA_UNREACHABLE, with the cause', async () => {
  const client = clientOf(await unreachableUrl());
  const error = await errorOf(client.get('/x'));
  expect(error).toMatchObject({ code: 'JIRA_UNREACHABLE', status: undefined, path: '/x' });
  expect(inspect(error.cause)).toContain('ECONNREFUSED');
  expect(inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true })).not.toContain(
    'eyJ',
  );
});

test('a site that hangs up is JIRA_UNREACHABLE', async () => {
  site.answer = (_request, response) => response.destroy();
  const error = await errorOf(jira.get('/x'));
  expect(error.code).toBe('JIRA_UNREACHABLE');
  expect(inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true })).not.toContain(
    'eyJ',
  );
});

describe('an unknown option names the nearest one', () => {
  test.each<[string, string, () => unknown]>([
    ['timeout', 'timeoutMs', () => clientOf('https://x.atlassian.net', { timeout: 1 } as never)],
    ['params', 'path', () => jira.get('/x', { params: {} } as never)],
    ['querry', 'query', () => jira.get('/x', { querry: {} } as never)],
    ['bodi', 'body', () => jira.post('/x', { bodi: {} } as never)],
    ['header', 'headers', () => jira.put('/x', { header: {} } as never)],
    ['signals', 'signal', () => jira.delete('/x', { signals: {} } as never)],
    ['field', 'fields', () => jira.editIssue('XX-21', { field: {} } as never)],
  ])('%s', async (name, near, call) => {
    const error = await (async () => call())().catch((caught: unknown) => caught);
    if (!isConfigError(error)) throw error;
    expect(error.code).toBe('CONFIG_OPTION_UNKNOWN');
    expect(error.message).toContain(`'${name}'`);
    if (near !== 'path') expect(error.message).toContain(`Did you mean '${near}'?`);
    expect(site.requests).toEqual([]);
  });

  // The commonest mistake of all: options of the edit in the body of a GET or the body of a DELETE.
  test('a GET and a DELETE take no body', async () => {
    for (const method of ['get', 'delete'] as const) {
      await expect(jira[method]('/x', { body: {} } as never)).rejects.toMatchObject({
        code: 'CONFIG_OPTION_UNKNOWN',
      });
    }
  });
});

describe('editIssue', () => {
  test('puts the options into the query and the fields, by id, into the body', async () => {
    site.answer = ({ url }, response) => {
      if (url?.startsWith('/rest/api/3/mypermissions')) {
        return response.end('{"permissions":{"ADMINISTER":{"havePermission":true}}}');
      }
      if (url === '/rest/api/3/field') {
        return response.end(
          '[{"id":"customfield_10042","name":"Site location","custom":true},{"id":"summary","name":"Summary","custom":false}]',
        );
      }
      response.writeHead(204).end();
    };
    const result = await jira.editIssue('XX-21', {
      fields: { 'Site location': 'Hall 3', summary: 'Moved' },
      overrideScreenSecurity: true,
      overrideEditableFlag: true,
      notifyUsers: false,
    });
    expect(result).toBeUndefined();
    expect(site.requests.map(({ method, target }) => `${method} ${target}`)).toEqual([
      'GET /rest/api/3/field',
      'GET /rest/api/3/mypermissions?permissions=ADMINISTER',
      'PUT /rest/api/3/issue/XX-21?overrideScreenSecurity=true&overrideEditableFlag=true&notifyUsers=false',
    ]);
    expect(JSON.parse(lastRequest().body)).toEqual({
      fields: { customfield_10042: 'Hall 3', summary: 'Moved' },
    });
    for (const { claims } of site.requests) expect(claims).not.toHaveProperty('refused');
  });

  test('leaves out what is not given', async () => {
    site.answer = answerWith(204);
    await jira.editIssue('10021', { fields: { customfield_1: null } });
    expect(lastRequest().target).toBe('/rest/api/3/issue/10021');
    expect(JSON.parse(lastRequest().body)).toEqual({ fields: { customfield_1: null } });
  });

  test.each(['../../secure?x#y', '..', 'XX-21/comment', '', ' XX-21'])(
    'sends nothing for %j, which names no issue',
    async (issue) => {
      const error = await errorOf(jira.editIssue(issue, { fields: { customfield_1: null } }));
      expect(error.code).toBe('JIRA_URL_REFUSED');
      expect(site.requests).toEqual([]);
    },
  );

  test('sends nothing for a field that Jira does not list', async () => {
    site.answer = answerWith(200, '[{"id":"summary","name":"Summary","custom":false}]');
    const error = await errorOf(jira.editIssue('XX-21', { fields: { Sumary: 'x' } }));
    expect(error.code).toBe('JIRA_FIELD_UNKNOWN');
    expect(site.requests.filter(({ method }) => method === 'PUT')).toEqual([]);
  });

  test('ends with the reason of its signal', async () => {
    site.answer = () => undefined;
    const reason = new Error('the user went away');
    const fields = { customfield_1: 'x' };
    const call = jira.editIssue('XX-21', { fields, signal: AbortSignal.abort(reason) });
    await expect(call).rejects.toBe(reason);
  });
});

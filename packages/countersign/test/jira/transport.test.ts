import { getEventListeners } from 'node:events';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { isJiraApiError, type JiraApiError } from '../../src/errors.ts';
import {
  type CallInfo,
  createJiraClient,
  type JiraClient,
  type JiraClientOptions,
  type JiraCredentials,
} from '../../src/jira/index.ts';
import { decodeToken, verifyToken } from '../../src/jwt/jwt.ts';
import { type RecordingSite, startRecordingSite } from './recording-site.ts';

const SITE = 'https://example.atlassian.net';

/** What the site answers one request with. */
type Answer = { status: number; headers?: Record<string, string>; body?: string | Error } | Error;

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: string;
  /** When it came, in milliseconds since the test began. */
  readonly at: number;
}

/** Connections on which a script answers. The last answer is repeated. */
function scripted(...answers: Answer[]) {
  const seen: Seen[] = [];
  const startedAt = performance.now();
  const dispatcher = {
    async request({ method, path, headers, body, signal }: Dispatcher.RequestOptions) {
      const text = body instanceof Readable ? (await body.toArray()).join('') : String(body ?? '');
      const { authorization } = headers as Record<string, string>;
      seen.push({ method, path, authorization, body: text, at: performance.now() - startedAt });
      const answer = (answers.length > 1 ? answers.shift() : answers[0]) as Answer;
      (signal as AbortSignal).throwIfAborted();
      if (answer instanceof Error) throw answer;
      const { body: sent = '{}' } = answer;
      const broken = new Readable({ read: () => broken.destroy(sent as Error) });
      return {
        statusCode: answer.status,
        headers: answer.headers ?? {},
        body: sent instanceof Error ? broken : Readable.from([Buffer.from(sent)]),
      };
    },
  };
  return { seen, dispatcher: dispatcher as unknown as Dispatcher };
}

const ok: Answer = { status: 200, body: '{"fine":true}' };
const reset: Error = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
const cut: Answer = {
  status: 200,
  body: Object.assign(new Error('cut'), { code: 'UND_ERR_SOCKET' }),
};
const busy = (seconds: number | undefined, reason = 'jira-burst-based'): Answer => ({
  status: 429,
  headers: {
    'ratelimit-reason': reason,
    ...(seconds === undefined ? undefined : { 'retry-after': String(seconds) }),
  },
});

function client(dispatcher: Dispatcher, change: Partial<JiraClientOptions> = {}): JiraClient {
  return createJiraClient({
    credentials: { siteUrl: SITE, appKey: 'my-app', sharedSecret: 'secret-1' },
    dispatcher,
    ...change,
  });
}

/** How a call ends, while its waits take no time. */
async function outcome<T>(call: Promise<T>): Promise<T | JiraApiError> {
  const settled = call.catch((error: unknown) => {
    if (isJiraApiError(error)) return error;
    throw error;
  });
  await vi.runAllTimersAsync();
  return settled;
}

describe('waits', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.spyOn(Math, 'random').mockReturnValue(1);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  test('double between the tries of a call that may be repeated', async () => {
    const { seen, dispatcher } = scripted(reset, { status: 503 }, { status: 500 }, cut, ok);
    expect(await outcome(client(dispatcher).get('/rest/api/3/myself'))).toEqual({ fine: true });
    expect(seen.map(({ at }) => Math.round(at))).toEqual([0, 500, 1500, 3500, 7500]);
  });

  test('are as long as the site asks, in seconds and as a date', async () => {
    const at = new Date(Date.now() + 12_000).toUTCString();
    const { seen, dispatcher } = scripted(
      busy(3),
      { status: 503, headers: { 'retry-after': at } },
      ok,
    );
    await outcome(client(dispatcher).put('/rest/api/3/issue/XX-1', { body: {} }));
    expect(seen[1]?.at).toBeCloseTo(3000, -2);
    expect((seen[2]?.at ?? 0) / 1000).toBeGreaterThan(10);
    expect((seen[2]?.at ?? 0) / 1000).toBeLessThanOrEqual(12.1);
  });

  test('sign each try anew, at its own time', async () => {
    const { seen, dispatcher } = scripted(busy(5), ok);
    await outcome(client(dispatcher).post('/rest/api/3/issue', { body: { a: 1 } }));
    const tokens = seen.map(({ authorization }) => String(authorization).replace('JWT ', ''));
    const times = tokens.map((token) => Number(decodeToken(token).claims.iat));
    expect((times[1] as number) - (times[0] as number)).toBe(5);
    for (const token of tokens) {
      verifyToken(token, { sharedSecret: 'secret-1', method: 'POST', url: '/rest/api/3/issue' });
    }
    expect(seen.map(({ body }) => body)).toEqual(['{"a":1}', '{"a":1}']);
  });

  test('end a call whose time is over before the next try, at once and with what the site said', async () => {
    const { seen, dispatcher } = scripted(busy(1800, 'jira-quota-tenant-based'));
    const jira = client(dispatcher);
    const call = jira.get('/rest/api/3/myself').catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(0);
    expect(await call).toMatchObject({
      code: 'JIRA_RATE_LIMITED',
      status: 429,
      retryAfterSeconds: 1800,
      diagnosis: { cause: 'CS-LIMIT-QUOTA' },
    });
    const next = jira.get('/rest/api/3/field').catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(0);
    expect(await next).toMatchObject({ code: 'JIRA_RATE_LIMITED', status: undefined });
    expect(seen).toHaveLength(1);
  });

  test('are waited by everybody who calls the site', async () => {
    const { seen, dispatcher } = scripted(busy(10), ok);
    const jira = client(dispatcher);
    const calls = [jira.get('/one')];
    await vi.advanceTimersByTimeAsync(1000);
    calls.push(
      jira.get('/two'),
      jira
        .as('somebody')
        .get('/three')
        .catch(() => undefined) as never,
    );
    await vi.advanceTimersByTimeAsync(8000);
    expect(seen.map(({ path }) => path)).toEqual(['/one']);
    await outcome(Promise.all(calls));
    expect(
      seen
        .map(({ path }) => path)
        .slice(1)
        .sort(),
    ).toEqual(['/one', '/two']);
  });

  test('for one issue hold back its writers, and nobody else', async () => {
    const { seen, dispatcher } = scripted(busy(10, 'jira-per-issue-on-write'), ok);
    const jira = client(dispatcher);
    const calls = [jira.put('/rest/api/3/issue/XX-1', { body: {} })];
    await vi.advanceTimersByTimeAsync(100);
    calls.push(jira.put('/rest/api/3/issue/XX-1', { body: {} }));
    calls.push(jira.put('/rest/api/3/issue/XX-2', { body: {} }));
    calls.push(jira.get('/rest/api/3/issue/XX-1'));
    await vi.advanceTimersByTimeAsync(100);
    expect(seen.slice(1).map(({ method, path }) => `${method} ${path}`)).toEqual([
      'PUT /rest/api/3/issue/XX-2',
      'GET /rest/api/3/issue/XX-1',
    ]);
    await outcome(Promise.all(calls));
    expect(seen).toHaveLength(5);
  });

  test('end with the signal of the caller, also while waiting for a turn', async () => {
    const { seen, dispatcher } = scripted(busy(20), ok);
    const jira = client(dispatcher);
    const controller = new AbortController();
    const { signal } = controller;
    const first = jira.get('/one', { signal }).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(100);
    const second = jira.get('/two', { signal }).catch((error: unknown) => error);
    const reason = new Error('the user went away');
    controller.abort(reason);
    await vi.advanceTimersByTimeAsync(0);
    expect([await first, await second]).toEqual([reason, reason]);
    expect(seen).toHaveLength(1);
    await vi.runAllTimersAsync();
  });

  test('end with the time of the call', async () => {
    const { seen, dispatcher } = scripted(reset);
    const started = performance.now();
    const error = await outcome(client(dispatcher, { timeoutMs: 2000 }).get('/x'));
    expect(error).toMatchObject({ code: 'JIRA_UNREACHABLE' });
    expect(seen.map(({ at }) => Math.round(at))).toEqual([0, 500, 1500]);
    expect(performance.now() - started).toBeLessThanOrEqual(2001);
  });

  test('are told by events, with no query and no token', async () => {
    const { dispatcher } = scripted(busy(2), reset, {
      status: 200,
      headers: { 'x-ratelimit-remaining': '7', 'x-ratelimit-nearlimit': 'true' },
    });
    const jira = client(dispatcher, {
      credentials: {
        siteUrl: SITE,
        appKey: 'my-app',
        sharedSecret: 'secret-1',
        clientKey: 'client-1',
      },
    });
    const told: unknown[] = [];
    const tell = (name: string) => (event: object) => told.push({ name, ...event });
    jira.on('request', tell('request'));
    jira.on('response', tell('response'));
    jira.on('retry', tell('retry'));
    const stop = jira.on('rate-limited', tell('rate-limited'));
    jira.on('request', () => {
      throw new Error('a handler that fails ends no call');
    });
    await outcome(jira.get('/rest/api/3/myself', { query: { expand: 'private' } }));
    const call = {
      ...{ clientKey: 'client-1', host: 'connect', method: 'GET', path: '/rest/api/3/myself' },
    };
    const quota = { limit: undefined, remaining: 7, resetAt: undefined, nearLimit: true };
    const durationMs = expect.any(Number);
    expect(told).toEqual([
      { name: 'request', ...call, tries: 1 },
      { name: 'response', ...call, tries: 1, status: 429, durationMs, quota: undefined },
      {
        ...{ name: 'rate-limited', ...call, tries: 1, status: 429, scope: 'site', waitMs: 2000 },
        reason: 'jira-burst-based',
      },
      { name: 'retry', ...call, tries: 1, reason: 'rate-limited', delayMs: 2000, status: 429 },
      { name: 'request', ...call, tries: 2 },
      { name: 'retry', ...call, tries: 2, reason: 'network', delayMs: 1000, status: undefined },
      { name: 'request', ...call, tries: 3 },
      { name: 'response', ...call, tries: 3, status: 200, durationMs, quota },
    ]);
    stop();
    expect(() => jira.on('retried' as never, () => {})).toThrow(/Did you mean 'retry'/);
  });

  test('are told to telemetry, and so is the end', async () => {
    const told: unknown[] = [];
    const telemetry = {
      call<T>(info: CallInfo, run: (span: never) => Promise<T>): Promise<T> {
        told.push(info);
        return run({
          response: (...said: unknown[]) => told.push(['response', ...said]),
          retry: (...said: unknown[]) => told.push(['retry', ...said]),
          refused: (...said: unknown[]) => told.push(['refused', ...said]),
          failed: (...said: unknown[]) => told.push(['failed', ...said]),
        } as never);
      },
    };
    const { dispatcher } = scripted(busy(2), { status: 404 }, reset);
    const jira = client(dispatcher, { telemetry, maxTries: 2 });
    await outcome(jira.get('/rest/api/3/issue/XX-1?fields=summary'));
    await outcome(jira.post('/rest/api/3/issue', { body: {} }));
    const common = { clientKey: undefined, host: 'connect' };
    expect(told).toEqual([
      { method: 'GET', url: `${SITE}/rest/api/3/issue/XX-1`, ...common },
      ['response', 429, 1],
      ['retry', 'rate-limited', 2000],
      ['response', 404, 2],
      ['refused', 404, expect.anything()],
      { method: 'POST', url: `${SITE}/rest/api/3/issue`, ...common },
      ['failed', 'JIRA_UNREACHABLE'],
    ]);
  });
});

describe('what is not known to be undone', () => {
  const jiraOf = (dispatcher: Dispatcher) => client(dispatcher, { baseDelayMs: 0 });

  test.each<[string, Answer, number]>([
    ['a broken connection', reset, 1],
    ['503', { status: 503, headers: { 'retry-after': '0' } }, 1],
    ['an answer that breaks off', cut, 1],
    ['429', busy(0), 2],
  ])('a POST after %s is sent %#', async (_name, answer, times) => {
    const { seen, dispatcher } = scripted(answer, ok);
    await jiraOf(dispatcher)
      .post('/rest/api/3/issue', { body: {} })
      .catch(() => {});
    expect(seen).toHaveLength(times);
  });

  test('is sent again where the caller says that it may be', async () => {
    const { seen, dispatcher } = scripted(reset, cut, ok);
    await jiraOf(dispatcher).post('/rest/api/3/search/jql', { body: {}, idempotent: true });
    expect(seen).toHaveLength(3);
  });

  test('is not, where the caller says that it may not', async () => {
    const { seen, dispatcher } = scripted(reset, ok);
    await expect(jiraOf(dispatcher).put('/x', { body: {}, idempotent: false })).rejects.toThrow();
    expect(seen).toHaveLength(1);
  });

  test('a stream is gone once it was sent, and a function makes another', async () => {
    const stream = () =>
      Readable.toWeb(Readable.from(['part one, ', 'part two'])) as ReadableStream;
    const gone = scripted(busy(0), ok);
    const answer = await jiraOf(gone.dispatcher).fetch('/x', { method: 'PUT', body: stream() });
    expect(answer.status).toBe(429);
    expect(gone.seen).toHaveLength(1);
    const again = scripted(busy(0), ok);
    await jiraOf(again.dispatcher).fetch('/x', { method: 'PUT', body: stream });
    expect(again.seen.map(({ body }) => body)).toEqual([
      'part one, part two',
      'part one, part two',
    ]);
  });

  test('a DELETE that finds nothing after a lost answer has done its work', async () => {
    const lost = scripted(reset, { status: 404, body: '{"errorMessages":["gone"]}' });
    expect(await jiraOf(lost.dispatcher).delete('/rest/api/3/comment/1')).toBeUndefined();
    const never = scripted({ status: 404, body: '{"errorMessages":["gone"]}' });
    await expect(jiraOf(never.dispatcher).delete('/x')).rejects.toMatchObject({ status: 404 });
    const limited = scripted(busy(0), { status: 404 });
    await expect(jiraOf(limited.dispatcher).delete('/x')).rejects.toMatchObject({ status: 404 });
  });
});

describe('a 401', () => {
  const secretOf = ({ authorization }: Seen, secrets: readonly string[]): string | undefined =>
    secrets.find((sharedSecret) => {
      try {
        verifyToken(String(authorization).slice(4), { sharedSecret, method: 'POST', url: '/x' });
        return true;
      } catch {
        return false;
      }
    });
  const unauthorized: Answer = { status: 401, body: 'Client must be authenticated' };
  const anonymous: Answer = {
    status: 200,
    headers: { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' },
  };

  function store(...secrets: string[]) {
    const asked: (JiraCredentials | undefined)[] = [];
    const credentials = async (refused?: JiraCredentials) => {
      asked.push(refused);
      const sharedSecret = refused === undefined ? secrets[0] : secrets.at(-1);
      return { siteUrl: SITE, appKey: 'my-app', sharedSecret: sharedSecret as string };
    };
    return { asked, credentials };
  }

  test.each([
    ['a 401', unauthorized],
    ['a 200 as if to an anonymous caller', anonymous],
  ])('%s of a replaced secret is tried once more, with the newest', async (_name, refusal) => {
    const { seen, dispatcher } = scripted(refusal, ok);
    const { asked, credentials } = store('old', 'new');
    expect(await client(dispatcher, { credentials }).post('/x', { body: {} })).toEqual({
      fine: true,
    });
    expect(seen.map((request) => secretOf(request, ['old', 'new']))).toEqual(['old', 'new']);
    expect(asked).toMatchObject([undefined, { sharedSecret: 'old' }]);
  });

  test('is the end where the secret is the newest', async () => {
    const { seen, dispatcher } = scripted(unauthorized);
    const { asked, credentials } = store('old');
    await expect(client(dispatcher, { credentials }).get('/x')).rejects.toMatchObject({
      code: 'JIRA_UNAUTHENTICATED',
    });
    expect(seen).toHaveLength(1);
    expect(asked).toHaveLength(2);
  });

  test('is the end where the newest is refused, too', async () => {
    const { seen, dispatcher } = scripted(unauthorized);
    const { credentials } = store('old', 'new');
    await expect(client(dispatcher, { credentials }).get('/x')).rejects.toMatchObject({
      code: 'JIRA_UNAUTHENTICATED',
    });
    expect(seen).toHaveLength(2);
  });

  test('just after a new secret is waited for: the site may not use it yet', async () => {
    vi.useFakeTimers();
    const { seen, dispatcher } = scripted(unauthorized, unauthorized, ok);
    const changedAt = Date.now() - 200;
    const credentials = { siteUrl: SITE, appKey: 'my-app', sharedSecret: 'new', changedAt };
    expect(await outcome(client(dispatcher, { credentials }).get('/x'))).toEqual({ fine: true });
    expect(seen.map(({ at }) => Math.round(at))).toEqual([0, 100, 500]);
    vi.useRealTimers();
  });

  test('that answers 200 to nobody is an error, where nothing newer is known', async () => {
    const { dispatcher } = scripted(anonymous);
    await expect(client(dispatcher).get('/x')).rejects.toMatchObject({
      code: 'JIRA_CREDENTIAL_IGNORED',
      status: 200,
    });
    await expect(client(dispatcher).fetch('/x')).rejects.toMatchObject({
      code: 'JIRA_CREDENTIAL_IGNORED',
    });
  });
});

test('an anonymous client sends no Authorization header, whatever its caller says', async () => {
  const { seen, dispatcher } = scripted(ok);
  const jira = client(dispatcher).anonymous();
  await jira.get('/x', { headers: { Authorization: 'Bearer mine' } });
  expect(seen[0]?.authorization).toBeUndefined();
  expect(await jira.host()).toBe('anonymous');
});

test('a client with credentials of its own can be nobody else', async () => {
  const { seen, dispatcher } = scripted(ok);
  await expect(client(dispatcher).as('5b10').get('/x')).rejects.toMatchObject({
    code: 'JIRA_IMPERSONATION_REFUSED',
  });
  expect(seen).toEqual([]);
});

describe('over HTTP', () => {
  let site: RecordingSite;
  beforeAll(async () => {
    site = await startRecordingSite();
  });
  afterAll(() => site.close());
  const jira = (change: Partial<JiraClientOptions> = {}) =>
    createJiraClient({
      credentials: { siteUrl: site.origin, appKey: 'my-app', sharedSecret: 'secret-1' },
      baseDelayMs: 0,
      ...change,
    });

  test('no more calls are under way at once than are allowed', async () => {
    let underWay = 0;
    let most = 0;
    site.answer = (_request, response) => {
      underWay += 1;
      most = Math.max(most, underWay);
      setTimeout(() => {
        underWay -= 1;
        response.end('{}');
      }, 5);
    };
    const client = jira({ concurrency: 4 });
    await Promise.all(Array.from({ length: 30 }, () => client.get('/x')));
    expect(most).toBe(4);
  });

  test('a compressed answer is read, within its bound', async () => {
    const zeros = gzipSync(JSON.stringify({ text: '0'.repeat(1_000_000) }));
    site.answer = (_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(zeros);
    expect(await jira().get('/x')).toHaveProperty('text');
    await expect(jira({ maxAnswerBytes: 100_000 }).get('/x')).rejects.toMatchObject({
      code: 'JIRA_ANSWER_TOO_LARGE',
    });
    const response = await jira().fetch('/x');
    expect(response.url).toBe(`${site.origin}/x`);
    expect(response.headers.get('content-encoding')).toBeNull();
    expect(((await response.json()) as { text: string }).text).toHaveLength(1_000_000);
  });

  test('an answer that is cut is asked for once more', async () => {
    let times = 0;
    site.answer = (_request, response) => {
      times += 1;
      if (times > 1) return response.end('{"whole":true}');
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"half":', () => response.destroy());
    };
    expect(await jira().get('/x')).toEqual({ whole: true });
    expect(times).toBe(2);
  });

  test.each<[string, () => RequestInit['body'], string, string | undefined]>([
    ['text', () => 'plain', 'plain', undefined],
    ['bytes', () => Buffer.from('bytes'), 'bytes', undefined],
    ['a view', () => new DataView(new TextEncoder().encode('view').buffer), 'view', undefined],
    ['a blob', () => new Blob(['blob'], { type: 'text/x' }), 'blob', 'text/x'],
    [
      'a form',
      () => new URLSearchParams({ a: 'b c' }),
      'a=b+c',
      'application/x-www-form-urlencoded;charset=UTF-8',
    ],
    ['a stream', () => new Blob(['stream']).stream(), 'stream', undefined],
  ])('%s is sent as it is', async (_name, body, text, type) => {
    site.answer = (_request, response) => response.end('{}');
    await jira().fetch('/x', { method: 'POST', body: body() as never });
    const request = site.requests.at(-1);
    expect(request?.body).toBe(text);
    expect(request?.headers['content-type']).toBe(type);
  });

  test("nothing stays behind on the caller's signal", async () => {
    const { signal } = new AbortController();
    site.answer = (_request, response) => response.end('{"a":1}');
    await jira().get('/x', { signal });
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    const response = await jira().fetch('/x', { signal });
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await response.text();
    await vi.waitFor(() => expect(getEventListeners(signal, 'abort')).toHaveLength(0));
    site.answer = (_request, response) => response.writeHead(404).end();
    await jira()
      .get('/x', { signal })
      .catch(() => {});
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  test.each(['{}', 'x'.repeat(500_000)])('a body can be left unread (%#)', async (text) => {
    site.answer = (_request, response) => response.end(text);
    for (let times = 0; times < 5; times += 1) {
      const response = await jira().fetch('/x');
      await response.body?.cancel();
    }
    expect(await (await jira().fetch('/x')).text()).toBe(text);
  });

  test('the signal ends a body that is still read', async () => {
    const controller = new AbortController();
    site.answer = (_request, response) => response.writeHead(200).write('first');
    const response = await jira().fetch('/x', { signal: controller.signal, timeoutMs: 500 });
    controller.abort(new Error('the user went away'));
    await expect(response.text()).rejects.toThrow();
  });

  test('a caller cannot send the call elsewhere by a header', async () => {
    site.answer = (_request, response) => response.end('{}');
    await jira().get('/x', { headers: { Host: 'evil.example.com', Authorization: 'Basic eA==' } });
    const { host, authorization } = site.requests.at(-1)?.headers ?? {};
    expect(site.origin).toContain(host);
    expect(authorization).toMatch(/^JWT /);
  });
});

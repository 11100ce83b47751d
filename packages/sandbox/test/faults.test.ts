import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type FaultRule, type RequestRecord, type Sandbox, startSandbox } from '../src/index.ts';
import { callSigned, lastVerdict, send, startApp } from './app.ts';

let site: Sandbox;
let basic: string;
let now = Date.UTC(2026, 4, 1, 10, 30, 15);

beforeAll(async () => {
  site = await startSandbox({ now: () => now });
  basic = `Basic ${Buffer.from(`${site.people[0]?.emailAddress}:${site.apiToken}`).toString('base64')}`;
});
afterAll(() => site.close());
beforeEach(() => site.reset());

const myself = '/rest/api/3/myself';
const get = (path = myself): Promise<Response> => send(site, path, basic);
const write = (body: unknown, path = '/rest/api/3/issue/XX-20/comment'): Promise<Response> =>
  send(site, path, basic, { method: 'POST', body });
const comment = { body: { type: 'doc', version: 1, content: [] } };
const last = (): RequestRecord => site.requests.at(-1) as RequestRecord;
const commentCount = async (): Promise<number> =>
  ((await (await get('/rest/api/3/issue/XX-20/comment')).json()) as { total: number }).total;

test('drop-before cuts the connection, and nothing was done', async () => {
  site.faults.add({ kind: 'drop-before', method: 'POST', times: 1 });
  await expect(write(comment)).rejects.toThrow('fetch failed');
  expect(last()).toMatchObject({ status: 0, method: 'POST', fault: { kind: 'drop-before' } });
  expect(last().fault).not.toHaveProperty('answered');
  expect(last().verdict.reason).toContain('Not handled');
  expect(await commentCount()).toBe(0);
  expect((await write(comment)).status).toBe(201);
});

test('drop-after cuts the connection when it was done', async () => {
  site.faults.add({ kind: 'drop-after', path: '/rest/api/3/issue/*/comment', times: 1 });
  await expect(write(comment)).rejects.toThrow('fetch failed');
  expect(last()).toMatchObject({ status: 0, fault: { kind: 'drop-after', answered: 201 } });
  expect(last().verdict).toMatchObject({ authenticated: true, as: 'user' });
  expect(last().verdict.reason).toContain('Handled, with 201, and the connection was cut');
  expect(await commentCount()).toBe(1);
});

test('slow lets the answer wait, at once or in pieces', async () => {
  site.faults.add({ kind: 'slow', delayMs: 60, times: 1 });
  const startedAt = performance.now();
  const answer = await get();
  expect(performance.now() - startedAt).toBeGreaterThan(55);
  expect(await answer.json()).toMatchObject({ displayName: 'Alex Admin' });
  site.faults.add({ kind: 'slow', delayMs: 60, trickle: true, times: 1 });
  const again = await get('/rest/api/3/field');
  const headersAt = performance.now();
  expect(await again.json()).toContainEqual(expect.objectContaining({ id: 'summary' }));
  expect(performance.now() - headersAt).toBeGreaterThan(40);
  expect(last()).toMatchObject({ status: 200, fault: { kind: 'slow', answered: 200 } });
});

test('status answers an error, with or without Retry-After, before or after handling', async () => {
  site.faults.add({ kind: 'status', status: 503, times: 1 });
  const plain = await write(comment);
  expect([plain.status, plain.headers.get('retry-after')]).toEqual([503, null]);
  expect(await plain.text()).toBe('503 Service Unavailable');
  expect(await commentCount()).toBe(0);

  site.faults.add({ kind: 'status', status: 502, handled: true, retryAfter: 7, times: 1 });
  const handled = await write(comment);
  expect([handled.status, handled.headers.get('retry-after')]).toEqual([502, '7']);
  expect(last()).toMatchObject({ status: 502, fault: { kind: 'status', answered: 201 } });
  expect(await commentCount()).toBe(1);

  site.faults.add({ kind: 'status', status: 504, retryAfter: 2, retryAfterDate: true });
  const dated = (await get()).headers.get('retry-after') ?? '';
  expect(dated).toBe('Fri, 01 May 2026 10:30:17 GMT');
});

test('a 429 that is switched on looks like one of a limit', async () => {
  const reason = 'jira-quota-tenant-based';
  site.faults.add({ kind: 'status', status: 429, retryAfter: 90, reason });
  const answer = await get();
  expect(answer.status).toBe(429);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'ratelimit-reason': reason,
    'retry-after': '90',
    'x-ratelimit-reset': '2026-05-01T10:31Z',
  });
  expect(await answer.json()).toMatchObject({ errorMessages: ['Rate limit exceeded.'] });
});

test('truncate sends less than it says', async () => {
  site.faults.add({ kind: 'truncate', times: 1 });
  const answer = await get('/rest/api/3/field');
  expect(answer.status).toBe(200);
  expect(Number(answer.headers.get('content-length'))).toBeGreaterThan(100);
  await expect(answer.text()).rejects.toThrow('terminated');
  expect(last()).toMatchObject({ status: 200, fault: { kind: 'truncate', answered: 200 } });
  // Without a body there is nothing to break off.
  site.faults.add({ kind: 'truncate', method: 'PUT' });
  const body = { fields: { summary: 'Order ten desks' } };
  const edit = send(site, '/rest/api/3/issue/XX-20', basic, { method: 'PUT', body });
  await expect(edit).rejects.toThrow('fetch failed');
  expect(site.issue('XX-20')?.fields.summary).toBe('Order ten desks');
});

test('clock sets the site off: its Date, and how it judges a token', async () => {
  const app = await startApp();
  await site.install(app.descriptorUrl);
  const call = (): Promise<Response> => callSigned(site, myself, { now });
  expect((await call()).status).toBe(200);
  site.faults.add({ kind: 'clock', seconds: 600 });
  const late = await call();
  expect(late.status).toBe(401);
  expect(late.headers.get('date')).toBe('Fri, 01 May 2026 10:40:15 GMT');
  expect(lastVerdict(site).reason).toContain("The site's clock was 600 s ahead");
  site.faults.clear();
  expect((await call()).status).toBe(200);
});

test('a percentage meets as many calls, the same ones for the same seed', async () => {
  const round = async (seed: number): Promise<number[]> => {
    site.faults.clear();
    site.faults.add({ kind: 'status', status: 500, percent: 20 });
    site.faults.setSeed(seed);
    const statuses: number[] = [];
    for (let count = 0; count < 40; count += 1) statuses.push((await get()).status);
    return statuses;
  };
  const [one, other, again] = [await round(7), await round(8), await round(7)];
  const met = one.filter((status) => status === 500).length;
  expect(met).toBeGreaterThan(1);
  expect(met).toBeLessThan(20);
  expect(other).not.toEqual(one);
  expect(again).toEqual(one);
});

test('two faults of one percentage meet different calls, and a call meets one of them', async () => {
  site.faults.setSeed(5);
  site.faults.add({ kind: 'status', status: 500, percent: 40 });
  site.faults.add({ kind: 'status', status: 502, percent: 40 });
  const statuses = new Set<number>();
  for (let count = 0; count < 30; count += 1) statuses.add((await get()).status);
  expect([...statuses].sort()).toEqual([200, 500, 502]);
});

test('a fault meets the method and the path that it names', async () => {
  site.faults.add({ kind: 'status', status: 500, method: 'get', path: '/rest/api/*/issue/XX-*' });
  const statuses = [];
  for (const path of ['issue/XX-20', 'issue/YY-1', 'issue/XX-20/comment', 'field']) {
    statuses.push((await get(`/rest/api/3/${path}?fields=issue/XX-1`)).status);
  }
  expect(statuses).toEqual([500, 404, 500, 200]);
  expect(site.faults.list).toMatchObject([{ kind: 'status', met: 2 }]);
  expect((await write(comment)).status).toBe(201);
});

test('faults meet the gateway, and neither pages nor what steers the site', async () => {
  site.faults.add({ kind: 'status', status: 503 });
  const gateway = `${new URL(site.forge.apiBaseUrl).pathname}/rest/api/3/myself`;
  const statuses = [];
  for (const path of [gateway, myself, '/', '/_sandbox/requests', '/_sandbox/api/site']) {
    statuses.push((await fetch(site.url + path)).status);
  }
  expect(statuses).toEqual([503, 503, 200, 200, 200]);
});

test('latency delays every answer, give or take the jitter', async () => {
  site.faults.setLatency({ ms: 30, jitterMs: 10 });
  const startedAt = performance.now();
  for (let count = 0; count < 4; count += 1) await get();
  expect(performance.now() - startedAt).toBeGreaterThan(75);
  site.faults.setLatency({ ms: 0 });
});

const mistakes: [rule: unknown, message: string][] = [
  [{}, 'kind must be one of drop-before'],
  [{ kind: 'drop' }, 'kind must be one of'],
  [{ kind: 'drop-after', delayMs: 3 }, 'A fault drop-after knows no "delayMs"'],
  [{ kind: 'slow' }, 'needs delayMs'],
  [{ kind: 'status', status: 404 }, 'status must be one of 429, 500'],
  [{ kind: 'status', status: 429, handled: true }, 'never handled'],
  [{ kind: 'status', status: 503, retryAfterDate: true }, 'needs retryAfter'],
  [{ kind: 'clock', seconds: Number.NaN }, 'seconds must be a number'],
  [{ kind: 'truncate', percent: 101 }, 'percent must be a number from 0 to 100'],
  [{ kind: 'truncate', times: 0.5 }, 'times must be'],
];
test.each(mistakes)('a fault that means nothing is refused: %j', (rule, message) => {
  expect(() => site.faults.add(rule as FaultRule)).toThrow(message);
  expect(site.faults.list).toEqual([]);
});

test('the burst limit counts each resource and method for itself', async () => {
  site.rateLimits.set({ burst: { GET: 3 } });
  const statuses = [];
  for (const path of ['issue/XX-1', 'issue/XX-20', 'issue/XX-21', 'issue/XX-22', 'field']) {
    statuses.push((await get(`/rest/api/3/${path}`)).status);
  }
  expect(statuses).toEqual([200, 200, 200, 429, 200]);
  const refused = await get('/rest/api/3/issue/XX-1');
  expect(Object.fromEntries(refused.headers)).toMatchObject({
    'retry-after': '1',
    'ratelimit-reason': 'jira-burst-based',
    'x-ratelimit-limit': '3',
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': '2026-05-01T10:30Z',
  });
  expect(lastVerdict(site).reason).toContain(
    'refused by a rate limit (jira-burst-based): more than 3 a second of GET /rest/api/3/issue/:issue',
  );
  expect(site.traffic.counts.refusedByLimit).toBe(2);
  now += 400;
  const passed = await get('/rest/api/3/issue/XX-1');
  expect([passed.status, passed.headers.get('x-ratelimit-remaining')]).toEqual([200, '0']);
});

test('an issue takes 20 writes in 2 seconds and 100 in 30 seconds, by key or by id', async () => {
  site.rateLimits.set({ issueWrites: true });
  const { id } = site.issue('XX-20') as { id: string };
  const writes = async (count: number): Promise<number[]> => {
    const statuses = [];
    for (let each = 0; each < count; each += 1) {
      const issue = each % 2 === 0 ? 'XX-20' : id;
      statuses.push((await write(comment, `/rest/api/3/issue/${issue}/comment`)).status);
    }
    return statuses;
  };
  const done = (statuses: number[]): number => statuses.filter((status) => status === 201).length;
  expect(done(await writes(22))).toBe(20);
  expect((await get('/rest/api/3/issue/XX-20')).status).toBe(200);
  expect((await write(comment, '/rest/api/3/issue/XX-21/comment')).status).toBe(201);
  for (let round = 0; round < 4; round += 1) {
    now += 2_500;
    expect(done(await writes(20))).toBe(20);
  }
  now += 2_500;
  const refused = await write(comment);
  expect(Object.fromEntries(refused.headers)).toMatchObject({
    'ratelimit-reason': 'jira-per-issue-on-write',
    'x-ratelimit-limit': '100',
    'retry-after': '18',
  });
  now += 18_000;
  expect((await write(comment)).status).toBe(201);
});

test('points are counted for each app by what it reads, until the hour is over', async () => {
  const app = await startApp();
  await site.install(app.descriptorUrl);
  site.rateLimits.set({ points: { perHour: 20 }, structuredHeaders: true });
  const call = (path: string): Promise<Response> => callSigned(site, path, { now });
  const left = async (path: string): Promise<string | null> =>
    (await call(path)).headers.get('x-ratelimit-remaining');
  // A read is 1, and 1 for each issue or 2 for each user.
  expect(await left('/rest/api/3/issue/XX-20')).toBe('18');
  expect(await left(myself)).toBe('15');
  const near = await call('/rest/api/3/issue/XX-20/comment');
  expect(near.headers.get('x-ratelimit-nearlimit')).toBeNull();
  expect(near.headers.get('ratelimit-policy')).toBe('"global-app-quota";q=20;w=3600');
  expect(near.headers.get('ratelimit')).toMatch(/^"global-app-quota";t=\d+$/);
  const almost = await call('/rest/api/3/field');
  expect(almost.headers.get('x-ratelimit-nearlimit')).toBe('true');
  expect(almost.headers.get('ratelimit')).toMatch(/^"global-app-quota";r=0;t=\d+$/);
  const refused = await call('/rest/api/3/field');
  const wait = 3600 - (Math.floor(now / 1000) % 3600);
  expect(refused.status).toBe(429);
  expect(refused.headers.get('ratelimit-reason')).toBe('jira-quota-global-based');
  expect(Math.abs(Number(refused.headers.get('retry-after')) - wait)).toBeLessThanOrEqual(1);
  expect(refused.headers.get('x-ratelimit-reset')).toBe('2026-05-01T11:00Z');
  // A person with an API token has no quota.
  expect((await get()).status).toBe(200);
  now += wait * 1000;
  expect((await call('/rest/api/3/issue/XX-20')).status).toBe(200);
});

test('headers can be those of the beta, and Retry-After can be missing', async () => {
  site.rateLimits.set({ burst: { GET: 1 }, structuredHeaders: 'beta', retryAfter: false });
  const first = await get();
  expect(first.headers.get('beta-ratelimit-policy')).toBe('"jira-burst-based";q=1;w=1');
  expect(first.headers.get('beta-ratelimit')).toBe('"jira-burst-based";r=0;t=1');
  const refused = await get();
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, null]);
  expect(() => site.rateLimits.set({ burst: { GET: 0 } })).toThrow('burst.GET');
  expect(() => site.rateLimits.set({ bursts: true } as object)).toThrow('"bursts"');
});

test('traffic counts calls, how many were under way at once, and by which app', async () => {
  const app = await startApp();
  await site.install(app.descriptorUrl);
  site.traffic.reset();
  site.faults.setLatency({ ms: 20 });
  site.faults.add({ kind: 'drop-after', path: '/rest/api/3/field' });
  await Promise.all([
    ...[1, 2, 3].map(() => callSigned(site, myself, { now })),
    get(),
    get('/rest/api/3/field').catch(() => undefined),
  ]);
  expect(site.traffic.counts).toEqual({
    calls: 5,
    inFlight: 0,
    mostInFlight: 5,
    mostInFlightByApp: { 'test-app': 3 },
    refusedByLimit: 0,
    faults: { 'drop-after': 1 },
  });
  site.traffic.reset();
  expect(site.traffic.counts).toMatchObject({ calls: 0, mostInFlight: 0, mostInFlightByApp: {} });
});

test('another process switches all of it', async () => {
  const api = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${site.url}/_sandbox/api/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, json: text === '' ? undefined : JSON.parse(text) };
  };
  const added = await api('POST', 'faults', { kind: 'status', status: 502, times: 2 });
  expect(added).toMatchObject({ status: 201, json: { kind: 'status', met: 0 } });
  await api('PUT', 'faults/latency', { ms: 5 });
  await api('PUT', 'faults/seed', { seed: 9 });
  expect((await get()).status).toBe(502);
  expect((await api('GET', 'faults')).json).toEqual({
    seed: 9,
    latency: { ms: 5, jitterMs: 0 },
    faults: [{ id: added.json.id, kind: 'status', status: 502, times: 2, met: 1 }],
  });
  expect((await api('DELETE', `faults/${added.json.id}`)).status).toBe(204);
  expect((await api('DELETE', `faults/${added.json.id}`)).status).toBe(400);
  expect((await api('POST', 'faults', { kind: 'status' })).json).toEqual({
    error: 'status must be one of 429, 500, 502, 503, 504.',
  });
  expect((await api('PUT', 'rate-limits', { burst: true })).json).toMatchObject({
    burst: { GET: 100, POST: 100, PUT: 50, DELETE: 50 },
  });
  expect((await api('DELETE', 'rate-limits')).status).toBe(204);
  expect(site.rateLimits.settings.burst).toBeUndefined();
  expect((await api('GET', 'traffic')).json).toMatchObject({ calls: 1, faults: { status: 1 } });
  expect((await api('DELETE', 'traffic')).status).toBe(204);
  await api('DELETE', 'faults');
  expect(site.faults.latency.ms).toBe(0);
});

test('a reset ends faults and limits', async () => {
  site.faults.add({ kind: 'drop-before' });
  site.rateLimits.set({ burst: true, points: true });
  site.reset();
  expect(site.faults.list).toEqual([]);
  expect(site.rateLimits.settings).toMatchObject({ burst: undefined, points: undefined });
  expect((await get()).status).toBe(200);
});

test('a call that waits does not hold up the end of the site', async () => {
  const own = await startSandbox();
  own.faults.setLatency({ ms: 60_000 });
  const waiting = fetch(own.url + myself).catch(() => 'ended');
  await expect.poll(() => own.traffic.counts.inFlight).toBe(1);
  await own.close();
  expect(await waiting).toBe('ended');
});

test('faults meet the authorization server and the GraphQL gateway, and the log says so', async () => {
  site.faults.add({ kind: 'drop-before', path: '/oauth2/token', times: 1 });
  site.faults.add({ kind: 'status', status: 502, handled: true });
  const ask = (path: string): Promise<Response> => fetch(site.url + path, { method: 'POST' });
  await expect(ask('/oauth2/token')).rejects.toThrow('fetch failed');
  for (const [path, answered] of [
    ['/oauth2/token', 400],
    ['/graphql', 401],
  ]) {
    expect((await ask(String(path))).status).toBe(502);
    expect(last()).toMatchObject({ path, status: 502, fault: { kind: 'status', answered } });
  }
});

test('faults meet the media host, and the log does not show what opens the file', async () => {
  const form = new FormData();
  form.append('file', new Blob(['one two three']), 'plan.txt');
  const headers = { authorization: basic, 'x-atlassian-token': 'no-check' };
  const url = `${site.url}/rest/api/3/issue/XX-20/attachments`;
  const [{ id }] = (await (await fetch(url, { method: 'POST', headers, body: form })).json()) as [
    { id: string },
  ];
  site.faults.add({ kind: 'truncate', path: '/file/*', times: 1 });
  const broken = await get(`/rest/api/3/attachment/content/${id}`);
  await expect(broken.text()).rejects.toThrow('terminated');
  expect(last()).toMatchObject({ fault: { kind: 'truncate', answered: 200 } });
  site.faults.add({ kind: 'drop-before', path: '/file/*', times: 1 });
  await expect(get(`/rest/api/3/attachment/content/${id}`)).rejects.toThrow('fetch failed');
  expect(last().path).toMatch(/^http:.*\/file\/[\w-]+\/binary$/);
  expect(await (await get(`/rest/api/3/attachment/content/${id}`)).text()).toBe('one two three');
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type App, createApp, isJiraApiError, memoryStore } from 'countersign';
import { handle } from 'countersign/node';
import { type RequestRecord, type Sandbox, startSandbox } from 'countersign-sandbox';
import { expect, onTestFinished, test } from 'vitest';
import { seededRandom, shuffled } from './random.ts';

const appKey = 'com.example.busy';
const calls = 2_000;
const callers = 64;
/** The default of createApp. */
const permitted = 10;
const seed = Number(process.env.SEED ?? 20_260_302);

/** An app in this process that takes callbacks over HTTP. */
async function startApp(site: Sandbox): Promise<{ app: App; descriptorUrl: string }> {
  const server = createServer(async (request, response) => {
    if (await handle(app, request, response)) return;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(app.descriptor));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const appUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const app = createApp({
    descriptor: {
      key: appKey,
      name: 'Busy app',
      authentication: { type: 'jwt' },
      apiMigrations: { 'signed-install': true },
      lifecycle: { installed: '/installed', uninstalled: '/uninstalled' },
      scopes: ['READ', 'WRITE', 'DELETE'],
    },
    appUrl,
    store: memoryStore(),
    allowedSites: [site.url],
    installKeyHosts: [site.installKeysUrl],
    logger: { info() {}, warn() {}, error() {} },
    // Five tries in a row that fail are rare, but 2,000 calls would see some.
    jira: { baseDelayMs: 8, maxTries: 9 },
  });
  return { app, descriptorUrl: `${appUrl}/atlassian-connect.json` };
}

type Jira = ReturnType<App['jira']>;

interface Kind {
  /** Of 100 calls. */
  share: number;
  /** Whether it may be sent again after an unclear end: it must then succeed. */
  idempotent: boolean;
  call(jira: Jira, mark: number): Promise<unknown>;
  /** What a call that succeeded must have brought. */
  expected: unknown;
}

const text = (mark: number): string => `mark ${mark} of this test`;
const document = (mark: number) => ({
  type: 'doc',
  version: 1,
  content: [{ type: 'paragraph', content: [{ type: 'text', text: text(mark) }] }],
});
const search = { jql: 'key in (XX-20, XX-21) ORDER BY key', fields: 'summary' };
const found = expect.objectContaining({
  issues: [expect.objectContaining({ key: 'XX-20' }), expect.objectContaining({ key: 'XX-21' })],
});

const kinds: Record<string, Kind> = {
  'GET issue': {
    share: 22,
    idempotent: true,
    call: (jira) => jira.get('/rest/api/3/issue/XX-21', { query: { fields: 'status' } }),
    expected: expect.objectContaining({ key: 'XX-21' }),
  },
  'GET search': {
    share: 10,
    idempotent: true,
    call: (jira) => jira.get('/rest/api/3/search/jql', { query: search }),
    expected: found,
  },
  'GET field': {
    share: 8,
    idempotent: true,
    call: (jira) => jira.get('/rest/api/3/field'),
    expected: expect.arrayContaining([expect.objectContaining({ id: 'summary' })]),
  },
  'POST search': {
    share: 10,
    idempotent: true,
    call: (jira) =>
      jira.post('/rest/api/3/search/jql', {
        body: { jql: search.jql, fields: ['summary'] },
        idempotent: true,
      }),
    expected: found,
  },
  'PUT issue': {
    share: 10,
    idempotent: true,
    call: (jira, mark) =>
      jira.put('/rest/api/3/issue/XX-20', { body: { fields: { customfield_10050: mark } } }),
    expected: undefined,
  },
  'PUT property': {
    share: 12,
    idempotent: true,
    call: (jira, mark) =>
      jira.put(`/rest/api/3/issue/XX-21/properties/put-${mark}`, { body: { mark } }),
    expected: undefined,
  },
  'DELETE property': {
    share: 6,
    idempotent: true,
    call: (jira, mark) => jira.delete(`/rest/api/3/issue/XX-1/properties/delete-${mark}`),
    expected: undefined,
  },
  'POST comment': {
    share: 13,
    idempotent: false,
    call: (jira, mark) =>
      jira.post('/rest/api/3/issue/XX-20/comment', {
        query: { mark },
        body: { body: document(mark) },
      }),
    expected: expect.objectContaining({ id: expect.any(String) }),
  },
  'POST issue': {
    share: 9,
    idempotent: false,
    call: (jira, mark) =>
      jira.post('/rest/api/3/issue', {
        query: { mark },
        body: {
          fields: { project: { key: 'YY' }, issuetype: { name: 'Task' }, summary: text(mark) },
        },
      }),
    expected: expect.objectContaining({ key: expect.stringMatching(/^YY-/) }),
  },
};

interface Planned {
  name: string;
  kind: Kind;
  mark: number;
}

function plan(): Planned[] {
  const names = Object.entries(kinds).flatMap(([name, { share }]) =>
    Array.from({ length: (share * calls) / 100 }, () => name),
  );
  return shuffled(names, seededRandom(seed)).map((name, mark) => ({
    name,
    kind: kinds[name] as Kind,
    mark,
  }));
}

/** As an admin, past all faults. */
function asAdmin(site: Sandbox) {
  const login = `${site.people[0]?.emailAddress}:${site.apiToken}`;
  const authorization = `Basic ${Buffer.from(login).toString('base64')}`;
  return async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(`${site.url}/rest/api/3${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    expect(answer.ok, `${method} ${path}`).toBe(true);
    const said = await answer.text();
    return (said === '' ? undefined : JSON.parse(said)) as T;
  };
}

async function commentsOf(admin: ReturnType<typeof asAdmin>): Promise<string[]> {
  const all: string[] = [];
  for (;;) {
    const page = await admin<{ total: number; comments: { body: unknown }[] }>(
      'GET',
      `/issue/XX-20/comment?startAt=${all.length}&maxResults=100`,
    );
    all.push(...page.comments.map(({ body }) => JSON.stringify(body)));
    if (all.length >= page.total) return all;
  }
}

async function summariesOf(admin: ReturnType<typeof asAdmin>): Promise<string[]> {
  const all: string[] = [];
  for (let next: string | undefined = ''; next !== undefined; ) {
    const page: { issues: { fields: { summary: string } }[]; nextPageToken?: string } = await admin(
      'GET',
      `/search/jql?jql=project%20%3D%20YY&fields=summary&maxResults=100${next}`,
    );
    all.push(...page.issues.map((issue) => issue.fields.summary));
    const { nextPageToken: token } = page;
    next = token === undefined ? undefined : `&nextPageToken=${encodeURIComponent(token)}`;
  }
  return all;
}

test(`2,000 calls through lost answers, 429, 503 and a new secret: seed ${seed}`, async () => {
  const site = await startSandbox();
  onTestFinished(() => site.close());
  const { app, descriptorUrl } = await startApp(site);
  await site.install(descriptorUrl);
  const admin = asAdmin(site);
  const planned = plan();
  const all = [...planned];
  const marksOf = (name: string): number[] =>
    all.filter((each) => each.name === name).map(({ mark }) => mark);
  expect(planned).toHaveLength(calls);
  for (const mark of marksOf('DELETE property')) {
    await admin('PUT', `/issue/XX-1/properties/delete-${mark}`, mark);
  }

  /** What the site saw of each body that is to be taken once. */
  const attempts = new Map<number, RequestRecord[]>();
  const log: RequestRecord[] = [];
  site.on('request', (record) => {
    log.push(record);
    const [, mark] = /[?&]mark=(\d+)/.exec(record.path) ?? [];
    if (mark === undefined) return;
    attempts.set(Number(mark), [...(attempts.get(Number(mark)) ?? []), record]);
  });
  const retries = new Map<string, number>();
  app.jira.on('retry', ({ reason }) => retries.set(reason, (retries.get(reason) ?? 0) + 1));

  site.traffic.reset();
  site.faults.setSeed(seed);
  // Else this process would be done with one call before it takes the next.
  site.faults.setLatency({ ms: 8, jitterMs: 6 });
  site.faults.add({ kind: 'drop-before', percent: 1.5 });
  site.faults.add({ kind: 'drop-after', percent: 1.5 });
  site.faults.add({ kind: 'status', status: 429, percent: 5 });
  site.faults.add({ kind: 'status', status: 503, percent: 1.5 });
  site.faults.add({ kind: 'status', status: 503, handled: true, percent: 1.5 });

  const jira = app.jira(site.clientKey);
  const outcomes: { name: string; kind: Kind; mark: number; value?: unknown; error?: unknown }[] =
    [];
  const secret = site.sharedSecret(appKey);
  let rotation: Promise<unknown> | undefined;
  const work = async (): Promise<void> => {
    for (let next = planned.shift(); next; next = planned.shift()) {
      const { name, kind, mark } = next;
      const outcome = await kind.call(jira, mark).then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      );
      outcomes.push({ name, kind, mark, ...outcome });
      if (outcomes.length === calls / 2) rotation = site.rotateSecret(appKey);
    }
  };
  await Promise.all(Array.from({ length: callers }, work));
  await rotation;
  const traffic = site.traffic.counts;
  site.faults.clear();

  // All of it happened.
  expect(site.sharedSecret(appKey)).not.toBe(secret);
  expect(outcomes).toHaveLength(calls);
  expect(traffic.faults['drop-before']).toBeGreaterThan(10);
  expect(traffic.faults['drop-after']).toBeGreaterThan(10);
  expect(traffic.faults.status).toBeGreaterThan(100);
  for (const reason of ['network', 'rate-limited', 'unavailable']) {
    expect(retries.get(reason), reason).toBeGreaterThan(10);
  }

  // Never more at once than is permitted, and that many.
  expect(traffic.mostInFlightByApp[appKey]).toBe(permitted);
  expect(traffic.inFlight).toBe(0);

  // What may be done twice succeeds, with the right answer.
  for (const { name, kind, mark, value, error } of outcomes) {
    if (kind.idempotent) expect(error, `${name} ${mark}`).toBeUndefined();
    if (error === undefined) expect(value, `${name} ${mark}`).toEqual(kind.expected);
  }
  const marksOfPut = marksOf('PUT property');
  const { keys } = await admin<{ keys: { key: string }[] }>('GET', '/issue/XX-21/properties');
  expect(keys.map(({ key }) => key).sort()).toEqual(marksOfPut.map((mark) => `put-${mark}`).sort());
  for (const mark of marksOfPut) {
    const { value } = await admin<{ value: unknown }>('GET', `/issue/XX-21/properties/put-${mark}`);
    expect(value).toEqual({ mark });
  }
  const left = await admin<{ keys: unknown[] }>('GET', '/issue/XX-1/properties');
  expect(left.keys).toEqual([]);

  // What may not is done once where it succeeds, at most once where it fails, and is never sent again once it was done.
  const done = [...(await commentsOf(admin)), ...(await summariesOf(admin))];
  let failed = 0;
  for (const { name, kind, mark, error } of outcomes) {
    if (kind.idempotent) continue;
    const times = done.filter((each) => each.includes(text(mark))).length;
    const records = attempts.get(mark) ?? [];
    const isDone = ({ status, fault }: RequestRecord): boolean =>
      status === 201 || fault?.answered === 201;
    const first = records.findIndex(isDone);
    expect(times, `${name} ${mark} was done so often`).toBe(first === -1 ? 0 : 1);
    if (first !== -1)
      expect(records.slice(first + 1), `${name} ${mark} was sent again`).toEqual([]);
    if (error === undefined) {
      expect(times, `${name} ${mark} succeeded`).toBe(1);
    } else {
      failed += 1;
      expect(
        isJiraApiError(error) && ['JIRA_UNREACHABLE', 'JIRA_UNAVAILABLE'].includes(error.code),
        String(error),
      ).toBe(true);
    }
  }
  // Some must fail: nobody can know whether they were done.
  expect(failed).toBeGreaterThan(5);
});

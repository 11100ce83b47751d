import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type Sandbox, startSandbox, type WebhookDelivery } from '../src/index.ts';
import { WebhookDeliveries } from '../src/site/webhook-deliveries.ts';
import { installWebhookApp, type ReceivedWebhook, verifiedClaims } from './webhook-app.ts';

// A minute of a webhook's pauses is 4 ms here: five retries are over after 120 ms.
let site: Sandbox;
beforeAll(async () => {
  site = await startSandbox({ webhookMinuteMs: 4, webhookTimeoutMs: 1_500 });
});
afterAll(() => site.close());

interface Call {
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
  base?: string;
}

/** A call of the admin that has to succeed. */
async function call(path: string, { method = 'POST', body, headers, base }: Call = {}) {
  const isForm = body instanceof FormData;
  const answer = await fetch(`${site.url}/rest/${base ?? 'api/2'}${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`admin@example.com:${site.apiToken}`).toString('base64')}`,
      ...(isForm ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  expect([path, answer.status < 300, text]).toEqual([path, true, text]);
  return text === '' ? {} : JSON.parse(text);
}

async function newIssue(fields: Record<string, unknown> = {}): Promise<string> {
  const all = {
    project: { key: 'XX' },
    issuetype: { name: 'Task' },
    summary: 'An issue',
    ...fields,
  };
  return (await call('/issue', { body: { fields: all } })).key;
}

function eventsOf(received: readonly ReceivedWebhook[]): string[] {
  return received.map(({ body, headers }) => {
    const secondary = headers['x-atlassian-webhook-flow'] === 'Secondary';
    return `${body.webhookEvent}${secondary ? ' secondary' : ''}`;
  });
}

/** What the app got by this work, in the order of the site. */
async function during(
  app: { received: ReceivedWebhook[] },
  work: () => Promise<unknown>,
): Promise<ReceivedWebhook[]> {
  await site.webhooks.idle();
  app.received.length = 0;
  await work();
  await site.webhooks.idle();
  return app.received.toSorted(
    (one, other) => eventsOf([one])[0]?.localeCompare(eventsOf([other])[0] ?? '') ?? 0,
  );
}

const all = [
  ...['jira:issue_created', 'jira:issue_updated', 'jira:issue_deleted'],
  ...['comment_created', 'comment_updated', 'comment_deleted'],
  ...['worklog_created', 'worklog_updated', 'worklog_deleted'],
  ...['issuelink_created', 'issuelink_deleted', 'attachment_created', 'attachment_deleted'],
  ...['issue_property_set', 'issue_property_deleted'],
  ...['jira:version_created', 'jira:version_updated', 'jira:version_deleted'],
  ...['jira:version_released', 'jira:version_unreleased'],
  ...['sprint_created', 'sprint_updated', 'sprint_started', 'sprint_closed', 'sprint_deleted'],
  ...['filter_created', 'filter_updated', 'filter_deleted', 'user_updated'],
].map((event) => ({ event, url: '/all' }));

test('an app is told what becomes of an issue, with the body that the REST API v2 shows', async () => {
  const app = await installWebhookApp(site, all);
  let key = '';
  const [created] = await during(app, async () => {
    key = await newIssue({ priority: { id: '3' } });
  });
  expect(created?.body).toMatchObject({
    webhookEvent: 'jira:issue_created',
    issue_event_type_name: 'issue_created',
    user: { accountId: site.people[0]?.accountId, displayName: 'Alex Admin' },
    issue: { key, fields: { summary: 'An issue', status: { name: 'To Do' } } },
  });
  expect(Math.abs(Number(created?.body.timestamp) - Date.now())).toBeLessThan(60_000);

  const [edited] = await during(app, () =>
    call(`/issue/${key}`, {
      method: 'PUT',
      body: { fields: { summary: 'New', description: 'Text' } },
    }),
  );
  expect(edited?.body).toMatchObject({
    webhookEvent: 'jira:issue_updated',
    issue_event_type_name: 'issue_updated',
    issue: { fields: { summary: 'New', description: 'Text' } },
    changelog: {
      items: [
        { field: 'summary', fieldId: 'summary', fromString: 'An issue', toString: 'New' },
        { field: 'description', toString: 'Text' },
      ],
    },
  });
  const accountId = site.people[0]?.accountId;
  const [assigned] = await during(app, () =>
    call(`/issue/${key}/assignee`, { method: 'PUT', body: { accountId } }),
  );
  expect(assigned?.body.issue_event_type_name).toBe('issue_assigned');
  const [moved] = await during(app, () =>
    call(`/issue/${key}/transitions`, { body: { transition: { id: '21' } } }),
  );
  expect(moved?.body).toMatchObject({
    issue_event_type_name: 'issue_generic',
    changelog: { items: [{ field: 'status', fromString: 'To Do', toString: 'In Progress' }] },
    issue: { fields: { status: { name: 'In Progress' } } },
  });
  // What changes nothing is no event; and no address of a person leaves the site.
  expect(
    await during(app, () =>
      call(`/issue/${key}`, { method: 'PUT', body: { fields: { summary: 'New' } } }),
    ),
  ).toEqual([]);
  expect(moved?.text).not.toContain('@example.com');
});

test('what belongs to an issue has events of its own, and is deleted with it as Secondary', async () => {
  const app = await installWebhookApp(site, all);
  const [key, other] = [await newIssue(), await newIssue()];
  let [comment, worklog] = [{ id: '' }, { id: '' }];
  const link = { type: { name: 'Blocks' }, inwardIssue: { key }, outwardIssue: { key: other } };
  const form = new FormData();
  form.append('file', new Blob(['text']), 'a.txt');
  const added = await during(app, async () => {
    comment = await call(`/issue/${key}/comment`, { body: { body: 'Hello' } });
    worklog = await call(`/issue/${key}/worklog`, { body: { timeSpentSeconds: 120 } });
    await call('/issueLink', { body: link });
    await call(`/issue/${key}/attachments`, {
      body: form,
      headers: { 'x-atlassian-token': 'no-check' },
    });
    await call(`/issue/${key}/properties/color`, { method: 'PUT', body: 'red' });
  });
  expect(eventsOf(added)).toEqual([
    ...['attachment_created', 'comment_created', 'issue_property_set'],
    ...['issuelink_created', 'worklog_created'],
  ]);
  const [attachment, commented, property, linked, logged] = added.map(({ body }) => body);
  expect(attachment).toMatchObject({ attachment: { filename: 'a.txt', size: 4 } });
  expect(commented).toMatchObject({
    comment: { id: comment.id, body: 'Hello' },
    issue: { key, fields: { summary: 'An issue', project: { key: 'XX' } } },
  });
  expect(property).toMatchObject({ property: { key: 'color' }, issue: { key } });
  expect(linked).toMatchObject({ issueLink: { issueLinkType: { name: 'Blocks' } } });
  expect(logged).toMatchObject({ worklog: { id: worklog.id, timeSpentSeconds: 120 } });

  const changed = await during(app, async () => {
    await call(`/issue/${key}/comment/${comment.id}`, { method: 'PUT', body: { body: 'Bye' } });
    await call(`/issue/${key}/worklog/${worklog.id}`, {
      method: 'PUT',
      body: { timeSpentSeconds: 60 },
    });
    await call(`/issue/${key}/properties/color`, { method: 'DELETE' });
  });
  expect(eventsOf(changed)).toEqual([
    'comment_updated',
    'issue_property_deleted',
    'worklog_updated',
  ]);

  const deleted = await during(app, () => call(`/issue/${key}`, { method: 'DELETE' }));
  expect(eventsOf(deleted)).toEqual([
    ...['attachment_deleted secondary', 'comment_deleted secondary'],
    ...['issuelink_deleted secondary', 'jira:issue_deleted', 'worklog_deleted secondary'],
  ]);
  expect(deleted[1]?.body).toMatchObject({ comment: { body: 'Bye' }, issue: { key } });
  expect(deleted[3]?.body).toMatchObject({
    issue: { key, fields: { summary: 'An issue', attachment: [{ filename: 'a.txt' }] } },
  });
  // One by one they are Primary.
  const { id } = await call(`/issue/${other}/comment`, { body: { body: 'Hello' } });
  const one = await during(app, () => call(`/issue/${other}/comment/${id}`, { method: 'DELETE' }));
  expect(eventsOf(one)).toEqual(['comment_deleted']);
});

test('versions, sprints, filters and users have events', async () => {
  const app = await installWebhookApp(site, all);
  const inOrder = async (work: () => Promise<unknown>): Promise<string[]> =>
    eventsOf(await during(app, work));
  let id = '';
  expect(
    await inOrder(async () => {
      ({ id } = await call('/version', { body: { project: 'XX', name: '1.0' } }));
    }),
  ).toEqual(['jira:version_created']);
  const version = (body: unknown) => call(`/version/${id}`, { method: 'PUT', body });
  expect(await inOrder(() => version({ released: true }))).toEqual(['jira:version_released']);
  expect(await inOrder(() => version({ released: false, name: '1.1' }))).toEqual([
    'jira:version_unreleased',
    'jira:version_updated',
  ]);
  expect(await inOrder(() => call(`/version/${id}/removeAndSwap`, { body: {} }))).toEqual([
    'jira:version_deleted',
  ]);

  const base = 'agile/1.0';
  const sprint = await call('/sprint', { base, body: { name: 'One', originBoardId: 1 } });
  const dates = { startDate: '2026-01-01T00:00:00Z', endDate: '2026-01-15T00:00:00Z' };
  const [started] = await during(app, () =>
    call(`/sprint/${sprint.id}`, { base, body: { state: 'active', ...dates } }),
  );
  expect(started?.body).toMatchObject({
    webhookEvent: 'sprint_started',
    sprint: { id: sprint.id, state: 'active' },
    oldValue: { state: 'future' },
  });
  expect(await inOrder(() => call(`/sprint/${sprint.id}`, { base, body: { goal: 'x' } }))).toEqual([
    'sprint_updated',
  ]);
  expect(
    await inOrder(async () => {
      await call(`/sprint/${sprint.id}`, { base, body: { state: 'closed' } });
      await call(`/sprint/${sprint.id}`, { base, method: 'DELETE' });
    }),
  ).toEqual(['sprint_closed', 'sprint_deleted']);

  expect(
    await inOrder(async () => {
      const filter = await call('/filter', { body: { name: 'Mine', jql: 'project = XX' } });
      await call(`/filter/${filter.id}`, { method: 'PUT', body: { name: 'Yours' } });
      await call(`/filter/${filter.id}`, { method: 'DELETE' });
    }),
  ).toEqual(['filter_created', 'filter_deleted', 'filter_updated']);

  const reader = site.people[1]?.accountId ?? '';
  const [left] = await during(app, async () => site.deactivate(reader));
  expect(left?.body).toMatchObject({
    webhookEvent: 'user_updated',
    user: { accountId: reader, active: false },
  });
  site.activate(reader);
});

test("Atlassian's library finds each token good, for the URL with its variables filled in", async () => {
  const app = await installWebhookApp(site, [
    {
      event: 'jira:issue_updated',
      url: `/changed/{issue.key}?project=\${project.id}&by={modifiedUser.accountId}`,
    },
    {
      event: 'issue_property_set',
      url: '/property?key={property.key}&no={nothing}',
      excludeBody: true,
    },
  ]);
  const secret = site.sharedSecret(app.key);
  const key = await newIssue();
  const me = site.people[0]?.accountId ?? '';
  const [changed] = await during(app, () =>
    call(`/issue/${key}`, {
      method: 'PUT',
      body: { fields: { summary: 'New' } },
      headers: { 'x-atlassian-webhook-trace': 'run 7' },
    }),
  );
  expect(changed?.target).toBe(`/base/changed/${key}?project=10000&by=${me}`);
  const claims =
    changed && verifiedClaims(changed, secret, `POST&/changed/${key}&by=${me}&project=10000`);
  expect(claims).toMatchObject({ iss: site.clientKey, sub: me });
  expect(changed?.headers).toMatchObject({
    'content-type': 'application/json',
    'x-atlassian-webhook-flow': 'Primary',
    'x-atlassian-webhook-trace': 'run 7',
  });
  expect(changed?.headers).not.toHaveProperty('x-atlassian-webhook-retry');
  expect(changed?.headers['x-atlassian-webhook-identifier']).toMatch(/^[\w-]{20,}$/);

  const [property] = await during(app, () =>
    call(`/issue/${key}/properties/${encodeURIComponent('a b/c&d')}`, { method: 'PUT', body: 1 }),
  );
  expect(property?.target).toBe('/base/property?key=a%20b%2Fc%26d&no=');
  expect(
    property && verifiedClaims(property, secret, 'POST&/property&key=a%20b%2Fc%26d&no='),
  ).toBeTruthy();
  expect(property?.text).toBe('');
  expect(property?.headers).not.toHaveProperty('content-type');
  expect(property?.headers).not.toHaveProperty('x-atlassian-webhook-trace');
});

test('a webhook that fails is sent again, five times, with one identifier', async () => {
  const app = await installWebhookApp(site, [{ event: 'jira:issue_updated', url: '/hook' }]);
  const key = await newIssue();
  const edit = () =>
    call(`/issue/${key}`, { method: 'PUT', body: { fields: { summary: `${Math.random()}` } } });
  app.answers.push(503, 0, 429, 408, 500, 503);
  const received = await during(app, edit);
  expect(received.map(({ headers }) => headers['x-atlassian-webhook-retry'])).toEqual([
    undefined,
    ...['1', '2', '3', '4', '5'],
  ]);
  expect(
    new Set(received.map(({ headers }) => headers['x-atlassian-webhook-identifier'])).size,
  ).toBe(1);
  expect(new Set(received.map(({ text }) => text)).size).toBe(1);
  const given = site.webhooks.deliveries.at(-1);
  expect(given).toMatchObject({
    state: 'given-up',
    reason: '5 retries have failed',
    issueKey: key,
  });
  expect(given?.tries.map(({ status }) => status)).toEqual([503, 0, 429, 408, 500, 503]);
  expect(given?.tries[0]).toMatchObject({ reply: 'said 503', again: true, accepted: false });
  const starts = given?.tries.map(({ at }) => Date.parse(at)) ?? [];
  // The last pause is 16 minutes, less up to a quarter.
  expect((starts[5] ?? 0) - (starts[4] ?? 0)).toBeGreaterThanOrEqual(16 * 4 * 0.75 - 2);

  app.answers.push(425);
  expect(await during(app, edit)).toHaveLength(2);
  expect(site.webhooks.deliveries.at(-1)).toMatchObject({
    state: 'delivered',
    tries: [{ status: 425 }, { status: 204, good: true, retry: 1 }],
  });
});

test('what waits is signed with the secret of its time, and is forgotten by a reset', async () => {
  const slow = await startSandbox();
  onTestFinished(() => slow.close());
  const app = await installWebhookApp(slow, [{ event: 'user_updated', url: '/hook' }]);
  const [, reader] = slow.people;
  const nextTry = () => new Promise<WebhookDelivery>((resolve) => slow.on('webhook', resolve));
  const oldSecret = slow.sharedSecret(app.key);
  app.answers.push(503, 503);
  const first = nextTry();
  slow.deactivate(reader?.accountId ?? '');
  const { id, state, nextTryAt } = await first;
  expect(state).toBe('waiting');
  // Half a minute, less up to a quarter.
  const pause = Date.parse(nextTryAt ?? '') - Date.now();
  expect(pause).toBeGreaterThan(18_000);
  expect(pause).toBeLessThanOrEqual(30_000);
  await slow.rotateSecret(app.key);
  expect(await slow.webhooks.resend(id)).toMatchObject({ state: 'waiting', tries: [{}, {}] });
  const [one, two] = app.received;
  expect(one && verifiedClaims(one, oldSecret, 'POST&/hook&')).toBeTruthy();
  expect(two && verifiedClaims(two, slow.sharedSecret(app.key), 'POST&/hook&')).toBeTruthy();
  slow.reset();
  await slow.webhooks.idle();
  expect(slow.webhooks.deliveries).toEqual([]);
});

test('which answers count, which are a reason to send again, and which are final', async () => {
  const app = await installWebhookApp(site, [{ event: 'jira:issue_updated', url: '/hook' }]);
  const outcomes: Record<string, string> = {};
  for (const status of [200, 202, 204, 201, 302, 400, 401, 404, 408, 409, 425, 429, 500, 503, 0]) {
    app.answers.push(status);
    const sent = await site.webhooks.send(app.key, { event: 'jira:issue_updated' });
    expect(sent.status).toBe(status);
    const { accepted, good, again } = sent;
    outcomes[status] = accepted ? (good ? 'good' : 'accepted') : again ? 'again' : 'final';
  }
  expect(outcomes).toEqual({
    ...{ 200: 'good', 204: 'good', 202: 'accepted' },
    ...{ 201: 'final', 302: 'final', 400: 'final', 401: 'final', 404: 'final' },
    ...{
      408: 'again',
      409: 'again',
      425: 'again',
      429: 'again',
      500: 'again',
      503: 'again',
      0: 'again',
    },
  });
  app.delayMs = 1_700;
  const late = await site.webhooks.send(app.key, { event: 'jira:issue_updated' });
  expect(late).toMatchObject({ status: 0, again: true });
  expect(late.reason).toContain('no answer within 1.5 seconds');
  app.delayMs = 0;
  app.answers.push(401);
  const received = await during(app, () =>
    newIssue().then((key) =>
      call(`/issue/${key}`, { method: 'PUT', body: { fields: { summary: 'x' } } }),
    ),
  );
  expect(received).toHaveLength(1);
  expect(site.webhooks.deliveries.at(-1)).toMatchObject({
    state: 'given-up',
    tries: [{ status: 401 }],
  });
});

test('a refusal is in the request log, with what could be wrong', async () => {
  const app = await installWebhookApp(site, [{ event: 'jira:issue_updated', url: '/hook' }]);
  app.answers.push(401);
  const { requestId } = await site.webhooks.send(app.key, { event: 'jira:issue_updated' });
  const answer = await fetch(`${site.url}/_sandbox/api/requests/${requestId}`);
  const entry = (await answer.json()) as { fix: string };
  expect(entry).toMatchObject({
    direction: 'callback',
    path: '/base/hook',
    appKey: app.key,
    status: 401,
    verdict: {
      reason: 'jira:issue_updated: the app answered 401, which is final: it is not sent again',
    },
    explanation: { verdict: { ok: true } },
  });
  expect(entry.fix).toContain('sharedSecret of the last installed event');
  const count = site.requests.length;
  await site.webhooks.send(app.key, { event: 'jira:issue_updated', log: false });
  expect(site.requests).toHaveLength(count);
});

test('a filter chooses issues, and of a deleted one by what it was', async () => {
  const app = await installWebhookApp(site, [
    {
      event: 'jira:issue_updated',
      url: '/progress',
      filter: 'status = "In Progress" AND summary ~ "boat"',
    },
    {
      event: 'jira:issue_deleted',
      url: '/deleted',
      filter: 'project = XX AND issuetype = Task AND summary ~ boat',
    },
    { event: 'comment_created', url: '/other', filter: 'project = YY' },
    { event: 'comment_created', url: '/never', filter: 'project = NOWHERE' },
    { event: 'worklog_created', url: '/worklog', filter: 'project = YY' },
  ]);
  const [boat, car] = [await newIssue({ summary: 'A boat' }), await newIssue({ summary: 'A car' })];
  const received = await during(app, async () => {
    for (const key of [boat, car]) {
      await call(`/issue/${key}/transitions`, { body: { transition: { id: '21' } } });
      await call(`/issue/${key}/comment`, { body: { body: 'Hello' } });
      await call(`/issue/${key}/worklog`, { body: { timeSpentSeconds: 60 } });
      await call(`/issue/${key}`, { method: 'DELETE' });
    }
  });
  // Jira has no filter for worklogs.
  expect(received.map(({ target }) => target).toSorted()).toEqual([
    ...['/base/deleted', '/base/progress', '/base/worklog', '/base/worklog'],
  ]);
});

test('property keys choose events of properties', async () => {
  const app = await installWebhookApp(site, [
    { event: 'issue_property_set', url: '/hook', propertyKeys: ['mine'] },
  ]);
  const key = await newIssue();
  const received = await during(app, async () => {
    for (const name of ['mine', 'yours']) {
      await call(`/issue/${key}/properties/${name}`, { method: 'PUT', body: 1 });
    }
    await call(`/issue/${key}`, {
      method: 'PUT',
      body: { properties: [{ key: 'mine', value: 2 }] },
    });
  });
  expect(received.map(({ body }) => body.property)).toEqual([{ key: 'mine' }, { key: 'mine' }]);
});

test('a descriptor whose webhooks cannot be read is refused, each problem with its path', async () => {
  const install = (webhook: unknown) => installWebhookApp(site, [webhook as never]);
  const event = 'jira:issue_updated';
  await expect(install({ event, url: '/a', filter: 'priority = High' })).rejects.toThrow(
    "modules.webhooks[0].filter: cannot be read. Field 'priority' does not exist",
  );
  await expect(
    install({ url: 'https://example.com/a', excludeBody: 1, propertyKeys: [1] }),
  ).rejects.toThrow(
    /webhooks\[0\]\.event: is required.*\.url: "https:\/\/example\.com\/a" is not below the baseUrl.*excludeBody: must be.*propertyKeys: must be/,
  );
});

test('at most 20 primary and 10 secondary webhooks of one app are under way at once', async () => {
  const app = await installWebhookApp(site, [
    { event: 'issue_property_set', url: '/hook' },
    { event: 'comment_deleted', url: '/hook' },
  ]);
  const key = await newIssue();
  const comments = Array.from({ length: 15 }, () =>
    call(`/issue/${key}/comment`, { body: { body: 'x' } }),
  );
  await Promise.all(comments);
  app.delayMs = 200;
  const properties = Array.from({ length: 30 }, (_, index) => ({ key: `p${index}`, value: 1 }));
  const received = await during(app, async () => {
    await call(`/issue/${key}`, { method: 'PUT', body: { properties } });
    await call(`/issue/${key}`, { method: 'DELETE' });
  });
  expect(received).toHaveLength(45);
  expect(app.mostAtOnce).toEqual({ Primary: 20, Secondary: 10 });
});

test('an app that is disabled or gone is sent nothing, also not what waited', async () => {
  const app = await installWebhookApp(site, [{ event: 'jira:issue_created', url: '/hook' }]);
  await site.disable(app.key);
  expect(await during(app, () => newIssue())).toEqual([]);
  await site.enable(app.key);
  app.answers.push(503);
  const received = await during(app, async () => {
    await newIssue();
    await site.uninstall(app.key);
  });
  expect(received.length).toBeLessThanOrEqual(1);
  expect(site.webhooks.deliveries.at(-1)).toMatchObject({
    state: 'given-up',
    reason: 'the app is uninstalled',
  });
});

test('a webhook is sent again by hand, as itself or as a new one', async () => {
  const app = await installWebhookApp(site, [{ event: 'jira:issue_created', url: '/hook' }]);
  app.answers.push(404);
  const [first] = await during(app, () => newIssue());
  const id = site.webhooks.deliveries.at(-1)?.id ?? 0;
  const again = await site.webhooks.resend(id);
  expect(again).toMatchObject({
    id,
    state: 'delivered',
    tries: [{ status: 404 }, { status: 204 }],
  });
  const copy = await site.webhooks.resend(id, { asNew: true });
  expect(copy).toMatchObject({ state: 'delivered', tries: [{ retry: 0 }], body: again.body });
  expect(copy.identifier).not.toBe(again.identifier);
  const [, second, third] = app.received;
  const headersOf = (received?: ReceivedWebhook) => [
    received?.headers['x-atlassian-webhook-identifier'],
    received?.headers['x-atlassian-webhook-retry'],
  ];
  expect(headersOf(second)).toEqual([headersOf(first)[0], '1']);
  expect(headersOf(third)).toEqual([copy.identifier, undefined]);
  await expect(site.webhooks.resend(999_999)).rejects.toThrow('There is no webhook 999999');
});

test('any webhook can be sent to an app, also twice', async () => {
  const app = await installWebhookApp(site, [
    { event: 'jira:issue_updated', url: '/hook/{issue.id}' },
  ]);
  const webhook = {
    event: 'jira:issue_updated',
    payload: { issue: { id: '7', key: 'XX-7' } },
    ...{ identifier: 'twice', path: '/hook/7', retry: 2, trace: 't' },
    flow: 'Secondary' as const,
  };
  await site.webhooks.send(app.key, webhook);
  expect(await site.webhooks.send(app.key, webhook)).toMatchObject({
    identifier: 'twice',
    status: 204,
  });
  await site.webhooks.send(app.key, { event: 'jira:issue_updated' });
  const [one, two, three] = app.received;
  expect(one?.headers).toMatchObject({
    'x-atlassian-webhook-identifier': 'twice',
    'x-atlassian-webhook-retry': '2',
    'x-atlassian-webhook-flow': 'Secondary',
    'x-atlassian-webhook-trace': 't',
  });
  expect(one?.body).toMatchObject({ webhookEvent: 'jira:issue_updated', issue: { key: 'XX-7' } });
  expect(one && verifiedClaims(one, site.sharedSecret(app.key), 'POST&/hook/7&')).toBeTruthy();
  expect(two?.headers['x-atlassian-webhook-identifier']).toBe('twice');
  expect(three?.target).toBe('/base/hook/');
  await expect(site.webhooks.send(app.key, { event: 'sprint_created' })).rejects.toThrow(
    'asks for no "sprint_created": say a path. It asks for these: jira:issue_updated.',
  );
  await expect(site.webhooks.send(app.key, { event: 'x', count: 2 } as never)).rejects.toThrow(
    'Unknown option "count"',
  );
  await expect(site.webhooks.send('nobody', { event: 'x' })).rejects.toThrow('is not installed');
});

test('another process lists webhooks, sends them again, and sends any', async () => {
  const app = await installWebhookApp(site, [{ event: 'jira:issue_created', url: '/hook' }]);
  await during(app, () => newIssue());
  const id = site.webhooks.deliveries.at(-1)?.id ?? 0;
  const api = `${site.url}/_sandbox/api`;
  const list = await (await fetch(`${api}/webhooks?after=${id - 1}`)).json();
  expect(list).toMatchObject([{ id, event: 'jira:issue_created', state: 'delivered' }]);
  const post = async (path: string, body: unknown) =>
    (await fetch(`${api}${path}`, { method: 'POST', body: JSON.stringify(body) })).json();
  expect(await post(`/webhooks/${id}/resend`, {})).toMatchObject({ id, tries: [{}, {}] });
  const sent = await post(`/apps/${app.key}/webhooks`, { event: 'jira:issue_created' });
  expect(sent).toMatchObject({ status: 204, accepted: true });
  expect((await fetch(`${api}/webhooks/${id}`)).status).toBe(200);
  expect((await fetch(`${api}/webhooks/0`)).status).toBe(404);
});

test('what has ended is kept up to 1,000, and what waits for ever; clearing ends the waiting', async () => {
  const deliveries = new WebhookDeliveries();
  const add = () =>
    deliveries.add({
      ...{ event: 'x', appKey: 'a', identifier: 'i', flow: 'Primary', path: '/', at: '' },
    }).id;
  const waiting = add();
  for (let count = 0; count < 1100; count += 1) deliveries.update(add(), { state: 'delivered' });
  expect(deliveries.list()).toHaveLength(1000);
  expect(deliveries.find(waiting)?.state).toBe('waiting');
  expect(deliveries.find(2)).toBeUndefined();
  let idle = false;
  const ended = deliveries.idle().then(() => {
    idle = true;
  });
  await Promise.resolve();
  expect(idle).toBe(false);
  deliveries.clear();
  await ended;
  expect(deliveries.list()).toEqual([]);
});

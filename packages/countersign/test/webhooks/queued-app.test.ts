/** What an app asks of its queue: one that keeps deliveries in a list shows it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  QueueError,
  type QueueSetup,
  type WebhookDelivery,
  type WebhookQueue,
} from '../../src/index.ts';
import { type AtlassianHost, startAtlassianHost } from '../connect/atlassian-host.ts';
import { createWebhookApp, updated } from './webhook-app.ts';

let host: AtlassianHost;
beforeAll(async () => {
  host = await startAtlassianHost();
});
afterAll(() => host.close());

function listQueue() {
  const calls: string[] = [];
  const added: WebhookDelivery[] = [];
  const known = new Set<string>();
  let setup: QueueSetup | undefined;
  const queue = {
    name: 'a list',
    isAway: false,
    ...{ calls, added },
    setup: (given: QueueSetup) => {
      setup = given;
    },
    open: async () => void calls.push('open'),
    start: () => void calls.push('start'),
    stop: async (graceMs: number) => void calls.push(`stop ${graceMs}`),
    close: async () => void calls.push('close'),
    async add(delivery: WebhookDelivery) {
      if (queue.isAway) throw new QueueError('QUEUE_UNAVAILABLE', 'The queue is away.');
      if (known.has(delivery.id)) return false;
      known.add(delivery.id);
      // As JSON, for that is what any queue keeps.
      added.push(JSON.parse(JSON.stringify(delivery)));
      return true;
    },
    check: async () => undefined,
    counts: async () => ({ waiting: added.length, active: 0, retrying: 0, dead: 0 }),
    deadLetters: async () => [],
    retryDeadLetter: async () => false,
    dropDeadLetter: async () => false,
    /** Hands over what was added first. */
    async next(attempt = 1) {
      const delivery = added.shift();
      if (delivery === undefined || setup === undefined) throw new Error('nothing was added');
      return setup.run(delivery, { attempt, signal: new AbortController().signal });
    },
    limits: () => setup?.limits,
  } satisfies WebhookQueue & Record<string, unknown>;
  return queue;
}

test('a webhook is answered 202 when the queue has it, and handled when that hands it over', async () => {
  const queue = listQueue();
  const { app, send } = await createWebhookApp(host, { webhooks: { queue } });
  const heard: unknown[] = [];
  app.webhook('jira:issue_updated', ({ event, installation }) => {
    heard.push([event.payload.issue.key, event.attempt, installation.clientKey]);
  });
  const answer = await send({ identifier: 'abc-1' });
  expect([answer.status, await answer.text()]).toEqual([202, '']);
  expect(heard).toEqual([]);
  expect(await queue.next(3)).toEqual({ kind: 'done' });
  expect(heard).toEqual([['XX-21', 3, 'client-1']]);
});

test('one that Jira sends again is answered the same, and is there once', async () => {
  const queue = listQueue();
  const { app, send } = await createWebhookApp(host, { webhooks: { queue, acceptedStatus: 204 } });
  app.webhook('*', () => undefined);
  expect((await send({ identifier: 'abc-1' })).status).toBe(204);
  expect((await send({ identifier: 'abc-1' })).status).toBe(204);
  expect(queue.added).toHaveLength(1);
});

test('a queue that is away is answered 503, so that Jira sends it again', async () => {
  const queue = listQueue();
  const { app, send, log } = await createWebhookApp(host, { webhooks: { queue } });
  app.webhook('*', () => undefined);
  queue.isAway = true;
  const answer = await send({ identifier: 'abc-1' });
  expect([answer.status, await answer.text()]).toEqual([503, '{"error":"unavailable"}']);
  expect(log.codes()).toEqual(['QUEUE_UNAVAILABLE']);
  queue.isAway = false;
  expect((await send({ identifier: 'abc-1' })).status).toBe(202);
});

test('what is about one issue has one key of order, where a handler asks for that', async () => {
  const queue = listQueue();
  const made = await createWebhookApp(host, { webhooks: { queue } });
  made.app.webhook('jira:issue_updated', () => undefined, { order: 'issue' });
  made.app.webhook('comment_created', () => undefined);
  made.app.webhook('worklog_updated', () => undefined, { order: 'issue' });
  await made.install('client-2', 'secret-2');
  await made.send();
  await made.send({ clientKey: 'client-2', sharedSecret: 'secret-2' });
  await made.send({ body: { webhookEvent: 'comment_created', issue: updated.issue } });
  await made.send({
    body: { webhookEvent: 'worklog_updated', worklog: { id: 1, issueId: 10021 } },
  });
  await made.send({ body: { webhookEvent: 'jira:issue_updated' } });
  expect(queue.added.map(({ orderKey }) => orderKey)).toEqual([
    'client-1:10021',
    'client-2:10021',
    undefined,
    'client-1:10021',
    undefined,
  ]);
});

test('it is opened with the app, begins when handlers are there, drains and closes', async () => {
  const queue = listQueue();
  const { app } = await createWebhookApp(host, { webhooks: { queue, concurrency: 3 } });
  app.webhook('*', () => undefined);
  expect(queue.calls).toEqual([]);
  expect(queue.limits()).toEqual({
    concurrency: 3,
    concurrencyPerInstallation: 3,
    dedupeSeconds: 7200,
  });
  await app.open();
  await app.drain({ graceMs: 7 });
  await app.close();
  expect(queue.calls).toEqual(['open', 'start', 'stop 7', 'close']);
});

test('without open it begins with the first webhook', async () => {
  const queue = listQueue();
  const { app, send } = await createWebhookApp(host, { webhooks: { queue } });
  app.webhook('*', () => undefined);
  await send();
  await send();
  expect(queue.calls).toEqual(['start']);
});

test('a process that only takes in never begins', async () => {
  const queue = listQueue();
  const { app, send } = await createWebhookApp(host, { webhooks: { queue, work: false } });
  app.webhook('*', () => undefined);
  await app.open();
  expect((await send()).status).toBe(202);
  expect(queue.calls).toEqual(['open']);
});

test('what is taken in while the app drains is kept for others', async () => {
  const queue = listQueue();
  const { app, send } = await createWebhookApp(host, { webhooks: { queue } });
  app.webhook('*', () => undefined);
  await app.drain({ graceMs: 1 });
  expect((await send()).status).toBe(202);
  expect(queue.calls).toEqual(['stop 1']);
});

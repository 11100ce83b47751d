/** What Jira sends to the webhooks of a descriptor, and what it is answered. Without a queue: handled while it waits. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { isCountersignError, memoryStore, type WebhookNotice } from '../../src/index.ts';
import { sqliteStore } from '../../src/installations/sqlite-store.ts';
import { outwardAnswer, UNAUTHORIZED } from '../app/panel-app.ts';
import { type AtlassianHost, startAtlassianHost } from '../connect/atlassian-host.ts';
import { createWebhookApp, updated, type WebhookApp } from './webhook-app.ts';

let host: AtlassianHost;
beforeAll(async () => {
  host = await startAtlassianHost();
});
afterAll(() => host.close());

const hearing = async (pattern = '*', change = {}) => {
  const made = await createWebhookApp(host, change);
  const notices: WebhookNotice[] = [];
  made.app.webhook(pattern, (notice) => {
    notices.push(notice);
  });
  return { ...made, notices };
};

describe('a webhook that Jira sends', () => {
  test('is proved, read, handed to the handler, and answered when that is done', async () => {
    const made = await createWebhookApp(host);
    const steps: string[] = [];
    made.app.webhook('jira:issue_updated', async ({ event, installation, jira }) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      // Typed: no cast is needed to read what is documented.
      steps.push(`${event.payload.issue.key} ${event.payload.changelog?.items?.[0]?.field}`);
      steps.push(`${installation.siteUrl} ${typeof jira.get}`);
    });
    const answer = await made.send({
      identifier: 'abc-1',
      headers: {
        'x-atlassian-webhook-flow': 'Primary',
        'x-atlassian-webhook-trace': 'import-7',
        'x-atlassian-webhook-retry': '2',
      },
    });
    expect(answer.status).toBe(204);
    expect(steps).toEqual(['XX-21 summary', 'https://example.atlassian.net function']);
  });

  test('tells what its headers and its body say', async () => {
    const { send, notices, clock } = await hearing();
    await send({
      identifier: 'abc-1',
      headers: {
        'x-atlassian-webhook-flow': 'Secondary',
        'x-atlassian-webhook-trace': 'import-7',
        'x-atlassian-webhook-retry': '2',
      },
    });
    await send({ identifier: 'abc-2' });
    const [first, second] = notices;
    expect(first?.event).toEqual({
      name: 'jira:issue_updated',
      payload: updated,
      issue: { id: '10021', key: 'XX-21' },
      timestamp: updated.timestamp,
      receivedAt: clock.time,
      identifier: 'abc-1',
      idempotencyKey: expect.stringMatching(
        /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      ),
      retry: 2,
      flow: 'Secondary',
      trace: 'import-7',
      url: '/webhooks',
      attempt: 3,
    });
    expect(second?.event).toMatchObject({ retry: 0, attempt: 1 });
    expect(second?.event.flow).toBeUndefined();
    expect(second?.event.idempotencyKey).not.toBe(first?.event.idempotencyKey);
  });

  test('finds its route by the variables of the descriptor, and its event without a body', async () => {
    const { send, notices } = await hearing('jira:issue_*');
    const path = '/deleted/XX%2D21?id=10021';
    expect((await send({ path, body: '' })).status).toBe(204);
    expect(notices[0]?.event).toMatchObject({ name: 'jira:issue_deleted', payload: {}, url: path });
    expect((await send({ path: '/deleted/XX-21/more', body: '' })).status).toBe(404);
    expect((await send({ path: '/deleted/', body: '' })).status).toBe(204);
  });

  test.each([
    ['jira:issue_updated', true],
    ['jira:issue_*', true],
    ['*', true],
    ['jira:*_updated', true],
    ['jira:issue_created', false],
    ['issue_updated', false],
    ['jira.issue_updated', false],
    ['JIRA:issue_updated', false],
  ])('is heard by %s: %s', async (pattern, isHeard) => {
    const { send, notices } = await hearing(pattern);
    expect((await send()).status).toBe(204);
    expect(notices).toHaveLength(isHeard ? 1 : 0);
  });

  test('that nobody hears of is answered 204, and said in the log', async () => {
    const { send, log } = await hearing('comment_*');
    expect((await send()).status).toBe(204);
    expect(log.lines.map(({ message }) => message)).toContain('No handler hears of this webhook.');
  });

  test('is none of the app’s as long as there is no handler: a route of its own may take it', async () => {
    const { app, send } = await createWebhookApp(host);
    expect(app.handles('POST', '/webhooks')).toBe(false);
    expect((await send()).status).toBe(404);
    const remove = app.webhook('*', () => undefined);
    expect(app.handles('POST', '/webhooks')).toBe(true);
    expect(app.handles('GET', '/webhooks')).toBe(false);
    expect((await app.fetch(new Request('https://panel.example.com/webhooks'))).status).toBe(405);
    remove();
    expect(app.handles('POST', '/webhooks')).toBe(false);
  });
});

describe('a webhook that is refused', () => {
  test.each<[string, Parameters<WebhookApp['send']>[0], string]>([
    ['no token', { token: '' }, 'TOKEN_MISSING'],
    ['the secret of somebody else', { sharedSecret: 'other' }, 'TOKEN_SIGNATURE_INVALID'],
    ['a site that has not the app', { clientKey: 'client-2' }, 'INSTALLATION_UNKNOWN'],
    ['a context token', { claims: { qsh: 'context-qsh' } }, 'TOKEN_CONTEXT_REFUSED'],
    ['the hash of another URL', { claims: { qsh: 'a'.repeat(64) } }, 'TOKEN_QSH_MISMATCH'],
    ['a token that is over', { claims: { exp: 1 } }, 'TOKEN_EXPIRED'],
  ])('with %s runs no handler, and its body is not read', async (_, sent, code) => {
    const { app, webhook, notices, log } = await hearing();
    const request = await webhook(sent);
    expect(await outwardAnswer(await app.fetch(request))).toEqual(UNAUTHORIZED);
    expect(log.codes()).toEqual([code]);
    expect(request.bodyUsed).toBe(false);
    expect(notices).toEqual([]);
  });

  test.each([
    ['no JSON', '{'],
    ['no object', '[1]'],
    ['null', 'null'],
  ])('with a body that is %s is answered 400, which is final', async (_, body) => {
    const { send, notices } = await hearing();
    expect((await send({ body })).status).toBe(400);
    expect(notices).toEqual([]);
  });

  test('with a body that is too large is answered 413, whether it says so or not', async () => {
    const { app, webhook, send, notices } = await hearing('*', {
      webhooks: { maxBodyBytes: 1000 },
    });
    const body = JSON.stringify({ webhookEvent: 'jira:issue_updated', text: 'x'.repeat(1000) });
    expect((await send({ body })).status).toBe(413);
    const streamed = await webhook({ body: '' });
    const chunks = new Request(streamed, {
      method: 'POST',
      body: new Blob([body]).stream(),
      duplex: 'half',
    } as RequestInit);
    expect((await app.fetch(chunks)).status).toBe(413);
    expect(notices).toEqual([]);
  });

  test('without a body, where its URL is that of several events, is answered 400', async () => {
    const { send, log } = await hearing();
    expect((await send({ body: '' })).status).toBe(400);
    expect(log.lines.at(-1)?.details.error.hint).toContain('excludeBody');
  });

  test('keeps no token that came in its URL', async () => {
    const { app, webhook, notices } = await hearing();
    const request = await webhook({ path: '/webhooks?a=1' });
    const token = request.headers.get('authorization')?.slice(4) ?? '';
    const inUrl = new Request(`https://panel.example.com/webhooks?jwt=${token}&a=1`, {
      method: 'POST',
      body: JSON.stringify(updated),
    });
    expect((await app.fetch(inUrl)).status).toBe(204);
    expect(notices[0]?.event.url).toBe('/webhooks?a=1');
  });
});

describe('a handler that fails', () => {
  test('is answered 503, so that Jira sends it again; and then it runs again', async () => {
    const made = await createWebhookApp(host);
    const tries: number[] = [];
    made.app.webhook('*', ({ event }) => {
      tries.push(event.attempt);
      if (event.retry === 0) throw new Error('the database is away');
    });
    const first = await made.send({ identifier: 'abc-1' });
    expect(first.status).toBe(503);
    expect(await first.text()).toBe('{"error":"unavailable"}');
    const headers = { 'x-atlassian-webhook-retry': '1' };
    expect((await made.send({ identifier: 'abc-1', headers })).status).toBe(204);
    expect(tries).toEqual([1, 2]);
    expect(made.log.lines.at(-1)).toMatchObject({
      level: 'warn',
      message: 'A webhook failed; Jira sends it again, up to five times.',
      details: {
        event: 'jira:issue_updated',
        clientKey: 'client-1',
        requestId: expect.stringMatching(/^[0-9a-f]{16}$/),
        error: { message: 'the database is away' },
      },
    });
  });

  test('runs after the others of its event, and stops those behind it', async () => {
    const made = await createWebhookApp(host);
    const ran: string[] = [];
    made.app.webhook('jira:issue_updated', () => void ran.push('first'));
    made.app.webhook('jira:*', () => {
      ran.push('second');
      throw new Error('no');
    });
    made.app.webhook('*', () => void ran.push('third'));
    expect((await made.send()).status).toBe(503);
    expect(ran).toEqual(['first', 'second']);
  });

  test('that takes too long is given up, its signal is aborted, and Jira sends it again', async () => {
    const made = await createWebhookApp(host);
    const reasons: unknown[] = [];
    made.app.webhook(
      '*',
      ({ signal }) =>
        new Promise(() => {
          signal.addEventListener('abort', () => reasons.push(signal.reason));
        }),
      { timeoutMs: 20 },
    );
    expect((await made.send()).status).toBe(503);
    expect(reasons).toEqual([expect.objectContaining({ name: 'TimeoutError' })]);
  });

  test('may take longer as long as its heart beats', async () => {
    const made = await createWebhookApp(host);
    made.app.webhook(
      '*',
      async ({ heartbeat }) => {
        for (let beat = 0; beat < 8; beat++) {
          await new Promise((resolve) => setTimeout(resolve, 50));
          heartbeat();
        }
      },
      { timeoutMs: 250 },
    );
    expect((await made.send()).status).toBe(204);
  });

  test('of a site that uninstalled the app meanwhile is not run', async () => {
    const made = await hearing();
    const request = await made.webhook();
    const record = await made.store.get('client-1');
    if (record === undefined) throw new Error('not installed');
    let isUninstalled = false;
    // Between the proof and the handler.
    const read = request.headers.get.bind(request.headers);
    vi.spyOn(request.headers, 'get').mockImplementation((name) => {
      if (name === 'x-atlassian-webhook-identifier' && !isUninstalled) {
        isUninstalled = true;
        void made.store.put({ ...record, status: 'uninstalled', revision: record.revision + 1 });
      }
      return read(name);
    });
    expect((await made.app.fetch(request)).status).toBe(204);
    expect(made.notices).toEqual([]);
    expect(made.log.lines.at(-1)?.message).toContain('not installed there any more');
  });
});

describe('a webhook that Jira sends again', () => {
  test('is handled once, and answered as if it were', async () => {
    const { send, notices } = await hearing();
    for (let time = 0; time < 3; time++) {
      expect((await send({ identifier: 'abc-1' })).status).toBe(204);
    }
    expect(notices).toHaveLength(1);
    await send({ identifier: 'abc-2' });
    expect(notices).toHaveLength(2);
  });

  test('while the first is at work waits for that one, whatever comes of it', async () => {
    const made = await createWebhookApp(host);
    let runs = 0;
    made.app.webhook('*', async () => {
      runs++;
      await new Promise((resolve) => setTimeout(resolve, 10));
      if (runs === 1) throw new Error('not yet');
    });
    const together = await Promise.all([1, 2, 3].map(() => made.send({ identifier: 'abc-1' })));
    expect(together.map(({ status }) => status)).toEqual([503, 503, 503]);
    expect(runs).toBe(1);
    expect((await made.send({ identifier: 'abc-1' })).status).toBe(204);
  });

  test('is known by another process, and after the time of dedupeSeconds by nobody', async () => {
    const clock = { time: 0 };
    const store = sqliteStore(':memory:', { now: () => clock.time });
    const webhooks = { dedupeSeconds: 600 };
    const one = await hearing('*', { store, webhooks });
    const another = await hearing('*', { store: { ...store }, webhooks });
    clock.time = one.clock.time;
    await one.send({ identifier: 'abc-1' });
    await another.send({ identifier: 'abc-1' });
    expect(another.notices).toHaveLength(0);
    clock.time += 601_000;
    await another.send({ identifier: 'abc-1' });
    expect(another.notices).toHaveLength(1);
    await store.close?.();
  });

  test('has the same identifier as that of another site, and is another one', async () => {
    const made = await hearing();
    await made.install('client-2', 'secret-2');
    await made.send({ identifier: 'abc-1' });
    await made.send({ identifier: 'abc-1', clientKey: 'client-2', sharedSecret: 'secret-2' });
    expect(made.notices.map(({ installation }) => installation.clientKey)).toEqual([
      'client-1',
      'client-2',
    ]);
  });

  test('without an identifier is handled each time', async () => {
    const { send, notices } = await hearing();
    await send();
    await send();
    expect(notices).toHaveLength(2);
  });

  test('to a store that cannot look is known in this process alone', async () => {
    const { isClaimed: _, ...store } = memoryStore();
    const { send, notices } = await hearing('*', { store });
    await send({ identifier: 'abc-1' });
    await send({ identifier: 'abc-1' });
    expect(notices.length).toBeGreaterThanOrEqual(1);
  });
});

describe('order', () => {
  test('of one issue is kept where it is asked for, and other issues do not wait', async () => {
    const made = await createWebhookApp(host);
    const ended: string[] = [];
    const releases = new Map<string, () => void>();
    made.app.webhook(
      '*',
      async ({ event }) => {
        const name = `${event.issue?.id} ${event.identifier}`;
        await new Promise<void>((resolve) => releases.set(name, resolve));
        ended.push(name);
      },
      { order: 'issue' },
    );
    const of = (id: string, identifier: string) =>
      made.send({ identifier, body: { ...updated, issue: { id, key: `XX-${id}` } } });
    const first = of('1', 'a');
    await vi.waitFor(() => expect(releases.has('1 a')).toBe(true));
    const second = of('1', 'b');
    const other = of('2', 'c');
    await vi.waitFor(() => expect(releases.has('2 c')).toBe(true));
    releases.get('2 c')?.();
    await other;
    expect(releases.has('1 b')).toBe(false);
    releases.get('1 a')?.();
    await first;
    await vi.waitFor(() => releases.get('1 b')?.());
    await vi.waitFor(() => expect(ended).toEqual(['2 c', '1 a', '1 b']));
    await second;
  });
});

describe('a store that is down', () => {
  test('makes it 503, so that Jira sends it again, and nothing runs', async () => {
    const kept = memoryStore();
    let isDown = false;
    const { getNow: _, ...waiting } = kept;
    const store = {
      ...waiting,
      get: async (clientKey: string) => {
        if (isDown) throw new Error('the database is away');
        return kept.get(clientKey);
      },
    };
    const { send, notices } = await hearing('*', { store, cache: false });
    isDown = true;
    expect((await send()).status).toBe(503);
    expect(notices).toEqual([]);
    isDown = false;
    expect((await send()).status).toBe(204);
  });
});

describe('app.webhook', () => {
  test.each<[string, unknown[], string]>([
    ['', [() => undefined], 'is no event'],
    ['jira:issue updated', [() => undefined], 'is no event'],
    ['jira:issue_updated', [undefined], 'has no handler'],
    ['jira:issue_updated', [() => undefined, { timeout: 1 }], 'timeoutMs'],
    ['jira:issue_updated', [() => undefined, { order: 'project' }], "'issue'"],
    ['jira:issue_updated', [() => undefined, { timeoutMs: 0 }], 'between 1 and'],
  ])('refuses %j with %j', async (event, rest, message) => {
    const { app } = await createWebhookApp(host);
    expect(() => (app.webhook as (...all: unknown[]) => void)(event, ...rest)).toThrow(
      expect.toSatisfy(
        (error: unknown) =>
          isCountersignError(error) &&
          error.code.startsWith('CONFIG_') &&
          `${error.message} ${error.hint}`.includes(message),
      ),
    );
  });

  test('warns of an event that the descriptor does not ask for', async () => {
    const { app, log } = await createWebhookApp(host);
    app.webhook('jira:issue_updated', () => undefined);
    expect(log.lines.filter(({ level }) => level === 'warn')).toEqual([]);
    app.webhook('project_created', () => undefined);
    expect(log.lines.at(-1)?.message).toBe(
      "The descriptor asks for no webhook 'project_created': it is never sent.",
    );
  });
});

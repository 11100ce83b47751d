/** What becomes of a delivery that a queue hands over: by what its handlers do, and how often they were asked. */
import { describe, expect, test } from 'vitest';
import {
  type DeliveryOutcome,
  InstallationError,
  JiraApiError,
  type WebhookDelivery,
  type WebhookHandler,
  type WebhookQueue,
} from '../../src/index.ts';
import { memoryStore } from '../../src/installations/memory-store.ts';
import { installationSettings } from '../../src/installations/settings.ts';
import { safeLogger } from '../../src/logger.ts';
import { createHandlers } from '../../src/webhooks/handlers.ts';
import { readWebhooksOptions, type WebhooksOptions } from '../../src/webhooks/options.ts';
import { createRunner } from '../../src/webhooks/runner.ts';
import { collectLog } from '../app/collected-log.ts';
import { sampleRecord } from '../installations/sample-record.ts';

const delivery: WebhookDelivery = {
  id: '8d1c4a1e-5b1f-8a2b-9c3d-0123456789ab',
  appKey: 'panel-app',
  clientKey: 'client-1',
  event: 'jira:issue_updated',
  identifier: 'abc-1',
  payload: { issue: { id: '10021', key: 'XX-21' } },
  url: '/webhooks',
  receivedAt: 1000,
  retry: 0,
  flow: undefined,
  trace: undefined,
  orderKey: undefined,
  requestId: 'request-1',
};

interface Change {
  options?: WebhooksOptions;
  findRecord?: (clientKey: string, fresh?: boolean) => Promise<never>;
  now?: () => number;
}

function runnerOf(handler: WebhookHandler | undefined, change: Change = {}) {
  const log = collectLog();
  const handlers = createHandlers();
  if (handler !== undefined) handlers.add('jira:*', handler, { timeoutMs: 1000 });
  const handled: unknown[] = [];
  const store = memoryStore();
  const run = createRunner({
    ...{ appKey: 'panel-app', handlers, logger: safeLogger(log) },
    // It is only asked whether there is one: the queue itself is not part of this.
    settings: { ...readWebhooksOptions(change.options), queue: {} as WebhookQueue },
    findRecord: change.findRecord ?? (async () => sampleRecord({ clientKey: 'client-1' })),
    jira: () => {
      throw new Error('no handler here calls Jira');
    },
    settingsOf: (clientKey) => installationSettings(store, clientKey),
    telemetry: { handled: (...all) => handled.push(all) },
    now: change.now ?? (() => 2500),
  });
  return {
    ...{ log, handled },
    run: (attempt = 1, of: Partial<WebhookDelivery> = {}, signal = new AbortController().signal) =>
      run({ ...delivery, ...of }, { attempt, signal }),
  };
}

const failing =
  (error: unknown): WebhookHandler =>
  () => {
    throw error;
  };

test('a handler that ends well ends the delivery, and says how long it waited', async () => {
  const { run, handled } = runnerOf(() => undefined);
  expect(await run()).toEqual({ kind: 'done' });
  expect(handled).toEqual([['jira:issue_updated', 'done', 0, 1500]]);
});

describe('a handler that fails', () => {
  test.each([
    [1, 5000],
    [2, 10_000],
    [3, 20_000],
    [7, 320_000],
  ])('for the %ith time is tried again after up to %i ms', async (attempt, most) => {
    const { run } = runnerOf(failing(new Error('the mail server is away')));
    const outcome = await run(attempt);
    expect(outcome).toMatchObject({ kind: 'retry', reason: 'Error: the mail server is away' });
    const { delayMs } = outcome as Extract<DeliveryOutcome, { kind: 'retry' }>;
    expect(delayMs).toBeLessThanOrEqual(most);
    expect(delayMs).toBeGreaterThanOrEqual(most * 0.75);
  });

  test('for the last time is a dead letter', async () => {
    const { run, log, handled } = runnerOf(failing(new Error('no')), { options: { maxTries: 3 } });
    expect(await run(3)).toEqual({ kind: 'dead', reason: 'Error: no' });
    expect(handled[0]).toContain('dead');
    expect(log.lines.at(-1)).toMatchObject({
      level: 'error',
      details: { attempt: 3, clientKey: 'client-1', requestId: 'request-1' },
    });
  });

  test('waits no longer than maxDelayMs, and as long as Jira asks for', async () => {
    const options = { baseDelayMs: 100, maxDelayMs: 400 };
    expect(await runnerOf(failing(new Error('no')), { options }).run(8 - 1)).toMatchObject({
      delayMs: expect.toSatisfy((ms: number) => ms >= 300 && ms <= 400),
    });
    const busy = new JiraApiError('JIRA_RATE_LIMITED', 'too many', {
      status: 429,
      retryAfterSeconds: 90,
    });
    expect(await runnerOf(failing(busy)).run()).toMatchObject({ delayMs: 90_000 });
  });

  test('keeps no secret in its reason', async () => {
    const token = `eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhIn0.c2lnbmF0dXJl`;
    const { run, log } = runnerOf(failing(new Error(`refused: ${token}`)));
    const outcome = await run();
    expect(JSON.stringify([outcome, log.lines])).not.toContain(token);
    expect(outcome).toMatchObject({ reason: 'Error: refused: [token]' });
  });

  test('with something that is no Error is tried again too', async () => {
    expect(await runnerOf(failing('text')).run()).toMatchObject({ kind: 'retry' });
  });
});

test('a delivery whose process dies each time is a dead letter after maxTries', async () => {
  let runs = 0;
  const { run } = runnerOf(() => void runs++, { options: { maxTries: 4 } });
  expect(await run(4)).toEqual({ kind: 'done' });
  expect(await run(5)).toMatchObject({ kind: 'dead', reason: expect.stringContaining('4 times') });
  expect(runs).toBe(1);
});

test('a delivery that nobody hears of any more is kept as a dead letter', async () => {
  expect(await runnerOf(undefined).run()).toEqual({
    kind: 'dead',
    reason: "No handler hears of 'jira:issue_updated'.",
  });
});

test('a delivery of another app, whose queue has the same name, is not handled', async () => {
  const { run } = runnerOf(() => expect.fail('it is of another app'));
  expect(await run(1, { appKey: 'other-app' })).toMatchObject({
    kind: 'dead',
    reason: expect.stringContaining("'other-app'"),
  });
});

test('a site that uninstalled the app is looked up anew, and its delivery is dropped', async () => {
  const asked: unknown[] = [];
  const { run, handled } = runnerOf(() => expect.fail('it is uninstalled'), {
    findRecord: async (clientKey, fresh) => {
      asked.push(fresh);
      throw new InstallationError('INSTALLATION_UNKNOWN', 'gone', { clientKey });
    },
  });
  expect(await run()).toEqual({ kind: 'done' });
  expect(asked).toEqual([undefined, true]);
  expect(handled[0]).toContain('dropped');
});

test('a store that is away makes it come again', async () => {
  const { run } = runnerOf(() => undefined, {
    findRecord: async () => {
      throw new Error('the database is away');
    },
  });
  expect(await run()).toMatchObject({ kind: 'retry' });
});

test('a queue that takes a delivery back ends the try at once', async () => {
  const claim = new AbortController();
  const { run } = runnerOf(({ signal }) => {
    claim.abort(new Error('the process stops'));
    return new Promise((_, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason)),
    );
  });
  expect(await run(1, {}, claim.signal)).toMatchObject({
    kind: 'retry',
    reason: 'Error: the process stops',
  });
  expect(await run(1, {}, AbortSignal.abort(new Error('too late')))).toMatchObject({
    kind: 'retry',
  });
});

test.each<[WebhooksOptions, string]>([
  [{ queues: 1 } as never, "'queue'"],
  [{ queue: {} as never }, 'no WebhookQueue'],
  [{ concurrency: 0 }, 'concurrency'],
  [{ concurrency: 4, concurrencyPerInstallation: 5 }, 'concurrencyPerInstallation'],
  [{ maxTries: 1.5 }, 'maxTries'],
  [{ baseDelayMs: 500, maxDelayMs: 400 }, 'maxDelayMs'],
  [{ dedupeSeconds: 1 }, 'dedupeSeconds'],
  [{ maxBodyBytes: '1 MB' as never }, 'maxBodyBytes'],
  [{ acceptedStatus: 201 as never }, '200, 202 or 204'],
  [{ work: 'no' as never }, 'work'],
])('the options %j are refused', (options, message) => {
  expect(() => readWebhooksOptions(options)).toThrow(message);
});

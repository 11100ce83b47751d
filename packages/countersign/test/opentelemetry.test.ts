import { createServer, type RequestListener } from 'node:http';
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  AggregationTemporality,
  type HistogramMetricData,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createJiraClient, type JiraClientOptions } from '../src/jira/client.ts';
import { openTelemetry } from '../src/opentelemetry/index.ts';
import { routeTemplate } from '../src/opentelemetry/route-template.ts';
import { close, listen, startAtlassianHost, unreachableUrl } from './connect/atlassian-host.ts';
import { APP_KEY, startSandboxSite } from './jira/sandbox-site.ts';
import { createWebhookApp } from './webhooks/webhook-app.ts';

const SECRET = 'MARKED-shared-secret';
const ACCOUNT = 'MARKED-account-id';

let origin: string;
let answer: RequestListener;
const server = createServer((request, response) => answer(request, response));
beforeAll(async () => {
  origin = await listen(server);
});
afterAll(() => close(server));

let spans: InMemorySpanExporter;
let tracerProvider: BasicTracerProvider;
let metrics: InMemoryMetricExporter;
let reader: PeriodicExportingMetricReader;
let meterProvider: MeterProvider;
beforeEach(() => {
  answer = (_, response) => response.end('{}');
  spans = new InMemorySpanExporter();
  tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
  metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  reader = new PeriodicExportingMetricReader({
    exporter: metrics,
    exportIntervalMillis: 3_600_000,
  });
  meterProvider = new MeterProvider({ readers: [reader] });
});
afterEach(async () => {
  await tracerProvider.shutdown();
  await meterProvider.shutdown();
});

function client(change: Partial<JiraClientOptions> = {}) {
  return createJiraClient({
    credentials: {
      ...{ siteUrl: origin, appKey: 'panel-app', sharedSecret: SECRET, clientKey: 'client-1' },
    },
    telemetry: openTelemetry({ tracerProvider, meterProvider }),
    baseDelayMs: 1,
    ...change,
  });
}

function onlySpan(): ReadableSpan {
  const finished = spans.getFinishedSpans();
  expect(finished).toHaveLength(1);
  return finished[0] as ReadableSpan;
}

/** The points of a metric. */
async function pointsOf(name: string) {
  await reader.forceFlush();
  const all = metrics.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics);
  const found = all
    .flatMap(({ metrics: each }) => each)
    .findLast(({ descriptor }) => descriptor.name === name);
  return (found?.dataPoints ?? []).map(({ attributes, value }) => ({ attributes, value }));
}

const answers =
  (...list: [number, Record<string, string>?][]): RequestListener =>
  (_, response) => {
    const [status, headers = {}] = list.length > 1 ? (list.shift() ?? [500]) : (list[0] ?? [500]);
    response.writeHead(status, headers).end('{}');
  };

describe('a call', () => {
  test('is a client span with the attributes of the convention', async () => {
    await client().get('/rest/api/3/issue/XX-21', { query: { fields: 'summary' } });
    const span = onlySpan();
    const { port } = new URL(origin);
    expect(span.name).toBe('GET /rest/api/3/issue/{}');
    expect(span.kind).toBe(SpanKind.CLIENT);
    expect(span.status).toEqual({ code: SpanStatusCode.UNSET });
    expect(span.attributes).toEqual({
      'http.request.method': 'GET',
      'http.response.status_code': 200,
      'server.address': '127.0.0.1',
      'server.port': Number(port),
      'url.full': `${origin}/rest/api/3/issue/XX-21`,
      'url.template': '/rest/api/3/issue/{}',
      'countersign.host': 'connect',
      'countersign.installation.id': 'client-1',
    });
    expect(span.instrumentationScope).toMatchObject({
      name: 'countersign',
      version: expect.stringMatching(/^\d/),
    });
  });

  test('is measured in seconds, in the buckets of the convention, without the installation', async () => {
    await client().get('/rest/api/3/myself');
    await reader.forceFlush();
    const all = metrics.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics);
    const histogram = all
      .flatMap(({ metrics: each }) => each)
      .find(
        ({ descriptor }) => descriptor.name === 'http.client.request.duration',
      ) as HistogramMetricData;
    const [point] = histogram.dataPoints;
    expect(histogram.descriptor.unit).toBe('s');
    expect(point?.value.buckets.boundaries).toEqual([
      0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
    ]);
    expect(point?.value.sum).toBeLessThan(10);
    expect(point?.attributes).toEqual({
      'http.request.method': 'GET',
      'http.response.status_code': 200,
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(origin).port),
      'url.template': '/rest/api/3/myself',
    });
    expect(await pointsOf('countersign.jira.calls')).toEqual([
      {
        attributes: {
          'http.request.method': 'GET',
          'http.response.status_code': 200,
          'url.template': '/rest/api/3/myself',
          'countersign.host': 'connect',
        },
        value: 1,
      },
    ]);
    expect(await pointsOf('countersign.jira.refusals')).toEqual([]);
  });

  test('that is refused is an error, with the cause of the refusal', async () => {
    answer = answers([404]);
    await expect(client().get('/rest/api/3/issue/XX-99')).rejects.toThrow();
    const { attributes, status, events } = onlySpan();
    expect(status).toEqual({ code: SpanStatusCode.ERROR });
    expect(attributes).toMatchObject({ 'http.response.status_code': 404, 'error.type': '404' });
    expect(events).toEqual([]);
    const [refusal] = await pointsOf('countersign.jira.refusals');
    expect(refusal).toMatchObject({
      attributes: { 'http.response.status_code': 404, 'error.type': '404' },
      value: 1,
    });
    expect(refusal?.attributes['countersign.cause']).toBe(attributes['countersign.cause']);
  });

  test('of jira.fetch that is answered with 403 is one, too', async () => {
    answer = answers([403]);
    expect((await client().fetch('/rest/api/3/myself')).status).toBe(403);
    expect(onlySpan().attributes).toMatchObject({ 'error.type': '403' });
    expect(await pointsOf('countersign.jira.refusals')).toHaveLength(1);
  });

  test('whose credentials Jira ignored is an error, although its status is 200', async () => {
    answer = answers([200, { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' }]);
    await expect(client().get('/rest/api/3/myself')).rejects.toMatchObject({
      code: 'JIRA_CREDENTIAL_IGNORED',
    });
    const { attributes, status } = onlySpan();
    expect(status.code).toBe(SpanStatusCode.ERROR);
    expect(attributes['http.response.status_code']).toBe(200);
    expect(attributes['error.type']).toMatch(/^CS-/);
    expect(await pointsOf('countersign.jira.refusals')).toHaveLength(1);
  });

  test('that cannot be sent ends with the code of its error, and no status', async () => {
    const credentials = { siteUrl: await unreachableUrl(), appKey: 'a', sharedSecret: SECRET };
    const jira = client({ credentials, maxTries: 1 });
    await expect(jira.get('/rest/api/3/myself')).rejects.toMatchObject({
      code: 'JIRA_UNREACHABLE',
    });
    const { attributes, status } = onlySpan();
    expect(status.code).toBe(SpanStatusCode.ERROR);
    expect(attributes['error.type']).toBe('JIRA_UNREACHABLE');
    expect(attributes).not.toHaveProperty('http.response.status_code');
    expect(attributes).not.toHaveProperty('countersign.installation.id');
    expect(await pointsOf('countersign.jira.refusals')).toEqual([]);
    const [calls] = await pointsOf('countersign.jira.calls');
    expect(calls?.attributes).toMatchObject({ 'error.type': 'JIRA_UNREACHABLE' });
  });

  test('that is tried again is one span, which tells how often and why', async () => {
    answer = answers([503], [429, { 'retry-after': '0' }], [200]);
    await client().get('/rest/api/3/myself');
    const { attributes, events, status } = onlySpan();
    expect(status.code).toBe(SpanStatusCode.UNSET);
    expect(attributes).toMatchObject({
      'http.request.resend_count': 2,
      'http.response.status_code': 200,
    });
    expect(events.map(({ name, attributes: each }) => [name, each])).toEqual([
      ['countersign.retry', expect.objectContaining({ 'countersign.retry.reason': 'unavailable' })],
      [
        'countersign.retry',
        expect.objectContaining({ 'countersign.retry.reason': 'rate-limited' }),
      ],
    ]);
    const retries = await pointsOf('countersign.jira.retries');
    expect(
      retries.map(({ attributes: each, value }) => [each['countersign.retry.reason'], value]),
    ).toEqual([
      ['unavailable', 1],
      ['rate-limited', 1],
    ]);
    expect(await pointsOf('countersign.jira.calls')).toHaveLength(1);
  });

  test('gives its result and its errors as they are', async () => {
    answer = (_, response) => response.end('{"accountId":"ann"}');
    expect(await client().get('/rest/api/3/myself')).toEqual({ accountId: 'ann' });
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    await expect(client().get('/rest/api/3/myself', { signal })).rejects.toBe(reason);
    expect(spans.getFinishedSpans()[1]?.attributes['error.type']).toBe('ABORTED');
  });

  test('tells Jira nothing of the trace', async () => {
    let headers: object = {};
    answer = (request, response) => {
      headers = request.headers;
      response.end('{}');
    };
    propagation.setGlobalPropagator({
      inject: (_, carrier, setter) => setter.set(carrier, 'traceparent', 'MARKED'),
      extract: (known) => known,
      fields: () => ['traceparent'],
    });
    await client().get('/rest/api/3/myself');
    propagation.disable();
    expect(headers).not.toHaveProperty('traceparent');
  });

  test('is active while it runs, so that what it causes belongs to it', async () => {
    const seen: (string | undefined)[] = [];
    const manager = new SynchronousContexts();
    context.setGlobalContextManager(manager);
    await openTelemetry({ tracerProvider, meterProvider }).call(
      { method: 'GET', url: `${origin}/rest/api/3/myself`, clientKey: 'c', host: 'connect' },
      async () => {
        seen.push(trace.getActiveSpan()?.spanContext().spanId);
      },
    );
    context.disable();
    expect(seen).toEqual([onlySpan().spanContext().spanId]);
  });

  test('without any SDK does what it does', async () => {
    expect(await client({ telemetry: openTelemetry() }).get('/rest/api/3/myself')).toEqual({});
  });
});

/** Enough of a context manager for what happens at once. */
class SynchronousContexts {
  #active = context.active();
  active() {
    return this.#active;
  }
  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    given: ReturnType<typeof context.active>,
    run: F,
    self?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    const before = this.#active;
    this.#active = given;
    try {
      return run.call(self, ...args);
    } finally {
      this.#active = before;
    }
  }
  bind<T>(_: unknown, target: T): T {
    return target;
  }
  enable() {
    return this;
  }
  disable() {
    return this;
  }
}

test('a bad day of a real site is seen whole: tried again after a 503, and refused at last', async () => {
  const { site, close: closeSite } = await startSandboxSite(['READ']);
  const jira = client({
    credentials: {
      ...{ siteUrl: site.url, appKey: APP_KEY, sharedSecret: site.sharedSecret(APP_KEY) },
      clientKey: site.clientKey,
    },
  });
  site.faults.add({ kind: 'status', status: 503, times: 1 });
  await jira.get('/rest/api/3/issue/XX-21');
  await jira.put('/rest/api/3/issue/XX-21', { body: { fields: {} } }).catch(() => {});
  await closeSite();
  const [read, write] = spans.getFinishedSpans();
  expect(read).toMatchObject({ name: 'GET /rest/api/3/issue/{}', status: { code: 0 } });
  expect(read?.attributes).toMatchObject({
    'http.request.resend_count': 1,
    'http.response.status_code': 200,
    'countersign.installation.id': site.clientKey,
  });
  expect(write).toMatchObject({
    name: 'PUT /rest/api/3/issue/{}',
    status: { code: SpanStatusCode.ERROR },
    attributes: { 'http.response.status_code': 403, 'error.type': '403' },
  });
  expect(await pointsOf('countersign.jira.refusals')).toMatchObject([
    { value: 1, attributes: { 'http.response.status_code': 403 } },
  ]);
});

test('no query, secret, token, body, message or accountId is reported', async () => {
  const everything: string[] = [];
  answer = (request, response) => {
    everything.push(request.headers.authorization ?? '');
    response
      .writeHead(400, { 'x-marked': 'MARKED-header' })
      .end('{"errorMessages":["MARKED-message"]}');
  };
  const jira = client();
  const query = { accountId: ACCOUNT, jql: 'MARKED-jql', jwt: 'MARKED-token' };
  const body = { note: 'MARKED-body' };
  await jira.get('/rest/api/3/user?expand=MARKED-inline#MARKED-hash', { query }).catch(() => {});
  await jira.put('/rest/api/3/user/properties/x', { query, body }).catch(() => {});
  await jira.fetch('/rest/api/3/myself', { headers: { 'x-sent': 'MARKED-sent' }, query });
  const finished = spans.getFinishedSpans();
  expect(finished).toHaveLength(3);
  await reader.forceFlush();
  const reported = JSON.stringify([
    finished.map(({ name, attributes, events, status }) => [name, attributes, events, status]),
    metrics.getMetrics(),
  ]);
  expect(reported).toContain('/rest/api/3/user');
  expect(reported).not.toContain('MARKED');
  expect(everything).toHaveLength(3);
  for (const authorization of everything) {
    expect(reported).not.toContain(authorization.replace('JWT ', ''));
  }
});

test.each([
  ['/rest/api/3/issue/XX-21', '/rest/api/3/issue/{}'],
  ['/rest/api/2/issue/10021/comment/5', '/rest/api/2/issue/{}/comment/{}'],
  ['/rest/api/3/issue/bulk', '/rest/api/3/issue/bulk'],
  ['/rest/api/3/issue/XX-21/properties/comment', '/rest/api/3/issue/{}/properties/{}'],
  ['/rest/api/3/project/SPRINT', '/rest/api/3/project/{}'],
  ['/rest/api/latest/search/jql', '/rest/api/latest/search/jql'],
  ['/rest/agile/1.0/board/3/sprint', '/rest/agile/1.0/board/{}/sprint'],
  ['/rest/servicedeskapi/request/3', '/rest/servicedeskapi/request/{}'],
  [
    '/rest/atlassian-connect/1/addons/app/properties/x',
    '/rest/atlassian-connect/1/addons/{}/properties/{}',
  ],
  ['/rest/forge/1/app/properties/x', '/rest/forge/1/app/properties/{}'],
  [
    '/ex/jira/11111111-1111-1111-1111-111111111111/rest/api/3/myself',
    '/ex/jira/{}/rest/api/3/myself',
  ],
  ['/wiki/rest/api/content/1', '/wiki/rest/api/content/{}'],
  ['/rest/api/3/status/In%20Progress', '/rest/api/3/status/{}'],
  ['/', '/'],
])('the path %s is named %s', (path, template) => {
  expect(routeTemplate(path)).toBe(template);
});

test('a method that HTTP does not know is reported as another one', async () => {
  await openTelemetry({ tracerProvider, meterProvider }).call(
    {
      method: 'MEND',
      url: 'https://user:MARKED@example.atlassian.net/rest/api/3/issue/1?MARKED#MARKED',
      clientKey: undefined,
      host: 'connect',
    },
    async (span) => span.response(204, 1),
  );
  const { name, attributes } = onlySpan();
  expect(name).toBe('HTTP /rest/api/3/issue/{}');
  expect(attributes).toMatchObject({
    'http.request.method': '_OTHER',
    'http.request.method_original': 'MEND',
    'server.address': 'example.atlassian.net',
    'server.port': 443,
    'url.full': 'https://example.atlassian.net/rest/api/3/issue/1',
  });
});

describe('webhooks', () => {
  const counted = async (name: string) =>
    (await pointsOf(name)).map(({ attributes, value }) => [
      attributes['countersign.webhook.event'],
      attributes['countersign.webhook.result'],
      value,
    ]);

  test('are counted by their event and by what came of them', async () => {
    const telemetry = openTelemetry({ meterProvider });
    telemetry.taken('jira:issue_updated', 'accepted', 3);
    telemetry.taken('jira:issue_updated', 'accepted', 5);
    telemetry.taken('jira:issue_updated', 'duplicate', 1);
    telemetry.taken(undefined, 'refused', 1);
    expect(await counted('countersign.webhooks.taken')).toEqual([
      ['jira:issue_updated', 'accepted', 2],
      ['jira:issue_updated', 'duplicate', 1],
      [undefined, 'refused', 1],
    ]);
    telemetry.handled('comment_created', 'retry', 20, 1500);
    telemetry.handled('comment_created', 'done', 20, 6500);
    expect(await counted('countersign.webhooks.handled')).toEqual([
      ['comment_created', 'retry', 1],
      ['comment_created', 'done', 1],
    ]);
    const [wait] = await pointsOf('countersign.webhooks.wait.duration');
    expect(wait?.value).toMatchObject({ count: 2, sum: 8 });
  });

  test('whose event is none that is documented make no series of their own', async () => {
    const telemetry = openTelemetry({ meterProvider });
    for (const event of ['made-up-1', 'made-up-2', 'avi:jira:updated:issue', 'avi:made:up']) {
      telemetry.taken(event, 'accepted', 1);
    }
    expect(await counted('countersign.webhooks.taken')).toEqual([
      ['_OTHER', 'accepted', 2],
      ['avi', 'accepted', 2],
    ]);
  });

  test('of a queue are counted when somebody asks, and nothing breaks where it is away', async () => {
    const telemetry = openTelemetry({ meterProvider });
    const counts = { waiting: 4, active: 2, retrying: 1, dead: 3 };
    let isAway = false;
    const end = telemetry.watchQueue(async () => {
      if (isAway) throw new Error('away');
      return counts;
    });
    const states = async () =>
      (await pointsOf('countersign.queue.deliveries')).map(({ attributes, value }) => [
        attributes['countersign.queue.state'],
        value,
      ]);
    expect(await states()).toEqual(Object.entries(counts));
    isAway = true;
    await reader.forceFlush();
    isAway = false;
    expect(await states()).toEqual(Object.entries(counts));
    end();
    let isAsked = false;
    counts.waiting = 0;
    Object.defineProperty(counts, 'waiting', {
      get: () => {
        isAsked = true;
        return 0;
      },
    });
    await reader.forceFlush();
    expect(isAsked).toBe(false);
  });

  test('of an app are reported from their arrival to the end of their handler', async () => {
    const atlassian = await startAtlassianHost();
    const { app, send } = await createWebhookApp(atlassian, {
      telemetry: openTelemetry({ meterProvider }),
    });
    app.webhook('jira:issue_updated', ({ event }) => {
      if (event.identifier === 'fails') throw new Error('no');
    });
    await send({ identifier: 'a' });
    await send({ identifier: 'a' });
    await send({ identifier: 'fails' });
    await send({ body: { webhookEvent: 'comment_created' } });
    await send({ sharedSecret: 'other' });
    expect(await counted('countersign.webhooks.taken')).toEqual([
      ['jira:issue_updated', 'accepted', 1],
      ['jira:issue_updated', 'duplicate', 1],
      ['jira:issue_updated', 'failed', 1],
      ['comment_created', 'ignored', 1],
      [undefined, 'refused', 1],
    ]);
    expect(await counted('countersign.webhooks.handled')).toEqual([
      ['jira:issue_updated', 'done', 1],
      ['jira:issue_updated', 'retry', 1],
    ]);
    await atlassian.close();
  });
});

test('an option that does not exist is refused by its name', () => {
  expect(() => openTelemetry({ tracer: tracerProvider } as never)).toThrow(
    expect.objectContaining({ code: 'CONFIG_OPTION_UNKNOWN' }),
  );
});

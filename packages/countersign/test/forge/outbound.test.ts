import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  createForgeAccess,
  type ForgeAccess,
  type ForgeAccessOptions,
  type ReceivedTokens,
} from '../../src/forge/credentials.ts';
import { SYSTEM_TOKEN, userTokenName } from '../../src/forge/tokens.ts';
import {
  type InstallationRecord,
  type InstallationStore,
  isJiraApiError,
  type JiraApiError,
  memoryStore,
} from '../../src/index.ts';
import { createTransport } from '../../src/jira/transport.ts';
import {
  CLOUD_ID,
  type ForgeGateway,
  forgeRecord,
  forgeToken,
  HOUR,
  MINUTE,
  refusedAnswer,
  startForgeGateway,
  tokenAnswer,
} from './forge-gateway.ts';

const NOW = 1_770_000_000_000;
const USER = '5b10ac8d82e05b22cc7d4ef5';

let gateway: ForgeGateway;
let store: InstallationStore;
let access: ForgeAccess;
let record: InstallationRecord;
let time: number;

beforeAll(async () => {
  gateway = await startForgeGateway();
});
afterAll(() => gateway.close());
beforeEach(() => {
  time = NOW;
  gateway.calls.length = 0;
  gateway.questions.length = 0;
  gateway.answer = (_request, response) => response.end('{}');
  gateway.answerQuestion = () => tokenAnswer('user-token', 3600);
  store = memoryStore({ now: () => time });
  record = forgeRecord(gateway);
  access = accessWith();
});

function accessWith(change: Partial<ForgeAccessOptions> = {}): ForgeAccess {
  return createForgeAccess({
    store,
    findRecord: async () => record,
    graphqlUrl: gateway.graphqlUrl,
    gatewayOrigins: [gateway.origin],
    prefer: 'forge',
    now: () => time,
    freshInstallDelaysMs: [5, 10, 15],
    transport: createTransport({ maxTries: 3, baseDelayMs: 0 }, () => time),
    ...change,
  });
}

const received = (change: Partial<ReceivedTokens> = {}): ReceivedTokens => ({
  system: undefined,
  user: undefined,
  principal: undefined,
  fromPage: change.principal !== undefined,
  ...change,
});

const systemToken = (name: string, lifeMs = 3 * HOUR) => forgeToken(name, time + lifeMs);

async function errorOf(call: Promise<unknown>): Promise<JiraApiError> {
  const error = await call.then(
    (answer) => expect.fail(`it was answered: ${inspect(answer)}`),
    (caught: unknown) => caught,
  );
  if (isJiraApiError(error)) return error;
  throw error;
}

describe('as the app', () => {
  test('a call goes to the gateway with the system token', async () => {
    const token = systemToken('a');
    await access.remember(record, received({ system: token }));
    await access.jira(record).get('/rest/api/3/issue/XX-1', { query: { fields: 'summary' } });
    expect(gateway.calls).toEqual([
      {
        method: 'GET',
        path: `/ex/jira/${CLOUD_ID}/rest/api/3/issue/XX-1?fields=summary`,
        authorization: `Bearer ${token}`,
        body: '',
      },
    ]);
    expect(await access.jira(record).host()).toBe('forge');
  });

  test('the token is found again by another process', async () => {
    const token = systemToken('a');
    await access.remember(record, received({ system: token }));
    await accessWith().jira(record).get('/rest/api/3/myself');
    expect(gateway.calls[0]?.authorization).toBe(`Bearer ${token}`);
  });

  test('a call without the header erases nothing', async () => {
    await access.remember(record, received({ system: systemToken('a') }));
    await access.remember(record, received());
    await access.remember(record, received({ system: '' }));
    await accessWith().jira(record).get('/rest/api/3/myself');
    expect(gateway.calls).toHaveLength(1);
  });

  test('without a token nothing is sent, and the error says how one is got', async () => {
    const error = await errorOf(access.jira(record).get('/rest/api/3/myself'));
    expect(error.code).toBe('JIRA_FORGE_TOKEN_MISSING');
    expect(error.diagnosis?.cause).toBe('CS-FORGE-SYSTEM-TOKEN-MISSING');
    for (const part of [
      'auth.appSystemToken.enabled',
      'modules.endpoint[]',
      'avi:forge:installed:app',
      'scheduledTrigger',
      'keepTokensFresh',
    ]) {
      expect(error.hint).toContain(part);
    }
    expect(gateway.calls).toEqual([]);
  });

  test.each([
    ['a minute before its end', -MINUTE, 'ends within a minute'],
    ['at its end', 0, 'ended less than a minute ago'],
    ['an hour and a half after its end', 90 * MINUTE, 'ended 90 min ago'],
    ['a day after its end', 24 * HOUR, 'ended 24 h ago'],
  ])('a token is refused %s', async (_name, after, said) => {
    await access.remember(record, received({ system: systemToken('a', 2 * HOUR) }));
    time += 2 * HOUR + after;
    const error = await errorOf(access.jira(record).get('/rest/api/3/myself'));
    expect(error.code).toBe('JIRA_FORGE_TOKEN_EXPIRED');
    expect(error.message).toContain(said);
    expect(error.diagnosis?.cause).toBe('CS-FORGE-TOKEN-EXPIRED');
    expect(gateway.calls).toEqual([]);
  });

  test('a long-lived client takes each newer token', async () => {
    const jira = access.jira(record);
    await access.remember(record, received({ system: systemToken('a') }));
    await jira.get('/rest/api/3/myself');
    time += HOUR;
    await access.remember(record, received({ system: systemToken('b') }));
    await jira.get('/rest/api/3/myself');
    expect(gateway.calls.map(({ authorization }) => authorization)).toEqual([
      `Bearer ${forgeToken('a', NOW + 3 * HOUR)}`,
      `Bearer ${forgeToken('b', NOW + 4 * HOUR)}`,
    ]);
  });

  test('a page may bring the token of its own call, which is not kept', async () => {
    const fromPage = received({ system: systemToken('page'), principal: USER });
    await access.remember(record, fromPage);
    await access.jira(record, fromPage).get('/rest/api/3/myself');
    expect(gateway.calls[0]?.authorization).toBe(`Bearer ${systemToken('page')}`);
    expect(await store.settings?.list()).toEqual([]);
    expect((await errorOf(access.jira(record).get('/rest/api/3/myself'))).code).toBe(
      'JIRA_FORGE_TOKEN_MISSING',
    );
  });

  test('nor is the token that came with a page that nobody is logged in at', async () => {
    await access.remember(record, received({ system: systemToken('page'), fromPage: true }));
    expect(await store.settings?.list()).toEqual([]);
  });

  test('what a browser sends beside its FIT takes the place of no token of Forge', async () => {
    await access.remember(record, received({ system: systemToken('kept') }));
    const stolen = received({ system: systemToken('stolen', 4 * HOUR), principal: USER });
    await access.remember(record, stolen);
    await access.jira(record, stolen).get('/rest/api/3/myself');
    await access.as(record, 'someone-else', stolen).get('/rest/api/3/myself');
    expect(gateway.calls[0]?.authorization).toBe(`Bearer ${systemToken('kept')}`);
    expect(gateway.questions[0]?.authorization).toBe(`Bearer ${systemToken('kept')}`);
  });

  test('a call to another host than the gateway is refused, and to another site', async () => {
    await access.remember(record, received({ system: systemToken('a') }));
    for (const path of [
      'https://example.atlassian.net/rest/api/3/myself',
      `${gateway.origin}/ex/jira/other-cloud/rest/api/3/myself`,
      '/../other-cloud/rest/api/3/myself',
      `${gateway.origin}/graphql`,
    ]) {
      expect((await errorOf(access.jira(record).get(path))).code).toBe('JIRA_URL_REFUSED');
    }
    expect(gateway.calls).toEqual([]);
  });

  test('no secret is in an error, though the gateway quotes what was sent', async () => {
    const token = systemToken('marked');
    gateway.answer = (request, response) =>
      response
        .writeHead(403)
        .end(JSON.stringify({ message: `no: ${request.headers.authorization}` }));
    await access.remember(record, received({ system: token }));
    const error = await errorOf(access.jira(record).get('/rest/api/3/myself'));
    expect(error.status).toBe(403);
    for (const text of [inspect(error, { depth: 9 }), JSON.stringify(error), String(error.stack)]) {
      expect(text).not.toContain(token);
      expect(text).not.toContain(token.split('.')[1]);
    }
  });

  test.each(['two\nlines', 'a b', 'ключ'])(
    'a token that is none is not sent: %j',
    async (token) => {
      await access.remember(record, received({ system: token }));
      const error = await access
        .jira(record)
        .get('/rest/api/3/myself')
        .catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: 'TOKEN_OPTION_INVALID' });
      expect(inspect(error)).not.toContain(token);
      expect(gateway.calls).toEqual([]);
    },
  );
});

describe('just after the installation', () => {
  const refuseFirst =
    (times: number, status: number) =>
    (_request: unknown, response: Parameters<ForgeGateway['answer']>[1]) => {
      response
        .writeHead(gateway.calls.length <= times ? status : 200)
        .end('{"message":"not yet","done":true}');
    };

  beforeEach(async () => {
    record = forgeRecord(gateway, {}, { installedAt: NOW - 9 * MINUTE });
    await access.remember(record, received({ system: systemToken('a') }));
  });

  test.each([401, 403])('%i is tried again until it works, with its body', async (status) => {
    gateway.answer = refuseFirst(3, status);
    await access.jira(record).post('/rest/api/3/issue', { body: { fields: { summary: 'x' } } });
    expect(gateway.calls).toHaveLength(4);
    expect(new Set(gateway.calls.map(({ body }) => body))).toEqual(
      new Set(['{"fields":{"summary":"x"}}']),
    );
  });

  test('the last refusal says how young the installation is', async () => {
    gateway.answer = refuseFirst(99, 403);
    const error = await errorOf(access.jira(record).get('/rest/api/3/myself'));
    expect(error.code).toBe('JIRA_FORBIDDEN');
    expect(error.hint).toMatch(/installed 540 s ago.*within minutes.*tried 4 times/);
    expect(gateway.calls).toHaveLength(4);
  });

  test.each([
    [400, 1],
    [404, 1],
    [429, 3],
    [500, 3],
  ])('%i is tried as often as ever: %i times', async (status, times) => {
    gateway.answer = refuseFirst(99, status);
    await errorOf(access.jira(record).get('/rest/api/3/myself'));
    expect(gateway.calls).toHaveLength(times);
  });

  test('after ten minutes a refusal is one', async () => {
    time += MINUTE;
    gateway.answer = refuseFirst(99, 403);
    const error = await errorOf(access.jira(record).get('/rest/api/3/myself'));
    expect(error.hint).not.toContain('installed');
    expect(gateway.calls).toHaveLength(1);
  });

  test('a body that is a stream is sent once', async () => {
    gateway.answer = refuseFirst(99, 403);
    const body = new Blob(['{}']).stream();
    const answer = await access
      .jira(record)
      .fetch('/rest/api/3/issue', { method: 'POST', body, duplex: 'half' } as never);
    expect(answer.status).toBe(403);
    expect(gateway.calls).toHaveLength(1);
  });

  test('no wait goes beyond the time of the call: the refusal is the answer', async () => {
    gateway.answer = refuseFirst(99, 403);
    const slow = accessWith({ freshInstallDelaysMs: [5, 60_000] });
    const error = await errorOf(slow.jira(record).get('/rest/api/3/myself', { timeoutMs: 5000 }));
    expect(error.code).toBe('JIRA_FORBIDDEN');
    expect(gateway.calls).toHaveLength(2);
  });

  test('who asked can end the wait', async () => {
    gateway.answer = refuseFirst(99, 403);
    const slow = accessWith({ freshInstallDelaysMs: [10_000] });
    const reason = new Error('enough');
    await expect(
      slow.jira(record).get('/rest/api/3/myself', { signal: abortAfter(50, reason) }),
    ).rejects.toBe(reason);
  });
});

function abortAfter(ms: number, reason: Error): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), ms);
  return controller.signal;
}

describe('as a user', () => {
  beforeEach(() => access.remember(record, received({ system: systemToken('system') })));

  test("a user's own call uses the token that came with it, which is not kept", async () => {
    const own = received({ principal: USER, user: systemToken('own') });
    await access.as(record, USER, own).get('/rest/api/3/myself');
    expect(gateway.calls[0]?.authorization).toBe(`Bearer ${systemToken('own')}`);
    expect(gateway.questions).toEqual([]);
    expect((await store.settings?.list())?.map(({ name }) => name)).toEqual([SYSTEM_TOKEN]);
  });

  test("a user's token acts for nobody else", async () => {
    const own = received({ principal: USER, user: systemToken('own') });
    await access.as(record, 'someone-else', own).get('/rest/api/3/myself');
    expect(gateway.calls[0]?.authorization).toBe('Bearer user-token');
    expect(JSON.parse(gateway.questions[0]?.body ?? '').variables.input.userId).toBe(
      'someone-else',
    );
  });

  test('a token of a user who is away is asked for once, for the site', async () => {
    const calls = Array.from({ length: 8 }, () =>
      access.as(record, USER).get('/rest/api/3/myself'),
    );
    await Promise.all(calls);
    expect(gateway.questions).toHaveLength(1);
    const [question] = gateway.questions;
    expect(question).toMatchObject({
      method: 'POST',
      authorization: `Bearer ${systemToken('system')}`,
    });
    expect(JSON.parse(question?.body ?? '')).toMatchObject({
      query: expect.stringContaining('offlineUserAuthToken'),
      variables: { input: { contextIds: [`ari:cloud:jira::site/${CLOUD_ID}`], userId: USER } },
    });
    expect(gateway.calls.map(({ authorization }) => authorization)).toEqual(
      Array.from({ length: 8 }, () => 'Bearer user-token'),
    );
  });

  test('the token is good until a minute before its ttl, in every process', async () => {
    await access.as(record, USER).get('/rest/api/3/myself');
    time += 3600_000 - MINUTE - 1;
    await accessWith().as(record, USER).get('/rest/api/3/myself');
    expect(gateway.questions).toHaveLength(1);
    time += 1;
    gateway.answerQuestion = () => tokenAnswer('user-token-2', 3600);
    await access.as(record, USER).get('/rest/api/3/myself');
    expect(gateway.questions).toHaveLength(2);
    expect(gateway.calls.at(-1)?.authorization).toBe('Bearer user-token-2');
  });

  test('each user has a token of their own', async () => {
    gateway.answerQuestion = ({ body }) =>
      tokenAnswer(`token-of-${JSON.parse(body).variables.input.userId}`, 3600);
    await access.as(record, 'ann').get('/rest/api/3/myself');
    await access.as(record, 'bob').get('/rest/api/3/myself');
    await access.as(record, 'ann').get('/rest/api/3/myself');
    expect(gateway.calls.map(({ authorization }) => authorization)).toEqual([
      'Bearer token-of-ann',
      'Bearer token-of-bob',
      'Bearer token-of-ann',
    ]);
    const names = (await store.settings?.list())?.map(({ name }) => name);
    expect(names).toContain(userTokenName('ann'));
    expect(names).toContain(userTokenName('bob'));
  });

  test('what was got by a token of a page is for that call alone', async () => {
    time += 3 * HOUR;
    const page = received({ system: systemToken('page'), principal: 'someone-else' });
    await access.as(record, USER, page).get('/rest/api/3/myself');
    expect(gateway.questions).toHaveLength(1);
    expect(await store.settings?.get(record.clientKey, userTokenName(USER))).toBeUndefined();
  });

  test('without a system token nothing is asked', async () => {
    time += 3 * HOUR;
    const error = await errorOf(access.as(record, USER).get('/rest/api/3/myself'));
    expect(error.code).toBe('JIRA_FORGE_TOKEN_EXPIRED');
    expect(gateway.questions).toEqual([]);
  });

  test.each([undefined, '', 'a b', '../x', 'x'.repeat(200)])('nobody is called %j', (accountId) => {
    expect(() => access.as(record, accountId)).toThrow(
      expect.objectContaining({ code: 'JIRA_IMPERSONATION_REFUSED' }),
    );
  });

  test.each([
    ['The account is deactivated', /could not log in/],
    ['User does not have access to the app', /no access to the app/],
    ['Cannot impersonate an app user', /user of an app/],
    ['Cannot impersonate anonymous user', /anonymous/],
    ['Impersonation is not allowed', /allowImpersonation: true/],
    ['Consent scope read:me is not supported', /read:me/],
    ['something new', /allowImpersonation: true/],
  ])('a refusal says what to do: %s', async (message, hint) => {
    gateway.answerQuestion = () => refusedAnswer(message);
    const error = await errorOf(access.as(record, USER).get('/rest/api/3/myself'));
    expect(error.code).toBe('JIRA_IMPERSONATION_REFUSED');
    expect(error.message).toContain(message);
    expect(error.hint).toMatch(hint);
    expect(error.diagnosis?.cause).toBe('CS-FORGE-IMPERSONATION');
    expect(gateway.calls).toEqual([]);
  });

  test('a refusal is not kept', async () => {
    gateway.answerQuestion = () => refusedAnswer('not now');
    await errorOf(access.as(record, USER).get('/rest/api/3/myself'));
    gateway.answerQuestion = () => tokenAnswer('user-token', 3600);
    await access.as(record, USER).get('/rest/api/3/myself');
    expect(gateway.calls).toHaveLength(1);
  });

  test.each([
    [401, 'JIRA_UNAUTHENTICATED'],
    [403, 'JIRA_FORBIDDEN'],
    [429, 'JIRA_RATE_LIMITED'],
    [302, 'JIRA_REDIRECTED'],
    [503, 'JIRA_UNAVAILABLE'],
  ])('a question that is answered with %i is %s', async (status, code) => {
    gateway.answerQuestion = () => ({
      status,
      headers: { 'retry-after': '7', location: 'https://example.com/' },
      body: '<html>',
    });
    const error = await errorOf(access.as(record, USER).get('/rest/api/3/myself'));
    expect(error).toMatchObject({ code, status, retryAfterSeconds: 7 });
  });

  test.each([
    ['', 'JIRA_IMPERSONATION_REFUSED'],
    ['{"data":null}', 'JIRA_IMPERSONATION_REFUSED'],
    ['{"errors":[{"message":"bad query"}]}', 'JIRA_IMPERSONATION_REFUSED'],
  ])('an answer without a token is none: %j', async (body, code) => {
    gateway.answerQuestion = () => ({ body });
    expect((await errorOf(access.as(record, USER).get('/rest/api/3/myself'))).code).toBe(code);
  });

  test('no secret is in an error, though the answer quotes what was sent', async () => {
    gateway.answerQuestion = ({ authorization }) => refusedAnswer(`bad: ${authorization}`);
    const error = await errorOf(access.as(record, USER).get('/rest/api/3/myself'));
    expect(inspect(error, { depth: 9 })).not.toContain(systemToken('system').split('.')[1]);
  });
});

describe('a site that has the app both ways', () => {
  beforeEach(() => {
    record = forgeRecord(gateway, {
      clientKey: 'client-1',
      siteUrl: gateway.origin,
      appKey: 'panel-app',
    });
  });
  const kindOf = async (forge: ForgeAccess) => {
    const credentials = await forge.credentials(record);
    return 'bearer' in credentials ? credentials.kind : 'connect';
  };

  test('is called through Forge, and by Connect while no token is good', async () => {
    expect(await kindOf(access)).toBe('connect');
    await access.remember(record, received({ system: systemToken('a') }));
    expect(await kindOf(access)).toBe('forge-system');
    time += 4 * HOUR;
    expect(await kindOf(access)).toBe('connect');
  });

  test('is called by Connect where that is preferred', async () => {
    await access.remember(record, received({ system: systemToken('a') }));
    expect(await kindOf(accessWith({ prefer: 'connect' }))).toBe('connect');
  });

  test('is not called by the host that uninstalled the app', async () => {
    await access.remember(record, received({ system: systemToken('a') }));
    record = { ...record, status: 'uninstalled' };
    expect(await kindOf(accessWith({ prefer: 'connect' }))).toBe('forge-system');
    time += 4 * HOUR;
    expect((await errorOf(access.credentials(record))).code).toBe('JIRA_FORGE_TOKEN_EXPIRED');
    record = forgeRecord(gateway, { clientKey: 'client-1' }, { uninstalledAt: NOW });
    expect(await kindOf(access)).toBe('connect');
    record = { ...record, status: 'uninstalled' };
    await expect(access.credentials(record)).rejects.toMatchObject({
      code: 'INSTALLATION_UNINSTALLED',
    });
    record = forgeRecord(gateway, {}, { uninstalledAt: NOW });
    await expect(access.credentials(record)).rejects.toMatchObject({
      code: 'INSTALLATION_UNINSTALLED',
    });
  });

  test('is not called by Connect because the store is down', async () => {
    const broken = accessWith({
      store: {
        ...store,
        settings: {
          ...(store.settings as NonNullable<typeof store.settings>),
          get: () => Promise.reject(new Error('down')),
        },
      },
    });
    await expect(broken.credentials(record)).rejects.toThrow('down');
  });

  test('only Connect knows is called by Connect, and only Forge knows has no other way', async () => {
    const { forge: _, ...connect } = record;
    record = connect;
    expect(await kindOf(access)).toBe('connect');
    record = forgeRecord(gateway);
    const error = await errorOf(accessWith({ prefer: 'connect' }).credentials(record));
    expect(error.code).toBe('JIRA_FORGE_TOKEN_MISSING');
  });
});

test('a gateway that is not there is named as such', async () => {
  const gone = await startForgeGateway();
  await gone.close();
  record = forgeRecord(gone);
  await access.remember(record, received({ system: systemToken('a') }));
  const lost = accessWith({ graphqlUrl: gone.graphqlUrl, gatewayOrigins: [gone.origin] });
  expect((await errorOf(lost.jira(record).get('/rest/api/3/myself'))).code).toBe(
    'JIRA_UNREACHABLE',
  );
  const asUser = lost.as(record, USER);
  expect((await errorOf(asUser.get('/rest/api/3/myself'))).code).toBe('JIRA_UNREACHABLE');
});

test('a token goes to no other host, whatever the record or the stored token says', async () => {
  const other = await startForgeGateway();
  record = forgeRecord(other);
  await access.remember(record, received({ system: systemToken('a') }));
  for (const client of [access.jira(record), access.as(record, USER)]) {
    const error = await errorOf(client.get('/rest/api/3/myself'));
    expect(error.code).toBe('JIRA_URL_REFUSED');
    expect(error.message).toContain(other.origin);
  }
  expect(other.calls).toEqual([]);
  await other.close();
});

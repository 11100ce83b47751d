/** May the caller's user do that? By Jira's word, for seconds, and never by default. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type AppOptions,
  type AuthorizeQuestion,
  type Caller,
  isCountersignError,
} from '../../src/index.ts';
import { siteToken } from '../connect/site-token.ts';
import { type ForgeGateway, forgeToken, startForgeGateway } from '../forge/forge-gateway.ts';
import {
  APP_ID,
  CLOUD_ID,
  createRemoteApp,
  type FitKnobs,
  START as FORGE_START,
  fit,
  forgeRequest,
  type KeySetHost,
  type RemoteApp,
  startKeySetHost,
} from '../forge/forge-platform.ts';
import { sampleRecord } from '../installations/sample-record.ts';
import { type RecordingSite, startRecordingSite } from '../jira/recording-site.ts';
import { type SandboxSite, startSandboxSite } from '../jira/sandbox-site.ts';
import {
  APP_URL,
  createPanelApp,
  outwardAnswer,
  type PanelApp,
  panelDescriptor,
} from './panel-app.ts';

interface Place {
  issue?: { id: string; key: string };
  project?: { id: string; key: string };
}

interface Site {
  readonly origin: string;
  readonly clientKey: string;
  readonly sharedSecret: string;
}

async function panelAt(
  { origin, clientKey, sharedSecret }: Site,
  change: Partial<AppOptions> = {},
): Promise<PanelApp> {
  const panel = createPanelApp([], {
    ...{ allowedSites: [origin], jira: { maxTries: 1, timeoutMs: 5000 }, now: Date.now },
    ...change,
  });
  await panel.store.put(sampleRecord({ siteUrl: origin, clientKey, sharedSecret }));
  return panel;
}

/** A caller whose page is shown somewhere. */
async function callerOf(
  panel: Pick<PanelApp, 'app'>,
  { clientKey, sharedSecret }: Site,
  accountId: string | undefined,
  jira: Place = {},
  at = Date.now(),
): Promise<Caller> {
  const url = `${APP_URL}/panel`;
  const jwt = await siteToken({
    ...{ clientKey, sharedSecret, url, appUrl: APP_URL, at },
    claims: { sub: accountId, context: { jira } },
  });
  const headers = { authorization: `JWT ${jwt}` };
  return panel.app.authenticate(new Request(url, { headers }));
}

async function verdict(
  panel: PanelApp,
  caller: Caller,
  question: AuthorizeQuestion,
): Promise<string> {
  try {
    await panel.app.authorize(caller, question);
    return 'may';
  } catch (error) {
    if (isCountersignError(error)) return error.code;
    throw error;
  }
}

describe('on a site', () => {
  let sandbox: SandboxSite;
  let site: Site;
  let panel: PanelApp;
  let place: Required<Place>;
  beforeAll(async () => {
    sandbox = await startSandboxSite(['READ']);
    const { url: origin, clientKey } = sandbox.site;
    site = { origin, clientKey, sharedSecret: sandbox.site.sharedSecret('panel-app') };
    panel = await panelAt(site);
    const id = String(sandbox.site.issue('XX-21')?.id);
    place = { issue: { id, key: 'XX-21' }, project: { id: '10000', key: 'XX' } };
  });
  afterAll(() => sandbox.close());

  test.each<[string, AuthorizeQuestion, [admin: string, reader: string, member: string]]>([
    ['a global permission', { global: ['ADMINISTER'] }, ['may', 'no', 'no']],
    ['one of the project of the page', { project: ['BROWSE_PROJECTS'] }, ['may', 'may', 'may']],
    ['one of its issue', { issue: ['EDIT_ISSUES'] }, ['may', 'no', 'may']],
    ['two of its issue', { issue: ['EDIT_ISSUES', 'DELETE_ISSUES'] }, ['may', 'no', 'no']],
    ['one of an issue by key', { issue: ['EDIT_ISSUES'], issues: ['XX-20'] }, ['may', 'no', 'may']],
    [
      'one of a project by id',
      { project: ['EDIT_ISSUES'], projects: [10_001] },
      ['may', 'no', 'no'],
    ],
    ['one that is nowhere', { issue: ['EDIT_ISSUES'], issues: ['XX-999'] }, ['no', 'no', 'no']],
    [
      'all of it at once',
      { global: ['ADMINISTER'], project: ['BROWSE_PROJECTS'], issue: ['EDIT_ISSUES'] },
      ['may', 'no', 'no'],
    ],
  ])('%s is asked of Jira for the user of the page', async (_name, question, expected) => {
    const found = await Promise.all(
      ([0, 1, 2] as const).map(async (who) => {
        const caller = await callerOf(panel, site, sandbox.accountId(who), place);
        return verdict(panel, caller, question);
      }),
    );
    expect(found).toEqual(
      expected.map((word) => (word === 'no' ? 'TOKEN_PERMISSION_MISSING' : word)),
    );
  });

  test('a session asks for the same user at the same place', async () => {
    for (const [who, expected] of [
      [1, 'TOKEN_PERMISSION_MISSING'],
      [2, 'may'],
    ] as const) {
      const opened = await callerOf(panel, site, sandbox.accountId(who), place);
      const headers = { authorization: `JWT ${opened.sessionToken()}` };
      const caller = await panel.app.authenticate(new Request(`${APP_URL}/save`, { headers }), {
        accept: 'session',
      });
      expect(await verdict(panel, caller, { issue: ['EDIT_ISSUES'] })).toBe(expected);
    }
  });

  test('the refusal is a 403 that says no more, and the log names what is missing', async () => {
    const caller = await callerOf(panel, site, sandbox.accountId(1), place);
    const error = await panel.app
      .authorize(caller, { global: ['ADMINISTER'], issue: ['EDIT_ISSUES'] })
      .catch((caught) => caught);
    expect(error.message).toBe(
      `The user lacks ADMINISTER, EDIT_ISSUES for the issue ${place.issue.id}.`,
    );
    panel.log.lines.length = 0;
    expect(await outwardAnswer(panel.app.refuse(error))).toEqual({
      status: 403,
      headers: {
        'cache-control': 'no-store',
        'content-type': 'application/json; charset=utf-8',
      },
      body: '{"error":"forbidden"}',
    });
    expect(panel.log.lines[0]).toMatchObject({
      level: 'warn',
      message: expect.stringContaining('ADMINISTER'),
    });
  });

  test('a permission that Jira does not know lets nobody on', async () => {
    const caller = await callerOf(panel, site, sandbox.accountId(0), place);
    expect(await verdict(panel, caller, { global: ['ADMINISTRATE'] })).toBe('JIRA_BAD_REQUEST');
  });
});

describe('what Jira answered', () => {
  let recording: RecordingSite;
  let site: Site;
  let panel: PanelApp;
  let clock: { time: number };
  beforeAll(async () => {
    recording = await startRecordingSite();
    const { origin, sharedSecret } = recording;
    site = { origin, sharedSecret, clientKey: 'client-1' };
  });
  afterAll(() => recording.close());
  beforeEach(async () => {
    recording.requests.length = 0;
    recording.answer = answerWith(['ADMINISTER']);
    clock = { time: Date.now() };
    panel = await panelAt(site, { now: () => clock.time });
  });

  const answerWith =
    (globalPermissions: unknown) => (_request: IncomingMessage, response: ServerResponse) =>
      response.end(JSON.stringify({ globalPermissions, projectPermissions: [] }));
  const ADMIN = { global: ['ADMINISTER'] };
  const ann = (place: Place = {}) => callerOf(panel, site, 'ann', place, clock.time);

  test.each<[string, unknown]>([
    ['may', ['ADMINISTER']],
    ['TOKEN_PERMISSION_MISSING', []],
  ])(
    '(%s) is good for five seconds from when it was asked, then it is asked again',
    async (word, held) => {
      recording.answer = answerWith(held);
      const caller = await ann();
      for (const step of [0, 4999]) {
        clock.time += step;
        expect(await verdict(panel, caller, ADMIN)).toBe(word);
      }
      expect(recording.requests).toHaveLength(1);
      recording.answer = answerWith(word === 'may' ? [] : ['ADMINISTER']);
      clock.time += 1;
      expect(await verdict(panel, caller, ADMIN)).not.toBe(word);
      expect(recording.requests).toHaveLength(2);
    },
  );

  test('is asked for once by many requests at once', async () => {
    const caller = await ann();
    const words = await Promise.all(
      Array.from({ length: 20 }, () => verdict(panel, caller, ADMIN)),
    );
    expect(new Set(words)).toEqual(new Set(['may']));
    expect(recording.requests).toHaveLength(1);
  });

  test('is asked each time with permissionCacheSeconds: 0', async () => {
    panel = await panelAt(site, { permissionCacheSeconds: 0, now: () => clock.time });
    const caller = await ann();
    await verdict(panel, caller, ADMIN);
    await verdict(panel, caller, ADMIN);
    expect(recording.requests).toHaveLength(2);
  });

  test('of one user, one site, one question and one place says nothing of another', async () => {
    const issue = (id: string) => ({ issue: { id, key: `XX-${id}` } });
    await panel.store.put(
      sampleRecord({ siteUrl: site.origin, clientKey: 'client-2', sharedSecret: 'secret-1' }),
    );
    const other = { ...site, clientKey: 'client-2' };
    await verdict(panel, await ann(), ADMIN);
    await verdict(panel, await callerOf(panel, site, 'ben', {}, clock.time), ADMIN);
    await verdict(panel, await callerOf(panel, other, 'ann', {}, clock.time), ADMIN);
    await verdict(panel, await ann(), { global: ['CREATE_PROJECT'] });
    await verdict(panel, await ann(issue('1')), { issue: ['EDIT_ISSUES'] });
    await verdict(panel, await ann(issue('2')), { issue: ['EDIT_ISSUES'] });
    await verdict(panel, await ann(issue('2')), { issue: ['DELETE_ISSUES'] });
    expect(recording.requests).toHaveLength(7);
  });

  test.each<[string, (request: IncomingMessage, response: ServerResponse) => void, string]>([
    ['a 500', (_, response) => response.writeHead(500).end('{}'), 'JIRA_UNAVAILABLE'],
    ['a 403', (_, response) => response.writeHead(403).end('{}'), 'JIRA_FORBIDDEN'],
    ['no answer', (request) => request.socket.destroy(), 'JIRA_UNREACHABLE'],
    ['an empty object', (_, response) => response.end('{}'), 'JIRA_ANSWER_INVALID'],
    ['something else', (_, response) => response.end('[true]'), 'JIRA_ANSWER_INVALID'],
    ['a list of everything', answerWith({ '0': 'ADMINISTER' }), 'JIRA_ANSWER_INVALID'],
  ])('with %s is no yes, and is not remembered', async (_name, answer, code) => {
    recording.answer = answer;
    const caller = await ann();
    expect(await verdict(panel, caller, ADMIN)).toBe(code);
    const error = await panel.app.authorize(caller, ADMIN).catch((caught) => caught);
    expect(panel.app.refuse(error).status).toBe(502);
    recording.answer = answerWith(['ADMINISTER']);
    expect(await verdict(panel, caller, ADMIN)).toBe('may');
  });

  test('is not asked for where nobody is named, and nobody may do nothing', async () => {
    for (const accountId of [undefined, '']) {
      const caller = await callerOf(panel, site, accountId, {}, clock.time);
      expect(await verdict(panel, caller, ADMIN)).toBe('TOKEN_PERMISSION_MISSING');
    }
    expect(recording.requests).toHaveLength(0);
  });

  test.each<[string, AuthorizeQuestion]>([
    ['issue', { issue: ['EDIT_ISSUES'] }],
    ['project', { project: ['EDIT_ISSUES'], global: ['ADMINISTER'] }],
  ])('is not asked for where the page is shown at no %s', async (kind, question) => {
    const error = await panel.app.authorize(await ann(), question).catch((caught) => caught);
    expect(error).toMatchObject({ code: 'TOKEN_PERMISSION_MISSING', httpStatus: 403 });
    expect(error.message).toContain(kind);
    expect(recording.requests).toHaveLength(0);
  });

  test.each([
    [{}, 'no permission'],
    [undefined, 'object'],
    [{ global: [] }, 'no permission'],
    [{ globals: ['ADMINISTER'] }, "Did you mean 'global'?"],
    [{ global: 'ADMINISTER' }, 'list'],
    [{ global: [''] }, 'list'],
    [{ issue: ['EDIT_ISSUES'], issues: [] }, 'empty'],
    [{ issue: ['EDIT_ISSUES'], projects: ['XX'] }, 'projects'],
  ])('is not asked for by a question that asks nothing: %j', async (question, named) => {
    await expect(panel.app.authorize(await ann(), question as never)).rejects.toThrow(named);
    expect(recording.requests).toHaveLength(0);
  });
});

describe('on Forge', () => {
  let keys: KeySetHost;
  let gateway: ForgeGateway;
  let remote: RemoteApp;
  const userToken = forgeToken('user', FORGE_START + 3_600_000);
  const systemToken = forgeToken('system', FORGE_START + 3_600_000);
  beforeAll(async () => {
    [keys, gateway] = await Promise.all([startKeySetHost(), startForgeGateway()]);
  });
  afterAll(() => Promise.all([keys.close(), gateway.close()]));
  beforeEach(() => {
    gateway.calls.length = 0;
    // As Jira has it: who does not administer it asks about nobody else.
    gateway.answer = ({ headers }, response) => {
      if (headers.authorization === `Bearer ${systemToken}`) response.writeHead(403).end('{}');
      else response.end('{"globalPermissions":["ADMINISTER"],"projectPermissions":[]}');
    };
    remote = createRemoteApp(keys.url, {
      descriptor: panelDescriptor(),
      forge: {
        ...{ appId: APP_ID, keySetUrl: keys.url, gatewayUrls: [gateway.origin] },
        graphqlUrl: gateway.graphqlUrl,
      },
    });
  });

  /** A page of Forge, with both tokens. */
  async function page(knobs: FitKnobs = {}): Promise<Caller> {
    const token = await fit({
      ...{ principal: 'ann', context: { locale: 'fr-FR', extension: {} }, ...knobs },
      app: { apiBaseUrl: `${gateway.origin}/ex/jira/${CLOUD_ID}`, ...knobs.app },
    });
    const headers = { 'x-forge-oauth-user': userToken, 'x-forge-oauth-system': systemToken };
    return remote.app.authenticate(forgeRequest(token, { headers }), { accept: 'forge' });
  }

  test('the user asks, for the app may not', async () => {
    await remote.app.authorize(await page(), { global: ['ADMINISTER'] });
    expect(gateway.calls).toMatchObject([
      {
        path: `/ex/jira/${CLOUD_ID}/rest/api/3/permissions/check`,
        authorization: `Bearer ${userToken}`,
        body: JSON.stringify({ accountId: 'ann', globalPermissions: ['ADMINISTER'] }),
      },
    ]);
  });

  test('a page without a user lets nobody on, and Jira is not asked', async () => {
    const caller = await page({ claims: { principal: undefined } });
    await expect(remote.app.authorize(caller, { global: ['ADMINISTER'] })).rejects.toMatchObject({
      code: 'TOKEN_PERMISSION_MISSING',
    });
    expect(gateway.calls).toEqual([]);
  });

  test('also for a page of Connect, on a site that the app calls by Forge', async () => {
    const record = sampleRecord();
    await remote.store.put(record);
    // The app's own token is kept from an event; a page could have read the one of its call.
    const event = await fit({
      app: { apiBaseUrl: `${gateway.origin}/ex/jira/${CLOUD_ID}` },
      context: { siteUrl: record.siteUrl },
    });
    const headers = { 'x-forge-oauth-system': systemToken };
    await remote.app.fetch(forgeRequest(event, { path: '/forge/events', headers }));
    const site = { origin: '', clientKey: 'client-1', sharedSecret: 'secret-1' };
    const caller = await callerOf(remote, site, 'ann', {}, FORGE_START);
    await remote.app.authorize(caller, { global: ['ADMINISTER'] });
    expect(gateway.calls.map(({ authorization }) => authorization)).toEqual(['Bearer user-token']);
  });

  test('the caller has what Forge says of licence and language, and begins no session', async () => {
    const licensed = await page({ app: { license: { isActive: true } } });
    expect(licensed).toMatchObject({ license: 'active', locale: 'fr-FR', timezone: undefined });
    expect((await page({ app: { license: { active: false } } })).license).toBe('none');
    const plain = await page();
    expect(plain).toMatchObject({ license: undefined, renewedSessionToken: undefined });
    expect(() => plain.sessionToken()).toThrow('begins no session');
  });
});

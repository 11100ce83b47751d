import { encodeSymmetric } from '@atlassian/atlassian-jwt';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createImpersonation } from '../../countersign/src/connect/impersonation.ts';
import type { InstallationRecord } from '../../countersign/src/installations/installation.ts';
import { createJiraClient, type JiraClient } from '../../countersign/src/jira/client.ts';
import { type Sandbox, startSandbox } from '../src/index.ts';
import { lastVerdict, send, startApp, type TestApp } from './app.ts';

const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const myself = '/rest/api/3/myself';

let time = Date.now();
let site: Sandbox;
let app: TestApp;
let alex: string;
let robin: string;

beforeAll(async () => {
  site = await startSandbox({ now: () => time });
  [alex = '', robin = ''] = site.people.map(({ accountId }) => accountId);
});
afterAll(() => site.close());
beforeEach(async () => {
  site.reset();
  app = await startApp({ scopes: ['READ', 'WRITE', 'ACT_AS_USER'] });
  await site.install(app.descriptorUrl);
});

interface Question {
  /** Undefined takes a claim out. */
  claims?: Record<string, unknown>;
  secret?: string;
  /** Undefined takes a parameter out. */
  form?: Record<string, string | undefined>;
  json?: boolean;
}

/** Asks for a token as an app would by hand, with Atlassian's own library. */
async function ask({ claims, secret, form, json = false }: Question = {}) {
  const iat = Math.floor(time / 1000);
  const assertion = encodeSymmetric(
    {
      iss: `urn:atlassian:connect:clientid:${installed().oauthClientId}`,
      sub: `urn:atlassian:connect:useraccountid:${alex}`,
      tnt: site.url,
      aud: site.authorizationServerUrl,
      iat,
      exp: iat + 60,
      ...claims,
    },
    secret ?? site.sharedSecret('test-app'),
  );
  const parameters = Object.entries({ grant_type: grantType, assertion, ...form }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const answer = await fetch(`${site.authorizationServerUrl}/oauth2/token`, {
    method: 'POST',
    ...(json
      ? {
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(Object.fromEntries(parameters)),
        }
      : { body: new URLSearchParams(parameters) }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, string> };
}

/** The body of the newest installed event. */
function installed(): Record<string, string> {
  return app.received.findLast(({ target }) => target === '/installed')?.body ?? {};
}

async function tokenOf(question: Question = {}): Promise<string> {
  const { status, body } = await ask(question);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.access_token ?? '';
}

test('a question that is well made is answered with a token of the user, for a quarter of an hour', async () => {
  expect(await ask({ claims: { qsh: 'is ignored' } })).toEqual({
    status: 200,
    body: { access_token: expect.any(String), expires_in: 900, token_type: 'Bearer' },
  });
  expect(site.requests.at(-1)).toMatchObject({
    ...{ method: 'POST', path: '/oauth2/token', appKey: 'test-app', status: 200 },
    verdict: {
      authenticated: true,
      as: 'app',
      reason: 'a token of Alex Admin for the app test-app, with READ, WRITE, ACT_AS_USER',
    },
  });
});

const seconds = () => Math.floor(time / 1000);
const refusals: [what: string, question: () => Question, error: string, description: string][] = [
  ['as JSON', () => ({ json: true }), 'invalid_request', 'x-www-form-urlencoded'],
  ['of another grant', () => ({ form: { grant_type: 'password' } }), 'unsupported_grant_type', ''],
  ['without an assertion', () => ({ form: { assertion: undefined } }), 'invalid_request', ''],
  [
    'with an assertion of two parts',
    () => ({ form: { assertion: 'e30.e30' } }),
    'invalid_grant',
    '',
  ],
  ['with a wrong secret', () => ({ secret: 'wrong' }), 'invalid_grant', 'signature'],
  [
    'with the app key as iss',
    () => ({ claims: { iss: 'test-app' } }),
    'invalid_grant',
    'Invalid iss',
  ],
  [
    'with another client id',
    () => ({ claims: { iss: 'urn:atlassian:connect:clientid:other' } }),
    'invalid_grant',
    'no such client',
  ],
  ['without exp', () => ({ claims: { exp: undefined } }), 'invalid_grant', 'exp'],
  ['that has ended', () => ({ claims: { exp: seconds() - 31 } }), 'invalid_grant', 'expired'],
  [
    'that ends in more than two minutes',
    () => ({ claims: { exp: seconds() + 121 } }),
    'invalid_grant',
    'in the future',
  ],
  [
    'for the former server',
    () => ({ claims: { aud: 'https://auth.atlassian.io' } }),
    'invalid_grant',
    'Invalid aud: https://auth.atlassian.io',
  ],
  [
    'for another site',
    () => ({ claims: { tnt: 'https://other.atlassian.net' } }),
    'invalid_grant',
    'Invalid tnt',
  ],
  [
    'with a userkey',
    () => ({ claims: { sub: 'urn:atlassian:connect:userkey:admin' } }),
    'invalid_grant',
    'Invalid sub',
  ],
  [
    'for nobody',
    () => ({ claims: { sub: 'urn:atlassian:connect:useraccountid:nobody' } }),
    'invalid_grant',
    'does not exist',
  ],
  [
    "for the app's own user",
    () => ({ claims: { sub: `urn:atlassian:connect:useraccountid:${site.apps[0]?.accountId}` } }),
    'invalid_grant',
    'is an app',
  ],
  [
    'for a scope that the app lacks',
    () => ({ form: { scope: 'READ ADMIN' } }),
    'invalid_scope',
    '',
  ],
  ['for a scope in small letters', () => ({ form: { scope: 'read' } }), 'invalid_scope', ''],
];
test.each(refusals)('a question %s is refused', async (_, question, error, description) => {
  const { status, body } = await ask(question());
  expect({ status, error: body.error }).toEqual({ status: 400, error });
  expect(body.error_description).toContain(description);
  const { verdict } = site.requests.at(-1) ?? {};
  expect(verdict?.authenticated).toBe(false);
  expect(verdict?.reason).toContain(body.error_description);
  expect(verdict?.checks.at(-1)?.passed).toBe(false);
});

test('an app without ACT_AS_USER may not ask, and the log says what to do', async () => {
  app.descriptor = { ...app.descriptor, scopes: ['READ', 'WRITE'] };
  await site.install(app.descriptorUrl);
  expect(await ask()).toEqual({
    status: 400,
    body: {
      error: 'unauthorized_client',
      error_description:
        'The authenticated client is not authorized to use this authorization grant type',
    },
  });
  const id = site.requests.at(-1)?.id;
  const logged = await fetch(`${site.url}/_sandbox/api/requests/${id}`);
  expect(await logged.json()).toMatchObject({ fix: expect.stringContaining('Add ACT_AS_USER') });
});

test('neither assertion nor token is in the request log', async () => {
  const bearer = await tokenOf();
  await send(site, `/rest/api/3/search/jql?jql=${bearer}`, `Bearer ${bearer}`);
  const pages = await Promise.all(
    site.requests.map(({ id }) => fetch(`${site.url}/_sandbox/requests/${id}`)),
  );
  const texts = await Promise.all(pages.map((page) => page.text()));
  const all = JSON.stringify(site.requests) + texts.join();
  expect(all).not.toContain(bearer);
  expect(all).not.toMatch(/eyJ[\w-]{20}/);
});

describe('a token', () => {
  test('is the user on the site, within the scopes of the app', async () => {
    const bearer = `Bearer ${await tokenOf()}`;
    expect(await (await send(site, myself, bearer)).json()).toMatchObject({ accountId: alex });
    expect(lastVerdict(site).reason).toBe('a token that the app test-app has of Alex Admin');
    expect(site.requests.at(-1)?.appKey).toBe('test-app');
    const refused = await send(site, '/rest/api/3/issue/XX-21', bearer, { method: 'DELETE' });
    expect(refused.status).toBe(403);
    expect(lastVerdict(site).reason).toContain('the app needs the scope DELETE');
  });

  test('may have less than the app', async () => {
    const bearer = `Bearer ${await tokenOf({ form: { scope: 'READ' } })}`;
    expect((await send(site, '/rest/api/3/issue/XX-21', bearer)).status).toBe(200);
    const body = { fields: { summary: 'No' } };
    const refused = await send(site, '/rest/api/3/issue/XX-21', bearer, { method: 'PUT', body });
    expect(refused.status).toBe(403);
    expect(await refused.text()).toBe('Request not in an authorized API scope');
  });

  test.each([
    ['has expired', () => (time += 900_000), 'expired 0 seconds ago'],
    ['was withdrawn', () => site.withdrawUserTokens(), 'has given no such token'],
    ['is of a user who was deactivated', () => site.deactivate(alex), 'not active any more'],
    ['is of an app that was disabled', () => site.disable('test-app'), 'installation of test-app'],
    [
      'is of an earlier installation',
      async () => {
        await site.uninstall('test-app');
        await site.install(app.descriptorUrl);
      },
      'installation of test-app',
    ],
  ])('that %s opens nothing', async (_, happen, reason) => {
    const bearer = await tokenOf();
    await happen();
    const answer = await send(site, '/rest/api/3/issue/XX-21', `Bearer ${bearer}`);
    expect(answer.status).toBe(401);
    expect(await answer.json()).toEqual({ error: 'Failed to parse Connect Session Auth Token' });
    expect(lastVerdict(site).reason).toContain(reason);
    const page = await fetch(`${site.url}/_sandbox/requests/${site.requests.at(-1)?.id}`);
    expect(await page.text()).not.toContain('CS-SCHEME-BEARER');
  });

  test('outlives a new secret, and the old secret asks for no other', async () => {
    const bearer = await tokenOf();
    const secret = site.sharedSecret('test-app');
    await site.rotateSecret('test-app');
    expect((await send(site, myself, `Bearer ${bearer}`)).status).toBe(200);
    expect((await ask({ secret })).body.error_description).toContain('signature');
    await tokenOf();
  });
});

describe('a person who is deactivated', () => {
  test('can neither be acted as nor log in, and is shown as not active, until the reset', async () => {
    const deactivate = await fetch(`${site.url}/_sandbox/api/people/${robin}/deactivate`, {
      method: 'POST',
    });
    expect(deactivate.status).toBe(204);
    const claims = { sub: `urn:atlassian:connect:useraccountid:${robin}` };
    expect((await ask({ claims })).body.error_description).toContain('not active');
    const reader = site.people.find(({ accountId }) => accountId === robin);
    expect(reader?.active).toBe(false);
    const login = Buffer.from(`${reader?.emailAddress}:${reader?.apiToken}`).toString('base64');
    expect((await send(site, myself, `Basic ${login}`)).status).toBe(401);
    site.reset();
    const answer = await send(site, myself, `Basic ${login}`);
    expect(await answer.json()).toMatchObject({ accountId: robin, active: true });
  });

  test('has to be one of the site', () => {
    expect(() => site.deactivate('nobody')).toThrow('There is no person "nobody"');
  });
});

describe('with our own client', () => {
  const acting = () => {
    const { clientKey = '', baseUrl = '', sharedSecret = '' } = installed();
    const record: InstallationRecord = {
      ...{ clientKey, sharedSecret, appKey: 'test-app', siteUrl: baseUrl, status: 'installed' },
      ...{ enabled: true, installedAt: 0, changedAt: 0, enabledChangedAt: 0, revision: 1 },
      payload: installed(),
    };
    const { credentials } = createImpersonation({
      now: () => time,
      authorizationServerUrl: site.authorizationServerUrl,
    });
    return (accountId: string): JiraClient =>
      createJiraClient({ credentials: () => credentials(record, accountId), now: () => time });
  };

  test('an issue is edited as Alex, and not as Robin, who may only read', async () => {
    const as = acting();
    await as(alex).editIssue('XX-21', { fields: { summary: 'Written as Alex' } });
    expect(site.issue('XX-21')?.fields.summary).toBe('Written as Alex');
    const edit = as(robin).editIssue('XX-21', { fields: { summary: 'Written as Robin' } });
    await expect(edit).rejects.toMatchObject({ status: 400 });
    expect(lastVerdict(site).reason).toContain('has of Robin Reader');
    expect(site.issue('XX-21')?.fields.summary).toBe('Written as Alex');
  });

  test('a comment is by the user, and not by the app', async () => {
    const comment = await acting()(robin).post<{ author: { accountId: string } }>(
      '/rest/api/2/issue/XX-21/comment',
      { body: { body: 'Seen.' } },
    );
    expect(comment.author.accountId).toBe(robin);
  });

  test('a token that is withdrawn is renewed without a word, once', async () => {
    const jira = acting()(alex);
    await jira.get(myself);
    site.withdrawUserTokens();
    const before = site.requests.length;
    await jira.get(myself);
    expect(site.requests.slice(before).map(({ path, status }) => [path, status])).toEqual([
      [myself, 401],
      ['/oauth2/token', 200],
      [myself, 200],
    ]);
  });

  test('a user who is not active is named as the cause', async () => {
    site.deactivate(robin);
    await expect(acting()(robin).get(myself)).rejects.toMatchObject({
      code: 'JIRA_IMPERSONATION_REFUSED',
      diagnosis: { cause: 'CS-IMPERSONATION-GRANT' },
      hint: expect.stringContaining('an active person'),
    });
  });
});

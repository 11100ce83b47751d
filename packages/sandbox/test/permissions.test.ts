import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../src/index.ts';
import { callSigned, send, startApp } from './app.ts';
import { bearer, startForge } from './forge-app.ts';

let site: Sandbox;
let issueIds: number[];
beforeAll(async () => {
  site = await startSandbox();
  issueIds = ['XX-20', 'XX-21'].map((key) => Number(site.issue(key)?.id));
});
afterAll(() => site.close());

const path = '/rest/api/3/permissions/check';
const accountId = (index: number): string => site.people[index]?.accountId ?? '';

function basic(index: number): string {
  const person = site.people[index];
  return `Basic ${Buffer.from(`${person?.emailAddress}:${person?.apiToken}`).toString('base64')}`;
}

/** As a Connect app, which is installed when it is first needed. */
async function check(body: unknown): Promise<Response> {
  if (site.apps.length === 0) {
    await site.install((await startApp({ scopes: ['READ'] })).descriptorUrl);
  }
  return callSigned(site, path, { method: 'POST', body });
}

test('the app asks what a member of one project may do, with the scope READ', async () => {
  const answer = await check({
    accountId: accountId(2),
    globalPermissions: ['ADMINISTER'],
    projectPermissions: [
      {
        permissions: ['EDIT_ISSUES', 'DELETE_ISSUES'],
        projects: [10_000, 10_001, 99],
        issues: [...issueIds, 99],
      },
    ],
  });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({
    globalPermissions: [],
    projectPermissions: [
      { permission: 'EDIT_ISSUES', projects: [10_000], issues: issueIds },
      { permission: 'DELETE_ISSUES', projects: [], issues: [] },
    ],
  });
});

test('without an accountId the answer is about the caller', async () => {
  const body = { globalPermissions: ['ADMINISTER'] };
  const asAdmin = await send(site, path, basic(0), { method: 'POST', body });
  expect(await asAdmin.json()).toEqual({
    globalPermissions: ['ADMINISTER'],
    projectPermissions: [],
  });
  const anonymous = await send(site, path, undefined, { method: 'POST', body });
  expect(await anonymous.json()).toMatchObject({ globalPermissions: [] });
});

test('people ask about themselves, administrators about everybody', async () => {
  const ask = async (asker: number, about: number): Promise<number> => {
    const body = { accountId: accountId(about), globalPermissions: ['ADMINISTER'] };
    return (await send(site, path, basic(asker), { method: 'POST', body })).status;
  };
  expect(await ask(0, 1)).toBe(200);
  expect(await ask(1, 1)).toBe(200);
  expect(await ask(1, 0)).toBe(403);
});

test('a Forge app asks as the user that it asks about', async () => {
  const { site: forge } = await startForge();
  const about = forge.people[1]?.accountId ?? '';
  const ask = async (token: string): Promise<number> => {
    const body = JSON.stringify({ accountId: about, globalPermissions: ['ADMINISTER'] });
    const init = { method: 'POST', body, headers: { 'content-type': 'application/json' } };
    return (await fetch(`${forge.forge.apiBaseUrl}${path}`, bearer(token, init))).status;
  };
  expect(await ask(await forge.forge.systemToken())).toBe(403);
  expect(await ask(await forge.forge.userToken({ accountId: about }))).toBe(200);
});

test.each([
  ['a permission that does not exist', { globalPermissions: ['FLY'] }],
  ['a project permission asked as a global one', { globalPermissions: ['EDIT_ISSUES'] }],
  [
    'a global permission asked as one of a project',
    { projectPermissions: [{ permissions: ['ADMINISTER'] }] },
  ],
  ['no project permission', { projectPermissions: [{ permissions: [], projects: [10_000] }] }],
  ['an account that does not exist', { accountId: 'nobody', globalPermissions: ['ADMINISTER'] }],
  [
    'a key in place of an id',
    { projectPermissions: [{ permissions: ['EDIT_ISSUES'], projects: ['XX'] }] },
  ],
  [
    'more than 1,000 issues',
    {
      projectPermissions: [
        { permissions: ['EDIT_ISSUES'], issues: Array.from({ length: 1001 }, (_, id) => id + 1) },
      ],
    },
  ],
])('a check is refused: %s', async (_, body) => {
  expect((await check(body)).status).toBe(400);
});

test('all permissions are listed', async () => {
  const answer = await send(site, '/rest/api/3/permissions', basic(1));
  expect(await answer.json()).toMatchObject({
    permissions: {
      ADMINISTER: { key: 'ADMINISTER', type: 'GLOBAL' },
      EDIT_ISSUES: { type: 'PROJECT' },
    },
  });
});

test('mypermissions of a member differ by project; without one, any project will do', async () => {
  const mine = async (context: string): Promise<unknown> => {
    const target = `/rest/api/3/mypermissions?permissions=EDIT_ISSUES${context}`;
    const answer = await send(site, target, basic(2));
    if (answer.status !== 200) return answer.status;
    const { permissions } = (await answer.json()) as {
      permissions: Record<string, { havePermission: boolean }>;
    };
    return permissions.EDIT_ISSUES?.havePermission;
  };
  expect(await mine('')).toBe(true);
  expect(await mine('&projectKey=XX')).toBe(true);
  expect(await mine('&issueKey=XX-20')).toBe(true);
  expect(await mine('&projectId=10001')).toBe(404);
});

test('a member sees, edits and comments in one project, and the other is not there', async () => {
  const asMember = (target: string, call = {}): Promise<Response> =>
    send(site, `/rest/api/3${target}`, basic(2), call);
  const made = await send(site, '/rest/api/3/issue', basic(0), {
    method: 'POST',
    body: { fields: { project: { key: 'YY' }, issuetype: { name: 'Task' }, summary: 'Hidden' } },
  });
  const { key } = (await made.json()) as { key: string };
  expect(await (await asMember('/project')).json()).toMatchObject([{ key: 'XX' }]);
  expect((await asMember('/issue/XX-20')).status).toBe(200);
  expect((await asMember(`/issue/${key}`)).status).toBe(404);
  const edit = { method: 'PUT', body: { fields: { summary: 'Edited' } } };
  expect((await asMember('/issue/XX-20', edit)).status).toBe(204);
  expect((await asMember(`/issue/${key}`, edit)).status).toBe(404);
  expect((await asMember('/issue/XX-20', { method: 'DELETE' })).status).toBe(403);
  const create = {
    method: 'POST',
    body: { fields: { project: { key: 'XX' }, issuetype: { name: 'Task' }, summary: 'New' } },
  };
  expect((await asMember('/issue', create)).status).toBe(400);
});

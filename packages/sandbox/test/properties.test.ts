import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../src/index.ts';
import { callSigned, lastVerdict, type SignedCall, send, startApp } from './app.ts';
import { bearer, startForge } from './forge-app.ts';

const put = (body: unknown): SignedCall => ({ method: 'PUT', body });
const remove: SignedCall = { method: 'DELETE' };

describe('properties of what is on the site', () => {
  let site: Sandbox;
  beforeAll(async () => {
    site = await startSandbox();
  });
  afterAll(() => site.close());

  const [admin, reader, member] = [0, 1, 2] as const;
  function as(index: number, target: string, call: SignedCall = {}): Promise<Response> {
    const person = site.people[index];
    const basic = Buffer.from(`${person?.emailAddress}:${person?.apiToken}`).toString('base64');
    return send(site, `/rest/api/3${target}`, `Basic ${basic}`, call);
  }
  const accountId = (index: number): string => site.people[index]?.accountId ?? '';
  async function newComment(index: number): Promise<string> {
    const content = [{ type: 'paragraph', content: [{ type: 'text', text: 'Seen' }] }];
    const answer = await as(index, '/issue/XX-20/comment', {
      method: 'POST',
      body: { body: { type: 'doc', version: 1, content } },
    });
    return ((await answer.json()) as { id: string }).id;
  }

  test('a property is created, updated, read, listed and deleted', async () => {
    const path = '/issue/XX-20/properties';
    expect((await as(admin, `${path}/my.key`, put({ a: [1] }))).status).toBe(201);
    const updated = await as(admin, `${path}/my.key`, put(null));
    expect([updated.status, await updated.text()]).toEqual([200, '']);
    expect(await (await as(admin, `${path}/my.key`)).json()).toEqual({
      key: 'my.key',
      value: null,
    });
    expect(await (await as(admin, path)).json()).toEqual({
      keys: [{ key: 'my.key', self: `${site.url}/rest/api/3${path}/my.key` }],
    });
    expect((await as(admin, `${path}/my.key`, remove)).status).toBe(204);
    const gone = await as(admin, `${path}/my.key`);
    expect(gone.status).toBe(404);
    expect(await gone.json()).toMatchObject({
      errorMessages: ['The property my.key does not exist.'],
    });
    expect((await as(admin, `${path}/my.key`, remove)).status).toBe(404);
  });

  test('an issue has its properties by its key and by its id, and takes them along when it goes', async () => {
    const made = await as(admin, '/issue', {
      method: 'POST',
      body: { fields: { project: { key: 'XX' }, issuetype: { name: 'Task' }, summary: 'Short' } },
    });
    const { id, key } = (await made.json()) as { id: string; key: string };
    await as(admin, `/issue/${key}/properties/a`, put(1));
    expect((await as(admin, `/issue/${id}/properties/a`)).status).toBe(200);
    expect((await as(admin, `/issue/${key}`, remove)).status).toBe(204);
    expect((await as(admin, `/issue/${key}/properties/a`)).status).toBe(404);
  });

  test.each([
    ['who may not edit the issue', reader, '/issue/XX-20/properties/x', 403],
    ['who may not see the issue', member, '/issue/YY-1/properties/x', 404],
    ['who may edit issues only', member, '/project/XX/properties/x', 403],
    ['who may not see the project', member, '/project/YY/properties/x', 404],
    ['an issue that does not exist', admin, '/issue/XX-999/properties/x', 404],
    ['a comment that does not exist', admin, '/comment/1/properties/x', 404],
    ['a user that does not exist', admin, '/user/properties/x?accountId=nobody', 404],
    ['no user at all', admin, '/user/properties/x', 400],
  ])('a property is refused: %s', async (_, index, target, status) => {
    const answer = await as(index, target, put(1));
    expect(answer.status).toBe(status);
    expect(((await answer.json()) as { errorMessages: string[] }).errorMessages).toHaveLength(1);
  });

  test('those who may see an issue may read its properties', async () => {
    await as(admin, '/issue/XX-20/properties/seen', put('yes'));
    expect((await as(reader, '/issue/XX-20/properties/seen')).status).toBe(200);
    expect((await send(site, '/rest/api/3/issue/XX-20/properties/seen')).status).toBe(404);
  });

  test('whoever may edit an issue may edit the properties of an app on it', async () => {
    expect((await as(member, '/issue/XX-20/properties/of-an-app', put('forged'))).status).toBe(201);
  });

  test('a comment has properties: its author may edit them, and who may edit all comments', async () => {
    const own = await newComment(member);
    const other = await newComment(admin);
    expect((await as(member, `/comment/${own}/properties/x`, put(1))).status).toBe(201);
    expect((await as(member, `/comment/${other}/properties/x`, put(1))).status).toBe(403);
    expect((await as(admin, `/comment/${own}/properties/x`, put(2))).status).toBe(200);
  });

  test('people have their own user properties; others need to administer Jira', async () => {
    const own = `/user/properties/x?accountId=${accountId(reader)}`;
    expect((await as(reader, own, put({ seen: true }))).status).toBe(201);
    expect((await as(admin, own)).status).toBe(200);
    expect((await as(member, own)).status).toBe(403);
    const list = await as(reader, `/user/properties?accountId=${accountId(reader)}`);
    expect(await list.json()).toEqual({
      keys: [
        {
          key: 'x',
          self: `${site.url}/rest/api/3/user/properties/x?accountId=${accountId(reader)}`,
        },
      ],
    });
    expect((await send(site, `/rest/api/3${own}`)).status).toBe(401);
  });

  test('a key has at most 255 characters, a value is JSON of at most 32,768 bytes', async () => {
    const path = '/issue/XX-20/properties';
    expect((await as(admin, `${path}/${'k'.repeat(255)}`, put(1))).status).toBe(201);
    expect((await as(admin, `${path}/${'k'.repeat(256)}`, put(1))).status).toBe(400);
    expect((await as(admin, `${path}/long`, put('v'.repeat(32_766)))).status).toBe(201);
    expect((await as(admin, `${path}/long`, put('v'.repeat(32_767)))).status).toBe(400);
    const raw = async (body: string, type = 'application/json'): Promise<number> => {
      const person = site.people[admin];
      const basic = Buffer.from(`${person?.emailAddress}:${person?.apiToken}`).toString('base64');
      const headers = { authorization: `Basic ${basic}`, 'content-type': type };
      const url = `${site.url}/rest/api/3${path}/raw`;
      return (await fetch(url, { method: 'PUT', body, headers })).status;
    };
    expect(await raw('')).toBe(400);
    expect(await raw('{"a":')).toBe(400);
    expect(await raw('1', 'text/plain')).toBe(415);
  });
});

describe('the properties of an app', () => {
  const path = '/rest/atlassian-connect/1/addons/test-app';
  let site: Sandbox;
  beforeAll(async () => {
    site = await startSandbox();
  });
  afterAll(() => site.close());
  async function install(key: string, scopes: string[] = ['ADMIN']): Promise<void> {
    await site.install((await startApp({ key, scopes })).descriptorUrl);
  }

  test('are for the app itself', async () => {
    await install('test-app');
    await install('other-app');
    const created = await callSigned(site, `${path}/properties/color`, put('red'));
    expect(created.status).toBe(201);
    expect(await created.json()).toEqual({ message: 'Property created.', statusCode: 201 });
    const updated = await callSigned(site, `${path}/properties/color`, put('blue'));
    expect(await updated.json()).toEqual({ message: 'Property updated.', statusCode: 200 });
    const self = `${site.url}${path}/properties/color`;
    expect(await (await callSigned(site, `${path}/properties/color`)).json()).toEqual({
      self,
      key: 'color',
      value: 'blue',
    });
    expect(await (await callSigned(site, `${path}/properties`)).json()).toEqual({
      keys: [{ key: 'color', self }],
    });
    const byOther = await callSigned(site, `${path}/properties/color`, { appKey: 'other-app' });
    expect(byOther.status).toBe(404);
    const anonymous = await send(site, `${path}/properties/color`);
    expect(anonymous.status).toBe(401);
    expect(await anonymous.json()).toMatchObject({ statusCode: 401 });
    expect((await callSigned(site, `${path}/properties/color`, remove)).status).toBe(204);
    const gone = await callSigned(site, `${path}/properties/color`);
    expect(await gone.json()).toEqual({ message: 'Property with key not found.', statusCode: 404 });
  });

  test('have keys of at most 127 characters, and one that is reserved', async () => {
    await install('test-app');
    const target = (key: string): string => `${path}/properties/${key}`;
    expect((await callSigned(site, target('k'.repeat(127)), put(1))).status).toBe(201);
    expect((await callSigned(site, target('k'.repeat(128)), put(1))).status).toBe(400);
    const reserved = 'connect_client_key_019cdff3-8bfb-71fe-9628-875b700aebb8';
    expect((await callSigned(site, target(reserved), put(1))).status).toBe(403);
    expect((await callSigned(site, target(reserved), remove)).status).toBe(403);
  });

  test('need the scope of the call, and so do those of a project', async () => {
    await install('test-app', ['READ']);
    expect((await callSigned(site, `${path}/properties/x`, put(1))).status).toBe(403);
    expect(lastVerdict(site).reason).toContain('needs the scope WRITE');
    await install('test-app', ['WRITE']);
    const project = '/rest/api/3/project/XX/properties/x';
    expect((await callSigned(site, project, put(1))).status).toBe(403);
    expect(lastVerdict(site).reason).toContain('needs the scope PROJECT_ADMIN');
    await install('test-app', ['PROJECT_ADMIN']);
    expect((await callSigned(site, project, put(1))).status).toBe(201);
  });

  test('stand beside what the site says of the app', async () => {
    await install('test-app');
    expect(await (await callSigned(site, path)).json()).toMatchObject({
      key: 'test-app',
      state: 'ENABLED',
      host: { product: 'Jira' },
    });
  });

  test('of a Forge app are behind the gateway, for the app and not for a user', async () => {
    const { site: forge } = await startForge();
    const call = (token: string, init: RequestInit = {}): Promise<Response> =>
      fetch(
        `${forge.forge.apiBaseUrl}/rest/forge/1/app/properties/x`,
        bearer(token, { ...init, headers: { 'content-type': 'application/json' } }),
      );
    const system = await forge.forge.systemToken();
    expect((await call(system, { method: 'PUT', body: '{"a":1}' })).status).toBe(201);
    expect(await (await call(system)).json()).toMatchObject({ key: 'x', value: { a: 1 } });
    const user = await forge.forge.userToken({ accountId: forge.people[0]?.accountId ?? '' });
    const refused = await call(user);
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({
      errorMessages: ['Access to this resource must be authenticated as an app.'],
    });
    expect((await call(system, { method: 'DELETE' })).status).toBe(204);
    expect((await send(forge, '/rest/forge/1/app/properties/x')).status).toBe(404);
  });
});

import { expect, test } from 'vitest';
import { lastVerdict, startBoth } from './app.ts';
import { appId, bearer, manifestText, startForge, startRemote } from './forge-app.ts';

test('the system token acts as the app user, the user token as the user, below apiBaseUrl', async () => {
  const { site, remote } = await startForge();
  await site.forge.invoke({ path: '/x', accountId: site.people[1]?.accountId ?? '' });
  const headers = remote.received[0]?.headers ?? {};
  const whoami = async (token = ''): Promise<Record<string, unknown>> =>
    (await fetch(`${site.forge.apiBaseUrl}/rest/api/3/myself`, bearer(token))).json() as Promise<
      Record<string, unknown>
    >;
  expect(await whoami(headers['x-forge-oauth-system'])).toMatchObject({
    accountId: site.forge.apps[0]?.accountId,
    accountType: 'app',
  });
  expect(lastVerdict(site)).toMatchObject({ authenticated: true, as: 'app' });
  expect(await whoami(headers['x-forge-oauth-user'])).toMatchObject({
    displayName: 'Robin Reader',
  });
  expect(site.requests.at(-1)).toMatchObject({ appKey: appId, verdict: { as: 'user' } });
  const edited = await fetch(
    `${site.forge.apiBaseUrl}/rest/api/3/issue/XX-21`,
    bearer(headers['x-forge-oauth-system'] ?? '', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ fields: { customfield_10061: 'South' } }),
    }),
  );
  expect(edited.status).toBe(204);
  expect(site.issue('XX-21')?.fields.customfield_10061).toBe('South');
});

test('a token without the scope of the resource is refused, and the log names the scope', async () => {
  const { site } = await startForge({
    manifest: manifestText.replace('    write:jira-work: {}\n', ''),
  });
  const answer = await fetch(
    `${site.forge.apiBaseUrl}/rest/api/3/issue/XX-21`,
    bearer(await site.forge.systemToken(), { method: 'DELETE' }),
  );
  expect(answer.status).toBe(401);
  expect(await answer.json()).toEqual({ code: 401, message: 'Unauthorized; scope does not match' });
  expect(lastVerdict(site).reason).toContain('needs the scope write:jira-work');
  expect(site.issue('XX-21')).toBeDefined();
});

test('manage:jira-configuration makes the app user an administrator, who may override the screen', async () => {
  const edit = async (manifest: string): Promise<number> => {
    const { site } = await startForge({ manifest });
    const answer = await fetch(
      `${site.forge.apiBaseUrl}/rest/api/3/issue/XX-21?overrideScreenSecurity=true`,
      bearer(await site.forge.systemToken(), {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ fields: { customfield_10042: 'Lisbon' } }),
      }),
    );
    return answer.status;
  };
  expect(await edit(manifestText)).toBe(403);
  const admin = manifestText.replace(
    '    write:jira-work: {}\n',
    '    write:jira-work: {}\n    manage:jira-configuration: {}\n',
  );
  expect(await edit(admin)).toBe(204);
});

test.each([
  ['no token', async () => undefined, 'no Authorization header'],
  [
    'an expired one',
    async (site) => `Bearer ${await site.forge.systemToken({ expiresIn: -1 })}`,
    'has expired',
  ],
  [
    'the invocation token',
    async (site) => `Bearer ${await site.forge.invocationToken()}`,
    'invocation token (FIT)',
  ],
  ['anything else', async () => 'Bearer abc', 'none of this gateway'],
  ['Basic', async () => 'Basic YTpi', 'another scheme'],
] as [string, (site: Awaited<ReturnType<typeof startForge>>['site']) => Promise<string>, string][])(
  'the gateway refuses %s',
  async (_, make, reason) => {
    const { site } = await startForge();
    const authorization = await make(site);
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    const answer = await fetch(`${site.forge.apiBaseUrl}/rest/api/3/myself`, { headers });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toEqual({ code: 401, message: 'Unauthorized' });
    expect(lastVerdict(site).reason).toContain(reason);
  },
);

test("the site's own URL takes no token of Forge, and says where it belongs", async () => {
  const { site } = await startForge();
  const token = await site.forge.systemToken();
  const answer = await fetch(`${site.url}/rest/api/3/issue/XX-21`, bearer(token));
  expect(answer.status).toBe(401);
  expect(lastVerdict(site).reason).toContain("not the site's own URL");
  const elsewhere = `${site.url}/ex/jira/00000000-0000-0000-0000-000000000000/rest/api/3/myself`;
  expect((await fetch(elsewhere, bearer(token))).status).toBe(404);
});

test('a token ends with its installation; the cloudId stays', async () => {
  const { site, remote } = await startForge();
  const token = await site.forge.systemToken();
  const { installationId, cloudId } = site.forge.apps[0] ?? {};
  await site.forge.uninstall();
  const call = (): Promise<Response> =>
    fetch(`${site.forge.apiBaseUrl}/rest/api/3/myself`, bearer(token));
  expect((await call()).status).toBe(401);
  expect(lastVerdict(site).reason).toContain('uninstalled');
  const again = await site.forge.install(manifestText, {
    variables: { BACKEND: remote.baseUrl },
  });
  expect(again.installationId).not.toBe(installationId);
  expect(again.cloudId).toBe(cloudId);
  expect((await call()).status).toBe(401);
  expect(lastVerdict(site).reason).toContain('earlier installation');
});

test('right after an install, requests may be refused for a while', async () => {
  const { site } = await startForge();
  const token = await site.forge.systemToken();
  const statuses: number[] = [];
  const call = async (): Promise<void> => {
    const answer = await fetch(`${site.forge.apiBaseUrl}/rest/api/3/myself`, bearer(token));
    statuses.push(answer.status);
  };
  site.forge.settle({ requests: 1 });
  await call();
  await call();
  site.forge.settle({ requests: 1, status: 403 });
  await call();
  await call();
  expect(statuses).toEqual([401, 200, 403, 200]);
});

const mutation = `mutation forge_remote_offlineUserAuthToken($input: OfflineUserAuthTokenInput!) {
  offlineUserAuthToken(input: $input) { success errors { message } authToken { token ttl } }
}`;

test('an offline token acts as the user, with the scopes that allow it and no others', async () => {
  const { site } = await startForge();
  const [, reader] = site.people;
  const ask = async (input: object, token?: string): Promise<{ status: number; body: unknown }> => {
    const answer = await fetch(
      site.forge.graphqlUrl,
      bearer(token ?? (await site.forge.systemToken()), {
        method: 'POST',
        body: JSON.stringify({ query: mutation, variables: { input } }),
      }),
    );
    return { status: answer.status, body: await answer.json() };
  };
  const contextIds = [`ari:cloud:jira::site/${site.forge.cloudId}`];
  const { body } = await ask({ contextIds, userId: reader?.accountId });
  expect(body).toMatchObject({
    data: { offlineUserAuthToken: { success: true, authToken: { ttl: 3600 } } },
  });
  const { token } = (body as { data: { offlineUserAuthToken: { authToken: { token: string } } } })
    .data.offlineUserAuthToken.authToken;
  const base = `${site.forge.apiBaseUrl}/rest/api/3`;
  expect((await fetch(`${base}/issue/XX-21`, bearer(token))).status).toBe(200);
  expect(site.requests.at(-1)?.verdict.reason).toContain('Robin Reader');
  expect((await fetch(`${base}/myself`, bearer(token))).status).toBe(401);

  const failed = { data: { offlineUserAuthToken: { success: false, authToken: null } } };
  expect((await ask({ contextIds, userId: 'nobody' })).body).toMatchObject(failed);
  const appUser = site.forge.apps[0]?.accountId;
  expect((await ask({ contextIds, userId: appUser })).body).toMatchObject(failed);
  expect((await ask({ contextIds: ['x'], userId: reader?.accountId })).body).toMatchObject(failed);
  const userToken = await site.forge.userToken();
  expect((await ask({ contextIds, userId: reader?.accountId }, userToken)).status).toBe(401);
  const expired = await site.forge.systemToken({ expiresIn: -1 });
  expect((await ask({ contextIds, userId: reader?.accountId }, expired)).status).toBe(401);
  expect((await ask({})).status).toBe(400);
});

test('without allowImpersonation there is no offline token', async () => {
  const { site } = await startForge({
    manifest: manifestText.replace('{ allowImpersonation: true }', '{}'),
  });
  const contextIds = [`ari:cloud:jira::site/${site.forge.cloudId}`];
  const answer = await fetch(
    site.forge.graphqlUrl,
    bearer(await site.forge.systemToken(), {
      method: 'POST',
      body: JSON.stringify({
        query: mutation,
        variables: { input: { contextIds, userId: site.people[0]?.accountId } },
      }),
    }),
  );
  expect(await answer.json()).toMatchObject({
    data: { offlineUserAuthToken: { success: false, errors: [{ message: expect.any(String) }] } },
  });
});

const property =
  '/rest/atlassian-connect/1/addons/test-app/properties/connect_client_key_019cdff3-8bfb-71fe-9628-875b700aebb8';

test('the reserved app property tells a Forge app the clientKey of the Connect app that it was', async () => {
  const { site } = await startBoth();
  const remote = await startRemote();
  const remoteApp = { appId, remoteUrl: remote.baseUrl, connectKey: 'test-app' };
  await site.forge.install(remoteApp);
  const read = async (path: string): Promise<Response> =>
    fetch(site.forge.apiBaseUrl + path, bearer(await site.forge.systemToken()));
  expect(await (await read(property)).json()).toMatchObject({ value: site.clientKey });
  expect((await read(property.replace('test-app', 'other'))).status).toBe(403);
  expect((await read(property.replace('connect_client', 'x'))).status).toBe(404);
});

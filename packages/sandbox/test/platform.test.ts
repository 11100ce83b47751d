import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../src/index.ts';
import { callSigned, send, startBoth } from './app.ts';

type Who = 'admin' | 'reader' | 'nobody';
/** The answer's status, and a part of its body where it matters. */
type Call = [who: Who, request: string, body: unknown, status: number, part?: object];

const document = { type: 'doc', version: 1, content: [] };
const issue = '/issue/XX-21';

const refused: Call[] = [
  ['nobody', 'GET /user?accountId=x', undefined, 401],
  ['admin', 'GET /user', undefined, 400],
  ['admin', 'GET /user?accountId=x', undefined, 404],
  ['admin', 'GET /user/search', undefined, 400],
  ['admin', 'GET /user/bulk', undefined, 400],
  ['admin', 'GET /user/assignable/search', undefined, 400],
  ['admin', 'GET /user/assignable/search?project=ZZ', undefined, 404],
  ['nobody', 'GET /priority/search', undefined, 401],
  ['admin', 'GET /priority/9', undefined, 404],
  ['admin', 'GET /issuetype/9', undefined, 404],
  ['admin', 'GET /issuetype/project?projectId=XX', undefined, 400],
  ['admin', 'GET /status/Nowhere', undefined, 404],
  ['admin', 'GET /statuscategory/9', undefined, 404],
  ['admin', 'GET /statuses', undefined, 400],
  ['admin', 'GET /resolution/9', undefined, 404],
  ['admin', 'GET /project/type/business', undefined, 404],
  ['admin', 'GET /project/ZZ/statuses', undefined, 404],
  ['nobody', 'GET /project/XX/versions', undefined, 404],
  ['admin', 'GET /role/9', undefined, 404],
  ['admin', 'GET /dashboard/9', undefined, 404],
  ['admin', 'GET /universal_avatar/view/type/cloud', undefined, 404],
  ['admin', 'GET /filter/9', undefined, 400],
  [
    'admin',
    'POST /filter',
    { jql: 'project = XX' },
    400,
    { errors: { filterName: expect.anything() } },
  ],
  ['admin', 'POST /filter', { name: 'Bad', jql: 'project =' }, 400],
  ['nobody', 'POST /filter', { name: 'Mine' }, 401],
  ['reader', 'POST /version', { name: '1.0', projectId: 10000 }, 403],
  ['admin', 'POST /version', { projectId: 10000 }, 400, { errors: { name: expect.anything() } }],
  ['admin', 'POST /version', { name: '1.0', projectId: 9 }, 404],
  ['admin', 'POST /version', { name: '2.0', projectId: 10000, releaseDate: 'soon' }, 400],
  ['admin', 'GET /version/9', undefined, 404],
  ['reader', 'POST /component', { name: 'API', project: 'XX' }, 403],
  ['admin', 'POST /component', { name: 'API' }, 400],
  ['admin', 'POST /component', { name: 'API', project: 'XX', leadAccountId: 'x' }, 400],
  ['admin', 'GET /component/9', undefined, 404],
  ['reader', 'GET /issue/createmeta/XX/issuetypes', undefined, 404],
  ['admin', 'GET /issue/createmeta/XX/issuetypes/9', undefined, 404],
  ['admin', 'POST /issue/bulkfetch', { issueIdsOrKeys: [] }, 400],
  ['admin', 'POST /issue/bulk', {}, 400],
  ['admin', 'POST /issue/bulk', { issueUpdates: [{}] }, 400, { issues: [] }],
  ['admin', 'GET /issue/XX-99/transitions', undefined, 404],
  ['admin', `POST ${issue}/transitions`, {}, 400],
  ['admin', `POST ${issue}/transitions`, { transition: { id: '99' } }, 400],
  [
    'admin',
    `POST ${issue}/transitions`,
    { transition: { id: '11' }, fields: { resolution: { name: 'Done' } } },
    400,
    { errors: { resolution: expect.stringContaining('cannot be set') } },
  ],
  ['reader', `POST ${issue}/transitions`, { transition: { id: '11' } }, 400],
  ['reader', `PUT ${issue}/assignee`, { accountId: null }, 403],
  ['admin', `PUT ${issue}/assignee`, { accountId: 'x' }, 400],
  ['admin', `PUT ${issue}/assignee`, {}, 400],
  ['admin', 'PUT /issue/XX-22/assignee', { accountId: null }, 400],
  ['reader', `POST ${issue}/watchers`, 'another', 403],
  ['admin', `POST ${issue}/watchers`, 'nobody-known', 404],
  ['admin', `POST ${issue}/watchers`, { accountId: 'x' }, 400],
  ['admin', `DELETE ${issue}/watchers`, undefined, 400],
  // Alex Admin has reported it.
  ['admin', `POST ${issue}/votes`, undefined, 404],
  ['reader', `DELETE ${issue}/votes`, undefined, 404],
  ['reader', `POST ${issue}/worklog`, { timeSpentSeconds: 60 }, 400],
  ['admin', `POST ${issue}/worklog`, {}, 400],
  ['admin', `POST ${issue}/worklog`, { timeSpent: '2 moons' }, 400],
  ['admin', `POST ${issue}/worklog`, { timeSpentSeconds: 60, started: '2026-01-01' }, 400],
  ['admin', `POST ${issue}/worklog`, { timeSpentSeconds: 60, comment: 'text' }, 400],
  ['admin', `GET ${issue}/worklog/9`, undefined, 404],
  ['admin', 'POST /worklog/list', {}, 400],
  [
    'reader',
    'POST /issueLink',
    { type: { name: 'Blocks' }, inwardIssue: { key: 'XX-1' }, outwardIssue: { key: 'XX-20' } },
    404,
  ],
  ['admin', 'POST /issueLink', { type: { name: 'Hides' } }, 404],
  ['admin', 'GET /issueLink/9', undefined, 404],
  ['admin', 'GET /issueLinkType/9', undefined, 404],
  ['admin', `POST ${issue}/remotelink`, { object: { title: 'No URL' } }, 400],
  ['reader', `POST ${issue}/remotelink`, { object: { title: 'T', url: 'https://a.example' } }, 403],
  ['admin', `GET ${issue}/remotelink/9`, undefined, 404],
  ['admin', `GET ${issue}/remotelink?globalId=x`, undefined, 404],
  ['admin', `DELETE ${issue}/remotelink`, undefined, 400],
  ['admin', 'POST /changelog/bulkfetch', {}, 400],
  ['admin', `GET ${issue}/comment/9`, undefined, 404],
  ['admin', 'POST /comment/list', {}, 400],
  ['admin', 'POST /search/approximate-count', { jql: '' }, 400],
  ['admin', 'POST /jql/match', {}, 400],
  ['nobody', 'GET /rest/agile/1.0/board', undefined, 401],
  ['admin', 'GET /rest/agile/1.0/board/2', undefined, 404],
  ['admin', 'POST /rest/agile/1.0/sprint', { name: 'No board' }, 400],
  ['admin', 'POST /rest/agile/1.0/sprint', { originBoardId: 1 }, 400],
  ['admin', 'POST /rest/agile/1.0/sprint', { originBoardId: 1, name: 'x'.repeat(31) }, 400],
  ['reader', 'POST /rest/agile/1.0/sprint', { originBoardId: 1, name: 'Mine' }, 403],
  ['admin', 'GET /rest/agile/1.0/sprint/9', undefined, 404],
  ['admin', 'GET /rest/software/1.0/board/1/issue?nextPageToken=x', undefined, 400],
  ['admin', 'GET /rest/servicedeskapi/servicedesk/9', undefined, 404],
  ['reader', 'GET /rest/servicedeskapi/servicedesk/1/queue', undefined, 403],
  [
    'admin',
    'POST /rest/servicedeskapi/request',
    { serviceDeskId: '1', requestTypeId: '1', requestFieldValues: {} },
    400,
    { errorMessage: expect.stringContaining('summary') },
  ],
  ['admin', 'GET /rest/servicedeskapi/request/XX-21', undefined, 404],
];

const others: Call[] = [
  // Whoever may not do a thing sees an empty list where Jira shows one.
  ['reader', `GET ${issue}/transitions`, undefined, 200, { transitions: [] }],
  ['nobody', 'POST /issue/bulkfetch', { issueIdsOrKeys: ['XX-21'] }, 200, { issues: [] }],
  ['admin', 'GET /universal_avatar/view/type/user/avatar/1', undefined, 200],
  ['admin', 'GET /user/search?query=nobody', undefined, 200, []],
  ['admin', 'GET /project/YY', undefined, 200, { projectTypeKey: 'service_desk' }],
];

describe('the rest of the platform', () => {
  let site: Sandbox;
  beforeAll(async () => {
    site = await startSandbox();
  });
  afterAll(() => site.close());

  function authorizationOf(who: Who): string | undefined {
    if (who === 'nobody') return undefined;
    const { emailAddress, apiToken } = site.people[who === 'admin' ? 0 : 1] ?? {};
    return `Basic ${Buffer.from(`${emailAddress}:${apiToken}`).toString('base64')}`;
  }

  async function call(who: Who, request: string, body: unknown): Promise<Response> {
    const [method = '', path = ''] = request.split(' ');
    const target = path.startsWith('/rest/') ? path : `/rest/api/3${path}`;
    return send(site, target, authorizationOf(who), { method, body });
  }

  test.each([...refused, ...others])('%s: %s %j is answered with %i', async (...each) => {
    const [who, request, body, status, part] = each;
    const answer = await call(who, request, body);
    const text = await answer.text();
    expect([answer.status, text]).toEqual([status, text]);
    if (part !== undefined) expect(JSON.parse(text)).toMatchObject(part);
  });

  test('who votes and watches is counted, and told apart', async () => {
    expect((await call('reader', `POST ${issue}/votes`, undefined)).status).toBe(204);
    const votes = await call('admin', `GET ${issue}/votes`, undefined);
    expect(await votes.json()).toMatchObject({ votes: 1, hasVoted: false });
    expect((await call('reader', `POST ${issue}/watchers`, undefined)).status).toBe(204);
    const watchers = await call('reader', `GET ${issue}/watchers`, undefined);
    expect(await watchers.json()).toMatchObject({ watchCount: 1, isWatching: true });
    const id = site.issue('XX-21')?.id ?? '';
    const watching = await call('reader', 'POST /issue/watching', { issueIds: [id, '9'] });
    expect(await watching.json()).toEqual({ issuesIsWatching: { [id]: true, 9: false } });
  });

  test('own comments are changed and deleted by whoever wrote them, and others by those who may', async () => {
    const made = await call('reader', `POST /issue/XX-20/comment`, { body: document });
    const { id } = (await made.json()) as { id: string };
    const text = { type: 'doc', version: 1, content: [{ type: 'paragraph', content: [] }] };
    expect((await call('reader', `PUT /issue/XX-20/comment/${id}`, { body: text })).status).toBe(
      200,
    );
    const changed = await call('admin', `PUT /issue/XX-20/comment/${id}`, { body: document });
    expect(await changed.json()).toMatchObject({
      author: { displayName: 'Robin Reader' },
      updateAuthor: { displayName: 'Alex Admin' },
    });
    const alien = await call('admin', `POST /issue/XX-20/comment`, { body: document });
    const { id: other } = (await alien.json()) as { id: string };
    expect((await call('reader', `DELETE /issue/XX-20/comment/${other}`, undefined)).status).toBe(
      400,
    );
    expect((await call('reader', `DELETE /issue/XX-20/comment/${id}`, undefined)).status).toBe(204);
    expect((await call('reader', `GET /issue/XX-21/comment/${other}`, undefined)).status).toBe(404);
  });

  test('a transition moves the issue, and the changelog and the listeners learn of it', async () => {
    const updates: unknown[] = [];
    const end = site.on('issue-updated', (update) => updates.push(update));
    const moved = await call('admin', 'POST /issue/XX-1/transitions', { transition: { id: '31' } });
    end();
    expect(moved.status).toBe(204);
    expect(site.issue('XX-1')?.fields.status).toMatchObject({ name: 'Done' });
    expect(updates).toMatchObject([{ key: 'XX-1', fields: ['status'] }]);
    const log = await call('reader', 'GET /issue/XX-1/changelog', undefined);
    expect(await log.json()).toMatchObject({
      total: 1,
      values: [{ items: [{ fromString: 'In Progress', toString: 'Done' }] }],
    });
    // What is Done cannot be edited on this site.
    expect((await call('admin', 'PUT /issue/XX-1', { fields: { summary: 'x' } })).status).toBe(400);
  });

  test('a sprint goes on one way only, and what is deleted takes its links along', async () => {
    const sprint = '/rest/agile/1.0/sprint';
    const made = await call('admin', `POST ${sprint}`, { name: 'One', originBoardId: 1 });
    const { id } = (await made.json()) as { id: number };
    const set = (body: unknown) => call('admin', `POST ${sprint}/${id}`, body);
    expect((await set({ state: 'closed' })).status).toBe(400);
    expect((await set({ state: 'active' })).status).toBe(400);
    const dates = { startDate: '2026-01-05T08:00:00Z', endDate: '2026-01-19T08:00:00Z' };
    expect((await set({ state: 'active', ...dates })).status).toBe(200);
    expect((await set({ state: 'future' })).status).toBe(400);
    expect((await set({ state: 'closed' })).status).toBe(200);
    const moved = await call('admin', `POST ${sprint}/${id}/issue`, { issues: ['XX-20'] });
    expect(moved.status).toBe(400);

    const summary = { project: { key: 'XX' }, issuetype: { name: 'Task' }, summary: 'Linked' };
    const created = await call('admin', 'POST /issue', { fields: summary });
    const { key } = (await created.json()) as { key: string };
    const link = {
      type: { name: 'Relates' },
      inwardIssue: { key },
      outwardIssue: { key: 'XX-20' },
    };
    expect((await call('admin', 'POST /issueLink', link)).status).toBe(201);
    const newest = Number(id) + 1;
    expect((await call('admin', `GET /issueLink/${newest}`, undefined)).status).toBe(200);
    await call('admin', `DELETE /issue/${key}`, undefined);
    expect((await call('admin', `GET /issueLink/${newest}`, undefined)).status).toBe(404);
  });

  test('a reset forgets what was made', async () => {
    await call('admin', 'POST /version', { name: 'To be forgotten', projectId: 10000 });
    site.reset();
    const versions = await call('admin', 'GET /project/XX/versions', undefined);
    expect(await versions.json()).toEqual([]);
    const again = await call('admin', 'POST /version', { name: 'First', projectId: 10000 });
    expect(await again.json()).toMatchObject({ id: '10001' });
  });
});

test('versions take the scope PROJECT_ADMIN, and a POST that only reads takes READ', async () => {
  const { site } = await startBoth({ scopes: ['WRITE'] });
  const version = { method: 'POST', body: { name: '1.0', projectId: 10000 } };
  expect((await callSigned(site, '/rest/api/3/version', version)).status).toBe(403);
  const { site: reading } = await startBoth({ scopes: ['READ'] });
  const count = { method: 'POST', body: { jql: 'project = XX' } };
  const target = '/rest/api/3/search/approximate-count';
  expect(await (await callSigned(reading, target, count)).json()).toEqual({ count: 4 });
  const { site: administered } = await startBoth({ scopes: ['PROJECT_ADMIN'] });
  expect((await callSigned(administered, '/rest/api/3/version', version)).status).toBe(201);
});

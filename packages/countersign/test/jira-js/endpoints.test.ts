import { vi } from 'vitest';

// Before jira.js is loaded: its schemas then know no key and no value that they do not list.
vi.hoisted(() => {
  process.env.AUDIT_SCHEMAS = 'true';
});

import { type createAgileClient as Agile, createAgileClient } from 'jira.js/agile';
import { type createCloudClient as Cloud, createCloudClient } from 'jira.js/cloud';
import { createServiceDeskClient, type createServiceDeskClient as Desk } from 'jira.js/serviceDesk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AppOnSite, startAppOnSite } from './app-on-site.ts';

interface Clients {
  readonly cloud: ReturnType<typeof Cloud>;
  readonly agile: ReturnType<typeof Agile>;
  readonly desk: ReturnType<typeof Desk>;
  readonly accountId: string;
}

type Call = [name: string, call: (clients: Clients) => Promise<unknown>, expected?: unknown];

const any = expect.anything();
const text = (said: string) => ({
  ...{ type: 'doc', version: 1 },
  content: [{ type: 'paragraph', content: [{ type: 'text', text: said }] }],
});
let names = 0;
const fresh = (name: string) => `${name} ${++names}`;
const key = 'XX-21';
const issueIdOrKey = key;
const projectIdOrKey = 'XX';

/** Calls that only read, and that anyone may make who may browse. */
const reading: Call[] = [
  ['myself', ({ cloud }) => cloud.myself.getCurrentUser(), { accountId: any }],
  ['locale', ({ cloud }) => cloud.myself.getLocale(), { locale: 'en_US' }],
  ['server info', ({ cloud }) => cloud.serverInfo.getServerInfo(), { deploymentType: 'Cloud' }],
  [
    'user',
    ({ cloud, accountId }) => cloud.users.getUser({ accountId }),
    { displayName: 'Alex Admin' },
  ],
  ['users', ({ cloud }) => cloud.users.getAllUsers({ maxResults: 1 }), [{ accountId: any }]],
  [
    'users by name',
    ({ cloud }) => cloud.userSearch.findUsers({ query: 'robin' }),
    [{ displayName: 'Robin Reader' }],
  ],
  [
    'users to pick',
    ({ cloud }) => cloud.userSearch.findUsersForPicker({ query: 'alex' }),
    { total: 1 },
  ],
  [
    'assignable users',
    ({ cloud }) => cloud.userSearch.findAssignableUsers({ project: 'XX', query: 'alex' }),
    [{ displayName: 'Alex Admin' }],
  ],
  ['fields', ({ cloud }) => cloud.issueFields.getFields(), expect.arrayContaining([any])],
  [
    'projects',
    ({ cloud }) => cloud.projects.searchProjects({ maxResults: 1 }),
    { total: 2, isLast: false, values: [{ key: 'XX' }] },
  ],
  ['project', ({ cloud }) => cloud.projects.getProject({ projectIdOrKey }), { key: 'XX' }],
  [
    'statuses of a project',
    ({ cloud }) => cloud.projects.getAllStatuses({ projectIdOrKey }),
    [{ name: 'Task' }, { name: 'Bug' }],
  ],
  [
    'hierarchy of a project',
    ({ cloud }) => cloud.projects.getHierarchy({ projectId: 10000 }),
    { projectId: 10000 },
  ],
  ['project types', ({ cloud }) => cloud.projectTypes.getAllProjectTypes(), [any, any]],
  [
    'project type',
    ({ cloud }) => cloud.projectTypes.getProjectTypeByKey({ projectTypeKey: 'software' }),
    { key: 'software' },
  ],
  ['roles', ({ cloud }) => cloud.projectRoles.getAllProjectRoles(), [any, any]],
  [
    'roles of a project',
    ({ cloud }) => cloud.projectRoles.getProjectRoles({ projectIdOrKey }),
    { Administrators: any },
  ],
  [
    'role of a project',
    ({ cloud }) => cloud.projectRoles.getProjectRole({ projectIdOrKey, id: 10002 }),
    { actors: [{ displayName: 'Alex Admin' }] },
  ],
  [
    'role details',
    ({ cloud }) => cloud.projectRoles.getProjectRoleDetails({ projectIdOrKey }),
    [any, any],
  ],
  ['issue types', ({ cloud }) => cloud.issueTypes.getIssueAllTypes(), [any, any]],
  [
    'issue type',
    ({ cloud }) => cloud.issueTypes.getIssueType({ id: '10001' }),
    { name: 'Task', subtask: false },
  ],
  [
    'priorities',
    ({ cloud }) => cloud.issuePriorities.searchPriorities({ startAt: '4' }),
    { values: [{ name: 'Lowest' }] },
  ],
  ['priority', ({ cloud }) => cloud.issuePriorities.getPriority({ id: '3' }), { isDefault: true }],
  ['statuses', ({ cloud }) => cloud.workflowStatuses.getStatuses(), [any, any, any]],
  [
    'status',
    ({ cloud }) => cloud.workflowStatuses.getStatus({ idOrName: 'In Progress' }),
    { statusCategory: { key: 'indeterminate' } },
  ],
  [
    'status categories',
    ({ cloud }) => cloud.workflowStatusCategories.getStatusCategories(),
    [any, any, any],
  ],
  [
    'status category',
    ({ cloud }) => cloud.workflowStatusCategories.getStatusCategory({ idOrKey: 'done' }),
    { id: 3 },
  ],
  [
    'statuses by id',
    ({ cloud }) => cloud.status.getStatusesById({ id: ['10000', '10002'] }),
    [{ statusCategory: 'TODO' }, { statusCategory: 'DONE' }],
  ],
  ['found statuses', ({ cloud }) => cloud.status.search({ searchString: 'do' }), { total: 2 }],
  [
    'resolution',
    ({ cloud }) => cloud.issueResolutions.getResolution({ id: '10000' }),
    { name: 'Done' },
  ],
  ['labels', ({ cloud }) => cloud.labels.getAllLabels(), { isLast: true }],
  [
    'configuration',
    ({ cloud }) => cloud.jiraSettings.getConfiguration(),
    { timeTrackingConfiguration: { workingHoursPerDay: 8 } },
  ],
  ['dashboards', ({ cloud }) => cloud.dashboards.getAllDashboards(), { total: 0 }],
  ['found dashboards', ({ cloud }) => cloud.dashboards.getDashboardsPaginated(), { values: [] }],
  ['own filters', ({ cloud }) => cloud.filters.getMyFilters(), any],
  ['found filters', ({ cloud }) => cloud.filters.getFiltersPaginated(), { startAt: 0 }],
  [
    'permissions of the caller',
    ({ cloud }) => cloud.permissions.getMyPermissions({ permissions: 'BROWSE_PROJECTS' }),
    { permissions: { BROWSE_PROJECTS: { havePermission: true } } },
  ],
  ['issue', ({ cloud }) => cloud.issues.getIssue({ issueIdOrKey, fields: ['summary'] }), { key }],
  [
    'issues in bulk',
    ({ cloud }) => cloud.issues.bulkFetchIssues({ issueIdsOrKeys: [key, 'XX-99'] }),
    { issues: [{ key }] },
  ],
  ['edit screen', ({ cloud }) => cloud.issues.getEditIssueMeta({ issueIdOrKey }), { fields: any }],
  ['changelog', ({ cloud }) => cloud.issues.getChangeLogs({ issueIdOrKey }), { startAt: 0 }],
  [
    'changelogs in bulk',
    ({ cloud }) => cloud.issues.getBulkChangelogs({ issueIdsOrKeys: [key] }),
    { issueChangeLogs: [any] },
  ],
  ['transitions', ({ cloud }) => cloud.issues.getTransitions({ issueIdOrKey }), any],
  ['comments', ({ cloud }) => cloud.issueComments.getComments({ issueIdOrKey }), { startAt: 0 }],
  ['watchers', ({ cloud }) => cloud.issueWatchers.getIssueWatchers({ issueIdOrKey }), any],
  ['votes', ({ cloud }) => cloud.issueVotes.getVotes({ issueIdOrKey }), any],
  ['worklogs', ({ cloud }) => cloud.issueWorklogs.getIssueWorklog({ issueIdOrKey }), any],
  [
    'worklogs since',
    ({ cloud }) => cloud.issueWorklogs.getIdsOfWorklogsModifiedSince({ since: 0 }),
    { lastPage: true },
  ],
  ['link types', ({ cloud }) => cloud.issueLinkTypes.getIssueLinkTypes(), any],
  [
    'link type',
    ({ cloud }) => cloud.issueLinkTypes.getIssueLinkType({ issueLinkTypeId: '10000' }),
    { name: 'Blocks' },
  ],
  [
    'remote links',
    ({ cloud }) => cloud.issueRemoteLinks.getRemoteIssueLinks({ issueIdOrKey }),
    any,
  ],
  [
    'a search',
    ({ cloud }) =>
      cloud.issueSearch.searchAndReconsileIssuesUsingJql({
        jql: `key = ${key}`,
        fields: ['summary'],
      }),
    { issues: [{ key }] },
  ],
  [
    'a search by POST',
    ({ cloud }) =>
      cloud.issueSearch.searchAndReconsileIssuesUsingJqlPost({
        jql: 'project = XX ORDER BY key',
        fields: ['status'],
        maxResults: 2,
      }),
    { issues: [any, any], isLast: false },
  ],
  ['a count', ({ cloud }) => cloud.issueSearch.countIssues({ jql: `key = ${key}` }), { count: 1 }],
  [
    'a match',
    ({ cloud }) =>
      cloud.issueSearch.matchIssues({ jqls: [`key = ${key}`, '?'], issueIds: [10003] }),
    { matches: [{ matchedIssues: [10003], errors: [] }, { errors: [any] }] },
  ],
  [
    'an avatar',
    ({ cloud }) => cloud.avatars.getAvatarImageByType({ type: 'project' }),
    expect.objectContaining({ type: 'image/svg+xml' }),
  ],
  ['boards', ({ agile }) => agile.board.getAllBoards(), { values: [{ type: 'scrum' }] }],
  ['board', ({ agile }) => agile.board.getBoard({ boardId: 1 }), { name: 'XX board' }],
  ['columns', ({ agile }) => agile.board.getConfiguration({ boardId: 1 }), { columnConfig: any }],
  [
    'projects of a board',
    ({ agile }) => agile.board.getProjects({ boardId: 1 }),
    { values: [{ key: 'XX' }] },
  ],
  ['versions of a board', ({ agile }) => agile.board.getAllVersions({ boardId: 1 }), any],
  ['sprints', ({ agile }) => agile.board.getAllSprints({ boardId: 1 }), { startAt: 0 }],
  ['epics', ({ agile }) => agile.board.getEpics({ boardId: 1 }), { values: [] }],
  [
    'issues of a board',
    ({ agile }) => agile.board.getIssuesForBoard({ boardId: 1, jql: `key = ${key}` }),
    { issues: [{ key }], isLast: true },
  ],
  [
    'count of a board',
    ({ agile }) => agile.board.getApproximateIssueCountForBoard({ boardId: 1 }),
    { count: any },
  ],
  ['backlog', ({ agile }) => agile.board.getIssuesForBacklog({ boardId: 1 }), { issues: any }],
  ['issue of Jira Software', ({ agile }) => agile.issue.getIssue({ issueIdOrKey }), { key }],
  ['service info', ({ desk }) => desk.info.getInfo(), { isLicensedForUse: true }],
  [
    'service desks',
    ({ desk }) => desk.servicedesk.getServiceDesks(),
    { values: [{ projectKey: 'YY' }] },
  ],
  [
    'service desk',
    ({ desk }) => desk.servicedesk.getServiceDeskById({ serviceDeskId: '1' }),
    { projectKey: 'YY' },
  ],
  [
    'request types',
    ({ desk }) => desk.servicedesk.getRequestTypes({ serviceDeskId: '1' }),
    { size: 2 },
  ],
  [
    'form of a request type',
    ({ desk }) => desk.servicedesk.getRequestTypeFields({ serviceDeskId: '1', requestTypeId: 1 }),
    { requestTypeFields: [{ fieldId: 'summary', required: true }, any] },
  ],
  ['own requests', ({ desk }) => desk.request.getCustomerRequests(), { start: 0 }],
];

/** Calls that change something: each makes what it needs. */
const writing: Call[] = [
  [
    'an issue is made, edited, assigned, moved and deleted',
    async ({ cloud, accountId }) => {
      const { key: issue } = await cloud.issues.createIssue({
        fields: { project: { key: 'XX' }, issuetype: { id: '10001' }, summary: 'Made by jira.js' },
      });
      const same = { issueIdOrKey: issue };
      await cloud.issues.editIssue({ ...same, fields: { labels: ['one', 'two'] } });
      await cloud.issues.assignIssue({ ...same, accountId });
      await cloud.issues.doTransition({ ...same, transition: { id: '21' } });
      const { fields } = await cloud.issues.getIssue(same);
      const log = await cloud.issues.getChangeLogs(same);
      const some = await cloud.issues.getChangeLogsByIds({
        ...same,
        changelogIds: [Number(log.values[0]?.id)],
      });
      await cloud.issues.deleteIssue(same);
      return {
        ...{ fields, some: some.histories?.length },
        log: log.values.map(({ items }) => items?.map(({ field, to }) => [field, to])),
      };
    },
    {
      fields: {
        labels: ['one', 'two'],
        assignee: { displayName: 'Alex Admin' },
        status: { name: 'In Progress' },
      },
      log: [[['labels', null]], [['assignee', any]], [['status', '10001']]],
      some: 1,
    },
  ],
  [
    'several issues are made at once, and what is wrong with one is told',
    async ({ cloud }) => {
      const fields = { project: { key: 'XX' }, issuetype: { id: '10001' }, summary: 'Many' };
      return cloud.issues.createIssues({ issueUpdates: [{ fields }, { fields: {} }, { fields }] });
    },
    { issues: [any, any], errors: [{ status: 400, failedElementNumber: 1 }] },
  ],
  [
    'a text makes an issue by the older version of the API',
    async ({ cloud }) => {
      const { key: issue } = await cloud.issues.createIssue({
        fields: {
          ...{ project: { key: 'XX' }, issuetype: { name: 'Bug' }, summary: 'With a text' },
          description: 'Plain',
        },
      });
      const { fields } = await cloud.issues.getIssue({ issueIdOrKey: issue });
      return fields?.description;
    },
    text('Plain'),
  ],
  [
    'a comment is made, read, changed, listed and deleted',
    async ({ cloud }) => {
      const { id = '' } = await cloud.issueComments.addComment({
        ...{ issueIdOrKey, body: text('One') },
      });
      const plain = await cloud.issueComments.addComment({ issueIdOrKey, body: 'Plain' });
      await cloud.issueComments.updateComment({ issueIdOrKey, id, body: { body: text('Two') } });
      const read = await cloud.issueComments.getComment({ issueIdOrKey, id });
      const list = await cloud.issueComments.getCommentsByIds({ ids: [Number(id)] });
      await cloud.issueComments.deleteComment({ issueIdOrKey, id });
      return [read.body, list.total, plain.body];
    },
    [text('Two'), 1, text('Plain')],
  ],
  [
    'a worklog is made, changed, listed and deleted',
    async ({ cloud }) => {
      const { id = '' } = await cloud.issueWorklogs.addWorklog({
        ...{ issueIdOrKey, timeSpent: '1h 30m', comment: text('Drilled') },
        started: '2026-01-17T12:34:00.000+0000',
      });
      const changed = await cloud.issueWorklogs.updateWorklog({
        ...{ issueIdOrKey, id, body: { timeSpentSeconds: 3600 } },
      });
      const list = await cloud.issueWorklogs.getWorklogsForIds({ ids: [Number(id)] });
      await cloud.issueWorklogs.deleteWorklog({ issueIdOrKey, id });
      return [changed, list.length];
    },
    [{ timeSpent: '1h', started: new Date('2026-01-17T12:34:00Z') }, 1],
  ],
  [
    'a watcher comes and goes',
    async ({ cloud, accountId }) => {
      await cloud.issueWatchers.addWatcher({ issueIdOrKey, body: accountId as never });
      const { watchers } = await cloud.issueWatchers.getIssueWatchers({ issueIdOrKey });
      await cloud.issueWatchers.removeWatcher({ issueIdOrKey, accountId });
      return watchers?.map((each) => each.accountId);
    },
    expect.arrayContaining([any]),
  ],
  [
    'a vote is given and taken back',
    async ({ cloud }) => {
      await cloud.issueVotes.addVote({ issueIdOrKey });
      const { hasVoted } = await cloud.issueVotes.getVotes({ issueIdOrKey });
      await cloud.issueVotes.removeVote({ issueIdOrKey });
      return hasVoted;
    },
    true,
  ],
  [
    'issues are linked',
    async ({ cloud }) => {
      await cloud.issueLinks.linkIssues({
        type: { name: 'Blocks' },
        inwardIssue: { key },
        outwardIssue: { key: 'XX-1' },
      });
      return 'linked';
    },
    'linked',
  ],
  [
    'a remote link is made, found again by its globalId, and deleted',
    async ({ cloud }) => {
      const globalId = fresh('system=https://ci.example.com&id=');
      const object = { title: 'Build', url: 'https://ci.example.com/1' };
      const made = await cloud.issueRemoteLinks.createOrUpdateRemoteIssueLink({
        ...{ issueIdOrKey, globalId, object },
      });
      const again = await cloud.issueRemoteLinks.createOrUpdateRemoteIssueLink({
        ...{ issueIdOrKey, globalId, object: { ...object, title: 'Build 2' } },
      });
      const linkId = String(made.id);
      const read = await cloud.issueRemoteLinks.getRemoteIssueLinkById({ issueIdOrKey, linkId });
      await cloud.issueRemoteLinks.deleteRemoteIssueLinkById({ issueIdOrKey, linkId });
      return [again.id === made.id, read.object?.title];
    },
    [true, 'Build 2'],
  ],
  [
    'a version is made, released and removed',
    async ({ cloud }) => {
      const { id = '' } = await cloud.projectVersions.createVersion({
        ...{ name: fresh('1.0'), projectId: 10000, releaseDate: '2020-01-31' },
      });
      const late = await cloud.projectVersions.getVersion({ id });
      await cloud.projectVersions.updateVersion({ id, body: { released: true } });
      const { values } = await cloud.projectVersions.getProjectVersionsPaginated({
        projectIdOrKey,
      });
      await cloud.projectVersions.deleteAndReplaceVersion({ id });
      return [late.overdue, values.find((each) => each.id === id)?.released];
    },
    [true, true],
  ],
  [
    'a component is made, changed and deleted',
    async ({ cloud, accountId }) => {
      const { id = '' } = await cloud.projectComponents.createComponent({
        ...{ name: fresh('API'), project: 'XX', leadAccountId: accountId },
      });
      await cloud.projectComponents.updateComponent({ id, body: { description: 'All of it' } });
      const read = await cloud.projectComponents.getComponent({ id });
      const page = await cloud.projectComponents.getProjectComponentsPaginated({ projectIdOrKey });
      await cloud.projectComponents.deleteComponent({ id });
      return [read, page.total];
    },
    [{ description: 'All of it', lead: { displayName: 'Alex Admin' } }, any],
  ],
  [
    'a filter is made, changed, marked and deleted',
    async ({ cloud }) => {
      const { id = '' } = await cloud.filters.createFilter({
        ...{ name: fresh('Mine'), jql: 'project = XX' },
      });
      const filterId = Number(id);
      await cloud.filters.updateFilter({
        id: filterId,
        body: { name: fresh('Ours'), jql: 'project = YY' },
      });
      await cloud.filters.setFavouriteForFilter({ id: filterId });
      const read = await cloud.filters.getFilter({ id: filterId });
      await cloud.filters.deleteFilter({ id: filterId });
      return read;
    },
    { jql: 'project = YY', favourite: true },
  ],
  [
    'what an issue can be created with',
    async ({ cloud }) => {
      const { issueTypes } = await cloud.issues.getCreateIssueMetaIssueTypes({ projectIdOrKey });
      const { fields } = await cloud.issues.getCreateIssueMetaIssueTypeId({
        ...{ projectIdOrKey, issueTypeId: '10001' },
      });
      return [issueTypes?.length, fields?.find(({ fieldId }) => fieldId === 'summary')];
    },
    [2, { required: true }],
  ],
  [
    'a sprint is planned, started and ended',
    async ({ agile }) => {
      const { id = 0 } = await agile.sprint.createSprint({
        name: fresh('Sprint'),
        originBoardId: 1,
      });
      await agile.sprint.moveIssuesToSprintAndRank({ sprintId: id, issues: ['XX-20'] });
      await agile.sprint.partiallyUpdateSprint({
        ...{ sprintId: id, state: 'active' },
        ...{ startDate: '2026-01-05T08:00:00.000Z', endDate: '2026-01-19T08:00:00.000Z' },
      });
      const { issues } = await agile.sprint.getIssuesForSprint({ sprintId: id });
      await agile.sprint.partiallyUpdateSprint({ sprintId: id, state: 'closed' });
      const read = await agile.sprint.getSprint({ sprintId: id });
      await agile.sprint.deleteSprint({ sprintId: id });
      return [issues.map((issue) => issue.key), read];
    },
    [['XX-20'], { state: 'closed', completeDate: expect.any(Date) }],
  ],
  [
    'a request is made and commented on',
    async ({ desk }) => {
      const made = await desk.request.createCustomerRequest({
        ...{ serviceDeskId: '1', requestTypeId: '2' },
        requestFieldValues: { summary: 'It is broken', description: 'Wholly' },
      });
      const same = { issueIdOrKey: made.issueKey ?? '' };
      await desk.request.createRequestComment({ ...same, body: 'Since Monday', public: true });
      const comments = await desk.request.getRequestComments(same);
      const read = await desk.request.getCustomerRequestByIdOrKey(same);
      await desk.request.getCustomerRequestStatus(same);
      return [read.currentStatus?.status, comments.values?.map(({ body }) => body)];
    },
    ['To Do', ['Since Monday']],
  ],
];

let onSite: AppOnSite;
beforeAll(async () => {
  onSite = await startAppOnSite();
});
afterAll(() => onSite.close());

function clientsOver(client: ReturnType<AppOnSite['client']>): Clients {
  return {
    cloud: createCloudClient(client),
    agile: createAgileClient(client),
    desk: createServiceDeskClient(client),
    accountId: onSite.accountId(0),
  };
}

async function check([, call, expected]: Call, clients: Clients): Promise<void> {
  const answer = await call(clients);
  if (typeof expected === 'object' && expected !== null && !('$$typeof' in expected)) {
    expect(answer).toMatchObject(expected);
  } else expect(answer).toEqual(expected);
}

describe('as the Connect app, with strict schemas', () => {
  test.each([...reading, ...writing].map((each) => [each[0], each] as const))('%s', (_, each) =>
    check(each, clientsOver(onSite.client({ onSchemaMismatch: 'throw' }))),
  );
});

describe('as a person that the app acts for, with strict schemas', () => {
  test('everything that is read', async () => {
    const clients = clientsOver(onSite.clientAs(0, { onSchemaMismatch: 'throw' }));
    expect(await clients.cloud.myself.getCurrentUser()).toMatchObject({
      accountId: onSite.accountId(0),
      accountType: 'atlassian',
    });
    for (const each of reading) await check(each, clients);
  });
});

describe('as a Forge app, with strict schemas', () => {
  test('everything that is read', async () => {
    const clients = clientsOver(await onSite.forgeClient({ onSchemaMismatch: 'throw' }));
    for (const each of reading) await check(each, clients);
  });
});

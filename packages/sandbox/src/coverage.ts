/** A REST resource that the site answers, below /rest/api/3 and the same below /rest/api/2. */
export interface CoveredResource {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  /** The statuses that its own rules give. Any resource also answers 401, and 403 for a missing scope. */
  statuses: number[];
  notModelled: string;
}

/** All of them. A test compares this list with the registered routes and with the page of the docs. */
export const coverage: readonly CoveredResource[] = [
  {
    method: 'GET',
    path: '/myself',
    statuses: [200, 401],
    notModelled: 'expand, groups, application roles, avatars',
  },
  { method: 'GET', path: '/serverInfo', statuses: [200], notModelled: 'health checks' },
  {
    method: 'GET',
    path: '/field',
    statuses: [200],
    notModelled: 'fields of apps (jiraIssueFields), scope of team-managed projects',
  },
  { method: 'GET', path: '/project', statuses: [200], notModelled: 'expand, recent, properties' },
  {
    method: 'GET',
    path: '/project/search',
    statuses: [200, 400],
    notModelled: 'every filter; only startAt and maxResults count',
  },
  {
    method: 'GET',
    path: '/project/{projectIdOrKey}',
    statuses: [200, 404],
    notModelled: 'expand, lead, components, versions, issue types',
  },
  {
    method: 'POST',
    path: '/issue',
    statuses: [201, 400, 415],
    notModelled: 'subtasks, transition, properties, historyMetadata, updateHistory',
  },
  {
    method: 'GET',
    path: '/issue/{issueIdOrKey}',
    statuses: [200, 404],
    notModelled: 'expand, properties, fieldsByKeys, attachments, links, worklogs',
  },
  {
    method: 'PUT',
    path: '/issue/{issueIdOrKey}',
    statuses: [200, 204, 400, 403, 404, 415],
    notModelled: 'properties, transition, notifications, expand',
  },
  {
    method: 'DELETE',
    path: '/issue/{issueIdOrKey}',
    statuses: [204, 403, 404],
    notModelled: 'deleteSubtasks',
  },
  {
    method: 'GET',
    path: '/issue/{issueIdOrKey}/editmeta',
    statuses: [200, 403, 404],
    notModelled: 'allowedValues, autoCompleteUrl',
  },
  {
    method: 'GET',
    path: '/issue/{issueIdOrKey}/comment',
    statuses: [200, 400, 404],
    notModelled: 'orderBy, expand, visibility',
  },
  {
    method: 'POST',
    path: '/issue/{issueIdOrKey}/comment',
    statuses: [201, 400, 403, 404, 415],
    notModelled: 'visibility, properties, replies',
  },
  {
    method: 'GET',
    path: '/search/jql',
    statuses: [200, 400],
    notModelled:
      'JQL beyond project, key, status, summary, assignee, reporter with =, !=, ~, !~, in, not in, AND, ORDER BY; expand, properties, reconcileIssues',
  },
  {
    method: 'POST',
    path: '/search/jql',
    statuses: [200, 400, 415],
    notModelled: 'as GET /search/jql',
  },
  {
    method: 'GET',
    path: '/mypermissions',
    statuses: [200, 400, 404],
    notModelled: 'commentId, projectUuid, permissions of other apps',
  },
];

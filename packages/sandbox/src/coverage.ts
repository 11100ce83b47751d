/** A REST resource that the site answers, below /rest/api/3 and the same below /rest/api/2. */
export interface CoveredResource {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  /** The statuses that its own rules give. Any resource also answers 401, and 403 for a missing scope. */
  statuses: number[];
  notModelled: string;
}

/** What of Forge Remote the sandbox stands in for. A test compares this list with the page of the docs. */
export const forgeCoverage: readonly { part: string; notModelled: string }[] = [
  { part: 'key set', notModelled: 'staging and isolated clouds (tokens for them can be made)' },
  {
    part: 'invocation token',
    notModelled: 'the claims of a Bitbucket workspace; a context for events and schedules',
  },
  {
    part: 'manifest',
    notModelled:
      'functions, services, properties of modules besides key, title, resource and resolver; whether a scope exists',
  },
  {
    part: 'invokeRemote, requestRemote',
    notModelled: 'quotas; calls from a Forge function; FormData; regions of a remote',
  },
  {
    part: 'lifecycle and product events',
    notModelled:
      'events besides installed, upgraded, and created, updated, deleted, commented issue; filters; the delay of up to 3 minutes',
  },
  {
    part: 'scheduledTrigger',
    notModelled: 'duplicates; runs that were missed while the site was down',
  },
  { part: 'preUninstall', notModelled: 'the 60 days that a subscription may keep an app' },
  {
    part: 'gateway',
    notModelled: 'granular scopes; rate limits; the URL of the gateway in self links',
  },
  {
    part: 'GraphQL',
    notModelled:
      'every other query; input written into the query; deactivated users; 1,000 a minute',
  },
  {
    part: 'custom UI bridge',
    notModelled:
      '@forge/bridge itself: forgeBridge has invokeRemote, requestJira and view.getContext and nothing else',
  },
];

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

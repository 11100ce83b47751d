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
    notModelled: 'granular scopes; the URL of the gateway in self links',
  },
  {
    part: 'GraphQL',
    notModelled: 'every other query; input written into the query; 1,000 a minute',
  },
  {
    part: 'custom UI bridge',
    notModelled:
      '@forge/bridge itself: forgeBridge has invokeRemote, requestJira and view.getContext and nothing else',
  },
];

/** What of all.js the sandbox stands in for. A test compares this list with the page of the docs. */
export const pageCoverage: readonly { part: string; notModelled: string }[] = [
  { part: 'AP.context.getToken, getContext', notModelled: 'issue type, board, licence and URLs' },
  { part: 'AP.getLocation', notModelled: '' },
  {
    part: 'AP.resize, AP.sizeToParent, data-options resize and sizeToParent',
    notModelled: 'margin, base, and other data-options; hideFooter',
  },
  {
    part: 'AP.request',
    notModelled:
      'binaryAttachment, multipart data, data that is no string, cache; headers besides Accept, If-Match, If-None-Match and X-Atlassian-Token; addRequestMarshal',
  },
  {
    part: 'AP.user.getCurrentUser, getTimeZone, getLocale',
    notModelled: 'other time zones than Etc/UTC, other locales than en-US; getUser',
  },
  {
    part: 'AP.events.on, once, onAny, off, offAny, offAll, emit',
    notModelled: 'onPublic, emitPublic and the like',
  },
  {
    part: 'AP.dialog.create, close, getCustomData, getButton, disableCloseOnSubmit; the events dialog.close, dialog.submit, dialog.cancel, dialog.button.click',
    notModelled: 'createButton, url in place of key, what a bound function returns',
  },
  { part: 'AP.flag.create; the events flag.close, flag.action', notModelled: 'HTML in the body' },
  {
    part: 'AP.navigator.go, getLocation, reload',
    notModelled: 'targets besides issue, addonModule and site',
  },
  {
    part: 'AP.history.getState, pushState, replaceState, popState',
    notModelled: 'go, back, forward, states that are no text, title and URL of a state',
  },
  {
    part: 'AP.theming.initializeTheming',
    notModelled: 'the design tokens: data-color-mode and data-theme are set, and no CSS',
  },
  {
    part: 'AP.jira.refreshIssuePage',
    notModelled: 'every other function of AP.jira',
  },
];

/** Below /rest itself: what an app may ask of itself. The last ones are behind the gateway alone. */
export const appCoverage: readonly CoveredResource[] = [
  {
    method: 'GET',
    path: '/rest/atlassian-connect/1/addons/{addonKey}',
    statuses: [200, 403, 404],
    notModelled: 'license, contacts, version',
  },
  ...appPropertyResources('/rest/atlassian-connect/1/addons/{addonKey}', [403, 404]),
  ...appPropertyResources('/rest/forge/1/app', [403]),
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
    notModelled: 'fields of apps by dynamic modules, scope of team-managed projects',
  },
  {
    method: 'POST',
    path: '/field',
    statuses: [201, 400, 403, 415],
    notModelled:
      'searcherKey; types besides text, number, date, select, cascading, user, labels, URL and read-only',
  },
  {
    method: 'GET',
    path: '/field/search',
    statuses: [200, 400],
    notModelled: 'orderBy, expand, projectIds, contexts, screens',
  },
  {
    method: 'POST',
    path: '/screens/addToDefault/{fieldId}',
    statuses: [200, 400, 403, 404],
    notModelled: 'every other screen: there is one',
  },
  {
    method: 'GET',
    path: '/field/{fieldKey}/option',
    statuses: [200, 400, 403, 404],
    notModelled: 'fields that no Connect app declares',
  },
  {
    method: 'POST',
    path: '/field/{fieldKey}/option',
    statuses: [200, 400, 403, 404, 415],
    notModelled: 'what config says of projects',
  },
  {
    method: 'GET',
    path: '/field/{fieldKey}/option/{optionId}',
    statuses: [200, 403, 404],
    notModelled: 'extractions of properties',
  },
  {
    method: 'PUT',
    path: '/field/{fieldKey}/option/{optionId}',
    statuses: [200, 400, 403, 404, 415],
    notModelled: 'what config says of projects',
  },
  {
    method: 'DELETE',
    path: '/field/{fieldKey}/option/{optionId}',
    statuses: [204, 403, 404, 409],
    notModelled: 'replacing the option in issues',
  },
  {
    method: 'PUT',
    path: '/app/field/{fieldIdOrKey}/value',
    statuses: [204, 400, 403, 404, 415],
    notModelled: 'generateChangelog, generateAppEvents',
  },
  { method: 'GET', path: '/project', statuses: [200], notModelled: 'expand, recent, properties' },
  {
    method: 'GET',
    path: '/project/search',
    statuses: [200, 400],
    notModelled: 'every filter; only startAt and maxResults count',
  },
  {
    method: 'POST',
    path: '/issue',
    statuses: [201, 400, 415],
    notModelled: 'subtasks, transition, historyMetadata, updateHistory',
  },
  {
    method: 'GET',
    path: '/issue/{issueIdOrKey}',
    statuses: [200, 404],
    notModelled: 'expand, properties, fieldsByKeys, links, worklogs',
  },
  {
    method: 'PUT',
    path: '/issue/{issueIdOrKey}',
    statuses: [200, 204, 400, 403, 404, 415],
    notModelled: 'transition, notifications, expand',
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
    notModelled: 'autoCompleteUrl, hasDefaultValue',
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
    method: 'POST',
    path: '/issue/{issueIdOrKey}/attachments',
    statuses: [200, 400, 403, 404, 413, 415],
    notModelled: 'thumbnails, media types by file name, several requests at once',
  },
  {
    method: 'GET',
    path: '/attachment/meta',
    statuses: [200],
    notModelled: 'changing the limit, 10 MiB',
  },
  {
    method: 'GET',
    path: '/attachment/{id}',
    statuses: [200, 404],
    notModelled: 'thumbnail, properties',
  },
  {
    method: 'GET',
    path: '/attachment/content/{id}',
    statuses: [200, 206, 303, 304, 404, 416],
    notModelled: 'several ranges',
  },
  {
    method: 'DELETE',
    path: '/attachment/{id}',
    statuses: [204, 403, 404],
    notModelled: 'comments and descriptions that show it',
  },
  {
    method: 'GET',
    path: '/search/jql',
    statuses: [200, 400],
    notModelled:
      'JQL beyond project, key, issuetype, status, summary, assignee, reporter with =, !=, ~, !~, in, not in, AND, ORDER BY; expand, properties, reconcileIssues',
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
  {
    method: 'GET',
    path: '/permissions',
    statuses: [200],
    notModelled: 'permissions of apps, and most of Jira’s own',
  },
  {
    method: 'POST',
    path: '/permissions/check',
    statuses: [200, 400, 403, 415],
    notModelled: 'permissions of apps, issue security, calls through AP.request()',
  },
  ...propertyResources('/issue/{issueIdOrKey}', 'issue security'),
  ...propertyResources('/project/{projectIdOrKey}', 'whether the case of a key counts'),
  ...propertyResources('/comment/{commentId}', 'visibility'),
  ...propertyResources('/user', 'userKey, username'),
];

/** The same four for each thing that has properties. */
function propertyResources(owner: string, notModelled: string): CoveredResource[] {
  const ofUser = owner === '/user';
  const read = ofUser ? [200, 400, 401, 403, 404] : [200, 404];
  const write = ofUser ? read : [400, 403, 404];
  const path = `${owner}/properties`;
  const one = `${path}/{propertyKey}`;
  const status = (...statuses: number[]): number[] => [...new Set(statuses)].sort((a, b) => a - b);
  return [
    { method: 'GET', path, statuses: read, notModelled },
    { method: 'GET', path: one, statuses: read, notModelled },
    { method: 'PUT', path: one, statuses: status(200, 201, ...write, 415), notModelled },
    {
      method: 'DELETE',
      path: one,
      statuses: status(204, ...write.filter((each) => each !== 200 && (ofUser || each !== 400))),
      notModelled,
    },
  ];
}

function appPropertyResources(owner: string, notItself: number[]): CoveredResource[] {
  const path = `${owner}/properties`;
  const one = `${path}/{propertyKey}`;
  const notModelled = 'a limit of their number, what becomes of them after an uninstall';
  const refused = [...new Set([...notItself, 404])];
  return [
    { method: 'GET', path, statuses: [200, ...notItself], notModelled },
    { method: 'GET', path: one, statuses: [200, 400, ...refused], notModelled },
    {
      method: 'PUT',
      path: one,
      statuses: [200, 201, 400, ...new Set([403, ...notItself]), 415],
      notModelled,
    },
    {
      method: 'DELETE',
      path: one,
      statuses: [204, 400, ...new Set([403, ...refused])],
      notModelled,
    },
  ];
}

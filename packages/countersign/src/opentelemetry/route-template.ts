/** The words that paths of Jira's REST APIs are made of. Every other segment is an id, a key or a name. */
const WORDS: ReadonlySet<string> = new Set(
  `accessible action actors addToDefault addons advanced-settings agile announcementBanner api app application-properties
  applicationrole approval approximate-count archive article assets assignable assignee association async
  atlassian-connect attachTemporaryFile attachment attachments auditing autocompletedata availableFields avatar avatar2
  avatars backlog board builds bulk bulkByProperties bulkfetch byNames capabilities changelog check columns comment
  component components computation config configuration content context create createdraft createmeta customFieldOption
  customer dashboard data-policy default defaultEditor defaultShareScope defaultValues delete deleted deployments devinfo
  devopscomponents draft dynamic edit editmeta email environments epic estimation evaluate ex existsByProperties
  expression favourite featureflags features field fields filter flag forge full function gating-status group groups
  groupuserpicker hierarchy history incidents info insight internal issue issueLink issueLinkType issueTypeUsages issues
  issuesecuritylevelscheme issuesecurityschemes issuetype issuetypemapping issuetypes issuetypescheme
  issuetypescreenscheme items jira jql key knowledgebase label linkedWorkspaces list locale mapping mappings match member
  members mergeto meta migration module move multi multiProjectSearch my mypermissions mypreferences myself none
  notification notificationscheme notify operations option options organization owner panel parse participant permission
  permissions permissionscheme picker pipelines post-incident-reviews preview priority project project-template
  projectCategory projectUsages projectmapping projectvalidate properties property publish query queue quickfilter rank
  read record redact refresh relatedIssueCounts relatedwork remotelink remotelinks remove removeAndSwap reports
  repository request requesttype requesttypegroup resolution rest restore role roledetails rule screens screenscheme
  search security securitylevel serverInfo servicedesk servicedeskapi settings sla software sprint status statuscategory
  statuses suggestions swap system tabs task thumbnail timetracking transition transitions trash trashed type
  uiModifications universal_avatar unresolvedIssueCount unwatch update updated user users validProjectKey
  validProjectName validation value version versions view viewissue votes vulnerability watch watchers watching webhook
  wiki workflow workflowSchemes workflowUsages workflows workflowscheme worklog workspace`.split(
    /\s+/,
  ),
);

/** What comes after these was chosen by an app, and may be one of the words. */
const BEFORE_A_KEY: ReadonlySet<string> = new Set([
  'properties',
  'addons',
  'application-properties',
]);

/**
 * A path with `{}` in place of ids, keys and names: there are as many of these as there are resources.
 *
 * @param pathname Without a query.
 */
export function routeTemplate(pathname: string): string {
  const segments = pathname.split('/');
  return segments
    .map((segment, index) => {
      const previous = segments[index - 1] ?? '';
      if (segment === '') return '';
      if (BEFORE_A_KEY.has(previous)) return '{}';
      // As in /rest/api/3.
      const isVersion = segments[index - 2] === 'rest' && /^(?:\d(?:\.\d+)?|latest)$/.test(segment);
      return isVersion || WORDS.has(segment) ? segment : '{}';
    })
    .join('/');
}

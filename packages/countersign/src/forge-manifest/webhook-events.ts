/** An event of Forge with the classic scopes that it demands. */
export interface ForgeEvent {
  readonly event: string;
  readonly scopes: readonly string[];
}

const WORK = ['read:jira-work'];
const USER = ['read:jira-user'];
const CONFIGURATION = ['manage:jira-configuration'];
/** Demanded by `forge lint`; the page of events does not say it. */
const BOARD = ['read:jira-work', 'read:jira-user'];

/**
 * The webhooks of Connect and the events of Forge that tell of the same thing. Their bodies differ.
 *
 * @see https://developer.atlassian.com/cloud/jira/platform/webhooks/
 * @see https://developer.atlassian.com/platform/forge/events-reference/jira/
 * @see https://developer.atlassian.com/platform/forge/events-reference/jira-software/
 */
const EVENTS: ReadonlyMap<string, ForgeEvent> = new Map([
  ...same('jira:issue_*', 'avi:jira:*:issue', WORK, 'created updated deleted'),
  // A comment that is edited is the same event as a new one.
  ['comment_created', { event: 'avi:jira:commented:issue', scopes: WORK }],
  ['comment_updated', { event: 'avi:jira:commented:issue', scopes: WORK }],
  ['comment_deleted', { event: 'avi:jira:deleted:comment', scopes: WORK }],
  ...same('issuelink_*', 'avi:jira:*:issuelink', WORK, 'created deleted'),
  ...same('worklog_*', 'avi:jira:*:worklog', WORK, 'created updated deleted'),
  ...same('attachment_*', 'avi:jira:*:attachment', WORK, 'created deleted'),
  ...same('issue_property_*', 'avi:jira:*:issue-property', WORK, 'set deleted'),
  ...same('project_*', 'avi:jira:*:project', WORK, 'created updated deleted archived'),
  ['project_soft_deleted', { event: 'avi:jira:softdeleted:project', scopes: WORK }],
  ['project_restored_deleted', { event: 'avi:jira:restored:project', scopes: WORK }],
  ['project_restored_archived', { event: 'avi:jira:unarchived:project', scopes: WORK }],
  ...same(
    'jira:version_*',
    'avi:jira:*:version',
    WORK,
    'created updated deleted released unreleased moved merged',
  ),
  ...same('user_*', 'avi:jira:*:user', USER, 'created updated deleted'),
  ...same('filter_*', 'avi:jira:*:filter', CONFIGURATION, 'created updated deleted'),
  ...same('issuetype_*', 'avi:jira:*:issuetype', CONFIGURATION, 'created updated deleted'),
  ...same('sprint_*', 'avi:jira-software:*:sprint', WORK, 'created updated started closed deleted'),
  ...same('board_*', 'avi:jira-software:*:board', BOARD, 'created updated deleted'),
  [
    'board_configuration_changed',
    { event: 'avi:jira-software:configuration-changed:board', scopes: BOARD },
  ],
  ...same(
    'option_*_changed',
    'avi:jira:changed:configuration',
    CONFIGURATION,
    'voting watching subtasks issuelinks unassigned_issues',
  ),
  [
    'option_timetracking_provider_changed',
    { event: 'avi:jira:timetracking:provider:changed', scopes: CONFIGURATION },
  ],
  [
    'jira_expression_evaluation_failed',
    { event: 'avi:jira:failed:expression', scopes: CONFIGURATION },
  ],
]);

/** The event of Forge for a webhook of Connect; undefined where none is known. */
export function forgeEventOf(webhookEvent: string): ForgeEvent | undefined {
  return EVENTS.get(webhookEvent);
}

function same(
  from: string,
  to: string,
  scopes: readonly string[],
  verbs: string,
): [string, ForgeEvent][] {
  return verbs
    .split(' ')
    .map((verb) => [from.replace('*', verb), { event: to.replace('*', verb), scopes }]);
}

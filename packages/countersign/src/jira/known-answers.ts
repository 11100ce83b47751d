import type { CauseId } from '../jwt/explain/causes.ts';

/** A text of Jira, or of what stands before it, and what it means. */
export interface KnownAnswer {
  readonly text: RegExp;
  readonly cause: CauseId;
  /** `likely` where the same text has other reasons too. */
  readonly confidence: 'certain' | 'likely';
}

/** Texts that name their cause, whatever the status. The first that fits counts. */
export const KNOWN_ANSWERS: readonly KnownAnswer[] = [
  {
    text: /Basic auth with password is not allowed/i,
    cause: 'CS-SCHEME-BASIC',
    confidence: 'certain',
  },
  {
    text: /Basic authentication with passwords is deprecated/i,
    cause: 'CS-SCHEME-BASIC',
    confidence: 'certain',
  },
  { text: /Basic Authentication Failure/i, cause: 'CS-SCHEME-BASIC', confidence: 'certain' },
  {
    text: /Failed to parse Connect Session Auth Token/i,
    cause: 'CS-SCHEME-BEARER',
    confidence: 'certain',
  },
  { text: /scope does not match/i, cause: 'CS-SCOPE-GATEWAY', confidence: 'certain' },
  { text: /not in an authorized API scope/i, cause: 'CS-SCOPE-MISSING', confidence: 'certain' },
  {
    text: /does not request the \w+ scope in its descriptor/i,
    cause: 'CS-SCOPE-MISSING',
    confidence: 'certain',
  },
  {
    text: /unauthorized_client|not authorized to use this authorization grant type/i,
    cause: 'CS-IMPERSONATION-SCOPE',
    confidence: 'likely',
  },
  {
    text: /invalid_grant|Invalid aud: https:\/\/auth\.atlassian\.io/i,
    cause: 'CS-IMPERSONATION-GRANT',
    confidence: 'certain',
  },
  {
    text: /no longer supports installing private apps/i,
    cause: 'CS-INSTALL-NEEDS-FORGE',
    confidence: 'certain',
  },
  {
    text: /The app host returned HTTP response code|no compatible hosts detected/i,
    cause: 'CS-INSTALL-UNREACHABLE',
    confidence: 'certain',
  },
  {
    text: /app is not installed on this instance/i,
    cause: 'CS-INSTALLATION-UNINSTALLED',
    confidence: 'certain',
  },
  { text: /XSRF check failed/i, cause: 'CS-XSRF', confidence: 'certain' },
  { text: /GET request may not have a body/i, cause: 'CS-GET-BODY', confidence: 'certain' },
  {
    text: /API has been removed|has been removed\. Please migrate/i,
    cause: 'CS-API-REMOVED',
    confidence: 'certain',
  },
  { text: /current status in the workflow/i, cause: 'CS-ISSUE-LOCKED', confidence: 'certain' },
  {
    text: /overrideScreenSecurity|overrideEditableFlag/i,
    cause: 'CS-FIELD-OVERRIDE',
    confidence: 'certain',
  },
  {
    text: /parsing JSON|Unexpected character \(|Can ?not deserialize|Invalid request payload|not valid JSON|Unrecognized token/i,
    cause: 'CS-BODY-NOT-JSON',
    confidence: 'certain',
  },
  {
    text: /site is (?:currently )?(?:temporarily )?unavailable|Site temporarily unavailable|site (?:has been )?(?:suspended|deactivated)/i,
    cause: 'CS-SITE-GONE',
    confidence: 'likely',
  },
];

/** Texts about the token. What was sent says more, so they count where it is not at hand. */
export const TOKEN_ANSWERS: readonly KnownAnswer[] = [
  { text: /'exp' and 'iat' are required claims/i, cause: 'CS-EXP-MISSING', confidence: 'likely' },
  {
    text: /Expecting claim 'qsh'|wrong qsh|[Qq]uery (?:string )?hash (?:mismatch|does not match)/,
    cause: 'CS-QSH-OTHER-REQUEST',
    confidence: 'likely',
  },
  {
    text: /Expecting claim '(?:exp|iat|nbf)' to be numeric/i,
    cause: 'CS-TIME-TEXT',
    confidence: 'certain',
  },
  {
    text: /\bExpired at |token (?:is|has) expired|request has expired/i,
    cause: 'CS-EXPIRED',
    confidence: 'likely',
  },
  { text: /Token used before issued/i, cause: 'CS-CLOCK', confidence: 'likely' },
  {
    text: /presented credentials do not provide access/i,
    cause: 'CS-ISS-UNKNOWN',
    confidence: 'likely',
  },
  {
    text: /Signature verification failed|signature does not match/i,
    cause: 'CS-SECRET-OTHER',
    confidence: 'likely',
  },
  {
    text: /(?:parse|parsing|malformed|invalid) (?:the )?JWT|JWT (?:could not be parsed|is malformed)|token segments/i,
    cause: 'CS-TOKEN-MALFORMED',
    confidence: 'likely',
  },
];

/** Texts that anonymous callers get, and others who lack a permission. */
export const ANONYMOUS_ANSWER: RegExp =
  /Anonymous users do not have permission|try logging in first|You are not authenticated|You must be logged in|Login Required|not logged in/i;

export const CANNOT_BE_SET: RegExp =
  /cannot be set\. It is not on the appropriate screen, or unknown/i;

/** Fields that Jira computes: no edit and no override sets them. */
export const COMPUTED_FIELDS: ReadonlySet<string> = new Set([
  'aggregateprogress',
  'aggregatetimeestimate',
  'aggregatetimeoriginalestimate',
  'aggregatetimespent',
  'created',
  'creator',
  'id',
  'issuekey',
  'key',
  'lastViewed',
  'progress',
  'resolutiondate',
  'status',
  'statusCategory',
  'statuscategorychangedate',
  'subtasks',
  'thumbnail',
  'timespent',
  'updated',
  'votes',
  'watches',
  'workratio',
  'issuetype',
  'project',
]);

/** Fields of every site: a name that is neither one of these nor customfield_… is no field. */
export const SYSTEM_FIELDS: ReadonlySet<string> = new Set([
  ...COMPUTED_FIELDS,
  'assignee',
  'attachment',
  'comment',
  'components',
  'description',
  'duedate',
  'environment',
  'fixVersions',
  'issuelinks',
  'issuerestriction',
  'labels',
  'parent',
  'priority',
  'reporter',
  'resolution',
  'security',
  'summary',
  'timeoriginalestimate',
  'timeestimate',
  'timetracking',
  'versions',
  'worklog',
]);

/**
 * What Jira sends with its webhooks, as far as it is documented. Every object may hold more than is named here; nothing
 * of it is signed: only the site can send it, but a field may be missing.
 *
 * @see https://developer.atlassian.com/cloud/jira/platform/webhooks/
 */
interface Loose {
  readonly [field: string]: unknown;
}

/** The fields of every body. */
export interface WebhookPayload extends Loose {
  /** When it happened, in milliseconds since 1970. */
  readonly timestamp?: number;
  readonly webhookEvent?: string;
}

export interface WebhookUser extends Loose {
  readonly accountId?: string;
  readonly displayName?: string;
}

/** As the REST API v2 shows it. */
export interface WebhookIssue extends Loose {
  readonly id: string;
  readonly key: string;
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** One field that was changed. */
export interface WebhookChange extends Loose {
  readonly field: string;
  readonly fieldId?: string;
  readonly fieldtype?: string;
  readonly from: string | null;
  readonly fromString: string | null;
  readonly to: string | null;
  readonly toString: string | null;
}

export interface IssueWebhook extends WebhookPayload {
  readonly issue: WebhookIssue;
  readonly user?: WebhookUser;
  /** Such as `issue_generic` or `issue_assigned`. */
  readonly issue_event_type_name?: string;
}

export interface IssueUpdatedWebhook extends IssueWebhook {
  readonly changelog?: { readonly id?: string; readonly items?: readonly WebhookChange[] };
}

export interface CommentWebhook extends WebhookPayload {
  readonly comment: Loose & { readonly id: string; readonly author?: WebhookUser };
  readonly issue?: WebhookIssue;
}

export interface WorklogWebhook extends WebhookPayload {
  readonly worklog: Loose & {
    readonly id: string;
    readonly issueId: string;
    readonly author?: WebhookUser;
  };
}

export interface IssueLinkWebhook extends WebhookPayload {
  readonly issueLink: Loose & {
    readonly id: number | string;
    readonly sourceIssueId?: number | string;
    readonly destinationIssueId?: number | string;
  };
}

export interface AttachmentWebhook extends WebhookPayload {
  readonly attachment: Loose & { readonly id?: number | string; readonly filename?: string };
}

export interface IssuePropertyWebhook extends WebhookPayload {
  readonly property: Loose & { readonly key: string };
  readonly issue?: WebhookIssue;
}

export interface VersionWebhook extends WebhookPayload {
  readonly version: Loose & { readonly id?: number | string; readonly name?: string };
}

export interface ProjectWebhook extends WebhookPayload {
  readonly project: Loose & { readonly id?: number | string; readonly key?: string };
}

export interface UserWebhook extends WebhookPayload {
  readonly user: WebhookUser;
}

export interface SprintWebhook extends WebhookPayload {
  readonly sprint: Loose & { readonly id: number; readonly name?: string };
}

export interface BoardWebhook extends WebhookPayload {
  readonly board?: Loose & { readonly id: number; readonly name?: string };
}

/** The body of each event that is documented. */
export interface WebhookPayloads {
  'jira:issue_created': IssueWebhook;
  'jira:issue_updated': IssueUpdatedWebhook;
  'jira:issue_deleted': IssueWebhook;
  comment_created: CommentWebhook;
  comment_updated: CommentWebhook;
  comment_deleted: CommentWebhook;
  worklog_created: WorklogWebhook;
  worklog_updated: WorklogWebhook;
  worklog_deleted: WorklogWebhook;
  issuelink_created: IssueLinkWebhook;
  issuelink_deleted: IssueLinkWebhook;
  attachment_created: AttachmentWebhook;
  attachment_deleted: AttachmentWebhook;
  issue_property_set: IssuePropertyWebhook;
  issue_property_deleted: IssuePropertyWebhook;
  'jira:version_created': VersionWebhook;
  'jira:version_updated': VersionWebhook;
  'jira:version_deleted': VersionWebhook;
  'jira:version_released': VersionWebhook;
  'jira:version_unreleased': VersionWebhook;
  'jira:version_moved': VersionWebhook;
  'jira:version_merged': VersionWebhook;
  project_created: ProjectWebhook;
  project_updated: ProjectWebhook;
  project_deleted: ProjectWebhook;
  user_created: UserWebhook;
  user_updated: UserWebhook;
  user_deleted: UserWebhook;
  sprint_created: SprintWebhook;
  sprint_updated: SprintWebhook;
  sprint_started: SprintWebhook;
  sprint_closed: SprintWebhook;
  sprint_deleted: SprintWebhook;
  board_created: BoardWebhook;
  board_updated: BoardWebhook;
  board_deleted: BoardWebhook;
}

/** An event by its name: of Jira's webhooks, or of Forge's triggers (`avi:…`). */
export type WebhookEventName = keyof WebhookPayloads | `avi:${string}`;

/** The body of an event; of a pattern, or of an event that is not documented, what all bodies have. */
export type PayloadOf<Name extends string> = Name extends keyof WebhookPayloads
  ? WebhookPayloads[Name]
  : WebhookPayload;

/** The issue that a body is about, as far as it says so. */
export interface IssueOfEvent {
  readonly id: string;
  /** Undefined where the body names the id alone, as that of a worklog does. */
  readonly key: string | undefined;
}

/** Reads a body that nobody has checked: it may hold anything. */
export function issueOf(payload: unknown): IssueOfEvent | undefined {
  const { issue, worklog } = fields(payload);
  const { id, key } = fields(issue);
  const known = idOf(id);
  if (known !== undefined) return { id: known, key: typeof key === 'string' ? key : undefined };
  const ofWorklog = idOf(fields(worklog).issueId);
  return ofWorklog === undefined ? undefined : { id: ofWorklog, key: undefined };
}

/** When the event happened, in milliseconds since 1970; undefined where the body does not say. */
export function timestampOf(payload: unknown): number | undefined {
  const { timestamp } = fields(payload);
  return typeof timestamp === 'number' && Number.isFinite(timestamp) ? timestamp : undefined;
}

export function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function idOf(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  return typeof value === 'string' && /^[\w-]{1,64}$/.test(value) ? value : undefined;
}

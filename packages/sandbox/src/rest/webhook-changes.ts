import type { Context } from 'hono';
import type { Attachment } from '../site/attachments.ts';
import type { Change } from '../site/changes.ts';
import type { Comment, StoredIssue } from '../site/issues.ts';
import type { StoredRecord } from '../site/records.ts';
import type { Site } from '../site/site.ts';
import { readTrace, type SiteChange } from '../site/site-change.ts';
import { attachmentBody } from './attachment-body.ts';
import type { RestEnv } from './caller.ts';
import { commentBody, issueBody } from './issue-body.ts';
import { userBody } from './users.ts';

/** A change before it is known who did it, and how. */
export type Told = Pick<SiteChange, 'event' | 'variables' | 'payload'> &
  Partial<Pick<SiteChange, 'issue' | 'propertyKey' | 'flow'>>;

/** Says what a REST call has changed. Bodies are those of version 2, whichever was called. */
export function tell(c: Context<RestEnv>, told: Told): void {
  const { site, caller } = c.var;
  site.events.emit('change', {
    flow: 'Primary',
    accountId: caller.accountId,
    ...readTrace(c.req.header('x-atlassian-webhook-trace')),
    ...told,
  });
}

/** With its body as it is now: what it tells of is about to be deleted. */
export function toldNow(told: Told): Told {
  const body = told.payload();
  return { ...told, payload: () => body };
}

/** `details`: what the body holds besides `user` and `issue`. */
export function issueTold(
  c: Context<RestEnv>,
  event: 'jira:issue_created' | 'jira:issue_updated' | 'jira:issue_deleted',
  issue: StoredIssue,
  details: Record<string, unknown> = {},
): Told {
  const { site, caller } = c.var;
  return {
    event,
    issue,
    variables: {
      ...issueVariables(site, issue),
      'modifiedUser.accountId': caller.accountId ?? '',
    },
    payload: () => ({
      ...details,
      user: userBody(site, caller.accountId ?? '', 2),
      issue: issueBody(site, issue, 2, []),
    }),
  };
}

/**
 * An issue was edited, assigned or moved to another status. Nothing is told where nothing was changed.
 *
 * @param type `issue_updated`, `issue_assigned` or `issue_generic`, which is a transition.
 */
export function tellOfEdit(
  c: Context<RestEnv>,
  { id }: StoredIssue,
  change: StoredRecord<Change> | undefined,
  type?: string,
): void {
  const issue = c.var.site.issues.find(String(id));
  if (!change || !issue) return;
  const { items } = change.data;
  const isAssignment = items.length === 1 && items[0]?.fieldId === 'assignee';
  const details = {
    issue_event_type_name: type ?? (isAssignment ? 'issue_assigned' : 'issue_updated'),
    changelog: { id: String(change.id), items },
  };
  tell(c, issueTold(c, 'jira:issue_updated', issue, details));
}

export function tellOfNewIssue(c: Context<RestEnv>, issue: StoredIssue): void {
  tell(c, issueTold(c, 'jira:issue_created', issue, { issue_event_type_name: 'issue_created' }));
}

export function commentTold(
  site: Site,
  event: 'comment_created' | 'comment_updated' | 'comment_deleted',
  issue: StoredIssue,
  comment: Comment,
): Told {
  return {
    event,
    issue,
    variables: { ...issueVariables(site, issue), 'comment.id': comment.id },
    payload: () => ({
      comment: commentBody(site, issue, comment, 2),
      issue: briefIssue(site, issue),
      eventType: 'primaryAction',
    }),
  };
}

export function attachmentTold(
  site: Site,
  event: 'attachment_created' | 'attachment_deleted',
  issue: StoredIssue,
  attachment: Attachment,
): Told {
  return {
    event,
    variables: { ...issueVariables(site, issue), 'attachment.id': attachment.id },
    payload: () => ({ attachment: attachmentBody(site, attachment, 2) }),
  };
}

/** The value is not in it: whether Jira sends it is not known. */
export function propertyTold(
  site: Site,
  event: 'issue_property_set' | 'issue_property_deleted',
  issue: StoredIssue,
  propertyKey: string,
): Told {
  return {
    event,
    issue,
    propertyKey,
    variables: { ...issueVariables(site, issue), 'property.key': propertyKey },
    payload: () => ({ issue: briefIssue(site, issue), property: { key: propertyKey } }),
  };
}

export function issueVariables(site: Site, issue: StoredIssue): Record<string, string | number> {
  return {
    'issue.id': issue.id,
    'issue.key': issue.key,
    ...projectVariables(site, issue.projectId),
  };
}

export function projectVariables(site: Site, projectId: number): Record<string, string | number> {
  return { 'project.id': projectId, 'project.key': site.projects.find(projectId)?.key ?? '' };
}

/** As an event about something of an issue shows the issue. */
function briefIssue(site: Site, issue: StoredIssue): Record<string, unknown> {
  const fields = ['summary', 'issuetype', 'project', 'assignee', 'priority', 'status'];
  return { ...issueBody(site, issue, 2, fields) };
}

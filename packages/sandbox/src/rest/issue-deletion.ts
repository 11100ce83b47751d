import type { Hono } from 'hono';
import type { RestEnv } from './caller.ts';
import { failure } from './errors.ts';
import { linksTold } from './issue-links.ts';
import { findIssue, issueEvent } from './issues.ts';
import { attachmentTold, commentTold, issueTold, tell, toldNow } from './webhook-changes.ts';
import { worklogsTold } from './worklogs.ts';

/** An issue takes its comments, worklogs, attachments and links with it: webhooks tell of each. */
export function addIssueDeletionRoutes(rest: Hono<RestEnv>): void {
  rest.delete('/issue/:issue', (c) => {
    const { site, caller } = c.var;
    const issue = findIssue(c);
    if (!site.permissions.holds(caller.accountId, 'DELETE_ISSUES', issue.projectId)) {
      throw failure(403, 'You do not have permission to delete issues in this project.');
    }
    const deleted = toldNow(issueTold(c, 'jira:issue_deleted', issue));
    const dependents = [
      ...site.issues
        .comments(issue.id)
        .map((comment) => commentTold(site, 'comment_deleted', issue, comment)),
      ...site.attachments
        .ofIssue(issue.id)
        .map((attachment) => attachmentTold(site, 'attachment_deleted', issue, attachment)),
      ...worklogsTold(site, 'worklog_deleted', issue),
      ...linksTold(site, 'issuelink_deleted', issue),
    ].map(toldNow);
    site.issues.delete(issue.id);
    tell(c, deleted);
    for (const dependent of dependents) tell(c, { ...dependent, flow: 'Secondary' });
    site.events.emit('issue-deleted', issueEvent(issue, caller.accountId));
    return c.body(null, 204);
  });
}

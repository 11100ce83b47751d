import type { StoredIssue } from '../../site/issues.ts';
import { issueTypes } from '../../site/projects.ts';
import type { IssueEvent, Site } from '../../site/site.ts';
import { sendEventTo } from './events.ts';
import { siteAri } from './ids.ts';

/** Product events, to every Forge app that has a trigger for them and may read issues. */
export function sendIssueEvents(site: Site): void {
  const send = (eventType: string, accountId: string, details: Record<string, unknown>): void => {
    for (const app of site.forgeApps.installed()) {
      const event = {
        eventType,
        atlassianId: accountId,
        context: siteAri(site.forgeKeys.cloudId),
        ...details,
      };
      // What the app answers is in the request log.
      sendEventTo(site, app, event).catch(() => undefined);
    }
  };
  site.events.on('issue-updated', ({ key, accountId, fields }) => {
    const items = fields.map((field) => ({ field, fieldId: field }));
    send('avi:jira:updated:issue', accountId, { issue: issueOf(site, key), changelog: { items } });
  });
  site.events.on('issue-created', ({ key, accountId }) =>
    send('avi:jira:created:issue', accountId, { issue: issueOf(site, key) }),
  );
  site.events.on('issue-deleted', (event) =>
    send('avi:jira:deleted:issue', event.accountId, { issue: bareIssue(event) }),
  );
  site.events.on('issue-commented', ({ key, accountId, commentId }) =>
    send('avi:jira:commented:issue', accountId, {
      issue: issueOf(site, key),
      comment: { id: commentId },
    }),
  );
}

function issueOf(site: Site, key: string): Record<string, unknown> {
  const issue = site.issues.find(key);
  return issue ? { id: String(issue.id), key: issue.key, fields: fieldsOf(site, issue) } : { key };
}

function bareIssue({ id, key }: IssueEvent): Record<string, unknown> {
  return { id, key };
}

function fieldsOf(site: Site, issue: StoredIssue): Record<string, unknown> {
  const project = site.projects.find(issue.projectId);
  const status = site.projects.statuses().find(({ id }) => id === issue.statusId);
  const type = issueTypes.find(({ id }) => id === issue.typeId);
  return {
    summary: issue.values.summary,
    project: project && { id: String(project.id), key: project.key, name: project.name },
    status: status && { id: String(status.id), name: status.name },
    issuetype: type && { id: String(type.id), name: type.name },
  };
}

import { textOfDocument } from '../site/document.ts';
import type { Field } from '../site/fields.ts';
import type { Comment, StoredIssue } from '../site/issues.ts';
import type { Site } from '../site/site.ts';
import { attachmentBody } from './attachment-body.ts';
import { valueBody } from './field-bodies.ts';
import { isOfProject } from './issue-edit.ts';
import { issueTypeBody } from './issue-types.ts';
import { projectBody } from './projects.ts';
import { statusBody } from './statuses.ts';
import { userBody } from './users.ts';

/** An issue as Jira's REST API shows it. */
export interface IssueBody {
  id: string;
  key: string;
  self: string;
  fields: Record<string, unknown>;
}

/** `wanted`: the names of the `fields` parameter. */
export function issueBody(
  site: Site,
  issue: StoredIssue,
  version: 2 | 3,
  wanted: readonly string[],
): IssueBody {
  const fields: Record<string, unknown> = {};
  for (const field of selectFields(site.fields.all(), wanted)) {
    if (!isOfProject(field, issue.projectId)) continue;
    fields[field.id] = fieldBody(site, issue, field, version);
  }
  return {
    id: String(issue.id),
    key: issue.key,
    self: `${site.url}/rest/api/${version}/issue/${issue.id}`,
    fields,
  };
}

function selectFields(all: Field[], wanted: readonly string[]): Field[] {
  const removed = new Set(wanted.filter((name) => name[0] === '-').map((name) => name.slice(1)));
  const named = new Set(wanted.filter((name) => name[0] !== '-'));
  const everything = named.size === 0 || named.has('*all') || named.has('*navigable');
  return all.filter(({ id }) => !removed.has(id) && (everything || named.has(id)));
}

function fieldBody(site: Site, issue: StoredIssue, field: Field, version: 2 | 3): unknown {
  const value = issue.values[field.id] ?? null;
  switch (field.id) {
    case 'project': {
      const project = site.projects.find(issue.projectId);
      return project ? projectBody(site, project, version) : null;
    }
    case 'status':
      return statusBody(site, issue.statusId, version);
    case 'issuetype':
      return issueTypeBody(site, issue.typeId, version);
    case 'created':
      return jiraTime(issue.created);
    case 'updated':
      return jiraTime(issue.updated);
    case 'creator':
      return userBody(site, String(value), version);
    case 'attachment':
      return site.attachments
        .ofIssue(issue.id)
        .map((attachment) => attachmentBody(site, attachment, version));
  }
  return valueBody(site, issue, field, version);
}

export function commentBody(
  site: Site,
  issue: StoredIssue,
  comment: Comment,
  version: 2 | 3,
): Record<string, unknown> {
  const author = userBody(site, comment.author, version);
  return {
    self: `${site.url}/rest/api/${version}/issue/${issue.id}/comment/${comment.id}`,
    id: String(comment.id),
    author,
    body: version === 2 ? textOfDocument(comment.body) : comment.body,
    updateAuthor: userBody(site, comment.updateAuthor, version),
    created: jiraTime(comment.created),
    updated: jiraTime(comment.updated),
    jsdPublic: true,
  };
}

/** Jira writes the zone without a colon. */
export function jiraTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '+0000');
}

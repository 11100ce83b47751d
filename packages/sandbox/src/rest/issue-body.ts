import { type AtlassianDocument, textOfDocument } from '../site/document.ts';
import { type Field, priorities } from '../site/fields.ts';
import type { Comment, StoredIssue } from '../site/issues.ts';
import { issueTypes } from '../site/projects.ts';
import type { Site } from '../site/site.ts';
import { projectBody } from './projects.ts';
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
    case 'labels':
      return value ?? [];
  }
  if (value === null) return null;
  if (field.kind === 'user') return userBody(site, String(value), version);
  if (field.kind === 'document' && version === 2) return textOfDocument(value as AtlassianDocument);
  if (field.kind === 'priority') {
    const self = `${site.url}/rest/api/${version}/priority/${value}`;
    return { self, ...priorities.find(({ id }) => id === value) };
  }
  return value;
}

const categories = {
  new: { id: 2, key: 'new', name: 'To Do', colorName: 'blue-gray' },
  indeterminate: { id: 4, key: 'indeterminate', name: 'In Progress', colorName: 'yellow' },
  done: { id: 3, key: 'done', name: 'Done', colorName: 'green' },
};

function statusBody(site: Site, statusId: number, version: 2 | 3): unknown {
  const status = site.projects.statuses().find(({ id }) => id === statusId);
  if (!status) return null;
  const category = categories[status.category];
  return {
    self: `${site.url}/rest/api/${version}/status/${status.id}`,
    id: String(status.id),
    name: status.name,
    statusCategory: {
      self: `${site.url}/rest/api/${version}/statuscategory/${category.id}`,
      ...category,
    },
  };
}

function issueTypeBody(site: Site, typeId: number, version: 2 | 3): unknown {
  const type = issueTypes.find(({ id }) => id === typeId);
  return {
    self: `${site.url}/rest/api/${version}/issuetype/${typeId}`,
    id: String(typeId),
    name: type?.name,
    subtask: false,
  };
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
    updateAuthor: author,
    created: jiraTime(comment.created),
    updated: jiraTime(comment.created),
    jsdPublic: true,
  };
}

/** Jira writes the zone without a colon. */
function jiraTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '+0000');
}

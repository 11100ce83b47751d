import type { StoredIssue } from '../site/issues.ts';
import type { Site } from '../site/site.ts';
import { type Html, html } from './html.ts';

const colors = { new: '', indeterminate: 'busy', done: 'good' };

export function statusBadge(site: Site, issue: StoredIssue): Html {
  const status = site.projects.statuses().find(({ id }) => id === issue.statusId);
  if (!status) return html``;
  return html`<span class="badge ${colors[status.category]}">${status.name}</span>`;
}

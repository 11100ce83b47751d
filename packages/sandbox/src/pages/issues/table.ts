import type { StoredIssue } from '../../site/issues.ts';
import { issueTypes } from '../../site/projects.ts';
import type { Site } from '../../site/site.ts';
import { type Html, html } from '../html.ts';
import { statusBadge } from '../status.ts';

export const issuesPath = '/issues';

export function issueTable(site: Site, issues: readonly StoredIssue[]): Html {
  return html`<div class="scroll"><table class="stack rows" data-rows>
<thead><tr><th scope="col">Key</th><th scope="col">Summary</th><th scope="col">Type</th><th scope="col">Status</th></tr></thead>
<tbody>${issues.map((issue) => issueRow(site, issue))}</tbody>
</table></div>`;
}

function issueRow(site: Site, issue: StoredIssue): Html {
  const type = issueTypes.find(({ id }) => id === issue.typeId)?.name ?? '';
  return html`<tr><td class="tight"><a href="/browse/${issue.key}">${issue.key}</a></td>
<td class="wide">${String(issue.values.summary ?? '')}</td>
<td class="tight soft">${type}</td><td class="tight">${statusBadge(site, issue)}</td></tr>`;
}

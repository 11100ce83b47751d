import { issuePanels, type PageModule } from '../hosts/connect/modules.ts';
import { pageUrl } from '../hosts/connect/page-url.ts';
import { valueBody } from '../rest/field-bodies.ts';
import { isOfProject } from '../rest/issue-edit.ts';
import type { AppRecord } from '../site/apps.ts';
import { type AtlassianDocument, textOfDocument } from '../site/document.ts';
import type { Field } from '../site/fields.ts';
import type { Comment, StoredIssue } from '../site/issues.ts';
import { issueTypes } from '../site/projects.ts';
import type { Site } from '../site/site.ts';
import { bridgeHostPath, forgePanels } from './forge/frame.ts';
import { type Html, html } from './html.ts';
import { layout } from './layout.ts';
import { statusBadge } from './status.ts';

// Shown in a place of their own.
const apart = new Set(['summary', 'description', 'status']);

export function issuePage(site: Site, issue: StoredIssue): string {
  const summary = String(issue.values.summary ?? '');
  const description = issue.values.description as AtlassianDocument | undefined;
  const panels = site.apps
    .installed()
    .filter((app) => app.state === 'enabled')
    .flatMap((app) =>
      issuePanels(app.descriptor).map((panel) => panelCard(site, issue, app, panel)),
    )
    .concat(forgePanels(site, issue.key));
  const comments = site.issues.comments(issue.id);
  const body = html`<p class="small soft"><a href="/">Site</a> / ${issue.key}</p>
<h1>${summary}</h1>
<p>${statusBadge(site, issue)}</p>
<div class="columns"><div>
<section class="card"><h2>Description</h2>
${description ? html`<div class="text">${textOfDocument(description)}</div>` : html`<p class="soft">None.</p>`}
</section>
${panels.length > 0 ? panels : html`<section class="card"><h2>App panels</h2><p class="soft">No installed app has a web panel for issues.</p></section>`}
<section class="card"><h2>Comments</h2>
${comments.length > 0 ? comments.map((comment) => commentItem(site, comment)) : html`<p class="soft">None.</p>`}
</section>
</div>
<section class="card"><h2>Fields</h2><dl>
${site.fields
  .all()
  .filter((field) => !apart.has(field.id) && isOfProject(field, issue.projectId))
  .map(
    (field) =>
      html`<dt>${field.name}${fieldId(field)}</dt><dd>${fieldText(site, issue, field)}</dd>`,
  )}
</dl></section></div>`;
  return layout({
    title: `${issue.key} ${summary}`,
    current: '',
    siteUrl: site.url,
    body,
    scripts: ['/_sandbox/frame-host.js', bridgeHostPath],
  });
}

function panelCard(site: Site, issue: StoredIssue, app: AppRecord, panel: PageModule): Html {
  return html`<section class="card"><h2>${panel.name}</h2>
${panelFrame(site, issue, app, panel)}
<p class="small soft after">A panel of ${app.descriptor.name ?? app.key}</p></section>`;
}

function panelFrame(site: Site, issue: StoredIssue, app: AppRecord, panel: PageModule): Html {
  let url: string;
  try {
    url = pageUrl(site, app.key, panel.url, { issueKey: issue.key });
  } catch (error) {
    return html`<p class="notice">${error instanceof Error ? error.message : String(error)}</p>`;
  }
  const context = JSON.stringify({
    jira: {
      issue: { key: issue.key, id: String(issue.id) },
      project: { key: issue.key.split('-')[0], id: String(issue.projectId) },
    },
  });
  return html`<iframe title="${panel.name}" src="${url}" sandbox="allow-scripts allow-forms allow-same-origin allow-popups" data-app="${app.key}" data-origin="${new URL(app.baseUrl).origin}" data-issue="${issue.key}" data-context="${context}"></iframe>`;
}

function fieldText(site: Site, issue: StoredIssue, field: Field): Html | string {
  if (field.id === 'project') return site.projects.find(issue.projectId)?.name ?? '';
  if (field.id === 'issuetype') return issueTypes.find(({ id }) => id === issue.typeId)?.name ?? '';
  if (field.id === 'created') return time(issue.created);
  if (field.id === 'updated') return time(issue.updated);
  if (field.id === 'creator') {
    const accountId = String(issue.values.creator);
    return site.users.find(accountId)?.displayName ?? accountId;
  }
  const text = valueText(valueBody(site, issue, field, 2));
  return text === '' ? html`<span class="soft">None</span>` : text;
}

/** What people read of a value as the REST API has it. */
function valueText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(valueText).join(', ');
  if (typeof value !== 'object') return String(value);
  const { displayName, name, value: option, child } = value as Record<string, unknown>;
  const own = displayName ?? name ?? option ?? JSON.stringify(value);
  return child === undefined ? String(own) : `${String(own)} / ${valueText(child)}`;
}

/** Names of custom fields can be ambiguous; their ids are what an app needs. */
function fieldId({ id, custom }: Field): Html | undefined {
  return custom ? html`<br><code>${id}</code>` : undefined;
}

function commentItem(site: Site, comment: Comment): Html {
  const author = site.users.find(comment.author)?.displayName ?? comment.author;
  return html`<div class="comment"><strong>${author}</strong> <span class="small soft">${time(comment.created)}</span>
${textOfDocument(comment.body)}</div>`;
}

function time(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

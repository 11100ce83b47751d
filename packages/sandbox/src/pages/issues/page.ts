import { modulesOf, placeOnIssue } from '../../hosts/connect/modules.ts';
import { valueBody } from '../../rest/field-bodies.ts';
import { isOfProject } from '../../rest/issue-edit.ts';
import { type AtlassianDocument, textOfDocument } from '../../site/document.ts';
import type { Field } from '../../site/fields.ts';
import type { Comment, StoredIssue } from '../../site/issues.ts';
import { issueTypes } from '../../site/projects.ts';
import type { Site } from '../../site/site.ts';
import { appFrame, frameHostPath, isShownTo } from '../apps/frame.ts';
import { appPath, appsPath } from '../apps/paths.ts';
import { bridgeHostPath, forgePanels } from '../forge/frame.ts';
import { type Html, html } from '../html.ts';
import type { PageParts } from '../layout.ts';
import { projectsPath } from '../projects.ts';
import { statusBadge } from '../status.ts';
import type { Viewer } from '../viewer.ts';
import { issuesPath } from './table.ts';

// Shown in a place of their own.
const apart = new Set(['summary', 'description', 'status']);

/** An issue as the viewer sees it, with the panels of apps. `typed` is a comment that was not taken. */
export function issuePage(
  site: Site,
  viewer: Viewer,
  issue: StoredIssue,
  failed: { problem?: string; typed?: string } = {},
): PageParts {
  const summary = String(issue.values.summary ?? '');
  const description = issue.values.description as AtlassianDocument | undefined;
  const project = site.projects.find(issue.projectId);
  const forge = forgePanels(site, viewer, issue.key);
  const main = [...panelCards(site, viewer, issue, 'main'), ...forge];
  const side = panelCards(site, viewer, issue, 'side');
  const none = main.length + side.length === 0;
  const ofProject = new URLSearchParams({ jql: `project = ${project?.key ?? ''}` });
  const body = html`${failed.problem === undefined ? undefined : html`<p class="notice" role="alert">${failed.problem}</p>`}
<p class="small soft crumbs"><a href="${projectsPath}">Projects</a> / <a href="${issuesPath}?${ofProject.toString()}">${project?.name ?? ''}</a> / ${issue.key}</p>
<h1 data-refresh="summary">${summary}</h1>
<div class="columns issue"><div>
<section class="card"><h2>Description</h2>
<div data-refresh="description">${description ? html`<div class="text">${textOfDocument(description)}</div>` : html`<p class="soft last">None.</p>`}</div>
</section>
${main}
${none ? html`<section class="card"><h2>Panels of apps</h2><p class="soft last">No installed app has a panel for issues. <a href="${appsPath}">Install one</a>.</p></section>` : undefined}
<section class="card"><h2>Comments</h2>
<div data-refresh="comments">${comments(site, issue)}</div>
${commentForm(site, viewer, issue, failed.typed)}
</section>
</div><div>
<section class="card"><h2>Status</h2>
<div data-refresh="status"><p class="mark">${statusBadge(site, issue)}</p>
${transitionForm(site, viewer, issue)}</div></section>
${side}
<section class="card"><h2>Fields</h2><div data-refresh="fields">${fieldLists(site, issue)}</div></section></div></div>`;
  return {
    title: `${issue.key} ${summary}`,
    current: issuesPath,
    body,
    earlyScripts: [frameHostPath],
    ...(forge.length > 0 ? { scripts: [bridgeHostPath] } : {}),
  };
}

function panelCards(
  site: Site,
  viewer: Viewer,
  issue: StoredIssue,
  place: 'main' | 'side',
): Html[] {
  return site.apps
    .installed()
    .filter((app) => app.state === 'enabled')
    .flatMap((app) =>
      modulesOf(app.descriptor)
        .filter((module) => placeOnIssue(module) === place && isShownTo(site, viewer, module))
        .map(
          (module) => html`<section class="card"><h2>${module.name}</h2>
${appFrame(site, viewer, app, module, { issueKey: issue.key })}
<p class="small soft after">A panel of <a href="${appPath(app.key)}">${app.descriptor.name ?? app.key}</a></p></section>`,
        ),
    );
}

function comments(site: Site, issue: StoredIssue): Html | Html[] {
  const all = site.issues.comments(issue.id);
  return all.length > 0
    ? all.map((comment) => commentItem(site, comment))
    : html`<p class="soft">None.</p>`;
}

function commentForm(
  site: Site,
  { accountId, name }: Viewer,
  issue: StoredIssue,
  typed = '',
): Html {
  if (!site.permissions.holds(accountId, 'ADD_COMMENTS', issue.projectId)) {
    return html`<p class="small soft last">${name} may not comment here.</p>`;
  }
  return html`<form class="fields comment-form" method="post" action="/browse/${issue.key}/comment">
<label for="comment">Comment as ${name}</label>
<textarea class="prose" id="comment" name="comment" rows="2" required>${typed}</textarea>
<button>Add</button></form>`;
}

/** Every status can be reached from every other. */
function transitionForm(site: Site, { accountId, name }: Viewer, issue: StoredIssue): Html {
  if (!site.permissions.holds(accountId, 'TRANSITION_ISSUES', issue.projectId)) {
    return html`<p class="small soft last">${name} may not change it.</p>`;
  }
  const others = site.projects
    .statuses()
    .map((status, index) => ({ ...status, transition: `${index + 1}1` }))
    .filter(({ id }) => id !== issue.statusId);
  return html`<form class="choices" method="post" action="/browse/${issue.key}/transitions">${others.map(
    ({ transition, name: to }) =>
      html`<button class="quiet" name="transition" value="${transition}">Move to ${to}</button>`,
  )}</form>`;
}

/** Those that have a value, and folded away those that have none. */
function fieldLists(site: Site, issue: StoredIssue): Html {
  const shown = site.fields
    .all()
    .filter((field) => !apart.has(field.id) && isOfProject(field, issue.projectId))
    .map((field) => ({ field, text: fieldText(site, issue, field) }));
  const empty = shown.filter(({ text }) => text === '');
  return html`<dl class="values">${shown
    .filter(({ text }) => text !== '')
    .map(({ field, text }) => html`<dt>${field.name}${fieldId(field)}</dt><dd>${text}</dd>`)}</dl>
<details class="small after"><summary>${empty.length} empty fields</summary><ul class="plain">${empty.map(({ field }) => html`<li>${field.name}${fieldId(field)}</li>`)}</ul></details>`;
}

function fieldText(site: Site, issue: StoredIssue, field: Field): string {
  if (field.id === 'project') return site.projects.find(issue.projectId)?.name ?? '';
  if (field.id === 'issuetype') return issueTypes.find(({ id }) => id === issue.typeId)?.name ?? '';
  if (field.id === 'created') return time(issue.created);
  if (field.id === 'updated') return time(issue.updated);
  if (field.id === 'creator') {
    const accountId = String(issue.values.creator);
    return site.users.find(accountId)?.displayName ?? accountId;
  }
  return valueText(valueBody(site, issue, field, 2));
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
  return custom ? html` <code class="id">${id}</code>` : undefined;
}

function commentItem(site: Site, comment: Comment): Html {
  const author = site.users.find(comment.author)?.displayName ?? comment.author;
  return html`<div class="comment"><strong>${author}</strong> <span class="small soft">${time(comment.created)}</span>
${textOfDocument(comment.body)}</div>`;
}

function time(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

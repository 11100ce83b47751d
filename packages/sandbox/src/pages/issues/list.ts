import { type ErrorBody, RestError } from '../../rest/errors.ts';
import { parseJql } from '../../rest/jql.ts';
import { visibleProjects } from '../../rest/projects.ts';
import { findIssues } from '../../rest/search.ts';
import type { StoredIssue } from '../../site/issues.ts';
import type { Site } from '../../site/site.ts';
import { type Html, html } from '../html.ts';
import type { PageParts } from '../layout.ts';
import { callerOf, type Viewer } from '../viewer.ts';
import { issuesPath, issueTable } from './table.ts';

const shownIssues = 200;

/** All issues that the viewer may see, or those that a query in JQL finds: the JQL that the REST API knows. */
export function issuesPage(site: Site, viewer: Viewer, jql: string): PageParts {
  const { issues, problem } = search(site, viewer, jql);
  const shown = issues.slice(0, shownIssues);
  const body = html`<h1>Issues</h1>
<section class="card" aria-label="Search">
<form class="row search" method="get" action="${issuesPath}" role="search">
<label>JQL<input name="jql" type="search" value="${jql}" placeholder="project = XX AND status != Done" spellcheck="false" autocapitalize="off" autocomplete="off" data-search></label>
<button>Search</button>${jql === '' ? undefined : html`<a href="${issuesPath}">Show all</a>`}</form>
<p class="small soft chips">${[...quickFilters(site, viewer)].map(([name, query]) => html`<a href="${issuesPath}?${new URLSearchParams({ jql: query }).toString()}">${name}</a>`)}</p>
${problem === undefined ? undefined : html`<p class="notice" role="alert">${problem}</p>`}
${problem === undefined ? found(site, viewer, shown) : undefined}
${issues.length > shown.length ? html`<p class="small soft after">The first ${shown.length} of ${issues.length} are shown.</p>` : undefined}
</section>`;
  return { title: 'Issues', current: issuesPath, body };
}

function found(site: Site, viewer: Viewer, issues: readonly StoredIssue[]): Html {
  if (issues.length > 0) return issueTable(site, issues);
  if (visibleProjects(site, callerOf(viewer)).length > 0) {
    return html`<p class="soft last">No issue fits.</p>`;
  }
  return html`<p class="soft last">${viewer.name} may see no project, and so no issue. Choose who acts in the menu at the top of the page.</p>`;
}

function search(
  site: Site,
  viewer: Viewer,
  jql: string,
): { issues: StoredIssue[]; problem?: string } {
  try {
    const query = parseJql(jql);
    const orderBy =
      query.orderBy.length > 0 ? query.orderBy : [{ field: 'key', descending: false }];
    return { issues: findIssues(site, callerOf(viewer), { ...query, orderBy }) };
  } catch (error) {
    if (!(error instanceof RestError)) throw error;
    return { issues: [], problem: (error.body as ErrorBody).errorMessages.join(' ') };
  }
}

function* quickFilters(site: Site, viewer: Viewer): Generator<[name: string, jql: string]> {
  for (const { key, name } of visibleProjects(site, callerOf(viewer))) {
    yield [name, `project = ${key}`];
  }
  yield ['Not done', 'status != Done'];
  if (viewer.accountId !== undefined) yield ['Mine', 'assignee = currentUser()'];
  yield ['Newest', 'ORDER BY created DESC'];
}

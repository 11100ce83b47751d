import { isOfProject, modulesOf } from '../hosts/connect/modules.ts';
import { visibleProjects } from '../rest/projects.ts';
import { type Project, projectType } from '../site/projects.ts';
import type { Site } from '../site/site.ts';
import { isShownTo } from './apps/frame.ts';
import { modulePath } from './apps/paths.ts';
import { type Html, html } from './html.ts';
import { issuesPath } from './issues/table.ts';
import type { PageParts } from './layout.ts';
import { callerOf, type Viewer } from './viewer.ts';

export const projectsPath = '/projects';

const typeNames = { software: 'Software', service_desk: 'Service' };

/** The projects that the viewer may see, with the pages that apps add to them. */
export function projectsPage(site: Site, viewer: Viewer): PageParts {
  const projects = visibleProjects(site, callerOf(viewer));
  const counts = new Map<number, number>();
  for (const { projectId } of site.issues.all()) {
    counts.set(projectId, (counts.get(projectId) ?? 0) + 1);
  }
  const body = html`<h1>Projects</h1>
<section class="card" aria-label="Projects">
${
  projects.length === 0
    ? html`<p class="soft last">${viewer.name} may see no project. Choose who acts in the menu at the top of the page.</p>`
    : html`<div class="scroll"><table class="stack rows" data-rows>
<thead><tr><th scope="col">Name</th><th scope="col">Key</th><th scope="col">Id</th><th scope="col">Type</th><th scope="col">Issues</th><th scope="col">Pages of apps</th></tr></thead>
<tbody>${projects.map((project) => projectRow(site, viewer, project, counts.get(project.id) ?? 0))}</tbody></table></div>`
}
</section>`;
  return { title: 'Projects', current: projectsPath, body };
}

function projectRow(site: Site, viewer: Viewer, project: Project, issues: number): Html {
  const { id, key, name } = project;
  const query = new URLSearchParams({ jql: `project = ${key}` });
  const pages = pagesOf(site, viewer, key);
  return html`<tr><td class="wide"><a href="${issuesPath}?${query.toString()}">${name}</a></td>
<td class="tight">${key}</td><td class="tight"><code>${id}</code></td><td class="tight soft">${typeNames[projectType(project)]}</td>
<td class="tight">${issues}${' issues'}</td>
<td>${pages.length === 0 ? html`<span class="soft">none</span>` : pages}</td></tr>`;
}

function pagesOf(site: Site, viewer: Viewer, projectKey: string): Html[] {
  const query = new URLSearchParams({ 'project.key': projectKey }).toString();
  return site.apps
    .installed()
    .filter(({ state }) => state === 'enabled')
    .flatMap((app) =>
      modulesOf(app.descriptor)
        .filter((module) => isOfProject(module) && isShownTo(site, viewer, module))
        .map(
          (module) => html`<a href="${modulePath(app.key, module)}?${query}">${module.name}</a> `,
        ),
    );
}

import {
  isForAdmins,
  isOfProject,
  modulesOf,
  type PageModule,
} from '../../hosts/connect/modules.ts';
import { visibleProjects } from '../../rest/projects.ts';
import type { AppRecord } from '../../site/apps.ts';
import type { Site } from '../../site/site.ts';
import { html } from '../html.ts';
import { findVisibleIssue } from '../issues/visible.ts';
import type { PageParts } from '../layout.ts';
import { callerOf, type Viewer } from '../viewer.ts';
import { appFrame, type FrameContext, frameHostPath, isShownTo, lookerOf } from './frame.ts';
import { appPath, appsPath } from './paths.ts';

/** A page that is an app's: general, admin, configure and project pages. Undefined where there is none for this viewer. */
export function modulePage(
  site: Site,
  viewer: Viewer,
  wanted: { app: string; module: string; query: Record<string, string> },
): PageParts | undefined {
  const app = site.apps.installed().find(({ key }) => key === wanted.app);
  const module = app && modulesOf(app.descriptor).find(({ key }) => key === wanted.module);
  if (!app || !module || app.state !== 'enabled' || !isShownTo(site, viewer, module)) {
    return undefined;
  }
  const isAdmin = lookerOf(site, viewer).isAdmin;
  if (isForAdmins(module) && !isAdmin) return refusal(app, module, viewer);
  const context = contextOf(site, viewer, wanted.query, isOfProject(module));
  if (!context) return undefined;
  const body = html`<p class="small soft crumbs"><a href="${appsPath}">Apps</a> / <a href="${appPath(app.key)}">${app.descriptor.name ?? app.key}</a></p>
<h1>${module.name}</h1>
<div class="page-frame">${appFrame(site, viewer, app, module, context)}</div>`;
  return { title: module.name, current: appsPath, body, earlyScripts: [frameHostPath] };
}

function refusal(app: AppRecord, module: PageModule, { name }: Viewer): PageParts {
  const body = html`<h1>${module.name}</h1>
<p class="notice">This page of ${app.descriptor.name ?? app.key} is for people with Administer Jira. ${name} does not have it.</p>
<p>Choose who acts in the menu at the top of the page.</p>`;
  return { title: module.name, current: appsPath, body };
}

/** Where the page is shown, as its URL says: `?issue.key=` or `?project.key=`, and `ac.…` for the app's own variables. */
function contextOf(
  site: Site,
  viewer: Viewer,
  query: Record<string, string>,
  needsProject: boolean,
): FrameContext | undefined {
  const own = Object.entries(query).filter(([name]) => name.startsWith('ac.'));
  const custom = Object.fromEntries(own.map(([name, value]) => [name.slice(3), value]));
  const issueKey = query['issue.key'];
  if (issueKey !== undefined) {
    const issue = findVisibleIssue(site, viewer, issueKey);
    return issue && { issueKey: issue.key, custom };
  }
  const projects = visibleProjects(site, callerOf(viewer));
  const projectKey = query['project.key'] ?? (needsProject ? projects[0]?.key : undefined);
  if (projectKey === undefined) return needsProject ? undefined : { custom };
  return projects.some(({ key }) => key === projectKey) ? { projectKey, custom } : undefined;
}

import { type UiModule, uiModulesOf } from '../../hosts/forge/manifest.ts';
import type { ForgeAppRecord } from '../../site/forge-apps.ts';
import type { Site } from '../../site/site.ts';
import { appsPath } from '../apps/paths.ts';
import { type Html, html } from '../html.ts';
import type { PageParts } from '../layout.ts';
import type { Viewer } from '../viewer.ts';
import { invocationPath } from './app-item.ts';

export const bridgeHostPath = '/_sandbox/forge-host.js';

const issueTypes = [
  'jira:issuePanel',
  'jira:issueContext',
  'jira:issueGlance',
  'jira:issueActivity',
];

/** The panels of Forge apps on an issue's page. */
export function forgePanels(site: Site, viewer: Viewer, issueKey: string): Html[] {
  return site.forgeApps.installed().flatMap((app) =>
    uiModulesOf(app.manifest)
      .filter(({ type }) => issueTypes.includes(type))
      .map(
        (module) => html`<section class="card"><h2>${module.title}</h2>
${moduleFrame(viewer, app, module, issueKey)}
<p class="small soft after">A panel of ${app.name}, on Forge</p></section>`,
      ),
  );
}

/** The frame of a module: a page of its own origin, with the bridge to this one. */
function moduleFrame(viewer: Viewer, app: ForgeAppRecord, module: UiModule, issueKey = ''): Html {
  if (viewer.accountId === undefined) {
    return html`<p class="soft">Pages on Forge are shown to people who are logged in.</p>`;
  }
  if (module.resource === undefined || app.resources[module.resource] === undefined) {
    const query = new URLSearchParams({ app: app.id, module: module.key, issueKey });
    return html`<p class="soft">Its custom UI is not here: give the folder or the HTML of the resource${module.resource === undefined ? '' : html` <code>${module.resource}</code>`} at install. <a href="${invocationPath}?${query.toString()}">Send its invocations by hand</a>.</p>`;
  }
  const source = `${invocationPath}/${app.id}/ui/${encodeURIComponent(module.resource)}/`;
  return html`<iframe title="${module.title}" src="${source}" sandbox="allow-scripts allow-forms" data-forge-app="${app.id}" data-module="${module.key}" data-issue="${issueKey}" data-user="${viewer.accountId}"></iframe>`;
}

/** A module that has a page to itself. */
export function forgeModulePage(viewer: Viewer, app: ForgeAppRecord, module: UiModule): PageParts {
  const body = html`<p class="small soft crumbs"><a href="${appsPath}">Apps</a> / ${app.name}</p>
<h1>${module.title}</h1>
<section class="card">${moduleFrame(viewer, app, module)}</section>`;
  return { title: module.title, current: appsPath, body, scripts: [bridgeHostPath] };
}

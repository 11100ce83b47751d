import { type UiModule, uiModulesOf } from '../../hosts/forge/manifest.ts';
import type { ForgeAppRecord } from '../../site/forge-apps.ts';
import type { Site } from '../../site/site.ts';
import { type Html, html } from '../html.ts';
import { layout } from '../layout.ts';
import { invocationPath } from './app-item.ts';

export const bridgeHostPath = '/_sandbox/forge-host.js';

const issueTypes = [
  'jira:issuePanel',
  'jira:issueContext',
  'jira:issueGlance',
  'jira:issueActivity',
];

/** The panels of Forge apps on an issue's page. */
export function forgePanels(site: Site, issueKey: string): Html[] {
  return site.forgeApps.installed().flatMap((app) =>
    uiModulesOf(app.manifest)
      .filter(({ type }) => issueTypes.includes(type))
      .map(
        (module) => html`<section class="card"><h2>${module.title}</h2>
${moduleFrame(app, module, issueKey)}
<p class="small soft after">A panel of ${app.name}, on Forge</p></section>`,
      ),
  );
}

/** The frame of a module: a page of its own origin, with the bridge to this one. */
function moduleFrame(app: ForgeAppRecord, module: UiModule, issueKey = ''): Html {
  if (module.resource === undefined || app.resources[module.resource] === undefined) {
    const query = new URLSearchParams({ app: app.id, module: module.key, issueKey });
    return html`<p class="soft">Its custom UI is not here: give the folder or the HTML of the resource${module.resource === undefined ? '' : html` <code>${module.resource}</code>`} at install. <a href="${invocationPath}?${query.toString()}">Send its invocations by hand</a>.</p>`;
  }
  const source = `${invocationPath}/${app.id}/ui/${encodeURIComponent(module.resource)}/`;
  return html`<iframe title="${module.title}" src="${source}" sandbox="allow-scripts allow-forms" data-forge-app="${app.id}" data-module="${module.key}" data-issue="${issueKey}"></iframe>`;
}

/** A module that has a page to itself. */
export function modulePage(site: Site, app: ForgeAppRecord, module: UiModule): string {
  const body = html`<p class="small soft"><a href="/">Site</a> / ${app.name}</p>
<h1>${module.title}</h1>
<section class="card">${moduleFrame(app, module)}</section>`;
  return layout({
    title: module.title,
    current: '',
    siteUrl: site.url,
    body,
    scripts: [bridgeHostPath],
  });
}

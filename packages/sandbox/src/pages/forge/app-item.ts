import { uiModulesOf } from '../../hosts/forge/manifest.ts';
import { scopesOf } from '../../hosts/forge/scopes.ts';
import type { AppRecord } from '../../site/apps.ts';
import type { ForgeAppRecord } from '../../site/forge-apps.ts';
import type { Site } from '../../site/site.ts';
import { type Html, html } from '../html.ts';

export const invocationPath = '/_sandbox/forge';

/** A Forge app among the apps of the home page. */
export function forgeAppItem(site: Site, app: ForgeAppRecord): Html {
  const connect = site.apps.installed().some(({ key }) => key === app.key);
  const query = new URLSearchParams({ app: app.id });
  const both = connect ? html` <span class="badge busy">and Connect</span>` : undefined;
  return html`<div class="app"><h3>${app.name} <span class="badge good">Forge</span>${both}</h3>
<p class="small soft">${app.key === app.id ? undefined : html`<code>${app.key}</code> `}${app.version}, ${app.environment.type.toLowerCase()} · scopes ${scopesOf(app.manifest).join(', ') || 'none'}</p>
<p class="small soft">App id <code>${app.id}</code><br>Installation <code>${app.installationId}</code></p>
<p class="small">${pageLinks(app)}<a href="${invocationPath}?${query.toString()}">Send an invocation</a></p>
${connect ? leaveConnectForm(app) : undefined}
<form class="inline" method="post" action="${invocationPath}/${app.id}/uninstall"><button class="quiet">Uninstall</button></form></div>`;
}

/** Of the modules that have a page to themselves. */
function pageLinks(app: ForgeAppRecord): Html[] {
  return uiModulesOf(app.manifest)
    .filter(({ type }) => !type.startsWith('jira:issue'))
    .map(
      ({ key, title }) => html`<a href="${invocationPath}/${app.id}/module/${key}">${title}</a> · `,
    );
}

function migratePath(key: string): string {
  return `/_sandbox/apps/${encodeURIComponent(key)}/migrate`;
}

function leaveConnectForm(app: ForgeAppRecord): Html {
  return html`<form class="inline" method="post" action="${migratePath(app.key)}"><button class="quiet" name="to" value="forge">Leave Connect</button></form>`;
}

/** On a Connect app: the way to Forge. */
export function moveToForge(site: Site, app: AppRecord): Html | undefined {
  if (site.forgeApps.withConnectKey(app.key)) return undefined;
  return html`<details><summary class="small">Move it to Forge</summary>
<p class="small soft after">Makes a manifest from the descriptor, as Connect-on-Forge: <code>installed</code> comes again, with the installationId. The app has to know this app id, and the key set of this site.</p>
<form class="row" method="post" action="${migratePath(app.key)}">
<label>App id<input name="appId" required spellcheck="false" autocomplete="off" placeholder="ari:cloud:ecosystem::app/…"></label>
<button name="to" value="both">Move</button></form></details>`;
}

export interface TypedManifest {
  manifest?: string;
  remoteUrl?: string;
}

/** Installs by a manifest. What was typed is shown again where it failed. */
export function manifestForm({ manifest = '', remoteUrl = '' }: TypedManifest): Html {
  return html`<details class="after"${manifest === '' ? html`` : html` open`}><summary>Install a Forge app by its manifest</summary>
<form class="fields" method="post" action="${invocationPath}/apps">
<label for="manifest">manifest.yml</label>
<textarea id="manifest" name="manifest" rows="10" required spellcheck="false" autocapitalize="off" placeholder="app:&#10;  id: ari:cloud:ecosystem::app/…">${manifest}</textarea>
<label for="remoteUrl">Base URL of its remotes</label>
<input id="remoteUrl" name="remoteUrl" type="url" value="${remoteUrl}" placeholder="http://localhost:3000" aria-describedby="remote-note">
<p class="small soft note" id="remote-note">Takes the place of every baseUrl. May be left out where the manifest names this machine.</p>
<button>Install</button></form></details>`;
}

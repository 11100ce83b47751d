import { keySetUrl } from '../hosts/forge/delivery.ts';
import { type AppRecord, describeApp } from '../site/apps.ts';
import type { StoredIssue } from '../site/issues.ts';
import { installKeysUrl, type Site } from '../site/site.ts';
import { forgeAppItem, manifestForm, moveToForge } from './forge/app-item.ts';
import { type Html, html } from './html.ts';
import { inspectorPath } from './inspector/page.ts';
import { layout } from './layout.ts';
import { requestsPath, requestTable } from './requests/table.ts';
import { settingsPath } from './settings/page.ts';
import { statusBadge } from './status.ts';

const shownRequests = 8;

export interface HomeNotice {
  /** What went wrong with the last form. */
  problem: string;
  /** What had been typed. */
  descriptorUrl?: string;
  manifest?: string;
  remoteUrl?: string;
}

export function homePage(site: Site, notice?: HomeNotice): string {
  const apps = site.apps.installed();
  const forgeApps = site.forgeApps.installed();
  const latest = site.requestLog.list().reverse().slice(0, shownRequests);
  const problem = notice && html`<p class="notice" role="alert">${notice.problem}</p>`;
  const body = html`${problem}
<h1>A Jira site for you alone</h1>
<p class="soft">It installs Connect and Forge apps, checks their tokens as Jira does, and says why it refuses. Tell your app about it:</p>
<pre>createApp({ …, allowedSites: ['${site.url}'], installKeyHosts: ['${installKeysUrl(site)}'], jira: { authorizationServerUrl: '${site.url}' } })
createApp({ …, forge: { appId, keySetUrl: '${keySetUrl(site)}', gatewayUrls: ['${site.url}'], graphqlUrl: '${site.url}/graphql' } })</pre>
<section class="card"><h2>Apps</h2>
${installForm(notice)}
${manifestForm(notice ?? {})}
${apps.length + forgeApps.length === 0 ? html`<p class="soft after">No app is installed. The URL of a descriptor ends in <code>/atlassian-connect.json</code> as a rule; the app must run on this machine.</p>` : [...apps.map((app) => appItem(site, app)), ...forgeApps.map((app) => forgeAppItem(site, app))]}
</section>
<section class="card"><h2>Issues</h2>
${issueTable(site)}
</section>
<section class="card"><h2>Latest requests</h2>
${latest.length > 0 ? requestTable(latest) : html`<p class="soft">Nothing yet. Call <code>/rest/api/3/myself</code> of this site, or install an app.</p>`}
<p class="after"><a href="${requestsPath}">Request log</a>: all requests, as they come, each with what was wrong and how to mend it.<br>
<a href="${inspectorPath}">Token inspector</a>: the same for a token or a curl command that you paste.<br>
<a href="${settingsPath}">Settings</a>: lost, slow and broken answers, a wrong clock, and Jira's rate limits, to see how your app takes them.</p>
</section>
<section class="card"><h2>Start over</h2>
<p class="soft">Puts the issues back, forgets apps and requests, and ends faults and limits. The apps are not told.</p>
<form method="post" action="/_sandbox/reset"><button class="quiet">Reset the site</button></form>
</section>`;
  return layout({ title: 'Site', current: '/', siteUrl: site.url, body });
}

function installForm(notice: HomeNotice | undefined): Html {
  return html`<form class="row" method="post" action="/_sandbox/apps">
<label>Descriptor URL<input name="descriptorUrl" type="url" required placeholder="http://localhost:3000/atlassian-connect.json" value="${notice?.descriptorUrl ?? ''}"></label>
<button>Install</button>
</form>`;
}

function appItem(site: Site, record: AppRecord): Html {
  const app = describeApp(record, site.identity.clientKey);
  const state = app.enabled
    ? html`<span class="badge good">enabled</span>`
    : html`<span class="badge busy">disabled</span>`;
  const actions = ['rotate', app.enabled ? 'disable' : 'enable', 'uninstall'];
  return html`<div class="app"><h3>${app.name} ${state}</h3>
<p class="small soft"><code>${app.key}</code> at ${app.baseUrl} · scopes ${app.scopes.join(', ') || 'none'}</p>
${actions.map((action) => actionForm(app.key, action))}${moveToForge(site, record)}</div>`;
}

const actionNames: Record<string, string> = {
  rotate: 'Rotate the secret',
  disable: 'Disable',
  enable: 'Enable',
  uninstall: 'Uninstall',
};

function actionForm(key: string, action: string): Html {
  const path = `/_sandbox/apps/${encodeURIComponent(key)}/${action}`;
  return html`<form class="inline" method="post" action="${path}"><button class="quiet">${actionNames[action]}</button></form>`;
}

function issueTable(site: Site): Html {
  const issues = site.issues.all();
  if (issues.length === 0) return html`<p class="soft">There is no issue.</p>`;
  return html`<div class="scroll"><table>
<thead><tr><th scope="col">Key</th><th scope="col">Summary</th><th scope="col">Status</th></tr></thead>
<tbody>${issues.map((issue) => issueRow(site, issue))}</tbody>
</table></div>`;
}

function issueRow(site: Site, issue: StoredIssue): Html {
  return html`<tr><td class="tight"><a href="/browse/${issue.key}">${issue.key}</a></td>
<td>${String(issue.values.summary ?? '')}</td><td class="tight">${statusBadge(site, issue)}</td></tr>`;
}

import { modulesOf, type PageModule, placeOnIssue } from '../../hosts/connect/modules.ts';
import { type AppRecord, describeApp } from '../../site/apps.ts';
import type { Site } from '../../site/site.ts';
import { type Html, html } from '../html.ts';
import type { PageParts } from '../layout.ts';
import { requestsPath, requestTable } from '../requests/table.ts';
import type { Viewer } from '../viewer.ts';
import { appActions, pageLinks, stateBadge } from './item.ts';
import { appsPath } from './paths.ts';

const shownRequests = 5;

/** One Connect app: its installation, its modules and its descriptor, as the site read it. The secret is on no page. */
export function appPage(
  site: Site,
  viewer: Viewer,
  record: AppRecord,
  problem?: string,
): PageParts {
  const app = describeApp(record, site.identity.clientKey);
  const latest = site.requestLog
    .list()
    .filter(({ appKey }) => appKey === app.key)
    .reverse()
    .slice(0, shownRequests);
  const modules = modulesOf(record.descriptor);
  const ofApp = new URLSearchParams({ app: app.key });
  const body = html`${problem === undefined ? undefined : html`<p class="notice" role="alert">${problem}</p>`}
<p class="small soft crumbs"><a href="${appsPath}">Apps</a> / ${app.key}</p>
<h1>${app.name} ${stateBadge(record)}</h1>
<div class="columns even"><section class="card"><h2>Installation</h2>
<dl><dt>App key</dt><dd><code>${app.key}</code></dd>
<dt>Client key</dt><dd><code>${app.clientKey}</code></dd>
<dt>Base URL</dt><dd>${app.baseUrl}</dd>
<dt>Descriptor</dt><dd>${app.descriptorUrl}</dd>
<dt>Scopes</dt><dd>${app.scopes.join(', ') || 'none'}</dd>
<dt>User</dt><dd><code>${app.accountId}</code></dd>
<dt>Installed</dt><dd>${app.installedAt.slice(0, 16).replace('T', ' ')} UTC</dd></dl>
<hr>${appActions(record)}</section>
<section class="card"><h2>Modules</h2>
${modules.length === 0 ? html`<p class="soft last">None that is a page.</p>` : html`<dl>${modules.map(moduleItem)}</dl>`}
${pageLinks(site, viewer, record)}</section></div>
<section class="card"><h2>Latest requests</h2>
${latest.length > 0 ? requestTable(latest) : html`<p class="soft">None.</p>`}
<p class="after last"><a href="${requestsPath}?${ofApp.toString()}">All requests of this app</a></p></section>
<section class="card"><h2>Descriptor</h2>
<pre class="last" tabindex="0">${JSON.stringify(record.descriptor, undefined, 2)}</pre></section>`;
  return { title: app.name, current: appsPath, body };
}

function moduleItem(module: PageModule): Html {
  const place = placeOnIssue(module) === undefined ? '' : ', on issues';
  return html`<dt>${module.type}</dt><dd>${module.name} <span class="small soft"><code>${module.key}</code>${place}</span></dd>`;
}

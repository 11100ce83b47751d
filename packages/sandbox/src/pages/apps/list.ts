import type { Site } from '../../site/site.ts';
import { forgeAppItem, manifestForm } from '../forge/app-item.ts';
import { type Html, html } from '../html.ts';
import type { PageParts } from '../layout.ts';
import type { Viewer } from '../viewer.ts';
import { appItem } from './item.ts';
import { appsPath } from './paths.ts';

export interface AppsNotice {
  /** What went wrong with the last form. */
  problem: string;
  /** What had been typed. */
  descriptorUrl?: string;
  manifest?: string;
  remoteUrl?: string;
}

/** What is installed, and the forms that change it. Whoever looks installs: as an admin would. */
export function appsPage(site: Site, viewer: Viewer, notice?: AppsNotice): PageParts {
  const problem = notice && html`<p class="notice" role="alert">${notice.problem}</p>`;
  const body = html`${problem}
<h1>Apps</h1>
<section class="card"><h2>Install</h2>
${installForm(notice?.descriptorUrl)}
<p class="small soft after">The URL of a descriptor ends in <code>/atlassian-connect.json</code> as a rule; the app must run on this machine. It is told a new secret by a signed <code>installed</code>.</p>
${manifestForm(notice ?? {})}
</section>
<section class="card"><h2>Installed</h2>
${installedApps(site, viewer)}
</section>`;
  return { title: 'Apps', current: appsPath, body };
}

export function installForm(descriptorUrl = ''): Html {
  return html`<form class="row" method="post" action="${appsPath}">
<label>Descriptor URL<input name="descriptorUrl" type="url" required placeholder="http://localhost:3000/atlassian-connect.json" value="${descriptorUrl}"></label>
<button>Install</button>
</form>`;
}

export function installedApps(site: Site, viewer: Viewer): Html {
  const apps = site.apps.installed();
  const forgeApps = site.forgeApps.installed();
  if (apps.length + forgeApps.length === 0) {
    return html`<p class="soft last">No app is installed.</p>`;
  }
  return html`${apps.map((app) => appItem(site, viewer, app))}${forgeApps.map((app) => forgeAppItem(site, app))}`;
}

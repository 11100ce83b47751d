import { keySetUrl } from '../hosts/forge/delivery.ts';
import { visibleProjects } from '../rest/projects.ts';
import { installKeysUrl, type Site } from '../site/site.ts';
import { installedApps, installForm } from './apps/list.ts';
import { appsPath } from './apps/paths.ts';
import { html } from './html.ts';
import { inspectorPath } from './inspector/page.ts';
import { issuesPath, issueTable } from './issues/table.ts';
import type { PageParts } from './layout.ts';
import { requestsPath, requestTable } from './requests/table.ts';
import { settingsPath } from './settings/page.ts';
import { usersPath } from './users.ts';
import { callerOf, type Viewer } from './viewer.ts';

const shownRequests = 5;
const shownIssues = 8;

/** What is here, and what to do next. */
export function homePage(site: Site, viewer: Viewer): PageParts {
  const empty = site.apps.installed().length + site.forgeApps.installed().length === 0;
  const latest = site.requestLog.list().reverse().slice(0, shownRequests);
  const seen = new Set(visibleProjects(site, callerOf(viewer)).map(({ id }) => id));
  const issues = site.issues.all().filter(({ projectId }) => seen.has(projectId));
  const body = html`<h1>A Jira site for you alone</h1>
<p class="soft">It installs Connect and Forge apps, checks their tokens as Jira does, shows their pages, and says why it refuses.</p>
<section class="card"><h2>Apps</h2>
${installedApps(site, viewer)}
${empty ? html`<p class="soft">Start your app on this machine, tell it about the site (below), and install it:</p>` : html`<hr>`}
${installForm()}
<p class="small after last"><a href="${appsPath}">All of apps</a>: also by a manifest, for Forge.</p>
</section>
<section class="card"><h2>Issues</h2>
${issues.length > 0 ? issueTable(site, issues.slice(0, shownIssues)) : html`<p class="soft">There is none that ${viewer.name} may see.</p>`}
<p class="small after last"><a href="${issuesPath}">All issues</a></p>
</section>
<section class="card"><h2>Latest requests</h2>
${latest.length > 0 ? requestTable(latest) : html`<p class="soft">Nothing yet. Call <code>/rest/api/3/myself</code> of this site, or install an app.</p>`}
<p class="small after last"><a href="${requestsPath}">All requests</a>, as they come, each with what was wrong and how to mend it.</p>
</section>
<section class="card"><h2>What your app has to know</h2>
<pre tabindex="0">createApp({ …, allowedSites: ['${site.url}'], installKeyHosts: ['${installKeysUrl(site)}'], jira: { authorizationServerUrl: '${site.url}' } })
createApp({ …, forge: { appId, keySetUrl: '${keySetUrl(site)}', gatewayUrls: ['${site.url}'], graphqlUrl: '${site.url}/graphql' } })</pre>
<ul class="plain last">
<li><a href="${inspectorPath}">Inspector</a>: what is wrong with a token or a curl command that you paste.</li>
<li><a href="${usersPath}">Users</a>: look at the pages as a member, as a reader, or as nobody.</li>
<li><a href="${settingsPath}">Settings</a>: lost, slow and broken answers, a wrong clock, and Jira's rate limits.</li>
<li>Keys: <kbd>g</kbd> and a letter goes to a page, <kbd>/</kbd> to the search, <kbd>j</kbd> and <kbd>k</kbd> through a list; <kbd>?</kbd> shows them all.</li>
</ul></section>
<section class="card"><h2>Start over</h2>
<p class="soft">Puts the issues back, forgets apps and requests, and ends faults and limits. The apps are not told.</p>
<form method="post" action="/_sandbox/reset"><button class="quiet">Reset the site</button></form>
</section>`;
  return { title: 'Home', current: '/', body };
}

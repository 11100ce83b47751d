import type { Site } from '../site/site.ts';
import type { User } from '../site/users.ts';
import { type Html, html } from './html.ts';
import type { PageParts } from './layout.ts';
import { anonymous, type Viewer } from './viewer.ts';

export const usersPath = '/_sandbox/users';

/** Who is on the site, what they may do, and who of them looks at the pages. */
export function usersPage(site: Site, viewer: Viewer, problem?: string): PageParts {
  const all = site.users.all();
  const people = all.filter(({ accountType }) => accountType === 'atlassian');
  const apps = all.filter(({ accountType }) => accountType === 'app');
  const body = html`${problem === undefined ? undefined : html`<p class="notice" role="alert">${problem}</p>`}
<h1>Users</h1>
<p class="soft">Choose who looks at the pages of this site. Pages of apps get tokens of this person, and <code>AP.request()</code> acts as them. It is kept in a cookie of this browser; what apps call is not touched.</p>
<section class="card"><h2>People</h2>
${people.map((person) => personItem(site, viewer, person))}
<div class="app"><h3>Anonymous ${viewer.accountId === undefined ? current : undefined}</h3>
<p class="small soft">Nobody is logged in. Sees no project and no issue; tokens for pages of apps have no <code>sub</code>.</p>
${viewer.accountId === undefined ? undefined : actAsForm(anonymous)}</div>
</section>
<section class="card"><h2>Users of apps</h2>
${
  apps.length === 0
    ? html`<p class="soft last">An app that is installed gets a user of its own. <a href="/_sandbox/apps">Install one</a>.</p>`
    : html`<div class="scroll"><table class="stack"><thead><tr><th scope="col">Name</th><th scope="col">Account id</th><th scope="col">May</th></tr></thead>
<tbody>${apps.map((app) => html`<tr><td class="wide">${app.displayName}</td><td class="wide"><code>${app.accountId}</code></td><td class="wide">${abilities(site, app)}</td></tr>`)}</tbody></table></div>`
}
</section>`;
  return { title: 'Users', current: usersPath, body };
}

const current = html`<span class="badge good">acting</span>`;

function personItem(site: Site, viewer: Viewer, person: User): Html {
  const { accountId, displayName, emailAddress, active } = person;
  const acts = viewer.accountId === accountId;
  const state = active ? undefined : html`<span class="badge busy">deactivated</span>`;
  return html`<div class="app"><h3>${displayName} ${acts ? current : state}</h3>
<p class="small soft">${emailAddress} · <code>${accountId}</code></p>
<p class="small">${abilities(site, person)}</p>
${acts || !active ? undefined : actAsForm({ accountId, name: displayName })}
<form class="inline" method="post" action="${usersPath}/${accountId}/${active ? 'deactivate' : 'activate'}"><button class="quiet" aria-label="${active ? 'Deactivate' : 'Activate'} ${displayName}">${active ? 'Deactivate' : 'Activate'}</button></form></div>`;
}

function actAsForm({ accountId, name }: Viewer): Html {
  return html`<form class="inline" method="post" action="${usersPath}/act"><button class="quiet" name="who" value="${accountId ?? 'anonymous'}">Act as ${name}</button></form>`;
}

/** In the words of a person, from what the permissions say. */
function abilities(site: Site, { accountId }: User): string {
  const { permissions } = site;
  const everywhere = namedAbilities.filter(([key]) => permissions.holds(accountId, key));
  if (permissions.holds(accountId, 'ADMINISTER')) {
    return 'Administers Jira, and may do everything in every project.';
  }
  const inProjects = site.projects.all().flatMap(({ id, key }) => {
    const only = namedAbilities.filter(
      ([name]) => !permissions.holds(accountId, name) && permissions.holds(accountId, name, id),
    );
    return only.length === 0 ? [] : [`${listed(only)} in ${key} alone`];
  });
  const parts = [
    ...(everywhere.length === 0 ? [] : [`${listed(everywhere)} in every project`]),
    ...inProjects,
  ];
  return parts.length === 0 ? 'May do nothing.' : `May ${parts.join('; ')}.`;
}

const namedAbilities: readonly [permission: string, verb: string][] = [
  ['BROWSE_PROJECTS', 'see issues'],
  ['CREATE_ISSUES', 'create'],
  ['EDIT_ISSUES', 'edit'],
  ['TRANSITION_ISSUES', 'change their status'],
  ['ADD_COMMENTS', 'comment'],
  ['DELETE_ISSUES', 'delete'],
];

function listed(abilities: readonly [string, string][]): string {
  const verbs = abilities.map(([, verb]) => verb);
  const last = verbs.pop() ?? '';
  return verbs.length === 0 ? last : `${verbs.join(', ')} and ${last}`;
}

import {
  hasOwnPage,
  isForAdmins,
  isOfProject,
  modulesOf,
  type PageModule,
} from '../../hosts/connect/modules.ts';
import { type AppRecord, describeApp } from '../../site/apps.ts';
import type { Site } from '../../site/site.ts';
import { moveToForge } from '../forge/app-item.ts';
import { type Html, html } from '../html.ts';
import type { Viewer } from '../viewer.ts';
import { isShownTo } from './frame.ts';
import { appPath, modulePath } from './paths.ts';

/** A Connect app among the apps of the site. */
export function appItem(site: Site, viewer: Viewer, record: AppRecord): Html {
  const app = describeApp(record, site.identity.clientKey);
  return html`<div class="app"><h3><a href="${appPath(app.key)}">${app.name}</a> ${stateBadge(record)}</h3>
<p class="small soft"><code>${app.key}</code> at ${app.baseUrl} · scopes ${app.scopes.join(', ') || 'none'}</p>
${pageLinks(site, viewer, record)}
${appActions(record)}${moveToForge(site, record)}</div>`;
}

export function stateBadge({ state }: AppRecord): Html {
  return state === 'enabled'
    ? html`<span class="badge good">enabled</span>`
    : html`<span class="badge busy">disabled</span>`;
}

/** The pages that the app has to itself. */
export function pageLinks(site: Site, viewer: Viewer, record: AppRecord): Html | undefined {
  const modules = modulesOf(record.descriptor).filter(
    (module) => hasOwnPage(module) && isShownTo(site, viewer, module),
  );
  if (modules.length === 0 || record.state !== 'enabled') return undefined;
  return html`<p class="small chips">${modules.map(
    (module) =>
      html`<span><a href="${modulePath(record.key, module)}">${module.name}</a>${note(module)}</span> `,
  )}</p>`;
}

function note(module: PageModule): Html | undefined {
  if (isForAdmins(module)) return html` <span class="soft">(admins)</span>`;
  return isOfProject(module) ? html` <span class="soft">(project)</span>` : undefined;
}

const actionNames = {
  upgrade: 'Upgrade',
  rotate: 'Rotate the secret',
  disable: 'Disable',
  enable: 'Enable',
  uninstall: 'Uninstall',
};

export function appActions({ key, state }: AppRecord): Html {
  const toggle = state === 'enabled' ? ('disable' as const) : ('enable' as const);
  const actions = ['upgrade', 'rotate', toggle, 'uninstall'] as const;
  return html`<div class="choices">${actions.map(
    (action) =>
      html`<form method="post" action="${appPath(key)}/${action}"><button class="quiet">${actionNames[action]}</button></form>`,
  )}</div>`;
}

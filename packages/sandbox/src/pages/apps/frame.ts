import { conditionsHold, type Looker, type PageModule } from '../../hosts/connect/modules.ts';
import { type PageOptions, pageUrl } from '../../hosts/connect/page-url.ts';
import type { AppRecord } from '../../site/apps.ts';
import type { Site } from '../../site/site.ts';
import { type Html, html } from '../html.ts';
import type { Viewer } from '../viewer.ts';

/** Has to run before the frames of a page load: they ask at once. */
export const frameHostPath = '/_sandbox/frame-host.js';

export type FrameContext = Pick<PageOptions, 'issueKey' | 'projectKey' | 'custom'>;

/** The frame of an app's page, for whoever looks. What keeps it from being made is shown in its place. */
export function appFrame(
  site: Site,
  viewer: Viewer,
  app: AppRecord,
  module: PageModule,
  context: FrameContext,
): Html {
  let url: string;
  try {
    url = pageUrl(site, app.key, module.url, {
      ...context,
      accountId: viewer.accountId ?? null,
    });
  } catch (error) {
    return html`<p class="notice">${error instanceof Error ? error.message : String(error)}</p>`;
  }
  const data = {
    app: app.key,
    module: module.key,
    origin: new URL(app.baseUrl).origin,
    user: viewer.accountId ?? 'anonymous',
    issue: context.issueKey,
    project: context.projectKey,
  };
  const attributes = Object.entries(data).map(([name, value]) =>
    value === undefined ? undefined : html` data-${name}="${value}"`,
  );
  return html`<iframe title="${module.name}" src="${url}" sandbox="allow-scripts allow-forms allow-same-origin allow-popups allow-modals allow-downloads"${attributes}></iframe>`;
}

/** Whether the module's conditions let this viewer see it. */
export function isShownTo(site: Site, viewer: Viewer, module: PageModule): boolean {
  return conditionsHold(module.conditions, lookerOf(site, viewer));
}

export function lookerOf(site: Site, { accountId }: Viewer): Looker {
  return {
    isLoggedIn: accountId !== undefined,
    isAdmin: site.permissions.holds(accountId, 'ADMINISTER'),
  };
}

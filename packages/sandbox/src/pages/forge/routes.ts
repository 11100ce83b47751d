import type { Hono } from 'hono';
import { bridgeHostJs, bridgeJs } from '../../hosts/forge/bridge-js.ts';
import { answerBridge, type BridgeCall, bridgePath, uiFile } from '../../hosts/forge/custom-ui.ts';
import { findModule } from '../../hosts/forge/invoke.ts';
import type { Site } from '../../site/site.ts';
import { notFoundPage } from '../not-found.ts';
import { show } from '../show.ts';
import { requireSameViewer, viewerOf } from '../viewer.ts';
import { invocationPath } from './app-item.ts';
import { bridgeHostPath, forgeModulePage } from './frame.ts';
import { invocationPage, readInvocationForm, sendForm } from './invocation.ts';

/** The page that sends invocations, the pages of custom UI, and what they ask the site for. */
export function addForgePages(site: Site, pages: Hono): void {
  pages.get(invocationPath, (c) =>
    show(site, c, invocationPage(site, readInvocationForm(c.req.query()), undefined)),
  );
  pages.post(invocationPath, async (c) => {
    const form = readInvocationForm(await c.req.parseBody());
    const result = await sendForm(site, form);
    return show(site, c, invocationPage(site, form, result), 'problem' in result ? 400 : 200);
  });
  for (const [path, script] of Object.entries({
    [bridgePath]: bridgeJs,
    [bridgeHostPath]: bridgeHostJs,
  })) {
    pages.get(path, (c) =>
      c.body(script, 200, { 'content-type': 'text/javascript; charset=utf-8' }),
    );
  }
  pages.post(`${invocationPath}/bridge`, async (c) => {
    try {
      const { user, ...call } = (await c.req.json()) as BridgeCall & { user?: string };
      const { accountId } = requireSameViewer(site, c, user);
      const asked = accountId === undefined ? call : { ...call, accountId };
      return c.json({ value: await answerBridge(site, asked) });
    } catch (error) {
      return c.json({ error: error instanceof Error ? error.message : String(error) }, 400);
    }
  });
  pages.get(`${invocationPath}/:app/module/:module`, (c) => {
    const app = site.forgeApps.installed().find(({ id }) => id === c.req.param('app'));
    if (!app) return show(site, c, notFoundPage('There is no such Forge app.'), 404);
    const module = findModule(app, c.req.param('module'));
    return show(site, c, forgeModulePage(viewerOf(site, c), app, module));
  });
  pages.get(`${invocationPath}/:app/ui/:resource/:path{.*}`, (c) => {
    const { app: id, resource, path } = c.req.param();
    const app = site.forgeApps.installed().find((each) => each.id === id);
    const file = app && uiFile(app, resource, path);
    if (!file) return show(site, c, notFoundPage('The resource has no such file.'), 404);
    // Its scripts come from an origin that is nobody's, and modules ask for this.
    return c.body(file.body, 200, {
      'content-type': file.contentType,
      'access-control-allow-origin': '*',
    });
  });
}

/** A custom UI page is the app's and not the site's: alone in an origin of its own, wherever it is opened. */
export function customUiPolicy(siteUrl: string): string {
  return `sandbox allow-scripts allow-forms; default-src 'none'; script-src ${siteUrl} 'unsafe-inline'; style-src ${siteUrl} 'unsafe-inline'; img-src ${siteUrl} data:; font-src ${siteUrl} data:; connect-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors ${siteUrl}`;
}

export function isCustomUi(path: string): boolean {
  return new RegExp(`^${invocationPath}/[^/]+/ui/`).test(path);
}

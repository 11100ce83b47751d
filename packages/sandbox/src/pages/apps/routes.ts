import type { Context, Hono } from 'hono';
import { answerFrame, type FrameAsk } from '../../hosts/connect/frame-answers.ts';
import {
  disableApp,
  enableApp,
  installApp,
  rotateAppSecret,
  uninstallApp,
} from '../../hosts/connect/lifecycle.ts';
import { installForgeApp, migrateApp, uninstallForgeApp } from '../../hosts/forge/lifecycle.ts';
import type { Site } from '../../site/site.ts';
import { notFoundPage } from '../not-found.ts';
import { doAndGo, show } from '../show.ts';
import { requireSameViewer, viewerOf } from '../viewer.ts';
import { appPage } from './detail.ts';
import { type AppsNotice, appsPage } from './list.ts';
import { modulePage } from './module-page.ts';
import { appPath, appsPath } from './paths.ts';

const actions: Record<string, (site: Site, key: string) => Promise<unknown>> = {
  upgrade: (site, key) => installApp(site, site.apps.require(key).descriptorUrl),
  rotate: rotateAppSecret,
  enable: enableApp,
  disable: disableApp,
  uninstall: uninstallApp,
};

/** The apps of the site, their own pages, and what their frames ask for. */
export function addAppPages(site: Site, pages: Hono): void {
  pages.get(appsPath, (c) => show(site, c, appsPage(site, viewerOf(site, c))));
  pages.get(`${appsPath}/:key`, (c) => {
    const app = site.apps.installed().find(({ key }) => key === c.req.param('key'));
    if (app) return show(site, c, appPage(site, viewerOf(site, c), app));
    return show(site, c, notFoundPage(`The app ${c.req.param('key')} is not installed.`), 404);
  });
  pages.get('/plugins/servlet/ac/:app/:module', (c) => {
    const wanted = { ...c.req.param(), query: c.req.query() };
    const page = modulePage(site, viewerOf(site, c), wanted);
    if (page) return show(site, c, page);
    const text = `There is no page ${wanted.module} of an app ${wanted.app} for you.`;
    return show(site, c, notFoundPage(text), 404);
  });

  pages.post(appsPath, async (c) => {
    const descriptorUrl = textOf((await c.req.parseBody()).descriptorUrl);
    return andBack(site, c, () => installApp(site, descriptorUrl), { descriptorUrl });
  });
  pages.post('/_sandbox/forge/apps', async (c) => {
    const body = await c.req.parseBody();
    const typed = { manifest: textOf(body.manifest), remoteUrl: textOf(body.remoteUrl) };
    const options = typed.remoteUrl === '' ? {} : { remoteUrl: typed.remoteUrl };
    return andBack(site, c, () => installForgeApp(site, typed.manifest, options), typed);
  });
  pages.post('/_sandbox/forge/:app/uninstall', (c) =>
    andBack(site, c, () => uninstallForgeApp(site, c.req.param('app'))),
  );
  pages.post(`${appsPath}/:key/migrate`, async (c) => {
    const { appId, to } = await c.req.parseBody();
    const options = {
      to: to === 'forge' ? ('forge' as const) : ('both' as const),
      ...(typeof appId === 'string' ? { appId: appId.trim() } : {}),
    };
    return andBack(site, c, () => migrateApp(site, c.req.param('key'), options));
  });
  pages.post(`${appsPath}/:key/:action`, async (c) => {
    const { key, action } = c.req.param();
    const act = actions[action];
    if (!act) return show(site, c, notFoundPage(`There is no action "${action}".`), 404);
    const app = site.apps.installed().find((each) => each.key === key);
    // On the app's own page, one stays there; there is none of an app that is gone.
    const onOwnPage = c.req.header('referer') === site.url + appPath(key);
    if (!app || !onOwnPage || action === 'uninstall') return andBack(site, c, () => act(site, key));
    return doAndGo(site, c, {
      work: () => act(site, key),
      next: appPath(key),
      failed: (problem) => appPage(site, viewerOf(site, c), app, problem),
    });
  });
  pages.post('/_sandbox/frame', async (c) => {
    try {
      const { user, ...ask } = (await c.req.json()) as FrameAsk & { user?: string };
      const { accountId } = requireSameViewer(site, c, user);
      return c.json({ value: await answerFrame(site, accountId, ask) });
    } catch (error) {
      return c.json({ error: error instanceof Error ? error.message : String(error) }, 400);
    }
  });
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

/** Does what a form asks for, and shows the apps: again with what went wrong, where it failed. */
function andBack(
  site: Site,
  c: Context,
  work: () => Promise<unknown>,
  typed: Omit<AppsNotice, 'problem'> = {},
): Promise<Response> {
  return doAndGo(site, c, {
    work,
    next: appsPath,
    failed: (problem) => appsPage(site, viewerOf(site, c), { problem, ...typed }),
  });
}

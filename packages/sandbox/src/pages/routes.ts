import { type Context, Hono } from 'hono';
import { frameHostJs } from '../hosts/connect/all-js.ts';
import {
  disableApp,
  enableApp,
  installApp,
  rotateAppSecret,
  uninstallApp,
} from '../hosts/connect/lifecycle.ts';
import { installForgeApp, migrateApp, uninstallForgeApp } from '../hosts/forge/lifecycle.ts';
import { localOnly } from '../local-only.ts';
import { resetSite } from '../site/reset.ts';
import type { Site } from '../site/site.ts';
import { addForgePages, customUiPolicy, isCustomUi } from './forge/routes.ts';
import { type HomeNotice, homePage } from './home.ts';
import { type InspectorForm, inspect, readForm } from './inspector/form.ts';
import { inspectionParts, inspectorPage, inspectorPath } from './inspector/page.ts';
import { inspectorJs } from './inspector/script.ts';
import { issuePage } from './issue.ts';
import { notFoundPage } from './not-found.ts';
import { requestPage } from './requests/detail.ts';
import { requestEvents } from './requests/events.ts';
import { requestsPage } from './requests/list.ts';
import { requestsJs } from './requests/script.ts';
import { requestsPath } from './requests/table.ts';
import { addSettingsPages } from './settings/routes.ts';
import { css } from './style.ts';

const actions: Record<string, (site: Site, key: string) => Promise<unknown>> = {
  rotate: rotateAppSecret,
  enable: enableApp,
  disable: disableApp,
  uninstall: uninstallApp,
};

/** What a person sees, and the forms on it. Whoever looks is the admin: the site has no login. */
export function pageRoutes(site: Site): Hono {
  const pages = new Hono();
  pages.use(localOnly);
  pages.use(async (c, next) => {
    // One name for the site: frames and tokens know it by site.url alone.
    const { host } = new URL(site.url);
    if (c.req.method === 'GET' && c.req.header('host') !== host) {
      const { pathname, search } = new URL(c.req.url);
      return c.redirect(`${site.url}${pathname}${search}`, 302);
    }
    await next();
    addSafetyHeaders(site, c);
    return undefined;
  });

  pages.get('/', (c) => c.html(homePage(site)));
  pages.get('/browse/:key', (c) => {
    const key = c.req.param('key');
    const issue = site.issues.find(key);
    if (!issue) return c.html(notFoundPage(site, `There is no issue ${key}.`), 404);
    return c.html(issuePage(site, issue));
  });
  pages.get(requestsPath, (c) => c.html(requestsPage(site, c.req.query())));
  pages.get(`${requestsPath}/events`, (c) => requestEvents(site, c));
  pages.get(`${requestsPath}/:id{[0-9]+}`, (c) => {
    const logged = site.requestLog.find(Number(c.req.param('id')));
    if (logged) return c.html(requestPage(site, logged));
    const text = `There is no request ${c.req.param('id')}: the newest 1,000 are kept, until the site is reset.`;
    return c.html(notFoundPage(site, text), 404);
  });
  addInspector(site, pages);
  addForgePages(site, pages);
  addSettingsPages(site, pages);
  const scripts = {
    '/_sandbox/frame-host.js': frameHostJs,
    [`${requestsPath}.js`]: requestsJs,
    [`${inspectorPath}.js`]: inspectorJs,
  };
  for (const [path, script] of Object.entries(scripts)) {
    pages.get(path, (c) =>
      c.body(script, 200, { 'content-type': 'text/javascript; charset=utf-8' }),
    );
  }
  pages.get('/_sandbox/site.css', (c) =>
    c.body(css, 200, { 'content-type': 'text/css; charset=utf-8' }),
  );

  pages.post('/_sandbox/apps', async (c) => {
    const { descriptorUrl } = await c.req.parseBody();
    const url = typeof descriptorUrl === 'string' ? descriptorUrl.trim() : '';
    return backHome(site, c, () => installApp(site, url), { descriptorUrl: url });
  });
  pages.post('/_sandbox/forge/apps', async (c) => {
    const body = await c.req.parseBody();
    const [manifest, remoteUrl] = [body.manifest, body.remoteUrl].map((value) =>
      typeof value === 'string' ? value.trim() : '',
    ) as [string, string];
    const options = remoteUrl === '' ? {} : { remoteUrl };
    const typed = { manifest, remoteUrl };
    return backHome(site, c, () => installForgeApp(site, manifest, options), typed);
  });
  pages.post('/_sandbox/forge/:app/uninstall', (c) =>
    backHome(site, c, () => uninstallForgeApp(site, c.req.param('app'))),
  );
  pages.post('/_sandbox/apps/:key/migrate', async (c) => {
    const { appId, to } = await c.req.parseBody();
    const options = {
      to: to === 'forge' ? ('forge' as const) : ('both' as const),
      ...(typeof appId === 'string' ? { appId: appId.trim() } : {}),
    };
    return backHome(site, c, () => migrateApp(site, c.req.param('key'), options));
  });
  pages.post('/_sandbox/apps/:key/:action', async (c) => {
    const { key, action } = c.req.param();
    const act = actions[action];
    if (!act) return c.html(notFoundPage(site, `There is no action "${action}".`), 404);
    return backHome(site, c, () => act(site, key));
  });
  pages.post('/_sandbox/reset', (c) => backHome(site, c, async () => resetSite(site)));
  pages.all('*', (c) => c.html(notFoundPage(site, `The site has no page ${c.req.path}.`), 404));
  return pages;
}

/** The inspector as a page, and the parts of it that its script asks for. A token comes in a body, never in a URL. */
function addInspector(site: Site, pages: Hono): void {
  pages.get(inspectorPath, (c) => {
    // A link may fill in what is not secret.
    const { method = '', url = '', app = '', direction = '' } = c.req.query();
    return c.html(inspectorPage(site, readForm({ method, url, app, direction }), {}));
  });
  pages.post(inspectorPath, async (c) => {
    const form = await readFormBody(c);
    return c.html(inspectorPage(site, form, inspect(site, form)));
  });
  pages.post(`${inspectorPath}/checks`, async (c) => {
    const parts = inspectionParts(site, inspect(site, await readFormBody(c)));
    return c.json({ verdict: parts.verdict.text, details: parts.details.text });
  });
}

async function readFormBody(c: Context): Promise<InspectorForm> {
  return readForm(await c.req.parseBody());
}

/** Does what a form asks for, and shows the home page: again with what went wrong, where it failed. */
async function backHome(
  site: Site,
  c: Context,
  work: () => Promise<unknown>,
  typed: Omit<HomeNotice, 'problem'> = {},
): Promise<Response> {
  try {
    await work();
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return c.html(homePage(site, { problem, ...typed }), 400);
  }
  return c.redirect('/', 303);
}

function addSafetyHeaders(site: Site, c: Context): void {
  const origins = new Set(site.apps.installed().map((app) => new URL(app.baseUrl).origin));
  const own = site.forgeApps.installed().length > 0 ? ["'self'"] : [];
  const frames = [...own, ...origins].join(' ') || "'none'";
  c.header(
    'content-security-policy',
    isCustomUi(c.req.path)
      ? customUiPolicy(site.url)
      : `default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; frame-src ${frames}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  );
  // The page's own forms need an Origin header, which stricter policies turn into "null".
  c.header('referrer-policy', 'same-origin');
  c.header('x-content-type-options', 'nosniff');
  c.header('cache-control', 'no-store');
}

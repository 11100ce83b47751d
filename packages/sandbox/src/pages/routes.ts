import { type Context, Hono } from 'hono';
import { frameHostJs } from '../hosts/connect/frame-host.ts';
import { localOnly } from '../local-only.ts';
import { setActive } from '../rest/activity.ts';
import { resetSite } from '../site/reset.ts';
import type { Site } from '../site/site.ts';
import { frameHostPath } from './apps/frame.ts';
import { addAppPages } from './apps/routes.ts';
import { addForgePages, customUiPolicy, isCustomUi } from './forge/routes.ts';
import { homePage } from './home.ts';
import { type InspectorForm, inspect, readForm } from './inspector/form.ts';
import { inspectionParts, inspectorPage, inspectorPath } from './inspector/page.ts';
import { inspectorJs } from './inspector/script.ts';
import { addIssuePages } from './issues/routes.ts';
import { siteScriptPath } from './layout.ts';
import { notFoundPage } from './not-found.ts';
import { requestPage } from './requests/detail.ts';
import { requestEvents } from './requests/events.ts';
import { requestsPage } from './requests/list.ts';
import { requestsJs } from './requests/script.ts';
import { requestsPath } from './requests/table.ts';
import { addSettingsPages } from './settings/routes.ts';
import { doAndGo, pageBefore, show } from './show.ts';
import { siteJs } from './site-script.ts';
import { css } from './style.ts';
import { switchTheme } from './theme.ts';
import { usersPage, usersPath } from './users.ts';
import { chooseViewer, viewerOf } from './viewer.ts';
import { addWebhookPages } from './webhooks/routes.ts';

/** What a person sees, and the forms on it. The site has no login: one chooses who one is. */
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

  pages.get('/', (c) => show(site, c, homePage(site, viewerOf(site, c))));
  pages.get(requestsPath, (c) => show(site, c, requestsPage(site, c.req.query())));
  pages.get(`${requestsPath}/events`, (c) => requestEvents(site, c));
  pages.get(`${requestsPath}/:id{[0-9]+}`, (c) => {
    const logged = site.requestLog.find(Number(c.req.param('id')));
    if (logged) return show(site, c, requestPage(site, logged));
    const text = `There is no request ${c.req.param('id')}: the newest 1,000 are kept, until the site is reset.`;
    return show(site, c, notFoundPage(text), 404);
  });
  addIssuePages(site, pages);
  addAppPages(site, pages);
  addUserPages(site, pages);
  addInspector(site, pages);
  addForgePages(site, pages);
  addSettingsPages(site, pages);
  addWebhookPages(site, pages);
  const scripts = {
    [siteScriptPath]: siteJs,
    [frameHostPath]: frameHostJs,
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

  pages.post('/_sandbox/theme', (c) => {
    const theme = switchTheme(c);
    const wantsJson = c.req.header('accept')?.includes('application/json');
    return wantsJson ? c.json({ theme }) : c.redirect(pageBefore(site, c), 303);
  });
  pages.post('/_sandbox/reset', (c) => {
    resetSite(site);
    return c.redirect('/', 303);
  });
  pages.all('*', (c) => show(site, c, notFoundPage(`The site has no page ${c.req.path}.`), 404));
  return pages;
}

/** The users, and the choice of who looks. */
function addUserPages(site: Site, pages: Hono): void {
  const on = (path: string, next: string | undefined, work: (c: Context) => unknown): void => {
    pages.post(`${usersPath}/${path}`, (c) =>
      doAndGo(site, c, {
        work: () => work(c),
        next: next ?? pageBefore(site, c),
        failed: (problem) => usersPage(site, viewerOf(site, c), problem),
      }),
    );
  };
  pages.get(usersPath, (c) => show(site, c, usersPage(site, viewerOf(site, c))));
  on('act', undefined, async (c) =>
    chooseViewer(site, c, String((await c.req.parseBody()).who ?? '')),
  );
  on(':id/deactivate', usersPath, (c) => setActive(site, c.req.param('id') ?? '', false));
  on(':id/activate', usersPath, (c) => setActive(site, c.req.param('id') ?? '', true));
}

/** The inspector as a page, and the parts of it that its script asks for. A token comes in a body, never in a URL. */
function addInspector(site: Site, pages: Hono): void {
  pages.get(inspectorPath, (c) => {
    // A link may fill in what is not secret.
    const { method = '', url = '', app = '', direction = '' } = c.req.query();
    return show(site, c, inspectorPage(site, readForm({ method, url, app, direction }), {}));
  });
  pages.post(inspectorPath, async (c) => {
    const form = await readFormBody(c);
    return show(site, c, inspectorPage(site, form, inspect(site, form)));
  });
  pages.post(`${inspectorPath}/checks`, async (c) => {
    const parts = inspectionParts(site, inspect(site, await readFormBody(c)));
    return c.json({ verdict: parts.verdict.text, details: parts.details.text });
  });
}

async function readFormBody(c: Context): Promise<InspectorForm> {
  return readForm(await c.req.parseBody());
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

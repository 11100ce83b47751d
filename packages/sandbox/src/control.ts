import { type Context, Hono } from 'hono';
import { addFaultControl } from './control-faults.ts';
import { addWebhookControl } from './control-webhooks.ts';
import { appCoverage, coverage, forgeCoverage, pageCoverage } from './coverage.ts';
import { platformCoverage, productCoverage } from './coverage-platform.ts';
import {
  disableApp,
  enableApp,
  installApp,
  installAppIfChanged,
  rotateAppSecret,
  uninstallApp,
} from './hosts/connect/lifecycle.ts';
import { modulesOf } from './hosts/connect/modules.ts';
import { contextToken, type PageOptions, pageUrl } from './hosts/connect/page-url.ts';
import { addForgeControl } from './hosts/forge/control.ts';
import { keySetUrl } from './hosts/forge/delivery.ts';
import { localOnly } from './local-only.ts';
import { setActive } from './rest/activity.ts';
import { issueBody } from './rest/issue-body.ts';
import { describeApp } from './site/apps.ts';
import { resetSite } from './site/reset.ts';
import { installKeysUrl, type Site } from './site/site.ts';

/** What other processes of this machine steer the site with. No part of Jira. */
export function controlRoutes(site: Site): Hono {
  const control = new Hono();
  const { clientKey } = site.identity;
  control.use(localOnly);
  control.onError((error, c) => c.json({ error: error.message }, 400));

  control.get('/site', (c) => {
    const [admin] = site.users.people();
    return c.json({
      url: site.url,
      clientKey,
      installKeysUrl: installKeysUrl(site),
      authorizationServerUrl: site.url,
      forge: {
        keySetUrl: keySetUrl(site),
        gatewayUrl: site.url,
        graphqlUrl: `${site.url}/graphql`,
        cloudId: site.forgeKeys.cloudId,
      },
      adminAccountId: admin?.accountId,
      apps: site.apps.installed().map((app) => app.key),
    });
  });
  control.get('/apps', (c) =>
    c.json(site.apps.installed().map((app) => describeApp(app, clientKey))),
  );
  control.post('/apps', async (c) => {
    const { descriptorUrl, onlyIfChanged } = await readBody(c);
    if (descriptorUrl === undefined) throw new Error('The body needs a descriptorUrl.');
    if (onlyIfChanged === 'true') return c.json(await installAppIfChanged(site, descriptorUrl));
    return c.json(await installApp(site, descriptorUrl), 201);
  });
  control.delete('/apps/:key', async (c) => {
    await uninstallApp(site, c.req.param('key'));
    return c.body(null, 204);
  });
  control.post('/apps/:key/rotate', async (c) =>
    c.json(await rotateAppSecret(site, c.req.param('key'))),
  );
  control.post('/apps/:key/enable', async (c) => c.json(await enableApp(site, c.req.param('key'))));
  control.post('/apps/:key/disable', async (c) =>
    c.json(await disableApp(site, c.req.param('key'))),
  );
  control.post('/apps/:key/page-url', async (c) => {
    const body = await readBody(c);
    const key = c.req.param('key');
    const moduleUrl = body.moduleUrl ?? moduleUrlOf(site, key, body.moduleKey);
    return c.json({ url: pageUrl(site, key, moduleUrl, pageOptions(body)) });
  });
  control.post('/apps/:key/context-token', async (c) => {
    const options = pageOptions(await readBody(c));
    return c.json({ token: contextToken(site, c.req.param('key'), options) });
  });
  control.post('/people/:accountId/deactivate', (c) => {
    setActive(site, c.req.param('accountId'), false);
    return c.body(null, 204);
  });
  control.post('/people/:accountId/activate', (c) => {
    setActive(site, c.req.param('accountId'), true);
    return c.body(null, 204);
  });
  addForgeControl(site, control);
  addFaultControl(site, control);
  addWebhookControl(site, control);
  control.get('/requests', (c) => {
    const after = Number(c.req.query('after') ?? 0);
    if (!Number.isSafeInteger(after)) throw new Error('after must be the id of a request.');
    return c.json(site.requestLog.list(after));
  });
  control.get('/requests/:id', (c) => {
    const found = site.requestLog.find(Number(c.req.param('id')));
    if (!found) return c.json({ error: 'No such request.' }, 404);
    return c.json({ ...found.record, ...found.notes });
  });
  control.get('/issues/:key', (c) => {
    const issue = site.issues.find(c.req.param('key'));
    return issue ? c.json(issueBody(site, issue, 3, [])) : c.json({ error: 'No such issue.' }, 404);
  });
  control.get('/coverage', (c) =>
    c.json([...coverage, ...appCoverage, ...platformCoverage, ...productCoverage]),
  );
  control.get('/forge/coverage', (c) => c.json(forgeCoverage));
  control.get('/pages/coverage', (c) => c.json(pageCoverage));
  control.post('/reset', (c) => {
    resetSite(site);
    return c.body(null, 204);
  });
  control.all('*', (c) => c.json({ error: `There is no ${c.req.method} ${c.req.path}.` }, 404));
  return control;
}

function moduleUrlOf(site: Site, appKey: string, moduleKey: string | undefined): string {
  const modules = modulesOf(site.apps.require(appKey).descriptor);
  const found = modules.find((module) => module.key === moduleKey);
  if (found) return found.url;
  const known = modules.map((module) => module.key).join(', ');
  throw new Error(
    `The body needs a moduleUrl, or a moduleKey of the app (${known || 'it has none'}).`,
  );
}

function pageOptions(body: Record<string, string | undefined>): PageOptions {
  const { accountId, issueKey } = body;
  return {
    ...(accountId === undefined ? {} : { accountId }),
    ...(issueKey === undefined ? {} : { issueKey }),
  };
}

/** An object of strings; no body is an empty object. */
async function readBody(c: Context): Promise<Record<string, string | undefined>> {
  const text = await c.req.text();
  if (text === '') return {};
  const body: unknown = JSON.parse(text);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Error('The body must be a JSON object.');
  }
  const strings = Object.entries(body).filter(([, value]) => value !== undefined);
  for (const [name, value] of strings) {
    if (typeof value !== 'string') throw new Error(`"${name}" must be a string.`);
  }
  return Object.fromEntries(strings) as Record<string, string>;
}

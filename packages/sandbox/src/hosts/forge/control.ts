import type { Context, Hono } from 'hono';
import type { Site } from '../../site/site.ts';
import { runScheduledTrigger, sendEventTo } from './events.ts';
import { type Invocation, invoke } from './invoke.ts';
import {
  describeForgeApp,
  type ForgeInstallOptions,
  installForgeApp,
  type ManifestSource,
  type MigrateOptions,
  migrateApp,
  uninstallForgeApp,
} from './lifecycle.ts';

/** What other processes of this machine steer the Forge side with. No part of Forge. */
export function addForgeControl(site: Site, control: Hono): void {
  control.get('/forge/apps', (c) =>
    c.json(site.forgeApps.installed().map((app) => describeForgeApp(site, app))),
  );
  control.post('/forge/apps', async (c) => {
    const { manifest, ...options } = await readBody<
      ForgeInstallOptions & { manifest?: ManifestSource }
    >(c);
    if (manifest === undefined) throw new Error('The body needs a manifest.');
    return c.json(await installForgeApp(site, manifest, options), 201);
  });
  control.delete('/forge/apps/:app', async (c) => {
    await uninstallForgeApp(site, c.req.param('app'));
    return c.body(null, 204);
  });
  control.post('/apps/:key/migrate', async (c) =>
    c.json(await migrateApp(site, c.req.param('key'), await readBody<MigrateOptions>(c))),
  );
  control.post('/forge/invoke', async (c) =>
    c.json(await invoke(site, await readBody<Invocation>(c))),
  );
  control.post('/forge/events', async (c) => {
    const { app, eventType, ...details } = await readBody<{ app?: string; eventType?: string }>(c);
    if (eventType === undefined) throw new Error('The body needs an eventType.');
    return c.json(await sendEventTo(site, site.forgeApps.require(app), { ...details, eventType }));
  });
  control.post('/forge/scheduled/:trigger', async (c) => {
    const { app } = await readBody<{ app?: string }>(c);
    const found = site.forgeApps.require(app);
    return c.json(await runScheduledTrigger(site, found, c.req.param('trigger')));
  });
  control.post('/forge/rotate-key', async (c) =>
    c.json({ kid: await site.forgeKeys.rotate(true) }),
  );
}

async function readBody<T extends object>(c: Context): Promise<T> {
  const text = await c.req.text();
  const body: unknown = text === '' ? {} : JSON.parse(text);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Error('The body must be a JSON object.');
  }
  return body as T;
}

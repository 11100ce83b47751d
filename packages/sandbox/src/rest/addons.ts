import type { Context, Hono } from 'hono';
import type { RestEnv } from './caller.ts';
import { failure, RestError } from './errors.ts';
import { readText, readValue } from './properties.ts';

/** Of an app property, which is shorter than that of all others. */
const maximumKeyLength = 127;

/** Reserved, and read-only: what joins a Forge app to the Connect app that it was. */
const clientKeyProperty = 'connect_client_key_019cdff3-8bfb-71fe-9628-875b700aebb8';

/** The form in which these resources answer: of no other in Jira. */
function operation(statusCode: 200 | 201 | 400 | 401 | 403 | 404, message: string): RestError {
  return new RestError(statusCode, { message, statusCode });
}

/** What a Connect app may ask of itself, and the Forge app that has its key as `app.connect.key`. */
export function addAddonRoutes(rest: Hono<RestEnv>, door: 'site' | 'gateway'): void {
  const path = '/atlassian-connect/1/addons/:key';
  rest.get(path, (c) => {
    const key = requireOwnKey(c);
    const { site } = c.var;
    const app = site.apps.record(key);
    if (!app) throw operation(404, `Add-on with key "${key}" not found.`);
    return c.json({
      key,
      version: '1.0.0-AC',
      state: app.state === 'enabled' ? 'ENABLED' : 'DISABLED',
      host: { product: 'Jira' },
      links: { self: [{ href: `${site.url}/rest/atlassian-connect/1/addons/${key}` }] },
    });
  });
  addPropertyRoutes(rest, `${path}/properties`, {
    ownerOf: requireOwnKey,
    reserved: (c, key) =>
      door === 'gateway' && c.var.site.apps.record(key) ? c.var.site.identity.clientKey : undefined,
  });
}

/** The properties of a Forge app, behind the gateway: for the app itself, and for no user. */
export function addForgePropertyRoutes(rest: Hono<RestEnv>): void {
  addPropertyRoutes(rest, '/forge/1/app/properties', {
    ownerOf: (c) => {
      const { caller } = c.var;
      if (caller.as !== 'app' || caller.host !== 'forge') {
        throw failure(403, 'Access to this resource must be authenticated as an app.');
      }
      // No key of a Connect app has a slash: the two kinds keep apart.
      return `forge/${caller.appKey}`;
    },
  });
}

interface AppProperties {
  /** Whose properties they are. Refuses everybody else. */
  ownerOf: (c: Context<RestEnv>) => string;
  /** The value of the reserved property. */
  reserved?: (c: Context<RestEnv>, owner: string) => string | undefined;
}

function addPropertyRoutes(
  rest: Hono<RestEnv>,
  path: string,
  { ownerOf, reserved }: AppProperties,
): void {
  rest.get(path, (c) => {
    const keys = c.var.site.properties.list('app', ownerOf(c));
    return c.json({ keys: keys.map((key) => ({ self: selfOf(c, key), key })) });
  });
  rest.get(`${path}/:property`, (c) => {
    const owner = ownerOf(c);
    const key = readKey(c);
    const value =
      key === clientKeyProperty
        ? reserved?.(c, owner)
        : c.var.site.properties.get('app', owner, key);
    if (value === undefined) throw operation(404, 'Property with key not found.');
    const { pathname } = new URL(c.req.url);
    return c.json({ self: `${c.var.site.url}${pathname}`, key, value });
  });
  rest.put(`${path}/:property`, async (c) => {
    const owner = ownerOf(c);
    const key = readKey(c);
    if (key === clientKeyProperty) {
      throw operation(403, 'The property key is reserved and cannot be created or updated.');
    }
    const read = readValue(key, await readText(c), maximumKeyLength);
    if ('error' in read) throw operation(400, read.error);
    return c.var.site.properties.set('app', owner, key, read.value)
      ? c.json({ message: 'Property created.', statusCode: 201 }, 201)
      : c.json({ message: 'Property updated.', statusCode: 200 });
  });
  rest.delete(`${path}/:property`, (c) => {
    const owner = ownerOf(c);
    const key = readKey(c);
    if (key === clientKeyProperty) {
      throw operation(403, 'The property key is reserved and cannot be deleted.');
    }
    if (!c.var.site.properties.delete('app', owner, key)) {
      throw operation(404, 'Property with key not found.');
    }
    return c.body(null, 204);
  });
}

function readKey(c: Context<RestEnv>): string {
  const key = c.req.param('property') ?? '';
  if (key.length <= maximumKeyLength) return key;
  throw operation(400, `The property key cannot be longer than ${maximumKeyLength} characters.`);
}

function selfOf(c: Context<RestEnv>, key: string): string {
  return `${c.var.site.url}${new URL(c.req.url).pathname}/${encodeURIComponent(key)}`;
}

/** The key of the path, where it is that of the calling app. */
function requireOwnKey(c: Context<RestEnv>): string {
  const { site, caller } = c.var;
  const key = c.req.param('key') ?? '';
  if (caller.as !== 'app') {
    throw operation(401, 'Access to this resource must be authenticated as an app.');
  }
  if (caller.host === 'forge') {
    if (site.forgeApps.withConnectKey(key) && caller.appKey === key) return key;
    throw failure(403, `The app.connect.key of the calling app is not ${key}.`);
  }
  if (caller.appKey === key) return key;
  throw operation(404, `Add-on with key "${key}" not found.`);
}

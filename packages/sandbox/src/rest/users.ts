import type { Hono } from 'hono';
import type { Site } from '../site/site.ts';
import type { RestEnv } from './caller.ts';
import { RestError } from './errors.ts';

export function userBody(
  site: Site,
  accountId: string,
  version: 2 | 3,
): Record<string, unknown> | null {
  const user = site.users.find(accountId);
  if (!user) return null;
  return {
    self: `${site.url}/rest/api/${version}/user?accountId=${encodeURIComponent(accountId)}`,
    accountId,
    accountType: user.accountType,
    ...(user.accountType === 'app' ? {} : { emailAddress: user.emailAddress }),
    displayName: user.displayName,
    active: true,
    timeZone: 'Etc/UTC',
  };
}

export function addUserRoutes(rest: Hono<RestEnv>): void {
  rest.get('/myself', (c) => {
    const { accountId } = c.var.caller;
    if (accountId === undefined) {
      throw new RestError(401, 'Client must be authenticated to access this resource.');
    }
    const body = userBody(c.var.site, accountId, c.var.version);
    return c.json({ ...body, locale: 'en_US' });
  });
}

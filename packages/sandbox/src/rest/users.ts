import type { Hono } from 'hono';
import type { Site } from '../site/site.ts';
import { requireAccount } from './account.ts';
import { avatarUrls } from './avatars.ts';
import type { RestEnv } from './caller.ts';

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
    avatarUrls: avatarUrls(site, 'user'),
    displayName: user.displayName,
    active: user.active,
    timeZone: 'Etc/UTC',
  };
}

export function addUserRoutes(rest: Hono<RestEnv>): void {
  rest.get('/myself', (c) => {
    const body = userBody(c.var.site, requireAccount(c), c.var.version);
    return c.json({ ...body, locale: 'en_US' });
  });

  rest.get('/mypreferences/locale', (c) => {
    requireAccount(c);
    return c.json({ locale: 'en_US' });
  });
}

import type { Context } from 'hono';
import type { Site } from '../../site/site.ts';
import { avatarUrls } from '../avatars.ts';
import type { RestEnv } from '../caller.ts';
import { RestError } from '../errors.ts';
import { jiraTime } from '../issue-body.ts';
import { readCount } from '../paging.ts';

export const base = '/rest/servicedeskapi';

/** An error as this API says it. */
export function serviceFailure(status: 400 | 403 | 404, errorMessage: string): RestError {
  return new RestError(status, {
    errorMessage,
    i18nErrorMessage: { i18nKey: 'sandbox', parameters: [] },
  });
}

export function servicePage(c: Context<RestEnv>, all: readonly unknown[]): Record<string, unknown> {
  const start = readCount(c.req.query('start'), 'start', 0);
  const limit = Math.min(readCount(c.req.query('limit'), 'limit', 50), 100);
  const values = all.slice(start, start + limit);
  return {
    _expands: [],
    size: values.length,
    start,
    limit,
    isLastPage: start + values.length >= all.length,
    _links: {
      self: c.var.site.url + new URL(c.req.url).pathname,
      base: c.var.site.url,
      context: '',
    },
    values,
  };
}

export function serviceDate(milliseconds: number): Record<string, unknown> {
  const jira = jiraTime(milliseconds);
  return {
    iso8601: jira.replace(/\.\d{3}/, ''),
    jira,
    friendly: new Date(milliseconds).toUTCString(),
    epochMillis: milliseconds,
  };
}

export function serviceUser(site: Site, accountId: string): Record<string, unknown> | undefined {
  const user = site.users.find(accountId);
  if (!user) return undefined;
  const jiraRest = `${site.url}/rest/api/2/user?accountId=${encodeURIComponent(accountId)}`;
  return {
    accountId,
    ...(user.emailAddress === undefined ? {} : { emailAddress: user.emailAddress }),
    displayName: user.displayName,
    active: true,
    timeZone: 'Etc/UTC',
    _links: { jiraRest, avatarUrls: avatarUrls(site, 'user'), self: jiraRest },
  };
}

import { ConfigError } from '../errors.ts';
import { isLoopback } from '../loopback.ts';

/** Jira Cloud in production. */
export const DEFAULT_ALLOWED_SITES: readonly string[] = ['*.atlassian.net', '*.jira.com'];

/** Tells whether an app may be installed on a site. */
export type SiteFilter = (siteUrl: string) => boolean;

/**
 * Reads patterns such as `*.atlassian.net`, `example.atlassian.net` or `http://127.0.0.1:4400`. A star stands for one
 * label of the host. A pattern without a scheme means https; http is only possible for this machine itself.
 *
 * @throws ConfigError CONFIG_OPTION_INVALID.
 */
export function siteFilter(patterns: readonly string[]): SiteFilter {
  const origins = patterns.map(readPattern);
  return (siteUrl) => {
    const url = parseSiteUrl(siteUrl);
    return url !== undefined && origins.some((origin) => origin.test(url.origin));
  };
}

/**
 * A site URL as it is stored and compared: no trailing slash, no credentials, query or fragment.
 *
 * @returns undefined when it is no URL of a site.
 */
export function normalizeSiteUrl(siteUrl: string): string | undefined {
  const url = parseSiteUrl(siteUrl);
  if (url === undefined) return undefined;
  return url.origin + (url.pathname.endsWith('/') ? url.pathname.slice(0, -1) : url.pathname);
}

function parseSiteUrl(siteUrl: string): URL | undefined {
  let url: URL;
  try {
    url = new URL(siteUrl);
  } catch {
    return undefined;
  }
  const safe = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
  const bare = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  return safe && bare ? url : undefined;
}

function readPattern(pattern: string): RegExp {
  const origin = pattern.includes('://') ? pattern : `https://${pattern}`;
  const sample = parseSiteUrl(origin.replace('://*.', '://label.'));
  const starts = origin.split('*').length - 1;
  if (
    sample === undefined ||
    sample.pathname !== '/' ||
    starts > (origin.includes('://*.') ? 1 : 0)
  ) {
    throw new ConfigError(
      'CONFIG_OPTION_INVALID',
      `allowedSites names '${pattern}', which is no site.`,
      {
        hint: "Write a host such as '*.atlassian.net', or an origin such as 'http://127.0.0.1:4400'.",
      },
    );
  }
  const escaped = sample.origin.replace(/[.[\]]/g, '\\$&');
  return new RegExp(
    `^${origin.includes('://*.') ? escaped.replace('://label\\.', '://[a-z0-9-]+\\.') : escaped}$`,
  );
}

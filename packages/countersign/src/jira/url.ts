import { JiraApiError } from '../errors.ts';

/** Values of query parameters. Undefined ones are left out; a list repeats the parameter. */
export type Query = Readonly<
  Record<string, string | number | boolean | undefined | readonly (string | number | boolean)[]>
>;

/**
 * The URL of a call, below the site's own URL and nowhere else: the credentials of a site go to that site alone.
 *
 * @throws JiraApiError JIRA_URL_REFUSED.
 */
export function callUrl(siteUrl: string, path: string, query: Query | undefined): URL {
  if (typeof path !== 'string' || path === '') {
    throw new JiraApiError('JIRA_URL_REFUSED', 'The path of a call to Jira must be text.');
  }
  if (/^[\\/]{2}/.test(path)) {
    // A URL without its scheme, such as //other.example.com, was meant for somebody else.
    throw new JiraApiError('JIRA_URL_REFUSED', 'The path of a call to Jira starts with one slash.');
  }
  const base = siteUrl.replace(/\/+$/, '');
  const site = new URL(base);
  const sitePath = site.pathname === '/' ? '' : site.pathname;
  const absolute = /^[a-z][a-z0-9+.-]*:/i.test(path);
  let url: URL;
  try {
    url = absolute ? new URL(path) : new URL(`${base}/${path.replace(/^\//, '')}`);
  } catch {
    throw new JiraApiError('JIRA_URL_REFUSED', 'The path of a call to Jira is no URL.');
  }
  const inside =
    sitePath === '' || url.pathname === sitePath || url.pathname.startsWith(`${sitePath}/`);
  if (url.origin !== site.origin || url.username !== '' || url.password !== '' || !inside) {
    throw new JiraApiError(
      'JIRA_URL_REFUSED',
      `A call to ${site.origin}${sitePath} cannot go to ${url.origin}${inside ? '' : url.pathname}.`,
    );
  }
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined) url.searchParams.append(name, String(item));
    }
  }
  url.hash = '';
  // Fetch sends this one as it is, but a server may not: it is no character of a URL.
  url.pathname = url.pathname.replaceAll('|', '%7C');
  return url;
}

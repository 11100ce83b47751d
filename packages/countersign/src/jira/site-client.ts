import { refuseUnknownOptions } from '../errors.ts';
import { createJiraClient, type JiraClient } from './client.ts';
import {
  GATEWAY_URL,
  gatewayBaseUrl,
  PLAIN_OPTIONS,
  type PlainClientOptions,
  plainOptions,
  requireText,
  secureUrl,
} from './plain-options.ts';

/** Options of {@link siteClient}. */
export interface SiteClientOptions extends PlainClientOptions {
  /** The site, such as `example.atlassian.net`, or its URL. Not needed with cloudId. */
  site?: string;
  /** Of the Atlassian account that made the token. */
  email: string;
  /** The API token. Keep it out of the source: read it from the environment. */
  apiToken: string;
  /**
   * The id of the site, for an API token with scopes, and for every one of a service account: such a token is good at
   * Atlassian's gateway alone. A token without scopes is good at the site's own URL alone.
   */
  cloudId?: string;
  /** Atlassian's gateway. Default: `https://api.atlassian.com`. */
  gatewayUrl?: string;
}

const OPTIONS: ReadonlySet<string> = new Set([
  ...['site', 'email', 'apiToken', 'cloudId', 'gatewayUrl'],
  ...PLAIN_OPTIONS,
]);

/**
 * Calls one site as the person whose API token it is: for your own scripts on your own site. An app for others must not
 * ask its customers for API tokens: Atlassian forbids it.
 *
 * @throws ConfigError CONFIG_OPTION_UNKNOWN, CONFIG_OPTION_MISSING, CONFIG_OPTION_INVALID.
 * @see https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account
 */
export function siteClient(options: SiteClientOptions): JiraClient {
  refuseUnknownOptions('siteClient', options, OPTIONS);
  const { site, cloudId, gatewayUrl = GATEWAY_URL } = options;
  const email = requireText('siteClient', 'email', options.email);
  const apiToken = requireText('siteClient', 'apiToken', options.apiToken);
  const baseUrl =
    cloudId === undefined
      ? siteUrl(requireText('siteClient', 'site', site))
      : gatewayBaseUrl('siteClient', cloudId, gatewayUrl);
  return createJiraClient({
    credentials: { baseUrl, email, apiToken },
    ...plainOptions(options),
  });
}

/** People copy the address of the page that they look at: its path is no part of the site. */
function siteUrl(site: string): string {
  return secureUrl('siteClient: site', /^[a-z]+:/i.test(site) ? site : `https://${site}`).origin;
}

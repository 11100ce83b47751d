import { refuseUnknownOptions } from '../errors.ts';
import { createJiraClient, type JiraClient } from './client.ts';
import type { BearerCredentials } from './credentials.ts';
import {
  GATEWAY_URL,
  gatewayBaseUrl,
  PLAIN_OPTIONS,
  type PlainClientOptions,
  plainOptions,
  requireText,
  secureUrl,
} from './plain-options.ts';
import { OAUTH_TOKEN_URL, requestTokens } from './token-endpoint.ts';

/** Options of {@link serviceAccountClient}. */
export interface ServiceAccountClientOptions extends PlainClientOptions {
  /** Of the service account's OAuth 2.0 credential. */
  clientId: string;
  clientSecret: string;
  /** The site that is called. */
  cloudId: string;
  /** Default: Atlassian's, `https://auth.atlassian.com/oauth/token`. */
  tokenUrl?: string;
  /** Atlassian's gateway. Default: `https://api.atlassian.com`. */
  gatewayUrl?: string;
}

const OPTIONS: ReadonlySet<string> = new Set([
  ...['clientId', 'clientSecret', 'cloudId', 'tokenUrl', 'gatewayUrl'],
  ...PLAIN_OPTIONS,
]);

const MARGIN_MS = 60_000;

/**
 * Calls one site as a service account of its organization, by client credentials: for scripts that belong to no person.
 * The token is good for an hour and asked for when it is needed, once for all calls that wait for it. An account with an
 * API token in place of an OAuth 2.0 credential takes `siteClient` with cloudId.
 *
 * @throws ConfigError CONFIG_OPTION_UNKNOWN, CONFIG_OPTION_MISSING, CONFIG_OPTION_INVALID. Calls reject with JiraApiError
 *   JIRA_OAUTH_REFUSED where the credential is not good.
 * @see https://support.atlassian.com/user-management/docs/create-oauth-2-0-credential-for-service-accounts
 */
export function serviceAccountClient(options: ServiceAccountClientOptions): JiraClient {
  const owner = 'serviceAccountClient';
  refuseUnknownOptions(owner, options, OPTIONS);
  const { gatewayUrl = GATEWAY_URL, now = Date.now } = options;
  const clientId = requireText(owner, 'clientId', options.clientId);
  const clientSecret = requireText(owner, 'clientSecret', options.clientSecret);
  const baseUrl = gatewayBaseUrl(owner, options.cloudId, gatewayUrl);
  const tokenUrl = secureUrl(`${owner}: tokenUrl`, options.tokenUrl ?? OAUTH_TOKEN_URL).href;

  let current: { bearer: string; expiresAt: number; askedAt: number } | undefined;
  let asking: Promise<NonNullable<typeof current>> | undefined;

  const ask = async (): Promise<NonNullable<typeof current>> => {
    const askedAt = now();
    const { accessToken, expiresInSeconds } = await requestTokens({
      tokenUrl,
      parameters: {
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
      },
      invalidGrant: { code: 'JIRA_OAUTH_REFUSED' },
    });
    return { bearer: accessToken, expiresAt: askedAt + expiresInSeconds * 1000, askedAt };
  };

  const credentials = async (refused?: string): Promise<BearerCredentials> => {
    const isGood =
      current !== undefined &&
      current.expiresAt - MARGIN_MS > now() &&
      // One that is refused though it is new is not refused for its age.
      (current.bearer !== refused || now() - current.askedAt < MARGIN_MS);
    if (current === undefined || !isGood) {
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      current = await asking;
    }
    const { bearer } = current;
    return { baseUrl, bearer, kind: 'oauth', renew: () => credentials(bearer) };
  };
  return createJiraClient({ credentials: () => credentials(), ...plainOptions(options) });
}

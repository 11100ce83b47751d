import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { ConfigError, JiraApiError, refuseUnknownOptions } from '../errors.ts';
import { createJiraClient } from './client.ts';
import { type OAuthTokens, tokensOf } from './oauth-tokens.ts';
import { GATEWAY_URL, requireText, secureUrl } from './plain-options.ts';
import { OAUTH_TOKEN_URL, requestTokens } from './token-endpoint.ts';

/** Options of {@link authorizeUrl}. */
export interface AuthorizeUrlOptions {
  /** Of the OAuth 2.0 (3LO) app in the developer console. */
  clientId: string;
  /** The callback URL of the app in the developer console. */
  redirectUri: string;
  /** Such as `['read:jira-work', 'offline_access']`; without offline_access the consent ends after an hour. */
  scopes: readonly string[];
  /** Default: Atlassian's, `https://auth.atlassian.com/authorize`. */
  authorizeUrl?: string;
}

const AUTHORIZE_OPTIONS: ReadonlySet<string> = new Set([
  ...['clientId', 'redirectUri', 'scopes', 'authorizeUrl'],
]);

/**
 * Where a user is sent to consent. Keep `state` in that user's session, and give it to {@link exchangeCode}: it proves
 * that the answer belongs to this user's browser.
 *
 * @throws ConfigError CONFIG_OPTION_UNKNOWN, CONFIG_OPTION_MISSING, CONFIG_OPTION_INVALID.
 * @see https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/
 */
export function authorizeUrl(options: AuthorizeUrlOptions): { url: string; state: string } {
  refuseUnknownOptions('authorizeUrl', options, AUTHORIZE_OPTIONS);
  const { scopes, authorizeUrl: base = 'https://auth.atlassian.com/authorize' } = options;
  if (!Array.isArray(scopes) || !scopes.every((scope) => /^[\w:.-]+$/.test(scope))) {
    throw new ConfigError(
      'CONFIG_OPTION_INVALID',
      'authorizeUrl: scopes must be a list of scopes.',
    );
  }
  const state = randomBytes(32).toString('base64url');
  const url = secureUrl('authorizeUrl: authorizeUrl', base);
  const parameters = {
    audience: 'api.atlassian.com',
    client_id: requireText('authorizeUrl', 'clientId', options.clientId),
    scope: scopes.join(' '),
    redirect_uri:
      secureUrl('authorizeUrl: redirectUri', options.redirectUri) && options.redirectUri,
    state,
    response_type: 'code',
    prompt: 'consent',
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return { url: url.href, state };
}

/** Options of {@link exchangeCode}. */
export interface ExchangeCodeOptions {
  clientId: string;
  clientSecret: string;
  /** The one that {@link authorizeUrl} was given. */
  redirectUri: string;
  /** The URL that the user came back with, or its path and query. */
  callbackUrl: string;
  /** The one that {@link authorizeUrl} made for this user. */
  state: string;
  /** Default: Atlassian's, `https://auth.atlassian.com/oauth/token`. */
  tokenUrl?: string;
  /** The clock, in milliseconds. Default: `Date.now`. */
  now?: () => number;
}

const EXCHANGE_OPTIONS: ReadonlySet<string> = new Set([
  ...['clientId', 'clientSecret', 'redirectUri', 'callbackUrl', 'state', 'tokenUrl', 'now'],
]);

/**
 * Turns the user's consent into tokens. Keep them with `tokens.set(…)`: a code is good once.
 *
 * @throws JiraApiError JIRA_OAUTH_REFUSED where the user refused, the state is another one, or the code is no longer good;
 *   ConfigError.
 */
export async function exchangeCode(options: ExchangeCodeOptions): Promise<OAuthTokens> {
  refuseUnknownOptions('exchangeCode', options, EXCHANGE_OPTIONS);
  const { tokenUrl = OAUTH_TOKEN_URL, now = Date.now } = options;
  const text = (name: keyof ExchangeCodeOptions) =>
    requireText('exchangeCode', name, options[name]);
  const query = queryOf(text('callbackUrl'));
  if (!isSame(query.get('state') ?? '', text('state'))) {
    throw new JiraApiError('JIRA_OAUTH_REFUSED', 'The state of the callback is another one.', {
      hint: "Somebody else's consent may have been slipped in: lead the user through the authorize URL again.",
    });
  }
  const code = query.get('code');
  if (code === null || code === '') {
    const said = (query.get('error_description') ?? query.get('error') ?? 'no code came').slice(
      0,
      200,
    );
    throw new JiraApiError('JIRA_OAUTH_REFUSED', `The user gave no consent: ${said}.`, {
      hint: 'Say why the app needs it, and offer to try again.',
    });
  }
  const granted = await requestTokens({
    tokenUrl: secureUrl('exchangeCode: tokenUrl', tokenUrl).href,
    parameters: {
      grant_type: 'authorization_code',
      client_id: text('clientId'),
      client_secret: text('clientSecret'),
      code,
      redirect_uri: text('redirectUri'),
    },
    invalidGrant: {
      code: 'JIRA_OAUTH_REFUSED',
      hint: 'A code is good once and for minutes, with the redirectUri that it was asked for: lead the user through the authorize URL again.',
    },
  });
  return tokensOf(granted, now());
}

function queryOf(callbackUrl: string): URLSearchParams {
  const [, query = ''] = callbackUrl.replace(/#.*$/s, '').split(/\?(.*)/s);
  return new URLSearchParams(query);
}

/** Both are hashed, so that neither time nor length says how much of it was right. */
function isSame(given: string, expected: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(expected));
}

/** A site that a user's consent is good for. */
export interface AccessibleSite {
  readonly cloudId: string;
  readonly name: string;
  readonly siteUrl: string;
  readonly scopes: readonly string[];
}

/**
 * The sites that a consent is good for: a user may have given it for several.
 *
 * @throws JiraApiError.
 * @see https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/
 */
export async function accessibleSites(
  tokens: Pick<OAuthTokens, 'accessToken'>,
  options: { gatewayUrl?: string } = {},
): Promise<AccessibleSite[]> {
  refuseUnknownOptions('accessibleSites', options, new Set(['gatewayUrl']));
  const gateway = secureUrl('accessibleSites: gatewayUrl', options.gatewayUrl ?? GATEWAY_URL).href;
  const jira = createJiraClient({
    credentials: {
      baseUrl: gateway.replace(/\/+$/, ''),
      bearer: tokens.accessToken,
      kind: 'oauth',
    },
  });
  const sites = await jira.get<Record<string, unknown>[]>('/oauth/token/accessible-resources');
  return (Array.isArray(sites) ? sites : []).map(({ id, name, url, scopes }) => ({
    cloudId: String(id),
    name: String(name),
    siteUrl: String(url),
    scopes: Array.isArray(scopes) ? scopes.map(String) : [],
  }));
}

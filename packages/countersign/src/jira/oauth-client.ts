import { setTimeout as wait } from 'node:timers/promises';
import {
  ConfigError,
  isCountersignError,
  JiraApiError,
  refuseUnknownOptions,
  StoreError,
} from '../errors.ts';
import { createJiraClient, type JiraClient } from './client.ts';
import type { BearerCredentials } from './credentials.ts';
import { type OAuthTokenStore, type OAuthTokens, tokensOf } from './oauth-tokens.ts';
import {
  GATEWAY_URL,
  gatewayBaseUrl,
  PLAIN_OPTIONS,
  type PlainClientOptions,
  plainOptions,
  requireText,
  secureUrl,
} from './plain-options.ts';
import { type GrantedTokens, OAUTH_TOKEN_URL, requestTokens } from './token-endpoint.ts';

/** Options of {@link oauthClient}. */
export interface OAuthClientOptions extends PlainClientOptions {
  /** Of the OAuth 2.0 (3LO) app in the developer console. */
  clientId: string;
  clientSecret: string;
  /** The site that is called: see accessibleSites. */
  cloudId: string;
  /** Where the tokens of the user's consent are kept: `fileTokenStore`, `settingsTokenStore`, or your own. */
  tokens: OAuthTokenStore;
  /** Default: Atlassian's, `https://auth.atlassian.com/oauth/token`. */
  tokenUrl?: string;
  /** Atlassian's gateway. Default: `https://api.atlassian.com`. */
  gatewayUrl?: string;
}

const OPTIONS: ReadonlySet<string> = new Set([
  ...['clientId', 'clientSecret', 'cloudId', 'tokens', 'tokenUrl', 'gatewayUrl'],
  ...PLAIN_OPTIONS,
]);

/** A token that ends during the call is as good as none. */
const MARGIN_MS = 60_000;
const FRESH_MS = 60_000;
/** How long who claimed a refresh token may take to use it. */
const CLAIM_MS = 30_000;
const CLAIM_WAIT_MS = 200;
const CONSENT: { code: 'JIRA_OAUTH_CONSENT_NEEDED' } = { code: 'JIRA_OAUTH_CONSENT_NEEDED' };

/**
 * Calls one site as the user who consented, by OAuth 2.0 (3LO). The access token is good for an hour; it is refreshed
 * when it is needed, once for all calls that wait for it, and each new refresh token is kept before it is used.
 *
 * @throws ConfigError CONFIG_OPTION_UNKNOWN, CONFIG_OPTION_MISSING, CONFIG_OPTION_INVALID. Calls reject with JiraApiError
 *   JIRA_OAUTH_CONSENT_NEEDED where the user has to be asked (again), and with StoreError where the tokens cannot be
 *   kept.
 * @see https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/
 */
export function oauthClient(options: OAuthClientOptions): JiraClient {
  refuseUnknownOptions('oauthClient', options, OPTIONS);
  const { gatewayUrl = GATEWAY_URL, now = Date.now } = options;
  const tokenUrl = secureUrl('oauthClient: tokenUrl', options.tokenUrl ?? OAUTH_TOKEN_URL).href;
  const clientId = requireText('oauthClient', 'clientId', options.clientId);
  const clientSecret = requireText('oauthClient', 'clientSecret', options.clientSecret);
  const baseUrl = gatewayBaseUrl('oauthClient', options.cloudId, gatewayUrl);
  const store = guardTokens(options.tokens);
  const session = createSession(store, now, (refreshToken) =>
    requestTokens({
      tokenUrl,
      parameters: {
        grant_type: 'refresh_token',
        client_id: clientId,
        client_secret: clientSecret,
        refresh_token: refreshToken,
      },
      invalidGrant: CONSENT,
    }),
  );
  const credentials = async (refused?: string): Promise<BearerCredentials> => {
    const bearer = await session.accessToken(refused);
    return { baseUrl, bearer, kind: 'oauth', renew: () => credentials(bearer) };
  };
  return createJiraClient({ credentials: () => credentials(), ...plainOptions(options) });
}

/** The tokens of one consent, as one process uses them. */
interface Session {
  /** @param refused An access token that Jira did not accept. */
  accessToken(refused: string | undefined): Promise<string>;
}

function createSession(
  store: OAuthTokenStore,
  now: () => number,
  refresh: (refreshToken: string) => Promise<GrantedTokens>,
): Session {
  let current: OAuthTokens | undefined;
  /** The refresh token is rotated, and the next one is not kept yet. */
  let unkept: OAuthTokens | undefined;
  let finding: Promise<OAuthTokens> | undefined;
  /** When this process last refreshed them. */
  let refreshedAt = Number.NEGATIVE_INFINITY;
  /** The refresh token that this process claimed, and may have failed to use. */
  let claimed: string | undefined;

  const isGood = ({ accessToken, expiresAt }: OAuthTokens, refused: string | undefined): boolean =>
    accessToken !== refused && expiresAt - MARGIN_MS > now();

  const mayUse = async (refreshToken: string): Promise<boolean> => {
    if (claimed === refreshToken || store.claim === undefined) return true;
    if (!(await store.claim(refreshToken, now() + CLAIM_MS))) return false;
    claimed = refreshToken;
    return true;
  };

  const keep = async (tokens: OAuthTokens): Promise<OAuthTokens> => {
    unkept = tokens;
    refreshedAt = now();
    await store.set(tokens);
    unkept = undefined;
    return tokens;
  };

  const find = async (refused: string | undefined): Promise<OAuthTokens> => {
    if (unkept !== undefined) await keep(unkept);
    const endsAt = performance.now() + CLAIM_MS + CLAIM_WAIT_MS;
    for (;;) {
      // Another process may have refreshed them.
      const stored = await store.get();
      if (stored === undefined) {
        throw new JiraApiError(
          'JIRA_OAUTH_CONSENT_NEEDED',
          'No tokens are kept: no user has consented yet.',
        );
      }
      if (isGood(stored, refused)) return stored;
      const { refreshToken } = stored;
      if (refreshToken === undefined) {
        throw new JiraApiError(
          'JIRA_OAUTH_CONSENT_NEEDED',
          'The access token is no longer good, and there is no refresh token.',
        );
      }
      if (await mayUse(refreshToken)) {
        try {
          const granted = await refresh(refreshToken);
          // Atlassian has been seen to give no new one: then the old one stays good.
          return await keep(tokensOf(granted, now(), refreshToken));
        } catch (error) {
          const isLost = await isRotated(store, error, refreshToken);
          if (!isLost || performance.now() > endsAt) throw error;
        }
      } else if (performance.now() > endsAt) {
        throw new JiraApiError(
          'JIRA_TIMEOUT',
          'Another process began to refresh the tokens, and did not end.',
          { hint: 'Try again: it may have been stopped.' },
        );
      } else {
        await wait(CLAIM_WAIT_MS);
      }
    }
  };

  return {
    async accessToken(refused) {
      if (current !== undefined && unkept === undefined && isGood(current, refused)) {
        return current.accessToken;
      }
      // A token that was refused though it is new is not refused for its age: the next one would be, too.
      if (
        current?.accessToken === refused &&
        now() - refreshedAt < FRESH_MS &&
        refused !== undefined
      )
        return refused;
      finding ??= find(refused).finally(() => {
        finding = undefined;
      });
      current = await finding;
      return current.accessToken;
    },
  };
}

/** Whoever lost a race finds the next token in the store, a moment later. */
async function isRotated(
  store: OAuthTokenStore,
  error: unknown,
  refreshToken: string,
): Promise<boolean> {
  if (!(error instanceof JiraApiError) || error.code !== 'JIRA_OAUTH_CONSENT_NEEDED') return false;
  const stored = await store.get();
  return stored !== undefined && stored.refreshToken !== refreshToken;
}

function guardTokens(tokens: OAuthTokenStore | undefined): OAuthTokenStore {
  if (typeof tokens?.get !== 'function' || typeof tokens.set !== 'function') {
    throw new ConfigError('CONFIG_OPTION_MISSING', "oauthClient needs the option 'tokens'.", {
      hint: "Give fileTokenStore('tokens.json'), settingsTokenStore(store, name), or an object with get and set.",
    });
  }
  const guard = async <T>(action: string, run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } catch (error) {
      if (isCountersignError(error)) throw error;
      // The error of a driver may hold what was to be written.
      const code = (error as { code?: unknown } | undefined)?.code;
      throw new StoreError(
        'STORE_UNAVAILABLE',
        `The OAuth tokens could not be ${action}${typeof code === 'string' ? ` (${code.slice(0, 40)})` : ''}.`,
        { hint: 'Check where the option tokens keeps them.' },
      );
    }
  };
  return {
    get: () => guard('read', () => tokens.get()),
    set: (value) => guard('kept', () => tokens.set(value)),
    ...(tokens.claim && {
      claim: (refreshToken, until) =>
        guard('claimed', async () => tokens.claim?.(refreshToken, until) ?? true),
    }),
  };
}

import { TokenError } from '../errors.ts';
import { createToken } from '../jwt/jwt.ts';

/** The secret of one Connect installation. Each call is signed by itself. */
export interface ConnectCredentials {
  /** The site's `baseUrl`. */
  readonly siteUrl: string;
  /** The `key` of the app's descriptor; `iss` of every token. */
  readonly appKey: string;
  /** The secret that the site's newest installed callback brought. */
  readonly sharedSecret: string;
  /** The clientKey of the installation. It signs nothing; where it is known, a diagnosis can say more. */
  readonly clientKey?: string;
  /**
   * When the site made its newest secret, in milliseconds since 1970. For a minute the site may not use it yet, so that a
   * refusal is tried again.
   */
  readonly changedAt?: number;
}

/** A token that is sent as it is: of Forge, of OAuth 2.0, or of a user for a Connect app. */
export interface BearerCredentials {
  /**
   * Where the token is good: `https://api.atlassian.com/ex/jira/<cloudId>`, or the site's own URL for `connect-user`
   * and for nothing else.
   */
  readonly baseUrl: string;
  readonly bearer: string;
  /** Whose token it is; it is sent the same way. */
  readonly kind: 'forge-system' | 'forge-user' | 'oauth' | 'connect-user';
  /**
   * When the app was installed, in milliseconds since 1970. Permissions arrive some minutes later, so that a refusal in
   * the first ten minutes is tried again.
   */
  readonly installedAt?: number;
  /** Asked once, when Jira answers with 401: a token can be withdrawn before it expires. */
  readonly renew?: () => Promise<BearerCredentials>;
  /** The installation that the calls are counted and limited by. Default: baseUrl is. */
  readonly clientKey?: string;
  /** The site's own URL, where it is another one: anonymous calls go there. */
  readonly siteUrl?: string;
}

/** A person's API token. */
export interface BasicCredentials {
  /** The site's URL for a token without scopes; `https://api.atlassian.com/ex/jira/<cloudId>` for one with scopes. */
  readonly baseUrl: string;
  /** Of the Atlassian account that made the token. */
  readonly email: string;
  readonly apiToken: string;
  /** As in {@link BearerCredentials}. */
  readonly clientKey?: string;
}

/** No credentials: what the site shows to everybody. */
export interface AnonymousCredentials {
  /** The site's own URL. */
  readonly baseUrl: string;
  readonly anonymous: true;
  /** As in {@link BearerCredentials}. */
  readonly clientKey?: string;
}

/** Who calls, and where. */
export type JiraCredentials =
  | ConnectCredentials
  | BearerCredentials
  | BasicCredentials
  | AnonymousCredentials;

/**
 * Which way a call goes: signed for a site (or with the token of a user that was got so), through Forge's gateway, with
 * the token of OAuth or of a person, or without any credentials.
 */
export type JiraHost = 'connect' | 'forge' | 'oauth' | 'api-token' | 'anonymous';

export function hostOf(credentials: JiraCredentials): JiraHost {
  if ('bearer' in credentials) {
    if (credentials.kind === 'connect-user') return 'connect';
    return credentials.kind === 'oauth' ? 'oauth' : 'forge';
  }
  if ('apiToken' in credentials) return 'api-token';
  return 'anonymous' in credentials ? 'anonymous' : 'connect';
}

/** What every call begins with. */
export function baseUrlOf(credentials: JiraCredentials): string {
  return 'baseUrl' in credentials ? credentials.baseUrl : credentials.siteUrl;
}

/** What proves one call. */
export interface Authorization {
  /** The value of the header; undefined for an anonymous call. */
  readonly header: string | undefined;
  /** What may stand in no message: an answer may quote what was sent. */
  readonly secrets: readonly string[];
}

/**
 * Makes the Authorization header of one call.
 *
 * @throws TokenError TOKEN_OPTION_INVALID.
 */
export function authorize(
  credentials: JiraCredentials,
  { method, url, now }: { method: string; url: URL; now: () => number },
): Authorization {
  if ('bearer' in credentials) {
    const { bearer } = credentials;
    // Fetch would quote anything else in its error.
    if (typeof bearer !== 'string' || !/^[\x21-\x7e]+$/.test(bearer)) {
      throw new TokenError('TOKEN_OPTION_INVALID', 'bearer must be a token, without blanks.');
    }
    return { header: `Bearer ${bearer}`, secrets: [bearer] };
  }
  if ('apiToken' in credentials) {
    const { email, apiToken } = credentials;
    if (typeof email !== 'string' || !/^[^\s:]+$/.test(email)) {
      throw new TokenError('TOKEN_OPTION_INVALID', 'email must be an address, without a colon.');
    }
    if (typeof apiToken !== 'string' || !/^\S+$/.test(apiToken)) {
      throw new TokenError('TOKEN_OPTION_INVALID', 'apiToken must be a token, without blanks.', {
        hint: 'Make one at https://id.atlassian.com/manage-profile/security/api-tokens.',
      });
    }
    const encoded = Buffer.from(`${email}:${apiToken}`).toString('base64');
    return { header: `Basic ${encoded}`, secrets: [encoded, apiToken] };
  }
  if ('anonymous' in credentials) return { header: undefined, secrets: [] };
  const { appKey, sharedSecret, siteUrl } = credentials;
  const token = createToken({ issuer: appKey, sharedSecret, method, url, baseUrl: siteUrl, now });
  return { header: `JWT ${token}`, secrets: [token, sharedSecret] };
}

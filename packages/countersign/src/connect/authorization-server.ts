import { ConfigError, type JiraApiErrorCode } from '../errors.ts';
import { diagnoseAs } from '../jira/diagnose.ts';
import { secureUrl } from '../jira/plain-options.ts';
import {
  type ExplainedRefusal,
  type GrantedTokens,
  type RefusedGrant,
  requestTokens,
} from '../jira/token-endpoint.ts';
import type { CauseId } from '../jwt/explain/causes.ts';
import { signClaims } from '../jwt/jwt.ts';

/**
 * Where Atlassian gives tokens of users to Connect apps, by the host of the site.
 *
 * @see https://developer.atlassian.com/cloud/jira/software/user-impersonation-for-connect-apps/
 */
const SERVERS: readonly (readonly [RegExp, string])[] = [
  [
    /\.(?:atlassian\.net|jira\.com)$/,
    'https://oauth-2-authorization-server.services.atlassian.com',
  ],
  [
    /\.atlassian-us-gov-mod\.(?:net|com)$/,
    'https://oauth-2-authorization-server.services.atlassian-us-gov-mod.com',
  ],
  [/\.jira-dev\.com$/, 'https://oauth-2-authorization-server.stg.services.atlassian.com'],
  [
    /\.atlassian-stg-fedm\.net$/,
    'https://oauth-2-authorization-server.stg.services.atlassian-us-gov-mod.com',
  ],
];

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** Atlassian's own library takes 60; the server is said to refuse more than 120. */
const ASSERTION_SECONDS = 60;
const TIMEOUT_MS = 10_000;
/** What has been seen in answers of this server. */
const ASSUMED_LIFE_SECONDS = 900;

/**
 * The base URL of an authorization server, without a trailing slash.
 *
 * @throws ConfigError CONFIG_OPTION_INVALID.
 */
export function readServerUrl(value: string): string {
  const url = secureUrl('authorizationServerUrl', value);
  if (url.search === '' && url.hash === '' && !/\/oauth2\/token\/?$/.test(url.pathname)) {
    return url.href.replace(/\/+$/, '');
  }
  throw new ConfigError(
    'CONFIG_OPTION_INVALID',
    'authorizationServerUrl must be the base URL of the server.',
    {
      hint: 'Leave out /oauth2/token, and any query: the base URL is also the aud of what is sent.',
    },
  );
}

/**
 * The authorization server of a site.
 *
 * @throws ConfigError CONFIG_OPTION_MISSING where none is known: nothing is sent to a server that is only guessed.
 */
export function serverOfSite(siteUrl: string): string {
  const { hostname } = new URL(siteUrl);
  const known = SERVERS.find(([host]) => host.test(hostname));
  if (known !== undefined) return known[1];
  throw new ConfigError(
    'CONFIG_OPTION_MISSING',
    `No authorization server is known for the site ${siteUrl}.`,
    { hint: 'Name it as authorizationServerUrl; that of a sandbox is the URL of its site.' },
  );
}

/** What {@link askForUserToken} needs. */
export interface UserTokenRequest {
  /** Base URL of the authorization server. */
  readonly serverUrl: string;
  readonly siteUrl: string;
  readonly oauthClientId: string;
  readonly sharedSecret: string;
  readonly accountId: string;
  /** Scopes in capital letters; none for all that the app has. */
  readonly scopes: readonly string[];
  readonly now: () => number;
  readonly fetch?: typeof fetch;
}

/**
 * Asks for a token of a user, by the JWT bearer grant (RFC 7523).
 *
 * @throws JiraApiError JIRA_IMPERSONATION_REFUSED, or what kept the question from being answered.
 * @see https://developer.atlassian.com/cloud/jira/software/user-impersonation-for-connect-apps/
 */
export function askForUserToken(request: UserTokenRequest): Promise<GrantedTokens> {
  const { serverUrl, siteUrl, oauthClientId, sharedSecret, accountId, scopes, now } = request;
  const iat = Math.floor(now() / 1000);
  const assertion = signClaims(
    {
      iss: `urn:atlassian:connect:clientid:${oauthClientId}`,
      sub: `urn:atlassian:connect:useraccountid:${accountId}`,
      tnt: siteUrl,
      aud: serverUrl,
      iat,
      exp: iat + ASSERTION_SECONDS,
    },
    sharedSecret,
  );
  return requestTokens({
    tokenUrl: `${serverUrl}/oauth2/token`,
    parameters: {
      grant_type: GRANT_TYPE,
      assertion,
      ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
    },
    encoding: 'form',
    invalidGrant: { code: 'JIRA_IMPERSONATION_REFUSED' },
    explain: (refused) => explainRefusal(refused, request),
    // A part of the assertion may be quoted without the rest.
    secrets: [sharedSecret, ...assertion.split('.').slice(1)],
    timeoutMs: TIMEOUT_MS,
    assumedLifeSeconds: ASSUMED_LIFE_SECONDS,
    ...(request.fetch && { fetch: request.fetch }),
  });
}

function explainRefusal(
  { status, error, description }: RefusedGrant,
  request: UserTokenRequest,
): ExplainedRefusal | undefined {
  if (status === 429 || status >= 500) return undefined;
  const evidence = `The status is ${status}${error === undefined ? '' : `, the error "${error.slice(0, 60)}"`}${description === '' ? '' : `, and it says "${description.slice(0, 100)}"`}.`;
  const explained = (
    code: JiraApiErrorCode,
    cause: CauseId,
    hint: string,
    confidence: 'certain' | 'likely' = 'certain',
  ): ExplainedRefusal => ({
    code,
    hint,
    diagnosis: { ...diagnoseAs(cause, evidence, confidence), fix: hint },
  });
  const elsewhere = `Something else than the authorization server answers at ${request.serverUrl}: check authorizationServerUrl, and the proxy in between.`;
  if (status < 400) {
    const code = status < 300 ? 'JIRA_ANSWER_INVALID' : 'JIRA_REDIRECTED';
    return explained(code, 'CS-UNREACHABLE', elsewhere, 'likely');
  }
  if (error === undefined && (status === 404 || status === 405)) {
    return explained('JIRA_UNEXPECTED_STATUS', 'CS-UNREACHABLE', elsewhere, 'likely');
  }
  const refused = (cause: CauseId, hint: string, confidence: 'certain' | 'likely' = 'certain') =>
    explained('JIRA_IMPERSONATION_REFUSED', cause, hint, confidence);
  switch (error) {
    case 'unauthorized_client':
      return refused(
        'CS-IMPERSONATION-SCOPE',
        'Add ACT_AS_USER to `scopes` of the descriptor and install the app again; on a site that has it, an administrator has to approve the new scope first.',
      );
    case 'invalid_scope':
      return refused(
        'CS-SCOPE-MISSING',
        'Ask only for scopes that stand in `scopes` of the descriptor and were approved on the site, or leave scopes out for all of them.',
      );
    case 'invalid_client':
      return refused('CS-IMPERSONATION-GRANT', GRANT_REASONS.client.hint);
    default: {
      // What was taken out of it is no word of the server.
      const said = description.replaceAll(/\[(?:secret|token)\]/g, '');
      const reason = Object.values(GRANT_REASONS).find(({ text }) => text.test(said));
      return reason === undefined
        ? refused('CS-IMPERSONATION-GRANT', ANY_REASON, 'likely')
        : refused('CS-IMPERSONATION-GRANT', reason.hint);
    }
  }
}

/** What an `invalid_grant` may say of itself; the first that fits counts. Its wording is documented nowhere. */
const GRANT_REASONS = {
  audience: {
    text: /\baud\b|audience/i,
    hint: 'aud must be the authorization server itself. For a site of Atlassian leave authorizationServerUrl out: the former server, https://auth.atlassian.io, is retired.',
  },
  signature: {
    text: /signature|signed|secret|\bhmac\b|\bMAC\b/,
    hint: 'The stored secret is not the newest one: check that this process reads the store that the last installed callback was written to, or install the app again.',
  },
  time: {
    text: /expire|\bexp\b|\biat\b|\bnbf\b|in the future|lifetime|too long/i,
    hint: 'Compare the clock of this machine with the right time: what is sent is good for 60 seconds.',
  },
  user: {
    text: /\buser|\bsub\b|subject|account|inactive|deactivat|not active/i,
    hint: 'Name an active person of this very site by accountId: no app, no deactivated account, no user name or userkey.',
  },
  site: {
    text: /\btnt\b|tenant|\bsite\b|base ?url/i,
    hint: 'The stored siteUrl is not that of the installation. If the site was renamed, its installed callback brings the new one: install the app again.',
  },
  client: {
    text: /client|\biss\b|issuer/i,
    hint: 'The oauthClientId is that of an older installation, as after an import of the site: install the app again, and read the newest record.',
  },
} as const;

const ANY_REASON =
  'Check that the user is an active person of this site, that the stored installation is the newest one (its oauthClientId and secret change together), and the clock of this machine; or install the app again.';

import { LRUCache } from 'lru-cache';
import { ConfigError, JiraApiError, refuseUnknownOptions } from '../errors.ts';
import type { InstallationRecord } from '../installations/installation.ts';
import { checkAccountId } from '../jira/account-id.ts';
import type { BearerCredentials } from '../jira/credentials.ts';
import { diagnoseAs } from '../jira/diagnose.ts';
import { askForUserToken, readServerUrl, serverOfSite } from './authorization-server.ts';
import { ACT_AS_USER, readScopes } from './scopes.ts';

/** Options of {@link createImpersonation}. */
export interface ImpersonationOptions {
  /** The clock, in milliseconds. */
  now: () => number;
  /** Default: the global one. */
  fetch?: typeof fetch;
  /** Base URL of the authorization server. Default: Atlassian's, by the host of the site. */
  authorizationServerUrl?: string;
  /** How many tokens this process keeps; the one that was unused the longest goes first. Default: 10000. */
  maxTokens?: number;
  /** The app's descriptor. Where it lacks ACT_AS_USER, nobody is asked. */
  descriptor?: { readonly scopes?: readonly string[] | undefined };
}

/** Tokens of users for a Connect app, kept in memory and nowhere else. */
export interface Impersonation {
  /**
   * What a call as a user is made with. A token is asked for once for all calls that wait for it, and kept until
   * shortly before it ends.
   *
   * @param record As it is now: its secret and its oauthClientId sign the question.
   * @param scopes What the token is narrowed to, such as `['READ']`, in any case and order. Default: all of the app's.
   * @throws JiraApiError JIRA_IMPERSONATION_REFUSED, JIRA_RATE_LIMITED, JIRA_UNAVAILABLE, JIRA_UNREACHABLE, JIRA_TIMEOUT,
   *   JIRA_REDIRECTED, JIRA_ANSWER_INVALID, JIRA_UNEXPECTED_STATUS; ConfigError CONFIG_OPTION_INVALID for a scope that
   *   does not exist, CONFIG_OPTION_MISSING where no authorization server is known for the site.
   */
  credentials(
    record: InstallationRecord,
    accountId: string | undefined,
    scopes?: readonly string[],
  ): Promise<BearerCredentials>;
  /** Forgets the tokens of an installation, such as after it was uninstalled. */
  forget(clientKey: string): void;
}

interface UserToken {
  readonly bearer: string;
  /** Until when it is used, in milliseconds since 1970. */
  readonly goodUntil: number;
  readonly askedAt: number;
  /** True of one that took the place of another that Jira refused. */
  readonly isRenewal: boolean;
}

/** A question that is under way. */
interface Flight {
  readonly sharedSecret: string;
  readonly token: Promise<UserToken>;
}

const OPTIONS: ReadonlySet<string> = new Set([
  'now',
  'fetch',
  'authorizationServerUrl',
  'maxTokens',
  'descriptor',
]);
const DEFAULT_MAX_TOKENS = 10_000;
/** A token that ends during the call is as good as none. */
const MARGIN_MS = 60_000;
/** Longer ones are not believed: the user may be deactivated any time. */
const LONGEST_LIFE_MS = 3600_000;
/** One that is refused although it is a renewal is not refused for its age. */
const RENEWAL_PAUSE_MS = 60_000;

/**
 * Acts as users of a site, by the JWT bearer grant of Connect.
 *
 * @throws ConfigError CONFIG_OPTION_UNKNOWN, CONFIG_OPTION_INVALID.
 * @see https://developer.atlassian.com/cloud/jira/software/user-impersonation-for-connect-apps/
 */
export function createImpersonation(options: ImpersonationOptions): Impersonation {
  refuseUnknownOptions('createImpersonation', options, OPTIONS);
  const { now, maxTokens = DEFAULT_MAX_TOKENS, descriptor } = options;
  if (!Number.isSafeInteger(maxTokens) || maxTokens < 1) {
    throw new ConfigError('CONFIG_OPTION_INVALID', 'maxTokens must be a whole number from 1.');
  }
  const fixedServerUrl =
    options.authorizationServerUrl === undefined
      ? undefined
      : readServerUrl(options.authorizationServerUrl);
  const tokens = new LRUCache<string, UserToken>({ max: maxTokens });
  const flights = new Map<string, Flight>();

  /** @param refused A token that Jira did not take. */
  const find = (
    key: string,
    sharedSecret: string,
    refused: string | undefined,
    ask: (isRenewal: boolean) => Promise<UserToken>,
  ): Promise<UserToken> => {
    const kept = tokens.get(key);
    const isRefused = kept !== undefined && kept.bearer === refused;
    if (kept !== undefined && kept.goodUntil > now()) {
      const isNewRenewal = kept.isRenewal && Math.abs(now() - kept.askedAt) < RENEWAL_PAUSE_MS;
      if (!isRefused || isNewRenewal) return Promise.resolve(kept);
    }
    const running = flights.get(key);
    // Who has a newer secret does not wait for an answer to the old one.
    if (running?.sharedSecret === sharedSecret) return running.token;
    const token = ask(isRefused)
      .then((found) => {
        if (flights.get(key) === flight) tokens.set(key, found);
        return found;
      })
      .finally(() => {
        if (flights.get(key) === flight) flights.delete(key);
      });
    const flight: Flight = { sharedSecret, token };
    flights.set(key, flight);
    return token;
  };

  const credentials = async (
    record: InstallationRecord,
    accountId: string | undefined,
    scopes: readonly string[] | undefined,
    refused?: string,
  ): Promise<BearerCredentials> => {
    const user = checkAccountId(accountId);
    const narrowed = readScopes(scopes);
    refuseWithoutScope(descriptor?.scopes);
    const { clientKey, siteUrl, sharedSecret } = record;
    const oauthClientId = oauthClientIdOf(record);
    const serverUrl = fixedServerUrl ?? serverOfSite(siteUrl);
    // With the URL of the site: a token goes to the site that it was asked for, and to no other.
    const key = JSON.stringify([clientKey, oauthClientId, siteUrl, user, ...narrowed]);
    const { bearer } = await find(key, sharedSecret, refused, async (isRenewal) => {
      const askedAt = now();
      const { accessToken, expiresInSeconds } = await askForUserToken({
        ...{ serverUrl, siteUrl, oauthClientId, sharedSecret, now },
        ...{ accountId: user, scopes: narrowed },
        ...(options.fetch && { fetch: options.fetch }),
      });
      const lifeMs = Math.min(expiresInSeconds * 1000, LONGEST_LIFE_MS);
      const goodUntil = askedAt + lifeMs - Math.min(MARGIN_MS, lifeMs / 10);
      return { bearer: accessToken, goodUntil, askedAt, isRenewal };
    });
    return {
      baseUrl: siteUrl,
      bearer,
      kind: 'connect-user',
      clientKey,
      renew: () => credentials(record, user, scopes, bearer),
    };
  };

  return {
    credentials: (record, accountId, scopes) => credentials(record, accountId, scopes),
    forget(clientKey) {
      const begin = `[${JSON.stringify(clientKey)},`;
      for (const map of [tokens, flights]) {
        for (const key of [...map.keys()]) if (key.startsWith(begin)) map.delete(key);
      }
    },
  };
}

function refuseWithoutScope(scopes: readonly string[] | undefined): void {
  if (scopes === undefined) return;
  if (scopes.some((scope) => String(scope).toUpperCase() === ACT_AS_USER)) return;
  throw new JiraApiError(
    'JIRA_IMPERSONATION_REFUSED',
    'The descriptor does not ask for the scope ACT_AS_USER, so the app may act as nobody but itself.',
    {
      hint: 'Add ACT_AS_USER to `scopes` of the descriptor, and install the app again: an administrator has to approve it.',
      diagnosis: diagnoseAs(
        'CS-IMPERSONATION-SCOPE',
        `The descriptor has ${scopes.length === 0 ? 'no scope' : scopes.join(', ').slice(0, 100)}.`,
      ),
    },
  );
}

function oauthClientIdOf({ payload, siteUrl }: InstallationRecord): string {
  const { oauthClientId } = payload;
  if (typeof oauthClientId === 'string' && oauthClientId !== '') return oauthClientId;
  const hint =
    'Install the app again: the installed callback brings the oauthClientId, and a record from an older installation may lack it.';
  throw new JiraApiError(
    'JIRA_IMPERSONATION_REFUSED',
    `The stored installation at ${siteUrl} has no oauthClientId.`,
    {
      hint,
      diagnosis: {
        ...diagnoseAs('CS-IMPERSONATION-GRANT', 'The stored payload has no oauthClientId.'),
        fix: hint,
      },
    },
  );
}

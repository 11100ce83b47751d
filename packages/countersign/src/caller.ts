import type { SessionTokens } from './connect/session-token.ts';
import { type InboundKind, kindOf } from './connect/verified-tokens.ts';
import type { VerifiedRequest } from './connect/verify-inbound.ts';
import { ConfigError } from './errors.ts';
import type { ForgeAccess, ReceivedTokens } from './forge/credentials.ts';
import type { ForgeClaims, ForgeContext, ForgeInvocation } from './forge/invocation.ts';
import type { VerifiedInvocation } from './forge/invocation-token.ts';
import {
  type AppInstallation,
  type InstallationRecord,
  withoutSecret,
  withSettings,
} from './installations/installation.ts';
import type { InstallationSettings } from './installations/settings.ts';
import { checkAccountId } from './jira/account-id.ts';
import type { JiraClient } from './jira/client.ts';
import type { Claims } from './jwt/jwt.ts';
import { factsOfUrl, NO_FACTS, type PageFacts, readFacts } from './page-facts.ts';

/**
 * Where in Jira a page is shown, as far as the module that shows it has a context.
 *
 * @see https://developer.atlassian.com/cloud/jira/software/context-parameters/
 */
export interface TokenContext {
  readonly jira?: {
    readonly issue?: { readonly id: string; readonly key: string };
    readonly project?: { readonly id: string; readonly key: string };
    readonly [name: string]: unknown;
  };
  readonly [name: string]: unknown;
}

/**
 * The kinds of token that a route accepts: `request` and `context`, those of a Connect site; `session`, which the app
 * makes for its own pages; and `forge`, the invocation token (FIT) that Forge sends with each call to a remote.
 */
export type CallerTokenKind = InboundKind | 'forge';

/** Who an inbound request was proved to come from. */
export interface Caller {
  /** The installation whose site made the token. */
  readonly installation: AppInstallation;
  /** The Atlassian user that the token was made for; undefined when it named none. */
  readonly accountId: string | undefined;
  /** Where in Jira the page is shown; undefined where the token does not say. The same for both hosts. */
  readonly context: TokenContext | undefined;
  /**
   * `request`: bound to this method and URL. `context`: bound to the page that Jira shows, to no URL. `session`: made by
   * this app for a page that it served, bound to no URL. `forge`: made by Forge for this call, good for seconds.
   */
  readonly tokenKind: CallerTokenKind;
  readonly claims: Claims | ForgeClaims;
  /**
   * The licence of a paid app on the site. Undefined where the call does not say: a context token says nothing of it, and
   * a session what the page said that it began with. `none` also of apps that are not sold.
   */
  readonly license: 'active' | 'none' | undefined;
  /** The user's language as a tag such as `en-US`; undefined where the call does not say. */
  readonly locale: string | undefined;
  /** The user's time zone, such as `Europe/Berlin`; undefined where the call does not say. */
  readonly timezone: string | undefined;
  /** Of the parameter `theme` in the page's URL, where the app put one: Jira tells the browser alone (AP.theming). */
  readonly theme: 'light' | 'dark' | undefined;
  /** What Forge says of the call; undefined where Connect called. */
  readonly forge: ForgeInvocation | undefined;
  /** Calls the caller's site as the app. */
  readonly jira: JiraClient;
  /**
   * Calls the caller's site as a user: on Forge with the token that came for the user of this call, or with one of
   * offline impersonation for any other; on Connect with one of the JWT bearer grant, for which the app needs the scope
   * ACT_AS_USER.
   *
   * @param accountId Default: the caller's own.
   * @throws JiraApiError JIRA_IMPERSONATION_REFUSED where nobody is named; where it is not allowed, its calls reject so.
   */
  as(accountId?: string): JiraClient;
  /**
   * A token for the page that this request asked for: it proves the same user on the same site to routes that accept
   * `'session'`, for the time of `session.expiresInSeconds`. From a request or context token a session begins; from a
   * session token it goes on, until `session.endsAfterSeconds` after its first token.
   *
   * @throws ConfigError CONFIG_OPTION_INVALID for a call of Forge, whose pages send a fresh token each time.
   */
  sessionToken(): string;
  /**
   * Where the request came with a session token of which less than half is left: the next one. Adapters send it in the
   * header `x-countersign-session`.
   */
  readonly renewedSessionToken: string | undefined;
}

/** What a caller is given of its app. */
export interface CallerApp {
  jira(clientKey: string): JiraClient;
  settings(clientKey: string): InstallationSettings;
  readonly sessions: SessionTokens;
  /** Undefined where the app is no Forge app. */
  readonly access: Pick<ForgeAccess, 'jira' | 'as'> | undefined;
}

/** A class for speed: it is made for every request that is let in. */
export class VerifiedCaller implements Caller {
  readonly accountId: string | undefined;
  readonly context: TokenContext | undefined;
  readonly tokenKind: InboundKind;
  readonly claims: Claims;
  readonly forge: undefined;
  readonly #record: InstallationRecord;
  readonly #isOutdated: boolean;
  readonly #url: string;
  readonly #app: CallerApp;
  #installation: AppInstallation | undefined;
  #facts: PageFacts | undefined;
  #renewed: string | undefined;

  /** @param url Of the request: of a request token its hash proves it. */
  constructor(
    { claims, record, isOutdated = false }: VerifiedRequest,
    url: string,
    app: CallerApp,
  ) {
    this.accountId = claims.sub ?? accountIdOfContext(claims.context);
    this.context = claims.context;
    this.tokenKind = kindOf(claims);
    this.claims = claims;
    this.#record = record;
    this.#isOutdated = isOutdated;
    this.#url = url;
    this.#app = app;
  }

  get license(): 'active' | 'none' | undefined {
    return this.#pageFacts().license;
  }

  get locale(): string | undefined {
    return this.#pageFacts().locale;
  }

  get timezone(): string | undefined {
    return this.#pageFacts().timezone;
  }

  get theme(): 'light' | 'dark' | undefined {
    return this.#pageFacts().theme;
  }

  /** Read when somebody asks: most routes do not. */
  #pageFacts(): PageFacts {
    this.#facts ??=
      this.tokenKind === 'request'
        ? factsOfUrl(this.#url)
        : this.tokenKind === 'session'
          ? readFacts(this.claims)
          : NO_FACTS;
    return this.#facts;
  }

  sessionToken(): string {
    const { sessions } = this.#app;
    return this.tokenKind === 'session'
      ? sessions.next(this.#record, this.claims)
      : sessions.first(this.#record, this.accountId, {
          ...this.#pageFacts(),
          context: this.context,
        });
  }

  get renewedSessionToken(): string | undefined {
    if (this.tokenKind !== 'session') return undefined;
    // One that was signed with a secret that is replaced ends with that in minutes.
    if (!this.#isOutdated && !this.#app.sessions.isDue(this.claims)) return undefined;
    this.#renewed ??= this.sessionToken();
    return this.#renewed;
  }

  get installation(): AppInstallation {
    this.#installation ??= withSettings(withoutSecret(this.#record), this.#app.settings);
    return this.#installation;
  }

  get jira(): JiraClient {
    return this.#app.jira(this.#record.clientKey);
  }

  as(accountId: string | undefined = this.accountId): JiraClient {
    return this.jira.as(checkAccountId(accountId));
  }
}

/** What came with a FIT that was verified. */
export interface VerifiedForgeCall extends VerifiedInvocation {
  readonly record: InstallationRecord;
  readonly received: ReceivedTokens;
}

/** The same for a call of Forge. */
export class ForgeCaller implements Caller {
  readonly accountId: string | undefined;
  readonly context: TokenContext | undefined;
  readonly tokenKind = 'forge';
  readonly claims: ForgeClaims;
  readonly forge: ForgeInvocation;
  readonly installation: AppInstallation;
  readonly license: 'active' | 'none' | undefined;
  readonly locale: string | undefined;
  readonly timezone: string | undefined;
  readonly theme: undefined;
  readonly renewedSessionToken: undefined;
  readonly #record: InstallationRecord;
  readonly #received: ReceivedTokens;
  readonly #app: CallerApp & { readonly access: Pick<ForgeAccess, 'jira' | 'as'> };

  constructor(
    { claims, invocation, record, received }: VerifiedForgeCall,
    app: CallerApp & { readonly access: Pick<ForgeAccess, 'jira' | 'as'> },
  ) {
    this.accountId = invocation.principal;
    this.context = contextOf(invocation.context);
    this.claims = claims;
    this.forge = invocation;
    const { license } = invocation;
    this.license = license === undefined ? undefined : license.active ? 'active' : 'none';
    const { locale, timezone } = readFacts(invocation.context ?? {});
    this.locale = locale;
    this.timezone = timezone;
    this.installation = withSettings(withoutSecret(record), app.settings);
    this.#record = record;
    this.#received = received;
    this.#app = app;
  }

  get jira(): JiraClient {
    // Without a token of its own it is called as outside of any request: by one that is kept, or by Connect.
    return this.#received.system === undefined
      ? this.#app.jira(this.#record.clientKey)
      : this.#app.access.jira(this.#record, this.#received);
  }

  sessionToken(): never {
    throw new ConfigError('CONFIG_OPTION_INVALID', 'A call of Forge begins no session.', {
      hint: 'A page on Forge calls by invokeRemote or requestRemote, which bring a fresh token each time.',
    });
  }

  as(accountId: string | undefined = this.accountId): JiraClient {
    return this.#app.access.as(this.#record, accountId, this.#received);
  }
}

/** The place of a Forge module in the shape of Connect, so that handlers read one. */
function contextOf(context: ForgeContext | undefined): TokenContext | undefined {
  const extension = context?.extension;
  if (typeof extension !== 'object' || extension === null) return undefined;
  const issue = idAndKey(extension.issue);
  const project = idAndKey(extension.project);
  return { jira: { ...(issue && { issue }), ...(project && { project }) } };
}

function idAndKey(value: unknown): { id: string; key: string } | undefined {
  const { id, key } = (value ?? {}) as { id?: unknown; key?: unknown };
  const isId = typeof id === 'string' || typeof id === 'number';
  return isId && typeof key === 'string' ? { id: String(id), key } : undefined;
}

/** Older sites name the user here instead of in `sub`. */
function accountIdOfContext(context: TokenContext | undefined): string | undefined {
  const user = context?.user as Record<string, unknown> | null | undefined;
  return typeof user?.accountId === 'string' ? user.accountId : undefined;
}

import type { VerifiedRequest } from './connect/verify-inbound.ts';
import {
  type AppInstallation,
  type InstallationRecord,
  withoutSecret,
  withSettings,
} from './installations/installation.ts';
import type { InstallationSettings } from './installations/settings.ts';
import type { JiraClient } from './jira/client.ts';
import type { Claims, TokenKind } from './jwt/jwt.ts';

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

/** Who an inbound request was proved to come from. */
export interface Caller {
  /** The installation whose site made the token. */
  readonly installation: AppInstallation;
  /** The Atlassian user that the site made the token for; undefined when it named none. */
  readonly accountId: string | undefined;
  /** The claim `context` of the token: where in Jira the page is shown. */
  readonly context: TokenContext | undefined;
  /** `request`: bound to this method and URL. `context`: bound to the page that Jira shows, to no URL. */
  readonly tokenKind: TokenKind;
  readonly claims: Claims;
  /** Calls the caller's site as the app. */
  readonly jira: JiraClient;
}

/** What a caller is given of its app. */
interface CallerApp {
  jira(clientKey: string): JiraClient;
  settings(clientKey: string): InstallationSettings;
}

/** A class for speed: it is made for every request that is let in. */
export class VerifiedCaller implements Caller {
  readonly accountId: string | undefined;
  readonly context: TokenContext | undefined;
  readonly tokenKind: TokenKind;
  readonly claims: Claims;
  readonly #record: InstallationRecord;
  readonly #app: CallerApp;
  #installation: AppInstallation | undefined;

  constructor({ claims, record }: VerifiedRequest, app: CallerApp) {
    this.accountId = claims.sub ?? accountIdOfContext(claims.context);
    this.context = claims.context;
    this.tokenKind = claims.qsh === 'context-qsh' ? 'context' : 'request';
    this.claims = claims;
    this.#record = record;
    this.#app = app;
  }

  get installation(): AppInstallation {
    this.#installation ??= withSettings(withoutSecret(this.#record), this.#app.settings);
    return this.#installation;
  }

  get jira(): JiraClient {
    return this.#app.jira(this.#record.clientKey);
  }
}

/** Older sites name the user here instead of in `sub`. */
function accountIdOfContext(context: TokenContext | undefined): string | undefined {
  const user = context?.user as Record<string, unknown> | null | undefined;
  return typeof user?.accountId === 'string' ? user.accountId : undefined;
}

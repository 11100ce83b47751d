import type { ForgeEnvironmentType } from './options.ts';

/**
 * What a Forge invocation token (FIT) says of a call, once it is verified. Ids are bare UUIDs in lower case.
 *
 * @see https://developer.atlassian.com/platform/forge/remote/essentials/
 */
export interface ForgeInvocation {
  /** The app that the token was made for: one of the configured ones. */
  readonly appId: string;
  /** Stays on an upgrade, and changes when the app is installed again. */
  readonly installationId: string;
  /** The site; it stays when the app is installed again. */
  readonly cloudId: string;
  /** All calls of this installation begin with it, such as `https://api.atlassian.com/ex/jira/<cloudId>`. */
  readonly apiBaseUrl: string;
  /** Such as `2.1.0`; undefined where the token names none. */
  readonly appVersion: string | undefined;
  readonly environment: { readonly type: ForgeEnvironmentType; readonly id: string };
  /** The manifest's module that called: of a page, or `core:endpoint`. */
  readonly module: { readonly type: string; readonly key: string };
  /** The address that people use in the browser, where the token names it. */
  readonly siteUrl: string | undefined;
  /** Only of paid apps in production. */
  readonly license: ForgeLicense | undefined;
  /** Where in Jira the module is shown, as it came; undefined for events and calls from functions. */
  readonly context: ForgeContext | undefined;
  /** The Atlassian user in front of the page; undefined for events, and where nobody is logged in. */
  readonly principal: string | undefined;
  /** The name of the call in Atlassian's own logs: give it to their support. */
  readonly traceId: string | undefined;
  /** When the token was made, in milliseconds since 1970. */
  readonly issuedAt: number;
}

/** The claim `context` of a FIT. */
export interface ForgeContext {
  readonly cloudId?: string;
  readonly siteUrl?: string;
  readonly moduleKey?: string;
  readonly localId?: string;
  /** What the module knows of its place, such as `issue` and `project`. */
  readonly extension?: Readonly<Record<string, unknown>>;
  readonly [name: string]: unknown;
}

/**
 * The licence of a paid app.
 *
 * @see https://developer.atlassian.com/platform/forge/remote/essentials/
 */
export interface ForgeLicense {
  /** False where the app may not be used. Older tokens name it `isActive`; it is filled in from that. */
  readonly active: boolean;
  readonly type?: string;
  readonly billingPeriod?: string;
  readonly capabilitySet?: string;
  readonly isEvaluation?: boolean;
  readonly subscriptionEndDate?: string;
  readonly trialEndDate?: string;
  readonly [name: string]: unknown;
}

/** The tokens that came beside a verified FIT. Never log them. */
export interface ForgeTokens {
  /** `x-forge-oauth-system`: calls Jira as the app. */
  readonly system: string | undefined;
  /** `x-forge-oauth-user`: calls Jira as the user that the FIT names. */
  readonly user: string | undefined;
}

/** The claims of a verified FIT as they came, ids as ARIs. */
export interface ForgeClaims {
  readonly iss: string;
  readonly aud: string | readonly string[];
  readonly iat: number;
  readonly nbf: number;
  readonly exp: number;
  [claim: string]: unknown;
}

import type { CauseId } from './causes.ts';

/** An installation that is at hand, for {@link ExplainInput.installations}. */
export interface KnownInstallation {
  clientKey?: string;
  appKey?: string;
  siteUrl?: string;
  sharedSecret?: string;
}

/**
 * What a credential is meant to be: a Connect token, a Forge invocation token (FIT), the token of
 * `x-forge-oauth-system` or `x-forge-oauth-user`, an access token of OAuth 2.0, a token of a user that a Connect app
 * asked the authorization server for (`connect-user`), or a Basic login with an API token.
 */
export type CredentialKind =
  | 'connect'
  | 'fit'
  | 'forge-system'
  | 'forge-user'
  | 'oauth'
  | 'connect-user'
  | 'api-token';

/** Whatever is at hand; every value helps, none but `token` is demanded, and a wrong one never throws. */
export interface ExplainInput {
  /** What was sent: the token, a whole Authorization header, a header line (also `x-forge-oauth-system: …`), or a URL with `?jwt=`. */
  token: string;
  sharedSecret?: string;
  /** Earlier secrets of the same installation. */
  previousSecrets?: readonly string[];
  /** The `key` of the app's descriptor. */
  appKey?: string;
  /** The clientKey of the installation. */
  clientKey?: string;
  /** `publicKey` of the installed callback, or the PEM of the key that signed an RS256 token or a FIT. */
  publicKey?: string;
  method?: string;
  url?: string | URL;
  /** Of the product (calls to Jira), or of the app (calls from Jira). */
  baseUrl?: string | URL;
  /** The clock, in milliseconds. Default: `Date.now`. */
  now?: () => number;
  /** Which way the token went. Default: told from the token and the URL, as far as they say. */
  direction?: 'to-jira' | 'from-jira';
  /** What the receiver accepts. Default: `['request']`. */
  accept?: 'request' | 'context' | 'forge' | readonly ('request' | 'context' | 'forge')[];
  /** What the credential is meant to be. Default: told from the credential and the URL, as far as they say. */
  credential?: CredentialKind;
  /** `app.id` of manifest.yml, as ARI or bare UUID; the `aud` of every FIT of the app. */
  appId?: string | readonly string[];
  /** The environments of a Forge app that are accepted: DEVELOPMENT, STAGING, PRODUCTION. Default: all. */
  environments?: readonly string[];
  /** `app.apiBaseUrl` of the installation, `https://api.atlassian.com/ex/jira/<cloudId>`: where Bearer tokens go. */
  apiBaseUrl?: string | URL;
  /** The parsed manifest.yml: says why Forge sends no token. */
  manifest?: unknown;
  /** The body as it was sent: parameters in it may have been hashed. */
  body?: string;
  /** The `Date` header of the answer: the other side's clock. */
  serverDate?: string;
  /** All installations at hand: the token may be that of another one. */
  installations?: readonly KnownInstallation[];
  /** The URL that the code hashed, where it is known. */
  signedUrl?: string | URL;
  /** Set for a callback that must be signed with RS256: installed and uninstalled. */
  lifecycle?: boolean;
  /** Ends at the first cause, and spares the search behind it. Default: false. */
  quick?: boolean;
}

/** One thing that was looked at. */
export interface Check {
  id: CheckId;
  title: string;
  result: 'passed' | 'failed' | 'impossible';
  detail: string;
  /** Of an impossible check: the names of the inputs that it needs. */
  missing?: string[];
  /** Of a failed check: the cause that was found. */
  cause?: CauseId;
}

/** The checks, in the order in which they are made. */
export type CheckId =
  | 'input'
  | 'header'
  | 'form'
  | 'kind'
  | 'host'
  | 'environment'
  | 'claims'
  | 'issuer'
  | 'algorithm'
  | 'signature'
  | 'times'
  | 'audience'
  | 'hash'
  | 'lifetime';

/** `certain`: shown by the evidence. `likely`: it fits, and so may something else. `none`: nothing known fits. */
export type Confidence = 'certain' | 'likely' | 'none';

/** The single most likely cause. */
export interface Verdict {
  /** Undefined where all is well, or where nothing is known that fits. */
  cause: CauseId | undefined;
  /** True when every check was made and passed. */
  ok: boolean;
  title: string;
  evidence: string;
  /** One line. */
  fix: string;
  /** The path of the page below the repository, with the heading of the cause. */
  docs: string;
  confidence: Confidence;
}

/** What {@link explainToken} found out. It holds no secret, no signature and no whole token. */
export interface Explanation {
  verdict: Verdict;
  checks: Check[];
  /** Causes that were tried and do not fit. */
  ruledOut: CauseId[];
  /** Decoded, **unverified**, and without its signature; what looks like a secret in it is masked. */
  token?: { header: Record<string, unknown>; claims: Record<string, unknown> };
  canonicalRequest?: {
    /** Of the request at hand. */
    expected: string;
    /** What the token was made for, where that was found. */
    hashed?: string;
  };
}

import type { CauseId } from '../../packages/countersign/src/jwt/explain/causes.ts';
import type { CredentialKind } from '../../packages/countersign/src/jwt/explain/explanation.ts';

/** What the author of a Forge remote has at hand. */
export interface ForgeSituation {
  /** The app's own server. */
  remoteUrl: string;
  /** `app.apiBaseUrl` of its FITs. */
  apiBaseUrl: string;
  gatewayUrl: string;
  /** The site itself, which takes API tokens without scopes alone. */
  siteUrl: string;
  appId: string;
  cloudId: string;
  /** The claims of a FIT that is made now. */
  claims(): Record<string, unknown> & { app: Record<string, unknown> };
  /** Signs as Forge does; `key` is whose key signs. */
  sign(
    claims: Record<string, unknown>,
    header?: Record<string, unknown>,
    key?: 'forge' | 'other',
  ): Promise<string>;
  /** Forge's public key, as anybody can read it. */
  publicKeyPem: string;
  /** A token as x-forge-oauth-system brings it. */
  systemToken(options?: {
    madeSecondsAgo?: number;
    scopes?: readonly string[];
    /** False until Jira knows the permissions of a new installation. */
    settled?: boolean;
  }): Promise<string>;
  /** An access token of OAuth 2.0 (3LO). */
  accessToken(options?: { madeSecondsAgo?: number; revoked?: boolean }): Promise<string>;
  /** Good once. */
  refreshToken: string;
  person: { email: string; plainApiToken: string; scopedApiToken: string };
  /** The Connect half of the same app. */
  connect: { appKey: string; clientKey: string; sharedSecret: string };
}

/** A request as somebody would have written it. */
export interface ForgeCase {
  name: string;
  /** The cause that must be named first; 'accepted' where there must be none. */
  expected: CauseId | 'accepted';
  /** What goes to the app is diagnosed by the app; what goes to Jira from the answer. */
  to: 'remote' | 'jira';
  /** What the code meant to send. */
  credential?: CredentialKind;
  /** manifest.yml, parsed. */
  manifest?: unknown;
  /** How long ago the app was installed. */
  installedSecondsAgo?: number;
  send(situation: ForgeSituation): Promise<unknown>;
}

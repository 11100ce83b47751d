import { InstallationError, isInstallationError, isTokenError, TokenError } from '../errors.ts';
import type { CachedStore } from '../installations/cached-store.ts';
import {
  FORGE_CLIENT_KEY_PREFIX,
  type InstallationRecord,
  refuseForeignRecord,
} from '../installations/installation.ts';
import {
  type Claims,
  type DecodedToken,
  decodeToken,
  type TokenKind,
  verifyDecodedToken,
} from '../jwt/jwt.ts';
import type { BaseUrls } from './base-urls.ts';
import { diagnoseInbound } from './diagnose-inbound.ts';
import type { InboundRequest } from './inbound-token.ts';
import { isSessionToken, sessionClientKey, verifySessionToken } from './session-token.ts';
import { createVerifiedTokens, type InboundKind, kindOf } from './verified-tokens.ts';

/** A request that was proved to come from a site. */
export interface VerifiedRequest {
  readonly claims: Claims;
  readonly record: InstallationRecord;
  /** True where it was signed with a secret that a newer one has replaced. */
  readonly isOutdated?: boolean;
}

/** Checks HS256 tokens of sites, and those that the app made for its own pages, against the installation they name. */
export interface InboundVerifier {
  /** @throws TokenError, InstallationError INSTALLATION_UNKNOWN or INSTALLATION_UNINSTALLED, StoreError. */
  verify(
    token: string,
    request: InboundRequest,
    accept: InboundKind | readonly InboundKind[] | undefined,
  ): Promise<VerifiedRequest>;
  /**
   * A token that was verified before and is still good, found without waiting. Undefined says nothing: verify it then.
   */
  recall(
    token: string,
    request: InboundRequest,
    accept: InboundKind | readonly InboundKind[] | undefined,
  ): VerifiedRequest | undefined;
}

/** What inbound requests are checked against. */
export interface VerifyInboundOptions {
  appKey: string;
  baseUrls: BaseUrls;
  store: CachedStore;
  clockToleranceSeconds: number;
  now: () => number;
}

/**
 * The issuer is read before the signature is checked, but only to find the secret: two installations may share one,
 * so it is the issuer that tells them apart.
 */
export function createInboundVerifier(options: VerifyInboundOptions): InboundVerifier {
  const { appKey, baseUrls, store, clockToleranceSeconds, now } = options;
  const verifiedTokens = createVerifiedTokens(clockToleranceSeconds, now);

  const recall: InboundVerifier['recall'] = (token, request, accept) => {
    const known = verifiedTokens.find(token, request, accept);
    if (known === undefined) return undefined;
    const record = store.getNow?.(known.clientKey);
    // Whatever changed since is for verify to name.
    const same = record?.appKey === appKey && record.sharedSecret === known.sharedSecret;
    return same && record.status === 'installed' ? { claims: known.claims, record } : undefined;
  };

  const verify: InboundVerifier['verify'] = async (token, request, accept = 'request') => {
    const decoded = decodeToken(token);
    const isSession = isSessionToken(decoded);
    const clientKey = isSession ? sessionClientKey(decoded, appKey) : issuerOf(decoded);
    // The record is one of Forge: no site of Connect signs with its secret, and nothing of this kind opens it.
    if (clientKey.startsWith(FORGE_CLIENT_KEY_PREFIX)) throw unknownIssuer(clientKey, appKey);
    const verifyToken = isSession
      ? (sharedSecret: string) =>
          verifySessionToken(token, decoded, { sharedSecret, appKey, clockToleranceSeconds, now })
      : (sharedSecret: string) =>
          verifySiteToken(token, decoded, request, { sharedSecret, issuer: clientKey }, accept);
    const judge = (record: InstallationRecord | undefined): VerifiedRequest & VerifiedWith => {
      if (record === undefined) throw unknownIssuer(clientKey, appKey);
      refuseForeignRecord(record, appKey);
      let verified: VerifiedWith;
      try {
        verified = verifyWith(record, verifyToken);
        refuseOtherKinds(kindOf(verified.claims), accept);
      } catch (error) {
        const facts = { request, token, appKey, appUrl: baseUrls.main, now };
        diagnoseInbound(error, { ...facts, accept, record });
        throw error;
      }
      if (record.status !== 'installed') {
        throw new InstallationError(
          'INSTALLATION_UNINSTALLED',
          `The app was uninstalled from ${record.siteUrl}.`,
          { clientKey },
        );
      }
      return { ...verified, record };
    };

    const known = await store.get(clientKey);
    let verified: VerifiedRequest & VerifiedWith;
    try {
      verified = judge(known);
    } catch (error) {
      if (!dependsOnRecord(error)) throw error;
      // Another node may have stored an install a moment ago.
      const fresh = await store.getNewer(clientKey, known);
      if (fresh === known) throw error;
      verified = judge(fresh);
    }
    // A store that is not remembered is asked by verify each time, so there is nothing to recall.
    if (store.getNow !== undefined) {
      const { claims, sharedSecret } = verified;
      // The secret that signed it: with a replaced one it is not recalled, so that it ends when that one does.
      verifiedTokens.add(token, request, { claims, clientKey, sharedSecret });
    }
    const { claims, record, sharedSecret } = verified;
    return { claims, record, isOutdated: sharedSecret !== record.sharedSecret };
  };

  const verifySiteToken = (
    token: string,
    decoded: DecodedToken,
    { method, url }: InboundRequest,
    signer: { readonly sharedSecret: string; readonly issuer: string },
    accept: InboundKind | readonly InboundKind[],
  ): Claims => {
    const verifyBelow = (baseUrl: string) =>
      verifyDecodedToken(token, decoded, {
        ...signer,
        ...{ method, url, baseUrl, clockToleranceSeconds, now },
        asSent: hasHiddenSegments(url),
        accept: siteKinds(accept),
      });
    const [first, ...others] = baseUrls.below(url);
    try {
      return verifyBelow(first);
    } catch (error) {
      if (!(isTokenError(error) && error.code === 'TOKEN_QSH_MISMATCH')) throw error;
      for (const baseUrl of others) {
        try {
          return verifyBelow(baseUrl);
        } catch {
          // The first refusal is the one to tell of.
        }
      }
      throw error;
    }
  };

  /** With the secret of the record, or else with one that it replaced a moment ago. */
  const verifyWith = (
    { sharedSecret, previousSecrets = [] }: InstallationRecord,
    verifyToken: (sharedSecret: string) => Claims,
  ): VerifiedWith => {
    try {
      return { claims: verifyToken(sharedSecret), sharedSecret };
    } catch (error) {
      if (!isSignatureInvalid(error)) throw error;
      for (const previous of previousSecrets) {
        if (previous.endsAt <= now()) continue;
        try {
          return {
            claims: verifyToken(previous.sharedSecret),
            sharedSecret: previous.sharedSecret,
          };
        } catch (other) {
          if (!isSignatureInvalid(other)) throw other;
        }
      }
      throw error;
    }
  };

  return { verify, recall };
}

const SITE_KINDS: readonly TokenKind[] = ['request', 'context'];

/** Where a route takes sessions alone, a token of a site is checked all the same, and then refused for what it is. */
function siteKinds(accept: InboundKind | readonly InboundKind[]): TokenKind | readonly TokenKind[] {
  if (!accept.includes('session')) return accept as TokenKind | readonly TokenKind[];
  const kinds = SITE_KINDS.filter((kind) => accept.includes(kind));
  return kinds.length === 0 ? SITE_KINDS : kinds;
}

/** @throws TokenError TOKEN_SESSION_REFUSED, TOKEN_CONTEXT_REFUSED, TOKEN_REQUEST_REFUSED. */
function refuseOtherKinds(kind: InboundKind, accept: InboundKind | readonly InboundKind[]): void {
  if (accept.includes(kind)) return;
  const code = `TOKEN_${kind.toUpperCase() as Uppercase<InboundKind>}_REFUSED` as const;
  throw new TokenError(code, `A ${kind} token is not accepted here.`, { claim: 'qsh' });
}

/**
 * An escaped slash or dot is decoded to other segments than a server sees that routes by the path as it was sent: with
 * `/a%2Fb` a token for `/a/b` would open another route than the one that it was made for.
 */
function hasHiddenSegments(url: string): boolean {
  return url.includes('%') && /^[^?#]*%(?:2f|2e|5c|00)/i.test(url);
}

interface VerifiedWith {
  readonly claims: Claims;
  /** The secret that signed the token. */
  readonly sharedSecret: string;
}

function isSignatureInvalid(error: unknown): boolean {
  return isTokenError(error) && error.code === 'TOKEN_SIGNATURE_INVALID';
}

/** True where a newer record could change the verdict. */
function dependsOnRecord(error: unknown): boolean {
  return (
    isSignatureInvalid(error) ||
    (isInstallationError(error) &&
      (error.code === 'INSTALLATION_UNKNOWN' || error.code === 'INSTALLATION_UNINSTALLED'))
  );
}

function issuerOf({ claims: { iss } }: DecodedToken): string {
  if (iss === undefined) {
    throw new TokenError('TOKEN_ISS_MISSING', 'The claim iss is missing.', { claim: 'iss' });
  }
  if (typeof iss !== 'string' || iss === '' || iss.length > 2048) {
    throw new TokenError('TOKEN_CLAIM_INVALID', 'The claim iss must be text.', { claim: 'iss' });
  }
  return iss;
}

function unknownIssuer(issuer: string, appKey: string): InstallationError {
  if (issuer === appKey) {
    return new InstallationError(
      'INSTALLATION_UNKNOWN',
      'The issuer (iss) of the token is the app itself; a token of a site names its clientKey.',
      {
        hint: 'A token that the app made for Jira was sent to the app. Only the site can make this one.',
      },
    );
  }
  return new InstallationError(
    'INSTALLATION_UNKNOWN',
    `No installation is stored for the clientKey '${issuer.slice(0, 100)}'.`,
    { clientKey: issuer },
  );
}

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
import { diagnoseInbound } from './diagnose-inbound.ts';
import type { InboundRequest } from './inbound-token.ts';
import { createVerifiedTokens } from './verified-tokens.ts';

/** A request that was proved to come from a site. */
export interface VerifiedRequest {
  readonly claims: Claims;
  readonly record: InstallationRecord;
}

/** Checks HS256 tokens of sites against the installation that their issuer names. */
export interface InboundVerifier {
  /** @throws TokenError, InstallationError INSTALLATION_UNKNOWN or INSTALLATION_UNINSTALLED, StoreError. */
  verify(
    token: string,
    request: InboundRequest,
    accept: TokenKind | readonly TokenKind[] | undefined,
  ): Promise<VerifiedRequest>;
  /**
   * A token that was verified before and is still good, found without waiting. Undefined says nothing: verify it then.
   */
  recall(
    token: string,
    request: InboundRequest,
    accept: TokenKind | readonly TokenKind[] | undefined,
  ): VerifiedRequest | undefined;
}

/** What inbound requests are checked against. */
export interface VerifyInboundOptions {
  appKey: string;
  appUrl: string;
  store: CachedStore;
  clockToleranceSeconds: number;
  now: () => number;
}

/**
 * The issuer is read before the signature is checked, but only to find the secret: two installations may share one,
 * so it is the issuer that tells them apart.
 */
export function createInboundVerifier(options: VerifyInboundOptions): InboundVerifier {
  const { appKey, appUrl, store, clockToleranceSeconds, now } = options;
  const verifiedTokens = createVerifiedTokens(clockToleranceSeconds, now);

  const recall: InboundVerifier['recall'] = (token, request, accept) => {
    const known = verifiedTokens.find(token, request, accept);
    if (known === undefined) return undefined;
    const record = store.getNow?.(known.claims.iss);
    // Whatever changed since is for verify to name.
    const same = record?.appKey === appKey && record.sharedSecret === known.sharedSecret;
    return same && record.status === 'installed' ? { claims: known.claims, record } : undefined;
  };

  const verify: InboundVerifier['verify'] = async (token, request, accept) => {
    const decoded = decodeToken(token);
    const issuer = issuerOf(decoded);
    // The record is one of Forge: no site of Connect signs with its secret, and nothing of this kind opens it.
    if (issuer.startsWith(FORGE_CLIENT_KEY_PREFIX)) throw unknownIssuer(issuer, appKey);
    const judge = (record: InstallationRecord | undefined): VerifiedRequest & VerifiedWith => {
      if (record === undefined) throw unknownIssuer(issuer, appKey);
      refuseForeignRecord(record, appKey);
      let verified: VerifiedWith;
      try {
        verified = verifyWith(record, (sharedSecret) =>
          verifyDecodedToken(token, decoded, {
            sharedSecret,
            method: request.method,
            url: request.url,
            baseUrl: appUrl,
            issuer,
            clockToleranceSeconds,
            now,
            ...(accept === undefined ? undefined : { accept }),
          }),
        );
      } catch (error) {
        diagnoseInbound(error, { request, appKey, appUrl, now, accept, record });
        throw error;
      }
      if (record.status !== 'installed') {
        throw new InstallationError(
          'INSTALLATION_UNINSTALLED',
          `The app was uninstalled from ${record.siteUrl}.`,
          { clientKey: issuer },
        );
      }
      return { ...verified, record };
    };

    const known = await store.get(issuer);
    let verified: VerifiedRequest & VerifiedWith;
    try {
      verified = judge(known);
    } catch (error) {
      if (!dependsOnRecord(error)) throw error;
      // Another node may have stored an install a moment ago.
      const fresh = await store.getNewer(issuer, known);
      if (fresh === known) throw error;
      verified = judge(fresh);
    }
    // A store that is not remembered is asked by verify each time, so there is nothing to recall.
    if (store.getNow !== undefined) {
      const { claims, sharedSecret } = verified;
      // The secret that signed it: with a replaced one it is not recalled, so that it ends when that one does.
      verifiedTokens.add(token, request, { claims, sharedSecret });
    }
    return { claims: verified.claims, record: verified.record };
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

import { InstallationError, TokenError } from '../errors.ts';
import { type InstallationRecord, refuseForeignRecord } from '../installations/installation.ts';
import type { InstallationStore } from '../installations/store.ts';
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
  store: InstallationStore;
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
    const record = await store.get(issuer);
    if (record === undefined) throw unknownIssuer(issuer, appKey);
    refuseForeignRecord(record, appKey);
    let claims: Claims;
    try {
      claims = verifyDecodedToken(token, decoded, {
        sharedSecret: record.sharedSecret,
        method: request.method,
        url: request.url,
        baseUrl: appUrl,
        issuer,
        clockToleranceSeconds,
        now,
        ...(accept === undefined ? undefined : { accept }),
      });
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
    // A store that has to be waited for is asked by verify each time, so there is nothing to recall.
    if (store.getNow !== undefined) {
      verifiedTokens.add(token, request, { claims, sharedSecret: record.sharedSecret });
    }
    return { claims, record };
  };

  return { verify, recall };
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

import { randomUUID } from 'node:crypto';
import { decodeJwt, errors, jwtVerify, SignJWT } from 'jose';
import type { ForgeAppRecord } from '../../site/forge-apps.ts';
import type { Site } from '../../site/site.ts';
import { appAri, siteAri } from './ids.ts';

const issuer = 'https://auth.sandbox.invalid';

/** Seconds. A token that is delivered has 2 to 4 hours left. */
const accessTokenLifetime = 4 * 60 * 60;

export interface AccessToken {
  kind: 'system' | 'user';
  appId: string;
  installationId: string;
  accountId: string;
  scopes: string[];
}

export interface AccessTokenOptions {
  /** Seconds from now; below 0 for one that has expired. Default 4 hours. */
  expiresIn?: number;
}

/** What the gateway takes. To the app it is opaque, besides `exp`. */
export async function makeAccessToken(
  site: Site,
  app: ForgeAppRecord,
  token: Pick<AccessToken, 'kind' | 'accountId' | 'scopes'>,
  options: AccessTokenOptions = {},
): Promise<string> {
  const { kid, privateKey } = await site.forgeKeys.gatewayKey();
  const iat = Math.floor(site.now() / 1000);
  return new SignJWT({
    'https://id.atlassian.com/kind': token.kind,
    client_id: app.id,
    installationId: app.installationId,
    scope: token.scopes.join(' '),
  })
    .setProtectedHeader({ alg: 'RS256', kid: kid.replace('invocation-token', 'access-token') })
    .setIssuer(issuer)
    .setSubject(token.accountId)
    .setAudience(appAri(app.id))
    .setIssuedAt(iat)
    .setExpirationTime(iat + (options.expiresIn ?? accessTokenLifetime))
    .setJti(randomUUID())
    .sign(privateKey);
}

/** Whether a text says of itself that it is a token of the gateway. It is proved by nothing. */
export function looksLikeAccessToken(token: string): boolean {
  try {
    return decodeJwt(token).iss === issuer;
  } catch {
    return false;
  }
}

export type JudgedAccessToken =
  | { token: AccessToken; app: ForgeAppRecord }
  | { reason: string; fix: string };

/** Judges a Bearer token of the gateway or of the GraphQL API. */
export async function verifyAccessToken(site: Site, token: string): Promise<JudgedAccessToken> {
  const { publicKey } = await site.forgeKeys.gatewayKey();
  let claims: Awaited<ReturnType<typeof jwtVerify>>['payload'];
  try {
    ({ payload: claims } = await jwtVerify(token, publicKey, {
      algorithms: ['RS256'],
      issuer,
      currentDate: new Date(site.now()),
    }));
  } catch (error) {
    return describeFailure(token, error);
  }
  const app = site.forgeApps.record(String(claims.client_id));
  if (!app || app.state === 'uninstalled') {
    return { reason: 'the app of the token was uninstalled', fix: 'Install the app again.' };
  }
  if (claims.installationId !== app.installationId) {
    return {
      reason: 'the token belongs to an earlier installation of the app',
      fix: 'Use the token that came with the last invocation: a new installation has new tokens.',
    };
  }
  return {
    app,
    token: {
      kind: claims['https://id.atlassian.com/kind'] === 'user' ? 'user' : 'system',
      appId: app.id,
      installationId: app.installationId,
      accountId: String(claims.sub),
      scopes: String(claims.scope).split(' '),
    },
  };
}

function describeFailure(token: string, error: unknown): { reason: string; fix: string } {
  if (error instanceof errors.JWTExpired) {
    return {
      reason: 'the access token has expired',
      fix: 'Nothing refreshes it: a fresh one comes with the next invocation. An hourly scheduledTrigger on an endpoint with appSystemToken keeps one at hand.',
    };
  }
  let claimed: unknown;
  try {
    claimed = decodeJwt(token).iss;
  } catch {
    claimed = undefined;
  }
  if (claimed === 'forge/invocation-token') {
    return {
      reason: 'this is the invocation token (FIT), which opens no REST resource',
      fix: 'Send the token of the header x-forge-oauth-system or x-forge-oauth-user.',
    };
  }
  return {
    reason: 'the Bearer token is none of this gateway',
    fix: 'Send the token of the header x-forge-oauth-system or x-forge-oauth-user, unchanged.',
  };
}

/** The context ARI that an offline token is asked for. */
export function contextAri(site: Site): string {
  return siteAri(site.forgeKeys.cloudId);
}

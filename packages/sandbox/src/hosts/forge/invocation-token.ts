import { randomBytes } from 'node:crypto';
import {
  type CryptoKey,
  exportSPKI,
  generateKeyPair,
  importJWK,
  type JWTPayload,
  SignJWT,
  UnsecuredJWT,
} from 'jose';
import type { ForgeAppRecord } from '../../site/forge-apps.ts';
import type { Site } from '../../site/site.ts';
import { appAri, environmentAri, installationAri } from './ids.ts';

/** Seconds, as in Atlassian's example: a FIT is for one request. */
const lifetime = 25;

/** How a token differs from the one that Forge would send. For tests of what an app refuses. */
export interface InvocationTokenChanges {
  /** The id of another app, in `aud` and `app.id`. */
  appId?: string;
  /** Issued an hour ago, and so expired. */
  expired?: boolean;
  /** Valid in an hour. */
  notYetValid?: boolean;
  /** HS256 is made with the public key as the secret. */
  algorithm?: 'RS256' | 'HS256' | 'none';
  /** Signed with a key that the key set does not have, under a kid of its own. */
  unknownKey?: boolean;
  /** Signed with a key that the key set does not have, under the kid of the one that it has. */
  otherSignature?: boolean;
  /** The claim of an app in an isolated cloud. */
  icLabel?: string;
  apiBaseUrl?: string;
  /** Claims of the top level; undefined takes one out. */
  claims?: Record<string, unknown>;
}

/** What the invocation is for. */
export interface InvocationSubject {
  module: { type: string; key: string };
  /** What a page's invocation says of the page. Others have none. */
  context?: Record<string, unknown>;
  /** The accountId, of a page's invocation. */
  principal?: string;
}

/** https://developer.atlassian.com/platform/forge/remote/essentials/ */
export function invocationClaims(
  site: Site,
  app: ForgeAppRecord,
  subject: InvocationSubject,
  changes: InvocationTokenChanges = {},
): JWTPayload {
  const id = appAri(changes.appId?.replace(/^.*\//, '') ?? app.id);
  const offset = changes.expired ? -3600 : changes.notYetValid ? 3600 : 0;
  const iat = Math.floor(site.now() / 1000) + offset;
  const installationId = installationAri(app.installationId);
  const apiBaseUrl = changes.apiBaseUrl ?? apiBaseUrlOf(site);
  const claims: JWTPayload = {
    app: {
      id,
      // Deprecated, and still sent.
      version: app.version.split('.')[0],
      appVersion: app.version,
      installationId,
      apiBaseUrl,
      installation: {
        id: installationId,
        contexts: [{ name: site.url, apiBaseUrl, cloudId: site.forgeKeys.cloudId }],
      },
      environment: {
        type: app.environment.type,
        id: environmentAri(app.id, app.environment.id),
      },
      module: subject.module,
      ...(app.license !== undefined && app.environment.type === 'PRODUCTION'
        ? { license: app.license }
        : {}),
    },
    ...(subject.context === undefined ? {} : { context: subject.context }),
    ...(subject.principal === undefined ? {} : { principal: subject.principal }),
    ...(changes.icLabel === undefined ? {} : { icLabel: changes.icLabel }),
    aud: id,
    iss: 'forge/invocation-token',
    iat,
    nbf: iat,
    exp: iat + lifetime,
    jti: randomBytes(20).toString('hex'),
    ...changes.claims,
  };
  return JSON.parse(JSON.stringify(claims)) as JWTPayload;
}

export async function signInvocationToken(
  site: Site,
  claims: JWTPayload,
  changes: InvocationTokenChanges = {},
): Promise<string> {
  const { algorithm = 'RS256', unknownKey, otherSignature } = changes;
  if (algorithm === 'none') return new UnsecuredJWT(claims).encode();
  const { kid, privateKey, publicKey } = await site.forgeKeys.invocationKey();
  const header = { alg: algorithm, typ: 'JWT', kid: unknownKey ? `${kid}-unknown` : kid };
  const token = new SignJWT(claims).setProtectedHeader(header);
  if (algorithm === 'HS256') {
    const imported = await importJWK({ ...publicKey, ext: true }, 'RS256');
    return token.sign(new TextEncoder().encode(await exportSPKI(imported as CryptoKey)));
  }
  if (unknownKey || otherSignature) {
    return token.sign((await generateKeyPair('RS256')).privateKey);
  }
  return token.sign(privateKey);
}

/** What an app prefixes to every REST path, in place of the site's own URL. */
export function apiBaseUrlOf(site: Site): string {
  return `${site.url}/ex/jira/${site.forgeKeys.cloudId}`;
}

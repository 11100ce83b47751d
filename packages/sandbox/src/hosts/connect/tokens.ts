import { parse as parseQuery } from 'node:querystring';
import {
  AsymmetricAlgorithm,
  createCanonicalRequest,
  createQueryStringHash,
  encodeAsymmetric,
  encodeSymmetric,
} from '@atlassian/atlassian-jwt';
import type { Identity } from '../../site/identity.ts';

/** Seconds. */
export const tokenLifetime = 180;
export const contextTokenLifetime = 900;

export interface Claims {
  iss: string;
  iat: number;
  exp: number;
  qsh: string;
  sub?: string;
  aud?: string[];
  context?: Record<string, unknown>;
}

/**
 * The request in the form that Atlassian's library hashes. It is taken apart here and not by the
 * library's fromMethodAndUrl, whose URL parser rewrites some characters of the path.
 */
function splitTarget(method: string, target: string) {
  const mark = target.indexOf('?');
  const pathname = mark === -1 ? target : target.slice(0, mark);
  const search = mark === -1 ? '' : target.slice(mark + 1);
  const query = parseQuery(search, '&', '=', { maxKeys: 0 });
  return { method, pathname, query };
}

/** `target`: path and query as they stand on the wire. */
export function canonicalRequest(method: string, target: string): string {
  return createCanonicalRequest(splitTarget(method, target));
}

export function queryStringHash(method: string, target: string): string {
  return createQueryStringHash(splitTarget(method, target));
}

/**
 * The hash of a request that the site sends to an app: the path below the app's baseUrl, and decoded,
 * as Jira hashes its own outgoing requests.
 */
export function outgoingHash(method: string, url: URL, appBaseUrl: string): string {
  const basePath = new URL(appBaseUrl).pathname.replace(/\/$/, '');
  const below = url.pathname.slice(basePath.length);
  return createQueryStringHash({ ...splitTarget(method, url.search), pathname: decodePath(below) });
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

export function signWithSecret(claims: Claims, sharedSecret: string): string {
  return encodeSymmetric(claims, sharedSecret);
}

export function signWithKey(claims: Claims, identity: Identity): string {
  return encodeAsymmetric(claims, identity.privateKey, AsymmetricAlgorithm.RS256, {
    kid: identity.keyId,
  });
}

import {
  type Diagnosis,
  diagnoseLater,
  isInstallationError,
  isKeySourceError,
  isTokenError,
} from '../errors.ts';
import type { InstallationRecord } from '../installations/installation.ts';
import { type CauseId, causeOf, docsOf } from '../jwt/explain/causes.ts';

import { decodeToken, explainToken } from '../jwt/jwt.ts';
import type { InboundRequest } from './inbound-token.ts';
import { isSessionToken } from './session-token.ts';
import type { InboundKind } from './verified-tokens.ts';

/** What the app knows when it refuses a request. */
export interface InboundFacts {
  request: InboundRequest;
  /** As it was found; undefined where none was. */
  token?: string | undefined;
  appKey: string;
  appUrl: string;
  now: () => number;
  accept?: InboundKind | readonly InboundKind[] | undefined;
  /** Of the issuer that the token names, where one is stored. */
  record?: InstallationRecord | undefined;
  /** Set for installed and uninstalled callbacks, which Atlassian signs. */
  lifecycle?: boolean;
}

/** Codes that say all there is to say. */
const BY_CODE: Readonly<Record<string, CauseId>> = {
  INSTALLATION_UNKNOWN: 'CS-INSTALLATION-UNKNOWN',
  INSTALLATION_UNINSTALLED: 'CS-INSTALLATION-UNINSTALLED',
  INSTALLATION_SITE_REFUSED: 'CS-INSTALL-SITE-REFUSED',
  INSTALLATION_PAYLOAD_INVALID: 'CS-INSTALL-PAYLOAD',
  INSTALLATION_PAYLOAD_TOO_LARGE: 'CS-INSTALL-PAYLOAD',
  TOKEN_REPLAYED: 'CS-INSTALL-REPLAYED',
  TOKEN_SESSION_REFUSED: 'CS-ISS-APP-KEY',
  TOKEN_SESSION_ENDED: 'CS-EXPIRED',
  TOKEN_KEY_UNKNOWN: 'CS-INSTALL-KEY-UNKNOWN',
  TOKEN_KEY_ID_INVALID: 'CS-INSTALL-UNSIGNED',
  KEY_SOURCE_UNAVAILABLE: 'CS-INSTALL-KEY-HOST',
  KEY_SOURCE_INVALID: 'CS-INSTALL-KEY-HOST',
};

/** Gives a refusal of an inbound request its diagnosis, made when somebody reads it. Never sent to the caller. */
export function diagnoseInbound(error: unknown, facts: InboundFacts): void {
  if (isTokenError(error) || isInstallationError(error) || isKeySourceError(error)) {
    diagnoseLater(error, () => diagnose(error, facts));
  }
}

function diagnose(
  error: { readonly code: string; readonly message: string },
  facts: InboundFacts,
): Diagnosis | undefined {
  const { request, lifecycle = false, appKey } = facts;
  const { code, message } = error;
  const header = request.headers.get('authorization') ?? '';
  if (code === 'INSTALLATION_PAYLOAD_INVALID' && message.includes('about the app')) {
    return fromCode('CS-INSTALL-OTHER-APP', message);
  }
  if (code === 'TOKEN_ISSUER_MISMATCH' && message.includes('body')) {
    return fromCode('CS-INSTALL-ISSUER', message);
  }
  if (lifecycle && code === 'TOKEN_MISSING') return fromCode('CS-INSTALL-UNSIGNED', message);
  if (code === 'INSTALLATION_UNKNOWN' && message.includes('the app itself')) {
    return fromCode('CS-ISS-APP-KEY', message);
  }
  const known = BY_CODE[code];
  if (known !== undefined) return fromCode(known, message);
  const token = facts.token ?? pageToken(request.url);
  // What is told of tokens of a site would be wrong of one that the app made: its code says enough.
  if (isOfSession(token)) return undefined;
  const kinds = typeof facts.accept === 'string' ? [facts.accept] : facts.accept;
  const accept = kinds?.filter((kind) => kind !== 'session');
  const { verdict, ruledOut } = explainToken({
    token: header === '' || !header.includes(token) ? token : `Authorization: ${header}`,
    direction: 'from-jira',
    method: request.method,
    url: request.url,
    baseUrl: facts.appUrl,
    appKey,
    now: facts.now,
    quick: true,
    lifecycle,
    ...(accept === undefined || accept.length === 0 ? {} : { accept }),
    ...(facts.record === undefined
      ? {}
      : { sharedSecret: facts.record.sharedSecret, clientKey: facts.record.clientKey }),
  });
  if (verdict.ok || verdict.cause === undefined) return undefined;
  const { ok: _ok, ...shown } = verdict;
  return { ...shown, ruledOut };
}

/** What the app knows when it refuses what came to it as a Forge invocation token. */
export interface InvocationFacts {
  request: InboundRequest;
  /** The configured app ids, as ARIs or bare UUIDs. */
  appIds: readonly string[];
  environments?: readonly string[];
  now: () => number;
}

/** Codes that say all there is to say. */
const BY_FORGE_CODE: Readonly<Record<string, CauseId>> = {
  KEY_SOURCE_UNAVAILABLE: 'CS-FORGE-KEYS-UNREACHABLE',
  KEY_SOURCE_INVALID: 'CS-FORGE-KEYS-UNREACHABLE',
  TOKEN_AMBIGUOUS: 'CS-TOKEN-TWICE',
  TOKEN_FORGE_ENVIRONMENT_REFUSED: 'CS-FORGE-ENVIRONMENT',
  TOKEN_FORGE_API_URL_REFUSED: 'CS-FORGE-API-BASE',
  INSTALLATION_UNKNOWN: 'CS-INSTALLATION-UNKNOWN',
  INSTALLATION_UNINSTALLED: 'CS-INSTALLATION-UNINSTALLED',
};
/** A token of another kind has a key of its own: what it is says more than that the key does not fit. */
const UNLESS_OF_ANOTHER_KIND: Readonly<Record<string, CauseId>> = {
  TOKEN_KEY_UNKNOWN: 'CS-FORGE-KEY-UNKNOWN',
  TOKEN_SIGNATURE_INVALID: 'CS-FORGE-SIGNATURE',
};
const OTHER_KINDS: ReadonlySet<CauseId | undefined> = new Set([
  'CS-FORGE-OAUTH-AS-FIT',
  'CS-FORGE-CONNECT-AS-FIT',
  'CS-FORGE-ISS',
  'CS-FORGE-SCHEME',
  'CS-FORGE-STAGING',
  'CS-FORGE-ISOLATED-CLOUD',
]);
/** What is left to say where the token shows nothing. */
const IF_NOTHING_SHOWS: Readonly<Record<string, CauseId>> = {
  TOKEN_AUDIENCE_MISMATCH: 'CS-FORGE-APP-OTHER',
  TOKEN_ISSUER_MISMATCH: 'CS-FORGE-ISS',
  TOKEN_ALGORITHM_UNEXPECTED: 'CS-FORGE-ALG',
  TOKEN_UNSIGNED: 'CS-FORGE-ALG',
  TOKEN_KEY_ID_INVALID: 'CS-FORGE-KEY-UNKNOWN',
  TOKEN_EXPIRED: 'CS-FORGE-FIT-EXPIRED',
  TOKEN_NOT_YET_VALID: 'CS-FORGE-FIT-EARLY',
  TOKEN_CLAIM_INVALID: 'CS-FORGE-CLAIMS',
};

/** The same for a refusal on the way of Forge. */
export function diagnoseInvocation(error: unknown, facts: InvocationFacts): void {
  if (isTokenError(error) || isInstallationError(error) || isKeySourceError(error)) {
    diagnoseLater(error, () => invocationDiagnosis(error, facts));
  }
}

function invocationDiagnosis(
  { code, message }: { readonly code: string; readonly message: string },
  { request, appIds, environments, now }: InvocationFacts,
): Diagnosis | undefined {
  if (code === 'TOKEN_FORGE_REALM_REFUSED') {
    const isolated = message.includes('Isolated');
    return fromCode(isolated ? 'CS-FORGE-ISOLATED-CLOUD' : 'CS-FORGE-STAGING', message);
  }
  const known = BY_FORGE_CODE[code];
  if (known !== undefined) return fromCode(known, message);
  const header = request.headers.get('authorization') ?? '';
  const { verdict, ruledOut } = explainToken({
    token: header === '' ? pageToken(request.url) : `Authorization: ${header}`,
    direction: 'from-jira',
    credential: 'fit',
    method: request.method,
    url: request.url,
    appId: appIds,
    now,
    quick: true,
    ...(environments === undefined ? {} : { environments }),
  });
  const { ok: _ok, ...shown } = verdict;
  const ofKey = UNLESS_OF_ANOTHER_KIND[code];
  if (ofKey !== undefined && !OTHER_KINDS.has(verdict.cause)) return fromCode(ofKey, message);
  // It is no reason to refuse a token.
  const shows = verdict.cause !== undefined && verdict.cause !== 'CS-FORGE-SUB';
  if (shows) return { ...shown, ruledOut };
  const left = IF_NOTHING_SHOWS[code];
  return left === undefined ? undefined : { ...fromCode(left, message), ruledOut };
}

/** The URL of a page carries its token; any other URL carries none. */
function pageToken(url: string): string {
  return new URLSearchParams(url.replace(/^[^?]*\??/, '').replace(/#.*$/s, '')).get('jwt') ?? '';
}

function isOfSession(token: string): boolean {
  try {
    return isSessionToken(decodeToken(token));
  } catch {
    return false;
  }
}

function fromCode(cause: CauseId, evidence: string): Diagnosis {
  const { title, fix } = causeOf(cause);
  return { cause, title, evidence, fix, docs: docsOf(cause), confidence: 'certain', ruledOut: [] };
}

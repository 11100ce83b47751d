import type { CauseId } from './causes.ts';
import type { Examination, Finding } from './examination.ts';
import type { Direction, Material } from './material.ts';
import type { Show } from './shown.ts';
import type { TokenParts } from './token-form.ts';

const CONTEXT_QSH = 'context-qsh';
/** As createApp writes it into session tokens. */
const SESSION_QSH = 'countersign-session';

/** Which way a token went, where nobody said it. The URL counts before the token, for iss is what people mix up. */
export function directionOf(
  material: Material,
  parts: TokenParts | undefined,
): Direction | undefined {
  const { url = '', appKey, clientKey } = material;
  if (material.direction !== undefined) return material.direction;
  if (material.lifecycle) return 'from-jira';
  if (isAtlassianHost(hostOf(url))) return 'to-jira';
  if (/^(?:[a-z]+:\/\/[^/]*)?(?:\/[^/?#]+)?\/+rest\//i.test(url)) return 'to-jira';
  if (parts === undefined) return undefined;
  const { claims, header } = parts;
  if (appKey !== undefined && claims.iss === appKey) return 'to-jira';
  if (header.alg === 'RS256' || claims.qsh === CONTEXT_QSH || claims.context !== undefined) {
    return 'from-jira';
  }
  return clientKey !== undefined && claims.iss === clientKey && url !== ''
    ? 'from-jira'
    : undefined;
}

export function hostOf(url: string | undefined): string {
  return (
    /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#]*)/i.exec(url ?? '')?.[1] ?? ''
  ).toLowerCase();
}

export function isAtlassianHost(host: string): boolean {
  return /(?:^|\.)(?:atlassian\.net|jira\.com|jira-dev\.com|api\.atlassian\.com|atlassian-us-gov-mod\.(?:net|com))$/.test(
    host.replace(/:\d+$/, ''),
  );
}

/** Looks for a token of another kind than a Connect token that is bound to a request. */
export function examineKind(
  parts: TokenParts,
  direction: Direction | undefined,
  material: Material,
  examination: Examination,
  show: Show,
): void {
  const finding = otherKind(parts, direction, material, show);
  if (finding !== undefined) examination.failed('kind', finding);
  else examination.passed('kind', 'Nothing shows that it is a token of another kind.');
}

function otherKind(
  { header, claims }: TokenParts,
  direction: Direction | undefined,
  material: Material,
  show: Show,
): Finding | undefined {
  const sure = (cause: CauseId, evidence: string, more: Partial<Finding> = {}): Finding => ({
    cause,
    evidence,
    confidence: 'certain',
    ...more,
  });
  const iss = typeof claims.iss === 'string' ? claims.iss : '';
  const keyId = typeof header.kid === 'string' ? header.kid : '';
  if (iss.startsWith('forge/') || keyId.startsWith('forge/')) {
    return sure('CS-KIND-FIT', `iss is ${show(iss)}.`);
  }
  if (iss.startsWith('urn:atlassian:connect:clientid:')) {
    return sure('CS-KIND-ASSERTION', 'iss begins with urn:atlassian:connect:clientid:.');
  }
  if (iss === 'session-service' || keyId.startsWith('session-service/')) {
    return sure('CS-SESSION-TOKEN', 'It is the session of a browser (cloud.session.token).');
  }
  const oauth = oauthMark(header, claims, iss);
  if (oauth !== undefined) return sure('CS-KIND-OAUTH', oauth);
  if (claims.qsh === SESSION_QSH) {
    return sure(
      direction === 'to-jira' ? 'CS-SESSION-TOKEN' : 'CS-ISS-APP-KEY',
      `qsh is ${SESSION_QSH}: the app made it for its own page.`,
    );
  }
  if (claims.qsh === CONTEXT_QSH) {
    if (direction === 'to-jira') {
      return iss !== '' && iss === material.appKey
        ? sure('CS-SESSION-TOKEN', 'iss is the app key and qsh is context-qsh.')
        : sure('CS-CONTEXT-TOKEN', 'qsh is context-qsh: it is bound to no request.');
    }
    if (!material.accept.includes('context')) {
      return sure(
        'CS-CONTEXT-TOKEN',
        'qsh is context-qsh, and this route takes request tokens only.',
      );
    }
    return undefined;
  }
  if (direction === 'to-jira' && claims.qsh === undefined && isSession(claims, iss, material)) {
    return sure(
      'CS-SESSION-TOKEN',
      'iss is the app key, aud is the clientKey, and there is no qsh.',
      {
        confidence: 'likely',
      },
    );
  }
  if (claims.qsh === undefined && header.alg !== 'HS256' && isForeign(iss, material)) {
    return sure(
      'CS-KIND-OTHER-JWT',
      `alg is ${show(header.alg, 20)}, iss is ${show(iss)}, and there is no qsh.`,
      { confidence: 'likely' },
    );
  }
  return undefined;
}

/** True of the access token that a Connect app acts as a user with, or of what says so of itself. */
export function isUserTokenOfConnect({ header, claims }: TokenParts): boolean {
  const isServer = /^(?:https:\/\/|micros\/)oauth-2-authorization-server(?:\.|$)/;
  return (
    header.alg !== 'HS256' &&
    claims.qsh === undefined &&
    typeof claims.iss === 'string' &&
    isServer.test(claims.iss)
  );
}

/** What shows that a token is an access token of OAuth. */
export function oauthMark(
  header: Record<string, unknown>,
  claims: Record<string, unknown>,
  iss: string,
): string | undefined {
  if (
    /^https?:\/\/(?:auth|id|api|atlassian-account[\w-]*|oauth-2-authorization-server[\w.-]*)\.[\w.-]*(?:atlassian|auth0)[\w.-]*/i.test(
      iss,
    )
  ) {
    return 'iss is an authorization server of Atlassian.';
  }
  if (typeof header.typ === 'string' && /^at\+jwt$/i.test(header.typ)) {
    return 'The header says typ at+jwt, an access token.';
  }
  const names = Object.keys(claims);
  if (names.some((name) => /^https:\/\/(?:id\.|api\.)?atlassian\.com\//.test(name))) {
    return 'It has claims whose names begin with https://atlassian.com/ or https://id.atlassian.com/.';
  }
  const oauthNames = ['client_id', 'scope', 'azp', 'scopes', 'refresh_chain_id'].filter((name) =>
    names.includes(name),
  );
  return claims.qsh === undefined && oauthNames.length > 0
    ? `It has ${oauthNames.join(' and ')} and no qsh.`
    : undefined;
}

function isSession(claims: Record<string, unknown>, iss: string, material: Material): boolean {
  if (iss === '' || iss !== material.appKey || material.clientKey === undefined) return false;
  const { aud } = claims;
  return aud === material.clientKey || (Array.isArray(aud) && aud[0] === material.clientKey);
}

function isForeign(iss: string, { appKey, clientKey }: Material): boolean {
  return iss !== appKey && iss !== clientKey;
}

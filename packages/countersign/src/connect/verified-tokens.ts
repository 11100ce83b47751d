import { deepFreeze } from '../deep-freeze.ts';
import type { Claims, TokenKind } from '../jwt/jwt.ts';
import type { InboundRequest } from './inbound-token.ts';
import { SESSION_QSH } from './session-token.ts';

/** The kinds of token that are signed with the secret of an installation. */
export type InboundKind = TokenKind | 'session';

/** Of a token that was verified. */
export function kindOf({ qsh }: Claims): InboundKind {
  return qsh === 'context-qsh' ? 'context' : qsh === SESSION_QSH ? 'session' : 'request';
}

/** At most a few kilobytes each. */
const MAX_TOKENS = 1000;
/** Of HS256, in base64url. */
const SIGNATURE_LENGTH = 43;

/** A token that passed every check of {@link verifyToken}, and what it passed them with. */
interface VerifiedToken {
  readonly claims: Claims;
  readonly clientKey: string;
  readonly sharedSecret: string;
}

interface Entry extends VerifiedToken {
  readonly token: string;
  readonly kind: InboundKind;
  /** What a request token is bound to. */
  readonly method: string;
  readonly url: string;
  /** When it ends, tolerance included, in milliseconds. */
  readonly endsAt: number;
}

/**
 * Remembers tokens that were verified: a page sends one context token with all its requests, and a reload repeats the
 * URL that Jira signed. Whoever uses a remembered token must still compare its secret with the installation's.
 */
export interface VerifiedTokens {
  /** The token, if it is still good for this very request and of a kind that is accepted. */
  find(
    token: string,
    request: InboundRequest,
    accept: InboundKind | readonly InboundKind[] | undefined,
  ): VerifiedToken | undefined;
  add(token: string, request: InboundRequest, verified: VerifiedToken): void;
}

export function createVerifiedTokens(
  clockToleranceSeconds: number,
  now: () => number,
): VerifiedTokens {
  const entries = new Map<string, Entry>();
  // A map hashes all of its key each time, and the signature alone tells tokens apart.
  const keyOf = (token: string): string => token.slice(-SIGNATURE_LENGTH);
  return {
    find(token, { method, url }, accept = 'request') {
      const entry = entries.get(keyOf(token));
      if (entry?.token !== token || !accept.includes(entry.kind)) return undefined;
      if (entry.kind === 'request' && (entry.url !== url || entry.method !== method)) {
        return undefined;
      }
      if (entry.endsAt > now()) return entry;
      entries.delete(keyOf(token));
      return undefined;
    },
    add(token, { method, url }, { claims, clientKey, sharedSecret }) {
      // The claims are shared by all requests of the token, so no handler may change them.
      deepFreeze(claims);
      // A clock that is set back could make it early again.
      if (claims.nbf !== undefined) return;
      const kind = kindOf(claims);
      const endsAt = (claims.exp + clockToleranceSeconds) * 1000;
      const entry = { token, claims, clientKey, sharedSecret, kind, method, url, endsAt };
      entries.set(keyOf(token), entry);
      const oldest = entries.keys().next().value;
      if (entries.size > MAX_TOKENS && oldest !== undefined) entries.delete(oldest);
    },
  };
}

import { deepFreeze } from '../deep-freeze.ts';
import type { Claims, TokenKind } from '../jwt/jwt.ts';
import type { InboundRequest } from './inbound-token.ts';

/** At most a few kilobytes each. */
const MAX_TOKENS = 1000;

/** A token that passed every check of {@link verifyToken}, and what it passed them with. */
interface VerifiedToken {
  readonly claims: Claims;
  readonly sharedSecret: string;
}

interface Entry extends VerifiedToken {
  readonly kind: TokenKind;
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
    accept: TokenKind | readonly TokenKind[] | undefined,
  ): VerifiedToken | undefined;
  add(token: string, request: InboundRequest, verified: VerifiedToken): void;
}

export function createVerifiedTokens(
  clockToleranceSeconds: number,
  now: () => number,
): VerifiedTokens {
  const entries = new Map<string, Entry>();
  return {
    find(token, { method, url }, accept = 'request') {
      const entry = entries.get(token);
      if (entry === undefined || !accept.includes(entry.kind)) return undefined;
      if (entry.kind === 'request' && (entry.url !== url || entry.method !== method)) {
        return undefined;
      }
      if (entry.endsAt > now()) return entry;
      entries.delete(token);
      return undefined;
    },
    add(token, { method, url }, { claims, sharedSecret }) {
      // The claims are shared by all requests of the token, so no handler may change them.
      deepFreeze(claims);
      // A clock that is set back could make it early again.
      if (claims.nbf !== undefined) return;
      const kind = claims.qsh === 'context-qsh' ? 'context' : 'request';
      const endsAt = (claims.exp + clockToleranceSeconds) * 1000;
      entries.set(token, { claims, sharedSecret, kind, method, url, endsAt });
      const oldest = entries.keys().next().value;
      if (entries.size > MAX_TOKENS && oldest !== undefined) entries.delete(oldest);
    },
  };
}

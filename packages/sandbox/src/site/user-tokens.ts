import { randomBytes } from 'node:crypto';

/** A token that a Connect app was given to act as a user. */
export interface UserToken {
  appKey: string;
  /** Of the installation that it was given to: another one has another, and its tokens are none. */
  oauthClientId: string;
  accountId: string;
  scopes: readonly string[];
  /** The site made it for AP.request() of the app's page, and nobody else has it. */
  ofPage?: true;
  /** In milliseconds since 1970. */
  endsAt: number;
}

/** So that a token of this site can be told from any other, also when it is not known any more. */
const mark = 'sandbox-user-token-';
/** Older ones are forgotten. */
const keptTokens = 10_000;

/** Tokens of users, in memory: a site that starts again knows none of them. */
export class UserTokens {
  readonly #tokens = new Map<string, UserToken>();

  give(token: UserToken): string {
    const bearer = mark + randomBytes(32).toString('base64url');
    this.#tokens.set(bearer, token);
    const [oldest] = this.#tokens.keys();
    if (this.#tokens.size > keptTokens && oldest !== undefined) this.#tokens.delete(oldest);
    return bearer;
  }

  /** Ends one, before its time. */
  end(bearer: string): void {
    this.#tokens.delete(bearer);
  }

  find(bearer: string): UserToken | undefined {
    return this.#tokens.get(bearer);
  }

  /** All of them end at once, as when Atlassian withdraws them. */
  withdraw(): void {
    this.#tokens.clear();
  }
}

export function looksLikeUserToken(bearer: string): boolean {
  return bearer.startsWith(mark);
}

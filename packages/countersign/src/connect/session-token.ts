import { ConfigError, isTokenError, refuseUnknownOptions, TokenError } from '../errors.ts';
import type { InstallationRecord } from '../installations/installation.ts';
import { type Claims, type DecodedToken, signClaims, verifyDecodedToken } from '../jwt/jwt.ts';

/** Option `session` of createApp: the tokens that the app makes for its own pages. */
export interface SessionOptions {
  /** How long each token is good for, in seconds: 60 to 3600. Default: 900. */
  expiresInSeconds?: number;
  /** How long a session lasts at most, however often it is renewed, in seconds. Default: 43200, which is 12 hours. */
  endsAfterSeconds?: number;
}

/** The options with their defaults. */
export type SessionSettings = Required<SessionOptions>;

/** The header of an answer that brings the page its next session token. */
export const SESSION_HEADER = 'x-countersign-session';

/** The qsh of a session token. No hash and no token of a site reads so, and Jira takes it for none of its own. */
export const SESSION_QSH = 'countersign-session';

/** What a page told of itself, which a session goes on knowing. */
interface SessionFacts {
  readonly context?: Readonly<Record<string, unknown>> | undefined;
  readonly license?: string | undefined;
  readonly locale?: string | undefined;
  readonly timezone?: string | undefined;
  readonly theme?: string | undefined;
}

/** Makes the tokens of sessions. */
export interface SessionTokens {
  /** The first of a session. */
  first(record: InstallationRecord, accountId: string | undefined, facts: SessionFacts): string;
  /** The next of one, which ends no later than the session. */
  next(record: InstallationRecord, claims: Claims): string;
  /** True where less than half of a token's life is left, and a next one would live longer. */
  isDue(claims: Claims): boolean;
}

/** 30 days: a session is for a page that somebody has open. */
const MAX_SESSION_SECONDS = 2_592_000;
const OPTIONS: ReadonlySet<string> = new Set(['expiresInSeconds', 'endsAfterSeconds']);

/** @throws ConfigError CONFIG_OPTION_UNKNOWN, CONFIG_OPTION_INVALID. */
export function readSessionOptions(options: SessionOptions): SessionSettings {
  if (typeof options !== 'object' || options === null) {
    throw new ConfigError('CONFIG_OPTION_INVALID', 'session must be an object of options.');
  }
  refuseUnknownOptions('session', options, OPTIONS);
  const { expiresInSeconds = 900 } = options;
  if (!(Number.isInteger(expiresInSeconds) && expiresInSeconds >= 60 && expiresInSeconds <= 3600)) {
    throw new ConfigError(
      'CONFIG_OPTION_INVALID',
      'session.expiresInSeconds must be a whole number between 60 and 3600.',
    );
  }
  const { endsAfterSeconds = 43_200 } = options;
  const lasts = endsAfterSeconds >= expiresInSeconds && endsAfterSeconds <= MAX_SESSION_SECONDS;
  if (!(Number.isInteger(endsAfterSeconds) && lasts)) {
    throw new ConfigError(
      'CONFIG_OPTION_INVALID',
      `session.endsAfterSeconds must be a whole number between expiresInSeconds and ${MAX_SESSION_SECONDS}.`,
    );
  }
  return { expiresInSeconds, endsAfterSeconds };
}

/**
 * Session tokens are HS256 with the installation's sharedSecret: whoever has the installation's record can check them,
 * on any node, and they end with the installation. `iss` is the app key and `aud` the clientKey, as on no other token.
 */
export function createSessionTokens(
  appKey: string,
  { expiresInSeconds, endsAfterSeconds }: SessionSettings,
  now: () => number,
): SessionTokens {
  const seconds = () => Math.floor(now() / 1000);
  const endOf = (claims: Claims) => claims.sessionEndsAt as number;
  const sign = (record: InstallationRecord, iat: number, end: number, rest: object) =>
    signClaims(
      {
        iss: appKey,
        aud: [record.clientKey],
        iat,
        exp: Math.min(iat + expiresInSeconds, end),
        qsh: SESSION_QSH,
        sessionEndsAt: end,
        ...rest,
      },
      record.sharedSecret,
    );
  return {
    first(record, accountId, { context, license, locale, timezone, theme }) {
      const iat = seconds();
      const rest = { sub: accountId, context, license, locale, timezone, theme };
      return sign(record, iat, iat + endsAfterSeconds, rest);
    },
    next(record, claims) {
      const { sub, context, license, locale, timezone, theme } = claims;
      const rest = { sub, context, license, locale, timezone, theme };
      return sign(record, seconds(), endOf(claims), rest);
    },
    isDue(claims) {
      const left = claims.exp - now() / 1000;
      return left < (claims.exp - claims.iat) / 2 && claims.exp < endOf(claims);
    },
  };
}

/** True of what says of itself that it is a session token. */
export function isSessionToken({ claims }: DecodedToken): boolean {
  return claims.qsh === SESSION_QSH;
}

/**
 * The installation that a session token is for. Unverified: it only finds the secret.
 *
 * @throws TokenError TOKEN_ISSUER_MISMATCH for one of another app, TOKEN_AUDIENCE_MISMATCH.
 */
export function sessionClientKey({ claims: { iss, aud } }: DecodedToken, appKey: string): string {
  if (iss !== appKey) {
    throw new TokenError(
      'TOKEN_ISSUER_MISMATCH',
      'The session token was made by another app (iss).',
      {
        claim: 'iss',
        hint: 'A session token opens the routes of the app that made it, and no others.',
      },
    );
  }
  const [clientKey, ...others] = Array.isArray(aud) ? aud : [aud];
  if (typeof clientKey === 'string' && clientKey !== '' && others.length === 0) {
    if (clientKey.length <= 2048) return clientKey;
  }
  throw new TokenError(
    'TOKEN_AUDIENCE_MISMATCH',
    'The session token does not name the one installation that it is for (aud).',
    { claim: 'aud', hint: 'Only the app makes session tokens, by caller.sessionToken().' },
  );
}

/** What {@link verifySessionToken} checks against. */
export interface VerifySessionOptions {
  readonly sharedSecret: string;
  readonly appKey: string;
  readonly clockToleranceSeconds: number;
  readonly now: () => number;
}

/**
 * @param decoded What decodeToken made of this very token.
 * @throws TokenError, TOKEN_SESSION_ENDED past the session's end.
 */
export function verifySessionToken(
  token: string,
  decoded: DecodedToken,
  { appKey, ...options }: VerifySessionOptions,
): Claims {
  let claims: Claims;
  try {
    claims = verifyDecodedToken(token, decoded, {
      ...options,
      // It is bound to no URL.
      ...{ method: 'GET', url: '/', issuer: appKey, fixedQsh: SESSION_QSH },
    });
  } catch (error) {
    // The signature was checked by then.
    const hasEnded = options.now() / 1000 >= Number(decoded.claims.sessionEndsAt);
    if (!(isTokenError(error) && error.code === 'TOKEN_EXPIRED' && hasEnded)) throw error;
    throw new TokenError('TOKEN_SESSION_ENDED', 'The session has ended, however often renewed.', {
      claim: 'sessionEndsAt',
    });
  }
  const { sessionEndsAt, exp } = claims;
  if (typeof sessionEndsAt !== 'number' || !Number.isFinite(sessionEndsAt) || exp > sessionEndsAt) {
    throw new TokenError(
      'TOKEN_CLAIM_INVALID',
      'The claim sessionEndsAt must be a number of seconds, and not before exp.',
      { claim: 'sessionEndsAt' },
    );
  }
  return claims;
}

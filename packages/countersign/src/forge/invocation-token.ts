import {
  decodeJwt,
  decodeProtectedHeader,
  type JWTPayload,
  errors as joseErrors,
  jwtVerify,
} from 'jose';
import * as z from 'zod';
import { isCountersignError, KeySourceError, TokenError } from '../errors.ts';
import { appAri, uuidOf } from './ids.ts';
import type { ForgeClaims, ForgeContext, ForgeInvocation, ForgeLicense } from './invocation.ts';
import { createKeySets } from './key-set.ts';
import { FORGE_STAGING_GATEWAY_URL, type ForgeSettings } from './options.ts';

/** The issuer of every FIT. @see https://developer.atlassian.com/platform/forge/remote/essentials/ */
const FORGE_ISSUER = 'forge/invocation-token';

/** A module's context can be long, but a server takes no more than 16 kB of headers unless it is told to. */
const MAX_TOKEN_LENGTH = 32_768;
const KEY_ID = /^[\x21-\x7e]{1,256}$/;
/** Documented: it goes into a URL. */
const IC_LABEL = /^[a-z0-9_-]{1,50}$/;

/** A FIT that passed every check. */
export interface VerifiedInvocation {
  readonly claims: ForgeClaims;
  readonly invocation: ForgeInvocation;
}

/** What FITs are checked against. */
export interface VerifyInvocationOptions {
  readonly forge: ForgeSettings;
  readonly clockToleranceSeconds: number;
  readonly now: () => number;
}

/** Checks one FIT. */
export type VerifyInvocation = (token: string) => Promise<VerifiedInvocation>;

/**
 * Two claims are read before the signature is checked, and only to choose among configured key sets: `icLabel` after it
 * matches its pattern, and whether `apiBaseUrl` is that of staging.
 *
 * The returned function throws TokenError and KeySourceError.
 *
 * @see https://developer.atlassian.com/platform/forge/remote/essentials/
 */
export function createInvocationVerifier({
  forge,
  clockToleranceSeconds,
  now,
}: VerifyInvocationOptions): VerifyInvocation {
  const keySets = createKeySets();
  const audience = forge.appIds.map(appAri);
  return async (token) => {
    const unverified = readUnverified(token);
    const getKey = keySets(keySetUrlOf(unverified, forge), {
      isNamedByToken: unverified.icLabel !== undefined,
    });
    const time = now();
    let payload: JWTPayload;
    try {
      ({ payload } = await jwtVerify(token, getKey, {
        algorithms: ['RS256'],
        issuer: FORGE_ISSUER,
        audience,
        clockTolerance: clockToleranceSeconds,
        currentDate: new Date(time),
        requiredClaims: ['iss', 'aud', 'iat', 'nbf', 'exp'],
      }));
    } catch (error) {
      throw verificationError(error, forge);
    }
    const claims = payload as ForgeClaims;
    if (claims.iat > time / 1000 + clockToleranceSeconds) {
      throw new TokenError('TOKEN_NOT_YET_VALID', 'The token was made in the future (iat).', {
        claim: 'iat',
      });
    }
    return { claims, invocation: readInvocation(payload, forge) };
  };
}

/** The claims, before anything of them is proved. */
function readUnverified(token: string): JWTPayload {
  if (token.length > MAX_TOKEN_LENGTH) {
    throw new TokenError(
      'TOKEN_MALFORMED',
      `The token is longer than ${MAX_TOKEN_LENGTH} characters.`,
    );
  }
  let header: { alg?: unknown; kid?: unknown };
  let claims: JWTPayload;
  try {
    header = decodeProtectedHeader(token);
    claims = decodeJwt(token);
  } catch {
    throw new TokenError('TOKEN_MALFORMED', 'The token is no JSON Web Token.', {
      hint: 'The tokens of x-forge-oauth-system and x-forge-oauth-user call Jira; the one that proves a call to the app stands in Authorization.',
    });
  }
  if (header.alg !== 'RS256') {
    throw new TokenError(
      header.alg === 'none' ? 'TOKEN_UNSIGNED' : 'TOKEN_ALGORITHM_UNEXPECTED',
      'Forge invocation tokens are signed with RS256; this one is not.',
      { hint: 'Only Forge can make this token.' },
    );
  }
  if (typeof header.kid !== 'string' || !KEY_ID.test(header.kid)) {
    throw new TokenError(
      'TOKEN_KEY_ID_INVALID',
      header.kid === undefined
        ? 'The token names no key id (`kid`).'
        : 'The key id (`kid`) of the token is not of the form that Forge uses.',
      { hint: 'Only Forge can make this token.' },
    );
  }
  return claims;
}

function keySetUrlOf(unverified: JWTPayload, forge: ForgeSettings): string {
  const { icLabel } = unverified;
  if (icLabel !== undefined) {
    if (typeof icLabel !== 'string' || !IC_LABEL.test(icLabel)) {
      throw new TokenError('TOKEN_CLAIM_INVALID', 'The claim icLabel is no label.', {
        claim: 'icLabel',
        hint: 'A label of an Isolated Cloud has 1 to 50 small letters, digits, dashes and underscores.',
      });
    }
    if (forge.isolatedCloudKeySetUrl === undefined) {
      throw new TokenError(
        'TOKEN_FORGE_REALM_REFUSED',
        'The token is of an Isolated Cloud, and no key set is configured for one.',
        { claim: 'icLabel' },
      );
    }
    return forge.isolatedCloudKeySetUrl.replaceAll('{icLabel}', icLabel);
  }
  const { app } = unverified as { app?: { apiBaseUrl?: unknown } | null };
  const isStaging =
    typeof app?.apiBaseUrl === 'string' &&
    app.apiBaseUrl.startsWith(`${FORGE_STAGING_GATEWAY_URL}/`);
  if (!isStaging) return forge.keySetUrl;
  if (forge.stagingKeySetUrl !== undefined) return forge.stagingKeySetUrl;
  throw new TokenError(
    'TOKEN_FORGE_REALM_REFUSED',
    "The token is of Atlassian's staging cloud, and no key set is configured for it.",
    { claim: 'app' },
  );
}

function verificationError(error: unknown, forge: ForgeSettings): unknown {
  if (isCountersignError(error)) return error;
  if (error instanceof joseErrors.JWTExpired) {
    return new TokenError('TOKEN_EXPIRED', 'The token has expired.', {
      claim: 'exp',
      cause: error,
      hint: 'A Forge invocation token lives for seconds: use it at once, never store it. Otherwise compare the clock of this machine.',
    });
  }
  if (error instanceof joseErrors.JWTClaimValidationFailed) return claimError(error, forge);
  if (error instanceof joseErrors.JWSSignatureVerificationFailed) {
    return new TokenError(
      'TOKEN_SIGNATURE_INVALID',
      'The signature does not match the public key that the token names.',
      { hint: 'Only Forge can make this token. Pass it on as it came.' },
    );
  }
  if (error instanceof joseErrors.JOSEAlgNotAllowed) {
    return new TokenError(
      'TOKEN_ALGORITHM_UNEXPECTED',
      'Forge invocation tokens are signed with RS256; this one is not.',
    );
  }
  if (error instanceof joseErrors.JOSEError) {
    return new TokenError('TOKEN_MALFORMED', 'The token is no JSON Web Token.');
  }
  // Such as a key that is too short: nothing that the sender could mend.
  return new KeySourceError('KEY_SOURCE_INVALID', 'The published key cannot be used.', {
    cause: error,
    hint: 'Check forge.keySetUrl and the proxy in between.',
  });
}

function claimError(error: joseErrors.JWTClaimValidationFailed, forge: ForgeSettings): TokenError {
  const { claim, reason } = error;
  if (reason === 'missing') {
    if (claim === 'exp') {
      return new TokenError('TOKEN_EXP_MISSING', 'The claim exp is missing.', { claim });
    }
    if (claim === 'iat') {
      return new TokenError('TOKEN_IAT_MISSING', 'The claim iat is missing.', { claim });
    }
    if (claim === 'iss') {
      return new TokenError('TOKEN_ISS_MISSING', 'The claim iss is missing.', { claim });
    }
  }
  if (claim === 'iss') {
    return new TokenError(
      'TOKEN_ISSUER_MISMATCH',
      `The issuer (iss) of the token is not ${FORGE_ISSUER}.`,
      { claim, hint: 'Send the token of the header Authorization, no other one of Forge.' },
    );
  }
  if (claim === 'aud') {
    return new TokenError(
      'TOKEN_AUDIENCE_MISMATCH',
      `The token was made for another app (aud) than ${forge.appIds.map(appAri).join(' or ')}.`,
      { claim, hint: 'Give the app.id of the manifest that was deployed as forge.appId.' },
    );
  }
  if (claim === 'nbf' && reason === 'check_failed') {
    return new TokenError('TOKEN_NOT_YET_VALID', 'The token is not valid yet (nbf).', { claim });
  }
  return new TokenError(
    'TOKEN_CLAIM_INVALID',
    `The claim ${claim} is ${reason === 'missing' ? 'missing' : 'not as it should be'}.`,
    { claim, hint: FIT_HINT },
  );
}

const FIT_HINT = 'Only Forge can make this token, with the claims that it documents.';

const text = z.string().min(1).max(2048);
const ariOrUuid = text.transform((value, context) => {
  const uuid = uuidOf(value);
  if (uuid !== undefined) return uuid;
  context.addIssue({ code: 'custom', message: 'must be an ARI that ends with a UUID' });
  return z.NEVER;
});

/** What is not named here is kept, and read by nobody. */
const claimsShape = z.looseObject({
  app: z.looseObject({
    id: ariOrUuid,
    installationId: ariOrUuid,
    apiBaseUrl: text,
    appVersion: text.optional(),
    version: text.optional(),
    environment: z.looseObject({
      type: z.enum(['DEVELOPMENT', 'STAGING', 'PRODUCTION']),
      id: ariOrUuid,
    }),
    module: z.looseObject({ type: text, key: text }),
    installation: z
      .looseObject({
        contexts: z
          .array(
            z.looseObject({
              name: z.string().optional(),
              apiBaseUrl: z.string().optional(),
              cloudId: z.string().optional(),
            }),
          )
          .optional(),
      })
      .optional(),
    license: z
      .looseObject({ active: z.boolean().optional(), isActive: z.boolean().optional() })
      .nullish(),
  }),
  context: z
    .looseObject({ cloudId: z.string().optional(), siteUrl: z.string().optional() })
    .nullish(),
  principal: text.nullish(),
});

function readInvocation(payload: JWTPayload, forge: ForgeSettings): ForgeInvocation {
  const result = claimsShape.safeParse(payload);
  if (!result.success) {
    const [issue] = result.error.issues;
    const path = issue?.path.join('.') ?? '';
    throw new TokenError(
      'TOKEN_CLAIM_INVALID',
      `The claim ${path} is missing or not as it should be.`,
      { claim: String(issue?.path[0] ?? ''), hint: FIT_HINT },
    );
  }
  const { app, context, principal } = result.data;
  if (!forge.appIds.includes(app.id)) {
    throw new TokenError('TOKEN_AUDIENCE_MISMATCH', 'The claim app.id names another app.', {
      claim: 'app',
      hint: 'Give the app.id of the manifest that was deployed as forge.appId.',
    });
  }
  if (!forge.environments.includes(app.environment.type)) {
    throw new TokenError(
      'TOKEN_FORGE_ENVIRONMENT_REFUSED',
      `The token is of the environment ${app.environment.type}, which is not accepted here.`,
      { claim: 'app' },
    );
  }
  const apiBaseUrl = checkApiBaseUrl(app.apiBaseUrl, forge);
  const cloudId = checkCloudId(apiBaseUrl, result.data);
  return {
    appId: app.id,
    installationId: app.installationId,
    cloudId,
    apiBaseUrl,
    appVersion: app.appVersion ?? app.version,
    environment: { type: app.environment.type, id: app.environment.id },
    module: { type: app.module.type, key: app.module.key },
    siteUrl: context?.siteUrl,
    license: readLicense(app.license),
    context: (context ?? undefined) as ForgeContext | undefined,
    principal: principal ?? undefined,
    traceId: undefined,
    issuedAt: (payload.iat as number) * 1000,
  };
}

/** Older tokens have `isActive`, which ends in October 2026 (CHANGE-3155). */
function readLicense(
  license: { active?: boolean | undefined; isActive?: boolean | undefined } | null | undefined,
): ForgeLicense | undefined {
  if (license === null || license === undefined) return undefined;
  return { ...license, active: license.active ?? license.isActive ?? false } as ForgeLicense;
}

/** The path of the gateway to a Jira site; Confluence and others have their own. */
const GATEWAY_PATH = /\/ex\/jira\/([a-z0-9-]{1,64})$/i;

/** It is signed, but it is where tokens are sent: a second look costs nothing. */
function checkApiBaseUrl(apiBaseUrl: string, { gatewayOrigins }: ForgeSettings): string {
  let url: URL | undefined;
  try {
    url = new URL(apiBaseUrl);
  } catch {
    // Said below.
  }
  const bare =
    url !== undefined &&
    url.username === '' &&
    url.password === '' &&
    url.search === '' &&
    url.hash === '';
  if (url === undefined || !bare || !gatewayOrigins.includes(url.origin)) {
    throw new TokenError(
      'TOKEN_FORGE_API_URL_REFUSED',
      `The token sends calls to '${(url?.origin ?? apiBaseUrl).slice(0, 200)}', which is no configured gateway.`,
      { claim: 'app' },
    );
  }
  const path = url.pathname.replace(/\/$/, '');
  if (!GATEWAY_PATH.test(path)) {
    throw new TokenError(
      'TOKEN_FORGE_API_URL_REFUSED',
      `The token sends calls to '${path.slice(0, 200)}', which is not the gateway to a Jira site.`,
      { claim: 'app' },
    );
  }
  return url.origin + path;
}

/** Several claims name the site: they must agree. */
function checkCloudId(apiBaseUrl: string, { app, context }: z.infer<typeof claimsShape>): string {
  const cloudId = apiBaseUrl.slice(apiBaseUrl.lastIndexOf('/') + 1).toLowerCase();
  const jira = app.installation?.contexts?.find(
    (one) => one.apiBaseUrl === app.apiBaseUrl || one.name?.toLowerCase() === 'jira',
  );
  for (const other of [context?.cloudId, jira?.cloudId]) {
    if (other === undefined || other.toLowerCase() === cloudId) continue;
    throw new TokenError(
      'TOKEN_FORGE_API_URL_REFUSED',
      'The apiBaseUrl of the token is of another site (cloudId) than its context.',
      { claim: 'context' },
    );
  }
  return cloudId;
}

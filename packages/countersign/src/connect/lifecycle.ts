import { createHash } from 'node:crypto';
import { compactVerify, errors as joseErrors } from 'jose';
import * as z from 'zod';
import { InstallationError, KeySourceError, StoreError, TokenError } from '../errors.ts';
import type { CachedStore } from '../installations/cached-store.ts';
import {
  FORGE_CLIENT_KEY_PREFIX,
  type Installation,
  type InstallationRecord,
  type PreviousSecret,
  refuseForeignRecord,
  withoutSecret,
} from '../installations/installation.ts';
import { type Claims, decodeToken, verifyClaims } from '../jwt/jwt.ts';
import type { BaseUrls } from './base-urls.ts';
import { type InboundRequest, inboundToken } from './inbound-token.ts';
import type { InstallKeys } from './install-keys.ts';
import { normalizeSiteUrl, type SiteFilter } from './sites.ts';
import type { InboundVerifier } from './verify-inbound.ts';

/** What Jira tells an app about its installation. */
export type LifecycleEvent = 'installed' | 'uninstalled' | 'enabled' | 'disabled';
export const LIFECYCLE_EVENTS: readonly LifecycleEvent[] = [
  'installed',
  'uninstalled',
  'enabled',
  'disabled',
];

/** What came of a lifecycle event. */
export interface LifecycleOutcome {
  readonly event: LifecycleEvent;
  /** As it is now stored. */
  readonly installation: Installation;
  /** As it was stored before; undefined on the first install. */
  readonly previous: Installation | undefined;
  /**
   * On installed: other installations of the same site URL. After a site was imported, its URL comes back with a
   * new clientKey, and what the app keeps for the old one may have to move.
   */
  readonly sameSite: readonly Installation[];
}

/** What lifecycle callbacks are checked against. */
export interface LifecycleOptions {
  appKey: string;
  baseUrls: BaseUrls;
  store: CachedStore;
  installKeys: InstallKeys;
  /** For how long a token is still accepted that was signed with the secret before the newest. */
  previousSecretSeconds: number;
  isAllowedSite: SiteFilter;
  inbound: InboundVerifier;
  clockToleranceSeconds: number;
  now: () => number;
}

/** Beyond this, somebody is writing the record in a loop. */
const MAX_WRITE_ATTEMPTS = 10;

/** An id or URL; longer ones are no Jira's. */
const text = z.string().min(1).max(2048);

const payloadShape = z.looseObject({ key: text, clientKey: text });

const installedShape = z.looseObject({
  key: text,
  clientKey: text,
  baseUrl: text,
  // Documented as at most 128 characters; a secret of none would sign nothing.
  sharedSecret: z.string().min(1).max(1024),
});

/**
 * Checks a lifecycle callback and stores what it says.
 *
 * installed and uninstalled are signed with RS256 by a key of Atlassian's, enabled and disabled with HS256 by the
 * installation's secret. The token covers method and URL but not the body, so each is good once.
 *
 * @returns undefined when there was nothing to change: an older event than the stored one, or an uninstall of an
 *   installation that is not known.
 * @throws TokenError, InstallationError, KeySourceError, StoreError.
 * @see https://developer.atlassian.com/cloud/jira/software/security-for-connect-apps/
 */
export async function handleLifecycle(
  event: LifecycleEvent,
  request: InboundRequest,
  body: string,
  options: LifecycleOptions,
): Promise<LifecycleOutcome | undefined> {
  const token = inboundToken(request);
  const signedBySite = event === 'enabled' || event === 'disabled';
  const claims = signedBySite
    ? (await options.inbound.verify(token, request, ['request'])).claims
    : await verifyInstallToken(token, request, options);
  const payload = readPayload(event, body);
  checkSender(payload, claims, options);
  const change = changeOf(event, payload, claims, options);
  await claimToken(token, claims, options);
  return applyChange(event, payload.clientKey, change, options);
}

async function verifyInstallToken(
  token: string,
  request: InboundRequest,
  options: LifecycleOptions,
): Promise<Claims> {
  const { header } = decodeToken(token);
  if (header.alg !== 'RS256') {
    throw new TokenError(
      header.alg === 'none' ? 'TOKEN_UNSIGNED' : 'TOKEN_ALGORITHM_UNEXPECTED',
      'installed and uninstalled callbacks are signed with RS256; this one is not.',
    );
  }
  const key = await options.installKeys(header.kid);
  let payload: Uint8Array;
  try {
    ({ payload } = await compactVerify(token, key, { algorithms: ['RS256'] }));
  } catch (error) {
    if (!(error instanceof joseErrors.JOSEError)) {
      // Such as a key that is too short: nothing that the sender could mend.
      throw new KeySourceError('KEY_SOURCE_INVALID', 'The published key cannot be used.', {
        cause: error,
      });
    }
    throw new TokenError(
      error instanceof joseErrors.JWSSignatureVerificationFailed
        ? 'TOKEN_SIGNATURE_INVALID'
        : 'TOKEN_MALFORMED',
      'The signature does not match the public key that the token names.',
      { hint: 'Only Jira can make this token. Send the callback as it came.' },
    );
  }
  const claims = parseJson(new TextDecoder().decode(payload));
  // The signature is good: the token may say which of the app's URLs it was made for.
  const baseUrl = options.baseUrls.ofAudience((claims as { aud?: unknown } | undefined)?.aud);
  return verifyClaims(claims, {
    method: request.method,
    url: request.url,
    baseUrl,
    audience: baseUrl,
    clockToleranceSeconds: options.clockToleranceSeconds,
    now: options.now,
  });
}

type Payload = z.infer<typeof payloadShape>;

function readPayload(event: LifecycleEvent, body: string): Payload {
  const shape = event === 'installed' ? installedShape : payloadShape;
  const result = shape.safeParse(parseJson(body));
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) =>
    path.length === 0 ? 'it is no JSON object' : `${path.join('.')}: ${message}`,
  );
  throw new InstallationError(
    'INSTALLATION_PAYLOAD_INVALID',
    `The body of the ${event} callback is not usable: ${problems.join('; ')}.`,
  );
}

function parseJson(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}

/** The token says who sent it; the body must not speak for anybody else. */
function checkSender(payload: Payload, claims: Claims, options: LifecycleOptions): void {
  if (payload.clientKey !== claims.iss) {
    throw new TokenError(
      'TOKEN_ISSUER_MISMATCH',
      'The clientKey of the body is not the issuer (iss) of the token.',
      { claim: 'iss' },
    );
  }
  if (payload.clientKey.startsWith(FORGE_CLIENT_KEY_PREFIX)) {
    throw new InstallationError(
      'INSTALLATION_PAYLOAD_INVALID',
      `A clientKey of Connect does not begin with '${FORGE_CLIENT_KEY_PREFIX}'.`,
      { clientKey: payload.clientKey },
    );
  }
  if (payload.key !== options.appKey) {
    throw new InstallationError(
      'INSTALLATION_PAYLOAD_INVALID',
      `The body is about the app '${payload.key.slice(0, 100)}'; this is '${options.appKey}'.`,
      {
        clientKey: payload.clientKey,
        hint: 'Check that the descriptor of this app was installed.',
      },
    );
  }
}

/** From the stored record to the next one, or undefined when the event changes nothing. */
type Change = (stored: InstallationRecord | undefined) => InstallationRecord | undefined;

function changeOf(
  event: LifecycleEvent,
  payload: Payload,
  claims: Claims,
  options: LifecycleOptions,
): Change {
  // Not later than now: an event from a clock that is ahead would make all that follow look older.
  const at = Math.min(claims.iat * 1000, options.now());
  switch (event) {
    case 'installed':
      return installedChange(payload as z.infer<typeof installedShape>, at, options);
    case 'uninstalled':
      return (stored) => {
        if (stored === undefined || stored.changedAt > at) return undefined;
        const { previousSecrets: _gone, ...rest } = stored;
        return next(rest, { status: 'uninstalled', changedAt: at });
      };
    case 'enabled':
    case 'disabled':
      // Never touches status: disabled and uninstalled arrive in any order and at once.
      return (stored) =>
        stored === undefined || stored.enabledChangedAt > at
          ? undefined
          : next(withoutEndedSecrets(stored, options), {
              enabled: event === 'enabled',
              enabledChangedAt: at,
            });
  }
}

function installedChange(
  payload: z.infer<typeof installedShape>,
  at: number,
  options: LifecycleOptions,
): Change {
  const { appKey, isAllowedSite } = options;
  const { sharedSecret, ...shown } = payload;
  const siteUrl = normalizeSiteUrl(payload.baseUrl);
  if (siteUrl === undefined || !isAllowedSite(payload.baseUrl)) {
    throw new InstallationError(
      'INSTALLATION_SITE_REFUSED',
      `The app may not be installed on ${siteUrl === undefined ? 'what its baseUrl names' : `'${siteUrl.slice(0, 200)}'`}.`,
      { clientKey: payload.clientKey },
    );
  }
  return (stored) => {
    if (stored !== undefined && stored.changedAt > at) return undefined;
    // Of a new install, enabled follows; a rotation or a rename leaves what an administrator switched off.
    const fresh = stored === undefined || stored.status === 'uninstalled';
    const switched = fresh && !(stored && stored.enabledChangedAt > at) ? undefined : stored;
    return {
      clientKey: payload.clientKey,
      appKey,
      siteUrl,
      sharedSecret,
      status: 'installed',
      enabled: switched?.enabled ?? true,
      installedAt: stored?.installedAt ?? at,
      changedAt: at,
      enabledChangedAt: switched?.enabledChangedAt ?? at,
      payload: shown,
      revision: (stored?.revision ?? 0) + 1,
      ...previousSecrets(stored, sharedSecret, options),
      // What Forge has of the site is for Forge to say.
      ...(stored?.forge === undefined ? undefined : { forge: stored.forge }),
    };
  };
}

/** More than these within one window is no rotation, but somebody who installs in a loop. */
const MAX_PREVIOUS_SECRETS = 3;

/** What was replaced is still good for a moment: a token may be on its way, or shown in an open page. */
function previousSecrets(
  stored: InstallationRecord | undefined,
  sharedSecret: string,
  { previousSecretSeconds, now }: LifecycleOptions,
): { previousSecrets?: readonly PreviousSecret[] } {
  if (stored?.status !== 'installed') return {};
  const time = now();
  const replaced = {
    sharedSecret: stored.sharedSecret,
    endsAt: time + previousSecretSeconds * 1000,
  };
  const secrets = [replaced, ...(stored.previousSecrets ?? [])]
    .filter((previous) => previous.endsAt > time && previous.sharedSecret !== sharedSecret)
    .slice(0, MAX_PREVIOUS_SECRETS);
  return secrets.length === 0 ? {} : { previousSecrets: secrets };
}

/** They are no longer accepted; there is no reason to keep them. */
function withoutEndedSecrets(
  { previousSecrets, ...stored }: InstallationRecord,
  { now }: LifecycleOptions,
): InstallationRecord {
  const lasting = previousSecrets?.filter(({ endsAt }) => endsAt > now()) ?? [];
  return lasting.length === 0 ? stored : { ...stored, previousSecrets: lasting };
}

function next(stored: InstallationRecord, change: Partial<InstallationRecord>): InstallationRecord {
  return { ...stored, ...change, revision: stored.revision + 1 };
}

/** Remembers the signed part of the token: unlike the signature, its spelling cannot be varied. */
async function claimToken(
  token: string,
  claims: Claims,
  { store, clockToleranceSeconds }: LifecycleOptions,
): Promise<void> {
  const signedPart = token.slice(0, token.lastIndexOf('.'));
  const id = createHash('sha256').update(signedPart).digest('base64url');
  const goodUntil = (claims.exp + clockToleranceSeconds) * 1000;
  if (await store.claimOnce(id, goodUntil)) return;
  throw new TokenError('TOKEN_REPLAYED', 'This lifecycle token was used before.');
}

async function applyChange(
  event: LifecycleEvent,
  clientKey: string,
  change: Change,
  { store, appKey }: LifecycleOptions,
): Promise<LifecycleOutcome | undefined> {
  for (let attempt = 0; attempt < MAX_WRITE_ATTEMPTS; attempt++) {
    // Past any cache: what is decided here is decided for all nodes.
    const stored = await store.getFresh(clientKey);
    if (stored !== undefined) refuseForeignRecord(stored, appKey);
    const record = change(stored);
    if (record === undefined) return undefined;
    // Asked before the write: an answer of 503 must mean that nothing was written.
    const others = event === 'installed' ? await sameSite(record, store) : [];
    if (!(await store.put(record))) continue;
    return {
      event,
      installation: withoutSecret(record),
      previous: stored === undefined ? undefined : withoutSecret(stored),
      sameSite: others,
    };
  }
  throw new StoreError(
    'STORE_CONFLICT',
    `The installation '${clientKey}' was changed by others ${MAX_WRITE_ATTEMPTS} times in a row.`,
  );
}

async function sameSite(record: InstallationRecord, store: CachedStore): Promise<Installation[]> {
  const records = await store.findBySiteUrl(record.siteUrl);
  // A record that only Forge has of the site is no other installation: the two are tied together.
  return records
    .filter(
      ({ clientKey }) =>
        clientKey !== record.clientKey && !clientKey.startsWith(FORGE_CLIENT_KEY_PREFIX),
    )
    .map(withoutSecret);
}

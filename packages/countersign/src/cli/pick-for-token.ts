import type { KeyRing } from '../installations/encryption/key-ring.ts';
import { type Identity, unseal } from '../installations/encryption/seal.ts';
import { unsealRecord } from '../installations/encryption/sealed-record.ts';
import type { InstallationRecord } from '../installations/installation.ts';
import type { InstallationStore } from '../installations/store.ts';
import type { ExplainInput } from '../jwt/explain/explanation.ts';
import { decodeToken } from '../jwt/jwt.ts';
import type { Arguments } from './arguments.ts';
import { CommandFailure } from './failures.ts';
import { siteUrlOf } from './pick-installation.ts';
import type { SentRequest } from './sent-request.ts';

/** How many of the others are shown to explainToken, which looks whether the token is one of theirs. */
const MAX_OTHERS = 50;

/** What the store knows about this token. */
export interface Known {
  record: InstallationRecord | undefined;
  input: Partial<ExplainInput>;
}

/** What a token is looked for with. */
export interface TokenSearch {
  given: Arguments;
  request: SentRequest;
  url: string | undefined;
  /** What the secrets are decrypted with; undefined where they are not needed. */
  ring: KeyRing | undefined;
}

/**
 * Finds the installation that a token belongs to: by name, by its issuer or audience, by its URL, or as the only one.
 *
 * @throws StoreError STORE_KEY_MISSING, STORE_KEY_WRONG, STORE_NOT_ENCRYPTED.
 */
export async function pickForToken(
  store: InstallationStore,
  { given, request, url, ring }: TokenSearch,
): Promise<Known> {
  const listed = await store.list({ limit: MAX_OTHERS });
  const found = await find(store, given, request, url, listed);
  const installations = listed.map(({ clientKey, appKey, siteUrl, sharedSecret }) => {
    const secret = ring && tryToUnseal(sharedSecret, ['sharedSecret', clientKey, siteUrl], ring);
    const shown = { clientKey, appKey, siteUrl };
    return secret === undefined ? shown : { ...shown, sharedSecret: secret };
  });
  if (found === undefined) return { record: found, input: { installations } };
  const record = ring === undefined ? found : unsealRecord(found, ring);
  const { clientKey, appKey, siteUrl, forge } = record;
  const toJira = url === undefined || url.startsWith(siteUrl) || /^[^?#]*\/rest\//.test(url);
  return {
    record,
    input: {
      clientKey,
      appKey,
      ...(ring === undefined ? {} : { sharedSecret: record.sharedSecret }),
      installations,
      ...(toJira ? { baseUrl: siteUrl } : {}),
      ...(forge === undefined ? {} : { appId: forge.appId, apiBaseUrl: forge.apiBaseUrl }),
    },
  };
}

/** The others only make the verdict better: one that does not open is left out. */
function tryToUnseal(sealed: string, identity: Identity, ring: KeyRing): string | undefined {
  try {
    return unseal(sealed, identity, ring);
  } catch {
    return undefined;
  }
}

async function find(
  store: InstallationStore,
  given: Arguments,
  request: SentRequest,
  url: string | undefined,
  listed: readonly InstallationRecord[],
): Promise<InstallationRecord | undefined> {
  const clientKey = given.text('client-key');
  const site = given.text('site');
  if (clientKey !== undefined || site !== undefined) {
    const named =
      clientKey === undefined
        ? newest(await store.findBySiteUrl(siteUrlOf(site as string)))
        : await store.get(clientKey);
    if (named !== undefined) return named;
    throw new CommandFailure(
      1,
      'That installation is not in the store.',
      'countersign installations list shows those that are.',
    );
  }
  for (const key of keysIn(request.credential)) {
    const record = await store.get(key);
    if (record !== undefined) return record;
  }
  const origin = url !== undefined && URL.canParse(url) ? new URL(url).origin : undefined;
  const here = origin === undefined ? undefined : newest(await store.findBySiteUrl(origin));
  return here ?? (listed.length === 1 ? listed[0] : undefined);
}

/** iss and aud, unverified: they only choose what the token is compared with. */
function keysIn(credential: string): string[] {
  const token = /eyJ[\w-]{1,20000}\.[\w-]{1,20000}\.[\w-]{0,20000}/.exec(credential)?.[0];
  try {
    const { iss, aud } = decodeToken(token ?? '').claims;
    return [iss, ...(Array.isArray(aud) ? aud : [aud])].filter(
      (key): key is string => typeof key === 'string' && key.length < 500,
    );
  } catch {
    return [];
  }
}

/** A site that was imported has several clientKeys at one URL. */
function newest(records: readonly InstallationRecord[]): InstallationRecord | undefined {
  return [...records].sort((a, b) => b.changedAt - a.changedAt)[0];
}

import { LRUCache } from 'lru-cache';
import { ConfigError } from '../errors.ts';
import type { InstallationRecord } from '../installations/installation.ts';
import type { InstallationStore, SettingsStore } from '../installations/store.ts';

/** A token as it is kept. Never log it. */
export interface StoredToken {
  readonly token: string;
  /** In milliseconds since 1970. */
  readonly expiresAt: number;
  /** Where it is good. */
  readonly apiBaseUrl: string;
  /** The installation that it was made for: after a reinstall it is good for nothing. */
  readonly installationId: string;
}

/** The name that the token of the app's own user is kept under, beside the settings of the installation. */
export const SYSTEM_TOKEN = 'forge:system-token';
const USER_TOKEN = 'forge:user-token:';

/** The name that the token of one user is kept under. */
export function userTokenName(accountId: string): string {
  return `${USER_TOKEN}${accountId}`;
}

const MINUTE = 60_000;
/** What a token without a readable `exp` is counted on for: Forge delivers none with less than two hours. */
const ASSUMED_LIFE_MS = 55 * MINUTE;
/** The longest that Forge makes one for, and a quarter of an hour for clocks: a longer one is not believed. */
const LONGEST_LIFE_MS = 255 * MINUTE;
/** A token that ends during the call is as good as none. */
const MARGIN_MS = MINUTE;

/**
 * When a token ends, in milliseconds since 1970. Tokens are opaque but for this one claim.
 *
 * @see https://developer.atlassian.com/platform/forge/remote/calling-product-apis/
 */
export function expiryOf(token: string, now: number): number {
  const exp = expClaim(token);
  return exp === undefined ? now + ASSUMED_LIFE_MS : Math.min(exp * 1000, now + LONGEST_LIFE_MS);
}

function expClaim(token: string): number | undefined {
  try {
    const claims: unknown = JSON.parse(
      Buffer.from(token.split('.')[1] ?? '', 'base64url').toString(),
    );
    const { exp } = claims as { exp?: unknown };
    return typeof exp === 'number' && Number.isFinite(exp) ? exp : undefined;
  } catch {
    return undefined;
  }
}

/** True while a call can still be made with it. */
export function isGood({ expiresAt }: StoredToken, now: number): boolean {
  return expiresAt - MARGIN_MS > now;
}

/** Tokens in the store of the installations, encrypted as it is. */
export interface TokenShelf {
  /**
   * Keeps a token, unless the one that is kept ends later: of the same installation the later one stays, whoever comes
   * first, in any number of processes.
   *
   * @throws StoreError.
   */
  keep(record: InstallationRecord, name: string, token: StoredToken): Promise<void>;
  /**
   * The token that is kept for the installation as it is now, good or not.
   *
   * @throws StoreError.
   */
  find(record: InstallationRecord, name: string): Promise<StoredToken | undefined>;
  /** The same without waiting, as far as this process remembers it. */
  findNow(record: InstallationRecord, name: string): StoredToken | undefined;
  /** Forgets what this process remembers of an installation; the store is left alone. */
  forget(clientKey: string): void;
}

const MAX_REMEMBERED = 5000;
/** What another process stored or purged is seen after this time at the latest. */
const REMEMBERED_MS = MINUTE;
const MAX_TRIES = 20;
const SEED_CLAIM_MS = 2000;

export function tokenShelf(store: InstallationStore, now: () => number): TokenShelf {
  const remembered = new LRUCache<string, { token: StoredToken; readAt: number }>({
    max: MAX_REMEMBERED,
  });
  const keyOf = (clientKey: string, name: string) => `${clientKey}\n${name}`;
  const remember = (clientKey: string, name: string, token: StoredToken): void => {
    remembered.set(keyOf(clientKey, name), { token, readAt: now() });
  };
  const findNow: TokenShelf['findNow'] = (record, name) => {
    const known = remembered.get(keyOf(record.clientKey, name));
    if (known === undefined || Math.abs(now() - known.readAt) > REMEMBERED_MS) return undefined;
    return ownToken(record, known.token);
  };

  /** The first token of all has none to be compared with: one writer is chosen by a claim, the others wait for it. */
  const putFirst = async (
    settings: SettingsStore,
    { clientKey, forge }: InstallationRecord,
    name: string,
    text: string,
  ): Promise<boolean> => {
    const claim = `forge-token:${forge?.installationId}:${clientKey}:${name}`;
    if (await store.claimOnce(claim, now() + SEED_CLAIM_MS)) {
      // Somebody may have been first, a claim ago.
      if ((await settings.get(clientKey, name)) !== undefined) return false;
      return settings.put(clientKey, name, text);
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
    return false;
  };

  return {
    findNow,
    async keep(record, name, token) {
      const { clientKey } = record;
      const known = findNow(record, name);
      if (known !== undefined && !isNewer(token, known, record)) return;
      const settings = settingsOf(store);
      const text = JSON.stringify(token);
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        const stored = await settings.get(clientKey, name);
        const before = stored === undefined ? undefined : readToken(stored);
        if (before !== undefined && !isNewer(token, before, record)) {
          remember(clientKey, name, before);
          return;
        }
        const written =
          stored === undefined
            ? await putFirst(settings, record, name, text)
            : await settings.put(clientKey, name, text, stored);
        if (!written) continue;
        remember(clientKey, name, token);
        if (name === SYSTEM_TOKEN) await sweepUserTokens(settings, clientKey, now());
        return;
      }
      // The chosen one died, or many others write tokens of this very installation: any of them is good.
      if ((await settings.get(clientKey, name)) === undefined) {
        await settings.put(clientKey, name, text);
        remember(clientKey, name, token);
      }
    },
    async find(record, name) {
      const known = findNow(record, name);
      if (known !== undefined && isGood(known, now())) return known;
      const stored = await settingsOf(store).get(record.clientKey, name);
      const token = stored === undefined ? undefined : readToken(stored);
      if (token === undefined) return undefined;
      remember(record.clientKey, name, token);
      return ownToken(record, token);
    },
    forget(clientKey) {
      for (const key of remembered.keys()) {
        if (key.startsWith(`${clientKey}\n`)) remembered.delete(key);
      }
    },
  };
}

/** A token of an installation that was replaced is none. */
function ownToken(record: InstallationRecord, token: StoredToken): StoredToken | undefined {
  return token.installationId === record.forge?.installationId ? token : undefined;
}

/** A token of the installation as it is now takes the place of one of an earlier installation, whichever ends later. */
function isNewer(token: StoredToken, before: StoredToken, record: InstallationRecord): boolean {
  if (ownToken(record, before) === undefined) return ownToken(record, token) !== undefined;
  return ownToken(record, token) !== undefined && token.expiresAt > before.expiresAt;
}

function readToken(text: string): StoredToken | undefined {
  try {
    const read = JSON.parse(text) as Partial<StoredToken> | null;
    return typeof read?.token === 'string' && typeof read.expiresAt === 'number'
      ? (read as StoredToken)
      : undefined;
  } catch {
    // The next token takes its place.
    return undefined;
  }
}

/** People come and go; their tokens end after hours. */
async function sweepUserTokens(
  settings: SettingsStore,
  clientKey: string,
  now: number,
): Promise<void> {
  let after: { clientKey: string; name: string } | undefined;
  for (;;) {
    const page = await settings.list({ clientKey, ...(after === undefined ? {} : { after }) });
    for (const { name, value } of page) {
      if (!name.startsWith(USER_TOKEN)) continue;
      const token = readToken(value);
      if (token === undefined || token.expiresAt <= now) await settings.delete(clientKey, name);
    }
    const last = page.at(-1);
    if (last === undefined) return;
    after = { clientKey: last.clientKey, name: last.name };
  }
}

function settingsOf({ settings }: InstallationStore): SettingsStore {
  if (settings !== undefined) return settings;
  throw new ConfigError('CONFIG_OPTION_INVALID', 'The store keeps no settings, and no tokens.', {
    hint: 'The option forge needs a store with the property settings of InstallationStore.',
  });
}

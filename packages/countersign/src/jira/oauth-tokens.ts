import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StoreError } from '../errors.ts';
import type { GrantedTokens } from './token-endpoint.ts';

/** What a user's consent gave. Never log it. */
export interface OAuthTokens {
  readonly accessToken: string;
  /** When the access token ends, in milliseconds since 1970. */
  readonly expiresAt: number;
  /** Good once: each refresh gives the next one. Left out where offline_access was not asked for. */
  readonly refreshToken?: string;
  /** What the user consented to. */
  readonly scopes?: readonly string[];
}

/**
 * Where the tokens of one consent are kept. Whoever loses them has to ask the user again, so that `set` must be durable
 * when its promise resolves.
 */
export interface OAuthTokenStore {
  get(): Promise<OAuthTokens | undefined>;
  set(tokens: OAuthTokens): Promise<void>;
  /**
   * Exactly one process may use each refresh token. Of all that ask for the same one until a time (milliseconds since
   * 1970), one gets true. Left out where there is one process alone.
   */
  claim?(refreshToken: string, until: number): Promise<boolean>;
}

/** @param before The refresh token that was used; it stays good where no new one comes. */
export function tokensOf(granted: GrantedTokens, now: number, before?: string): OAuthTokens {
  const { accessToken, expiresInSeconds, refreshToken = before, scope } = granted;
  return {
    accessToken,
    expiresAt: now + expiresInSeconds * 1000,
    ...(refreshToken === undefined ? undefined : { refreshToken }),
    ...(scope === undefined ? undefined : { scopes: scope.split(' ') }),
  };
}

/**
 * Keeps tokens in a file that only this user can read, for a script on one machine. It is written whole or not at all,
 * and several processes may share it.
 */
export function fileTokenStore(path: string): OAuthTokenStore {
  const claimFile = `${path}.claim`;
  return {
    async get() {
      let text: string;
      try {
        text = await readFile(path, 'utf8');
      } catch (error) {
        if (hasCode(error, 'ENOENT')) return undefined;
        throw error;
      }
      return parseTokens(text);
    },
    async set(tokens) {
      await mkdir(dirname(path), { recursive: true });
      const part = `${path}.${randomUUID()}.part`;
      try {
        const file = await open(part, 'wx', 0o600);
        try {
          await file.writeFile(`${JSON.stringify(tokens, undefined, 2)}\n`);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(part, path);
      } catch (error) {
        await rm(part, { force: true });
        throw error;
      }
      await rm(claimFile, { force: true });
    },
    async claim(refreshToken, until) {
      await mkdir(dirname(path), { recursive: true });
      const claimed = `${nameOf(refreshToken)} ${until}`;
      for (let tries = 0; tries < 3; tries += 1) {
        try {
          const file = await open(claimFile, 'wx', 0o600);
          try {
            await file.writeFile(claimed);
          } finally {
            await file.close();
          }
          return true;
        } catch (error) {
          if (!hasCode(error, 'EEXIST')) throw error;
        }
        if (!(await isOver(claimFile, nameOf(refreshToken)))) return false;
        await rm(claimFile, { force: true });
      }
      return false;
    },
  };
}

/** True for a claim of another token, and for one of a process that died. */
async function isOver(claimFile: string, name: string): Promise<boolean> {
  try {
    const [claimed = '', until = ''] = (await readFile(claimFile, 'utf8')).split(' ');
    // The file of somebody who is about to write it is empty.
    if (claimed === '') return Date.now() - (await stat(claimFile)).mtimeMs > 5000;
    return claimed !== name || Number(until) <= Date.now();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return true;
    throw error;
  }
}

/** What {@link settingsTokenStore} needs of an InstallationStore. */
export interface TokenSettings {
  readonly settings?: {
    get(clientKey: string, name: string): Promise<string | undefined>;
    put(clientKey: string, name: string, value: string): Promise<boolean>;
  };
  claimOnce(id: string, expiresAt: number): Promise<boolean>;
}

/**
 * Keeps tokens in the store of the installations, beside them: for many processes, and encrypted where the store is,
 * such as `encryptedStore(sqliteStore('app.db'), keys)`.
 *
 * @param name Tells consents apart, such as the accountId of who consented.
 * @throws StoreError STORE_UNAVAILABLE where the store keeps no settings.
 */
export function settingsTokenStore(store: TokenSettings, name: string): OAuthTokenStore {
  const { settings } = store;
  if (settings === undefined) {
    throw new StoreError('STORE_UNAVAILABLE', 'The store keeps no settings, and no tokens.', {
      hint: 'Give a store with the property settings of InstallationStore.',
    });
  }
  const owner = `oauth:${name}`;
  return {
    async get() {
      const text = await settings.get(owner, 'tokens');
      return text === undefined ? undefined : parseTokens(text);
    },
    async set(tokens) {
      await settings.put(owner, 'tokens', JSON.stringify(tokens));
    },
    claim: (refreshToken, until) => store.claimOnce(`oauth-refresh:${nameOf(refreshToken)}`, until),
  };
}

/** A claim names its token, and does not show it. */
function nameOf(refreshToken: string): string {
  return createHash('sha256').update(refreshToken).digest('base64url');
}

function parseTokens(text: string): OAuthTokens {
  let read: Partial<OAuthTokens> | null = null;
  try {
    read = JSON.parse(text) as Partial<OAuthTokens> | null;
  } catch {
    // Said below.
  }
  if (typeof read?.accessToken === 'string' && typeof read.expiresAt === 'number') {
    return read as OAuthTokens;
  }
  throw new StoreError('STORE_CORRUPT', 'The stored OAuth tokens cannot be read.', {
    hint: 'Lead the user through the authorize URL again, and keep what exchangeCode returns.',
  });
}

function hasCode(error: unknown, code: string): boolean {
  return (error as { code?: unknown } | undefined)?.code === code;
}

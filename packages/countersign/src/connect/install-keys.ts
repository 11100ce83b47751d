import { type CryptoKey, importSPKI } from 'jose';
import { ConfigError, KeySourceError, TokenError } from '../errors.ts';
import { isLoopback } from '../loopback.ts';

/** A realm of Atlassian's cloud, each with key hosts of its own. */
export type InstallKeyRealm = 'production' | 'staging' | 'fedramp' | 'fedramp-staging';

/**
 * The hosts that publish the public keys of installed and uninstalled callbacks: the newer one first, the older one
 * for when that is out of reach. A key stands at `<host>/<kid>`.
 *
 * @see https://developer.atlassian.com/cloud/jira/software/security-for-connect-apps/
 * @see https://developer.atlassian.com/platform/framework/agc/guides/adopt-forge-from-connect-on-agc/
 */
export const INSTALL_KEY_HOSTS: Readonly<Record<InstallKeyRealm, readonly string[]>> = {
  production: [
    'https://asap-distribution.us-west-2.prod.atl-asap.net',
    'https://connect-install-keys.atlassian.com',
  ],
  staging: [
    'https://asap-distribution.us-west-2.staging.atl-asap.net',
    'https://cs-migrations--cdn.us-east-1.staging.public.atl-paas.net',
  ],
  fedramp: [
    'https://asap-distribution.us-west-2.prod.atl-auth-us-gov-mod.net',
    'https://cs-migrations--fedrampcdn.us-east-1.prod.cdn.atlassian-us-gov-mod.com',
  ],
  'fedramp-staging': [
    'https://asap-distribution.us-west-2.staging.atl-auth-us-gov-mod.net',
    'https://cs-migrations--fedrampcdn.us-east-1.staging.cdn.atlassian-us-gov-mod.com',
  ],
};

/** A key id goes into a URL, so it may hold nothing that could lead elsewhere. Atlassian's are UUIDs. */
const KEY_ID = /^[A-Za-z0-9_-]{1,128}$/;
const FETCH_TIMEOUT_MS = 5000;
const MAX_KEY_BYTES = 16_384;
const MAX_CACHED_KEYS = 100;
/** A key id never changes its key, but a key that Atlassian withdraws must not live here for ever. */
const MAX_CACHE_AGE_MS = 24 * 60 * 60 * 1000;

/** Options of {@link createInstallKeys}. */
export interface InstallKeysOptions {
  /** Base URLs, tried in this order. */
  hosts: readonly string[];
  /** The clock, in milliseconds. */
  now: () => number;
}

/** Finds the public key that a lifecycle token names by `kid`. */
export type InstallKeys = (keyId: unknown) => Promise<CryptoKey>;

/**
 * Keys are kept by their id and never fetched twice at once. Only a 200 with a PEM is a key.
 *
 * The returned function throws TokenError TOKEN_KEY_ID_INVALID, or TOKEN_KEY_UNKNOWN when every host says 404, and
 * KeySourceError KEY_SOURCE_UNAVAILABLE or KEY_SOURCE_INVALID when a host fails: an outage is never taken for a
 * wrong token.
 */
export function createInstallKeys({ hosts, now }: InstallKeysOptions): InstallKeys {
  const bases = hosts.map(checkHost);
  const cache = new Map<string, { key: CryptoKey; until: number }>();
  const fetches = new Map<string, Promise<CryptoKey>>();

  return async (keyId) => {
    if (typeof keyId !== 'string' || !KEY_ID.test(keyId)) {
      throw new TokenError(
        'TOKEN_KEY_ID_INVALID',
        keyId === undefined
          ? 'The token names no key id (`kid`).'
          : 'The key id (`kid`) of the token is not of the form that Atlassian uses.',
      );
    }
    const cached = cache.get(keyId);
    if (cached !== undefined && cached.until > now()) return cached.key;
    const underWay = fetches.get(keyId);
    if (underWay !== undefined) return underWay;
    const fetching = fetchKey(bases, keyId);
    fetches.set(keyId, fetching);
    try {
      const key = await fetching;
      // Only what is a key takes a place: unknown ids cannot push a good one out.
      cache.delete(keyId);
      cache.set(keyId, { key, until: now() + MAX_CACHE_AGE_MS });
      const oldest = cache.keys().next().value;
      if (cache.size > MAX_CACHED_KEYS && oldest !== undefined) cache.delete(oldest);
      return key;
    } finally {
      fetches.delete(keyId);
    }
  };
}

function checkHost(host: string): string {
  let url: URL | undefined;
  try {
    url = new URL(host);
  } catch {
    // Said below.
  }
  const loopback = url !== undefined && isLoopback(url.hostname);
  if (url === undefined || !(url.protocol === 'https:' || (url.protocol === 'http:' && loopback))) {
    throw new ConfigError(
      'CONFIG_OPTION_INVALID',
      `installKeyHosts names '${host}'; a key host is an https URL.`,
      { hint: 'Only a sandbox on this machine may be reached over http.' },
    );
  }
  return host.endsWith('/') ? host.slice(0, -1) : host;
}

async function fetchKey(bases: readonly string[], keyId: string): Promise<CryptoKey> {
  let failure: KeySourceError | undefined;
  for (const base of bases) {
    try {
      const pem = await fetchPem(`${base}/${keyId}`);
      if (pem !== undefined) return await importPem(pem, base);
    } catch (error) {
      failure ??= error as KeySourceError;
    }
  }
  if (failure !== undefined) throw failure;
  throw new TokenError('TOKEN_KEY_UNKNOWN', 'No key host knows the key id (`kid`) of the token.');
}

/** The body of a 200, or undefined for a 404. */
async function fetchPem(url: string): Promise<string | undefined> {
  const { host } = new URL(url);
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      redirect: 'error',
      signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
    });
    text = response.ok ? await readBounded(response) : '';
    if (!response.ok) await response.body?.cancel();
  } catch (error) {
    throw new KeySourceError('KEY_SOURCE_UNAVAILABLE', `The key host ${host} did not answer.`, {
      cause: error,
    });
  }
  if (response.status === 404) return undefined;
  if (response.status !== 200) {
    throw new KeySourceError(
      'KEY_SOURCE_UNAVAILABLE',
      `The key host ${host} answered with status ${response.status}.`,
    );
  }
  return text;
}

async function readBounded(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_KEY_BYTES) break;
  }
  return text;
}

async function importPem(pem: string, base: string): Promise<CryptoKey> {
  try {
    return await importSPKI(pem.replaceAll('\r', '').trim(), 'RS256');
  } catch (error) {
    throw new KeySourceError(
      'KEY_SOURCE_INVALID',
      `The key host ${new URL(base).host} answered something that is no RSA public key.`,
      { cause: error },
    );
  }
}

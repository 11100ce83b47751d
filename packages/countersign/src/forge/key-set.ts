import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  type JWTVerifyGetKey,
  errors as joseErrors,
} from 'jose';
import { isCountersignError, KeySourceError, TokenError } from '../errors.ts';

/** A key set is some kilobytes. */
const MAX_KEY_SET_BYTES = 262_144;
const FETCH_TIMEOUT_MS = 5000;
/** After a fetch, keys that the set does not have are taken for unknown for so long, however many tokens name one. */
const COOL_DOWN_MS = 30_000;
/** After a fetch that failed, everybody waits for so long before the host is asked again. */
const FAILURE_COOL_DOWN_MS = 2000;
/** From then on the set is fetched anew behind the requests, so that none of them waits and an outage is not noticed. */
const REFRESH_AGE_MS = 10 * 60_000;
/** A key that Atlassian withdraws must not live here longer than this, even where its host is down. */
const MAX_AGE_MS = 60 * 60_000;
/** Anybody can name the label of an Isolated Cloud, before a signature is checked: so many new ones within the cool-down. */
const MAX_NEW_KEY_SETS = 20;
const MAX_KEY_SETS = 1000;

/** What {@link createKeySets} can be given. */
export interface KeySetsOptions {
  /** A clock that is never set back, in milliseconds. Default: `performance.now`. */
  monotonicNow?: () => number;
}

/**
 * The key set at a URL. The same URL gives the same set for the life of the app: it is fetched once, again for a key
 * that it lacks but not twice within 30 seconds, and anew every ten minutes.
 *
 * The returned function throws TokenError TOKEN_KEY_UNKNOWN, and KeySourceError KEY_SOURCE_UNAVAILABLE or
 * KEY_SOURCE_INVALID when the host fails: an outage is never taken for a wrong token, and lets nobody in.
 */
export type KeySets = (url: string, options?: KeySetOptions) => JWTVerifyGetKey;

/** Where a URL comes from. */
interface KeySetOptions {
  /** True where the token had a say in it. Default: false; it is one of the configuration. */
  readonly isNamedByToken?: boolean;
}

export function createKeySets({
  monotonicNow = () => performance.now(),
}: KeySetsOptions = {}): KeySets {
  const configured = new Map<string, KeySet>();
  const sets = new Map<string, KeySet>();
  let madeAt: readonly number[] = [];
  return (url, { isNamedByToken = false } = {}) => {
    const known = (isNamedByToken ? sets : configured).get(url);
    if (known !== undefined) return known.getKey;
    if (!isNamedByToken) {
      const made = createKeySet(url, monotonicNow);
      configured.set(url, made);
      return made.getKey;
    }
    const time = monotonicNow();
    madeAt = madeAt.filter((at) => time - at < COOL_DOWN_MS);
    // Sets that never had a key make room: names that nobody has cannot push out those of others.
    for (const [other, set] of sets) if (!set.hasKeys() && !set.isBusy()) sets.delete(other);
    if (madeAt.length >= MAX_NEW_KEY_SETS || sets.size >= MAX_KEY_SETS) {
      throw new KeySourceError(
        'KEY_SOURCE_UNAVAILABLE',
        'Too many new key sets were asked for at once; this one is not fetched now.',
        { hint: 'Somebody sends tokens of Isolated Clouds that do not exist. Known ones go on.' },
      );
    }
    madeAt = [...madeAt, time];
    const made = createKeySet(url, monotonicNow);
    sets.set(url, made);
    return made.getKey;
  };
}

interface KeySet {
  readonly getKey: JWTVerifyGetKey;
  hasKeys(): boolean;
  isBusy(): boolean;
}

function createKeySet(url: string, monotonicNow: () => number): KeySet {
  const { host } = new URL(url);
  let failure: { readonly error: KeySourceError; readonly until: number } | undefined;
  let fetchedAt = Number.NEGATIVE_INFINITY;
  const remote = createRemoteJWKSet(new URL(url), {
    cooldownDuration: COOL_DOWN_MS,
    cacheMaxAge: MAX_AGE_MS,
    timeoutDuration: FETCH_TIMEOUT_MS,
    [customFetch]: async (address, init) => {
      if (failure !== undefined && monotonicNow() < failure.until) throw failure.error;
      try {
        const text = await fetchText(address, init, host);
        fetchedAt = monotonicNow();
        failure = undefined;
        return new Response(text);
      } catch (error) {
        failure = {
          error: error as KeySourceError,
          until: monotonicNow() + FAILURE_COOL_DOWN_MS,
        };
        throw error;
      }
    },
  });
  return {
    hasKeys: () => remote.jwks() !== undefined,
    isBusy: () => remote.reloading,
    async getKey(header, token) {
      const stale = monotonicNow() - fetchedAt > REFRESH_AGE_MS;
      if (stale && remote.fresh && !remote.reloading) {
        // Behind this request; where it fails, the keys are good until MAX_AGE_MS.
        remote.reload().catch(() => undefined);
      }
      try {
        return await remote(header, token);
      } catch (error) {
        throw keyError(error, host);
      }
    },
  };
}

/** Only a 200 with a key set of bounded size is one. */
async function fetchText(
  url: string,
  init: { headers: Headers; signal: AbortSignal },
  host: string,
): Promise<string> {
  let response: Response;
  let text: string | undefined;
  try {
    response = await fetch(url, { ...init, redirect: 'error' });
    if (response.ok) text = await readBounded(response);
    else await response.body?.cancel();
  } catch (error) {
    throw new KeySourceError('KEY_SOURCE_UNAVAILABLE', `The key set host ${host} did not answer.`, {
      cause: error,
      hint: NETWORK_HINT,
    });
  }
  if (response.status !== 200) {
    throw new KeySourceError(
      'KEY_SOURCE_UNAVAILABLE',
      `The key set host ${host} answered with status ${response.status}.`,
      { hint: NETWORK_HINT },
    );
  }
  try {
    // jose does this again: here it tells that the host failed, so that it is left alone for a moment.
    createLocalJWKSet(JSON.parse(text ?? ''));
  } catch (error) {
    throw noKeySet(host, error);
  }
  return text as string;
}

const NETWORK_HINT =
  'Check that this machine reaches the key set host over HTTPS. Forge calls again by itself for events; a page has to be loaded again.';

/** @returns undefined where it is too long to be a key set. */
async function readBounded(response: Response): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_KEY_SET_BYTES) return undefined;
  }
  return text;
}

function noKeySet(host: string, cause: unknown): KeySourceError {
  return new KeySourceError(
    'KEY_SOURCE_INVALID',
    `The key set host ${host} answered something that is no key set.`,
    { cause, hint: 'Check forge.keySetUrl and the proxy in between.' },
  );
}

function keyError(error: unknown, host: string): unknown {
  if (isCountersignError(error)) return error;
  if (error instanceof joseErrors.JWKSNoMatchingKey) {
    return new TokenError(
      'TOKEN_KEY_UNKNOWN',
      `The key set of ${host} has no key of the id (\`kid\`) that the token names.`,
      {
        hint: 'Only Forge can make this token. One of a sandbox, of staging or of an Isolated Cloud needs its key set in the option forge.',
      },
    );
  }
  if (error instanceof joseErrors.JWKSMultipleMatchingKeys) {
    return new KeySourceError(
      'KEY_SOURCE_INVALID',
      `The key set of ${host} has several keys of one id (\`kid\`).`,
    );
  }
  return noKeySet(host, error);
}

import { ConfigError, refuseUnknownOptions } from '../errors.ts';
import type { InboundRequest } from './inbound-token.ts';

/** A header of a proxy that can be believed. */
export type TrustedHeader = 'x-forwarded-prefix' | 'x-forwarded-host';

/** Option `proxies` of createApp: what stands between Jira and the app. */
export interface ProxyOptions {
  /**
   * A path that a proxy puts before the one that was called, such as `/internal/app`. It is taken away again, for Jira
   * did not sign it. Default: none. A proxy that takes a path away needs no option where that is the path of appUrl.
   */
  addedPath?: string;
  /**
   * Headers that the proxy sets on every request, and takes away where a caller sent them. Default: none is believed.
   * `x-forwarded-prefix`: a path that the proxy took away, other than that of appUrl; it is put back before the hash is
   * checked. `x-forwarded-host`: the host that was called, which only chooses the URL that the descriptor names.
   */
  trustedHeaders?: readonly TrustedHeader[];
}

/** The URLs that an app is reached at, and how the one that was called is found. */
export interface BaseUrls {
  /** The `appUrl`. */
  readonly main: string;
  readonly all: readonly string[];
  /** The request with the URL that the caller called, as far as the proxies are known. */
  asCalled(request: InboundRequest): InboundRequest;
  /** The path below the app's own. A proxy may or may not have taken that away. */
  pathOf(url: string): string;
  /** The base URLs that a token for this URL may have been made below. */
  below(url: string): readonly [string, ...string[]];
  /** The one that a verified claim aud names; the main one where it names none. */
  ofAudience(aud: unknown): string;
  /** The one that a request came by; the main one where its host is none of them. */
  of(request: InboundRequest): string;
}

const TRUSTED_HEADERS: ReadonlySet<string> = new Set(['x-forwarded-prefix', 'x-forwarded-host']);
const OPTIONS: ReadonlySet<string> = new Set(['addedPath', 'trustedHeaders']);
/** Plain segments: what holds an escape, a comma or a dot segment is no prefix that a proxy took away. */
const PREFIX = /^(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]+)+$/;
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;

/** @throws ConfigError CONFIG_OPTION_UNKNOWN, CONFIG_OPTION_INVALID. */
export function readProxyOptions(proxies: ProxyOptions): ProxyOptions {
  if (typeof proxies !== 'object' || proxies === null) {
    throw new ConfigError('CONFIG_OPTION_INVALID', 'proxies must be an object of options.');
  }
  refuseUnknownOptions('proxies', proxies, OPTIONS);
  const { addedPath, trustedHeaders = [] } = proxies;
  if (addedPath !== undefined && !(typeof addedPath === 'string' && PREFIX.test(addedPath))) {
    throw new ConfigError(
      'CONFIG_OPTION_INVALID',
      'proxies.addedPath must be a path such as /internal/app, without a slash at its end.',
    );
  }
  const isList = Array.isArray(trustedHeaders);
  if (!(isList && trustedHeaders.every((name) => TRUSTED_HEADERS.has(name)))) {
    throw new ConfigError(
      'CONFIG_OPTION_INVALID',
      `proxies.trustedHeaders must be a list of ${[...TRUSTED_HEADERS].join(' and ')}.`,
    );
  }
  return proxies;
}

export function createBaseUrls(
  main: string,
  alternatives: readonly string[] = [],
  { addedPath, trustedHeaders = [] }: ProxyOptions = {},
): BaseUrls {
  const all = [main, ...alternatives.filter((url) => url !== main)];
  const known = all.map((url) => {
    const { host, pathname } = new URL(url);
    return { url, host, path: pathname.replace(/\/$/, '') };
  });
  // The longest first: /apps/panel lies below /apps, and is meant where both fit.
  const byPath = known
    .filter(({ path }, index) => known.findIndex((other) => other.path === path) === index)
    .sort((a, b) => b.path.length - a.path.length);
  const trustsPrefix = trustedHeaders.includes('x-forwarded-prefix');
  const trustsHost = trustedHeaders.includes('x-forwarded-host');
  const onlyMain = [main] as const;

  const split = (url: string): [origin: string, rest: string] => {
    const origin = ORIGIN.exec(url)?.[0] ?? '';
    return [origin, url.slice(origin.length)];
  };
  const lies = (path: string, base: string) =>
    path.startsWith(base) && (path.length === base.length || path[base.length] === '/');
  const pathIn = (url: string) => split(url)[1].replace(/[?#].*$/s, '');

  return {
    main,
    all,
    asCalled(request) {
      if (addedPath === undefined && !trustsPrefix) return request;
      const [origin, sent] = split(request.url);
      let rest = sent;
      if (addedPath !== undefined && lies(pathIn(rest), addedPath)) {
        rest = rest.slice(addedPath.length);
        if (!rest.startsWith('/')) rest = `/${rest}`;
      }
      const prefix = trustsPrefix ? request.headers.get('x-forwarded-prefix') : null;
      if (prefix !== null && PREFIX.test(prefix)) rest = prefix + rest;
      const { method, headers, form } = request;
      return { method, headers, url: origin + rest, ...(form === undefined ? {} : { form }) };
    },
    pathOf(url) {
      const path = pathIn(url);
      const base = byPath.find((candidate) => path.startsWith(`${candidate.path}/`));
      return base === undefined ? path : path.slice(base.path.length);
    },
    below(url) {
      if (byPath.length === 1) return onlyMain;
      const path = pathIn(url);
      const [first = main, ...others] = byPath
        .filter((candidate) => lies(path, candidate.path))
        .map((candidate) => candidate.url);
      return [first, ...others];
    },
    ofAudience(aud) {
      const named: unknown[] = Array.isArray(aud) ? aud : [aud];
      return all.find((url) => named.some((name) => name === url || name === `${url}/`)) ?? main;
    },
    of(request) {
      if (all.length === 1) return main;
      const forwarded = trustsHost ? request.headers.get('x-forwarded-host') : null;
      const host = forwarded ?? request.headers.get('host') ?? hostIn(request.url);
      const path = pathIn(request.url);
      const ofHost = known.filter((candidate) => candidate.host === host.toLowerCase());
      const ofPath = ofHost
        .filter((candidate) => lies(path, candidate.path))
        .sort((a, b) => b.path.length - a.path.length);
      return (ofPath[0] ?? ofHost[0])?.url ?? main;
    },
  };
}

function hostIn(url: string): string {
  return ORIGIN.exec(url)?.[0].replace(/^[^/]*\/\//, '') ?? '';
}

import { ConfigError } from '../errors.ts';
import type { Installation } from '../installations/installation.ts';
import { isLoopback } from '../loopback.ts';

/** Directives of a Content-Security-Policy by name, each with its sources. An empty list takes a directive away. */
export type PolicyDirectives = Readonly<Record<string, readonly string[]>>;

/**
 * What a page may load, unless it says otherwise. Styles may be inline because the script of Jira writes the colours of
 * the theme so; scripts may not, but for those that the page was written with.
 */
const DEFAULTS: PolicyDirectives = {
  'default-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'style-src': ["'self'", "'unsafe-inline'"],
  'base-uri': ["'none'"],
  'form-action': ["'self'"],
  'object-src': ["'none'"],
};

const DIRECTIVE = /^[a-z]+(?:-[a-z]+)*$/;
const SOURCE = /^[^\s;,]+$/;
/** An origin, whose host may begin with a star for one or more labels, but not be one. */
const ANCESTOR = /^(?:'self'|https?:\/\/(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d{1,5})?)$/;

/** @throws ConfigError CONFIG_OPTION_INVALID. */
export function checkDirectives(directives: PolicyDirectives): void {
  const isObject = typeof directives === 'object' && directives !== null;
  const entries = isObject ? Object.entries(directives) : [];
  const isRight = entries.every(
    ([name, sources]) =>
      DIRECTIVE.test(name) &&
      Array.isArray(sources) &&
      sources.every((source) => typeof source === 'string' && SOURCE.test(source)),
  );
  if (isObject && isRight && !Object.hasOwn(directives, 'frame-ancestors')) return;
  throw new ConfigError(
    'CONFIG_OPTION_INVALID',
    "contentSecurityPolicy must be lists of sources by directive, such as { 'img-src': [\"'self'\"] }.",
    {
      hint: 'frame-ancestors is the site of the installation; the option frameAncestors adds to it.',
    },
  );
}

/** @throws ConfigError CONFIG_OPTION_INVALID: a star alone would let any page of the web show this one. */
export function checkAncestors(ancestors: readonly string[]): void {
  const isRight = (source: unknown) =>
    typeof source === 'string' && ANCESTOR.test(source) && !/^https?:\/\/\*\.[^.]+$/.test(source);
  if (Array.isArray(ancestors) && ancestors.every(isRight)) return;
  throw new ConfigError(
    'CONFIG_OPTION_INVALID',
    "frameAncestors must be a list of origins, such as 'https://intranet.example.com'.",
  );
}

/** The value of the header. */
export function contentSecurityPolicy(
  directives: PolicyDirectives,
  scripts: { readonly nonce: string; readonly allJsUrl: string | undefined },
  ancestors: readonly string[],
): string {
  const nonce = `'nonce-${scripts.nonce}'`;
  const origin = scripts.allJsUrl === undefined ? [] : [new URL(scripts.allJsUrl).origin];
  const { 'script-src': extra = ["'self'"], 'style-src': styles = [], ...rest } = directives;
  const all: PolicyDirectives = {
    ...DEFAULTS,
    ...rest,
    'script-src': [...extra, nonce, ...origin],
    'style-src': styleSources(Object.hasOwn(directives, 'style-src') ? styles : undefined, nonce),
    'frame-ancestors': ancestors.length === 0 ? ["'none'"] : ancestors,
  };
  return Object.entries(all)
    .filter(([, sources]) => sources.length > 0)
    .map(([name, sources]) => [name, ...new Set(sources)].join(' '))
    .join('; ');
}

/** A nonce beside 'unsafe-inline' would switch that off. */
function styleSources(own: readonly string[] | undefined, nonce: string): readonly string[] {
  const sources = own ?? (DEFAULTS['style-src'] as readonly string[]);
  return sources.length === 0 || sources.includes("'unsafe-inline'")
    ? sources
    : [...sources, nonce];
}

/**
 * Who may show a page in a frame: the site, at its own address and at the domains that its administrators gave it.
 */
export function ancestorsOf(installation: Installation): readonly string[] {
  const { displayUrl, displayUrlServicedeskHelpCenter } = installation.payload;
  const origins = [installation.siteUrl, displayUrl, displayUrlServicedeskHelpCenter].map(originOf);
  return [...new Set(origins.filter((origin) => origin !== undefined))];
}

/** The sites that the app may be installed on, for an answer to nobody in particular. */
export function ancestorsOfSites(allowedSites: readonly string[]): readonly string[] {
  return allowedSites.map((site) => (site.includes('://') ? site : `https://${site}`));
}

function originOf(url: unknown): string | undefined {
  if (typeof url !== 'string' || !URL.canParse(url)) return undefined;
  const { protocol, hostname, origin } = new URL(url);
  // What is opaque has the origin 'null'.
  const isWeb = protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
  return isWeb && /^[!-~]+$/.test(origin) && !/[;,*]/.test(origin) ? origin : undefined;
}

import { ConfigError } from '../errors.ts';
import { isLoopback } from '../loopback.ts';
import { TRANSPORT_OPTIONS, type TransportOptions } from './transport.ts';

/** What the clients for plain scripts take beside their credentials. */
export interface PlainClientOptions extends TransportOptions {
  /** The largest JSON answer that is read, in bytes. Default: 33554432 (32 MiB). */
  maxAnswerBytes?: number;
  /** The clock, in milliseconds. Default: `Date.now`. */
  now?: () => number;
}

export const PLAIN_OPTIONS: readonly string[] = [...TRANSPORT_OPTIONS, 'maxAnswerBytes', 'now'];

/** Of a client's options, those that go to createJiraClient as they are. */
export function plainOptions(options: PlainClientOptions): PlainClientOptions {
  const given = options as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    PLAIN_OPTIONS.filter((name) => given[name] !== undefined).map((name) => [name, given[name]]),
  );
}

/** Where Atlassian answers calls with OAuth tokens and with API tokens that have scopes. */
export const GATEWAY_URL = 'https://api.atlassian.com';

/**
 * The base of all calls to one site through Atlassian's gateway.
 *
 * @throws ConfigError CONFIG_OPTION_MISSING, CONFIG_OPTION_INVALID.
 */
export function gatewayBaseUrl(owner: string, cloudId: unknown, gatewayUrl: string): string {
  const gateway = secureUrl(`${owner}: gatewayUrl`, gatewayUrl).href.replace(/\/+$/, '');
  if (/^[\w-]{1,64}$/.test(requireText(owner, 'cloudId', cloudId))) {
    return `${gateway}/ex/jira/${cloudId}`;
  }
  throw new ConfigError('CONFIG_OPTION_INVALID', `${owner}: cloudId is no id of a site.`, {
    hint: 'It is a UUID: https://<site>.atlassian.net/_edge/tenant_info shows it, and so does accessibleSites().',
  });
}

/**
 * The option, if it is text.
 *
 * @throws ConfigError CONFIG_OPTION_MISSING.
 */
export function requireText(owner: string, name: string, value: unknown): string {
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw new ConfigError('CONFIG_OPTION_MISSING', `${owner} needs the option '${name}', as text.`, {
    hint: 'An environment variable that is not set is undefined: check where it comes from.',
  });
}

/**
 * A URL that credentials may be sent to: https, or http on this machine itself.
 *
 * @throws ConfigError CONFIG_OPTION_INVALID.
 */
export function secureUrl(name: string, value: string): URL {
  let url: URL | undefined;
  try {
    url = new URL(value);
  } catch {
    // Said below.
  }
  const safe =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  // A password in the URL is never shown.
  if (url !== undefined && safe && url.username === '' && url.password === '') return url;
  throw new ConfigError('CONFIG_OPTION_INVALID', `${name} must be an https URL, without a login.`, {
    hint: 'http is only possible on this machine itself.',
  });
}

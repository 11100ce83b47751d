import { ConfigError } from '../errors.ts';
import { appAri, uuidOf } from '../forge/ids.ts';
import { isLoopback } from '../loopback.ts';
import type { ManifestInput } from './manifest.ts';

/** A module of the descriptor. Only what is read is looked at; the rest is carried along. */
export type ConnectModule = Readonly<Record<string, unknown>>;

/** A descriptor as far as a manifest is made from it. */
export interface ReadDescriptor {
  readonly appId: string;
  readonly key: string;
  readonly name: string | undefined;
  readonly description: string | undefined;
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly lifecycle: Readonly<Record<string, string>>;
  /** In upper case. */
  readonly scopes: readonly string[];
  /** By type, in the order of the descriptor; what is no list there (configurePage) is one of one here. */
  readonly modules: readonly (readonly [type: string, entries: readonly ConnectModule[]])[];
  /** Everything, with its placeholders filled. */
  readonly json: ConnectModule;
}

/**
 * A manifest needs an id of this form before the app is registered; `forge register` writes the real one.
 *
 * @see https://developer.atlassian.com/platform/adopting-forge-from-connect/how-to-adopt/
 */
const UNREGISTERED_APP_ID = 'ari:cloud:ecosystem::app/invalid-run-forge-register';

/**
 * Reads a descriptor, more leniently than an app that serves it: whoever is about to leave Connect need not put their
 * descriptor in order first.
 *
 * @throws ConfigError CONFIG_DESCRIPTOR_INVALID, CONFIG_OPTION_INVALID or CONFIG_OPTION_MISSING.
 */
export function readDescriptor(input: ManifestInput): ReadDescriptor {
  const appId = readAppId(input.appId);
  const raw = objectOf(input.descriptor);
  if (raw === undefined) throw invalid('it must be an object');
  const baseUrl = readBaseUrl(input.remoteUrl ?? raw.baseUrl, input.remoteUrl !== undefined);
  const json = fillPlaceholders(raw, baseUrl) as ConnectModule;
  const { key } = json;
  // app.connect.key has the narrower pattern of the two. https://developer.atlassian.com/platform/forge/manifest-reference/#connect
  if (typeof key !== 'string' || !/^[a-zA-Z0-9._-]{1,90}$/.test(key)) {
    throw invalid('key must be 1 to 90 letters, digits, dots, dashes or underscores');
  }
  const modules = objectOf(json.modules ?? {});
  if (modules === undefined) throw invalid('modules must be an object');
  return {
    appId,
    key,
    name: textOf(json.name),
    description: textOf(json.description),
    baseUrl,
    lifecycle: Object.fromEntries(
      Object.entries(objectOf(json.lifecycle) ?? {}).filter(
        (entry): entry is [string, string] => typeof entry[1] === 'string',
      ),
    ),
    scopes: (Array.isArray(json.scopes) ? json.scopes : [])
      .filter((scope) => typeof scope === 'string')
      .map((scope) => scope.toUpperCase()),
    modules: Object.entries(modules)
      .filter(([, entries]) => entries !== undefined && entries !== null)
      .map(([type, entries]) => [type, readEntries(type, entries)]),
    json,
  };
}

function readEntries(type: string, entries: unknown): ConnectModule[] {
  return (Array.isArray(entries) ? entries : [entries]).map((entry, index) => {
    const module = objectOf(entry);
    if (module === undefined) throw invalid(`modules.${type}[${index}] must be an object`);
    return module;
  });
}

function readAppId(appId: string | undefined): string {
  if (appId === undefined) return UNREGISTERED_APP_ID;
  const uuid = uuidOf(appId);
  if (uuid === undefined || (appId.includes('/') && !/::app\//.test(appId))) {
    throw new ConfigError('CONFIG_OPTION_INVALID', 'appId is no id of a Forge app.', {
      hint: 'It looks like ari:cloud:ecosystem::app/ and a UUID; `forge register` makes one.',
    });
  }
  return appAri(uuid);
}

function readBaseUrl(value: unknown, isOption: boolean): string {
  if (typeof value !== 'string' || value === '' || value.includes('{{')) {
    throw new ConfigError(
      'CONFIG_OPTION_MISSING',
      'Where the backend is reached is not in the descriptor.',
      { hint: 'Give --remote-url, such as https://app.example.com.' },
    );
  }
  const what = isOption ? 'remoteUrl' : 'descriptor.baseUrl';
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const isAllowed =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (url === undefined || !isAllowed || url.username !== '' || url.search + url.hash !== '') {
    throw new ConfigError(
      'CONFIG_OPTION_INVALID',
      `${what} must be an https URL without user, query and fragment.`,
      { hint: 'Forge calls a remote by https alone; http is for this machine itself.' },
    );
  }
  return value.replace(/\/+$/, '');
}

function fillPlaceholders(value: unknown, appUrl: string): unknown {
  if (typeof value === 'string') {
    return value.replaceAll(/\{\{\s*(?:appUrl|localBaseUrl)\s*\}\}/g, () => appUrl);
  }
  if (Array.isArray(value)) return value.map((item) => fillPlaceholders(item, appUrl));
  const object = objectOf(value);
  if (object === undefined) return value;
  return Object.fromEntries(
    Object.entries(object).map(([name, item]) => [name, fillPlaceholders(item, appUrl)]),
  );
}

export function objectOf(value: unknown): ConnectModule | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as ConnectModule)
    : undefined;
}

/** The objects of a list. */
export function listOf(value: unknown): ConnectModule[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  return items.map(objectOf).filter((item) => item !== undefined);
}

/** A text, or the `value` of an i18n property; undefined where there is none. */
export function textOf(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value : objectOf(value)?.value;
  return typeof text === 'string' && text.trim() !== '' ? text : undefined;
}

/** The key of a module; webhooks, and what a descriptor has one of, need none there. */
export function keyOf(type: string, { key }: ConnectModule, index: number): string {
  if (typeof key === 'string' && key !== '') return key;
  return type === 'webhooks' ? `webhook-${index + 1}` : type;
}

/** A word that Connect takes in either case, in lower case. */
export function wordOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value.toLowerCase() : undefined;
}

export function wordsOf(value: unknown): string[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  return items.map(wordOf).filter((word) => word !== undefined);
}

function invalid(problem: string): ConfigError {
  return new ConfigError('CONFIG_DESCRIPTOR_INVALID', `The descriptor cannot be read: ${problem}.`);
}

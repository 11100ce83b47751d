import type { AppJiraOptions } from './app-jira.ts';
import { type ProxyOptions, readProxyOptions } from './connect/base-urls.ts';
import type { DescriptorSource } from './connect/descriptor.ts';
import { INSTALL_KEY_HOSTS } from './connect/install-keys.ts';
import {
  readSessionOptions,
  type SessionOptions,
  type SessionSettings,
} from './connect/session-token.ts';
import { DEFAULT_ALLOWED_SITES } from './connect/sites.ts';
import { ConfigError, refuseUnknownOptions } from './errors.ts';
import { type ForgeOptions, type ForgeSettings, readForgeOptions } from './forge/options.ts';
import type { CacheOptions } from './installations/cached-store.ts';
import type { EncryptionKeys } from './installations/encryption/key-ring.ts';
import type { InstallationStore } from './installations/store.ts';
import type { JiraTelemetry } from './jira/telemetry.ts';
import { checkTransportOptions, TRANSPORT_OPTIONS } from './jira/transport.ts';
import { consoleLogger, type Logger, safeLogger } from './logger.ts';
import { isLoopback } from './loopback.ts';
import {
  readWebhooksOptions,
  type WebhooksOptions,
  type WebhooksSettings,
} from './webhooks/options.ts';
import type { WebhookTelemetry } from './webhooks/telemetry.ts';

/** Options of `createApp`. */
export interface AppOptions {
  /**
   * The app descriptor, atlassian-connect.json, as an object, or what defineDescriptor makes. `{{appUrl}}` in it is filled in. Only an app that is a
   * Forge remote and nothing else may leave it out. Keep it while sites have the app by Connect, and while there are
   * records of them: its key says which records are this app's.
   */
  descriptor?: DescriptorSource;
  /** The app as a Forge remote. Default: it is none. */
  forge?: ForgeOptions;
  /** Where Jira reaches this app: the `baseUrl` of the descriptor. */
  appUrl: string;
  /**
   * More URLs that Jira may reach this app at, such as that of an older installation. Lifecycle callbacks of a
   * descriptor with one of them as `baseUrl` are accepted, and the path of each is cut off before a hash is checked.
   * Default: none.
   */
  alternativeUrls?: readonly string[];
  /** What stands between Jira and this app. Default: nothing that changes a URL, and no header of a proxy is believed. */
  proxies?: ProxyOptions;
  /** The tokens that the app makes for its own pages. */
  session?: SessionOptions;
  /** For how long `authorize` remembers what Jira answered, in seconds: 0 to 60. Default: 5. */
  permissionCacheSeconds?: number;
  /** Where installations are kept: `sqliteStore('app.db')`, `memoryStore()` in tests, or your own. */
  store: InstallationStore;
  /**
   * What secrets and settings are encrypted with in the store: the first key encrypts, all of them decrypt. A list of
   * 32-byte keys in base64 and of functions that fetch one, or the text of an environment variable with commas
   * between them. Default: none, so that they are stored in clear; the log warns of it.
   */
  encryptionKeys?: EncryptionKeys | undefined;
  /**
   * How long what was read of the store is remembered, or false. Default: on, with the defaults of CacheOptions, for a
   * store that has to be waited for; off for one in this process or in a file.
   */
  cache?: CacheOptions | false;
  /**
   * For how long a token is still accepted that was signed with the secret before the newest, in seconds. Default: 300.
   * 0 ends a secret at once.
   */
  previousSecretSeconds?: number;
  /**
   * Sites that the app may be installed on. Default: `['*.atlassian.net', '*.jira.com']`. A sandbox is added by its
   * origin, such as `http://127.0.0.1:4400`.
   */
  allowedSites?: readonly string[];
  /**
   * The hosts that publish the keys of installed and uninstalled callbacks, tried in order. Default:
   * `INSTALL_KEY_HOSTS.production`.
   */
  installKeyHosts?: readonly string[];
  /** How far the clocks of the site and of this machine may differ, in seconds. Default: 30. */
  clockToleranceSeconds?: number;
  /** The largest body of a lifecycle callback that is read, in bytes; for webhooks see `webhooks.maxBodyBytes`. Default: 65536. */
  maxBodyBytes?: number;
  /** How the app calls its sites: limits, tries, time, connections, telemetry. */
  jira?: AppJiraOptions;
  /** Webhooks of Jira: their queue, and how they are handled. */
  webhooks?: WebhooksOptions;
  /**
   * Where {@link App.fetch} answers whether the app lives and is ready: `<health>/live` and `<health>/ready`. Default:
   * `/health`. False answers nothing there.
   */
  health?: string | false;
  /** Watches webhooks, and calls of Jira unless `jira.telemetry` does: `openTelemetry()` of `countersign/opentelemetry`. */
  telemetry?: AppTelemetry;
  /**
   * Where refusals and failures are written: a pino logger is one. Each line names the request and the installation; what
   * looks like a secret or a token is cut out. Default: one line each to standard error.
   */
  logger?: Logger;
  /** The clock, in milliseconds. Default: `Date.now`. */
  now?: () => number;
}

/** What the option `telemetry` may be: any of the two. */
export type AppTelemetry = Partial<JiraTelemetry> & WebhookTelemetry;

const STORE_METHODS = ['get', 'put', 'delete', 'list', 'findBySiteUrl', 'claimOnce'] as const;

const OPTIONS: ReadonlySet<string> = new Set([
  'descriptor',
  'forge',
  'appUrl',
  'alternativeUrls',
  'proxies',
  'session',
  'permissionCacheSeconds',
  'store',
  'encryptionKeys',
  'cache',
  'previousSecretSeconds',
  'allowedSites',
  'installKeyHosts',
  'clockToleranceSeconds',
  'maxBodyBytes',
  'jira',
  'webhooks',
  'health',
  'telemetry',
  'logger',
  'now',
]);

/** The options with their defaults. */
export type AppSettings = Required<
  Omit<
    AppOptions,
    | ('encryptionKeys' | 'cache' | 'descriptor' | 'forge' | 'session')
    | ('webhooks' | 'health' | 'telemetry')
  >
> &
  Pick<AppOptions, 'encryptionKeys' | 'cache' | 'descriptor'> & {
    readonly forge: ForgeSettings | undefined;
    readonly session: SessionSettings;
    readonly webhooks: WebhooksSettings;
    readonly telemetry: AppTelemetry | undefined;
    /** Undefined where nothing is answered. */
    readonly healthPath: string | undefined;
  };

/**
 * Checks the options of `createApp` and fills in their defaults.
 *
 * @throws ConfigError CONFIG_OPTION_UNKNOWN, CONFIG_OPTION_MISSING, CONFIG_OPTION_INVALID.
 */
export function readAppOptions(options: AppOptions): AppSettings {
  if (typeof options !== 'object' || options === null) {
    throw new ConfigError('CONFIG_OPTION_MISSING', 'createApp needs an object of options.');
  }
  refuseUnknownOptions('createApp', options, OPTIONS);
  for (const name of ['descriptor', 'appUrl', 'store'] as const) {
    const isLeftOut = options[name] === undefined;
    if (isLeftOut && !(name === 'descriptor' && options.forge !== undefined)) {
      throw new ConfigError('CONFIG_OPTION_MISSING', `createApp needs the option '${name}'.`);
    }
  }
  if (!STORE_METHODS.every((name) => typeof options.store?.[name] === 'function')) {
    throw new ConfigError('CONFIG_OPTION_INVALID', 'store is no InstallationStore.', {
      hint: "Give sqliteStore('app.db'), memoryStore(), or an object with the methods of InstallationStore.",
    });
  }
  // An option that is given as undefined counts as left out.
  return {
    ...(options.descriptor === undefined ? undefined : { descriptor: options.descriptor }),
    forge: options.forge === undefined ? undefined : readForgeOptions(options.forge),
    store: options.store,
    encryptionKeys: options.encryptionKeys,
    ...(options.cache === undefined ? undefined : { cache: readCache(options.cache) }),
    previousSecretSeconds: readNumber(
      'previousSecretSeconds',
      options.previousSecretSeconds ?? 300,
      0,
      3600,
    ),
    allowedSites: readTexts('allowedSites', options.allowedSites ?? DEFAULT_ALLOWED_SITES),
    installKeyHosts: readTexts(
      'installKeyHosts',
      options.installKeyHosts ?? INSTALL_KEY_HOSTS.production,
    ),
    jira: readJiraOptions(options.jira ?? {}, options.telemetry),
    logger: safeLogger(options.logger ?? consoleLogger),
    telemetry: options.telemetry,
    webhooks: readWebhooksOptions(options.webhooks),
    healthPath: readHealth(options.health),
    now: options.now ?? Date.now,
    appUrl: readAppUrl('appUrl', options.appUrl),
    alternativeUrls: readTexts('alternativeUrls', options.alternativeUrls ?? []).map((url) =>
      readAppUrl('alternativeUrls', url),
    ),
    proxies: readProxyOptions(options.proxies ?? {}),
    session: readSessionOptions(options.session ?? {}),
    permissionCacheSeconds: readNumber(
      'permissionCacheSeconds',
      options.permissionCacheSeconds ?? 5,
      0,
      60,
    ),
    clockToleranceSeconds: readNumber(
      'clockToleranceSeconds',
      options.clockToleranceSeconds ?? 30,
      0,
      3600,
    ),
    maxBodyBytes: readNumber('maxBodyBytes', options.maxBodyBytes ?? 65_536, 1, 2 ** 30),
  };
}

function readTexts(name: string, value: readonly string[]): readonly string[] {
  if (Array.isArray(value) && value.every((text) => typeof text === 'string')) return value;
  throw new ConfigError('CONFIG_OPTION_INVALID', `${name} must be a list of texts.`);
}

function readNumber(name: string, value: number, min: number, max: number): number {
  if (typeof value === 'number' && value >= min && value <= max) return value;
  throw new ConfigError(
    'CONFIG_OPTION_INVALID',
    `${name} must be a number between ${min} and ${max}.`,
  );
}

const JIRA_OPTIONS: ReadonlySet<string> = new Set([
  ...TRANSPORT_OPTIONS,
  ...['maxAnswerBytes', 'authorizationServerUrl'],
]);

function readHealth(health: string | false = '/health'): string | undefined {
  if (health === false) return undefined;
  if (typeof health === 'string' && /^(?:\/[\w.-]+)+$/.test(health)) return health;
  throw new ConfigError(
    'CONFIG_OPTION_INVALID',
    'health must be a path such as /health, or false.',
  );
}

function readJiraOptions(
  jira: AppJiraOptions,
  telemetry: AppTelemetry | undefined,
): AppJiraOptions {
  if (typeof jira !== 'object' || jira === null) {
    throw new ConfigError('CONFIG_OPTION_INVALID', 'jira must be an object of options.');
  }
  refuseUnknownOptions('jira', jira, JIRA_OPTIONS);
  checkTransportOptions('jira.', jira);
  readNumber('jira.maxAnswerBytes', jira.maxAnswerBytes ?? 1, 1, 2 ** 30);
  if (telemetry !== undefined && (typeof telemetry !== 'object' || telemetry === null)) {
    throw new ConfigError('CONFIG_OPTION_INVALID', 'telemetry must be an object.');
  }
  return typeof telemetry?.call === 'function' && jira.telemetry === undefined
    ? { ...jira, telemetry: telemetry as JiraTelemetry }
    : jira;
}

function readCache(cache: CacheOptions | false): CacheOptions | false {
  if (cache === false) return false;
  if (typeof cache !== 'object' || cache === null) {
    throw new ConfigError('CONFIG_OPTION_INVALID', 'cache must be an object of options, or false.');
  }
  const { maxAgeMs = 1, unknownMaxAgeMs = 1, maxBytes = 1 } = cache;
  readNumber('cache.maxAgeMs', maxAgeMs, 0, 3_600_000);
  readNumber('cache.unknownMaxAgeMs', unknownMaxAgeMs, 0, 60_000);
  readNumber('cache.maxBytes', maxBytes, 1, 2 ** 34);
  return cache;
}

function readAppUrl(option: string, appUrl: string): string {
  let url: URL | undefined;
  try {
    url = new URL(appUrl);
  } catch {
    // Said below.
  }
  const safe =
    url !== undefined &&
    (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)));
  // The URL parser overlooks blanks and line breaks, but the site compares the text.
  if (!safe || typeof appUrl !== 'string' || /[\s?#@]/.test(appUrl)) {
    throw new ConfigError(
      'CONFIG_OPTION_INVALID',
      `${option} ${option === 'appUrl' ? 'is' : 'names'} '${appUrl}'; an https URL is expected.`,
      {
        hint: 'Give the URL that Jira reaches the app at, such as https://app.example.com. http is only possible on this machine itself.',
      },
    );
  }
  return appUrl.endsWith('/') ? appUrl.slice(0, -1) : appUrl;
}

import { ConfigError, refuseUnknownOptions } from '../errors.ts';
import { isLoopback } from '../loopback.ts';
import { uuidOf } from './ids.ts';

/** The deployments of a Forge app: each has installations of its own. */
export type ForgeEnvironmentType = 'DEVELOPMENT' | 'STAGING' | 'PRODUCTION';

/** What `createApp` needs to know of the app as a Forge remote. */
export interface ForgeOptions {
  /**
   * The app's id in its manifest.yml, as an ARI (`ari:cloud:ecosystem::app/…`) or a bare UUID, or several of them. Only
   * invocation tokens (FITs) made for one of them are accepted. Records that only Forge knows carry the first as `appKey`
   * where there is no descriptor.
   */
  appId: string | readonly string[];
  /** The key set that FITs are verified with. Default: Atlassian's, for production. */
  keySetUrl?: string;
  /** The key set for FITs of Atlassian's own staging cloud. Default: none; they are refused. */
  stagingKeySetUrl?: string;
  /**
   * Where an Isolated Cloud publishes its key set, with `{icLabel}` in place of its label: Atlassian names it when the app
   * is onboarded. Default: none; FITs of an Isolated Cloud are refused.
   */
  isolatedCloudKeySetUrl?: string;
  /**
   * Where a FIT may send the app's calls: the origins of its `apiBaseUrl`. Default: `['https://api.atlassian.com']`, and
   * that of staging where stagingKeySetUrl is given. A sandbox is added by its own origin, such as `http://127.0.0.1:4400`.
   */
  gatewayUrls?: readonly string[];
  /** Where offline impersonation asks for tokens of users. Default: `https://api.atlassian.com/graphql`. */
  graphqlUrl?: string;
  /** Which way a site is called that has the app both ways; the other is the fall-back. Default: `forge`. */
  prefer?: 'forge' | 'connect';
  /** The deployments whose FITs are accepted. Default: all. */
  environments?: readonly ForgeEnvironmentType[];
}

/** The options with their defaults. */
export interface ForgeSettings {
  /** Bare UUIDs, the first one first. */
  readonly appIds: readonly [string, ...string[]];
  readonly keySetUrl: string;
  readonly stagingKeySetUrl: string | undefined;
  readonly isolatedCloudKeySetUrl: string | undefined;
  /** Origins. */
  readonly gatewayOrigins: readonly string[];
  readonly graphqlUrl: string;
  readonly prefer: 'forge' | 'connect';
  readonly environments: readonly ForgeEnvironmentType[];
}

/** Where Atlassian publishes the keys of FITs. @see https://developer.atlassian.com/platform/forge/remote/essentials/ */
export const FORGE_KEY_SET_URL = 'https://forge.cdn.prod.atlassian-dev.net/.well-known/jwks.json';
const FORGE_GATEWAY_URL = 'https://api.atlassian.com';
export const FORGE_STAGING_GATEWAY_URL = 'https://api.stg.atlassian.com';
const FORGE_GRAPHQL_URL = 'https://api.atlassian.com/graphql';

const ENVIRONMENTS: readonly ForgeEnvironmentType[] = ['DEVELOPMENT', 'STAGING', 'PRODUCTION'];

const OPTIONS: ReadonlySet<string> = new Set([
  'appId',
  'keySetUrl',
  'stagingKeySetUrl',
  'isolatedCloudKeySetUrl',
  'gatewayUrls',
  'graphqlUrl',
  'prefer',
  'environments',
]);

/**
 * Checks the option `forge` of createApp and fills in its defaults.
 *
 * @throws ConfigError CONFIG_OPTION_UNKNOWN, CONFIG_OPTION_MISSING, CONFIG_OPTION_INVALID.
 */
export function readForgeOptions(options: ForgeOptions): ForgeSettings {
  if (typeof options !== 'object' || options === null) {
    throw new ConfigError('CONFIG_OPTION_INVALID', 'forge must be an object of options.');
  }
  refuseUnknownOptions('forge', options, OPTIONS);
  const { stagingKeySetUrl, isolatedCloudKeySetUrl, prefer = 'forge' } = options;
  if (prefer !== 'forge' && prefer !== 'connect') {
    throw new ConfigError('CONFIG_OPTION_INVALID', "forge.prefer must be 'forge' or 'connect'.");
  }
  const gatewayUrls = options.gatewayUrls ?? [
    FORGE_GATEWAY_URL,
    ...(stagingKeySetUrl === undefined ? [] : [FORGE_STAGING_GATEWAY_URL]),
  ];
  if (!Array.isArray(gatewayUrls) || gatewayUrls.length === 0) {
    throw new ConfigError('CONFIG_OPTION_INVALID', 'forge.gatewayUrls must be a list of URLs.');
  }
  return {
    appIds: readAppIds(options.appId),
    keySetUrl: readUrl('keySetUrl', options.keySetUrl ?? FORGE_KEY_SET_URL).href,
    stagingKeySetUrl:
      stagingKeySetUrl === undefined
        ? undefined
        : readUrl('stagingKeySetUrl', stagingKeySetUrl).href,
    isolatedCloudKeySetUrl:
      isolatedCloudKeySetUrl === undefined ? undefined : readTemplate(isolatedCloudKeySetUrl),
    gatewayOrigins: gatewayUrls.map((url) => readUrl('gatewayUrls', url).origin),
    graphqlUrl: readUrl('graphqlUrl', options.graphqlUrl ?? FORGE_GRAPHQL_URL).href,
    prefer,
    environments: readEnvironments(options.environments ?? ENVIRONMENTS),
  };
}

function readAppIds(appId: string | readonly string[] | undefined): readonly [string, ...string[]] {
  if (appId === undefined) {
    throw new ConfigError('CONFIG_OPTION_MISSING', "forge needs the option 'appId'.", {
      hint: 'Give the app.id of manifest.yml: without it a token of any Forge app would be let in.',
    });
  }
  const ids = (typeof appId === 'string' ? [appId] : appId).map((id) => {
    const uuid = typeof id === 'string' ? uuidOf(id.trim()) : undefined;
    if (uuid !== undefined) return uuid;
    throw new ConfigError(
      'CONFIG_OPTION_INVALID',
      `forge.appId is '${String(id).slice(0, 100)}'; an ARI or a UUID is expected.`,
      { hint: "Copy app.id from manifest.yml: 'ari:cloud:ecosystem::app/' and a UUID." },
    );
  });
  const [first, ...others] = [...new Set(ids)];
  if (first !== undefined) return [first, ...others];
  throw new ConfigError('CONFIG_OPTION_INVALID', 'forge.appId must name at least one app.');
}

function readUrl(name: string, value: string): URL {
  let url: URL | undefined;
  try {
    url = new URL(value);
  } catch {
    // Said below.
  }
  const safe =
    url !== undefined &&
    (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))) &&
    url.username === '' &&
    url.password === '';
  if (url !== undefined && safe) return url;
  throw new ConfigError(
    'CONFIG_OPTION_INVALID',
    `forge.${name} names '${String(value).slice(0, 200)}'; an https URL is expected.`,
    { hint: 'Only a sandbox on this machine may be reached over http.' },
  );
}

function readTemplate(template: string): string {
  if (typeof template !== 'string' || !template.includes('{icLabel}')) {
    throw new ConfigError(
      'CONFIG_OPTION_INVALID',
      'forge.isolatedCloudKeySetUrl must be a URL with {icLabel} in it.',
    );
  }
  readUrl('isolatedCloudKeySetUrl', template.replaceAll('{icLabel}', 'label'));
  return template;
}

function readEnvironments(
  environments: readonly ForgeEnvironmentType[],
): readonly ForgeEnvironmentType[] {
  if (
    Array.isArray(environments) &&
    environments.length > 0 &&
    environments.every((environment) => ENVIRONMENTS.includes(environment))
  ) {
    return environments;
  }
  throw new ConfigError(
    'CONFIG_OPTION_INVALID',
    `forge.environments must be a list of ${ENVIRONMENTS.join(', ')}.`,
  );
}

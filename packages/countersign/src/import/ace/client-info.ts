import { normalizeSiteUrl } from '../../connect/sites.ts';
import type { InstallationRecord } from '../../installations/installation.ts';
import { readValue } from './read-value.ts';
import type { AceSkipReason } from './report.ts';

/** Sequelize keeps clientKeys of at most this many characters. */
const MAX_CLIENT_KEY = 255;

/** The app key of a clientInfo; undefined where it has none. */
export function appKeyOf(clientInfo: unknown): string | undefined {
  const info = readValue(clientInfo) as { key?: unknown } | null | undefined;
  const key = typeof info === 'object' ? info?.key : undefined;
  return typeof key === 'string' && key !== '' ? key : undefined;
}

/**
 * The record of a clientInfo, which is the payload of the newest installed callback.
 *
 * atlassian-connect-express keeps no times and no uninstalls. So all times are 0, for 'unknown', and whatever Jira
 * sends later is newer.
 *
 * @param installationId What Forge calls it, if it is known.
 */
export function recordOf(
  clientKey: string,
  clientInfo: unknown,
  installationId: string | undefined,
): InstallationRecord | AceSkipReason {
  const info = readValue(clientInfo);
  if (typeof info !== 'object' || info === null || Array.isArray(info)) {
    return 'client-info-unusable';
  }
  const { sharedSecret, ...payload } = info as Record<string, unknown>;
  const { key, baseUrl } = payload;
  if (!isText(key) || !isText(baseUrl) || !isStorable(clientKey)) return 'client-info-unusable';
  if (!isText(sharedSecret)) return 'no-secret';
  const siteUrl = normalizeSiteUrl(baseUrl);
  if (siteUrl === undefined) return 'site-url-unusable';
  return {
    clientKey,
    appKey: key,
    siteUrl,
    sharedSecret,
    status: 'installed',
    enabled: true,
    installedAt: 0,
    changedAt: 0,
    enabledChangedAt: 0,
    payload:
      installationId === undefined || payload.installationId !== undefined
        ? payload
        : { ...payload, installationId },
    revision: 1,
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** No control characters, which not every database takes. */
export function isStorable(clientKey: string): boolean {
  return (
    clientKey !== '' &&
    clientKey.length <= MAX_CLIENT_KEY &&
    clientKey.isWellFormed() &&
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here.
    !/[\0-\x1f]/.test(clientKey)
  );
}

import { setImmediate } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { ConfigError, isConfigError, refuseUnknownOptions, StoreError } from '../../errors.ts';
import { type InstallationRecord, refuseForeignRecord } from '../../installations/installation.ts';
import { checkName, settingText } from '../../installations/settings.ts';
import type { InstallationStore, SettingsStore } from '../../installations/store.ts';
import { isCachedAppToken, isCachedUserToken } from './cached-token.ts';
import { appKeyOf, isStorable, recordOf } from './client-info.ts';
import { readValue } from './read-value.ts';
import type { AceReport, AceSkip, AceSkipReason } from './report.ts';
import type { AceSetting, AceSource } from './source.ts';

/** Options of {@link importAce}. */
export interface AceImportOptions {
  /** The app whose installations come along. Needed where the store holds those of several apps. */
  appKey?: string | undefined;
  /** Write nothing. The report is the same. Default: false. */
  isDryRun?: boolean;
  /** Ends the import behind what is being written. */
  signal?: AbortSignal;
  /** Called now and then, with rows. `total` is about right. */
  onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

const OPTIONS: ReadonlySet<string> = new Set(['appKey', 'isDryRun', 'signal', 'onProgress']);

/** How many rows are written at once: a database on another machine answers them together. */
const AT_ONCE = 8;
/** Beyond this, somebody is writing the record in a loop. */
const MAX_WRITE_ATTEMPTS = 10;

type Outcome = 'imported' | 'replaced' | 'unchanged';

/**
 * Brings the installations and settings of an app on atlassian-connect-express into a store of ours: no site has to
 * install the app again. Nothing is written to the source, and nothing that the app has written here is overwritten,
 * so it may be run again, also while the app is already running on the new store.
 *
 * The framework does not keep uninstalls: a site that has removed the app comes along as installed.
 *
 * @throws ConfigError CONFIG_OPTION_MISSING when the source holds several apps and none is named; StoreError.
 */
export async function importAce(
  source: AceSource,
  store: InstallationStore,
  options: AceImportOptions = {},
): Promise<AceReport> {
  refuseUnknownOptions('importAce', options, OPTIONS);
  const { isDryRun = false, signal, onProgress } = options;
  const settingsStore = store.settings;
  if (settingsStore === undefined) {
    throw new ConfigError('CONFIG_OPTION_INVALID', 'The store to import into keeps no settings.', {
      hint: 'Give it the property settings of InstallationStore.',
    });
  }
  const appKey = options.appKey ?? (await onlyAppKey(source));
  const [first] = await store.list({ limit: 1 });
  // Before anything is written: all apps of one site share its clientKey.
  if (first !== undefined && appKey !== undefined) refuseForeignRecord(first, appKey);
  const installationIds = await readAssociations(source);

  const skipped: AceSkip[] = [];
  const installations = { imported: 0, replaced: 0, unchanged: 0 };
  const settings = { imported: 0, unchanged: 0 };
  let cachedTokens = 0;
  /** Tenants of other apps; their settings stay behind too. */
  const foreign = new Set<string>();

  const importInstallation = async ({ clientKey, value, isSuperseded }: AceSetting) => {
    const skip = (reason: AceSkipReason) => void skipped.push({ clientKey, reason });
    if (clientKey === null) return skip('no-client-key');
    if (isSuperseded) return skip('older-row');
    const record = recordOf(clientKey, value, installationIds.get(clientKey));
    const ownAppKey = appKeyOf(value);
    if (ownAppKey !== undefined && ownAppKey !== appKey) {
      foreign.add(clientKey);
      return skip('other-app');
    }
    if (typeof record === 'string') return skip(record);
    const outcome = await writeRecord(record, store, isDryRun);
    if (outcome === 'changed-here') return skip(outcome);
    installations[outcome] += 1;
  };

  const importSetting = async (setting: AceSetting) => {
    const { clientKey, key, value, isSuperseded } = setting;
    const skip = (reason: AceSkipReason) =>
      void skipped.push({ clientKey, ...(key === null ? {} : { setting: key }), reason });
    if (clientKey === null || key === null) return skip('no-client-key');
    if (foreign.has(clientKey)) return skip('other-app');
    if (isSuperseded) return skip('older-row');
    const text = storedText(clientKey, key, value);
    if (text === undefined) return skip('setting-unusable');
    const outcome = await writeSetting(clientKey, key, text, settingsStore, isDryRun);
    if (outcome === 'setting-changed-here') return skip(outcome);
    settings[outcome] += 1;
  };

  const steps: readonly (readonly [
    AsyncIterable<readonly AceSetting[]>,
    (setting: AceSetting) => Promise<void>,
    (setting: AceSetting) => boolean,
  ])[] = [
    [source.installations(), importInstallation, () => false],
    [source.settings(), importSetting, isCachedUserToken],
    [source.forgeSettings(), importSetting, isCachedAppToken],
  ];
  const total = await source.count();
  let done = 0;
  /** @returns false where it was ended. */
  const walk = async (): Promise<boolean> => {
    for (const [pages, bring, isToken] of steps) {
      for await (const page of pages) {
        // From one SQLite file into another nothing ever waits, and nobody would hear of the signal.
        await setImmediate();
        for (let at = 0; at < page.length; at += AT_ONCE) {
          if (signal?.aborted) return false;
          const some = page.slice(at, at + AT_ONCE);
          const wanted = some.filter((setting) => !isToken(setting));
          cachedTokens += some.length - wanted.length;
          await allOf(wanted.map(bring));
          done += some.length;
          onProgress?.({ done, total: Math.max(done, total) });
        }
      }
    }
    return true;
  };
  const isComplete = await walk();
  return { isDryRun, isComplete, appKey, installations, settings, cachedTokens, skipped };
}

/** Waits for all, also where one fails: nothing is still being written when the import has failed. */
async function allOf(writes: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(writes);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

async function onlyAppKey(source: AceSource): Promise<string | undefined> {
  const found = new Map<string, number>();
  for await (const page of source.installations()) {
    for (const { value, isSuperseded } of page) {
      const appKey = isSuperseded ? undefined : appKeyOf(value);
      if (appKey !== undefined) found.set(appKey, (found.get(appKey) ?? 0) + 1);
    }
  }
  if (found.size < 2) return [...found.keys()][0];
  const named = [...found].sort((a, b) => b[1] - a[1]).map(([key, count]) => `${key} (${count})`);
  throw new ConfigError(
    'CONFIG_OPTION_MISSING',
    `The store of atlassian-connect-express holds installations of several apps: ${named.slice(0, 5).join(', ')}${named.length > 5 ? ', …' : ''}.`,
    { hint: 'Name the one to bring along: --app-key KEY. Each app needs a store of its own.' },
  );
}

/** One entry an installation that Forge knows too: some 150 bytes each. */
async function readAssociations(source: AceSource): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const page of source.associations()) {
    for (const { clientKey, installationId } of page) found.set(clientKey, installationId);
  }
  return found;
}

async function writeRecord(
  record: InstallationRecord,
  store: InstallationStore,
  isDryRun: boolean,
): Promise<Outcome | 'changed-here'> {
  for (let attempt = 0; attempt < MAX_WRITE_ATTEMPTS; attempt++) {
    const stored = await store.get(record.clientKey);
    if (stored !== undefined) refuseForeignRecord(stored, record.appKey);
    if (stored !== undefined && isSame(stored, record)) return 'unchanged';
    if (stored !== undefined && stored.changedAt > 0) return 'changed-here';
    // An administrator may have switched the app off here; that is no matter of the secret.
    const { siteUrl, sharedSecret, payload } = record;
    const next =
      stored === undefined
        ? record
        : { ...stored, siteUrl, sharedSecret, payload, revision: stored.revision + 1 };
    if (isDryRun || (await store.put(next))) return stored === undefined ? 'imported' : 'replaced';
  }
  throw new StoreError(
    'STORE_CONFLICT',
    `The installation '${record.clientKey}' was changed by others ${MAX_WRITE_ATTEMPTS} times in a row.`,
  );
}

function isSame(stored: InstallationRecord, record: InstallationRecord): boolean {
  return (
    stored.status === 'installed' &&
    stored.siteUrl === record.siteUrl &&
    stored.sharedSecret === record.sharedSecret &&
    isDeepStrictEqual(stored.payload, record.payload)
  );
}

/** The text to store, or undefined where a store of ours takes no such setting. */
function storedText(clientKey: string, name: string, value: unknown): string | undefined {
  if (!isStorable(clientKey)) return undefined;
  try {
    return settingText(checkName(name), value);
  } catch (error) {
    if (isConfigError(error)) return undefined;
    throw error;
  }
}

async function writeSetting(
  clientKey: string,
  name: string,
  text: string,
  settings: SettingsStore,
  isDryRun: boolean,
): Promise<'imported' | 'unchanged' | 'setting-changed-here'> {
  const stored = await settings.get(clientKey, name);
  if (stored === undefined) {
    if (!isDryRun) await settings.put(clientKey, name, text);
    return 'imported';
  }
  return isSameJson(stored, text) ? 'unchanged' : 'setting-changed-here';
}

/** The app may have written the same again, with its names in another order. */
function isSameJson(stored: string, text: string): boolean {
  return stored === text || isDeepStrictEqual(readValue(stored), readValue(text));
}

import { ConfigError, StoreError } from '../errors.ts';
import type { InstallationStore, SettingsStore } from './store.ts';

/** Anything that JSON can hold. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/**
 * What the app keeps for one installation: in the same store, encrypted as the secrets are, and gone when the
 * installation is purged. It outlives an uninstall.
 */
export interface InstallationSettings {
  /**
   * @returns undefined where nothing is kept under this name.
   * @throws ConfigError CONFIG_SETTING_INVALID, StoreError.
   */
  get<T = JsonValue>(name: string): Promise<T | undefined>;
  /**
   * Keeps a value; the last writer wins.
   *
   * @param name 1 to 255 characters.
   * @param value JSON of at most 102,400 bytes.
   * @throws ConfigError CONFIG_SETTING_INVALID, StoreError.
   */
  set(name: string, value: JsonValue): Promise<void>;
  /** No error if there is none. */
  delete(name: string): Promise<void>;
}

const MAX_SETTING_BYTES = 102_400;
const MAX_NAME_LENGTH = 255;
/** Tokens of Forge stand beside the settings; no handler may read or write them by mistake. */
const RESERVED_PREFIX = 'forge:';

export function installationSettings(
  store: InstallationStore,
  clientKey: string,
): InstallationSettings {
  // The methods are async so that what is wrong with an argument rejects instead of throwing.
  return {
    async get<T>(name: string) {
      const text = await settingsOf(store).get(clientKey, checkName(name));
      return text === undefined ? undefined : (parse(text, clientKey, name) as T);
    },
    async set(name, value) {
      await settingsOf(store).put(clientKey, checkName(name), settingText(name, value));
    },
    async delete(name) {
      await settingsOf(store).delete(clientKey, checkName(name));
    },
  };
}

function settingsOf({ settings }: InstallationStore): SettingsStore {
  if (settings !== undefined) return settings;
  throw new ConfigError('CONFIG_OPTION_INVALID', 'The store of this app keeps no settings.', {
    hint: 'Give it the property settings of InstallationStore.',
  });
}

/**
 * The name, if it is one that an app may use.
 *
 * @throws ConfigError CONFIG_SETTING_INVALID.
 */
export function checkName(name: string): string {
  if (typeof name === 'string' && name.startsWith(RESERVED_PREFIX)) {
    throw new ConfigError(
      'CONFIG_SETTING_INVALID',
      `The name of a setting may not begin with '${RESERVED_PREFIX}': tokens are kept there.`,
    );
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here.
  const wellFormed = typeof name === 'string' && name.isWellFormed() && !/[\0-\x1f]/.test(name);
  if (wellFormed && name !== '' && name.length <= MAX_NAME_LENGTH) return name;
  throw new ConfigError('CONFIG_SETTING_INVALID', 'The name of a setting is not usable.');
}

/**
 * The text that is stored.
 *
 * @throws ConfigError CONFIG_SETTING_INVALID.
 */
export function settingText(name: string, value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    // Said below: a circle, or a number that JSON does not have.
  }
  if (text === undefined) {
    throw new ConfigError('CONFIG_SETTING_INVALID', `The setting '${name}' is not JSON.`, {
      hint: 'Give text, numbers, true, false, null, lists and plain objects. To forget a setting, delete it.',
    });
  }
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_SETTING_BYTES) return text;
  throw new ConfigError(
    'CONFIG_SETTING_INVALID',
    `The setting '${name}' takes ${bytes} bytes; ${MAX_SETTING_BYTES} are possible.`,
    { hint: 'Keep large data in a database of its own, and its id here.' },
  );
}

function parse(text: string, clientKey: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new StoreError('STORE_CORRUPT', `The setting '${name}' of '${clientKey}' is no JSON.`);
  }
}

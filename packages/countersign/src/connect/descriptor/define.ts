import { ConfigError, refuseUnknownOptions } from '../../errors.ts';
import type { Descriptor, DescriptorContext, DescriptorFunction } from '../descriptor.ts';
import type { DescriptorDefinition } from './definition.ts';
import { fillPlaceholders } from './placeholders.ts';

/** An app that is installed beside the real one, as an app of its own. */
export interface DescriptorEnvironment {
  /** Such as `staging`: letters, digits and dashes. */
  name: string;
  /** Put behind the key. Default: a dash and the name. */
  keySuffix?: string;
  /** Put behind the name. Default: the name in parentheses. */
  nameSuffix?: string;
}

/** Options of {@link defineDescriptor}. */
export interface DefineDescriptorOptions {
  /** Default: none, so that key and name stay as they are, and the environment is called `production`. */
  environment?: DescriptorEnvironment | undefined;
  /** What stands for `{{name}}`, wherever it is written. */
  placeholders?: Readonly<Record<string, string>>;
}

export const DEFAULT_ENVIRONMENT = 'production';

const OPTIONS: ReadonlySet<string> = new Set(['environment', 'placeholders']);
const ENVIRONMENT_OPTIONS: ReadonlySet<string> = new Set(['name', 'keySuffix', 'nameSuffix']);
const OWN_PLACEHOLDERS: ReadonlySet<string> = new Set([
  'appUrl',
  'localBaseUrl',
  'appKey',
  'environment',
]);

/**
 * A descriptor with types, for createApp: a name is completed, and a wrong type is seen while it is written. The rest is
 * checked by createApp, or by {@link checkDescriptor} in a test.
 *
 * `{{appKey}}` and `{{environment}}` in it are filled in, and the placeholders that you give; `{{appUrl}}` is left to
 * createApp. A function is called by createApp, with each URL of the app.
 *
 * @throws ConfigError CONFIG_OPTION_UNKNOWN, CONFIG_OPTION_INVALID.
 */
export function defineDescriptor(
  definition: (context: DescriptorContext) => DescriptorDefinition,
  options?: DefineDescriptorOptions,
): DescriptorFunction;
export function defineDescriptor(
  definition: DescriptorDefinition,
  options?: DefineDescriptorOptions,
): Descriptor;
export function defineDescriptor(
  definition: DescriptorDefinition | ((context: DescriptorContext) => DescriptorDefinition),
  options: DefineDescriptorOptions = {},
): Descriptor | DescriptorFunction {
  refuseUnknownOptions('defineDescriptor', options, OPTIONS);
  const environment = readEnvironment(options.environment);
  const placeholders = readPlaceholders(options.placeholders ?? {});
  const finish = (written: DescriptorDefinition): Descriptor =>
    finishDescriptor(written, environment, placeholders);
  if (typeof definition !== 'function') return finish(definition);
  return ({ appUrl }) =>
    finish(definition({ appUrl, environment: environment?.name ?? DEFAULT_ENVIRONMENT }));
}

function finishDescriptor(
  written: DescriptorDefinition,
  environment: DescriptorEnvironment | undefined,
  placeholders: ReadonlyMap<string, string>,
): Descriptor {
  // What is no descriptor at all is for createApp to say.
  if (typeof written !== 'object' || written === null || written instanceof Promise) return written;
  const { name = DEFAULT_ENVIRONMENT } = environment ?? {};
  const keySuffix = environment?.keySuffix ?? (environment === undefined ? '' : `-${name}`);
  const nameSuffix = environment?.nameSuffix ?? (environment === undefined ? '' : ` (${name})`);
  const own = {
    ...written,
    ...(typeof written.key === 'string' ? { key: `${written.key}${keySuffix}` } : {}),
    ...(typeof written.name === 'string' ? { name: `${written.name}${nameSuffix}` } : {}),
  };
  const key = fillPlaceholders(own.key, placeholders);
  return fillPlaceholders(
    own,
    new Map([...placeholders, ['environment', name], ['appKey', String(key)]]),
  ) as Descriptor;
}

function readEnvironment(
  environment: DescriptorEnvironment | undefined,
): DescriptorEnvironment | undefined {
  if (environment === undefined) return undefined;
  if (typeof environment !== 'object' || environment === null) {
    throw invalid("environment must be an object such as { name: 'staging' }.");
  }
  refuseUnknownOptions('environment', environment, ENVIRONMENT_OPTIONS);
  const { name, keySuffix, nameSuffix } = environment;
  if (typeof name !== 'string' || !/^[a-zA-Z0-9-]{1,40}$/.test(name)) {
    throw invalid('environment.name must be 1 to 40 letters, digits and dashes.');
  }
  if (keySuffix !== undefined && !/^[a-zA-Z0-9._-]{0,64}$/.test(keySuffix)) {
    throw invalid('environment.keySuffix must be letters, digits, dots, dashes or underscores.');
  }
  if (nameSuffix !== undefined && typeof nameSuffix !== 'string') {
    throw invalid('environment.nameSuffix must be a text.');
  }
  return environment;
}

function readPlaceholders(given: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  if (typeof given !== 'object' || given === null) {
    throw invalid('placeholders must be an object of texts.');
  }
  for (const [name, value] of Object.entries(given)) {
    if (OWN_PLACEHOLDERS.has(name) || !/^[\w.-]{1,100}$/.test(name)) {
      throw invalid(
        OWN_PLACEHOLDERS.has(name)
          ? `placeholders.${name} has its own meaning; take another name.`
          : 'A placeholder is named by letters, digits, dots, dashes and underscores.',
      );
    }
    // One from the environment of the process that is not set.
    if (typeof value !== 'string') throw invalid(`placeholders.${name} must be a text.`);
  }
  return new Map(Object.entries(given));
}

function invalid(message: string): ConfigError {
  return new ConfigError('CONFIG_OPTION_INVALID', message);
}

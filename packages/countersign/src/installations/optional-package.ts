import { ConfigError } from '../errors.ts';

/**
 * Loads a package that only some users need, so that it is no dependency of all.
 *
 * @param load `() => import('pg')`: written out, so that bundlers and type checkers see it.
 * @param install What to install: `kysely pg`.
 * @throws ConfigError CONFIG_PACKAGE_MISSING.
 */
export async function optionalPackage<T>(
  name: string,
  load: () => Promise<T>,
  install: string = name,
): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const { code, message = '' } = error as { code?: unknown; message?: string };
    // Anything else, such as a package that this one misses in turn, is not for us to explain.
    if (code !== 'ERR_MODULE_NOT_FOUND' || !message.includes(`'${name}'`)) throw error;
    throw new ConfigError('CONFIG_PACKAGE_MISSING', `The package '${name}' is not installed.`, {
      hint: `Install it: npm install ${install}`,
    });
  }
}

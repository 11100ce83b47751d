import { ConfigError } from '../../errors.ts';
import { DEFAULT_ENVIRONMENT } from './define.ts';

/**
 * The descriptor, or what the function makes of it; what that throws is passed on.
 *
 * @throws ConfigError CONFIG_DESCRIPTOR_INVALID for an async one.
 */
export function madeDescriptor(source: unknown, appUrl: string): unknown {
  if (typeof source !== 'function') return source;
  const made: unknown = source({ appUrl, environment: DEFAULT_ENVIRONMENT });
  if (!(made instanceof Promise)) return made;
  // Its rejection would end the process before anybody reads this.
  made.catch(() => {});
  throw new ConfigError(
    'CONFIG_DESCRIPTOR_INVALID',
    'The function that makes the descriptor is async.',
    { hint: 'Await what it needs before createApp; the key of the app has to be known at once.' },
  );
}

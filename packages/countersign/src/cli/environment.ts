import { badUsage, cannotDo } from './failures.ts';
import type { Terminal } from './terminal.ts';

/**
 * The value of the environment variable that an option names.
 *
 * @param holds What is in it: `a key`. An option that is given that itself would show it to other users.
 * @throws CommandFailure when it is no name, or no such variable is set.
 */
export function variableNamedBy(
  option: string,
  name: string,
  holds: string,
  { env }: Terminal,
): string {
  if (!/^[A-Za-z_]\w*$/.test(name)) {
    throw badUsage(`--${option} takes the name of an environment variable, not ${holds}.`);
  }
  const value = env[name] ?? '';
  if (value !== '') return value;
  throw cannotDo(`The environment variable ${name} is not set.`);
}

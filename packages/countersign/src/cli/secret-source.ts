import type { Arguments } from './arguments.ts';
import { askSecret, canAsk } from './ask.ts';
import type { CommandOption } from './command.ts';
import { variableNamedBy } from './environment.ts';
import { badUsage, cannotDo } from './failures.ts';
import { readInput, readTextFile } from './files.ts';
import type { Terminal } from './terminal.ts';

const DEFAULT_VARIABLE = 'COUNTERSIGN_SHARED_SECRET';

/** The options that say where the shared secret is. */
export const SECRET_OPTIONS: Readonly<Record<string, CommandOption>> = {
  'secret-file': {
    value: 'FILE',
    text: 'Read the shared secret from this file, without the line break at its end; - reads standard input.',
  },
  'secret-env': {
    value: 'NAME',
    text: `Read it from this environment variable. Default: ${DEFAULT_VARIABLE}.`,
  },
  'secret-prompt': { text: 'Ask for it on the terminal; it does not show.' },
};

/** True where an option says where the secret is, so that the store is not asked. */
export function namesSecret(given: Arguments): boolean {
  return given.has('secret-file') || given.has('secret-env') || given.has('secret-prompt');
}

/**
 * The shared secret from a file, the environment or a prompt; undefined where none is named.
 *
 * @throws CommandFailure when it is named, but is not there.
 */
export async function readSecret(
  given: Arguments,
  terminal: Terminal,
): Promise<string | undefined> {
  const file = given.text('secret-file');
  if (file !== undefined) {
    const text = file === '-' ? await readInput(terminal) : readTextFile(file, 'The secret file');
    // An editor ends a file with a line break; more than that is left to be found.
    return demand(text.replace(/\r?\n$/, ''), 'The secret file is empty.');
  }
  const name = given.text('secret-env');
  if (name !== undefined) {
    return variableNamedBy('secret-env', name, 'a secret', terminal);
  }
  if (given.has('secret-prompt')) {
    if (!canAsk(terminal)) throw badUsage('--secret-prompt needs a terminal.');
    return demand(await askSecret(terminal, 'Shared secret'), 'No secret was given.');
  }
  return terminal.env[DEFAULT_VARIABLE] || undefined;
}

function demand(secret: string, message: string): string {
  if (secret !== '') return secret;
  throw cannotDo(message);
}

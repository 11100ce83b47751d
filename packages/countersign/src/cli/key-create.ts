import { randomBytes } from 'node:crypto';
import { keyRing } from '../installations/encryption/key-ring.ts';
import type { Arguments } from './arguments.ts';
import { type CommandDetails, type ExitCode, JSON_OPTION } from './command.ts';
import { note, printJson } from './page.ts';
import type { Terminal } from './terminal.ts';

export const keyCreate: CommandDetails = {
  usage: '[options]',
  about: [
    'Prints 32 random bytes in base64: a key for encryptionKeys of the app, and for COUNTERSIGN_ENCRYPTION_KEYS. Keep it where the app finds it, and apart from the backups of the store: without it the secrets are lost.',
    'The id of the key, by which stored secrets and messages name it, goes to the terminal beside it. It tells nothing about the key.',
  ],
  options: { json: JSON_OPTION },
  examples: [{ text: 'Into a file:', line: 'umask 077; countersign key create > encryption.key' }],
  run: create,
};

async function create(given: Arguments, terminal: Terminal): Promise<ExitCode> {
  const key = randomBytes(32).toString('base64');
  const [id] = (await keyRing(key).load()).ids;
  if (given.has('json')) printJson(terminal, { id, key });
  else {
    terminal.output.write(`${key}\n`);
    if (terminal.errors.isTTY === true) note(terminal, `Its id is ${id}.`);
  }
  return 0;
}

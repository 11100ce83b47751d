import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { badUsage, CommandFailure } from './failures.ts';
import type { Terminal } from './terminal.ts';

/** True where somebody can answer. */
export function canAsk({ input, errors }: Terminal): boolean {
  return input.isTTY === true && errors.isTTY === true;
}

/** Asks for a secret; what is typed or pasted does not show. */
export function askSecret(terminal: Terminal, question: string): Promise<string> {
  terminal.errors.write(`${question} (it does not show): `);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  return ask(terminal, nowhere).finally(() => terminal.errors.write('\n'));
}

/**
 * Asks for a yes.
 *
 * @param isYes `--yes` was given.
 * @throws CommandFailure when nobody can be asked, or the answer is no.
 */
export async function confirm(terminal: Terminal, question: string, isYes: boolean): Promise<void> {
  if (isYes) return;
  if (!canAsk(terminal)) {
    throw badUsage('This asks first, and there is no terminal to ask on.', 'Add --yes.');
  }
  terminal.errors.write(`${question} [y/N] `);
  const answer = await ask(terminal, terminal.errors);
  if (!/^y(?:es)?$/i.test(answer.trim())) throw new CommandFailure(1, 'Nothing was done.');
}

function ask(terminal: Terminal, output: Writable): Promise<string> {
  const lines = createInterface({ input: terminal.input, output, terminal: true, historySize: 0 });
  return new Promise((resolve, reject) => {
    lines.once('line', (line) => {
      resolve(line);
      lines.close();
    });
    lines.once('SIGINT', () => lines.close());
    lines.once('close', () => reject(new CommandFailure(1, 'Nothing was done.')));
  });
}

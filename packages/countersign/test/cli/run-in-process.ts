import { PassThrough } from 'node:stream';
import { runCommandLine } from '../../src/cli/run.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import type { Outcome, RunOptions } from './run-cli.ts';

/**
 * Runs the command line in this process, without a terminal: a third of a second less than a process of its own takes.
 * Each command has tests with a process, too; they see that it ends.
 */
export async function runInProcess(
  args: readonly string[],
  { input = '', env = {} }: Pick<RunOptions, 'input' | 'env'> = {},
): Promise<Outcome> {
  const stdin = new PassThrough();
  stdin.end(input);
  const [output, stdout] = collected();
  const [errors, stderr] = collected();
  const terminal: Terminal = { input: stdin, output, errors, env };
  const code = await runCommandLine(args, terminal);
  return { code, stdout: stdout(), stderr: stderr(), text: stdout() + stderr() };
}

/** The same, with the JSON that it printed. */
export async function runInProcessJson(
  args: readonly string[],
  options: Pick<RunOptions, 'input' | 'env'> = {},
  // biome-ignore lint/suspicious/noExplicitAny: the tests look into it.
): Promise<Outcome & { json: any }> {
  const outcome = await runInProcess([...args, '--json'], options);
  return { ...outcome, json: JSON.parse(outcome.stdout) };
}

function collected(): [PassThrough, () => string] {
  const stream = new PassThrough();
  const chunks: Buffer[] = [];
  stream.on('data', (chunk) => chunks.push(Buffer.from(chunk)));
  return [stream, () => Buffer.concat(chunks).toString('utf8')];
}

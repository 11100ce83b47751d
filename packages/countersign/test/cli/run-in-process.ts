import { PassThrough } from 'node:stream';
import { runCommandLine } from '../../src/cli/run.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import type { Outcome, RunOptions } from './run-cli.ts';

/** Runs the command line in this process, without a terminal. */
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

function collected(): [PassThrough, () => string] {
  const stream = new PassThrough();
  const chunks: Buffer[] = [];
  stream.on('data', (chunk) => chunks.push(Buffer.from(chunk)));
  return [stream, () => Buffer.concat(chunks).toString('utf8')];
}

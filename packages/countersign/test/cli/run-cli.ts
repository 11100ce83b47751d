import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const MAIN: string = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
  /** Both, as a person sees them. */
  text: string;
}

export interface RunOptions {
  input?: string;
  env?: Record<string, string>;
  cwd?: string;
  /** The entry of another copy of the command line. */
  main?: string;
}

/** Runs the command line in a process of its own, without a terminal, as a script or a stranger would. */
export async function countersign(
  args: readonly string[],
  options: RunOptions = {},
): Promise<Outcome> {
  const { PATH = '', HOME = '', NODE_COMPILE_CACHE } = process.env;
  const child = spawn(process.execPath, [options.main ?? MAIN, ...args], {
    cwd: options.cwd,
    env: { PATH, HOME, ...(NODE_COMPILE_CACHE && { NODE_COMPILE_CACHE }), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const outcome = { code: null as number | null, stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    outcome.stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    outcome.stderr += chunk;
  });
  // A command that reads nothing closes its end.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  outcome.code = await new Promise((resolve) => child.on('close', resolve));
  return { ...outcome, text: outcome.stdout + outcome.stderr };
}

/** The same, with the JSON that it printed. */
export async function countersignJson(
  args: readonly string[],
  options: RunOptions = {},
  // biome-ignore lint/suspicious/noExplicitAny: the tests look into it.
): Promise<Outcome & { json: any }> {
  const outcome = await countersign([...args, '--json'], options);
  return { ...outcome, json: JSON.parse(outcome.stdout) };
}

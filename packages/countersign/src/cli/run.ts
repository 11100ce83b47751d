import { nearest } from '../errors.ts';
import { VERSION } from '../version.ts';
import { readArguments } from './arguments.ts';
import type { Command, ExitCode } from './command.ts';
import { COMMANDS } from './commands.ts';
import { badUsage, describeFailure } from './failures.ts';
import { printCommandHelp, printHelp } from './help.ts';
import { createPage, printJson } from './page.ts';
import type { Terminal } from './terminal.ts';

/** Runs a command line. It never rejects. */
export async function runCommandLine(
  args: readonly string[],
  terminal: Terminal,
): Promise<ExitCode> {
  try {
    return await dispatch(args, terminal);
  } catch (error) {
    // Behind curl it is an option of curl.
    const end = args.indexOf('curl');
    const own = end === -1 ? args : args.slice(0, end);
    return printFailure(error, own.includes('--json'), terminal);
  }
}

async function dispatch(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const words = args[0] === 'help' ? [...args.slice(1), '--help'] : [...args];
  const [first] = words;
  if (first === undefined || first === '--help' || first === '-h') {
    printHelp(COMMANDS, terminal);
    return first === undefined ? 2 : 0;
  }
  if (first === '--version') {
    terminal.output.write(`${VERSION}\n`);
    return 0;
  }
  const entry = COMMANDS.find(({ name }) => {
    const parts = name.split(' ');
    return parts.every((part, index) => words[index] === part);
  });
  if (entry === undefined) return dispatchGroup(words, terminal);
  const command: Command = { ...entry, ...(await entry.load()) };
  const rest = words.slice(command.name.split(' ').length);
  if (asksForHelp(command, rest)) {
    printCommandHelp(command, terminal);
    return 0;
  }
  return command.run(readArguments(command, rest), terminal);
}

/** The -h of a curl command is not for us. */
function asksForHelp({ wordsAfter }: Command, args: readonly string[]): boolean {
  const end = wordsAfter === undefined ? -1 : args.indexOf(wordsAfter);
  const own = end === -1 ? args : args.slice(0, end);
  return own.includes('--help') || own.includes('-h');
}

/** The first word alone of a command of two, or no command at all. */
function dispatchGroup(words: readonly string[], terminal: Terminal): ExitCode {
  const [first = '', second] = words;
  const group = COMMANDS.filter(({ name }) => name.startsWith(`${first} `));
  const isHelp = second === '--help' || second === '-h';
  if (group.length > 0 && (second === undefined || isHelp)) {
    printHelp(group, terminal);
    return isHelp ? 0 : 2;
  }
  const tried = (group.length > 0 ? `${first} ${second}` : first).slice(0, 60);
  const near = nearestCommand(tried);
  // A pasted token or secret is not repeated.
  const shown = /^[a-z]+(?: [a-z]+)?$/i.test(tried) && tried.length < 30 ? ` '${tried}'` : '';
  throw badUsage(
    `There is no command${shown}.${near === undefined ? '' : ` Did you mean '${near}'?`}`,
    'See countersign --help.',
  );
}

function nearestCommand(tried: string): string | undefined {
  const names = COMMANDS.map(({ name }) => name);
  // Also by its second word alone: countersign explain. Of two with the same, the first is the commoner one.
  const lastWords = new Map(
    names.toReversed().map((name) => [name.split(' ').at(-1) as string, name]),
  );
  const words = tried.split(' ');
  const groups = names.map((name) => name.split(' ')[0] as string);
  const group = nearest(words[0] ?? '', [...lastWords.keys(), ...groups]);
  if (words.length === 1 && group !== undefined) return lastWords.get(group) ?? group;
  return nearest(tried, names);
}

function printFailure(error: unknown, json: boolean, terminal: Terminal): ExitCode {
  const { exitCode, ...failure } = describeFailure(error);
  if (json) {
    printJson(terminal, { error: failure });
    return exitCode;
  }
  const page = createPage(terminal, terminal.errors);
  page.text(`countersign: ${failure.message}`, { style: 'red' });
  if (failure.hint !== undefined) page.text(failure.hint);
  return exitCode;
}

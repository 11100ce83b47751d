import { parseArgs } from 'node:util';
import { nearest } from '../errors.ts';
import type { Command } from './command.ts';
import { badUsage } from './failures.ts';

/** What a command was given. */
export interface Arguments {
  /** The value of an option. */
  text(name: string): string | undefined;
  texts(name: string): string[];
  has(name: string): boolean;
  /** The argument that is no option. */
  readonly argument: string | undefined;
  /** All of those, of a command that takes several. */
  readonly argumentList: readonly string[];
  /** Words that the shell has split already; see {@link Command.wordsAfter}. */
  readonly words: readonly string[] | undefined;
}

/**
 * Reads the arguments of a command. No message repeats a value: it may be a secret.
 *
 * @throws CommandFailure for an unknown option (naming the nearest), a missing value, or one argument too many.
 */
export function readArguments(command: Command, args: readonly string[]): Arguments {
  const { known, words } = splitWords(command, args);
  const options = { ...command.options, help: { text: '' } };
  const { tokens } = parseArgs({
    args: known,
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: {
      ...Object.fromEntries(
        Object.entries(command.options).map(([name, { value }]) => [
          name,
          { type: value === undefined ? 'boolean' : 'string' } as const,
        ]),
      ),
      help: { type: 'boolean', short: 'h' } as const,
    },
  });
  const values = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const option = Object.hasOwn(options, token.name)
      ? (options as Command['options'])[token.name]
      : undefined;
    if (option === undefined) throw unknownOption(command, token.name, token.rawName);
    values.set(token.name, [
      ...(values.get(token.name) ?? []),
      optionValue(token, option.value, option.multiple === true || !values.has(token.name)),
    ]);
  }
  const most =
    command.argument === undefined ? 0 : command.takesMany ? Number.POSITIVE_INFINITY : 1;
  if (positionals.length > most) {
    throw badUsage(
      command.argument === undefined
        ? `'${command.name}' takes options only, and no other argument.`
        : `'${command.name}' takes one ${command.argument}.`,
      'Put quotes around what holds spaces.',
    );
  }
  return {
    text: (name) => values.get(name)?.[0],
    texts: (name) => values.get(name) ?? [],
    has: (name) => values.has(name),
    argument: positionals[0],
    argumentList: positionals,
    words,
  };
}

function splitWords(
  { wordsAfter }: Command,
  args: readonly string[],
): { known: string[]; words: string[] | undefined } {
  const at = wordsAfter === undefined ? -1 : args.indexOf(wordsAfter);
  if (at === -1 || at === args.length - 1) return { known: [...args], words: undefined };
  const known = args.slice(0, at);
  return { known: known.at(-1) === '--' ? known.slice(0, -1) : known, words: args.slice(at) };
}

function optionValue(
  token: { rawName: string; value: string | undefined; inlineValue: boolean | undefined },
  value: string | undefined,
  mayRepeat: boolean,
): string {
  const { rawName, inlineValue } = token;
  if (!mayRepeat) throw badUsage(`${rawName} is given twice.`);
  if (value === undefined) {
    if (token.value !== undefined) throw badUsage(`${rawName} takes no value.`);
    return '';
  }
  if (token.value === undefined || token.value === '') {
    throw badUsage(`${rawName} needs a value: ${rawName} ${value}.`);
  }
  if (!inlineValue && token.value.length > 1 && token.value.startsWith('-')) {
    throw badUsage(
      `${rawName} needs a value: ${rawName} ${value}.`,
      `If the value begins with a dash, write ${rawName}=VALUE.`,
    );
  }
  return token.value;
}

function unknownOption(command: Command, name: string, rawName: string): Error {
  if (/^(?:shared-?)?secret$/i.test(name)) {
    return badUsage(
      'A secret is never given on the command line: other users of the machine see it there.',
      'Use --secret-file FILE, --secret-env NAME or --store.',
    );
  }
  if (/^(?:encryption-?)?keys?$/i.test(name) && Object.hasOwn(command.options, 'keys-env')) {
    return badUsage(
      'A key is never given on the command line: other users of the machine see it there.',
      'Use --keys-file FILE, --keys-env NAME or the environment variable COUNTERSIGN_ENCRYPTION_KEYS.',
    );
  }
  const isShort = /^-[^-]/.test(rawName);
  const near = isShort ? undefined : nearest(name, [...Object.keys(command.options), 'help']);
  return badUsage(
    `'${command.name}' has no option ${shownOption(rawName)}.${near === undefined ? '' : ` Did you mean --${near}?`}`,
    `See countersign ${command.name} --help.`,
  );
}

function shownOption(rawName: string): string {
  return /^--?[\w-]{1,40}$/.test(rawName) ? rawName : 'of that name';
}

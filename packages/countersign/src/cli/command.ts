import type { Arguments } from './arguments.ts';
import type { Terminal } from './terminal.ts';

/** An option of a command. */
export interface CommandOption {
  /** What stands for its value in the help, such as FILE; left out for a switch. */
  readonly value?: string;
  readonly text: string;
  /** May be given more than once. */
  readonly multiple?: boolean;
}

/** How a command is called. */
export interface CommandName {
  /** The words after `countersign`. */
  readonly name: string;
  readonly summary: string;
}

/** What a command takes and does. */
export interface CommandDetails {
  /** What follows the name: `[options] [INPUT | -]`. */
  readonly usage: string;
  /** Paragraphs of its help. */
  readonly about: readonly string[];
  readonly options: Readonly<Record<string, CommandOption>>;
  /** Command lines, each with what it does. */
  readonly examples: readonly { readonly text: string; readonly line: string }[];
  /** What its only argument is called; left out where it takes none. */
  readonly argument?: string;
  /** It takes that argument more than once. */
  readonly takesMany?: boolean;
  /** A word that ends the options: it and all that follow are the argument, as the shell has split them. */
  readonly wordsAfter?: string;
  /** @returns the exit code. */
  run(given: Arguments, terminal: Terminal): Promise<ExitCode>;
}

/** One command of the command line. */
export type Command = CommandName & CommandDetails;

/** 0: fine. 1: a check failed, or a cause was found. 2: bad usage. 3: it could not be done (store, file, network). */
export type ExitCode = 0 | 1 | 2 | 3;

/** Options that many commands share. */
export const JSON_OPTION: CommandOption = { text: 'Print JSON for other programs.' };

export const STORE_OPTION: CommandOption = {
  value: 'STORE',
  text: 'The store of the app: sqlite:FILE, a FILE that ends in .db or .sqlite, a URL (postgres://, mysql://, mariadb://, redis://, rediss://), or module:FILE, an ES module whose default export is a store. Default: the environment variable COUNTERSIGN_STORE. Put a URL with a password there: other users of the machine see the command line.',
};

export const DRY_RUN_OPTION: CommandOption = { text: 'Say what would be done, and write nothing.' };

export const YES_OPTION: CommandOption = { text: 'Do not ask.' };

export const CLIENT_KEY_OPTION: CommandOption = {
  value: 'KEY',
  text: 'The installation with this clientKey.',
};

export const SITE_OPTION: CommandOption = {
  value: 'URL',
  text: 'The installation on the site with this URL.',
};

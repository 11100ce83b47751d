import { type CountersignError, isCountersignError } from '../errors.ts';
import type { ExitCode } from './command.ts';

/** Something that ends a command, in a line or two. */
export class CommandFailure extends Error {
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;
  constructor(exitCode: ExitCode, message: string, hint?: string) {
    super(message);
    this.exitCode = exitCode;
    this.hint = hint;
  }
}

/** The command line itself is wrong. */
export function badUsage(message: string, hint?: string): CommandFailure {
  return new CommandFailure(2, message, hint);
}

/** A file, a store, a queue or the network is in the way. */
export function cannotDo(message: string, hint?: string): CommandFailure {
  return new CommandFailure(3, message, hint);
}

/** What is said of an error: never a stack, and of a foreign one nothing that could hold what was sent. */
export interface ShownFailure {
  exitCode: ExitCode;
  code?: string;
  message: string;
  hint?: string;
}

export function describeFailure(error: unknown): ShownFailure {
  if (error instanceof CommandFailure) {
    return {
      exitCode: error.exitCode,
      message: error.message,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    };
  }
  if (isCountersignError(error)) {
    const { code, message, hint } = error;
    return { exitCode: exitCodeOf(error), code, message, hint: KEY_HINTS[code] ?? hint };
  }
  const { code } = (error ?? {}) as { code?: unknown };
  return {
    exitCode: 3,
    message: `It failed unexpectedly${typeof code === 'string' ? ` (${code.slice(0, 40)})` : ''}.`,
    hint: 'This is a mistake in countersign. Please report it with the command, but without its secrets.',
  };
}

/** The hints of errors.ts speak of the option of the app. */
const KEY_HINTS: Readonly<Record<string, string>> = {
  STORE_KEY_MISSING:
    'Give the keys of the app: set COUNTERSIGN_ENCRYPTION_KEYS, or use --keys-file or --keys-env.',
  STORE_NOT_ENCRYPTED:
    "Add 'none' at the end of the keys, so that what is stored in clear is read too.",
};

function exitCodeOf({ code }: CountersignError): ExitCode {
  if (code === 'CONFIG_PACKAGE_MISSING') return 3;
  if (code.startsWith('CONFIG_') || /^TOKEN_(?:OPTION|LIFETIME)_/.test(code)) return 2;
  return isOutOfReach(code) ? 3 : 1;
}

/** True where no judgement was possible, because something did not answer. */
export function isOutOfReach(code: string): boolean {
  return /^(?:STORE|QUEUE|KEY_SOURCE)_/.test(code) || /^JIRA_(?:UNREACHABLE|TIMEOUT)$/.test(code);
}

/** The short reason of the operating system or the network, such as ENOENT. */
export function reasonOf(error: unknown): string {
  for (let each = error, depth = 0; depth < 5; depth++) {
    const { code, name, cause } = (each ?? {}) as {
      code?: unknown;
      name?: unknown;
      cause?: unknown;
    };
    if (typeof code === 'string') return code.slice(0, 60);
    if (name === 'TimeoutError') return 'no answer in time';
    if (cause === undefined) break;
    each = cause;
  }
  return 'no reason given';
}

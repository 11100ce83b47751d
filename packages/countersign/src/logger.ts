import { AsyncLocalStorage } from 'node:async_hooks';
import { type Diagnosis, isCountersignError } from './errors.ts';
import { redact, redactText } from './redact.ts';

/** Where the app writes what it did. A pino logger is one. */
export interface Logger {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
  /** What goes well, one line each. Left out: it is not written. */
  debug?(details: object, message: string): void;
}

const LEVELS = ['info', 'warn', 'error', 'debug'] as const;

/** What each line says of the request that it belongs to. */
export interface LogContext {
  /** Of the header `x-request-id`, or made for the request. */
  readonly requestId?: string | undefined;
  readonly clientKey?: string | undefined;
}

const context = new AsyncLocalStorage<LogContext>();

/** Runs something of one request: the lines that it writes name that. */
export function withLogContext<T>(of: LogContext, run: () => T): T {
  return context.run({ ...context.getStore(), ...of }, run);
}

/** From now on, until the request is done, its lines name this too. */
export function addLogContext(of: LogContext): void {
  const known = context.getStore();
  if (known !== undefined) Object.assign(known, of);
}

/** The id of the request that is being served; undefined outside of one. */
export function currentRequestId(): string | undefined {
  return context.getStore()?.requestId;
}

/**
 * The logger as the app writes to it: with the request and the installation on each line, and with nothing in it that
 * looks like a secret, whatever it was given.
 */
export function safeLogger(logger: Logger): Logger {
  return derive(logger, (details) => redact({ ...context.getStore(), ...details }) as object);
}

/** The same logger with these details on each line. */
export function loggerWith(logger: Logger, bound: object): Logger {
  return derive(logger, (details) => ({ ...bound, ...details }));
}

function derive(logger: Logger, change: (details: object) => object): Logger {
  const methods = LEVELS.filter((level) => typeof logger[level] === 'function').map((level) => [
    level,
    // Called as a method: that of a pino logger needs it.
    (details: object, message: string) => logger[level]?.(change(details), redactText(message)),
  ]);
  return Object.fromEntries(methods) as Logger;
}

/** Writes one line an event to standard error. */
export const consoleLogger: Logger = {
  info: (details, message) => console.error(line('info', details, message)),
  warn: (details, message) => console.error(line('warn', details, message)),
  error: (details, message) => console.error(line('error', details, message)),
};

function line(level: string, details: object, message: string): string {
  return `[countersign] ${level}: ${message} ${JSON.stringify(details)}`;
}

/** What of an error may stand in a log: never a secret, and of a foreign error no more than its name and message. */
export function loggable(error: unknown): Record<string, unknown> {
  if (isCountersignError(error)) {
    const { cause } = error;
    // It is made when it is first read: here, where somebody will read it.
    const { diagnosis } = error as { diagnosis?: Diagnosis };
    return {
      ...error.toJSON(),
      ...(cause instanceof Error ? { cause: `${cause.name}: ${cause.message}` } : undefined),
      ...(diagnosis === undefined ? undefined : { diagnosis: briefly(diagnosis) }),
    };
  }
  return error instanceof Error
    ? { name: error.name, message: error.message }
    : { message: 'Something was thrown that is no Error.' };
}

/** What was ruled out would fill the log. */
function briefly({ ruledOut: _, ...diagnosis }: Diagnosis): Omit<Diagnosis, 'ruledOut'> {
  return diagnosis;
}

import { type Diagnosis, isCountersignError } from './errors.ts';

/** Where the app writes what it did. A pino logger is one. */
export interface Logger {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
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

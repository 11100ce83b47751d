import type { Logger } from '../../src/index.ts';

interface LogLine {
  level: 'info' | 'warn' | 'error' | 'debug';
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was logged.
  details: any;
  message: string;
}

/** A logger that keeps what it is given. */
export interface CollectedLog extends Logger {
  readonly lines: LogLine[];
  /** The codes of all errors that were logged, in order. */
  codes(): string[];
}

export function collectLog(): CollectedLog {
  const lines: LogLine[] = [];
  const keep = (level: LogLine['level']) => (details: object, message: string) => {
    lines.push({ level, details, message });
  };
  return {
    lines,
    info: keep('info'),
    warn: keep('warn'),
    error: keep('error'),
    codes: () => lines.flatMap(({ details }) => details.error?.code ?? []),
  };
}

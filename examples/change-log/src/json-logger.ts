import type { Logger } from 'countersign';

/** One JSON object a line, on standard output, where every host collects it. */
export const jsonLogger: Logger = {
  info: (details, message) => write('info', details, message),
  warn: (details, message) => write('warn', details, message),
  error: (details, message) => write('error', details, message),
};

function write(level: string, details: object, message: string): void {
  const time = new Date().toISOString();
  process.stdout.write(`${JSON.stringify({ time, level, message, ...details })}\n`);
}

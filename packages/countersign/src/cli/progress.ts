import { amount } from './amounts.ts';
import type { Terminal } from './terminal.ts';
import { duration } from './times.ts';

/** How far a long command is, in one line that is drawn over and over. */
export interface Progress {
  /** @param done How many are done by now. */
  update(done: number): void;
  /** Takes the line away. Nothing is drawn after it. */
  end(): void;
}

export interface ProgressOptions {
  /** What is being done, such as `Importing`. */
  readonly label: string;
  /** How many there are, as far as that is known; it need not be exact. */
  readonly total?: number | undefined;
}

const REDRAW_MS = 100;
/** The speed is that of the last moments: what is done already is passed over quickly. */
const SPEED_WINDOW_MS = 5000;
/** Before that nothing can be said of the speed, and a short command shows no line at all. */
const FIRST_DRAW_MS = 300;
const BAR_WIDTH = 20;
const CLEAR_LINE = '\r\x1b[K';

/** Draws on a terminal only: into a pipe or a file nothing is written. */
export function createProgress(terminal: Terminal, { label, total }: ProgressOptions): Progress {
  const { errors, env } = terminal;
  if (errors.isTTY !== true || env.TERM === 'dumb') {
    return { update: () => undefined, end: () => undefined };
  }
  const startedAt = performance.now();
  let drawnAt = startedAt + FIRST_DRAW_MS - REDRAW_MS;
  const marks = [{ at: startedAt, done: 0 }];
  let isDrawn = false;
  let isOver = false;
  return {
    update(done) {
      const now = performance.now();
      if (isOver || now - drawnAt < REDRAW_MS) return;
      drawnAt = now;
      isDrawn = true;
      while (marks.length > 1 && now - (marks[1]?.at ?? now) >= SPEED_WINDOW_MS) marks.shift();
      const [first = { at: startedAt, done: 0 }] = marks;
      marks.push({ at: now, done });
      const perSecond = ((done - first.done) * 1000) / (now - first.at);
      const parts = progressParts(done, total, perSecond);
      // The last column stays free: some terminals wrap when it is written.
      errors.write(CLEAR_LINE + fit([label, ...parts], (errors.columns || 80) - 1));
    },
    end() {
      isOver = true;
      if (isDrawn) errors.write(CLEAR_LINE);
    },
  };
}

/** From the most to the least wanted. */
function progressParts(done: number, total: number | undefined, perSecond: number): string[] {
  const speed = `${amount(Math.round(perSecond))}/s`;
  // More than was counted: others write meanwhile, or settings come after the records.
  if (total === undefined || total <= 0 || done > total) return [amount(done), speed];
  const share = done / total;
  const left = perSecond <= 0 ? [] : [`${duration(Math.ceil((total - done) / perSecond))} left`];
  const filled = Math.round(share * BAR_WIDTH);
  return [
    `${String(Math.floor(share * 100)).padStart(3)} %`,
    `${amount(done)} of ${amount(total)}`,
    ...left,
    speed,
    `[${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}]`,
  ];
}

/** As many parts as there is room for. */
function fit(parts: readonly string[], width: number): string {
  let line = '';
  for (const part of parts) {
    const longer = line === '' ? part : `${line}  ${part}`;
    if (longer.length > width) break;
    line = longer;
  }
  return line.slice(0, width);
}

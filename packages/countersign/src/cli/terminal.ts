import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { styleText } from 'node:util';

type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** Where a command reads and writes. */
export interface Terminal {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Output;
  /** Questions, notes and errors: what is no result. */
  readonly errors: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export type Style = 'red' | 'green' | 'yellow' | 'bold' | 'dim';

/** Colour on a terminal only; styleText minds NO_COLOR and FORCE_COLOR. */
export function paint(style: Style, text: string, stream: Output): string {
  return styleText(style, text, { stream });
}

/** Waits for whoever reads slowly, so that a long output is not kept in memory. */
export async function drained(stream: Writable): Promise<void> {
  if (stream.writableNeedDrain) await once(stream, 'drain');
}

/** Between 40 and 100 columns; 80 where there is no terminal. */
export function widthOf({ columns }: Output): number {
  return columns === undefined || columns === 0 ? 80 : Math.min(100, Math.max(40, columns));
}

/** What comes from a token or a file may hold control characters that move the cursor; none reaches the terminal. */
export function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out here.
  return text.replace(/[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '\u{fffd}');
}

/** Lines of at most this width. A word that is longer is broken. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (let word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      const room = width - line.length - 1;
      if (word.length > width && room > 8) {
        // It has to be broken anyway, so it may begin here.
        line += ` ${word.slice(0, room)}`;
        word = word.slice(room);
      }
      lines.push(line);
      line = '';
    }
    while (word.length > width) {
      lines.push(word.slice(0, width));
      word = word.slice(width);
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  if (line !== '' || lines.length === 0) lines.push(line);
  return lines;
}

import { paint, plain, type Style, type Terminal, widthOf, wrap } from './terminal.ts';

/** Writes the result of a command for a person: wrapped, and without control characters. */
export interface Page {
  blank(): void;
  heading(text: string, style?: Style): void;
  /** A paragraph. */
  text(text: string, options?: { indent?: number; style?: Style }): void;
  /** A label, and what belongs to it beside it. */
  field(label: string, text: string, options?: { width?: number; style?: Style }): void;
}

const LABEL_WIDTH = 12;

export function createPage(terminal: Terminal, output: Terminal['output'] = terminal.output): Page {
  const width = widthOf(output);
  const write = (line: string): void => void output.write(`${line.trimEnd()}\n`);
  const styled = (text: string, style: Style | undefined): string =>
    style === undefined ? text : paint(style, text, output);
  return {
    blank: () => write(''),
    heading(text, style = 'bold') {
      for (const line of wrap(plain(text), width)) write(styled(line, style));
    },
    text(text, { indent = 0, style } = {}) {
      for (const line of wrap(plain(text), width - indent)) {
        write(' '.repeat(indent) + styled(line, style));
      }
    },
    field(label, text, { width: labelWidth = LABEL_WIDTH, style } = {}) {
      const indent = 2 + labelWidth + 1;
      wrap(plain(text), width - indent).forEach((line, index) => {
        const left = index === 0 ? plain(label).padEnd(labelWidth) : ' '.repeat(labelWidth);
        write(`  ${styled(left, style)} ${line}`);
      });
    },
  };
}

/** One JSON document. */
export function printJson(terminal: Terminal, value: unknown): void {
  terminal.output.write(`${jsonText(value)}\n`);
}

export function jsonText(value: unknown): string {
  // JSON leaves the second block of control characters as it is.
  return JSON.stringify(value, undefined, 2).replace(
    /[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Something to know that is no result: it goes beside the output. */
export function note(terminal: Terminal, text: string): void {
  createPage(terminal, terminal.errors).text(text, { style: 'yellow' });
}

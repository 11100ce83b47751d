/** A word of a command line, as its shell hands it on. */
export interface Word {
  text: string;
  /** Variables outside single quotes, such as `$TOKEN`, which only the shell of the user can fill in. */
  variables: string[];
}

/** A command line, split. */
export interface Words {
  words: Word[];
  /** What of the text was not read, and why. */
  notes: string[];
}

/** Splits a command line as the shell does that it was written for. */
export function splitCommandLine(text: string): Words {
  return isWindows(text) ? splitWindows(text) : splitPosix(text);
}

/** The cmd of Windows escapes with ^, and so does the "Copy as cURL (cmd)" of a browser. */
function isWindows(text: string): boolean {
  return /\^[ \t]*\r?\n/.test(text) || /(?:^|\s)\^"/.test(text);
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  v: '\v',
};

const AMPERSAND_NOTE =
  'An & outside quotes ends the command in a shell: what follows it was not sent. Put quotes around the URL.';

function splitPosix(text: string): Words {
  const words: Word[] = [];
  const notes: string[] = [];
  let parts: string[] | undefined;
  let variables: string[] = [];
  let at = 0;

  const end = (): void => {
    if (parts !== undefined) words.push({ text: parts.join(''), variables });
    parts = undefined;
    variables = [];
  };
  const add = (piece: string): void => {
    parts ??= [];
    parts.push(piece);
  };
  const variable = (): void => {
    const name = /^\$(?:\{[^}]{1,60}\}|\([^)]{0,60}\)?|[A-Za-z_]\w{0,60})/.exec(
      text.slice(at, at + 70),
    )?.[0];
    // A command in $(…) may hold anything, so it is not repeated.
    if (name !== undefined) variables.push(name.startsWith('$(') ? '$(…)' : name);
    add(name ?? '$');
    at += name?.length ?? 1;
  };

  while (at < text.length) {
    const character = text[at] as string;
    if (character === "'") {
      const close = text.indexOf("'", at + 1);
      add(text.slice(at + 1, close === -1 ? text.length : close));
      if (close === -1) notes.push("A ' is never closed.");
      at = close === -1 ? text.length : close + 1;
    } else if (character === '$' && text[at + 1] === "'") {
      at = readAnsi(text, at + 2, add, notes);
    } else if (character === '"') {
      add('');
      at++;
      while (at < text.length && text[at] !== '"') {
        const next = text[at + 1];
        if (text[at] === '\\' && next !== undefined && '"\\$`\n'.includes(next)) {
          if (next !== '\n') add(next);
          at += 2;
        } else if (text[at] === '$') variable();
        else {
          const stop = indexOfAny(text, '"\\$', at + 1);
          add(text.slice(at, stop));
          at = stop;
        }
      }
      if (at >= text.length) notes.push('A " is never closed.');
      at++;
    } else if (
      character === '\\' ||
      (character === '`' && /^`\r?\n/.test(text.slice(at, at + 3)))
    ) {
      // A backslash (in PowerShell: a backtick) at the end of a line goes on in the next one, also after \r\n.
      const lineEnd = /^[\\`]\r?\n/.exec(text.slice(at, at + 3))?.[0];
      if (lineEnd === undefined && at + 1 < text.length) add(text[at + 1] as string);
      at += lineEnd?.length ?? 2;
    } else if (character === '$') variable();
    else if (character === ' ' || character === '\t' || character === '\r') {
      end();
      at++;
    } else if (character === '\n' || character === ';' || character === '|' || character === '&') {
      end();
      if (words.length > 0) {
        const isQueryCut =
          character === '&' && /^&[^\s&=]+=/.test(text.slice(at, at + 200)) && text[at - 1] !== ' ';
        if (isQueryCut) notes.push(AMPERSAND_NOTE);
        break;
      }
      at++;
    } else if (character === '>' || character === '<') {
      // A redirection: its target is no argument.
      if (parts !== undefined && parts.length === 1 && /^\d$/.test(parts[0] ?? ''))
        parts = undefined;
      end();
      at = skipRedirection(text, at);
    } else {
      const stop = indexOfAny(text, ' \t\r\n\'"\\$`;|&<>', at + 1);
      add(text.slice(at, stop));
      at = stop;
    }
  }
  end();
  return { words, notes };
}

/** `$'…'` of bash, which a browser's "Copy as cURL" writes. */
function readAnsi(
  text: string,
  start: number,
  add: (piece: string) => void,
  notes: string[],
): number {
  let at = start;
  add('');
  while (at < text.length && text[at] !== "'") {
    if (text[at] !== '\\') {
      const stop = indexOfAny(text, "'\\", at + 1);
      add(text.slice(at, stop));
      at = stop;
      continue;
    }
    const rest = text.slice(at + 1, at + 10);
    const code =
      /^x([0-9a-f]{1,2})/i.exec(rest) ??
      /^u([0-9a-f]{1,4})/i.exec(rest) ??
      /^U([0-9a-f]{1,8})/i.exec(rest);
    const octal = /^[0-7]{1,3}/.exec(rest)?.[0];
    const number =
      code === null ? Number.parseInt(octal ?? '', 8) : Number.parseInt(code[1] ?? '', 16);
    if (!Number.isNaN(number)) {
      add(number > 0x10ffff ? '\u{fffd}' : String.fromCodePoint(number));
      at += 1 + (code?.[0] ?? octal ?? '').length;
    } else {
      const character = rest[0] ?? '';
      add(ESCAPES[character] ?? character);
      at += 2;
    }
  }
  if (at >= text.length) notes.push("A $' is never closed.");
  return at + 1;
}

function skipRedirection(text: string, start: number): number {
  const operator = /^[<>]{1,3}&?\d?[ \t]*/.exec(text.slice(start, start + 20))?.[0] ?? '>';
  return /&\d/.test(operator)
    ? start + operator.length
    : indexOfAny(text, ' \t\r\n;|', start + operator.length);
}

function indexOfAny(text: string, characters: string, start: number): number {
  let at = start;
  while (at < text.length && !characters.includes(text[at] as string)) at++;
  return at;
}

/** First cmd takes its carets away, then the program splits what is left by the rules of its C library. */
function splitWindows(text: string): Words {
  const notes: string[] = [];
  const words: Word[] = [];
  const line = withoutCarets(text, notes);
  let parts: string[] | undefined;
  let inQuotes = false;
  const end = (): void => {
    if (parts !== undefined) words.push({ text: parts.join(''), variables: [] });
    parts = undefined;
  };
  for (let at = 0; at < line.length; at++) {
    const character = line[at] as string;
    if (character === '\\') {
      let count = 1;
      while (line[at + count] === '\\') count++;
      const beforeQuote = line[at + count] === '"';
      parts ??= [];
      parts.push('\\'.repeat(beforeQuote ? Math.floor(count / 2) : count));
      at += count - 1;
      if (beforeQuote && count % 2 === 1) {
        parts.push('"');
        at++;
      }
    } else if (character === '"') {
      parts ??= [];
      if (inQuotes && line[at + 1] === '"') {
        parts.push('"');
        at++;
      } else inQuotes = !inQuotes;
    } else if (!inQuotes && /\s/.test(character)) end();
    else {
      parts ??= [];
      parts.push(character);
    }
  }
  end();
  return { words, notes };
}

function withoutCarets(text: string, notes: string[]): string {
  const parts: string[] = [];
  let inQuotes = false;
  let begun = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (character === '^' && !inQuotes) {
      const lineEnd = /^\^[ \t]*\r?\n/.exec(text.slice(at, at + 40))?.[0];
      if (lineEnd === undefined) {
        parts.push(text[at + 1] ?? '');
        at++;
        continue;
      }
      at += lineEnd.length - 1;
      // An escaped line break is followed by one that stays.
      const kept = /^\r?\n/.exec(text.slice(at + 1, at + 3))?.[0];
      parts.push(kept === undefined ? ' ' : '\n');
      at += kept?.length ?? 0;
    } else if (character === '"') {
      inQuotes = !inQuotes;
      parts.push(character);
    } else if (!inQuotes && (character === '&' || character === '|' || character === '\n')) {
      if (!begun) continue;
      if (character === '&' && /^&[^\s&=]+=/.test(text.slice(at, at + 200))) {
        notes.push(AMPERSAND_NOTE);
      }
      break;
    } else {
      begun ||= character.trim() !== '';
      parts.push(character);
    }
  }
  return parts.join('');
}

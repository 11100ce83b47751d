/** Splits a command line into words as a shell does, without running or filling in anything. It never fails. */
export function shellWords(commandLine: string): string[] {
  const text = withoutContinuations(commandLine);
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? '';
    if (/\s/.test(sign)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (sign === "'") {
      const end = closing(text, at + 1, "'");
      word = (word ?? '') + text.slice(at + 1, end);
      at = end;
    } else if (sign === '$' && text[at + 1] === "'") {
      const end = closingEscaped(text, at + 2, "'");
      word = (word ?? '') + text.slice(at + 2, end).replace(/\\(.)/gs, readEscape);
      at = end;
    } else if (sign === '"') {
      const end = closingEscaped(text, at + 1, '"');
      word = (word ?? '') + text.slice(at + 1, end).replace(/\\(["\\$`])/g, '$1');
      at = end;
    } else if (sign === '\\' && at + 1 < text.length) {
      at += 1;
      word = (word ?? '') + text[at];
    } else word = (word ?? '') + sign;
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** One line of several: \ at the end in a Unix shell, ^ in that of Windows, ` in PowerShell. */
function withoutContinuations(text: string): string {
  const lines = text.replace(/(?:\\|\^|`)[ \t]*\r?\n/g, ' ');
  // Browsers copy a command for Windows with ^ before every sign that its shell minds.
  return lines.includes('^"') ? lines.replace(/\^(.)/g, '$1') : lines;
}

/** Where the quote ends: at the end of the text, where nobody closed it. */
function closing(text: string, from: number, quote: string): number {
  const end = text.indexOf(quote, from);
  return end === -1 ? text.length : end;
}

function closingEscaped(text: string, from: number, quote: string): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === quote) return at;
  }
  return text.length;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

function readEscape(_: string, sign: string): string {
  return escapes[sign] ?? sign;
}

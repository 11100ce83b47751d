import type { Plain, PlainObject } from './manifest.ts';

/**
 * Writes plain values as YAML 1.2, in block style and always the same way. What could be read as anything but the text
 * that it is, stands in double quotes.
 */
export function toYaml(value: PlainObject): string {
  return isEmpty(value) ? '{}\n' : `${blockLines(value).join('\n')}\n`;
}

/** Comment lines of at most 100 columns. No text can end its comment: line breaks and control characters are taken out. */
export function yamlComment(text: string, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out here.
  for (const word of text.replace(/[\0-\x1f\x7f-\x9f\u2028\u2029\ufeff]+/g, ' ').split(' ')) {
    if (line !== '' && line.length + word.length > 96 - indent.length) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((each) => `# ${indent}${each}`.trimEnd()).join('\n');
}

function blockLines(value: Plain): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((item: Plain) => {
      const [first = '', ...rest] = isBlock(item) ? blockLines(item) : [inline(item)];
      return [`- ${first}`, ...rest.map((line) => `  ${line}`)];
    });
  }
  return Object.entries(value as PlainObject).flatMap(([name, item]) => {
    if (item === undefined) return [];
    if (!isBlock(item)) return [`${scalar(name)}: ${inline(item)}`];
    return [`${scalar(name)}:`, ...blockLines(item).map((line) => `  ${line}`)];
  });
}

function isBlock(value: Plain): boolean {
  return typeof value === 'object' && value !== null && !isEmpty(value);
}

function isEmpty(value: object): boolean {
  return Object.values(value).every((item) => item === undefined);
}

function inline(value: Plain): string {
  if (typeof value === 'string') return scalar(value);
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? '[]' : '{}';
  return String(value);
}

/** Words that some reader of YAML takes for something else than text. */
const RESERVED = /^(?:true|false|yes|no|on|off|y|n|null)$/i;
/** A colon only where neither a space nor the end follows. */
const SAFE = /^[A-Za-z/](?:[\w ./-]|:(?=[\w/:-]))*$/;

function scalar(text: string): string {
  if (SAFE.test(text) && !text.endsWith(' ') && !RESERVED.test(text)) return text;
  // JSON leaves some characters as they are that YAML does not allow.
  return JSON.stringify(text).replace(
    /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

import { createHash } from 'node:crypto';

/** With one more part and a prefix it stays within the 512 bytes of a key that Cloudflare KV allows. */
const MAX_LENGTH = 200;

/**
 * One part of a key: what unstorage leaves alone and every engine takes, different for different texts also where
 * case does not count, and short enough to be a file name. A UUID stays as it is; `_` begins what had to be escaped.
 */
export function keyPart(text: string): string {
  let part = '';
  for (const character of text)
    part += /[a-z0-9-]/.test(character) ? character : escaped(character);
  // A dot alone, first or last would be a folder, or hidden, or dropped by Windows.
  part = part.replace(/(?<=[a-z0-9])_2e(?=[a-z0-9])/g, '.');
  // Names of devices, for Windows.
  if (/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/.test(part)) {
    part = escaped(part.charAt(0)) + part.slice(1);
  }
  if (part === '') return '_';
  // Neither 'h' nor 'u' is a hexadecimal digit: no escaped text looks like this.
  return part.length <= MAX_LENGTH ? part : `_h${createHash('sha256').update(part).digest('hex')}`;
}

function escaped(character: string): string {
  // Half a character has no UTF-8.
  if (!character.isWellFormed()) return `_u${character.charCodeAt(0).toString(16)}`;
  return Buffer.from(character).toString('hex').replace(/../g, '_$&');
}

import { randomBytes } from 'node:crypto';
import { StoreError } from '../../errors.ts';

/**
 * What is stored under a key: a line for the conditions of writes, then JSON. The line begins with a word, because
 * unstorage parses by itself what looks like JSON, and what comes back is another text.
 *
 * `countersign 1 <number> <write> <site>`
 */
export interface Head {
  /** The revision of a record, the end of a claim in milliseconds since 1970, or 0. */
  readonly number: number;
  /** Made anew for each write, so that one that is sent twice knows itself. */
  readonly write: string;
  /** The part of the key of the site index that has this record; `-` for all else. */
  readonly site: string;
}

export interface Entry {
  readonly head: Head;
  readonly body: string;
}

const HEAD = /^countersign 1 (\d{1,16}) ([\w-]+) (\S+)$/;

export function newEntry(value: unknown, { number = 0, site = '-' }: Partial<Head> = {}): Entry {
  const write = randomBytes(12).toString('base64url');
  return { head: { number, write, site }, body: JSON.stringify(value) };
}

export function entryText({ head, body }: Entry): string {
  return `countersign 1 ${head.number} ${head.write} ${head.site}\n${body}`;
}

/** @throws StoreError STORE_CORRUPT. */
export function parseEntry(text: string, key: string): Entry {
  const end = text.indexOf('\n');
  return {
    head: parseHead(end === -1 ? text : text.slice(0, end), key),
    body: text.slice(end + 1),
  };
}

/**
 * @param text What begins with the line.
 * @throws StoreError STORE_CORRUPT.
 */
export function parseHead(text: string, key: string): Head {
  const [, number, write, site] = HEAD.exec(text.split('\n', 1)[0] as string) ?? [];
  if (write === undefined || site === undefined) throw corrupt(key);
  return { number: Number(number), write, site };
}

/** @throws StoreError STORE_CORRUPT, without what the text says. */
export function entryValue(text: string, key: string): unknown {
  const { body } = parseEntry(text, key);
  try {
    return JSON.parse(body);
  } catch {
    throw corrupt(key);
  }
}

export function corrupt(key: string): StoreError {
  return new StoreError('STORE_CORRUPT', `What is stored under the key '${key}' is not readable.`);
}

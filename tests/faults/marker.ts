import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A text that stands in every secret of a test, and how it looks in other spellings. */
export interface Marker {
  /** A secret that holds it, and is like no other. */
  secret(): string;
  /** The spellings that stand in the text or bytes. */
  in(content: string | Buffer): string[];
  /** `<file>: <spelling>` for each that stands in a file of the folder, or in its name. */
  inFolder(folder: string): string[];
}

export function createMarker(): Marker {
  // With characters that change in a URL.
  const stem = `mark+${crypto.randomUUID()}/mark`;
  const spellings = Object.entries({
    'as it is': Buffer.from(stem),
    'in UTF-16': Buffer.from(stem, 'utf16le'),
    'in a URL': Buffer.from(encodeURIComponent(stem)),
    'in hex': Buffer.from(Buffer.from(stem).toString('hex')),
    'in upper-case hex': Buffer.from(Buffer.from(stem).toString('hex').toUpperCase()),
    ...Object.fromEntries(
      [0, 1, 2].flatMap((offset) => {
        const base64 = insideOfBase64(stem, offset);
        const base64url = base64.replaceAll('+', '-').replaceAll('/', '_');
        return [
          [`in base64 at ${offset}`, Buffer.from(base64)],
          [`in base64url at ${offset}`, Buffer.from(base64url)],
        ];
      }),
    ),
  });
  const inContent = (content: string | Buffer): string[] => {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    return spellings.filter(([, bytesOf]) => bytes.includes(bytesOf)).map(([name]) => name);
  };
  return {
    secret: () => `secret-${stem}-${crypto.randomUUID()}`,
    in: inContent,
    inFolder(folder) {
      const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
      return files.flatMap((file) => {
        const path = join(folder, file);
        const content = lstatSync(path).isFile() ? readFileSync(path) : Buffer.alloc(0);
        return [...inContent(file), ...inContent(content)].map((name) => `${file}: ${name}`);
      });
    },
  };
}

/** The characters that do not depend on what stands around it, where so many bytes (of each three) stand before. */
function insideOfBase64(text: string, before: number): string {
  const bytes = Buffer.from(text);
  const whole = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
  const end = Math.floor(((before + bytes.length) * 8) / 6);
  return whole.slice(Math.ceil((before * 8) / 6), end);
}

import { cannotDo } from './failures.ts';

/**
 * The lines of a stream of UTF-8, one in memory at a time. Lines that are empty count, but are left out.
 *
 * @throws CommandFailure for a line that is too long, or no UTF-8; it names the line, and nothing of what is in it.
 */
export async function* readLines(
  source: AsyncIterable<Buffer | string>,
  maxBytes: number,
): AsyncGenerator<{ number: number; text: string }> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let parts: Buffer[] = [];
  let bytes = 0;
  let number = 1;
  const take = (part: Buffer): void => {
    bytes += part.length;
    if (bytes > maxBytes) throw cannotDo(`Line ${number} is longer than ${maxBytes} bytes.`);
    parts.push(part);
  };
  const finish = () => {
    const line = Buffer.concat(parts);
    parts = [];
    bytes = 0;
    try {
      return { number: number++, text: decoder.decode(line).trim() };
    } catch {
      throw cannotDo(`Line ${number - 1} is no UTF-8.`);
    }
  };
  for await (const chunk of source) {
    const buffer = Buffer.from(chunk);
    let start = 0;
    for (let end = buffer.indexOf(10); end !== -1; end = buffer.indexOf(10, start)) {
      take(buffer.subarray(start, end));
      start = end + 1;
      const line = finish();
      if (line.text !== '') yield line;
    }
    take(buffer.subarray(start));
  }
  const last = finish();
  if (last.text !== '') yield last;
}

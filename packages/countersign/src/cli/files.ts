import { readFileSync, statSync } from 'node:fs';
import { cannotDo, reasonOf } from './failures.ts';
import type { Terminal } from './terminal.ts';

/** The largest input: a HAR of a long session. */
const MAX_INPUT_BYTES = 64 * 1024 * 1024;

/** @throws CommandFailure when the file cannot be read. */
export function readTextFile(file: string, what: string): string {
  try {
    if (statSync(file).size > MAX_INPUT_BYTES) {
      throw cannotDo(`${what} is larger than 64 MiB.`);
    }
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'exitCode' in error) throw error;
    throw cannotDo(`${what} cannot be read: ${reasonOf(error)}.`, 'Check its path and its rights.');
  }
}

/** True for the path of a file that is there. */
export function isFile(path: string): boolean {
  if (path.length > 1000 || /[\n\0]/.test(path)) return false;
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** All of standard input. */
export async function readInput({ input }: Terminal): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of input) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > MAX_INPUT_BYTES) throw cannotDo('Standard input is larger than 64 MiB.');
    chunks.push(buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

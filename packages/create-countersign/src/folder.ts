import { readdirSync } from 'node:fs';
import { Failure } from './failure.ts';

/** What a new repository has, and what nobody misses. */
const overlooked = new Set(['.git', '.DS_Store']);

/** Why nothing can be written there; undefined where it can. */
export function complaintAbout(folder: string): string | undefined {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    return code === 'ENOTDIR'
      ? `'${folder}' is a file.`
      : `'${folder}' cannot be read (${code ?? 'unknown'}).`;
  }
  return names.every((name) => overlooked.has(name))
    ? undefined
    : `'${folder}' is not empty, and nothing in it is overwritten.`;
}

/** @throws Failure where something is there. */
export function requireEmpty(folder: string): void {
  const complaint = complaintAbout(folder);
  if (complaint !== undefined) throw new Failure(1, `${complaint} Name another folder.`);
}

import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A folder that is made once, with much work, and copied from then on: the data of a server that was never used. */
export interface KeptFolder {
  /** Copies it to a path where nothing is yet, with modes and, for root, owners. False where there is none. */
  copyTo(path: string): boolean;
  /** Keeps a copy of this folder. Of several at the same time, one is kept. */
  keep(path: string): void;
}

/** @param madeOf What it depends on, such as the version of the server and how its data were made. */
export function keptFolder(name: string, ...madeOf: readonly string[]): KeptFolder {
  const cache = fileURLToPath(new URL('../../../../../node_modules/.cache/', import.meta.url));
  const hash = createHash('sha256').update(JSON.stringify(madeOf)).digest('hex').slice(0, 16);
  const kept = `${cache}test-${name}-${hash}`;
  const copy = (from: string, to: string) => execFileSync('cp', ['-a', from, to]);
  return {
    copyTo(path) {
      if (!existsSync(kept)) return false;
      copy(kept, path);
      return true;
    },
    keep(path) {
      mkdirSync(cache, { recursive: true });
      const fresh = `${kept}-${randomUUID()}`;
      try {
        copy(path, fresh);
        // What is there already is not replaced.
        renameSync(fresh, kept);
      } catch (error) {
        if (!existsSync(kept)) throw error;
      } finally {
        rmSync(fresh, { recursive: true, force: true });
      }
    },
  };
}

import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Choices } from './choices.ts';
import { Failure } from './failure.ts';
import { requireEmpty } from './folder.ts';
import { namesOf } from './names.ts';
import { filesOf } from './templates.ts';

/**
 * Writes the app.
 *
 * @returns the paths of its files in its folder.
 * @throws Failure where the folder is not empty, or cannot be written.
 */
export function writeApp(choices: Choices): string[] {
  const { folder } = choices;
  const files = filesOf(choices, namesOf(folder));
  requireEmpty(folder);
  try {
    for (const [path, text] of files) write(join(folder, path), finished(text));
    // A key of its own, so that secrets are encrypted from the first install on.
    const env = files
      .get('.env.example')
      ?.replace(
        /^COUNTERSIGN_ENCRYPTION_KEYS=$/m,
        () => `COUNTERSIGN_ENCRYPTION_KEYS=${randomBytes(32).toString('base64')}`,
      );
    write(join(folder, '.env'), env ?? '', 0o600);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Failure(1, `'${folder}' cannot be written: ${code ?? message}.`);
  }
  return [...files.keys(), '.env'].sort();
}

/** An id that no other app has, until `forge register` writes one of Atlassian's. */
function finished(text: string): string {
  return text.replace('00000000-0000-4000-8000-000000000000', () => randomUUID());
}

/** Never over a file that is there. */
function write(file: string, text: string, mode = 0o666): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text, { flag: 'wx', mode });
}

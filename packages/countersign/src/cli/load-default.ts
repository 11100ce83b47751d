import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cannotDo, reasonOf } from './failures.ts';
import { isFile } from './files.ts';

/**
 * The default export of an ES module, or what it returns where it is a function.
 *
 * @throws CommandFailure when there is no such file, or it fails.
 */
export async function loadDefault(file: string): Promise<unknown> {
  if (!isFile(file)) throw cannotDo(`There is no module at '${file}'.`, 'Check its path.');
  try {
    const { default: exported } = await import(pathToFileURL(resolve(file)).href);
    return typeof exported === 'function' ? await exported() : exported;
  } catch (error) {
    const what = error instanceof Error ? error.name : 'no Error';
    // Its message may hold what the module connects with.
    throw cannotDo(
      `The module '${file}' failed: ${what}, ${reasonOf(error)}.`,
      `Run it alone to see why: node ${file}`,
    );
  }
}

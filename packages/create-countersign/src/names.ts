import { basename, resolve } from 'node:path';
import { Failure } from './failure.ts';

/** What the templates call the app. */
export const templateNames: Names = { name: 'my-jira-app', title: 'My Jira App' };

export interface Names {
  /** Of the npm package, and of the app in Jira: its key. */
  readonly name: string;
  /** For people. */
  readonly title: string;
}

/**
 * Names that npm, Connect and Forge all take.
 *
 * @throws Failure where nothing of the folder's name is left.
 */
export function namesOf(folder: string): Names {
  const name = basename(resolve(folder))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  if (name === '') {
    throw new Failure(2, `'${folder}' gives no name to an app. Give it letters or digits.`);
  }
  const title = name.replace(
    /(^|-)([a-z0-9])/g,
    (_, dash, letter) => `${dash === '' ? '' : ' '}${letter.toUpperCase()}`,
  );
  return { name, title };
}

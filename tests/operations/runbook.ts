import { execFile } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { root, temporaryFolder } from '../processes.ts';
import type { Environment } from './fleet.ts';

export const page: string = readFileSync(`${root}docs/operations.md`, 'utf8');

/** A block of the page that says `step=…`, and what it shows below. */
export interface Step {
  readonly name: string;
  readonly language: string;
  readonly text: string;
  readonly output: string | undefined;
}

/** Every step of the page, by its name. A block in a list is indented. */
export const steps: ReadonlyMap<string, Step> = new Map(
  [
    ...page.matchAll(
      /^( *)```(\w+) step=(\S+)\n([\s\S]*?)^\1```\n(?:\n\1```text\n([\s\S]*?)^\1```)?/gm,
    ),
  ].map(([, indent = '', language = '', name = '', text = '', output]) => {
    const lines = (block: string) => block.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
    const shown = output === undefined ? undefined : lines(output);
    return [name, { name, language, text: lines(text), output: shown }];
  }),
);

export function stepOf(name: string): Step {
  const step = steps.get(name);
  if (step === undefined) throw new Error(`docs/operations.md has no step '${name}'.`);
  return step;
}

/** What the page writes of. */
const SHOWN_KEY = '7f3a1c52-0b7e-4d69-9c1e-5a2b8d40e6f1';
const SHOWN_ID = '0b5e0c5e-3a0f-5d52-8f0e-6a1c2f7d9b34';
const SHOWN_SECRETS = '4,711';

/** What stands here for the installation, the dead letter, and the number of secrets. */
export interface Names {
  readonly clientKey?: string;
  readonly id?: string;
  readonly secrets?: number;
}

/** The text of a step, about this installation and this dead letter. */
export function textOf(name: string, { clientKey = SHOWN_KEY, id = SHOWN_ID }: Names = {}): string {
  return stepOf(name).text.replaceAll(SHOWN_KEY, clientKey).replaceAll(SHOWN_ID, id);
}

/**
 * Does a step in a shell, as it is written, beside the app; and compares what it prints with what the page shows.
 *
 * @returns what it printed.
 */
export async function play(name: string, beside: Environment, names: Names = {}): Promise<string> {
  const { output } = stepOf(name);
  const { PATH = '', HOME = '', NODE_COMPILE_CACHE = '' } = process.env;
  const env = { HOME, NODE_COMPILE_CACHE, ...beside, PATH: `${commands()}:${PATH}` };
  const script = `set -e\n${textOf('environment')}${textOf(name, names)}`;
  const { code, stdout, stderr } = await shell(script, env);
  expect({ code, stderr }, name).toEqual({ code: 0, stderr: '' });
  if (output !== undefined) {
    const { secrets = SHOWN_SECRETS } = names;
    expect(shapeOf(stdout), name).toBe(shapeOf(output.replaceAll(SHOWN_SECRETS, String(secrets))));
  }
  return stdout;
}

function shell(
  script: string,
  env: NodeJS.ProcessEnv,
): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile('sh', ['-c', script], { cwd: root, env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
    child.stdin?.end();
  });
}

/** A folder in which `npx countersign` is the built command: npm itself would take most of the time. */
function commands(): string {
  const folder = temporaryFolder();
  const main = join(root, 'packages/countersign/dist/cli/main.js');
  const npx = join(folder, 'npx');
  writeFileSync(
    npx,
    `#!/bin/sh\n[ "$1" = countersign ] || exit 9\nshift\nexec "${process.execPath}" "${main}" "$@"\n`,
  );
  chmodSync(npx, 0o755);
  return folder;
}

/** What is the same in every run: not ids, keys, times, what is on its way, and where lines are broken. */
function shapeOf(text: string): string {
  return text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'ID')
    .replace(/\b[0-9a-f]{8}\b/g, 'KEY')
    .replace(/\bXX-\d+/g, 'XX-1')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g, 'TIME')
    .replace(/^( *(?:waiting|active|retrying) +)\d+$/gm, '$1SOME')
    .replace(/\s+/g, ' ')
    .trim();
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { styleText } from 'node:util';
import { readArguments } from './arguments.ts';
import { type Choices, defaults, frameworks, hosts, stores } from './choices.ts';
import { Failure } from './failure.ts';
import { requireEmpty } from './folder.ts';
import { namesOf } from './names.ts';
import { writeApp } from './write-app.ts';

const help = `create-countersign: writes a Jira Cloud app that runs on this machine at once

Usage: npm create countersign@latest [folder] -- [options]

  --host <name>        ${Object.keys(hosts).join(', ')}. Default ${defaults.host}.
  --framework <name>   ${Object.keys(frameworks).join(', ')}. Default ${defaults.framework}.
  --store <name>       ${Object.keys(stores).join(', ')}. Default ${defaults.store}.
  --yes, -y            Ask nothing: the default of what is not given. The folder is ${defaults.folder}.
  --install            Run npm install in it. Without this, nothing is sent anywhere.
  --version            Print the version.
  --help, -h           Print this.

What is left out is asked for. A folder that is not empty is left alone.
Exit codes: 0 it is written, 1 it could not be, 2 wrong usage.
`;

/** Runs the command. Resolves with its exit code. */
export async function run(args: readonly string[]): Promise<number> {
  try {
    const { chosen, yes, install, ...asked } = readArguments(args);
    if (asked.help) process.stdout.write(help);
    else if (asked.version) process.stdout.write(`${readVersion()}\n`);
    else await create(await complete(chosen, yes), install);
    return 0;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.message !== '') {
      const more = error.exitCode === 2 ? '\nSee create-countersign --help.' : '';
      const text = `create-countersign: ${error.message}`;
      process.stderr.write(`${styleText('red', text, { stream: process.stderr })}${more}\n`);
    }
    return error.exitCode;
  }
}

async function complete(chosen: Partial<Choices>, yes: boolean): Promise<Choices> {
  if (chosen.folder !== undefined) {
    // Before any question: the answers would be in vain.
    namesOf(chosen.folder);
    requireEmpty(chosen.folder);
  }
  const missing = (['folder', 'host', 'framework', 'store'] as const).filter(
    (name) => chosen[name] === undefined,
  );
  if (yes || missing.length === 0) return { ...defaults, ...chosen };
  if (process.stdin.isTTY && process.stdout.isTTY) {
    const { ask } = await import('./ask.ts');
    return ask(chosen);
  }
  throw new Failure(
    2,
    `There is no terminal to ask for ${missing.join(', ')}. Give --yes for the defaults.`,
  );
}

async function create(choices: Choices, install: boolean): Promise<void> {
  const { folder, host, framework, store } = choices;
  const files = writeApp(choices);
  const bold = (text: string) => styleText('bold', text, { stream: process.stdout });
  process.stdout.write(
    `\n${bold(`${namesOf(folder).title} is in ${folder}`)}: ${host}, ${framework}, ${store}; ${files.length} files.\n`,
  );
  if (install) await npmInstall(folder);
  const steps = [
    ...(folder === '.' ? [] : [`cd ${/^[\w./-]+$/.test(folder) ? folder : `'${folder}'`}`]),
    ...(install ? [] : ['npm install']),
    'npm run dev',
  ];
  process.stdout.write(`\nNext:\n\n${steps.map((step) => `  ${step}\n`).join('')}\n`);
}

async function npmInstall(folder: string): Promise<void> {
  const windows = process.platform === 'win32';
  const child = spawn(windows ? 'npm.cmd' : 'npm', ['install'], {
    cwd: folder,
    stdio: 'inherit',
    shell: windows, // where npm is a script of the shell
  });
  const code = await once(child, 'exit').then(
    ([exitCode]) => exitCode,
    () => 'no npm',
  );
  if (code !== 0) {
    throw new Failure(
      1,
      `The app is written, but npm install failed (${code}). Run it again there.`,
    );
  }
}

function readVersion(): string {
  const file = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(file) as { version: string }).version;
}

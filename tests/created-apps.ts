import {
  execFileSync,
  type SpawnOptions,
  type SpawnSyncReturns,
  spawn,
  spawnSync,
} from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { root } from './processes.ts';

/** The three packages as they would be published, and what is made with them. */
export interface PackedPackages {
  /** A folder for apps. */
  readonly folder: string;
  /** The file of `create-countersign`. */
  readonly command: string;
  /** Runs `create-countersign` from its package, where nobody can be asked. */
  create(...args: string[]): SpawnSyncReturns<string>;
  /** What `npm install` would do in an app, from the packed files and this checkout, asking nobody. */
  install(app: string): void;
  /** Runs an npm script of an app, as npm does, but for the second that npm itself takes. */
  runScript(app: string, script: string, env?: Record<string, string>): Promise<ScriptOutcome>;
  remove(): void;
}

export interface ScriptOutcome {
  readonly exitCode: number;
  readonly output: string;
}

const names = ['countersign', 'countersign-sandbox', 'create-countersign'];

interface Manifest {
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  bin?: Record<string, string>;
  scripts?: Record<string, string>;
}

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

export function packPackages(): PackedPackages {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-create-'));
  const packed = packInto(folder);

  /** Unpacks one of ours; its own dependencies are beside nobody else's, so that no app finds them by accident. */
  const unpack = (name: string, modules: string, ours: Record<string, string>): string => {
    const home = join(modules, name);
    mkdirSync(home, { recursive: true });
    execFileSync('tar', ['-xzf', packed[name] as string, '-C', home, '--strip-components=1']);
    for (const dependency of Object.keys(readManifest(home).dependencies ?? {})) {
      link(dependency, join(home, 'node_modules'), ours);
    }
    return home;
  };
  const creator = unpack('create-countersign', join(folder, 'node_modules'), {});
  const command = join(creator, readManifest(creator).bin?.['create-countersign'] ?? '');

  return {
    folder,
    command,
    create: (...args) =>
      spawnSync(process.execPath, [command, ...args], { cwd: folder, encoding: 'utf8' }),
    install(app) {
      const modules = join(folder, app, 'node_modules');
      const { dependencies, devDependencies } = readManifest(join(folder, app));
      for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
        if (name in packed) unpack(name, modules, { countersign: join(modules, 'countersign') });
        else link(name, modules, {});
      }
      symlinkSync(`${root}node_modules/.bin`, join(modules, '.bin'));
    },
    runScript: (app, script, env = {}) => {
      const home = join(folder, app);
      const path = `${join(home, 'node_modules/.bin')}${delimiter}${process.env.PATH}`;
      const command = readManifest(home).scripts?.[script] ?? `no script ${script}`;
      return run(command, { cwd: home, shell: true, env: { ...process.env, PATH: path, ...env } });
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Packs all three as npm would publish them, by one npm. Resolves to the file of each by name. */
function packInto(folder: string): Record<string, string> {
  const workspaces = names.map((name) => `--workspace=${name}`);
  const options = ['--json', '--ignore-scripts', '--pack-destination', folder];
  const output = execFileSync('npm', ['pack', ...options, ...workspaces], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const packed = Object.values(JSON.parse(output)) as { name: string; filename: string }[];
  return Object.fromEntries(packed.map(({ name, filename }) => [name, join(folder, filename)]));
}

/** Resolves with what a command printed, and its exit code. */
async function run(command: string, options: SpawnOptions): Promise<ScriptOutcome> {
  const child = spawn(command, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += String(chunk);
    });
  }
  const [exitCode] = await once(child, 'close');
  return { exitCode, output };
}

function link(name: string, modules: string, ours: Record<string, string>): void {
  const home = join(modules, name);
  mkdirSync(dirname(home), { recursive: true });
  symlinkSync(ours[name] ?? installed(name), home);
}

/** Where a package is in this checkout. */
export function installed(name: string): string {
  const home = ['packages/countersign/', 'examples/issue-locator/', '']
    .map((place) => `${root}${place}node_modules/${name}`)
    .find(existsSync);
  if (home === undefined) throw new Error(`${name} is not installed in this checkout.`);
  return home;
}

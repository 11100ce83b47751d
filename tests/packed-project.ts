import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './processes.ts';

export interface Packed {
  file: string;
  files: string[];
}

/** Packs packages as npm would publish them. */
function pack(folders: readonly string[], into: string): Packed[] {
  const output = execFileSync(
    'npm',
    ['pack', ...folders, '--json', '--ignore-scripts', '--pack-destination', into],
    { cwd: into, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const packed: { filename: string; files: { path: string }[] }[] = Object.values(
    JSON.parse(output),
  );
  return packed.map(({ filename, files }) => ({
    file: join(into, filename),
    files: files.map(({ path }) => path).sort(),
  }));
}

/**
 * Makes a project in this folder that has countersign installed from its package, asking nobody.
 *
 * @param more Folders of packages that are packed in the same go, and not installed: npm takes long to start.
 * @returns Countersign's package, and those.
 */
export function makeProject(folder: string, more: readonly string[] = []): Packed[] {
  const tarballs = join(folder, '.tarballs');
  mkdirSync(tarballs, { recursive: true });
  const manifest = readFileSync(`${root}packages/countersign/package.json`, 'utf8');
  const { dependencies } = JSON.parse(manifest) as { dependencies: Record<string, string> };
  // The dependencies are packed from this checkout, too.
  const names = Object.keys(dependencies).map((name) => `node_modules/${name}`);
  const folders = [...names, 'packages/countersign', ...more].map((name) => `${root}${name}`);
  const packed = pack(folders, tarballs);
  const installed = packed.slice(0, names.length + 1).map(({ file }) => file);
  writeFileSync(join(folder, 'package.json'), '{"name":"scratch","private":true,"type":"module"}');
  execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', ...installed], {
    cwd: folder,
    stdio: 'pipe',
  });
  return packed.slice(names.length);
}

/**
 * Makes a project as `makeProject` does, in a tenth of its time: countersign's package is unpacked, and what it depends
 * on is linked from this checkout.
 */
export function unpackProject(folder: string): void {
  const [packed] = pack([`${root}packages/countersign`], folder) as [Packed];
  const home = join(folder, 'node_modules/countersign');
  mkdirSync(join(folder, 'node_modules/.bin'), { recursive: true });
  mkdirSync(home);
  execFileSync('tar', ['-xzf', packed.file, '-C', home, '--strip-components=1']);
  const { dependencies, bin } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
    bin: Record<string, string>;
  };
  for (const name of Object.keys(dependencies)) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(`${root}node_modules/${name}`, link);
  }
  for (const [name, file] of Object.entries(bin)) {
    symlinkSync(join(home, file), join(folder, 'node_modules/.bin', name));
  }
  writeFileSync(join(folder, 'package.json'), '{"name":"scratch","private":true,"type":"module"}');
}

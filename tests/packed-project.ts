import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './processes.ts';

/** Packs a package as npm would publish it. */
export function pack(folder: string, into: string): { file: string; files: string[] } {
  const output = execFileSync(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', into],
    { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const [packed] = Object.values(JSON.parse(output)) as [
    { filename: string; files: { path: string }[] },
  ];
  return { file: join(into, packed.filename), files: packed.files.map(({ path }) => path).sort() };
}

/** Makes a project in this folder that has countersign installed from its package, asking nobody. */
export function makeProject(folder: string): void {
  const tarballs = join(folder, '.tarballs');
  mkdirSync(tarballs, { recursive: true });
  const manifest = readFileSync(`${root}packages/countersign/package.json`, 'utf8');
  const { dependencies } = JSON.parse(manifest) as { dependencies: Record<string, string> };
  // The dependencies are packed from this checkout, too.
  const packed = Object.keys(dependencies).map(
    (name) => pack(`${root}node_modules/${name}`, tarballs).file,
  );
  packed.push(pack(`${root}packages/countersign`, tarballs).file);
  writeFileSync(join(folder, 'package.json'), '{"name":"scratch","private":true,"type":"module"}');
  execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', ...packed], {
    cwd: folder,
    stdio: 'pipe',
  });
}

/** What users of the packed packages would trip over: exports that do not resolve, types that do not match. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(`${tmpdir()}/countersign-pack-`);
try {
  for (const name of ['countersign', 'sandbox', 'create-countersign']) {
    const path = `${root}packages/${name}`;
    const run = (command: string, ...args: string[]) =>
      execFileSync('npx', ['--no-install', command, ...args], { cwd: root, stdio: 'inherit' });
    const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
      cwd: path,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    // npm 11 answers with a list, later versions with an object by package name.
    const [{ filename }] = Object.values(JSON.parse(packed)) as [{ filename: string }];
    run('publint', '--strict', path);
    // It exports nothing: it is a command.
    if (name === 'create-countersign') continue;
    run('attw', '--profile', 'esm-only', `${folder}/${filename}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

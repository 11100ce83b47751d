/**
 * The public surface as the emitted declarations, kept under api/ so that a change of it shows in review. Without
 * arguments it writes the reports; with --check it fails when one is not up to date.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const check = process.argv.includes('--check');
const stale: string[] = [];

mkdirSync(`${root}api`, { recursive: true });
for (const name of ['countersign', 'sandbox']) {
  const file = `api/${name}.d.ts`;
  const report = reportOf(`${root}packages/${name}/`);
  const before = existsSync(root + file) ? readFileSync(root + file, 'utf8') : undefined;
  if (before === report) continue;
  stale.push(file);
  if (!check) writeFileSync(root + file, report);
}

if (check && stale.length > 0) {
  console.error(`The public surface differs from its report: ${stale.join(', ')}.`);
  console.error('If that is meant, run `npm run api` and commit the report.');
  process.exit(1);
}

/** Every declaration file that an export reaches, once, and which export starts at which file. */
function reportOf(folder: string): string {
  const read = (file: string) => readFileSync(folder + file, 'utf8');
  const manifest = JSON.parse(read('package.json'));
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const [, specifier] of read(file).matchAll(/(?:from |import\()['"](\.[^'"]+)['"]/g)) {
      const path = new URL(specifier as string, `file:///${file}`).pathname.slice(1);
      visit(path.replace(/\.(?:js|ts)$/, '.d.ts'));
    }
  };
  const entries: string[] = [];
  for (const [subpath, { types }] of Object.entries<{ types?: string }>(manifest.exports)) {
    if (types === undefined) continue;
    entries.push(`// ${manifest.name}${subpath.slice(1)}: ${types.slice(2)}\n`);
    visit(types.slice(2));
  }
  const files = [...seen].sort().map((file) => `\n// ${file}\n${withoutComments(read(file))}`);
  return [...entries, ...files].join('');
}

function withoutComments(text: string): string {
  return text.replace(/\/\*\*[\s\S]*?\*\//g, '').replace(/^\s*\n/gm, '');
}

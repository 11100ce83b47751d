/**
 * The public surface as the emitted declarations, kept under api/ so that a change of it shows in review. Without
 * arguments it writes the report; with --check it fails when the report is not up to date.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const check = process.argv.includes('--check');
const stale: string[] = [];

for (const name of ['countersign', 'sandbox']) {
  const reports = new Map<string, string>();
  const manifest = JSON.parse(readFileSync(`${root}packages/${name}/package.json`, 'utf8'));
  for (const [subpath, target] of Object.entries<{ types?: string }>(manifest.exports)) {
    if (target.types === undefined) continue;
    const file = `${subpath === '.' ? 'index' : subpath.slice(2)}.d.ts`;
    reports.set(file, readDeclarations(`${root}packages/${name}/`, target.types.slice(2)));
  }
  const folder = `${root}api/${name}`;
  const known = existsSync(folder) ? readdirSync(folder) : [];
  for (const file of new Set([...known, ...reports.keys()])) {
    const before = known.includes(file) ? readFileSync(`${folder}/${file}`, 'utf8') : undefined;
    if (before !== reports.get(file)) stale.push(`api/${name}/${file}`);
  }
  if (check) continue;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of reports) writeFileSync(`${folder}/${file}`, text);
}

if (check && stale.length > 0) {
  console.error(`The public surface differs from its report: ${stale.join(', ')}.`);
  console.error('If that is meant, run `npm run api` and commit the report.');
  process.exit(1);
}

/** A declaration file and everything of ours that it reaches, in a fixed order. */
function readDeclarations(base: string, entry: string): string {
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const [, specifier] of text(file).matchAll(/(?:from |import\()['"](\.[^'"]+)['"]/g)) {
      const path = new URL(specifier as string, `file:///${file}`).pathname.slice(1);
      visit(path.replace(/\.(?:js|ts)$/, '.d.ts').replace(/\.d\.d\.ts$/, '.d.ts'));
    }
  };
  const text = (file: string) => readFileSync(base + file, 'utf8');
  visit(entry);
  return [...seen].map((file) => `// ${file}\n${withoutComments(text(file))}`).join('\n');
}

function withoutComments(text: string): string {
  return text.replace(/\/\*\*[\s\S]*?\*\//g, '').replace(/^\s*\n/gm, '');
}

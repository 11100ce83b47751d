import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Choices } from './choices.ts';
import { type Names, templateNames } from './names.ts';

const root = fileURLToPath(new URL('../templates', import.meta.url));

/** Later layers go on where earlier ones end. Any other file of theirs takes the place of an earlier one. */
const growing = new Set(['README.md', '.env.example']);
/** npm leaves a file of this name out of a package. */
const renamed: Readonly<Record<string, string>> = { _gitignore: '.gitignore' };

/** The files of an app: path in its folder, and text. */
export function filesOf(choices: Omit<Choices, 'folder'>, names: Names): Map<string, string> {
  const files = new Map<string, string>();
  let manifest: Json = {};
  const { framework, store, host } = choices;
  for (const layer of ['base', `framework-${framework}`, `store-${store}`, `host-${host}`]) {
    for (const [path, text] of readLayer(join(root, layer))) {
      if (path === 'package.json') manifest = merged(manifest, JSON.parse(text));
      else files.set(path, growing.has(path) ? (files.get(path) ?? '') + text : text);
    }
  }
  files.set('package.json', `${JSON.stringify(manifest, undefined, 2)}\n`);
  for (const [path, text] of files) files.set(path, withNames(text, names));
  return files;
}

function readLayer(folder: string): [path: string, text: string][] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => {
      const path = join(parentPath.slice(folder.length + 1), renamed[name] ?? name);
      return [path.replaceAll('\\', '/'), readFileSync(join(parentPath, name), 'utf8')];
    });
}

interface Json {
  [name: string]: string | boolean | Json;
}

/** Names within an object stay in the order of the alphabet, as npm writes them. */
function merged(one: Json, other: Json): Json {
  const result = { ...one };
  for (const [name, value] of Object.entries(other)) {
    const before = result[name];
    const isObject = typeof before === 'object' && typeof value === 'object';
    result[name] = isObject ? sorted(merged(before, value)) : value;
  }
  return result;
}

function sorted(object: Json): Json {
  return Object.fromEntries(
    Object.entries(object).sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}

function withNames(text: string, { name, title }: Names): string {
  return text.replaceAll(templateNames.name, name).replaceAll(templateNames.title, title);
}

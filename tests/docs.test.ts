import { execFileSync } from 'node:child_process';
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { root } from './processes.ts';

const pages = ['README.md', ...globSync('{docs,packages/*,examples/*}/*.md', { cwd: root })].filter(
  (page) => !page.includes('node_modules'),
);

interface Block {
  page: string;
  /** What follows the language on the fence. */
  info: string;
  language: string;
  text: string;
}

function blocksOf(page: string): Block[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/^```(\w+)([^\n]*)\n([\s\S]*?)^```/gm)].map((match) => ({
    page,
    language: match[1] as string,
    info: (match[2] as string).trim(),
    text: match[3] as string,
  }));
}

const blocks = pages.flatMap(blocksOf);

test('every TypeScript block compiles against the built packages', () => {
  mkdirSync(`${root}node_modules/.cache`, { recursive: true });
  // Below node_modules of this checkout, so that packages are found by name, as a user's project finds them.
  const folder = mkdtempSync(`${root}node_modules/.cache/docs-`);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  // Parts of real files are compiled with these.
  const samples = blocks.filter(({ language, info }) => /^[tj]s$/.test(language) && info === '');
  expect(samples.length).toBeGreaterThan(3);
  samples.forEach(({ text, language, page }, index) => {
    const name = `${String(index).padStart(2, '0')}-${page.replaceAll(/\W+/g, '-')}.${language}`;
    writeFileSync(join(folder, name), `${text}\nexport {};\n`);
  });
  writeFileSync(
    join(folder, 'atlassian-connect.json'),
    readFileSync(`${root}examples/issue-locator/atlassian-connect.json`),
  );
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: `${root}tsconfig.base.json`,
      compilerOptions: {
        allowJs: true,
        checkJs: false,
        resolveJsonModule: true,
        typeRoots: [`${root}node_modules/@types`],
      },
      include: ['.'],
    }),
  );
  let output = '';
  try {
    execFileSync('npx', ['--no-install', 'tsc', '-p', folder], { cwd: root, encoding: 'utf8' });
  } catch (error) {
    output = (error as { stdout: string }).stdout;
  }
  expect(output).toBe('');
});

describe('a block that shows a file shows the real one', () => {
  const shown = blocks.filter(({ info }) => info.startsWith('file='));
  test('there is one', () => expect(shown.length).toBeGreaterThan(0));
  test.each(shown)('$info in $page', ({ info, text }) => {
    expect(readFileSync(join(root, info.slice('file='.length)), 'utf8')).toContain(text);
  });
});

test('every npm script that a page names exists', () => {
  // Of this checkout, and of an app that was created.
  const scripts = ['', 'packages/create-countersign/templates/base/'].flatMap((folder) =>
    Object.keys(JSON.parse(readFileSync(`${root}${folder}package.json`, 'utf8')).scripts),
  );
  for (const page of [...pages, 'CONTRIBUTING.md', 'SECURITY.md']) {
    const text = readFileSync(join(root, page), 'utf8');
    for (const [, name] of text.matchAll(/npm run ([\w:]+)/g)) {
      expect(scripts, `${page} names npm run ${name}`).toContain(name);
    }
  }
});

test('every link to a file of this repository leads somewhere', () => {
  for (const page of [...pages, 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md']) {
    const text = readFileSync(join(root, page), 'utf8').replace(/^```[\s\S]*?^```/gm, '');
    for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target as string)) continue;
      const [path, anchor] = (target as string).split('#');
      const file = path === '' ? join(root, page) : join(root, dirname(page), path as string);
      expect(existsSync(file), `${page} links to ${target}`).toBe(true);
      if (anchor !== undefined) {
        const headings = [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(
          ([, heading]) =>
            (heading as string)
              .toLowerCase()
              .replace(/[^\w\- ]/g, '')
              .replaceAll(' ', '-'),
        );
        expect(headings, `${page} links to ${target}`).toContain(anchor);
      }
    }
  }
});

test.each(['docs-errors', 'docs-401'])(
  'the page that scripts/%s.ts makes is up to date',
  (script) => {
    execFileSync(process.execPath, [`scripts/${script}.ts`, '--check'], { cwd: root });
  },
);

import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeProject, type Packed } from './packed-project.ts';
import { root, temporaryFolder } from './processes.ts';

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)));
}

/** What tsc makes of the sources, the templates, and nothing else. */
function expectedFiles(name: string): string[] {
  const sources = readdirSync(`${root}packages/${name}/src`, { recursive: true, encoding: 'utf8' });
  const emitted = sources
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [`dist/${file.slice(0, -3)}.js`, `dist/${file.slice(0, -3)}.d.ts`]);
  const isTemplate = (file: string) => file.startsWith('templates/');
  const templates = filesBelow(`${root}packages/${name}`).filter(isTemplate);
  return [...emitted, ...templates, 'LICENSE', 'README.md', 'package.json'].sort();
}

/** Countersign is installed there, from its package. */
const scratch = mkdtempSync(join(tmpdir(), 'countersign-'));
let packages: Readonly<Record<string, Packed | undefined>>;
beforeAll(() => {
  const [countersign, sandbox, create] = makeProject(scratch, [
    'packages/sandbox',
    'packages/create-countersign',
  ]);
  packages = { countersign, sandbox, 'create-countersign': create };
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test.each(['countersign', 'sandbox', 'create-countersign'])(
  'the package of %s holds what was built, and nothing else',
  (name) => {
    expect(packages[name]?.files).toEqual(expectedFiles(name));
  },
);

test('a scratch project installs countersign and uses it from JavaScript and TypeScript', () => {
  const installed = readdirSync(join(scratch, 'node_modules')).filter(
    (name) => !name.startsWith('.'),
  );
  expect(installed).toContain('countersign');
  expect(installed.length).toBeLessThanOrEqual(6);

  // The peers without which a subpath has nothing to do.
  symlinkSync(`${root}node_modules/@opentelemetry`, join(scratch, 'node_modules/@opentelemetry'));
  symlinkSync(`${root}node_modules/jira.js`, join(scratch, 'node_modules/jira.js'));
  writeFileSync(
    join(scratch, 'use.js'),
    `import { createApp, memoryStore } from 'countersign';
     import { createToken, verifyToken } from 'countersign/jwt';
     const request = { sharedSecret: 'secret', method: 'GET', url: '/rest/api/3/myself' };
     const claims = verifyToken(createToken({ issuer: 'my-app', ...request }), request);
     const { exports } = JSON.parse((await import('node:fs')).readFileSync('node_modules/countersign/package.json', 'utf8'));
     const subpaths = Object.keys(exports).filter((path) => !path.endsWith('.json'));
     for (const path of subpaths) await import('countersign' + path.slice(1));
     console.log(claims.iss, typeof createApp, typeof memoryStore, subpaths.length);`,
  );
  const output = execFileSync(process.execPath, ['use.js'], { cwd: scratch, encoding: 'utf8' });
  expect(output).toMatch(/^my-app function function \d+$/m);
  const command = join(scratch, 'node_modules/.bin/countersign');
  expect(execFileSync(command, ['--version'], { encoding: 'utf8' })).toMatch(/^\d+\.\d+\.\d+\n$/);

  // The types come from this checkout; a user has them in devDependencies.
  mkdirSync(join(scratch, 'node_modules/@types'), { recursive: true });
  symlinkSync(`${root}node_modules/@types/node`, join(scratch, 'node_modules/@types/node'));
  symlinkSync(`${root}node_modules/undici-types`, join(scratch, 'node_modules/undici-types'));
  writeFileSync(
    join(scratch, 'use.ts'),
    `import { createApp, isTokenError, sqliteStore } from 'countersign';
     import { handle } from 'countersign/node';
     import { storeConformance } from 'countersign/testing';
     const app = createApp({
       descriptor: { key: 'a', authentication: { type: 'jwt' }, lifecycle: { installed: '/i' }, apiMigrations: { 'signed-install': true } },
       appUrl: 'https://app.example.com',
       store: sqliteStore(':memory:'),
     });
     app.on('installed', ({ installation }) => console.log(installation.siteUrl));
     // @ts-expect-error: the secret is not for handlers
     app.on('installed', ({ installation }) => console.log(installation.sharedSecret));
     const issue = await app.jira('key').get<{ id: string }>('/rest/api/3/issue/XX-21');
     const id: string = issue.id;
     export { handle, id, isTokenError, storeConformance };`,
  );
  writeFileSync(
    join(scratch, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        strict: true,
        noEmit: true,
        module: 'nodenext',
        target: 'es2023',
        types: ['node'],
      },
      include: ['use.ts'],
    }),
  );
  execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', scratch], {
    cwd: scratch,
    stdio: 'pipe',
  });
});

test('the command countersign-sandbox runs from its package', () => {
  const folder = temporaryFolder();
  execFileSync('tar', ['-xzf', packages.sandbox?.file ?? '', '-C', folder]);
  const home = join(folder, 'project/node_modules/countersign-sandbox');
  mkdirSync(join(folder, 'project/node_modules'), { recursive: true });
  renameSync(join(folder, 'package'), home);
  const { dependencies, bin } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  for (const name of Object.keys(dependencies)) {
    mkdirSync(join(folder, 'project/node_modules', name, '..'), { recursive: true });
    symlinkSync(`${root}node_modules/${name}`, join(folder, 'project/node_modules', name));
  }
  const help = execFileSync(process.execPath, [join(home, bin['countersign-sandbox']), '--help'], {
    encoding: 'utf8',
  });
  expect(help).toContain('Usage: countersign-sandbox');
});

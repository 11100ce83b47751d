import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from './processes.ts';

const library = `${root}packages/countersign/src`;

function importsOf(file: string): string[] {
  const source = readFileSync(file, 'utf8');
  const statements = source.matchAll(
    /^(?:import|export)\b[^;]*?\bfrom\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gms,
  );
  return [...statements].map((match) => (match[1] ?? match[2] ?? match[3]) as string);
}

function sources(folder: string): string[] {
  return globSync('**/*.ts', { cwd: folder }).map((file) => join(folder, file));
}

/** The first folder below src, or the file itself. */
function partOf(file: string): string {
  const [first] = file.slice(library.length + 1).split('/');
  return (first as string).replace(/\.ts$/, '');
}

const allowed: Record<string, readonly string[]> = {
  errors: [],
  version: [],
  'deep-freeze': [],
  loopback: [],
  jwt: ['errors'],
  installations: ['errors', 'jwt', 'deep-freeze'],
  jira: ['errors', 'jwt', 'version', 'loopback'],
  connect: ['errors', 'jwt', 'installations', 'jira', 'deep-freeze', 'loopback'],
  forge: ['errors', 'jwt', 'installations', 'jira', 'connect', 'deep-freeze', 'loopback'],
  'forge-manifest': ['errors', 'connect', 'forge', 'loopback'],
  import: ['errors', 'installations', 'connect'],
  pages: ['errors', 'installations', 'connect', 'caller', 'authorize', 'loopback'],
  browser: [],
  'jira-js': ['errors', 'jira'],
  opentelemetry: ['errors', 'jira', 'version', 'connect', 'webhooks'],
  redact: [],
  logger: ['errors', 'redact'],
  health: ['errors', 'logger'],
  webhooks: ['errors', 'installations', 'jira', 'connect', 'logger', 'redact'],
};

describe.each(Object.keys(allowed))('%s', (part) => {
  test(`imports ${allowed[part]?.join(', ') || 'nobody'}`, () => {
    const files = sources(library).filter((file) => partOf(file) === part);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      for (const specifier of importsOf(file).filter((name) => name.startsWith('.'))) {
        const target = partOf(normalize(join(dirname(file), specifier)));
        expect([part, ...(allowed[part] ?? [])], `${file} imports ${specifier}`).toContain(target);
      }
    }
  });
});

test('the adapters, the testing suites and the command line are imported by nobody else', () => {
  for (const file of sources(library)) {
    for (const specifier of importsOf(file).filter((name) => name.startsWith('.'))) {
      const target = partOf(normalize(join(dirname(file), specifier)));
      if (target === partOf(file)) continue;
      expect(
        ['http', 'testing', 'cli', 'opentelemetry', 'jira-js'],
        `${file} imports ${specifier}`,
      ).not.toContain(target);
    }
  }
});

test('jwt imports nothing but node itself', () => {
  for (const file of sources(`${library}/jwt`)) {
    const packages = importsOf(file).filter((name) => !name.startsWith('.'));
    expect(packages.filter((name) => !['node:crypto', 'node:module'].includes(name))).toEqual([]);
  }
});

test('the sandbox judges tokens without our library', () => {
  for (const folder of ['hosts', 'rest', 'site']) {
    for (const file of sources(`${root}packages/sandbox/src/${folder}`)) {
      expect(importsOf(file).filter((name) => name.startsWith('countersign'))).toEqual([]);
    }
  }
});

/** The files that a script loads, as node itself reports them. */
function loadedBy(script: string): string[] {
  const output = execFileSync(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { registerHooks } from 'node:module';
       const loaded = [];
       registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
       ${script}
       console.log(JSON.stringify(loaded));`,
    ],
    { cwd: `${root}tests`, encoding: 'utf8' },
  );
  return JSON.parse(output);
}

test("'countersign/jwt' loads two files of ours and no package", () => {
  const files = loadedBy("await import('countersign/jwt');").filter(
    (url) => !url.startsWith('node:'),
  );
  expect(files.map((url) => url.replace(/.*\/dist\//, ''))).toEqual(['jwt/jwt.js', 'errors.js']);
});

test('the root reaches no adapter, no testing suite, no command and no database', () => {
  const files = loadedBy("await import('countersign');");
  expect(files.length).toBeGreaterThan(10);
  for (const url of files)
    expect(url).not.toMatch(
      /dist\/(http|testing|cli|import|jira-js|opentelemetry)\/|@opentelemetry|installations\/(sql|key-value)\/|node:sqlite|\/(express|fastify|hono|koa|kysely|unstorage|pg|mysql2|ioredis|mongodb|jira\.js)\//,
    );
});

test.each(['express', 'fastify', 'hono', 'koa', 'node'])(
  "'countersign/%s' loads no framework and no other adapter",
  (name) => {
    const files = loadedBy(`await import('countersign/${name}');`);
    const adapters = files.flatMap((url) => /\/dist\/http\/(\w+)\.js$/.exec(url)?.[1] ?? []);
    expect(adapters.filter((file) => file !== 'incoming')).toEqual([name]);
    for (const url of files) expect(url).not.toMatch(/\/(express|fastify|hono|node-server|koa)\//);
  },
);

test.each([
  [200, false],
  [401, true],
])('a call that Jira answers with %i explains something: %s', (status, explained) => {
  const files = loadedBy(`
    const { createServer } = await import('node:http');
    const { createJiraClient } = await import('countersign/jira');
    const server = createServer((_, response) => response.writeHead(${status}).end('{}'));
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const siteUrl = 'http://127.0.0.1:' + server.address().port;
    const jira = createJiraClient({ credentials: { siteUrl, appKey: 'app', sharedSecret: 'secret' } });
    await jira.get('/rest/api/3/myself').catch((error) => error.diagnosis);
    server.closeAllConnections();
    server.close();`);
  expect(files.some((url) => url.endsWith('/explain/explain.js'))).toBe(explained);
});

test('no file is named for what it is not', () => {
  for (const file of [...sources(library), ...sources(`${root}packages/sandbox/src`)]) {
    expect(file).not.toMatch(/\b(utils?|helpers?|common|misc|managers?)\b/i);
  }
});

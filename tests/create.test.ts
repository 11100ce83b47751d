import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { startPostgres } from '../packages/countersign/test/installations/servers/postgres.ts';
import {
  describeWithRedis,
  startRedis,
} from '../packages/countersign/test/installations/servers/redis.ts';
import {
  installed,
  type PackedPackages,
  packPackages,
  readManifest,
  type ScriptOutcome,
} from './created-apps.ts';
import { freePort, RunningProcess, root } from './processes.ts';

let packages: PackedPackages;
beforeAll(() => {
  packages = packPackages();
});
afterAll(() => packages.remove());

/** The command in a terminal of its own, by the `script` of Debian's bsdutils. */
function inTerminal(args: string) {
  const line = `stty cols 80 rows 40; '${process.execPath}' '${packages.command}' ${args}`;
  const terminal = spawn('script', ['-qefc', line, '/dev/null'], { cwd: packages.folder });
  onTestFinished(() => void terminal.kill());
  let output = '';
  terminal.stdout.on('data', (chunk) => {
    output += String(chunk);
  });
  return {
    screen: () => output,
    exitCode: once(terminal, 'close').then(([code]) => code),
    async typeAt(question: string, keys: string) {
      await vi.waitFor(() => expect(output).toContain(question), 10_000);
      terminal.stdin.write(keys);
    },
  };
}

function make(app: string, options: string[]): void {
  const { status, stderr } = packages.create(app, '--yes', ...options);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  packages.install(app);
}

/** Makes an app, and runs its own tests and checks. */
async function makeAndTest(app: string, options: string[], env?: Record<string, string>) {
  make(app, options);
  const [tests, types] = await Promise.all([
    packages.runScript(app, 'test', env),
    packages.runScript(app, 'check'),
  ]);
  return { tests, types };
}

function expectGood({ tests, types }: { tests: ScriptOutcome; types: ScriptOutcome }): void {
  expect(types.exitCode, types.output).toBe(0);
  expectPassed(tests);
}

function expectPassed(tests: ScriptOutcome): void {
  expect(tests.exitCode, tests.output).toBe(0);
  expect(tests.output).toMatch(/^. pass 3$/m);
  expect(tests.output).toMatch(/^. fail 0$/m);
}

describe('a created app passes its tests and its checks', () => {
  test.each([
    ['express', 'forge'],
    ['fastify', 'connect'],
  ])('on %s, on SQLite, for %s', async (framework, host) => {
    expectGood(await makeAndTest(`on-${framework}`, ['--framework', framework, '--host', host]));
  });

  // They differ from those by src/server.ts, which this checkout's own check reads as a template.
  test.each([
    ['hono', 'forge'],
    ['koa', 'connect'],
    ['node', 'forge'],
  ])('on %s, on SQLite, for %s', async (framework, host) => {
    const app = `on-${framework}`;
    make(app, ['--framework', framework, '--host', host]);
    expectPassed(await packages.runScript(app, 'test'));
  });

  test('on PostgreSQL, and without one on a file', async () => {
    const server = await startPostgres();
    try {
      const options = ['--store', 'postgres', '--host', 'connect'];
      expectGood(await makeAndTest('on-postgres', options, { DATABASE_URL: server.url }));
      const [row] = await server.query(
        'SELECT count(*)::int AS stored FROM countersign_installation',
      );
      expect(row?.stored).toBe(1);
    } finally {
      await server.stop();
    }
    const onFile = await packages.runScript('on-postgres', 'test', { DATABASE_URL: '' });
    expect(onFile.exitCode, onFile.output).toBe(0);
  });
});

describeWithRedis('a created app with Redis passes its tests and its checks', () => {
  test('on Redis, and without one in a folder', async () => {
    const server = await startRedis();
    try {
      expectGood(await makeAndTest('on-redis', ['--store', 'redis'], { REDIS_URL: server.url }));
    } finally {
      await server.stop();
    }
    const inFolder = await packages.runScript('on-redis', 'test', { REDIS_URL: '' });
    expect(inFolder.exitCode, inFolder.output).toBe(0);
  });
});

test('npm run dev starts a site and the app, and Ctrl-C ends both', async () => {
  packages.create('developed', '--yes', '--framework', 'hono');
  packages.install('developed');
  const app = join(packages.folder, 'developed');
  const [port, sitePort] = [await freePort(), await freePort()];
  const dev = new RunningProcess(process.execPath, ['scripts/dev.ts'], {
    cwd: app,
    env: { ...process.env, PORT: String(port), SANDBOX_PORT: String(sitePort) },
  });
  await dev.prints(/The app runs on a Jira site/);
  const issue = await fetch(`http://127.0.0.1:${sitePort}/browse/XX-21`);
  expect(await issue.text()).toContain('Developed');
  expect((await fetch(`http://127.0.0.1:${port}/greeting`)).status).toBe(401);
  await dev.end('SIGINT');
  for (const gone of [port, sitePort]) {
    await expect(fetch(`http://127.0.0.1:${gone}/`)).rejects.toThrow();
  }
});

describe('what is written', () => {
  test('has the name of its folder, a key of its own, and nothing of the templates', () => {
    const { stdout } = packages.create('My_2nd App', '--yes', '--host', 'connect');
    expect(stdout).toContain("cd 'My_2nd App'");
    const app = join(packages.folder, 'My_2nd App');
    const files = readdirSync(app, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    for (const { parentPath, name } of files) {
      expect(readFileSync(join(parentPath, name), 'utf8')).not.toMatch(/my-jira-app|My Jira App/);
    }
    expect(readManifest(app)).toMatchObject({ name: 'my-2nd-app' });
    const descriptor = JSON.parse(readFileSync(join(app, 'atlassian-connect.json'), 'utf8'));
    expect(descriptor).toMatchObject({ key: 'my-2nd-app', name: 'My 2nd App' });
    const ignored = readFileSync(join(app, '.gitignore'), 'utf8').split('\n');
    expect(ignored).toContain('.env');

    const key = (folder: string) =>
      /^COUNTERSIGN_ENCRYPTION_KEYS=([\w+/]{43}=)$/m.exec(
        readFileSync(join(folder, '.env'), 'utf8'),
      )?.[1];
    packages.create('another', '--yes');
    expect(key(app)).toBeDefined();
    expect(key(join(packages.folder, 'another'))).not.toBe(key(app));
  });

  test('asks for the versions that this checkout is tested with', () => {
    const templates = `${root}packages/create-countersign/templates`;
    for (const layer of readdirSync(templates)) {
      const { dependencies, devDependencies } = readManifest(join(templates, layer));
      for (const [name, range] of Object.entries({ ...dependencies, ...devDependencies })) {
        const { version } = JSON.parse(readFileSync(join(installed(name), 'package.json'), 'utf8'));
        expect(range, `${name} in templates/${layer}`).toBe(`^${version}`);
      }
    }
  });
});

describe('the command', () => {
  test('asks for what it was not told, with the keyboard alone', async () => {
    const { typeAt, exitCode, screen } = inTerminal('--store redis');
    await typeAt('In which folder?', 'asked\r');
    await typeAt('Where does it run in Jira?', '\x1b[B\r'); // the second one
    await typeAt('Which framework?', '\x1b[B\r');
    expect(await exitCode, screen()).toBe(0);
    expect(screen()).not.toContain('Where are installations kept?');
    const app = join(packages.folder, 'asked');
    expect(readManifest(app).dependencies).toMatchObject({
      fastify: expect.any(String),
      ioredis: expect.any(String),
    });
    expect(existsSync(join(app, 'atlassian-connect.json'))).toBe(true);
  });

  test('writes nothing where the questions are called off', async () => {
    const { typeAt, exitCode, screen } = inTerminal('called-off');
    await typeAt('Where does it run in Jira?', '\x03');
    expect(await exitCode, screen()).toBe(1);
    expect(existsSync(join(packages.folder, 'called-off'))).toBe(false);
  });

  test('writes into no folder that has something in it', () => {
    const folder = join(packages.folder, 'taken');
    mkdirSync(folder);
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    const { status, stderr, stdout } = packages.create('taken', '--yes');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain("'taken' is not empty");
    expect(readdirSync(folder)).toEqual(['notes.txt']);
    expect(packages.create('taken/notes.txt', '--yes').stderr).toContain('is a file');
  });

  test('writes into a folder with a new repository', () => {
    mkdirSync(join(packages.folder, 'repository/.git'), { recursive: true });
    expect(packages.create('repository', '--yes').status).toBe(0);
  });

  test.each([
    [['app-x', '--framework', 'rails', '--yes'], /--framework is one of express, fastify, /],
    [['app-x', '--store', 'toString', '--yes'], /--store is one of sqlite, /],
    [['app-x', '--colour'], /--colour/],
    [['app-x', 'app-y', '--yes'], /One folder is expected/],
    [['---', '--yes'], /---/],
    [['...', '--yes'], /gives no name/],
    [['app-x'], /no terminal to ask for host, framework, store/],
    [[], /no terminal to ask for folder, host/],
  ])('refuses %j with exit code 2', (args, message) => {
    const { status, stderr, stdout } = packages.create(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).toContain('--help');
    expect(existsSync(join(packages.folder, 'app-x'))).toBe(false);
  });

  test('prints its help and its version, without colour where it is read by a program', () => {
    const help = packages.create('--help');
    expect(help.status).toBe(0);
    expect(help.stdout).toContain('--framework');
    const version = packages.create('--version');
    expect(version.status).toBe(0);
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it looks for one.
    expect(packages.create('plain', '--yes').stdout).not.toMatch(/\x1b/);
  });
});

/** What all commands have in common: help, exit codes, mistakes, colour, width, pipes. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { countersign, countersignJson, MAIN } from './run-cli.ts';
import { runInProcess } from './run-in-process.ts';
import { SECRET, storeOf } from './sample-store.ts';

const COMMANDS = [
  'token explain',
  'token decode',
  'token create',
  'doctor',
  'installations list',
  'installations show',
  'installations remove',
  'forge manifest',
];

test('--help names every command and the exit codes', async () => {
  const { code, stdout, stderr } = await countersign(['--help']);
  expect(code).toBe(0);
  expect(stderr).toBe('');
  for (const name of COMMANDS) expect(stdout).toContain(`  ${name} `);
  expect(stdout).toContain('Exit codes');
});

test.each(COMMANDS)(
  '%s --help has options, examples and exit codes, within 80 columns',
  async (name) => {
    const { code, stdout } = await runInProcess([...name.split(' '), '--help']);
    expect(code).toBe(0);
    for (const part of ['Usage:', '--json', '--help', 'Examples', 'Exit codes']) {
      expect(stdout).toContain(part);
    }
    expect(stdout).toContain(`countersign ${name}`);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect((await runInProcess(['help', ...name.split(' ')])).stdout).toBe(stdout);
  },
);

test('--version is the one of the package', async () => {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  expect((await countersign(['--version'])).stdout.trim()).toBe(JSON.parse(manifest).version);
});

test('without a command the help is shown, and it is bad usage', async () => {
  expect(await countersign([])).toMatchObject({
    code: 2,
    stdout: expect.stringContaining('Usage'),
  });
  expect(await countersign(['token'])).toMatchObject({
    code: 2,
    stdout: expect.stringContaining('token explain'),
  });
});

describe('a mistake is told in two lines, with what was meant', () => {
  const mistakes: [args: string[], message: RegExp][] = [
    [['tokne'], /no command 'tokne'. Did you mean 'token'\?/],
    [['token', 'creat'], /Did you mean 'token create'\?/],
    [['explain'], /Did you mean 'token explain'\?/],
    [['docter'], /Did you mean 'doctor'\?/],
    [['token', 'explain', '--metod', 'GET'], /no option --metod. Did you mean --method\?/],
    [['doctor', '--stroe', 'x'], /Did you mean --store\?/],
    [['doctor', '--store'], /--store needs a value: --store STORE/],
    [['doctor', '--store', '--site'], /--store needs a value/],
    [['doctor', '--store', 'a.db', '--store', 'b.db'], /--store is given twice/],
    [['token', 'explain', '--json=1', 'x'], /--json takes no value/],
    [['token', 'explain', 'a', 'b'], /takes one INPUT/],
    [['doctor', 'x'], /takes options only/],
    [['token', 'create', '--secret', SECRET], /never given on the command line/],
    [['token', 'create', `--sharedSecret=${SECRET}`], /never given on the command line/],
    [
      ['token', 'create', '--secret-env', `${SECRET}!`, '--url', '/x'],
      /takes the name of an environ/,
    ],
    [['doctor'], /Name the store/],
    [['doctor', '--store', 'postgres:x'], /The store is none that is known/],
    [['doctor', '--store', 'x.db', '--method', 'PUT'], /need --path/],
    [
      ['doctor', '--store', 'x.db', '--path', '/x', '--method', 'PATCH'],
      /GET, POST, PUT or DELETE/,
    ],
    [['doctor', '--store', 'x.db', '--path', '/x', '--method', 'PUT', '--body', '{'], /no JSON/],
    [['doctor', '--store', 'x.db', '--timeout-seconds', 'x'], /--timeout-seconds must be/],
    [['token', 'explain'], /There is nothing to look at/],
    [['token', 'explain', '--entry', '0', 'x'], /--entry must be/],
    [['token', 'explain', '--direction', 'up', 'x'], /to-jira or from-jira/],
    [['token', 'explain', '--sent-at', 'never', 'x'], /--sent-at is no date/],
    [['token', 'create', '--issuer', 'a'], /needs --url/],
    [['token', 'create', '--url', '/x'], /needs --issuer/],
    [['token', 'create', '--url', '/x', '--issuer', 'a'], /No shared secret was given/],
    [['installations', 'list'], /Name the store/],
    [['installations', 'remove', '--store', 'x.db'], /Name the installation/],
  ];
  // Three as processes, which have to end with that code; a process for each would take most of the time of this file.
  const asProcess = mistakes.slice(0, 3);
  test.concurrent.each(mistakes)('%j', async (args, message) => {
    const isProcess = asProcess.some(([of]) => of === args);
    const { code, stdout, stderr } = await (isProcess ? countersign : runInProcess)(args);
    expect(stderr.replaceAll('\n', ' ')).toMatch(message);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).not.toContain(SECRET);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stderr.split('\n').length).toBeLessThanOrEqual(6);
    for (const line of stderr.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });
});

test('with --json a mistake is JSON, too', async () => {
  const { code, json, stderr } = await countersignJson(['doctor', '--stroe', 'x']);
  expect(code).toBe(2);
  expect(stderr).toBe('');
  expect(json).toEqual({
    error: { message: expect.stringContaining('--store'), hint: expect.any(String) },
  });
});

test('a token in place of a command is not repeated', async () => {
  const { stderr } = await countersign(['eyJ0eXAiOiJKV1QifQ.eyJpc3MiOiJhIn0.c2lnbmF0dXJl']);
  expect(stderr).not.toContain('eyJ');
});

describe('colour', () => {
  test('none without a terminal', async () => {
    const store = await storeOf({});
    for (const args of [['--help'], ['installations', 'list', '--store', store], ['nothing']]) {
      expect((await countersign(args)).text).not.toContain('\u001b');
    }
  });

  test('FORCE_COLOR brings it, NO_COLOR takes it away', async () => {
    const forced = await countersign(['--help'], { env: { FORCE_COLOR: '1' } });
    expect(forced.stdout).toContain('\u001b[');
    const none = await countersign(['--help'], { env: { NO_COLOR: '1' } });
    expect(none.stdout).not.toContain('\u001b');
  });
});

test('a reader that has seen enough is no error', async () => {
  const child = spawn(process.execPath, [MAIN, 'token', 'explain', '--help'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  child.stdout.destroy();
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect(errors).toBe('');
  expect(code).toBe(0);
});

test('control characters of a token do not reach the terminal', async () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = `${part({ alg: 'HS256' })}.${part({ iss: '\u001b[2J\u0007\u009b2J', '\u001b[31m': 1 })}.${'x'.repeat(43)}`;
  for (const command of ['decode', 'explain']) {
    const { text } = await countersign(['token', command, token]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
    expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
    expect((await countersignJson(['token', command, token])).stdout).not.toMatch(/[\x7f-\x9f]/);
  }
});

test('a store that is missing is an error, and is not made', async () => {
  const store = `${await storeOf({})}.missing.db`;
  for (const command of ['list', 'show']) {
    const outcome = await countersign(['installations', command, '--store', store]);
    expect(outcome.code).toBe(3);
    expect(outcome.stderr).toContain('There is no store');
  }
  expect(() => readFileSync(store)).toThrow();
});

test('the store can be named in the environment', async () => {
  const store = await storeOf({});
  const { code, stdout } = await countersign(['installations', 'list'], {
    env: { COUNTERSIGN_STORE: `sqlite:${store}` },
  });
  expect(code).toBe(0);
  expect(stdout).toContain('client-1');
});

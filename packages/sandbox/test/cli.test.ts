import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { startApp } from './app.ts';
import { appId, manifestText, startRemote } from './forge-app.ts';

const cli = fileURLToPath(new URL('../src/cli.ts', import.meta.url));

interface Running {
  process: ChildProcess;
  /** The next line of stdout. */
  line(): Promise<string>;
  errors(): string;
  exitCode(): Promise<number>;
}

function run(...args: string[]): Running {
  const child = spawn(process.execPath, [cli, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const exit = once(child, 'close');
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  return {
    process: child,
    line: async () => String((await lines.next()).value),
    errors: () => errors,
    exitCode: async () => (await exit)[0] as number,
  };
}

async function event(running: Running): Promise<Record<string, unknown>> {
  return JSON.parse(await running.line()) as Record<string, unknown>;
}

test('--json prints events, installs an app, and ends cleanly', async () => {
  const app = await startApp();
  const running = run('--json', '--port', '0', '--install', app.descriptorUrl);
  const ready = await event(running);
  expect(ready).toMatchObject({ event: 'ready', installKeysUrl: `${ready.url}/install-keys` });
  expect(await event(running)).toMatchObject({ event: 'callback', path: '/installed' });
  expect(await event(running)).toMatchObject({ event: 'callback', path: '/enabled' });
  expect(await event(running)).toMatchObject({ event: 'installed', app: { key: 'test-app' } });
  await fetch(`${ready.url}/rest/api/3/myself`);
  expect(await event(running)).toMatchObject({
    event: 'request',
    path: '/rest/api/3/myself',
    status: 401,
  });
  running.process.kill('SIGTERM');
  expect(await running.exitCode()).toBe(0);
  expect(running.errors()).toBe('');
});

test('an app that refuses is reported, and the site stays up', async () => {
  const app = await startApp();
  app.answers['/installed'] = 401;
  const running = run('--json', '--quiet', '--port', '0', '--install', app.descriptorUrl);
  const ready = await event(running);
  expect(await event(running)).toMatchObject({
    event: 'install-failed',
    descriptorUrl: app.descriptorUrl,
    message: expect.stringContaining('HTTP response code 401'),
  });
  expect((await fetch(String(ready.url))).status).toBe(200);
  running.process.kill('SIGINT');
  expect(await running.exitCode()).toBe(0);
});

test('without --json it tells a person what to do, and takes the next port where one is taken', async () => {
  const blocker = createServer().listen(0, '127.0.0.1');
  await once(blocker, 'listening');
  onTestFinished(() => void blocker.close());
  const { port } = blocker.address() as AddressInfo;
  const running = run('--port', String(port));
  let text = '';
  while (!text.includes('Stop')) text += `${await running.line()}\n`;
  expect(text).toContain(`Port ${port} is taken`);
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0];
  expect(text).toContain(`allowedSites: ['${url}'], installKeyHosts: ['${url}/install-keys']`);
  const login = /curl -u (\S+)/.exec(text)?.[1] ?? '';
  const headers = { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
  const answer = await fetch(`${url}/rest/api/3/myself`, { headers });
  expect(await answer.json()).toMatchObject({ displayName: 'Alex Admin' });
  await running.line();
  expect(await running.line()).toContain('200 GET    /rest/api/3/myself');
  expect(text).not.toContain('\u001b');
});

test('--help and --version print and end', async () => {
  const help = run('--help');
  expect(await help.line()).toContain('countersign-sandbox');
  expect(await help.exitCode()).toBe(0);
  const version = run('--version');
  const file = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  expect(await version.line()).toBe((JSON.parse(file) as { version: string }).version);
});

const misuses: [args: string[], message: string][] = [
  [['--prot', '1'], "Unknown option '--prot'"],
  [['--port', 'x'], '--port must be a number'],
  [['--install', 'x'], '--install must be a URL'],
  [['--fault', '404:3%'], '--fault must be one of drop-before'],
  [['--latency', 'long'], '--latency must be a number'],
  [['--webhook-minute', '0'], '--webhook-minute must be a number above 0'],
  [['start'], 'Unexpected argument'],
];
for (const [args, message] of misuses) {
  test(`bad usage ends with 2: ${args.join(' ')}`, async () => {
    const running = run(...args);
    expect(await running.exitCode()).toBe(2);
    expect(running.errors()).toContain(message);
    expect(running.errors()).toContain('--help');
  });
}

test('--fault, --latency and --rate-limits switch on what the settings page does', async () => {
  const faults = ['503:50%', 'drop-after', 'slow=200:2%', '502-handled', 'clock=-90'];
  const running = run(
    ...['--json', '--port', '0', '--latency', '5', '--rate-limits'],
    ...faults.flatMap((fault) => ['--fault', fault]),
  );
  const { url } = await event(running);
  const read = async (path: string) => (await fetch(`${url}/_sandbox/api/${path}`)).json();
  expect(await read('faults')).toMatchObject({
    latency: { ms: 5 },
    faults: [
      { kind: 'status', status: 503, percent: 50 },
      { kind: 'drop-after' },
      { kind: 'slow', delayMs: 200, percent: 2 },
      { kind: 'status', status: 502, handled: true },
      { kind: 'clock', seconds: -90 },
    ],
  });
  expect(await read('rate-limits')).toMatchObject({
    burst: { PUT: 50 },
    issueWrites: { in2Seconds: 20 },
    points: { perHour: 65000 },
  });
});

test('a database that cannot be opened ends with 1', async () => {
  const running = run('--port', '0', '--database', '/nowhere/site.db');
  expect(await running.exitCode()).toBe(1);
  expect(running.errors()).toContain('unable to open database file');
});

test('--manifest installs a Forge app, and --remote-url says where its remotes are', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'manifest-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'manifest.yml');
  writeFileSync(file, manifestText);
  const remote = await startRemote();
  const installing = ['--json', '--port', '0', '--manifest', file];
  const running = run(...installing, '--remote-url', remote.baseUrl);
  const ready = await event(running);
  expect(ready).toMatchObject({
    forge: { keySetUrl: `${ready.url}/_forge/.well-known/jwks.json`, gatewayUrl: ready.url },
  });
  expect(await event(running)).toMatchObject({ event: 'callback', path: '/forge/sync' });
  expect(await event(running)).toMatchObject({
    event: 'installed',
    app: { appId: `ari:cloud:ecosystem::app/${appId}` },
  });
  const failing = run(...installing);
  await event(failing);
  expect(await event(failing)).toMatchObject({
    event: 'install-failed',
    manifest: file,
    message: expect.stringContaining('remotes[0].baseUrl'),
  });
  const misused = run('--remote-url', 'nowhere');
  expect(await misused.exitCode()).toBe(2);
});

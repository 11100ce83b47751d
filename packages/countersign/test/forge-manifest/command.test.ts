/** `countersign forge manifest` as it is typed. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { runInProcess } from '../cli/run-in-process.ts';

const example = fileURLToPath(
  new URL('../../../../examples/issue-locator/atlassian-connect.json', import.meta.url),
);
const folder = mkdtempSync(join(tmpdir(), 'forge-manifest-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const APP_ID = '8f1d4c5e-2b7a-4c3d-9e8f-0a1b2c3d4e5f';
const run = (...args: string[]) => runInProcess(['forge', 'manifest', ...args]);
const forExample = ['--descriptor', example, '--remote-url', 'https://app.example.com'];

test('the manifest goes to standard output, what to know of it beside it', async () => {
  const { code, stdout, stderr } = await run('--native', ...forExample, '--app-id', APP_ID);
  expect(code).toBe(0);
  expect(parse(stdout)).toMatchObject({
    app: { id: `ari:cloud:ecosystem::app/${APP_ID}`, connect: { key: 'issue-locator' } },
    modules: { 'jira:issueContext': [{ key: 'locator', title: 'Location' }] },
  });
  expect(stderr).toContain('1 of 1 module written.');
  expect(stderr).toContain('To be decided');
});

test('without an app id there is a placeholder, and the report says so', async () => {
  const { stdout, stderr } = await run('--connect', ...forExample);
  expect(parse(stdout).app.id).toBe('ari:cloud:ecosystem::app/invalid-run-forge-register');
  expect(stderr).toContain('forge register');
});

test('--json has the manifest and the report', async () => {
  const { code, stdout, stderr } = await run('--connect', '--tokens', ...forExample, '--json');
  expect(code).toBe(0);
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toMatchObject({
    step: 'connect',
    modules: [{ connect: 'webPanels', key: 'locator', result: 'carried', forge: 'jira:webPanels' }],
    decisions: expect.arrayContaining([expect.objectContaining({ topic: 'remotes' })]),
    manifest: { modules: { scheduledTrigger: [{ interval: 'hour' }] } },
  });
});

test('--out writes a file, and never over one that is there, unless told so', async () => {
  const file = join(folder, 'manifest.yml');
  const first = await run('--connect', ...forExample, '--out', file);
  expect(first).toMatchObject({ code: 0, stdout: '' });
  const text = readFileSync(file, 'utf8');
  expect(parse(text).connectModules).toBeDefined();
  const second = await run('--native', ...forExample, '--out', file);
  expect(second.code).toBe(3);
  expect(second.stderr).toContain('--overwrite');
  expect(readFileSync(file, 'utf8')).toBe(text);
  expect((await run('--native', ...forExample, '--out', file, '--overwrite')).code).toBe(0);
  expect(parse(readFileSync(file, 'utf8')).connectModules).toBeUndefined();
});

test('a descriptor is read from the app that serves it', async () => {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ key: 'served', baseUrl: 'https://served.example.com' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/atlassian-connect.json`;
  const { code, stdout } = await run('--native', '--new-app', '--descriptor', url);
  expect(code).toBe(0);
  expect(parse(stdout).remotes[0].baseUrl).toBe('https://served.example.com');
});

test('no character of a descriptor moves the cursor or ends a comment', async () => {
  const file = join(folder, 'odd.json');
  const odd = 'Odd\u001b[2J\nmodules: {}';
  writeFileSync(
    file,
    JSON.stringify({
      key: 'odd',
      name: odd,
      modules: {
        [`odd${odd}`]: [{ key: odd }],
        webPanels: [{ key: odd, location: odd, name: { value: odd } }],
      },
    }),
  );
  const { code, stdout, text } = await run(
    '--native',
    '--descriptor',
    file,
    '--remote-url',
    'https://a.example.com',
  );
  expect(code).toBe(0);
  expect(text).not.toContain('\u001b');
  expect(parse(stdout).modules.endpoint).toBeDefined();
});

const mistakes: [args: string[], code: number, message: RegExp][] = [
  [forExample, 2, /Which step/],
  [['--connect', '--native', ...forExample], 2, /two steps/],
  [['--native'], 2, /no descriptor/],
  [['--native', '--tokens', ...forExample], 2, /--tokens belongs to --connect/],
  [['--connect', '--new-app', ...forExample], 2, /--new-app belongs to --native/],
  [['--native', '--descriptor', example], 2, /Give --remote-url/],
  [['--native', ...forExample, '--app-id', 'my-app'], 2, /no id of a Forge app/],
  [['--native', ...forExample, '--appid', 'x'], 2, /Did you mean --app-id/],
  [['--native', '--descriptor', join(folder, 'none.json')], 3, /cannot be read/],
  [
    ['--native', ...forExample, '--out', join(folder, 'no', 'manifest.yml')],
    3,
    /cannot be written/,
  ],
];
test.each(mistakes)('a mistake is told: %j', async (args, code, message) => {
  const outcome = await run(...args);
  expect(outcome.code).toBe(code);
  expect(outcome.stderr.replaceAll('\n', ' ')).toMatch(message);
  expect(outcome.stdout).toBe('');
});

test('--help fits into 80 columns', async () => {
  const { code, stdout } = await run('--help');
  expect(code).toBe(0);
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  for (const part of ['Usage:', '--descriptor', '--native', 'Examples'])
    expect(stdout).toContain(part);
});

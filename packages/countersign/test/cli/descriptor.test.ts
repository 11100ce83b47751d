import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { panelDescriptor } from '../app/panel-app.ts';
import { close, listen } from '../connect/atlassian-host.ts';
import { temporaryFolder } from '../installations/temporary-folder.ts';
import { countersign } from './run-cli.ts';
import { runInProcess } from './run-in-process.ts';

const folder = temporaryFolder();
const INDEX = pathToFileURL(join(import.meta.dirname, '../../src/index.ts')).href;

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

function check(...args: string[]): ReturnType<typeof runInProcess> {
  return runInProcess(['descriptor', 'check', ...args]);
}

const WRONG = panelDescriptor({ scopes: ['READ', 'WRIT'], modules: { webPanel: [] } });

test('a good descriptor is fine', async () => {
  expect(await check(file('good.json', panelDescriptor()))).toMatchObject({
    code: 0,
    stdout: 'Nothing wrong was found.\n',
    stderr: '',
  });
});

test('atlassian-connect.json of this folder is checked unasked, and without colour in a pipe', async () => {
  file('atlassian-connect.json', WRONG);
  expect(await countersign(['descriptor', 'check'], { cwd: folder })).toMatchObject({
    code: 1,
    stdout: [
      "  error    descriptor.scopes[1]: 'WRIT' is no known scope; did you mean 'WRITE'?",
      '  warning  descriptor.modules.webPanel: is no module that is known here; did you',
      "           mean 'webPanels'?",
      '',
      '1 error, 1 warning.',
      '',
    ].join('\n'),
    stderr: '',
  });
});

test('warnings alone are shown, and are no failure', async () => {
  const { code, stdout } = await check(file('warned.json', panelDescriptor({ vendr: {} })));
  expect(code).toBe(0);
  expect(stdout).toContain('  warning  descriptor.vendr: ');
  expect(stdout).toContain('0 errors, 1 warning.');
});

test('--json has all of it for other programs', async () => {
  const source = file('wrong.json', WRONG);
  const { code, stdout } = await check('--json', source);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toEqual({
    source,
    problems: [
      {
        severity: 'error',
        path: 'descriptor.scopes[1]',
        message: "'WRIT' is no known scope; did you mean 'WRITE'?",
      },
      {
        severity: 'warning',
        path: 'descriptor.modules.webPanel',
        message: "is no module that is known here; did you mean 'webPanels'?",
      },
    ],
  });
  expect(
    JSON.parse((await check('--json', file('fine.json', panelDescriptor()))).stdout).problems,
  ).toEqual([]);
});

test('--app-url is compared with baseUrl', async () => {
  const source = file('at.json', panelDescriptor({ baseUrl: 'https://old.example.com' }));
  expect((await check(source)).code).toBe(0);
  const { code, stdout } = await check(source, '--app-url', 'https://app.example.com');
  expect(code).toBe(1);
  expect(stdout).toContain("descriptor.baseUrl: is 'https://old.example.com'");
  expect(await check(source, '--app-url', 'http://app.example.com')).toMatchObject({
    code: 2,
    stdout: '',
  });
});

test('a module that defines one is run, with the app-url that is given', async () => {
  const descriptor = JSON.stringify({ ...panelDescriptor(), baseUrl: undefined });
  const source = file(
    'descriptor.ts',
    `import { defineDescriptor } from ${JSON.stringify(INDEX)};
     const links = (appUrl: string) => ({ self: appUrl === 'https://app.example.com' ? '/a' : 1 });
     export default defineDescriptor(({ appUrl }) => ({ ...${descriptor}, links: links(appUrl) } as never));`,
  );
  expect(await check(source, '--app-url', 'https://app.example.com')).toMatchObject({ code: 0 });
  expect(await check(source, '--app-url', 'https://other.example.com')).toMatchObject({ code: 1 });
  const named = file('named.mjs', `export const descriptor = ${JSON.stringify(WRONG)};`);
  expect(await check(named)).toMatchObject({ code: 1 });
});

test.each([
  ['exports none', 'export const other = 1;', 'exports no descriptor'],
  ['does not run', 'export default nowhere;', 'cannot be run'],
  ['fails later', 'export default () => { throw new Error("s3cret"); };', 'failed'],
  ['is async', 'export default async () => ({});', 'is async'],
])('a module that %s is no descriptor', async (name, text, message) => {
  const { code, stdout, stderr } = await check(file(`${name.replaceAll(' ', '-')}.mjs`, text));
  expect(code).toBe(name === 'is async' ? 2 : 3);
  expect(stdout).toBe('');
  expect(stderr).toContain(message);
  expect(stderr).not.toContain('s3cret');
});

test('a descriptor is read from where it is served', async () => {
  const server = createServer((_, response) => response.end(JSON.stringify(WRONG)));
  const url = await listen(server);
  onTestFinished(() => close(server));
  expect(await check(`${url}/atlassian-connect.json`)).toMatchObject({ code: 1 });
});

test('what cannot be read or is no JSON could not be done', async () => {
  expect((await check(join(folder, 'nowhere.json'))).code).toBe(3);
  expect((await check(join(folder, 'nowhere.mjs'))).code).toBe(3);
  expect((await check(file('text.json', 'key: panel'))).code).toBe(3);
});

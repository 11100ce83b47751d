/**
 * The command line from its package, in a project of its own, with what the example app has stored; and docs/cli.md
 * shows what it prints. `UPDATE_DOCS=1` writes the page anew.
 */
import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createToken } from 'countersign/jwt';
import { type Sandbox, startSandbox } from 'countersign-sandbox';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { queueModule, sampleDelivery } from '../../packages/countersign/test/cli/sample-queue.ts';
import { unpackProject } from '../packed-project.ts';
import { freePort, RunningProcess, root } from '../processes.ts';

const project = mkdtempSync(join(tmpdir(), 'countersign-'));
beforeAll(() => unpackProject(project));
afterAll(() => rmSync(project, { recursive: true, force: true }));

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a line in a shell, in the project, as `npx` runs one: what is installed there goes first. */
function shell(line: string): Promise<Outcome> {
  const { FORCE_COLOR: _color, NO_COLOR: _none, ...env } = process.env;
  return new Promise((resolve) => {
    const PATH = `${join(project, 'node_modules/.bin')}:${env.PATH}`;
    const COUNTERSIGN_QUEUE = 'module:queue.mjs';
    const options = { cwd: project, env: { ...env, PATH, COUNTERSIGN_QUEUE } };
    const child = execFile('sh', ['-c', line], options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
    child.stdin?.end();
  });
}

const countersign = (line: string) => shell(`countersign ${line}`);

/** npm itself takes most of the time of a command, so only one goes by it. */
const byNpx = (line: string) => shell(`npx --no-install countersign ${line}`);

/** Dead letters in queue.mjs of the project. */
function writeQueue(): void {
  const deliveries = [
    sampleDelivery(1, { clientKey: 'two' }),
    sampleDelivery(2, {
      clientKey: 'one',
      event: 'comment_created',
      url: '/webhooks/comment',
      payload: {
        timestamp: Date.UTC(2026, 10, 24, 6),
        webhookEvent: 'comment_created',
        comment: { id: '10100', body: 'Shipped on Friday' },
        issue: { id: '10002', key: 'XX-2' },
      },
    }),
  ];
  const reason = "TypeError: Cannot read properties of undefined (reading 'accountId')";
  const diedAt = Date.UTC(2026, 10, 24, 7);
  const letters = deliveries.map((delivery) => ({ delivery, reason, attempts: 8, diedAt }));
  queueModule(project, letters);
}

/** A sandbox with the example installed, which keeps its installation in app.db of the project. */
async function installExample(): Promise<Sandbox> {
  rmSync(join(project, 'app.db'), { force: true });
  const site = await startSandbox();
  onTestFinished(() => site.close());
  const port = await freePort();
  const app = new RunningProcess(process.execPath, ['examples/issue-locator/src/main.ts'], {
    cwd: root,
    env: {
      ...process.env,
      PORT: String(port),
      SANDBOX_URL: site.url,
      DATABASE: join(project, 'app.db'),
    },
  });
  await app.prints(/Issue Locator on/);
  await site.install(`http://127.0.0.1:${port}/atlassian-connect.json`);
  copyFileSync(
    `${root}examples/issue-locator/atlassian-connect.json`,
    join(project, 'atlassian-connect.json'),
  );
  return site;
}

/** What a browser keeps of a request: the hash was made without the query. */
async function refusedHar(site: Sandbox): Promise<object> {
  const token = createToken({
    issuer: 'issue-locator',
    sharedSecret: site.sharedSecret('issue-locator'),
    method: 'PUT',
    url: '/rest/api/3/issue/XX-21',
  });
  const url = `${site.url}/rest/api/3/issue/XX-21?notifyUsers=false`;
  const startedDateTime = new Date().toISOString();
  const response = await fetch(url, {
    method: 'PUT',
    headers: { authorization: `JWT ${token}`, 'content-type': 'application/json' },
    body: '{"fields":{"summary":"Again"}}',
  });
  const headers = [{ name: 'Authorization', value: `JWT ${token}` }];
  return {
    log: {
      entries: [
        {
          startedDateTime,
          request: { method: 'PUT', url, headers },
          response: {
            status: response.status,
            headers: [{ name: 'Date', value: response.headers.get('date') ?? '' }],
            content: { text: await response.text() },
          },
        },
      ],
    },
  };
}

test('a signed command is made, sent, and explained when it is changed', async () => {
  const site = await installExample();
  const secret = site.sharedSecret('issue-locator');
  const made = await byNpx('token create --store sqlite:./app.db --url /rest/api/3/myself --curl');
  expect(made).toMatchObject({ code: 0, stderr: '' });
  const [, url = '', authorization = ''] =
    /^curl '([^']+)' -H 'Authorization: ([^']+)'$/.exec(made.stdout.trim()) ?? [];
  expect((await fetch(url, { headers: { authorization } })).status).toBe(200);

  writeFileSync(join(project, 'sent.txt'), made.stdout.replace('myself', 'myself?expand=groups'));
  const explained = await countersign('token explain --store sqlite:./app.db sent.txt --json');
  expect(explained.code).toBe(1);
  expect(JSON.parse(explained.stdout)).toMatchObject({
    input: { kind: 'curl' },
    installation: { appKey: 'issue-locator' },
    verdict: { cause: 'CS-QSH-QUERY-NOT-SIGNED' },
  });
  const piped = await shell('cat sent.txt | countersign token decode');
  expect(piped.stdout).toContain('issue-locator');
  for (const { stdout, stderr } of [explained, piped]) {
    expect(stdout + stderr).not.toContain(secret);
    expect(stdout + stderr).not.toContain(authorization);
  }
});

test('doctor finds a secret that was replaced behind the back of the app, and an app that is gone', async () => {
  const site = await installExample();
  const doctor = 'doctor --store sqlite:./app.db --json';
  expect((await countersign(doctor)).code).toBe(0);
  await site.disable('issue-locator');
  const disabled = await countersign(doctor);
  expect(disabled.code).toBe(1);
  expect(JSON.parse(disabled.stdout).verdict.cause).toBe('CS-INSTALLATION-STALE');
  await site.enable('issue-locator');
  expect((await countersign(doctor)).code).toBe(0);
  await site.uninstall('issue-locator');
  const gone = await countersign(doctor);
  expect(JSON.parse(gone.stdout).verdict.cause).toBe('CS-INSTALLATION-UNINSTALLED');
});

/** What differs from run to run, of the same length. */
function normalize(text: string): string {
  return text
    .replace(/127\.0\.0\.1:\d{5}/g, '127.0.0.1:44000')
    .replace(
      // The ids of dead letters are always the same.
      /(?!d1e0\d{4}-5b1c)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g,
      '7f3a1c52-0b7e-4d69-9c1e-5a2b8d40e6f1',
    )
    .replace(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, 'eyJ0eXAiOiJKV1Qi…')
    .replace(/\b1[789]\d{8}\b/g, '1795500000')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g, '2026-11-24 06:00:00 UTC')
    .replace(/^( {2}iat .*UTC, ).*$/gm, '$1a moment ago')
    .replace(
      /^(?<label> {2}exp +).*$/gm,
      '$<label>1795500180: 2026-11-24 06:03:00 UTC, in 3 minutes',
    )
    .trimEnd();
}

test('docs/cli.md shows what the commands print', async () => {
  const site = await installExample();
  writeFileSync(join(project, 'refused.har'), JSON.stringify(await refusedHar(site)));
  const token = createToken({
    issuer: 'issue-locator',
    sharedSecret: site.sharedSecret('issue-locator'),
    method: 'GET',
    url: '/rest/api/3/myself',
  });
  writeFileSync(join(project, 'token.txt'), `${token}\n`);
  // The same in each run, so that its id is.
  writeFileSync(join(project, 'keys.txt'), `${Buffer.alloc(32, 'key').toString('base64')}\nnone\n`);
  writeQueue();
  const file = `${root}docs/cli.md`;
  const page = readFileSync(file, 'utf8');
  const pairs = [...page.matchAll(/^```sh\n([^\n]+)\n```\n\n```text\n([\s\S]*?)^```$/gm)];
  expect(pairs.length).toBe(page.split('```text').length - 1);
  expect(pairs.length).toBeGreaterThan(6);
  let updated = page;
  for (const [block, line = '', shown = ''] of pairs) {
    const command = line.replace('npx ', '').replace('http://127.0.0.1:44000', site.url);
    const { stdout, stderr } = await shell(command);
    expect(stderr).toBe('');
    const printed = normalize(stdout);
    const fence = '```';
    updated = updated.replace(
      block,
      () => `${fence}sh\n${line}\n${fence}\n\n${fence}text\n${printed}\n${fence}`,
    );
    if (process.env.UPDATE_DOCS === undefined) expect(`${printed}\n`, line).toBe(shown);
    // A command to copy stays in one line.
    if (line.includes('--curl')) continue;
    for (const each of printed.split('\n')) expect(each.length).toBeLessThanOrEqual(80);
  }
  if (process.env.UPDATE_DOCS !== undefined) writeFileSync(file, updated);
});

/**
 * `npm start`: a Jira site and an app on this machine, as two processes; the site installs the app, and the app
 * updates an issue. What happens is told step by step. Both stay until Ctrl-C, and find their state the next time.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const stateFolder = process.env.STATE_FOLDER ?? `${root}.countersign`;
const ISSUE = 'XX-21';
const FIELD = 'customfield_10042';
const manifest = `${root}examples/issue-locator/manifest.yml`;
const forgeAppId = /^ {2}id: (\S+)/m.exec(readFileSync(manifest, 'utf8'))?.[1] ?? '';

interface Verdict {
  reason: string;
  checks: { name: string; passed: boolean; detail: string }[];
  canonicalRequest?: string;
}
interface SiteEvent {
  event: string;
  url?: string;
  method?: string;
  path?: string;
  status?: number;
  verdict?: Verdict;
  message?: string;
}

const bold = (text: string) => styleText('bold', text);
const dim = (text: string) => styleText('dim', text);
const say = (text = '') => console.log(text);

const children: ChildProcess[] = [];
let stopping = false;

mkdirSync(stateFolder, { recursive: true });
process.once('SIGINT', () => stop(0));
process.once('SIGTERM', () => stop(0));
try {
  await main();
} catch (error) {
  if (!stopping)
    console.error(`\nIt did not work: ${error instanceof Error ? error.message : error}`);
  stop(1);
}

async function main(): Promise<void> {
  say(bold('1. A Jira site starts'));
  const site = await startSite();
  say(`   ${site.url}  ${dim('(a local stand-in; its state is kept in .countersign/site.db)')}`);

  say(bold('\n2. The app starts'));
  const appUrl = await startApp(site.url);
  say(
    `   ${appUrl}  ${dim('(examples/issue-locator; its secrets are kept in .countersign/app.db, encrypted)')}`,
  );

  say(bold('\n3. The site installs the app'));
  await site.install(`${appUrl}/atlassian-connect.json`);

  say(bold(`\n4. The app updates ${ISSUE}`));
  await updateIssue(site);

  say(bold('\nBoth are running.'));
  say(`   The issue, with the app's panel   ${site.url}/browse/${ISSUE}`);
  say(`   The site and its request log      ${site.url}`);
  say(`   The app's descriptor              ${appUrl}/atlassian-connect.json`);
  say(`   To move the app to Forge          Move it to Forge, at ${site.url}`);
  say(`   Its app id there                  ${forgeAppId}`);
  say(`   Stop                              Ctrl-C`);
}

interface Site {
  readonly url: string;
  install(descriptorUrl: string): Promise<void>;
  control<T>(path: string, body?: object): Promise<T>;
}

async function startSite(): Promise<Site> {
  const listeners = new Set<(event: SiteEvent) => void>();
  const port = process.env.SANDBOX_PORT ?? '4400';
  const database = `${stateFolder}/site.db`;
  const child = run([
    'packages/sandbox/dist/cli.js',
    '--json',
    '--port',
    port,
    '--database',
    database,
  ]);
  onLine(child, (line) => {
    const event: SiteEvent = JSON.parse(line);
    if (event.event === 'callback' || event.event === 'request') tellCall(event);
    for (const listener of listeners) listener(event);
  });
  const { url } = await new Promise<SiteEvent>((resolve) => {
    listeners.add((event) => event.event === 'ready' && resolve(event));
  });
  const control = async <T>(path: string, body?: object): Promise<T> => {
    const response = await fetch(`${url}/_sandbox/api${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as T & { error?: string };
    if (!response.ok) throw new Error(answer.error ?? `The site answered ${response.status}.`);
    return answer;
  };
  return {
    url: url as string,
    control,
    async install(descriptorUrl) {
      const { installed } = await control<{ installed: boolean }>('/apps', {
        descriptorUrl,
        onlyIfChanged: 'true',
      });
      if (!installed)
        say('   It is installed already, and its secret is in its store: nothing is sent.');
    },
  };
}

async function startApp(siteUrl: string): Promise<string> {
  const port = await freePort(Number(process.env.APP_PORT ?? 3000));
  const database = `${stateFolder}/app.db`;
  const child = run(['examples/issue-locator/src/main.ts'], {
    PORT: String(port),
    SANDBOX_URL: siteUrl,
    DATABASE: database,
    FORGE_APP_ID: forgeAppId,
    COUNTERSIGN_ENCRYPTION_KEYS: encryptionKey(database),
  });
  await new Promise<void>((resolve) => {
    onLine(child, (line) => {
      if (line.startsWith('Issue Locator on')) resolve();
      else say(dim(`   app | ${line}`));
    });
  });
  return `http://127.0.0.1:${port}`;
}

/** A key of this folder. In production it comes from where the database is not. */
function encryptionKey(database: string): string {
  const file = `${stateFolder}/app.key`;
  // What an earlier version left there is not encrypted.
  if (!existsSync(file) && existsSync(database)) return 'none';
  if (!existsSync(file)) {
    writeFileSync(file, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
  }
  return readFileSync(file, 'utf8').trim();
}

/** What a person does: open the issue, pick another location in the app's panel, save. */
async function updateIssue(site: Site): Promise<void> {
  const readField = async () => {
    const issue = await site.control<{ fields: Record<string, string | null> }>(`/issues/${ISSUE}`);
    return issue.fields[FIELD] ?? 'empty';
  };
  const before = await readField();
  const location = before === 'Lisbon' ? 'Sydney' : 'Lisbon';
  const issue = { issueKey: ISSUE };

  const page = { moduleKey: 'locator', ...issue };
  const { url } = await site.control<{ url: string }>('/apps/issue-locator/page-url', page);
  const panel = await fetch(url);
  if (!panel.ok) throw new Error(`The app's panel answered ${panel.status}.`);
  say(`   The panel was opened by a URL that the site signed: ${panel.status}.`);

  const { token } = await site.control<{ token: string }>(
    '/apps/issue-locator/context-token',
    issue,
  );
  say(`   Its form is sent with a context token, to set "Site location" to ${location}.`);
  const saved = await fetch(new URL('/locate', url), {
    method: 'POST',
    headers: { authorization: `JWT ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ location }),
  });
  if (!saved.ok) throw new Error(`The app answered ${saved.status}: ${await saved.text()}`);
  say(`\n   Site location (${FIELD}) of ${ISSUE}: ${bold(before)} → ${bold(await readField())}`);
}

/** One call between the two, in plain words. */
function tellCall({ event, method, path, status, verdict }: SiteEvent): void {
  if (stopping || verdict === undefined) return;
  const direction = event === 'callback' ? 'site → app' : 'app → site';
  say(`   ${direction}  ${method} ${path}  ${status}`);
  // The site says what it sent in a callback; of a call to itself the names of its checks are enough.
  const short = event === 'request' && verdict.checks.every(({ passed }) => passed);
  if (short) say(`     ✓ ${verdict.checks.map(({ name }) => name).join(' · ')}`);
  for (const { name, passed, detail } of short ? [] : verdict.checks) {
    say(`     ${passed ? '✓' : '✗'} ${name}: ${dim(detail)}`);
  }
  if (verdict.canonicalRequest !== undefined) {
    say(`     ${dim(`hashed: ${verdict.canonicalRequest}`)}`);
  }
}

function run(args: string[], env: Record<string, string> = {}): ChildProcess {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  child.stderr?.on('data', (chunk) => {
    if (!stopping) process.stderr.write(dim(String(chunk).replace(/^(?=.)/gm, '   app | ')));
  });
  child.once('exit', (code) => {
    if (stopping) return;
    console.error(`\n${args[0]} ended with code ${code}.`);
    stop(1);
  });
  return child;
}

function onLine(child: ChildProcess, listener: (line: string) => void): void {
  if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', listener);
}

/** The wanted port, or the next one that nobody listens on. */
async function freePort(wanted: number): Promise<number> {
  for (let port = wanted; port < wanted + 100; port++) {
    const free = await new Promise<boolean>((resolve) => {
      const probe = createServer().once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
    });
    if (!free) continue;
    if (port !== wanted) say(dim(`   Port ${wanted} is taken, so it is ${port}.`));
    return port;
  }
  throw new Error(`No port between ${wanted} and ${wanted + 99} is free.`);
}

function stop(code: number): void {
  if (stopping) return;
  stopping = true;
  const ended = children.map(
    (child) =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) resolve(undefined);
        else child.once('exit', resolve).kill('SIGTERM');
      }),
  );
  Promise.all(ended).then(() => {
    if (code === 0) say('\nStopped.');
    process.exit(code);
  });
}

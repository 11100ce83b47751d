import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, test } from 'vitest';
import { sqliteStore } from '../../src/index.ts';
import { clientInfo, SQLITE_TABLES } from '../import/ace-tables.ts';
import { temporaryFolder } from '../installations/temporary-folder.ts';
import { countersign } from './run-cli.ts';
import { runInProcess, runInProcessJson } from './run-in-process.ts';

const folder = temporaryFolder();
const SECRET = 'canary-4d1f5b0e8c';
let count = 0;
let to: string;

beforeEach(() => {
  to = `sqlite:${join(folder, `app-${++count}.db`)}`;
});

type Rows = readonly (readonly [clientKey: string, key: string, value: unknown])[];

/** The file of an app on atlassian-connect-express. */
function oldStore(rows: Rows): string {
  const file = join(folder, `ace-${++count}.db`);
  const database = new DatabaseSync(file);
  database.exec(SQLITE_TABLES);
  const insert = database.prepare(
    'INSERT INTO AddonSettings ("clientKey", "key", "val") VALUES (?, ?, ?)',
  );
  for (const [clientKey, key, value] of rows) insert.run(clientKey, key, JSON.stringify(value));
  database.close();
  return `sqlite:${file}`;
}

const tenant = (clientKey: string, change: Record<string, unknown> = {}): Rows[number] => [
  clientKey,
  'clientInfo',
  clientInfo(clientKey, { sharedSecret: SECRET, ...change }),
];

const TWO: Rows = [tenant('site-1'), tenant('site-2'), ['site-1', 'colour', 'red']];

async function stored(clientKey: string) {
  const store = sqliteStore(to.slice('sqlite:'.length));
  try {
    return await store.get(clientKey);
  } finally {
    await store.close?.();
  }
}

describe('countersign import ace', () => {
  test('makes the new store, says what came along, and may be run again', async () => {
    const from = oldStore(TWO);
    const first = await countersign(['import', 'ace', '--from', from, '--store', to]);
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(/app +panel-app\n/);
    expect(first.stdout).toMatch(/imported +2 installations, 1 setting\n/);
    expect(first.stderr).toContain('stored in clear');
    expect(await stored('site-1')).toMatchObject({ sharedSecret: SECRET, appKey: 'panel-app' });
    const second = await countersign(['import', 'ace', '--from', from, '--store', to]);
    expect(second.code).toBe(0);
    expect(second.stdout).toMatch(/unchanged +2 installations, 1 setting\n/);
    expect(first.text + second.text).not.toContain(SECRET);
  });

  test('writes nothing in a dry run, not even the file', async () => {
    const { code, json } = await runInProcessJson([
      ...['import', 'ace', '--from', oldStore(TWO), '--store', to, '--dry-run'],
    ]);
    expect(code).toBe(0);
    expect(json).toEqual({
      dryRun: true,
      appKey: 'panel-app',
      installations: { imported: 2, replaced: 0, unchanged: 0 },
      settings: { imported: 1, unchanged: 0 },
      cachedTokens: 0,
      skipped: [],
    });
    expect(existsSync(to.slice('sqlite:'.length))).toBe(false);
  });

  test('encrypts where a key is given, also when it is run again', async () => {
    const env = { COUNTERSIGN_ENCRYPTION_KEYS: randomBytes(32).toString('base64') };
    const from = oldStore([...TWO, ['site-1', 'token', SECRET]]);
    const args = ['import', 'ace', '--from', from, '--store', to];
    const first = await runInProcess(args, { env });
    expect(first.code).toBe(0);
    expect(first.stderr).toBe('');
    expect(readFileSync(to.slice('sqlite:'.length), 'latin1')).not.toContain(SECRET);
    const { json } = await runInProcessJson(args, { env });
    expect(json.installations.unchanged).toBe(2);
    expect(json.settings.unchanged).toBe(2);
    expect((await runInProcessJson(args)).json.error.code).toBe('STORE_KEY_MISSING');
  });

  test('says what was skipped and why, and shows the first twenty', async () => {
    const rows = Array.from({ length: 25 }, (_, index) =>
      tenant(`site-${index}`, { sharedSecret: index > 1 ? undefined : SECRET }),
    );
    const from = oldStore([...rows, tenant('site-0', { sharedSecret: 'newer' })]);
    const { code, stdout } = await runInProcess(['import', 'ace', '--from', from, '--store', to]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/skipped +24\n/);
    expect(stdout.replace(/\s+/g, ' ')).toContain('23: Its clientInfo has no sharedSecret');
    expect(stdout).toContain('  site-21\n');
    expect(stdout).not.toContain('site-22');
    expect(stdout).toContain('… and 3 more: --json');
    expect(stdout.replace(/\s+/g, ' ')).toContain('1: A newer row has the same clientKey');
    expect((await stored('site-0'))?.sharedSecret).toBe('newer');
    const { json } = await runInProcessJson(['import', 'ace', '--from', from, '--store', to]);
    expect(json.skipped).toHaveLength(24);
    expect(json.skipped[1]).toEqual({
      clientKey: 'site-2',
      reason: 'no-secret',
      text: expect.any(String),
      matters: true,
    });
  });

  test('is content where nothing was skipped that somebody should look at', async () => {
    const from = oldStore([tenant('site-1', { sharedSecret: 'old' }), tenant('site-1')]);
    const { code, json } = await runInProcessJson([
      ...['import', 'ace', '--from', from, '--store', to],
    ]);
    expect(code).toBe(0);
    expect(json.skipped).toMatchObject([{ reason: 'older-row', matters: false }]);
  });

  test('asks for the app where there are several, and before it writes anything', async () => {
    const from = oldStore([tenant('site-1'), tenant('site-2', { key: 'other-app' })]);
    const args = ['import', 'ace', '--from', from, '--store', to];
    const { code, json } = await runInProcessJson(args);
    expect(code).toBe(2);
    expect(json.error).toMatchObject({
      code: 'CONFIG_OPTION_MISSING',
      message: expect.stringMatching(/panel-app \(1\), other-app \(1\)/),
    });
    expect(await stored('site-1')).toBeUndefined();
    const named = await runInProcessJson([...args, '--app-key', 'other-app']);
    expect(named.code).toBe(0);
    expect(await stored('site-2')).toMatchObject({ appKey: 'other-app' });
    const wrong = await runInProcess([...args, '--app-key', 'otherapp', '--dry-run']);
    expect(wrong.code).not.toBe(0);
  });

  test('that finds nothing says so', async () => {
    const { code, stdout } = await runInProcess([
      ...['import', 'ace', '--from', oldStore([]), '--store', to],
    ]);
    expect(code).toBe(1);
    expect(stdout).toContain('Is it the right database?');
  });

  test('takes the URL from the environment, so that nobody else sees its password', async () => {
    const env = { OLD: oldStore(TWO) };
    const { code } = await runInProcess(['import', 'ace', '--from-env', 'OLD', '--store', to], {
      env,
    });
    expect(code).toBe(0);
    const url = 'postgres://ace:marked-password@127.0.0.1:1/ace';
    for (const more of [[], ['--json']]) {
      const failed = await runInProcess(
        ['import', 'ace', '--from-env', 'OLD', '--store', to, ...more],
        { env: { OLD: url } },
      );
      expect(failed.code).toBe(3);
      expect(failed.text).toContain('ECONNREFUSED');
      expect(failed.text).not.toContain('marked-password');
    }
  });

  test.each([
    [['--store', 'sqlite:x.db'], 2, /--from URL, or --from-env/],
    [['--from', 'a.db', '--from-env', 'A', '--store', 'sqlite:x.db'], 2, /Choose --from/],
    [
      ['--from-env', 'postgres://x', '--store', 'sqlite:x.db'],
      2,
      /name of an environment variable/,
    ],
    [['--from-env', 'NOT_SET', '--store', 'sqlite:x.db'], 3, /NOT_SET is not set/],
    [['--from', 'oracle://a:marked@b', '--store', 'sqlite:x.db'], 2, /no URL of a store/],
    [['--from', 'sqlite:missing.db', '--store', 'sqlite:x.db'], 3, /no file 'missing.db'/],
    [['--from', 'a.db'], 2, /Name the store/],
  ])('%j is refused', async (args, exitCode, message) => {
    const { code, text } = await countersign(['import', 'ace', ...args], { cwd: folder });
    expect(code).toBe(exitCode);
    expect(text.replace(/\s+/g, ' ')).toMatch(message);
    expect(text).not.toContain('marked');
    expect(existsSync(join(folder, 'x.db'))).toBe(false);
  });
});

/** Commands on thousands of installations, as processes of their own: piped, interrupted and killed. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { type InstallationStore, sqliteStore } from '../../src/index.ts';
import { encryptedStore } from '../../src/installations/encryption/encrypted-store.ts';
import { keyIdOf } from '../../src/installations/encryption/seal.ts';
import { sampleRecord } from '../installations/sample-record.ts';
import { temporaryFolder } from '../installations/temporary-folder.ts';
import { exportOf } from './export-lines.ts';
import { countersign, MAIN } from './run-cli.ts';
import { runInProcess } from './run-in-process.ts';
import { SECRET } from './sample-store.ts';

const folder = temporaryFolder();

const keyOf = (index: number) => `key-${String(index).padStart(5, '0')}`;

async function filledStore(name: string, count: number, keys?: string): Promise<string> {
  const file = join(folder, name);
  const records = Array.from({ length: count }, (_, index) => ({
    clientKey: keyOf(index),
    siteUrl: `https://site-${index}.atlassian.net`,
    sharedSecret: `${SECRET}-${index}`,
  }));
  const env = keys === undefined ? {} : { COUNTERSIGN_ENCRYPTION_KEYS: keys };
  const args = ['installations', 'import', '-', '--store', file];
  expect(await runInProcess(args, { env, input: exportOf(records) })).toMatchObject({ code: 0 });
  return file;
}

/** With 5,000 installations; only read. */
let large: string;
beforeAll(async () => {
  large = await filledStore('large.db', 5000);
});

test.each([
  { name: 'as text', options: [] },
  { name: 'as JSON', options: ['--json'] },
])('5,000 installations $name piped into head end quietly', async ({ options }) => {
  const list = ['installations', 'list', '--store', large, ...options];
  const child = spawn(
    'sh',
    [
      '-c',
      '{ "$@"; echo "ended with $?" >&2; } | head -n 3',
      'sh',
      process.execPath,
      MAIN,
      ...list,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  await new Promise((resolve) => child.on('close', resolve));
  expect(output.split('\n')).toHaveLength(4);
  expect(errors).toBe('ended with 0\n');
});

test('5,000 installations are one JSON document', async () => {
  const { stdout } = await countersign(['installations', 'list', '--json', '--store', large]);
  const { installations, ...rest } = JSON.parse(stdout);
  expect(rest).toEqual({});
  expect(installations.map(({ clientKey }: { clientKey: string }) => clientKey)).toEqual(
    Array.from({ length: 5000 }, (_, index) => keyOf(index)),
  );
});

test('a list that fails in the middle is JSON all the same, and says so', async () => {
  const module = join(folder, 'failing.mjs');
  const record = JSON.stringify(sampleRecord());
  writeFileSync(
    module,
    `export default { get() {}, async list({ after }) { if (after) throw new Error('${SECRET}'); return [${record}]; } }`,
  );
  const args = ['installations', 'list', '--json', '--store', `module:${module}`];
  const { code, stdout, stderr } = await runInProcess(args);
  expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
  const { installations, error } = JSON.parse(stdout);
  expect(installations).toHaveLength(1);
  expect(error.code).toBe('STORE_UNAVAILABLE');
  expect(error.message).toContain('failing.mjs');
  expect(stdout).not.toContain(SECRET);
});

test('reencrypt may be interrupted and killed at any moment: all stays readable, and nothing is written twice', async () => {
  const count = 2000;
  const [old, fresh] = ['old', 'new'].map(
    (name) => `${name}:${randomBytes(32).toString('base64')}`,
  ) as [string, string];
  const file = await filledStore('reencrypt.db', count, `${old},none`);
  const kept = sqliteStore(file);
  const both = encryptedStore(kept, [fresh, old]);
  const env = { COUNTERSIGN_ENCRYPTION_KEYS: `${fresh},${old}` };
  const args = ['installations', 'reencrypt', '--store', file];

  const checkAll = async (store: InstallationStore) => {
    const records = await store.list({ limit: count + 1 });
    expect(records.map(({ sharedSecret }) => sharedSecret)).toEqual(
      Array.from({ length: count }, (_, index) => `${SECRET}-${index}`),
    );
  };
  const isDone = async (index: number) =>
    keyIdOf((await kept.get(keyOf(index)))?.sharedSecret ?? '') === 'new';
  const renewed = async () =>
    (await kept.list({ limit: count })).filter(
      ({ sharedSecret }) => keyIdOf(sharedSecret) === 'new',
    ).length;
  /** Runs it until the installation of this index is done, and then ends it. */
  const endAt = async (index: number, signal: NodeJS.Signals) => {
    const child = spawn(process.execPath, [MAIN, ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    while (child.exitCode === null && !(await isDone(index))) await sleep(2);
    child.kill(signal);
    const code = await ended;
    return { code, errors, renewed: await renewed() };
  };

  const interrupted = await endAt(200, 'SIGINT');
  expect(interrupted.code).toBe(1);
  expect(interrupted.errors.replaceAll('\n', ' ')).toContain(
    `It was interrupted. ${interrupted.renewed.toLocaleString('en')} were written anew, and stay so. Run it again to go on.`,
  );
  await checkAll(both);
  const killed = await endAt(interrupted.renewed + 200, 'SIGKILL');
  expect(killed).toMatchObject({ code: null, errors: '' });
  await checkAll(both);
  expect(interrupted.renewed).toBeGreaterThan(200);
  expect(killed.renewed).toBeGreaterThan(interrupted.renewed);
  expect(killed.renewed).toBeLessThan(count);

  const { code, stdout } = await countersign([...args, '--json'], { env });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({ key: 'new', seen: count, written: count - killed.renewed });
  await checkAll(encryptedStore(kept, fresh));
  const revisions = new Set((await kept.list({ limit: count })).map(({ revision }) => revision));
  expect([...revisions]).toEqual([2]);
  await kept.close?.();
});

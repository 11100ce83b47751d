import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { runCommandLine } from '../../src/cli/run.ts';
import { sqliteStore } from '../../src/index.ts';
import { encryptedStore } from '../../src/installations/encryption/encrypted-store.ts';
import { sampleRecord } from '../installations/sample-record.ts';
import { temporaryFolder } from '../installations/temporary-folder.ts';
import { countersign } from './run-cli.ts';
import { runInProcess } from './run-in-process.ts';
import { SECRET } from './sample-store.ts';

const folder = temporaryFolder();
const key = randomBytes(32).toString('base64');

async function encryptedFile(siteUrl = 'https://example.atlassian.net'): Promise<string> {
  const file = join(folder, `${randomBytes(4).toString('hex')}.db`);
  const kept = sqliteStore(file);
  await encryptedStore(kept, key).put(sampleRecord({ sharedSecret: SECRET, siteUrl }));
  await kept.close?.();
  return file;
}

test('the keys come from the environment, from a variable of another name, or from a file', async () => {
  const store = await encryptedFile();
  const lines = join(folder, 'keys.txt');
  writeFileSync(lines, `${randomBytes(32).toString('base64')},\n${key}\n`);
  const args = ['installations', 'show', '--store', store, '--reveal', '--yes'];
  for (const [options, env] of [
    [[], { COUNTERSIGN_ENCRYPTION_KEYS: key }],
    [['--keys-env', 'KEYS'], { KEYS: key, COUNTERSIGN_ENCRYPTION_KEYS: 'wrong' }],
    [['--keys-file', lines], {}],
  ] as const) {
    const { code, stdout } = await runInProcess([...args, ...options], { env });
    expect(code).toBe(0);
    expect(stdout).toContain(SECRET);
  }
});

test.each([
  ['--key', key],
  ['--keys', key],
  ['--encryption-keys', key],
  ['--keys-env', key],
])('%s takes no key from the command line, and does not repeat it', async (option, value) => {
  const args = ['installations', 'reencrypt', '--store', 'x.db', option, value];
  const { code, text } = await runInProcess(args);
  expect(code).toBe(2);
  expect(text).not.toContain(value.slice(0, 10));
});

test.each([
  ['a variable that is not set', ['--keys-env', 'NOBODY'], {}, 3],
  ['a file that is missing', ['--keys-file', 'nobody.txt'], {}, 3],
  ['two sources', ['--keys-env', 'A', '--keys-file', 'b'], {}, 2],
  ['no key at all', [], {}, 2],
  ['a key of the wrong length', [], { COUNTERSIGN_ENCRYPTION_KEYS: 'canary' }, 2],
])('%s is said', async (_name, options, env, expected) => {
  const args = ['installations', 'reencrypt', '--store', await encryptedFile(), ...options];
  const { code, stdout, stderr } = await runInProcess(args, { env });
  expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
  expect(stderr).not.toContain('canary');
});

test('token explain and doctor open an encrypted secret, and say which key is missing', async () => {
  // Nobody listens there.
  const store = await encryptedFile('http://127.0.0.1:1');
  const env = { COUNTERSIGN_ENCRYPTION_KEYS: key };
  const create = ['token', 'create', '--store', store, '--url', '/rest/api/3/myself'];
  const { stdout: token } = await runInProcess(create, { env });
  const request = ['--method', 'GET', '--url', '/rest/api/3/myself', token.trim()];
  const explain = ['token', 'explain', '--store', store, ...request];
  const good = await runInProcess(explain, { env });
  expect(good.stdout).toContain('passed       The signature matches the shared secret');
  expect(good.code).toBe(0);
  expect(good.text).not.toContain(SECRET);
  const doctor = ['doctor', '--store', store, '--key-host', 'http://127.0.0.1:1'];
  for (const args of [explain, doctor]) {
    const { code, stderr } = await runInProcess(args);
    expect(code).toBe(3);
    expect(stderr).toContain('COUNTERSIGN_ENCRYPTION_KEYS');
  }
  const examined = await runInProcess(doctor, { env });
  expect(examined.stdout).toContain('passed   A stored installation is found');
  // With the secret from elsewhere no key is needed.
  const elsewhere = await runInProcess([...explain, '--secret-env', 'S'], { env: { S: SECRET } });
  expect(elsewhere.code).toBe(0);
});

test('key create prints a key that opens what it has closed, and nothing else into a pipe', async () => {
  const { code, stdout, stderr } = await countersign(['key', 'create']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(Buffer.from(stdout.trim(), 'base64')).toHaveLength(32);
  expect((await countersign(['key', 'create'])).stdout).not.toBe(stdout);
  const { id, key: made } = JSON.parse((await runInProcess(['key', 'create', '--json'])).stdout);
  const kept = sqliteStore(':memory:');
  const store = encryptedStore(kept, made);
  await store.put(sampleRecord());
  expect((await kept.get('client-1'))?.sharedSecret).toContain(`cs2:${id}:`);
  expect((await store.get('client-1'))?.sharedSecret).toBe('secret-1');
});

test('key create says the id on a terminal', async () => {
  const streams = [new PassThrough(), new PassThrough(), new PassThrough()] as const;
  const [input, output, errors] = streams.map((stream) => Object.assign(stream, { isTTY: true }));
  const terminal = { input, output, errors, env: {} } as Parameters<typeof runCommandLine>[1];
  expect(await runCommandLine(['key', 'create'], terminal)).toBe(0);
  expect(String(streams[2].read())).toMatch(/Its id is [0-9a-f]{8}\./);
});

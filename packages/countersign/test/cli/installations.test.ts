import { PassThrough, type Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { runCommandLine } from '../../src/cli/run.ts';
import { sqliteStore } from '../../src/index.ts';
import { countersign, countersignJson } from './run-cli.ts';
import { runInProcess, runInProcessJson } from './run-in-process.ts';
import { SECRET, storeOf } from './sample-store.ts';

const TWO = [
  { clientKey: 'one' },
  { clientKey: 'two', siteUrl: 'https://two.atlassian.net', status: 'uninstalled' as const },
];

test('list shows every installation and no secret', async () => {
  const store = await storeOf(...TWO);
  const { code, stdout } = await countersign([
    'installations',
    'list',
    '--store',
    `sqlite:${store}`,
  ]);
  expect(code).toBe(0);
  expect(stdout).toContain('https://example.atlassian.net\n  clientKey    one');
  expect(stdout).toContain('panel-app, uninstalled');
  expect(stdout).toContain('2 installations.');
  const { json, text } = await countersignJson(['installations', 'list', '--store', store]);
  expect(json.installations).toHaveLength(2);
  expect(json.installations[0]).toMatchObject({
    clientKey: 'one',
    status: 'installed',
    enabled: true,
  });
  expect(stdout + text).not.toContain(SECRET);
});

test('list of an empty store', async () => {
  const { code, stdout } = await runInProcess([
    'installations',
    'list',
    '--store',
    await storeOf(),
  ]);
  expect(code).toBe(0);
  expect(stdout).toContain('The store is empty');
});

test('list reads all pages', async () => {
  const records = Array.from({ length: 501 }, (_, index) => ({ clientKey: `key-${index}` }));
  const { json } = await runInProcessJson([
    'installations',
    'list',
    '--store',
    await storeOf(...records),
  ]);
  expect(json.installations).toHaveLength(501);
});

describe('show', () => {
  test('by clientKey, by site, or the only one; how long the secret is, but not the secret', async () => {
    const store = await storeOf(...TWO);
    for (const name of [
      ['--client-key', 'one'],
      ['--site', 'example.atlassian.net'],
    ]) {
      const { code, stdout } = await runInProcess([
        'installations',
        'show',
        '--store',
        store,
        ...name,
      ]);
      expect(code).toBe(0);
      expect(stdout).toContain(`${SECRET.length} characters, not shown`);
      expect(stdout).not.toContain(SECRET);
    }
    const single = await runInProcessJson(['installations', 'show', '--store', await storeOf({})]);
    expect(single.json).toMatchObject({ clientKey: 'client-1', payload: { productType: 'jira' } });
    expect(single.json).not.toHaveProperty('sharedSecret');
  });

  test('a payload that holds a secret after all is hidden', async () => {
    const store = await storeOf({ payload: { key: 'panel-app', sharedSecret: SECRET } });
    const { stdout, json } = await runInProcessJson(['installations', 'show', '--store', store]);
    expect(json.payload.sharedSecret).toBe('[hidden]');
    expect(stdout).not.toContain(SECRET);
  });

  test('--reveal needs --yes where nobody can be asked', async () => {
    const store = await storeOf({});
    const refused = await countersign(['installations', 'show', '--store', store, '--reveal']);
    expect(refused).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('--yes'),
    });
    const shown = await countersign([
      'installations',
      'show',
      '--store',
      store,
      '--reveal',
      '--yes',
    ]);
    expect(shown.stdout).toContain(SECRET);
  });

  test('an unknown one', async () => {
    const { code, stderr } = await runInProcess([
      'installations',
      'show',
      '--store',
      await storeOf(...TWO),
      '--client-key',
      'three',
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain('https://two.atlassian.net (two)');
  });
});

describe('remove', () => {
  test('needs --yes without a terminal, and then forgets one', async () => {
    const store = await storeOf(...TWO);
    const args = ['installations', 'remove', '--store', store, '--client-key', 'one'];
    expect(await countersign(args)).toMatchObject({ code: 2, stdout: '' });
    expect((await countersign([...args, '--yes'])).stdout).toContain('Forgotten: panel-app');
    const { json } = await countersignJson(['installations', 'list', '--store', store]);
    expect(json.installations.map(({ clientKey }: { clientKey: string }) => clientKey)).toEqual([
      'two',
    ]);
    const { json: removed } = await countersignJson([
      'installations',
      'remove',
      '--store',
      store,
      '--site',
      'https://two.atlassian.net',
      '--yes',
    ]);
    expect(removed).toEqual({
      removed: { clientKey: 'two', appKey: 'panel-app', siteUrl: 'https://two.atlassian.net' },
    });
  });
});

describe('a database of something else is left alone', () => {
  test.each([
    [
      'no database',
      () => 'this is no database, but it is long enough to be looked at',
      'cannot be opened',
    ],
    ['an empty file', () => '', 'holds no installations'],
  ])('%s', async (_name, content, message) => {
    const { writeFileSync, readFileSync } = await import('node:fs');
    const file = `${await storeOf({})}-other.db`;
    writeFileSync(file, content());
    const { code, stderr } = await runInProcess(['installations', 'list', '--store', file]);
    expect(code).toBe(3);
    expect(stderr.replaceAll('\n', ' ')).toContain(message);
    expect(readFileSync(file, 'utf8')).toBe(content());
  });
});

/** A terminal with somebody at it who types this. */
function person(types: string) {
  const stream = () => Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  const [input, output, errors] = [stream(), stream(), stream()];
  const seen = { output: '', errors: '' };
  const collect = (from: Writable & PassThrough, name: keyof typeof seen) =>
    from.on('data', (chunk) => {
      seen[name] += chunk;
    });
  collect(output, 'output');
  collect(errors, 'errors');
  // Somebody who is asked answers.
  errors.once('data', () => setTimeout(() => input.write(types), 20));
  return { seen, terminal: { input, output, errors, env: {} } };
}

describe('somebody at a terminal is asked', () => {
  const run = async (args: string[], types: string) => {
    const { seen, terminal } = person(types);
    return { code: await runCommandLine(args, terminal), ...seen };
  };

  test('and may say no, by y/N', async () => {
    const store = await storeOf({});
    const show = ['installations', 'show', '--store', store, '--reveal'];
    const no = await run(show, '\r');
    expect(no.code).toBe(1);
    expect(no.errors).toContain('[y/N]');
    expect(no.output).not.toContain(SECRET);
    expect((await run(show, 'y\r')).output).toContain(SECRET);
    const remove = ['installations', 'remove', '--store', store, '--client-key', 'client-1'];
    expect((await run(remove, 'n\r')).code).toBe(1);
    expect((await run(remove, '\u0003')).code).toBe(1);
    const kept = sqliteStore(store);
    expect(await kept.get('client-1')).toBeDefined();
    expect((await run(remove, 'yes\r')).code).toBe(0);
    expect(await kept.get('client-1')).toBeUndefined();
    await kept.close?.();
  });

  test('for the secret, which does not show', async () => {
    const args = ['token', 'create', '--issuer', 'a', '--url', '/x'];
    const { code, output, errors } = await run(args, `${SECRET}\r`);
    expect(code).toBe(0);
    expect(output).toMatch(/^eyJ/);
    expect(errors).toContain('Shared secret');
    expect(output + errors).not.toContain(SECRET);
    expect((await run(args, '\r')).code).toBe(2);
  });
});

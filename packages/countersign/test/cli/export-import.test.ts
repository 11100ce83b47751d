import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sqliteStore } from '../../src/index.ts';
import { sampleRecord } from '../installations/sample-record.ts';
import { temporaryFolder } from '../installations/temporary-folder.ts';
import { entriesIn, exportOf, SAMPLE } from './export-lines.ts';
import { runInProcess } from './run-in-process.ts';
import { SECRET, storeOf } from './sample-store.ts';

const folder = temporaryFolder();
let files = 0;
const newPath = (ending: string) => join(folder, `${files++}.${ending}`);

const run = (line: string, input = '') => runInProcess(line.split(' '), { input });

describe('export', () => {
  test('writes a file for its owner alone, and replaces none unless it is told to', async () => {
    const store = await storeOf({});
    const out = newPath('jsonl');
    const line = `installations export --clear --store ${store} --out ${out}`;
    const { code, stdout } = await run(line);
    expect(code).toBe(0);
    expect(stdout.replaceAll('\n', ' ')).toContain('Exported: 1 installation and 0 settings');
    expect(statSync(out).mode & 0o777).toBe(0o600);
    const { exportedAt: _, ...first } = JSON.parse(readFileSync(out, 'utf8').split('\n')[0] ?? '');
    expect(first).toEqual({ countersign: 'export', version: 1 });

    writeFileSync(out, 'mine');
    expect(await run(line)).toMatchObject({ code: 3, stdout: '' });
    expect(readFileSync(out, 'utf8')).toBe('mine');
    expect((await run(`${line} --force`)).code).toBe(0);
    expect(entriesIn(readFileSync(out, 'utf8'))).toHaveLength(2);
    expect((await run(`installations export --force --store ${store}`)).code).toBe(2);
  });

  test('makes no file where something is stored in clear, or where it cannot be written', async () => {
    const store = await storeOf({});
    const out = newPath('jsonl');
    const refused = await run(`installations export --store ${store} --out ${out}`);
    expect(refused.code).toBe(1);
    const lost = await run(`installations export --clear --store ${store} --out ${out}/no/such`);
    expect(lost.code).toBe(3);
    expect(lost.stderr).toContain('ENOENT');
    expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([]);
    expect(existsSync(out)).toBe(false);
  });
});

describe('import', () => {
  const into = async (...records: Parameters<typeof storeOf>) => {
    const store = await storeOf(...records);
    return { store, line: `installations import - --json --store ${store}` };
  };

  test('takes what is newer, and keeps what is newer here', async () => {
    const { store, line } = await into(
      { clientKey: 'newer here', changedAt: 2_000_000_000_000 },
      { clientKey: 'older here' },
      { clientKey: 'other here' },
    );
    const text = exportOf([
      { clientKey: 'newer here', sharedSecret: 'theirs' },
      { clientKey: 'older here', sharedSecret: 'theirs', changedAt: 2_000_000_000_000 },
      { clientKey: 'other here', sharedSecret: 'theirs', revision: 9 },
    ]);
    const { code, stdout } = await run(line, text);
    expect(code).toBe(1);
    const report = JSON.parse(stdout);
    expect(report.installations).toEqual({ imported: 0, replaced: 1, unchanged: 0 });
    expect(report.skipped).toEqual([
      { line: 2, clientKey: 'newer here', reason: 'the store has a newer one' },
      {
        line: 4,
        clientKey: 'other here',
        reason: 'the store has another one, which is as new',
      },
    ]);
    const kept = sqliteStore(store);
    const secretOf = async (clientKey: string) => (await kept.get(clientKey))?.sharedSecret;
    expect(await secretOf('newer here')).toBe(SECRET);
    expect(await secretOf('older here')).toBe('theirs');
    expect(await kept.get('older here')).toMatchObject({ revision: 2 });
    expect(await secretOf('other here')).toBe(SECRET);
    await kept.close?.();
  });

  test('keeps a setting that the app has changed since', async () => {
    const { store, line } = await into({});
    const kept = sqliteStore(store);
    await kept.settings?.put('one', 'theme', '"mine"');
    const { stdout, code } = await run(line, SAMPLE);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).skipped).toEqual([
      { line: 5, clientKey: 'one', setting: 'theme', reason: 'the store has another value' },
    ]);
    expect(await kept.settings?.get('one', 'theme')).toBe('"mine"');
    await kept.close?.();
    const { stdout: shown } = await run(line.replace(' --json', ''), SAMPLE);
    expect(shown.replaceAll(/\s+/g, ' ')).toContain(
      'Line 5, the setting theme of one: the store has another value.',
    );
  });

  test('goes on with a record that the app writes in the same moment', async () => {
    const { importEntry } = await import('../../src/cli/import-entry.ts');
    const kept = sqliteStore(':memory:');
    await kept.put(sampleRecord());
    let reads = 0;
    const store = {
      ...kept,
      async get(clientKey: string) {
        const record = await kept.get(clientKey);
        if (reads++ === 0) await kept.put(sampleRecord({ revision: 2, enabled: false }));
        return record;
      },
    };
    const entry = { installation: sampleRecord({ changedAt: 2_000_000_000_000, revision: 7 }) };
    expect(await importEntry(entry, { store, ring: undefined, dryRun: false })).toBe('replaced');
    expect(await kept.get('client-1')).toMatchObject({ revision: 3, enabled: true });
  });

  const [first = '', ...others] = SAMPLE.trim().split('\n');
  const [record = ''] = others;
  const last = others.at(-1) as string;
  const cases: [name: string, lines: string[], message: string][] = [
    ['an empty file', [], 'The export is empty'],
    ['something else', ['canary: 1'], 'Line 1 is no JSON'],
    ['other JSON', ['{"canary":1}'], 'Line 1 is not that of an export'],
    ['null', ['null'], 'Line 1 is not that of an export'],
    ['a newer version', [first.replace('"version":1', '"version":2')], 'another version'],
    ['a line that is cut off', [first, record.slice(0, 90)], 'Line 2 is no JSON'],
    ['a file that is cut off', [first, record], 'its last line is missing'],
    ['a line that was lost', [first, record, last], 'should hold 3 installations'],
    ['something behind the end', [first, ...others, record], 'Line 9 comes after'],
    ['an unknown kind', [first, '{"canary":{}}'], 'Line 2 is neither'],
    ['a text', [first, '"canary"'], 'Line 2 is neither'],
    [
      'a record without a secret',
      [first, record.replace(SECRET, '')],
      'Line 2: installation.sharedSecret is missing',
    ],
    [
      'a site that is no URL',
      [first, record.replace('https://one.atlassian.net', 'canary')],
      'Line 2: installation.siteUrl is missing',
    ],
    [
      'a site that secrets should not be sent to',
      [first, record.replace('https://one', 'http://canary')],
      'Line 2: installation.siteUrl is missing',
    ],
    [
      'a status that nobody knows',
      [first, record.replace('"installed"', '"canary"')],
      'Line 2: installation.status is missing',
    ],
    [
      'a payload that is none',
      [first, record.replace('"payload":{', '"payload":["canary"],"other":{')],
      'Line 2: installation.payload is missing',
    ],
    [
      'a setting without a name',
      [first, '{"setting":{"clientKey":"canary","value":"1"}}'],
      'Line 2: setting.name is missing',
    ],
    ['a line without an end', [first, `"${'canary'.repeat(800_000)}"`], 'Line 2 is longer than'],
  ];
  test.each(cases)(
    '%s is refused by its line, before anything is written',
    async (_name, lines, message) => {
      const file = newPath('jsonl');
      writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
      const store = newPath('db');
      const { code, stdout, stderr } = await run(`installations import ${file} --store ${store}`);
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
      expect(stderr.replaceAll('\n', ' ')).toContain(message);
      expect(stderr).not.toContain('canary');
      expect(existsSync(store)).toBe(false);
    },
  );

  test('a line that is no UTF-8 is refused', async () => {
    const file = newPath('jsonl');
    writeFileSync(
      file,
      Buffer.concat([Buffer.from(`${first}\n{"setting":"`), Buffer.of(0xff, 0x22)]),
    );
    const { code, stderr } = await run(`installations import ${file} --store ${newPath('db')}`);
    expect(code).toBe(3);
    expect(stderr).toContain('Line 2 is no UTF-8');
  });

  test('texts of any language and fields that are unknown here come through, in chunks of any size', async () => {
    const { readExport } = await import('../../src/cli/export-format.ts');
    const given = sampleRecord({
      payload: { description: 'Zürich ☃ 👩‍🚀 \u0000 \ud800 \u2028', key: 'panel-app' },
      ...{ later: { of: ['a newer version'] } },
    });
    const text = Buffer.from(exportOf([given]).replaceAll('\n', '\r\n'));
    for (const size of [1, 2, 3, 5, 1000]) {
      const chunks: Buffer[] = [];
      for (let at = 0; at < text.length; at += size) chunks.push(text.subarray(at, at + size));
      const entries = [];
      for await (const { entry } of readExport(chunksOf(chunks))) entries.push(entry);
      expect(entries).toEqual([{ installation: given }]);
    }
  });

  test('a database of something else is left alone', async () => {
    const file = newPath('db');
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
    const database = new DatabaseSync(file);
    database.exec('CREATE TABLE customers (id INTEGER)');
    database.close();
    const before = readFileSync(file);
    const { code, stderr } = await run(`installations import - --store ${file}`, SAMPLE);
    expect(code).toBe(3);
    expect(stderr.replaceAll('\n', ' ')).toContain('holds no installations');
    expect(readFileSync(file)).toEqual(before);
  });

  test('a dry run makes no file', async () => {
    const store = newPath('db');
    const { code, stdout } = await run(`installations import - --dry-run --store ${store}`, SAMPLE);
    expect(code).toBe(0);
    expect(stdout).toContain('Nothing was written');
    expect(existsSync(store)).toBe(false);
  });
});

async function* chunksOf(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks;
}

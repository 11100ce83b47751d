/** The commands do the same on every kind of store. */
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeWithMariadb, startMariadb } from '../installations/servers/mariadb.ts';
import { startPostgres } from '../installations/servers/postgres.ts';
import { describeWithRedis, startRedis } from '../installations/servers/redis.ts';
import { temporaryFolder } from '../installations/temporary-folder.ts';
import { entriesIn, SAMPLE, SETTING } from './export-lines.ts';
import { runInProcess } from './run-in-process.ts';
import { SECRET } from './sample-store.ts';

const folder = temporaryFolder();
let files = 0;
const newFile = (ending: string) => join(folder, `${files++}.${ending}`);
const newKey = (name: string) => `${name}:${randomBytes(32).toString('base64')}`;

interface Kind {
  /** The name of an empty store, as --store takes it. */
  create(): Promise<string>;
  stop?(): Promise<void>;
}

/** Every command with this store, which is named in the environment as a URL with a password should be. */
function commands(store: string, keys?: string) {
  const env = {
    COUNTERSIGN_STORE: store,
    ...(keys === undefined ? {} : { COUNTERSIGN_ENCRYPTION_KEYS: keys }),
  };
  const run = (line: string, input = '') => runInProcess(line.split(' '), { env, input });
  return {
    run,
    async json(line: string, input = '') {
      const outcome = await run(`${line} --json`, input);
      return { ...outcome, json: JSON.parse(outcome.stdout) };
    },
  };
}

function onStore(start: () => Promise<Kind>, createsTables: boolean): void {
  let kind: Kind;
  beforeAll(async () => {
    kind = await start();
  });
  afterAll(() => kind.stop?.());

  test('import, list, show, export, remove and purge, in clear', async () => {
    const { run, json } = commands(await kind.create());
    expect((await json('installations import - --dry-run', SAMPLE)).json).toMatchObject({
      dryRun: true,
      installations: { imported: 3 },
    });
    if (createsTables) {
      expect(await run('installations list')).toMatchObject({ code: 3, stdout: '' });
    }
    expect((await json('installations import -', SAMPLE)).json).toEqual({
      dryRun: false,
      installations: { imported: 3, replaced: 0, unchanged: 0 },
      settings: { imported: 3, replaced: 0, unchanged: 0 },
      inClear: 6,
      skipped: [],
    });
    const again = await json('installations import -', SAMPLE);
    expect(again.code).toBe(0);
    expect(again.json).toMatchObject({
      installations: { imported: 0, unchanged: 3 },
      settings: { imported: 0, unchanged: 3 },
    });

    const list = await run('installations list');
    expect(list.stdout).toContain('3 installations. Secrets: in clear.');
    expect(list.stdout).toContain('changed      unknown');
    const { json: listed } = await json('installations list');
    expect(keysOf(listed).sort()).toEqual(['one', 'three', 'two']);
    const { json: first } = await json('installations list --limit 2');
    const { json: rest } = await json(`installations list --after ${first.next}`);
    expect([...keysOf(first), ...keysOf(rest)]).toEqual(keysOf(listed));
    expect(rest).not.toHaveProperty('next');
    const { json: shown } = await json('installations show --site one.atlassian.net');
    expect(shown).toMatchObject({ clientKey: 'one', settings: ['theme'], encryptedWith: null });

    const refused = await run('installations export');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr.replaceAll('\n', ' ')).toContain('are stored in clear (6)');
    const exported = await run('installations export --clear');
    const sorted = (lines: unknown[]) => lines.map((line) => JSON.stringify(line)).sort();
    expect(sorted(entriesIn(exported.stdout))).toEqual(sorted(entriesIn(SAMPLE)));

    expect((await run('installations remove --client-key one --yes')).code).toBe(0);
    const { json: left } = await json('installations purge --client-key one --yes');
    expect(left.purged).toEqual([{ clientKey: 'one', settings: 1 }]);
    expect((await run('installations purge --client-key one --yes')).code).toBe(1);
    const { json: kept } = await json('installations purge --uninstalled-for 31 --yes');
    expect(kept.purged).toEqual([]);
    const old = 'installations purge --uninstalled-for 30';
    expect((await run(old)).code).toBe(2);
    const { json: wouldBe } = await json(`${old} --dry-run`);
    const { json: purged } = await json(`${old} --yes`);
    expect(purged.purged).toEqual([
      {
        clientKey: 'two',
        appKey: 'panel-app',
        siteUrl: 'https://two.atlassian.net',
        settings: 1,
      },
    ]);
    expect(wouldBe).toEqual({ ...purged, dryRun: true });
    const end = entriesIn((await run('installations export --clear')).stdout).slice(1);
    expect(end).toEqual([
      { setting: { clientKey: 'stray', name: 'left', value: '1' } },
      { end: { installations: 1, settings: 1 } },
    ]);
    for (const { text } of [list, refused, again]) expect(text).not.toContain(SECRET);
  });

  test('reencrypt, and everything that needs no key afterwards, and what needs one', async () => {
    const store = await kind.create();
    const [one, two, three] = [newKey('one'), newKey('two'), newKey('three')];
    await commands(store).run('installations import -', SAMPLE);

    const lacking = await commands(store, one).run('installations reencrypt');
    expect(lacking).toMatchObject({ code: 3, stdout: '' });
    expect(lacking.stderr.replaceAll('\n', ' ')).toContain("Add 'none' at the end of the keys");
    const encrypting = commands(store, `${one},none`);
    expect((await encrypting.json('installations reencrypt --dry-run')).json).toEqual({
      dryRun: true,
      key: 'one',
      seen: 6,
      toWrite: 6,
      keys: [{ key: null, count: 6, isGiven: true }],
    });
    expect((await encrypting.run('installations reencrypt')).stdout.replaceAll('\n', ' ')).toBe(
      '6 of 6 installations and settings were written anew with the key one; 0 were so already. ',
    );
    expect((await encrypting.json('installations reencrypt')).json).toEqual({
      key: 'one',
      seen: 6,
      written: 0,
    });

    const keyless = commands(store);
    const list = await keyless.run('installations list');
    expect(list.stdout).toContain('3 installations. Secrets: encrypted with the key one.');
    const shown = await keyless.run('installations show --client-key one');
    expect(shown.stdout).toContain('encrypted with the key one');
    const exported = await keyless.run('installations export');
    expect(exported.code).toBe(0);
    expect(entriesIn(exported.stdout)).toHaveLength(7);
    for (const { text } of [list, shown, exported]) {
      expect(text).not.toContain(SECRET);
      expect(text).not.toContain(SETTING);
    }
    const reveal = 'installations show --client-key one --reveal --yes';
    const unopened = await keyless.run(reveal);
    expect(unopened).toMatchObject({ code: 3, stdout: '' });
    expect(unopened.stderr.replaceAll('\n', ' ')).toContain("the key 'one'");
    expect(unopened.stderr).toContain('COUNTERSIGN_ENCRYPTION_KEYS');
    expect((await commands(store, one).run(reveal)).stdout).toContain(SECRET);
    const create = 'token create --client-key one --url /x';
    expect((await keyless.run(create)).code).toBe(3);
    expect((await commands(store, one).run(create)).stdout).toMatch(/^eyJ/);

    const elsewhere = await kind.create();
    const wrong = await commands(elsewhere, three).run('installations import -', exported.stdout);
    expect(wrong).toMatchObject({ code: 3, stdout: '' });
    expect(wrong.stderr).toContain('Line 2:');
    const moved = commands(elsewhere, `${two},${one}`);
    expect((await moved.run('installations import -', exported.stdout)).code).toBe(0);
    expect((await moved.json('installations import -', exported.stdout)).json).toMatchObject({
      installations: { unchanged: 3 },
      settings: { unchanged: 3 },
    });
    expect((await commands(elsewhere, two).run(reveal)).stdout).toContain(SECRET);
    const file = newFile('jsonl');
    await commands(elsewhere).run(`installations export --out ${file}`);
    expect(readFileSync(file, 'utf8')).toContain('cs2:two:');
    expect(readFileSync(file, 'utf8')).not.toMatch(/cs2:one:|canary/);

    expect((await keyless.run('installations purge --client-key one --yes')).code).toBe(0);
    expect((await keyless.run('installations remove --client-key two --yes')).code).toBe(0);
    const left = entriesIn((await keyless.run('installations export')).stdout);
    expect(left.at(-1)).toEqual({ end: { installations: 1, settings: 2 } });
  });
}

describe('SQLite', () => {
  onStore(async () => ({ create: async () => `sqlite:${newFile('db')}` }), true);
});

describe('PostgreSQL', () => {
  onStore(async () => {
    const server = await startPostgres();
    return { create: () => server.createDatabase(), stop: () => server.stop() };
  }, true);
});

describeWithMariadb('MariaDB', () => {
  onStore(async () => {
    const server = await startMariadb();
    return { create: () => server.createDatabase(), stop: () => server.stop() };
  }, true);
});

describeWithRedis('Redis', () => {
  onStore(async () => {
    const server = await startRedis();
    return { create: async () => server.newDatabase(), stop: () => server.stop() };
  }, false);
});

describe("a module of the user's own", () => {
  const library = new URL('../../src/index.ts', import.meta.url).href;
  onStore(
    async () => ({
      async create() {
        const [module, file] = [newFile('mjs'), newFile('db')];
        writeFileSync(
          module,
          `import { sqliteStore } from '${library}';\nexport default () => sqliteStore('${file}');\n`,
        );
        return `module:${module}`;
      },
    }),
    false,
  );
});

function keysOf(listed: { installations: { clientKey: string }[] }): string[] {
  return listed.installations.map(({ clientKey }) => clientKey);
}

import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { type AceImportOptions, importAce } from '../../src/import/ace/import-ace.ts';
import { skipReasons } from '../../src/import/ace/report.ts';
import type { AceSetting } from '../../src/import/ace/source.ts';
import { type InstallationStore, memoryStore } from '../../src/index.ts';
import { sampleRecord } from '../installations/sample-record.ts';
import { clientInfo, SITE } from './ace-tables.ts';
import { type Listed, listedSource } from './listed-source.ts';

const tenant = (clientKey: string, change: Record<string, unknown> = {}): AceSetting => ({
  clientKey,
  key: 'clientInfo',
  value: clientInfo(clientKey, change),
});
const setting = (clientKey: string, key: string, value: unknown): AceSetting => ({
  clientKey,
  key,
  value,
});

async function imported(listed: Listed, options: AceImportOptions = {}, store = memoryStore()) {
  const report = await importAce(listedSource(listed), store, options);
  return { report, store };
}

const settingsOf = async (store: InstallationStore) =>
  (await store.settings?.list({ limit: 1000 })) ?? [];

describe('an installation comes along', () => {
  test('with its secret, its site, and the payload as it was, and with times that any event of Jira is newer than', async () => {
    const { store, report } = await imported({
      settings: [
        tenant('site-1', { baseUrl: `${SITE}/`, cloudId: 'cloud-1', newField: { a: [1] } }),
      ],
    });
    expect(await store.get('site-1')).toEqual({
      clientKey: 'site-1',
      appKey: 'panel-app',
      siteUrl: SITE,
      sharedSecret: 'secret-of-site-1',
      status: 'installed',
      enabled: true,
      installedAt: 0,
      changedAt: 0,
      enabledChangedAt: 0,
      revision: 1,
      payload: {
        key: 'panel-app',
        clientKey: 'site-1',
        publicKey: 'unused',
        baseUrl: `${SITE}/`,
        displayUrl: SITE,
        productType: 'jira',
        eventType: 'installed',
        cloudId: 'cloud-1',
        newField: { a: [1] },
      },
    });
    expect(report).toEqual({
      isDryRun: false,
      isComplete: true,
      appKey: 'panel-app',
      installations: { imported: 1, replaced: 0, unchanged: 0 },
      settings: { imported: 0, unchanged: 0 },
      cachedTokens: 0,
      skipped: [],
    });
  });

  test('where the framework was given JSON as a text', async () => {
    const value = JSON.stringify(clientInfo('site-1'));
    const { store } = await imported({ settings: [setting('site-1', 'clientInfo', value)] });
    expect((await store.get('site-1'))?.sharedSecret).toBe('secret-of-site-1');
  });

  test('with what Forge calls it, unless its payload says so itself', async () => {
    const { store } = await imported({
      settings: [tenant('site-1'), tenant('site-2', { installationId: 'of the payload' })],
      associations: [
        { clientKey: 'site-1', installationId: 'an old one' },
        { clientKey: 'site-1', installationId: 'ari:cloud:ecosystem::installation/1' },
        { clientKey: 'site-2', installationId: 'of the table' },
      ],
    });
    expect((await store.get('site-1'))?.payload.installationId).toBe(
      'ari:cloud:ecosystem::installation/1',
    );
    expect((await store.get('site-2'))?.payload.installationId).toBe('of the payload');
  });
});

describe('settings come along', () => {
  test('as JSON, of tenants with and without an installation, and of installations of Forge', async () => {
    const { store, report } = await imported({
      settings: [
        setting('site-1', 'colour', 'red'),
        tenant('site-1'),
        setting('site-1', 'rules', [{ when: 'ünïcode \u0000' }, null]),
        setting('gone', 'colour', 7),
      ],
      forgeSettings: [setting('ari:cloud:ecosystem::installation/1', 'colour', null)],
    });
    expect(await settingsOf(store)).toEqual([
      { clientKey: 'ari:cloud:ecosystem::installation/1', name: 'colour', value: 'null' },
      { clientKey: 'gone', name: 'colour', value: '7' },
      { clientKey: 'site-1', name: 'colour', value: '"red"' },
      { clientKey: 'site-1', name: 'rules', value: '[{"when":"ünïcode \\u0000"},null]' },
    ]);
    expect(report.settings).toEqual({ imported: 4, unchanged: 0 });
  });

  test('but not the tokens that the framework caches, though what an app calls by the same name does', async () => {
    const { store, report } = await imported({
      settings: [
        tenant('site-1'),
        setting('site-1', 'bearer:0123456789abcdef0123456789abcdef', {
          token: { access_token: 'a', expires_in: 900 },
          expiresAt: 1_760_000_000,
        }),
        setting('site-1', 'bearer:of the ring', 'Frodo'),
        setting('site-1', 'bearer:of news', { expiresAt: 1_760_000_000 }),
        setting('site-1', 'appToken', 'the arcade'),
      ],
      forgeSettings: [
        setting('installation-1', 'appToken', { appToken: 'x', apiBaseUrl: 'https://api' }),
        setting('installation-1', 'appToken', 'of the app itself'),
      ],
    });
    expect(report.cachedTokens).toBe(2);
    expect((await settingsOf(store)).map(({ name }) => name)).toEqual([
      'appToken',
      'appToken',
      'bearer:of news',
      'bearer:of the ring',
    ]);
    expect(report.skipped).toEqual([]);
  });
});

describe('what cannot come along is told, with its reason', () => {
  test.each<[string, AceSetting, string]>([
    ['no clientKey', { clientKey: null, key: 'clientInfo', value: {} }, 'no-client-key'],
    ['no secret', tenant('site-2', { sharedSecret: undefined }), 'no-secret'],
    ['an empty secret', tenant('site-2', { sharedSecret: '' }), 'no-secret'],
    [
      'an encrypted clientInfo',
      setting('site-2', 'clientInfo', 'U2FsdGVk'),
      'client-info-unusable',
    ],
    ['no clientInfo', setting('site-2', 'clientInfo', null), 'client-info-unusable'],
    ['a list', setting('site-2', 'clientInfo', [1]), 'client-info-unusable'],
    ['no app key', tenant('site-2', { key: undefined }), 'client-info-unusable'],
    ['no baseUrl', tenant('site-2', { baseUrl: undefined }), 'client-info-unusable'],
    ['a clientKey that no store takes', tenant('a\u0000b'), 'client-info-unusable'],
    ['a site without TLS', tenant('site-2', { baseUrl: 'http://a.example' }), 'site-url-unusable'],
    ['a baseUrl that is none', tenant('site-2', { baseUrl: 'example' }), 'site-url-unusable'],
    ['an older row', { ...tenant('site-2'), isSuperseded: true }, 'older-row'],
    ['a setting without a name', { ...setting('site-2', '', 1), key: null }, 'no-client-key'],
    ['a setting with an empty name', setting('site-2', '', 1), 'setting-unusable'],
    ['a long name', setting('site-2', 'n'.repeat(256), 1), 'setting-unusable'],
    ['a large setting', setting('site-2', 'large', 'x'.repeat(102_400)), 'setting-unusable'],
    ['no JSON', setting('site-2', 'nothing', undefined), 'setting-unusable'],
    ['an older setting', { ...setting('site-2', 'a', 1), isSuperseded: true }, 'older-row'],
  ])('%s', async (_, row, reason) => {
    const { store, report } = await imported({ settings: [row, tenant('site-1')] });
    const isSetting = row.key !== 'clientInfo' && row.key !== null;
    expect(report.skipped).toEqual([
      { clientKey: row.clientKey, ...(isSetting ? { setting: row.key } : {}), reason },
    ]);
    expect(Object.keys(skipReasons)).toContain(reason);
    expect((await store.list()).map(({ clientKey }) => clientKey)).toEqual(['site-1']);
    expect(await settingsOf(store)).toEqual([]);
  });

  test('no secret is in the report', async () => {
    const { report } = await imported({
      settings: [tenant('site-1'), tenant('site-2', { baseUrl: 'example' })],
    });
    expect(inspect(report, { depth: null })).not.toContain('secret-of');
  });
});

describe('a store belongs to one app', () => {
  const two = { settings: [tenant('site-1'), tenant('site-2', { key: 'other-app' })] };

  test('so where there are several, nothing is written until one is named', async () => {
    const store = memoryStore();
    await expect(imported(two, {}, store)).rejects.toMatchObject({
      code: 'CONFIG_OPTION_MISSING',
      message: expect.stringContaining('panel-app (1), other-app (1)'),
      hint: expect.stringContaining('--app-key'),
    });
    expect(await store.list()).toEqual([]);
  });

  test('the other ones stay behind with their settings', async () => {
    const { store, report } = await imported(
      {
        settings: [...two.settings, setting('site-2', 'colour', 1), setting('site-1', 'colour', 2)],
      },
      { appKey: 'panel-app' },
    );
    expect(report.skipped).toEqual([
      { clientKey: 'site-2', reason: 'other-app' },
      { clientKey: 'site-2', setting: 'colour', reason: 'other-app' },
    ]);
    expect((await settingsOf(store)).map(({ clientKey }) => clientKey)).toEqual(['site-1']);
  });

  test('an older row of another app does not count', async () => {
    const old = { ...tenant('site-1', { key: 'old-name' }), isSuperseded: true };
    const { report } = await imported({ settings: [old, tenant('site-1')] });
    expect(report.appKey).toBe('panel-app');
  });

  test('and a store of another app is left alone', async () => {
    const store = memoryStore();
    await store.put(sampleRecord({ clientKey: 'another site', appKey: 'third-app' }));
    await expect(imported({ settings: [tenant('site-1')] }, {}, store)).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
    });
    expect(await store.list()).toHaveLength(1);
  });
});

describe('run again', () => {
  const listed = { settings: [tenant('site-1'), setting('site-1', 'rules', { a: 1, b: 2 })] };

  test('it changes nothing', async () => {
    const { store } = await imported(listed);
    const { report } = await imported(listed, {}, store);
    expect(report).toMatchObject({
      installations: { imported: 0, replaced: 0, unchanged: 1 },
      settings: { imported: 0, unchanged: 1 },
      skipped: [],
    });
    expect((await store.get('site-1'))?.revision).toBe(1);
  });

  test('it brings a secret that the old app has got since, and what was switched off here stays off', async () => {
    const { store } = await imported(listed);
    const first = await store.get('site-1');
    await store.put({
      ...(first as NonNullable<typeof first>),
      enabled: false,
      enabledChangedAt: 5,
      revision: 2,
    });
    const rotated = { settings: [tenant('site-1', { sharedSecret: 'rotated' })] };
    const { report } = await imported(rotated, {}, store);
    expect(report.installations).toEqual({ imported: 0, replaced: 1, unchanged: 0 });
    expect(await store.get('site-1')).toMatchObject({
      sharedSecret: 'rotated',
      enabled: false,
      enabledChangedAt: 5,
      revision: 3,
    });
  });

  test.each([
    ['a newer secret', { sharedSecret: 'from Jira', changedAt: 1_760_000_000_000 }],
    ['an uninstall', { status: 'uninstalled' as const, changedAt: 1_760_000_000_000 }],
  ])('it leaves what Jira has told this store: %s', async (_, change) => {
    const { store } = await imported(listed);
    const first = await store.get('site-1');
    const next = { ...(first as NonNullable<typeof first>), ...change, revision: 2 };
    await store.put(next);
    const { report } = await imported(listed, {}, store);
    expect(report.skipped).toEqual([{ clientKey: 'site-1', reason: 'changed-here' }]);
    expect(await store.get('site-1')).toEqual(next);
  });

  test('it leaves a setting that the app has written, and knows the same JSON in another order', async () => {
    const { store } = await imported(listed);
    await store.settings?.put('site-1', 'rules', '{"b":2,"a":1}');
    expect((await imported(listed, {}, store)).report.settings.unchanged).toBe(1);
    await store.settings?.put('site-1', 'rules', '"mine"');
    const { report } = await imported(listed, {}, store);
    expect(report.skipped).toEqual([
      { clientKey: 'site-1', setting: 'rules', reason: 'setting-changed-here' },
    ]);
    expect(await store.settings?.get('site-1', 'rules')).toBe('"mine"');
  });

  test('it loses against an event that Jira sends at the same moment', async () => {
    const { store } = await imported(listed);
    const newest = sampleRecord({ clientKey: 'site-1', sharedSecret: 'from Jira', revision: 2 });
    let raced = false;
    const racing: InstallationStore = {
      ...store,
      async put(record) {
        if (!raced) await store.put(newest);
        raced = true;
        return store.put(record);
      },
    };
    const rotated = { settings: [tenant('site-1', { sharedSecret: 'rotated' })] };
    const { report } = await imported(rotated, {}, racing);
    expect(report.skipped).toEqual([{ clientKey: 'site-1', reason: 'changed-here' }]);
    expect(await store.get('site-1')).toEqual(newest);
  });
});

test('a dry run writes nothing and says the same', async () => {
  const listed = {
    settings: [tenant('site-1'), tenant('site-2', { sharedSecret: '' }), setting('site-1', 'a', 1)],
  };
  const { report, store } = await imported(listed, { isDryRun: true });
  expect(await store.list()).toEqual([]);
  expect(await settingsOf(store)).toEqual([]);
  expect(report).toEqual({ ...(await imported(listed)).report, isDryRun: true });
});

test('it tells how far it is', async () => {
  const seen: { done: number; total: number }[] = [];
  await imported(
    {
      settings: [tenant('site-1'), setting('site-1', 'a', 1), setting('site-1', 'b', 1)],
      forgeSettings: [setting('i', 'a', 1)],
    },
    { onProgress: (progress) => seen.push(progress) },
  );
  expect(seen).toEqual([1, 3, 4].map((done) => ({ done, total: 4 })));
});

test('it can be ended in the middle, and a second run brings the rest', async () => {
  const listed = {
    settings: Array.from({ length: 20 }, (_, index) => tenant(`site-${index}`)),
  };
  const store = memoryStore();
  const ending = new AbortController();
  const report = await importAce(listedSource(listed), store, {
    signal: ending.signal,
    onProgress: ({ done }) => done >= 6 && ending.abort(),
  });
  expect(report).toMatchObject({ isComplete: false, installations: { imported: 6 } });
  expect(await store.count?.()).toBe(6);
  const { report: second } = await imported(listed, {}, store);
  expect(second).toMatchObject({
    isComplete: true,
    installations: { imported: 14, unchanged: 6 },
  });
});

test('where the store fails, nothing is still being written when the import has failed', async () => {
  const store = memoryStore();
  let writing = 0;
  const failing: InstallationStore = {
    ...store,
    async put(record) {
      writing += 1;
      try {
        if (record.clientKey === 'site-0') throw new Error('The disk is full.');
        await new Promise((resolve) => setTimeout(resolve, 20));
        return await store.put(record);
      } finally {
        writing -= 1;
      }
    },
  };
  const settings = [tenant('site-0'), tenant('site-1')];
  await expect(imported({ settings }, {}, failing)).rejects.toThrow('The disk is full.');
  expect(writing).toBe(0);
});

test('an option that nobody knows is refused', async () => {
  await expect(imported({}, { dryRun: true } as never)).rejects.toMatchObject({
    code: 'CONFIG_OPTION_UNKNOWN',
    message: expect.stringContaining('isDryRun'),
  });
});

test('a store that keeps no settings is refused before anything is written', async () => {
  const { settings: _, ...store } = memoryStore();
  await expect(imported({ settings: [tenant('site-1')] }, {}, store)).rejects.toMatchObject({
    code: 'CONFIG_OPTION_INVALID',
  });
  expect(await store.list()).toEqual([]);
});

/** What an app does with its secrets over time: rotation, encryption, settings, purge, and several nodes. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type InstallationStore, memoryStore } from '../../src/index.ts';
import { type AtlassianHost, startAtlassianHost } from '../connect/atlassian-host.ts';
import { siteToken } from '../connect/site-token.ts';
import { APP_URL, createPanelApp, type PanelApp, START } from './panel-app.ts';

const KEY = `key-1:${randomBytes(32).toString('base64')}`;

let host: AtlassianHost;
beforeAll(async () => {
  host = await startAtlassianHost();
});
afterAll(() => host.close());

/** A page request of the site, signed with one of its secrets. */
async function pageRequest(panel: PanelApp, sharedSecret: string, at = panel.clock.time) {
  const url = `${APP_URL}/panel?issueKey=XX-21`;
  const token = await siteToken({
    ...{ clientKey: 'client-1', sharedSecret, url, appUrl: APP_URL, at, method: 'GET' },
  });
  return { method: 'GET', url, headers: new Headers({ authorization: `JWT ${token}` }) };
}

async function refusal(panel: PanelApp, sharedSecret: string): Promise<string> {
  const error = await panel.app
    .authenticate(await pageRequest(panel, sharedSecret))
    .catch((caught) => caught);
  return error.code ?? 'let in';
}

async function rotate(panel: PanelApp, sharedSecret: string): Promise<void> {
  panel.clock.time += 1000;
  const answer = await panel.send('installed', { body: { sharedSecret } });
  expect(answer.status).toBe(204);
}

describe('after a rotation', () => {
  test('a token of the secret before is let in for five minutes, and no longer', async () => {
    const panel = createPanelApp([host.url]);
    await panel.send('installed');
    await rotate(panel, 'secret-2');
    expect(await refusal(panel, 'secret-2')).toBe('let in');
    expect(await refusal(panel, 'secret-1')).toBe('let in');
    panel.clock.time += 299_999;
    expect(await refusal(panel, 'secret-1')).toBe('let in');
    panel.clock.time += 1;
    expect(await refusal(panel, 'secret-1')).toBe('TOKEN_SIGNATURE_INVALID');
    expect(await refusal(panel, 'secret-2')).toBe('let in');
  });

  test('a token that was let in before ends with its secret', async () => {
    const panel = createPanelApp([host.url]);
    await panel.send('installed');
    await rotate(panel, 'secret-2');
    const request = await pageRequest(panel, 'secret-1');
    await panel.app.authenticate(request);
    panel.clock.time += 299_999;
    await panel.app.authenticate(request);
    panel.clock.time += 1;
    expect(panel.app.authenticateNow(request)).toBeUndefined();
    await expect(panel.app.authenticate(request)).rejects.toMatchObject({
      code: 'TOKEN_SIGNATURE_INVALID',
    });
  });

  test('the newest secret signs', async () => {
    const panel = createPanelApp([host.url]);
    await panel.send('installed');
    await rotate(panel, 'secret-2');
    const record = await panel.store.get('client-1');
    expect(record).toMatchObject({ sharedSecret: 'secret-2' });
    expect(record?.previousSecrets).toEqual([
      { sharedSecret: 'secret-1', endsAt: START + 1000 + 300_000 },
    ]);
  });

  test('the next event takes the ended secret out of the store', async () => {
    const panel = createPanelApp([host.url]);
    await panel.send('installed');
    await rotate(panel, 'secret-2');
    const disable = () => panel.send('disabled', { sharedSecret: 'secret-2' });
    expect((await disable()).status).toBe(204);
    expect(await panel.store.get('client-1')).toHaveProperty('previousSecrets');
    panel.clock.time += 300_000;
    expect((await disable()).status).toBe(204);
    expect(await panel.store.get('client-1')).not.toHaveProperty('previousSecrets');
  });

  test('previousSecretSeconds: 0 ends the secret at once', async () => {
    const panel = createPanelApp([host.url], { previousSecretSeconds: 0 });
    await panel.send('installed');
    await rotate(panel, 'secret-2');
    expect(await refusal(panel, 'secret-1')).toBe('TOKEN_SIGNATURE_INVALID');
    expect(await panel.store.get('client-1')).not.toHaveProperty('previousSecrets');
  });

  test('many within the window keep the last three, and an upgrade with the same secret none', async () => {
    const panel = createPanelApp([host.url]);
    await panel.send('installed');
    for (const secret of ['secret-2', 'secret-2', 'secret-3', 'secret-4', 'secret-5']) {
      await rotate(panel, secret);
    }
    const record = await panel.store.get('client-1');
    expect(record?.previousSecrets?.map(({ sharedSecret }) => sharedSecret)).toEqual([
      'secret-4',
      'secret-3',
      'secret-2',
    ]);
    expect(await refusal(panel, 'secret-1')).toBe('TOKEN_SIGNATURE_INVALID');
  });

  test('a token of a wrong URL is named so, also when the secret before signed it', async () => {
    const panel = createPanelApp([host.url]);
    await panel.send('installed');
    await rotate(panel, 'secret-2');
    const request = await pageRequest(panel, 'secret-1');
    const elsewhere = { ...request, url: `${APP_URL}/other` };
    await expect(panel.app.authenticate(elsewhere)).rejects.toMatchObject({
      code: 'TOKEN_QSH_MISMATCH',
    });
  });
});

test.each(['secret-1', 'secret-2'])('after an uninstall %s opens nothing', async (sharedSecret) => {
  const panel = createPanelApp([host.url]);
  await panel.send('installed');
  await rotate(panel, 'secret-2');
  panel.clock.time += 1000;
  await panel.send('uninstalled');
  expect(await refusal(panel, sharedSecret)).not.toBe('let in');
  panel.clock.time += 1000;
  await panel.send('installed', { body: { sharedSecret: 'secret-3' } });
  expect(await refusal(panel, sharedSecret)).toBe('TOKEN_SIGNATURE_INVALID');
  expect(await refusal(panel, 'secret-3')).toBe('let in');
});

describe('encryptionKeys', () => {
  test('keep every secret out of the store, and the app works as before', async () => {
    const panel = createPanelApp([host.url], { encryptionKeys: KEY });
    await panel.send('installed', { body: { sharedSecret: 'MARKED-1' } });
    await rotate(panel, 'MARKED-2');
    expect(JSON.stringify(await panel.store.list())).not.toContain('MARKED');
    expect(await refusal(panel, 'MARKED-2')).toBe('let in');
    expect(await refusal(panel, 'MARKED-1')).toBe('let in');
    expect(JSON.stringify(panel.log.lines)).not.toContain('MARKED');
  });

  test('that are wrong refuse everybody with 503, and say which key is missing', async () => {
    const store = memoryStore();
    const before = createPanelApp([host.url], { encryptionKeys: KEY, store });
    await before.send('installed');
    const after = createPanelApp([host.url], {
      encryptionKeys: `key-2:${randomBytes(32).toString('base64')}`,
      store,
    });
    const error = await after.app
      .authenticate(await pageRequest(after, 'secret-1'))
      .catch((caught) => caught);
    expect(error).toMatchObject({ code: 'STORE_KEY_MISSING', httpStatus: 503 });
    expect(error.message).toContain("'key-1'");
    expect(after.app.refuse(error).status).toBe(503);
  });

  test('and the store are tried by open, so that a wrong start ends at once', async () => {
    const failing = () => Promise.reject(new Error('no service'));
    await expect(
      createPanelApp([], { encryptionKeys: [failing] }).app.open(),
    ).rejects.toMatchObject({ code: 'STORE_KEY_UNAVAILABLE' });
    await expect(
      createPanelApp([], { store: { ...memoryStore(), open: failing } }).app.open(),
    ).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    let closed = 0;
    const { app } = createPanelApp([], {
      store: { ...memoryStore(), close: async () => void closed++ },
      encryptionKeys: KEY,
    });
    await app.open();
    await app.close();
    expect(closed).toBe(1);
  });

  test('left out are warned of once, but not for a store that forgets all', () => {
    const { isVolatile: _, ...durable } = memoryStore();
    const warnings = (store: InstallationStore, encryptionKeys?: string) =>
      createPanelApp([], { store, encryptionKeys }).log.lines.filter(
        ({ level }) => level === 'warn',
      );
    expect(warnings(durable)).toHaveLength(1);
    expect(JSON.stringify(warnings(durable))).toContain('encryptionKeys');
    expect(warnings(durable, KEY)).toEqual([]);
    expect(warnings(memoryStore())).toEqual([]);
  });
});

describe('settings of an installation', () => {
  test('are kept for it, in its handlers and outside of them, and encrypted', async () => {
    const panel = createPanelApp([host.url], { encryptionKeys: KEY });
    const counted = new Promise<void>((resolve, reject) => {
      panel.app.on('installed', async ({ installation }) => {
        await installation.settings.set('colour', { name: 'MARKED', list: [1, null, 'ü'] });
        resolve();
      });
      setTimeout(reject, 5000).unref();
    });
    await panel.send('installed');
    await counted;
    const { installation } = await panel.app.authenticate(await pageRequest(panel, 'secret-1'));
    expect(await installation.settings.get('colour')).toEqual({
      name: 'MARKED',
      list: [1, null, 'ü'],
    });
    expect(await installation.settings.get('size')).toBeUndefined();
    await panel.app.settings('client-1').delete('colour');
    expect(await installation.settings.get('colour')).toBeUndefined();
    await installation.settings.set('colour', 'MARKED');
    expect(JSON.stringify(await panel.store.settings?.list())).not.toContain('MARKED');
    expect(JSON.stringify(installation)).not.toContain('settings');
  });

  test('outlive an uninstall, and are gone after purge, with the record', async () => {
    const panel = createPanelApp([host.url]);
    await panel.send('installed');
    const settings = panel.app.settings('client-1');
    await settings.set('colour', 'red');
    panel.clock.time += 1000;
    await panel.send('uninstalled');
    expect(await settings.get('colour')).toBe('red');
    await panel.app.purge('client-1');
    expect(await settings.get('colour')).toBeUndefined();
    expect(await panel.store.get('client-1')).toBeUndefined();
    expect(await refusal(panel, 'secret-1')).toBe('INSTALLATION_UNKNOWN');
  });

  const circle: unknown[] = [];
  circle.push(circle);
  test.each<[string, string, unknown]>([
    ['no name', '', 1],
    ['a name that is too long', 'x'.repeat(256), 1],
    ['a name with a line break', 'a\nb', 1],
    ['a name that is no text', 7 as never, 1],
    ['a value that JSON does not have', 'a', undefined],
    ['a function', 'a', () => 1],
    ['a BigInt', 'a', 1n],
    ['a circle', 'a', circle],
    ['more than 100 kB', 'a', 'ü'.repeat(51_200)],
  ])('refuse %s', async (_name, name, value) => {
    const settings = createPanelApp([]).app.settings('client-1');
    await expect(settings.set(name, value as never)).rejects.toMatchObject({
      code: 'CONFIG_SETTING_INVALID',
    });
  });

  test('take 102,400 bytes of JSON', async () => {
    const settings = createPanelApp([]).app.settings('client-1');
    const text = 'ü'.repeat(51_199);
    await settings.set('a', text);
    expect(await settings.get('a')).toBe(text);
  });

  test('are refused by a store that keeps none, in words', async () => {
    const { settings: _, ...store } = memoryStore();
    const { app } = createPanelApp([], { store });
    await expect(app.settings('client-1').get('a')).rejects.toMatchObject({
      code: 'CONFIG_OPTION_INVALID',
      message: expect.stringContaining('settings'),
    });
    await app.purge('client-1');
  });
});

describe('two nodes on one store that has to be waited for', () => {
  /** Both see the store, and none hears of the other's writes. */
  function twoNodes() {
    const { getNow: _, ...store } = memoryStore();
    const clock = { time: 1000 };
    const reads = { count: 0 };
    const counted: InstallationStore = {
      ...store,
      get: (clientKey) => {
        reads.count++;
        return store.get(clientKey);
      },
    };
    const node = () =>
      createPanelApp([host.url], {
        store: counted,
        cache: { monotonicNow: () => clock.time, maxAgeMs: 30_000 },
      });
    return { one: node(), two: node(), clock, reads };
  }

  test('a new secret is taken by the node that did not hear of it, at once', async () => {
    const { one, two, clock } = twoNodes();
    await one.send('installed');
    expect(await refusal(two, 'secret-1')).toBe('let in');
    for (const secret of ['secret-2', 'secret-3', 'secret-4']) {
      await rotate(one, secret);
      expect(await refusal(two, secret)).toBe('let in');
      clock.time += 1000;
    }
  });

  test('bad tokens make it ask the store at most once a second for each site', async () => {
    const { one, two, clock, reads } = twoNodes();
    await one.send('installed');
    await refusal(two, 'secret-1');
    reads.count = 0;
    for (let turn = 0; turn < 100; turn++) {
      expect(await refusal(two, 'wrong')).toBe('TOKEN_SIGNATURE_INVALID');
      clock.time += 100;
    }
    expect(reads.count).toBeLessThanOrEqual(11);
    expect(reads.count).toBeGreaterThan(5);
  });

  test('an uninstall is seen by the other within maxAgeMs, also for remembered tokens', async () => {
    const { one, two, clock } = twoNodes();
    await one.send('installed');
    const request = await pageRequest(two, 'secret-1');
    await two.app.authenticate(request);
    expect(two.app.authenticateNow(request)).toBeDefined();
    one.clock.time += 1000;
    await one.send('uninstalled');
    clock.time += 29_999;
    expect(two.app.authenticateNow(request)).toBeDefined();
    clock.time += 1;
    expect(two.app.authenticateNow(request)).toBeUndefined();
    await expect(two.app.authenticate(request)).rejects.toMatchObject({
      code: 'INSTALLATION_UNINSTALLED',
    });
  });

  test('an event is never judged by what a cache remembers', async () => {
    const { one, two } = twoNodes();
    // The second node knows for sure that there is no such installation.
    expect(await refusal(two, 'secret-1')).toBe('INSTALLATION_UNKNOWN');
    await one.send('installed');
    two.clock.time = one.clock.time + 1000;
    expect((await two.send('uninstalled')).status).toBe(204);
    expect((await two.store.get('client-1'))?.status).toBe('uninstalled');
  });
});

test.each([
  [{ cache: 5 }, 'cache'],
  [{ cache: { maxAge: 5 } }, 'maxAge'],
  [{ cache: { maxAgeMs: -1 } }, 'maxAgeMs'],
  [{ previousSecretSeconds: 4000 }, 'previousSecretSeconds'],
  [{ encryptionKeys: 'secret' }, 'encryptionKeys'],
])('the option %o is refused at start', (options, named) => {
  const { getNow: _, ...store } = memoryStore();
  expect(() => createPanelApp([], { store, ...(options as object) })).toThrow(named);
});

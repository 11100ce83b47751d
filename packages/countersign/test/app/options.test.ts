import { describe, expect, test } from 'vitest';
import {
  type AppOptions,
  type ConfigError,
  createApp,
  isConfigError,
  memoryStore,
} from '../../src/index.ts';
import { panelDescriptor } from './panel-app.ts';

const OPTIONS: AppOptions = {
  descriptor: panelDescriptor(),
  appUrl: 'https://panel.example.com',
  store: memoryStore(),
};

function errorOf(options: unknown): ConfigError {
  try {
    createApp(options as AppOptions);
  } catch (error) {
    if (isConfigError(error)) return error;
    throw error;
  }
  return expect.fail('the options were taken');
}

test.each([
  ['allowedSite', 'allowedSites'],
  ['appurl', 'appUrl'],
  ['installKeyHost', 'installKeyHosts'],
  ['clockToleranceSecs', 'clockToleranceSeconds'],
  ['loger', 'logger'],
])('the unknown option %s names the nearest one, %s', (name, near) => {
  const error = errorOf({ ...OPTIONS, [name]: undefined });
  expect(error.code).toBe('CONFIG_OPTION_UNKNOWN');
  expect(error.message).toContain(`no option '${name}'`);
  expect(error.message).toContain(`Did you mean '${near}'?`);
});

test('an option like no other gets no guess, but the list', () => {
  const error = errorOf({ ...OPTIONS, disableAuthenticationCompletely: true });
  expect(error.message).not.toContain('Did you mean');
  expect(error.hint).toContain('allowedSites');
});

test.each(['descriptor', 'appUrl', 'store'])('without %s', (name) => {
  const error = errorOf({ ...OPTIONS, [name]: undefined });
  expect(error.code).toBe('CONFIG_OPTION_MISSING');
  expect(error.message).toContain(`'${name}'`);
});

test.each([undefined, null, 'app'])('%j are no options', (options) => {
  expect(errorOf(options).code).toBe('CONFIG_OPTION_MISSING');
});

test('an option given as undefined counts as left out', async () => {
  const app = createApp({
    ...OPTIONS,
    allowedSites: undefined,
    installKeyHosts: undefined,
    clockToleranceSeconds: undefined,
    maxBodyBytes: undefined,
    logger: undefined,
    now: undefined,
  } as never);
  const response = await app.fetch(new Request(`${OPTIONS.appUrl}/atlassian-connect.json`));
  expect(response.status).toBe(200);
});

describe('store', () => {
  test.each([null, 'app.db', {}, new Map(), { ...memoryStore(), claimOnce: undefined }])(
    '%o is none',
    (store) => {
      const error = errorOf({ ...OPTIONS, store });
      expect(error.code).toBe('CONFIG_OPTION_INVALID');
      expect(error.hint).toContain('sqliteStore');
    },
  );

  test('may be an instance of a class', () => {
    class ClassStore {
      async get() {
        return undefined;
      }
      async put() {
        return false;
      }
      async delete() {}
      async list() {
        return [];
      }
      async findBySiteUrl() {
        return [];
      }
      async claimOnce() {
        return false;
      }
    }
    expect(() => createApp({ ...OPTIONS, store: new ClassStore() })).not.toThrow();
  });
});

describe('appUrl', () => {
  test.each([
    'https://panel.example.com',
    'https://panel.example.com/',
    'https://panel.example.com:8443',
    'https://example.com/apps/panel',
    'http://localhost:3000',
    'http://127.0.0.1:3000',
    'http://[::1]:3000',
  ])('%s is one, kept without its trailing slash', (appUrl) => {
    expect(createApp({ ...OPTIONS, appUrl }).descriptor?.baseUrl).toBe(appUrl.replace(/\/$/, ''));
  });

  test.each([
    ['no URL', 'panel.example.com'],
    ['empty', ''],
    ['a path', '/panel'],
    ['http', 'http://panel.example.com'],
    ['another scheme', 'ftp://panel.example.com'],
    ['a query', 'https://panel.example.com?x=1'],
    ['an empty query', 'https://panel.example.com/?'],
    ['a fragment', 'https://panel.example.com#top'],
    ['user info', 'https://user:pass@panel.example.com'],
    ['a line break at the end, as from a file', 'https://panel.example.com\n'],
    ['blanks around it', ' https://panel.example.com '],
    ['a URL object', new URL('https://panel.example.com')],
    ['a number', 7],
    ['null', null],
  ])('is no %s', (_name, appUrl) => {
    expect(errorOf({ ...OPTIONS, appUrl }).code).toBe('CONFIG_OPTION_INVALID');
  });
});

test.each<[string, unknown]>([
  ['clockToleranceSeconds', -1],
  ['clockToleranceSeconds', 3601],
  ['clockToleranceSeconds', Number.NaN],
  ['clockToleranceSeconds', '30'],
  ['maxBodyBytes', 0],
  ['maxBodyBytes', Number.POSITIVE_INFINITY],
  ['maxBodyBytes', '1mb'],
  ['allowedSites', '*.atlassian.net'],
  ['allowedSites', [/atlassian/]],
  ['installKeyHosts', 'https://keys.example.com'],
])('%s may not be %j', (name, value) => {
  const error = errorOf({ ...OPTIONS, [name]: value });
  expect(error.code).toBe('CONFIG_OPTION_INVALID');
  expect(error.message).toContain(name);
});

describe('the descriptor is served', () => {
  const get = (appUrl: string, url: string, method = 'GET') =>
    createApp({ ...OPTIONS, appUrl }).fetch(new Request(url, { method }));

  test('at the root of the appUrl', async () => {
    const url = 'https://panel.example.com/atlassian-connect.json?x=1';
    expect((await get('https://panel.example.com', url)).status).toBe(200);
  });

  test.each([
    ['as the site calls it', 'https://example.com/apps/panel/atlassian-connect.json'],
    ['by a proxy that takes the path away', 'http://10.0.0.7:3000/atlassian-connect.json'],
  ])('below the path of the appUrl, called %s', async (_name, url) => {
    const response = await get('https://example.com/apps/panel/', url);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ baseUrl: 'https://example.com/apps/panel' });
  });

  test.each(['/apps/panelx/atlassian-connect.json', '/apps/atlassian-connect.json', '/apps/panel'])(
    'but not at %s',
    async (path) => {
      const response = await get('https://example.com/apps/panel', `https://example.com${path}`);
      expect(response.status).toBe(404);
    },
  );

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('but not to %s', async (method) => {
    const url = 'https://panel.example.com/atlassian-connect.json';
    const response = await get('https://panel.example.com', url, method);
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD');
  });
});

test('handles() is true for the descriptor and the callbacks alone', () => {
  const app = createApp({ ...OPTIONS, appUrl: 'https://example.com/apps/panel' });
  const handled: [string, string][] = [
    ['GET', '/atlassian-connect.json'],
    ['HEAD', '/apps/panel/atlassian-connect.json?x=1'],
    ['GET', 'https://example.com/apps/panel/atlassian-connect.json#x'],
    ['POST', '/installed?user_key=admin'],
    ['POST', '/apps/panel/uninstalled'],
    ['POST', '/enabled'],
    ['POST', '/disabled'],
  ];
  const others: [string, string][] = [
    ['POST', '/atlassian-connect.json'],
    ['GET', '/installed'],
    ['PUT', '/installed'],
    ['POST', '/installed/'],
    ['POST', '/Installed'],
    ['POST', '//installed'],
    ['POST', '/panel/installed'],
    ['GET', '/'],
    ['OPTIONS', '*'],
    ['GET', '?/atlassian-connect.json'],
  ];
  for (const [method, url] of handled) expect(app.handles(method, url), url).toBe(true);
  for (const [method, url] of others) expect(app.handles(method, url), url).toBe(false);
});

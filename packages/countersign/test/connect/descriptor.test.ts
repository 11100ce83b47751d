import { describe, expect, test } from 'vitest';
import { prepareDescriptor } from '../../src/connect/descriptor.ts';
import { type ConfigError, createApp, isConfigError, memoryStore } from '../../src/index.ts';
import { collectLog } from '../app/collected-log.ts';
import { APP_URL, panelDescriptor } from '../app/panel-app.ts';

function errorOf(descriptor: unknown): ConfigError {
  try {
    prepareDescriptor(descriptor, APP_URL);
  } catch (error) {
    if (isConfigError(error)) return error;
    throw error;
  }
  return expect.fail('the descriptor was taken');
}

/** Everything in it that this package does not read. */
const FULL = {
  ...panelDescriptor(),
  apiVersion: 1,
  vendor: { name: 'Müller & Söhne', url: 'https://vendor.example.com' },
  links: { self: '{{appUrl}}/atlassian-connect.json', docs: 'https://docs.example.com/{{page}}' },
  apiMigrations: { 'signed-install': true, gdpr: true, 'context-qsh': true },
  lifecycle: { ...panelDescriptor().lifecycle, dare: '/dare' },
  modules: {
    jiraIssueContents: [
      {
        key: 'panel',
        name: { value: 'Panel' },
        icon: { width: 16, height: 16, url: '{{ appUrl }}/icon.svg' },
        target: { type: 'web_panel', url: '/panel?issue={issue.key}&on={{localBaseUrl}}' },
      },
    ],
  },
  nothing: null,
  yes: false,
  count: 0,
};

describe('what is served is what was written', () => {
  test('but for the placeholders, wherever they stand', () => {
    expect(prepareDescriptor(FULL, APP_URL)).toEqual({
      ...FULL,
      baseUrl: APP_URL,
      links: { ...FULL.links, self: `${APP_URL}/atlassian-connect.json` },
      modules: {
        jiraIssueContents: [
          {
            key: 'panel',
            name: { value: 'Panel' },
            icon: { width: 16, height: 16, url: `${APP_URL}/icon.svg` },
            target: { type: 'web_panel', url: `/panel?issue={issue.key}&on=${APP_URL}` },
          },
        ],
      },
    });
  });

  test('and is not the object that was given, which stays as it was', () => {
    const before = structuredClone(FULL);
    prepareDescriptor(FULL, APP_URL);
    expect(FULL).toEqual(before);
  });

  test('over HTTP too', async () => {
    const app = createApp({
      descriptor: FULL,
      appUrl: APP_URL,
      store: memoryStore(),
      logger: collectLog(),
    });
    const response = await app.fetch(new Request(`${APP_URL}/atlassian-connect.json`));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await response.json()).toEqual(prepareDescriptor(FULL, APP_URL));
    expect(app.descriptor).toEqual(prepareDescriptor(FULL, APP_URL));
  });

  test('and an appUrl that looks like a replacement pattern is text', () => {
    const appUrl = "https://panel.example.com/$&/$'";
    expect(prepareDescriptor(panelDescriptor(), appUrl).baseUrl).toBe(appUrl);
  });
});

describe('baseUrl', () => {
  test.each([undefined, '{{appUrl}}', '{{localBaseUrl}}', '{{ appUrl }}', APP_URL])(
    'may be %j',
    (baseUrl) => {
      expect(prepareDescriptor(panelDescriptor({ baseUrl }), APP_URL).baseUrl).toBe(APP_URL);
    },
  );

  test('may end with a slash', () => {
    const descriptor = panelDescriptor({ baseUrl: `${APP_URL}/` });
    expect(prepareDescriptor(descriptor, APP_URL).baseUrl).toBe(`${APP_URL}/`);
  });

  test.each([
    'https://other.example.com',
    `${APP_URL}/app`,
    `${APP_URL}//`,
    'http://panel.example.com',
    '',
  ])('may not be another URL than appUrl: %s', (baseUrl) => {
    const error = errorOf(panelDescriptor({ baseUrl }));
    expect(error.code).toBe('CONFIG_DESCRIPTOR_INVALID');
    expect(error.message).toContain(`'${baseUrl}'`);
    expect(error.message).toContain(`'${APP_URL}'`);
    expect(error.hint).toContain('{{appUrl}}');
  });
});

describe('what is wrong is named by its path', () => {
  const { lifecycle } = panelDescriptor();
  test.each<[string, unknown]>([
    ['descriptor.key', panelDescriptor({ key: undefined })],
    ['descriptor.key', panelDescriptor({ key: '' })],
    ['descriptor.key', panelDescriptor({ key: 'panel app' })],
    ['descriptor.key', panelDescriptor({ key: 'k'.repeat(65) })],
    ['descriptor.key', panelDescriptor({ key: 'panel"\r\nx: y' })],
    ['descriptor.key', panelDescriptor({ key: 7 })],
    ['descriptor.baseUrl', panelDescriptor({ baseUrl: 7 })],
    ['descriptor.authentication', panelDescriptor({ authentication: undefined })],
    ['descriptor.authentication.type', panelDescriptor({ authentication: { type: 'none' } })],
    ['descriptor.authentication.type', panelDescriptor({ authentication: {} })],
    ['descriptor.lifecycle', panelDescriptor({ lifecycle: undefined })],
    ['descriptor.lifecycle.installed', panelDescriptor({ lifecycle: {} })],
    ['descriptor.lifecycle.installed', panelDescriptor({ lifecycle: { installed: 'installed' } })],
    ['descriptor.lifecycle.installed', panelDescriptor({ lifecycle: { installed: '//evil.com' } })],
    [
      'descriptor.lifecycle.installed',
      panelDescriptor({ lifecycle: { installed: `${APP_URL}/installed` } }),
    ],
    [
      'descriptor.lifecycle.disabled',
      panelDescriptor({ lifecycle: { ...lifecycle, disabled: 'disabled' } }),
    ],
    ['descriptor.apiMigrations', panelDescriptor({ apiMigrations: undefined })],
    ['descriptor.apiMigrations.signed-install', panelDescriptor({ apiMigrations: {} })],
    [
      'descriptor.apiMigrations.signed-install',
      panelDescriptor({ apiMigrations: { 'signed-install': 'true' } }),
    ],
  ])('%s (%#)', (path, descriptor) => {
    const error = errorOf(descriptor);
    expect(error).toMatchObject({ code: 'CONFIG_DESCRIPTOR_INVALID', httpStatus: 500 });
    expect(error.message.startsWith(`${path}: `), error.message).toBe(true);
  });

  test('all of it at once', () => {
    const { message } = errorOf({ key: '!' });
    for (const path of ['key', 'authentication', 'lifecycle', 'apiMigrations']) {
      expect(message).toContain(`descriptor.${path}: `);
    }
  });

  test.each([null, 'atlassian-connect.json', 7, []])('%j is no descriptor', (descriptor) => {
    expect(errorOf(descriptor).code).toBe('CONFIG_DESCRIPTOR_INVALID');
  });
});

// Only the URL is signed: an uninstalled event sent to /events could not be told from an installed one.
test.each([
  { installed: '/events', uninstalled: '/events' },
  { installed: '/events', enabled: '/enabled', disabled: '/enabled' },
  { installed: '/events?event=installed', uninstalled: '/events?event=uninstalled' },
])('two lifecycle events may not share a path: %o', (lifecycle) => {
  expect(errorOf(panelDescriptor({ lifecycle })).message).toContain(
    'descriptor.lifecycle: must give each event a path of its own',
  );
});

test('only installed must be there', () => {
  const descriptor = panelDescriptor({ lifecycle: { installed: '/hooks/installed?v=2' } });
  expect(prepareDescriptor(descriptor, APP_URL).lifecycle).toEqual({
    installed: '/hooks/installed?v=2',
  });
});

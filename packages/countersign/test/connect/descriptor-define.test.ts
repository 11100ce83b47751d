import { describe, expect, test } from 'vitest';
import {
  createApp,
  type Descriptor,
  type DescriptorDefinition,
  type DescriptorFunction,
  defineDescriptor,
  isConfigError,
  memoryStore,
} from '../../src/index.ts';
import { collectLog } from '../app/collected-log.ts';
import { APP_URL } from '../app/panel-app.ts';

const PANEL = {
  key: 'com.example.panel',
  name: 'Panel',
  authentication: { type: 'jwt' },
  lifecycle: { installed: '/installed' },
  apiMigrations: { 'signed-install': true },
  scopes: ['READ'],
  modules: {
    webPanels: [
      {
        key: 'panel',
        name: { value: 'Panel' },
        url: '/panel?issue={issue.key}',
        location: 'atl.jira.view.issue.right.context',
      },
    ],
  },
} satisfies DescriptorDefinition;

/** What an app with it serves. */
function served(descriptor: Descriptor | DescriptorFunction): Descriptor {
  return createApp({
    descriptor,
    appUrl: `${APP_URL}/`,
    store: memoryStore(),
    logger: collectLog(),
  }).descriptor;
}

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (isConfigError(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
  return expect.fail('it was taken');
}

test('a descriptor that is defined is served as it was written', () => {
  expect(defineDescriptor(PANEL)).toEqual(PANEL);
  expect(served(defineDescriptor(PANEL))).toEqual({ ...PANEL, baseUrl: APP_URL });
});

test('an environment is an app of its own, with a key and a name that say so', () => {
  const environment = { name: 'staging' };
  expect(served(defineDescriptor(PANEL, { environment }))).toEqual({
    ...PANEL,
    baseUrl: APP_URL,
    key: 'com.example.panel-staging',
    name: 'Panel (staging)',
  });
  const chosen = { name: 'staging', keySuffix: '.stg', nameSuffix: ', staging' };
  expect(defineDescriptor(PANEL, { environment: chosen })).toMatchObject({
    key: 'com.example.panel.stg',
    name: 'Panel, staging',
  });
  expect(defineDescriptor(PANEL, { environment: undefined })).toEqual(PANEL);
});

test('a key that its suffix makes too long is refused at start', () => {
  const environment = { name: 'staging', keySuffix: 'x'.repeat(60) };
  expect(codeOf(() => served(defineDescriptor(PANEL, { environment })))).toContain(
    'CONFIG_DESCRIPTOR_INVALID: descriptor.key: ',
  );
});

test('placeholders are filled wherever they stand, and appUrl is left to createApp', () => {
  const definition = {
    ...PANEL,
    links: {
      docs: '{{ docs }}/{{environment}}',
      self: '{{appUrl}}/atlassian-connect.json',
      module: '{{appKey}}__panel',
      other: '{{other}}',
    },
  };
  const descriptor = defineDescriptor(definition, {
    environment: { name: 'dev' },
    placeholders: { docs: 'https://docs.example.com/$&' },
  });
  expect(descriptor.links).toEqual({
    docs: 'https://docs.example.com/$&/dev',
    self: '{{appUrl}}/atlassian-connect.json',
    module: 'com.example.panel-dev__panel',
    other: '{{other}}',
  });
  expect(served(descriptor).links).toMatchObject({
    self: `${APP_URL}/atlassian-connect.json`,
  });
  expect(definition.links.docs).toBe('{{ docs }}/{{environment}}');
});

describe('a function', () => {
  test('is called once, with where the app is and which environment it is', () => {
    const calls: unknown[] = [];
    const descriptor = defineDescriptor(
      (context) => {
        calls.push(context);
        return { ...PANEL, scopes: context.environment === 'dev' ? ['READ', 'ADMIN'] : ['READ'] };
      },
      { environment: { name: 'dev' } },
    );
    expect(served(descriptor)).toMatchObject({
      key: 'com.example.panel-dev',
      scopes: ['READ', 'ADMIN'],
    });
    expect(calls).toEqual([{ appUrl: APP_URL, environment: 'dev' }]);
  });

  test('needs no defineDescriptor around it', () => {
    expect(
      served(({ appUrl, environment }) => ({ ...PANEL, links: { self: appUrl, environment } })),
    ).toMatchObject({ links: { self: APP_URL, environment: 'production' } });
  });

  test('that is async is refused, whatever becomes of it', () => {
    const late = (async () => {
      throw new Error('late');
    }) as unknown as DescriptorFunction;
    expect(codeOf(() => served(late))).toContain('CONFIG_DESCRIPTOR_INVALID: The function');
    expect(codeOf(() => served(defineDescriptor(late as never)))).toContain('async');
  });

  test('that throws keeps the app from starting with its own error', () => {
    expect(() =>
      served(() => {
        throw new TypeError('no such file');
      }),
    ).toThrow('no such file');
  });
});

test.each<[string, unknown]>([
  ["CONFIG_OPTION_UNKNOWN: defineDescriptor has no option 'enviroment'", { enviroment: {} }],
  [
    "CONFIG_OPTION_UNKNOWN: environment has no option 'suffix'",
    { environment: { name: 'a', suffix: 'b' } },
  ],
  ['CONFIG_OPTION_INVALID: environment must be', { environment: 'staging' }],
  ['CONFIG_OPTION_INVALID: environment.name', { environment: { name: 'my stage' } }],
  ['CONFIG_OPTION_INVALID: environment.name', { environment: {} }],
  ['CONFIG_OPTION_INVALID: environment.keySuffix', { environment: { name: 'a', keySuffix: ' b' } }],
  ['CONFIG_OPTION_INVALID: environment.nameSuffix', { environment: { name: 'a', nameSuffix: 1 } }],
  ['CONFIG_OPTION_INVALID: placeholders must be', { placeholders: 'cdn' }],
  ['CONFIG_OPTION_INVALID: placeholders.cdn must be a text', { placeholders: { cdn: undefined } }],
  ['CONFIG_OPTION_INVALID: placeholders.appUrl has its own', { placeholders: { appUrl: APP_URL } }],
  ['CONFIG_OPTION_INVALID: A placeholder is named', { placeholders: { 'a b': '' } }],
])('%s (%#)', (message, options) => {
  expect(codeOf(() => defineDescriptor(PANEL, options as never))).toContain(message);
});

test('the compiler knows what Jira knows, and lets through what it does not', () => {
  const change = (change: Partial<DescriptorDefinition>) => ({ ...PANEL, ...change });
  const name = { value: 'One' };
  change({ notKnownHere: true, modules: { notKnownHere: [{ any: 'thing' }] } });
  change({ modules: { webhooks: [{ event: 'not_known_here', url: '/hook' }] } });
  // @ts-expect-error 'none' brings no shared secret.
  change({ authentication: { type: 'none' } });
  // @ts-expect-error It is no scope.
  change({ scopes: ['WRIT'] });
  // @ts-expect-error A panel has a location.
  change({ modules: { webPanels: [{ key: 'one', name, url: '/one' }] } });
  // @ts-expect-error There is one configure page.
  change({ modules: { configurePage: [{ key: 'one', name, url: '/one' }] } });
  const field = { key: 'one', name, description: name };
  // @ts-expect-error It is no type of a field.
  change({ modules: { jiraIssueFields: [{ ...field, type: 'nmber' }] } });
  expect(change({ modules: { jiraIssueFields: [{ ...field, type: 'number' }] } })).toBeDefined();
});

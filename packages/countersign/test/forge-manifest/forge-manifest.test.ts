/** `countersign forge manifest`: what is written keeps the documented rules, and nothing goes missing unsaid. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { isConfigError } from '../../src/errors.ts';
import { FORGE_ROUTES } from '../../src/forge/events.ts';
import { TOKEN_TRIGGER } from '../../src/forge/keep-fresh.ts';
import { connectManifest } from '../../src/forge-manifest/connect-manifest.ts';
import { CONNECT_MODULES } from '../../src/forge-manifest/connect-modules.ts';
import type { WrittenManifest } from '../../src/forge-manifest/manifest.ts';
import { manifestText } from '../../src/forge-manifest/manifest-text.ts';
import { nativeManifest } from '../../src/forge-manifest/native-manifest.ts';
import { toYaml } from '../../src/forge-manifest/yaml.ts';
import { problemsOf } from './manifest-rules.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../../../../', import.meta.url));
const APP_ID = 'ari:cloud:ecosystem::app/8f1d4c5e-2b7a-4c3d-9e8f-0a1b2c3d4e5f';
const REMOTE = 'https://app.example.com';

const descriptors = [
  ...globSync('examples/*/atlassian-connect.json', { cwd: root }).map((file) => ({
    name: file.split(/[\\/]/)[1] as string,
    file: join(root, file),
  })),
  { name: 'release-desk', file: join(here, 'descriptors/release-desk.json') },
].map(({ name, file }) => ({ name, descriptor: JSON.parse(readFileSync(file, 'utf8')) }));

const releaseDesk = descriptors.at(-1)?.descriptor;

type Write = (descriptor: unknown) => WrittenManifest;

const steps: Record<'connect' | 'connect-tokens' | 'native' | 'native-new', Write> = {
  connect: (descriptor) => connectManifest({ descriptor, appId: APP_ID, remoteUrl: REMOTE }),
  'connect-tokens': (descriptor) =>
    connectManifest({ descriptor, appId: APP_ID, remoteUrl: REMOTE, tokens: true }),
  native: (descriptor) => nativeManifest({ descriptor, appId: APP_ID, remoteUrl: REMOTE }),
  'native-new': (descriptor) =>
    nativeManifest({ descriptor, appId: APP_ID, remoteUrl: REMOTE, newApp: true }),
};

const everyCase = descriptors.flatMap(({ name, descriptor }) =>
  Object.entries(steps).map(([step, write]) => ({ name, step, descriptor, write })),
);

const modulesOf = (descriptor: { modules: Record<string, unknown> }): string[] =>
  Object.entries(descriptor.modules).flatMap(([type, entries]) =>
    (Array.isArray(entries) ? entries : [entries]).map(() => type),
  );

test('there is an example, and a descriptor with at least 12 types of modules', () => {
  expect(descriptors.length).toBeGreaterThan(1);
  expect(Object.keys(releaseDesk.modules).length).toBeGreaterThanOrEqual(12);
});

describe.each(everyCase)('$name, $step', ({ name, step, descriptor, write }) => {
  const written = write(descriptor);
  const text = manifestText(written);

  test('keeps the documented rules', () => {
    expect(problemsOf(parse(text))).toEqual([]);
  });

  test('is the YAML of what was meant', () => {
    expect(parse(text)).toEqual(JSON.parse(JSON.stringify(written.manifest)));
  });

  test('reports each module once, and writes the others into the comments', () => {
    expect(written.modules.map(({ connect }) => connect)).toEqual(modulesOf(descriptor));
    const comments = text
      .split('\n')
      .filter((line) => line.startsWith('#'))
      .map((line) => line.replace(/^#\s*/, ''))
      .join(' ');
    for (const { result, connect, key } of written.modules) {
      if (result !== 'carried') expect(comments).toContain(`${connect} ${key}: `);
    }
  });

  test('is as it was', async () => {
    await expect(text).toMatchFileSnapshot(join(here, `golden/${name}.${step}.yml`));
  });
});

describe('the rules see', () => {
  // biome-ignore lint/suspicious/noExplicitAny: it is broken on purpose.
  const mistakes: [problem: RegExp, step: keyof typeof steps, breakIt: (manifest: any) => void][] =
    [
      [/at the top/, 'native', (m) => Object.assign(m, { endpoint: [] })],
      [/app\.id/, 'native', (m) => Object.assign(m.app, { id: 'my-app' })],
      [/runtime/, 'native', (m) => delete m.app.runtime],
      [/app\.connect\.remote is required/, 'connect', (m) => delete m.app.connect.remote],
      [/names no remote/, 'connect', (m) => Object.assign(m.app.connect, { remote: 'other' })],
      [/without modules of Connect/, 'connect', (m) => delete m.connectModules],
      [
        /the key right twice/,
        'native',
        (m) => Object.assign(m.modules.endpoint[0], { key: 'right' }),
      ],
      [/key of the remote/, 'native', (m) => Object.assign(m.remotes[0], { key: 'x'.repeat(24) })],
      [/inScopeEUD/, 'native', (m) => delete m.remotes[0].storage],
      [/baseUrl/, 'native', (m) => Object.assign(m.remotes[0], { baseUrl: 'http://example.com' })],
      [
        /key of the endpoint/,
        'native',
        (m) => Object.assign(m.modules.endpoint[0], { key: 'a.b' }),
      ],
      [/names endpoint/, 'native', (m) => m.modules.endpoint.pop()],
      [/names resource/, 'native', (m) => delete m.resources],
      [
        /with a route/,
        'native',
        (m) => m.modules.endpoint.map((e: object) => Object.assign(e, { route: undefined })),
      ],
      [
        /with a user token/,
        'native',
        (m) =>
          m.modules.endpoint.map((e: object) =>
            Object.assign(e, { auth: { appUserToken: { enabled: true } } }),
          ),
      ],
      [
        /interval/,
        'native',
        (m) => Object.assign(m.modules.scheduledTrigger[0], { interval: 'month' }),
      ],
      [/an event needs/, 'native', (m) => delete m.permissions.scopes['read:jira-work']],
      [
        /read:app-system-token/,
        'native',
        (m) => delete m.permissions.scopes['read:app-system-token'],
      ],
      [/without a product scope/, 'connect-tokens', (m) => m.permissions.scopes.pop()],
      [/has no icon/, 'native', (m) => delete m.modules['jira:issuePanel'][0].icon],
      [/several jira:globalPage/, 'native', (m) => m.modules['jira:globalPage'].push({ key: 'b' })],
      [
        /several useAsConfig/,
        'native',
        (m) =>
          m.modules['jira:adminPage'].map((p: object) => Object.assign(p, { useAsConfig: true })),
      ],
      [/adminPage of the provider/, 'native', (m) => delete m.modules['jira:adminPage']],
      [/operators/, 'native', (m) => m.modules['jira:jqlFunction'][0].operators.push('not_in')],
      [
        /type of jira:customField/,
        'native',
        (m) => Object.assign(m.modules['jira:customField'][0], { type: 'text' }),
      ],
    ];
  test.each(mistakes)('%s', (problem, step, breakIt) => {
    const manifest = parse(manifestText(steps[step](releaseDesk)));
    expect(problemsOf(manifest)).toEqual([]);
    breakIt(manifest);
    expect(problemsOf(manifest).join('\n')).toMatch(problem);
  });
});

describe('--connect', () => {
  const { manifest, decisions } = steps.connect(releaseDesk);

  test('leaves the modules as they are, under their names in a manifest', () => {
    const { modules } = JSON.parse(JSON.stringify(releaseDesk));
    expect(manifest.connectModules?.['jira:webPanels']).toEqual(modules.webPanels);
    expect(manifest.connectModules?.['jira:configurePage']).toEqual([modules.configurePage]);
  });

  test('asks for the lifecycle callbacks that still come, and says which do not', () => {
    expect(manifest.connectModules?.['jira:lifecycle']).toEqual([
      { key: 'lifecycle-events', installed: '/installed', uninstalled: '/uninstalled' },
    ]);
    expect(decisions.map(({ text }) => text).join()).toMatch(
      /enabled and disabled are no longer sent/,
    );
  });

  test('takes the scopes of Connect over, and permissions as the ones they were', () => {
    expect(manifest.permissions.scopes).toEqual([
      'read:connect-jira',
      'write:connect-jira',
      'act-as-user:connect-jira',
    ]);
    expect(manifest.modules?.['jira:globalPermission']?.[0]).toMatchObject({
      key: 'ship',
      migratedFromConnect: true,
    });
  });

  test('gives webhooks the keys that they need here', () => {
    expect(manifest.connectModules?.['jira:webhooks']?.map(({ key }) => key)).toEqual(
      [1, 2, 3, 4, 5].map((number) => `webhook-${number}`),
    );
  });
});

describe('--native', () => {
  const { manifest, modules } = steps.native(releaseDesk);
  const find = (key: string) => modules.find((module) => module.key === key);

  test('keeps what calls the app without a user at the paths that the app answers', () => {
    const endpoints = manifest.modules?.endpoint ?? [];
    const pathOf = (key: unknown): unknown =>
      (endpoints.find((each) => each.key === key)?.route as { path: string } | undefined)?.path;
    const [lifecycle, ...events] = manifest.modules?.trigger ?? [];
    expect(lifecycle?.events).toEqual(['avi:forge:installed:app', 'avi:forge:upgraded:app']);
    for (const trigger of [lifecycle, ...events]) {
      expect(pathOf(trigger?.endpoint)).toBe('/forge/events');
    }
    const [schedule] = manifest.modules?.scheduledTrigger ?? [];
    expect(schedule?.interval).toBe('hour');
    expect(pathOf(schedule?.endpoint)).toBe('/forge/scheduled');
    expect(pathOf(manifest.modules?.preUninstall?.[0]?.endpoint)).toBe('/forge/uninstalled');
    for (const path of FORGE_ROUTES.keys()) {
      expect(endpoints.map(({ key }) => pathOf(key))).toContain(path);
    }
    // app.forge.keepTokensFresh listens to this one unless it is told another.
    expect(schedule?.key).toBe(TOKEN_TRIGGER);
  });

  test('says of each module that Forge has nothing for, that it has not', () => {
    expect(
      modules
        .filter(({ result }) => result === 'none')
        .map(({ connect, key }) => `${connect} ${key}`),
    ).toEqual([
      'webPanels profile',
      'webItems top-link',
      'webSections section',
      'dialogs pick',
      'jiraReports report',
      'serviceDeskReportGroups group',
      'webhooks webhook-5',
      'jiraProfileTabPanels overview',
    ]);
  });

  test('tells of a condition that is lost, of a filter that is lost, and of two webhooks that became one', () => {
    expect(find('plan-action')).toMatchObject({
      result: 'check',
      text: expect.stringContaining('shown to everybody'),
    });
    expect(find('webhook-1')?.text).toContain('JQL filter');
    expect(find('webhook-3')?.text).toContain('another webhook subscribes');
    const events = (manifest.modules?.trigger ?? []).flatMap(({ events: each }) => each);
    expect(new Set(events).size).toBe(events.length);
  });

  test('makes sub-pages of several pages', () => {
    expect(manifest.modules?.['jira:globalPage']).toEqual([
      {
        key: 'overview',
        resource: 'main',
        resolver: { endpoint: 'forge-ui' },
        title: 'Release Desk',
        pages: [
          { title: 'Overview', route: 'overview' },
          { title: 'Calendar', route: 'calendar' },
        ],
      },
    ]);
  });

  test('allows impersonation only where the descriptor asked for ACT_AS_USER', () => {
    expect(manifest.permissions.scopes).toMatchObject({
      'read:app-system-token': {},
      'read:jira-work': { allowImpersonation: true },
    });
    const plain = nativeManifest({
      descriptor: { ...releaseDesk, scopes: ['READ'] },
      remoteUrl: REMOTE,
    });
    expect(plain.manifest.permissions.scopes).toContain('read:jira-work');
    expect(JSON.stringify(plain.manifest)).not.toContain('allowImpersonation');
  });

  test('asks for what the Connect scopes implied, and no more', () => {
    const scopesOf = (scopes: string[]): unknown =>
      nativeManifest({ descriptor: { key: 'a', scopes }, remoteUrl: REMOTE }).manifest.permissions
        .scopes;
    const own = ['read:app-system-token'];
    expect(scopesOf(['READ'])).toEqual([...own, 'read:jira-user', 'read:jira-work']);
    expect(scopesOf(['DELETE'])).toEqual([
      ...own,
      'read:jira-user',
      'read:jira-work',
      'write:jira-work',
    ]);
    expect(scopesOf(['PROJECT_ADMIN'])).toContain('manage:jira-project');
    expect(scopesOf(['PROJECT_ADMIN'])).not.toContain('manage:jira-configuration');
    expect(scopesOf(['ADMIN'])).toContain('manage:jira-project');
    expect(scopesOf(['ACCESS_EMAIL_ADDRESSES'])).toEqual([...own, 'read:email-address:jira']);
    // No token is made without one.
    expect(scopesOf([])).toEqual([...own, 'read:jira-work']);
  });

  test('ties the app to its Connect installations, unless it has none', () => {
    expect(manifest.app.connect).toEqual({ key: 'com.example.release-desk', remote: 'backend' });
    const fresh = steps['native-new'](releaseDesk);
    expect(fresh.manifest.app.connect).toBeUndefined();
    expect(JSON.stringify(fresh)).not.toContain('migratedFromConnect');
  });
});

test.each([...CONNECT_MODULES, 'somethingNew'])(
  '%s with nothing but a key: a valid manifest and a line in the report',
  (type) => {
    for (const write of Object.values(steps)) {
      const written = write({ key: 'app', scopes: ['READ'], modules: { [type]: [{ key: 'it' }] } });
      expect(written.modules).toMatchObject([{ connect: type, key: 'it' }]);
      expect(problemsOf(parse(manifestText(written)))).toEqual([]);
    }
  },
);

test('whatever stands in a descriptor, the manifest is valid, or the descriptor is refused', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.constantFrom(
      '',
      'it',
      'a: b',
      '# c',
      '\n- x',
      '{{appUrl}}/x',
      'number',
      'READ_ONLY',
      'null',
      '1',
    ),
  );
  const leaf = fc.oneof(text, fc.boolean(), fc.integer(), fc.constant(null));
  const value = fc.oneof(
    leaf,
    fc.array(leaf, { maxLength: 3 }),
    fc.record({ value: leaf }, { requiredKeys: [] }),
    fc.record(
      { url: leaf, type: leaf, label: leaf, path: leaf, condition: leaf },
      { requiredKeys: [] },
    ),
    fc.array(
      fc.record({
        propertyKey: text,
        extractions: fc.array(fc.record({ objectName: text, type: text })),
      }),
    ),
  );
  const names =
    'key name description url location icon type content conditions property keyConfigurations defaultGrants category expression triggered arguments types operators event filter thumbnailUrl adminPageKey';
  const module = fc.dictionary(fc.constantFrom(...names.split(' ')), value, { maxKeys: 8 });
  const descriptor = fc.record(
    {
      key: fc.oneof(fc.constant('app'), text),
      name: value,
      description: value,
      scopes: fc.array(fc.constantFrom('READ', 'ADMIN', 'act_as_user', 'odd\nscope'), {
        maxLength: 2,
      }),
      lifecycle: fc.dictionary(fc.constantFrom('installed', 'enabled'), leaf),
      modules: fc.dictionary(
        fc.constantFrom(...CONNECT_MODULES, 'odd: type\n'),
        fc.oneof(fc.array(module, { maxLength: 3 }), module),
        { maxKeys: 4 },
      ),
    },
    { requiredKeys: ['key'] },
  );
  let count = 0;
  fc.assert(
    fc.property(descriptor, (each) => {
      for (const write of Object.values(steps)) {
        let written: WrittenManifest;
        try {
          written = write(each);
        } catch (error) {
          if (!isConfigError(error)) throw error;
          continue;
        }
        count++;
        const parsed = parse(manifestText(written));
        expect(parsed).toEqual(JSON.parse(JSON.stringify(written.manifest)));
        expect(problemsOf(parsed)).toEqual([]);
      }
    }),
    { numRuns: 300 },
  );
  expect(count).toBeGreaterThan(300);
});

test('any text comes back from the YAML as it went in', () => {
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        'yes',
        'No',
        'null',
        '~',
        '1',
        '0x1',
        '1e3',
        '2026-11-24',
        '- a',
        'a: b',
        'a:',
        'x #y',
        '',
        ' a',
        'a ',
        '?',
        '*a',
        '&b',
        '!c',
        '%',
        '@',
        '`',
        '{a}',
        '[b]',
        '|',
        '>',
        '\ufeff',
        '\u2028',
        '\u0085',
        'NaN',
        '.inf',
      ),
      fc.boolean(),
      fc.integer(),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.string(), tie('value'), { maxKeys: 3 }),
    ),
  })).value;
  fc.assert(
    fc.property(fc.dictionary(fc.string(), json), (value) => {
      const plain = JSON.parse(JSON.stringify(value));
      expect(parse(toYaml(plain))).toEqual(plain);
    }),
    { numRuns: 500 },
  );
});

describe('what cannot be used is refused', () => {
  const refused: [what: string, input: Parameters<typeof nativeManifest>[0], code: string][] = [
    ['no descriptor', { descriptor: [], remoteUrl: REMOTE }, 'CONFIG_DESCRIPTOR_INVALID'],
    ['no key', { descriptor: {}, remoteUrl: REMOTE }, 'CONFIG_DESCRIPTOR_INVALID'],
    [
      'a module that is none',
      { descriptor: { key: 'a', modules: { webPanels: ['x'] } }, remoteUrl: REMOTE },
      'CONFIG_DESCRIPTOR_INVALID',
    ],
    [
      'a placeholder as baseUrl',
      { descriptor: { key: 'a', baseUrl: '{{appUrl}}' } },
      'CONFIG_OPTION_MISSING',
    ],
    ['http', { descriptor: { key: 'a', baseUrl: 'http://example.com' } }, 'CONFIG_OPTION_INVALID'],
    [
      'a password',
      { descriptor: { key: 'a' }, remoteUrl: 'https://u:p@example.com' },
      'CONFIG_OPTION_INVALID',
    ],
    [
      'an id of something else',
      {
        descriptor: { key: 'a' },
        remoteUrl: REMOTE,
        appId: 'ari:cloud:ecosystem::installation/8f1d4c5e-2b7a-4c3d-9e8f-0a1b2c3d4e5f',
      },
      'CONFIG_OPTION_INVALID',
    ],
  ];
  test.each(refused)('%s', (_what, input, code) => {
    for (const write of [nativeManifest, connectManifest]) {
      expect(() => write(input)).toThrow(expect.objectContaining({ code }));
    }
  });
});

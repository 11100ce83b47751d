import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { WEBHOOK_EVENTS } from '../../src/connect/descriptor/words.ts';
import { forgeEventOf } from '../../src/forge-manifest/webhook-events.ts';
import { type ConfigError, checkDescriptor, type DescriptorProblem } from '../../src/index.ts';
import { panelDescriptor } from '../app/panel-app.ts';

/** One good module of each type. */
const named = { key: 'one', name: { value: 'One', i18n: 'one.name' } };
const icon = { url: 'icon.svg', width: 24, height: 24 };
const target = { type: 'web_panel', url: '/panel?issue={issue.key}' };
const page = {
  ...named,
  url: '/page?project={project.key}',
  weight: 10,
  conditions: [
    { condition: 'user_is_logged_in' },
    { or: [{ condition: 'user_is_admin', invert: true }, { condition: 'addon_is_licensed' }] },
    {
      condition: 'has_project_permission',
      params: { permission: 'EDIT_ISSUES' },
    },
  ],
};
const MODULES: Record<string, Record<string, unknown>> = {
  adminPages: page,
  configurePage: page,
  dialogs: { key: 'dialog', url: '/dialog', options: { width: '300px', chrome: true } },
  generalPages: { ...page, icon, location: 'system.top.navigation.bar' },
  jiraDashboardItems: {
    ...named,
    url: '/item',
    description: { value: 'Item' },
    thumbnailUrl: 'https://cdn.example.com/item.png',
    configurable: true,
    refreshable: false,
  },
  jiraEntityProperties: {
    ...named,
    entityType: 'issue',
    keyConfigurations: [
      {
        propertyKey: 'desk',
        extractions: [{ objectName: 'train.name', type: 'STRING', alias: 'trainName' }],
      },
    ],
  },
  jiraGlobalPermissions: {
    ...named,
    description: { value: 'May ship' },
    anonymousAllowed: false,
    defaultGrants: ['all'],
  },
  jiraIssueContents: {
    ...named,
    icon,
    target,
    tooltip: { value: 'Add' },
    contentPresentConditions: [{ condition: 'user_is_admin', invert: false }],
    jiraNativeAppsEnabled: false,
  },
  jiraIssueContexts: {
    ...named,
    icon,
    target,
    content: { type: 'label', label: { value: '3 linked' } },
  },
  jiraIssueFields: { ...named, description: { value: 'Where' }, type: 'string' },
  jiraIssueGlances: {
    ...named,
    icon,
    target,
    content: { type: 'label', label: { value: '3 linked' } },
  },
  jiraIssueTabPanels: { ...named, url: '/tab', params: { source: 'tab' } },
  jiraProjectAdminTabPanels: { ...named, url: '/admin', location: 'projectgroup4' },
  jiraProjectPages: { ...named, url: '/project', iconUrl: '/icon.svg' },
  jiraProjectPermissions: {
    ...named,
    description: { value: 'May plan' },
    category: 'time_tracking',
  },
  jiraProjectTabPanels: { ...named, url: '/tab' },
  jiraReports: {
    ...named,
    url: '/report?projectKey={project.key}',
    description: { value: 'Report' },
    reportCategory: 'AGILE',
    thumbnailUrl: 'http://example.com/report.png',
  },
  jiraSearchRequestViews: { ...named, url: '/search' },
  jiraWorkflowConditions: {
    ...named,
    description: { value: 'Planned' },
    expression: 'issue != null',
    create: { url: '/create' },
    edit: { url: '/edit' },
    view: { url: '/view?config={workflow.conditionConfig}' },
  },
  jiraWorkflowPostFunctions: { ...named, triggered: { url: '/triggered' } },
  jiraWorkflowValidators: {
    ...named,
    expression: 'issue != null',
    errorMessage: 'None is set',
  },
  postInstallPage: page,
  webItems: {
    ...named,
    url: 'https://docs.example.com',
    location: 'operations-top-level',
    context: 'page',
    target: { type: 'dialog', options: { width: '50%' } },
    styleClasses: ['red'],
  },
  webPanels: {
    ...named,
    url: '{{appUrl}}/panel',
    location: 'atl.jira.view.issue.right.context',
    layout: { width: '10px', height: '100%' },
  },
  webSections: { ...named, location: 'system.top.navigation.bar' },
  webhooks: {
    event: 'jira:issue_updated',
    url: '/hooks/issue?key={issue.key}',
    excludeBody: false,
    filter: 'project = XX',
    propertyKeys: ['desk'],
  },
};
const SINGLE = new Set(['configurePage', 'postInstallPage']);

function withModule(type: string, module: unknown): Record<string, unknown> {
  return panelDescriptor({ modules: { [type]: SINGLE.has(type) ? module : [module] } });
}

function at(type: string, field: string): string {
  return `descriptor.modules.${type}${SINGLE.has(type) ? '' : '[0]'}.${field}`;
}

function problemsOf(descriptor: unknown): DescriptorProblem[] {
  return checkDescriptor(descriptor as object);
}

function errorsAt(descriptor: unknown): string[] {
  return problemsOf(descriptor)
    .filter(({ severity }) => severity === 'error')
    .map(({ path }) => path);
}

function warningsOf(descriptor: unknown): string[] {
  return problemsOf(descriptor).map(({ severity, path, message }) => {
    expect(severity, `${path}: ${message}`).toBe('warning');
    return `${path}: ${message}`;
  });
}

describe('a good descriptor has neither errors nor warnings', () => {
  test.each(Object.keys(MODULES))('with %s', (type) => {
    expect(problemsOf(withModule(type, MODULES[type]))).toEqual([]);
  });

  test.each([
    'examples/issue-locator/atlassian-connect.json',
    'tests/peers/ace-app/atlassian-connect.json',
    'bench/servers/atlassian-connect.json',
  ])('such as %s', (file) => {
    const text = readFileSync(new URL(`../../../../${file}`, import.meta.url), 'utf8');
    expect(problemsOf(JSON.parse(text))).toEqual([]);
  });

  // The shape of what a large vendor serves, with its own names.
  test('such as one with a page after the install, a glance and webhooks', () => {
    const url = '/extensions/jira/ui-hook';
    const configure = { value: 'Configure' };
    expect(
      problemsOf({
        name: 'Tracker',
        description: 'Connect your organization.',
        key: 'tracker.io.jira',
        baseUrl: 'https://tracker.example.com',
        vendor: { name: 'Tracker', url: 'https://tracker.example.com' },
        authentication: { type: 'jwt' },
        lifecycle: { installed: '/installed/', uninstalled: '/uninstalled/' },
        apiVersion: 1,
        apiMigrations: { gdpr: true, 'context-qsh': true, 'signed-install': true },
        links: { self: 'https://tracker.example.com/descriptor', documentation: '/docs' },
        scopes: ['read', 'write', 'act_as_user'],
        enableLicensing: false,
        translations: { paths: { 'de-DE': '/de.json' } },
        regionBaseUrls: { EU: 'https://eu.tracker.example.com' },
        cloudAppMigration: { migrationWebhookPath: '/migrated' },
        modules: {
          postInstallPage: { url, name: configure, key: 'post-install' },
          configurePage: { url, name: configure, key: 'configure' },
          jiraIssueGlances: [
            {
              icon: { width: 24, height: 24, url: 'https://cdn.example.com/logo.svg' },
              content: { type: 'label', label: { value: 'Linked Issues' } },
              target: { type: 'web_panel', url: '/extensions/jira/issue/{issue.key}/' },
              name: { value: 'Tracker ' },
              key: 'issues-glance',
            },
          ],
          webhooks: [{ event: 'jira:issue_updated', url: '/issue-updated/', excludeBody: false }],
          jiraDevelopmentTool: { key: 'dev', application: { value: 'Tracker' } },
          serviceDeskQueues: [{ key: 'queue', name: { value: 'Queue' }, url: '/queue' }],
        },
      }),
    ).toEqual([]);
  });
});

describe('a field that Jira demands is missed by name', () => {
  const DEMANDED: Record<string, readonly string[]> = {
    adminPages: ['key', 'name', 'url'],
    configurePage: ['key', 'name', 'url'],
    dialogs: ['key', 'url'],
    generalPages: ['key', 'name', 'url'],
    jiraDashboardItems: ['key', 'name', 'url', 'description', 'thumbnailUrl'],
    jiraEntityProperties: ['key', 'name'],
    jiraGlobalPermissions: ['key', 'name', 'description'],
    jiraIssueContents: ['key', 'name', 'icon', 'target'],
    jiraIssueContexts: ['key', 'name', 'icon', 'target', 'content'],
    jiraIssueFields: ['key', 'name', 'description', 'type'],
    jiraIssueGlances: ['key', 'name', 'icon', 'target', 'content'],
    jiraIssueTabPanels: ['key', 'name', 'url'],
    jiraProjectAdminTabPanels: ['key', 'name', 'url', 'location'],
    jiraProjectPages: ['key', 'name', 'url'],
    jiraProjectPermissions: ['key', 'name', 'description'],
    jiraProjectTabPanels: ['key', 'name', 'url'],
    jiraReports: ['key', 'name', 'url', 'description'],
    jiraSearchRequestViews: ['key', 'name', 'url'],
    jiraWorkflowConditions: ['key', 'name'],
    jiraWorkflowPostFunctions: ['key', 'name', 'triggered'],
    jiraWorkflowValidators: ['key', 'name'],
    postInstallPage: ['key', 'name', 'url'],
    webItems: ['key', 'name', 'url', 'location'],
    webPanels: ['key', 'name', 'url', 'location'],
    webSections: ['key', 'name', 'location'],
    webhooks: ['event', 'url'],
  };

  test('and the table has every type that is looked into', () => {
    expect(Object.keys(DEMANDED)).toEqual(Object.keys(MODULES));
  });

  test.each(Object.entries(DEMANDED))('of %s: %s', (type, fields) => {
    for (const field of fields) {
      const { [field]: _, ...module } = MODULES[type] ?? {};
      expect(problemsOf(withModule(type, module))).toEqual([
        { severity: 'error', path: at(type, field), message: 'is missing' },
      ]);
    }
  });
});

describe('what is wrong is an error with its path', () => {
  test.each<[string, unknown]>([
    ['descriptor.baseUrl', panelDescriptor({ baseUrl: 'http://app.example.com' })],
    ['descriptor.baseUrl', panelDescriptor({ baseUrl: 'app.example.com' })],
    ['descriptor.baseUrl', panelDescriptor({ baseUrl: 'https://app.example.com/?a=b' })],
    ['descriptor.baseUrl', panelDescriptor({ baseUrl: `https://example.com/${'a'.repeat(190)}` })],
    ['descriptor.name', panelDescriptor({ name: 'n'.repeat(81) })],
    ['descriptor.name', panelDescriptor({ name: '' })],
    ['descriptor.description', panelDescriptor({ description: 'd'.repeat(1401) })],
    ['descriptor.description', panelDescriptor({ description: { value: 'text' } })],
    ['descriptor.vendor', panelDescriptor({ vendor: 'Example' })],
    ['descriptor.vendor.name', panelDescriptor({ vendor: { name: 'v'.repeat(101) } })],
    ['descriptor.apiVersion', panelDescriptor({ apiVersion: '1' })],
    ['descriptor.apiVersion', panelDescriptor({ apiVersion: 1.5 })],
    ['descriptor.scopes', panelDescriptor({ scopes: 'READ' })],
    ['descriptor.scopes[1]', panelDescriptor({ scopes: ['READ', 'WRIT'] })],
    ['descriptor.scopes[1]', panelDescriptor({ scopes: ['READ', 1] })],
    ['descriptor.enableLicensing', panelDescriptor({ enableLicensing: 'true' })],
    ['descriptor.links', panelDescriptor({ links: ['/self'] })],
    ['descriptor.links.self', panelDescriptor({ links: { self: true } })],
    [
      'descriptor.apiMigrations.context-qsh',
      panelDescriptor({ apiMigrations: { 'signed-install': true, 'context-qsh': 'true' } }),
    ],
    ['descriptor.translations', panelDescriptor({ translations: '/de.json' })],
    [
      'descriptor.translations.paths.de-DE',
      panelDescriptor({ translations: { paths: { 'de-DE': 1 } } }),
    ],
    [
      'descriptor.regionBaseUrls.EU',
      panelDescriptor({ regionBaseUrls: { EU: 'http://eu.example.com' } }),
    ],
    ['descriptor.modules', panelDescriptor({ modules: [] })],
    [
      'descriptor.modules.webPanels',
      panelDescriptor({ modules: { webPanels: MODULES.webPanels } }),
    ],
    ['descriptor.modules.webPanels[0]', withModule('webPanels', 'panel')],
    ['descriptor.modules.configurePage', panelDescriptor({ modules: { configurePage: [page] } })],
    [at('webPanels', 'key'), withModule('webPanels', { ...MODULES.webPanels, key: 'my_panel' })],
    [
      at('webPanels', 'key'),
      withModule('webPanels', { ...MODULES.webPanels, key: 'k'.repeat(101) }),
    ],
    [at('webPanels', 'name'), withModule('webPanels', { ...MODULES.webPanels, name: 'Panel' })],
    [at('webPanels', 'name.value'), withModule('webPanels', { ...MODULES.webPanels, name: {} })],
    [at('webPanels', 'weight'), withModule('webPanels', { ...MODULES.webPanels, weight: '1' })],
    [at('webPanels', 'url'), withModule('webPanels', { ...MODULES.webPanels, url: '' })],
    [
      at('webPanels', 'url'),
      withModule('webPanels', { ...MODULES.webPanels, url: '//evil.com/x' }),
    ],
    [
      at('webPanels', 'url'),
      withModule('webPanels', { ...MODULES.webPanels, url: 'https://elsewhere.example.com/panel' }),
    ],
    [
      at('webPanels', 'url'),
      withModule('webPanels', { ...MODULES.webPanels, url: '{{appUrl}}.evil.com/panel' }),
    ],
    [
      at('jiraIssueContents', 'target.url'),
      withModule('jiraIssueContents', {
        ...MODULES.jiraIssueContents,
        target: { type: 'web_panel', url: 'javascript:alert(1)' },
      }),
    ],
    [
      at('jiraIssueContents', 'icon.url'),
      withModule('jiraIssueContents', { ...MODULES.jiraIssueContents, icon: { width: 1 } }),
    ],
    [
      at('jiraIssueFields', 'type'),
      withModule('jiraIssueFields', { ...MODULES.jiraIssueFields, type: 'nmber' }),
    ],
    [
      at('jiraIssueFields', 'property.type'),
      withModule('jiraIssueFields', {
        ...MODULES.jiraIssueFields,
        type: 'read_only',
        property: { key: 'a', path: 'b', type: 'boolean' },
      }),
    ],
    [
      at('jiraEntityProperties', 'keyConfigurations[0].extractions[0].type'),
      withModule('jiraEntityProperties', {
        ...named,
        keyConfigurations: [
          { propertyKey: 'a', extractions: [{ objectName: 'b', type: 'boolean' }] },
        ],
      }),
    ],
    [
      at('jiraWorkflowPostFunctions', 'triggered.url'),
      withModule('jiraWorkflowPostFunctions', { ...named, triggered: {} }),
    ],
    [at('generalPages', 'conditions'), withModule('generalPages', { ...page, conditions: {} })],
    [
      at('generalPages', 'conditions[0]'),
      withModule('generalPages', { ...page, conditions: [{}] }),
    ],
    [
      at('generalPages', 'conditions[0].or[0].invert'),
      withModule('generalPages', {
        ...page,
        conditions: [{ or: [{ condition: 'user_is_admin', invert: 'yes' }] }],
      }),
    ],
    [
      at('webhooks', 'url'),
      withModule('webhooks', { event: 'jira:issue_updated', url: '/installed?issue={issue.key}' }),
    ],
    [
      at('webhooks', 'propertyKeys[0]'),
      withModule('webhooks', { ...MODULES.webhooks, propertyKeys: [1] }),
    ],
  ])('%s (%#)', (path, descriptor) => {
    expect(errorsAt(descriptor)).toEqual([path]);
  });

  test('and its message says what is known', () => {
    expect(problemsOf(panelDescriptor({ scopes: ['READ', 'WRIT'] }))).toEqual([
      {
        severity: 'error',
        path: 'descriptor.scopes[1]',
        message: "'WRIT' is no known scope; did you mean 'WRITE'?",
      },
    ]);
  });

  test('baseUrl is compared with appUrl where that is given', () => {
    const descriptor = panelDescriptor({ baseUrl: 'https://old.example.com' });
    expect(checkDescriptor(descriptor)).toEqual([]);
    expect(checkDescriptor(descriptor, { appUrl: 'https://app.example.com/' })).toEqual([
      {
        severity: 'error',
        path: 'descriptor.baseUrl',
        message: "is 'https://old.example.com', but appUrl is 'https://app.example.com'",
      },
    ]);
  });

  test.each([null, 'atlassian-connect.json', 7, []])('%j is no descriptor', (descriptor) => {
    expect(errorsAt(descriptor)).toEqual(['descriptor']);
  });

  test('an object that holds itself is refused, and not walked for ever', () => {
    const descriptor: Record<string, unknown> = panelDescriptor();
    descriptor.self = descriptor;
    expect(() => checkDescriptor(descriptor)).toThrow(
      expect.objectContaining({ code: 'CONFIG_DESCRIPTOR_INVALID' } satisfies Partial<ConfigError>),
    );
  });
});

describe('what may be wrong is a warning', () => {
  test.each<[string, unknown, string]>([
    [
      'an unknown field',
      panelDescriptor({ vendr: {} }),
      "descriptor.vendr: is no field that is known here; did you mean 'vendor'?",
    ],
    [
      'an unknown lifecycle event',
      panelDescriptor({ lifecycle: { installed: '/installed', uninstaled: '/un' } }),
      "descriptor.lifecycle.uninstaled: is no field that is known here; did you mean 'uninstalled'?",
    ],
    [
      'an unknown module',
      panelDescriptor({ modules: { webPanel: [] } }),
      "descriptor.modules.webPanel: is no module that is known here; did you mean 'webPanels'?",
    ],
    [
      'an unknown field of a module',
      withModule('webPanels', { ...MODULES.webPanels, supportNative: true }),
      "descriptor.modules.webPanels[0].supportNative: is no field that is known here; did you mean 'supportsNative'?",
    ],
    [
      'an unknown event',
      withModule('webhooks', { event: 'jira:isue_updated', url: '/hook' }),
      "descriptor.modules.webhooks[0].event: 'jira:isue_updated' is no known event of a webhook; did you mean 'jira:issue_updated'?",
    ],
    [
      'an unknown condition, however deep',
      withModule('generalPages', {
        ...page,
        conditions: [{ or: [{ and: [{ condition: 'user_is_logged_on' }] }] }],
      }),
      "descriptor.modules.generalPages[0].conditions[0].or[0].and[0].condition: 'user_is_logged_on' is no known condition; did you mean 'user_is_logged_in'?",
    ],
    [
      'an unknown category',
      withModule('jiraReports', { ...MODULES.jiraReports, reportCategory: 'xxxxxxxxxxxxxxxxx' }),
      "descriptor.modules.jiraReports[0].reportCategory: 'xxxxxxxxxxxxxxxxx' is no known category of reports; known are agile, issue_analysis, forecast_management, other",
    ],
    [
      'modules without the scope READ',
      { ...withModule('webPanels', MODULES.webPanels), scopes: ['NONE', 'ACT_AS_USER'] },
      'descriptor.scopes: must have READ: Jira installs no app that has modules and does not ask for it',
    ],
    [
      'a key that two modules have',
      panelDescriptor({ modules: { configurePage: page, generalPages: [page] } }),
      "descriptor.modules.generalPages[0].key: 'one' is the key of a module of configurePage too; each needs one of its own",
    ],
    [
      'a read_only field that shows nothing',
      withModule('jiraIssueFields', { ...MODULES.jiraIssueFields, type: 'read_only' }),
      'descriptor.modules.jiraIssueFields[0].property: is missing: a read_only field shows one',
    ],
    [
      'a property of a field that has a value',
      withModule('jiraIssueFields', {
        ...MODULES.jiraIssueFields,
        property: { key: 'a', path: 'b', type: 'string' },
      }),
      'descriptor.modules.jiraIssueFields[0].property: is for fields of the type read_only alone',
    ],
    [
      'a template of a field that is no select',
      withModule('jiraIssueFields', {
        ...MODULES.jiraIssueFields,
        template: { type: 'link', url: '/x' },
      }),
      'descriptor.modules.jiraIssueFields[0].template: is for selects alone',
    ],
    [
      'an admin page that is not there',
      withModule('jiraTimeTrackingProviders', { ...named, adminPageKey: 'admin' }),
      'descriptor.modules.jiraTimeTrackingProviders[0].adminPageKey: is the key of none of the adminPages',
    ],
    [
      'a port that Jira reads no descriptor from',
      panelDescriptor({ baseUrl: 'https://app.example.com:3000' }),
      'descriptor.baseUrl: has the port 3000; Jira reads a descriptor from 80, 443 and 8080 alone',
    ],
    [
      'a placeholder that nothing fills in',
      panelDescriptor({ links: { docs: 'https://docs.example.com/{{page}}' } }),
      'descriptor.links.docs: holds {{page}}, which nothing fills in; see defineDescriptor',
    ],
  ])('%s', (_, descriptor, warning) => {
    expect(warningsOf(descriptor)).toEqual([warning]);
  });

  test('a name that every object has is unknown like every other', () => {
    const descriptor = JSON.parse('{"constructor":1,"__proto__":{"key":"other"}}');
    const paths = problemsOf({ ...panelDescriptor(), ...descriptor }).map(({ path }) => path);
    expect(paths).toContain('descriptor.constructor');
  });

  test('errors come first', () => {
    const problems = problemsOf(panelDescriptor({ vendr: {}, name: '', links: { a: '{{b}}' } }));
    expect(problems.map(({ severity }) => severity)).toEqual(['error', 'warning', 'warning']);
  });
});

test('every webhook that a Forge manifest is written for is a known one', () => {
  expect(WEBHOOK_EVENTS.filter((event) => forgeEventOf(event) !== undefined).length).toBe(54);
});

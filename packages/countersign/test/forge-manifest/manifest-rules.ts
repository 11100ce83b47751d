/**
 * What is documented of a manifest, as far as the manifests of this package need it, apart from the code that writes
 * them. Sources: the pages of https://developer.atlassian.com/platform/forge/manifest-reference/ (for a module, the page
 * of its name), and the schema and checks of the npm package @forge/manifest 13.7.0, which `forge lint` runs.
 */

// biome-ignore lint/suspicious/noExplicitAny: it comes out of a YAML parser, and anything may be wrong with it.
type Anything = any;

/** Every problem, in words; none for a manifest that follows the rules. */
export function problemsOf(manifest: Anything): string[] {
  return RULES.flatMap((rule) => rule(manifest));
}

type Rule = (manifest: Anything) => string[];

const KEY = /^[a-zA-Z0-9_-]+$/;

const demand = (isMet: boolean, problem: string): string[] => (isMet ? [] : [problem]);

function entriesOf(modules: Anything): [type: string, module: Anything][] {
  return Object.entries(modules ?? {}).flatMap(([type, list]) =>
    (list as Anything[]).map((module): [string, Anything] => [type, module]),
  );
}

function scopesOf({ permissions }: Anything): string[] {
  const { scopes } = permissions;
  return Array.isArray(scopes) ? scopes : Object.keys(scopes);
}

const endpointsOf = (manifest: Anything): Anything[] => manifest.modules?.endpoint ?? [];

/** manifest-reference/: nothing else stands at the top. */
const topLevel: Rule = (manifest) => {
  const known =
    'app connectModules modules permissions resources remotes providers environment translations services overrides';
  return [
    ...Object.keys(manifest).flatMap((name) =>
      demand(known.split(' ').includes(name), `${name} at the top`),
    ),
    ...demand(
      manifest.modules !== undefined || manifest.connectModules !== undefined,
      'no module at all',
    ),
  ];
};

/** manifest-reference/#app and #connect */
const app: Rule = ({ app: { id, runtime, connect, description, licensing }, ...manifest }) => [
  ...demand(/^ari:cloud:ecosystem::app\/\S+$/.test(id), 'app.id'),
  ...demand(/^nodejs2[024]\.x$/.test(runtime?.name), 'app.runtime.name'),
  ...demand(description === undefined || description.length <= 1000, 'app.description too long'),
  ...demand(licensing === undefined || typeof licensing.enabled === 'boolean', 'app.licensing'),
  ...demand(connect === undefined || /^[a-zA-Z0-9._-]{1,90}$/.test(connect.key), 'app.connect.key'),
  ...demand(
    manifest.connectModules === undefined || connect?.remote !== undefined,
    'app.connect.remote is required with connectModules',
  ),
  ...demand(
    connect?.remote === undefined ||
      manifest.remotes.some((remote: Anything) => remote.key === connect.remote),
    'app.connect.remote names no remote',
  ),
];

/** manifest-reference/#connectmodules; @forge/manifest: connect-modules-validator */
const connectModules: Rule = (manifest) => [
  ...Object.entries(manifest.connectModules ?? {}).flatMap(([name, list]) => [
    ...demand(/^jira:[a-zA-Z]+$/.test(name), `connectModules ${name}`),
    ...demand(Array.isArray(list) && list.length > 0, `connectModules ${name} is no list`),
  ]),
  ...demand((manifest.connectModules?.['jira:lifecycle'] ?? []).length <= 1, 'two lifecycles'),
  ...demand(
    manifest.connectModules !== undefined ||
      !scopesOf(manifest).some((scope) => scope.endsWith(':connect-jira')),
    'scopes of Connect without modules of Connect',
  ),
];

/** @forge/manifest: ModuleKeySchema, duplicateModuleKeyValidation */
const keys: Rule = (manifest) => {
  const all = [...entriesOf(manifest.modules), ...entriesOf(manifest.connectModules)];
  const seen = new Set<string>();
  return all.flatMap(([type, { key }]) => {
    const isNew = !seen.has(key);
    seen.add(key);
    return [
      ...demand(typeof key === 'string' && KEY.test(key), `key of a ${type}`),
      ...demand(isNew, `the key ${key} twice`),
    ];
  });
};

const short = (key: Anything): boolean =>
  typeof key === 'string' && KEY.test(key) && key.length <= 23;

/** manifest-reference/remotes */
const remotes: Rule = ({ remotes: list }) =>
  list.flatMap(({ key, baseUrl, operations, storage }: Anything) => [
    ...demand(short(key), `key of the remote ${key}`),
    ...demand(
      typeof baseUrl === 'string'
        ? /^https:\/\/[^?#]+$/.test(baseUrl)
        : typeof baseUrl?.default === 'string' &&
            Object.keys(baseUrl).every((region) =>
              /^(default|US|EU|AU|DE|SG|CA|IN|KR|JP|GB|CH)$/.test(region),
            ),
      'baseUrl of a remote',
    ),
    ...demand(
      operations.every((each: string) => /^(storage|compute|fetch|other)$/.test(each)),
      'operations of a remote',
    ),
    ...demand(
      !operations.includes('storage') || typeof storage?.inScopeEUD === 'boolean',
      'storage.inScopeEUD of a remote',
    ),
  ]);

/** manifest-reference/resources */
const resources: Rule = ({ resources: list = [] }) =>
  list.flatMap(({ key, path }: Anything) =>
    demand(short(key) && typeof path === 'string', `resource ${key}`),
  );

/** manifest-reference/endpoint */
const endpoints: Rule = (manifest) =>
  endpointsOf(manifest).flatMap(({ key, remote, route, auth }) => [
    ...demand(short(key), `key of the endpoint ${key}`),
    ...demand(
      manifest.remotes.some((each: Anything) => each.key === remote),
      `remote of the endpoint ${key}`,
    ),
    ...demand(route === undefined || /^\/[^?#]*$/.test(route.path), `route of ${key}`),
    ...demand(
      Object.entries(auth ?? {}).every(
        ([token, each]) =>
          /^app(System|User)Token$/.test(token) && typeof (each as Anything).enabled === 'boolean',
      ),
      `auth of ${key}`,
    ),
  ]);

/** What a module names has to be there. */
const references: Rule = (manifest) => {
  const hasEndpoint = (key: string): boolean => endpointsOf(manifest).some((e) => e.key === key);
  const hasResource = (key: string): boolean =>
    (manifest.resources ?? []).some((each: Anything) => each.key === key);
  return entriesOf(manifest.modules).flatMap(([type, module]) => [
    ...[module.endpoint, module.resolver?.endpoint]
      .filter((key) => key !== undefined)
      .flatMap((key) => demand(hasEndpoint(key), `${type} ${module.key} names endpoint ${key}`)),
    ...[module, module.edit, module.create, module.view]
      .map((part) => part?.resource)
      .filter((key) => key !== undefined)
      .flatMap((key) => demand(hasResource(key), `${type} ${module.key} names resource ${key}`)),
  ]);
};

/** modules/trigger, modules/scheduled-trigger; @forge/manifest: endpointValidations */
const triggers: Rule = (manifest) => [
  ...(manifest.modules?.trigger ?? []).flatMap(({ key, endpoint, events }: Anything) => {
    const target = endpointsOf(manifest).find((each) => each.key === endpoint);
    return [
      ...demand(Array.isArray(events) && events.length > 0, `trigger ${key} without events`),
      ...demand(target?.route !== undefined, `trigger ${key} needs an endpoint with a route`),
      ...demand(target?.auth?.appUserToken?.enabled !== true, `trigger ${key} with a user token`),
    ];
  }),
  ...(manifest.modules?.scheduledTrigger ?? []).flatMap(({ key, interval }: Anything) =>
    demand(/^(fiveMinute|hour|day|week)$/.test(interval), `interval of ${key}`),
  ),
  ...demand((manifest.modules?.scheduledTrigger ?? []).length <= 5, 'more than 5 schedules'),
];

/** events-reference/jira: the scope of each event */
const EVENT_SCOPES: [RegExp, string[]][] = [
  [/^avi:forge:/, []],
  [/^avi:jira-software:[a-z-]+:board$/, ['read:jira-work', 'read:jira-user']],
  [/^avi:jira:[a-z]+:user$/, ['read:jira-user']],
  [
    /^avi:jira:([a-z]+:(field|issuetype|filter)|failed:expression|changed:configuration|timetracking:provider:changed)/,
    ['manage:jira-configuration'],
  ],
  [/^avi:jira(-software)?:/, ['read:jira-work']],
];

/** manifest-reference/permissions, manifest-reference/scopes-forge, remote/scheduled-triggers */
const scopes: Rule = (manifest) => {
  const all = scopesOf(manifest);
  const enabled = (token: string): boolean =>
    endpointsOf(manifest).some(({ auth }) => auth?.[token]?.enabled === true);
  const needed = (manifest.modules?.trigger ?? []).flatMap(({ events }: Anything) =>
    events.flatMap(
      (event: string) => EVENT_SCOPES.find(([pattern]) => pattern.test(event))?.[1] ?? ['?'],
    ),
  );
  return [
    ...all.flatMap((scope) => demand(/^[a-z-]+:[a-z.:-]+$/.test(scope), `the scope ${scope}`)),
    ...demand(new Set(all).size === all.length, 'a scope twice'),
    ...[...new Set(needed as string[])].flatMap((scope) =>
      demand(all.includes(scope), `an event needs the scope ${scope}`),
    ),
    ...(['system', 'user'] as const).flatMap((who) =>
      demand(
        !enabled(`app${who === 'system' ? 'System' : 'User'}Token`) ||
          all.includes(`read:app-${who}-token`),
        `read:app-${who}-token is missing`,
      ),
    ),
    ...demand(
      !(enabled('appSystemToken') || enabled('appUserToken')) ||
        all.some((scope) => !/^read:app-(system|user)-token$|:connect-jira$/.test(scope)),
      'no token is made without a product scope',
    ),
  ];
};

/** The properties that the page of each module calls required, and how long they may be. */
const REQUIRED: Record<string, string> = {
  'jira:issuePanel': 'resource title icon',
  'jira:issueContext': 'resource title label',
  'jira:issueActivity': 'resource title',
  'jira:issueAction': 'resource title',
  'jira:globalPage': 'resource title',
  'jira:adminPage': 'resource title',
  'jira:projectPage': 'resource title',
  'jira:projectSettingsPage': 'resource title',
  'jira:dashboardGadget': 'resource title description thumbnail',
  'jira:issueViewBackgroundScript': 'resource',
  'jira:dashboardBackgroundScript': 'resource',
  'jira:customField': 'name description type',
  'jira:entityProperty': 'propertyKey values',
  'jira:globalPermission': 'name description anonymousAllowed',
  'jira:projectPermission': 'name description',
  'jira:workflowCondition': 'name description expression',
  'jira:workflowValidator': 'name description expression',
  'jira:workflowPostFunction': 'name description endpoint',
  'jira:jqlFunction': 'name arguments types operators endpoint',
  'jira:timeTrackingProvider': 'name',
  'jiraServiceManagement:queuePage': 'resource title',
  'jiraServiceManagement:organizationPanel': 'resource title',
  'jiraServiceManagement:portalHeader': 'resource',
  'jiraServiceManagement:portalSubheader': 'resource',
  'jiraServiceManagement:portalFooter': 'resource',
  'jiraServiceManagement:portalProfilePanel': 'resource title',
  'jiraServiceManagement:portalRequestCreatePropertyPanel': 'resource title',
  'jiraServiceManagement:portalRequestDetail': 'resource title',
  'jiraServiceManagement:portalRequestDetailPanel': 'resource title',
  'jiraServiceManagement:portalRequestViewAction': 'resource title',
  'jiraServiceManagement:portalUserMenuAction': 'resource title',
  trigger: 'endpoint events',
  scheduledTrigger: 'endpoint interval',
  preUninstall: 'endpoint',
  endpoint: 'remote',
};

const LONGEST: Record<string, number> = {
  title: 255,
  label: 255,
  icon: 255,
  thumbnail: 255,
  description: 1000,
};

const properties: Rule = (manifest) =>
  entriesOf(manifest.modules).flatMap(([type, module]) => [
    ...demand(REQUIRED[type] !== undefined, `${type} is no module that is known here`),
    ...(REQUIRED[type] ?? '')
      .split(' ')
      .flatMap((name) =>
        demand(
          module[name] !== undefined && module[name] !== '',
          `${type} ${module.key} has no ${name}`,
        ),
      ),
    ...Object.entries(LONGEST).flatMap(([name, length]) =>
      demand(
        module[name] === undefined ||
          (typeof module[name] === 'string' && module[name].length <= length),
        `${name} of ${module.key}`,
      ),
    ),
  ]);

const ENUMS: [type: string, property: string, allowed: RegExp][] = [
  ['jira:customField', 'type', /^(number|string|user|group|date|datetime|object)$/],
  ['jira:customField', 'collection', /^(none|list)$/],
  ['jira:entityProperty', 'entityType', /^(issue|project|user)$/],
  [
    'jira:projectPermission',
    'category',
    /^(attachments|comments|issues|other|projects|time_tracking|voters_and_watchers)$/,
  ],
];

const values: Rule = (manifest) => [
  ...ENUMS.flatMap(([type, property, allowed]) =>
    (manifest.modules?.[type] ?? []).flatMap((module: Anything) =>
      demand(
        module[property] === undefined || allowed.test(module[property]),
        `${property} of ${type} ${module.key}`,
      ),
    ),
  ),
  ...(manifest.modules?.['jira:globalPermission'] ?? []).flatMap((module: Anything) =>
    demand(
      (module.defaultGrants ?? []).every((grant: string) =>
        /^(none|all|jira-administrators)$/.test(grant),
      ),
      `defaultGrants of ${module.key}`,
    ),
  ),
  ...(manifest.modules?.['jira:entityProperty'] ?? []).flatMap((module: Anything) =>
    module.values.flatMap(({ path, type }: Anything) =>
      demand(
        typeof path === 'string' && /^(number|string|text|user|date)$/.test(type),
        `values of ${module.key}`,
      ),
    ),
  ),
  ...(manifest.modules?.['jira:jqlFunction'] ?? []).flatMap((module: Anything) =>
    demand(
      module.operators.every((operator: string) =>
        ['=', '!=', '>', '>=', '<', '<=', 'in', 'not in', '~', '!~', 'is', 'is not'].includes(
          operator,
        ),
      ),
      `operators of ${module.key}`,
    ),
  ),
];

/** @forge/manifest: validate-full-page, validate-full-admin-page, validate-timetrackingprovider-module */
const pages: Rule = ({ modules = {} }) => {
  const admin: Anything[] = modules['jira:adminPage'] ?? [];
  const adminKeys = admin.map(({ key }) => key);
  return [
    ...['jira:globalPage', 'jira:projectPage', 'jira:projectSettingsPage'].flatMap((type) =>
      demand((modules[type] ?? []).length <= 1, `several ${type}`),
    ),
    ...demand(
      admin.filter((page) => !page.useAsConfig && !page.useAsGetStarted).length <= 1,
      'several jira:adminPage',
    ),
    ...demand(admin.filter((page) => page.useAsConfig).length <= 1, 'several useAsConfig'),
    ...demand(admin.filter((page) => page.useAsGetStarted).length <= 1, 'several useAsGetStarted'),
    ...(modules['jira:timeTrackingProvider'] ?? []).flatMap(({ adminPage }: Anything) =>
      demand(adminPage === undefined || adminKeys.includes(adminPage), 'adminPage of the provider'),
    ),
  ];
};

const RULES: readonly Rule[] = [
  topLevel,
  app,
  connectModules,
  keys,
  remotes,
  resources,
  endpoints,
  references,
  triggers,
  scopes,
  properties,
  values,
  pages,
];

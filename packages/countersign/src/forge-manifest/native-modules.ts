import {
  type ConnectModule,
  listOf,
  objectOf,
  textOf,
  wordOf,
  wordsOf,
} from './descriptor-modules.ts';
import type { PlainObject } from './manifest.ts';
import type { Converted, NativeBuild, Source } from './native-build.ts';
import { PERMISSIONS, permissionModule } from './permissions.ts';
import { forgeEventOf } from './webhook-events.ts';

type Conversion = (source: Source, build: NativeBuild) => Converted;

/**
 * What Forge has for the modules of Connect.
 *
 * @see https://developer.atlassian.com/platform/adopting-forge-from-connect/connect-forge-equivalences/connect-forge-capabilities-available
 * @see https://developer.atlassian.com/platform/forge/manifest-reference/modules/index-jira/
 */
const CONVERSIONS: Readonly<Record<string, Conversion>> = {
  webPanels: webPanel,
  webItems: webItem,
  jiraIssueContents(source, build) {
    build.add('jira:issuePanel', { ...build.front(source), icon: iconOr(source, build) });
    return carried('jira:issuePanel');
  },
  jiraIssueContexts: issueContext,
  // The glance is on its way out in Connect and Forge, for the issue context.
  jiraIssueGlances: issueContext,
  jiraIssueTabPanels: front('jira:issueActivity'),
  generalPages: page('jira:globalPage'),
  adminPages: page('jira:adminPage'),
  jiraProjectPages: page('jira:projectPage'),
  jiraProjectTabPanels: page('jira:projectPage', 'The nearest: a page of the project’s sidebar.'),
  jiraProjectAdminTabPanels: page('jira:projectSettingsPage'),
  configurePage: onlyPage('useAsConfig'),
  postInstallPage: onlyPage('useAsGetStarted'),
  jiraDashboardItems: dashboardItem,
  jiraBackgroundScripts: backgroundScript,
  jiraIssueFields: issueField,
  jiraEntityProperties: entityProperties,
  jiraGlobalPermissions: permission,
  jiraProjectPermissions: permission,
  jiraWorkflowConditions: workflowCondition,
  jiraWorkflowValidators: workflowValidator,
  jiraWorkflowPostFunctions: workflowPostFunction,
  jiraJqlFunctions: jqlFunction,
  jiraTimeTrackingProviders: timeTrackingProvider,
  webhooks: webhook,
  serviceDeskQueues: front('jiraServiceManagement:queuePage'),
  serviceDeskOrganizationPanels: front('jiraServiceManagement:organizationPanel'),
  serviceDeskPortalHeaders: portal('jiraServiceManagement:portalHeader'),
  serviceDeskPortalSubHeaders: portal('jiraServiceManagement:portalSubheader'),
  serviceDeskPortalFooters: portal('jiraServiceManagement:portalFooter'),
  serviceDeskPortalProfilePanels: front('jiraServiceManagement:portalProfilePanel'),
  serviceDeskPortalRequestCreatePropertyPanels: front(
    'jiraServiceManagement:portalRequestCreatePropertyPanel',
  ),
  serviceDeskPortalRequestViewPanels: front('jiraServiceManagement:portalRequestDetail'),
  serviceDeskPortalRequestViewDetailsPanels: front(
    'jiraServiceManagement:portalRequestDetailPanel',
  ),
  serviceDeskPortalRequestViewActions: front('jiraServiceManagement:portalRequestViewAction'),
  serviceDeskPortalUserMenuActions: front('jiraServiceManagement:portalUserMenuAction'),
  jiraBuildInfoProvider: byHand('devops:buildInfoProvider'),
  jiraDeploymentInfoProvider: byHand('devops:deploymentInfoProvider'),
  jiraDevelopmentTool: byHand('devops:developmentInfoProvider'),
  jiraFeatureFlagInfoProvider: byHand('devops:featureFlagInfoProvider'),
  jiraRemoteLinkInfoProvider: byHand('devops:remoteLinkInfoProvider'),
  jiraSecurityInfoProvider: byHand('devops:securityInfoProvider'),
  automationActions: byHand('automation:action'),
  keyboardShortcuts: byHand(
    'jira:command',
    'An item of the command palette, which may have a shortcut, and opens a page or a dialog.',
  ),
  jiraSearchRequestViews: byHand(
    'jira:issueNavigatorAction',
    'The nearest: an action of the issue navigator, which gets the JQL and shows a dialog.',
  ),
  dialogs: none('Forge declares no dialogs: the front end opens one with Modal of @forge/bridge.'),
  webSections: none(
    'Forge has no sections of its own in the navigation; a page may have sub-pages.',
  ),
  jiraReports: none('Show it on a page of the project, jira:projectPage, or of all of Jira.'),
};

/** Writes one module of the descriptor into the manifest, or says why not. */
export function convertModule(source: Source, build: NativeBuild): Converted {
  const conversion = Object.hasOwn(CONVERSIONS, source.type) ? CONVERSIONS[source.type] : undefined;
  const converted = (conversion ?? none('Nothing of Forge is known here to take its place.'))(
    source,
    build,
  );
  const { conditions } = source.entry;
  if (!Array.isArray(conditions) || conditions.length === 0) return converted;
  if (converted.result !== 'carried' && converted.result !== 'check') return converted;
  return {
    ...converted,
    result: 'check',
    text: [
      converted.text,
      'Its conditions are not carried over: it is shown to everybody until displayConditions say otherwise.',
    ]
      .filter((part) => part !== undefined)
      .join(' '),
  };
}

function carried(forge: string): Converted {
  return { result: 'carried', forge };
}

function check(forge: string, text: string): Converted {
  return { result: 'check', forge, text };
}

function byHand(forge: string, text = 'It has another shape there.'): Conversion {
  return () => ({ result: 'by-hand', forge, text });
}

function none(text: string): Conversion {
  return () => ({ result: 'none', text });
}

function front(forge: string): Conversion {
  return (source, build) => {
    build.add(forge, build.front(source));
    return carried(forge);
  };
}

const PORTAL_PAGES: ReadonlySet<string> = new Set(
  'help_center portal create_request view_request my_requests approvals profile'.split(' '),
);

/** Parts of the portal have no title. */
function portal(forge: string): Conversion {
  return (source, build) => {
    const { title: _, ...module } = build.front(source);
    const pages = wordsOf(source.entry.pages).filter((each) => PORTAL_PAGES.has(each));
    build.add(forge, {
      ...module,
      key: source.key,
      ...(pages.length === 0 ? {} : { pages }),
    });
    return carried(forge);
  };
}

function page(forge: string, text?: string): Conversion {
  return (source, build) => {
    const module = build.front(source);
    const icon = build.iconOf(source.entry);
    build.addPage(forge, {
      ...module,
      title: String(module.title),
      ...(icon === undefined ? {} : { icon }),
    });
    return text === undefined ? carried(forge) : check(forge, text);
  };
}

/** Connect knows one of each, and so does Forge. */
function onlyPage(use: 'useAsConfig' | 'useAsGetStarted'): Conversion {
  return (source, build) => {
    if (build.written('jira:adminPage').some((module) => module[use] === true)) {
      return { result: 'none', text: 'An app has one of these; the first was taken.' };
    }
    build.add('jira:adminPage', { ...build.front(source), [use]: true });
    return carried('jira:adminPage');
  };
}

/** The manifest demands an icon where Connect has none: a file beside index.html. */
function iconOr({ entry }: Source, build: NativeBuild): string {
  return build.iconOf(entry) ?? 'resource:main;icon.svg';
}

/** Forge demands a description where Connect does not. */
function describe(entry: ConnectModule, name: string): string {
  return (textOf(entry.description) ?? name).slice(0, 1000);
}

const ICON_TEXT = 'It needs an icon: put icon.svg beside index.html.';

function webPanel(source: Source, build: NativeBuild): Converted {
  const location = textOf(source.entry.location) ?? '';
  if (location === 'atl.jira.view.issue.right.context') return issueContext(source, build);
  if (location === 'atl.jira.view.issue.left.context') {
    build.add('jira:issuePanel', { ...build.front(source), icon: iconOr(source, build) });
    return check('jira:issuePanel', ICON_TEXT);
  }
  return {
    result: 'none',
    text: `Nothing of Forge is known here for the location ${location.slice(0, 100)}.`,
  };
}

function issueContext(source: Source, build: NativeBuild): Converted {
  const module = build.front(source);
  const label = textOf(objectOf(source.entry.content)?.label) ?? String(module.title);
  const icon = build.iconOf(source.entry);
  build.add('jira:issueContext', {
    ...module,
    label: label.slice(0, 255),
    ...(icon === undefined ? {} : { icon }),
  });
  return carried('jira:issueContext');
}

/** The places of Connect in the menu of an issue. */
const ISSUE_MENU = /^(?:operations-[\w-]+|jira\.issue\.tools|opsbar-[\w-]+)$/;

function webItem(source: Source, build: NativeBuild): Converted {
  if (!ISSUE_MENU.test(textOf(source.entry.location) ?? '')) {
    return {
      result: 'none',
      text: 'Forge has no links at any place: a page brings its own into the navigation, and actions (jira:issueAction, jira:boardAction, jira:backlogAction …) have their menus.',
    };
  }
  build.add('jira:issueAction', build.front(source));
  return check('jira:issueAction', 'It opens the front end in a dialog, in place of a URL.');
}

function dashboardItem(source: Source, build: NativeBuild): Converted {
  const { entry, key } = source;
  const module = build.front(source);
  const thumbnail = build.iconOf({ icon: { url: entry.thumbnailUrl } });
  build.add('jira:dashboardGadget', {
    ...module,
    description: describe(entry, String(module.title)),
    thumbnail: thumbnail ?? 'resource:main;icon.svg',
    ...(entry.refreshable === true ? { refreshable: true } : {}),
    ...(entry.configurable === true ? { edit: { resource: module.resource } } : {}),
  });
  return check(
    'jira:dashboardGadget',
    `Whether gadgets that are on dashboards as ${key} are taken over is not documented; the schema has connectKeys for it.`,
  );
}

function backgroundScript(source: Source, build: NativeBuild): Converted {
  const location = objectOf(source.entry.location);
  const { title: _, ...module } = build.front(source);
  if (wordOf(location?.type) === 'dashboard') {
    build.add('jira:dashboardBackgroundScript', { ...module, key: source.key });
    return carried('jira:dashboardBackgroundScript');
  }
  build.add('jira:issueViewBackgroundScript', {
    ...module,
    key: source.key,
    ...(location?.shouldReloadOnRefresh === true ? { shouldReloadOnRefresh: true } : {}),
  });
  return carried('jira:issueViewBackgroundScript');
}

/** @see https://developer.atlassian.com/platform/forge/manifest-reference/modules/jira-custom-field/ */
const FIELD_TYPES: Readonly<Record<string, PlainObject>> = {
  string: { type: 'string' },
  text: { type: 'string' },
  rich_text: { type: 'string' },
  number: { type: 'number' },
  single_select: { type: 'string' },
  multi_select: { type: 'string', collection: 'list' },
};

function issueField({ entry, key }: Source, build: NativeBuild): Converted {
  const type = wordOf(entry.type) ?? '';
  const property = wordOf(objectOf(entry.property)?.type);
  const shape =
    type === 'read_only'
      ? { type: property === 'number' || property === 'date' ? property : 'string', readOnly: true }
      : FIELD_TYPES[type];
  if (shape === undefined) {
    return { result: 'by-hand', forge: 'jira:customField', text: 'Its type is not known here.' };
  }
  const name = textOf(entry.name) ?? key;
  build.add('jira:customField', {
    key,
    name: name.slice(0, 100),
    description: describe(entry, name),
    ...shape,
    ...(build.isNew ? {} : { migratedFromConnect: true }),
  });
  return check(
    'jira:customField',
    [
      build.isNew
        ? undefined
        : `Jira copies the values by a task, started by POST and watched by GET /rest/atlassian-connect/1/migration/${build.descriptor.key}/${key}/task.`,
      type === 'text' || type === 'rich_text'
        ? 'JQL searches words in it with Connect; a string of Forge is compared whole.'
        : undefined,
      /select/.test(type)
        ? 'Options have to come from searchSuggestions or an edit view.'
        : undefined,
      type === 'read_only'
        ? 'Its value comes from view.value or from the REST API now.'
        : undefined,
    ]
      .filter((part) => part !== undefined)
      .join(' '),
  );
}

const INDEXED_TYPES: ReadonlySet<unknown> = new Set(['number', 'text', 'string', 'user', 'date']);
const ENTITIES: ReadonlySet<unknown> = new Set(['issue', 'project', 'user']);

/** One module for each property: Forge has no groups of them. @see https://developer.atlassian.com/platform/forge/manifest-reference/modules/jira-entity-property/ */
function entityProperties({ entry, key }: Source, build: NativeBuild): Converted {
  const forge = 'jira:entityProperty';
  const entityType = wordOf(entry.entityType) ?? 'issue';
  let isWhole = ENTITIES.has(entityType);
  let count = 0;
  for (const { propertyKey, extractions } of isWhole ? listOf(entry.keyConfigurations) : []) {
    const values = listOf(extractions).map(indexedValue);
    const known = values.filter((value) => value !== undefined);
    if (known.length < values.length) isWhole = false;
    if (textOf(propertyKey) === undefined || known.length === 0) {
      isWhole = false;
      continue;
    }
    count++;
    build.add(forge, {
      key: count === 1 ? key : build.key(`${key}-${count}`),
      propertyKey: String(propertyKey).slice(0, 255),
      entityType,
      values: known,
    });
  }
  if (count === 0) {
    return { result: 'by-hand', forge, text: 'Nothing to index was found in it.' };
  }
  if (!isWhole) return check(forge, 'Something in it was not understood, and left out.');
  return count === 1 ? carried(forge) : { ...carried(forge), text: `It became ${count} modules.` };
}

function indexedValue({ objectName, type, alias }: ConnectModule): PlainObject | undefined {
  const path = textOf(objectName);
  if (path === undefined || !INDEXED_TYPES.has(wordOf(type))) return undefined;
  const isAlias = typeof alias === 'string' && /^[a-zA-Z0-9._-]{1,255}$/.test(alias);
  return {
    path: path.slice(0, 255),
    type: wordOf(type),
    ...(isAlias ? { searchAlias: alias } : {}),
  };
}

function permission({ type, entry, key }: Source, build: NativeBuild): Converted {
  const permissionType = type as keyof typeof PERMISSIONS;
  const forge = PERMISSIONS[permissionType];
  build.add(forge, permissionModule(permissionType, entry, key, !build.isNew));
  return carried(forge);
}

/** Rules that stand in workflows go on under the same key, and keep what they were configured with. */
const WORKFLOW_TEXT =
  'Keep the key: workflows that use it run the new one with the configuration they have. Pages that create, edit and show the configuration are front end now.';

/** @see https://developer.atlassian.com/platform/adopting-forge-from-connect/migrate-jira-workflow-extensions */
function workflowRule(source: Source, build: NativeBuild): PlainObject & { key: string } {
  const { entry, key } = source;
  const name = textOf(entry.name) ?? key;
  const views = (['create', 'edit', 'view'] as const).filter((view) => entry[view] !== undefined);
  const module = { key, name: name.slice(0, 255), description: describe(entry, name) };
  if (views.length === 0) return module;
  const { resource, resolver } = build.front(source);
  return {
    ...module,
    ...Object.fromEntries(views.map((view) => [view, { resource }])),
    resolver,
  };
}

function workflowCondition(source: Source, build: NativeBuild): Converted {
  const expression = textOf(source.entry.expression);
  if (expression === undefined) {
    return { result: 'by-hand', forge: 'jira:workflowCondition', text: 'It has no expression.' };
  }
  build.add('jira:workflowCondition', { ...workflowRule(source, build), expression });
  return check('jira:workflowCondition', WORKFLOW_TEXT);
}

function workflowValidator(source: Source, build: NativeBuild): Converted {
  const expression = textOf(source.entry.expression);
  if (expression === undefined) {
    return { result: 'by-hand', forge: 'jira:workflowValidator', text: 'It has no expression.' };
  }
  const errorMessage = textOf(source.entry.errorMessage);
  build.add('jira:workflowValidator', {
    ...workflowRule(source, build),
    expression,
    ...(errorMessage === undefined ? {} : { errorMessage }),
  });
  return check('jira:workflowValidator', WORKFLOW_TEXT);
}

function workflowPostFunction(source: Source, build: NativeBuild): Converted {
  const url = textOf(objectOf(source.entry.triggered)?.url);
  if (url === undefined) {
    return {
      result: 'by-hand',
      forge: 'jira:workflowPostFunction',
      text: 'It has no URL that is called.',
    };
  }
  // Its event demands both. https://developer.atlassian.com/platform/forge/events-reference/jira/
  build.scopes.add('read:jira-work').add('manage:jira-configuration');
  build.add('jira:workflowPostFunction', {
    ...workflowRule(source, build),
    endpoint: build.addEndpoint(`call-${source.key}`, url),
  });
  return check(
    'jira:workflowPostFunction',
    `The body of the call is another one. ${WORKFLOW_TEXT}`,
  );
}

/** Connect's words for the operators of JQL. @see https://developer.atlassian.com/platform/forge/manifest-reference/modules/jql-function/ */
const JQL_OPERATORS: Readonly<Record<string, string>> = {
  eq: '=',
  neq: '!=',
  gt: '>',
  gte: '>=',
  lt: '<',
  lte: '<=',
  in: 'in',
  not_in: 'not in',
  contains: '~',
  not_contains: '!~',
  is: 'is',
  is_not: 'is not',
};

function jqlFunction({ entry, key }: Source, build: NativeBuild): Converted {
  const url = textOf(entry.url);
  const name = textOf(entry.name);
  if (url === undefined || name === undefined) {
    return {
      result: 'by-hand',
      forge: 'jira:jqlFunction',
      text: 'Its name or its URL is missing.',
    };
  }
  build.add('jira:jqlFunction', {
    key,
    name: name.slice(0, 255),
    arguments: listOf(entry.arguments).map((argument) => ({
      name: textOf(argument.name) ?? 'argument',
      required: argument.required === true,
    })),
    types: wordsOf(entry.types),
    operators: wordsOf(entry.operators).flatMap((word) => JQL_OPERATORS[word] ?? []),
    endpoint: build.addEndpoint(`call-${key}`, url),
  });
  return check('jira:jqlFunction', 'Compare the body of the call and of its answer.');
}

function timeTrackingProvider({ entry, key }: Source, build: NativeBuild): Converted {
  const adminPage = textOf(entry.adminPageKey);
  const pages = build.descriptor.modules.find(([type]) => type === 'adminPages')?.[1] ?? [];
  build.add('jira:timeTrackingProvider', {
    key,
    name: (textOf(entry.name) ?? key).slice(0, 255),
    // Of several pages the first one gives the module its key.
    adminPage: adminPage !== undefined && pages[0]?.key === adminPage ? adminPage : undefined,
  });
  return carried('jira:timeTrackingProvider');
}

function webhook({ entry, key }: Source, build: NativeBuild): Converted {
  const name = textOf(entry.event) ?? '';
  const found = forgeEventOf(name);
  if (found === undefined) {
    return { result: 'none', text: `No event of Forge is known here for ${name.slice(0, 100)}.` };
  }
  const isFirst = build.subscribe(key, found.event, found.scopes);
  const parts = [
    isFirst
      ? `${name} is ${found.event} now, with another body: app.forge.on('${found.event}', …) handles it.`
      : `${name} is ${found.event} as well, which another webhook subscribes to already.`,
    entry.filter === undefined
      ? undefined
      : 'Its JQL filter is not carried over: write a Jira expression into filter.expression, or ask in the handler.',
    entry.propertyKeys === undefined ? undefined : 'Properties do not come along: read them.',
  ];
  return check('trigger', parts.filter((part) => part !== undefined).join(' '));
}

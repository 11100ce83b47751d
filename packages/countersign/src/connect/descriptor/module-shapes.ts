import * as z from 'zod';
import type { DescriptorModules } from './definition.ts';
import {
  anything,
  appUrlPath,
  conditions,
  expected,
  flag,
  i18nText,
  icon,
  integer,
  knownWord,
  moduleKey,
  object,
  oneOf,
  text,
  texts,
} from './values.ts';
import {
  EXTRACTION_TYPES,
  ISSUE_FIELD_TYPES,
  PERMISSION_CATEGORIES,
  PROPERTY_TYPES,
  REPORT_CATEGORIES,
  WEBHOOK_EVENTS,
} from './words.ts';

type Shape = Record<string, z.ZodType>;

const named: Shape = { key: moduleKey, name: i18nText };

const shown: Shape = {
  ...named,
  conditions: conditions.optional(),
  weight: integer.optional(),
  params: anything.optional(),
  // Of all pages: whether a browser may keep them. https://developer.atlassian.com/cloud/jira/platform/cacheable-app-iframes-for-connect-apps/
  cacheable: flag.optional(),
};

const page = object({
  ...shown,
  url: appUrlPath,
  location: text.optional(),
  icon: icon.optional(),
  fullPage: flag.optional(),
});

const tabPanel: Shape = { ...shown, url: appUrlPath };

const panelTarget = object({
  type: text.optional(),
  url: appUrlPath.optional(),
  options: anything.optional(),
});

const context = object({
  ...shown,
  icon,
  content: object({ type: text, label: i18nText }),
  target: panelTarget,
  jiraNativeAppsEnabled: flag.optional(),
});

const address = object({ url: appUrlPath });

const workflow: Shape = {
  ...named,
  description: i18nText.optional(),
  create: address.optional(),
  edit: address.optional(),
  view: address.optional(),
};

const issueField = object({
  ...named,
  description: i18nText,
  type: oneOf(ISSUE_FIELD_TYPES, 'type of a field'),
  property: object({
    key: text,
    path: text,
    type: oneOf(PROPERTY_TYPES, 'type of a property'),
  }).optional(),
  template: object({ type: text, url: text }).optional(),
  extractions: z.array(anything, expected('a list')).optional(),
});

const entityProperty = object({
  ...named,
  entityType: text.optional(),
  keyConfigurations: z
    .array(
      object({
        propertyKey: text,
        extractions: z.array(
          object({
            objectName: text,
            type: oneOf(EXTRACTION_TYPES, 'type of an extraction'),
            alias: text.optional(),
          }),
          expected('a list of extractions'),
        ),
      }),
      expected('a list of properties'),
    )
    .optional(),
  conditions: conditions.optional(),
});

/** The modules that are typed in definition.ts; what an object may have one of stands alone, the rest in lists. */
const shapes: Record<KnownType, z.ZodType> = {
  adminPages: list(page),
  configurePage: page,
  dialogs: list(object({ key: moduleKey, url: text, options: anything.optional() })),
  generalPages: list(page),
  jiraDashboardItems: list(
    object({
      ...shown,
      url: appUrlPath,
      description: i18nText,
      thumbnailUrl: text,
      configurable: flag.optional(),
      refreshable: flag.optional(),
    }),
  ),
  jiraEntityProperties: list(entityProperty),
  jiraGlobalPermissions: list(
    object({
      ...named,
      description: i18nText,
      anonymousAllowed: flag.optional(),
      defaultGrants: texts.optional(),
    }),
  ),
  jiraIssueContents: list(
    object({
      ...shown,
      icon,
      target: panelTarget,
      tooltip: i18nText.optional(),
      contentPresentConditions: conditions.optional(),
      jiraNativeAppsEnabled: flag.optional(),
    }),
  ),
  jiraIssueContexts: list(context),
  jiraIssueFields: list(issueField),
  jiraIssueGlances: list(context),
  jiraIssueTabPanels: list(object(tabPanel)),
  jiraProjectAdminTabPanels: list(object({ ...tabPanel, location: text })),
  jiraProjectPages: list(object({ ...tabPanel, iconUrl: text.optional(), icon: icon.optional() })),
  jiraProjectPermissions: list(
    object({
      ...named,
      description: i18nText,
      category: knownWord(PERMISSION_CATEGORIES, 'category of permissions').optional(),
      conditions: conditions.optional(),
    }),
  ),
  jiraProjectTabPanels: list(object(tabPanel)),
  jiraReports: list(
    object({
      ...tabPanel,
      description: i18nText,
      reportCategory: knownWord(REPORT_CATEGORIES, 'category of reports').optional(),
      thumbnailUrl: text.optional(),
    }),
  ),
  jiraSearchRequestViews: list(object({ ...tabPanel, description: i18nText.optional() })),
  // An expression may be left out: the configuration page can make one.
  jiraWorkflowConditions: list(object({ ...workflow, expression: text.optional() })),
  jiraWorkflowPostFunctions: list(object({ ...workflow, triggered: address })),
  jiraWorkflowValidators: list(
    object({ ...workflow, expression: text.optional(), errorMessage: text.optional() }),
  ),
  postInstallPage: page,
  webItems: list(
    object({
      ...shown,
      // Of all modules the only one that may lead anywhere: its context says where from.
      url: text,
      location: text,
      context: knownWord(['addon', 'page', 'product'], 'context of a link').optional(),
      target: object({ type: text.optional(), options: anything.optional() }).optional(),
      styleClasses: texts.optional(),
      tooltip: i18nText.optional(),
      icon: icon.optional(),
    }),
  ),
  webPanels: list(
    object({
      ...shown,
      url: appUrlPath,
      location: text,
      layout: object({ width: text.optional(), height: text.optional() }).optional(),
      tooltip: i18nText.optional(),
      supportsNative: flag.optional(),
    }),
  ),
  webSections: list(object({ ...shown, location: text, tooltip: i18nText.optional() })),
  webhooks: list(
    object({
      key: moduleKey.optional(),
      event: knownWord(WEBHOOK_EVENTS, 'event of a webhook'),
      url: appUrlPath,
      excludeBody: flag.optional(),
      filter: text.optional(),
      propertyKeys: texts.optional(),
    }),
  ),
};

/** The types that {@link DescriptorModules} names. */
type KnownType = keyof {
  [Type in keyof DescriptorModules as string extends Type ? never : Type]: unknown;
};

/** Modules that Jira knows, and whose fields are not looked at here. */
const OTHER_TYPES =
  'assetPanels automationActions jiraBackgroundScripts jiraBuildInfoProvider jiraDeploymentGating ' +
  'jiraDeploymentInfoProvider jiraDevOpsComponentProvider jiraDevelopmentTool ' +
  'jiraFeatureFlagInfoProvider jiraIssueTypes jiraJqlFunctions jiraOperationsInfoProvider ' +
  'jiraProfileTabPanels jiraRemoteLinkInfoProvider jiraSecurityInfoProvider ' +
  'jiraTimeTrackingProviders keyboardShortcuts profilePages serviceDeskOrganizationActions ' +
  'serviceDeskOrganizationPanels serviceDeskPortalFooters serviceDeskPortalHeaders ' +
  'serviceDeskPortalProfileActions serviceDeskPortalProfilePanels ' +
  'serviceDeskPortalRequestCreatePropertyPanels serviceDeskPortalRequestViewActions ' +
  'serviceDeskPortalRequestViewDetailsPanels serviceDeskPortalRequestViewPanels ' +
  'serviceDeskPortalSubHeaders serviceDeskPortalUserMenuActions serviceDeskQueueGroups ' +
  'serviceDeskQueues serviceDeskReportGroups serviceDeskReports';

/**
 * The modules of a descriptor for Jira.
 *
 * @see https://developer.atlassian.com/cloud/jira/platform/about-jira-modules/
 */
export const modules: z.ZodType = object(
  Object.fromEntries([
    ...Object.entries(shapes).map(([type, shape]) => [type, shape.optional()] as const),
    ...OTHER_TYPES.split(' ').map((type) => [type, z.unknown().optional()] as const),
  ]),
);

function list(module: z.ZodType): z.ZodType {
  return z.array(module, expected('a list of modules'));
}

import type {
  CONDITIONS,
  DESCRIPTOR_SCOPES,
  EXTRACTION_TYPES,
  ISSUE_FIELD_TYPES,
  PERMISSION_CATEGORIES,
  PROPERTY_TYPES,
  REPORT_CATEGORIES,
  WEBHOOK_EVENTS,
} from './words.ts';

/** A word that Jira takes in either case. */
type EitherCase<Word extends string> = Word | Uppercase<Word> | Lowercase<Word>;

/** Completes the words that are known, and takes every other one. */
type Open<Word extends string> = Word | (string & {});

/**
 * An app descriptor as it is written: atlassian-connect.json with types. Fields and modules that are not known here may
 * be added; they are served as they are, with a warning at start.
 *
 * @see https://developer.atlassian.com/cloud/jira/platform/connect-app-descriptor/
 */
export interface DescriptorDefinition {
  /** Names the app everywhere, and is `iss` of every token that it makes. 1 to 64 letters, digits, `.`, `-`, `_`. */
  key: string;
  /** Leave it out, or write `{{appUrl}}`: the `appUrl` of createApp is filled in. At most 200 characters. */
  baseUrl?: string;
  /** At most 80 characters. */
  name?: string;
  /** At most 1400 characters. */
  description?: string;
  /** `name` has at most 100 characters. */
  vendor?: { name?: string; url?: string; [field: string]: unknown };
  authentication: { type: 'jwt'; [field: string]: unknown };
  /** Paths below the baseUrl that Jira calls. `installed` is demanded; it brings the shared secret. */
  lifecycle: {
    installed: string;
    uninstalled?: string;
    enabled?: string;
    disabled?: string;
    dare?: string;
    [event: string]: unknown;
  };
  /** `signed-install` is demanded: without it the installed callback is not signed with Atlassian's key. */
  apiMigrations: {
    'signed-install': true;
    'context-qsh'?: boolean;
    gdpr?: boolean;
    [migration: string]: unknown;
  };
  /** What the app may do, at most; its modules need READ at least. */
  scopes?: EitherCase<(typeof DESCRIPTOR_SCOPES)[number]>[];
  /** An integer; a new one is a new version of the app. Default: 1. */
  apiVersion?: number;
  links?: Record<string, string>;
  enableLicensing?: boolean;
  /** `paths` has the path of a file of translations for each locale. */
  translations?: { paths?: Record<string, string>; [field: string]: unknown };
  /** URLs of the app for regions, such as `EU`. */
  regionBaseUrls?: Record<string, string>;
  modules?: DescriptorModules;
  [field: string]: unknown;
}

/** Text that Jira shows: `value`, or its translation under the key `i18n`. */
interface I18nText {
  /** At most 1500 characters. */
  value: string;
  i18n?: string;
}

/** What has to hold for something to be shown. It protects nothing: check permissions in the backend as well. */
interface Condition {
  condition?: Open<(typeof CONDITIONS)[number]>;
  invert?: boolean;
  params?: Record<string, unknown>;
  or?: Condition[];
  and?: Condition[];
  [field: string]: unknown;
}

interface Icon {
  url: string;
  /** In pixels. */
  width?: number;
  /** In pixels. */
  height?: number;
  [field: string]: unknown;
}

/** What every module has. */
interface ModuleDefinition {
  /** 1 to 100 letters, digits and dashes, and unique in the descriptor. */
  key: string;
  [field: string]: unknown;
}

interface Shown extends ModuleDefinition {
  name: I18nText;
  conditions?: Condition[];
  /** The lightest comes first. */
  weight?: number;
  params?: Record<string, string>;
}

/** @see https://developer.atlassian.com/cloud/jira/platform/modules/page/ */
interface PageModule extends Shown {
  /** Below the baseUrl. It may hold variables, such as `{project.key}`. */
  url: string;
  location?: string;
  icon?: Icon;
}

/** @see https://developer.atlassian.com/cloud/jira/platform/modules/web-panel/ */
interface WebPanelModule extends Shown {
  url: string;
  location: string;
  layout?: { width?: string; height?: string };
  tooltip?: I18nText;
  supportsNative?: boolean;
}

/** @see https://developer.atlassian.com/cloud/jira/platform/modules/web-item/ */
interface WebItemModule extends Shown {
  url: string;
  location: string;
  context?: EitherCase<'addon' | 'page' | 'product'>;
  target?: { type?: Open<'page' | 'dialog' | 'inlinedialog' | 'dialogmodule'>; options?: object };
  styleClasses?: string[];
  tooltip?: I18nText;
  icon?: Icon;
}

/** @see https://developer.atlassian.com/cloud/jira/platform/modules/web-section/ */
interface WebSectionModule extends Shown {
  location: string;
  tooltip?: I18nText;
}

/** @see https://developer.atlassian.com/cloud/jira/platform/modules/tab-panel/ */
interface TabPanelModule extends Shown {
  url: string;
}

/** @see https://developer.atlassian.com/cloud/jira/platform/modules/project-admin-tab-panel/ */
interface ProjectAdminTabPanelModule extends TabPanelModule {
  location: string;
}

/** @see https://developer.atlassian.com/cloud/jira/platform/modules/project-page/ */
interface ProjectPageModule extends TabPanelModule {
  iconUrl?: string;
}

/** @see https://developer.atlassian.com/cloud/jira/platform/modules/report/ */
interface ReportModule extends TabPanelModule {
  description: I18nText;
  reportCategory?: EitherCase<(typeof REPORT_CATEGORIES)[number]>;
  thumbnailUrl?: string;
}

/** @see https://developer.atlassian.com/cloud/jira/platform/modules/dashboard-item/ */
interface DashboardItemModule extends Shown {
  url: string;
  description: I18nText;
  thumbnailUrl: string;
  configurable?: boolean;
  refreshable?: boolean;
}

/** @see https://developer.atlassian.com/cloud/jira/platform/modules/issue-content/ */
interface IssueContentModule extends Shown {
  icon: Icon;
  target: { type?: Open<'web_panel'>; url?: string; [field: string]: unknown };
  tooltip?: I18nText;
  contentPresentConditions?: Condition[];
  jiraNativeAppsEnabled?: boolean;
}

/** @see https://developer.atlassian.com/cloud/jira/platform/modules/issue-context/ */
interface IssueContextModule extends Shown {
  icon: Icon;
  content: { type: Open<'label'>; label: I18nText; [field: string]: unknown };
  target: { type?: Open<'web_panel'>; url?: string; [field: string]: unknown };
  jiraNativeAppsEnabled?: boolean;
}

/** @see https://developer.atlassian.com/cloud/jira/platform/modules/issue-field/ */
interface IssueFieldModule extends ModuleDefinition {
  name: I18nText;
  description: I18nText;
  type: EitherCase<(typeof ISSUE_FIELD_TYPES)[number]>;
  /** What a field of the type `read_only` shows. Whoever can edit the issue can write it. */
  property?: {
    key: string;
    path: string;
    type: EitherCase<(typeof PROPERTY_TYPES)[number]>;
    [field: string]: unknown;
  };
  /** For selects: a link that is shown for the option. */
  template?: { type: Open<'link'>; url: string; [field: string]: unknown };
  /** For selects: what of an option JQL finds. */
  extractions?: Record<string, unknown>[];
}

/** @see https://developer.atlassian.com/cloud/jira/platform/modules/entity-property/ */
interface EntityPropertyModule extends ModuleDefinition {
  name: I18nText;
  entityType?: string;
  keyConfigurations?: {
    propertyKey: string;
    extractions: {
      objectName: string;
      type: EitherCase<(typeof EXTRACTION_TYPES)[number]>;
      alias?: string;
      [field: string]: unknown;
    }[];
    [field: string]: unknown;
  }[];
  conditions?: Condition[];
}

interface WorkflowModule extends ModuleDefinition {
  name: I18nText;
  description?: I18nText;
  create?: { url: string };
  edit?: { url: string };
  view?: { url: string };
}

/** @see https://developer.atlassian.com/cloud/jira/platform/modules/workflow-post-function/ */
interface WorkflowPostFunctionModule extends WorkflowModule {
  triggered: { url: string };
}

/** @see https://developer.atlassian.com/cloud/jira/platform/modules/workflow-condition/ */
interface WorkflowConditionModule extends WorkflowModule {
  /** A Jira expression; left out where the configuration page makes it. */
  expression?: string;
}

/** @see https://developer.atlassian.com/cloud/jira/platform/modules/workflow-validator/ */
interface WorkflowValidatorModule extends WorkflowConditionModule {
  errorMessage?: string;
}

/** @see https://developer.atlassian.com/cloud/jira/platform/modules/global-permission/ */
interface GlobalPermissionModule extends ModuleDefinition {
  name: I18nText;
  description: I18nText;
  anonymousAllowed?: boolean;
  defaultGrants?: string[];
}

/** @see https://developer.atlassian.com/cloud/jira/platform/modules/project-permission/ */
interface ProjectPermissionModule extends ModuleDefinition {
  name: I18nText;
  description: I18nText;
  category?: EitherCase<(typeof PERMISSION_CATEGORIES)[number]>;
  conditions?: Condition[];
}

/** @see https://developer.atlassian.com/cloud/jira/platform/modules/webhook/ */
interface WebhookModule {
  event: Open<(typeof WEBHOOK_EVENTS)[number]>;
  /** Below the baseUrl, and never the path of a lifecycle event. */
  url: string;
  excludeBody?: boolean;
  /** JQL. */
  filter?: string;
  propertyKeys?: string[];
  [field: string]: unknown;
}

/** @see https://developer.atlassian.com/cloud/jira/platform/modules/dialog/ */
interface DialogModule extends ModuleDefinition {
  url: string;
  options?: { width?: string; height?: string; [option: string]: unknown };
}

/** Lists of modules by their type; a type that is not known here may be added. */
export interface DescriptorModules {
  adminPages?: PageModule[];
  configurePage?: PageModule;
  dialogs?: DialogModule[];
  generalPages?: PageModule[];
  jiraDashboardItems?: DashboardItemModule[];
  jiraEntityProperties?: EntityPropertyModule[];
  jiraGlobalPermissions?: GlobalPermissionModule[];
  jiraIssueContents?: IssueContentModule[];
  jiraIssueContexts?: IssueContextModule[];
  jiraIssueFields?: IssueFieldModule[];
  jiraIssueGlances?: IssueContextModule[];
  jiraIssueTabPanels?: TabPanelModule[];
  jiraProjectAdminTabPanels?: ProjectAdminTabPanelModule[];
  jiraProjectPages?: ProjectPageModule[];
  jiraProjectPermissions?: ProjectPermissionModule[];
  jiraProjectTabPanels?: TabPanelModule[];
  jiraReports?: ReportModule[];
  jiraSearchRequestViews?: TabPanelModule[];
  jiraWorkflowConditions?: WorkflowConditionModule[];
  jiraWorkflowPostFunctions?: WorkflowPostFunctionModule[];
  jiraWorkflowValidators?: WorkflowValidatorModule[];
  postInstallPage?: PageModule;
  webItems?: WebItemModule[];
  webPanels?: WebPanelModule[];
  webSections?: WebSectionModule[];
  webhooks?: WebhookModule[];
  [type: string]: unknown;
}

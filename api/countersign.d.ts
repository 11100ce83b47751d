// countersign: dist/index.d.ts
// countersign/jwt: dist/jwt/jwt.d.ts
// countersign/jira: dist/jira/index.d.ts
// countersign/jira.js: dist/jira-js/index.d.ts
// countersign/opentelemetry: dist/opentelemetry/index.d.ts
// countersign/express: dist/http/express.d.ts
// countersign/fastify: dist/http/fastify.d.ts
// countersign/hono: dist/http/hono.d.ts
// countersign/koa: dist/http/koa.d.ts
// countersign/node: dist/http/node.d.ts
// countersign/browser: dist/browser/session.d.ts
// countersign/sql: dist/installations/sql/index.d.ts
// countersign/key-value: dist/installations/key-value/index.d.ts
// countersign/pg-boss: dist/webhooks/pg-boss/index.d.ts
// countersign/bullmq: dist/webhooks/bullmq/index.d.ts
// countersign/testing: dist/testing/index.d.ts

// dist/app-forge.d.ts
import { type Caller, type CallerApp } from './caller.ts';
import type { InboundRequest } from './connect/inbound-token.ts';
import { type ForgeAccess } from './forge/credentials.ts';
import { type ForgeEventName, type ForgeRetry } from './forge/events.ts';
import { type ForgeInstallations } from './forge/installations.ts';
import { type KeepTokensFreshOptions } from './forge/keep-fresh.ts';
import type { ForgeSettings } from './forge/options.ts';
import type { CachedStore } from './installations/cached-store.ts';
import type { AppInstallation, InstallationRecord } from './installations/installation.ts';
import type { JiraClient } from './jira/client.ts';
import type { JiraTransport } from './jira/transport.ts';
import { type Logger } from './logger.ts';
export interface ForgeNotice {
    readonly event: string | undefined;
    readonly payload: Readonly<Record<string, unknown>>;
    readonly installation: AppInstallation;
    readonly caller: Caller;
    readonly jira: JiraClient;
    readonly retry: ForgeRetry | undefined;
}
export type ForgeHandler = (notice: ForgeNotice) => void | Promise<void>;
export interface AppForge {
    on(event: ForgeEventName | '*', handler: ForgeHandler): () => void;
    scheduled(moduleKey: string, handler: ForgeHandler): () => void;
    keepTokensFresh(options?: KeepTokensFreshOptions): () => void;
}
export interface ForgeHostOptions {
    readonly forge: ForgeSettings;
    readonly store: CachedStore;
    readonly appKey: string;
    readonly hasDescriptor: boolean;
    readonly clockToleranceSeconds: number;
    readonly now: () => number;
    readonly logger: Logger;
    readonly transport: JiraTransport;
    readonly findRecord: (clientKey: string) => Promise<InstallationRecord>;
    readonly callerApp: Omit<CallerApp, 'access'>;
    readonly takeEvent: (received: ReceivedForgeEvent) => Promise<Response | undefined>;
}
interface ReceivedForgeEvent {
    readonly event: string;
    readonly clientKey: string;
    readonly payload: Readonly<Record<string, unknown>>;
    readonly retry: number;
    readonly trace: string | undefined;
    readonly url: string;
}
export interface ForgeHost {
    readonly api: AppForge;
    readonly access: ForgeAccess;
    readonly installations: ForgeInstallations;
    authenticate(token: string, request: InboundRequest): Promise<Caller>;
    isRoute(path: string): boolean;
    receive(path: string, request: Request): Promise<Response>;
}
export declare function createForgeHost(options: ForgeHostOptions): ForgeHost;
export declare function bearerToken(request: Pick<InboundRequest, 'headers'>): string | undefined;
export {};

// dist/app-jira.d.ts
import type { SiteFilter } from './connect/sites.ts';
import { type ForgeAccess } from './forge/credentials.ts';
import { type InstallationRecord } from './installations/installation.ts';
import type { JiraOn } from './jira/call-events.ts';
import { type ClientDescriptor, type JiraClient } from './jira/client.ts';
import type { JiraTransport, TransportOptions } from './jira/transport.ts';
export interface AppJiraOptions extends TransportOptions {
    maxAnswerBytes?: number;
    authorizationServerUrl?: string;
}
export interface AppJira {
    (id: string): JiraClient;
    readonly on: JiraOn;
}
export interface AppJiraParts {
    readonly options: AppJiraOptions;
    readonly transport: JiraTransport;
    readonly descriptor: (ClientDescriptor & {
        readonly scopes?: readonly string[];
    }) | undefined;
    readonly forgeAppId: string | undefined;
    readonly isAllowedSite: SiteFilter;
    readonly findRecord: (id: string, fresh: boolean) => Promise<InstallationRecord>;
    readonly access: Pick<ForgeAccess, 'credentials' | 'userCredentials'> | undefined;
    readonly now: () => number;
}
export declare function createAppJira(parts: AppJiraParts): AppJira & {
    forget(clientKey: string): void;
};

// dist/app.d.ts
import { type AppForge } from './app-forge.ts';
import { type AppJira } from './app-jira.ts';
import { type AuthorizeQuestion } from './authorize.ts';
import { type Caller, type CallerTokenKind } from './caller.ts';
import { type Descriptor, type DescriptorSource } from './connect/descriptor.ts';
import { type InboundRequest } from './connect/inbound-token.ts';
import { type LifecycleEvent, type LifecycleOutcome } from './connect/lifecycle.ts';
import type { ForgeOptions } from './forge/options.ts';
import { type AppInstallation } from './installations/installation.ts';
import { type InstallationSettings } from './installations/settings.ts';
import type { JiraClient } from './jira/client.ts';
import { type AppOptions } from './options.ts';
import { type PageHandler, type PageOptions } from './pages/pages.ts';
import { type AddWebhook } from './webhooks/webhooks.ts';
export interface LifecycleNotice extends LifecycleOutcome {
    readonly installation: AppInstallation;
    readonly jira: JiraClient;
}
export type LifecycleHandler = (notice: LifecycleNotice) => void | Promise<void>;
export interface AuthenticateOptions {
    accept?: CallerTokenKind | readonly CallerTokenKind[];
}
export interface DrainOptions {
    graceMs?: number;
}
export interface App {
    readonly descriptor: Descriptor | undefined;
    readonly forge: AppForge | undefined;
    handles(method: string, url: string, headers?: InboundRequest['headers']): boolean;
    fetch(request: Request): Promise<Response>;
    authenticate(request: InboundRequest, options?: AuthenticateOptions): Promise<Caller>;
    authenticateNow(request: InboundRequest, options?: AuthenticateOptions): Caller | undefined;
    authorize(caller: Caller, question: AuthorizeQuestion): Promise<void>;
    page(path: string, handler: PageHandler, options?: PageOptions): void;
    readonly webhook: AddWebhook;
    refuse(error: unknown, request?: Pick<InboundRequest, 'method' | 'url'> & Partial<Pick<InboundRequest, 'headers'>>): Response;
    on(event: LifecycleEvent, handler: LifecycleHandler): () => void;
    readonly jira: AppJira;
    settings(id: string): InstallationSettings;
    purge(id: string): Promise<void>;
    open(): Promise<void>;
    drain(options?: DrainOptions): Promise<void>;
    close(): Promise<void>;
}
export type ConnectApp = App & {
    readonly descriptor: Descriptor;
};
export type ForgeApp = App & {
    readonly forge: AppForge;
};
export declare function checkAuthenticateOptions(options: AuthenticateOptions): void;
export declare function createApp(options: AppOptions & {
    descriptor: DescriptorSource;
    forge: ForgeOptions;
}): ConnectApp & ForgeApp;
export declare function createApp(options: AppOptions & {
    descriptor: DescriptorSource;
}): ConnectApp;
export declare function createApp(options: AppOptions & {
    forge: ForgeOptions;
}): ForgeApp;
export declare function createApp(options: AppOptions): App;

// dist/authorize.d.ts
import type { Caller } from './caller.ts';
export interface AuthorizeQuestion {
    readonly global?: readonly string[];
    readonly project?: readonly string[];
    readonly issue?: readonly string[];
    readonly projects?: readonly (string | number)[];
    readonly issues?: readonly (string | number)[];
}
export type Authorize = (caller: Caller, question: AuthorizeQuestion) => Promise<void>;
export declare function checkAuthorizeQuestion(question: AuthorizeQuestion): void;
export declare function createAuthorize(cacheSeconds: number, now: () => number): Authorize;

// dist/browser/session.d.ts
export interface Session {
    fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
    token(): Promise<string>;
    renew(token: string | null | undefined): void;
}
export declare const session: Session;

// dist/caller.d.ts
import type { SessionTokens } from './connect/session-token.ts';
import { type InboundKind } from './connect/verified-tokens.ts';
import type { VerifiedRequest } from './connect/verify-inbound.ts';
import type { ForgeAccess, ReceivedTokens } from './forge/credentials.ts';
import type { ForgeClaims, ForgeInvocation } from './forge/invocation.ts';
import type { VerifiedInvocation } from './forge/invocation-token.ts';
import { type AppInstallation, type InstallationRecord } from './installations/installation.ts';
import type { InstallationSettings } from './installations/settings.ts';
import type { JiraClient } from './jira/client.ts';
import type { Claims } from './jwt/jwt.ts';
export interface TokenContext {
    readonly jira?: {
        readonly issue?: {
            readonly id: string;
            readonly key: string;
        };
        readonly project?: {
            readonly id: string;
            readonly key: string;
        };
        readonly [name: string]: unknown;
    };
    readonly [name: string]: unknown;
}
export type CallerTokenKind = InboundKind | 'forge';
export interface Caller {
    readonly installation: AppInstallation;
    readonly accountId: string | undefined;
    readonly context: TokenContext | undefined;
    readonly tokenKind: CallerTokenKind;
    readonly claims: Claims | ForgeClaims;
    readonly license: 'active' | 'none' | undefined;
    readonly locale: string | undefined;
    readonly timezone: string | undefined;
    readonly theme: 'light' | 'dark' | undefined;
    readonly forge: ForgeInvocation | undefined;
    readonly jira: JiraClient;
    as(accountId?: string): JiraClient;
    sessionToken(): string;
    readonly renewedSessionToken: string | undefined;
}
export interface CallerApp {
    jira(clientKey: string): JiraClient;
    settings(clientKey: string): InstallationSettings;
    readonly sessions: SessionTokens;
    readonly access: Pick<ForgeAccess, 'jira' | 'as'> | undefined;
}
export declare class VerifiedCaller implements Caller {
    #private;
    readonly accountId: string | undefined;
    readonly context: TokenContext | undefined;
    readonly tokenKind: InboundKind;
    readonly claims: Claims;
    readonly forge: undefined;
    constructor({ claims, record, isOutdated }: VerifiedRequest, url: string, app: CallerApp);
    get license(): 'active' | 'none' | undefined;
    get locale(): string | undefined;
    get timezone(): string | undefined;
    get theme(): 'light' | 'dark' | undefined;
    sessionToken(): string;
    get renewedSessionToken(): string | undefined;
    get installation(): AppInstallation;
    get jira(): JiraClient;
    as(accountId?: string | undefined): JiraClient;
}
export interface VerifiedForgeCall extends VerifiedInvocation {
    readonly record: InstallationRecord;
    readonly received: ReceivedTokens;
}
export declare class ForgeCaller implements Caller {
    #private;
    readonly accountId: string | undefined;
    readonly context: TokenContext | undefined;
    readonly tokenKind = "forge";
    readonly claims: ForgeClaims;
    readonly forge: ForgeInvocation;
    readonly installation: AppInstallation;
    readonly license: 'active' | 'none' | undefined;
    readonly locale: string | undefined;
    readonly timezone: string | undefined;
    readonly theme: undefined;
    readonly renewedSessionToken: undefined;
    constructor({ claims, invocation, record, received }: VerifiedForgeCall, app: CallerApp & {
        readonly access: Pick<ForgeAccess, 'jira' | 'as'>;
    });
    get jira(): JiraClient;
    sessionToken(): never;
    as(accountId?: string | undefined): JiraClient;
}

// dist/connect/base-urls.d.ts
import type { InboundRequest } from './inbound-token.ts';
export type TrustedHeader = 'x-forwarded-prefix' | 'x-forwarded-host';
export interface ProxyOptions {
    addedPath?: string;
    trustedHeaders?: readonly TrustedHeader[];
}
export interface BaseUrls {
    readonly main: string;
    readonly all: readonly string[];
    asCalled(request: InboundRequest): InboundRequest;
    pathOf(url: string): string;
    below(url: string): readonly [string, ...string[]];
    ofAudience(aud: unknown): string;
    of(request: InboundRequest): string;
}
export declare function readProxyOptions(proxies: ProxyOptions): ProxyOptions;
export declare function createBaseUrls(main: string, alternatives?: readonly string[], { addedPath, trustedHeaders }?: ProxyOptions): BaseUrls;

// dist/connect/descriptor.d.ts
import type { DescriptorProblem } from './descriptor/problem.ts';
export interface Descriptor {
    key: string;
    baseUrl?: string;
    name?: string;
    authentication: {
        type: string;
    };
    lifecycle: {
        installed: string;
        uninstalled?: string;
        enabled?: string;
        disabled?: string;
    };
    apiMigrations: Record<string, unknown>;
    scopes?: string[];
    modules?: Record<string, unknown>;
    [field: string]: unknown;
}
export interface DescriptorContext {
    readonly appUrl: string;
    readonly environment: string;
}
export type DescriptorFunction = (context: DescriptorContext) => Descriptor;
export type DescriptorSource = Descriptor | DescriptorFunction;
export declare function prepareDescriptor(descriptor: unknown, appUrl: string, warn?: (warning: DescriptorProblem) => void): Descriptor;

// dist/connect/descriptor/check.d.ts
import type { DescriptorSource } from '../descriptor.ts';
import { type DescriptorProblem } from './problem.ts';
export interface CheckDescriptorOptions {
    appUrl?: string;
}
export declare function checkDescriptor(descriptor: DescriptorSource | object, options?: CheckDescriptorOptions): DescriptorProblem[];
export declare function findProblems(filled: unknown, appUrl: string): DescriptorProblem[];

// dist/connect/descriptor/define.d.ts
import type { Descriptor, DescriptorContext, DescriptorFunction } from '../descriptor.ts';
import type { DescriptorDefinition } from './definition.ts';
export interface DescriptorEnvironment {
    name: string;
    keySuffix?: string;
    nameSuffix?: string;
}
export interface DefineDescriptorOptions {
    environment?: DescriptorEnvironment | undefined;
    placeholders?: Readonly<Record<string, string>>;
}
export declare const DEFAULT_ENVIRONMENT = "production";
export declare function defineDescriptor(definition: (context: DescriptorContext) => DescriptorDefinition, options?: DefineDescriptorOptions): DescriptorFunction;
export declare function defineDescriptor(definition: DescriptorDefinition, options?: DefineDescriptorOptions): Descriptor;

// dist/connect/descriptor/definition.d.ts
import type { CONDITIONS, DESCRIPTOR_SCOPES, EXTRACTION_TYPES, ISSUE_FIELD_TYPES, PERMISSION_CATEGORIES, PROPERTY_TYPES, REPORT_CATEGORIES, WEBHOOK_EVENTS } from './words.ts';
type EitherCase<Word extends string> = Word | Uppercase<Word> | Lowercase<Word>;
type Open<Word extends string> = Word | (string & {});
export interface DescriptorDefinition {
    key: string;
    baseUrl?: string;
    name?: string;
    description?: string;
    vendor?: {
        name?: string;
        url?: string;
        [field: string]: unknown;
    };
    authentication: {
        type: 'jwt';
        [field: string]: unknown;
    };
    lifecycle: {
        installed: string;
        uninstalled?: string;
        enabled?: string;
        disabled?: string;
        dare?: string;
        [event: string]: unknown;
    };
    apiMigrations: {
        'signed-install': true;
        'context-qsh'?: boolean;
        gdpr?: boolean;
        [migration: string]: unknown;
    };
    scopes?: EitherCase<(typeof DESCRIPTOR_SCOPES)[number]>[];
    apiVersion?: number;
    links?: Record<string, string>;
    enableLicensing?: boolean;
    translations?: {
        paths?: Record<string, string>;
        [field: string]: unknown;
    };
    regionBaseUrls?: Record<string, string>;
    modules?: DescriptorModules;
    [field: string]: unknown;
}
interface I18nText {
    value: string;
    i18n?: string;
}
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
    width?: number;
    height?: number;
    [field: string]: unknown;
}
interface ModuleDefinition {
    key: string;
    [field: string]: unknown;
}
interface Shown extends ModuleDefinition {
    name: I18nText;
    conditions?: Condition[];
    weight?: number;
    params?: Record<string, string>;
}
interface PageModule extends Shown {
    url: string;
    location?: string;
    icon?: Icon;
}
interface WebPanelModule extends Shown {
    url: string;
    location: string;
    layout?: {
        width?: string;
        height?: string;
    };
    tooltip?: I18nText;
    supportsNative?: boolean;
}
interface WebItemModule extends Shown {
    url: string;
    location: string;
    context?: EitherCase<'addon' | 'page' | 'product'>;
    target?: {
        type?: Open<'page' | 'dialog' | 'inlinedialog' | 'dialogmodule'>;
        options?: object;
    };
    styleClasses?: string[];
    tooltip?: I18nText;
    icon?: Icon;
}
interface WebSectionModule extends Shown {
    location: string;
    tooltip?: I18nText;
}
interface TabPanelModule extends Shown {
    url: string;
}
interface ProjectAdminTabPanelModule extends TabPanelModule {
    location: string;
}
interface ProjectPageModule extends TabPanelModule {
    iconUrl?: string;
}
interface ReportModule extends TabPanelModule {
    description: I18nText;
    reportCategory?: EitherCase<(typeof REPORT_CATEGORIES)[number]>;
    thumbnailUrl?: string;
}
interface DashboardItemModule extends Shown {
    url: string;
    description: I18nText;
    thumbnailUrl: string;
    configurable?: boolean;
    refreshable?: boolean;
}
interface IssueContentModule extends Shown {
    icon: Icon;
    target: {
        type?: Open<'web_panel'>;
        url?: string;
        [field: string]: unknown;
    };
    tooltip?: I18nText;
    contentPresentConditions?: Condition[];
    jiraNativeAppsEnabled?: boolean;
}
interface IssueContextModule extends Shown {
    icon: Icon;
    content: {
        type: Open<'label'>;
        label: I18nText;
        [field: string]: unknown;
    };
    target: {
        type?: Open<'web_panel'>;
        url?: string;
        [field: string]: unknown;
    };
    jiraNativeAppsEnabled?: boolean;
}
interface IssueFieldModule extends ModuleDefinition {
    name: I18nText;
    description: I18nText;
    type: EitherCase<(typeof ISSUE_FIELD_TYPES)[number]>;
    property?: {
        key: string;
        path: string;
        type: EitherCase<(typeof PROPERTY_TYPES)[number]>;
        [field: string]: unknown;
    };
    template?: {
        type: Open<'link'>;
        url: string;
        [field: string]: unknown;
    };
    extractions?: Record<string, unknown>[];
}
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
    create?: {
        url: string;
    };
    edit?: {
        url: string;
    };
    view?: {
        url: string;
    };
}
interface WorkflowPostFunctionModule extends WorkflowModule {
    triggered: {
        url: string;
    };
}
interface WorkflowConditionModule extends WorkflowModule {
    expression?: string;
}
interface WorkflowValidatorModule extends WorkflowConditionModule {
    errorMessage?: string;
}
interface GlobalPermissionModule extends ModuleDefinition {
    name: I18nText;
    description: I18nText;
    anonymousAllowed?: boolean;
    defaultGrants?: string[];
}
interface ProjectPermissionModule extends ModuleDefinition {
    name: I18nText;
    description: I18nText;
    category?: EitherCase<(typeof PERMISSION_CATEGORIES)[number]>;
    conditions?: Condition[];
}
interface WebhookModule {
    event: Open<(typeof WEBHOOK_EVENTS)[number]>;
    url: string;
    excludeBody?: boolean;
    filter?: string;
    propertyKeys?: string[];
    [field: string]: unknown;
}
interface DialogModule extends ModuleDefinition {
    url: string;
    options?: {
        width?: string;
        height?: string;
        [option: string]: unknown;
    };
}
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
export {};

// dist/connect/descriptor/problem.d.ts
export interface DescriptorProblem {
    readonly severity: 'error' | 'warning';
    readonly path: string;
    readonly message: string;
}
export type Path = readonly PropertyKey[];
export declare function problem(severity: DescriptorProblem['severity'], path: Path, message: string): DescriptorProblem;

// dist/connect/descriptor/words.d.ts
export declare const DESCRIPTOR_SCOPES: readonly ['NONE', 'READ', 'WRITE', 'DELETE', 'PROJECT_ADMIN', 'SPACE_ADMIN', 'ADMIN', 'ACT_AS_USER', 'ACCESS_EMAIL_ADDRESSES'];
export declare const READING_SCOPES: ReadonlySet<string>;
export declare const ISSUE_FIELD_TYPES: readonly ['string', 'text', 'rich_text', 'number', 'single_select', 'multi_select', 'read_only'];
export declare const PROPERTY_TYPES: readonly ['number', 'string', 'date'];
export declare const EXTRACTION_TYPES: readonly ['number', 'text', 'string', 'user', 'date'];
export declare const WEBHOOK_EVENTS: readonly ['jira:issue_created', 'jira:issue_updated', 'jira:issue_deleted', 'comment_created', 'comment_updated', 'comment_deleted', 'issue_property_set', 'issue_property_deleted', 'issuelink_created', 'issuelink_deleted', 'worklog_created', 'worklog_updated', 'worklog_deleted', 'attachment_created', 'attachment_deleted', 'project_created', 'project_updated', 'project_deleted', 'project_soft_deleted', 'project_restored_deleted', 'project_archived', 'project_restored_archived', 'jira:version_created', 'jira:version_updated', 'jira:version_deleted', 'jira:version_moved', 'jira:version_merged', 'jira:version_released', 'jira:version_unreleased', 'user_created', 'user_updated', 'user_deleted', 'filter_created', 'filter_updated', 'filter_deleted', 'issuetype_created', 'issuetype_updated', 'issuetype_deleted', 'sprint_created', 'sprint_updated', 'sprint_started', 'sprint_closed', 'sprint_deleted', 'board_created', 'board_updated', 'board_deleted', 'board_configuration_changed', 'option_attachments_changed', 'option_issuelinks_changed', 'option_subtasks_changed', 'option_timetracking_changed', 'option_timetracking_provider_changed', 'option_unassigned_issues_changed', 'option_voting_changed', 'option_watching_changed', 'connect_addon_enabled', 'connect_addon_disabled', 'jira_expression_evaluation_failed'];
export declare const CONDITIONS: readonly ['addon_is_licensed', 'addon_property_contains_all', 'addon_property_contains_any', 'addon_property_contains_any_user_group', 'addon_property_contains_context', 'addon_property_equal_to', 'addon_property_equal_to_context', 'addon_property_exists', 'can_attach_file_to_issue', 'can_manage_attachments', 'can_use_application', 'entity_property_contains_all', 'entity_property_contains_all_user_groups', 'entity_property_contains_any', 'entity_property_contains_any_user_group', 'entity_property_contains_any_user_role', 'entity_property_contains_context', 'entity_property_equal_to', 'entity_property_equal_to_context', 'entity_property_exists', 'feature_flag', 'has_global_permission', 'has_issue_permission', 'has_project_permission', 'has_selected_project', 'has_selected_project_permission', 'has_sub_tasks_available', 'has_voted_for_issue', 'is_admin_mode', 'is_issue_assigned_to_current_user', 'is_issue_editable', 'is_issue_reported_by_current_user', 'is_issue_unresolved', 'is_sub_task', 'is_watching_issue', 'jira_expression', 'linking_enabled', 'not_version_context', 'servicedesk.is_agent', 'servicedesk.is_customer', 'sub_tasks_enabled', 'time_tracking_enabled', 'user_has_issue_history', 'user_is_admin', 'user_is_logged_in', 'user_is_project_admin', 'user_is_sysadmin', 'user_is_the_logged_in_user', 'voting_enabled', 'watching_enabled'];
export declare const REPORT_CATEGORIES: readonly ['agile', 'issue_analysis', 'forecast_management', 'other'];
export declare const PERMISSION_CATEGORIES: readonly ['projects', 'issues', 'voters_and_watchers', 'comments', 'attachments', 'time_tracking', 'other'];

// dist/connect/inbound-token.d.ts
export interface InboundRequest {
    readonly method: string;
    readonly url: string;
    readonly headers: {
        get(name: string): string | null;
    };
    readonly form?: InboundForm | undefined;
}
export interface InboundForm {
    get(name: string): string | null;
}
export declare function inboundToken(request: InboundRequest): string;

// dist/connect/install-keys.d.ts
import { type CryptoKey } from 'jose';
export type InstallKeyRealm = 'production' | 'staging' | 'fedramp' | 'fedramp-staging';
export declare const INSTALL_KEY_HOSTS: Readonly<Record<InstallKeyRealm, readonly string[]>>;
export interface InstallKeysOptions {
    hosts: readonly string[];
    now: () => number;
}
export type InstallKeys = (keyId: unknown) => Promise<CryptoKey>;
export declare function createInstallKeys({ hosts, now }: InstallKeysOptions): InstallKeys;

// dist/connect/lifecycle.d.ts
import type { CachedStore } from '../installations/cached-store.ts';
import { type Installation } from '../installations/installation.ts';
import type { BaseUrls } from './base-urls.ts';
import { type InboundRequest } from './inbound-token.ts';
import type { InstallKeys } from './install-keys.ts';
import { type SiteFilter } from './sites.ts';
import type { InboundVerifier } from './verify-inbound.ts';
export type LifecycleEvent = 'installed' | 'uninstalled' | 'enabled' | 'disabled';
export declare const LIFECYCLE_EVENTS: readonly LifecycleEvent[];
export interface LifecycleOutcome {
    readonly event: LifecycleEvent;
    readonly installation: Installation;
    readonly previous: Installation | undefined;
    readonly sameSite: readonly Installation[];
}
export interface LifecycleOptions {
    appKey: string;
    baseUrls: BaseUrls;
    store: CachedStore;
    installKeys: InstallKeys;
    previousSecretSeconds: number;
    isAllowedSite: SiteFilter;
    inbound: InboundVerifier;
    clockToleranceSeconds: number;
    now: () => number;
}
export declare function handleLifecycle(event: LifecycleEvent, request: InboundRequest, body: string, options: LifecycleOptions): Promise<LifecycleOutcome | undefined>;

// dist/connect/session-token.d.ts
import type { InstallationRecord } from '../installations/installation.ts';
import { type Claims, type DecodedToken } from '../jwt/jwt.ts';
export interface SessionOptions {
    expiresInSeconds?: number;
    endsAfterSeconds?: number;
}
export type SessionSettings = Required<SessionOptions>;
export declare const SESSION_HEADER = "x-countersign-session";
export declare const SESSION_QSH = "countersign-session";
interface SessionFacts {
    readonly context?: Readonly<Record<string, unknown>> | undefined;
    readonly license?: string | undefined;
    readonly locale?: string | undefined;
    readonly timezone?: string | undefined;
    readonly theme?: string | undefined;
}
export interface SessionTokens {
    first(record: InstallationRecord, accountId: string | undefined, facts: SessionFacts): string;
    next(record: InstallationRecord, claims: Claims): string;
    isDue(claims: Claims): boolean;
}
export declare function readSessionOptions(options: SessionOptions): SessionSettings;
export declare function createSessionTokens(appKey: string, { expiresInSeconds, endsAfterSeconds }: SessionSettings, now: () => number): SessionTokens;
export declare function isSessionToken({ claims }: DecodedToken): boolean;
export declare function sessionClientKey({ claims: { iss, aud } }: DecodedToken, appKey: string): string;
export interface VerifySessionOptions {
    readonly sharedSecret: string;
    readonly appKey: string;
    readonly clockToleranceSeconds: number;
    readonly now: () => number;
}
export declare function verifySessionToken(token: string, decoded: DecodedToken, { appKey, ...options }: VerifySessionOptions): Claims;
export {};

// dist/connect/sites.d.ts
export declare const DEFAULT_ALLOWED_SITES: readonly string[];
export type SiteFilter = (siteUrl: string) => boolean;
export declare function siteFilter(patterns: readonly string[]): SiteFilter;
export declare function normalizeSiteUrl(siteUrl: string): string | undefined;

// dist/connect/verified-tokens.d.ts
import type { Claims, TokenKind } from '../jwt/jwt.ts';
import type { InboundRequest } from './inbound-token.ts';
export type InboundKind = TokenKind | 'session';
export declare function kindOf({ qsh }: Claims): InboundKind;
interface VerifiedToken {
    readonly claims: Claims;
    readonly clientKey: string;
    readonly sharedSecret: string;
}
export interface VerifiedTokens {
    find(token: string, request: InboundRequest, accept: InboundKind | readonly InboundKind[] | undefined): VerifiedToken | undefined;
    add(token: string, request: InboundRequest, verified: VerifiedToken): void;
}
export declare function createVerifiedTokens(clockToleranceSeconds: number, now: () => number): VerifiedTokens;
export {};

// dist/connect/verify-inbound.d.ts
import type { CachedStore } from '../installations/cached-store.ts';
import { type InstallationRecord } from '../installations/installation.ts';
import { type Claims } from '../jwt/jwt.ts';
import type { BaseUrls } from './base-urls.ts';
import type { InboundRequest } from './inbound-token.ts';
import { type InboundKind } from './verified-tokens.ts';
export interface VerifiedRequest {
    readonly claims: Claims;
    readonly record: InstallationRecord;
    readonly isOutdated?: boolean;
}
export interface InboundVerifier {
    verify(token: string, request: InboundRequest, accept: InboundKind | readonly InboundKind[] | undefined): Promise<VerifiedRequest>;
    recall(token: string, request: InboundRequest, accept: InboundKind | readonly InboundKind[] | undefined): VerifiedRequest | undefined;
}
export interface VerifyInboundOptions {
    appKey: string;
    baseUrls: BaseUrls;
    store: CachedStore;
    clockToleranceSeconds: number;
    now: () => number;
}
export declare function createInboundVerifier(options: VerifyInboundOptions): InboundVerifier;

// dist/errors.d.ts
export declare const errorCatalogue: {
    readonly CONFIG_OPTION_UNKNOWN: {
        readonly httpStatus: 500;
        readonly hint: 'Correct the name of the option.';
    };
    readonly CONFIG_OPTION_MISSING: {
        readonly httpStatus: 500;
        readonly hint: 'Give the option that the message names.';
    };
    readonly CONFIG_OPTION_INVALID: {
        readonly httpStatus: 500;
        readonly hint: 'Correct the value of the option.';
    };
    readonly CONFIG_DESCRIPTOR_INVALID: {
        readonly httpStatus: 500;
        readonly hint: 'Correct the descriptor at the path named.';
    };
    readonly CONFIG_PACKAGE_MISSING: {
        readonly httpStatus: 500;
        readonly hint: 'Install the package that the message names.';
    };
    readonly CONFIG_SETTING_INVALID: {
        readonly httpStatus: 500;
        readonly hint: 'A setting has a name of 1 to 255 characters, and JSON of at most 100 kB.';
    };
    readonly TOKEN_OPTION_INVALID: {
        readonly httpStatus: 500;
        readonly hint: 'Correct the argument that the message names.';
    };
    readonly TOKEN_LIFETIME_INVALID: {
        readonly httpStatus: 500;
        readonly hint: 'Give expiresInSeconds in seconds, between 1 and 3600. Jira needs no more than the default, 180.';
    };
    readonly TOKEN_MISSING: {
        readonly httpStatus: 401;
        readonly hint: 'Send the token as `Authorization: JWT <token>`, or as `jwt` in the query of a page or in a form.';
    };
    readonly TOKEN_SCHEME_UNEXPECTED: {
        readonly httpStatus: 401;
        readonly hint: 'A Connect token travels as `Authorization: JWT <token>`: the word JWT, one space, the token.';
    };
    readonly TOKEN_AMBIGUOUS: {
        readonly httpStatus: 401;
        readonly hint: 'Send one token, once: in the Authorization header, as the `jwt` query parameter or as a field of a form.';
    };
    readonly TOKEN_MALFORMED: {
        readonly httpStatus: 401;
        readonly hint: 'A token has three base64url parts joined by dots. Check that it was not cut, quoted or sent twice.';
    };
    readonly TOKEN_UNSIGNED: {
        readonly httpStatus: 401;
        readonly hint: 'Sign the token; an `alg` of none is never accepted.';
    };
    readonly TOKEN_ALGORITHM_UNEXPECTED: {
        readonly httpStatus: 401;
        readonly hint: 'Requests are signed with HS256; installed and uninstalled callbacks with RS256. Nothing else is accepted.';
    };
    readonly TOKEN_SIGNATURE_INVALID: {
        readonly httpStatus: 401;
        readonly hint: 'Sign with the sharedSecret of the newest installed callback, as the text it is: not trimmed, not decoded.';
    };
    readonly TOKEN_CLAIM_INVALID: {
        readonly httpStatus: 401;
        readonly hint: 'iss and qsh are strings; iat, exp and nbf are numbers, in seconds.';
    };
    readonly TOKEN_ISS_MISSING: {
        readonly httpStatus: 401;
        readonly hint: 'Add the claim iss: who made the token.';
    };
    readonly TOKEN_IAT_MISSING: {
        readonly httpStatus: 401;
        readonly hint: 'Add the claim iat: when it was made, in seconds.';
    };
    readonly TOKEN_EXP_MISSING: {
        readonly httpStatus: 401;
        readonly hint: 'Add the claim exp: when it ends, in seconds.';
    };
    readonly TOKEN_QSH_MISSING: {
        readonly httpStatus: 401;
        readonly hint: 'Add the claim qsh: the hash of the canonical request.';
    };
    readonly TOKEN_ISSUER_MISMATCH: {
        readonly httpStatus: 401;
        readonly hint: 'Tokens of the site carry the clientKey as iss; tokens of the app carry the app key.';
    };
    readonly TOKEN_AUDIENCE_MISMATCH: {
        readonly httpStatus: 401;
        readonly hint: 'The site puts the baseUrl of the installed descriptor into aud. Give that same URL as appUrl, or install again.';
    };
    readonly TOKEN_EXPIRED: {
        readonly httpStatus: 401;
        readonly hint: 'Make a fresh token for each request, and compare the clocks of both machines.';
    };
    readonly TOKEN_NOT_YET_VALID: {
        readonly httpStatus: 401;
        readonly hint: 'Compare the clocks of both machines.';
    };
    readonly TOKEN_QSH_MISMATCH: {
        readonly httpStatus: 401;
        readonly hint: 'Hash exactly the method, path and query that are sent. Behind a proxy, use the URL that the caller sees.';
    };
    readonly TOKEN_CONTEXT_REFUSED: {
        readonly httpStatus: 401;
        readonly hint: "This is a context token, bound to no URL. Only a route that says accept: ['context'] takes one.";
    };
    readonly TOKEN_REQUEST_REFUSED: {
        readonly httpStatus: 401;
        readonly hint: "This token is bound to one URL, and the route takes context tokens only. Add 'request' to accept.";
    };
    readonly TOKEN_SESSION_REFUSED: {
        readonly httpStatus: 401;
        readonly hint: "This is a session token, made by the app for its own page. Only a route that says accept: ['session'] takes one.";
    };
    readonly TOKEN_SESSION_ENDED: {
        readonly httpStatus: 401;
        readonly hint: 'A session is renewed until its end and no longer. Begin a new one with the token of AP.context.getToken, or by loading the page again.';
    };
    readonly TOKEN_PERMISSION_MISSING: {
        readonly httpStatus: 403;
        readonly hint: 'The user is known, but Jira does not give the permission that the message names. An administrator of the site can.';
    };
    readonly TOKEN_KEY_ID_INVALID: {
        readonly httpStatus: 401;
        readonly hint: 'installed and uninstalled callbacks name their key by `kid`. A descriptor needs apiMigrations.signed-install: true.';
    };
    readonly TOKEN_KEY_UNKNOWN: {
        readonly httpStatus: 401;
        readonly hint: 'No configured key host knows this key id. A staging site, a FedRAMP site or a sandbox needs its key hosts in installKeyHosts.';
    };
    readonly TOKEN_FORGE_REFUSED: {
        readonly httpStatus: 401;
        readonly hint: "This is a Forge invocation token. Only a route that says accept: ['forge'] takes one, as `Authorization: Bearer <token>`.";
    };
    readonly TOKEN_FORGE_EXPECTED: {
        readonly httpStatus: 401;
        readonly hint: "This route takes Forge invocation tokens only. Add 'request' or 'context' to accept, if Connect may call it too.";
    };
    readonly TOKEN_FORGE_REALM_REFUSED: {
        readonly httpStatus: 401;
        readonly hint: 'Name the key set of that cloud: forge.stagingKeySetUrl, or forge.isolatedCloudKeySetUrl as Atlassian gave it when the app was onboarded.';
    };
    readonly TOKEN_FORGE_ENVIRONMENT_REFUSED: {
        readonly httpStatus: 401;
        readonly hint: 'Add the environment to forge.environments, or point its deployment at another backend.';
    };
    readonly TOKEN_FORGE_API_URL_REFUSED: {
        readonly httpStatus: 401;
        readonly hint: 'Calls go to the origins of forge.gatewayUrls alone, at /ex/jira/<cloudId>. A sandbox is added there by its own origin.';
    };
    readonly TOKEN_FORGE_MODULE_REFUSED: {
        readonly httpStatus: 401;
        readonly hint: 'Events come from Forge itself. A page can read the token of its own calls, so one that was made for a page opens no route of events.';
    };
    readonly TOKEN_REPLAYED: {
        readonly httpStatus: 401;
        readonly hint: 'Each lifecycle token is good once. Send the event again with a fresh token.';
    };
    readonly INSTALLATION_UNKNOWN: {
        readonly httpStatus: 401;
        readonly hint: 'Install the app on the site again, or check that this process reads the same store as the one that was installed.';
    };
    readonly INSTALLATION_UNINSTALLED: {
        readonly httpStatus: 401;
        readonly hint: 'The app was uninstalled from this site. Install it again to get a new secret.';
    };
    readonly INSTALLATION_SITE_REFUSED: {
        readonly httpStatus: 401;
        readonly hint: 'Add the site to allowedSites if the app may be installed there.';
    };
    readonly INSTALLATION_PAYLOAD_INVALID: {
        readonly httpStatus: 400;
        readonly hint: 'The body of a lifecycle callback must be the JSON that Jira documents.';
    };
    readonly INSTALLATION_PAYLOAD_TOO_LARGE: {
        readonly httpStatus: 413;
        readonly hint: 'Raise maxBodyBytes if bodies of this size are expected.';
    };
    readonly KEY_SOURCE_UNAVAILABLE: {
        readonly httpStatus: 503;
        readonly hint: 'Check that this machine reaches the key host over HTTPS, then install again.';
    };
    readonly KEY_SOURCE_INVALID: {
        readonly httpStatus: 503;
        readonly hint: 'The key host answered something that is no public key. Check installKeyHosts and the proxy in between.';
    };
    readonly QUEUE_UNAVAILABLE: {
        readonly httpStatus: 503;
        readonly hint: 'Check the server that keeps the queue of webhooks. Jira sends what is not taken in again.';
    };
    readonly STORE_UNAVAILABLE: {
        readonly httpStatus: 503;
        readonly hint: 'Check the database that keeps the installations.';
    };
    readonly STORE_CORRUPT: {
        readonly httpStatus: 503;
        readonly hint: 'The stored installation cannot be read. Restore it from a backup, or install the app again.';
    };
    readonly STORE_CONFLICT: {
        readonly httpStatus: 503;
        readonly hint: 'Too many writers changed this installation at once. Send the event again.';
    };
    readonly STORE_KEY_MISSING: {
        readonly httpStatus: 503;
        readonly hint: 'Add the key of this id to encryptionKeys, behind the one that new secrets are encrypted with.';
    };
    readonly STORE_KEY_WRONG: {
        readonly httpStatus: 503;
        readonly hint: 'Either the key of this id is another one than the one it was encrypted with, or the stored text was changed or copied from another record.';
    };
    readonly STORE_KEY_UNAVAILABLE: {
        readonly httpStatus: 503;
        readonly hint: 'Check the service that the keys of encryptionKeys come from.';
    };
    readonly STORE_NOT_ENCRYPTED: {
        readonly httpStatus: 503;
        readonly hint: "Add 'none' at the end of encryptionKeys, run 'countersign installations reencrypt', then take it away again.";
    };
    readonly JIRA_UNAUTHENTICATED: {
        readonly httpStatus: 502;
        readonly hint: 'Jira did not accept the token. Check that iss is the app key and that the stored secret is the newest one.';
    };
    readonly JIRA_FORBIDDEN: {
        readonly httpStatus: 502;
        readonly hint: 'The app is known but may not do this: check its scopes and the permissions of its app user.';
    };
    readonly JIRA_NOT_FOUND: {
        readonly httpStatus: 502;
        readonly hint: 'It does not exist, or the app user may not see it: Jira answers both with 404.';
    };
    readonly JIRA_BAD_REQUEST: {
        readonly httpStatus: 502;
        readonly hint: "Read Jira's own messages in errorMessages and errors.";
    };
    readonly JIRA_CONFLICT: {
        readonly httpStatus: 502;
        readonly hint: 'Somebody else changed it at the same time. Read it again.';
    };
    readonly JIRA_RATE_LIMITED: {
        readonly httpStatus: 502;
        readonly hint: 'Wait for retryAfterSeconds before the next call.';
    };
    readonly JIRA_UNAVAILABLE: {
        readonly httpStatus: 502;
        readonly hint: 'Jira failed. Try again later.';
    };
    readonly JIRA_UNEXPECTED_STATUS: {
        readonly httpStatus: 502;
        readonly hint: 'Look at status and errorMessages.';
    };
    readonly JIRA_REDIRECTED: {
        readonly httpStatus: 502;
        readonly hint: 'Credentials never follow a redirect. If the site was renamed, its installed callback brings the new URL.';
    };
    readonly JIRA_CREDENTIAL_IGNORED: {
        readonly httpStatus: 502;
        readonly hint: 'Jira refused the token and answered as if to an anonymous caller. Do not trust the answer.';
    };
    readonly JIRA_UNREACHABLE: {
        readonly httpStatus: 502;
        readonly hint: 'Check the network between this machine and the site.';
    };
    readonly JIRA_TIMEOUT: {
        readonly httpStatus: 502;
        readonly hint: 'Give timeoutMs more time, or ask for less.';
    };
    readonly JIRA_ANSWER_INVALID: {
        readonly httpStatus: 502;
        readonly hint: 'The answer is not JSON. Use jira.fetch for anything else.';
    };
    readonly JIRA_ANSWER_TOO_LARGE: {
        readonly httpStatus: 502;
        readonly hint: 'Ask for fewer fields or a smaller page, or stream the answer with jira.fetch.';
    };
    readonly JIRA_URL_REFUSED: {
        readonly httpStatus: 502;
        readonly hint: 'Give a path such as /rest/api/3/myself. Credentials of a site go to that site alone.';
    };
    readonly JIRA_FIELD_UNKNOWN: {
        readonly httpStatus: 502;
        readonly hint: 'Name the field by its id, such as customfield_10042, or by its exact name.';
    };
    readonly JIRA_FIELD_AMBIGUOUS: {
        readonly httpStatus: 502;
        readonly hint: 'Name the field by its id.';
    };
    readonly JIRA_FIELD_VALUE_INVALID: {
        readonly httpStatus: 502;
        readonly hint: 'Give a value of the type that the message names. Nothing was sent.';
    };
    readonly JIRA_PROPERTY_INVALID: {
        readonly httpStatus: 502;
        readonly hint: 'A property has a key of 1 to 255 characters, 127 for one of the app itself, and JSON of at most 32768 characters. Nothing was sent.';
    };
    readonly JIRA_OVERRIDE_REFUSED: {
        readonly httpStatus: 502;
        readonly hint: 'overrideScreenSecurity and overrideEditableFlag need the scope ADMIN in the descriptor and Administer Jira for the app user.';
    };
    readonly JIRA_FORGE_TOKEN_MISSING: {
        readonly httpStatus: 502;
        readonly hint: 'Forge sends a token and gives none on demand: set auth.appSystemToken.enabled at modules.endpoint[] and the scope read:app-system-token in the manifest, with triggers for avi:forge:installed:app and avi:forge:upgraded:app and an hourly scheduledTrigger on that endpoint, and call app.forge.keepTokensFresh().';
    };
    readonly JIRA_FORGE_TOKEN_EXPIRED: {
        readonly httpStatus: 502;
        readonly hint: 'There is no way to refresh it; Forge has to send the next one. An hourly scheduledTrigger directly on an endpoint whose auth.appSystemToken.enabled is true keeps one at hand: see app.forge.keepTokensFresh().';
    };
    readonly JIRA_IMPERSONATION_REFUSED: {
        readonly httpStatus: 502;
        readonly hint: 'On Connect the descriptor needs the scope ACT_AS_USER, on Forge the manifest its scopes as a map with allowImpersonation: true; and the user must be an active person with access to the app.';
    };
    readonly JIRA_OAUTH_REFUSED: {
        readonly httpStatus: 502;
        readonly hint: 'Check clientId, clientSecret and redirectUri against the developer console or the service account.';
    };
    readonly JIRA_OAUTH_CONSENT_NEEDED: {
        readonly httpStatus: 502;
        readonly hint: 'Lead the user through the authorize URL again, with the scope offline_access, and exchange the code.';
    };
};
export type ErrorCode = keyof typeof errorCatalogue;
export type ConfigErrorCode = Extract<ErrorCode, `CONFIG_${string}`>;
export type TokenErrorCode = Extract<ErrorCode, `TOKEN_${string}`>;
export type InstallationErrorCode = Extract<ErrorCode, `INSTALLATION_${string}`>;
export type KeySourceErrorCode = Extract<ErrorCode, `KEY_SOURCE_${string}`>;
export type StoreErrorCode = Extract<ErrorCode, `STORE_${string}`>;
export type QueueErrorCode = Extract<ErrorCode, `QUEUE_${string}`>;
export type JiraApiErrorCode = Extract<ErrorCode, `JIRA_${string}`>;
export interface Diagnosis {
    readonly cause: `CS-${string}` | undefined;
    readonly title: string;
    readonly evidence: string;
    readonly fix: string;
    readonly docs: string;
    readonly confidence: 'certain' | 'likely' | 'none';
    readonly ruledOut: readonly `CS-${string}`[];
}
export interface ErrorOptions {
    hint?: string;
    cause?: unknown;
}
export declare abstract class CountersignError extends Error {
    abstract readonly code: ErrorCode;
    readonly hint: string;
    readonly httpStatus: number;
    constructor(code: ErrorCode, message: string, options?: ErrorOptions);
    toJSON(): Record<string, unknown>;
}
export declare function diagnoseLater(error: CountersignError, diagnose: () => Diagnosis | undefined): void;
export declare class ConfigError extends CountersignError {
    readonly code: ConfigErrorCode;
    constructor(code: ConfigErrorCode, message: string, options?: ErrorOptions);
}
export declare class TokenError extends CountersignError {
    readonly code: TokenErrorCode;
    readonly claim: string | undefined;
    constructor(code: TokenErrorCode, message: string, options?: ErrorOptions & {
        claim?: string;
    });
    get diagnosis(): Diagnosis | undefined;
}
export declare class InstallationError extends CountersignError {
    readonly code: InstallationErrorCode;
    readonly clientKey: string | undefined;
    constructor(code: InstallationErrorCode, message: string, options?: ErrorOptions & {
        clientKey?: string;
    });
    get diagnosis(): Diagnosis | undefined;
}
export declare class KeySourceError extends CountersignError {
    readonly code: KeySourceErrorCode;
    constructor(code: KeySourceErrorCode, message: string, options?: ErrorOptions);
    get diagnosis(): Diagnosis | undefined;
}
export declare class StoreError extends CountersignError {
    readonly code: StoreErrorCode;
    constructor(code: StoreErrorCode, message: string, options?: ErrorOptions);
}
export declare class QueueError extends CountersignError {
    readonly code: QueueErrorCode;
    constructor(code: QueueErrorCode, message: string, options?: ErrorOptions);
}
export interface JiraApiErrorOptions extends ErrorOptions {
    method?: string;
    path?: string;
    status?: number;
    errorMessages?: readonly string[];
    errors?: Readonly<Record<string, string>>;
    retryAfterSeconds?: number;
    diagnosis?: Diagnosis | undefined;
}
export declare class JiraApiError extends CountersignError {
    readonly code: JiraApiErrorCode;
    readonly method: string | undefined;
    readonly path: string | undefined;
    readonly status: number | undefined;
    readonly errorMessages: readonly string[];
    readonly errors: Readonly<Record<string, string>>;
    readonly retryAfterSeconds: number | undefined;
    readonly diagnosis?: Diagnosis;
    constructor(code: JiraApiErrorCode, message: string, options?: JiraApiErrorOptions);
}
export type AnyCountersignError = ConfigError | TokenError | InstallationError | KeySourceError | StoreError | QueueError | JiraApiError;
export declare function isCountersignError(error: unknown): error is AnyCountersignError;
export declare function isConfigError(error: unknown): error is ConfigError;
export declare function isTokenError(error: unknown): error is TokenError;
export declare function isInstallationError(error: unknown): error is InstallationError;
export declare function isKeySourceError(error: unknown): error is KeySourceError;
export declare function isQueueError(error: unknown): error is QueueError;
export declare function isStoreError(error: unknown): error is StoreError;
export declare function isJiraApiError(error: unknown): error is JiraApiError;
export declare function refuseUnknownOptions(owner: string, options: object, known: ReadonlySet<string>): void;
export declare function nearest(name: string, candidates: Iterable<string>): string | undefined;

// dist/forge/credentials.d.ts
import { type InstallationRecord } from '../installations/installation.ts';
import type { InstallationStore } from '../installations/store.ts';
import { type JiraClient } from '../jira/client.ts';
import type { BearerCredentials, JiraCredentials } from '../jira/credentials.ts';
import { type JiraTransport } from '../jira/transport.ts';
import type { ForgeTokens } from './invocation.ts';
export interface ReceivedTokens extends ForgeTokens {
    readonly principal: string | undefined;
    readonly fromPage: boolean;
}
export interface ForgeAccessOptions {
    readonly store: InstallationStore;
    readonly findRecord: (clientKey: string) => Promise<InstallationRecord>;
    readonly graphqlUrl: string;
    readonly gatewayOrigins: readonly string[];
    readonly prefer: 'forge' | 'connect';
    readonly transport?: JiraTransport;
    readonly forgeAppId?: string;
    readonly now: () => number;
    readonly freshInstallDelaysMs?: readonly number[];
}
export interface ForgeAccess {
    remember(record: InstallationRecord, received: ReceivedTokens): Promise<void>;
    jira(record: InstallationRecord, received?: ReceivedTokens): JiraClient;
    as(record: InstallationRecord, accountId: string | undefined, received?: ReceivedTokens): JiraClient;
    credentials(record: InstallationRecord): Promise<JiraCredentials>;
    userCredentials(record: InstallationRecord, accountId: string): Promise<BearerCredentials>;
    systemTokenEndsAt(record: InstallationRecord): Promise<number | undefined>;
    forget(clientKey: string): void;
}
export declare function createForgeAccess(options: ForgeAccessOptions): ForgeAccess;
export declare function isTokenLack(error: unknown): boolean;

// dist/forge/events.d.ts
import type { ForgeInvocation } from './invocation.ts';
export type ForgeEventName = 'avi:forge:installed:app' | 'avi:forge:upgraded:app' | 'avi:jira:created:issue' | 'avi:jira:updated:issue' | 'avi:jira:deleted:issue' | 'avi:jira:commented:issue'
 | 'preUninstall' | `avi:${string}`;
export interface ForgeRetry {
    readonly count: number;
    readonly reason: string | undefined;
}
export interface ForgeDelivery {
    readonly event: string | undefined;
    readonly payload: Readonly<Record<string, unknown>>;
    readonly retry: ForgeRetry | undefined;
    readonly moduleKeys: readonly string[];
}
export declare const FORGE_ROUTES: ReadonlyMap<string, 'event' | 'scheduled' | 'uninstalled'>;
export declare const MAX_FORGE_BODY_BYTES = 5242880;
export declare function refusePage(invocation: ForgeInvocation): void;
export declare function isOfPage({ principal, context }: ForgeInvocation): boolean;
export declare function readDelivery(body: string, invocation: ForgeInvocation): ForgeDelivery;
export declare function checkEventName(event: string): void;
export declare function checkModuleKey(moduleKey: string): void;

// dist/forge/installations.d.ts
import type { CachedStore } from '../installations/cached-store.ts';
import { type ForgeInstallation, type Installation, type InstallationRecord } from '../installations/installation.ts';
import type { ForgeInvocation } from './invocation.ts';
export interface ForgeInstallations {
    seen(invocation: ForgeInvocation): Promise<InstallationRecord>;
    uninstalling(invocation: ForgeInvocation): Promise<InstallationRecord>;
    associate(clientKey: string, forge: ForgeInstallation): Promise<InstallationRecord | undefined>;
    connectInstalled(record: Installation): Promise<void>;
    clientKeyOf(id: string): Promise<string>;
}
export interface ForgeInstallationsOptions {
    readonly store: CachedStore;
    readonly appKey: string;
    readonly appIds: readonly string[];
    readonly hasDescriptor: boolean;
    readonly now: () => number;
}
export declare function createForgeInstallations(options: ForgeInstallationsOptions): ForgeInstallations;
export declare function isForgeOnly({ clientKey }: Pick<InstallationRecord, 'clientKey'>): boolean;
export declare function isForgeInstalled({ forge }: Pick<InstallationRecord, 'forge'>): boolean;

// dist/forge/invocation-token.d.ts
import type { ForgeClaims, ForgeInvocation } from './invocation.ts';
import { type ForgeSettings } from './options.ts';
export interface VerifiedInvocation {
    readonly claims: ForgeClaims;
    readonly invocation: ForgeInvocation;
}
export interface VerifyInvocationOptions {
    readonly forge: ForgeSettings;
    readonly clockToleranceSeconds: number;
    readonly now: () => number;
}
export type VerifyInvocation = (token: string) => Promise<VerifiedInvocation>;
export declare function createInvocationVerifier({ forge, clockToleranceSeconds, now, }: VerifyInvocationOptions): VerifyInvocation;

// dist/forge/invocation.d.ts
import type { ForgeEnvironmentType } from './options.ts';
export interface ForgeInvocation {
    readonly appId: string;
    readonly installationId: string;
    readonly cloudId: string;
    readonly apiBaseUrl: string;
    readonly appVersion: string | undefined;
    readonly environment: {
        readonly type: ForgeEnvironmentType;
        readonly id: string;
    };
    readonly module: {
        readonly type: string;
        readonly key: string;
    };
    readonly siteUrl: string | undefined;
    readonly license: ForgeLicense | undefined;
    readonly context: ForgeContext | undefined;
    readonly principal: string | undefined;
    readonly traceId: string | undefined;
    readonly issuedAt: number;
}
export interface ForgeContext {
    readonly cloudId?: string;
    readonly siteUrl?: string;
    readonly moduleKey?: string;
    readonly localId?: string;
    readonly extension?: Readonly<Record<string, unknown>>;
    readonly [name: string]: unknown;
}
export interface ForgeLicense {
    readonly active: boolean;
    readonly type?: string;
    readonly billingPeriod?: string;
    readonly capabilitySet?: string;
    readonly isEvaluation?: boolean;
    readonly subscriptionEndDate?: string;
    readonly trialEndDate?: string;
    readonly [name: string]: unknown;
}
export interface ForgeTokens {
    readonly system: string | undefined;
    readonly user: string | undefined;
}
export interface ForgeClaims {
    readonly iss: string;
    readonly aud: string | readonly string[];
    readonly iat: number;
    readonly nbf: number;
    readonly exp: number;
    [claim: string]: unknown;
}

// dist/forge/keep-fresh.d.ts
import type { InstallationRecord } from '../installations/installation.ts';
import type { ForgeAccess } from './credentials.ts';
export interface KeepTokensFreshOptions {
    scheduledTrigger?: string;
}
export interface KeepTokensFreshParts {
    readonly access: Pick<ForgeAccess, 'systemTokenEndsAt'>;
    on(event: string, handler: (record: InstallationRecord) => Promise<void>): () => void;
    scheduled(moduleKey: string, handler: (record: InstallationRecord) => Promise<void>): () => void;
    warn(details: object, message: string): void;
    readonly now: () => number;
}
export declare const TOKEN_TRIGGER = "forge-fresh-tokens";
export declare function keepTokensFresh(parts: KeepTokensFreshParts, options?: KeepTokensFreshOptions): () => void;

// dist/forge/options.d.ts
export type ForgeEnvironmentType = 'DEVELOPMENT' | 'STAGING' | 'PRODUCTION';
export interface ForgeOptions {
    appId: string | readonly string[];
    keySetUrl?: string;
    stagingKeySetUrl?: string;
    isolatedCloudKeySetUrl?: string;
    gatewayUrls?: readonly string[];
    graphqlUrl?: string;
    prefer?: 'forge' | 'connect';
    environments?: readonly ForgeEnvironmentType[];
}
export interface ForgeSettings {
    readonly appIds: readonly [string, ...string[]];
    readonly keySetUrl: string;
    readonly stagingKeySetUrl: string | undefined;
    readonly isolatedCloudKeySetUrl: string | undefined;
    readonly gatewayOrigins: readonly string[];
    readonly graphqlUrl: string;
    readonly prefer: 'forge' | 'connect';
    readonly environments: readonly ForgeEnvironmentType[];
}
export declare const FORGE_KEY_SET_URL = "https://forge.cdn.prod.atlassian-dev.net/.well-known/jwks.json";
export declare const FORGE_STAGING_GATEWAY_URL = "https://api.stg.atlassian.com";
export declare function readForgeOptions(options: ForgeOptions): ForgeSettings;

// dist/http/express.d.ts
import type { ServerResponse } from 'node:http';
import { type App, type AuthenticateOptions } from '../app.ts';
import { type AuthorizeQuestion } from '../authorize.ts';
import type { Caller } from '../caller.ts';
import { type Incoming } from './incoming.ts';
declare global {
    namespace Express {
        interface Request {
            caller: Caller;
        }
    }
}
export type Middleware = (request: Incoming, response: ServerResponse, next: (error?: unknown) => void) => void;
export declare function routes(app: App): Middleware;
export declare function authenticate(app: App, options?: AuthenticateOptions): Middleware;
export declare function authorize(app: App, question: AuthorizeQuestion): Middleware;

// dist/http/fastify.d.ts
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import { type App, type AuthenticateOptions } from '../app.ts';
import { type AuthorizeQuestion } from '../authorize.ts';
import type { Caller } from '../caller.ts';
declare module 'fastify' {
    interface FastifyRequest {
        caller: Caller;
    }
}
export type Hook = (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => void;
export declare function routes(app: App): FastifyPluginCallback;
export declare function authenticate(app: App, options?: AuthenticateOptions): Hook;
export declare function authorize(app: App, question: AuthorizeQuestion): Hook;

// dist/http/hono.d.ts
import type { MiddlewareHandler } from 'hono';
import { type App, type AuthenticateOptions } from '../app.ts';
import { type AuthorizeQuestion } from '../authorize.ts';
import type { Caller } from '../caller.ts';
export interface CallerEnv {
    Variables: {
        caller: Caller;
    };
}
export declare function routes(app: App): MiddlewareHandler;
export declare function authenticate(app: App, options?: AuthenticateOptions): MiddlewareHandler<CallerEnv>;
export declare function authorize(app: App, question: AuthorizeQuestion): MiddlewareHandler<CallerEnv>;

// dist/http/incoming.d.ts
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Caller } from '../caller.ts';
import type { InboundRequest } from '../connect/inbound-token.ts';
export type Incoming = IncomingMessage & {
    originalUrl?: string;
    body?: unknown;
};
export interface Known {
    readonly url: string | undefined;
    readonly body: unknown;
}
export declare function inboundRequest(incoming: Incoming, known?: Known): InboundRequest;
export declare function incomingHeaders(incoming: IncomingMessage): InboundRequest['headers'];
export declare function webRequest(incoming: Incoming, known?: Known): Request;
export interface Answer {
    readonly status: number;
    readonly headers: ReadonlyMap<string, string>;
    readonly body: Buffer;
}
export declare function answerOf(response: Response): Promise<Answer>;
export declare function sendResponse(response: Response, outgoing: ServerResponse): Promise<void>;
export declare function sendSession(caller: Caller, outgoing: ServerResponse): void;

// dist/http/koa.d.ts
import type { Middleware } from 'koa';
import { type App, type AuthenticateOptions } from '../app.ts';
import { type AuthorizeQuestion } from '../authorize.ts';
import type { Caller } from '../caller.ts';
export interface CallerState {
    caller: Caller;
}
export declare function routes(app: App): Middleware<object, object>;
export declare function authenticate(app: App, options?: AuthenticateOptions): Middleware<CallerState, object>;
export declare function authorize(app: App, question: AuthorizeQuestion): Middleware<CallerState, object>;

// dist/http/node.d.ts
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { App, AuthenticateOptions } from '../app.ts';
import type { AuthorizeQuestion } from '../authorize.ts';
import type { Caller } from '../caller.ts';
export declare function handle(app: App, request: IncomingMessage, response: ServerResponse): Promise<boolean>;
export declare function authenticate(app: App, request: IncomingMessage, response: ServerResponse, options?: AuthenticateOptions): Promise<Caller | undefined>;
export declare function authorize(app: App, caller: Caller, request: IncomingMessage, response: ServerResponse, question: AuthorizeQuestion): Promise<boolean>;
export interface DrainOnSignalsOptions {
    graceMs?: number;
    readyDelayMs?: number;
    signals?: readonly NodeJS.Signals[];
}
export declare function drainOnSignals(app: Pick<App, 'drain' | 'close'>, server: Pick<Server, 'close' | 'closeIdleConnections' | 'prependListener'>, options?: DrainOnSignalsOptions): () => void;

// dist/index.d.ts
export { type App, type AuthenticateOptions, type ConnectApp, createApp, type DrainOptions, type ForgeApp, type LifecycleHandler, type LifecycleNotice, } from './app.ts';
export type { AppForge, ForgeHandler, ForgeNotice } from './app-forge.ts';
export type { AppJira, AppJiraOptions } from './app-jira.ts';
export type { AuthorizeQuestion } from './authorize.ts';
export type { Caller, CallerTokenKind, TokenContext } from './caller.ts';
export type { ProxyOptions, TrustedHeader } from './connect/base-urls.ts';
export { type CheckDescriptorOptions, checkDescriptor } from './connect/descriptor/check.ts';
export { type DefineDescriptorOptions, type DescriptorEnvironment, defineDescriptor, } from './connect/descriptor/define.ts';
export type { DescriptorDefinition, DescriptorModules } from './connect/descriptor/definition.ts';
export type { DescriptorProblem } from './connect/descriptor/problem.ts';
export type { Descriptor, DescriptorContext, DescriptorFunction, DescriptorSource, } from './connect/descriptor.ts';
export type { InboundForm, InboundRequest } from './connect/inbound-token.ts';
export { INSTALL_KEY_HOSTS, type InstallKeyRealm } from './connect/install-keys.ts';
export type { LifecycleEvent, LifecycleOutcome } from './connect/lifecycle.ts';
export { SESSION_HEADER, type SessionOptions } from './connect/session-token.ts';
export { type AnyCountersignError, ConfigError, type ConfigErrorCode, CountersignError, type ErrorCode, errorCatalogue, InstallationError, type InstallationErrorCode, isConfigError, isCountersignError, isInstallationError, isJiraApiError, isKeySourceError, isQueueError, isStoreError, isTokenError, JiraApiError, type JiraApiErrorCode, KeySourceError, type KeySourceErrorCode, QueueError, type QueueErrorCode, StoreError, type StoreErrorCode, TokenError, type TokenErrorCode, } from './errors.ts';
export type { ForgeEventName, ForgeRetry } from './forge/events.ts';
export type { ForgeClaims, ForgeContext, ForgeInvocation, ForgeLicense, } from './forge/invocation.ts';
export type { KeepTokensFreshOptions } from './forge/keep-fresh.ts';
export { FORGE_KEY_SET_URL, type ForgeEnvironmentType, type ForgeOptions, } from './forge/options.ts';
export { type CachedStore, type CacheOptions, cachedStore, } from './installations/cached-store.ts';
export { encryptedStore } from './installations/encryption/encrypted-store.ts';
export type { EncryptionKey, EncryptionKeys } from './installations/encryption/key-ring.ts';
export { type ReencryptOptions, type ReencryptProgress, reencrypt, } from './installations/encryption/reencrypt.ts';
export type { AppInstallation, ForgeInstallation, Installation, InstallationRecord, PreviousSecret, } from './installations/installation.ts';
export { type MemoryStoreOptions, memoryStore } from './installations/memory-store.ts';
export type { InstallationSettings, JsonValue } from './installations/settings.ts';
export { type SqliteStoreOptions, sqliteStore } from './installations/sqlite-store.ts';
export type { InstallationStore, ListOptions, ListSettingsOptions, SettingPosition, SettingsStore, StoredSetting, } from './installations/store.ts';
export type { JiraClient } from './jira/client.ts';
export type { Claims, TokenKind } from './jwt/jwt.ts';
export type { Logger } from './logger.ts';
export type { AppOptions, AppTelemetry } from './options.ts';
export type { PolicyDirectives } from './pages/content-security-policy.ts';
export { Html, type HtmlValue, html, unsafeHtml } from './pages/html.ts';
export type { PageContent, PageHandler, PageOptions, PageRequest } from './pages/pages.ts';
export type { WebhookDelivery } from './webhooks/delivery.ts';
export type { AttachmentWebhook, BoardWebhook, CommentWebhook, IssueLinkWebhook, IssueOfEvent, IssuePropertyWebhook, IssueUpdatedWebhook, IssueWebhook, PayloadOf, ProjectWebhook, SprintWebhook, UserWebhook, VersionWebhook, WebhookChange, WebhookEventName, WebhookIssue, WebhookPayload, WebhookPayloads, WebhookUser, WorklogWebhook, } from './webhooks/events.ts';
export type { WebhookEvent, WebhookHandler, WebhookNotice, WebhookOptions, WebhookPattern, } from './webhooks/handlers.ts';
export type { WebhooksOptions } from './webhooks/options.ts';
export type { DeadLetter, DeadLetterQuery, DeliveryClaim, DeliveryOutcome, QueueCounts, QueueLimits, QueueSetup, RunDelivery, WebhookQueue, } from './webhooks/queue.ts';
export type { HandlingResult, IntakeResult, WebhookTelemetry } from './webhooks/telemetry.ts';
export type { AddWebhook } from './webhooks/webhooks.ts';

// dist/installations/cached-store.d.ts
import type { InstallationRecord } from './installation.ts';
import type { InstallationStore } from './store.ts';
export interface CacheOptions {
    maxAgeMs?: number;
    unknownMaxAgeMs?: number;
    maxBytes?: number;
    monotonicNow?: () => number;
}
export interface CachedStore extends InstallationStore {
    getFresh(clientKey: string): Promise<InstallationRecord | undefined>;
    getNewer(clientKey: string, known: InstallationRecord | undefined): Promise<InstallationRecord | undefined>;
}
export declare function uncachedStore(store: InstallationStore): CachedStore;
export declare function cachedStore(kept: InstallationStore, options?: CacheOptions): CachedStore;

// dist/installations/encryption/encrypted-store.d.ts
import type { InstallationStore } from '../store.ts';
import { type EncryptionKeys } from './key-ring.ts';
export declare function encryptedStore(kept: InstallationStore, encryptionKeys: EncryptionKeys | undefined): InstallationStore;

// dist/installations/encryption/key-ring.d.ts
export type EncryptionKey = string | (() => string | Promise<string>);
export type EncryptionKeys = string | readonly EncryptionKey[];
export interface RingKey {
    readonly id: string;
    readonly bytes: Buffer;
}
export interface KeyRing {
    readonly first: RingKey | undefined;
    readonly ids: readonly string[];
    readonly readsClear: boolean;
    find(id: string): RingKey | undefined;
}
export interface KeyRingSource {
    readonly ready: KeyRing | undefined;
    load(): Promise<KeyRing>;
}
export declare function keyRing(keys: EncryptionKeys | undefined): KeyRingSource;

// dist/installations/encryption/reencrypt.d.ts
import type { InstallationStore } from '../store.ts';
import { type EncryptionKeys } from './key-ring.ts';
export interface ReencryptProgress {
    readonly seen: number;
    readonly written: number;
}
export interface ReencryptOptions {
    onProgress?: (progress: ReencryptProgress) => void;
    signal?: AbortSignal;
}
export declare function reencrypt(store: InstallationStore, encryptionKeys: EncryptionKeys, { onProgress, signal }?: ReencryptOptions): Promise<ReencryptProgress>;

// dist/installations/installation.d.ts
import type { InstallationSettings } from './settings.ts';
export interface Installation {
    readonly clientKey: string;
    readonly appKey: string;
    readonly siteUrl: string;
    readonly status: 'installed' | 'uninstalled';
    readonly enabled: boolean;
    readonly installedAt: number;
    readonly changedAt: number;
    readonly enabledChangedAt: number;
    readonly payload: Readonly<Record<string, unknown>>;
    readonly forge?: ForgeInstallation;
}
export interface ForgeInstallation {
    readonly appId: string;
    readonly installationId: string;
    readonly cloudId: string;
    readonly apiBaseUrl: string;
    readonly environmentType: 'DEVELOPMENT' | 'STAGING' | 'PRODUCTION';
    readonly environmentId: string;
    readonly installedAt: number;
    readonly uninstalledAt?: number;
    readonly previousInstallationIds?: readonly string[];
}
export declare const FORGE_CLIENT_KEY_PREFIX = "forge:";
export interface AppInstallation extends Installation {
    readonly settings: InstallationSettings;
}
export interface PreviousSecret {
    readonly sharedSecret: string;
    readonly endsAt: number;
}
export interface InstallationRecord extends Installation {
    readonly sharedSecret: string;
    readonly previousSecrets?: readonly PreviousSecret[];
    readonly revision: number;
}
export declare function withoutSecret(record: InstallationRecord): Installation;
export declare function withSettings(installation: Installation, settings: (clientKey: string) => InstallationSettings): AppInstallation;
export declare function refuseForeignRecord(record: InstallationRecord, appKey: string): void;

// dist/installations/key-value/index.d.ts
import type { Driver, Storage } from 'unstorage';
import type { InstallationStore } from '../store.ts';
export interface KeyValueStoreOptions {
    prefix?: string;
    timeoutMs?: number;
    notifications?: boolean;
    now?: () => number;
}
export declare function keyValueStore(source: string | Driver | Storage, options?: KeyValueStoreOptions): InstallationStore;

// dist/installations/memory-store.d.ts
import type { InstallationStore } from './store.ts';
export interface MemoryStoreOptions {
    now?: () => number;
}
export declare function memoryStore(options?: MemoryStoreOptions): InstallationStore;

// dist/installations/settings.d.ts
import type { InstallationStore } from './store.ts';
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | {
    readonly [name: string]: JsonValue;
};
export interface InstallationSettings {
    get<T = JsonValue>(name: string): Promise<T | undefined>;
    set(name: string, value: JsonValue): Promise<void>;
    delete(name: string): Promise<void>;
}
export declare function installationSettings(store: InstallationStore, clientKey: string): InstallationSettings;
export declare function checkName(name: string): string;
export declare function settingText(name: string, value: unknown): string;

// dist/installations/sql/family.d.ts
import type { Dialect } from 'kysely';
export type SqlFamily = 'postgres' | 'mysql' | 'sqlite' | 'mssql';
export declare const FAMILIES: readonly SqlFamily[];
export declare function familyOf(dialect: Dialect): SqlFamily;

// dist/installations/sql/index.d.ts
export type { SqlFamily } from './family.ts';
export { type SqlStoreOptions, sqlStore } from './sql-store.ts';

// dist/installations/sql/sql-store.d.ts
import type { Dialect } from 'kysely';
import type { InstallationStore } from '../store.ts';
import { type SqlFamily } from './family.ts';
export interface SqlStoreOptions {
    poolSize?: number;
    timeoutMs?: number;
    migrate?: boolean;
    notifications?: boolean | string;
    family?: SqlFamily;
    now?: () => number;
}
export declare function sqlStore(source: string | Dialect, options?: SqlStoreOptions): InstallationStore;

// dist/installations/sqlite-store.d.ts
import type { InstallationStore } from './store.ts';
export interface SqliteStoreOptions {
    busyTimeoutMs?: number;
    now?: () => number;
}
export declare function sqliteStore(file: string, options?: SqliteStoreOptions): InstallationStore;

// dist/installations/store.d.ts
import type { InstallationRecord } from './installation.ts';
export interface ListOptions {
    after?: string;
    limit?: number;
}
export interface InstallationStore {
    get(clientKey: string): Promise<InstallationRecord | undefined>;
    getNow?(clientKey: string): InstallationRecord | undefined;
    put(record: InstallationRecord): Promise<boolean>;
    delete(clientKey: string): Promise<void>;
    list(options?: ListOptions): Promise<InstallationRecord[]>;
    count?(): Promise<number>;
    findBySiteUrl(siteUrl: string): Promise<InstallationRecord[]>;
    claimOnce(id: string, expiresAt: number): Promise<boolean>;
    isClaimed?(id: string): Promise<boolean>;
    readonly settings?: SettingsStore;
    watch?(listener: (clientKey: string | undefined) => void): () => void;
    open?(): Promise<void>;
    close?(): Promise<void>;
    readonly isVolatile?: boolean;
}
export interface SettingPosition {
    readonly clientKey: string;
    readonly name: string;
}
export interface StoredSetting extends SettingPosition {
    readonly value: string;
}
export interface ListSettingsOptions {
    clientKey?: string;
    after?: SettingPosition;
    limit?: number;
}
export interface SettingsStore {
    get(clientKey: string, name: string): Promise<string | undefined>;
    put(clientKey: string, name: string, value: string, ifValue?: string): Promise<boolean>;
    delete(clientKey: string, name: string): Promise<void>;
    deleteAll(clientKey: string): Promise<void>;
    list(options?: ListSettingsOptions): Promise<StoredSetting[]>;
}

// dist/jira-js/client.d.ts
import { type Client, type SchemaMismatchBehavior } from 'jira.js/core';
import type { JiraClient } from '../jira/client.ts';
export interface JiraJsOptions {
    onSchemaMismatch?: SchemaMismatchBehavior;
    headers?: Readonly<Record<string, string>>;
    signal?: AbortSignal;
    timeoutMs?: number;
}
export interface HasJira {
    jira(id: string): JiraClient;
}
export declare function jiraClient(jira: JiraClient, options?: JiraJsOptions): Client;
export declare function jiraClient(app: HasJira, id: string, options?: JiraJsOptions): Client;

// dist/jira-js/index.d.ts
export { type HasJira, type JiraJsOptions, jiraClient } from './client.ts';

// dist/jira/adf.d.ts
export interface AdfNode {
    readonly type: string;
    readonly attrs?: Readonly<Record<string, unknown>>;
    readonly content?: readonly AdfNode[];
    readonly marks?: readonly AdfMark[];
    readonly text?: string;
}
export interface AdfMark {
    readonly type: string;
    readonly attrs?: Readonly<Record<string, unknown>>;
}
export interface AdfDocument {
    readonly type: 'doc';
    readonly version: 1;
    readonly content: readonly AdfNode[];
}
export interface AdfTextStyle {
    bold?: boolean;
    italic?: boolean;
    strike?: boolean;
    underline?: boolean;
    code?: boolean;
    link?: string;
}
export type AdfInline = string | AdfNode;
export interface Adf {
    doc(...blocks: AdfInline[]): AdfDocument;
    paragraph(...content: AdfInline[]): AdfNode;
    heading(level: number, ...content: AdfInline[]): AdfNode;
    bulletList(...items: (AdfInline | readonly AdfInline[])[]): AdfNode;
    orderedList(...items: (AdfInline | readonly AdfInline[])[]): AdfNode;
    codeBlock(text: string, language?: string): AdfNode;
    rule(): AdfNode;
    text(text: string, style?: AdfTextStyle): AdfNode;
    link(text: string, url: string): AdfNode;
    mention(accountId: string, text?: string): AdfNode;
    emoji(shortName: string): AdfNode;
    hardBreak(): AdfNode;
    fromText(text: string): AdfDocument;
    toText(document: AdfDocument | null | undefined): string;
}
export declare const adf: Adf;
export declare function documentProblem(value: unknown): string | undefined;

// dist/jira/answer.d.ts
import type { Readable } from 'node:stream';
import { type Diagnosis, JiraApiError } from '../errors.ts';
import { type AnswerHeaders } from './rate-limit.ts';
export interface Call {
    readonly method: string;
    readonly path: string;
}
export interface Answer {
    readonly status: number;
    readonly headers: AnswerHeaders;
    readonly body: AsyncIterable<Uint8Array> | null;
}
export declare function readJson(response: Answer, call: Call, maxBytes: number): Promise<unknown>;
export type Diagnose = (response: Answer, messages: Partial<Messages>) => Diagnosis | undefined;
interface RefusalOptions {
    readonly secrets: readonly string[];
    readonly now: () => number;
    readonly diagnose: Diagnose;
    readonly hint: string | undefined;
}
export declare function refusal(response: Answer, call: Call, { secrets, now, diagnose, hint }: RefusalOptions): Promise<JiraApiError>;
export declare function discard(body: Readable): void;
export declare function unanswered(error: unknown, call: Call): JiraApiError;
export declare function abandoned(call: Call, why: {
    readonly timeoutMs: number;
} | {
    readonly pausedMs: number;
}): JiraApiError;
export interface Messages {
    errorMessages: string[];
    errors: Record<string, string>;
}
export declare function readMessages(body: string, secrets: readonly string[]): Messages;
export {};

// dist/jira/attachments.d.ts
import type { JiraCalls } from './calls.ts';
export type AttachmentData = string | ArrayBuffer | ArrayBufferView | Blob | ReadableStream<Uint8Array | string> | AsyncIterable<Uint8Array | string>;
export type AttachmentFile = string | URL | {
    readonly path: string | URL;
    readonly name?: string;
    readonly type?: string;
} | {
    readonly data: AttachmentData;
    readonly name: string;
    readonly type?: string;
    readonly size?: number;
};
export interface AttachOptions {
    signal?: AbortSignal;
    timeoutMs?: number;
}
export interface Attachment {
    readonly id: string;
    readonly filename: string;
    readonly size: number;
    readonly mimeType: string;
    readonly created: string;
    readonly author?: Readonly<Record<string, unknown>>;
    readonly self: string;
    readonly content: string;
    readonly thumbnail?: string;
    readonly [name: string]: unknown;
}
export declare function attachFiles(calls: JiraCalls, issueIdOrKey: string, files: AttachmentFile | readonly AttachmentFile[], options?: AttachOptions): Promise<Attachment[]>;

// dist/jira/call-events.d.ts
import type { JiraHost } from './credentials.ts';
import type { RateLimitQuota, RateLimitScope } from './rate-limit.ts';
import type { RetryReason } from './retry.ts';
export interface CallEvent {
    readonly clientKey: string | undefined;
    readonly host: JiraHost;
    readonly method: string;
    readonly path: string;
    readonly tries: number;
}
export interface JiraEvents {
    request: CallEvent;
    response: CallEvent & {
        readonly status: number;
        readonly durationMs: number;
        readonly quota: RateLimitQuota | undefined;
    };
    retry: CallEvent & {
        readonly reason: RetryReason;
        readonly delayMs: number;
        readonly status: number | undefined;
    };
    'rate-limited': CallEvent & {
        readonly status: number;
        readonly reason: string | undefined;
        readonly scope: RateLimitScope;
        readonly waitMs: number | undefined;
    };
}
export type JiraEventName = keyof JiraEvents;
export type JiraEventHandler<N extends JiraEventName> = (event: JiraEvents[N]) => void;
export type JiraOn = <N extends JiraEventName>(name: N, handler: JiraEventHandler<N>) => () => void;
export interface CallEvents {
    readonly on: JiraOn;
    emit<N extends JiraEventName>(name: N, event: () => JiraEvents[N]): void;
}
export declare function createCallEvents(parent?: CallEvents): CallEvents;

// dist/jira/calls.d.ts
import type { Query } from './url.ts';
export interface CallOptions {
    query?: Query;
    headers?: Readonly<Record<string, string>>;
    signal?: AbortSignal;
    timeoutMs?: number;
    idempotent?: boolean;
}
export interface BodyOptions extends CallOptions {
    body?: unknown;
}
export type JiraBody = RequestInit['body'] | (() => RequestInit['body']);
export interface JiraFetchInit extends Omit<RequestInit, 'redirect' | 'signal' | 'body'> {
    query?: Query;
    signal?: AbortSignal;
    timeoutMs?: number;
    idempotent?: boolean;
    body?: JiraBody;
}
export interface JiraCalls {
    get<T = unknown>(path: string, options?: CallOptions): Promise<T>;
    post<T = unknown>(path: string, options?: BodyOptions): Promise<T>;
    put<T = unknown>(path: string, options?: BodyOptions): Promise<T>;
    delete<T = unknown>(path: string, options?: CallOptions): Promise<T>;
    fetch(path: string, init?: JiraFetchInit): Promise<Response>;
}

// dist/jira/client.d.ts
import { type Attachment, type AttachmentFile, type AttachOptions } from './attachments.ts';
import { type JiraOn } from './call-events.ts';
import type { JiraCalls } from './calls.ts';
import { type JiraCredentials, type JiraHost } from './credentials.ts';
import { type DownloadOptions } from './download.ts';
import { type Fields } from './fields.ts';
import { type PaginateOptions } from './paginate.ts';
import { type MissingPermission, type PermissionCallOptions, type PermissionQuestion } from './permissions.ts';
import { type PropertyMap, type PropertyOwner } from './properties.ts';
import { type JiraTransport, type TransportOptions } from './transport.ts';
export interface JiraClientOptions extends TransportOptions {
    credentials: JiraCredentials | ((refused?: JiraCredentials) => Promise<JiraCredentials>);
    impersonate?: Impersonate;
    maxAnswerBytes?: number;
    descriptor?: ClientDescriptor;
    forgeAppId?: string;
    freshInstallDelaysMs?: readonly number[];
    now?: () => number;
}
export interface ClientDescriptor {
    readonly key?: string;
    readonly scopes?: readonly string[];
    readonly modules?: Readonly<Record<string, unknown>>;
}
export interface AsOptions {
    scopes?: readonly string[];
}
export type Impersonate = (accountId: string, options: AsOptions, refused?: JiraCredentials) => Promise<JiraCredentials>;
export interface JiraClient extends JiraCalls, Fields {
    paginate<T = unknown>(path: string, options?: PaginateOptions): AsyncGenerator<T, void, undefined>;
    attach(issueIdOrKey: string, files: AttachmentFile | readonly AttachmentFile[], options?: AttachOptions): Promise<Attachment[]>;
    download(attachment: string | number, options?: DownloadOptions): Promise<Response>;
    properties<T extends object = Record<string, unknown>>(owner: PropertyOwner): PropertyMap<T>;
    can(accountId: string | undefined, question: PermissionQuestion, options?: PermissionCallOptions): Promise<boolean>;
    missingPermissions(accountId: string | undefined, question: PermissionQuestion, options?: PermissionCallOptions): Promise<MissingPermission[]>;
    host(): Promise<JiraHost>;
    as(accountId: string, options?: AsOptions): JiraClient;
    anonymous(): JiraClient;
    readonly on: JiraOn;
}
export declare function createJiraClient(options: JiraClientOptions): JiraClient;
export declare function clientOver(transport: JiraTransport, options: JiraClientOptions): JiraClient;

// dist/jira/credentials.d.ts
export interface ConnectCredentials {
    readonly siteUrl: string;
    readonly appKey: string;
    readonly sharedSecret: string;
    readonly clientKey?: string;
    readonly changedAt?: number;
}
export interface BearerCredentials {
    readonly baseUrl: string;
    readonly bearer: string;
    readonly kind: 'forge-system' | 'forge-user' | 'oauth' | 'connect-user';
    readonly installedAt?: number;
    readonly renew?: () => Promise<BearerCredentials>;
    readonly clientKey?: string;
    readonly siteUrl?: string;
}
export interface BasicCredentials {
    readonly baseUrl: string;
    readonly email: string;
    readonly apiToken: string;
    readonly clientKey?: string;
}
export interface AnonymousCredentials {
    readonly baseUrl: string;
    readonly anonymous: true;
    readonly clientKey?: string;
}
export type JiraCredentials = ConnectCredentials | BearerCredentials | BasicCredentials | AnonymousCredentials;
export type JiraHost = 'connect' | 'forge' | 'oauth' | 'api-token' | 'anonymous';
export declare function hostOf(credentials: JiraCredentials): JiraHost;
export declare function baseUrlOf(credentials: JiraCredentials): string;
export interface Authorization {
    readonly header: string | undefined;
    readonly secrets: readonly string[];
}
export declare function authorize(credentials: JiraCredentials, { method, url, now }: {
    method: string;
    url: URL;
    now: () => number;
}): Authorization;

// dist/jira/deadline.d.ts
import type { Readable } from 'node:stream';
export interface Deadline {
    readonly signal: AbortSignal;
    readonly endedBy: 'caller' | 'time' | undefined;
    remainingMs(): number;
    wait(ms: number): Promise<void>;
    passOnTo(body: Readable): void;
    end(): void;
}
export declare function startDeadline(timeoutMs: number, callerSignal: AbortSignal | undefined): Deadline;

// dist/jira/download.d.ts
import type { Dispatcher } from 'undici';
import type { JiraCalls } from './calls.ts';
export interface DownloadOptions {
    headers?: Readonly<Record<string, string>>;
    signal?: AbortSignal;
    timeoutMs?: number;
}
export declare function download(calls: JiraCalls, attachment: string | number, options?: DownloadOptions, connections?: Dispatcher): Promise<Response>;

// dist/jira/edit-issue.d.ts
import type { JiraCalls } from './calls.ts';
import type { OverrideCheck } from './field-overrides.ts';
import type { FieldDescriptor, FieldNames } from './fields.ts';
export interface EditIssueOptions {
    fields?: Readonly<Record<string, unknown>>;
    update?: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
    properties?: readonly {
        readonly key: string;
        readonly value: unknown;
    }[];
    overrideScreenSecurity?: boolean;
    overrideEditableFlag?: boolean;
    notifyUsers?: boolean;
    returnIssue?: boolean;
    signal?: AbortSignal;
    timeoutMs?: number;
}
export interface EditIssue {
    <T = unknown>(issueIdOrKey: string, options: EditIssueOptions & {
        returnIssue: true;
    }): Promise<T>;
    (issueIdOrKey: string, options: EditIssueOptions): Promise<void>;
}
export interface EditIssueNeeds {
    readonly calls: JiraCalls;
    readonly names: FieldNames;
    readonly overrides: OverrideCheck;
    readonly descriptor?: FieldDescriptor | undefined;
}
export declare function createEditIssue(needs: EditIssueNeeds): EditIssue;
export declare function issuePath(issueIdOrKey: string): string;

// dist/jira/exchange.d.ts
import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { JiraBody } from './calls.ts';
import type { AnswerHeaders } from './rate-limit.ts';
export interface Exchange {
    readonly method: string;
    readonly url: URL;
    readonly headers: Record<string, string>;
    readonly body: JiraBody | undefined;
    readonly signal: AbortSignal;
}
interface Answer {
    readonly status: number;
    readonly headers: AnswerHeaders;
    readonly body: AsyncIterable<Uint8Array>;
}
export interface ReceivedAnswer extends Answer {
    readonly body: Readable;
    readonly url: URL;
    readonly rawHeaders: Readonly<Record<string, string | string[] | undefined>>;
}
export declare function exchange({ method, url, headers, body, signal }: Exchange, dispatcher: Dispatcher | undefined): Promise<ReceivedAnswer>;
export declare function toResponse({ status, url, rawHeaders, body }: ReceivedAnswer): Response;
export declare function isMisuse(error: unknown): boolean;
export {};

// dist/jira/field-overrides.d.ts
import type { JiraCalls } from './calls.ts';
import type { JiraHost } from './credentials.ts';
import type { FieldDescriptor } from './fields.ts';
export interface OverrideCheck {
    demand(call: {
        signal?: AbortSignal | undefined;
    }): Promise<void>;
}
export declare function createOverrideCheck(calls: JiraCalls, options: {
    readonly now: () => number;
    readonly descriptor?: FieldDescriptor | undefined;
    readonly host: () => Promise<JiraHost>;
}): OverrideCheck;

// dist/jira/fields.d.ts
import type { JiraCalls } from './calls.ts';
import type { JiraHost } from './credentials.ts';
import { type EditIssue } from './edit-issue.ts';
import { type SetField } from './set-field.ts';
export interface FieldSchema {
    readonly type: string;
    readonly items?: string;
    readonly system?: string;
    readonly custom?: string;
    readonly customId?: number;
}
export interface JiraField {
    readonly id: string;
    readonly name: string;
    readonly custom: boolean;
    readonly key?: string;
    readonly schema?: FieldSchema;
}
export interface NamedField {
    readonly field: JiraField;
    readonly value: unknown;
}
export interface FieldNames {
    resolve(fields: Readonly<Record<string, unknown>>, signal?: AbortSignal): Promise<NamedField[]>;
    known(): Promise<readonly JiraField[] | undefined>;
}
export declare function createFieldNames(load: () => Promise<readonly JiraField[]>, now: () => number): FieldNames;
export interface FieldDescriptor {
    readonly key?: string;
    readonly scopes?: readonly string[];
    readonly modules?: Readonly<Record<string, unknown>>;
}
export interface FieldsOptions {
    readonly now: () => number;
    readonly descriptor?: FieldDescriptor | undefined;
    readonly forgeAppId?: string | undefined;
    readonly host: () => Promise<JiraHost>;
}
export interface Fields {
    readonly editIssue: EditIssue;
    readonly setField: SetField;
}
export declare function createFields(calls: JiraCalls, options: FieldsOptions): Fields;

// dist/jira/index.d.ts
export { type Adf, type AdfDocument, type AdfInline, type AdfMark, type AdfNode, type AdfTextStyle, adf, } from './adf.ts';
export type { Attachment, AttachmentData, AttachmentFile, AttachOptions } from './attachments.ts';
export type { CallEvent, JiraEventHandler, JiraEventName, JiraEvents, JiraOn, } from './call-events.ts';
export type { BodyOptions, CallOptions, JiraBody, JiraCalls, JiraFetchInit } from './calls.ts';
export { type AsOptions, type ClientDescriptor, createJiraClient, type Impersonate, type JiraClient, type JiraClientOptions, } from './client.ts';
export type { AnonymousCredentials, BasicCredentials, BearerCredentials, ConnectCredentials, JiraCredentials, JiraHost, } from './credentials.ts';
export type { DownloadOptions } from './download.ts';
export type { EditIssue, EditIssueOptions } from './edit-issue.ts';
export type { Fields } from './fields.ts';
export { type OAuthClientOptions, oauthClient } from './oauth-client.ts';
export { type AccessibleSite, type AuthorizeUrlOptions, accessibleSites, authorizeUrl, type ExchangeCodeOptions, exchangeCode, } from './oauth-consent.ts';
export { fileTokenStore, type OAuthTokenStore, type OAuthTokens, settingsTokenStore, type TokenSettings, } from './oauth-tokens.ts';
export type { PaginateOptions } from './paginate.ts';
export type { MissingPermission, PermissionCallOptions, PermissionQuestion, } from './permissions.ts';
export type { PlainClientOptions } from './plain-options.ts';
export type { PropertyCallOptions, PropertyMap, PropertyOwner } from './properties.ts';
export type { RateLimitQuota, RateLimitScope } from './rate-limit.ts';
export type { RetryOptions, RetryReason } from './retry.ts';
export { type ServiceAccountClientOptions, serviceAccountClient } from './service-account.ts';
export type { SetField, SetFieldOptions, SetFieldResult } from './set-field.ts';
export { type SiteClientOptions, siteClient } from './site-client.ts';
export type { CallInfo, CallSpan, JiraTelemetry } from './telemetry.ts';
export type { TransportOptions } from './transport.ts';
export type { Query } from './url.ts';

// dist/jira/oauth-client.d.ts
import { type JiraClient } from './client.ts';
import { type OAuthTokenStore } from './oauth-tokens.ts';
import { type PlainClientOptions } from './plain-options.ts';
export interface OAuthClientOptions extends PlainClientOptions {
    clientId: string;
    clientSecret: string;
    cloudId: string;
    tokens: OAuthTokenStore;
    tokenUrl?: string;
    gatewayUrl?: string;
}
export declare function oauthClient(options: OAuthClientOptions): JiraClient;

// dist/jira/oauth-consent.d.ts
import { type OAuthTokens } from './oauth-tokens.ts';
export interface AuthorizeUrlOptions {
    clientId: string;
    redirectUri: string;
    scopes: readonly string[];
    authorizeUrl?: string;
}
export declare function authorizeUrl(options: AuthorizeUrlOptions): {
    url: string;
    state: string;
};
export interface ExchangeCodeOptions {
    clientId: string;
    clientSecret: string;
    redirectUri: string;
    callbackUrl: string;
    state: string;
    tokenUrl?: string;
    now?: () => number;
}
export declare function exchangeCode(options: ExchangeCodeOptions): Promise<OAuthTokens>;
export interface AccessibleSite {
    readonly cloudId: string;
    readonly name: string;
    readonly siteUrl: string;
    readonly scopes: readonly string[];
}
export declare function accessibleSites(tokens: Pick<OAuthTokens, 'accessToken'>, options?: {
    gatewayUrl?: string;
}): Promise<AccessibleSite[]>;

// dist/jira/oauth-tokens.d.ts
import type { GrantedTokens } from './token-endpoint.ts';
export interface OAuthTokens {
    readonly accessToken: string;
    readonly expiresAt: number;
    readonly refreshToken?: string;
    readonly scopes?: readonly string[];
}
export interface OAuthTokenStore {
    get(): Promise<OAuthTokens | undefined>;
    set(tokens: OAuthTokens): Promise<void>;
    claim?(refreshToken: string, until: number): Promise<boolean>;
}
export declare function tokensOf(granted: GrantedTokens, now: number, before?: string): OAuthTokens;
export declare function fileTokenStore(path: string): OAuthTokenStore;
export interface TokenSettings {
    readonly settings?: {
        get(clientKey: string, name: string): Promise<string | undefined>;
        put(clientKey: string, name: string, value: string): Promise<boolean>;
    };
    claimOnce(id: string, expiresAt: number): Promise<boolean>;
}
export declare function settingsTokenStore(store: TokenSettings, name: string): OAuthTokenStore;

// dist/jira/paginate.d.ts
import type { JiraCalls } from './calls.ts';
import type { Query } from './url.ts';
export interface PaginateOptions {
    query?: Query;
    body?: Readonly<Record<string, unknown>>;
    items?: string;
    pageSize?: number;
    limit?: number;
    headers?: Readonly<Record<string, string>>;
    signal?: AbortSignal;
    timeoutMs?: number;
}
export declare function paginate<T = unknown>(calls: JiraCalls, path: string, options?: PaginateOptions): AsyncGenerator<T, void, undefined>;

// dist/jira/permissions.d.ts
import type { JiraCalls } from './calls.ts';
export interface PermissionQuestion {
    global?: readonly string[];
    project?: readonly string[];
    projects?: readonly (string | number)[];
    issues?: readonly (string | number)[];
}
export interface MissingPermission {
    readonly permission: string;
    readonly project?: string;
    readonly issue?: string;
}
export interface PermissionCallOptions {
    signal?: AbortSignal;
    timeoutMs?: number;
}
export declare function missingPermissions(calls: JiraCalls, accountId: string | undefined, question: PermissionQuestion, options?: PermissionCallOptions): Promise<MissingPermission[]>;

// dist/jira/plain-options.d.ts
import { type TransportOptions } from './transport.ts';
export interface PlainClientOptions extends TransportOptions {
    maxAnswerBytes?: number;
    now?: () => number;
}
export declare const PLAIN_OPTIONS: readonly string[];
export declare function plainOptions(options: PlainClientOptions): PlainClientOptions;
export declare const GATEWAY_URL = "https://api.atlassian.com";
export declare function gatewayBaseUrl(owner: string, cloudId: unknown, gatewayUrl: string): string;
export declare function requireText(owner: string, name: string, value: unknown): string;
export declare function secureUrl(name: string, value: string): URL;

// dist/jira/properties.d.ts
import type { JiraCalls } from './calls.ts';
import type { JiraHost } from './credentials.ts';
export type PropertyOwner = 'app'
 | {
    readonly issue: string | number;
}
 | {
    readonly project: string | number;
}
 | {
    readonly user: string;
}
 | {
    readonly comment: string | number;
};
export interface PropertyCallOptions {
    signal?: AbortSignal;
    timeoutMs?: number;
}
export interface PropertyMap<T extends object> {
    get<K extends keyof T & string>(key: K, options?: PropertyCallOptions): Promise<T[K] | undefined>;
    set<K extends keyof T & string>(key: K, value: T[K], options?: PropertyCallOptions): Promise<boolean>;
    delete(key: keyof T & string, options?: PropertyCallOptions): Promise<boolean>;
    keys(options?: PropertyCallOptions): Promise<string[]>;
    update<K extends keyof T & string>(key: K, change: (old: T[K] | undefined) => T[K] | Promise<T[K]>, options?: PropertyCallOptions): Promise<T[K]>;
}
export interface PropertyContext {
    readonly appKey?: string | undefined;
    host(): Promise<JiraHost>;
}
export declare function propertyMap<T extends object = Record<string, unknown>>(calls: JiraCalls, owner: PropertyOwner, context: PropertyContext): PropertyMap<T>;

// dist/jira/rate-limit.d.ts
export interface AnswerHeaders {
    get(name: string): string | null;
}
export type RateLimitScope = 'site' | 'issue';
export interface RateLimit {
    readonly scope: RateLimitScope;
    readonly reason: string | undefined;
    readonly waitMs: number | undefined;
}
export interface RateLimitQuota {
    readonly limit: number | undefined;
    readonly remaining: number | undefined;
    readonly resetAt: number | undefined;
    readonly nearLimit: boolean;
}
export declare function retryAfterMs(headers: AnswerHeaders, now: () => number): number | undefined;
export declare function readRateLimit(headers: AnswerHeaders, now: () => number): RateLimit;
export declare function readQuota(headers: AnswerHeaders): RateLimitQuota | undefined;
export declare function writtenIssue(method: string, path: string): string | undefined;

// dist/jira/retry.d.ts
import { type AnswerHeaders } from './rate-limit.ts';
export interface RetryOptions {
    maxTries?: number;
    baseDelayMs?: number;
    maxDelayMs?: number;
}
export type RetryReason = 'rate-limited' | 'unavailable' | 'network' | 'credentials' | 'fresh-install';
export type Outcome = {
    readonly status: number;
    readonly headers: AnswerHeaders;
} | {
    readonly error: unknown;
};
interface Retry {
    readonly reason: RetryReason;
    readonly delayMs: number;
}
interface RetriedCall {
    readonly tries: number;
    readonly idempotent: boolean;
    readonly repeatable: boolean;
}
export type RetryPolicy = (outcome: Outcome, call: RetriedCall) => Retry | undefined;
export declare function isIdempotent(method: string): boolean;
export declare function createRetryPolicy(options: RetryOptions, now: () => number, random?: () => number): RetryPolicy;
export {};

// dist/jira/service-account.d.ts
import { type JiraClient } from './client.ts';
import { type PlainClientOptions } from './plain-options.ts';
export interface ServiceAccountClientOptions extends PlainClientOptions {
    clientId: string;
    clientSecret: string;
    cloudId: string;
    tokenUrl?: string;
    gatewayUrl?: string;
}
export declare function serviceAccountClient(options: ServiceAccountClientOptions): JiraClient;

// dist/jira/set-field.d.ts
import type { JiraCalls } from './calls.ts';
import type { JiraHost } from './credentials.ts';
import { type EditIssue } from './edit-issue.ts';
import type { OverrideCheck } from './field-overrides.ts';
import type { FieldDescriptor, FieldNames } from './fields.ts';
export interface SetFieldOptions {
    allowOverride?: boolean;
    notifyUsers?: boolean;
    signal?: AbortSignal;
    timeoutMs?: number;
}
export type SetFieldResult = 
{
    readonly way: 'edit' | 'override' | 'app-field';
    readonly fieldId: string;
}
 | {
    readonly way: 'issue-property';
    readonly fieldId: string;
    readonly propertyKey: string;
};
export type SetField = (issueIdOrKey: string, field: string, value: unknown, options?: SetFieldOptions) => Promise<SetFieldResult>;
export interface SetFieldNeeds {
    readonly calls: JiraCalls;
    readonly names: FieldNames;
    readonly overrides: OverrideCheck;
    readonly editIssue: EditIssue;
    readonly host: () => Promise<JiraHost>;
    readonly descriptor?: FieldDescriptor | undefined;
    readonly forgeAppId?: string | undefined;
}
export declare function createSetField(needs: SetFieldNeeds): SetField;

// dist/jira/site-client.d.ts
import { type JiraClient } from './client.ts';
import { type PlainClientOptions } from './plain-options.ts';
export interface SiteClientOptions extends PlainClientOptions {
    site?: string;
    email: string;
    apiToken: string;
    cloudId?: string;
    gatewayUrl?: string;
}
export declare function siteClient(options: SiteClientOptions): JiraClient;

// dist/jira/telemetry.d.ts
import type { JiraHost } from './credentials.ts';
export interface CallInfo {
    readonly method: string;
    readonly url: string;
    readonly clientKey: string | undefined;
    readonly host: JiraHost;
}
export interface CallSpan {
    response(status: number, tries: number): void;
    retry(reason: string, delayMs: number): void;
    refused(status: number, cause: string | undefined): void;
    failed(code: string): void;
}
export interface JiraTelemetry {
    call<T>(info: CallInfo, call: (span: CallSpan) => Promise<T>): Promise<T>;
}

// dist/jira/token-endpoint.d.ts
import { type Diagnosis, type JiraApiErrorCode } from '../errors.ts';
export declare const OAUTH_TOKEN_URL = "https://auth.atlassian.com/oauth/token";
export interface GrantedTokens {
    readonly accessToken: string;
    readonly expiresInSeconds: number;
    readonly refreshToken: string | undefined;
    readonly scope: string | undefined;
}
export interface GrantRequest {
    readonly tokenUrl: string;
    readonly parameters: Readonly<Record<string, string>>;
    readonly encoding?: 'json' | 'form';
    readonly invalidGrant: {
        readonly code: JiraApiErrorCode;
        readonly hint?: string;
    };
    readonly explain?: (refused: RefusedGrant) => ExplainedRefusal | undefined;
    readonly secrets?: readonly string[];
    readonly timeoutMs?: number;
    readonly assumedLifeSeconds?: number;
    readonly fetch?: typeof fetch;
}
export interface RefusedGrant {
    readonly status: number;
    readonly error: string | undefined;
    readonly description: string;
}
export interface ExplainedRefusal {
    readonly code: JiraApiErrorCode;
    readonly hint: string;
    readonly diagnosis: Diagnosis;
}
export declare function requestTokens(request: GrantRequest): Promise<GrantedTokens>;

// dist/jira/transport.d.ts
import type { Dispatcher } from 'undici';
import { type Call } from './answer.ts';
import { type CallEvents } from './call-events.ts';
import type { JiraBody } from './calls.ts';
import { type Authorization, type JiraCredentials } from './credentials.ts';
import { type Deadline } from './deadline.ts';
import { type ReceivedAnswer } from './exchange.ts';
import { type RetryOptions } from './retry.ts';
import type { JiraTelemetry } from './telemetry.ts';
import { type Query } from './url.ts';
export interface TransportOptions extends RetryOptions {
    concurrency?: number;
    timeoutMs?: number;
    dispatcher?: Dispatcher;
    telemetry?: JiraTelemetry;
}
export declare const TRANSPORT_OPTIONS: readonly string[];
export declare function checkTransportOptions(prefix: string, options: TransportOptions): void;
export type FindCredentials = (refused?: JiraCredentials) => Promise<JiraCredentials>;
interface OutgoingCall {
    readonly findCredentials: FindCredentials;
    readonly method: string;
    readonly path: string;
    readonly query: Query | undefined;
    readonly headers: RequestInit['headers'] | undefined;
    readonly body: JiraBody | undefined;
    readonly idempotent: boolean | undefined;
    readonly signal: AbortSignal | undefined;
    readonly timeoutMs: number | undefined;
    readonly freshInstallDelaysMs: readonly number[] | undefined;
    readonly events: CallEvents;
}
export interface Answered {
    readonly call: Call;
    readonly url: URL;
    readonly credentials: JiraCredentials;
    readonly authorization: Authorization;
    readonly answer: ReceivedAnswer;
    readonly deadline: Deadline;
    readonly wasUnclear: boolean;
    readonly isIgnored: boolean;
    readonly hint: string | undefined;
}
type ReadAnswer<T> = (answered: Answered) => Promise<T>;
export interface JiraTransport {
    readonly events: CallEvents;
    readonly dispatcher: Dispatcher | undefined;
    send<T>(call: OutgoingCall, read: ReadAnswer<T>): Promise<T>;
}
export declare function createTransport(options: TransportOptions, now: () => number): JiraTransport;
export {};

// dist/jira/url.d.ts
export type Query = Readonly<Record<string, string | number | boolean | undefined | readonly (string | number | boolean)[]>>;
export declare function callUrl(siteUrl: string, path: string, query: Query | undefined): URL;

// dist/jwt/explain/causes.d.ts
import { forgeCauses } from './forge-causes.ts';
declare const connectCauses: {
    readonly 'CS-TOKEN-MISSING': {
        readonly title: 'There is no token';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly ['You are not authenticated. Authentication required to perform this operation.', 'Could not find authentication data on request'];
        readonly why: 'The request carries no Authorization header, or an empty one: the client dropped it, a server in between took it away, or the code never set it.';
        readonly fix: 'Send the header `Authorization: JWT <token>` with every request, and look at what leaves the machine.';
    };
    readonly 'CS-TOKEN-NOT-TEXT': {
        readonly title: 'The token is no text: a value was put into the header before it was there';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly ['Authorization: JWT undefined', 'Authorization: JWT [object Promise]'];
        readonly why: '`undefined`, `null` or an object was turned into text: a variable that was never set, or a promise that was not awaited.';
        readonly fix: 'Await the function that makes the token, and check that what it gives is text before it goes into the header.';
    };
    readonly 'CS-PLACEHOLDER': {
        readonly title: 'A placeholder was never filled in';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly ['Authorization: JWT {{token}}', 'GET /rest/api/3/issue/${key}'];
        readonly why: 'The text still holds a placeholder such as ${key}, {{token}} or <token>: single quotes where backticks belong, or an environment that was not loaded.';
        readonly fix: 'Fill the placeholder in before the request is signed and sent.';
    };
    readonly 'CS-SCHEME-BEARER': {
        readonly title: 'The scheme is Bearer; a Connect token travels as JWT';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly ["Field 'summary' cannot be set. It is not on the appropriate screen, or unknown.", '{"error": "Failed to parse Connect Session Auth Token"}'];
        readonly why: 'Jira does not take `Bearer <token>` for a login of the app. The request goes on as anonymous, so the answer is often about screens or permissions and not about the token.';
        readonly fix: 'Write `Authorization: JWT <token>` in place of `Authorization: Bearer <token>`.';
    };
    readonly 'CS-SCHEME-TOKEN-PARAM': {
        readonly title: 'The header says `JWT token=…`';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'Some libraries (requests_jwt) write `JWT token="…"`. Jira takes everything after the word JWT for the token.';
        readonly fix: 'Send the word JWT, one space and the token: `Authorization: JWT <token>`, without `token=`.';
    };
    readonly 'CS-SCHEME-CASE': {
        readonly title: 'The scheme is not written JWT in capital letters';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly [];
        readonly why: 'Frameworks on both sides look for the four characters `JWT ` exactly.';
        readonly fix: 'Write the scheme as `JWT`, in capital letters.';
    };
    readonly 'CS-SCHEME-MISSING': {
        readonly title: 'The header holds a token without the word JWT before it';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'Without a scheme nobody knows what the text is.';
        readonly fix: 'Write `Authorization: JWT <token>`: the word JWT, one space, the token.';
    };
    readonly 'CS-SCHEME-DOUBLED': {
        readonly title: 'The header names a scheme, or itself, twice';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly ['Authorization: Bearer JWT eyJ…', 'Authorization: JWT JWT eyJ…'];
        readonly why: 'The code adds `JWT ` and the library adds a scheme of its own (axios and Postman do so for a "token" option), or the name of the header is in its value.';
        readonly fix: 'Set the header in one place only, to exactly `JWT <token>`.';
    };
    readonly 'CS-SCHEME-FORM': {
        readonly title: 'Between the word JWT and the token is not exactly one space';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly ['Authorization: JWT: eyJ…'];
        readonly why: 'A colon, an equals sign, no space or two spaces become part of the token, or of the scheme.';
        readonly fix: 'Write `Authorization: JWT <token>` with one space and nothing else.';
    };
    readonly 'CS-SCHEME-UNKNOWN': {
        readonly title: 'The scheme of the Authorization header is none that Jira knows here';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'Jira takes JWT from a Connect app, Basic from a person with an API token and Bearer from an OAuth or Forge app.';
        readonly fix: 'Write `Authorization: JWT <token>`.';
    };
    readonly 'CS-SCHEME-BASIC': {
        readonly title: 'A Basic login was sent where a JWT belongs';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['Basic auth with password is not allowed on this instance', 'Basic authentication with passwords is deprecated.', 'Basic Authentication Failure - Reason : AUTHENTICATED_FAILED'];
        readonly why: 'An app has no user name and password: the key and the shared secret never travel. Often a default of the HTTP client (axios `auth`, a URL with a user in it, a proxy) puts Basic over the header that the code set.';
        readonly fix: 'Remove every other credential from the client (its `auth` option, user:password@ in the URL) and send `Authorization: JWT <token>`.';
    };
    readonly 'CS-HEADER-TWICE': {
        readonly title: 'More than one Authorization header was sent';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'A default of the client and the header of this call were both sent, or joined with a comma.';
        readonly fix: 'Set the Authorization header once, in one place.';
    };
    readonly 'CS-TOKEN-QUOTED': {
        readonly title: 'The token stands in quotes or brackets';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly ['Authorization: JWT "eyJ…"'];
        readonly why: 'JSON.stringify on a text adds quotes, and so does a shell variable that was quoted twice.';
        readonly fix: 'Send the bare token, without quotes or brackets around it.';
    };
    readonly 'CS-TOKEN-WHITESPACE': {
        readonly title: 'There is a space or a line break inside the token';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly ['Invalid character in header content ["Authorization"]'];
        readonly why: 'The token was wrapped by a terminal, or by a tool that breaks base64 into lines of 76 characters (`base64` without -w0).';
        readonly fix: 'Take every space and line break out of the token.';
    };
    readonly 'CS-TOKEN-ENCODED': {
        readonly title: 'The token was encoded once more before it was sent';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'The whole token went through encodeURIComponent or base64. In a header it is sent as it is.';
        readonly fix: 'Send the token as it was made; it needs no encoding in a header.';
    };
    readonly 'CS-TOKEN-BASE64': {
        readonly title: 'The token is written in plain base64, not in base64url';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'A token made by hand with plain base64 has `+`, `/` and `=` in it, where base64url has `-`, `_` and nothing.';
        readonly fix: 'Encode header, claims and signature with base64url: `-` for `+`, `_` for `/`, and no `=`.';
    };
    readonly 'CS-TOKEN-TRUNCATED': {
        readonly title: 'The token was cut short';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly ['Not enough or too many JWT token segments; should be 3', 'Not enough or too many segments'];
        readonly why: 'A part is missing at the end or its signature is too short: a column too narrow, a log that shortens, a copy that missed the end, or code that splits at a dot.';
        readonly fix: 'Send the whole token: three parts with dots between them, the last one 43 characters long.';
    };
    readonly 'CS-TOKEN-DOUBLED': {
        readonly title: 'The token was written twice in a row';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly ['Not enough or too many JWT token segments; should be 3'];
        readonly why: 'The token was appended to a header that already held it, or pasted twice.';
        readonly fix: 'Send the token once: three parts with two dots.';
    };
    readonly 'CS-TOKEN-MALFORMED': {
        readonly title: 'This is no token: three base64url parts were expected';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly ['Failed to parse JWT', 'Invalid JWT: '];
        readonly why: 'A signed token is header, claims and signature, each in base64url, with dots between them. What was sent is not.';
        readonly fix: 'Make the token with createToken, or with encodeSymmetric of atlassian-jwt, and send what it gives unchanged.';
    };
    readonly 'CS-TOKEN-IN-QUERY': {
        readonly title: 'The token is in the query (?jwt=) of a REST call';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly [];
        readonly why: 'Since February 2022 Jira takes no token from the query of a REST call. Only the pages that Jira opens at the app carry one there.';
        readonly fix: 'Take `jwt` out of the query and send the header `Authorization: JWT <token>`.';
    };
    readonly 'CS-TOKEN-TWICE': {
        readonly title: 'The request carries two different tokens';
        readonly where: readonly ['from-jira'];
        readonly symptoms: readonly ['Could not find authentication data on request'];
        readonly why: 'One token is in the Authorization header and another one in the `jwt` query parameter.';
        readonly fix: 'Send one of them: take `jwt` out of the URL of calls that carry the header.';
    };
    readonly 'CS-KIND-FIT': {
        readonly title: 'This is a Forge invocation token';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly ['Forge Invocation Token verification was unsuccessful'];
        readonly why: 'A Forge invocation token (FIT) proves to a Forge remote that Atlassian called it. It is signed with RS256 and is no login for Jira, and no Connect token.';
        readonly fix: 'Verify it as a FIT (RS256, Forge key set, aud = your app id); call Jira with the token of the header x-forge-oauth-system, at app.apiBaseUrl.';
    };
    readonly 'CS-KIND-OAUTH': {
        readonly title: 'This is an OAuth access token, of OAuth 2.0 or of Forge';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly ['401 {"code":401,"message":"Unauthorized"}'];
        readonly why: 'An access token (3LO, x-forge-oauth-system, x-forge-oauth-user, impersonation) travels as Bearer. Those of 3LO and Forge open https://api.atlassian.com/ex/jira/<cloudId>, never the URL of the site.';
        readonly fix: 'Send it as `Authorization: Bearer <token>` to https://api.atlassian.com/ex/jira/<cloudId>/…, or make a Connect token for the URL of the site.';
    };
    readonly 'CS-KIND-API-TOKEN': {
        readonly title: 'This is an API token of a person';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly [];
        readonly why: 'An API token (ATATT…) belongs to a person and travels as Basic email:token. It is no JWT, and it signs none.';
        readonly fix: 'For an app: make a token with createToken. For a script of your own: `Authorization: Basic base64(email:API token)`.';
    };
    readonly 'CS-KIND-RAW-KEY': {
        readonly title: 'A key or the shared secret itself was sent in place of a token';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'The shared secret signs tokens and never travels; app key and clientKey are names. If it was the secret, whoever saw this request has it.';
        readonly fix: 'Make a token with createToken and send that. If the secret was sent, have the app installed again to get a new one.';
    };
    readonly 'CS-KIND-ASSERTION': {
        readonly title: 'This is an impersonation assertion, not a token for Jira';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly [];
        readonly why: 'An assertion (iss urn:atlassian:connect:clientid:…) is exchanged at the authorization server for an access token; Jira itself does not take it.';
        readonly fix: 'Post the assertion to the authorization server, and call Jira with `Authorization: Bearer <access token>` from its answer.';
    };
    readonly 'CS-KIND-HUB-SIGNATURE': {
        readonly title: 'This is the signature of an administrator’s webhook, not a token';
        readonly where: readonly ['from-jira'];
        readonly symptoms: readonly ['Missing signature'];
        readonly why: 'Webhooks that an administrator registers carry X-Hub-Signature: an HMAC of the body. Only webhooks of a Connect descriptor carry a JWT.';
        readonly fix: 'Check X-Hub-Signature with the secret of that webhook over the raw body, or declare the webhook in the descriptor.';
    };
    readonly 'CS-KIND-OTHER-JWT': {
        readonly title: 'This is a token of some other system';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'It is a JWT, but its issuer and its algorithm are those of another login service.';
        readonly fix: 'Make a Connect token: HS256 with the shared secret, iss = app key, and a qsh.';
    };
    readonly 'CS-CONTEXT-TOKEN': {
        readonly title: 'A context token was used where a request token belongs';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly ['Authentication failed: query hash does not match.'];
        readonly why: 'What AP.context.getToken gives has qsh = context-qsh: it is bound to no URL. It tells the app’s own backend who looks at the page; it opens no REST resource of Jira.';
        readonly fix: "To Jira: make a request token in the backend. From the page to the app: accept it on that route with accept: ['context'].";
    };
    readonly 'CS-TOKEN-FORWARDED': {
        readonly title: 'A token that Jira made for the app was sent back to Jira';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly [];
        readonly why: 'The token in the URL of an iframe or on a webhook says "this is from Jira", and its hash is that of the page. It is no credential of the app.';
        readonly fix: 'Make a token of the app for this call, with iss = app key and the hash of this method and URL.';
    };
    readonly 'CS-SESSION-TOKEN': {
        readonly title: 'A session token was used to call Jira';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly [];
        readonly why: 'The app made this token for its own page, or a browser got it at its login. It has no hash of a request.';
        readonly fix: 'Make a request token in the backend, with the hash of this method and URL.';
    };
    readonly 'CS-ISS-MISSING': {
        readonly title: 'The claim iss is missing';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly ['JWT claim did not contain the issuer (iss) claim'];
        readonly why: 'Without iss nobody knows whose secret to check the token with.';
        readonly fix: 'Add iss: the key of the descriptor.';
    };
    readonly 'CS-ISS-CLIENT-KEY': {
        readonly title: 'iss is the clientKey; a token for Jira carries the app key';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['Your presented credentials do not provide access to this resource.'];
        readonly why: 'The clientKey is iss on the tokens that Jira makes. On those that the app makes iss is the `key` of its descriptor. Mixing the two up is the commonest cause of a 401.';
        readonly fix: 'Set iss to the `key` of atlassian-connect.json.';
    };
    readonly 'CS-ISS-APP-KEY': {
        readonly title: 'iss is the app itself; a token of a site carries the clientKey';
        readonly where: readonly ['from-jira'];
        readonly symptoms: readonly ['Could not find stored client data for '];
        readonly why: 'A token that the app made, for Jira or for its own page, came in as if Jira had made it.';
        readonly fix: 'Send the app the token that Jira made: the `jwt` of the iframe, or the one of AP.context.getToken.';
    };
    readonly 'CS-ISS-PREFIX': {
        readonly title: 'iss has a prefix or suffix that does not belong there';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'Some clientKeys look like jira:1234, and so people put `jira:` before the key. Both keys are opaque texts.';
        readonly fix: 'Set iss to exactly the `key` of the descriptor, with nothing before or after it.';
    };
    readonly 'CS-ISS-SPELLING': {
        readonly title: 'iss is the app key, but spelt otherwise';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'Capital letters, spaces, dashes and dots count.';
        readonly fix: 'Take iss from the stored installation or from the descriptor, not from a text that is typed again.';
    };
    readonly 'CS-ISS-SAMPLE': {
        readonly title: 'iss is still the value of an example';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly [];
        readonly why: "'issuer-val' and the like stand in the README of the libraries.";
        readonly fix: 'Set iss to the `key` of your descriptor.';
    };
    readonly 'CS-ISS-URL': {
        readonly title: 'iss is a URL; the app key was expected';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly [];
        readonly why: 'Elsewhere iss is the URL of whoever makes the token. In Connect it is the key of the app.';
        readonly fix: 'Set iss to the `key` of the descriptor, not to the URL of the app or the site.';
    };
    readonly 'CS-ISS-ENVIRONMENT': {
        readonly title: 'The token is that of another environment of the same app';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'Development, staging and production have their own app keys, sites and secrets. Here the key of one is used with the installation of another.';
        readonly fix: 'Read app key, site URL and secret from one and the same stored installation.';
    };
    readonly 'CS-ISS-UNKNOWN': {
        readonly title: 'iss names nobody that is known here';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly ['Could not find stored client data for ', 'Your presented credentials do not provide access to this resource.'];
        readonly why: 'To Jira it must be the key of an app that is installed there; from Jira the clientKey of a stored installation.';
        readonly fix: 'To Jira: set iss to the `key` of the descriptor. From Jira: install the app on that site again, and check that the store outlives a restart.';
    };
    readonly 'CS-ALG-NONE': {
        readonly title: 'The token is not signed (alg none)';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'Nobody takes an unsigned token.';
        readonly fix: 'Sign with HS256 and the shared secret.';
    };
    readonly 'CS-ALG-UNEXPECTED': {
        readonly title: 'The algorithm is not HS256';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly ['Algorithm from the header "'];
        readonly why: 'Requests are signed with HS256, whatever a library uses by default. RS256 is for the installed and uninstalled callbacks, which only Atlassian can sign.';
        readonly fix: 'Sign with HS256.';
    };
    readonly 'CS-ALG-MISLABELLED': {
        readonly title: 'The header says HS256, but another algorithm made the signature';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'The signature is the HMAC of another hash (SHA-384 or SHA-512) than the header says.';
        readonly fix: 'Use HMAC-SHA-256 for a token whose header says HS256.';
    };
    readonly 'CS-SIGNATURE-ENCODING': {
        readonly title: 'The signature is right but written in another encoding';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'It is the right HMAC in hex, or in base64 of its hex text. A token has it in base64url.';
        readonly fix: "Write the signature in base64url: digest('base64url').";
    };
    readonly 'CS-SECRET-WHITESPACE': {
        readonly title: 'The secret had a space or line break at its end when it signed';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'A secret that was read from a file or pasted into a form brings the line break along, or was trimmed where it should not be.';
        readonly fix: 'Store and use the secret as the installed callback brought it: no character more, none less.';
    };
    readonly 'CS-SECRET-QUOTED': {
        readonly title: 'The secret had quotes around it when it signed';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'JSON.stringify on a text, a .env file and a database console all add quotes.';
        readonly fix: 'Use the bare text of the secret.';
    };
    readonly 'CS-SECRET-BASE64': {
        readonly title: 'The secret was decoded from, or encoded to, base64 before it signed';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly ['JWT signature does not match locally computed signature.'];
        readonly why: 'Some libraries (jjwt, PyJWT helpers, online tools) take a key as base64. The shared secret is used as the UTF-8 text that it is.';
        readonly fix: 'Sign with the bytes of the text itself: neither decode nor encode the secret.';
    };
    readonly 'CS-SECRET-HEX': {
        readonly title: 'The secret was decoded from, or encoded to, hex before it signed';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'The shared secret may look like hex, but it is used as the UTF-8 text that it is.';
        readonly fix: 'Sign with the bytes of the text itself.';
    };
    readonly 'CS-SECRET-CHANGED': {
        readonly title: 'The secret was changed on its way: letters, length or encoding';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'It was put into upper or lower case, URL-encoded, hashed, or cut to the width of a column before it signed.';
        readonly fix: 'Store and use the secret exactly as it came; it can be up to 128 characters long.';
    };
    readonly 'CS-SECRET-CLIENT-KEY': {
        readonly title: 'The clientKey was used as the secret';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'The clientKey names the installation; the sharedSecret signs.';
        readonly fix: 'Sign with `sharedSecret` of the installed callback.';
    };
    readonly 'CS-SECRET-PUBLIC-KEY': {
        readonly title: 'The publicKey was used as the secret';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'publicKey of the installed callback is a remnant and signs nothing.';
        readonly fix: 'Sign with `sharedSecret` of the installed callback.';
    };
    readonly 'CS-SECRET-APP-KEY': {
        readonly title: 'The app key was used as the secret';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'The app key is public; the sharedSecret signs.';
        readonly fix: 'Sign with `sharedSecret` of the installed callback.';
    };
    readonly 'CS-SECRET-PREVIOUS': {
        readonly title: 'The token was signed with an earlier secret of this installation';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly ['Signature verification failed for input: '];
        readonly why: 'Every installed callback may bring a new secret, also upgrades and re-installs. One that was kept in memory, in a cache or in a second row is not the newest.';
        readonly fix: 'Read the secret of the newest installed callback before each call, and replace the row instead of adding one.';
    };
    readonly 'CS-SECRET-OTHER-INSTALLATION': {
        readonly title: 'The token was signed with the secret of another installation';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly ['Signature verification failed for input: '];
        readonly why: 'The app is installed more than once (two sites, or development and production), and secret and site were mixed up.';
        readonly fix: 'Read secret, site URL and clientKey from one stored installation, found by its clientKey.';
    };
    readonly 'CS-SECRET-SAMPLE': {
        readonly title: 'The token was signed with an empty, unset or sample secret';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly ['Require key'];
        readonly why: "'undefined', an empty text or the value of an example was the secret: the store or the environment was not read.";
        readonly fix: 'Sign with `sharedSecret` of the stored installation, and stop when there is none.';
    };
    readonly 'CS-SECRET-OTHER': {
        readonly title: 'The token was not signed with this secret';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly ['Unable to decode JWT token: Error: Signature verification failed for input: ', 'JWT signature does not match locally computed signature.'];
        readonly why: 'Neither the secret nor any known misuse of it gives this signature. Another secret signed it, or the token was changed after it was signed.';
        readonly fix: 'Compare the secret that signs with `sharedSecret` of the newest installed callback (by length and hash, never by eye in a log); install again if in doubt.';
    };
    readonly 'CS-EXP-MISSING': {
        readonly title: 'The claim exp is missing';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly ["'exp' and 'iat' are required claims. Atlassian JWT does not allow JWTs with unlimited lifetimes."];
        readonly why: 'Atlassian takes no token of unlimited life.';
        readonly fix: 'Add exp: iat plus 180 seconds.';
    };
    readonly 'CS-IAT-MISSING': {
        readonly title: 'The claim iat is missing';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly ["'exp' and 'iat' are required claims. Atlassian JWT does not allow JWTs with unlimited lifetimes."];
        readonly why: 'Atlassian demands iat as well as exp. jsonwebtoken leaves it out with noTimestamp.';
        readonly fix: 'Add iat: the time now, in whole seconds.';
    };
    readonly 'CS-TIME-MILLISECONDS': {
        readonly title: 'iat or exp is in milliseconds; seconds were expected';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'Date.now() gives milliseconds; a token counts in seconds.';
        readonly fix: 'Use Math.floor(Date.now() / 1000).';
    };
    readonly 'CS-TIME-TEXT': {
        readonly title: 'iat or exp is no whole number of seconds';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly ["Expecting claim 'exp' to be numeric but it is a string"];
        readonly why: 'A text, a date or a fraction stands where a whole number belongs.';
        readonly fix: 'Use Math.floor(Date.now() / 1000), as a number.';
    };
    readonly 'CS-EXP-RELATIVE': {
        readonly title: 'exp is a duration; a point in time was expected';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'exp is when the token ends, in seconds since 1970. 180 there means three minutes after New Year 1970.';
        readonly fix: 'Set exp to iat plus the duration.';
    };
    readonly 'CS-TIME-ZONE': {
        readonly title: 'The times of the token are off by whole hours';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'Local time was taken for UTC. Seconds since 1970 are the same everywhere.';
        readonly fix: 'Use Math.floor(Date.now() / 1000), and no date that was put together from local hours.';
    };
    readonly 'CS-CLOCK': {
        readonly title: 'The clocks of the two machines differ';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly ['Token used before issued', 'Expired at '];
        readonly why: 'The clock that made the token and the one that checks it are more than 30 seconds apart.';
        readonly fix: 'Set the clock by NTP (in a container: that of its host), and compare it with the Date header of any answer.';
    };
    readonly 'CS-EXPIRED': {
        readonly title: 'The token has expired';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly ['Authentication request has expired. Try reloading the page.', 'Expired at '];
        readonly why: 'It was made once and used again, or it waited in a queue. A token lives for about three minutes.';
        readonly fix: 'Make a fresh token for each request; in a page ask AP.context.getToken before each call.';
    };
    readonly 'CS-NOT-YET-VALID': {
        readonly title: 'The token is not valid yet (nbf)';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly ['Token used before issued'];
        readonly why: 'nbf lies in the future: the clocks differ, or it was set too late.';
        readonly fix: 'Leave nbf out, or set it to the time now.';
    };
    readonly 'CS-EXP-TOO-FAR': {
        readonly title: 'The token is made to live far too long';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'Whoever finds the token can use it until it ends. Atlassian’s own libraries use 180 seconds.';
        readonly fix: 'Set exp to iat plus 180 seconds, and make a token for each request.';
    };
    readonly 'CS-AUD-MISSING': {
        readonly title: 'The claim aud is missing from a lifecycle token';
        readonly where: readonly ['install'];
        readonly symptoms: readonly ['JWT claim did not contain the correct audience (aud) claim'];
        readonly why: 'installed and uninstalled callbacks name the app they are for, so that one app cannot replay them to another.';
        readonly fix: 'Only Jira makes these tokens: set apiMigrations.signed-install to true, and install again.';
    };
    readonly 'CS-AUD-MISMATCH': {
        readonly title: 'aud names another URL than the app’s own';
        readonly where: readonly ['install', 'from-jira'];
        readonly symptoms: readonly ['JWT claim did not contain the correct audience (aud) claim', 'jwt.exceptions.InvalidAudienceError: Invalid audience', 'The app host returned HTTP response code 401 when we tried to contact it during installation.'];
        readonly why: 'Jira puts the baseUrl of the descriptor that it installed into aud: often an older tunnel URL, http in place of https, or the URL behind the proxy.';
        readonly fix: 'Give appUrl exactly the baseUrl of the installed descriptor, or install the app again from its present URL.';
    };
    readonly 'CS-HOST-GATEWAY': {
        readonly title: 'A Connect token was sent to api.atlassian.com';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['401 {"code":401,"message":"Unauthorized"}'];
        readonly why: 'The gateway takes OAuth and Forge tokens. A Connect token goes to the URL of the site, the `baseUrl` of the installed callback.';
        readonly fix: 'Send it to https://<site>.atlassian.net/rest/….';
    };
    readonly 'CS-HOST-OTHER-SITE': {
        readonly title: 'The request goes to another site than the installation’s';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly [];
        readonly why: 'Secret and host come from two installations, or from the displayUrl (custom domain) in place of the baseUrl.';
        readonly fix: 'Send the request to `baseUrl` of the installation whose secret signs it.';
    };
    readonly 'CS-QSH-MISSING': {
        readonly title: 'The claim qsh is missing';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly ['JWT claim did not contain the query string hash (qsh) claim'];
        readonly why: 'A general JWT library knows nothing of qsh: it must be given among the claims.';
        readonly fix: 'Add qsh: the SHA-256, in hex, of the canonical request (queryStringHash of countersign/jwt).';
    };
    readonly 'CS-QSH-NOT-HASHED': {
        readonly title: 'qsh is the canonical request itself, not its hash';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'createCanonicalRequest gives a text; qsh is the hash of it.';
        readonly fix: 'Use createQueryStringHash (or queryStringHash of countersign/jwt) for qsh.';
    };
    readonly 'CS-QSH-DIGEST': {
        readonly title: 'qsh is the right text, hashed or written in another way';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'It is another hash than SHA-256, an HMAC, or the hash in base64 or capital letters.';
        readonly fix: 'Use plain SHA-256 of the canonical request, in lower-case hex.';
    };
    readonly 'CS-QSH-FORM': {
        readonly title: 'The canonical request was put together in another form';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'It is METHOD&path&query with both ampersands, also where there is no query: GET&/rest/api/3/myself&.';
        readonly fix: 'Join method, path and query with &, and keep the last & where the query is empty.';
    };
    readonly 'CS-QSH-METHOD': {
        readonly title: 'The token was made for another method';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'The method is part of the hash, in capital letters. A default (GET), a redirect (POST becomes GET) or a typing error changed it.';
        readonly fix: 'Hash the method that is sent, in capital letters.';
    };
    readonly 'CS-QSH-FULL-URL': {
        readonly title: 'The full URL was hashed in place of its path';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'Scheme and host are no part of the canonical request.';
        readonly fix: 'Hash the path: /rest/api/3/…. canonicalRequest takes a full URL and cuts it.';
    };
    readonly 'CS-QSH-CONTEXT-PATH': {
        readonly title: 'The path was hashed with the context path of the product';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'The path of the baseUrl (such as /wiki or /jira) is cut off before hashing.';
        readonly fix: 'Give baseUrl to canonicalRequest, or cut its path off: hash /rest/…, send /wiki/rest/….';
    };
    readonly 'CS-QSH-CONTEXT-PATH-CUT': {
        readonly title: 'A part of the path that belongs to it was cut off before hashing';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'The base URL of the HTTP client (axios baseURL: …/rest/api/3) is not the base URL of the product, and its path counts; or a proxy serves the app below another path than Jira calls.';
        readonly fix: 'Hash the whole path below the baseUrl of the installation (to Jira: /rest/api/3/…; from Jira: what Jira called, before any proxy).';
    };
    readonly 'CS-QSH-BASE-DOUBLED': {
        readonly title: 'A part of the path was hashed twice';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'The base was joined to a path that already began with it.';
        readonly fix: 'Join base and path once, and hash what is sent.';
    };
    readonly 'CS-QSH-VERSION': {
        readonly title: 'The token was made for another version of the API';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly [];
        readonly why: '/rest/api/2, /rest/api/3 and /rest/api/latest are three different paths.';
        readonly fix: 'Hash and send the same version.';
    };
    readonly 'CS-QSH-PATH-DECODED': {
        readonly title: 'The path was hashed decoded, and sent encoded';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['wrong qsh'];
        readonly why: 'Jira hashes the path of a REST call as it comes over the wire, with its escapes.';
        readonly fix: 'Hash the path as it is sent: with %20, not with a space.';
    };
    readonly 'CS-QSH-PATH-ENCODED': {
        readonly title: 'The path was hashed in another encoding than it arrived in';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly ["Expecting claim 'qsh' to have value '", 'wrong qsh'];
        readonly why: 'It was encoded once too often, or a proxy or framework rewrote the escapes after the token was made.';
        readonly fix: 'Hash the path exactly as it goes over the wire; behind a proxy use the URL as the caller sent it.';
    };
    readonly 'CS-QSH-QUERY-IN-PATH': {
        readonly title: 'The query was encoded into the path';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly [];
        readonly why: 'The "?" was escaped, so that path and query became one long path.';
        readonly fix: 'Encode names and values, not the whole URL: keep ?, & and = as they are.';
    };
    readonly 'CS-QSH-SLASH': {
        readonly title: 'The path was hashed with other slashes';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'The hashed path begins with one slash and ends with none; a doubled slash comes from a base URL that ends with one.';
        readonly fix: 'Send and hash one slash between the parts, one at the start and none at the end.';
    };
    readonly 'CS-QSH-PATH-CASE': {
        readonly title: 'The path was hashed in other capital or small letters';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'The letters of the path count, also those of an issue key.';
        readonly fix: 'Hash the path as it is sent.';
    };
    readonly 'CS-QSH-QUERY-NOT-SIGNED': {
        readonly title: 'Parameters were sent that the hash does not cover';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'The client added them after the token was made: axios `params`, requests `params=`, Guzzle `query`, a cache buster, a tracking proxy. Or the hash was made from the path alone.';
        readonly fix: 'Put every parameter into the URL first, hash that URL, and let the client send it unchanged.';
    };
    readonly 'CS-QSH-QUERY-NOT-SENT': {
        readonly title: 'The hash covers parameters that were not sent';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'The query was hashed but got lost on its way: given to an option that the client does not know, or cut by a redirect or a proxy.';
        readonly fix: 'Hash exactly the URL that is sent, with its query.';
    };
    readonly 'CS-QSH-QUERY-ORDER': {
        readonly title: 'The parameters were hashed in the order in which they were sent';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'They are sorted by their encoded name before hashing.';
        readonly fix: 'Sort the parameters by name, and the values of one name by value.';
    };
    readonly 'CS-QSH-QUERY-VALUE': {
        readonly title: 'A parameter was hashed with another value than it was sent with';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'The client changed it on the way: true became 1, an empty value was left out, or null became text.';
        readonly fix: 'Hash the URL that is sent, after the client has written its query.';
    };
    readonly 'CS-QSH-QUERY-DECODED': {
        readonly title: 'The parameters were hashed without encoding';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'Names and values are percent-encoded by RFC 3986 before hashing: everything but letters, digits and -._~.';
        readonly fix: "Encode names and values with encodeURIComponent, and !'()* as well.";
    };
    readonly 'CS-QSH-QUERY-DOUBLE-ENCODED': {
        readonly title: 'The parameters were encoded twice';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'A value that was already encoded went through encodeURIComponent again: %20 became %2520.';
        readonly fix: 'Decode once, then encode once, both for the hash and for the URL.';
    };
    readonly 'CS-QSH-PLUS': {
        readonly title: 'Spaces in the query were hashed as +';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'URLSearchParams and form encoding write a space as +. In the canonical request it is %20.';
        readonly fix: 'Write %20 for a space, and %2B for a plus sign.';
    };
    readonly 'CS-QSH-ESCAPES': {
        readonly title: 'Some characters of the query were escaped in another way';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: "encodeURIComponent leaves !'()* as they are, encodeURI leaves even more, and some languages write escapes in small letters. RFC 3986 escapes all but letters, digits and -._~, in capital letters.";
        readonly fix: "Escape by RFC 3986: also !'()* and , : / @ in values, as %21 %27 %28 %29 %2A %2C %3A %2F %40.";
    };
    readonly 'CS-QSH-REPEATED': {
        readonly title: 'A repeated parameter was hashed in another way';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'The values of one name are sorted and joined with a comma that is not encoded: ids=1,2.';
        readonly fix: 'Join repeated values as name=first,second, sorted.';
    };
    readonly 'CS-QSH-BRACKETS': {
        readonly title: 'The client wrote a list as a[]=, the hash has a=';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'axios and qs spell lists `a[]=1&a[]=2` or `a[0]=1` by default, after the token was made.';
        readonly fix: 'Write the query yourself, or tell the client to repeat the plain name (axios: paramsSerializer: { indexes: null }).';
    };
    readonly 'CS-QSH-JWT-INCLUDED': {
        readonly title: 'The parameter jwt was hashed as well';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'The token cannot cover itself: the parameter jwt is left out of the canonical request.';
        readonly fix: 'Leave the parameter jwt out of the hash.';
    };
    readonly 'CS-QSH-BODY': {
        readonly title: 'The body was hashed as if it were the query';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly ["Expecting claim 'qsh' to have value '"];
        readonly why: 'The hash covers method, path and query, and not the body.';
        readonly fix: 'Leave the body out of the hash.';
    };
    readonly 'CS-QSH-FRAGMENT': {
        readonly title: 'The fragment (#…) was hashed as well';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly [];
        readonly why: 'A fragment is never sent, so nobody else can hash it.';
        readonly fix: 'Cut # and what follows before hashing.';
    };
    readonly 'CS-QSH-OTHER-REQUEST': {
        readonly title: 'The token was made for another request';
        readonly where: readonly ['to-jira', 'from-jira'];
        readonly symptoms: readonly ['Auth failure: Query hash mismatch: Received: "', 'wrong qsh'];
        readonly why: 'The hash is of another method, path or query, and none of the known mistakes gives it. Often one token is used for several requests.';
        readonly fix: 'Make a token for each request, and compare canonicalRequest of what is sent with what your code hashes.';
    };
    readonly 'CS-INSTALLATION-UNKNOWN': {
        readonly title: 'No installation is stored for this site';
        readonly where: readonly ['from-jira', 'to-jira'];
        readonly symptoms: readonly ['Could not find stored client data for ', 'There are no "clientInfo" settings in the store for tenant "'];
        readonly why: 'The installed callback was never stored here: a store in memory that was emptied by a restart, another database, or a site that was imported and has a new clientKey.';
        readonly fix: 'Use a store that outlives a restart, point every process at it, and install the app on that site again.';
    };
    readonly 'CS-INSTALLATION-UNINSTALLED': {
        readonly title: 'The app was uninstalled from this site';
        readonly where: readonly ['from-jira', 'to-jira'];
        readonly symptoms: readonly ['The app is not installed on this instance'];
        readonly why: 'Since the uninstalled callback the secret opens nothing.';
        readonly fix: 'Have an administrator install the app again; the installed callback brings a new secret.';
    };
    readonly 'CS-INSTALLATION-STALE': {
        readonly title: 'The site does not know this app by this secret';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly [];
        readonly why: 'The token is well made, so what it was made with is wrong: the secret was replaced by a later installed callback, or the app is disabled or uninstalled there.';
        readonly fix: 'Check under Apps › Manage apps that the app is installed and enabled, then install it again and use the new secret.';
    };
    readonly 'CS-INSTALL-UNSIGNED': {
        readonly title: 'The install callback is not signed with Atlassian’s key';
        readonly where: readonly ['install'];
        readonly symptoms: readonly ['Unexpected or missing JWT token, failed to verify installation.'];
        readonly why: 'Without apiMigrations.signed-install the callback comes with no token, or with HS256, and anybody could send it.';
        readonly fix: 'Set "apiMigrations": { "signed-install": true } in the descriptor, and install again.';
    };
    readonly 'CS-INSTALL-KEY-UNKNOWN': {
        readonly title: 'The key host does not know the key of this install callback';
        readonly where: readonly ['install'];
        readonly symptoms: readonly ['Could not get public key with keyId ', 'DECODER routines::unsupported'];
        readonly why: 'The key host answered 404: the site is a staging, FedRAMP or sandbox site whose keys are published elsewhere, or the callback is forged.';
        readonly fix: 'Set installKeyHosts to the key hosts of that kind of site.';
    };
    readonly 'CS-INSTALL-KEY-HOST': {
        readonly title: 'The host of the install keys cannot be reached';
        readonly where: readonly ['install'];
        readonly symptoms: readonly ['The app host returned HTTP response code 503 when we tried to contact it'];
        readonly why: 'A firewall or proxy keeps this machine from the key host, or the host answers something that is no key.';
        readonly fix: 'Let this machine reach the install key hosts over HTTPS, and install again.';
    };
    readonly 'CS-INSTALL-ISSUER': {
        readonly title: 'The body of the callback speaks for another site than its token';
        readonly where: readonly ['install'];
        readonly symptoms: readonly ['clientKey in install payload did not match authenticated client'];
        readonly why: 'clientKey in the body is not iss of the token. Jira never sends that.';
        readonly fix: 'Send the callback as Jira sent it; if nobody changed it, treat it as an attack.';
    };
    readonly 'CS-INSTALL-OTHER-APP': {
        readonly title: 'The callback is about another app';
        readonly where: readonly ['install'];
        readonly symptoms: readonly [];
        readonly why: 'The descriptor that was installed has another key than this app.';
        readonly fix: 'Install the descriptor that this app serves.';
    };
    readonly 'CS-INSTALL-PAYLOAD': {
        readonly title: 'The body of the callback cannot be used';
        readonly where: readonly ['install'];
        readonly symptoms: readonly ['No registration info provided.', 'The app host returned HTTP response code 400 when we tried to contact it during installation.'];
        readonly why: 'It is no JSON, too large, or lacks clientKey, sharedSecret or baseUrl: often a body parser in front took it away.';
        readonly fix: 'Hand the raw request to the app, before any body parser.';
    };
    readonly 'CS-INSTALL-SITE-REFUSED': {
        readonly title: 'The app does not allow itself to be installed on this site';
        readonly where: readonly ['install'];
        readonly symptoms: readonly ['is not authorized to register as the host does not match the registration whitelist'];
        readonly why: 'The site is not in allowedSites.';
        readonly fix: 'Add the site to allowedSites if the app may be installed there.';
    };
    readonly 'CS-INSTALL-REPLAYED': {
        readonly title: 'This lifecycle token was used before';
        readonly where: readonly ['install'];
        readonly symptoms: readonly [];
        readonly why: 'Each lifecycle token is good once, because it does not cover the body. A retry of a proxy or a recorded request sends it again.';
        readonly fix: 'Install again; switch off retries in front of the app for its lifecycle paths.';
    };
    readonly 'CS-INSTALL-NEEDS-FORGE': {
        readonly title: 'Private Connect apps are installed through a Forge manifest now';
        readonly where: readonly ['install'];
        readonly symptoms: readonly ['Development Mode no longer supports installing private apps using an app descriptor URL.'];
        readonly why: 'Since 2026-03-31 Jira installs no private app from a descriptor URL.';
        readonly fix: 'Wrap the descriptor in a Forge manifest (app.connect.key) and install by its link; develop against the sandbox.';
    };
    readonly 'CS-INSTALL-UNREACHABLE': {
        readonly title: 'Jira could not install the app: the app did not answer as it should';
        readonly where: readonly ['install'];
        readonly symptoms: readonly ['The app host returned HTTP response code ', 'Add-on not registered; no compatible hosts detected'];
        readonly why: 'Jira called the installed callback and got another status than 200 or 204. The reason is in the log of the app.';
        readonly fix: 'Read the log of the app at that time; it names the cause.';
    };
    readonly 'CS-ANONYMOUS': {
        readonly title: 'Jira treated the call as anonymous';
        readonly where: readonly ['to-jira', 'field'];
        readonly symptoms: readonly ['Anonymous users do not have permission to create issues in this project.', 'You do not have permission to create issues in this project.'];
        readonly why: 'The credential was dropped, refused or not understood, and this resource may be read by anybody: so Jira answered about permissions and screens, not about the login.';
        readonly fix: 'Call GET /rest/api/3/myself with the same credential: it answers 401 where others answer 400 or 404.';
    };
    readonly 'CS-CREDENTIAL-IGNORED': {
        readonly title: 'Jira refused the credential and answered as if to an anonymous caller';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['X-Seraph-LoginReason: AUTHENTICATED_FAILED'];
        readonly why: 'Where anonymous reading is allowed, a refused login still gets 200, with fewer results.';
        readonly fix: 'Do not trust the answer. Renew the credential; look at the header X-Seraph-LoginReason of every answer.';
    };
    readonly 'CS-LOGIN-DENIED': {
        readonly title: 'Jira denies logins of this account for now';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['X-Seraph-LoginReason: AUTHENTICATION_DENIED', 'X-Authentication-Denied-Reason: CAPTCHA_CHALLENGE'];
        readonly why: 'After several failed logins Jira asks for a CAPTCHA, which no program can solve.';
        readonly fix: 'Log in once in a browser, then use an API token or the token of the app.';
    };
    readonly 'CS-SCOPE-MISSING': {
        readonly title: 'The descriptor lacks the scope for this call';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['Request not in an authorized API scope', 'The app defines features that require the READ scope, but does not request the READ scope in its descriptor.'];
        readonly why: 'Each method needs a scope (READ, WRITE, DELETE, ADMIN …), and a new one counts only after the app was upgraded or approved on the site.';
        readonly fix: 'Add the scope to `scopes` of the descriptor, and install the app again.';
    };
    readonly 'CS-SCOPE-GATEWAY': {
        readonly title: 'The token lacks the scope for this call';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['{"code":401,"message":"Unauthorized; scope does not match"}', 'x-failure-category: FAILURE_CLIENT_SCOPE_CHECK'];
        readonly why: 'The OAuth or Forge token was given for fewer scopes than this resource needs.';
        readonly fix: 'Add the scope to the manifest or the OAuth app, deploy, and have the new version approved on the site.';
    };
    readonly 'CS-AUTH-MISMATCH': {
        readonly title: 'The gateway does not take this kind of credential here';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['x-failure-category: FAILURE_CLIENT_AUTH_MISMATCH'];
        readonly why: 'API tokens with scopes, service accounts, OAuth and Forge use https://api.atlassian.com/ex/jira/<cloudId>; Connect tokens and classic API tokens use the URL of the site.';
        readonly fix: 'Use the host that belongs to the credential.';
    };
    readonly 'CS-PERMISSION': {
        readonly title: 'The app user, or the user it acts as, lacks the permission';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['Current user not permitted to use Confluence', 'You do not have permission to '];
        readonly why: 'What an app may do is its scopes and the permissions of its app user, or of the user whose token it sends; and an administrator may have changed the schemes, roles or groups.';
        readonly fix: 'Give the role atlassian-addons-project-access (or the app user) the permission in the project’s permission scheme.';
    };
    readonly 'CS-NOT-VISIBLE': {
        readonly title: 'It does not exist, or the app user may not see it';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['Issue does not exist or you do not have permission to see it.'];
        readonly why: 'Jira answers both with 404, so that nobody learns what exists.';
        readonly fix: 'Check key and spelling, then the permission Browse Projects and the issue security level for the app user.';
    };
    readonly 'CS-PATH-UNKNOWN': {
        readonly title: 'There is no such resource';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['null for uri: ', 'dead link'];
        readonly why: 'The path is none of the REST API: a typing error, a missing /rest/api/3, or a context path too much.';
        readonly fix: 'Compare the path with the documentation of the REST API; it begins with /rest/api/3/.';
    };
    readonly 'CS-API-REMOVED': {
        readonly title: 'Jira no longer has this resource';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['The requested API has been removed. Please migrate to the /rest/api/3/search/jql API.'];
        readonly why: 'It was deprecated and then switched off.';
        readonly fix: 'Use the resource that the answer names; for /rest/api/3/search that is /rest/api/3/search/jql.';
    };
    readonly 'CS-METHOD-NOT-ALLOWED': {
        readonly title: 'The resource does not know this method';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['405 Method Not Allowed'];
        readonly why: 'A typing error, or a redirect that turned a POST into a GET.';
        readonly fix: 'Use the method of the documentation, and the present URL of the site.';
    };
    readonly 'CS-GET-BODY': {
        readonly title: 'A GET request with a body is refused';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['A GET request may not have a body.'];
        readonly why: 'The edge in front of Jira refuses a GET or HEAD request that has a body (CHANGE-2328). Some clients send {} or a Content-Length of their own.';
        readonly fix: 'Send no body with GET: leave `data`, `json` and `body` out.';
    };
    readonly 'CS-BODY-NOT-JSON': {
        readonly title: 'Jira could not read the body';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['There was an error parsing JSON. Check that your request body is valid.', '415 Unsupported Media Type'];
        readonly why: 'It is no JSON, or the header Content-Type: application/json is missing. With axios.put(url, options) the options are sent as the body.';
        readonly fix: 'Send JSON.stringify(body) with Content-Type: application/json; with axios: put(url, body, options).';
    };
    readonly 'CS-XSRF': {
        readonly title: 'Jira takes the call for one of a browser';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['XSRF check failed'];
        readonly why: 'Uploads, and calls with the User-Agent or Origin of a browser, need a header against forged requests.';
        readonly fix: 'Send the header X-Atlassian-Token: no-check, and call from the backend.';
    };
    readonly 'CS-BAD-VALUE': {
        readonly title: 'Jira does not take a value of this call';
        readonly where: readonly ['to-jira', 'field'];
        readonly symptoms: readonly ['Operation value must be ', 'is required.', "The value 'XX' does not exist for the field 'project'."];
        readonly why: 'The login is fine: a field or parameter has a value or form that Jira does not take. In version 3 rich text is an Atlassian document, not text.';
        readonly fix: 'Correct the field that `errors` names; GET …/editmeta or …/createmeta lists what it takes.';
    };
    readonly 'CS-RENAMED-SITE': {
        readonly title: 'The site moved to another URL';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['302 to another host'];
        readonly why: 'After a site is renamed its old URL redirects. A credential must not follow it.';
        readonly fix: 'Use the baseUrl of the newest installed callback, which comes with the renaming.';
    };
    readonly 'CS-SITE-GONE': {
        readonly title: 'The site is suspended or gone';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['Site temporarily unavailable', 'Your Atlassian Cloud site is currently unavailable'];
        readonly why: 'The subscription ended, or the site was deleted; no uninstalled callback is sent for that.';
        readonly fix: 'Stop calling this site, and keep its data until the app is installed again or the retention time ends.';
    };
    readonly 'CS-JIRA-DOWN': {
        readonly title: 'Jira failed, or something in between did';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['500 Internal Server Error', '503 Service Unavailable'];
        readonly why: 'The answer has a status of 500 or more: nothing that a token could change.';
        readonly fix: 'Try again later, with growing pauses; look at https://status.atlassian.com.';
    };
    readonly 'CS-UNREACHABLE': {
        readonly title: 'The site could not be reached';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['getaddrinfo ENOTFOUND', 'ECONNREFUSED', 'fetch failed'];
        readonly why: 'No answer came: a wrong host name, no network, a proxy or a certificate that is not trusted, or a time limit that is too short.';
        readonly fix: 'Check the URL of the site, the proxy settings and the network of this machine.';
    };
    readonly 'CS-FIELD-NOT-ON-SCREEN': {
        readonly title: 'The field cannot be set: it is on no screen, or unknown';
        readonly where: readonly ['field'];
        readonly symptoms: readonly ["Field 'customfield_10042' cannot be set. It is not on the appropriate screen, or unknown."];
        readonly why: 'The field is not on the screen of this operation, or its id is not that of a field here.';
        readonly fix: 'Put the field on the edit screen, or set overrideScreenSecurity=true (scope ADMIN and Administer Jira for the app user); GET …/editmeta lists what can be set.';
    };
    readonly 'CS-FIELD-UNKNOWN': {
        readonly title: 'There is no such field on this site';
        readonly where: readonly ['field'];
        readonly symptoms: readonly ["Jira lists no field 'Site locaton'."];
        readonly why: 'Ids of custom fields differ from site to site, and names can be changed or used twice.';
        readonly fix: 'Look the id up with GET /rest/api/3/field on this very site.';
    };
    readonly 'CS-FIELD-READ-ONLY': {
        readonly title: 'The field is computed by Jira and cannot be set';
        readonly where: readonly ['field'];
        readonly symptoms: readonly ["Field 'created' cannot be set. It is not on the appropriate screen, or unknown."];
        readonly why: 'created, updated, status, creator and the like are never set by an edit; no override changes that.';
        readonly fix: 'Leave it out. A status is changed by POST …/transitions.';
    };
    readonly 'CS-FIELD-OF-APP': {
        readonly title: 'The field belongs to an app and is written in its own way';
        readonly where: readonly ['field'];
        readonly symptoms: readonly ["Field 'my-app__location' cannot be set. It is not on the appropriate screen, or unknown."];
        readonly why: 'A read_only issue field shows an issue property and has no value of its own; other fields of an app are written by that app alone.';
        readonly fix: 'Write the issue property that the field shows, or use PUT /rest/api/3/app/field/{fieldIdOrKey}/value as the app that owns the field.';
    };
    readonly 'CS-FIELD-OVERRIDE': {
        readonly title: 'The override flags need the scope ADMIN and the permission Administer Jira';
        readonly where: readonly ['field'];
        readonly symptoms: readonly ['overrideScreenSecurity and overrideEditableFlag need the ADMIN scope and the Administer Jira global permission.'];
        readonly why: 'overrideScreenSecurity and overrideEditableFlag are for app users who administer Jira.';
        readonly fix: 'Add the scope ADMIN to the descriptor, install again, and give the app user Administer Jira; or leave the flags out.';
    };
    readonly 'CS-ISSUE-LOCKED': {
        readonly title: 'The workflow status of the issue forbids editing';
        readonly where: readonly ['field'];
        readonly symptoms: readonly ['You are not allowed to edit this issue due to its current status in the workflow.'];
        readonly why: 'The status has the property jira.issue.editable=false.';
        readonly fix: 'Move the issue to another status first, or set overrideEditableFlag=true (scope ADMIN and Administer Jira).';
    };
    readonly 'CS-LIMIT-QUOTA': {
        readonly title: 'The app used up its points for this hour';
        readonly where: readonly ['limit'];
        readonly symptoms: readonly ['429 RateLimit-Reason: jira-quota-global-based', '429 RateLimit-Reason: jira-quota-tenant-based'];
        readonly why: 'Points per hour are counted over all sites of the app (or for this site), and start anew at the full hour UTC.';
        readonly fix: 'Wait for Retry-After; ask for fewer fields and larger pages, and use webhooks in place of polling.';
    };
    readonly 'CS-LIMIT-BURST': {
        readonly title: 'Too many calls in one second';
        readonly where: readonly ['limit'];
        readonly symptoms: readonly ['429 RateLimit-Reason: jira-burst-based'];
        readonly why: 'Each resource has a limit per second for each site.';
        readonly fix: 'Send fewer calls at once; wait for Retry-After, then spread them with some jitter.';
    };
    readonly 'CS-LIMIT-ISSUE': {
        readonly title: 'One issue was written too often';
        readonly where: readonly ['limit'];
        readonly symptoms: readonly ['429 RateLimit-Reason: jira-per-issue-on-write'];
        readonly why: 'An issue takes 20 writes in 2 seconds and 100 in 30 seconds.';
        readonly fix: 'Join the changes of one issue into one edit.';
    };
    readonly 'CS-LIMIT': {
        readonly title: 'Jira asks to slow down';
        readonly where: readonly ['limit'];
        readonly symptoms: readonly ['429 Too Many Requests'];
        readonly why: 'A limit was passed; the answer does not say which.';
        readonly fix: 'Wait for Retry-After, or a minute where it is missing, and send less at once.';
    };
    readonly 'CS-IMPERSONATION-SCOPE': {
        readonly title: 'The app may not act as a user';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['{"error":"unauthorized_client","error_description":"The authenticated client is not authorized to use this authorization grant type"}'];
        readonly why: 'The scope ACT_AS_USER is missing, or the app was not installed again since it was added.';
        readonly fix: 'Add ACT_AS_USER to `scopes` of the descriptor, and install the app again.';
    };
    readonly 'CS-IMPERSONATION-GRANT': {
        readonly title: 'The authorization server does not take the assertion';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['{"error":"invalid_grant","error_description":"Invalid aud: https://auth.atlassian.io"}', '{"error":"invalid_grant"}'];
        readonly why: 'aud names the former server, the oauthClientId is that of an older installation, the user does not exist or is not active, or the assertion lives too long.';
        readonly fix: 'Use https://oauth-2-authorization-server.services.atlassian.com as aud, the newest oauthClientId, urn:atlassian:connect:useraccountid:<accountId> as sub, and 60 seconds of life.';
    };
};
export declare const causes: typeof connectCauses & typeof forgeCauses;
export type CauseId = keyof typeof causes;
export type CausePlace = 'to-jira' | 'from-jira' | 'from-forge' | 'install' | 'field' | 'limit';
export interface Cause {
    readonly title: string;
    readonly where: readonly CausePlace[];
    readonly symptoms: readonly string[];
    readonly why: string;
    readonly fix: string;
    readonly source?: string;
}
export declare function causeOf(id: CauseId): Cause;
export declare function docsOf(id: CauseId): string;
export {};

// dist/jwt/explain/explanation.d.ts
import type { CauseId } from './causes.ts';
export interface KnownInstallation {
    clientKey?: string;
    appKey?: string;
    siteUrl?: string;
    sharedSecret?: string;
}
export type CredentialKind = 'connect' | 'fit' | 'forge-system' | 'forge-user' | 'oauth' | 'connect-user' | 'api-token';
export interface ExplainInput {
    token: string;
    sharedSecret?: string;
    previousSecrets?: readonly string[];
    appKey?: string;
    clientKey?: string;
    publicKey?: string;
    method?: string;
    url?: string | URL;
    baseUrl?: string | URL;
    now?: () => number;
    direction?: 'to-jira' | 'from-jira';
    accept?: 'request' | 'context' | 'forge' | readonly ('request' | 'context' | 'forge')[];
    credential?: CredentialKind;
    appId?: string | readonly string[];
    environments?: readonly string[];
    apiBaseUrl?: string | URL;
    manifest?: unknown;
    body?: string;
    serverDate?: string;
    installations?: readonly KnownInstallation[];
    signedUrl?: string | URL;
    lifecycle?: boolean;
    quick?: boolean;
}
export interface Check {
    id: CheckId;
    title: string;
    result: 'passed' | 'failed' | 'impossible';
    detail: string;
    missing?: string[];
    cause?: CauseId;
}
export type CheckId = 'input' | 'header' | 'form' | 'kind' | 'host' | 'environment' | 'claims' | 'issuer' | 'algorithm' | 'signature' | 'times' | 'audience' | 'hash' | 'lifetime';
export type Confidence = 'certain' | 'likely' | 'none';
export interface Verdict {
    cause: CauseId | undefined;
    ok: boolean;
    title: string;
    evidence: string;
    fix: string;
    docs: string;
    confidence: Confidence;
}
export interface Explanation {
    verdict: Verdict;
    checks: Check[];
    ruledOut: CauseId[];
    token?: {
        header: Record<string, unknown>;
        claims: Record<string, unknown>;
    };
    canonicalRequest?: {
        expected: string;
        hashed?: string;
    };
}

// dist/jwt/explain/forge-causes.d.ts
export declare const forgeCauses: {
    readonly 'CS-FORGE-SCHEME': {
        readonly title: 'A Forge or OAuth token travels as `Bearer <token>`';
        readonly where: readonly ['from-forge', 'to-jira'];
        readonly symptoms: readonly ['Authorization: JWT eyJhbGciOiJSUzI1NiI…'];
        readonly why: 'Only Connect tokens travel as JWT. A FIT, the tokens of x-forge-oauth-system and x-forge-oauth-user, and access tokens of OAuth 2.0 travel as Bearer.';
        readonly fix: 'Write `Authorization: Bearer <token>`: the word Bearer, one space, the token.';
        readonly source: 'https://developer.atlassian.com/platform/forge/remote/essentials/';
    };
    readonly 'CS-FORGE-APP-OTHER': {
        readonly title: 'The FIT is for another Forge app';
        readonly where: readonly ['from-forge'];
        readonly symptoms: readonly ['JWTClaimValidationFailed: unexpected "aud" claim value'];
        readonly why: 'aud is the id of the app that was called. Every Forge app gets tokens from the same keys, so a FIT of another app has a good signature; that is why aud must be compared with the configured id, and never with app.id of the token itself.';
        readonly fix: 'Set appId to app.id of the manifest.yml that is deployed; if it is that already, the caller is another app and is rightly refused.';
        readonly source: 'https://developer.atlassian.com/platform/forge/remote/essentials/';
    };
    readonly 'CS-FORGE-APP-ID-FORM': {
        readonly title: 'The app id is compared in another form than aud has';
        readonly where: readonly ['from-forge'];
        readonly symptoms: readonly ['JWTClaimValidationFailed: unexpected "aud" claim value'];
        readonly why: 'aud of a FIT is the whole ARI, ari:cloud:ecosystem::app/<uuid>. The bare UUID, or the ARI of an environment or an installation, is never equal to it.';
        readonly fix: 'Use ari:cloud:ecosystem::app/<uuid>, exactly as app.id stands in manifest.yml.';
        readonly source: 'https://developer.atlassian.com/platform/forge/remote/essentials/';
    };
    readonly 'CS-FORGE-ENVIRONMENT': {
        readonly title: 'The FIT is of an environment of the app that is not accepted here';
        readonly where: readonly ['from-forge'];
        readonly symptoms: readonly [];
        readonly why: 'Development, staging and production of one app share its id and its keys. app.environment.type tells them apart, and each has installations and tokens of its own.';
        readonly fix: 'Give the manifest of each environment its own remote URL, or add the environment to `environments`.';
        readonly source: 'https://developer.atlassian.com/platform/forge/remote/essentials/';
    };
    readonly 'CS-FORGE-STAGING': {
        readonly title: 'The FIT is signed by the staging of Atlassian itself';
        readonly where: readonly ['from-forge'];
        readonly symptoms: readonly ['JWKSNoMatchingKey: no applicable key found in the JSON Web Key Set'];
        readonly why: 'Its apiBaseUrl begins with https://api.stg.atlassian.com/: such tokens have a key set of their own. Atlassian’s staging is not the STAGING environment of an app.';
        readonly fix: 'Set stagingKeySetUrl if this is meant; nobody outside Atlassian needs it.';
        readonly source: 'https://developer.atlassian.com/platform/forge/remote/essentials/';
    };
    readonly 'CS-FORGE-ISOLATED-CLOUD': {
        readonly title: 'The FIT comes from an Isolated Cloud, whose keys are elsewhere';
        readonly where: readonly ['from-forge'];
        readonly symptoms: readonly ['JWKSNoMatchingKey: no applicable key found in the JSON Web Key Set'];
        readonly why: 'The claim icLabel names the Isolated Cloud. Its key set has a URL of its own, made from a template that Atlassian gives at onboarding; a label of another form than ^[a-z0-9_-]{1,50}$ must never get into a URL.';
        readonly fix: 'Set isolatedCloudKeySetUrl to the template from the onboarding; refuse a label of any other form.';
        readonly source: 'https://developer.atlassian.com/platform/forge/remote/essentials/';
    };
    readonly 'CS-FORGE-FIT-EXPIRED': {
        readonly title: 'The FIT has expired: it lives for 25 seconds';
        readonly where: readonly ['from-forge'];
        readonly symptoms: readonly ['JWTExpired: "exp" claim timestamp check failed'];
        readonly why: 'A FIT is for the request that brought it. It was stored, queued or sent again instead of being verified at once, or the clock of this machine is ahead.';
        readonly fix: 'Verify the FIT before anything else, and queue what it said, not the token; set the clock by NTP.';
        readonly source: 'https://developer.atlassian.com/platform/forge/remote/essentials/';
    };
    readonly 'CS-FORGE-FIT-EARLY': {
        readonly title: 'The FIT is not valid yet: the clock of this machine is behind';
        readonly where: readonly ['from-forge'];
        readonly symptoms: readonly ['JWTClaimValidationFailed: "nbf" claim timestamp check failed'];
        readonly why: 'nbf or iat lies in the future by the clock here. Atlassian makes the token at the moment of the call.';
        readonly fix: 'Set the clock of this machine by NTP (in a container: that of its host).';
        readonly source: 'https://developer.atlassian.com/platform/forge/remote/essentials/';
    };
    readonly 'CS-FORGE-ALG': {
        readonly title: 'The FIT is not signed with RS256';
        readonly where: readonly ['from-forge'];
        readonly symptoms: readonly ['JOSEAlgNotAllowed: "alg" (Algorithm) Header Parameter value not allowed'];
        readonly why: 'Atlassian signs with RS256. HS256 with the public key as the secret, or none, is how somebody else tries to get in.';
        readonly fix: "Fix the algorithm (algorithms: ['RS256']); treat the request as an attack unless a test made it.";
        readonly source: 'https://developer.atlassian.com/platform/forge/remote/essentials/';
    };
    readonly 'CS-FORGE-ISS': {
        readonly title: 'iss is not forge/invocation-token';
        readonly where: readonly ['from-forge'];
        readonly symptoms: readonly ['JWTClaimValidationFailed: unexpected "iss" claim value'];
        readonly why: 'Only forge/invocation-token proves a call to a remote. Forge makes other tokens as well, such as forge/context-token, from the same keys.';
        readonly fix: 'Use the token of the Authorization header, and demand iss forge/invocation-token.';
        readonly source: 'https://developer.atlassian.com/platform/forge/remote/essentials/';
    };
    readonly 'CS-FORGE-OAUTH-AS-FIT': {
        readonly title: 'An OAuth token was verified as if it were a FIT';
        readonly where: readonly ['from-forge'];
        readonly symptoms: readonly ['JWKSNoMatchingKey: no applicable key found in the JSON Web Key Set', 'JWSInvalid: Invalid Compact JWS'];
        readonly why: 'x-forge-oauth-system and x-forge-oauth-user hold access tokens for Jira. They are opaque, prove nothing about the caller, and are of another issuer. The FIT is in the Authorization header.';
        readonly fix: 'Verify the token of the Authorization header; hand the x-forge-oauth-… tokens to Jira unread.';
        readonly source: 'https://developer.atlassian.com/platform/forge/remote/essentials/';
    };
    readonly 'CS-FORGE-CONNECT-AS-FIT': {
        readonly title: 'A Connect token was sent where a FIT is expected';
        readonly where: readonly ['from-forge'];
        readonly symptoms: readonly ['JOSEAlgNotAllowed: "alg" (Algorithm) Header Parameter value not allowed'];
        readonly why: 'The Connect half of an app (connectModules, webhooks of the descriptor) still sends `JWT <token>`, signed with the shared secret; this route takes Forge alone.';
        readonly fix: "Accept both on that route, accept: ['request', 'forge'], or point the Connect module to a route of its own.";
        readonly source: 'https://developer.atlassian.com/platform/forge/remote/essentials/';
    };
    readonly 'CS-FORGE-KEY-UNKNOWN': {
        readonly title: 'Forge’s key set holds no key with this kid';
        readonly where: readonly ['from-forge'];
        readonly symptoms: readonly ['JWKSNoMatchingKey: no applicable key found in the JSON Web Key Set'];
        readonly why: 'The token names no key, or one of another key set (staging, Isolated Cloud, a sandbox), or it is forged.';
        readonly fix: 'Compare keySetUrl with the cloud that the token comes from; if they fit, the token is forged and rightly refused.';
        readonly source: 'https://developer.atlassian.com/platform/forge/remote/essentials/';
    };
    readonly 'CS-FORGE-KEYS-UNREACHABLE': {
        readonly title: 'Forge’s key set cannot be read';
        readonly where: readonly ['from-forge'];
        readonly symptoms: readonly ['JWKSTimeout: request timed out', 'Expected 200 OK from the JSON Web Key Set HTTP response'];
        readonly why: 'A firewall or proxy keeps this machine from the host of the keys, or the host answers something that is no key set. Nobody is let in meanwhile.';
        readonly fix: 'Let this machine reach https://forge.cdn.prod.atlassian-dev.net over HTTPS.';
        readonly source: 'https://developer.atlassian.com/platform/forge/remote/essentials/';
    };
    readonly 'CS-FORGE-SIGNATURE': {
        readonly title: 'The signature of the FIT does not match the key that it names';
        readonly where: readonly ['from-forge'];
        readonly symptoms: readonly ['JWSSignatureVerificationFailed: signature verification failed'];
        readonly why: 'The token was changed or cut after it was signed, or it was made by somebody who has not the key.';
        readonly fix: 'Look whether a proxy or a log shortened the header; otherwise it is forged and rightly refused.';
        readonly source: 'https://developer.atlassian.com/platform/forge/remote/essentials/';
    };
    readonly 'CS-FORGE-CLAIMS': {
        readonly title: 'The FIT lacks claims that every FIT has';
        readonly where: readonly ['from-forge'];
        readonly symptoms: readonly ["TypeError: Cannot read properties of undefined (reading 'installationId')"];
        readonly why: 'app.id, app.installationId, app.apiBaseUrl, app.environment and app.module are always there. A token without them was made by a test or is of another kind.';
        readonly fix: 'Make test tokens with the claims of the documentation; the sandbox makes whole ones.';
        readonly source: 'https://developer.atlassian.com/platform/forge/remote/essentials/';
    };
    readonly 'CS-FORGE-API-BASE': {
        readonly title: 'apiBaseUrl of the FIT is not where Atlassian’s gateway is';
        readonly where: readonly ['from-forge'];
        readonly symptoms: readonly [];
        readonly why: 'The tokens of the app are sent to app.apiBaseUrl, so it is only believed below a configured gateway, such as https://api.atlassian.com.';
        readonly fix: 'Add the origin of the sandbox or of the other gateway to gatewayUrls, if it is yours.';
        readonly source: 'https://developer.atlassian.com/platform/forge/remote/calling-product-apis/';
    };
    readonly 'CS-FORGE-SUB': {
        readonly title: 'The user is in principal, not in sub';
        readonly where: readonly ['from-forge'];
        readonly symptoms: readonly [];
        readonly why: 'The documented claim for the Atlassian account id is principal. sub is documented nowhere; code that reads it finds nothing, or something that Atlassian never promised.';
        readonly fix: 'Read principal (Caller.accountId), and expect it on calls of UI modules alone.';
        readonly source: 'https://developer.atlassian.com/platform/forge/remote/essentials/';
    };
    readonly 'CS-FORGE-SITE-URL': {
        readonly title: 'A Bearer token was sent to the URL of the site';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['Client must be authenticated to access this resource.'];
        readonly why: 'Tokens of Forge and of OAuth 2.0 open https://api.atlassian.com/ex/jira/<cloudId>; the FIT has it as app.apiBaseUrl. The *.atlassian.net URL of the site does not take them.';
        readonly fix: 'Put app.apiBaseUrl of the FIT in place of the URL of the site: <apiBaseUrl>/rest/api/3/….';
        readonly source: 'https://developer.atlassian.com/platform/forge/remote/calling-product-apis/';
    };
    readonly 'CS-FORGE-GATEWAY-PATH': {
        readonly title: 'The URL of the gateway lacks /ex/jira/<cloudId>, or has it twice';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly [];
        readonly why: 'https://api.atlassian.com serves all products and sites: the path says which. new URL("/rest/…", apiBaseUrl) cuts the path of the base off.';
        readonly fix: "Join apiBaseUrl and path as text, once: apiBaseUrl + '/rest/api/3/…'.";
        readonly source: 'https://developer.atlassian.com/platform/forge/remote/calling-product-apis/';
    };
    readonly 'CS-FORGE-CLOUD-ID': {
        readonly title: 'The cloudId in the URL is not that of the token’s site';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['{"code":401,"message":"Unauthorized"}'];
        readonly why: 'A token opens the site that it was given for. The cloudId is a UUID; it is not the name of the site, the installationId or the clientKey.';
        readonly fix: 'Take the whole base from app.apiBaseUrl of the FIT that brought the token (3LO: the id from accessible-resources).';
        readonly source: 'https://developer.atlassian.com/platform/forge/remote/calling-product-apis/';
    };
    readonly 'CS-FORGE-SYSTEM-TOKEN-MISSING': {
        readonly title: 'Forge sent no app token: x-forge-oauth-system is missing';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['Authorization: Bearer undefined', '{"code":401,"message":"Unauthorized"}'];
        readonly why: 'The header only comes when the endpoint that was called has auth.appSystemToken.enabled in the manifest. requestRemote of a browser brings none at all.';
        readonly fix: 'Set auth.appSystemToken.enabled: true on the modules.endpoint[] entry, add the scope read:app-system-token and one of Jira, and deploy.';
        readonly source: 'https://developer.atlassian.com/platform/forge/manifest-reference/endpoint/';
    };
    readonly 'CS-FORGE-USER-TOKEN-MISSING': {
        readonly title: 'Forge sent no user token: x-forge-oauth-user is missing';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['Authorization: Bearer undefined', '{"code":401,"message":"Unauthorized"}'];
        readonly why: 'The header needs auth.appUserToken.enabled, the scope read:app-user-token, and a user in session: it never comes with events and scheduled triggers.';
        readonly fix: 'Set auth.appUserToken.enabled: true on the modules.endpoint[] entry with the scope read:app-user-token; without a user in session use as(accountId).';
        readonly source: 'https://developer.atlassian.com/platform/forge/manifest-reference/endpoint/';
    };
    readonly 'CS-FORGE-AUTH-PLACE': {
        readonly title: 'auth stands on remotes[]; this call needs it on modules.endpoint[]';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['Authorization: Bearer undefined'];
        readonly why: 'remotes[].auth is for invokeRemote from a Forge function. invokeRemote of a page, triggers and scheduled triggers read auth of the endpoint; neither stands in for the other.';
        readonly fix: 'Move (or copy) auth to the modules.endpoint[] entry that is called, and deploy: this is a major version, which an administrator approves.';
        readonly source: 'https://developer.atlassian.com/platform/forge/manifest-reference/endpoint/';
    };
    readonly 'CS-FORGE-TOKEN-SCOPE': {
        readonly title: 'The manifest lacks a scope without which Forge makes no token';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['Authorization: Bearer undefined'];
        readonly why: 'x-forge-oauth-system needs read:app-system-token and x-forge-oauth-user needs read:app-user-token, and both need at least one scope of a product beside it: else no valid token is made.';
        readonly fix: 'Add read:app-system-token (or read:app-user-token) and a scope of Jira, such as read:jira-work, to permissions.scopes.';
        readonly source: 'https://developer.atlassian.com/platform/forge/remote/scheduled-triggers/';
    };
    readonly 'CS-FORGE-TOKEN-EXPIRED': {
        readonly title: 'The token of Forge has expired';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['{"code":401,"message":"Unauthorized"}'];
        readonly why: 'System and user tokens live for at most four hours, and there is no endpoint that refreshes them: a fresh one comes with the next call of Forge.';
        readonly fix: 'Have a scheduledTrigger with interval: hour call an endpoint with appSystemToken (app.forge.keepTokensFresh()), and keep the newest token with its exp.';
        readonly source: 'https://developer.atlassian.com/platform/forge/remote/calling-product-apis/';
    };
    readonly 'CS-FORGE-TOKEN-REFUSED': {
        readonly title: 'The gateway does not take this token of Forge';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['{"code":401,"message":"Unauthorized"}'];
        readonly why: 'Its form, time and URL are right, so it is no longer good: the app was uninstalled or installed again since, or the token is of another environment.';
        readonly fix: 'Wait for the next call of Forge, which brings a fresh token; check under Connected apps that the app is installed there.';
        readonly source: 'https://developer.atlassian.com/platform/forge/remote/calling-product-apis/';
    };
    readonly 'CS-FORGE-JUST-INSTALLED': {
        readonly title: 'The app was installed a moment ago: its permissions are not there yet';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['401 or 403 in the first minutes after avi:forge:installed:app'];
        readonly why: 'Permissions are eventually consistent: after an installation it may take minutes until Jira knows them.';
        readonly fix: 'Try again with growing pauses for some minutes; the client does so for the first ten minutes of an installation.';
        readonly source: 'https://developer.atlassian.com/platform/forge/events-reference/life-cycle/';
    };
    readonly 'CS-FORGE-IMPERSONATION': {
        readonly title: 'Forge gives no token to act as this user';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['offlineUserAuthToken: { "success": false, "errors": […] }'];
        readonly why: 'The scopes lack allowImpersonation: true, or the user is an app, deactivated, anonymous, or has no access to the app.';
        readonly fix: 'Write permissions.scopes as a map with allowImpersonation: true for each scope, and name an active user who may use the app.';
        readonly source: 'https://developer.atlassian.com/platform/forge/remote/calling-product-apis/';
    };
    readonly 'CS-OAUTH-EXPIRED': {
        readonly title: 'The OAuth access token has expired';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['{"code":401,"message":"Unauthorized"}'];
        readonly why: 'Access tokens of OAuth 2.0 (3LO) and of service accounts live for one hour, those of a user that a Connect app acts as for about 15 minutes.';
        readonly fix: '3LO: get the next one with the refresh token, and store the new refresh token too. Service account: ask for a new one with client_credentials.';
        readonly source: 'https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/';
    };
    readonly 'CS-OAUTH-REFRESH-REUSED': {
        readonly title: 'The refresh token was used before, or has ended';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['403 {"error":"invalid_grant","error_description":"Unknown or invalid refresh token."}', '{"error":"unauthorized_client","error_description":"refresh_token is invalid"}'];
        readonly why: 'Refresh tokens rotate: each use brings a new one and ends the old one. The new one was not stored, two processes refreshed at once, or it lay unused for 90 days.';
        readonly fix: 'Store the refresh token of each answer before anything else, refresh in one place at a time; now the user has to consent again.';
        readonly source: 'https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/';
    };
    readonly 'CS-OAUTH-REFUSED': {
        readonly title: 'The gateway does not take this OAuth access token';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['{"code":401,"message":"Unauthorized"}'];
        readonly why: 'Form, time and URL are right: the user took the consent back, or the app or its credential was deleted, or the site is not among those that were consented to.';
        readonly fix: 'Ask https://api.atlassian.com/oauth/token/accessible-resources with this token; if the site is not there, have the user consent again.';
        readonly source: 'https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/';
    };
    readonly 'CS-API-TOKEN-SITE': {
        readonly title: 'An API token with scopes was sent to the URL of the site';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['Client must be authenticated to access this resource.'];
        readonly why: 'API tokens with scopes, and all those of service accounts, open https://api.atlassian.com/ex/jira/<cloudId> alone; the site answers 401 to them.';
        readonly fix: 'Send it to https://api.atlassian.com/ex/jira/<cloudId>/rest/…, or make an API token without scopes.';
        readonly source: 'https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account';
    };
    readonly 'CS-API-TOKEN-GATEWAY': {
        readonly title: 'An API token without scopes was sent to the gateway';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['x-failure-category: FAILURE_CLIENT_AUTH_MISMATCH'];
        readonly why: 'API tokens without scopes open the URL of the site; https://api.atlassian.com takes those with scopes.';
        readonly fix: 'Send it to https://<site>.atlassian.net/rest/…, or make an API token with scopes.';
        readonly source: 'https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account';
    };
    readonly 'CS-API-TOKEN-LOGIN': {
        readonly title: 'The Basic login is not email:API token';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['X-Seraph-LoginReason: AUTHENTICATED_FAILED'];
        readonly why: 'The user is the e-mail address of the Atlassian account, and the password is the API token; neither a user name nor an account id nor the password of the account is taken.';
        readonly fix: 'Send `Authorization: Basic base64(email:API token)`.';
        readonly source: 'https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account';
    };
    readonly 'CS-API-TOKEN-REFUSED': {
        readonly title: 'Jira does not take this API token';
        readonly where: readonly ['to-jira'];
        readonly symptoms: readonly ['X-Seraph-LoginReason: AUTHENTICATED_FAILED'];
        readonly why: 'It has expired (after a year at most), was revoked, or belongs to another account than the e-mail address.';
        readonly fix: 'Make a new API token for that very account, and note when it ends.';
        readonly source: 'https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account';
    };
};

// dist/jwt/jwt.d.ts
import type { ExplainInput, Explanation } from './explain/explanation.ts';
export type { Check, Confidence, ExplainInput, Explanation, Verdict, } from './explain/explanation.ts';
export interface RequestTarget {
    method: string;
    url: string | URL;
    baseUrl?: string | URL;
}
export declare function canonicalRequest(target: RequestTarget): string;
export declare function queryStringHash(target: RequestTarget): string;
export interface CreateTokenOptions extends RequestTarget {
    issuer: string;
    sharedSecret: string;
    subject?: string;
    audience?: string | readonly string[];
    expiresInSeconds?: number;
    context?: Record<string, unknown>;
    now?: () => number;
}
export declare function createToken(options: CreateTokenOptions): string;
export declare function signClaims(claims: Readonly<Record<string, unknown>>, sharedSecret: string): string;
export interface Claims {
    iss: string;
    iat: number;
    exp: number;
    qsh: string;
    sub?: string;
    aud?: string | string[];
    nbf?: number;
    context?: Record<string, unknown>;
    [claim: string]: unknown;
}
export type TokenKind = 'request' | 'context';
export interface VerifyClaimsOptions extends RequestTarget {
    accept?: TokenKind | readonly TokenKind[];
    issuer?: string;
    audience?: string;
    clockToleranceSeconds?: number;
    now?: () => number;
}
export interface VerifyTokenOptions extends VerifyClaimsOptions {
    sharedSecret: string;
}
export declare function verifyToken(token: string, options: VerifyTokenOptions): Claims;
export declare function verifyClaims(claims: unknown, options: VerifyClaimsOptions): Claims;
export interface DecodedToken {
    header: Record<string, unknown>;
    claims: Record<string, unknown>;
}
export declare function decodeToken(token: string): DecodedToken;
export declare function explainToken(input: ExplainInput): Explanation;

// dist/logger.d.ts
export interface Logger {
    info(details: object, message: string): void;
    warn(details: object, message: string): void;
    error(details: object, message: string): void;
    debug?(details: object, message: string): void;
}
export interface LogContext {
    readonly requestId?: string | undefined;
    readonly clientKey?: string | undefined;
}
export declare function withLogContext<T>(of: LogContext, run: () => T): T;
export declare function addLogContext(of: LogContext): void;
export declare function currentRequestId(): string | undefined;
export declare function safeLogger(logger: Logger): Logger;
export declare function loggerWith(logger: Logger, bound: object): Logger;
export declare const consoleLogger: Logger;
export declare function loggable(error: unknown): Record<string, unknown>;

// dist/opentelemetry/index.d.ts
import { type MeterProvider, type TracerProvider } from '@opentelemetry/api';
import type { JiraTelemetry } from '../jira/telemetry.ts';
import type { WebhookTelemetry } from '../webhooks/telemetry.ts';
export type { CallInfo, CallSpan, JiraTelemetry } from '../jira/telemetry.ts';
export type { HandlingResult, IntakeResult, WebhookTelemetry } from '../webhooks/telemetry.ts';
export interface OpenTelemetryOptions {
    tracerProvider?: TracerProvider;
    meterProvider?: MeterProvider;
}
export declare function openTelemetry(options?: OpenTelemetryOptions): JiraTelemetry & Required<WebhookTelemetry>;

// dist/options.d.ts
import type { AppJiraOptions } from './app-jira.ts';
import { type ProxyOptions } from './connect/base-urls.ts';
import type { DescriptorSource } from './connect/descriptor.ts';
import { type SessionOptions, type SessionSettings } from './connect/session-token.ts';
import { type ForgeOptions, type ForgeSettings } from './forge/options.ts';
import type { CacheOptions } from './installations/cached-store.ts';
import type { EncryptionKeys } from './installations/encryption/key-ring.ts';
import type { InstallationStore } from './installations/store.ts';
import type { JiraTelemetry } from './jira/telemetry.ts';
import { type Logger } from './logger.ts';
import { type WebhooksOptions, type WebhooksSettings } from './webhooks/options.ts';
import type { WebhookTelemetry } from './webhooks/telemetry.ts';
export interface AppOptions {
    descriptor?: DescriptorSource;
    forge?: ForgeOptions;
    appUrl: string;
    alternativeUrls?: readonly string[];
    proxies?: ProxyOptions;
    session?: SessionOptions;
    permissionCacheSeconds?: number;
    store: InstallationStore;
    encryptionKeys?: EncryptionKeys | undefined;
    cache?: CacheOptions | false;
    previousSecretSeconds?: number;
    allowedSites?: readonly string[];
    installKeyHosts?: readonly string[];
    clockToleranceSeconds?: number;
    maxBodyBytes?: number;
    jira?: AppJiraOptions;
    webhooks?: WebhooksOptions;
    health?: string | false;
    telemetry?: AppTelemetry;
    logger?: Logger;
    now?: () => number;
}
export type AppTelemetry = Partial<JiraTelemetry> & WebhookTelemetry;
export type AppSettings = Required<Omit<AppOptions, ('encryptionKeys' | 'cache' | 'descriptor' | 'forge' | 'session') | ('webhooks' | 'health' | 'telemetry')>> & Pick<AppOptions, 'encryptionKeys' | 'cache' | 'descriptor'> & {
    readonly forge: ForgeSettings | undefined;
    readonly session: SessionSettings;
    readonly webhooks: WebhooksSettings;
    readonly telemetry: AppTelemetry | undefined;
    readonly healthPath: string | undefined;
};
export declare function readAppOptions(options: AppOptions): AppSettings;

// dist/pages/content-security-policy.d.ts
import type { Installation } from '../installations/installation.ts';
export type PolicyDirectives = Readonly<Record<string, readonly string[]>>;
export declare function checkDirectives(directives: PolicyDirectives): void;
export declare function checkAncestors(ancestors: readonly string[]): void;
export declare function contentSecurityPolicy(directives: PolicyDirectives, scripts: {
    readonly nonce: string;
    readonly allJsUrl: string | undefined;
}, ancestors: readonly string[]): string;
export declare function ancestorsOf(installation: Installation): readonly string[];
export declare function ancestorsOfSites(allowedSites: readonly string[]): readonly string[];

// dist/pages/html.d.ts
export declare class Html {
    #private;
    render(nonce?: string): string;
    toString(): string;
}
export type HtmlValue = Html | string | number | bigint | boolean | null | undefined | readonly HtmlValue[];
export declare function html(strings: TemplateStringsArray, ...values: HtmlValue[]): Html;
export declare function unsafeHtml(text: string): Html;
export declare function isHtml(value: unknown): value is Html;
export declare function escapeHtml(text: string): string;

// dist/pages/pages.d.ts
import { type AuthorizeQuestion } from '../authorize.ts';
import type { Caller } from '../caller.ts';
import type { InboundRequest } from '../connect/inbound-token.ts';
import { type PolicyDirectives } from './content-security-policy.ts';
import { type Html } from './html.ts';
export interface PageRequest extends InboundRequest {
    readonly query: URLSearchParams;
    readonly nonce: string;
}
export type PageContent = Html | string | Response;
export type PageHandler = (caller: Caller, request: PageRequest) => PageContent | Promise<PageContent>;
export interface PageOptions {
    accept?: 'request' | 'forge' | readonly ('request' | 'forge')[];
    authorize?: AuthorizeQuestion;
    allJsUrl?: string | false;
    contentSecurityPolicy?: PolicyDirectives;
    frameAncestors?: readonly string[];
}
export interface Pages {
    add(path: string, handler: PageHandler, options?: PageOptions): void;
    has(path: string): boolean;
    answer(path: string, request: InboundRequest): Promise<Response>;
}
export interface PagesApp {
    readonly allowedSites: readonly string[];
    authenticate(request: InboundRequest, options: {
        accept: readonly ('request' | 'forge')[];
    }): Promise<Caller>;
    authorize(caller: Caller, question: AuthorizeQuestion): Promise<void>;
    refuse(error: unknown, request: InboundRequest): Response;
    isTaken(path: string): boolean;
}
export declare function createPages(app: PagesApp): Pages;

// dist/testing/adapter-conformance.d.ts
import { type AdapterUnderTest } from './adapter/served.ts';
import type { ConformanceCase } from './store-conformance.ts';
export type { AdapterUnderTest, RouteAnswer, ServerSetup, ServerUnderTest, } from './adapter/served.ts';
export declare function adapterConformance(adapter: AdapterUnderTest): readonly ConformanceCase[];

// dist/testing/adapter/served.d.ts
import { Agent, type IncomingHttpHeaders } from 'node:http';
import { type App } from '../../app.ts';
import type { InstallationStore } from '../../installations/store.ts';
import type { WebhookEvent } from '../../webhooks/handlers.ts';
import type { ConformanceCase } from '../store-conformance.ts';
import { type TestSite } from '../test-site.ts';
export interface ServerSetup {
    readonly mountedAt: string;
    readonly bodyParser: 'before' | 'after';
}
export interface ServerUnderTest {
    readonly origin: string;
    close(): Promise<void>;
}
export interface AdapterUnderTest {
    start(app: App, setup: ServerSetup): Promise<ServerUnderTest>;
}
export interface RouteAnswer {
    readonly clientKey?: string;
    readonly accountId?: string | undefined;
    readonly tokenKind?: string;
    readonly issueKey?: string | undefined;
    readonly sessionToken?: string;
    readonly body?: unknown;
}
export declare const HOST = "https://panel.example.com";
export declare const APP_KEY = "panel-app";
export interface HttpAnswer {
    readonly status: number;
    readonly headers: IncomingHttpHeaders;
    readonly body: string;
}
interface Sent {
    readonly headers?: Readonly<Record<string, string | readonly string[]>>;
    readonly body?: string | undefined;
    readonly agent?: Agent;
    readonly chunked?: boolean;
}
export interface Served {
    readonly app: App;
    readonly store: InstallationStore;
    readonly site: TestSite;
    readonly otherSite: TestSite;
    readonly clock: {
        time: number;
    };
    readonly origin: string;
    readonly mountedAt: string;
    readonly codes: string[];
    readonly webhooks: readonly WebhookEvent[];
    send(method: string, path: string, sent?: Sent): Promise<HttpAnswer>;
    sendToken(method: string, path: string, token: string, sent?: Sent): Promise<HttpAnswer>;
    deliver(callback: Request, sent?: Sent): Promise<HttpAnswer>;
    write(bytes: string): Promise<string>;
    expectAlive(): Promise<void>;
}
export interface CaseSetup {
    readonly mountedAt?: string;
    readonly bodyParser?: 'before' | 'after';
    readonly appPath?: string;
    readonly lifecycleAt?: string;
    readonly store?: (store: InstallationStore) => InstallationStore;
    readonly permissions?: () => {
        status: number;
        permitted: boolean;
    };
}
export type Check = (name: string, body: (served: Served) => Promise<void>, setup?: CaseSetup) => ConformanceCase;
export declare function checkOf(adapter: AdapterUnderTest): Check;
export declare function serve(adapter: AdapterUnderTest, setup?: CaseSetup): Promise<Served & {
    close(): Promise<void>;
}>;
export declare function letIn({ status, body }: HttpAnswer): RouteAnswer;
export declare function expectRefused(answer: HttpAnswer): void;
export {};

// dist/testing/index.d.ts
export { type AdapterUnderTest, adapterConformance, type RouteAnswer, type ServerSetup, type ServerUnderTest, } from './adapter-conformance.ts';
export { type QueueFixture, type QueueUnderTest, queueConformance } from './queue-conformance.ts';
export { type ConformanceCase, type StoreUnderTest, storeConformance, } from './store-conformance.ts';
export { type CallbackOptions, type RequestTokenOptions, type SiteTokenOptions, type TestSite, type TestSiteOptions, testSite, type WebhookRequestOptions, } from './test-site.ts';

// dist/testing/queue-conformance.d.ts
import { type QueueUnderTest } from './queue/process.ts';
import type { ConformanceCase } from './store-conformance.ts';
export type { QueueFixture, QueueUnderTest } from './queue/process.ts';
export declare function queueConformance(suite: QueueUnderTest): readonly ConformanceCase[];

// dist/testing/queue/process.d.ts
import type { WebhookDelivery } from '../../webhooks/delivery.ts';
import type { DeliveryClaim, DeliveryOutcome, QueueLimits, WebhookQueue } from '../../webhooks/queue.ts';
import type { ConformanceCase } from '../store-conformance.ts';
export interface QueueFixture {
    connect(): WebhookQueue;
    readonly abandon?: {
        readonly withinMs: number;
        now(queue: WebhookQueue): Promise<void> | void;
    };
    dispose?(): Promise<void> | void;
}
export interface QueueUnderTest {
    abandons?: boolean;
    open(name: string): Promise<QueueFixture> | QueueFixture;
}
export type Handle = (delivery: WebhookDelivery, claim: DeliveryClaim) => Promise<DeliveryOutcome> | DeliveryOutcome;
interface QueueProcess {
    readonly queue: WebhookQueue;
    readonly handled: {
        readonly id: string;
        readonly attempt: number;
    }[];
}
interface Trial {
    readonly fixture: QueueFixture;
    process(handle?: Handle, limits?: Partial<QueueLimits>): QueueProcess;
}
export type Check = (name: string, body: (trial: Trial) => Promise<void>) => ConformanceCase;
export declare const done: DeliveryOutcome;
export declare function checkOf(suite: QueueUnderTest): Check;
export declare function eventually(isTrue: () => boolean | Promise<boolean>, message: string, withinMs?: number): Promise<void>;
export declare function pause(ms: number): Promise<void>;
export declare function sampleDelivery(change?: Partial<WebhookDelivery>): WebhookDelivery;
export {};

// dist/testing/store-conformance.d.ts
import type { InstallationStore } from '../installations/store.ts';
export interface ConformanceCase {
    readonly name: string;
    run(): Promise<void>;
}
export interface StoreUnderTest {
    create(): Promise<InstallationStore> | InstallationStore;
    dispose?(store: InstallationStore): Promise<void> | void;
    connect?(): Promise<InstallationStore> | InstallationStore;
    writesAreLoose?: boolean;
    breakServer?(): Promise<() => Promise<void>>;
}
export declare function storeConformance(suite: StoreUnderTest): readonly ConformanceCase[];

// dist/testing/test-site.d.ts
import { type KeyObject } from 'node:crypto';
import type { InstallationRecord } from '../installations/installation.ts';
export interface TestSiteOptions {
    appKey: string;
    appUrl: string;
    siteUrl?: string;
    clientKey?: string;
    sharedSecret?: string;
    now?: () => number;
}
export interface SiteTokenOptions {
    accountId?: string;
    context?: Record<string, unknown>;
    expiresInSeconds?: number;
    claims?: Record<string, unknown>;
    header?: Record<string, unknown>;
    sharedSecret?: string;
}
export interface RequestTokenOptions extends SiteTokenOptions {
    method?: string;
    url: string;
}
export interface CallbackOptions extends SiteTokenOptions {
    path?: string;
    body?: Record<string, unknown> | string;
    privateKey?: KeyObject;
}
export interface WebhookRequestOptions extends SiteTokenOptions {
    path?: string;
    body?: Record<string, unknown> | string;
    identifier?: string;
    retry?: number;
}
export interface TestSite {
    readonly clientKey: string;
    readonly sharedSecret: string;
    readonly siteUrl: string;
    record(change?: Partial<InstallationRecord>): InstallationRecord;
    requestToken(options: RequestTokenOptions): string;
    contextToken(options?: SiteTokenOptions): string;
    callback(event: 'installed' | 'uninstalled' | 'enabled' | 'disabled', options?: CallbackOptions): Request;
    webhook(event: string, options?: WebhookRequestOptions): Request;
    serveKeys(): Promise<{
        readonly url: string;
        close(): Promise<void>;
    }>;
}
export declare function testSite(options: TestSiteOptions): TestSite;

// dist/webhooks/bullmq/index.d.ts
import type { Cluster, Redis } from 'ioredis';
import type { WebhookQueue } from '../queue.ts';
export interface BullMqQueueOptions {
    prefix?: string;
    name?: string;
}
export declare function bullMqQueue(source: string | Redis | Cluster, options?: BullMqQueueOptions): WebhookQueue;

// dist/webhooks/delivery.d.ts
export interface WebhookDelivery {
    readonly id: string;
    readonly appKey: string;
    readonly clientKey: string;
    readonly event: string;
    readonly identifier: string | undefined;
    readonly payload: unknown;
    readonly url: string;
    readonly receivedAt: number;
    readonly retry: number;
    readonly flow: string | undefined;
    readonly trace: string | undefined;
    readonly orderKey: string | undefined;
    readonly requestId: string;
}

// dist/webhooks/events.d.ts
interface Loose {
    readonly [field: string]: unknown;
}
export interface WebhookPayload extends Loose {
    readonly timestamp?: number;
    readonly webhookEvent?: string;
}
export interface WebhookUser extends Loose {
    readonly accountId?: string;
    readonly displayName?: string;
}
export interface WebhookIssue extends Loose {
    readonly id: string;
    readonly key: string;
    readonly fields?: Readonly<Record<string, unknown>>;
}
export interface WebhookChange extends Loose {
    readonly field: string;
    readonly fieldId?: string;
    readonly fieldtype?: string;
    readonly from: string | null;
    readonly fromString: string | null;
    readonly to: string | null;
    readonly toString: string | null;
}
export interface IssueWebhook extends WebhookPayload {
    readonly issue: WebhookIssue;
    readonly user?: WebhookUser;
    readonly issue_event_type_name?: string;
}
export interface IssueUpdatedWebhook extends IssueWebhook {
    readonly changelog?: {
        readonly id?: string;
        readonly items?: readonly WebhookChange[];
    };
}
export interface CommentWebhook extends WebhookPayload {
    readonly comment: Loose & {
        readonly id: string;
        readonly author?: WebhookUser;
    };
    readonly issue?: WebhookIssue;
}
export interface WorklogWebhook extends WebhookPayload {
    readonly worklog: Loose & {
        readonly id: string;
        readonly issueId: string;
        readonly author?: WebhookUser;
    };
}
export interface IssueLinkWebhook extends WebhookPayload {
    readonly issueLink: Loose & {
        readonly id: number | string;
        readonly sourceIssueId?: number | string;
        readonly destinationIssueId?: number | string;
    };
}
export interface AttachmentWebhook extends WebhookPayload {
    readonly attachment: Loose & {
        readonly id?: number | string;
        readonly filename?: string;
    };
}
export interface IssuePropertyWebhook extends WebhookPayload {
    readonly property: Loose & {
        readonly key: string;
    };
    readonly issue?: WebhookIssue;
}
export interface VersionWebhook extends WebhookPayload {
    readonly version: Loose & {
        readonly id?: number | string;
        readonly name?: string;
    };
}
export interface ProjectWebhook extends WebhookPayload {
    readonly project: Loose & {
        readonly id?: number | string;
        readonly key?: string;
    };
}
export interface UserWebhook extends WebhookPayload {
    readonly user: WebhookUser;
}
export interface SprintWebhook extends WebhookPayload {
    readonly sprint: Loose & {
        readonly id: number;
        readonly name?: string;
    };
}
export interface BoardWebhook extends WebhookPayload {
    readonly board?: Loose & {
        readonly id: number;
        readonly name?: string;
    };
}
export interface WebhookPayloads {
    'jira:issue_created': IssueWebhook;
    'jira:issue_updated': IssueUpdatedWebhook;
    'jira:issue_deleted': IssueWebhook;
    comment_created: CommentWebhook;
    comment_updated: CommentWebhook;
    comment_deleted: CommentWebhook;
    worklog_created: WorklogWebhook;
    worklog_updated: WorklogWebhook;
    worklog_deleted: WorklogWebhook;
    issuelink_created: IssueLinkWebhook;
    issuelink_deleted: IssueLinkWebhook;
    attachment_created: AttachmentWebhook;
    attachment_deleted: AttachmentWebhook;
    issue_property_set: IssuePropertyWebhook;
    issue_property_deleted: IssuePropertyWebhook;
    'jira:version_created': VersionWebhook;
    'jira:version_updated': VersionWebhook;
    'jira:version_deleted': VersionWebhook;
    'jira:version_released': VersionWebhook;
    'jira:version_unreleased': VersionWebhook;
    'jira:version_moved': VersionWebhook;
    'jira:version_merged': VersionWebhook;
    project_created: ProjectWebhook;
    project_updated: ProjectWebhook;
    project_deleted: ProjectWebhook;
    user_created: UserWebhook;
    user_updated: UserWebhook;
    user_deleted: UserWebhook;
    sprint_created: SprintWebhook;
    sprint_updated: SprintWebhook;
    sprint_started: SprintWebhook;
    sprint_closed: SprintWebhook;
    sprint_deleted: SprintWebhook;
    board_created: BoardWebhook;
    board_updated: BoardWebhook;
    board_deleted: BoardWebhook;
}
export type WebhookEventName = keyof WebhookPayloads | `avi:${string}`;
export type PayloadOf<Name extends string> = Name extends keyof WebhookPayloads ? WebhookPayloads[Name] : WebhookPayload;
export interface IssueOfEvent {
    readonly id: string;
    readonly key: string | undefined;
}
export declare function issueOf(payload: unknown): IssueOfEvent | undefined;
export declare function timestampOf(payload: unknown): number | undefined;
export declare function fields(value: unknown): Readonly<Record<string, unknown>>;
export {};

// dist/webhooks/handlers.d.ts
import type { AppInstallation } from '../installations/installation.ts';
import type { JiraClient } from '../jira/client.ts';
import type { Logger } from '../logger.ts';
import type { IssueOfEvent, PayloadOf, WebhookEventName } from './events.ts';
export interface WebhookEvent<Name extends string = string> {
    readonly name: Name;
    readonly payload: PayloadOf<Name>;
    readonly issue: IssueOfEvent | undefined;
    readonly timestamp: number | undefined;
    readonly receivedAt: number;
    readonly idempotencyKey: string;
    readonly identifier: string | undefined;
    readonly retry: number;
    readonly flow: string | undefined;
    readonly trace: string | undefined;
    readonly url: string;
    readonly attempt: number;
}
export interface WebhookNotice<Name extends string = string> {
    readonly event: WebhookEvent<Name>;
    readonly installation: AppInstallation;
    readonly jira: JiraClient;
    readonly signal: AbortSignal;
    heartbeat(): void;
    readonly log: Logger;
}
export type WebhookHandler<Name extends string = string> = (notice: WebhookNotice<Name>) => void | Promise<void>;
export interface WebhookOptions {
    order?: 'issue' | undefined;
    timeoutMs?: number | undefined;
}
export interface RegisteredHandler {
    readonly pattern: string;
    matches(event: string): boolean;
    readonly handler: WebhookHandler;
    readonly order: 'issue' | undefined;
    readonly timeoutMs: number;
}
export interface WebhookHandlers {
    add(pattern: string, handler: WebhookHandler, options?: WebhookOptions): () => void;
    of(event: string): readonly RegisteredHandler[];
    readonly isEmpty: boolean;
}
export declare function createHandlers(): WebhookHandlers;
export type WebhookPattern = WebhookEventName | (string & {});

// dist/webhooks/inline.d.ts
import type { InstallationStore } from '../installations/store.ts';
import type { WebhookDelivery } from './delivery.ts';
import type { RunDelivery } from './queue.ts';
type InlineResult = 'done' | 'duplicate' | 'failed';
export interface InlineParts {
    readonly run: RunDelivery;
    readonly store: Pick<InstallationStore, 'claimOnce' | 'isClaimed'>;
    readonly dedupeSeconds: number;
    readonly now: () => number;
}
export interface Inline {
    handle(delivery: WebhookDelivery): Promise<InlineResult>;
    drain(graceMs: number): Promise<void>;
}
export declare function createInline({ run, store, dedupeSeconds, now }: InlineParts): Inline;
export {};

// dist/webhooks/intake.d.ts
import type { WebhookDelivery } from './delivery.ts';
import type { RegisteredHandler } from './handlers.ts';
import type { WebhookRoute } from './routes.ts';
export interface ReceivedWebhook {
    readonly appKey: string;
    readonly clientKey: string;
    readonly route: WebhookRoute;
    readonly url: string;
    readonly headers: {
        get(name: string): string | null;
    };
    readonly body: string;
    readonly receivedAt: number;
    readonly requestId: string;
}
export declare function readWebhook(received: ReceivedWebhook): Omit<WebhookDelivery, 'orderKey'>;
export declare function orderKeyOf({ clientKey, payload }: Pick<WebhookDelivery, 'clientKey' | 'payload'>, handlers: readonly RegisteredHandler[]): string | undefined;

// dist/webhooks/options.d.ts
import type { QueueLimits, WebhookQueue } from './queue.ts';
export interface WebhooksOptions {
    queue?: WebhookQueue | undefined;
    concurrency?: number;
    concurrencyPerInstallation?: number;
    work?: boolean;
    maxTries?: number;
    baseDelayMs?: number;
    maxDelayMs?: number;
    dedupeSeconds?: number;
    maxBodyBytes?: number;
    acceptedStatus?: 200 | 202 | 204;
}
export interface WebhooksSettings {
    readonly queue: WebhookQueue | undefined;
    readonly limits: QueueLimits;
    readonly work: boolean;
    readonly maxTries: number;
    readonly baseDelayMs: number;
    readonly maxDelayMs: number;
    readonly maxBodyBytes: number;
    readonly acceptedStatus: number;
}
export declare function readWebhooksOptions(options?: WebhooksOptions): WebhooksSettings;

// dist/webhooks/pg-boss/index.d.ts
import type { WebhookQueue } from '../queue.ts';
import { type PostgresPool } from './source.ts';
export type { PostgresClient, PostgresPool } from './source.ts';
export interface PgBossQueueOptions {
    schema?: string;
    name?: string;
    poolSize?: number;
    migrate?: boolean;
}
export declare function pgBossQueue(source: string | PostgresPool | undefined, options?: PgBossQueueOptions): WebhookQueue;

// dist/webhooks/pg-boss/source.d.ts
export interface PostgresClient {
    query(text: string, values?: unknown[]): Promise<unknown>;
    release(destroy?: boolean): void;
    on(event: 'error', listener: (error: Error) => void): unknown;
    off(event: 'error', listener: (error: Error) => void): unknown;
}
export interface PostgresPool {
    connect(): Promise<PostgresClient>;
    on(event: 'error', listener: (error: Error) => void): unknown;
    off(event: 'error', listener: (error: Error) => void): unknown;
}
export declare function checkSource(source: unknown): void;

// dist/webhooks/queue.d.ts
import type { WebhookDelivery } from './delivery.ts';
export type DeliveryOutcome = {
    readonly kind: 'done';
}
 | {
    readonly kind: 'retry';
    readonly delayMs: number;
    readonly reason: string;
}
 | {
    readonly kind: 'dead';
    readonly reason: string;
};
export interface DeliveryClaim {
    readonly attempt: number;
    readonly signal: AbortSignal;
}
export type RunDelivery = (delivery: WebhookDelivery, claim: DeliveryClaim) => Promise<DeliveryOutcome>;
export interface QueueLimits {
    readonly concurrency: number;
    readonly concurrencyPerInstallation: number;
    readonly dedupeSeconds: number;
}
export interface QueueSetup {
    readonly limits: QueueLimits;
    readonly run: RunDelivery;
    warn(details: object, message: string): void;
    readonly mustExist?: boolean;
}
export interface QueueCounts {
    readonly waiting: number;
    readonly active: number;
    readonly retrying: number;
    readonly dead: number;
}
export interface DeadLetter {
    readonly delivery: WebhookDelivery;
    readonly reason: string;
    readonly attempts: number;
    readonly diedAt: number;
}
export interface DeadLetterQuery {
    clientKey?: string;
    after?: string;
    limit?: number;
}
export interface WebhookQueue {
    readonly name: string;
    setup(setup: QueueSetup): void;
    open(): Promise<void>;
    add(delivery: WebhookDelivery): Promise<boolean>;
    start(): void;
    stop(graceMs: number): Promise<void>;
    close(): Promise<void>;
    check(): Promise<void>;
    counts(): Promise<QueueCounts>;
    deadLetters(query?: DeadLetterQuery): Promise<DeadLetter[]>;
    retryDeadLetter(id: string): Promise<boolean>;
    dropDeadLetter(id: string): Promise<boolean>;
}

// dist/webhooks/routes.d.ts
import type { Descriptor } from '../connect/descriptor.ts';
export interface WebhookRoutes {
    find(path: string): WebhookRoute | undefined;
    readonly events: readonly string[];
}
export interface WebhookRoute {
    readonly events: readonly string[];
}
export declare function webhookRoutes(descriptor: Descriptor | undefined, pathOf: (url: string) => string): WebhookRoutes;

// dist/webhooks/runner.d.ts
import { type InstallationRecord } from '../installations/installation.ts';
import type { InstallationSettings } from '../installations/settings.ts';
import type { JiraClient } from '../jira/client.ts';
import { type Logger } from '../logger.ts';
import type { WebhookHandlers } from './handlers.ts';
import type { WebhooksSettings } from './options.ts';
import type { RunDelivery } from './queue.ts';
import type { WebhookTelemetry } from './telemetry.ts';
export interface RunnerParts {
    readonly appKey: string;
    readonly handlers: WebhookHandlers;
    readonly settings: WebhooksSettings;
    readonly findRecord: (clientKey: string, fresh?: boolean) => Promise<InstallationRecord>;
    readonly jira: (clientKey: string) => JiraClient;
    readonly settingsOf: (clientKey: string) => InstallationSettings;
    readonly telemetry: WebhookTelemetry | undefined;
    readonly logger: Logger;
    readonly now: () => number;
}
export declare function createRunner(parts: RunnerParts): RunDelivery;

// dist/webhooks/telemetry.d.ts
import type { QueueCounts } from './queue.ts';
export type IntakeResult = 
'accepted'
 | 'duplicate'
 | 'ignored'
 | 'refused'
 | 'failed';
export type HandlingResult = 'done' | 'retry' | 'dead' | 'dropped';
export interface WebhookTelemetry {
    taken?(event: string | undefined, result: IntakeResult, durationMs: number): void;
    handled?(event: string, result: HandlingResult, durationMs: number, waitedMs: number): void;
    watchQueue?(counts: () => Promise<QueueCounts>): () => void;
}

// dist/webhooks/webhooks.d.ts
import type { WebhookDelivery } from './delivery.ts';
import { type WebhookHandler, type WebhookOptions, type WebhookPattern } from './handlers.ts';
import type { InlineParts } from './inline.ts';
import { type ReceivedWebhook } from './intake.ts';
import type { WebhookRoute, WebhookRoutes } from './routes.ts';
import { type RunnerParts } from './runner.ts';
export type AddWebhook = <const Name extends WebhookPattern>(event: Name, handler: WebhookHandler<Name>, options?: WebhookOptions) => () => void;
export interface WebhooksParts extends Omit<RunnerParts, 'handlers'> {
    readonly routes: WebhookRoutes;
    readonly store: InlineParts['store'];
}
type Unordered = Omit<WebhookDelivery, 'orderKey'>;
export interface AppWebhooks {
    readonly add: AddWebhook;
    route(path: string): WebhookRoute | undefined;
    take(receive: () => Promise<ReceivedWebhook>): Promise<Response>;
    takeEvent(delivery: Unordered): Promise<Response | undefined>;
    open(): Promise<void>;
    drain(graceMs: number): Promise<void>;
    close(): Promise<void>;
}
export declare function createWebhooks(parts: WebhooksParts): AppWebhooks;
export {};

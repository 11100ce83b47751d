// countersign-sandbox: dist/index.d.ts

// dist/hosts/connect/app-request.d.ts
import { type Agent, type IncomingHttpHeaders } from 'node:http';
export interface AppRequest {
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
    url: URL;
    headers: Record<string, string>;
    body?: string;
    signal: AbortSignal;
    timeoutMs?: number;
    maximumBytes?: number;
    agent?: Agent;
}
export interface AppResponse {
    status: number;
    text: string;
    headers: IncomingHttpHeaders;
}
export declare class AppTimeout extends Error {
}
export declare function sendToApp(request: AppRequest): Promise<AppResponse>;

// dist/hosts/connect/descriptor.d.ts
export interface Descriptor {
    key: string;
    name?: string;
    baseUrl: string;
    apiVersion?: number;
    authentication: {
        type: 'jwt';
    };
    scopes: string[];
    lifecycle: Partial<Record<LifecycleEvent, string>>;
    modules: Record<string, unknown>;
}
export type LifecycleEvent = 'installed' | 'enabled' | 'disabled' | 'uninstalled';
export declare class DescriptorUnavailable extends Error {
}
export declare function fetchDescriptor(descriptorUrl: string, allowedAppHosts: readonly string[], signal: AbortSignal): Promise<Descriptor>;
export declare function validateDescriptor(json: unknown, descriptorUrl: URL, allowedAppHosts: readonly string[]): Descriptor;
export type RequiredScope = 'READ' | 'WRITE' | 'DELETE' | 'PROJECT_ADMIN' | 'ADMIN';
export declare function grants(scopes: readonly string[], wanted: RequiredScope): boolean;
export declare function requireAppUrl(text: string, what: string, allowedAppHosts: readonly string[]): URL;
export declare function isLoopback(hostname: string): boolean;

// dist/hosts/connect/lifecycle.d.ts
import { type InstalledApp } from '../../site/apps.ts';
import type { Site } from '../../site/site.ts';
import { type Descriptor } from './descriptor.ts';
export declare function inTurn<T>(site: Site, work: () => Promise<T>): Promise<T>;
export interface InstallOutcome {
    app: InstalledApp;
    installed: boolean;
}
export declare function installApp(site: Site, descriptorUrl: string): Promise<InstalledApp>;
export declare function installAppIfChanged(site: Site, descriptorUrl: string): Promise<InstallOutcome>;
export declare function installDescriptor(site: Site, descriptor: Descriptor, descriptorUrl: string): Promise<InstalledApp>;
export declare function rotateAppSecret(site: Site, key: string): Promise<InstalledApp>;
export declare function enableApp(site: Site, key: string): Promise<InstalledApp>;
export declare function disableApp(site: Site, key: string): Promise<InstalledApp>;
export declare function uninstallApp(site: Site, key: string): Promise<void>;
export declare function appAccountId(site: Site, key: string): string;

// dist/hosts/connect/page-url.d.ts
import type { Site } from '../../site/site.ts';
export interface PageOptions {
    accountId?: string | null;
    issueKey?: string;
    projectKey?: string;
    custom?: Readonly<Record<string, string>>;
}
export declare function pageUrl(site: Site, appKey: string, moduleUrl: string, options: PageOptions): string;
export declare function contextToken(site: Site, appKey: string, options: PageOptions): string;
export declare function jiraContext(site: Site, options: PageOptions): Record<string, unknown>;

// dist/hosts/connect/webhook-host.d.ts
import type { Site } from '../../site/site.ts';
import { type WebhookFlow } from '../../site/site-change.ts';
import type { WebhookDelivery, WebhookTry } from '../../site/webhook-deliveries.ts';
export interface WebhookToSend {
    event: string;
    payload?: Readonly<Record<string, unknown>>;
    path?: string;
    identifier?: string;
    retry?: number;
    flow?: WebhookFlow;
    trace?: string;
    accountId?: string;
    log?: boolean;
}
export interface SentWebhook extends WebhookTry {
    identifier: string;
}
export interface WebhookHost {
    readonly deliveries: WebhookDelivery[];
    resend(id: number, options?: {
        asNew?: boolean;
    }): Promise<WebhookDelivery>;
    send(appKey: string, webhook: WebhookToSend): Promise<SentWebhook>;
    idle(): Promise<void>;
}
export declare function createWebhookHost(site: Site): WebhookHost;
export declare function sendOne(site: Site, appKey: string, webhook: WebhookToSend): Promise<SentWebhook>;

// dist/hosts/forge/access-tokens.d.ts
import type { ForgeAppRecord } from '../../site/forge-apps.ts';
import type { Site } from '../../site/site.ts';
export interface AccessToken {
    kind: 'system' | 'user';
    appId: string;
    installationId: string;
    accountId: string;
    scopes: string[];
}
export interface AccessTokenOptions {
    expiresIn?: number;
}
export declare function makeAccessToken(site: Site, app: ForgeAppRecord, token: Pick<AccessToken, 'kind' | 'accountId' | 'scopes'>, options?: AccessTokenOptions): Promise<string>;
export declare function looksLikeAccessToken(token: string): boolean;
export type JudgedAccessToken = {
    token: AccessToken;
    app: ForgeAppRecord;
} | {
    reason: string;
    fix: string;
};
export declare function verifyAccessToken(site: Site, token: string): Promise<JudgedAccessToken>;
export declare function contextAri(site: Site): string;

// dist/hosts/forge/connect-half.d.ts
import { type AppRecord } from '../../site/apps.ts';
import type { Site } from '../../site/site.ts';
import { type Manifest } from './manifest.ts';
export declare function installConnectHalf(site: Site, manifest: Manifest): Promise<void>;
export declare function endConnectHalf(site: Site, key: string): void;
export interface MovedManifest {
    appId: string;
    to: 'both' | 'forge';
}
export declare function manifestOf(site: Site, app: AppRecord, { appId, to }: MovedManifest): object;
export interface RemoteApp {
    appId: string;
    remoteUrl: string;
    name?: string;
    connectKey?: string;
    scopes?: readonly string[];
    impersonationScopes?: readonly string[];
}
export declare function remoteManifest(app: RemoteApp): Record<string, unknown>;

// dist/hosts/forge/delivery.d.ts
import type { JWTPayload } from 'jose';
import type { ForgeAppRecord } from '../../site/forge-apps.ts';
import type { Site } from '../../site/site.ts';
import { type AppRequest } from '../connect/app-request.ts';
import { type AccessTokenOptions } from './access-tokens.ts';
import { type InvocationSubject, type InvocationTokenChanges } from './invocation-token.ts';
import { type EndpointModule } from './manifest.ts';
export interface Delivery {
    what: string;
    endpoint: EndpointModule;
    subject: InvocationSubject;
    method: AppRequest['method'];
    path?: string;
    headers?: Record<string, string>;
    body?: unknown;
    timeoutMs: number;
    token?: InvocationTokenChanges;
    accessToken?: AccessTokenOptions;
    withoutAccessTokens?: boolean;
}
export interface DeliveryOutcome {
    accepted: boolean;
    status: number;
    reason: string;
    headers: Record<string, string>;
    text: string;
    retryReason?: RetryReason;
    claims: JWTPayload;
    requestId?: number;
}
export type RetryReason = 'INVALID_REMOTE_INVOCATION_ERROR' | 'TIMEOUT_ERROR' | 'INVALID_FORGE_INVOCATION_TOKEN';
export declare function requireEndpoint(app: ForgeAppRecord, key: string): EndpointModule;
export declare function deliver(site: Site, app: ForgeAppRecord, delivery: Delivery): Promise<DeliveryOutcome>;
export declare function keySetUrl(site: Site): string;

// dist/hosts/forge/events.d.ts
import type { ForgeAppRecord } from '../../site/forge-apps.ts';
import type { Site } from '../../site/site.ts';
import type { AccessTokenOptions } from './access-tokens.ts';
import { type DeliveryOutcome } from './delivery.ts';
import type { InvocationTokenChanges } from './invocation-token.ts';
export interface SendOptions {
    token?: InvocationTokenChanges;
    accessToken?: AccessTokenOptions;
    untilDone?: boolean;
    body?: 'event' | 'payload';
}
export interface EventOutcome {
    triggerKey: string;
    attempts: DeliveryOutcome[];
}
export declare function sendEventTo(site: Site, app: ForgeAppRecord, event: Record<string, unknown> & {
    eventType: string;
}, options?: SendOptions): Promise<EventOutcome[]>;
export declare function lifecycleEvent(site: Site, app: ForgeAppRecord, kind: 'installed' | 'upgraded', accountId: string): Record<string, unknown> & {
    eventType: string;
};
export declare function runScheduledTrigger(site: Site, app: ForgeAppRecord, triggerKey: string, options?: SendOptions): Promise<EventOutcome>;
export declare function sendPreUninstall(site: Site, app: ForgeAppRecord): Promise<EventOutcome[]>;

// dist/hosts/forge/host.d.ts
import type { ForgeInstalledApp } from '../../site/forge-apps.ts';
import type { Site } from '../../site/site.ts';
import { type AccessTokenOptions } from './access-tokens.ts';
import { type DeliveryOutcome } from './delivery.ts';
import { type EventOutcome, type SendOptions } from './events.ts';
import { type InvocationTokenChanges } from './invocation-token.ts';
import { type Invocation } from './invoke.ts';
import { type ForgeInstallOptions, type ManifestSource, type MigrateOptions } from './lifecycle.ts';
import { type Settling } from './settling.ts';
export interface ForgeHost {
    readonly keySetUrl: string;
    readonly gatewayUrl: string;
    readonly graphqlUrl: string;
    readonly apiBaseUrl: string;
    readonly cloudId: string;
    readonly keySetFetches: number;
    readonly apps: ForgeInstalledApp[];
    install(source: ManifestSource, options?: ForgeInstallOptions): Promise<ForgeInstalledApp>;
    uninstall(app?: string): Promise<EventOutcome[]>;
    migrate(connectKey: string, options?: MigrateOptions): Promise<ForgeInstalledApp>;
    invoke(invocation?: Invocation): Promise<DeliveryOutcome>;
    sendEvent(eventType: string, details?: Record<string, unknown>, options?: SendOptions & {
        app?: string;
    }): Promise<EventOutcome[]>;
    runScheduled(moduleKey: string, options?: SendOptions & {
        app?: string;
    }): Promise<EventOutcome>;
    invocationToken(invocation?: Pick<Invocation, 'app' | 'module' | 'endpoint' | 'accountId' | 'issueKey'>, changes?: InvocationTokenChanges): Promise<string>;
    systemToken(options?: AccessTokenOptions & {
        app?: string;
    }): Promise<string>;
    userToken(options?: AccessTokenOptions & {
        app?: string;
        accountId?: string;
    }): Promise<string>;
    settle(rule: Settling, app?: string): void;
    rotateKey(options?: {
        keepOld?: boolean;
    }): Promise<string>;
}
export declare function createForgeHost(site: Site): ForgeHost;

// dist/hosts/forge/invocation-token.d.ts
import { type JWTPayload } from 'jose';
import type { ForgeAppRecord } from '../../site/forge-apps.ts';
import type { Site } from '../../site/site.ts';
export interface InvocationTokenChanges {
    appId?: string;
    expired?: boolean;
    notYetValid?: boolean;
    algorithm?: 'RS256' | 'HS256' | 'none';
    unknownKey?: boolean;
    otherSignature?: boolean;
    icLabel?: string;
    apiBaseUrl?: string;
    claims?: Record<string, unknown>;
}
export interface InvocationSubject {
    module: {
        type: string;
        key: string;
    };
    context?: Record<string, unknown>;
    principal?: string;
}
export declare function invocationClaims(site: Site, app: ForgeAppRecord, subject: InvocationSubject, changes?: InvocationTokenChanges): JWTPayload;
export declare function signInvocationToken(site: Site, claims: JWTPayload, changes?: InvocationTokenChanges): Promise<string>;
export declare function apiBaseUrlOf(site: Site): string;

// dist/hosts/forge/invoke.d.ts
import type { ForgeAppRecord } from '../../site/forge-apps.ts';
import type { Site } from '../../site/site.ts';
import type { AccessTokenOptions } from './access-tokens.ts';
import { type DeliveryOutcome } from './delivery.ts';
import type { InvocationSubject, InvocationTokenChanges } from './invocation-token.ts';
import { type UiModule } from './manifest.ts';
export declare const invocationMethods: readonly ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
export type InvocationMethod = (typeof invocationMethods)[number];
export interface Invocation {
    app?: string;
    module?: string;
    endpoint?: string;
    method?: InvocationMethod;
    path?: string;
    headers?: Record<string, string>;
    body?: unknown;
    accountId?: string;
    issueKey?: string;
    token?: InvocationTokenChanges;
    accessToken?: AccessTokenOptions;
    withoutAccessTokens?: boolean;
}
export declare function invoke(site: Site, invocation: Invocation): Promise<DeliveryOutcome>;
export declare function subjectOf(site: Site, app: ForgeAppRecord, { module, endpoint, accountId, issueKey }: Invocation): {
    subject: InvocationSubject;
    endpoint: string;
};
export declare function findModule(app: ForgeAppRecord, key: string | undefined): UiModule;
export declare function moduleContext(site: Site, module: UiModule, issueKey: string | undefined): Record<string, unknown>;

// dist/hosts/forge/lifecycle.d.ts
import type { ForgeAppRecord, ForgeEnvironmentType, ForgeInstalledApp } from '../../site/forge-apps.ts';
import type { Site } from '../../site/site.ts';
import { type RemoteApp } from './connect-half.ts';
import { type EventOutcome } from './events.ts';
export interface ForgeInstallOptions {
    variables?: Readonly<Record<string, string>>;
    remoteUrl?: string;
    environment?: ForgeEnvironmentType;
    version?: string;
    license?: Record<string, unknown>;
    resources?: Readonly<Record<string, {
        folder: string;
    } | {
        html: string;
    }>>;
}
export type ManifestSource = string | RemoteApp | object;
export declare function installForgeApp(site: Site, source: ManifestSource, options?: ForgeInstallOptions): Promise<ForgeInstalledApp>;
export declare function uninstallForgeApp(site: Site, idOrKey?: string): Promise<EventOutcome[]>;
export interface MigrateOptions extends ForgeInstallOptions {
    to?: 'both' | 'forge';
    manifest?: ManifestSource;
    appId?: string;
}
export declare function migrateApp(site: Site, connectKey: string, options?: MigrateOptions): Promise<ForgeInstalledApp>;
export declare function describeForgeApp(site: Site, app: ForgeAppRecord): ForgeInstalledApp;

// dist/hosts/forge/manifest.d.ts
interface AuthFlag {
    enabled?: boolean;
}
export interface RemoteModule {
    key: string;
    baseUrl: string | Record<string, string>;
}
export interface EndpointModule {
    key: string;
    remote: string;
    route?: {
        path?: string;
    };
    auth?: {
        appSystemToken?: AuthFlag;
        appUserToken?: AuthFlag;
    };
}
export interface TriggerModule {
    key: string;
    endpoint?: string;
    function?: string;
    events?: string[];
    interval?: string;
}
export interface UiModule {
    type: string;
    key: string;
    title: string;
    resource?: string;
    endpoint?: string;
}
export interface Manifest {
    app: {
        id: string;
        name?: string;
        runtime?: {
            name: string;
        };
        connect?: {
            key: string;
            remote?: string;
            authentication?: string;
        };
        licensing?: {
            enabled?: boolean;
        };
    };
    modules: Record<string, Record<string, unknown>[]>;
    remotes: RemoteModule[];
    resources: {
        key: string;
        path: string;
    }[];
    permissions: {
        scopes: string[] | Record<string, {
            allowImpersonation?: boolean;
        } | null>;
    };
    connectModules?: Record<string, unknown>;
}
export interface ManifestOptions {
    variables?: Readonly<Record<string, string>>;
    remoteUrl?: string;
    allowedAppHosts: readonly string[];
}
export declare function readManifest(source: string | object, options: ManifestOptions): Manifest;
export declare function baseUrlOf({ baseUrl }: RemoteModule): string;
export declare function endpointsOf({ modules }: Manifest): EndpointModule[];
export declare function triggersOf({ modules }: Manifest, type: 'trigger' | 'scheduledTrigger' | 'preUninstall'): TriggerModule[];
export declare function uiModulesOf({ modules }: Manifest): UiModule[];
export {};

// dist/hosts/forge/settling.d.ts
import type { ForgeAppRecord } from '../../site/forge-apps.ts';
import type { Site } from '../../site/site.ts';
export interface Settling {
    status?: 401 | 403;
    requests: number;
}
export declare function startSettling(site: Site, app: ForgeAppRecord, rule: Settling): void;
export declare function takeRefusal(site: Site, app: ForgeAppRecord): 401 | 403 | undefined;

// dist/index.d.ts
export type { InstallOutcome } from './hosts/connect/lifecycle.ts';
export type { PageOptions } from './hosts/connect/page-url.ts';
export type { SentWebhook, WebhookHost, WebhookToSend } from './hosts/connect/webhook-host.ts';
export type { AccessTokenOptions } from './hosts/forge/access-tokens.ts';
export type { RemoteApp } from './hosts/forge/connect-half.ts';
export type { DeliveryOutcome } from './hosts/forge/delivery.ts';
export type { EventOutcome, SendOptions } from './hosts/forge/events.ts';
export type { ForgeHost } from './hosts/forge/host.ts';
export type { InvocationTokenChanges } from './hosts/forge/invocation-token.ts';
export type { Invocation } from './hosts/forge/invoke.ts';
export type { ForgeInstallOptions, ManifestSource, MigrateOptions, } from './hosts/forge/lifecycle.ts';
export type { Settling } from './hosts/forge/settling.ts';
export type { IssueBody } from './rest/issue-body.ts';
export { type Sandbox, type SandboxOptions, startSandbox } from './sandbox.ts';
export type { InstalledApp } from './site/apps.ts';
export type { FaultEffect, FaultKind, FaultRule, FaultScope, StatusFault, } from './site/fault-rule.ts';
export type { Fault, Faults, Latency } from './site/faults.ts';
export type { Field, FieldKind } from './site/fields.ts';
export type { ForgeEnvironmentType, ForgeInstalledApp } from './site/forge-apps.ts';
export type { BurstLimits, IssueWriteLimits, PointLimits, RateLimitSettings, RateLimitState, RateLimits, } from './site/rate-limits.ts';
export type { Check, RequestRecord, Verdict } from './site/request-log.ts';
export type { IssueEvent, IssueUpdate, SiteEvents } from './site/site.ts';
export type { SiteChange, WebhookFlow } from './site/site-change.ts';
export type { Traffic, TrafficCounts } from './site/traffic.ts';
export type { Person, User } from './site/users.ts';
export type { WebhookDelivery, WebhookState, WebhookTry } from './site/webhook-deliveries.ts';

// dist/rest/issue-body.d.ts
import type { Comment, StoredIssue } from '../site/issues.ts';
import type { Site } from '../site/site.ts';
export interface IssueBody {
    id: string;
    key: string;
    self: string;
    fields: Record<string, unknown>;
}
export declare function issueBody(site: Site, issue: StoredIssue, version: 2 | 3, wanted: readonly string[]): IssueBody;
export declare function commentBody(site: Site, issue: StoredIssue, comment: Comment, version: 2 | 3): Record<string, unknown>;
export declare function jiraTime(milliseconds: number): string;

// dist/sandbox.d.ts
import { type InstallOutcome } from './hosts/connect/lifecycle.ts';
import { type PageOptions } from './hosts/connect/page-url.ts';
import { type WebhookHost } from './hosts/connect/webhook-host.ts';
import { type ForgeHost } from './hosts/forge/host.ts';
import type { IssueBody } from './rest/issue-body.ts';
import { type InstalledApp } from './site/apps.ts';
import type { Faults } from './site/faults.ts';
import type { Field } from './site/fields.ts';
import type { RateLimits } from './site/rate-limits.ts';
import type { RequestRecord } from './site/request-log.ts';
import { type SiteEvents } from './site/site.ts';
import type { Traffic } from './site/traffic.ts';
import type { Person } from './site/users.ts';
export interface SandboxOptions {
    port?: number;
    database?: string;
    now?: () => number;
    allowedAppHosts?: readonly string[];
    forgeMinuteMs?: number;
    webhookMinuteMs?: number;
    webhookTimeoutMs?: number;
}
export interface Sandbox {
    readonly url: string;
    readonly installKeysUrl: string;
    readonly mediaUrl: string;
    readonly authorizationServerUrl: string;
    readonly clientKey: string;
    readonly apiToken: string;
    readonly people: Person[];
    install(descriptorUrl: string): Promise<InstalledApp>;
    installIfChanged(descriptorUrl: string): Promise<InstallOutcome>;
    uninstall(appKey: string): Promise<void>;
    enable(appKey: string): Promise<InstalledApp>;
    disable(appKey: string): Promise<InstalledApp>;
    rotateSecret(appKey: string): Promise<InstalledApp>;
    deactivate(accountId: string): void;
    activate(accountId: string): void;
    withdrawUserTokens(): void;
    readonly apps: InstalledApp[];
    sharedSecret(appKey: string): string;
    readonly requests: RequestRecord[];
    on<E extends keyof SiteEvents>(event: E, listener: (...args: SiteEvents[E]) => void): () => void;
    pageUrl(appKey: string, moduleUrl: string, options?: PageOptions): string;
    contextToken(appKey: string, options?: PageOptions): string;
    issue(key: string): IssueBody | undefined;
    field(id: string): Field | undefined;
    readonly forge: ForgeHost;
    readonly webhooks: WebhookHost;
    readonly faults: Faults;
    readonly rateLimits: RateLimits;
    readonly traffic: Traffic;
    reset(): void;
    close(): Promise<void>;
}
export declare function startSandbox(options?: SandboxOptions): Promise<Sandbox>;

// dist/site/apps.d.ts
import type { DatabaseSync } from 'node:sqlite';
import type { Descriptor } from '../hosts/connect/descriptor.ts';
export interface InstalledApp {
    key: string;
    name: string;
    clientKey: string;
    baseUrl: string;
    descriptorUrl: string;
    enabled: boolean;
    scopes: string[];
    accountId: string;
    installedAt: string;
}
export interface AppRecord {
    key: string;
    state: 'enabled' | 'disabled' | 'uninstalled';
    baseUrl: string;
    descriptorUrl: string;
    descriptor: Descriptor;
    siteUrl: string;
    sharedSecret: string;
    retiredSecrets: string[];
    oauthClientId: string;
    accountId: string;
    installedAt: number;
}
export declare class Apps {
    #private;
    constructor(database: DatabaseSync);
    records(): AppRecord[];
    record(key: string): AppRecord | undefined;
    installed(): AppRecord[];
    require(key: string): AppRecord;
    save(app: AppRecord): void;
}
export declare function describeApp(app: AppRecord, clientKey: string): InstalledApp;

// dist/site/attachments.d.ts
import type { DatabaseSync } from 'node:sqlite';
export interface Attachment {
    id: number;
    issueId: number;
    author: string;
    fileName: string;
    mimeType: string;
    size: number;
    mediaId: string;
    created: number;
}
export type NewAttachment = Pick<Attachment, 'issueId' | 'author' | 'fileName' | 'mimeType' | 'created'> & {
    content: Uint8Array;
};
export declare class Attachments {
    #private;
    constructor(database: DatabaseSync);
    add(attachment: NewAttachment): Attachment;
    ofIssue(issueId: number): Attachment[];
    find(id: number): Attachment | undefined;
    findByMediaId(mediaId: string): Attachment | undefined;
    content(id: number): Uint8Array;
    delete(id: number): void;
}

// dist/site/document.d.ts
export interface AtlassianDocument {
    type: 'doc';
    version: 1;
    content: DocumentNode[];
}
interface DocumentNode {
    type: string;
    text?: string;
    content?: DocumentNode[];
}
export declare function isDocument(value: unknown): value is AtlassianDocument;
export declare function documentFromText(text: string): AtlassianDocument;
export declare function textOfDocument(document: AtlassianDocument): string;
export {};

// dist/site/explanation.d.ts
export interface Explanation {
    verdict: {
        cause: string | undefined;
        ok: boolean;
        title: string;
        evidence: string;
        fix: string;
        docs: string;
        confidence: 'certain' | 'likely' | 'none';
    };
    checks: ExplainedCheck[];
    ruledOut: string[];
    token?: {
        header: Record<string, unknown>;
        claims: Record<string, unknown>;
    };
    canonicalRequest?: {
        expected: string;
        hashed?: string;
    };
}
export interface ExplainedCheck {
    id: string;
    title: string;
    result: 'passed' | 'failed' | 'impossible';
    detail: string;
    missing?: string[];
}
export interface Evidence {
    token: string;
    method?: string;
    url?: string;
    baseUrl?: string;
    body?: string;
    direction?: 'to-jira' | 'from-jira';
    credential?: 'connect-user';
    accept?: readonly ('request' | 'context')[];
    lifecycle?: boolean;
    sharedSecret?: string;
    previousSecrets?: readonly string[];
    publicKey?: string;
    appKey?: string;
    clientKey?: string;
    installations?: readonly {
        appKey: string;
        siteUrl: string;
        sharedSecret: string;
    }[];
    now: () => number;
}
export type Explain = (evidence: Evidence) => Explanation;

// dist/site/fault-rule.d.ts
export type FaultKind = FaultRule['kind'];
export type FaultRule = FaultScope & FaultEffect;
export interface FaultScope {
    percent?: number;
    times?: number;
    method?: string;
    path?: string;
}
export type FaultEffect = 
{
    kind: 'drop-before';
}
 | {
    kind: 'drop-after';
}
 | {
    kind: 'slow';
    delayMs: number;
    trickle?: boolean;
}
 | StatusFault
 | {
    kind: 'truncate';
}
 | {
    kind: 'clock';
    seconds: number;
};
export interface StatusFault {
    kind: 'status';
    status: 429 | 500 | 502 | 503 | 504;
    handled?: boolean;
    retryAfter?: number;
    retryAfterDate?: boolean;
    reason?: string;
}
export declare function readFaultRule(value: unknown): FaultRule;

// dist/site/faults.d.ts
import { type FaultRule } from './fault-rule.ts';
export interface Latency {
    ms: number;
    jitterMs?: number;
}
export type Fault = FaultRule & {
    id: number;
    met: number;
};
export declare class Faults {
    #private;
    add(rule: FaultRule): Fault;
    remove(id: number): boolean;
    clear(): void;
    get list(): Fault[];
    get latency(): Required<Latency>;
    setLatency({ ms, jitterMs }: Latency): void;
    get seed(): number;
    setSeed(seed: number): void;
}

// dist/site/field-options.d.ts
import type { DatabaseSync } from 'node:sqlite';
export interface FieldOption {
    id: number;
    value: string;
    parentId?: number;
    properties?: Record<string, unknown>;
    config?: Record<string, unknown>;
}
export declare class FieldOptions {
    #private;
    constructor(database: DatabaseSync);
    of(fieldId: string): FieldOption[];
    find(fieldId: string, id: number): FieldOption | undefined;
    add(fieldId: string, option: Omit<FieldOption, 'id'>): FieldOption;
    save(fieldId: string, option: FieldOption): FieldOption;
    remove(fieldId: string, id: number): void;
}

// dist/site/fields.d.ts
import type { DatabaseSync } from 'node:sqlite';
export type FieldKind = 'text' | 'longtext' | 'document' | 'number' | 'date' | 'datetime' | 'url' | 'user' | 'group' | 'labels' | 'priority' | 'select' | 'cascade' | 'object' | 'property' | 'derived';
export interface FieldProperty {
    key: string;
    path: string;
    type: 'number' | 'string' | 'date';
}
export interface FieldOwner {
    host: 'connect' | 'forge';
    appId: string;
    appKey: string;
    moduleKey: string;
    readOnly?: boolean;
    property?: FieldProperty;
}
export interface Field {
    id: string;
    name: string;
    kind: FieldKind;
    custom: boolean;
    onScreen: boolean;
    list: boolean;
    key: string;
    type?: string;
    description?: string;
    projects?: number[];
    app?: FieldOwner;
}
export interface AppField {
    name: string;
    kind: FieldKind;
    list: boolean;
    key: string;
    type: string;
    description: string;
    app: FieldOwner;
}
export interface NewField {
    name: string;
    kind: FieldKind;
    list: boolean;
    type: string;
    description: string;
}
export declare const priorities: readonly {
    id: string;
    name: string;
}[];
export declare class Fields {
    #private;
    constructor(database: DatabaseSync);
    all(): Field[];
    find(id: string): Field | undefined;
    findByIdOrKey(idOrKey: string): Field | undefined;
    create({ name, kind, list, type, description }: NewField): Field;
    putOnScreen(id: string): void;
    sync(host: FieldOwner['host'], appId: string, declared: readonly AppField[]): void;
}

// dist/site/forge-apps.d.ts
import type { DatabaseSync } from 'node:sqlite';
import type { Manifest } from '../hosts/forge/manifest.ts';
export type ForgeEnvironmentType = 'DEVELOPMENT' | 'STAGING' | 'PRODUCTION';
export interface ForgeAppRecord {
    id: string;
    key: string;
    name: string;
    state: 'installed' | 'uninstalled';
    manifest: Manifest;
    installationId: string;
    environment: {
        type: ForgeEnvironmentType;
        id: string;
    };
    version: string;
    accountId: string;
    installedAt: number;
    license?: Record<string, unknown>;
    resources: Record<string, {
        folder: string;
    } | {
        html: string;
    }>;
}
export interface ForgeInstalledApp {
    appId: string;
    key: string;
    name: string;
    installationId: string;
    cloudId: string;
    apiBaseUrl: string;
    environment: {
        type: ForgeEnvironmentType;
        id: string;
    };
    version: string;
    scopes: string[];
    accountId: string;
    installedAt: string;
}
export declare class ForgeApps {
    #private;
    constructor(database: DatabaseSync);
    records(): ForgeAppRecord[];
    record(id: string): ForgeAppRecord | undefined;
    installed(): ForgeAppRecord[];
    withConnectKey(key: string): ForgeAppRecord | undefined;
    require(idOrKey?: string): ForgeAppRecord;
    save(app: ForgeAppRecord): void;
}

// dist/site/forge-keys.d.ts
import type { DatabaseSync } from 'node:sqlite';
import { type CryptoKey, type JWK } from 'jose';
export interface SigningKey {
    kid: string;
    privateKey: CryptoKey;
    publicKey: JWK;
}
export declare class ForgeKeys {
    #private;
    readonly cloudId: string;
    keySetFetches: number;
    constructor(database: DatabaseSync);
    keySet(): Promise<{
        keys: JWK[];
    }>;
    invocationKey(): Promise<SigningKey>;
    gatewayKey(): Promise<SigningKey>;
    rotate(keepOld: boolean): Promise<string>;
}

// dist/site/identity.d.ts
import type { DatabaseSync } from 'node:sqlite';
export interface Identity {
    clientKey: string;
    keyId: string;
    privateKey: string;
    publicKey: string;
}
export declare function loadIdentity(database: DatabaseSync): Promise<Identity>;

// dist/site/issues.d.ts
import type { DatabaseSync } from 'node:sqlite';
import type { AtlassianDocument } from './document.ts';
export interface StoredIssue {
    id: number;
    key: string;
    number: number;
    projectId: number;
    statusId: number;
    typeId: number;
    created: number;
    updated: number;
    values: Record<string, unknown>;
}
export interface Comment {
    id: number;
    author: string;
    body: AtlassianDocument;
    created: number;
    updated: number;
    updateAuthor: string;
}
export interface NewIssue {
    project: {
        id: number;
        key: string;
    };
    statusId: number;
    typeId: number;
    values: Record<string, unknown>;
    at: number;
    number?: number;
}
export declare class Issues {
    #private;
    constructor(database: DatabaseSync);
    all(): StoredIssue[];
    find(keyOrId: string): StoredIssue | undefined;
    create(issue: NewIssue): StoredIssue;
    insert(issue: NewIssue): StoredIssue;
    update(id: number, values: Record<string, unknown>, at: number): void;
    setStatus(id: number, statusId: number, at: number): void;
    delete(id: number): void;
    comments(issueId: number): Comment[];
    addComment(issueId: number, author: string, body: AtlassianDocument, at: number): Comment;
    findComment(id: number): {
        comment: Comment;
        issueId: number;
    } | undefined;
    updateComment(id: number, author: string, body: AtlassianDocument, at: number): void;
    deleteComment(id: number): void;
}

// dist/site/permissions.d.ts
import type { DatabaseSync } from 'node:sqlite';
export interface PermissionType {
    key: string;
    name: string;
    type: 'GLOBAL' | 'PROJECT';
    description: string;
}
export declare const permissionTypes: readonly PermissionType[];
export declare class Permissions {
    #private;
    constructor(database: DatabaseSync);
    holds(accountId: string | undefined, permission: string, projectId?: number): boolean;
    projectsOf(accountId: string, permission: string): number[];
    grant(accountId: string, names: readonly string[]): void;
    grantInProject(accountId: string, projectId: number, names: readonly string[]): void;
    grantToApp(accountId: string, administers: boolean): void;
}

// dist/site/projects.d.ts
import type { DatabaseSync } from 'node:sqlite';
export interface Project {
    id: number;
    key: string;
    name: string;
}
export interface Status {
    id: number;
    name: string;
    category: 'new' | 'indeterminate' | 'done';
    editable: boolean;
}
export interface IssueType {
    id: number;
    name: string;
}
export declare const issueTypes: readonly IssueType[];
export declare function projectType({ key }: Project): 'software' | 'service_desk';
export declare class Projects {
    #private;
    constructor(database: DatabaseSync);
    all(): Project[];
    find(keyOrId: string | number): Project | undefined;
    statuses(): Status[];
}

// dist/site/properties.d.ts
import type { DatabaseSync } from 'node:sqlite';
export type PropertyOwner = 'app' | 'issue' | 'project' | 'user' | 'comment';
export declare const maximumKeyLength = 255;
export declare const maximumValueLength = 32768;
export declare class Properties {
    #private;
    constructor(database: DatabaseSync);
    list(owner: PropertyOwner, ownerId: string | number): string[];
    get(owner: PropertyOwner, ownerId: string | number, key: string): unknown;
    set(owner: PropertyOwner, ownerId: string | number, key: string, value: unknown): boolean;
    delete(owner: PropertyOwner, ownerId: string | number, key: string): boolean;
}

// dist/site/rate-limits.d.ts
export interface RateLimitSettings {
    burst?: boolean | Partial<BurstLimits>;
    issueWrites?: boolean | Partial<IssueWriteLimits>;
    points?: boolean | Partial<PointLimits>;
    structuredHeaders?: boolean | 'beta';
    retryAfter?: boolean;
}
export interface BurstLimits {
    GET: number;
    POST: number;
    PUT: number;
    DELETE: number;
}
export interface IssueWriteLimits {
    in2Seconds: number;
    in30Seconds: number;
}
export interface PointLimits {
    perHour: number;
    pool: 'global' | 'tenant';
}
export interface RateLimitState {
    burst: BurstLimits | undefined;
    issueWrites: IssueWriteLimits | undefined;
    points: PointLimits | undefined;
    structuredHeaders: boolean | 'beta';
    retryAfter: boolean;
}
export interface LimitedCall {
    method: string;
    resource: string;
    issueId?: number;
    appKey?: string;
}
export interface LimitRefusal {
    reason: string;
    retryAfter: number;
    limit: number;
    resetAt: number;
    detail: string;
}
export declare class RateLimits {
    #private;
    constructor(now: () => number);
    get settings(): RateLimitState;
    set(settings: RateLimitSettings): void;
    off(): void;
}
export declare function minuteOf(time: number): string;

// dist/site/request-log.d.ts
import type { DatabaseSync } from 'node:sqlite';
import type { Explanation } from './explanation.ts';
import type { FaultKind } from './fault-rule.ts';
export interface Check {
    name: string;
    passed: boolean;
    detail: string;
}
export interface Verdict {
    authenticated: boolean;
    as: 'app' | 'user' | 'anonymous';
    reason: string;
    checks: Check[];
    canonicalRequest?: string;
}
export interface RequestRecord {
    id: number;
    at: string;
    direction: 'inbound' | 'callback';
    method: string;
    path: string;
    appKey?: string;
    status: number;
    durationMs: number;
    verdict: Verdict;
    fault?: {
        kind: FaultKind;
        answered?: number;
    };
}
export interface RefusalNotes {
    fix?: string;
    explanation?: Explanation;
    exchange?: Exchange;
}
export interface Exchange {
    sent: {
        headers: Record<string, string>;
        claims: Record<string, unknown>;
        body?: string;
    };
    answered: {
        status: number;
        headers: Record<string, string>;
        body: string;
    };
}
export interface LoggedRequest {
    record: RequestRecord;
    notes: RefusalNotes;
    olderId?: number;
    newerId?: number;
}
export declare class RequestLog {
    #private;
    constructor(database: DatabaseSync, secrets: () => string[]);
    add(entry: Omit<RequestRecord, 'id'>, notes?: RefusalNotes): RequestRecord;
    list(after?: number): RequestRecord[];
    find(id: number): LoggedRequest | undefined;
}

// dist/site/site-change.d.ts
import type { StoredIssue } from './issues.ts';
export type WebhookFlow = 'Primary' | 'Secondary';
export interface SiteChange {
    event: string;
    flow: WebhookFlow;
    accountId: string | undefined;
    trace?: string;
    issue?: StoredIssue;
    propertyKey?: string;
    variables: Readonly<Record<string, string | number>>;
    payload(): Record<string, unknown>;
}
export declare function readTrace(header: string | undefined): {
    trace?: string;
};

// dist/site/site.d.ts
import { EventEmitter } from 'node:events';
import type { DatabaseSync } from 'node:sqlite';
import { Apps } from './apps.ts';
import { Attachments } from './attachments.ts';
import type { Explain } from './explanation.ts';
import { Faults } from './faults.ts';
import { FieldOptions } from './field-options.ts';
import { Fields } from './fields.ts';
import { type ForgeAppRecord, ForgeApps } from './forge-apps.ts';
import { ForgeKeys } from './forge-keys.ts';
import { type Identity } from './identity.ts';
import { Issues } from './issues.ts';
import { Permissions } from './permissions.ts';
import { Projects } from './projects.ts';
import { Properties } from './properties.ts';
import { RateLimits } from './rate-limits.ts';
import { RequestLog, type RequestRecord } from './request-log.ts';
import type { SiteChange } from './site-change.ts';
import { Traffic } from './traffic.ts';
import { UserTokens } from './user-tokens.ts';
import { Users } from './users.ts';
import { WebhookDeliveries, type WebhookDelivery } from './webhook-deliveries.ts';
export interface IssueUpdate {
    key: string;
    accountId: string;
    fields: string[];
}
export interface IssueEvent {
    id: string;
    key: string;
    projectId: string;
    accountId: string;
}
export type SiteEvents = {
    request: [RequestRecord];
    callback: [RequestRecord];
    'issue-updated': [IssueUpdate];
    'issue-created': [IssueEvent];
    'issue-deleted': [IssueEvent];
    'issue-commented': [IssueEvent & {
        commentId: string;
    }];
    change: [SiteChange];
    webhook: [WebhookDelivery];
};
export interface ForgeSchedule {
    start(app: ForgeAppRecord): void;
}
export interface Site {
    url: string;
    mediaUrl: string;
    readonly database: DatabaseSync;
    readonly identity: Identity;
    readonly projects: Projects;
    readonly fields: Fields;
    readonly fieldOptions: FieldOptions;
    readonly users: Users;
    readonly userTokens: UserTokens;
    readonly permissions: Permissions;
    readonly issues: Issues;
    readonly attachments: Attachments;
    readonly properties: Properties;
    readonly apps: Apps;
    readonly forgeApps: ForgeApps;
    readonly forgeKeys: ForgeKeys;
    forgeSchedule?: ForgeSchedule;
    readonly forgeMinuteMs: number;
    readonly webhooks: WebhookDeliveries;
    readonly webhookMinuteMs: number;
    readonly webhookTimeoutMs: number;
    readonly requestLog: RequestLog;
    readonly faults: Faults;
    readonly rateLimits: RateLimits;
    readonly traffic: Traffic;
    readonly events: EventEmitter<SiteEvents>;
    readonly secrets: () => string[];
    readonly allowedAppHosts: readonly string[];
    readonly explain: Explain;
    readonly now: () => number;
    readonly closing: AbortController;
}
export interface SiteOptions {
    database: string;
    allowedAppHosts: readonly string[];
    explain: Explain;
    now: () => number;
    forgeMinuteMs: number;
    webhookMinuteMs: number;
    webhookTimeoutMs: number;
}
export declare function openSite(options: SiteOptions): Promise<Site>;
export declare function installKeysUrl(site: Site): string;

// dist/site/traffic.d.ts
import type { FaultKind } from './fault-rule.ts';
export interface TrafficCounts {
    calls: number;
    inFlight: number;
    mostInFlight: number;
    mostInFlightByApp: Record<string, number>;
    refusedByLimit: number;
    faults: Partial<Record<FaultKind, number>>;
}
export declare class Traffic {
    #private;
    get counts(): TrafficCounts;
    reset(): void;
}

// dist/site/user-tokens.d.ts
export interface UserToken {
    appKey: string;
    oauthClientId: string;
    accountId: string;
    scopes: readonly string[];
    ofPage?: true;
    endsAt: number;
}
export declare class UserTokens {
    #private;
    give(token: UserToken): string;
    end(bearer: string): void;
    find(bearer: string): UserToken | undefined;
    withdraw(): void;
}
export declare function looksLikeUserToken(bearer: string): boolean;

// dist/site/users.d.ts
import type { DatabaseSync } from 'node:sqlite';
export interface User {
    accountId: string;
    displayName: string;
    accountType: 'atlassian' | 'app';
    emailAddress?: string;
    active: boolean;
}
export interface Person extends User {
    emailAddress: string;
    apiToken: string;
}
export declare class Users {
    #private;
    constructor(database: DatabaseSync);
    find(accountId: string): User | undefined;
    all(): User[];
    people(): Person[];
    setActive(accountId: string, active: boolean): void;
    addAppUser(accountId: string, displayName: string): void;
}

// dist/site/webhook-deliveries.d.ts
import type { WebhookFlow } from './site-change.ts';
export interface WebhookTry {
    at: string;
    retry: number;
    status: number;
    durationMs: number;
    accepted: boolean;
    good: boolean;
    again: boolean;
    reason: string;
    reply: string;
    requestId?: number;
}
export type WebhookState = 'waiting' | 'sending' | 'delivered' | 'given-up';
export interface WebhookDelivery {
    id: number;
    event: string;
    appKey: string;
    identifier: string;
    flow: WebhookFlow;
    trace?: string;
    issueKey?: string;
    accountId?: string;
    path: string;
    body?: string;
    state: WebhookState;
    reason?: string;
    at: string;
    tries: WebhookTry[];
    nextTryAt?: string;
}
type Update = Pick<WebhookDelivery, 'state'> & Partial<Pick<WebhookDelivery, 'reason' | 'tries' | 'nextTryAt'>>;
export declare class WebhookDeliveries {
    #private;
    list(): WebhookDelivery[];
    find(id: number): WebhookDelivery | undefined;
    add(delivery: Omit<WebhookDelivery, 'id' | 'state' | 'tries'>): WebhookDelivery;
    update(id: number, update: Update): WebhookDelivery | undefined;
    idle(): Promise<void>;
    clear(): void;
}
export {};

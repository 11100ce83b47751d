// countersign-sandbox: dist/index.d.ts

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
export type RequiredScope = 'READ' | 'WRITE' | 'DELETE' | 'ADMIN';
export declare function grants(scopes: readonly string[], wanted: RequiredScope): boolean;
export declare function isLoopback(hostname: string): boolean;

// dist/hosts/connect/lifecycle.d.ts
import { type InstalledApp } from '../../site/apps.ts';
import type { Site } from '../../site/site.ts';
export interface InstallOutcome {
    app: InstalledApp;
    installed: boolean;
}
export declare function installApp(site: Site, descriptorUrl: string): Promise<InstalledApp>;
export declare function installAppIfChanged(site: Site, descriptorUrl: string): Promise<InstallOutcome>;
export declare function rotateAppSecret(site: Site, key: string): Promise<InstalledApp>;
export declare function enableApp(site: Site, key: string): Promise<InstalledApp>;
export declare function disableApp(site: Site, key: string): Promise<InstalledApp>;
export declare function uninstallApp(site: Site, key: string): Promise<void>;

// dist/hosts/connect/page-url.d.ts
import type { Site } from '../../site/site.ts';
export interface PageOptions {
    accountId?: string;
    issueKey?: string;
}
export declare function pageUrl(site: Site, appKey: string, moduleUrl: string, options: PageOptions): string;
export declare function contextToken(site: Site, appKey: string, options: PageOptions): string;

// dist/index.d.ts
export type { InstallOutcome } from './hosts/connect/lifecycle.ts';
export type { PageOptions } from './hosts/connect/page-url.ts';
export type { IssueBody } from './rest/issue-body.ts';
export { type Sandbox, type SandboxOptions, startSandbox } from './sandbox.ts';
export type { InstalledApp } from './site/apps.ts';
export type { Field, FieldKind } from './site/fields.ts';
export type { Check, RequestRecord, Verdict } from './site/request-log.ts';
export type { IssueUpdate, SiteEvents } from './site/site.ts';
export type { Person, User } from './site/users.ts';

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

// dist/sandbox.d.ts
import { type InstallOutcome } from './hosts/connect/lifecycle.ts';
import { type PageOptions } from './hosts/connect/page-url.ts';
import type { IssueBody } from './rest/issue-body.ts';
import { type InstalledApp } from './site/apps.ts';
import type { Field } from './site/fields.ts';
import type { RequestRecord } from './site/request-log.ts';
import { type SiteEvents } from './site/site.ts';
import type { Person } from './site/users.ts';
export interface SandboxOptions {
    port?: number;
    database?: string;
    now?: () => number;
    allowedAppHosts?: readonly string[];
}
export interface Sandbox {
    readonly url: string;
    readonly installKeysUrl: string;
    readonly clientKey: string;
    readonly apiToken: string;
    readonly people: Person[];
    install(descriptorUrl: string): Promise<InstalledApp>;
    installIfChanged(descriptorUrl: string): Promise<InstallOutcome>;
    uninstall(appKey: string): Promise<void>;
    enable(appKey: string): Promise<InstalledApp>;
    disable(appKey: string): Promise<InstalledApp>;
    rotateSecret(appKey: string): Promise<InstalledApp>;
    readonly apps: InstalledApp[];
    sharedSecret(appKey: string): string;
    readonly requests: RequestRecord[];
    on<E extends keyof SiteEvents>(event: E, listener: (...args: SiteEvents[E]) => void): () => void;
    pageUrl(appKey: string, moduleUrl: string, options?: PageOptions): string;
    contextToken(appKey: string, options?: PageOptions): string;
    issue(key: string): IssueBody | undefined;
    field(id: string): Field | undefined;
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

// dist/site/fields.d.ts
import type { DatabaseSync } from 'node:sqlite';
export type FieldKind = 'text' | 'document' | 'number' | 'user' | 'labels' | 'priority' | 'derived';
export interface Field {
    id: string;
    name: string;
    kind: FieldKind;
    custom: boolean;
    onScreen: boolean;
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
    delete(id: number): void;
    comments(issueId: number): Comment[];
    addComment(issueId: number, author: string, body: AtlassianDocument, at: number): Comment;
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
    holds(accountId: string | undefined, permission: string): boolean;
    grant(accountId: string, names: readonly string[]): void;
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
export declare class Projects {
    #private;
    constructor(database: DatabaseSync);
    all(): Project[];
    find(keyOrId: string | number): Project | undefined;
    statuses(): Status[];
}

// dist/site/request-log.d.ts
import type { DatabaseSync } from 'node:sqlite';
import type { Explanation } from './explanation.ts';
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
}
export interface RefusalNotes {
    fix?: string;
    explanation?: Explanation;
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

// dist/site/site.d.ts
import { EventEmitter } from 'node:events';
import type { DatabaseSync } from 'node:sqlite';
import { Apps } from './apps.ts';
import type { Explain } from './explanation.ts';
import { Fields } from './fields.ts';
import { type Identity } from './identity.ts';
import { Issues } from './issues.ts';
import { Permissions } from './permissions.ts';
import { Projects } from './projects.ts';
import { RequestLog, type RequestRecord } from './request-log.ts';
import { Users } from './users.ts';
export interface IssueUpdate {
    key: string;
    accountId: string;
    fields: string[];
}
export type SiteEvents = {
    request: [RequestRecord];
    callback: [RequestRecord];
    'issue-updated': [IssueUpdate];
};
export interface Site {
    url: string;
    readonly database: DatabaseSync;
    readonly identity: Identity;
    readonly projects: Projects;
    readonly fields: Fields;
    readonly users: Users;
    readonly permissions: Permissions;
    readonly issues: Issues;
    readonly apps: Apps;
    readonly requestLog: RequestLog;
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
}
export declare function openSite(options: SiteOptions): Promise<Site>;
export declare function installKeysUrl(site: Site): string;

// dist/site/users.d.ts
import type { DatabaseSync } from 'node:sqlite';
export interface User {
    accountId: string;
    displayName: string;
    accountType: 'atlassian' | 'app';
    emailAddress?: string;
}
export interface Person extends User {
    emailAddress: string;
    apiToken: string;
}
export declare class Users {
    #private;
    constructor(database: DatabaseSync);
    find(accountId: string): User | undefined;
    people(): Person[];
    addAppUser(accountId: string, displayName: string): void;
}

// dist/jira/index.d.ts
export { type BodyOptions, type CallOptions, createJiraClient, type EditIssueOptions, type JiraClient, type JiraClientOptions, type JiraCredentials, type JiraFetchInit, } from './client.ts';
export type { Query } from './url.ts';

// dist/jira/client.d.ts
import { type Query } from './url.ts';
export interface JiraCredentials {
    readonly siteUrl: string;
    readonly appKey: string;
    readonly sharedSecret: string;
    readonly clientKey?: string;
}
export interface JiraClientOptions {
    credentials: JiraCredentials | (() => Promise<JiraCredentials>);
    timeoutMs?: number;
    maxAnswerBytes?: number;
    descriptor?: {
        readonly key?: string;
        readonly scopes?: readonly string[];
    };
    now?: () => number;
}
export interface CallOptions {
    query?: Query;
    headers?: Readonly<Record<string, string>>;
    signal?: AbortSignal;
    timeoutMs?: number;
}
export interface BodyOptions extends CallOptions {
    body?: unknown;
}
export interface JiraFetchInit extends Omit<RequestInit, 'redirect' | 'signal'> {
    query?: Query;
    signal?: AbortSignal;
    timeoutMs?: number;
}
export interface EditIssueOptions {
    fields: Readonly<Record<string, unknown>>;
    overrideScreenSecurity?: boolean;
    overrideEditableFlag?: boolean;
    notifyUsers?: boolean;
    signal?: AbortSignal;
}
export interface JiraClient {
    get<T = unknown>(path: string, options?: CallOptions): Promise<T>;
    post<T = unknown>(path: string, options?: BodyOptions): Promise<T>;
    put<T = unknown>(path: string, options?: BodyOptions): Promise<T>;
    delete<T = unknown>(path: string, options?: CallOptions): Promise<T>;
    fetch(path: string, init?: JiraFetchInit): Promise<Response>;
    editIssue(issueIdOrKey: string, options: EditIssueOptions): Promise<void>;
}
export declare function createJiraClient(options: JiraClientOptions): JiraClient;

// dist/jira/url.d.ts
export type Query = Readonly<Record<string, string | number | boolean | undefined | readonly (string | number | boolean)[]>>;
export declare function callUrl(siteUrl: string, path: string, query: Query | undefined): URL;

import type { Query } from './url.ts';

/** What a call can be given beside its path. */
export interface CallOptions {
  /** Added to the URL before it is signed. Undefined values are left out, lists repeat the parameter. */
  query?: Query;
  headers?: Readonly<Record<string, string>>;
  /** Ends the call, also while it waits; it then rejects with the signal's reason. */
  signal?: AbortSignal;
  /** How long the call may take with all its tries, in milliseconds. Overrides the client's. */
  timeoutMs?: number;
  /**
   * Whether the call may be sent again after a network error or a 5xx, when Jira may have carried it out already.
   * Default: true for GET, HEAD, OPTIONS, PUT and DELETE, false for anything else.
   */
  idempotent?: boolean;
}

/** What a call with a body can be given. */
export interface BodyOptions extends CallOptions {
  /** Sent as JSON. Default: no body. */
  body?: unknown;
}

/** A body of `fetch`, or a function that makes it anew for each try: a stream is gone once it was sent. */
export type JiraBody = RequestInit['body'] | (() => RequestInit['body']);

/** What `jira.fetch` takes: everything that `fetch` does but the credentials, and what is said here. */
export interface JiraFetchInit extends Omit<RequestInit, 'redirect' | 'signal' | 'body'> {
  query?: Query;
  signal?: AbortSignal;
  /** Until the headers of the answer are there, with all tries, in milliseconds; its body may take longer. */
  timeoutMs?: number;
  /** As in {@link CallOptions}. */
  idempotent?: boolean;
  body?: JiraBody;
}

/** The plain calls of a client, which everything else is made of. */
export interface JiraCalls {
  /** @returns the parsed JSON; undefined when Jira answers without a body. @throws JiraApiError */
  get<T = unknown>(path: string, options?: CallOptions): Promise<T>;
  post<T = unknown>(path: string, options?: BodyOptions): Promise<T>;
  put<T = unknown>(path: string, options?: BodyOptions): Promise<T>;
  delete<T = unknown>(path: string, options?: CallOptions): Promise<T>;
  /**
   * The answer as it came, whatever its status. Redirects are not followed: the credentials of a site go nowhere
   * else.
   *
   * @throws JiraApiError only where there is no answer, or where Jira ignored the credentials.
   */
  fetch(path: string, init?: JiraFetchInit): Promise<Response>;
}

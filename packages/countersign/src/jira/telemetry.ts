import type { JiraHost } from './credentials.ts';

/** A call as telemetry may show it: no query, no credentials. */
export interface CallInfo {
  readonly method: string;
  /** The URL without its query and fragment. */
  readonly url: string;
  /** The installation; undefined for a client of a plain script. */
  readonly clientKey: string | undefined;
  readonly host: JiraHost;
}

/** What a call reports while it runs. */
export interface CallSpan {
  /** An answer came, for the try of this number, counted from 1. */
  response(status: number, tries: number): void;
  /** The call waits, and is tried again. */
  retry(reason: string, delayMs: number): void;
  /** Jira refused it for good; `cause` is an id of docs/401.md. */
  refused(status: number, cause: string | undefined): void;
  /** It ends without an answer, by an error of this code. */
  failed(code: string): void;
}

/** Watches the calls of a client: `openTelemetry()` of `countersign/opentelemetry` is one. */
export interface JiraTelemetry {
  /** Runs a call. It must return what the call returns, and let its errors through. */
  call<T>(info: CallInfo, call: (span: CallSpan) => Promise<T>): Promise<T>;
}

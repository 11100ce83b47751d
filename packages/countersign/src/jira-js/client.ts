import {
  BlobSchema,
  BufferSchema,
  type Client,
  type SchemaMismatchBehavior,
  type SendRequestOptions,
} from 'jira.js/core';
import { ConfigError, isCountersignError, refuseUnknownOptions } from '../errors.ts';
import { type Answer, abandoned, type Call, unanswered } from '../jira/answer.ts';
import type { JiraClient } from '../jira/client.ts';
import { refusalOf } from '../jira/file-refusal.ts';
import { keptAnswer } from '../jira/kept-refusal.ts';
import { toJiraJsError } from './errors.ts';
import { bodyOf, pathOf } from './request.ts';
import { notJson, reportMismatch } from './schema-mismatch.ts';

/** Options of {@link jiraClient}. */
export interface JiraJsOptions {
  /**
   * What becomes of an answer that the schema of jira.js does not describe, as in jira.js: `'warn'` says it once on
   * stderr and gives the answer as it is, `'silent'` gives it, `'throw'` rejects with its SchemaMismatchError, and a
   * function is given the report. Default: `'warn'`.
   */
  onSchemaMismatch?: SchemaMismatchBehavior;
  /** Sent with every call. */
  headers?: Readonly<Record<string, string>>;
  /** Ends the calls under way, also while they wait; they then reject with the signal's reason. */
  signal?: AbortSignal;
  /** How long a call may take with all its tries, in milliseconds; a file may take longer. Default: the client's. */
  timeoutMs?: number;
}

/** What finds the client of an installation: an app. */
export interface HasJira {
  jira(id: string): JiraClient;
}

const OPTIONS: ReadonlySet<string> = new Set([
  'onSchemaMismatch',
  'headers',
  'signal',
  'timeoutMs',
]);
/** Within which the JSON of an answer has to be there, after its headers. */
const DEFAULT_BODY_TIMEOUT_MS = 30_000;
/** Of an answer that was refused: as much as anybody reads. */
const MAX_REFUSAL_LENGTH = 65_536;

/**
 * The client that `createCloudClient`, `createAgileClient` and `createServiceDeskClient` of jira.js 6 are made with,
 * over the calls of this package: signed for Connect, or as a Forge app, as a user, with their limits and retries.
 *
 * Its calls reject with the errors of jira.js, whose `cause` is the JiraApiError with the diagnosis.
 *
 * @param jira `app.jira(id)`, `caller.jira`, `jira.as(accountId)`, or any other client of this package.
 * @throws ConfigError CONFIG_OPTION_UNKNOWN, CONFIG_OPTION_INVALID.
 * @see https://mrrefactoring.github.io/jira.js/
 */
export function jiraClient(jira: JiraClient, options?: JiraJsOptions): Client;
/** The same for one installation of an app, by its clientKey, installationId or cloudId. */
export function jiraClient(app: HasJira, id: string, options?: JiraJsOptions): Client;
export function jiraClient(
  jiraOrApp: JiraClient | HasJira,
  idOrOptions: string | JiraJsOptions = {},
  more: JiraJsOptions = {},
): Client {
  const ofApp = typeof idOrOptions === 'string';
  const options = ofApp ? more : idOrOptions;
  refuseUnknownOptions('jiraClient', options, OPTIONS);
  const jira = ofApp ? (jiraOrApp as HasJira).jira(idOrOptions) : (jiraOrApp as JiraClient);
  // An app has a fetch of its own, for what the site sends to it.
  if (typeof jira?.get !== 'function') {
    throw new ConfigError(
      'CONFIG_OPTION_INVALID',
      'jiraClient takes a client such as app.jira(id), or an app and the id of an installation.',
    );
  }
  return {
    async sendRequest<T>(request: SendRequestOptions<T>): Promise<T> {
      try {
        return (await send(jira, request, options)) as T;
      } catch (error) {
        throw toJiraJsError(error);
      }
    },
  };
}

async function send(
  jira: JiraClient,
  request: SendRequestOptions<unknown>,
  { headers: ofClient, signal, timeoutMs, onSchemaMismatch = 'warn' }: JiraJsOptions,
): Promise<unknown> {
  const { method = 'GET', url, schema } = request;
  const path = pathOf(request);
  const { body, headers: ofBody } = bodyOf(request);
  const headers = joined(ofBody, ofClient, request.headers);
  const limits = timeoutMs === undefined ? undefined : { timeoutMs };

  if (method === 'GET' && isFile(schema)) {
    const file = await jira.download(path, {
      ...{ headers, ...limits },
      ...(signal === undefined ? undefined : { signal }),
    });
    return schema === (BlobSchema as unknown)
      ? file.blob()
      : new Uint8Array(await file.arrayBuffer());
  }

  const call: Call = { method, path: path.split('?')[0] ?? path };
  const reading = new AbortController();
  const response = await jira.fetch(path, {
    ...{ method, headers, ...limits },
    ...(body === undefined ? undefined : { body }),
    signal: signal === undefined ? reading.signal : AbortSignal.any([signal, reading.signal]),
  });
  const bodyTimeoutMs = timeoutMs ?? DEFAULT_BODY_TIMEOUT_MS;
  const timer = setTimeout(() => reading.abort(), bodyTimeoutMs);
  let content: string | Blob | Uint8Array;
  try {
    content =
      response.ok && isFile(schema) ? await fileOf(response, schema) : await response.text();
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (isCountersignError(error)) throw error;
    throw reading.signal.aborted
      ? abandoned(call, { timeoutMs: bodyTimeoutMs })
      : unanswered(error, call);
  } finally {
    clearTimeout(timer);
  }
  if (typeof content !== 'string') return content;
  if (!response.ok) return refused(response, call, content);
  if (response.status === 204 || content === '') return undefined;

  const endpoint = `${method} ${url}`;
  const contentType = response.headers.get('content-type') ?? '';
  if (contentType !== '' && !contentType.includes('application/json')) {
    if (schema === undefined) return undefined;
    throw notJson(endpoint, contentType);
  }
  const answer = contentType === '' ? content : parsed(content);
  if (schema === undefined) return answer;
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  reportMismatch(onSchemaMismatch, endpoint, { error: result.error, body: answer });
  return answer;
}

/** Names of headers in any case: the last one given counts. */
function joined(
  ...all: readonly (Readonly<Record<string, string>> | undefined)[]
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of all.flatMap((each) => Object.entries(each ?? {}))) {
    headers[name.toLowerCase()] = value;
  }
  return headers;
}

/** jira.js tells by these two schemas, and by nothing else, that an answer is no JSON. */
function isFile(schema: unknown): boolean {
  return schema === BufferSchema || schema === BlobSchema;
}

async function fileOf(response: Response, schema: unknown): Promise<Blob | Uint8Array> {
  return schema === BlobSchema ? response.blob() : new Uint8Array(await response.arrayBuffer());
}

/** Says `application/json` and is none: jira.js gives the text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function refused(response: Response, call: Call, text: string): Promise<undefined> {
  const kept = keptAnswer(response);
  // The try whose answer was lost has deleted it.
  if (kept?.wasUnclear && call.method === 'DELETE' && response.status === 404) return undefined;
  const { status, headers } = response;
  const answer: Answer = { status, headers, body: new Response(text).body };
  const error = kept
    ? await kept.refusal(answer)
    : await refusalOf(
        new Response(text === '' ? null : text, { status, headers }),
        call,
        undefined,
      );
  throw toJiraJsError(error, parsed(withoutTokens(text.slice(0, MAX_REFUSAL_LENGTH))));
}

/** An answer may quote what was sent. */
function withoutTokens(text: string): string {
  return text
    .replace(/\beyJ[\w-]+\.[\w-]+(\.[\w-]*)?/g, '[token]')
    .replace(/\b(JWT|Bearer|Basic) +[\w.~+/=-]{8,}/gi, '$1 [token]');
}

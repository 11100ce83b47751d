import { isCountersignError, JiraApiError, refuseUnknownOptions } from '../errors.ts';
import { VERSION } from '../version.ts';
import { type Call, type Diagnose, readJson, refusal } from './answer.ts';
import {
  type Authorization,
  authorize,
  baseUrlOf,
  hostOf,
  type JiraCredentials,
  type JiraHost,
} from './credentials.ts';
import { diagnoseAnswer, diagnoseAs } from './diagnose.ts';
import { createFieldNames, type FieldNames, type JiraField } from './fields.ts';
import { createTries, FRESH_INSTALL_DELAYS_MS } from './try-again.ts';
import { callUrl, type Query } from './url.ts';

/** Options of {@link createJiraClient}. */
export interface JiraClientOptions {
  /** The credentials, or a function that finds the newest ones: it is asked before each call. */
  credentials: JiraCredentials | (() => Promise<JiraCredentials>);
  /** How long a call may take, in milliseconds. Default: 30000. */
  timeoutMs?: number;
  /** The largest JSON answer that is read, in bytes. Default: 33554432 (32 MiB). */
  maxAnswerBytes?: number;
  /** The app's descriptor. Where its key and scopes are known, the diagnosis of a refusal can say more. */
  descriptor?: { readonly key?: string; readonly scopes?: readonly string[] };
  /**
   * How long to wait before each further try of a call that is refused in the ten minutes after an installation through
   * Forge, in milliseconds, give or take a quarter. Default: `[1000, 2000, 4000, 8000]`, as far as timeoutMs allows.
   */
  freshInstallDelaysMs?: readonly number[];
  /** The clock, in milliseconds. Default: `Date.now`. */
  now?: () => number;
}

/** What a call can be given beside its path. */
export interface CallOptions {
  /** Added to the URL before it is signed. Undefined values are left out, lists repeat the parameter. */
  query?: Query;
  headers?: Readonly<Record<string, string>>;
  /** Ends the call; it then rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Overrides the client's, in milliseconds. */
  timeoutMs?: number;
}

/** What a call with a body can be given. */
export interface BodyOptions extends CallOptions {
  /** Sent as JSON. Default: no body. */
  body?: unknown;
}

/** What {@link JiraClient.fetch} takes: everything that `fetch` does but the credentials, and a query. */
export interface JiraFetchInit extends Omit<RequestInit, 'redirect' | 'signal'> {
  query?: Query;
  signal?: AbortSignal;
  /** Until the headers of the answer are there, in milliseconds; its body may take longer. */
  timeoutMs?: number;
}

/** Options of {@link JiraClient.editIssue}. */
export interface EditIssueOptions {
  /** New values by field id (`customfield_10042`) or by field name (`Site location`). */
  fields: Readonly<Record<string, unknown>>;
  /** Also set fields that are on no screen. Needs the scope ADMIN and Administer Jira for the app user. */
  overrideScreenSecurity?: boolean;
  /** Also edit issues whose workflow status forbids it. Needs the same. */
  overrideEditableFlag?: boolean;
  /** False spares watchers the e-mail. Default: as Jira decides. */
  notifyUsers?: boolean;
  signal?: AbortSignal;
}

/**
 * Calls one Jira site. As a Connect app, every call gets a fresh token over exactly the URL that is sent; as a Forge app
 * the same calls go to Forge's gateway.
 */
export interface JiraClient {
  /** Which way the next call goes, as far as it can be told now. Rejects as a call would, without its credentials. */
  host(): Promise<JiraHost>;
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
  /**
   * Sets fields of an issue. Names are looked up in Jira's list of fields, once for all calls.
   *
   * @throws JiraApiError, also JIRA_FIELD_UNKNOWN and JIRA_FIELD_AMBIGUOUS.
   * @see https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/
   */
  editIssue(issueIdOrKey: string, options: EditIssueOptions): Promise<void>;
}

const CLIENT_OPTIONS: ReadonlySet<string> = new Set([
  'credentials',
  'timeoutMs',
  'maxAnswerBytes',
  'descriptor',
  'freshInstallDelaysMs',
  'now',
]);
const CALL_OPTIONS: ReadonlySet<string> = new Set(['query', 'headers', 'signal', 'timeoutMs']);
const BODY_OPTIONS: ReadonlySet<string> = new Set([...CALL_OPTIONS, 'body']);
const EDIT_OPTIONS: ReadonlySet<string> = new Set([
  'fields',
  'overrideScreenSecurity',
  'overrideEditableFlag',
  'notifyUsers',
  'signal',
]);

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/**
 * A client for one site.
 *
 * @throws ConfigError CONFIG_OPTION_UNKNOWN.
 */
export function createJiraClient(options: JiraClientOptions): JiraClient {
  refuseUnknownOptions('createJiraClient', options, CLIENT_OPTIONS);
  const now = options.now ?? Date.now;
  const maxAnswerBytes = options.maxAnswerBytes ?? DEFAULT_MAX_ANSWER_BYTES;
  const delaysMs = options.freshInstallDelaysMs ?? FRESH_INSTALL_DELAYS_MS;
  const { credentials: given } = options;
  const findCredentials = typeof given === 'function' ? given : async () => given;

  const send = async (
    method: string,
    path: string,
    init: JiraFetchInit,
    read: (response: Response, call: Call, sent: Sent) => Promise<unknown>,
  ): Promise<unknown> => {
    const { query, headers, signal, timeoutMs, ...rest } = init;
    let credentials = await findCredentials();
    let url = callUrl(baseUrlOf(credentials), path, query);
    let authorization = authorize(credentials, { method, url, now });
    const call: Call = { method, path: url.pathname };
    const deadline = startDeadline(timeoutMs ?? options.timeoutMs ?? DEFAULT_TIMEOUT_MS, signal);
    const tries = createTries({ ...deadline, findCredentials, delaysMs, now });
    try {
      for (;;) {
        const response = await fetch(url, {
          ...rest,
          method,
          redirect: 'manual',
          signal: deadline.signal,
          headers: sentHeaders(headers, credentials, authorization),
        });
        if (response.status === 401 || response.status === 403) {
          const next = canRepeat(rest.body)
            ? await tries.next(credentials, response.status)
            : undefined;
          if (next !== undefined) {
            await response.body?.cancel();
            credentials = next;
            url = callUrl(baseUrlOf(credentials), path, query);
            authorization = authorize(credentials, { method, url, now });
            continue;
          }
        }
        const hint = tries.hint(credentials, response.status);
        const diagnose = diagnoseCall({
          ...{ credentials, authorization, method, url, now, descriptor: options.descriptor },
          body: typeof rest.body === 'string' ? rest.body : undefined,
        });
        if (response.headers.get('x-seraph-loginreason')?.includes('AUTHENTICATED_FAILED')) {
          await response.body?.cancel();
          throw new JiraApiError(
            response.ok ? 'JIRA_CREDENTIAL_IGNORED' : 'JIRA_UNAUTHENTICATED',
            `Jira refused the token of ${method} ${call.path}.`,
            {
              ...call,
              status: response.status,
              ...(hint === undefined ? undefined : { hint }),
              diagnosis: diagnose(response, {}),
            },
          );
        }
        return await read(response, call, { secrets: authorization.secrets, diagnose, hint });
      }
    } catch (error) {
      throw deadline.explain(error, call);
    } finally {
      deadline.stop();
    }
  };

  const sendJson = <T>(method: string, path: string, { body, ...init }: BodyOptions) =>
    send(
      method,
      path,
      body === undefined
        ? init
        : {
            ...init,
            headers: withJsonType(init.headers),
            body: JSON.stringify(body),
          },
      async (response, call, sent) => {
        if (!response.ok) throw await refusal(response, call, { ...sent, now });
        return readJson(response, call, maxAnswerBytes);
      },
    ) as Promise<T>;

  const client: JiraClient = {
    host: async () => hostOf(await findCredentials()),
    get: async (path, callOptions = {}) => {
      refuseUnknownOptions('jira.get', callOptions, CALL_OPTIONS);
      return sendJson('GET', path, callOptions);
    },
    post: async (path, callOptions = {}) => {
      refuseUnknownOptions('jira.post', callOptions, BODY_OPTIONS);
      return sendJson('POST', path, callOptions);
    },
    put: async (path, callOptions = {}) => {
      refuseUnknownOptions('jira.put', callOptions, BODY_OPTIONS);
      return sendJson('PUT', path, callOptions);
    },
    delete: async (path, callOptions = {}) => {
      refuseUnknownOptions('jira.delete', callOptions, CALL_OPTIONS);
      return sendJson('DELETE', path, callOptions);
    },
    fetch: async (path, init = {}) => {
      const method = (init.method ?? 'GET').toUpperCase();
      return (await send(method, path, init, async (response) => response)) as Response;
    },
    editIssue: async (issueIdOrKey, editOptions) => {
      refuseUnknownOptions('jira.editIssue', editOptions, EDIT_OPTIONS);
      if (!/^\w[\w-]*$/.test(issueIdOrKey)) {
        throw new JiraApiError(
          'JIRA_URL_REFUSED',
          'An issue is named by its id or its key, such as XX-21.',
        );
      }
      const { fields, signal, ...query } = editOptions;
      await client.put(`/rest/api/3/issue/${issueIdOrKey}`, {
        query,
        body: { fields: await fieldNames.toIds(fields) },
        ...(signal === undefined ? undefined : { signal }),
      });
    },
  };
  const fieldNames: FieldNames = createFieldNames(
    () => client.get<JiraField[]>('/rest/api/3/field'),
    now,
  );
  return client;
}

function withJsonType(headers: CallOptions['headers']): Headers {
  const sent = new Headers(headers);
  if (!sent.has('content-type')) sent.set('content-type', 'application/json');
  return sent;
}

/**
 * A header of the caller's, in any case, takes the place of a default. The token goes last: nothing may take its place.
 */
function sentHeaders(
  headers: JiraFetchInit['headers'],
  credentials: JiraCredentials,
  authorization: Authorization,
): Headers {
  const sent = new Headers({
    accept: 'application/json',
    'user-agent': `countersign/${VERSION}${'appKey' in credentials ? ` (${credentials.appKey})` : ''}`,
  });
  for (const [name, value] of new Headers(headers)) sent.set(name, value);
  sent.set('authorization', authorization.header);
  return sent;
}

/** A stream is gone once it was sent. */
function canRepeat(body: JiraFetchInit['body']): boolean {
  if (typeof body !== 'object' || body === null) return true;
  return !(body instanceof ReadableStream || Symbol.asyncIterator in body);
}

/** What of a call is needed to explain its refusal. */
interface Sent {
  readonly secrets: readonly string[];
  readonly diagnose: Diagnose;
  readonly hint: string | undefined;
}

/** One try of a call. */
interface Attempt {
  readonly credentials: JiraCredentials;
  readonly authorization: Authorization;
  readonly method: string;
  readonly url: URL;
  readonly descriptor: JiraClientOptions['descriptor'];
  readonly body: string | undefined;
  readonly now: () => number;
}

/** Says why that try was refused, once it is asked. */
function diagnoseCall(attempt: Attempt): Diagnose {
  const { credentials, authorization, method, url, descriptor, body, now } = attempt;
  return (response, messages) =>
    diagnoseAnswer({
      ...{ method, url: url.href, status: response.status, headers: response.headers },
      authorization: authorization.header,
      siteUrl: baseUrlOf(credentials),
      ...('bearer' in credentials
        ? { credential: credentials.kind, installedAt: credentials.installedAt }
        : 'apiToken' in credentials
          ? { credential: 'api-token' as const }
          : {
              appKey: credentials.appKey,
              sharedSecret: credentials.sharedSecret,
              clientKey: credentials.clientKey,
            }),
      ...{ descriptor, body, now },
      ...messages,
    });
}

interface Deadline {
  readonly signal: AbortSignal;
  /** Until the call is given up. */
  remainingMs(): number;
  /** What the caller is told for an error of fetch. */
  explain(error: unknown, call: Call): unknown;
  stop(): void;
}

function startDeadline(timeoutMs: number, callerSignal: AbortSignal | undefined): Deadline {
  const timeout = new AbortController();
  const endsAt = performance.now() + timeoutMs;
  const timer = setTimeout(() => timeout.abort(), timeoutMs);
  return {
    signal:
      callerSignal === undefined ? timeout.signal : AbortSignal.any([timeout.signal, callerSignal]),
    remainingMs: () => endsAt - performance.now(),
    explain(error, call) {
      if (isCountersignError(error)) return error;
      if (callerSignal?.aborted) return callerSignal.reason;
      if (timeout.signal.aborted) {
        return new JiraApiError(
          'JIRA_TIMEOUT',
          `${call.method} ${call.path} was not answered within ${timeoutMs} ms.`,
          {
            ...call,
            diagnosis: diagnoseAs('CS-UNREACHABLE', `No answer within ${timeoutMs} ms.`, 'likely'),
          },
        );
      }
      return new JiraApiError(
        'JIRA_UNREACHABLE',
        `${call.method} ${call.path} could not be sent, or its answer broke off.`,
        { ...call, cause: error, diagnosis: unreachable(error) },
      );
    },
    stop: () => clearTimeout(timer),
  };
}

/** The code of the network's error, such as ENOTFOUND, says which it is. */
function unreachable(error: unknown) {
  const { cause } = error as { cause?: { code?: unknown } };
  const code = typeof cause?.code === 'string' ? cause.code.slice(0, 60) : 'no code';
  return diagnoseAs('CS-UNREACHABLE', `The request could not be sent: ${code}.`);
}

import { JiraApiError, refuseUnknownOptions } from '../errors.ts';
import { createToken } from '../jwt/jwt.ts';
import { VERSION } from '../version.ts';
import { type Call, type Diagnose, readJson, refusal } from './answer.ts';
import { diagnoseAnswer, diagnoseAs } from './diagnose.ts';
import { createFieldNames, type FieldNames, type JiraField } from './fields.ts';
import { callUrl, type Query } from './url.ts';

/** Who calls, and where. */
export interface JiraCredentials {
  /** The site's `baseUrl`. */
  readonly siteUrl: string;
  /** The `key` of the app's descriptor; `iss` of every token. */
  readonly appKey: string;
  /** The secret that the site's newest installed callback brought. */
  readonly sharedSecret: string;
  /** The clientKey of the installation. It signs nothing; where it is known, a diagnosis can say more. */
  readonly clientKey?: string;
}

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

/** Calls one Jira site as the app. Every call gets a fresh token over exactly the URL that is sent. */
export interface JiraClient {
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
  const { credentials } = options;
  const findCredentials = typeof credentials === 'function' ? credentials : async () => credentials;

  const send = async (
    method: string,
    path: string,
    init: JiraFetchInit,
    read: (response: Response, call: Call, sent: Sent) => Promise<unknown>,
  ): Promise<unknown> => {
    const known = await findCredentials();
    const { siteUrl, appKey, sharedSecret } = known;
    const { query, headers, signal, timeoutMs, ...rest } = init;
    const url = callUrl(siteUrl, path, query);
    const call: Call = { method, path: url.pathname };
    const token = createToken({ issuer: appKey, sharedSecret, method, url, baseUrl: siteUrl, now });
    const diagnose: Diagnose = (response, messages) =>
      diagnoseAnswer({
        method,
        url: url.href,
        status: response.status,
        headers: response.headers,
        authorization: `JWT ${token}`,
        siteUrl,
        appKey,
        sharedSecret,
        clientKey: known.clientKey,
        descriptor: options.descriptor,
        body: typeof rest.body === 'string' ? rest.body : undefined,
        now,
        ...messages,
      });
    const deadline = startDeadline(timeoutMs ?? options.timeoutMs ?? DEFAULT_TIMEOUT_MS, signal);
    try {
      const response = await fetch(url, {
        ...rest,
        method,
        redirect: 'manual',
        signal: deadline.signal,
        headers: sentHeaders(headers, appKey, token),
      });
      if (response.headers.get('x-seraph-loginreason')?.includes('AUTHENTICATED_FAILED')) {
        await response.body?.cancel();
        throw new JiraApiError(
          response.ok ? 'JIRA_CREDENTIAL_IGNORED' : 'JIRA_UNAUTHENTICATED',
          `Jira refused the token of ${method} ${call.path}.`,
          { ...call, status: response.status, diagnosis: diagnose(response, {}) },
        );
      }
      return await read(response, call, { secrets: [token, sharedSecret], diagnose });
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
      async (response, call, { secrets, diagnose }) => {
        if (!response.ok) throw await refusal(response, call, secrets, now, diagnose);
        return readJson(response, call, maxAnswerBytes);
      },
    ) as Promise<T>;

  const client: JiraClient = {
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
function sentHeaders(headers: JiraFetchInit['headers'], appKey: string, token: string): Headers {
  const sent = new Headers({
    accept: 'application/json',
    'user-agent': `countersign/${VERSION} (${appKey})`,
  });
  for (const [name, value] of new Headers(headers)) sent.set(name, value);
  sent.set('authorization', `JWT ${token}`);
  return sent;
}

/** What of a call is needed to explain its refusal. */
interface Sent {
  readonly secrets: readonly string[];
  readonly diagnose: Diagnose;
}

interface Deadline {
  readonly signal: AbortSignal;
  /** What the caller is told for an error of fetch. */
  explain(error: unknown, call: Call): unknown;
  stop(): void;
}

function startDeadline(timeoutMs: number, callerSignal: AbortSignal | undefined): Deadline {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), timeoutMs);
  return {
    signal:
      callerSignal === undefined ? timeout.signal : AbortSignal.any([timeout.signal, callerSignal]),
    explain(error, call) {
      if (error instanceof JiraApiError) return error;
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

import { JiraApiError, refuseUnknownOptions } from '../errors.ts';
import { type Diagnose, discard, readJson, refusal } from './answer.ts';
import {
  type Attachment,
  type AttachmentFile,
  type AttachOptions,
  attachFiles,
} from './attachments.ts';
import { createCallEvents, type JiraOn } from './call-events.ts';
import type { BodyOptions, CallOptions, JiraBody, JiraCalls, JiraFetchInit } from './calls.ts';
import { baseUrlOf, hostOf, type JiraCredentials, type JiraHost } from './credentials.ts';
import { diagnoseAnswer } from './diagnose.ts';
import { type DownloadOptions, download } from './download.ts';
import { toResponse } from './exchange.ts';
import { createFields, type Fields } from './fields.ts';
import { keepAnswer } from './kept-refusal.ts';
import { type PaginateOptions, paginate } from './paginate.ts';
import {
  type MissingPermission,
  missingPermissions,
  type PermissionCallOptions,
  type PermissionQuestion,
} from './permissions.ts';
import { type PropertyMap, type PropertyOwner, propertyMap } from './properties.ts';
import {
  type Answered,
  checkTransportOptions,
  createTransport,
  type FindCredentials,
  type JiraTransport,
  TRANSPORT_OPTIONS,
  type TransportOptions,
} from './transport.ts';

/** Options of {@link createJiraClient}. */
export interface JiraClientOptions extends TransportOptions {
  /**
   * The credentials, or a function that finds the newest ones: it is asked before each try of a call. Where Jira refused
   * some, it is given them, and must look past any cache.
   */
  credentials: JiraCredentials | ((refused?: JiraCredentials) => Promise<JiraCredentials>);
  /** Finds credentials of a user for {@link JiraClient.as}. Default: the client acts as itself alone. */
  impersonate?: Impersonate;
  /** The largest JSON answer that is read, in bytes. Default: 33554432 (32 MiB). */
  maxAnswerBytes?: number;
  /** The app's descriptor. Where its key, scopes and fields are known, less has to be asked, and errors say more. */
  descriptor?: ClientDescriptor;
  /** The id of the Forge app, bare or as an ARI: its own custom fields are written in a way of their own. */
  forgeAppId?: string;
  /**
   * How long to wait before each further try of a call that is refused in the ten minutes after an installation through
   * Forge, in milliseconds, give or take a quarter. Default: `[1000, 2000, 4000, 8000]`, as far as timeoutMs allows.
   */
  freshInstallDelaysMs?: readonly number[];
  /** The clock, in milliseconds. Default: `Date.now`. */
  now?: () => number;
}

/** What of a descriptor a client reads. */
export interface ClientDescriptor {
  readonly key?: string;
  readonly scopes?: readonly string[];
  readonly modules?: Readonly<Record<string, unknown>>;
}

/** Options of {@link JiraClient.as}. */
export interface AsOptions {
  /** Of Connect alone: no more than these scopes of the descriptor. Default: all of them. */
  scopes?: readonly string[];
}

/** Finds the credentials of a user; given those that Jira refused, newer ones. */
export type Impersonate = (
  accountId: string,
  options: AsOptions,
  refused?: JiraCredentials,
) => Promise<JiraCredentials>;

/**
 * Calls one Jira site. As a Connect app, every call gets a fresh token over exactly the URL that is sent; as a Forge app
 * the same calls go to Forge's gateway. Calls wait and are tried again as the site's limits and the kind of a failure
 * allow, within timeoutMs.
 */
export interface JiraClient extends JiraCalls, Fields {
  /**
   * All items of a list, page by page, whichever of Jira's ways to page it has. The next page is fetched while the items
   * of one are worked on; leave the loop, and nothing more is fetched.
   *
   * @throws JiraApiError, also JIRA_ANSWER_INVALID for an answer that holds no list.
   */
  paginate<T = unknown>(
    path: string,
    options?: PaginateOptions,
  ): AsyncGenerator<T, void, undefined>;
  /**
   * Attaches files to an issue. They are streamed: no file is held in memory.
   *
   * @throws JiraApiError; ConfigError for a file that cannot be read.
   */
  attach(
    issueIdOrKey: string,
    files: AttachmentFile | readonly AttachmentFile[],
    options?: AttachOptions,
  ): Promise<Attachment[]>;
  /**
   * Downloads an attachment, by its id or a path that leads to one. Jira's redirect to the host of its files is followed
   * without the credentials.
   *
   * @returns The answer, whose body is a stream.
   * @throws JiraApiError
   */
  download(attachment: string | number, options?: DownloadOptions): Promise<Response>;
  /**
   * The properties of the app, an issue, a project, a user or a comment, as a map of JSON values.
   *
   * @throws JiraApiError JIRA_PROPERTY_INVALID where the owner is not named as Jira names it.
   */
  properties<T extends object = Record<string, unknown>>(owner: PropertyOwner): PropertyMap<T>;
  /** Whether a user may do all of it. It fails closed: without a clear yes of Jira the answer is no, or an error. */
  can(
    accountId: string | undefined,
    question: PermissionQuestion,
    options?: PermissionCallOptions,
  ): Promise<boolean>;
  /** What of it a user may not do; an empty list means that all is allowed. */
  missingPermissions(
    accountId: string | undefined,
    question: PermissionQuestion,
    options?: PermissionCallOptions,
  ): Promise<MissingPermission[]>;
  /** Which way the next call goes, as far as it can be told now. Rejects as a call would, without its credentials. */
  host(): Promise<JiraHost>;
  /**
   * The same site, as a user. The app must be allowed to: by the scope ACT_AS_USER of a Connect app, by allowImpersonation
   * of a Forge app. Check first who asks for it: any accountId of the site will do.
   *
   * Its calls reject with JiraApiError JIRA_IMPERSONATION_REFUSED where it is not allowed.
   */
  as(accountId: string, options?: AsOptions): JiraClient;
  /** The same site, without any credentials: what it shows to everybody. */
  anonymous(): JiraClient;
  /** Hears of the calls of this client, and of those made from it by `as` and `anonymous`. */
  readonly on: JiraOn;
}

const CLIENT_OPTIONS: ReadonlySet<string> = new Set([
  ...['credentials', 'impersonate', 'maxAnswerBytes', 'descriptor', 'forgeAppId'],
  ...['freshInstallDelaysMs', 'now'],
  ...TRANSPORT_OPTIONS,
]);
const CALL_OPTIONS: ReadonlySet<string> = new Set([
  ...['query', 'headers', 'signal', 'timeoutMs', 'idempotent'],
]);
const BODY_OPTIONS: ReadonlySet<string> = new Set([...CALL_OPTIONS, 'body']);
const AS_OPTIONS: ReadonlySet<string> = new Set(['scopes']);

const DEFAULT_MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/**
 * A client for one site.
 *
 * @throws ConfigError CONFIG_OPTION_UNKNOWN, CONFIG_OPTION_INVALID.
 */
export function createJiraClient(options: JiraClientOptions): JiraClient {
  refuseUnknownOptions('createJiraClient', options, CLIENT_OPTIONS);
  checkTransportOptions('', options);
  return clientOver(createTransport(options, options.now ?? Date.now), options);
}

/** A client over a transport that others share. */
export function clientOver(transport: JiraTransport, options: JiraClientOptions): JiraClient {
  const { credentials: given, impersonate, descriptor, forgeAppId, freshInstallDelaysMs } = options;
  const now = options.now ?? Date.now;
  const maxAnswerBytes = options.maxAnswerBytes ?? DEFAULT_MAX_ANSWER_BYTES;
  const findCredentials: FindCredentials =
    typeof given === 'function' ? given : () => Promise.resolve(given);
  const events = createCallEvents(transport.events);

  const send = <T>(
    method: string,
    path: string,
    { query, headers, signal, timeoutMs, idempotent }: Omit<JiraFetchInit, 'body'>,
    body: JiraBody | undefined,
    read: (answered: Answered) => Promise<T>,
  ): Promise<T> =>
    transport.send(
      {
        ...{ findCredentials, method, path, query, headers, body, idempotent, signal, timeoutMs },
        ...{ freshInstallDelaysMs, events },
      },
      async (answered) => {
        if (answered.isIgnored) throw ignored(answered, diagnosis(answered, body));
        return read(answered);
      },
    );

  const diagnosis = (answered: Answered, body: JiraBody | undefined): Diagnose =>
    diagnoseCall(answered, { body, descriptor, now });

  const sendJson = <T>(method: string, path: string, callOptions: BodyOptions): Promise<T> => {
    const { body, ...init } = callOptions;
    const text = body === undefined ? undefined : JSON.stringify(body);
    return send<T>(
      method,
      path,
      text === undefined ? init : { ...init, headers: withJsonType(init.headers) },
      text,
      async (answered) => {
        const { answer, call, authorization, hint, wasUnclear } = answered;
        const { status } = answer;
        if (status >= 200 && status < 300) {
          return (await readJson(answer, call, maxAnswerBytes)) as T;
        }
        if (status === 404 && method === 'DELETE' && wasUnclear) {
          // The try whose answer was lost has deleted it.
          discard(answer.body);
          return undefined as T;
        }
        throw await refusal(answer, call, {
          ...{ secrets: authorization.secrets, now, hint },
          diagnose: diagnosis(answered, text),
        });
      },
    );
  };

  const derived = (find: FindCredentials): JiraClient =>
    clientOver({ ...transport, events }, { ...options, credentials: find });

  const host = async (): Promise<JiraHost> => hostOf(await findCredentials());

  const calls: JiraCalls = {
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
      const { method = 'GET', body, ...rest } = init;
      return send(method.toUpperCase(), path, rest, body, async (answered) => {
        const { answer, call, authorization, hint, deadline, wasUnclear } = answered;
        deadline.passOnTo(answer.body);
        const response = toResponse(answer);
        if (response.ok) return response;
        return keepAnswer(response, {
          refusal: (read) =>
            refusal(read, call, {
              ...{ secrets: authorization.secrets, now, hint },
              diagnose: diagnosis(answered, body),
            }),
          wasUnclear,
        });
      });
    },
  };

  return {
    ...calls,
    ...createFields(calls, { now, descriptor, forgeAppId, host }),
    paginate: (path, pageOptions) => paginate(calls, path, pageOptions),
    attach: (issueIdOrKey, files, attachOptions) =>
      attachFiles(calls, issueIdOrKey, files, attachOptions),
    download: (attachment, downloadOptions) =>
      download(calls, attachment, downloadOptions, transport.dispatcher),
    properties: (owner) => propertyMap(calls, owner, { appKey: descriptor?.key, host }),
    missingPermissions: (accountId, question, checkOptions) =>
      missingPermissions(calls, accountId, question, checkOptions),
    can: async (accountId, question, checkOptions) =>
      (await missingPermissions(calls, accountId, question, checkOptions)).length === 0,
    host,
    on: events.on,
    as(accountId, asOptions = {}) {
      refuseUnknownOptions('jira.as', asOptions, AS_OPTIONS);
      if (impersonate === undefined) {
        return derived(() => Promise.reject(nobodyElse()));
      }
      return derived((refused) => impersonate(accountId, asOptions, refused));
    },
    anonymous: () =>
      derived(async (refused) => {
        const found = await findCredentials(refused);
        const { clientKey } = found;
        return {
          baseUrl: ('siteUrl' in found ? found.siteUrl : undefined) ?? baseUrlOf(found),
          anonymous: true,
          ...(clientKey === undefined ? undefined : { clientKey }),
        };
      }),
  };
}

function withJsonType(headers: CallOptions['headers']): Readonly<Record<string, string>> {
  return headers === undefined ? JSON_TYPE : { ...JSON_TYPE, ...headers };
}
const JSON_TYPE = { 'content-type': 'application/json' };

function nobodyElse(): JiraApiError {
  return new JiraApiError(
    'JIRA_IMPERSONATION_REFUSED',
    'This client calls with credentials of its own, and cannot act as anybody else.',
    { hint: 'Impersonation is for apps: app.jira(id).as(accountId), or caller.as(accountId).' },
  );
}

function ignored({ answer, call, hint }: Answered, diagnose: Diagnose): JiraApiError {
  const { status } = answer;
  discard(answer.body);
  return new JiraApiError(
    status >= 200 && status < 300 ? 'JIRA_CREDENTIAL_IGNORED' : 'JIRA_UNAUTHENTICATED',
    `Jira refused the token of ${call.method} ${call.path}.`,
    {
      ...{ ...call, status, diagnosis: diagnose(answer, {}) },
      ...(hint === undefined ? undefined : { hint }),
    },
  );
}

/** Says why a call was refused, once it is asked. */
function diagnoseCall(
  { credentials, authorization, call, url }: Answered,
  {
    body,
    descriptor,
    now,
  }: { body: JiraBody | undefined; descriptor: ClientDescriptor | undefined; now: () => number },
): Diagnose {
  return (response, messages) =>
    diagnoseAnswer({
      ...{ method: call.method, url: url.href, status: response.status, headers: response.headers },
      authorization: authorization.header ?? '',
      siteUrl: baseUrlOf(credentials),
      ...knownOf(credentials),
      ...{ descriptor, body: typeof body === 'string' ? body : undefined, now },
      ...messages,
    });
}

function knownOf(credentials: JiraCredentials) {
  if ('bearer' in credentials) {
    return { credential: credentials.kind, installedAt: credentials.installedAt };
  }
  if ('apiToken' in credentials) return { credential: 'api-token' as const };
  if ('anonymous' in credentials) return {};
  const { appKey, sharedSecret, clientKey } = credentials;
  return { appKey, sharedSecret, clientKey };
}

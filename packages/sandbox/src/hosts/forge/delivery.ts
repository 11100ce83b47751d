import { randomBytes } from 'node:crypto';
import type { JWTPayload } from 'jose';
import type { ForgeAppRecord } from '../../site/forge-apps.ts';
import type { Exchange, RefusalNotes, Verdict } from '../../site/request-log.ts';
import type { Site } from '../../site/site.ts';
import {
  type AppRequest,
  type AppResponse,
  AppTimeout,
  sendToApp,
} from '../connect/app-request.ts';
import { type AccessTokenOptions, makeAccessToken } from './access-tokens.ts';
import {
  type InvocationSubject,
  type InvocationTokenChanges,
  invocationClaims,
  signInvocationToken,
} from './invocation-token.ts';
import { baseUrlOf, type EndpointModule, endpointsOf } from './manifest.ts';
import { productScopes, scopesOf, systemTokenScope, userTokenScope } from './scopes.ts';

/** One request of Forge to a remote. */
export interface Delivery {
  /** What it is, for the log: as in "event avi:forge:installed:app". */
  what: string;
  endpoint: EndpointModule;
  subject: InvocationSubject;
  method: AppRequest['method'];
  /** Below the baseUrl of the remote. Default: the endpoint's route.path. */
  path?: string;
  /** Custom headers of the page. Forge's own win. */
  headers?: Record<string, string>;
  body?: unknown;
  timeoutMs: number;
  token?: InvocationTokenChanges;
  /** Of both access tokens. */
  accessToken?: AccessTokenOptions;
  /** Leaves the access tokens out, as requestRemote does. */
  withoutAccessTokens?: boolean;
}

/** What came of it. */
export interface DeliveryOutcome {
  accepted: boolean;
  /** 0 where the remote gave no answer. */
  status: number;
  reason: string;
  headers: Record<string, string>;
  /** The text of the answer. */
  text: string;
  /** What Forge tells an app of a failure when it sends again. */
  retryReason?: RetryReason;
  /** The FIT's claims. */
  claims: JWTPayload;
  /** Of the entry in the request log; undefined where the site was closed. */
  requestId?: number;
}

export type RetryReason =
  | 'INVALID_REMOTE_INVOCATION_ERROR'
  | 'TIMEOUT_ERROR'
  | 'INVALID_FORGE_INVOCATION_TOKEN';

// https://developer.atlassian.com/platform/forge/limits-invocation/
const mostAnswered = 5_000_000;

export function requireEndpoint(app: ForgeAppRecord, key: string): EndpointModule {
  const endpoints = endpointsOf(app.manifest);
  const found = endpoints.find((endpoint) => endpoint.key === key);
  if (found) return found;
  const known = endpoints.map((endpoint) => endpoint.key).join(', ') || 'none';
  throw new Error(`The app ${app.key} has no endpoint "${key}". Its endpoints: ${known}.`);
}

/** Sends, and writes into the request log what was sent and answered. It rejects only for what was asked wrongly. */
export async function deliver(
  site: Site,
  app: ForgeAppRecord,
  delivery: Delivery,
): Promise<DeliveryOutcome> {
  const url = urlOf(app, delivery);
  const claims = invocationClaims(site, app, delivery.subject, delivery.token);
  const headers = await headersOf(site, app, delivery, claims);
  const body = delivery.body === undefined ? undefined : JSON.stringify(delivery.body);
  const startedAt = site.now();
  const startedOn = performance.now();
  const outcome = await send({
    method: delivery.method,
    url,
    headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body }),
    timeoutMs: delivery.timeoutMs,
    maximumBytes: mostAnswered,
    signal: site.closing.signal,
  });
  const result: DeliveryOutcome = { ...outcome, claims };
  if (site.closing.signal.aborted) return result;
  const exchange: Exchange = {
    sent: { headers: shownHeaders(headers), claims, ...(body === undefined ? {} : { body }) },
    answered: { status: outcome.status, headers: outcome.headers, body: outcome.text },
  };
  const record = site.requestLog.add(
    {
      at: new Date(startedAt).toISOString(),
      direction: 'callback',
      method: delivery.method,
      path: `${url.pathname}${url.search}`,
      appKey: app.key,
      status: outcome.status,
      durationMs: Math.round(performance.now() - startedOn),
      verdict: verdictOn(delivery, outcome, headers),
    },
    { exchange, ...(outcome.accepted ? {} : fixFor(site, delivery, outcome)) },
  );
  site.events.emit('callback', record);
  return { ...result, requestId: record.id };
}

/** The remote's baseUrl, with the path below it. A path cannot leave the remote. */
function urlOf(app: ForgeAppRecord, { endpoint, path }: Delivery): URL {
  const remote = app.manifest.remotes.find(({ key }) => key === endpoint.remote);
  if (!remote) throw new Error(`The endpoint ${endpoint.key} has no remote: a service is not run.`);
  const base = baseUrlOf(remote);
  const below = path ?? endpoint.route?.path ?? '/';
  const text = `${base}${below.startsWith('/') ? '' : '/'}${below}`;
  if (!URL.canParse(text) || new URL(text).origin !== new URL(base).origin) {
    throw new Error(`"${below}" makes no URL below ${base}.`);
  }
  return new URL(text);
}

async function headersOf(
  site: Site,
  app: ForgeAppRecord,
  delivery: Delivery,
  claims: JWTPayload,
): Promise<Record<string, string>> {
  const own = Object.entries(delivery.headers ?? {}).map(([name, value]) => [
    name.toLowerCase(),
    value,
  ]);
  return {
    ...(Object.fromEntries(own) as Record<string, string>),
    accept: 'application/json',
    authorization: `Bearer ${await signInvocationToken(site, claims, delivery.token)}`,
    'x-b3-traceid': randomBytes(16).toString('hex'),
    'x-b3-spanid': randomBytes(8).toString('hex'),
    ...(delivery.withoutAccessTokens ? {} : await accessTokens(site, app, delivery)),
  };
}

/** A token is delivered where the endpoint asks for it, its scope is there, and at least one scope of the product. */
async function accessTokens(
  site: Site,
  app: ForgeAppRecord,
  { endpoint, subject, accessToken }: Delivery,
): Promise<Record<string, string>> {
  const all = scopesOf(app.manifest);
  const scopes = productScopes(app.manifest);
  const headers: Record<string, string> = {};
  if (scopes.length === 0) return headers;
  if (endpoint.auth?.appSystemToken?.enabled === true && all.includes(systemTokenScope)) {
    const token = { kind: 'system', accountId: app.accountId, scopes } as const;
    headers['x-forge-oauth-system'] = await makeAccessToken(site, app, token, accessToken);
  }
  if (
    endpoint.auth?.appUserToken?.enabled === true &&
    all.includes(userTokenScope) &&
    subject.principal !== undefined
  ) {
    const token = { kind: 'user', accountId: subject.principal, scopes } as const;
    headers['x-forge-oauth-user'] = await makeAccessToken(site, app, token, accessToken);
  }
  return headers;
}

type Answer = Omit<DeliveryOutcome, 'claims' | 'requestId'>;

async function send(request: AppRequest): Promise<Answer> {
  let response: AppResponse;
  try {
    response = await sendToApp(request);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    return {
      accepted: false,
      status: 0,
      reason: `the remote gave no answer: ${cause}`,
      headers: {},
      text: '',
      retryReason:
        error instanceof AppTimeout ? 'TIMEOUT_ERROR' : 'INVALID_REMOTE_INVOCATION_ERROR',
    };
  }
  const { status, text } = response;
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
  );
  const answer = { status, headers, text };
  if (status >= 200 && status < 300) {
    return { ...answer, accepted: true, reason: `the remote accepted it (${status})` };
  }
  if (status === 401) {
    return {
      ...answer,
      accepted: false,
      reason: 'the remote answered 401, which says that the invocation token is not valid',
      retryReason: 'INVALID_FORGE_INVOCATION_TOKEN',
    };
  }
  const reason =
    status >= 300 && status < 400
      ? `the remote answered ${status}; a redirect is a failure`
      : `the remote answered ${status}; only 2xx counts as success`;
  return { ...answer, accepted: false, reason, retryReason: 'INVALID_REMOTE_INVOCATION_ERROR' };
}

/** What stands in the log in place of a token. */
function shownHeaders(headers: Record<string, string>): Record<string, string> {
  const shown: Record<string, string> = {
    authorization: 'Bearer [invocation token]',
    'x-forge-oauth-system': '[system token]',
    'x-forge-oauth-user': '[user token]',
  };
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, shown[name] ?? value]),
  );
}

function verdictOn(delivery: Delivery, outcome: Answer, headers: Record<string, string>): Verdict {
  const { endpoint, subject, what } = delivery;
  const brought = ['x-forge-oauth-system', 'x-forge-oauth-user'].filter(
    (name) => headers[name] !== undefined,
  );
  return {
    authenticated: outcome.accepted,
    as: 'app',
    reason: `${what}: ${outcome.reason}`,
    checks: [
      {
        name: 'signed',
        passed: true,
        detail: `an invocation token for ${subject.module.type} ${subject.module.key}`,
      },
      {
        name: 'access tokens',
        passed: true,
        detail:
          brought.length > 0
            ? brought.join(', ')
            : `none: the endpoint ${endpoint.key} asks for none, or the scopes give none`,
      },
      { name: 'answered 2xx', passed: outcome.accepted, detail: outcome.reason },
    ],
  };
}

function fixFor(site: Site, { endpoint }: Delivery, { status }: Answer): RefusalNotes {
  if (status === 0) {
    return {
      fix: 'Start the app, and look whether it listens at the baseUrl of its remote. Acknowledge first and work afterwards: the time is short.',
    };
  }
  if (status === 401) {
    return {
      fix: `Let the app take its keys from ${keySetUrl(site)}, its id from the manifest, and call ${site.url}; its own log says what it refused.`,
    };
  }
  if (status === 404 || status === 405) {
    return {
      fix: `Let the app answer this path: route.path of the endpoint ${endpoint.key}, or the path of the page's call.`,
    };
  }
  return { fix: "Look at the app's own log: Forge has no more than the status." };
}

export function keySetUrl(site: Site): string {
  return `${site.url}/_forge/.well-known/jwks.json`;
}

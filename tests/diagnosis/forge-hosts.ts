import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT } from 'jose';
import { createApp } from '../../packages/countersign/src/app.ts';
import type { CountersignError } from '../../packages/countersign/src/errors.ts';
import { memoryStore } from '../../packages/countersign/src/installations/memory-store.ts';
import type { ForgeSituation } from './forge-case.ts';
import type { Exchange } from './wire.ts';

const appId = 'ari:cloud:ecosystem::app/1dfefea2-e33d-48c7-af0d-0d73816e08fa';
const cloudId = '2a8f1c3e-5d47-4b6a-9c10-7e2f3a4b5c6d';
const person = {
  email: 'mia@example.com',
  plainApiToken: 'ATATT3xFfGF0MARKED-plain-token',
  scopedApiToken: 'ATATT3xFfGF0MARKED-scoped-token',
};

interface KnownToken {
  cloudId: string;
  scopes: readonly string[];
  expiresAt: number;
  settled: boolean;
}

interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** Forge's keys, Atlassian's gateway, a site and the app's remote, each on a port of its own. */
export async function startForge() {
  const keys = { forge: rsa(), other: rsa() };
  const kid = `forge/invocation-token/${randomUUID()}`;
  const known = new Map<string, KnownToken>();
  const exchanges: Exchange[] = [];
  const refusals: unknown[] = [];

  const keyHost = await listen((_, response) => {
    const jwk = {
      ...keys.forge.publicKey.export({ format: 'jwk' }),
      kid,
      alg: 'RS256',
      use: 'sig',
    };
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] }));
  });
  const gateway = await listen(answering(exchanges, (request) => gatewayAnswer(request, known)));
  const site = await listen(answering(exchanges, siteAnswer));
  const app = createApp({
    appUrl: 'http://127.0.0.1:1',
    store: memoryStore({ silent: true } as never),
    forge: {
      appId,
      keySetUrl: keyHost.url,
      gatewayUrls: [gateway.url],
      environments: ['STAGING', 'PRODUCTION'],
    },
    logger: { info: () => {}, warn: () => {}, error: () => {} },
  });
  const remote = await listen(async (incoming, response) => {
    const headers = new Headers();
    for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, String(value));
    const request = { method: 'POST', url: incoming.url ?? '/', headers };
    try {
      await app.authenticate(request, { accept: 'forge' });
      response.writeHead(204).end();
    } catch (error) {
      refusals.push(error);
      response.writeHead((error as CountersignError).httpStatus).end();
    }
  });

  const sign: ForgeSituation['sign'] = (claims, header = {}, key = 'forge') =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid, ...header })
      .sign(keys[key].privateKey);
  const access = async (claims: object, token: Omit<KnownToken, 'cloudId'>): Promise<string> => {
    const made = await sign({ jti: randomUUID(), ...claims }, { kid: 'access-token/1' });
    known.set(made, { cloudId, ...token });
    return made;
  };
  const situation: ForgeSituation = {
    remoteUrl: remote.url,
    gatewayUrl: gateway.url,
    apiBaseUrl: `${gateway.url}/ex/jira/${cloudId}`,
    siteUrl: site.url,
    appId,
    cloudId,
    claims: () => fitClaims(`${gateway.url}/ex/jira/${cloudId}`),
    sign,
    publicKeyPem: keys.forge.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    systemToken({ madeSecondsAgo = 0, scopes = ['read:jira-work'], settled = true } = {}) {
      const iat = nowSeconds() - madeSecondsAgo;
      const claims = { iss: 'https://api.atlassian.com', iat, exp: iat + 4 * 3600 };
      return access(claims, { scopes, expiresAt: claims.exp, settled });
    },
    accessToken({ madeSecondsAgo = 0, revoked = false } = {}) {
      const iat = nowSeconds() - madeSecondsAgo;
      const claims = {
        ...{ iss: 'https://auth.atlassian.com', client_id: 'client', scope: 'read:jira-work' },
        ...{ iat, exp: iat + 3600 },
      };
      const expiresAt = revoked ? 0 : claims.exp;
      return access(claims, { scopes: ['read:jira-work'], expiresAt, settled: true });
    },
    refreshToken: 'MARKED-refresh-token-0123456789',
    person,
    connect: {
      appKey: 'site-locator',
      clientKey: '5b1e2f3a-1111-2222-3333-444455556666',
      sharedSecret: 'MARKED-shared-secret-0123456789abcdef',
    },
  };
  const servers = [keyHost, gateway, site, remote];
  return {
    situation,
    exchanges,
    refusals,
    /** The key host goes away. */
    closeKeys: () => keyHost.close(),
    close: async () => {
      for (const server of servers) await server.close();
    },
  };
}

function fitClaims(apiBaseUrl: string): ReturnType<ForgeSituation['claims']> {
  const iat = nowSeconds();
  return {
    iss: 'forge/invocation-token',
    aud: appId,
    ...{ iat, nbf: iat, exp: iat + 25, jti: randomUUID() },
    app: {
      id: appId,
      installationId: `ari:cloud:ecosystem::installation/${randomUUID()}`,
      apiBaseUrl,
      appVersion: '2.0.0',
      environment: {
        type: 'PRODUCTION',
        id: `ari:cloud:ecosystem::environment/${appId.slice(-36)}/${randomUUID()}`,
      },
      module: { type: 'core:endpoint', key: 'sync' },
      installation: { contexts: [{ name: 'Jira', cloudId, apiBaseUrl }] },
    },
    principal: '5b10ac8d82e05b22cc7d4ef5',
  };
}

/** What the facts say of the gateway, and no more. */
function gatewayAnswer(request: IncomingMessage, known: Map<string, KnownToken>): Answer {
  const unauthorized = { code: 401, message: 'Unauthorized' };
  const { authorization = '' } = request.headers;
  const url = request.url ?? '';
  if (url === '/oauth/token') {
    return {
      status: 403,
      body: { error: 'invalid_grant', error_description: 'Unknown or invalid refresh token.' },
    };
  }
  const cloud = /^\/ex\/jira\/([^/]+)\/rest\//.exec(url)?.[1];
  if (cloud === undefined) return { status: 404, body: { code: 404, message: 'Not Found' } };
  if (authorization.startsWith('Basic ')) {
    const [email, token] = atob(authorization.slice(6)).split(':');
    if (email === person.email && token === person.scopedApiToken) return { status: 200, body: {} };
    return {
      status: 401,
      body: unauthorized,
      headers:
        token === person.plainApiToken
          ? { 'x-failure-category': 'FAILURE_CLIENT_AUTH_MISMATCH' }
          : {},
    };
  }
  const token = known.get(/^Bearer (\S+)$/.exec(authorization)?.[1] ?? '');
  if (token === undefined || token.cloudId !== cloud || token.expiresAt < nowSeconds()) {
    return { status: 401, body: unauthorized };
  }
  if (!token.settled) return { status: 403, body: { code: 403, message: 'Forbidden' } };
  const wanted = request.method === 'GET' ? 'read:jira-work' : 'write:jira-work';
  if (!token.scopes.includes(wanted)) {
    return {
      status: 401,
      body: { code: 401, message: 'Unauthorized; scope does not match' },
      headers: { 'x-failure-category': 'FAILURE_CLIENT_SCOPE_CHECK' },
    };
  }
  return { status: 200, body: {} };
}

function siteAnswer({ headers: { authorization = '' } }: IncomingMessage): Answer {
  const refused = { status: 401, body: 'Client must be authenticated to access this resource.' };
  if (!authorization.startsWith('Basic ')) return refused;
  const [email, token] = atob(authorization.slice(6)).split(':');
  if (token === person.scopedApiToken) return refused;
  return email === person.email && token === person.plainApiToken
    ? { status: 200, body: {} }
    : { ...refused, headers: { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' } };
}

/** Answers, and writes both sides down. */
function answering(
  exchanges: Exchange[],
  answer: (request: IncomingMessage) => Answer,
): RequestListener {
  return (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { status, body = '', headers = {} } = answer(request);
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      exchanges.push({
        method: request.method ?? '',
        target: `http://${request.headers.host}${request.url}`,
        headers: request.headers,
        authorizations: request.headersDistinct.authorization ?? [],
        body: Buffer.concat(chunks).toString('utf8'),
        status,
        answerHeaders: new Headers(headers),
        answer: text,
      });
      response.writeHead(status, headers).end(text);
    });
  };
}

async function listen(listener: RequestListener): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function rsa(): { publicKey: KeyObject; privateKey: KeyObject } {
  return generateKeyPairSync('rsa', { modulusLength: 2048 });
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

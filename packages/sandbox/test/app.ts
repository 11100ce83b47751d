import { createHash, createPublicKey, verify as verifySignature } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createQueryStringHash, encodeSymmetric } from '@atlassian/atlassian-jwt';
import { onTestFinished } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from '../src/index.ts';

/** A callback as the app received it. The token is taken apart, and not yet believed. */
export interface Received {
  target: string;
  body: Record<string, string>;
  token: string;
  header: Record<string, string>;
  claims: Record<string, unknown>;
}

export interface TestApp {
  baseUrl: string;
  descriptorUrl: string;
  descriptor: Record<string, unknown>;
  received: Received[];
  /** How the app answers the callback of a path. Default 204. */
  answers: Record<string, number>;
}

/** A real app over HTTP: it serves its descriptor and takes lifecycle events. */
export async function startApp(
  changes: Record<string, unknown> = {},
  basePath = '',
): Promise<TestApp> {
  const received: Received[] = [];
  const answers: Record<string, number> = {};
  const server = createServer((request, response) => {
    const target = request.url ?? '';
    if (target === `${basePath}/atlassian-connect.json`) {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(app.descriptor));
      return;
    }
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      const token = (request.headers.authorization ?? '').replace(/^(?:JWT|Bearer) /, '');
      const [header = '', claims = ''] = token.split('.');
      const body = text === '' ? {} : JSON.parse(text);
      received.push({ target, body, token, header: readPart(header), claims: readPart(claims) });
      const status = answers[target.slice(basePath.length).split('?')[0] ?? ''] ?? 204;
      response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}${basePath}`;
  const app: TestApp = {
    baseUrl,
    descriptorUrl: `${baseUrl}/atlassian-connect.json`,
    descriptor: {
      key: 'test-app',
      name: 'Test app',
      baseUrl,
      authentication: { type: 'jwt' },
      apiMigrations: { 'signed-install': true },
      scopes: ['READ', 'WRITE'],
      lifecycle: {
        installed: '/installed',
        enabled: '/enabled',
        disabled: '/disabled',
        uninstalled: '/uninstalled',
      },
      ...changes,
    },
    received,
    answers,
  };
  return app;
}

function readPart(part: string): Record<string, string> {
  return JSON.parse(Buffer.from(part, 'base64url').toString('utf8') || '{}');
}

export async function startSite(options: SandboxOptions = {}): Promise<Sandbox> {
  const site = await startSandbox(options);
  onTestFinished(() => site.close());
  return site;
}

/** A site on which an app is installed. */
export async function startBoth(
  changes: Record<string, unknown> = {},
  options: SandboxOptions = {},
): Promise<{ site: Sandbox; app: TestApp }> {
  const site = await startSite(options);
  const app = await startApp(changes);
  await site.install(app.descriptorUrl);
  return { site, app };
}

export interface SignedCall {
  method?: string;
  /** What is signed, where it is not what is sent. */
  signedMethod?: string;
  signedTarget?: string;
  body?: unknown;
  /** Claims to set; undefined takes one out. */
  claims?: Record<string, unknown>;
  secret?: string;
  appKey?: string;
  now?: number;
}

/** A token of the app, made with Atlassian's library. */
export function makeToken(site: Sandbox, target: string, call: SignedCall = {}): string {
  const { method = 'GET', appKey = 'test-app', now = Date.now() } = call;
  const iat = Math.floor(now / 1000);
  const [pathname = '', query] = (call.signedTarget ?? target).split('?');
  const parameters = new URLSearchParams(query);
  const qsh = createQueryStringHash({
    method: call.signedMethod ?? method,
    pathname,
    query: Object.fromEntries([...parameters.keys()].map((key) => [key, parameters.getAll(key)])),
  });
  const claims: Record<string, unknown> = { iss: appKey, iat, exp: iat + 180, qsh, ...call.claims };
  return encodeSymmetric(claims, call.secret ?? site.sharedSecret(appKey));
}

/** A REST call that the app signs. */
export function callSigned(
  site: Sandbox,
  target: string,
  call: SignedCall = {},
): Promise<Response> {
  return send(site, target, `JWT ${makeToken(site, target, call)}`, call);
}

/** A REST call with any Authorization header, or none. */
export function send(
  site: Sandbox,
  target: string,
  authorization?: string,
  call: Pick<SignedCall, 'method' | 'body'> = {},
): Promise<Response> {
  const headers: Record<string, string> = {};
  if (authorization !== undefined) headers.authorization = authorization;
  if (call.body !== undefined) headers['content-type'] = 'application/json';
  return fetch(site.url + target, {
    method: call.method ?? 'GET',
    headers,
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
  });
}

/** The last entry of the request log. */
export function lastVerdict(site: Sandbox) {
  const last = site.requests.at(-1);
  if (!last) throw new Error('The request log is empty.');
  return last.verdict;
}

/** Verifies an RS256 callback with the key that the site serves, by node:crypto alone. */
export async function isSignedBySite(site: Sandbox, received: Received): Promise<boolean> {
  const answer = await fetch(`${site.installKeysUrl}/${received.header.kid}`);
  const key = createPublicKey(await answer.text());
  const [header, claims, signature = ''] = received.token.split('.');
  const data = Buffer.from(`${header}.${claims}`);
  return verifySignature('RSA-SHA256', data, key, Buffer.from(signature, 'base64url'));
}

export function hashOf(canonicalRequest: string): string {
  return createHash('sha256').update(canonicalRequest).digest('hex');
}

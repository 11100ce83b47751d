/**
 * What Forge does for a remote: a host that publishes a key set, and invocation tokens (FITs) with the claims that are
 * documented. Signed with jose, so that nothing of this project judges itself.
 *
 * https://developer.atlassian.com/platform/forge/remote/essentials/
 */
import { createSecretKey, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import { CompactSign } from 'jose';
import {
  type AppOptions,
  createApp,
  type ForgeApp,
  type InstallationStore,
  memoryStore,
} from '../../src/index.ts';
import { type CollectedLog, collectLog } from '../app/collected-log.ts';
import { close, listen } from '../connect/atlassian-host.ts';

export const APP_ID = '0f4c1a52-6f0e-4a3c-9f2e-3f1d8b7a6c01';
export const OTHER_APP_ID = '9a9a9a9a-6f0e-4a3c-9f2e-3f1d8b7a6c02';
export const CLOUD_ID = '5d1f0c77-31c4-4d6d-8f58-2b1f0e6f0a10';
export const INSTALLATION_ID = 'b2b7a0a4-52c9-4a5e-8a35-0d2f4f8a1111';
export const ENVIRONMENT_ID = 'c3c8b1b5-52c9-4a5e-8a35-0d2f4f8a2222';
export const APP_URL = 'https://panel.example.com';
export const GATEWAY = 'https://api.atlassian.com';
export const FORGE_KEY_ID = 'forge/invocation-token/5c1f6b0e';
export const START: number = Date.parse('2026-11-02T09:00:00Z');

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
/** Of somebody else. */
export const strangerKey: KeyObject = generateKeyPairSync('rsa', {
  modulusLength: 2048,
}).privateKey;
const publicPem: string = publicKey.export({ type: 'spki', format: 'pem' }).toString();

export const keySet = {
  keys: [{ ...publicKey.export({ format: 'jwk' }), kid: FORGE_KEY_ID, alg: 'RS256', use: 'sig' }],
};

export interface KeySetHost {
  /** Of the key set. */
  readonly url: string;
  readonly origin: string;
  /** The path of each request that came. */
  readonly requests: string[];
  answer: RequestListener;
  close(): Promise<void>;
}

export const publishKeySet: RequestListener = (_request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(keySet));
};

export async function startKeySetHost(): Promise<KeySetHost> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    host.answer(request, response);
  });
  const origin = await listen(server);
  const host = {
    url: `${origin}/.well-known/jwks.json`,
    ...{ origin, requests, answer: publishKeySet },
    close: () => close(server),
  };
  return host;
}

/** How a FIT differs from a right one. A claim or header of `undefined` is left out. */
export interface FitKnobs {
  at?: number;
  appId?: string;
  installationId?: string;
  cloudId?: string;
  environment?: { type: string; id: string };
  /** Merged into the claim `app`. */
  app?: Record<string, unknown>;
  context?: Record<string, unknown> | undefined;
  principal?: string;
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
  key?: KeyObject;
}

function fitClaims(knobs: FitKnobs = {}): Record<string, unknown> {
  const { at = START, appId = APP_ID, installationId = INSTALLATION_ID } = knobs;
  const { cloudId = CLOUD_ID } = knobs;
  const environment = knobs.environment ?? { type: 'PRODUCTION', id: ENVIRONMENT_ID };
  const iat = Math.floor(at / 1000);
  const apiBaseUrl = `${GATEWAY}/ex/jira/${cloudId}`;
  const installation = `ari:cloud:ecosystem::installation/${installationId}`;
  return {
    iss: 'forge/invocation-token',
    aud: `ari:cloud:ecosystem::app/${appId}`,
    iat,
    nbf: iat,
    exp: iat + 25,
    jti: randomUUID(),
    app: {
      id: `ari:cloud:ecosystem::app/${appId}`,
      installationId: installation,
      installation: { id: installation, contexts: [{ name: 'jira', apiBaseUrl, cloudId }] },
      apiBaseUrl,
      appVersion: '2.1.0',
      environment: {
        type: environment.type,
        id: `ari:cloud:ecosystem::environment/${appId}/${environment.id}`,
      },
      module: { type: 'core:endpoint', key: 'backend' },
      ...knobs.app,
    },
    ...(knobs.context === undefined ? {} : { context: knobs.context }),
    ...(knobs.principal === undefined ? {} : { principal: knobs.principal }),
    ...knobs.claims,
  };
}

export async function fit(knobs: FitKnobs = {}): Promise<string> {
  return new CompactSign(Buffer.from(JSON.stringify(fitClaims(knobs))))
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: FORGE_KEY_ID, ...knobs.header })
    .sign(knobs.key ?? privateKey);
}

/** Signed with HMAC, the public key as the secret: a library that lets the header choose takes it. */
export const publicKeyAsSecret: KeyObject = createSecretKey(Buffer.from(publicPem));

export interface ForgeRequestOptions {
  method?: string;
  path?: string;
  scheme?: string;
  headers?: Record<string, string>;
  body?: unknown;
}

export function forgeRequest(token: string, options: ForgeRequestOptions = {}): Request {
  const { method = 'POST', path = '/panel', scheme = 'Bearer', headers, body } = options;
  return new Request(`${APP_URL}${path}`, {
    method,
    headers: {
      ...(token === '' ? {} : { authorization: `${scheme} ${token}` }),
      'content-type': 'application/json',
      ...headers,
    },
    body: method === 'GET' ? null : typeof body === 'string' ? body : JSON.stringify(body ?? {}),
  });
}

export interface RemoteApp {
  readonly app: ForgeApp;
  readonly store: InstallationStore;
  readonly log: CollectedLog;
  readonly clock: { time: number };
}

/** A Forge remote with a clock that stands still until a test moves it. */
export function createRemoteApp(
  keySetUrl: string,
  change: Partial<AppOptions> & { clock?: { time: number } } = {},
): RemoteApp {
  const { clock = { time: START }, ...options } = change;
  const now = () => clock.time;
  const log = collectLog();
  const all = {
    forge: { appId: APP_ID, keySetUrl },
    appUrl: APP_URL,
    store: memoryStore({ now }),
    logger: log,
    now,
    ...options,
  };
  return { app: createApp(all) as ForgeApp, store: all.store, log, clock };
}

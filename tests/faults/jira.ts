/** Atlassian's side of these tests: the key host, a site, the signed callbacks, and requests with a site's token. */
import { createHmac, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { onTestFinished } from 'vitest';
import {
  close,
  lifecycleToken,
  listen,
  startAtlassianHost,
} from '../../packages/countersign/test/connect/atlassian-host.ts';
import { siteToken } from '../../packages/countersign/test/connect/site-token.ts';

export const APP_KEY = 'fault-app';
export const APP_URL = 'https://fault-app.example.com';

/** An event of one installation. */
export interface Callback {
  readonly event: 'installed' | 'uninstalled';
  readonly clientKey: string;
  /** When it is made, in milliseconds: `iat` of its token, so whole seconds count. */
  readonly at: number;
  readonly siteUrl: string;
  readonly sharedSecret: string;
  /** Sent instead of a fresh one. */
  readonly token?: string;
  /** Sent instead of the usual body. */
  readonly body?: string;
}

export interface Jira {
  readonly keyHost: string;
  /** A site on this machine. It says which of the secrets that it was told a call was signed with. */
  readonly siteUrl: string;
  readonly sitePort: number;
  /** What the site may recognise a signature by. */
  readonly secrets: Set<string>;
}

/** Starts the key host and the site, for as long as the test runs. */
export async function startJira(): Promise<Jira> {
  const keyHost = await startAtlassianHost();
  onTestFinished(() => keyHost.close());
  const secrets = new Set<string>();
  const site = createServer((request, response) => {
    const token = request.headers.authorization?.replace(/^JWT /, '') ?? '';
    const [signed, signature] = [token.slice(0, token.lastIndexOf('.')), token.split('.')[2]];
    const signedWith = [...secrets].findIndex(
      (secret) => createHmac('sha256', secret).update(signed).digest('base64url') === signature,
    );
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ signedWith }));
  });
  const siteUrl = await listen(site);
  onTestFinished(() => close(site));
  return { keyHost: keyHost.url, siteUrl, sitePort: Number(new URL(siteUrl).port), secrets };
}

/** The token of a callback. It is good once. */
export function callbackToken({ event, clientKey, at }: Callback): Promise<string> {
  return lifecycleToken({ url: `${APP_URL}/${event}`, clientKey, appUrl: APP_URL, at });
}

/** Sends a callback to a process of the app. @returns the status, or 0 where no answer came. */
export async function sendCallback(processUrl: string, callback: Callback): Promise<number> {
  const { event, clientKey, sharedSecret, siteUrl } = callback;
  const token = callback.token ?? (await callbackToken(callback));
  const body = {
    key: APP_KEY,
    clientKey,
    baseUrl: siteUrl,
    productType: 'jira',
    eventType: event,
    ...(event === 'installed' ? { sharedSecret } : {}),
  };
  return status(`${processUrl}/${event}`, {
    method: 'POST',
    headers: { authorization: `JWT ${token}`, 'content-type': 'application/json' },
    body: callback.body ?? JSON.stringify(body),
  });
}

/** Who a request comes from. */
export interface Sender {
  readonly clientKey: string;
  readonly sharedSecret: string;
}

/** Sends a request of a site with a token that was never sent before. @returns the status, or 0. */
export async function request(
  processUrl: string,
  sender: Sender,
  { method = 'GET', path = '/who', body }: { method?: string; path?: string; body?: string } = {},
): Promise<number> {
  const token = await requestToken(sender, method, path);
  return status(processUrl + path, {
    method,
    headers: { authorization: `JWT ${token}` },
    ...(body === undefined ? {} : { body }),
  });
}

export function requestToken(sender: Sender, method = 'GET', path = '/who'): Promise<string> {
  const { clientKey, sharedSecret } = sender;
  return siteToken({
    clientKey,
    sharedSecret,
    url: APP_URL + path,
    appUrl: APP_URL,
    at: Date.now(),
    method,
    claims: { jti: randomUUID() },
  });
}

/** @returns the status, or 0 where no answer came. */
export async function status(url: string, init: RequestInit = {}): Promise<number> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(20_000) });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}

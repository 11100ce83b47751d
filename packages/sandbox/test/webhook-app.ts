import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeSymmetric, SymmetricAlgorithm } from '@atlassian/atlassian-jwt';
import { expect, onTestFinished } from 'vitest';
import type { Sandbox } from '../src/index.ts';
import { hashOf } from './app.ts';

/** A webhook as an app received it. */
export interface ReceivedWebhook {
  target: string;
  headers: IncomingHttpHeaders;
  text: string;
  body: Record<string, never>;
}

export interface WebhookApp {
  key: string;
  descriptorUrl: string;
  received: ReceivedWebhook[];
  /** How the next webhooks are answered, one after another; then 204. 0 cuts the connection. */
  answers: number[];
  /** For so long it keeps each webhook, in milliseconds. */
  delayMs: number;
  /** The most that were there at once, by flow. */
  mostAtOnce: Record<string, number>;
}

let count = 0;

/** A real app with these webhooks, installed for this test. */
export async function installWebhookApp(
  site: Sandbox,
  webhooks: Record<string, unknown>[],
): Promise<WebhookApp> {
  count += 1;
  const key = `webhook-app-${count}`;
  let descriptor = '';
  const server = createServer(async (request, response) => {
    if (request.url === '/base/atlassian-connect.json') return void response.end(descriptor);
    let text = '';
    for await (const chunk of request) text += chunk;
    if (request.url === '/base/installed') return void response.writeHead(204).end();
    const { headers, url: target = '' } = request;
    app.received.push({ target, headers, text, body: text === '' ? {} : JSON.parse(text) });
    const flow = String(headers['x-atlassian-webhook-flow']);
    here[flow] = (here[flow] ?? 0) + 1;
    app.mostAtOnce[flow] = Math.max(app.mostAtOnce[flow] ?? 0, here[flow]);
    const status = app.answers.shift() ?? 204;
    if (app.delayMs > 0) await sleep(app.delayMs);
    here[flow] -= 1;
    if (status === 0) request.socket.destroy();
    else response.writeHead(status).end(status === 204 ? '' : `said ${status}`);
  });
  const here: Record<string, number> = {};
  const baseUrl = `${await listen(server)}/base`;
  const app: WebhookApp = {
    key,
    descriptorUrl: `${baseUrl}/atlassian-connect.json`,
    received: [],
    answers: [],
    delayMs: 0,
    mostAtOnce: {},
  };
  descriptor = JSON.stringify({
    key,
    baseUrl,
    authentication: { type: 'jwt' },
    apiMigrations: { 'signed-install': true },
    scopes: ['READ'],
    lifecycle: { installed: '/installed' },
    modules: { webhooks },
  });
  await site.install(app.descriptorUrl);
  onTestFinished(async () => {
    const there = site.apps.some((each) => each.key === key);
    if (there) await site.uninstall(key);
    server.close();
    server.closeAllConnections();
  });
  return app;
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The claims, where Atlassian's own library finds the token good for this app and this request. */
export function verifiedClaims(
  received: ReceivedWebhook,
  secret: string,
  canonicalRequest: string,
): Record<string, unknown> {
  const token = String(received.headers.authorization).replace(/^JWT /, '');
  const claims = decodeSymmetric(token, secret, SymmetricAlgorithm.HS256);
  expect(claims.qsh).toBe(hashOf(canonicalRequest));
  expect(claims.exp * 1000).toBeGreaterThan(Date.now());
  return { ...claims };
}

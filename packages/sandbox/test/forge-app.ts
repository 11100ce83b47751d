import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { ForgeInstallOptions, Sandbox, SandboxOptions } from '../src/index.ts';
import { startSite } from './app.ts';

export const appId = '8db33809-1f32-48bb-8c52-5877dab48107';

/** A request as the remote received it. */
interface RemoteRequest {
  method: string;
  target: string;
  headers: Record<string, string | undefined>;
  /** Parsed, where there was one. */
  body: unknown;
  /** The invocation token, and its parts. They are not yet believed. */
  fit: string;
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
}

export interface TestRemote {
  baseUrl: string;
  received: RemoteRequest[];
  /** How the remote answers a path. Default 200 with `{"ok":true}`. */
  answers: Record<string, { status?: number; body?: unknown; delayMs?: number }>;
}

/** A real remote over HTTP. It judges nothing. */
export async function startRemote(): Promise<TestRemote> {
  const received: RemoteRequest[] = [];
  const answers: TestRemote['answers'] = {};
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      const target = request.url ?? '';
      const fit = (request.headers.authorization ?? '').replace('Bearer ', '');
      const [header = '', claims = ''] = fit.split('.');
      received.push({
        method: request.method ?? '',
        target,
        headers: request.headers as Record<string, string>,
        body: text === '' ? undefined : JSON.parse(text),
        fit,
        header: readPart(header),
        claims: readPart(claims),
      });
      const { status = 200, body = { ok: true }, delayMs = 0 } = answers[target] ?? {};
      setTimeout(() => {
        response.writeHead(status, {
          'content-type': 'application/json',
          ...(status === 302 ? { location: '/elsewhere' } : {}),
        });
        response.end(JSON.stringify(body));
      }, delayMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answers,
  };
}

function readPart(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString('utf8') || '{}');
}

/** The manifest of the facts: a remote with a page, triggers, a schedule and a farewell. */
export const manifestText = `
app:
  id: ari:cloud:ecosystem::app/${appId}
  name: Where is it
  runtime: { name: nodejs22.x }
remotes:
  - key: backend
    baseUrl: \${BACKEND}
    operations: [storage, compute]
modules:
  jira:issuePanel:
    - { key: panel, title: Where is it?, resource: main, resolver: { endpoint: ui } }
  trigger:
    - { key: life, endpoint: sync, events: ['avi:forge:installed:app', 'avi:forge:upgraded:app'] }
    - { key: edits, endpoint: plain, events: ['avi:jira:updated:issue'] }
  scheduledTrigger: [{ key: tok, endpoint: sync, interval: hour }]
  preUninstall: [{ key: bye, endpoint: uninstalled }]
  endpoint:
    - key: ui
      remote: backend
      auth: { appSystemToken: { enabled: true }, appUserToken: { enabled: true } }
    - { key: sync, remote: backend, route: { path: /forge/sync }, auth: { appSystemToken: { enabled: true } } }
    - { key: plain, remote: backend, route: { path: /forge/plain } }
    - { key: uninstalled, remote: backend, route: { path: /forge/uninstalled } }
resources:
  - { key: main, path: static/main }
permissions:
  scopes:
    read:app-system-token: {}
    read:app-user-token: {}
    read:jira-work: { allowImpersonation: true }
    read:jira-user: {}
    write:jira-work: {}
`;

/** A site with that app on it. What the install itself sent is taken out of `received`. */
export async function startForge(
  options: ForgeInstallOptions & { site?: SandboxOptions; manifest?: string | object } = {},
): Promise<{ site: Sandbox; remote: TestRemote }> {
  const { site: siteOptions, manifest = manifestText, ...others } = options;
  const site = await startSite(siteOptions);
  const remote = await startRemote();
  const variables = { BACKEND: remote.baseUrl };
  await site.forge.install(manifest, { variables, ...others });
  remote.received.length = 0;
  return { site, remote };
}

export function bearer(token: string, init: RequestInit = {}): RequestInit {
  return { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } };
}

import { existsSync, readFileSync, statSync } from 'node:fs';
import { extname, resolve, sep } from 'node:path';
import type { ForgeAppRecord } from '../../site/forge-apps.ts';
import { adminAccountId } from '../../site/seed.ts';
import type { Site } from '../../site/site.ts';
import { makeAccessToken } from './access-tokens.ts';
import { apiBaseUrlOf } from './invocation-token.ts';
import { findModule, type InvocationMethod, invoke, moduleContext } from './invoke.ts';
import { productScopes } from './scopes.ts';

/** A file of a custom UI resource. */
export interface UiFile {
  body: string | Uint8Array<ArrayBuffer>;
  contentType: string;
}

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.woff2': 'font/woff2',
};

export const bridgePath = '/_sandbox/forge-bridge.js';

/** The file of a resource, with the bridge before all else in a page. Undefined where there is none. */
export function uiFile(app: ForgeAppRecord, resource: string, path: string): UiFile | undefined {
  const given = app.resources[resource];
  if (!given) return undefined;
  if ('html' in given) {
    return path === '' || path === 'index.html' ? page(given.html) : undefined;
  }
  const folder = resolve(given.folder);
  const file = resolve(folder, path === '' ? 'index.html' : path);
  if (!file.startsWith(`${folder}${sep}`) || !existsSync(file) || !statSync(file).isFile()) {
    return undefined;
  }
  const contentType = contentTypes[extname(file).toLowerCase()] ?? 'application/octet-stream';
  if (extname(file).toLowerCase() === '.html') return page(readFileSync(file, 'utf8'));
  return { body: new Uint8Array(readFileSync(file)), contentType };
}

function page(text: string): UiFile {
  const script = `<script src="${bridgePath}"></script>`;
  const head = /<head[^>]*>/i;
  const body = head.test(text)
    ? text.replace(head, (tag) => `${tag}${script}`)
    : `${script}${text}`;
  return { body, contentType: contentTypes['.html'] ?? '' };
}

/** What a page asks its bridge for. */
export interface BridgeCall {
  app: string;
  module: string;
  issueKey?: string;
  accountId?: string;
  /** As in invokeRemote. */
  what: string;
  input?: unknown;
}

interface Input {
  path?: string;
  method?: string;
  headers?: Record<string, string>;
  body?: unknown;
}

/** Does what a page asked for. Rejects with what the page is told. */
export async function answerBridge(site: Site, call: BridgeCall): Promise<unknown> {
  const input = (call.input ?? {}) as Input;
  if (call.what === 'getContext') return contextOf(site, call);
  if (call.what === 'invokeRemote') return invokeRemote(site, call, input);
  if (call.what === 'requestJira') return requestJira(site, call, input);
  throw new Error(`The bridge of the sandbox does not know ${call.what}.`);
}

function contextOf(site: Site, call: BridgeCall): Record<string, unknown> {
  const app = site.forgeApps.require(call.app);
  return {
    accountId: call.accountId ?? adminAccountId,
    locale: 'en-US',
    timezone: 'Etc/UTC',
    environmentType: app.environment.type,
    environmentId: app.environment.id,
    ...moduleContext(site, findModule(app, call.module), call.issueKey),
  };
}

/** The page learns neither the status nor what a failure says: https://developer.atlassian.com/platform/forge/apis-reference/ui-api-bridge/invokeRemote/ */
async function invokeRemote(site: Site, call: BridgeCall, input: Input): Promise<unknown> {
  if (typeof input.path !== 'string') throw new Error('invokeRemote needs a path.');
  const outcome = await invoke(site, {
    app: call.app,
    module: call.module,
    path: input.path,
    method: (input.method ?? 'GET') as InvocationMethod,
    ...(input.headers === undefined ? {} : { headers: input.headers }),
    ...(input.body === undefined ? {} : { body: input.body }),
    ...(call.issueKey === undefined ? {} : { issueKey: call.issueKey }),
    ...(call.accountId === undefined ? {} : { accountId: call.accountId }),
  });
  if (!outcome.accepted) throw new Error(`Error invoking the remote: ${outcome.reason}`);
  if (outcome.text === '') return undefined;
  try {
    const body = JSON.parse(outcome.text) as unknown;
    const { headers } = outcome;
    return typeof body === 'object' && body !== null && !Array.isArray(body)
      ? { ...body, headers }
      : { body, headers };
  } catch {
    throw new Error('Error invoking the remote: its answer is not JSON.');
  }
}

/** As the user who looks at the page, with the scopes of the app. */
async function requestJira(site: Site, call: BridgeCall, input: Input): Promise<unknown> {
  const { path = '' } = input;
  if (!path.startsWith('/rest/')) throw new Error('requestJira needs a path below /rest/.');
  const url = new URL(apiBaseUrlOf(site) + path);
  // The dots of a path may lead out of the API, to what steers the site.
  if (!url.href.startsWith(`${apiBaseUrlOf(site)}/rest/`)) {
    throw new Error('requestJira needs a path below /rest/.');
  }
  const app = site.forgeApps.require(call.app);
  const accountId = call.accountId ?? adminAccountId;
  const scopes = productScopes(app.manifest);
  const token = await makeAccessToken(site, app, { kind: 'user', accountId, scopes });
  const answer = await fetch(url, {
    method: input.method ?? 'GET',
    headers: { ...input.headers, authorization: `Bearer ${token}` },
    ...(typeof input.body === 'string' ? { body: input.body } : {}),
  });
  return { status: answer.status, ok: answer.ok, body: await answer.text() };
}

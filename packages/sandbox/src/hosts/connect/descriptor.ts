import { type AppResponse, sendToApp } from './app-request.ts';
import { issueFieldProblems } from './issue-fields.ts';
import { webhookProblems } from './webhook-modules.ts';

/** What the site reads of an atlassian-connect.json. */
export interface Descriptor {
  key: string;
  name?: string;
  baseUrl: string;
  apiVersion?: number;
  authentication: { type: 'jwt' };
  scopes: string[];
  lifecycle: Partial<Record<LifecycleEvent, string>>;
  modules: Record<string, unknown>;
}

export type LifecycleEvent = 'installed' | 'enabled' | 'disabled' | 'uninstalled';

/** The descriptor could not be had at all: the app may not be up yet. */
export class DescriptorUnavailable extends Error {}

const lifecycleEvents: readonly string[] = ['installed', 'enabled', 'disabled', 'uninstalled'];

const knownScopes = new Set([
  'NONE',
  'READ',
  'WRITE',
  'DELETE',
  'PROJECT_ADMIN',
  'SPACE_ADMIN',
  'ADMIN',
  'ACT_AS_USER',
  'ACCESS_EMAIL_ADDRESSES',
]);

export async function fetchDescriptor(
  descriptorUrl: string,
  allowedAppHosts: readonly string[],
  signal: AbortSignal,
): Promise<Descriptor> {
  const url = requireAppUrl(descriptorUrl, 'The descriptor URL', allowedAppHosts);
  let answer: AppResponse;
  try {
    answer = await sendToApp({
      method: 'GET',
      url,
      headers: { accept: 'application/json' },
      signal,
    });
  } catch (error) {
    throw new DescriptorUnavailable(
      `The descriptor ${descriptorUrl} cannot be reached: ${messageOf(error)}.`,
    );
  }
  if (answer.status !== 200) {
    throw new DescriptorUnavailable(
      `The descriptor ${descriptorUrl} was answered with HTTP ${answer.status}; 200 was expected.`,
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(answer.text);
  } catch {
    throw new Error(`The descriptor ${descriptorUrl} is not JSON.`);
  }
  return validateDescriptor(json, url, allowedAppHosts);
}

/** Checks a parsed descriptor. Every problem is found, and named by its path. */
export function validateDescriptor(
  json: unknown,
  descriptorUrl: URL,
  allowedAppHosts: readonly string[],
): Descriptor {
  if (!isObject(json)) throw new Error('The app descriptor is invalid: it must be a JSON object.');
  const problems = [
    ...checkNames(json),
    ...checkAuthentication(json),
    ...checkLifecycle(json),
    ...checkBaseUrl(json.baseUrl, descriptorUrl, allowedAppHosts),
  ];
  const { scopes, problems: scopeProblems } = readScopes(json.scopes);
  problems.push(
    ...scopeProblems,
    ...issueFieldProblems(json.modules),
    ...webhookProblems(json.modules, json.baseUrl),
  );
  if (json.modules !== undefined && !isObject(json.modules)) {
    problems.push('modules: must be an object');
  }
  if (problems.length > 0) {
    throw new Error(`The app descriptor is invalid: ${problems.join('; ')}.`);
  }
  const modules = isObject(json.modules) ? json.modules : {};
  if (Object.keys(modules).length > 0 && !grants(scopes, 'READ')) {
    throw new Error(
      'The app defines features that require the READ scope, but does not request the READ scope in its descriptor.',
    );
  }
  return { ...(json as unknown as Descriptor), scopes, modules, lifecycle: lifecycleOf(json) };
}

function checkNames(json: Record<string, unknown>): string[] {
  const problems: string[] = [];
  if (typeof json.key !== 'string') problems.push('key: is required, a string');
  else if (!/^[a-zA-Z0-9._-]+$/.test(json.key)) {
    problems.push('key: may hold only letters, digits, "-", "." and "_"');
  } else if (json.key.length > 64) problems.push('key: must be <= 64 characters');
  if (json.name !== undefined) {
    if (typeof json.name !== 'string' || json.name === '') problems.push('name: must be a string');
    else if (json.name.length > 80) problems.push('name: must be <= 80 characters');
  }
  if (json.apiVersion !== undefined && !Number.isInteger(json.apiVersion)) {
    problems.push('apiVersion: must be an integer');
  }
  return problems;
}

function checkAuthentication(json: Record<string, unknown>): string[] {
  if (!isObject(json.authentication)) return ['authentication: is required, an object'];
  const { type } = json.authentication;
  return type === 'jwt' ? [] : ['authentication.type: must be "jwt"'];
}

function checkLifecycle(json: Record<string, unknown>): string[] {
  if (json.lifecycle === undefined) return [];
  if (!isObject(json.lifecycle)) return ['lifecycle: must be an object'];
  const problems: string[] = [];
  for (const [event, value] of Object.entries(json.lifecycle)) {
    if (!lifecycleEvents.includes(event)) {
      problems.push(`lifecycle.${event}: is not a lifecycle event`);
    } else if (typeof value !== 'string' || value === '' || isAbsolute(value)) {
      problems.push(`lifecycle.${event}: must be a URL relative to baseUrl, as in "/${event}"`);
    }
  }
  const migrations = isObject(json.apiMigrations) ? json.apiMigrations : {};
  if (json.lifecycle.installed !== undefined && migrations['signed-install'] !== true) {
    problems.push(
      'apiMigrations.signed-install: must be true where lifecycle.installed is declared',
    );
  }
  return problems;
}

function checkBaseUrl(value: unknown, descriptorUrl: URL, hosts: readonly string[]): string[] {
  if (typeof value !== 'string') return ['baseUrl: is required, a string'];
  if (value.length > 200) return ['baseUrl: must be <= 200 characters'];
  let url: URL;
  try {
    url = requireAppUrl(value, 'baseUrl', hosts);
  } catch (error) {
    return [
      messageOf(error)
        .replace(/^baseUrl /, 'baseUrl: ')
        .replace(/\.$/, ''),
    ];
  }
  if (url.search !== '' || url.hash !== '') return ['baseUrl: may not have a query or a fragment'];
  const path = url.pathname.replace(/\/$/, '');
  if (url.origin !== descriptorUrl.origin || !descriptorUrl.pathname.startsWith(`${path}/`)) {
    return [`baseUrl: ${value} is not a prefix of the descriptor's URL ${descriptorUrl.href}`];
  }
  return [];
}

function readScopes(value: unknown): { scopes: string[]; problems: string[] } {
  if (value === undefined) return { scopes: [], problems: [] };
  if (!Array.isArray(value)) return { scopes: [], problems: ['scopes: must be an array'] };
  const scopes: string[] = [];
  const problems: string[] = [];
  for (const [index, scope] of value.entries()) {
    const name = String(scope).toUpperCase();
    if (knownScopes.has(name)) scopes.push(name);
    else problems.push(`scopes[${index}]: "${String(scope)}" is not a scope`);
  }
  return { scopes, problems };
}

function lifecycleOf(json: Record<string, unknown>): Descriptor['lifecycle'] {
  return isObject(json.lifecycle) ? (json.lifecycle as Descriptor['lifecycle']) : {};
}

const impliedBy: Record<string, readonly string[]> = {
  READ: ['READ', 'WRITE', 'DELETE', 'PROJECT_ADMIN', 'ADMIN'],
  WRITE: ['WRITE', 'DELETE', 'PROJECT_ADMIN', 'ADMIN'],
  DELETE: ['DELETE', 'PROJECT_ADMIN', 'ADMIN'],
  PROJECT_ADMIN: ['PROJECT_ADMIN', 'ADMIN'],
  ADMIN: ['ADMIN'],
};

export type RequiredScope = 'READ' | 'WRITE' | 'DELETE' | 'PROJECT_ADMIN' | 'ADMIN';

/** Whether these scopes allow what `wanted` stands for: a higher scope implies the lower ones. */
export function grants(scopes: readonly string[], wanted: RequiredScope): boolean {
  return (impliedBy[wanted] ?? []).some((scope) => scopes.includes(scope));
}

/** The site calls only apps on this machine, and hosts that were allowed by name. */
export function requireAppUrl(text: string, what: string, allowedAppHosts: readonly string[]): URL {
  if (!URL.canParse(text)) throw new Error(`${what} is not a URL: ${text}`);
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Error(`${what} must be http or https: ${text}`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new Error(`${what} may not hold a user name or a password.`);
  }
  if (!isLoopback(url.hostname) && !allowedAppHosts.includes(url.hostname)) {
    throw new Error(
      `${what} must be on this machine (localhost) or on a host of the option allowedAppHosts; ${url.hostname} is neither.`,
    );
  }
  return url;
}

export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function isAbsolute(value: string): boolean {
  return /^[a-z][a-z0-9+.-]*:/i.test(value) || value.startsWith('//');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import { parseDocument } from 'yaml';
import { requireAppUrl } from '../connect/descriptor.ts';
import { customFieldProblems } from './custom-fields.ts';
import { checkScopes } from './scopes.ts';

interface AuthFlag {
  enabled?: boolean;
}

export interface RemoteModule {
  key: string;
  baseUrl: string | Record<string, string>;
}

/** An entry of modules.endpoint. */
export interface EndpointModule {
  key: string;
  remote: string;
  route?: { path?: string };
  auth?: { appSystemToken?: AuthFlag; appUserToken?: AuthFlag };
}

/** An entry of modules.trigger, modules.scheduledTrigger or modules.preUninstall. */
export interface TriggerModule {
  key: string;
  endpoint?: string;
  function?: string;
  events?: string[];
  interval?: string;
}

/** A module that has a place in Jira's pages. */
export interface UiModule {
  /** As in jira:issuePanel. */
  type: string;
  key: string;
  title: string;
  resource?: string;
  /** The key of its endpoint, where a remote answers it. */
  endpoint?: string;
}

/** What the site reads of a manifest.yml. */
export interface Manifest {
  app: {
    id: string;
    name?: string;
    runtime?: { name: string };
    connect?: { key: string; remote?: string; authentication?: string };
    licensing?: { enabled?: boolean };
  };
  modules: Record<string, Record<string, unknown>[]>;
  remotes: RemoteModule[];
  resources: { key: string; path: string }[];
  permissions: { scopes: string[] | Record<string, { allowImpersonation?: boolean } | null> };
  connectModules?: Record<string, unknown>;
}

export interface ManifestOptions {
  /** Values of `${NAME}` in the text. */
  variables?: Readonly<Record<string, string>>;
  /** Replaces the baseUrl of every remote: a manifest for production names a host that is not this machine. */
  remoteUrl?: string;
  allowedAppHosts: readonly string[];
}

// Of @forge/manifest 13.7: anything else at the top is refused.
const topLevel = [
  'app',
  'connectModules',
  'modules',
  'permissions',
  'resources',
  'remotes',
  'providers',
  'environment',
  'translations',
  'services',
  'overrides',
];
const runtimes = ['nodejs20.x', 'nodejs22.x', 'nodejs24.x'];
const intervals = ['fiveMinute', 'hour', 'day', 'week'];
const keyRule = '1 to 23 letters, digits, "_" and "-"';
const mostScheduledTriggers = 5;

/** Parses and checks a manifest. Throws an Error that names every problem by its path. */
export function readManifest(source: string | object, options: ManifestOptions): Manifest {
  const text = typeof source === 'string' ? source : JSON.stringify(source);
  const parsed = typeof source === 'string' ? parseYaml(fill(text, options)) : JSON.parse(text);
  if (!isObject(parsed)) throw new Error('The manifest is invalid: it must be a map.');
  if (options.remoteUrl !== undefined) {
    for (const remote of listOf(parsed.remotes)) remote.baseUrl = options.remoteUrl;
  }
  const problems = [
    ...checkTop(parsed),
    ...checkApp(parsed),
    ...checkRemotes(parsed, options.allowedAppHosts),
    ...checkModules(parsed),
    ...customFieldProblems(isObject(parsed.modules) ? (parsed.modules as never) : undefined),
    ...checkScopes(isObject(parsed.permissions) ? parsed.permissions.scopes : undefined),
  ];
  if (problems.length > 0) throw new Error(`The manifest is invalid: ${problems.join('; ')}.`);
  const manifest = parsed as unknown as Manifest;
  return {
    ...manifest,
    modules: manifest.modules ?? {},
    remotes: manifest.remotes ?? [],
    resources: manifest.resources ?? [],
  };
}

function fill(text: string, { variables = {} }: ManifestOptions): string {
  return text.replace(/\$\{(\w+)\}/g, (whole, name: string) => variables[name] ?? whole);
}

function parseYaml(text: string): unknown {
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (problem) throw new Error(`The manifest is no YAML: ${problem.message.split('\n')[0]}`);
  return document.toJS() as unknown;
}

function checkTop(manifest: Record<string, unknown>): string[] {
  const problems = Object.keys(manifest)
    .filter((name) => !topLevel.includes(name))
    .map((name) =>
      name === 'endpoint'
        ? 'endpoint: belongs below modules'
        : `${name}: is not known; known are ${topLevel.join(', ')}`,
    );
  for (const name of ['modules', 'connectModules', 'permissions']) {
    if (manifest[name] !== undefined && !isObject(manifest[name])) {
      problems.push(`${name}: must be a map`);
    }
  }
  for (const name of ['remotes', 'resources']) {
    if (manifest[name] !== undefined && !Array.isArray(manifest[name])) {
      problems.push(`${name}: must be a list`);
    }
  }
  return problems;
}

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const appId = new RegExp(`^ari:cloud:ecosystem::app/${uuid}$`, 'i');

function checkApp({ app, remotes, connectModules }: Record<string, unknown>): string[] {
  if (!isObject(app)) return ['app: is required, a map'];
  const problems: string[] = [];
  if (typeof app.id !== 'string' || !appId.test(app.id)) {
    problems.push('app.id: is required, as in ari:cloud:ecosystem::app/<uuid>');
  }
  const runtime = isObject(app.runtime) ? app.runtime.name : undefined;
  if (typeof runtime !== 'string' || !runtimes.includes(runtime)) {
    problems.push(`app.runtime.name: is required, one of ${runtimes.join(', ')}`);
  }
  if (app.connect === undefined) {
    if (connectModules !== undefined) problems.push('connectModules: needs app.connect.key');
    return problems;
  }
  if (!isObject(app.connect)) return [...problems, 'app.connect: must be a map'];
  const { key, remote, authentication } = app.connect;
  if (typeof key !== 'string' || key.length > 90 || !/^[\w.-]+$/.test(key)) {
    problems.push('app.connect.key: is required, at most 90 letters, digits, "-", "." and "_"');
  }
  if (authentication !== undefined && authentication !== 'jwt') {
    problems.push('app.connect.authentication: must be jwt; oauth2 is no longer supported');
  }
  const known = listOf(remotes).map((each) => each.key);
  if (connectModules !== undefined && remote === undefined) {
    problems.push('app.connect.remote: is required where connectModules are declared');
  }
  if (remote !== undefined && !known.includes(remote)) {
    problems.push(`app.connect.remote: "${String(remote)}" is no key of remotes`);
  }
  return problems;
}

function checkRemotes({ remotes }: Record<string, unknown>, hosts: readonly string[]): string[] {
  const problems = checkKeys('remotes', listOf(remotes));
  for (const [index, { baseUrl }] of listOf(remotes).entries()) {
    const url = isObject(baseUrl) ? baseUrl.default : baseUrl;
    const path = `remotes[${index}].baseUrl`;
    if (typeof url !== 'string') {
      problems.push(`${path}: is required, a URL or a map with a default`);
      continue;
    }
    try {
      requireAppUrl(url, path, hosts);
    } catch (error) {
      problems.push(error instanceof Error ? error.message.replace(/\.$/, '') : String(error));
    }
  }
  return problems;
}

function checkModules({ modules, remotes, services, resources }: Record<string, unknown>) {
  if (!isObject(modules)) return [];
  const problems: string[] = [];
  const seen = new Set<unknown>();
  const endpoints = listOf(modules.endpoint).map(({ key }) => key);
  const functions = listOf(modules.function).map(({ key }) => key);
  const backends = [...listOf(remotes), ...listOf(services)].map(({ key }) => key);
  const pages = listOf(resources).map(({ key }) => key);
  const lacks = (path: string, what: string, value: unknown, known: unknown[]): void => {
    if (value !== undefined && !known.includes(value)) {
      problems.push(`${path}: "${String(value)}" is no key of ${what}`);
    }
  };
  for (const [type, entries] of Object.entries(modules)) {
    if (!Array.isArray(entries)) {
      problems.push(`modules.${type}: must be a list`);
      continue;
    }
    problems.push(...checkKeys(`modules.${type}`, listOf(entries)));
    for (const [index, entry] of listOf(entries).entries()) {
      const path = `modules.${type}[${index}]`;
      if (entry.key !== undefined && seen.has(entry.key)) {
        problems.push(`${path}.key: "${String(entry.key)}" is taken by another module`);
      }
      seen.add(entry.key);
      lacks(`${path}.resource`, 'resources', entry.resource, pages);
      const resolver = isObject(entry.resolver) ? entry.resolver : {};
      lacks(`${path}.resolver.endpoint`, 'modules.endpoint', resolver.endpoint, endpoints);
      lacks(`${path}.resolver.function`, 'modules.function', resolver.function, functions);
      if (type === 'endpoint') {
        lacks(`${path}.remote`, 'remotes', entry.remote ?? entry.service, backends);
        if (entry.remote === undefined && entry.service === undefined) {
          problems.push(`${path}.remote: is required`);
        }
        const route = isObject(entry.route) ? entry.route.path : undefined;
        if (route !== undefined && (typeof route !== 'string' || !route.startsWith('/'))) {
          problems.push(`${path}.route.path: must begin with /`);
        }
      }
      if (type === 'trigger' || type === 'scheduledTrigger' || type === 'preUninstall') {
        lacks(`${path}.endpoint`, 'modules.endpoint', entry.endpoint, endpoints);
        lacks(`${path}.function`, 'modules.function', entry.function, functions);
        if ((entry.endpoint === undefined) === (entry.function === undefined)) {
          problems.push(`${path}: needs an endpoint or a function, and not both`);
        }
      }
      if (type === 'trigger' && (!Array.isArray(entry.events) || entry.events.length === 0)) {
        problems.push(`${path}.events: is required, a list`);
      }
      if (type === 'scheduledTrigger' && !intervals.includes(String(entry.interval))) {
        problems.push(`${path}.interval: must be one of ${intervals.join(', ')}`);
      }
    }
  }
  if (listOf(modules.scheduledTrigger).length > mostScheduledTriggers) {
    problems.push(`modules.scheduledTrigger: at most ${mostScheduledTriggers}`);
  }
  return problems;
}

function checkKeys(path: string, entries: Record<string, unknown>[]): string[] {
  const problems: string[] = [];
  for (const [index, { key }] of entries.entries()) {
    if (typeof key !== 'string' || !/^[a-zA-Z0-9_-]{1,23}$/.test(key)) {
      problems.push(`${path}[${index}].key: is required, ${keyRule}`);
    }
  }
  return problems;
}

/** The base URL of a remote. Of several regions, the default. */
export function baseUrlOf({ baseUrl }: RemoteModule): string {
  return (typeof baseUrl === 'string' ? baseUrl : (baseUrl.default ?? '')).replace(/\/+$/, '');
}

export function endpointsOf({ modules }: Manifest): EndpointModule[] {
  return (modules.endpoint ?? []) as unknown as EndpointModule[];
}

export function triggersOf(
  { modules }: Manifest,
  type: 'trigger' | 'scheduledTrigger' | 'preUninstall',
): TriggerModule[] {
  return (modules[type] ?? []) as unknown as TriggerModule[];
}

/** The modules that have a page. */
export function uiModulesOf({ modules }: Manifest): UiModule[] {
  return Object.entries(modules).flatMap(([type, entries]) =>
    type.startsWith('jira:')
      ? entries.map(({ key, title, resource, resolver }) => ({
          type,
          key: String(key),
          title: typeof title === 'string' ? title : String(key),
          ...(typeof resource === 'string' ? { resource } : {}),
          ...(isObject(resolver) && typeof resolver.endpoint === 'string'
            ? { endpoint: resolver.endpoint }
            : {}),
        }))
      : [],
  );
}

function listOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.map((entry) => (isObject(entry) ? entry : {})) : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

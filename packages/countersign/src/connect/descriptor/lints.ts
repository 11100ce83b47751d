import { type DescriptorProblem, type Path, problem } from './problem.ts';
import { READING_SCOPES } from './words.ts';

type Plain = Readonly<Record<string, unknown>>;

interface FoundModule {
  readonly type: string;
  readonly path: Path;
  readonly module: Plain;
}

/** What only shows when several parts of a descriptor are looked at together. Each part alone has its shape. */
export function lint(descriptor: unknown): DescriptorProblem[] {
  if (!isPlain(descriptor)) return [];
  const found = modulesOf(descriptor);
  return [
    ...missingReadScope(descriptor, found),
    ...repeatedKeys(found),
    ...webhooksOnLifecyclePaths(descriptor, found),
    ...fieldTypes(found),
    ...adminPages(found),
    ...unfetchablePort(descriptor),
    ...leftPlaceholders(descriptor, []),
  ];
}

/** Jira refuses to install such a descriptor, with these words. */
function missingReadScope({ scopes }: Plain, found: readonly FoundModule[]): DescriptorProblem[] {
  const names = Array.isArray(scopes) ? scopes.map((scope) => String(scope).toUpperCase()) : [];
  if (found.length === 0 || names.some((name) => READING_SCOPES.has(name))) return [];
  return [
    problem(
      'warning',
      ['scopes'],
      'must have READ: Jira installs no app that has modules and does not ask for it',
    ),
  ];
}

function repeatedKeys(found: readonly FoundModule[]): DescriptorProblem[] {
  const first = new Map<string, FoundModule>();
  return found.flatMap((each) => {
    const { key } = each.module;
    if (typeof key !== 'string') return [];
    const other = first.get(key);
    if (other === undefined) {
      first.set(key, each);
      return [];
    }
    const message = `'${key.slice(0, 100)}' is the key of a module of ${other.type} too; each needs one of its own`;
    return [problem('warning', [...each.path, 'key'], message)];
  });
}

/** Only the URL is signed, so that a webhook could not be told from the event. */
function webhooksOnLifecyclePaths(
  { lifecycle }: Plain,
  found: readonly FoundModule[],
): DescriptorProblem[] {
  const events = new Map(
    Object.entries(isPlain(lifecycle) ? lifecycle : {})
      .filter(([, path]) => typeof path === 'string')
      .map(([event, path]) => [pathOf(path as string), event]),
  );
  return found.flatMap(({ type, path, module: { url } }) => {
    if (type !== 'webhooks' || typeof url !== 'string') return [];
    const event = events.get(pathOf(url));
    if (event === undefined) return [];
    return [problem('error', [...path, 'url'], `is the path of lifecycle.${event} already`)];
  });
}

function pathOf(url: string): string {
  return url.replace(/[?#].*$/s, '').replace(/^\/*/, '/');
}

/** @see https://developer.atlassian.com/cloud/jira/platform/modules/issue-field/ */
function fieldTypes(found: readonly FoundModule[]): DescriptorProblem[] {
  return found.flatMap(({ type, path, module }) => {
    if (type !== 'jiraIssueFields') return [];
    const fieldType = String(module.type).toLowerCase();
    const isReadOnly = fieldType === 'read_only';
    const isSelect = fieldType.endsWith('_select');
    return [
      ...(isReadOnly && module.property === undefined
        ? [problem('warning', [...path, 'property'], 'is missing: a read_only field shows one')]
        : []),
      ...(!isReadOnly && module.property !== undefined
        ? [problem('warning', [...path, 'property'], 'is for fields of the type read_only alone')]
        : []),
      ...['template', 'extractions']
        .filter((name) => !isSelect && module[name] !== undefined)
        .map((name) => problem('warning', [...path, name], 'is for selects alone')),
    ];
  });
}

function adminPages(found: readonly FoundModule[]): DescriptorProblem[] {
  const keys = found.filter(({ type }) => type === 'adminPages').map(({ module: { key } }) => key);
  return found.flatMap(({ path, module: { adminPageKey } }) =>
    adminPageKey === undefined || keys.includes(adminPageKey)
      ? []
      : [problem('warning', [...path, 'adminPageKey'], 'is the key of none of the adminPages')],
  );
}

const PORTS: readonly string[] = ['', '80', '443', '8080'];

/** @see https://developer.atlassian.com/cloud/jira/platform/connect-app-descriptor/ */
function unfetchablePort({ baseUrl }: Plain): DescriptorProblem[] {
  if (typeof baseUrl !== 'string' || !URL.canParse(baseUrl)) return [];
  const { protocol, port } = new URL(baseUrl);
  // http is for this machine alone, where a sandbox takes every port.
  if (protocol !== 'https:' || PORTS.includes(port)) return [];
  return [
    problem(
      'warning',
      ['baseUrl'],
      `has the port ${port}; Jira reads a descriptor from 80, 443 and 8080 alone`,
    ),
  ];
}

/** What nobody filled in reaches Jira as it is written. */
function leftPlaceholders(value: unknown, path: Path): DescriptorProblem[] {
  if (typeof value === 'string') {
    const placeholder = /\{\{[^{}]{0,60}\}\}/.exec(value)?.[0];
    if (placeholder === undefined) return [];
    return [
      problem(
        'warning',
        path,
        `holds ${placeholder}, which nothing fills in; see defineDescriptor`,
      ),
    ];
  }
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => leftPlaceholders(item, [...path, index]));
  }
  if (!isPlain(value)) return [];
  return Object.entries(value).flatMap(([name, item]) => leftPlaceholders(item, [...path, name]));
}

function modulesOf({ modules }: Plain): FoundModule[] {
  if (!isPlain(modules)) return [];
  return Object.entries(modules).flatMap(([type, value]) => {
    if (!Array.isArray(value)) {
      return isPlain(value) ? [{ type, path: ['modules', type], module: value }] : [];
    }
    return value.flatMap((module, index) =>
      isPlain(module) ? [{ type, path: ['modules', type, index], module }] : [],
    );
  });
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

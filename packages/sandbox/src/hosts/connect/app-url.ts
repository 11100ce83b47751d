import type { Project } from '../../site/projects.ts';

/** What the variables of a module's URL stand for. */
export interface PageContext {
  issue?: { id: number; key: string };
  project?: Project;
  /** Of `{ac.name}`: what the page that opens another one gives to it. */
  custom?: Readonly<Record<string, string>>;
}

/** The absolute URL of something that the descriptor names relative to its baseUrl. */
export function resolveAppUrl(baseUrl: string, relative: string): URL {
  const base = baseUrl.replace(/\/+$/, '');
  const absolute = /^https?:\/\//i.test(relative)
    ? relative
    : `${base}/${relative.replace(/^\/+/, '')}`;
  if (!URL.canParse(absolute)) throw new Error(`"${relative}" does not make a URL with ${base}.`);
  const url = new URL(absolute);
  const basePath = new URL(base).pathname.replace(/\/$/, '');
  const inside = url.pathname === basePath || url.pathname.startsWith(`${basePath}/`);
  if (url.origin !== new URL(base).origin || !inside) {
    throw new Error(`The URL ${url.href} is outside of the app's baseUrl ${base}.`);
  }
  return url;
}

/** Fills `{issue.key}` and `${issue.key}`; a variable without a value becomes empty. */
export function fillVariables(
  moduleUrl: string,
  { issue, project, custom = {} }: PageContext,
): string {
  return fillIn(moduleUrl, {
    'issue.key': issue?.key,
    'issue.id': issue?.id,
    'project.key': project?.key,
    'project.id': project?.id,
    ...Object.fromEntries(Object.entries(custom).map(([name, value]) => [`ac.${name}`, value])),
  });
}

/** Fills `{name}` and `${name}`, percent-encoded; a name without a value becomes empty. */
export function fillIn(
  url: string,
  values: Readonly<Record<string, string | number | undefined>>,
): string {
  return url.replace(/\$?\{([\w.]+)\}/g, (_, name: string) =>
    encodeURIComponent(values[name] ?? ''),
  );
}

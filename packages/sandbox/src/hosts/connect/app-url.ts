import type { Project } from '../../site/projects.ts';

/** What the variables of a module's URL stand for. */
export interface PageContext {
  issue: { id: number; key: string };
  project: Project;
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
export function fillVariables(moduleUrl: string, context: PageContext | undefined): string {
  const values: Record<string, string | number | undefined> = {
    'issue.key': context?.issue.key,
    'issue.id': context?.issue.id,
    'project.key': context?.project.key,
    'project.id': context?.project.id,
  };
  return moduleUrl.replace(/\$?\{([\w.]+)\}/g, (_, name: string) =>
    encodeURIComponent(values[name] ?? ''),
  );
}

import type { PageModule } from '../../hosts/connect/modules.ts';

export const appsPath = '/_sandbox/apps';

export function appPath(key: string): string {
  return `${appsPath}/${encodeURIComponent(key)}`;
}

/** The page of a module that has one to itself, at the URL that Jira gives it. */
export function modulePath(appKey: string, { key }: PageModule): string {
  return `/plugins/servlet/ac/${encodeURIComponent(appKey)}/${encodeURIComponent(key)}`;
}

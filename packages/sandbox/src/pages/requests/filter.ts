import type { RequestRecord } from '../../site/request-log.ts';
import type { Site } from '../../site/site.ts';

/** What of the log is shown. It stands in the page's URL, so that it can be linked. */
export interface RequestFilter {
  status: string;
  app: string;
}

/** Not the key of an app: those have no brackets. */
const noApp = '(none)';

export const statusChoices: readonly [value: string, name: string][] = [
  ['', 'Any status'],
  ['2xx', '2xx: done'],
  ['3xx', '3xx: redirected'],
  ['4xx', '4xx: refused'],
  ['5xx', '5xx: failed'],
  ['none', 'No answer'],
];

export function readFilter(query: Record<string, string>): RequestFilter {
  const status = statusChoices.some(([value]) => value === query.status) ? query.status : '';
  return { status: status ?? '', app: query.app ?? '' };
}

export function isFiltered({ status, app }: RequestFilter): boolean {
  return status !== '' || app !== '';
}

export function passesFilter(record: RequestRecord, { status, app }: RequestFilter): boolean {
  const statusClass = record.status === 0 ? 'none' : `${Math.floor(record.status / 100)}xx`;
  if (status !== '' && status !== statusClass) return false;
  return app === '' || (record.appKey ?? noApp) === app;
}

export function filterQuery({ status, app }: RequestFilter): string {
  const query = new URLSearchParams();
  if (status !== '') query.set('status', status);
  if (app !== '') query.set('app', app);
  return query.size === 0 ? '' : `?${query}`;
}

/** The installed apps, and others that the log knows. */
export function appChoices(
  site: Site,
  records: readonly RequestRecord[],
  chosen: string,
): [value: string, name: string][] {
  const keys = new Set([
    ...site.apps.installed().map(({ key }) => key),
    ...records.flatMap(({ appKey }) => appKey ?? []),
    ...(chosen === '' || chosen === noApp ? [] : [chosen]),
  ]);
  return [
    ['', 'Any app'],
    ...[...keys].sort().map((key): [string, string] => [key, key]),
    [noApp, 'No app'],
  ];
}

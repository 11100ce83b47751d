import { JiraApiError } from '../errors.ts';

/** The parameters by which one family of resources counts. */
interface Counting {
  readonly position: 'startAt' | 'start' | 'offset';
  readonly size: 'maxResults' | 'limit';
}

/** Where a page lies in its list, as far as it says so. */
export type Place =
  /** A bare list: the next page begins behind it, if there is one. */
  | { readonly by: 'nothing' }
  | {
      readonly by: 'position';
      readonly counting: Counting;
      readonly position: number;
      /** How many items the page could have held. */
      readonly size: number | undefined;
      /** Of the whole list. */
      readonly total: number | undefined;
      readonly isLast: boolean | undefined;
    }
  /** The parameters that lead to the next page; undefined on the last one. */
  | { readonly by: 'token'; readonly next: Readonly<Record<string, string>> | undefined }
  /** It is all there is. */
  | { readonly by: 'itself' };

/** One answer of a resource that gives its items page by page. */
export interface Page {
  readonly items: readonly unknown[];
  readonly place: Place;
}

/** The platform and Agile count one way, the service desk another, the audit log a third. */
const COUNTINGS: readonly Counting[] = [
  { position: 'startAt', size: 'maxResults' },
  { position: 'start', size: 'limit' },
  { position: 'offset', size: 'limit' },
];

/** Where Jira puts the items, the likeliest first: a page may hold other arrays, such as warnings. */
const ITEM_NAMES = [
  ...['values', 'issues', 'comments', 'worklogs', 'histories', 'dashboards', 'records'],
  ...['issueChangeLogs', 'issueTypes', 'fields'],
];

/** The name by which a page size is asked for, before the first answer tells. */
export function sizeParameter(path: string): Counting['size'] {
  return /\/rest\/servicedeskapi\/|\/auditing\/record\b/.test(path) ? 'limit' : 'maxResults';
}

/**
 * Reads a page.
 *
 * @param itemsName The property that holds the items; found where it is undefined.
 * @throws JiraApiError JIRA_ANSWER_INVALID.
 */
export function readPage(
  answer: unknown,
  call: { readonly method: string; readonly path: string },
  itemsName: string | undefined,
): Page {
  if (Array.isArray(answer)) return { items: answer, place: { by: 'nothing' } };
  const read: Record<string, unknown> =
    typeof answer === 'object' && answer !== null ? { ...answer } : {};
  const items = findItems(read, itemsName);
  if (items === undefined) {
    const keys = Object.keys(read).map((key) => key.slice(0, 40));
    throw new JiraApiError(
      'JIRA_ANSWER_INVALID',
      `The answer to ${call.method} ${call.path} holds no list of ${itemsName ?? 'items'}${keys.length === 0 ? '' : `: it has ${keys.slice(0, 12).join(', ')}`}.`,
      {
        ...call,
        hint: "Name the property that holds the items in the option 'items', or use jira.get where the resource has no pages.",
      },
    );
  }
  const place = findPlace(read);
  if (place === undefined) {
    throw new JiraApiError(
      'JIRA_ANSWER_INVALID',
      `The answer to ${call.method} ${call.path} says that it is not the last page, and not how to get the next one.`,
      { ...call, hint: 'Call this resource with jira.get, and count as its documentation says.' },
    );
  }
  return { items, place };
}

function findItems(
  read: Readonly<Record<string, unknown>>,
  itemsName: string | undefined,
): readonly unknown[] | undefined {
  const listOf = (name: string) =>
    Array.isArray(read[name]) ? (read[name] as unknown[]) : undefined;
  if (itemsName !== undefined) return listOf(itemsName);
  const known = ITEM_NAMES.find((name) => listOf(name) !== undefined);
  if (known !== undefined) return listOf(known);
  const [only, ...others] = Object.keys(read).filter((name) => listOf(name) !== undefined);
  return only === undefined || others.length > 0 ? undefined : listOf(only);
}

function findPlace(read: Readonly<Record<string, unknown>>): Place | undefined {
  const isLast = [read.isLast, read.isLastPage, read.last, read.lastPage].find(
    (value) => typeof value === 'boolean',
  );
  // The plans count by cursors, everything newer by tokens.
  for (const [given, asked] of [
    ['nextPageToken', 'nextPageToken'],
    ['nextPageCursor', 'cursor'],
  ] as const) {
    const token = textOf(read[given]);
    if (token !== undefined)
      return { by: 'token', next: isLast === true ? undefined : { [asked]: token } };
  }
  const counting = COUNTINGS.find(({ position }) => isCount(read[position]));
  if (counting !== undefined) {
    const { total } = read;
    const size = read[counting.size];
    return {
      by: 'position',
      counting,
      position: read[counting.position] as number,
      size: isCount(size) && size > 0 ? size : undefined,
      total: isCount(total) ? total : undefined,
      isLast,
    };
  }
  // Changed worklogs are pages in time, which only their link knows.
  const next = textOf(read.nextPage);
  if (next !== undefined && isLast !== true && URL.canParse(next)) {
    return { by: 'token', next: Object.fromEntries(new URL(next).searchParams) };
  }
  return isLast === false ? undefined : { by: 'itself' };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/**
 * What an item is known by, to leave out what an earlier page brought already; undefined where nothing tells it from
 * others.
 */
export function identityOf(item: unknown): string | undefined {
  if (typeof item === 'string') return `=${item}`;
  if (typeof item !== 'object' || item === null) return undefined;
  const { id, accountId, key } = item as Record<string, unknown>;
  const identity = id ?? accountId ?? key;
  return typeof identity === 'string' || typeof identity === 'number'
    ? String(identity)
    : undefined;
}

import { ConfigError, JiraApiError, refuseUnknownOptions } from '../errors.ts';
import type { JiraCalls } from './calls.ts';
import { identityOf, type Page, type Place, readPage, sizeParameter } from './page.ts';
import type { Query } from './url.ts';

/** Options of `jira.paginate`. */
export interface PaginateOptions {
  /** Sent with every page. A startAt or nextPageToken in it is where the first page begins. */
  query?: Query;
  /** Sent as JSON by POST, for the resources that take their question so; the page goes into it too. Default: GET. */
  body?: Readonly<Record<string, unknown>>;
  /** The property of the answer that holds the items. Default: found, such as `values`, `issues` or `comments`. */
  items?: string;
  /** How many items to ask for at once. Jira may give fewer. Default: as Jira decides, often 50. */
  pageSize?: number;
  /** The most items to give in all. Default: no limit. */
  limit?: number;
  headers?: Readonly<Record<string, string>>;
  /** Ends the iteration, which then throws the signal's reason. */
  signal?: AbortSignal;
  /** How long each page may take with all its tries, in milliseconds. Overrides the client's. */
  timeoutMs?: number;
}

const OPTIONS: ReadonlySet<string> = new Set([
  ...['query', 'body', 'items', 'pageSize', 'limit', 'headers', 'signal', 'timeoutMs'],
]);

/** Items that were given already are known by their ids; older ones than these are forgotten. */
const MAX_REMEMBERED = 10_000;
/** Pages without anything new, beyond as many as brought something: then Jira is turning in circles. */
const MAX_BARREN_PAGES = 50;

/**
 * Every item of a resource that Jira gives page by page, in Jira's order. The next page is on its way while the items of
 * this one are worked on, and none is asked for once the loop is left.
 *
 * What is there from the first page to the last is given once, also where other items are deleted or added meanwhile, as
 * far as Jira says how many there are.
 *
 * @throws JiraApiError as `jira.get`, at the item where the page is missing; JIRA_ANSWER_INVALID where an answer is no
 * page, or Jira gives the same page for ever. ConfigError CONFIG_OPTION_UNKNOWN, CONFIG_OPTION_INVALID.
 * @see https://developer.atlassian.com/cloud/jira/platform/rest/v3/intro/#pagination
 */
export function paginate<T = unknown>(
  calls: JiraCalls,
  path: string,
  options: PaginateOptions = {},
): AsyncGenerator<T, void, undefined> {
  refuseUnknownOptions('jira.paginate', options, OPTIONS);
  for (const name of ['pageSize', 'limit'] as const) {
    const value = options[name];
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 1)) {
      throw new ConfigError(
        'CONFIG_OPTION_INVALID',
        `jira.paginate: ${name} must be a whole number of 1 or more.`,
      );
    }
  }
  return walk<T>(calls, path, options);
}

async function* walk<T>(
  calls: JiraCalls,
  path: string,
  options: PaginateOptions,
): AsyncGenerator<T, void, undefined> {
  const { limit = Number.POSITIVE_INFINITY, signal } = options;
  const stop = new AbortController();
  const load = pageLoader(calls, path, options, stop.signal);
  const course = plotCourse(load.call, load.begin);
  const memory = rememberItems();
  let given = 0;
  try {
    let pending: Promise<Page> | undefined = load.page({});
    while (pending !== undefined) {
      signal?.throwIfAborted();
      const page: Page = await pending;
      const taken = memory.take(page);
      const position = course.after(page, taken);
      const wanted = position !== undefined && given + taken.fresh.length < limit;
      pending = wanted ? load.page(position) : undefined;
      // It is awaited later, or never: a failure must not end the process meanwhile.
      pending?.catch(() => {});
      for (const item of taken.fresh) {
        signal?.throwIfAborted();
        if (given >= limit) return;
        given += 1;
        yield item as T;
      }
    }
  } finally {
    stop.abort();
  }
}

/** The parameters that lead to a page; none lead to the first one. */
type Position = Readonly<Record<string, string | number>>;

interface PageLoader {
  readonly call: { readonly method: string; readonly path: string };
  /** Where the caller wants to begin. */
  readonly begin: number;
  page(position: Position): Promise<Page>;
}

function pageLoader(
  calls: JiraCalls,
  path: string,
  options: PaginateOptions,
  stop: AbortSignal,
): PageLoader {
  const { body, items, pageSize, limit, headers, signal, timeoutMs } = options;
  const [bare = '', inPath = ''] = path.replace(/#.*$/s, '').split(/\?(.*)/s);
  const query: Record<string, Query[string]> = { ...queryOf(inPath), ...options.query };
  const size =
    pageSize === undefined
      ? {}
      : { [sizeParameter(bare)]: limit === undefined ? pageSize : Math.min(pageSize, limit) };
  const call = {
    method: body === undefined ? 'GET' : 'POST',
    path: bare.replace(/^[a-z]+:\/\/[^/]+/i, ''),
  };
  const common = {
    ...(headers === undefined ? undefined : { headers }),
    ...(timeoutMs === undefined ? undefined : { timeoutMs }),
    signal: signal === undefined ? stop : AbortSignal.any([signal, stop]),
  };
  const { startAt, start, offset } = { ...query, ...body };
  return {
    call,
    begin: Number(startAt ?? start ?? offset ?? 0) || 0,
    async page(position) {
      const answer =
        body === undefined
          ? await calls.get(bare, { ...common, query: { ...query, ...size, ...position } })
          : await calls.post(bare, {
              ...common,
              query,
              body: { ...body, ...size, ...position },
              // It only asks, although it is a POST.
              idempotent: true,
            });
      return readPage(answer, call, items);
    },
  };
}

function queryOf(search: string): Record<string, string | string[]> {
  const parameters = new URLSearchParams(search);
  return Object.fromEntries(
    [...new Set(parameters.keys())].map((name) => {
      const values = parameters.getAll(name);
      return [name, values.length === 1 ? (values[0] as string) : values];
    }),
  );
}

interface Course {
  /**
   * Where to go on after a page that came in.
   *
   * @returns undefined where it was the last one.
   */
  after(page: Page, taken: Taken): Position | undefined;
}

function plotCourse(call: PageLoader['call'], begin: number): Course {
  const invalid = (what: string) =>
    new JiraApiError('JIRA_ANSWER_INVALID', `${call.method} ${call.path} ${what}.`, {
      ...call,
      hint: 'Its pages never end. Call it with jira.get and look at what it answers to the parameters of a page.',
    });
  let asked = begin;
  let total: number | undefined;
  let fruitful = 0;
  let barren = 0;
  const tokens = cycleDetector();

  const afterPosition = (page: Page, place: Extract<Place, { by: 'position' }>) => {
    const { counting, size, isLast } = place;
    const count = page.items.length;
    const at = (next: number): Position => {
      asked = next;
      return { [counting.position]: next };
    };
    const known = total;
    // A total below what came already is wrong, and counts for nothing.
    total =
      place.total !== undefined && place.total >= place.position + count ? place.total : undefined;
    if (known !== undefined && place.total !== undefined && place.total < known) {
      total = place.total;
      // Where as many items vanished before this page, as many others moved in front of it, unseen.
      const back = Math.max(begin, asked - (known - place.total));
      if (back < asked) return at(back);
    }
    if (isLast === true) return undefined;
    const next = place.position + count;
    if (count === 0) {
      // Everything on it may be hidden from this caller; where nobody says that more follows, it is the end.
      const beyond = asked + (size ?? 1);
      return isLast === false || (total !== undefined && beyond < total) ? at(beyond) : undefined;
    }
    if (total !== undefined && isLast !== false && next >= total) return undefined;
    if (next <= asked)
      throw invalid(
        `answers with the page at ${place.position} when asked for the one at ${asked}`,
      );
    return at(next);
  };

  return {
    after(page, { fresh, isRepeated }) {
      const { items, place } = page;
      if (fresh.length > 0) {
        fruitful += 1;
        barren = 0;
      } else {
        barren += 1;
        if (barren > fruitful + MAX_BARREN_PAGES) {
          throw invalid(
            `gave ${barren} pages in a row without anything new, and none of them is the last`,
          );
        }
      }
      switch (place.by) {
        case 'itself':
          return undefined;
        case 'nothing':
          // A list says nothing of itself. It may be short because of what this caller may not see, so that only an
          // empty one is the end; or the resource knows no pages, and gives the same list again.
          if (items.length === 0 || isRepeated) return undefined;
          asked += items.length;
          return { startAt: asked };
        case 'position':
          return afterPosition(page, place);
        case 'token': {
          if (place.next === undefined) return undefined;
          if (tokens.seen(JSON.stringify(place.next))) {
            throw invalid('leads to the same next page again');
          }
          return place.next;
        }
      }
    },
  };
}

/**
 * Finds out that a chain turns in a circle, however long both are, by remembering one link at a time: Brent's algorithm.
 */
function cycleDetector(): { seen(link: string): boolean } {
  let landmark: string | undefined;
  let steps = 0;
  let power = 1;
  return {
    seen(link) {
      if (link === landmark) return true;
      steps += 1;
      if (steps === power) {
        landmark = link;
        power *= 2;
      }
      return false;
    },
  };
}

/** What a page brings. */
interface Taken {
  /** The items that no page before had. */
  readonly fresh: readonly unknown[];
  /** To the letter the page before. */
  readonly isRepeated: boolean;
}

function rememberItems(): { take(page: Page): Taken } {
  const seen = new Set<string>();
  let previous: string | undefined;
  return {
    take({ items, place }) {
      const identities = items.map(identityOf);
      let isRepeated = false;
      if (place.by === 'nothing' || identities.includes(undefined)) {
        const text = JSON.stringify(items);
        isRepeated = items.length > 0 && text === previous;
        previous = text;
      }
      const fresh = items.filter((_, index) => {
        const identity = identities[index];
        return identity === undefined ? !isRepeated : !seen.has(identity);
      });
      for (const identity of identities) if (identity !== undefined) seen.add(identity);
      for (const identity of seen) {
        if (seen.size <= MAX_REMEMBERED) break;
        seen.delete(identity);
      }
      return { fresh, isRepeated };
    },
  };
}

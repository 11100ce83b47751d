import { createServer } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isConfigError, isJiraApiError } from '../../src/index.ts';
import type { JiraCalls } from '../../src/jira/calls.ts';
import { createJiraClient } from '../../src/jira/index.ts';
import { type PaginateOptions, paginate } from '../../src/jira/paginate.ts';
import { close, listen } from '../connect/atlassian-host.ts';

interface Asked {
  readonly method: string;
  readonly path: string;
  /** Query and body as one. */
  readonly parameters: Record<string, unknown>;
  readonly signal: AbortSignal | undefined;
  readonly idempotent: boolean | undefined;
}

/** A resource that answers from memory: what is asked for is kept. */
function resource(answer: (asked: Asked, index: number) => unknown): {
  calls: JiraCalls;
  asked: Asked[];
} {
  const asked: Asked[] = [];
  const ask = async (method: string, path: string, options: Record<string, object> = {}) => {
    const { query = {}, body = {}, signal, idempotent } = options;
    const parameters = { ...query, ...body };
    const call = { method, path, parameters, signal, idempotent } as Asked;
    asked.push(call);
    await Promise.resolve();
    return answer(call, asked.length - 1);
  };
  const calls = {
    get: (path: string, options: object) => ask('GET', path, options as never),
    post: (path: string, options: object) => ask('POST', path, options as never),
  } as unknown as JiraCalls;
  return { calls, asked };
}

async function idsOf(
  calls: JiraCalls,
  options: PaginateOptions = {},
  path = '/rest/api/3/thing',
): Promise<unknown[]> {
  const items: { id?: unknown }[] = [];
  for await (const item of paginate<{ id?: unknown }>(calls, path, options)) items.push(item);
  return items.map((item) => item.id ?? item);
}

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const things = (from: number, to: number) => numbers(from, to).map((id) => ({ id }));

const startAtOf = ({ parameters }: Asked) => Number(parameters.startAt ?? 0);

describe('the shapes of a page', () => {
  test('startAt and total', async () => {
    const { calls, asked } = resource((call) => {
      const startAt = startAtOf(call);
      const comments = things(startAt, Math.min(startAt + 4, 10));
      return { startAt, maxResults: 4, total: 10, comments, warnings: ['slow'] };
    });
    expect(await idsOf(calls)).toEqual(numbers(0, 10));
    expect(asked.map(startAtOf)).toEqual([0, 4, 8]);
  });

  test('startAt and isLast, without a total', async () => {
    const { calls } = resource((call) => {
      const startAt = startAtOf(call);
      return { startAt, maxResults: 5, isLast: startAt >= 5, values: things(startAt, startAt + 5) };
    });
    expect(await idsOf(calls)).toEqual(numbers(0, 10));
  });

  test('nextPageToken, which the last page does not have', async () => {
    const pages: Record<string, unknown> = {
      '': { issues: things(0, 3), nextPageToken: 'b', isLast: false },
      b: { issues: [], nextPageToken: 'c' },
      c: { issues: things(3, 5), isLast: true, warnings: [] },
    };
    const { calls, asked } = resource(
      ({ parameters }) => pages[String(parameters.nextPageToken ?? '')],
    );
    expect(await idsOf(calls, { query: { jql: 'project = XX' } })).toEqual(numbers(0, 5));
    expect(asked.map(({ parameters }) => parameters.jql)).toEqual(Array(3).fill('project = XX'));
  });

  test('nextPageToken in the body of a POST, which may be sent again', async () => {
    const { calls, asked } = resource(({ parameters }) => ({
      issues: parameters.nextPageToken === undefined ? things(0, 2) : things(2, 3),
      ...(parameters.nextPageToken === undefined ? { nextPageToken: 'b' } : { isLast: true }),
    }));
    expect(await idsOf(calls, { body: { jql: 'project = XX' }, pageSize: 2 })).toEqual([0, 1, 2]);
    expect(asked.map(({ method, idempotent }) => [method, idempotent])).toEqual(
      Array(2).fill(['POST', true]),
    );
    expect(asked[1]?.parameters).toEqual({
      jql: 'project = XX',
      maxResults: 2,
      nextPageToken: 'b',
    });
  });

  test('the service desk: start, limit, isLastPage', async () => {
    const { calls, asked } = resource(({ parameters }) => {
      const start = Number(parameters.start ?? 0);
      return {
        start,
        limit: 2,
        size: 2,
        isLastPage: start === 4,
        values: things(start, start + 2),
      };
    });
    const path = '/rest/servicedeskapi/request';
    expect(await idsOf(calls, { pageSize: 2 }, path)).toEqual(numbers(0, 6));
    expect(asked.map(({ parameters }) => parameters)).toEqual([
      { limit: 2 },
      { limit: 2, start: 2 },
      { limit: 2, start: 4 },
    ]);
  });

  test('the audit log: offset and limit', async () => {
    const { calls } = resource(({ parameters }) => {
      const offset = Number(parameters.offset ?? 0);
      return { offset, limit: 2, total: 3, records: things(offset, Math.min(offset + 2, 3)) };
    });
    expect(await idsOf(calls)).toEqual([0, 1, 2]);
  });

  test('changed worklogs: a link to the next page', async () => {
    const { calls } = resource(({ parameters }) => {
      const since = Number(parameters.since ?? 0);
      const lastPage = since === 4;
      const nextPage = `https://example.atlassian.net/rest/api/3/worklog/updated?since=${since + 2}`;
      const values = numbers(since, since + 2).map((worklogId) => ({ worklogId }));
      return { since, until: since + 2, lastPage, values, ...(lastPage ? {} : { nextPage }) };
    });
    const worklogs = await idsOf(calls, {}, '/rest/api/3/worklog/updated?since=0');
    expect(worklogs).toEqual(numbers(0, 6).map((worklogId) => ({ worklogId })));
  });

  test('a bare list, which is short where a user is hidden, and ends with an empty page', async () => {
    const users = numbers(0, 9).filter((id) => id !== 1 && id !== 5);
    const { calls } = resource((call) => {
      const startAt = startAtOf(call);
      return users
        .filter((id) => id >= startAt && id < startAt + 3)
        .map((id) => ({ accountId: `user-${id}` }));
    });
    const found = await idsOf(calls, { pageSize: 3 }, '/rest/api/3/users/search');
    expect(found).toEqual(users.map((id) => ({ accountId: `user-${id}` })));
  });

  test.each([
    ['with ids', things(0, 4)],
    ['without ids', [{ name: 'a' }, { name: 'b' }]],
    ['of text', ['a', 'b']],
  ])('a list without pages %s, which comes whole each time', async (_, list) => {
    const { calls, asked } = resource(() => list);
    const found: unknown[] = [];
    for await (const item of paginate(calls, '/rest/api/3/field')) found.push(item);
    expect(found).toEqual(list);
    expect(asked).toHaveLength(2);
  });

  test('an answer that says nothing of pages is all there is', async () => {
    const { calls, asked } = resource(() => ({ expand: 'x', transitions: things(0, 3) }));
    expect(await idsOf(calls)).toEqual([0, 1, 2]);
    expect(asked).toHaveLength(1);
  });

  test('the property that the caller names', async () => {
    const { calls } = resource(() => ({ values: [{ id: 'no' }], parts: [{ id: 'yes' }] }));
    expect(await idsOf(calls, { items: 'parts' })).toEqual(['yes']);
  });
});

describe('what it asks for', () => {
  const paged = () =>
    resource((call) => {
      const startAt = startAtOf(call);
      const maxResults = Math.min(Number(call.parameters.maxResults ?? 50), 100);
      const values = things(startAt, Math.min(startAt + maxResults, 250));
      return { startAt, maxResults, total: 250, isLast: startAt + values.length >= 250, values };
    });

  test('goes on behind what came, where Jira gives less than was asked for', async () => {
    const { calls, asked } = paged();
    expect(await idsOf(calls, { pageSize: 5000 })).toEqual(numbers(0, 250));
    expect(asked.map(startAtOf)).toEqual([0, 100, 200]);
  });

  test('is no more than the limit', async () => {
    const { calls, asked } = paged();
    expect(await idsOf(calls, { pageSize: 100, limit: 30 })).toEqual(numbers(0, 30));
    expect(asked.map(({ parameters }) => parameters)).toEqual([{ maxResults: 30 }]);
    expect(await idsOf(calls, { limit: 50 })).toEqual(numbers(0, 50));
    expect(asked).toHaveLength(2);
  });

  test('begins where the query says, also the query of the path', async () => {
    const { calls, asked } = paged();
    expect(await idsOf(calls, { query: { startAt: 240 } })).toEqual(numbers(240, 250));
    expect(await idsOf(calls, {}, '/rest/api/3/thing?startAt=248&x=1&x=2')).toEqual([248, 249]);
    expect(asked.at(-1)).toMatchObject({
      path: '/rest/api/3/thing',
      parameters: { startAt: '248', x: ['1', '2'] },
    });
  });

  test('is nothing before the first item is wanted, and one page ahead from then on', async () => {
    const { calls, asked } = paged();
    const items = paginate(calls, '/rest/api/3/thing');
    expect(asked).toHaveLength(0);
    await items.next();
    await new Promise(setImmediate);
    expect(asked.map(startAtOf)).toEqual([0, 50]);
    for (let item = 0; item < 49; item += 1) await items.next();
    await new Promise(setImmediate);
    expect(asked).toHaveLength(2);
    await items.next();
    expect(asked.map(startAtOf)).toEqual([0, 50, 100]);
    await items.return();
  });

  test.each([
    ['pageSize', 0],
    ['pageSize', 1.5],
    ['limit', -1],
    ['limit', Number.NaN],
  ])('is refused with %s %d', (name, value) => {
    const { calls } = paged();
    expect(() => paginate(calls, '/x', { [name]: value })).toThrow(
      expect.objectContaining({ code: 'CONFIG_OPTION_INVALID' }),
    );
  });

  test('is refused with an unknown option, at once', () => {
    const refused = () => paginate(paged().calls, '/x', { maxResults: 5 } as PaginateOptions);
    expect(refused).toThrow(expect.toSatisfy(isConfigError));
    expect(refused).toThrow(/maxResults/);
  });
});

describe('leaving the loop', () => {
  /** The second page never comes. */
  const stuck = () => {
    const aborted: unknown[] = [];
    const found = resource(({ signal }, index) => {
      if (index === 0) return { startAt: 0, total: 100, values: things(0, 2) };
      return new Promise((_, reject) => {
        signal?.addEventListener('abort', () => {
          aborted.push(signal.reason);
          reject(signal.reason);
        });
      });
    });
    return { ...found, aborted };
  };

  test('by break ends the request for the next page', async () => {
    const { calls, aborted, asked } = stuck();
    for await (const _ of paginate(calls, '/x')) break;
    expect(asked).toHaveLength(2);
    expect(aborted).toHaveLength(1);
  });

  test('by an error of the consumer does, too', async () => {
    const { calls, aborted } = stuck();
    const failing = async () => {
      for await (const _ of paginate(calls, '/x')) throw new Error('full');
    };
    await expect(failing()).rejects.toThrow('full');
    expect(aborted).toHaveLength(1);
  });

  test('by its own signal throws the reason of the signal', async () => {
    const { calls } = stuck();
    const controller = new AbortController();
    const reason = new Error('the user left');
    const given: unknown[] = [];
    const reading = (async () => {
      for await (const item of paginate(calls, '/x', { signal: controller.signal })) {
        given.push(item);
        if (given.length === 2) setImmediate(() => controller.abort(reason));
      }
    })();
    await expect(reading).rejects.toBe(reason);
    expect(given).toHaveLength(2);
  });

  test('by its own signal gives no more of the page that is there', async () => {
    const { calls } = stuck();
    const controller = new AbortController();
    const items = paginate(calls, '/x', { signal: controller.signal });
    await items.next();
    controller.abort();
    await expect(items.next()).rejects.toThrow(/abort/i);
  });

  test('early leaves no rejection that nobody handles', async () => {
    const unhandled: unknown[] = [];
    const listener = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', listener);
    const { calls } = resource((_, index) => {
      if (index === 0) return { startAt: 0, total: 100, values: things(0, 2) };
      throw new Error('page 2 failed');
    });
    for await (const { id } of paginate<{ id: number }>(calls, '/x')) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (id === 1) break;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.off('unhandledRejection', listener);
    expect(unhandled).toEqual([]);
  });
});

test('the error of a page comes after the items of the page before', async () => {
  const failure = new Error('page 2 failed');
  const { calls } = resource((_, index) => {
    if (index === 0) return { startAt: 0, total: 100, values: things(0, 2) };
    throw failure;
  });
  const given: unknown[] = [];
  const reading = (async () => {
    for await (const { id } of paginate<{ id: number }>(calls, '/x')) given.push(id);
  })();
  await expect(reading).rejects.toBe(failure);
  expect(given).toEqual([0, 1]);
});

describe('an answer that makes no sense', () => {
  async function failureOf(answer: (asked: Asked, index: number) => unknown, options = {}) {
    const { calls, asked } = resource(answer);
    const error = await idsOf(calls, options).catch((caught: unknown) => caught);
    if (!isJiraApiError(error)) return expect.fail(`it did not fail, but gave ${error}`);
    return { error, asked };
  }

  test('is named with its keys where it has no list', async () => {
    const { error } = await failureOf(() => ({ total: 1, result: { items: [] } }));
    expect(error).toMatchObject({
      code: 'JIRA_ANSWER_INVALID',
      path: '/rest/api/3/thing',
      message: expect.stringMatching(/no list of items: it has total, result/),
    });
    const named = await failureOf(() => ({ values: [] }), { items: 'issues' });
    expect(named.error.message).toMatch(/no list of issues: it has values/);
  });

  test.each([undefined, null, 'text', 7, { a: [], b: [] }])('is refused: %j', async (answer) => {
    const { error } = await failureOf(() => answer);
    expect(error.code).toBe('JIRA_ANSWER_INVALID');
  });

  test.each([
    ['the same token again', () => ({ issues: [], nextPageToken: 'a' })],
    [
      'tokens in a circle',
      (_: Asked, index: number) => ({
        issues: things(index, index + 1),
        nextPageToken: `${index % 7}`,
      }),
    ],
    [
      'the first page whatever startAt is',
      () => ({ startAt: 0, isLast: false, values: things(0, 5) }),
    ],
    [
      'the same page of what has no id',
      (call: Asked) => ({ startAt: startAtOf(call), values: [{ name: 'a' }, { name: 'b' }] }),
    ],
    [
      'empty pages, none of them the last',
      (call: Asked) => ({ startAt: startAtOf(call), maxResults: 5, isLast: false, values: [] }),
    ],
    [
      'totals that jump',
      (call: Asked, index: number) => ({
        startAt: startAtOf(call),
        total: index % 2 === 0 ? 90 : 40,
        values: things(startAtOf(call), startAtOf(call) + 10),
      }),
    ],
    ['no last page, and no way to the next', () => ({ isLast: false, issues: things(0, 5) })],
  ])('does not go on for ever: %s', async (_, answer) => {
    const { error, asked } = await failureOf(answer);
    expect(error.code).toBe('JIRA_ANSWER_INVALID');
    expect(error.message).toContain('/rest/api/3/thing');
    expect(asked.length).toBeLessThan(80);
  });

  test.each([
    ['0', 0],
    ['too small', 7],
    ['missing', undefined],
    ['far too large', 31],
  ])('as a total that is %s loses nothing', async (_, total) => {
    const { calls } = resource((call) => {
      const startAt = startAtOf(call);
      return { startAt, maxResults: 5, total, values: things(startAt, Math.min(startAt + 5, 20)) };
    });
    expect(await idsOf(calls)).toEqual(numbers(0, 20));
  });

  test('as an empty page in the middle hides nothing behind it', async () => {
    const { calls } = resource((call) => {
      const startAt = startAtOf(call);
      const values = startAt === 5 ? [] : things(startAt, startAt + 5);
      return { startAt, maxResults: 5, total: 20, values };
    });
    expect(await idsOf(calls)).toEqual([...numbers(0, 5), ...numbers(10, 20)]);
  });
});

describe('a list that changes meanwhile', () => {
  test('hides nothing where the consumer deletes what it got', async () => {
    let list = things(0, 130);
    const { calls } = resource((call) => {
      const startAt = startAtOf(call);
      return {
        startAt,
        maxResults: 50,
        total: list.length,
        values: list.slice(startAt, startAt + 50),
      };
    });
    const given: number[] = [];
    for await (const { id } of paginate<{ id: number }>(calls, '/x')) {
      given.push(id);
      list = list.filter((thing) => thing.id !== id);
    }
    expect(given.toSorted((a, b) => a - b)).toEqual(numbers(0, 130));
    expect(list).toEqual([]);
  });

  test('gives nothing twice where others are added in front', async () => {
    let list = things(0, 20);
    const { calls } = resource((call, index) => {
      if (index > 0) list = [{ id: 1000 + index }, { id: 2000 + index }, ...list];
      const startAt = startAtOf(call);
      return {
        startAt,
        maxResults: 5,
        total: list.length,
        values: list.slice(startAt, startAt + 5),
      };
    });
    expect(await idsOf(calls)).toEqual(numbers(0, 20));
  });

  test('gives all that stays, once, whatever is deleted or added, and however pages shrink', async () => {
    const change = fc.record({
      /** Before which page. */
      page: fc.nat({ max: 12 }),
      kind: fc.constantFrom('delete', 'add'),
      positions: fc.array(fc.nat({ max: 60 }), { minLength: 1, maxLength: 20 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          length: fc.nat({ max: 60 }),
          changes: fc.uniqueArray(change, { selector: ({ page }) => page, maxLength: 6 }),
          sizes: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 5 }),
          pageSize: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
          withLast: fc.boolean(),
          /** What a page says it could have held. */
          said: fc.option(fc.constant(50), { nil: undefined }),
        }),
        async ({ length, changes, sizes, pageSize, withLast, said }) => {
          let list = things(0, length);
          let added = 1000;
          const gone = new Set<number>();
          const { calls, asked } = resource((call, index) => {
            const now = changes.find(({ page }) => page === index);
            for (const position of now?.positions ?? []) {
              if (now?.kind === 'add') {
                const at = position % (list.length + 1);
                added += 1;
                list = [...list.slice(0, at), { id: added }, ...list.slice(at)];
              } else if (list.length > 0) {
                for (const { id } of list.splice(position % list.length, 1)) gone.add(id);
              }
            }
            const startAt = startAtOf(call);
            const maxResults = Math.min(
              Number(call.parameters.maxResults ?? 50),
              sizes[index % sizes.length] as number,
            );
            const values = list.slice(startAt, startAt + maxResults);
            const isLast = startAt + values.length >= list.length;
            return {
              startAt,
              maxResults: said ?? maxResults,
              total: list.length,
              values,
              ...(withLast ? { isLast } : {}),
            };
          });
          const found = (await idsOf(
            calls,
            pageSize === undefined ? {} : { pageSize },
          )) as number[];
          expect(new Set(found).size).toBe(found.length);
          const stayed = numbers(0, length).filter((id) => !gone.has(id));
          expect(stayed.filter((id) => !found.includes(id))).toEqual([]);
          expect(asked.length).toBeLessThan(400);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('with tokens gives every item of every page, once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.nat({ max: 40 }), { maxLength: 8 }), { minLength: 1, maxLength: 12 }),
        async (pages) => {
          const { calls, asked } = resource(({ parameters }) => {
            const page = Number(parameters.nextPageToken ?? 0);
            const next = page + 1 < pages.length ? { nextPageToken: String(page + 1) } : {};
            return { issues: (pages[page] ?? []).map((id) => ({ id })), ...next };
          });
          const found = (await idsOf(calls)) as number[];
          expect(new Set(found)).toEqual(new Set(pages.flat()));
          expect(asked).toHaveLength(pages.length);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('over HTTP', () => {
  let origin: string;
  const targets: string[] = [];
  let aborted = 0;
  const server = createServer((request, response) => {
    targets.push(request.url ?? '');
    const startAt = Number(new URL(request.url ?? '', origin).searchParams.get('startAt') ?? 0);
    if (startAt === 8) {
      // It never comes.
      request.on('close', () => {
        aborted += 1;
      });
      return;
    }
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ startAt, total: 12, values: things(startAt, startAt + 4) }));
  });
  beforeAll(async () => {
    origin = await listen(server);
  });
  afterAll(() => close(server));

  test('each page is signed for its own URL, and the connection ends with the loop', async () => {
    const jira = createJiraClient({
      credentials: { siteUrl: origin, appKey: 'panel-app', sharedSecret: 'secret-1' },
    });
    const given: number[] = [];
    for await (const { id } of paginate<{ id: number }>(jira, '/rest/api/3/thing', {
      query: { expand: 'x' },
      pageSize: 4,
    })) {
      given.push(id);
      if (id !== 6) continue;
      await expect.poll(() => targets.length).toBe(3);
      break;
    }
    expect(given).toEqual(numbers(0, 7));
    expect(targets).toEqual([
      '/rest/api/3/thing?expand=x&maxResults=4',
      '/rest/api/3/thing?expand=x&maxResults=4&startAt=4',
      '/rest/api/3/thing?expand=x&maxResults=4&startAt=8',
    ]);
    await expect.poll(() => aborted).toBe(1);
  });
});

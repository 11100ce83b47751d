/** A process that calls a site as its standard input says, a line for each order, and prints what came of it. */
import { createInterface } from 'node:readline';

/** One call, until its JSON is read. */
export type Call = () => Promise<unknown>;

export interface Order {
  call: string;
  /** How many at once. */
  concurrency: number;
  /** How long, in milliseconds; or how many calls. */
  ms?: number;
  calls?: number;
}

export interface Result {
  perSecond: number;
  /** After a garbage collection, where the process can ask for one. */
  heapUsed: number;
}

/** Where the site is. */
export const siteUrl: string = process.env.SITE_URL ?? '';
/** What is called. */
export const path = '/rest/api/3/issue/XX-21';

/** Does what it is told until nobody tells it any more. */
export async function serve(calls: Record<string, Call>): Promise<void> {
  console.log('ready');
  for await (const line of createInterface({ input: process.stdin })) {
    const order = JSON.parse(line) as Order;
    const call = calls[order.call];
    if (!call) throw new Error(`There is no call ${order.call}.`);
    console.log(JSON.stringify(await run(call, order)));
  }
}

async function run(call: Call, { concurrency, ms, calls }: Order): Promise<Result> {
  let done = 0;
  let begun = 0;
  const startedAt = performance.now();
  const endsAt = startedAt + (ms ?? Number.POSITIVE_INFINITY);
  const limit = calls ?? Number.POSITIVE_INFINITY;
  const work = async (): Promise<void> => {
    while (begun < limit && performance.now() < endsAt) {
      begun += 1;
      const issue = (await call()) as { key?: string };
      if (issue.key !== 'XX-21') throw new Error('The answer is not the one of the site.');
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  const perSecond = (1000 * done) / (performance.now() - startedAt);
  globalThis.gc?.();
  return { perSecond, heapUsed: process.memoryUsage().heapUsed };
}

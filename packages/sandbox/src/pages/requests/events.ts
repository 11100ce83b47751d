import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { RequestRecord } from '../../site/request-log.ts';
import type { Site } from '../../site/site.ts';
import { passesFilter, readFilter } from './filter.ts';
import { requestRow } from './table.ts';

/** New rows of the log as server-sent events, beginning after the one that the page has last. */
export function requestEvents(site: Site, c: Context): Response {
  const filter = readFilter(c.req.query());
  // A browser that connects again says where it was.
  const last = Number(c.req.header('last-event-id') ?? c.req.query('after') ?? 0);
  return streamSSE(c, async (stream) => {
    const send = (record: RequestRecord): void => {
      if (!passesFilter(record, filter)) return;
      void stream.writeSSE({ id: String(record.id), data: requestRow(record).text });
    };
    const ended = new Promise<void>((resolve) => {
      stream.onAbort(resolve);
      site.closing.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await stream.write('retry: 1000\n\n');
    if (site.closing.signal.aborted) return;
    for (const record of site.requestLog.list(Number.isSafeInteger(last) ? last : 0)) send(record);
    site.events.on('request', send);
    site.events.on('callback', send);
    await ended;
    site.events.off('request', send);
    site.events.off('callback', send);
  });
}

import { queueOnPostgres } from '../../src/webhooks/pg-boss/queue.ts';
import type { RunDelivery, WebhookQueue } from '../../src/webhooks/queue.ts';

/** As soon as pg-boss allows for noticing that a process is gone. */
export const QUICK = { heartbeatSeconds: 10, superviseSeconds: 1 };

/** A queue of a test, set up. */
export function queueOn(
  url: string,
  name: string,
  times: typeof QUICK,
  run: RunDelivery = async () => ({ kind: 'done' }),
  warn: (details: object, message: string) => void = () => undefined,
): WebhookQueue {
  const schema = 'countersign_queue';
  const queue = queueOnPostgres({
    source: url,
    schema,
    name,
    poolSize: 4,
    migrate: true,
    ...times,
  });
  queue.setup({
    limits: { concurrency: 5, concurrencyPerInstallation: 5, dedupeSeconds: 3600 },
    run,
    warn,
  });
  return queue;
}

import { deadLetterCases } from './queue/dead-letters.ts';
import { deduplicationCases } from './queue/deduplication.ts';
import { handOverCases } from './queue/hand-over.ts';
import { orderCases } from './queue/order.ts';
import { checkOf, type QueueUnderTest } from './queue/process.ts';
import { shareCases } from './queue/shares.ts';
import { stopCases, vanishCases } from './queue/stop.ts';
import type { ConformanceCase } from './store-conformance.ts';

export type { QueueFixture, QueueUnderTest } from './queue/process.ts';

/**
 * The suite that Countersign's own queues of webhooks are run through: what was added is durable, known again and handed
 * over until it is done, in the order asked for, and no installation takes the place of another one.
 *
 * @example for (const { name, run } of queueConformance({ open: openMyQueue })) test(name, run);
 */
export function queueConformance(suite: QueueUnderTest): readonly ConformanceCase[] {
  const check = checkOf(suite);
  return [
    ...handOverCases(check),
    ...deduplicationCases(check),
    ...deadLetterCases(check),
    ...orderCases(check),
    ...shareCases(check),
    ...stopCases(check),
    ...(suite.abandons === false ? [] : vanishCases(check)),
  ];
}

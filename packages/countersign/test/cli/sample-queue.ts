import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WebhookDelivery } from '../../src/webhooks/delivery.ts';
import type { DeadLetter, RunDelivery, WebhookQueue } from '../../src/webhooks/queue.ts';

/** The id of the delivery with this number. */
export const idOf = (number: number): string =>
  `d1e0${String(number).padStart(4, '0')}-5b1c-4f0e-8a67-2f4c9b7d1e35`;

export function sampleDelivery(
  number: number,
  changes: Partial<WebhookDelivery> = {},
): WebhookDelivery {
  return {
    id: idOf(number),
    appKey: 'panel-app',
    clientKey: 'one',
    event: 'jira:issue_updated',
    identifier: `webhook-${number}`,
    payload: {
      timestamp: Date.UTC(2026, 10, 24, 6),
      webhookEvent: 'jira:issue_updated',
      issue: { id: `${10_000 + number}`, key: `XX-${number}` },
    },
    url: '/webhooks/issue',
    receivedAt: Date.UTC(2026, 10, 24, 6),
    retry: 0,
    flow: 'Primary',
    trace: undefined,
    orderKey: undefined,
    requestId: `request-${number}`,
    ...changes,
  };
}

/** A queue as an app has it, which handles one after another. */
export function appQueue(queue: WebhookQueue, run: RunDelivery): WebhookQueue {
  const limits = { concurrency: 1, concurrencyPerInstallation: 1, dedupeSeconds: 3600 };
  queue.setup({ limits, run, warn: () => undefined });
  return queue;
}

/** Puts deliveries into a queue and lets them die there, in this order. */
export async function letDie(
  queue: WebhookQueue,
  deliveries: readonly WebhookDelivery[],
  reason: string,
): Promise<void> {
  appQueue(queue, async () => ({ kind: 'dead', reason }));
  try {
    queue.start();
    for (const [index, delivery] of deliveries.entries()) {
      await queue.add(delivery);
      while ((await queue.counts()).dead <= index) await sleep(5);
    }
  } finally {
    await queue.close();
  }
}

/**
 * A module as a user may write one: a queue that keeps its dead letters in a file.
 *
 * @param changes JavaScript: methods that it has instead.
 * @returns The path of the module.
 */
export function queueModule(
  folder: string,
  letters: readonly DeadLetter[],
  { name = 'queue', changes = '' }: { name?: string; changes?: string } = {},
): string {
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(letters));
  const module = join(folder, `${name}.mjs`);
  writeFileSync(
    module,
    `import { readFileSync, writeFileSync } from 'node:fs';
const file = new URL('./${name}.json', import.meta.url);
const all = () => JSON.parse(readFileSync(file, 'utf8'));
const take = (id) => {
  const letters = all();
  const left = letters.filter(({ delivery }) => delivery.id !== id);
  writeFileSync(file, JSON.stringify(left));
  return left.length < letters.length;
};
export default {
  name: 'a file',
  setup() {},
  async open() {},
  async close() {},
  async counts() {
    return { waiting: 12, active: 3, retrying: 2, dead: all().length };
  },
  async deadLetters({ clientKey, after, limit = 100 } = {}) {
    const letters = all().filter(({ delivery }) => (clientKey ?? delivery.clientKey) === delivery.clientKey);
    const start = letters.findIndex(({ delivery }) => delivery.id === after) + 1;
    return letters.slice(start, start + limit);
  },
  retryDeadLetter: async (id) => take(id),
  dropDeadLetter: async (id) => take(id),
  ${changes}
};
`,
  );
  return module;
}

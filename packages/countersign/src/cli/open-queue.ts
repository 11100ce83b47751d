import { isCountersignError, isQueueError, QueueError } from '../errors.ts';
import type { DeadLetter, DeadLetterQuery, QueueCounts, WebhookQueue } from '../webhooks/queue.ts';
import type { Arguments } from './arguments.ts';
import type { CommandOption } from './command.ts';
import { badUsage, cannotDo, reasonOf } from './failures.ts';
import { loadDefault } from './load-default.ts';
import { type QueueAddress, readQueueAddress, shownQueue } from './queue-address.ts';
import { withoutPassword } from './store-address.ts';
import type { Terminal } from './terminal.ts';

/** Which queue: the options of every command that looks into one. */
export const QUEUE_OPTIONS: Readonly<
  Record<'queue' | 'name' | 'schema' | 'prefix', CommandOption>
> = {
  queue: {
    value: 'QUEUE',
    text: 'The queue of the app: a URL (postgres://, redis://, rediss://), or module:FILE, an ES module whose default export is a WebhookQueue or a function that returns one. Default: the environment variable COUNTERSIGN_QUEUE. Put a URL with a password there: other users of the machine see the command line.',
  },
  name: { value: 'NAME', text: 'Its name, where the app gives it one. Default: webhooks.' },
  schema: {
    value: 'SCHEMA',
    text: 'On PostgreSQL: its schema, where the app names one. Default: countersign_queue.',
  },
  prefix: {
    value: 'PREFIX',
    text: 'On Redis: its prefix, where the app names one. Default: countersign.',
  },
};

/** A queue that is only looked after: nothing is handed over. */
export interface OpenQueue {
  counts(): Promise<QueueCounts>;
  deadLetters(query: DeadLetterQuery): Promise<DeadLetter[]>;
  retry(id: string): Promise<boolean>;
  drop(id: string): Promise<boolean>;
}

/**
 * Opens the queue that was named by --queue or COUNTERSIGN_QUEUE, for as long as something is done with it. It makes
 * nothing where no queue is, and takes no delivery from the app.
 *
 * @throws CommandFailure when no queue was named; ConfigError; QueueError, whose message names the queue and no password.
 */
export async function withQueue<T>(
  given: Arguments,
  { env }: Terminal,
  use: (queue: OpenQueue) => Promise<T>,
): Promise<T> {
  const text = given.text('queue') ?? (env.COUNTERSIGN_QUEUE || undefined);
  if (text === undefined) {
    throw badUsage(
      'Name the queue: --queue postgres://…, redis://… or module:FILE.',
      'Or set the environment variable COUNTERSIGN_QUEUE.',
    );
  }
  const address = readQueueAddress(text);
  const queue = await makeQueue(address, given);
  const name = shownQueue(address);
  const calling = async <R>(call: () => Promise<R>, isOpening = false): Promise<R> => {
    try {
      return await call();
    } catch (error) {
      throw failureOf(error, name, isOpening ? text : undefined);
    }
  };
  try {
    await calling(async () => {
      queue.setup({
        // Nothing is handed over here. One place of an installation at most is filled, and the app fills the others.
        limits: { concurrency: 1, concurrencyPerInstallation: 1, dedupeSeconds: 7200 },
        run: async () => ({
          kind: 'retry',
          delayMs: 0,
          reason: 'The command line handles nothing.',
        }),
        warn: () => undefined,
        mustExist: true,
      });
      await queue.open();
    }, true);
    return await use({
      counts: () => calling(() => queue.counts()),
      deadLetters: (query) => calling(() => queue.deadLetters(query)),
      retry: (id) => calling(() => queue.retryDeadLetter(id)),
      drop: (id) => calling(() => queue.dropDeadLetter(id)),
    });
  } finally {
    await queue.close().catch(() => undefined);
  }
}

async function makeQueue(address: QueueAddress, given: Arguments): Promise<WebhookQueue> {
  const { kind } = address;
  const [name, schema, prefix] = ['name', 'schema', 'prefix'].map((option) => given.text(option));
  if (schema !== undefined && kind !== 'postgres') throw badUsage('--schema is of PostgreSQL.');
  if (prefix !== undefined && kind !== 'redis') throw badUsage('--prefix is of Redis.');
  if (kind === 'module') {
    if (name === undefined) return loadQueue(address.file);
    throw badUsage('--name is of PostgreSQL and Redis.', 'A module gives its queue a name itself.');
  }
  const named = name === undefined ? {} : { name };
  if (kind === 'postgres') {
    const { pgBossQueue } = await import('../webhooks/pg-boss/index.ts');
    return pgBossQueue(address.url, { ...named, ...(schema === undefined ? {} : { schema }) });
  }
  const { bullMqQueue } = await import('../webhooks/bullmq/index.ts');
  return bullMqQueue(address.url, { ...named, ...(prefix === undefined ? {} : { prefix }) });
}

const METHODS = [
  ...(['setup', 'open', 'close', 'counts'] as const),
  ...(['deadLetters', 'retryDeadLetter', 'dropDeadLetter'] as const),
];

async function loadQueue(file: string): Promise<WebhookQueue> {
  const queue = (await loadDefault(file)) as Partial<WebhookQueue> | null | undefined;
  if (METHODS.every((method) => typeof queue?.[method] === 'function'))
    return queue as WebhookQueue;
  throw cannotDo(
    `The module '${file}' exports no queue.`,
    'Its default export must be a WebhookQueue, such as pgBossQueue(pool), or a function that returns one.',
  );
}

/**
 * @param text The queue as it was given, while it is opened: what a driver says then is worth knowing. Later its message
 * may hold a payload.
 */
function failureOf(error: unknown, name: string, text: string | undefined): unknown {
  const cause = isCountersignError(error) ? error.cause : error;
  // It says all itself: that there is no such queue, or that a package is not installed.
  if (isCountersignError(error) && (!isQueueError(error) || cause === undefined)) return error;
  const message = text !== undefined && cause instanceof Error ? cause.message : '';
  const [line = ''] = withoutPassword(message, text ?? '').split('\n');
  const reason = line === '' ? reasonOf(cause) : line.slice(0, 200).replace(/\.$/, '');
  const action = text === undefined ? 'failed' : 'cannot be opened';
  return new QueueError('QUEUE_UNAVAILABLE', `The queue '${name}' ${action}: ${reason}.`, {
    hint: reason.includes('requires migrations')
      ? 'The app has another version of pg-boss: run the countersign that is installed with the app.'
      : 'Check that its server runs, and that this machine reaches it.',
  });
}

import { ConfigError, refuseUnknownOptions } from '../errors.ts';
import type { QueueLimits, WebhookQueue } from './queue.ts';

/** The option `webhooks` of createApp. */
export interface WebhooksOptions {
  /**
   * Where webhooks wait for their handlers: `pgBossQueue` of `countersign/pg-boss` or `bullMqQueue` of
   * `countersign/bullmq`. Default: nowhere. Jira is then answered after the handler, and sends again what failed.
   */
  queue?: WebhookQueue | undefined;
  /** How many deliveries this process handles at once. Default: 20. Only with a queue. */
  concurrency?: number;
  /** Of these, how many may be of one installation. Default: 5. Only with a queue. */
  concurrencyPerInstallation?: number;
  /** False in a process that only takes in: others work off the queue. Default: true. */
  work?: boolean;
  /** How often a delivery is tried before it is a dead letter. Default: 8. Only with a queue. */
  maxTries?: number;
  /** The pause after the first try, in milliseconds; it doubles from try to try. Default: 5000. */
  baseDelayMs?: number;
  /** The longest pause, in milliseconds. Default: 600000 (10 minutes). */
  maxDelayMs?: number;
  /**
   * For how long a webhook is known by its `X-Atlassian-Webhook-Identifier` after it was handled, in seconds. Default:
   * 7200. Jira sends again for about half an hour.
   */
  dedupeSeconds?: number;
  /** The largest body of a webhook that is read, in bytes. Default: 5242880 (5 MiB). */
  maxBodyBytes?: number;
  /**
   * What Jira is answered once a queue has the webhook: 202, 200 or 204. Default: 202. The programme Cloud Fortified
   * counts 200 and 204 alone as delivered.
   */
  acceptedStatus?: 200 | 202 | 204;
}

/** The options with their defaults. */
export interface WebhooksSettings {
  readonly queue: WebhookQueue | undefined;
  readonly limits: QueueLimits;
  readonly work: boolean;
  readonly maxTries: number;
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  readonly maxBodyBytes: number;
  readonly acceptedStatus: number;
}

const OPTIONS: ReadonlySet<string> = new Set([
  ...['queue', 'concurrency', 'concurrencyPerInstallation', 'work', 'maxTries', 'baseDelayMs'],
  ...['maxDelayMs', 'dedupeSeconds', 'maxBodyBytes', 'acceptedStatus'],
]);
const QUEUE_METHODS = [
  'setup',
  'open',
  'add',
  'start',
  'stop',
  'close',
  'check',
  'counts',
] as const;
const ACCEPTED: readonly number[] = [200, 202, 204];

/** @throws ConfigError CONFIG_OPTION_UNKNOWN, CONFIG_OPTION_INVALID. */
export function readWebhooksOptions(options: WebhooksOptions = {}): WebhooksSettings {
  if (typeof options !== 'object' || options === null) {
    throw new ConfigError('CONFIG_OPTION_INVALID', 'webhooks must be an object of options.');
  }
  refuseUnknownOptions('webhooks', options, OPTIONS);
  const { queue, work = true, acceptedStatus = 202 } = options;
  if (queue !== undefined && !QUEUE_METHODS.every((name) => typeof queue?.[name] === 'function')) {
    throw new ConfigError('CONFIG_OPTION_INVALID', 'webhooks.queue is no WebhookQueue.', {
      hint: 'Give pgBossQueue(url) of countersign/pg-boss, bullMqQueue(url) of countersign/bullmq, or leave it out.',
    });
  }
  if (typeof work !== 'boolean') {
    throw new ConfigError('CONFIG_OPTION_INVALID', 'webhooks.work must be true or false.');
  }
  if (!ACCEPTED.includes(acceptedStatus)) {
    throw new ConfigError(
      'CONFIG_OPTION_INVALID',
      'webhooks.acceptedStatus must be 200, 202 or 204.',
    );
  }
  const concurrency = whole('concurrency', options.concurrency ?? 20, 1, 1000);
  const perInstallation = options.concurrencyPerInstallation ?? Math.min(5, concurrency);
  const baseDelayMs = whole('baseDelayMs', options.baseDelayMs ?? 5000, 1, 86_400_000);
  return {
    queue,
    limits: {
      concurrency,
      concurrencyPerInstallation: whole(
        'concurrencyPerInstallation',
        perInstallation,
        1,
        concurrency,
      ),
      dedupeSeconds: whole('dedupeSeconds', options.dedupeSeconds ?? 7200, 60, 604_800),
    },
    work,
    maxTries: whole('maxTries', options.maxTries ?? 8, 1, 100),
    baseDelayMs,
    maxDelayMs: whole(
      'maxDelayMs',
      options.maxDelayMs ?? Math.max(600_000, baseDelayMs),
      baseDelayMs,
      86_400_000,
    ),
    maxBodyBytes: whole('maxBodyBytes', options.maxBodyBytes ?? 5_242_880, 1, 2 ** 28),
    acceptedStatus,
  };
}

function whole(name: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new ConfigError(
    'CONFIG_OPTION_INVALID',
    `webhooks.${name} must be a whole number between ${min} and ${max}.`,
  );
}

import type { Cluster, Redis } from 'ioredis';
import { refuseUnknownOptions } from '../../errors.ts';
import type { WebhookQueue } from '../queue.ts';
import { redisQueue } from './redis-queue.ts';
import { readKeyPart, readSource } from './source.ts';
import { TIMINGS } from './timings.ts';

/** Options of {@link bullMqQueue}. */
export interface BullMqQueueOptions {
  /**
   * What every key begins with, in braces, so that a Redis Cluster keeps all of a queue on one node: lower-case letters,
   * digits, `-`, `_`, and `.` between them. Default: `countersign`.
   */
  prefix?: string;
  /** The name of the queue, of the same characters. Apps that share a prefix need one each. Default: `webhooks`. */
  name?: string;
}

const OPTIONS: ReadonlySet<string> = new Set(['prefix', 'name']);

/**
 * Keeps webhooks in Redis or Valkey, and hands them over by BullMQ (https://docs.bullmq.io). The packages `bullmq` and
 * `ioredis` are installed beside this one. Redis 6.2 or newer, also as a cluster.
 *
 * **What an acknowledged webhook is worth** is what Redis makes of a write. With `appendonly yes` and
 * `appendfsync always` it is on disk before Jira is answered. With `appendfsync everysec`, the default of Redis, a power
 * cut loses the last second or two; without `appendonly`, everything since the last snapshot; and a replica that takes
 * over lacks what had not reached it. `maxmemory-policy` must be `noeviction`, or a full Redis throws deliveries away.
 * Where these settings can be read, `open` warns of them
 * (https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/).
 *
 * **Fairness**: of one installation at most `concurrencyPerInstallation` deliveries for each process are in BullMQ's
 * list at a time, and the others wait in a list of their own. A delivery of a quiet installation is behind at most so
 * many of each busy one, however long their lists are. Deliveries with an `orderKey` take part one at a time. A process
 * that gets one of an installation of which it handles enough passes it on, within half a second.
 *
 * **A process that dies** is noticed after 20 seconds at most, and what it held is handed over again. So a handler must
 * not block the event loop for 7 seconds.
 *
 * Deliveries are in hashes and lists of Countersign's own (`{countersign}:webhooks.…`), BullMQ has the ids of those
 * that may be handled now. A call fails after 5 seconds without an answer, and what it asked for may still have happened.
 *
 * @param source `redis://user:password@host:6379/0`, `rediss://…` for TLS, or a client of ioredis, of which further
 * connections are made; it stays the caller's to end.
 * @throws ConfigError CONFIG_OPTION_INVALID, CONFIG_OPTION_UNKNOWN; when first used, ConfigError CONFIG_PACKAGE_MISSING.
 */
export function bullMqQueue(
  source: string | Redis | Cluster,
  options: BullMqQueueOptions = {},
): WebhookQueue {
  refuseUnknownOptions('bullMqQueue', options, OPTIONS);
  const prefix = readKeyPart('prefix', options.prefix ?? 'countersign');
  const name = readKeyPart('name', options.name ?? 'webhooks');
  return redisQueue(readSource(source), { prefix, name }, TIMINGS);
}

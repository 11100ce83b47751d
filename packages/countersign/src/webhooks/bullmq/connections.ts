import type { Cluster, Redis, RedisOptions } from 'ioredis';
import {
  connectionOptions,
  type RedisConnection,
  redisConnection,
} from '../../installations/key-value/redis-connection.ts';
import { optionalPackage } from '../../installations/optional-package.ts';
import type { Source } from './source.ts';

/** The connections of one queue. */
export interface Connections {
  /** For calls that somebody waits for: they fail in time. */
  readonly commands: RedisConnection;
  /** A connection for BullMQ's worker, which waits for its server for ever. Who asks for it ends it. */
  forWorker(): Redis | Cluster;
  /** Lets go of what was opened here. */
  close(): void;
}

/** After a fail-over the old server may still be there, and take no writes. */
const reconnectOnError = (error: Error): boolean => error.message.startsWith('READONLY');

const WORKER_OPTIONS: RedisOptions = {
  // BullMQ demands it of the connection that it blocks on.
  maxRetriesPerRequest: null,
  enableOfflineQueue: true,
  lazyConnect: false,
  retryStrategy: (attempt) => Math.min(attempt * 100, 1000),
  reconnectOnError,
};

/**
 * Makes them; each connects when it is used.
 *
 * @throws ConfigError CONFIG_PACKAGE_MISSING.
 */
export async function openConnections(source: Source, timeoutMs: number): Promise<Connections> {
  if (source.kind === 'client') {
    const { client } = source;
    return {
      commands: redisConnection(client, timeoutMs, false),
      forWorker: () => copyOf(client),
      // It belongs to the caller.
      close: () => undefined,
    };
  }
  const { Redis } = await optionalPackage('ioredis', () => import('ioredis'), 'bullmq ioredis');
  const options = { ...connectionOptions(timeoutMs), reconnectOnError };
  const client = new Redis(source.url, options);
  return {
    commands: redisConnection(client, timeoutMs, true),
    forWorker: () => new Redis(source.url, { connectTimeout: timeoutMs, ...WORKER_OPTIONS }),
    close: () => client.disconnect(),
  };
}

function copyOf(client: Redis | Cluster): Redis | Cluster {
  if (!client.isCluster) return (client as Redis).duplicate(WORKER_OPTIONS);
  const { maxRetriesPerRequest } = WORKER_OPTIONS;
  const redisOptions = { ...(client as Cluster).options.redisOptions, maxRetriesPerRequest };
  return (client as Cluster).duplicate([], {
    redisOptions: redisOptions as NonNullable<Cluster['options']['redisOptions']>,
    enableOfflineQueue: true,
    lazyConnect: false,
  });
}

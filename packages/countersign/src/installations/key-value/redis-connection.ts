import type { Cluster, Redis, RedisOptions } from 'ioredis';
import { within } from './within.ts';

/**
 * For a connection of our own. A call waits for a connection that is being made, and for no other attempt; one that
 * has failed is never sent later: the caller was told, and has done something else.
 */
export function connectionOptions(timeoutMs: number): RedisOptions {
  return {
    lazyConnect: true,
    connectTimeout: timeoutMs,
    // One that hangs does not say goodbye either.
    disconnectTimeout: 100,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    // Found again within a second of its return.
    retryStrategy: (attempt) => Math.min(attempt * 100, 1000),
  };
}

/** Commands to one client of ioredis, each of which waits for the connection first. */
export interface RedisConnection {
  readonly client: Redis | Cluster;
  /** Rejects when the connection cannot be made, or when it takes too long. */
  run<T>(command: (client: Redis | Cluster) => Promise<T>): Promise<T>;
}

/**
 * @param reconnectsWhenHung Ends a connection that does not answer, so that the next call gets a new one: not for a
 * client that others use.
 */
export function redisConnection(
  client: Redis | Cluster,
  timeoutMs: number,
  reconnectsWhenHung: boolean,
): RedisConnection {
  let lastError: Error | undefined;
  let waiting: Promise<void> | undefined;

  // Without a listener ioredis writes each failed attempt to the console.
  client.on('error', (error: Error) => {
    lastError = error;
  });
  client.on('ready', () => {
    lastError = undefined;
  });

  const ready = (): Promise<void> => {
    if (client.status === 'ready') return Promise.resolve();
    // One wait for all who wait: an emitter with many listeners is taken for a leak.
    waiting ??= untilReady(client, () => lastError).finally(() => {
      waiting = undefined;
    });
    return waiting;
  };

  return {
    client,
    async run(command) {
      const timeout = new AbortController();
      const running = ready().then(() => {
        // The caller was told that it failed.
        timeout.signal.throwIfAborted();
        return command(client);
      });
      // Nobody waits for a command that is late, and then it may fail.
      running.catch(() => undefined);
      try {
        return await within(timeoutMs, running, timeout);
      } catch (error) {
        if (timeout.signal.aborted && reconnectsWhenHung) client.disconnect(true);
        throw error;
      }
    },
  };
}

function untilReady(client: Redis | Cluster, lastError: () => Error | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (isReady: boolean) => {
      client.off('ready', onReady);
      client.off('close', onClose);
      client.off('end', onClose);
      if (isReady) resolve();
      else reject(lastError() ?? new Error('The connection to Redis is closed.'));
    };
    const onReady = () => settle(true);
    const onClose = () => settle(false);
    if (client.status === 'end') return onClose();
    client.on('ready', onReady);
    client.on('close', onClose);
    client.on('end', onClose);
    // What it rejects with says less than the error event.
    if (client.status === 'wait') client.connect().catch(() => undefined);
  });
}

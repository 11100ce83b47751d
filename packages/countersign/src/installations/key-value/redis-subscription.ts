import type { Cluster, Redis, RedisOptions } from 'ioredis';
import { within } from './within.ts';

const RETRY_MS = 500;
/** How often at least it is asked whether the connection is alive: one that was cut in silence says nothing. */
const HEARTBEAT_MS = 5000;

/**
 * Listens to one channel on a connection of its own, for as long as it takes. Every connection is a new one, and a
 * subscription that was confirmed on it is where nothing is missed any more.
 *
 * @param connect The client to copy the connection of; it may reject.
 * @param onMessage Called with each message, and with undefined where messages may have been missed.
 * @returns a function that ends it.
 */
export function redisSubscription(
  connect: () => Promise<Redis | Cluster>,
  channel: string,
  timeoutMs: number,
  onMessage: (message: string | undefined) => void,
): () => void {
  const ending = new AbortController();
  const { signal } = ending;

  const listen = async (): Promise<void> => {
    const subscriber = subscriberOf(await connect(), timeoutMs);
    const end = () => {
      // Once more would hold the process up for two seconds.
      if (subscriber.status === 'end') return;
      // A stream that holds no process up does not end by itself either.
      subscriber.stream?.ref();
      subscriber.disconnect();
    };
    let heartbeat: NodeJS.Timeout | undefined;
    try {
      signal.throwIfAborted();
      signal.addEventListener('abort', end, { once: true });
      // Without a listener ioredis writes to the console.
      subscriber.on('error', () => undefined);
      const closed = new Promise<void>((resolve) => subscriber.once('end', resolve));
      subscriber.on('message', (_channel, message) => onMessage(message));
      await within(timeoutMs, subscriber.connect());
      await within(timeoutMs, subscriber.subscribe(channel));
      // It is not for this connection that a process stays alive.
      subscriber.stream.unref();
      onMessage(undefined);
      heartbeat = setInterval(
        () => {
          within(timeoutMs, subscriber.ping()).catch(end);
        },
        Math.min(HEARTBEAT_MS, timeoutMs),
      ).unref();
      await closed;
    } finally {
      clearInterval(heartbeat);
      signal.removeEventListener('abort', end);
      end();
    }
  };

  const keepListening = async (): Promise<void> => {
    while (!signal.aborted) {
      await listen().catch(() => undefined);
      if (!signal.aborted) await pause(RETRY_MS, signal);
    }
  };
  void keepListening();
  return () => ending.abort();
}

function subscriberOf(client: Redis | Cluster, timeoutMs: number): Redis {
  const options: Partial<RedisOptions> = {
    lazyConnect: true,
    connectTimeout: timeoutMs,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResubscribe: false,
    readOnly: false,
    retryStrategy: () => null,
    // One that is silent does not say goodbye either.
    disconnectTimeout: 100,
  };
  if (!client.isCluster) return (client as Redis).duplicate(options);
  // In a cluster a message reaches all nodes. Another one each time: this one may be gone.
  const nodes = (client as Cluster).nodes('all');
  const node = nodes[Math.floor(Math.random() * nodes.length)];
  if (node === undefined) throw new Error('The cluster has no node.');
  return node.duplicate(options);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    timer.unref();
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

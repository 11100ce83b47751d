import type { Socket } from 'node:net';
import type { Client } from 'pg';
import { loadPg, postgresConfig } from './postgres-pool.ts';

/** The channel on which a clientKey is sent when its record was changed or deleted. */
export const CHANNEL = 'countersign_installation';

/** How often an idle connection is tried: one whose other end is gone says nothing by itself. */
const HEARTBEAT_MS = 10_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;

type Listener = (clientKey: string | undefined) => void;

/** Hears of changes on one connection of its own, for any number of listeners. */
export interface PostgresListener {
  /** @returns a function that ends it; with the last one the connection goes. */
  watch(listener: Listener): () => void;
  close(): Promise<void>;
}

/**
 * LISTEN on a connection that is made when somebody first listens, and again by itself. It keeps no process alive.
 *
 * @see https://www.postgresql.org/docs/current/sql-listen.html
 */
export function postgresListener(
  url: string,
  timeoutMs: number,
  heartbeatMs: number = HEARTBEAT_MS,
): PostgresListener {
  const listeners = new Set<{ listener: Listener }>();
  let session: { stop(): Promise<void>; isListening(): boolean } | undefined;

  const tellOne = (entry: { listener: Listener }, clientKey: string | undefined) => {
    try {
      if (listeners.has(entry)) entry.listener(clientKey);
    } catch {
      // What a listener does with it is its own affair; the others still hear of it.
    }
  };
  const tell: Listener = (clientKey) => {
    for (const entry of [...listeners]) tellOne(entry, clientKey);
  };
  const stop = async () => {
    const ended = session;
    session = undefined;
    await ended?.stop();
  };

  return {
    watch(listener) {
      const entry = { listener };
      listeners.add(entry);
      if (session === undefined) session = listen({ url, timeoutMs, heartbeatMs }, tell);
      else if (session.isListening()) {
        // The others were told when the connection came.
        queueMicrotask(() => tellOne(entry, undefined));
      }
      return () => {
        if (listeners.delete(entry) && listeners.size === 0) void stop();
      };
    },
    async close() {
      listeners.clear();
      await stop();
    },
  };
}

interface ListenOptions {
  readonly url: string;
  readonly timeoutMs: number;
  readonly heartbeatMs: number;
}

function listen(options: ListenOptions, tell: Listener) {
  const stopped = new AbortController();
  let isListening = false;
  let pauseMs = FIRST_PAUSE_MS;

  const run = async () => {
    while (!stopped.signal.aborted) {
      try {
        await listenOnce(options, stopped.signal, {
          listening() {
            isListening = true;
            pauseMs = FIRST_PAUSE_MS;
            tell(undefined);
          },
          changed: tell,
        });
      } catch {
        // It is tried again; whoever wants to know whether the server is there asks the store something.
      }
      if (isListening && !stopped.signal.aborted) tell(undefined);
      isListening = false;
      // Many nodes lose their connection at the same moment, and should not all come back at the same.
      await pause(pauseMs * (0.5 + Math.random()), stopped.signal);
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  };
  const ended = run();
  return {
    isListening: () => isListening,
    async stop() {
      stopped.abort();
      await ended;
    },
  };
}

/** Resolves or rejects when the connection is lost, or was stopped. */
async function listenOnce(
  { url, timeoutMs, heartbeatMs }: ListenOptions,
  stopped: AbortSignal,
  on: { listening(): void; changed(clientKey: string): void },
): Promise<void> {
  const { default: pg } = await loadPg();
  if (stopped.aborted) return;
  const client = new pg.Client({ ...postgresConfig(url, timeoutMs), query_timeout: timeoutMs });
  const { promise: lost, resolve: lose } = Promise.withResolvers<void>();
  client.on('error', () => lose());
  client.on('end', () => lose());
  client.on('notification', ({ channel, payload }) => {
    if (channel === CHANNEL && payload !== undefined) on.changed(payload);
  });
  let isListening = false;
  let isAsking = false;
  const heartbeat = setInterval(async () => {
    if (!isListening || isAsking) return;
    isAsking = true;
    // It fails by query_timeout where no answer comes.
    await client.query('SELECT 1').catch(() => lose());
    isAsking = false;
  }, heartbeatMs).unref();
  stopped.addEventListener('abort', () => lose(), { once: true });
  try {
    socketOf(client).unref();
    await Promise.race([client.connect(), lost]);
    if (stopped.aborted) return;
    // With TLS it is another socket by now.
    socketOf(client).unref();
    await client.query(`LISTEN ${CHANNEL}`);
    isListening = true;
    on.listening();
    await lost;
  } finally {
    clearInterval(heartbeat);
    if (isListening) await end(client, timeoutMs);
    // Nobody may be there to say goodbye to.
    socketOf(client).destroy();
  }
}

/** pg's types do not have it. */
function socketOf(client: Client): Socket {
  return (client as unknown as { connection: { stream: Socket } }).connection.stream;
}

/** A connection whose other end is gone may take its time to end. */
async function end(client: Client, timeoutMs: number): Promise<void> {
  const stopped = new AbortController();
  await Promise.race([client.end().catch(() => undefined), pause(timeoutMs, stopped.signal)]);
  stopped.abort();
}

async function pause(milliseconds: number, stopped: AbortSignal): Promise<void> {
  if (stopped.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds).unref();
  stopped.addEventListener('abort', () => resolve(), { once: true });
  await promise;
  clearTimeout(timer);
}

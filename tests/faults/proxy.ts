import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Stands between an app and its database, and can take away the connections that listen for changes. */
export interface ListenerProxy {
  readonly port: number;
  /** How many connections were taken away. */
  readonly taken: number;
  /**
   * From now on, a connection that listens, or begins to, is closed, or stays open and brings nothing more. All
   * others go on.
   */
  takeListeners(how: 'closed' | 'silent'): void;
}

/** @param listens What a client sends that wants to hear of changes. */
export async function startListenerProxy(
  targetPort: number,
  listens: RegExp,
): Promise<ListenerProxy> {
  const sockets = new Set<Socket>();
  const listeners = new Set<() => void>();
  let how: 'closed' | 'silent' | undefined;
  let taken = 0;

  const server = createServer((client) => {
    const target = connect(targetPort, '127.0.0.1');
    let isSilent = false;
    const end = () => {
      listeners.delete(take);
      for (const socket of [client, target]) {
        sockets.delete(socket);
        socket.destroy();
      }
    };
    const take = () => {
      if (!isSilent) taken++;
      isSilent = true;
      if (how === 'closed') end();
    };
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.setNoDelay().on('error', end).on('close', end);
    }
    client.on('data', (chunk) => {
      target.write(chunk);
      if (!listens.test(chunk.toString('latin1'))) return;
      listeners.add(take);
      if (how !== undefined) take();
    });
    target.on('data', (chunk) => {
      if (!isSilent) client.write(chunk);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    port: (server.address() as AddressInfo).port,
    get taken() {
      return taken;
    },
    takeListeners(way) {
      how = way;
      for (const take of [...listeners]) take();
    },
  };
}

import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Stands between a client and a server, and can fall silent as a server does whose machine is gone. */
export interface FreezingProxy {
  readonly port: number;
  /** From now on nothing passes on the connections that there are, nor on new ones, and none is closed. */
  freeze(): void;
  /** New connections pass again; those that were frozen never do. */
  thaw(): void;
  close(): Promise<void>;
}

/** @param port That of the server; left out, nobody ever answers. */
export async function freezingProxy(port?: number): Promise<FreezingProxy> {
  const sockets = new Set<Socket>();
  let isFrozen = port === undefined;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    keep(client);
    if (isFrozen || port === undefined) return;
    const upstream = connect(port, '127.0.0.1');
    keep(upstream);
    client.pipe(upstream).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as { port: number }).port,
    freeze() {
      isFrozen = true;
      for (const socket of sockets) socket.unpipe().pause();
    },
    thaw() {
      isFrozen = false;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

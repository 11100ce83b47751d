import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** One address for what is behind it now: a load balancer, or the name of a database that fails over. */
export interface Forwarder {
  readonly port: number;
  /** Where the next connections go, in turn. With none they are refused. Those that are open stay. */
  targets: readonly number[];
}

/** Forwards connections to ports of this machine, until the test ends. */
export async function startForwarder(...targets: number[]): Promise<Forwarder> {
  const sockets = new Set<Socket>();
  let turn = 0;
  const server = createServer((client) => {
    const { targets: now } = forwarder;
    const port = now[turn++ % Math.max(1, now.length)];
    if (port === undefined) {
      client.destroy();
      return;
    }
    const target = connect(port, '127.0.0.1');
    const end = () => {
      for (const socket of [client, target]) {
        sockets.delete(socket);
        socket.destroy();
      }
    };
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.setNoDelay().on('error', end).on('close', end);
    }
    client.pipe(target).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const forwarder: Forwarder = { port: (server.address() as AddressInfo).port, targets };
  return forwarder;
}

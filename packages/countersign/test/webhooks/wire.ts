import { once } from 'node:events';
import { connect as connectSocket, createServer, type Socket } from 'node:net';

/** The way of one client to a server. Once it is cut, the client has vanished, as a killed process has. */
export interface Wire {
  readonly port: number;
  cut(): void;
}

export async function wireTo(port: number): Promise<Wire> {
  const sockets = new Set<Socket>();
  const wire = createServer((client) => {
    const upstream = connectSocket(port, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    client.pipe(upstream).pipe(client);
  });
  wire.listen(0, '127.0.0.1');
  await once(wire, 'listening');
  return {
    port: (wire.address() as { port: number }).port,
    cut() {
      wire.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

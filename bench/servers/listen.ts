import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Listens on a free port, says which one, and ends with the process that started it. */
export function listen(server: RequestListener): void {
  const listening = createServer(server).listen(0, '127.0.0.1', () => {
    console.log(`port ${(listening.address() as AddressInfo).port}`);
  });
  process.stdin.on('end', () => process.exit()).resume();
}

/** An app on node:http that ends as an operator wants it: run as a process of its own. */
import { createServer } from 'node:http';
import { drainOnSignals, handle } from '../../src/http/node.ts';
import { createApp, memoryStore } from '../../src/index.ts';
import { panelDescriptor } from '../app/panel-app.ts';

const app = createApp({
  descriptor: panelDescriptor(),
  appUrl: 'https://panel.example.com',
  store: memoryStore(),
  installKeyHosts: ['http://127.0.0.1:9'],
});
const server = createServer(async (request, response) => {
  if (await handle(app, request, response)) return;
  console.log('begun');
  // A request that is at work while the signal comes; /forever never ends.
  if (request.url === '/slow') setTimeout(() => response.end('done'), 300);
});
drainOnSignals(app, server, { graceMs: Number(process.argv[2]) });
server.listen(0, '127.0.0.1', () =>
  console.log(`port ${(server.address() as { port: number }).port}`),
);

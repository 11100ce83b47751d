import { createServer } from 'node:http';
import { drainOnSignals, handle } from 'countersign/node';
import { createChangeLog } from './app.ts';
import { readEnvironment } from './environment.ts';
import { jsonLogger } from './json-logger.ts';

const settings = readEnvironment(process.env);
const app = createChangeLog(settings);
await app.open(); // a database that is not there ends the start, and not the first request

const server = createServer(async (request, response) => {
  // The descriptor, the lifecycle, webhooks, the page, /health/live and /health/ready.
  if (await handle(app, request, response)) return;
  response.writeHead(404).end();
});
drainOnSignals(app, server, { graceMs: 25_000 }); // hosts give more: Heroku 30 seconds, the others what their files say
server.listen(settings.port, settings.host, () =>
  jsonLogger.info({ port: settings.port, appUrl: settings.appUrl }, 'Listening.'),
);

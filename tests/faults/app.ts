/** The app of these tests, as a process of its own; app-process.ts starts it and says what it is told. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createApp, type InstallationStore } from 'countersign';
import { keyValueStore } from 'countersign/key-value';
import { authenticate, handle } from 'countersign/node';
import { sqlStore } from 'countersign/sql';
import { folderDriver } from '../../packages/countersign/test/installations/servers/folder-driver.ts';
import type { AppSettings } from './app-process.ts';

const settings: AppSettings = JSON.parse(process.env.APP_SETTINGS ?? '{}');

const app = createApp({
  descriptor: {
    key: settings.appKey,
    authentication: { type: 'jwt' },
    lifecycle: { installed: '/installed', uninstalled: '/uninstalled' },
    apiMigrations: { 'signed-install': true },
    scopes: ['READ'],
  },
  appUrl: settings.appUrl,
  store: openStore(settings),
  encryptionKeys: settings.encryptionKeys,
  ...(settings.cache === undefined ? {} : { cache: settings.cache }),
  ...(settings.previousSecretSeconds === undefined
    ? {}
    : { previousSecretSeconds: settings.previousSecretSeconds }),
  allowedSites: ['*.atlassian.net', `http://127.0.0.1:${settings.sitePort}`],
  installKeyHosts: [settings.keyHost],
});

function openStore({ store, notifications }: AppSettings): InstallationStore {
  const options = notifications === undefined ? {} : { notifications };
  if (store.startsWith('folder:')) return keyValueStore(folderDriver(store.slice(7)));
  return store.startsWith('redis:') ? keyValueStore(store, options) : sqlStore(store, options);
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', settings.appUrl);
  if (url.pathname === '/sign') {
    // For whoever wants to see what this process signs with: nothing that it does may tell it of a change.
    const said = await app.jira(url.searchParams.get('clientKey') ?? '').get('/rest/api/3/myself');
    response.end(JSON.stringify(said));
    return;
  }
  const caller = await authenticate(app, request, response);
  if (caller === undefined) return;
  const { clientKey, settings: kept } = caller.installation;
  const name = url.searchParams.get('setting');
  if (name !== null && request.method === 'PUT') {
    await kept.set(name, JSON.parse(await text(request)));
  } else if (name !== null && request.method === 'DELETE') {
    await kept.delete(name);
  }
  response.end(
    JSON.stringify({ clientKey, setting: name === null ? undefined : await kept.get(name) }),
  );
}

const server = createServer(async (request, response) => {
  try {
    if (!(await handle(app, request, response))) await answer(request, response);
  } catch (error) {
    const { method = '', url = '' } = request;
    response.writeHead(app.refuse(error, { method, url }).status).end();
  }
});
server.listen(0, '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
});

// Its input ends when the tests end, in whatever way: then nobody is there to end it.
process.stdin.resume().on('end', () => process.exit());

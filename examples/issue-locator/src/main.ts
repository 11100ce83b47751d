import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createApp, sqliteStore } from 'countersign';
import { authenticate, authorize, routes } from 'countersign/express';
import express from 'express';
import descriptor from '../atlassian-connect.json' with { type: 'json' };
import { answerError, saveLocation, showLocation } from './handlers.ts';

const port = Number(process.env.PORT ?? 3000);
const appId = process.env.FORGE_APP_ID; // app.id of manifest.yml; without it the app is on Connect alone
const sandbox = process.env.SANDBOX_URL; // a stand-in for a Jira site on this machine

const forgeSandbox = sandbox && {
  keySetUrl: `${sandbox}/_forge/.well-known/jwks.json`,
  gatewayUrls: [sandbox],
  graphqlUrl: `${sandbox}/graphql`,
};
const app = createApp({
  descriptor,
  appUrl: process.env.APP_URL ?? `http://127.0.0.1:${port}`,
  store: sqliteStore(process.env.DATABASE ?? 'issue-locator.db'),
  encryptionKeys: process.env.COUNTERSIGN_ENCRYPTION_KEYS, // openssl rand -base64 32
  ...(sandbox && { allowedSites: [sandbox], installKeyHosts: [`${sandbox}/install-keys`] }),
  ...(appId && { forge: { appId, ...forgeSandbox } }),
});
app.on('installed', ({ installation }) => console.log(`Installed on ${installation.siteUrl}.`));
app.forge?.on('avi:forge:installed:app', ({ installation }) =>
  console.log(`Installed on Forge at ${installation.siteUrl}.`),
);
app.forge?.keepTokensFresh();

// The panel is the same on both hosts. Connect is served it by the app; Forge has static/ as a resource of the manifest.
const panelFiles = fileURLToPath(new URL('../static', import.meta.url));
const panel = readFileSync(`${panelFiles}/index.html`, 'utf8');
app.page('/locator', () => panel);

const server = express();
server.use(routes(app)); // serves the descriptor and the page, keeps the shared secret and the tokens of Forge
server.use(express.static(panelFiles, { index: false }));

// What the panel calls: on Connect with the token of its session, on Forge through the bridge.
server.get(
  '/location',
  authenticate(app, { accept: ['session', 'context', 'forge'] }),
  showLocation,
);
server.post(
  '/locate',
  authenticate(app, { accept: ['session', 'context', 'forge'] }),
  authorize(app, { issue: ['EDIT_ISSUES'] }), // the app may do more than whoever looks at it
  express.json(),
  saveLocation,
);
server.use(answerError);

const listener = server.listen(port, '127.0.0.1', () =>
  console.log(`Issue Locator on http://127.0.0.1:${port}`),
);
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => listener.close(() => process.exit(0)));

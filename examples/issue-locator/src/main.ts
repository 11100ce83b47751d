import { createApp, sqliteStore } from 'countersign';
import { authenticate, routes } from 'countersign/express';
import express from 'express';
import descriptor from '../atlassian-connect.json' with { type: 'json' };
import { answerError, saveLocation, showLocation } from './handlers.ts';

const port = Number(process.env.PORT ?? 3000);
const allJsUrl = process.env.ALL_JS_URL ?? 'https://connect-cdn.atl-paas.net/all.js';
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

const server = express();
server.use(routes(app)); // serves the descriptor, keeps the shared secret and the tokens of Forge

// Connect opens it beside an issue, with a token that is bound to its URL; static/panel.js calls it through Forge.
server.get('/locator', authenticate(app, { accept: ['request', 'forge'] }), showLocation(allJsUrl));
// The page of Connect sends its context token.
server.post(
  '/locate',
  authenticate(app, { accept: ['context', 'forge'] }),
  express.json(),
  saveLocation,
);
server.use(answerError);

const listener = server.listen(port, '127.0.0.1', () =>
  console.log(`Issue Locator on http://127.0.0.1:${port}`),
);
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => listener.close(() => process.exit(0)));

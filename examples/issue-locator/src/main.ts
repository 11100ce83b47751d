import { createApp, isJiraApiError, sqliteStore } from 'countersign';
import { authenticate, routes } from 'countersign/express';
import express, { type ErrorRequestHandler } from 'express';
import descriptor from '../atlassian-connect.json' with { type: 'json' };
import { locatorPage } from './page.ts';

const port = Number(process.env.PORT ?? 3000);
const allJsUrl = process.env.ALL_JS_URL ?? 'https://connect-cdn.atl-paas.net/all.js';
const sandbox = process.env.SANDBOX_URL; // a stand-in for a Jira site on this machine

const app = createApp({
  descriptor,
  appUrl: process.env.APP_URL ?? `http://127.0.0.1:${port}`,
  store: sqliteStore(process.env.DATABASE ?? 'issue-locator.db'),
  encryptionKeys: process.env.COUNTERSIGN_ENCRYPTION_KEYS, // openssl rand -base64 32
  ...(sandbox && { allowedSites: [sandbox], installKeyHosts: [`${sandbox}/install-keys`] }),
});
app.on('installed', ({ installation }) => console.log(`Installed on ${installation.siteUrl}.`));

const server = express();
server.use(routes(app)); // serves the descriptor, keeps the shared secret

// Jira opens this page beside an issue, with a token that is bound to its URL.
server.get('/locator', authenticate(app), async (request, response) => {
  const issueKey = request.caller.context?.jira?.issue?.key ?? String(request.query.issueKey);
  const { fields } = await request.caller.jira.get<{ fields: Record<string, string | null> }>(
    `/rest/api/3/issue/${encodeURIComponent(issueKey)}`,
    { query: { fields: 'customfield_10042' } },
  );
  response.send(locatorPage(fields.customfield_10042 ?? null, allJsUrl));
});

// The page sends its context token; the issue is the one that Jira put into it, not one that the browser names.
server.post(
  '/locate',
  authenticate(app, { accept: 'context' }),
  express.json(),
  async (request, response) => {
    const { caller, body } = request;
    const issueKey = caller.context?.jira?.issue?.key;
    if (issueKey === undefined || typeof body?.location !== 'string') {
      response.status(400).json({ error: 'Open this page on an issue, and pick a location.' });
      return;
    }
    await caller.jira.editIssue(issueKey, {
      fields: { 'Site location': body.location },
      overrideScreenSecurity: true, // the field is on no screen
      overrideEditableFlag: true, // and the issue may be closed
    });
    response.json({ issueKey, location: body.location });
  },
);

const onError: ErrorRequestHandler = (error, _request, response, _next) => {
  console.error(isJiraApiError(error) ? `${error.message} ${error.hint}` : error);
  response
    .status(isJiraApiError(error) ? error.httpStatus : 500)
    .json({ error: 'Jira did not take it. See the log.' });
};
server.use(onError);

const listener = server.listen(port, '127.0.0.1', () =>
  console.log(`Issue Locator on http://127.0.0.1:${port}`),
);
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => listener.close(() => process.exit(0)));

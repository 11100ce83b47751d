import { createServer } from 'node:http';
import { type Caller, createApp, sqliteStore } from 'countersign';
import { authenticate, handle } from 'countersign/node';
import descriptor from '../../atlassian-connect.json' with { type: 'json' };

const port = Number(process.env.PORT ?? 3000);
const sandbox = process.env.SANDBOX_URL; // a stand-in for a Jira site on this machine

const app = createApp({
  descriptor,
  appUrl: process.env.APP_URL ?? `http://127.0.0.1:${port}`,
  store: sqliteStore(process.env.DATABASE ?? 'minimal.db'),
  encryptionKeys: process.env.COUNTERSIGN_ENCRYPTION_KEYS,
  ...(sandbox && { allowedSites: [sandbox], installKeyHosts: [`${sandbox}/install-keys`] }),
});

const server = createServer(async (request, response) => {
  if (await handle(app, request, response)) return; // serves the descriptor, keeps the shared secret
  if (!request.url?.startsWith('/panel?')) return void response.writeHead(404).end();
  // Jira shows it beside an issue, by a URL with a token that is bound to it.
  const caller = await authenticate(app, request, response);
  if (caller === undefined) return; // it is answered already
  try {
    const text = await greeting(caller);
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
  } catch (error) {
    console.error(error);
    response.writeHead(502).end();
  }
});

/** As text, because names and summaries are anybody's words. */
async function greeting({ accountId, context, jira }: Caller): Promise<string> {
  const [{ displayName }, { key, fields }] = await Promise.all([
    jira.get<{ displayName: string }>('/rest/api/3/user', { query: { accountId } }),
    jira.get<{ key: string; fields: { summary: string } }>(
      `/rest/api/3/issue/${context?.jira?.issue?.id}`,
      { query: { fields: 'summary' } },
    ),
  ]);
  return `Hello ${displayName}! This is ${key}: ${fields.summary}`;
}

const listener = server.listen(port, '127.0.0.1', () => console.log(`Listening on ${port}`));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => listener.close());

import { serve } from '@hono/node-server';
import { type Caller, createApp, sqliteStore } from 'countersign';
import { authenticate, routes } from 'countersign/hono';
import { Hono } from 'hono';
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

const server = new Hono();
server.use(routes(app)); // serves the descriptor, keeps the shared secret
// Jira shows it beside an issue, by a URL with a token that is bound to it.
server.get('/panel', authenticate(app), async (c) => c.text(await greeting(c.get('caller'))));

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

const listener = serve({ fetch: server.fetch, port, hostname: '127.0.0.1' }, () =>
  console.log(`Listening on ${port}`),
);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => listener.close());
